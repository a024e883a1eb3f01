package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math/bits"
	"runtime"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// sums are order-free digests of sets of index entries: equal sets have equal
// sums, and unequal ones do not but with a chance of 2^-128, since the mixing
// is seeded anew in each verification. So the index is compared with the
// entries in one pass over each.
type sums struct{ keys, streams, names, tiles sum }

type sum struct {
	lo, hi uint64
	count  uint64
}

func (s *sum) add(seed [2]uint64, a, b, c uint64) {
	s.lo += mix(mix(a^seed[0], b^0x9e3779b97f4a7c15), c^seed[1])
	s.hi += mix(mix(c^seed[1]^0xa0761d6478bd642f, a^seed[0]), b^0xe7037ed1a0b428db)
	s.count++
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a|1, b^0x8ebc6af09c88c6e3)
	return hi ^ lo ^ bits.RotateLeft64(a, 31) + bits.RotateLeft64(b, 17)
}

func (s *sum) merge(o sum) { s.lo, s.hi, s.count = s.lo+o.lo, s.hi+o.hi, s.count+o.count }

func (s *sums) merge(o sums) {
	s.keys.merge(o.keys)
	s.streams.merge(o.streams)
	s.names.merge(o.names)
	s.tiles.merge(o.tiles)
}

func newSeed() [2]uint64 {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return [2]uint64{binary.NativeEndian.Uint64(b[:]), binary.NativeEndian.Uint64(b[8:])}
}

func (s *sum) addTile(seed [2]uint64, id tileID, hashes []tlog.Hash) {
	var a, b uint64
	for i := range hashes {
		h := hashes[i][:]
		a = mix(a^binary.NativeEndian.Uint64(h), binary.NativeEndian.Uint64(h[8:])^seed[0])
		b = mix(b^binary.NativeEndian.Uint64(h[16:]), binary.NativeEndian.Uint64(h[24:])^seed[1])
	}
	s.add(seed, a, b, uint64(id.level)<<56|id.n)
}

// job is a piece of the log to verify; its entries are loaded by the worker.
type job struct {
	seg   *segment
	first domain.Position
	end   domain.Position
	load  func() ([][]byte, error)
	roots []rootAt // what the file says about the tree, at sizes in this piece
	done  chan verified
}

type rootAt struct {
	size domain.Position
	root tlog.Hash
}

// verified is a piece whose entries are good each for itself.
type verified struct {
	leaves  []tlog.Hash
	streams [][2]uint64
	revs    []domain.Revision
	sums    sums
	err     error // the entries before it stand above
}

// entries verifies all entries up to v.size; at rest, up to the log's end.
func (v *verifier) entries(ctx context.Context, atRest bool) error {
	ctx, cancel := context.WithCancel(ctx)
	jobs := make(chan *job, runtime.GOMAXPROCS(0)+1)
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var feedErr error // written before jobs is closed
	go func() {
		defer close(jobs)
		feedErr = v.feed(ctx, atRest, func(j *job) bool {
			j.done = make(chan verified, 1)
			select {
			case jobs <- j:
			case <-ctx.Done():
				return false
			}
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				j.done <- verified{err: ctx.Err()}
				return false
			}
			go func() {
				defer func() { <-slots }()
				j.done <- v.check(j)
			}()
			return true
		})
	}()
	defer func() {
		cancel()
		for j := range jobs {
			<-j.done
		}
	}()
	if v.head.size == 0 {
		v.atHead = v.head.root == emptyRoot
	}
	for j := range jobs {
		if err := v.take(j, <-j.done); err != nil {
			return err
		}
		v.progress(v.tree.front.size, uint64(max(v.size, v.head.size)))
	}
	if feedErr == nil {
		feedErr = ctx.Err()
	}
	v.size = domain.Position(v.tree.front.size)
	return feedErr
}

// feed cuts the log into jobs.
func (v *verifier) feed(ctx context.Context, atRest bool, put func(*job) bool) error {
	next := domain.Position(0)
	for i, s := range v.segs {
		if s.first != next {
			return corrupt(next, s.name(), "positions %d to %d are missing", next, s.first-1)
		}
		var err error
		s.mu.RLock()
		z := s.sealed
		s.mu.RUnlock()
		if z != nil {
			next, err = v.feedSealed(s, z, put)
		} else {
			next, err = v.feedRaw(s, atRest, i == len(v.segs)-1, put)
		}
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (v *verifier) feedSealed(s *segment, z *sealed, put func(*job) bool) (domain.Position, error) {
	for p := z.first; p < z.end; {
		end := s.pieceEnd(p, z.end)
		j := &job{seg: s, first: p, end: end}
		from := p
		j.load = func() ([][]byte, error) {
			var entries [][]byte
			for at := from; at < end; {
				r, err := z.read(v.fs, at, end)
				if err != nil {
					return entries, err
				}
				entries = append(entries, r.entries...)
				at += domain.Position(len(r.entries))
			}
			return entries, nil
		}
		if end == z.end {
			j.roots = []rootAt{{z.end, z.front.root()}}
		}
		if !put(j) {
			return 0, context.Canceled
		}
		p = end
	}
	return z.end, nil
}

// feedRaw walks the frames of a raw segment. Of an open ledger it stops at the
// pinned size; at rest it looks at what stands behind the last frame, too.
func (v *verifier) feedRaw(s *segment, atRest, last bool, put func(*job) bool) (domain.Position, error) {
	file, z, err := s.reopen()
	if err != nil {
		return 0, err
	}
	if z != nil { // sealed meanwhile
		return v.feedSealed(s, z, put)
	}
	v.closers = append(v.closers, file.Close)
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	next := s.first
	scan := &rawScan{file: file, size: info.Size(), at: segmentHeaderBytes}
	for {
		if !atRest && next >= v.size || atRest && v.head.clean && next == v.head.size {
			break
		}
		f, _, err := scan.next()
		if errors.Is(err, errNoFrame) || errors.Is(err, errBadFrame) {
			break // the segment's end, or damage: then the next one does not join, or the pinned size is not reached
		}
		if err != nil {
			return 0, err
		}
		if f.first != next {
			return 0, corrupt(next, s.path, "frame of position %d follows position %d", f.first, int64(next)-1)
		}
		next += domain.Position(f.count)
		j := &job{seg: s, first: f.first, end: next, roots: []rootAt{{next, f.root}}}
		j.load = func() ([][]byte, error) {
			entries, err := splitEntries(f.payload, f.count)
			if err != nil {
				return nil, corrupt(f.first, s.path, "frame is malformed: %v", err)
			}
			return entries, nil
		}
		if !put(j) {
			return 0, context.Canceled
		}
	}
	if !atRest {
		return next, nil
	}
	dirty, later, err := scan.rest(next)
	switch {
	case err != nil:
		return 0, err
	case later != nil && !(v.head.clean && next == v.head.size):
		return 0, corrupt(next, s.path, "damaged frame; a good one of position %d follows", later.first)
	case dirty && v.head.clean:
		return 0, corrupt(next, s.path, "there are bytes behind the last frame of a ledger that was closed")
	case dirty && next < v.head.size && last:
		return 0, corrupt(next, s.path, "damaged frame; the head file says that the log has %d events", v.head.size)
	}
	return next, nil
}

// reopen opens the raw file once more, so that sealing may go on meanwhile; of
// a sealed segment it returns that.
func (s *segment) reopen() (vfs.File, *sealed, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.sealed != nil {
		return nil, s.sealed, nil
	}
	file, err := s.fs.Open(s.path)
	return file, nil, err
}

// check verifies the entries of a piece, each for itself.
func (v *verifier) check(j *job) (out verified) {
	entries, err := j.load()
	if err != nil {
		out.err = err
		return out
	}
	var scratch, again []byte
	out.leaves = make([]tlog.Hash, 0, len(entries))
	out.streams = make([][2]uint64, 0, len(entries))
	out.revs = make([]domain.Revision, 0, len(entries))
	for i, b := range entries {
		p := j.first + domain.Position(i)
		e, err := eventstore.Decode(b)
		if err == nil {
			if again, err = eventstore.Encode(again[:0], &e); err == nil && !bytes.Equal(again, b) {
				err = errors.New("entry is not what its event encodes to")
			}
		}
		if err != nil {
			out.err = corrupt(p, j.seg.name(), "%v", err)
			return out
		}
		var g digest
		g, scratch = digestOf(&e, b, scratch)
		out.leaves = append(out.leaves, g.leaf)
		name := [2]uint64{g.stream, hashPrefixed(" again:", string(e.Stream))}
		out.streams = append(out.streams, name)
		out.revs = append(out.revs, e.Revision)
		addEntry(&out.sums, v.seed, p, &g, name, e.Revision)
		if v.filter != nil && p < v.covered {
			if !v.filter.maybe(g.id) || g.unique > 0 && !v.filter.maybe(g.keys[len(g.keys)-1]) || e.Revision == 0 && !v.filter.maybe(g.stream) {
				out.err = corrupt(p, v.fs.PathJoin(v.dir, filterName), "the filter does not know the event, its command or its stream")
				return out
			}
		}
	}
	return out
}

// addEntry adds what the index holds of an entry. An event may carry a key's
// hash twice only if two of its keys collide; the index then has one.
func addEntry(s *sums, seed [2]uint64, p domain.Position, g *digest, stream [2]uint64, revision domain.Revision) {
	s.keys.add(seed, g.id, uint64(p), 0)
	for i, k := range g.keys {
		twice := k == g.id
		for _, other := range g.keys[:i] {
			twice = twice || other == k
		}
		if !twice {
			s.keys.add(seed, k, uint64(p), 0)
		}
	}
	s.streams.add(seed, stream[0]^bits.RotateLeft64(stream[1], 32), uint64(p), uint64(revision))
	if revision == 0 {
		s.names.add(seed, stream[0], stream[1], 0)
	}
}

// take joins a piece to what was verified before it.
func (v *verifier) take(j *job, r verified) error {
	next := v.tree.front.clone()
	var completed []tileRoot
	for i, leaf := range r.leaves {
		p := j.first + domain.Position(i)
		want := domain.Revision(0)
		if last, ok := v.last[r.streams[i]]; ok {
			want = last + 1
		}
		if r.revs[i] != want {
			return corrupt(p, j.seg.name(), "event has revision %d of its stream, the one before it %d", r.revs[i], want-1)
		}
		v.last[r.streams[i]] = want
		next.push(leaf, func(level int, root tlog.Hash) {
			completed = append(completed, tileRoot{next.size + 1, level, root})
		})
		if domain.Position(next.size) == v.head.size {
			if next.root() != v.head.root {
				return corrupt(p, j.seg.name(), "the log does not have the root that the head file says")
			}
			v.atHead = true
		}
	}
	if r.err != nil {
		return r.err
	}
	for _, at := range j.roots {
		if at.size == domain.Position(next.size) && next.root() != at.root {
			return corrupt(j.first, j.seg.name(), "entries do not have the root that the file says")
		}
	}
	into := &v.memory
	if j.end <= v.mark.size {
		into = &v.indexed
	}
	into.merge(r.sums)
	for _, id := range v.tree.add(r.leaves, next, completed) {
		into.tiles.addTile(v.seed, id, v.tree.fresh[id])
		delete(v.tree.fresh, id)
	}
	if domain.Position(next.size) == v.mark.size && len(v.mark.edge) > 0 && next.root() != v.mark.root {
		return corrupt(j.first, v.index.dir, "the index is of another log")
	}
	return nil
}
