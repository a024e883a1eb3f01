package ledger

import (
	"context"
	"iter"
	"runtime"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// Block is a piece of the ledger as it is stored.
type Block struct {
	First   domain.Position
	Entries [][]byte    // the exact bytes; they may be kept and must not be changed
	Leaves  []tlog.Hash // their leaf hashes, if they were asked for
}

// Raw reads the ledger's entries in order from position from, up to the size
// at the time of the call, without decoding them: the fastest way through all
// of it. Blocks are read, decompressed and, with leaves, hashed on all cores
// ahead of the caller; their order is kept.
func (l *Ledger) Raw(ctx context.Context, from domain.Position, leaves bool) iter.Seq2[Block, error] {
	size := l.Size()
	work := func(r run) (Block, error) {
		b := Block{First: r.first, Entries: r.entries}
		if leaves {
			b.Leaves = make([]tlog.Hash, len(r.entries))
			var scratch []byte
			for i, e := range r.entries {
				b.Leaves[i], scratch = leafHash(scratch, e)
			}
		}
		return b, nil
	}
	return func(yield func(Block, error) bool) {
		for b, err := range ahead(l, ctx, from, size, work) {
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// All implements eventstore.Store. Events are read and decoded on all cores
// ahead of the caller. Their bytes are parts of blocks of up to a megabyte,
// which stay in memory as long as one of them is kept.
func (l *Ledger) All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
	size := l.Size()
	work := func(r run) ([]domain.Recorded, error) {
		out := make([]domain.Recorded, len(r.entries))
		for i, b := range r.entries {
			p := r.first + domain.Position(i)
			e, err := eventstore.Decode(b)
			if err != nil {
				return out[:i], &eventstore.Corrupt{Position: p, File: l.find(p).name(), Reason: err.Error()}
			}
			out[i] = domain.Recorded{Position: p, Event: e, Bytes: b}
		}
		return out, nil
	}
	return func(yield func(domain.Recorded, error) bool) {
		for events, err := range ahead(l, ctx, from, size, work) {
			for _, r := range events {
				if e := ctx.Err(); e != nil {
					yield(domain.Recorded{}, e)
					return
				}
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(domain.Recorded{}, err)
				return
			}
		}
	}
}

// ahead reads [from, to) in pieces and puts each through work, on all cores
// and a few pieces ahead of the caller where there is much to read. On an
// error, what came before it in the piece is given with it.
func ahead[T any](l *Ledger, ctx context.Context, from, to domain.Position, work func(run) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if to-min(from, to) <= blockEntries {
			for from < to {
				r, err := l.piece(ctx, from, to)
				var out T
				if err == nil {
					out, err = work(r)
				}
				if !yield(out, err) || err != nil {
					return
				}
				from += domain.Position(len(r.entries))
			}
			return
		}
		readAhead(l, ctx, from, to, work, yield)
	}
}

// piece reads entries from a position on, as one step of a read.
func (l *Ledger) piece(ctx context.Context, from, to domain.Position) (run, error) {
	if err := l.begin(ctx); err != nil {
		return run{}, err
	}
	defer l.leave()
	s := l.find(from)
	return s.read(from, min(to, s.end()))
}

func readAhead[T any](l *Ledger, ctx context.Context, from, to domain.Position, work func(run) (T, error), yield func(T, error) bool) {
	type result struct {
		out T
		err error
	}
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	results := make(chan chan result, workers+1) // in order
	slots := make(chan struct{}, workers)
	complete := false // written before results is closed
	go func() {
		defer close(results)
		for from < to {
			s := l.find(from)
			end := s.pieceEnd(from, min(to, s.end()))
			c := make(chan result, 1)
			select {
			case results <- c:
			case <-ctx.Done():
				return
			}
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				c <- result{err: ctx.Err()}
				return
			}
			go func(from, end domain.Position) {
				defer func() { <-slots }()
				var one result
				var whole run
				for p := from; p < end && one.err == nil; {
					var r run
					if r, one.err = l.piece(ctx, p, end); one.err == nil {
						if whole.entries == nil {
							whole = r
						} else {
							whole.entries = append(whole.entries, r.entries...)
						}
						p += domain.Position(len(r.entries))
					}
				}
				if one.err == nil {
					one.out, one.err = work(whole)
				}
				c <- one
			}(from, end)
			from = end
		}
		complete = true
	}()
	defer func() {
		cancel()
		for c := range results {
			<-c
		}
	}()
	for c := range results {
		r := <-c
		if !yield(r.out, r.err) || r.err != nil {
			return
		}
	}
	if !complete {
		var none T
		yield(none, ctx.Err())
	}
}

// pieceEnd is where a piece of about runBytesMax that begins at from ends.
func (s *segment) pieceEnd(from, to domain.Position) domain.Position {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if z := s.sealed; z != nil {
		block, raw := z.blockOf(from), 0
		for {
			raw += int(z.blocks[block].raw)
			_, end := z.span(block)
			if block++; end >= to || raw >= runBytesMax {
				return min(end, to)
			}
		}
	}
	d := s.delta.Load()
	d.mu.RLock()
	defer d.mu.RUnlock()
	p := from + 1
	for p < to && int64(d.entries[p-d.first].at)-int64(d.entries[from-d.first].at) < runBytesMax {
		p++
	}
	return p
}
