package ledger

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/eventstore"
)

// recent returns the deltas of segments that the index may not hold yet,
// newest first, and the position up to which the index holds everything.
func (l *Ledger) recent() ([]*delta, domain.Position) {
	segs := *l.segments.Load()
	var deltas []*delta
	for _, s := range slices.Backward(segs) {
		d := s.delta.Load()
		if d == nil {
			return deltas, s.end()
		}
		deltas = append(deltas, d)
	}
	return deltas, 0
}

// entry returns a copy of the bytes at a position below the size.
func (l *Ledger) entry(p domain.Position) ([]byte, error) {
	s := l.find(p)
	block := p / blockEntries * blockEntries
	key := max(block, s.first)
	r, ok := l.cache.get(key)
	if !ok || p-r.first >= domain.Position(len(r.entries)) {
		var err error
		s.mu.RLock()
		sealed := s.sealed != nil
		s.mu.RUnlock()
		if !sealed {
			if r, err = s.read(p, p+1); err != nil {
				return nil, err
			}
			return r.entries[0], nil
		}
		if r, err = s.read(key, min(block+blockEntries, s.end())); err != nil {
			return nil, err
		}
		if p-r.first >= domain.Position(len(r.entries)) {
			return nil, &eventstore.Corrupt{Position: p, File: s.name(), Reason: "block is too short"}
		}
		l.cache.put(r)
	}
	return append([]byte(nil), r.entries[p-r.first]...), nil
}

// at returns the event at a position below the size.
func (l *Ledger) at(p domain.Position) (domain.Recorded, error) {
	b, err := l.entry(p)
	if err != nil {
		return domain.Recorded{}, err
	}
	return l.decode(p, b)
}

func (l *Ledger) decode(p domain.Position, b []byte) (domain.Recorded, error) {
	e, err := eventstore.Decode(b)
	if err != nil {
		return domain.Recorded{}, &eventstore.Corrupt{Position: p, File: l.find(p).name(), Reason: err.Error()}
	}
	return domain.Recorded{Position: p, Event: e, Bytes: b}, nil
}

// postings appends the positions of a hash below before, newest first, until
// out has about limit.
func (l *Ledger) postings(out []domain.Position, hash uint64, before domain.Position, limit int) ([]domain.Position, error) {
	deltas, bound := l.recent()
	for _, d := range deltas {
		if d.first < before {
			if out = d.postings(out, hash, before, limit); len(out) >= limit {
				return out, nil
			}
		}
	}
	return l.index.postings(out, hash, min(before, bound), limit)
}

// lookupHash finds the event with an id, of which hash is the hash.
func (l *Ledger) lookupHash(hash uint64, id domain.EventID) (domain.Recorded, bool, error) {
	if !l.filter.maybe(hash) {
		return domain.Recorded{}, false, nil
	}
	size := domain.Position(l.size.Load())
	positions, err := l.postings(nil, hash, size, 16)
	for len(positions) > 0 && err == nil {
		for _, p := range positions {
			r, err := l.at(p)
			if err != nil {
				return domain.Recorded{}, false, err
			}
			if r.ID == id {
				return r, true, nil
			}
		}
		positions, err = l.postings(positions[:0], hash, slices.Min(positions), 16)
	}
	return domain.Recorded{}, false, err
}

func (l *Ledger) lookupID(id domain.EventID) (domain.Recorded, bool, error) {
	return l.lookupHash(hashID(id), id)
}

// lastStored looks the last revision of a stream below a size up.
func (l *Ledger) lastStored(s domain.Stream, hash uint64, size domain.Position) (domain.Revision, error) {
	if !l.filter.maybe(hash) {
		return domain.NoStream, nil
	}
	deltas, _ := l.recent()
	for _, d := range deltas {
		if rev, ok := d.last(s, size); ok {
			return rev, nil
		}
	}
	return l.index.last(s)
}

func (l *Ledger) lastOf(s domain.Stream) (domain.Revision, error) {
	if rev, ok := l.revs.get(s); ok {
		return rev, nil
	}
	return l.lastStored(s, hashStream(s), domain.Position(l.size.Load()))
}

// At implements eventstore.Store.
func (l *Ledger) At(ctx context.Context, position domain.Position) (domain.Recorded, error) {
	if err := l.begin(ctx); err != nil {
		return domain.Recorded{}, err
	}
	defer l.leave()
	if uint64(position) >= l.size.Load() {
		return domain.Recorded{}, fmt.Errorf("position %d: %w", position, eventstore.ErrNotFound)
	}
	return l.at(position)
}

// begin is enter, with the context looked at first.
func (l *Ledger) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return l.enter()
}

// ByID implements eventstore.Store. An id that was never stored is answered
// from memory.
func (l *Ledger) ByID(ctx context.Context, id domain.EventID) (domain.Recorded, error) {
	if err := l.begin(ctx); err != nil {
		return domain.Recorded{}, err
	}
	defer l.leave()
	r, found, err := l.lookupID(id)
	if err == nil && !found {
		err = fmt.Errorf("event %s: %w", id, eventstore.ErrNotFound)
	}
	return r, err
}

// Size implements eventstore.Store.
func (l *Ledger) Size() domain.Position { return domain.Position(l.size.Load()) }

// Last implements eventstore.Store.
func (l *Ledger) Last(ctx context.Context, stream domain.Stream) (domain.Revision, error) {
	if err := l.begin(ctx); err != nil {
		return domain.NoStream, err
	}
	defer l.leave()
	return l.lastOf(stream)
}

// Wait implements eventstore.Store.
func (l *Ledger) Wait(ctx context.Context, seen domain.Position) error {
	for {
		grown := *l.grown.Load()
		if err := l.begin(ctx); err != nil {
			return err
		}
		l.leave()
		if domain.Position(l.size.Load()) > seen {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

const chunkPositions = 256

// Stream implements eventstore.Store.
func (l *Ledger) Stream(ctx context.Context, stream domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error] {
	size := domain.Position(l.size.Load())
	return func(yield func(domain.Recorded, error) bool) {
		next := max(from, 0)
		for limit := 16; ; limit = min(limit*4, chunkPositions) {
			positions, err := l.streamChunk(ctx, stream, next, limit)
			if err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if len(positions) == 0 {
				return
			}
			for _, p := range positions {
				if p >= size {
					return
				}
				r, err := l.step(ctx, p)
				if err == nil && (r.Stream != stream || r.Revision != next) {
					err = &eventstore.Corrupt{Position: p, File: l.index.dir, Reason: fmt.Sprintf("the index says revision %d of %s, the entry %d of %s", next, stream, r.Revision, r.Stream)}
				}
				if err != nil {
					yield(domain.Recorded{}, err)
					return
				}
				if !yield(r, nil) {
					return
				}
				next++
			}
		}
	}
}

// step reads one event of a longer read.
func (l *Ledger) step(ctx context.Context, p domain.Position) (domain.Recorded, error) {
	if err := l.begin(ctx); err != nil {
		return domain.Recorded{}, err
	}
	defer l.leave()
	return l.at(p)
}

// streamChunk returns positions of a stream's events from a revision on.
func (l *Ledger) streamChunk(ctx context.Context, s domain.Stream, from domain.Revision, limit int) ([]domain.Position, error) {
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	if !l.filter.maybe(hashStream(s)) {
		return nil, nil
	}
	deltas, bound := l.recent()
	for i, d := range deltas { // newest first: look for the one that from lies in
		first, ok := d.firstOf(s)
		if !ok {
			continue
		}
		if first <= from {
			var out []domain.Position
			for _, d := range slices.Backward(deltas[:i+1]) {
				if out = d.stream(out, s, from, limit); len(out) >= limit {
					break
				}
			}
			return out, nil
		}
	}
	out, err := l.index.stream(nil, s, from, limit)
	for len(out) > 0 && out[len(out)-1] >= bound {
		out = out[:len(out)-1] // told from memory
	}
	for _, d := range slices.Backward(deltas) {
		if len(out) >= limit || err != nil {
			break
		}
		out = d.stream(out, s, from, limit)
	}
	return out, err
}

// Tagged implements eventstore.Store. A command that was never stored is
// answered from memory.
func (l *Ledger) Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
	before = min(before, domain.Position(l.size.Load()))
	return func(yield func(domain.Recorded, error) bool) {
		if len(keys) == 0 {
			yield(domain.Recorded{}, fmt.Errorf("%w: no key to look for", eventstore.ErrInvalid))
			return
		}
		for p, err := range l.carrying(ctx, before, keys) {
			var r domain.Recorded
			if err == nil {
				r, err = l.step(ctx, p)
			}
			if err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if carriesAll(&r.Event, keys) && !yield(r, nil) {
				return
			}
		}
	}
}

func carriesAll(e *domain.Event, keys []string) bool {
	have := eventstore.Keys(e)
	for _, k := range keys {
		if !slices.Contains(have, k) {
			return false
		}
	}
	return true
}

// postingList walks the positions of one hash, newest first.
type postingList struct {
	hash  uint64
	chunk []domain.Position
	limit int
}

// seek drops positions at or above before and returns the newest that is left.
func (p *postingList) seek(l *Ledger, ctx context.Context, before domain.Position) (domain.Position, bool, error) {
	for len(p.chunk) > 0 && p.chunk[0] >= before {
		p.chunk = p.chunk[1:]
	}
	if len(p.chunk) == 0 {
		if err := l.begin(ctx); err != nil {
			return 0, false, err
		}
		var err error
		p.chunk, err = l.postings(p.chunk, p.hash, before, p.limit)
		l.leave()
		if err != nil || len(p.chunk) == 0 {
			return 0, false, err
		}
		p.limit = min(p.limit*4, 1024)
	}
	return p.chunk[0], true, nil
}

// carrying walks the positions that every key's hash has, newest first.
func (l *Ledger) carrying(ctx context.Context, before domain.Position, keys []string) iter.Seq2[domain.Position, error] {
	return func(yield func(domain.Position, error) bool) {
		lists := make([]*postingList, len(keys))
		for i, k := range keys {
			lists[i] = &postingList{hash: hashKey(k), limit: 16}
			if strings.HasPrefix(k, "command:") && !l.filter.maybe(lists[i].hash) {
				if err := l.begin(ctx); err != nil {
					yield(0, err)
					return
				}
				l.leave()
				return
			}
		}
		for agreed := 0; ; {
			p, ok, err := lists[agreed].seek(l, ctx, before)
			if err != nil {
				yield(0, err)
				return
			}
			if !ok {
				return
			}
			if agreed > 0 && p+1 < before { // this list is behind: all start again from here
				before, agreed = p+1, 0
				continue
			}
			before = p + 1
			if agreed++; agreed < len(lists) {
				continue
			}
			if !yield(p, nil) {
				return
			}
			before, agreed = p, 0
		}
	}
}

// Streams implements eventstore.Store.
func (l *Ledger) Streams(ctx context.Context, prefix string) iter.Seq2[domain.Stream, error] {
	return func(yield func(domain.Stream, error) bool) {
		young, err := l.youngStreams(ctx, prefix)
		after := ""
		for err == nil {
			var chunk []domain.Stream
			if chunk, err = l.nameChunk(ctx, prefix, after); err != nil {
				break
			}
			for _, s := range chunk {
				after = string(s)
				for len(young) > 0 && young[0] <= s {
					if young[0] != s && !yield(young[0], nil) {
						return
					}
					young = young[1:]
				}
				if e := ctx.Err(); e != nil {
					yield("", e)
					return
				}
				if !yield(s, nil) {
					return
				}
			}
			if len(chunk) < chunkPositions {
				break
			}
		}
		if err != nil {
			yield("", err)
			return
		}
		for _, s := range young {
			if e := ctx.Err(); e != nil {
				yield("", e)
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// youngStreams returns the streams with a prefix that began in what the index
// may not hold yet, in order.
func (l *Ledger) youngStreams(ctx context.Context, prefix string) ([]domain.Stream, error) {
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	size := domain.Position(l.size.Load())
	var out []domain.Stream
	deltas, _ := l.recent()
	for _, d := range deltas {
		out = d.names(out, prefix, size)
	}
	slices.Sort(out)
	return out, nil
}

func (l *Ledger) nameChunk(ctx context.Context, prefix, after string) ([]domain.Stream, error) {
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	defer l.leave()
	return l.index.names(nil, prefix, after, chunkPositions)
}
