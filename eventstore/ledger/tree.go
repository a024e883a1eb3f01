package ledger

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
)

// leafHash is the RFC 6962 hash of an entry's exact bytes, SHA-256(0x00 ‖ b).
// scratch is reused between calls; it may be nil.
func leafHash(scratch, b []byte) (tlog.Hash, []byte) {
	scratch = append(append(scratch[:0], 0), b...)
	return sha256.Sum256(scratch), scratch
}

// frontier is what is needed to go on with a Merkle tree: the roots of the
// perfect subtrees of a ledger, largest first (one per bit of its size).
type frontier struct {
	size  uint64
	roots []tlog.Hash
}

func (f frontier) clone() frontier {
	return frontier{f.size, append(make([]tlog.Hash, 0, len(f.roots)+2), f.roots...)}
}

// push adds a leaf. completed is called with each root of a perfect subtree of
// 256, 256², … leaves that the leaf completes; it may be nil.
func (f *frontier) push(leaf tlog.Hash, completed func(tileLevel int, root tlog.Hash)) {
	h := leaf
	for level := 1; f.size>>(level-1)&1 == 1; level++ {
		h = tlog.NodeHash(f.roots[len(f.roots)-1], h)
		f.roots = f.roots[:len(f.roots)-1]
		if level%tileHeight == 0 && completed != nil {
			completed(level/tileHeight, h)
		}
	}
	f.roots = append(f.roots, h)
	f.size++
}

var emptyRoot = tlog.Hash(sha256.Sum256(nil))

func (f *frontier) root() tlog.Hash {
	if len(f.roots) == 0 {
		return emptyRoot
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}

// Tiles of 256 hashes as in C2SP tlog-tiles: the n-th tile of level l holds
// the roots of the n·256 … n·256+255-th subtrees of 256^l leaves.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	tileBytes  = tileWidth * tlog.HashSize
)

type tileID struct {
	level int
	n     uint64
}

// tree holds the right edge of the tree and the full tiles that the index does
// not hold yet. It belongs to the committing leader; mu guards it against readers.
type tree struct {
	mu    sync.RWMutex
	front frontier
	edge  [][]tlog.Hash                     // by level: the partial last tile
	full  [8]uint64                         // by level: number of full tiles
	fresh map[tileID][]tlog.Hash            // full tiles not yet in the index
	tile  func(tileID) ([]tlog.Hash, error) // reads a full tile from the index
}

// add takes the leaves of a committed group over, with the frontier after it
// and the roots that its leaves completed. It returns the tiles they filled.
func (t *tree) add(leaves []tlog.Hash, next frontier, completed []tileRoot) []tileID {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.front = next
	var filled []tileID
	at := uint64(next.size) - uint64(len(leaves))
	k := 0
	for i, leaf := range leaves {
		filled = t.put(0, leaf, filled)
		for ; k < len(completed) && completed[k].size == at+uint64(i)+1; k++ {
			filled = t.put(completed[k].level, completed[k].root, filled)
		}
	}
	return filled
}

// grow adds leaves and returns the tiles that they filled. It is not for a
// tree that a leader adds to.
func (t *tree) grow(leaves []tlog.Hash) []tileID {
	next := t.front.clone()
	var completed []tileRoot
	for _, h := range leaves {
		next.push(h, func(level int, root tlog.Hash) {
			completed = append(completed, tileRoot{next.size + 1, level, root})
		})
	}
	return t.add(leaves, next, completed)
}

type tileRoot struct {
	size  uint64 // size of the ledger that completed it
	level int
	root  tlog.Hash
}

func (t *tree) put(level int, h tlog.Hash, filled []tileID) []tileID {
	for len(t.edge) <= level {
		t.edge = append(t.edge, make([]tlog.Hash, 0, tileWidth))
	}
	t.edge[level] = append(t.edge[level], h)
	if len(t.edge[level]) == tileWidth {
		id := tileID{level, t.full[level]}
		t.fresh[id] = t.edge[level]
		t.full[level]++
		t.edge[level] = make([]tlog.Hash, 0, tileWidth)
		filled = append(filled, id)
	}
	return filled
}

// forget drops fresh tiles that the index holds by now.
func (t *tree) forget(ids []tileID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		delete(t.fresh, id)
	}
}

// nodes implements tlog.HashReader over everything committed.
type nodes struct{ t *tree }

func (r nodes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	tiles := map[tileID][]tlog.Hash{}
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		id := tileID{level / tileHeight, uint64(n) << (level % tileHeight) >> tileHeight}
		hashes, ok := tiles[id]
		if !ok {
			var err error
			if hashes, err = r.t.read(id); err != nil {
				return nil, err
			}
			tiles[id] = hashes
		}
		first := int(uint64(n) << (level % tileHeight) & (tileWidth - 1))
		width := 1 << (level % tileHeight)
		if first+width > len(hashes) {
			return nil, fmt.Errorf("tile %d/%d has %d hashes, %d are needed", id.level, id.n, len(hashes), first+width)
		}
		out[i] = perfectRoot(hashes[first : first+width])
	}
	return out, nil
}

// perfectRoot is the root over 2^k hashes.
func perfectRoot(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(perfectRoot(hashes[:half]), perfectRoot(hashes[half:]))
}

// read returns the hashes of a tile, of which the last may be partial.
func (t *tree) read(id tileID) ([]tlog.Hash, error) {
	t.mu.RLock()
	if id.level < len(t.edge) && id.n == t.full[id.level] {
		edge := t.edge[id.level]
		t.mu.RUnlock()
		return edge, nil // only appended to, and replaced when full
	}
	hashes, ok := t.fresh[id]
	t.mu.RUnlock()
	if ok {
		return hashes, nil
	}
	return t.tile(id)
}

// current returns size and root.
func (t *tree) current() (uint64, tlog.Hash) {
	t.mu.RLock()
	front := t.front
	t.mu.RUnlock()
	return front.size, front.root()
}

// frontierOf checks the partial tiles of a ledger of the given size and
// returns its frontier: the roots of its perfect subtrees, which lie in them.
func frontierOf(size uint64, edge [][]tlog.Hash) (frontier, error) {
	f := frontier{size: size}
	for level := 63; level >= 0; level-- {
		if size>>level&1 == 0 {
			continue
		}
		n := size >> level &^ 1 // index of the subtree in its level
		tile := level / tileHeight
		first := int(n << (level % tileHeight) & (tileWidth - 1))
		width := 1 << (level % tileHeight)
		if tile >= len(edge) || first+width > len(edge[tile]) {
			return frontier{}, fmt.Errorf("partial tile of level %d is incomplete", tile)
		}
		f.roots = append(f.roots, perfectRoot(edge[tile][first:first+width]))
	}
	return f, nil
}

// edgeWidth is the number of hashes in the partial tile of a level.
func edgeWidth(size domain.Position, level int) int {
	return int(uint64(size) >> (level * tileHeight) & (tileWidth - 1))
}

// tileLevels is the number of levels that have a tile, partial ones included.
func tileLevels(size domain.Position) int {
	return (bits.Len64(uint64(size)) + tileHeight - 1) / tileHeight
}
