package projections

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"staffledger/domain"
	"staffledger/domain/catalogue"
)

// Options of a Follower; zero values are sensible.
type Options struct {
	// BatchMax bounds the events of one fold (50,000). Batches grow with the
	// backlog: a follower that is up to date folds single events.
	BatchMax int
	// BatchBytesMax bounds the entries' bytes of one fold (64 MiB).
	BatchBytesMax int
	// Workers decode side by side (the number of cores).
	Workers int
	// Now tells the time, for lag and rate (time.Now).
	Now func() time.Time
}

// Progress is how far a follower is.
type Progress struct {
	View string
	Next domain.Position // events folded
	Size domain.Position // of the ledger
	// Last is the time of the last event folded; Lag the seconds since the
	// oldest event that is not folded was seen to wait, 0 when there is none.
	Last domain.Instant
	Lag  float64
	Rate float64 // events per second of the latest work
	Err  error   // why it stands still, usually *Stopped
}

// Follower keeps one View up to date. Once, ToEnd and Run may not be called at
// the same time; Progress may be called at any time.
type Follower struct {
	view   View
	source Source
	opts   Options

	mu       sync.Mutex
	progress Progress
	behind   time.Time // since when the oldest waiting event has been seen to wait; zero: none does
	seen     struct {  // the size of the ledger at a moment
		size domain.Position
		at   time.Time
	}
}

// NewFollower returns a follower of source for view.
func NewFollower(source Source, view View, o Options) *Follower {
	if o.BatchMax <= 0 {
		o.BatchMax = 50_000
	}
	if o.BatchBytesMax <= 0 {
		o.BatchBytesMax = 64 << 20
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Follower{view: view, source: source, opts: o, progress: Progress{View: view.Name()}}
}

// Progress tells how far the follower is.
func (f *Follower) Progress() Progress {
	size := f.source.Size()
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.progress
	p.Size = size
	if p.Next < size {
		if f.behind.IsZero() {
			f.behind = f.opts.Now()
		}
		p.Lag = f.opts.Now().Sub(f.behind).Seconds()
	}
	return p
}

// Once folds one batch and returns how many events were in it; 0 at the end.
func (f *Follower) Once(ctx context.Context) (int, error) {
	next, err := f.next(ctx)
	if err != nil {
		return 0, f.failed(err)
	}
	n, err := f.fold(ctx, next, min(next+domain.Position(f.opts.BatchMax), f.source.Size()), true)
	return n, f.failed(err)
}

// ToEnd folds up to the size that the ledger has when it gets there.
func (f *Follower) ToEnd(ctx context.Context) error {
	for {
		next, err := f.next(ctx)
		if err != nil {
			return f.failed(err)
		}
		size := f.source.Size()
		if next >= size {
			return nil
		}
		if _, err := f.fold(ctx, next, size, false); err != nil {
			return f.failed(err)
		}
	}
}

// Run follows until ctx ends or the view cannot go on. It returns nil when ctx
// ended, else the reason, *Stopped where an event is to blame.
func (f *Follower) Run(ctx context.Context) error {
	for {
		if err := f.ToEnd(ctx); err != nil {
			return ignoreEnd(ctx, err)
		}
		next, err := f.next(ctx)
		if err != nil {
			return ignoreEnd(ctx, f.failed(err))
		}
		if err := f.source.Wait(ctx, next); err != nil {
			return ignoreEnd(ctx, f.failed(err))
		}
	}
}

func ignoreEnd(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

func (f *Follower) next(ctx context.Context) (domain.Position, error) {
	next, err := f.view.Next(ctx)
	if err != nil {
		return 0, fmt.Errorf("view %s: %w", f.view.Name(), err)
	}
	if size := f.source.Size(); next > size {
		return 0, fmt.Errorf("view %s has folded %d events, the ledger has only %d", f.view.Name(), next, size)
	}
	f.mu.Lock()
	f.progress.Next = next
	f.mu.Unlock()
	return next, nil
}

func (f *Follower) failed(err error) error {
	if errors.Is(err, context.Canceled) {
		return err // told to stop, not stopped
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress.Err = err
	return err
}

// fold folds positions [from, to) in one batch, or in as many as the bounds
// make. Decoding runs ahead of folding on other goroutines.
func (f *Follower) fold(ctx context.Context, from, to domain.Position, once bool) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		batch  = make([]Event, 0, min(f.opts.BatchMax, int(to-from)))
		bytes  int
		folded int
	)
	for chunk := range f.decoded(ctx, from, to) {
		events, err := chunk.wait()
		for i := range events {
			batch = append(batch, events[i])
			if bytes += len(events[i].Bytes); len(batch) < f.opts.BatchMax && bytes < f.opts.BatchBytesMax {
				continue
			}
			if err := f.foldBatch(ctx, batch); err != nil {
				return folded, err
			}
			folded += len(batch)
			if once {
				return folded, nil
			}
			batch, bytes = batch[:0], 0
		}
		if err != nil {
			// What came before the event to blame is folded, so that its
			// position is where the view stands.
			if len(batch) > 0 && ctx.Err() == nil {
				if err := f.foldBatch(ctx, batch); err != nil {
					return folded, err
				}
				folded += len(batch)
			}
			return folded, err
		}
	}
	if len(batch) > 0 {
		if err := f.foldBatch(ctx, batch); err != nil {
			return folded, err
		}
		folded += len(batch)
	}
	return folded, ctx.Err()
}

// foldBatch folds a batch. Where the fold of one event fails, the events before
// it are folded by halves, so that the view stands at the event to blame.
func (f *Follower) foldBatch(ctx context.Context, batch []Event) error {
	start := f.opts.Now()
	if err := f.foldOnce(ctx, batch); err != nil {
		var stopped *Stopped
		if len(batch) == 1 || !errors.As(err, &stopped) {
			return err
		}
		half := len(batch) / 2
		if err := f.foldBatch(ctx, batch[:half]); err != nil {
			return err
		}
		return f.foldBatch(ctx, batch[half:])
	}
	last := batch[len(batch)-1]
	took := f.opts.Now().Sub(start)
	size := f.source.Size()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress.Next, f.progress.Last, f.progress.Err = last.Position+1, last.Time, nil
	if took > 0 {
		f.progress.Rate = float64(len(batch)) / took.Seconds()
	}
	switch {
	case f.progress.Next >= size:
		f.behind = time.Time{}
	case f.behind.IsZero() || f.progress.Next >= f.seen.size:
		// what waits now came after the size was last looked at
		f.behind = f.seen.at
		if f.behind.IsZero() {
			f.behind = start
		}
	}
	if f.progress.Next >= f.seen.size {
		f.seen.size, f.seen.at = size, f.opts.Now()
	}
	return nil
}

func (f *Follower) foldOnce(ctx context.Context, batch []Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &Stopped{f.view.Name(), batch[0].Position, fmt.Errorf("panic: %v", p)}
		}
	}()
	return f.view.Fold(ctx, batch)
}

// chunk is a run of events that a worker decodes.
type chunk struct {
	events []Event
	err    error
	done   chan struct{}
}

func (c *chunk) wait() ([]Event, error) {
	<-c.done
	return c.events, c.err
}

const chunkSize = 256

// decoded reads [from, to) and decodes it in chunks, several at once, yielding
// them in order. A chunk that failed is the last; its events are those before
// the one to blame.
func (f *Follower) decoded(ctx context.Context, from, to domain.Position) func(func(*chunk) bool) {
	return func(yield func(*chunk) bool) {
		ctx, cancel := context.WithCancel(ctx)
		work := make(chan *chunk)
		// A batch is decoded ahead while the one before is folded.
		ordered := make(chan *chunk, max(4*f.opts.Workers, f.opts.BatchMax/chunkSize))
		var running sync.WaitGroup
		defer running.Wait()
		defer cancel()
		running.Add(1 + f.opts.Workers)
		go func() {
			defer running.Done()
			defer close(ordered)
			defer close(work)
			f.read(ctx, from, to, func(c *chunk) bool {
				select {
				case ordered <- c:
				case <-ctx.Done():
					return false
				}
				if c.err != nil && len(c.events) == 0 {
					close(c.done)
					return false
				}
				select {
				case work <- c:
					return true
				case <-ctx.Done():
					c.events, c.err = nil, ctx.Err()
					close(c.done)
					return false
				}
			})
		}()
		for range f.opts.Workers {
			go func() {
				defer running.Done()
				for c := range work {
					f.decode(c)
					close(c.done)
				}
			}()
		}
		for c := range ordered {
			if !yield(c) {
				return
			}
		}
	}
}

// read cuts [from, to) into chunks. An error of the source ends the last one.
func (f *Follower) read(ctx context.Context, from, to domain.Position, emit func(*chunk) bool) {
	next := from
	fresh := func() *chunk {
		return &chunk{events: make([]Event, 0, min(chunkSize, to-next)), done: make(chan struct{})}
	}
	c := fresh()
	for r, err := range f.source.All(ctx, from) {
		if err == nil && r.Position != next {
			err = fmt.Errorf("view %s: ledger gave position %d after %d", f.view.Name(), r.Position, next-1)
		}
		if err != nil {
			c.err = err
			emit(c)
			return
		}
		if r.Position >= to {
			break
		}
		c.events = append(c.events, Event{Recorded: r})
		if next++; len(c.events) == chunkSize {
			if !emit(c) {
				return
			}
			c = fresh()
		}
	}
	if next < to && ctx.Err() == nil {
		c.err = fmt.Errorf("view %s: ledger ended at position %d of %d", f.view.Name(), next, to)
	}
	if len(c.events) > 0 || c.err != nil {
		emit(c)
	}
}

func (f *Follower) decode(c *chunk) {
	for i := range c.events {
		if err := f.decodeOne(&c.events[i]); err != nil {
			c.err = &Stopped{f.view.Name(), c.events[i].Position, err}
			c.events = c.events[:i]
			return
		}
	}
}

func (f *Follower) decodeOne(e *Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if e.Payload, err = catalogue.Decode(e.Event); err != nil {
		return err
	}
	return f.view.Prepare(e)
}
