package usecase

import (
	"fmt"

	"staffledger/domain"
)

// PreconditionFailed answers an If-Match that no longer holds: what the caller
// saw, and the events on that thing since, oldest first.
type PreconditionFailed struct {
	Seen    domain.Revision
	Current domain.Revision
	Since   []domain.Recorded
}

func (e *PreconditionFailed) Error() string {
	return fmt.Sprintf("precondition failed: saw revision %d, is at %d", e.Seen, e.Current)
}

// PreconditionRequired answers a command on an existing thing without If-Match.
type PreconditionRequired struct{}

func (PreconditionRequired) Error() string { return "precondition required" }

// KeyReused answers a command id that was used with another request.
type KeyReused struct{ Command domain.CommandID }

func (e *KeyReused) Error() string {
	return fmt.Sprintf("idempotency key was used with another request (command %s)", e.Command)
}
