// Package projections follows the ledger: a Follower has a name, resumes where
// its view stopped, and reports how far it is. Views save their position with
// what they derive, in one transaction.
package projections

import (
	"context"
	"fmt"
	"iter"

	"staffledger/domain"
)

// Source is the ledger as a follower reads it; eventstore.Store says what the
// methods promise.
type Source interface {
	All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error]
	Size() domain.Position
	Wait(ctx context.Context, seen domain.Position) error
}

// Event is a recorded event with its payload, and what the view's Prepare made
// of it.
type Event struct {
	domain.Recorded
	Payload  domain.Payload
	Prepared any
}

// View is what a follower keeps up to date.
type View interface {
	// Name is that of the view, in reports and errors.
	Name() string
	// Next is the position of the first event that is not folded yet.
	Next(ctx context.Context) (domain.Position, error)
	// Prepare does what needs no state, such as opening sealed objects. It is
	// called for every event of a batch, by several goroutines at once.
	Prepare(e *Event) error
	// Fold folds the events, which are dense and start at Next, and saves the
	// position behind the last, in one transaction: after an error nothing of
	// the batch is kept. One goroutine at a time.
	Fold(ctx context.Context, batch []Event) error
}

// Stopped is a follower that cannot go on: the event at Position is unknown or
// its fold failed. It is never skipped; a newer program may know it.
type Stopped struct {
	View     string
	Position domain.Position
	Err      error
}

func (s *Stopped) Error() string {
	return fmt.Sprintf("view %s stopped at position %d: %v", s.View, s.Position, s.Err)
}

func (s *Stopped) Unwrap() error { return s.Err }
