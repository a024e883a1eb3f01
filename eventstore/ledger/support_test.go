package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

var background = context.Background()

// naiveRoot is RFC 6962 §2.1 by the letter.
func naiveRoot(leaves [][32]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return naiveNode(naiveRoot(leaves[:k]), naiveRoot(leaves[k:]))
}

func naiveNode(a, b [32]byte) [32]byte {
	return sha256.Sum256(append(append([]byte{1}, a[:]...), b[:]...))
}

func naiveLeaf(b []byte) [32]byte { return sha256.Sum256(append([]byte{0}, b...)) }

func naiveLeaves(events []domain.Recorded) [][32]byte {
	leaves := make([][32]byte, len(events))
	for i, r := range events {
		leaves[i] = naiveLeaf(r.Bytes)
	}
	return leaves
}

func collectAll(t testing.TB, l *Ledger) []domain.Recorded {
	t.Helper()
	var out []domain.Recorded
	for r, err := range l.All(background, 0) {
		if err != nil {
			t.Fatalf("all: %v", err)
		}
		out = append(out, r)
	}
	return out
}

// checkLedger checks every way of reading against All, All against what was
// acknowledged, and the root against the naive one.
func checkLedger(t testing.TB, l *Ledger, acknowledged []domain.Recorded) []domain.Recorded {
	t.Helper()
	all := verifyLedger(t, l, acknowledged)
	eventstoretest.Check(t, l, all)
	return all
}

// verifyLedger checks All against what was acknowledged, the root against the
// naive one, and the rest by Verify.
func verifyLedger(t testing.TB, l *Ledger, acknowledged []domain.Recorded) []domain.Recorded {
	t.Helper()
	all := rootedLedger(t, l, acknowledged)
	size, root, _ := l.Root()
	if r, err := l.Verify(background, nil); err != nil || !r.Intact || r.Size != size || r.Root != root {
		t.Fatalf("verify: %+v, %v", r, err)
	}
	return all
}

// rootedLedger checks All against what was acknowledged, and the root.
func rootedLedger(t testing.TB, l *Ledger, acknowledged []domain.Recorded) []domain.Recorded {
	t.Helper()
	all := collectAll(t, l)
	for _, r := range acknowledged {
		if int(r.Position) >= len(all) {
			t.Fatalf("acknowledged event at %d is lost: the ledger has %d", r.Position, len(all))
		}
		if !bytes.Equal(all[r.Position].Bytes, r.Bytes) {
			t.Fatalf("acknowledged event at %d has changed", r.Position)
		}
	}
	size, root, err := l.Root()
	if err != nil || size != uint64(len(all)) || root != naiveRoot(naiveLeaves(all)) {
		t.Fatalf("root of %d events (%d, %v) is not that of the entries", len(all), size, err)
	}
	return all
}

// workload appends from several writers until it is told to stop, or an
// append fails, and keeps what was acknowledged.
type workload struct {
	mu    sync.Mutex
	acked []domain.Recorded
	errs  []error
}

func (w *workload) snapshot() []domain.Recorded {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acked[:len(w.acked):len(w.acked)]
}

// run lets writers make appends each; ids are made from seed.
func (w *workload) run(l *Ledger, seed uint64, writers, appends int) {
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() { w.write(l, seed, i, appends) })
	}
	wg.Wait()
}

func (w *workload) write(l *Ledger, seed uint64, writer, appends int) {
	rng := rand.New(rand.NewPCG(seed, uint64(writer)))
	next := map[domain.Stream]domain.Revision{}
	for i := range appends {
		stream := domain.Stream(fmt.Sprintf("account-%d-%d-%d", seed, writer, rng.IntN(4)))
		expected, ok := next[stream]
		if !ok {
			expected = domain.NoStream
		}
		events := make([]domain.Event, 1+rng.IntN(3))
		for j := range events {
			n := int(seed%1_000_000)*100_000 + writer*10_000 + i*10 + j
			e := eventstoretest.Event(stream, n, "unit:u-1", domain.TagOf(domain.TagPerson, fmt.Sprint(rng.IntN(5))))
			if rng.IntN(3) == 0 {
				e.CommandID = domain.CommandID(fmt.Sprintf("command-%d", n))
			}
			e.Data = fmt.Appendf(nil, `{"row":%d,"pad":"%0*d"}`, n, rng.IntN(300), 0)
			events[j] = e
		}
		out, err := l.Append(background, stream, expected, events)
		w.mu.Lock()
		if err != nil {
			w.errs = append(w.errs, err)
			w.mu.Unlock()
			return
		}
		next[stream] = expected + domain.Revision(len(events))
		w.acked = append(w.acked, out...)
		w.mu.Unlock()
	}
}

var _ eventstore.Store = (*Ledger)(nil)
