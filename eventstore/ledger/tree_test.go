package ledger

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

// naiveTree is RFC 6962 by the letter, with the roots of complete subtrees
// kept so that thousands of sizes can be asked.
type naiveTree struct {
	leaves [][32]byte
	known  map[[2]int][32]byte
}

func (n *naiveTree) root(lo, hi int) [32]byte {
	if hi-lo <= 1 {
		return naiveRoot(n.leaves[lo:hi])
	}
	full := (hi-lo)&(hi-lo-1) == 0
	if h, ok := n.known[[2]int{lo, hi}]; full && ok {
		return h
	}
	k := split(hi - lo)
	h := naiveNode(n.root(lo, lo+k), n.root(lo+k, hi))
	if full {
		n.known[[2]int{lo, hi}] = h
	}
	return h
}

// split is the largest power of two below n.
func split(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

// path is PATH(m, D[lo:hi]) of RFC 6962 §2.1.1.
func (n *naiveTree) path(m, lo, hi int) [][32]byte {
	if hi-lo == 1 {
		return [][32]byte{}
	}
	if k := split(hi - lo); m < k {
		return append(n.path(m, lo, lo+k), n.root(lo+k, hi))
	} else {
		return append(n.path(m-k, lo+k, hi), n.root(lo, lo+k))
	}
}

// subproof is SUBPROOF(m, D[lo:hi], b) of RFC 6962 §2.1.2.
func (n *naiveTree) subproof(m, lo, hi int, whole bool) [][32]byte {
	if m == hi-lo {
		if whole {
			return [][32]byte{}
		}
		return [][32]byte{n.root(lo, hi)}
	}
	if k := split(hi - lo); m <= k {
		return append(n.subproof(m, lo, lo+k, whole), n.root(lo+k, hi))
	} else {
		return append(n.subproof(m-k, lo+k, hi, false), n.root(lo, lo+k))
	}
}

func sameHashes(a, b [][32]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestProofs compares roots and proofs with the naive ones: the root at every
// size as the ledger grows and afterwards, proofs at random.
func TestProofs(t *testing.T) {
	t.Parallel()
	mem := vfs.NewMem()
	l, err := Open("ledger", testOptions(mem, 64<<10))
	if err != nil {
		t.Fatal(err)
	}
	naive := &naiveTree{known: map[[2]int][32]byte{}}
	rng := rand.New(rand.NewPCG(7, 7))
	next := domain.NoStream
	const sizes = 3000
	for i := 0; i < sizes; {
		n := 1
		if i > 1000 {
			n = 1 + rng.IntN(40)
		}
		events := make([]domain.Event, n)
		for j := range events {
			events[j] = eventstoretest.Event("account-1", i+j)
		}
		out, err := l.Append(background, "account-1", next, events)
		if err != nil {
			t.Fatal(err)
		}
		next += domain.Revision(n)
		for _, r := range out {
			naive.leaves = append(naive.leaves, naiveLeaf(r.Bytes))
		}
		i += n
		if size, root, err := l.Root(); err != nil || size != uint64(i) || root != naive.root(0, i) {
			t.Fatalf("root at %d: size %d, %v", i, size, err)
		}
	}
	total := len(naive.leaves)
	check := func(tries int) {
		t.Helper()
		for size := range total + 1 {
			if root, err := l.RootAt(uint64(size)); err != nil || size > 0 && root != naive.root(0, size) || size == 0 && root != naiveRoot(nil) {
				t.Fatalf("root at %d: %v", size, err)
			}
		}
		for range tries {
			size := 1 + rng.IntN(total)
			p, older := rng.IntN(size), 1+rng.IntN(size)
			proof, err := l.ProveInclusion(domain.Position(p), uint64(size))
			if err != nil || !sameHashes(proof, naive.path(p, 0, size)) {
				t.Fatalf("inclusion of %d in %d: %v", p, size, err)
			}
			proof, err = l.ProveConsistency(uint64(older), uint64(size))
			if err != nil || !sameHashes(proof, naive.subproof(older, 0, size, true)) {
				t.Fatalf("consistency of %d and %d: %v", older, size, err)
			}
		}
	}
	check(3000 / thin)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = Open("ledger", testOptions(mem, 64<<10)); err != nil {
		t.Fatal(err)
	}
	check(1000 / thin)
	size := uint64(total)
	for name, err := range map[string]error{
		"root beyond the end":         second(l.RootAt(size + 1)),
		"inclusion beyond the end":    second(l.ProveInclusion(0, size+1)),
		"inclusion of the next":       second(l.ProveInclusion(domain.Position(size), size)),
		"inclusion in nothing":        second(l.ProveInclusion(0, 0)),
		"consistency beyond the end":  second(l.ProveConsistency(1, size+1)),
		"inclusion with a huge size":  second(l.ProveInclusion(0, 1<<63)),
		"consistency with huge sizes": second(l.ProveConsistency(1<<62, 1<<63)),
	} {
		if !errors.Is(err, eventstore.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := l.ProveConsistency(5, 4); !errors.Is(err, eventstore.ErrInvalid) {
		t.Errorf("consistency backwards: %v", err)
	}
	if proof, err := l.ProveConsistency(0, 4); err != nil || len(proof) != 0 {
		t.Errorf("consistency with the empty ledger: %v %v", proof, err)
	}
	l.Close()
}

func second[T any](_ T, err error) error { return err }

// TestFrontier grows a frontier and the tiles over it by many levels.
func TestFrontier(t *testing.T) {
	t.Parallel()
	tr := tree{fresh: map[tileID][]tlog.Hash{}}
	const leaves = 256*256 + 256*3 + 17
	naive := &naiveTree{known: map[[2]int][32]byte{}}
	for i := range leaves {
		naive.leaves = append(naive.leaves, naiveLeaf([]byte{byte(i), byte(i >> 8), byte(i >> 16)}))
	}
	for at := 0; at < leaves; {
		n := min(1+at/7, 5000, leaves-at)
		part := make([]tlog.Hash, n)
		for i := range part {
			part[i] = naive.leaves[at+i]
		}
		tr.grow(part)
		at += n
		size, root := tr.current()
		if size != uint64(at) || root != naive.root(0, at) {
			t.Fatalf("root at %d", at)
		}
		again, err := frontierOf(size, tr.edge)
		if err != nil || again.root() != root {
			t.Fatalf("frontier of the partial tiles at %d: %v", at, err)
		}
	}
	for _, size := range []int{1, 255, 256, 257, 65535, 65536, 65537, leaves} {
		root, err := tlog.TreeHash(int64(size), nodes{&tr})
		if err != nil || root != naive.root(0, size) {
			t.Errorf("root at %d from tiles: %v", size, err)
		}
	}
}
