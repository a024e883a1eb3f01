package eventstoretest

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"staffledger/domain"
	"staffledger/eventstore"
)

// Memory is a store without files: the plainest thing that keeps the contract.
// It is the model that the ledger is held against, and serves tests that need
// thousands of small ledgers. It passes the conformance suite.
type Memory struct {
	mu      sync.RWMutex
	grown   chan struct{} // closed and replaced on every append
	all     []domain.Recorded
	streams map[domain.Stream][]domain.Position
	ids     map[domain.EventID]domain.Position
	keys    map[string][]domain.Position // eventstore.Keys, oldest first
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		grown:   make(chan struct{}),
		streams: map[domain.Stream][]domain.Position{},
		ids:     map[domain.EventID]domain.Position{},
		keys:    map[string][]domain.Position{},
	}
}

// Prefix returns a store of its own that holds the first n events.
func (m *Memory) Prefix(n domain.Position) *Memory {
	m.mu.RLock()
	defer m.mu.RUnlock()
	p := NewMemory()
	for _, r := range m.all[:n] {
		p.keep(r)
	}
	return p
}

func (m *Memory) keep(r domain.Recorded) {
	m.all = append(m.all, r)
	m.streams[r.Stream] = append(m.streams[r.Stream], r.Position)
	m.ids[r.ID] = r.Position
	for _, k := range eventstore.Keys(&r.Event) {
		m.keys[k] = append(m.keys[k], r.Position)
	}
}

// Append implements eventstore.Store.
func (m *Memory) Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case len(events) == 0:
		return nil, fmt.Errorf("%w: no events", eventstore.ErrInvalid)
	case len(events) > eventstore.AppendCountMax:
		return nil, fmt.Errorf("%w: %d events", eventstore.ErrTooLarge, len(events))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.ids[events[0].ID]; ok {
		return m.repeat(stream, events, at)
	}
	own := m.streams[stream]
	if actual := domain.Revision(len(own)) - 1; actual != expected {
		return nil, &domain.Conflict{Stream: stream, Expected: expected, Actual: actual}
	}
	added := make([]domain.Recorded, len(events))
	seen := make(map[domain.EventID]bool, len(events))
	total := 0
	for i := range events {
		e := events[i]
		if e.Stream != stream {
			return nil, fmt.Errorf("%w: event of stream %s appended to %s", eventstore.ErrInvalid, e.Stream, stream)
		}
		if _, stored := m.ids[e.ID]; stored || seen[e.ID] {
			return nil, fmt.Errorf("%w: %s", eventstore.ErrDuplicateID, e.ID)
		}
		seen[e.ID] = true
		e.Revision = expected + 1 + domain.Revision(i)
		b, err := eventstore.Encode(nil, &e)
		if err != nil {
			return nil, err
		}
		if total += len(b); total > eventstore.AppendBytesMax {
			return nil, fmt.Errorf("%w: append of more than %d bytes", eventstore.ErrTooLarge, eventstore.AppendBytesMax)
		}
		decoded, err := eventstore.Decode(b)
		if err != nil {
			return nil, err
		}
		added[i] = domain.Recorded{Position: domain.Position(len(m.all) + i), Event: decoded, Bytes: b}
	}
	for _, r := range added {
		m.keep(r)
	}
	close(m.grown)
	m.grown = make(chan struct{})
	return added, nil
}

// repeat answers an append whose first event id is stored.
func (m *Memory) repeat(stream domain.Stream, events []domain.Event, at domain.Position) ([]domain.Recorded, error) {
	first := m.all[at]
	if first.Stream != stream {
		return nil, fmt.Errorf("%w: %s", eventstore.ErrDuplicateID, first.ID)
	}
	var stored []domain.Recorded
	own := m.streams[stream][first.Revision:]
	for i := 0; i < len(events) && i < len(own); i++ {
		if r := m.all[own[i]]; r.ID == events[i].ID {
			stored = append(stored, r)
		}
	}
	if len(stored) != len(events) {
		return nil, fmt.Errorf("%w: only a part of the append is stored", eventstore.ErrDuplicateID)
	}
	return stored, nil
}

// Stream implements eventstore.Store.
func (m *Memory) Stream(ctx context.Context, stream domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error] {
	m.mu.RLock()
	own, all := m.streams[stream], m.all
	m.mu.RUnlock()
	return func(yield func(domain.Recorded, error) bool) {
		for i := max(int(from), 0); i < len(own); i++ {
			if err := ctx.Err(); err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if !yield(all[own[i]], nil) {
				return
			}
		}
	}
}

// All implements eventstore.Store.
func (m *Memory) All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
	m.mu.RLock()
	all := m.all
	m.mu.RUnlock()
	return func(yield func(domain.Recorded, error) bool) {
		for i := int(min(from, domain.Position(len(all)))); i < len(all); i++ {
			if err := ctx.Err(); err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if !yield(all[i], nil) {
				return
			}
		}
	}
}

// Tagged implements eventstore.Store.
func (m *Memory) Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error] {
	m.mu.RLock()
	all, found := m.all, []domain.Position(nil)
	if len(keys) > 0 {
		found = m.keys[keys[0]]
	}
	m.mu.RUnlock()
	return func(yield func(domain.Recorded, error) bool) {
		if len(keys) == 0 {
			yield(domain.Recorded{}, fmt.Errorf("%w: no key to look for", eventstore.ErrInvalid))
			return
		}
		for _, at := range slices.Backward(found) {
			if err := ctx.Err(); err != nil {
				yield(domain.Recorded{}, err)
				return
			}
			if at < before && carries(&all[at], keys[1:]) && !yield(all[at], nil) {
				return
			}
		}
	}
}

func carries(r *domain.Recorded, keys []string) bool {
	for _, k := range keys {
		if !slices.Contains(eventstore.Keys(&r.Event), k) {
			return false
		}
	}
	return true
}

// At implements eventstore.Store.
func (m *Memory) At(_ context.Context, position domain.Position) (domain.Recorded, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if position >= domain.Position(len(m.all)) {
		return domain.Recorded{}, fmt.Errorf("position %d: %w", position, eventstore.ErrNotFound)
	}
	return m.all[position], nil
}

// ByID implements eventstore.Store.
func (m *Memory) ByID(_ context.Context, id domain.EventID) (domain.Recorded, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	at, ok := m.ids[id]
	if !ok {
		return domain.Recorded{}, fmt.Errorf("event %s: %w", id, eventstore.ErrNotFound)
	}
	return m.all[at], nil
}

// Size implements eventstore.Store.
func (m *Memory) Size() domain.Position {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return domain.Position(len(m.all))
}

// Streams implements eventstore.Store.
func (m *Memory) Streams(_ context.Context, prefix string) iter.Seq2[domain.Stream, error] {
	m.mu.RLock()
	var names []domain.Stream
	for s := range m.streams {
		if strings.HasPrefix(string(s), prefix) {
			names = append(names, s)
		}
	}
	m.mu.RUnlock()
	slices.Sort(names)
	return func(yield func(domain.Stream, error) bool) {
		for _, s := range names {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// Last implements eventstore.Store.
func (m *Memory) Last(_ context.Context, stream domain.Stream) (domain.Revision, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return domain.Revision(len(m.streams[stream])) - 1, nil
}

// Wait implements eventstore.Store.
func (m *Memory) Wait(ctx context.Context, seen domain.Position) error {
	for {
		m.mu.RLock()
		size, grown := domain.Position(len(m.all)), m.grown
		m.mu.RUnlock()
		if size > seen {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
