package usecase

import (
	"fmt"
	"log/slog"

	"staffledger/domain"
)

// Options are what a Service is built of.
type Options struct {
	Log       Log
	Sealer    Sealer
	Documents Documents
	Clock     Clock
	IDs       IDs
	Logger    *slog.Logger
	// CacheBytes bounds the folded accounts kept in memory (least recently used go first).
	CacheBytes int64
	Demo       bool
}

// Service carries out commands and drives processes. Safe for concurrent use.
// Its methods: Open, Do, Sweep, Recover, and the Reader queries of read.go.

// PreconditionFailed answers an If-Match that no longer holds: what the caller
// saw, and the events on that thing since.
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

// Grant is a role that a user holds over a scope.
type Grant struct {
	ID    string
	Role  domain.Role
	Scope domain.Scope
}
