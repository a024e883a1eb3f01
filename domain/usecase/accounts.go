package usecase

import (
	"container/list"
	"context"
	"fmt"
	"sync"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
)

// accounts keeps folded accounts in memory, least recently used go first,
// bounded by bytes. One goroutine at a time decides on an account; what it
// reads is the state as of the last sequenced event.
type accounts struct {
	s   *Service
	max int64

	mu    sync.Mutex
	open  map[domain.Stream]*entry
	order *list.List // of *entry, most recent first
	bytes int64
}

// entry is one account with its lock.
type entry struct {
	stream domain.Stream
	place  *list.Element
	bytes  int64 // as counted in accounts.bytes
	users  int   // goroutines that hold or wait for the lock: not to be dropped

	mu    sync.Mutex
	state *account.Account // nil until loaded, and after a failed append
}

func newAccounts(s *Service, bytesMax int64) *accounts {
	return &accounts{s: s, max: bytesMax, open: map[domain.Stream]*entry{}, order: list.New()}
}

// with calls f with the account caught up to its last event, under its lock.
func (a *accounts) with(ctx context.Context, stream domain.Stream, f func(*entry) error) error {
	a.mu.Lock()
	e := a.open[stream]
	if e == nil {
		e = &entry{stream: stream}
		e.place = a.order.PushFront(e)
		a.open[stream] = e
	}
	e.users++
	a.order.MoveToFront(e.place)
	a.mu.Unlock()

	e.mu.Lock()
	err := a.catchUp(ctx, e)
	if err == nil {
		err = f(e)
	}
	size := int64(0)
	if e.state != nil {
		size = e.state.SizeBytes()
	}
	e.mu.Unlock()

	a.mu.Lock()
	defer a.mu.Unlock()
	e.users--
	a.bytes += size - e.bytes
	e.bytes = size
	for at := a.order.Back(); at != nil && a.bytes > a.max; {
		old := at.Value.(*entry)
		at = at.Prev()
		if old.users == 0 {
			a.order.Remove(old.place)
			delete(a.open, old.stream)
			a.bytes -= old.bytes
		}
	}
	return err
}

// catchUp folds what the stream has beyond the state.
func (a *accounts) catchUp(ctx context.Context, e *entry) error {
	last, err := a.s.o.Log.Last(ctx, e.stream)
	if err != nil {
		return err
	}
	fresh := e.state == nil
	if fresh {
		e.state = account.New(e.stream)
	}
	if e.state.Revision() == last {
		return nil
	}
	if err := a.s.fold(ctx, e.stream, e.state); err != nil {
		e.state = nil
		return err
	}
	if fresh { // who asks for one of its changes need not look them up one by one
		for id := range e.state.LiveIDs() {
			a.s.places.put(domain.TagOf(domain.TagChange, id), e.stream)
		}
	}
	return nil
}

// folded is the state of a stream.
type folded interface {
	Apply(domain.Head, domain.Payload)
	Revision() domain.Revision
}

func applyRecorded(state folded, r domain.Recorded) error {
	p, err := decode(r)
	if err != nil {
		return err
	}
	state.Apply(r.Head, p)
	return nil
}

// decode reads an event's payload; an unknown type names its position.
func decode(r domain.Recorded) (domain.Payload, error) {
	p, err := catalogue.Decode(r.Event)
	if err != nil {
		return nil, fmt.Errorf("position %d: %w", r.Position, err)
	}
	return p, nil
}

// append writes drafts to the account and folds them. The caller is in with.
// What the state shows afterwards is what the store holds.
func (s *Service) appendAccount(ctx context.Context, e *entry, o origin, drafts []numbered) ([]domain.Recorded, error) {
	stored, err := s.append(ctx, e.stream, e.state.Revision(), o, drafts)
	if err != nil {
		e.state = nil // fold again: a timed-out append may have been stored
		return nil, err
	}
	for i, r := range stored {
		if r.Revision != e.state.Revision()+1 || r.ID != drafts[i].id {
			e.state = nil // a repeat: the events are older than the state
			return stored, nil
		}
		e.state.Apply(r.Head, drafts[i].draft.Payload)
	}
	return stored, nil
}
