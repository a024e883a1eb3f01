package projections_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/eventstore/eventstoretest"
	"staffledger/projections"
	"staffledger/test/randomledger"
)

// list is a view that keeps positions, and fails where it is told to.
type list struct {
	mu      sync.Mutex
	folded  []domain.Position
	batches []int
	panics  domain.Position // at this one; 0: never
	fails   error
	moved   chan struct{}
}

func (l *list) Name() string { return "list" }

func (l *list) Next(context.Context) (domain.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return domain.Position(len(l.folded)), nil
}

func (l *list) Prepare(e *projections.Event) error {
	e.Prepared = e.Position
	return nil
}

func (l *list) Fold(_ context.Context, batch []projections.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fails != nil {
		return l.fails
	}
	var added []domain.Position
	for _, e := range batch {
		if l.panics > 0 && e.Position == l.panics {
			panic("no such thing")
		}
		if e.Payload == nil || e.Prepared != e.Position || e.Position != domain.Position(len(l.folded)+len(added)) {
			return fmt.Errorf("event %d is out of order or not decoded", e.Position)
		}
		added = append(added, e.Position)
	}
	l.folded, l.batches = append(l.folded, added...), append(l.batches, len(batch))
	if l.moved != nil {
		l.moved <- struct{}{}
	}
	return nil
}

func random(t *testing.T, n int) *eventstoretest.Memory {
	t.Helper()
	store := eventstoretest.NewMemory()
	if _, err := randomledger.Write(context.Background(), store, randomledger.Options{Seed: 1, Events: n}); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestBatchesAndBounds(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := random(t, 1500)
	for _, o := range []projections.Options{{}, {BatchMax: 1}, {BatchMax: 100}, {BatchMax: 257, Workers: 5}, {BatchBytesMax: 3000}, {Workers: 1}} {
		view := &list{}
		f := projections.NewFollower(store, view, o)
		n, err := f.Once(ctx)
		if err != nil || n != len(view.folded) || n == 0 || o.BatchMax > 0 && n != o.BatchMax {
			t.Errorf("%+v: once folded %d (%d): %v", o, n, len(view.folded), err)
		}
		if err := f.ToEnd(ctx); err != nil || len(view.folded) != int(store.Size()) {
			t.Errorf("%+v: folded %d of %d: %v", o, len(view.folded), store.Size(), err)
		}
		if o.BatchMax > 0 && slices.Max(view.batches) > o.BatchMax {
			t.Errorf("%+v: batch of %d", o, slices.Max(view.batches))
		}
		if n, err := f.Once(ctx); n != 0 || err != nil {
			t.Errorf("%+v: %d events at the end: %v", o, n, err)
		}
		last, _ := store.At(ctx, store.Size()-1)
		if p := f.Progress(); p.View != "list" || p.Next != store.Size() || p.Size != store.Size() || p.Lag != 0 || p.Last != last.Time || p.Err != nil {
			t.Errorf("%+v", p)
		}
	}
}

// An event that is not known, or whose fold panics, stops the follower; what
// came before it is folded.
func TestStopsAtTheEventToBlame(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := random(t, 700)
	const bad = 433
	for name, c := range map[string]struct {
		source projections.Source
		view   *list
	}{
		"unknown": {changed{store, bad, func(r *domain.Recorded) { r.Type = "unit.dreamt.v1" }}, &list{}},
		"stream":  {changed{store, bad, func(r *domain.Recorded) { r.Stream = "moon-1" }}, &list{}},
		"data": {changed{store, bad, func(r *domain.Recorded) {
			r.Data = []byte(`{"process":7}`)
			r.Type = account.TypeQuotaSettled
			r.Stream = "pool-x"
		}}, &list{}},
		"panic": {store, &list{panics: bad}},
	} {
		f := projections.NewFollower(c.source, c.view, projections.Options{})
		for range 2 { // again and again, never past it
			var stopped *projections.Stopped
			err := f.Run(ctx)
			if !errors.As(err, &stopped) || stopped.Position != bad || stopped.View != "list" {
				t.Errorf("%s: %v", name, err)
			}
			if len(c.view.folded) != bad {
				t.Errorf("%s: folded %d", name, len(c.view.folded))
			}
			if p := f.Progress(); p.Err == nil || p.Next != bad {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
}

// changed is a ledger with one event made different.
type changed struct {
	*eventstoretest.Memory
	at     domain.Position
	change func(*domain.Recorded)
}

func (c changed) All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range c.Memory.All(ctx, from) {
			if r.Position == c.at {
				c.change(&r)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// brittle breaks off, or leaves an event out.
type brittle struct {
	*eventstoretest.Memory
	at   domain.Position
	with error
}

func (b brittle) All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range b.Memory.All(ctx, from) {
			if r.Position == b.at {
				if b.with != nil {
					yield(domain.Recorded{}, b.with)
					return
				}
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func TestSourceThatFails(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := random(t, 400)
	disk := errors.New("disk is on fire")
	view := &list{}
	if err := projections.NewFollower(brittle{store, 300, disk}, view, projections.Options{}).ToEnd(ctx); !errors.Is(err, disk) || len(view.folded) != 300 {
		t.Errorf("%v at %d", err, len(view.folded))
	}
	if err := projections.NewFollower(brittle{store, 350, nil}, view, projections.Options{}).ToEnd(ctx); err == nil || len(view.folded) != 350 {
		t.Errorf("a gap was not noticed: %v at %d", err, len(view.folded))
	}
	full := errors.New("disk is full")
	if err := projections.NewFollower(store, &list{fails: full}, projections.Options{}).ToEnd(ctx); !errors.Is(err, full) {
		t.Error(err)
	}
	if err := projections.NewFollower(eventstoretest.NewMemory(), view, projections.Options{}).ToEnd(ctx); err == nil {
		t.Error("a view ahead of its ledger was not noticed")
	}
}

// Run follows until its context ends; lag counts from when the view fell behind.
func TestRunFollows(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	full := random(t, 300)
	growing := eventstoretest.NewMemory()
	view := &list{moved: make(chan struct{})}
	now := time.Unix(1000, 0)
	f := projections.NewFollower(growing, view, projections.Options{Now: func() time.Time { return now }})
	r, _ := full.At(ctx, 0)
	if _, err := growing.Append(ctx, r.Stream, domain.NoStream, []domain.Event{r.Event}); err != nil {
		t.Fatal(err)
	}
	if p := f.Progress(); p.Lag != 0 || p.Size != 1 {
		t.Errorf("%+v", p)
	}
	now = now.Add(3 * time.Second)
	if p := f.Progress(); p.Lag != 3 {
		t.Errorf("%+v", p)
	}
	done := make(chan error)
	go func() { done <- f.Run(ctx) }()
	<-view.moved
	for r := range full.All(ctx, 1) {
		if _, err := growing.Append(ctx, r.Stream, r.Revision-1, []domain.Event{r.Event}); err != nil {
			t.Fatal(err)
		}
		<-view.moved
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if slices.Max(view.batches) != 1 {
		t.Errorf("an up-to-date follower folds single events: %v", view.batches)
	}
}
