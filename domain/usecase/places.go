package usecase

import (
	"context"
	"sync"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/person"
)

// bounded is a map that forgets half of itself when it is full: for facts that
// never change and are cheap to find again.
type bounded[K comparable, V any] struct {
	mu   sync.RWMutex
	max  int
	kept map[K]V
}

func newBounded[K comparable, V any](max int) *bounded[K, V] {
	return &bounded[K, V]{max: max, kept: map[K]V{}}
}

func (b *bounded[K, V]) get(k K) (V, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	v, ok := b.kept[k]
	return v, ok
}

func (b *bounded[K, V]) put(k K, v V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.kept) >= b.max {
		drop := len(b.kept) / 2
		for old := range b.kept {
			if drop--; drop < 0 {
				break
			}
			delete(b.kept, old)
		}
	}
	b.kept[k] = v
}

// places knows in which account a change or an approval stands: it never moves.
type places = bounded[domain.Tag, domain.Stream]

func newPlaces() *places { return newBounded[domain.Tag, domain.Stream](1 << 17) }

// documents knows registered documents: they never change.
type documents = bounded[domain.DocumentID, account.DocumentFact]

func newDocuments() *documents { return newBounded[domain.DocumentID, account.DocumentFact](1 << 16) }

// persons are folded persons; a state that is behind its stream is caught up.
type persons = bounded[domain.PersonID, *person.State]

func newPersonsKept() *persons { return newBounded[domain.PersonID, *person.State](1 << 16) }

// placeOf finds the account of a change or an approval by its tag; "" where
// there is no such thing.
func (s *Service) placeOf(ctx context.Context, thing domain.Tag) (domain.Stream, error) {
	if stream, ok := s.places.get(thing); ok {
		return stream, nil
	}
	for r, err := range s.o.Log.Tagged(ctx, s.o.Log.Size(), string(thing)) {
		if err != nil {
			return "", err
		}
		if r.Stream.Kind() == domain.AccountStream {
			s.places.put(thing, r.Stream)
			return r.Stream, nil
		}
	}
	return "", nil
}

// document looks a cited document up.
func (s *Service) document(ctx context.Context, id domain.DocumentID) (account.DocumentFact, error) {
	if id == "" {
		return account.DocumentFact{}, nil
	}
	if known, ok := s.documents.get(id); ok {
		return known, nil
	}
	fact := account.DocumentFact{ID: id}
	for r, err := range s.o.Log.Stream(ctx, domain.DocumentOf(id), 0) {
		if err != nil {
			return fact, err
		}
		p, err := decode(r)
		if err != nil {
			return fact, err
		}
		if e, ok := p.(document.Registered); ok {
			fact.Known, fact.Day = true, e.Date
			s.documents.put(id, fact)
			break
		}
	}
	return fact, nil
}
