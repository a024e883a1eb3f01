package ledger

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// checkIndex compares the index, and what is indexed in memory only, with the
// entries.
func (v *verifier) checkIndex(ctx context.Context, deltas []*delta) error {
	if v.mark.size > v.size {
		return corrupt(v.size, v.index.dir, "the index holds %d events, the log %d", v.mark.size, v.size)
	}
	if deltas != nil {
		if got := v.sumDeltas(deltas); got.keys != v.memory.keys || got.streams != v.memory.streams || got.names != v.memory.names {
			return corrupt(v.mark.size, v.dir, "what is indexed in memory is not what the entries say")
		}
	}
	got, err := v.sumIndex(ctx)
	var c *eventstore.Corrupt
	switch {
	case errors.As(err, &c), ctx.Err() != nil && err != nil:
		return err
	case err != nil:
		return corrupt(0, v.index.dir, "%v", err)
	}
	for _, part := range []struct {
		name      string
		got, want sum
	}{
		{"keys", got.keys, v.indexed.keys},
		{"streams", got.streams, v.indexed.streams},
		{"names of streams", got.names, v.indexed.names},
		{"tiles", got.tiles, v.indexed.tiles},
	} {
		if part.got != part.want {
			return v.locate(ctx, part.name, part.got.count, part.want.count)
		}
	}
	return nil
}

func (v *verifier) sumDeltas(deltas []*delta) (s sums) {
	for _, d := range deltas {
		d.mu.RLock()
		for hash, at := range d.heads {
			previous := ^uint32(0)
			for ; at != 0; at = d.links[at-1].prev {
				n := d.links[at-1].entry
				if p := d.first + domain.Position(n); p < v.size && n != previous {
					s.keys.add(v.seed, hash, uint64(p), 0)
				}
				previous = n
			}
		}
		for name, sd := range d.streams {
			for i, n := range sd.entries {
				if p := d.first + domain.Position(n); p < v.size {
					v.addStream(&s, name, p, sd.first+domain.Revision(i))
				}
			}
		}
		d.mu.RUnlock()
	}
	return s
}

func (v *verifier) addStream(s *sums, name domain.Stream, p domain.Position, revision domain.Revision) {
	a, b := hashStream(name), hashPrefixed(" again:", string(name))
	s.streams.add(v.seed, a^b<<32^b>>32, uint64(p), uint64(revision))
	if revision == 0 {
		s.names.add(v.seed, a, b, 0)
	}
}

// sumIndex walks the whole index, in steps that let it be closed or replaced
// between them; what it holds below the mark never changes.
func (v *verifier) sumIndex(ctx context.Context) (s sums, err error) {
	if v.noIndex {
		return s, nil
	}
	w := indexWalk{v: v, s: &s}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		err := v.index.use(func(db *pebble.DB) (err error) {
			more, err = w.step(db)
			return err
		})
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

type indexWalk struct {
	v     *verifier
	s     *sums
	db    *pebble.DB // of the step
	next  []byte
	block []domain.Position
}

const indexWalkKeys = 100_000

func (w *indexWalk) step(db *pebble.DB) (more bool, err error) {
	w.db = db
	it, err := db.NewIter(&pebble.IterOptions{LowerBound: w.next})
	if err != nil {
		return false, err
	}
	n := 0
	for ok := it.First(); ok; ok = it.Next() {
		if n++; n > indexWalkKeys {
			w.next = append(w.next[:0:0], it.Key()...)
			return true, it.Close()
		}
		value, err := it.ValueAndErr()
		if err == nil {
			err = w.entry(it.Key(), value)
		}
		if err != nil {
			return false, errors.Join(err, it.Close())
		}
	}
	return false, it.Close()
}

func (w *indexWalk) entry(key, value []byte) (err error) {
	v := w.v
	bad := func(p domain.Position) error {
		return corrupt(p, v.index.dir, "the index holds a malformed entry, key %x", key)
	}
	switch {
	case key[0] == keyMark && len(key) == 1:
		return nil
	case key[0] == keyHash && len(key) == 15:
		first := domain.Position(uint48(key[9:]))
		if first >= v.mark.size {
			return w.beyond(first)
		}
		if w.block, err = parseGaps(w.block[:0], first, value); err != nil {
			return bad(first)
		}
		hash := binary.BigEndian.Uint64(key[1:])
		for _, p := range w.block {
			w.s.keys.add(v.seed, hash, uint64(p), 0)
		}
	case key[0] == keyStream && len(key) > 10:
		var first domain.Revision
		if first, w.block, err = parseStreamBlock(w.block[:0], key, value); err != nil {
			return bad(0)
		}
		if w.block[0] >= v.mark.size {
			return w.beyond(w.block[0])
		}
		name := domain.Stream(key[1 : len(key)-9])
		a, b := hashStream(name), hashPrefixed(" again:", string(name))
		for i, p := range w.block {
			w.s.streams.add(v.seed, a^b<<32^b>>32, uint64(p), uint64(first)+uint64(i))
		}
	case key[0] == keyName:
		if v.size == v.mark.size || !w.young(domain.Stream(key[1:])) {
			w.s.names.add(v.seed, hashStream(domain.Stream(key[1:])), hashPrefixed(" again:", string(key[1:])), 0)
		}
	case key[0] == keyTile && len(key) == 9 && len(value) == tileBytes:
		id := tileID{level: int(key[1]), n: binary.BigEndian.Uint64(key[1:]) & (1<<56 - 1)}
		if id.level > 7 {
			return bad(0)
		}
		if end := (id.n + 1) << (tileHeight * (id.level + 1)); end > uint64(v.mark.size) {
			return w.beyond(domain.Position(end))
		}
		hashes := make([]tlog.Hash, tileWidth)
		for i := range hashes {
			copy(hashes[i][:], value[i*tlog.HashSize:])
		}
		w.s.tiles.addTile(v.seed, id, hashes)
	default:
		return bad(0)
	}
	return nil
}

// beyond judges an entry at or behind the mark: of an open ledger a segment
// that was indexed meanwhile, at rest something that does not belong there.
func (w *indexWalk) beyond(p domain.Position) error {
	if w.v.rest {
		return corrupt(w.v.mark.size, w.v.index.dir, "the index holds position %d behind its mark", p)
	}
	return nil
}

// young tells whether a stream began at or behind the mark: its name came into
// the index of an open ledger meanwhile.
func (w *indexWalk) young(s domain.Stream) bool {
	if w.v.rest {
		return false
	}
	key := streamKeyOf(s, 0)
	value, closer, err := w.db.Get(key)
	if err != nil {
		return false
	}
	defer closer.Close()
	_, block, err := parseStreamBlock(nil, key, value)
	return err == nil && block[0] >= w.v.mark.size
}

// locate finds the first position at which the index differs from the entries.
func (v *verifier) locate(ctx context.Context, part string, got, want uint64) error {
	wrong := func(p domain.Position) error {
		return corrupt(p, v.index.dir, "the index of %s is not what the entries say: it holds %d, they make %d", part, got, want)
	}
	var scratch []byte
	for _, s := range v.segs {
		z := s.sealed
		for p := s.first; z != nil && p < z.end && p < v.mark.size; {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r, err := z.read(v.fs, p, z.end)
			if err != nil {
				return err
			}
			for i, b := range r.entries {
				at := p + domain.Position(i)
				e, err := eventstore.Decode(b)
				if err != nil {
					return corrupt(at, z.path, "%v", err)
				}
				var g digest
				g, scratch = digestOf(&e, b, scratch)
				for _, h := range append(g.keys, g.id) {
					if found, err := v.index.postings(nil, h, at+1, 1); err != nil || len(found) == 0 || found[0] != at {
						return wrong(at)
					}
				}
				if found, err := v.index.stream(nil, e.Stream, e.Revision, 1); err != nil || len(found) == 0 || found[0] != at {
					return wrong(at)
				}
			}
			p += domain.Position(len(r.entries))
		}
	}
	return wrong(0) // nothing is missing: it holds more than it should
}
