// Package usecase carries out commands: authenticate → look the command up →
// authorise → load → decide → append, in one function (Service.Do) with a
// bounded retry. processes.go holds what goes over two streams, due.go what
// has fallen due. It is the only package below domain that knows a context,
// and it reaches everything outside through the ports declared here.
package usecase

import (
	"context"
	"io"
	"iter"

	"staffledger/domain"
)

// Log is the ledger as the use cases need it; eventstore.Store says what each
// method promises.
type Log interface {
	Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error)
	Stream(ctx context.Context, stream domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error]
	Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error]
	ByID(ctx context.Context, id domain.EventID) (domain.Recorded, error)
	At(ctx context.Context, position domain.Position) (domain.Recorded, error)
	Streams(ctx context.Context, prefix string) iter.Seq2[domain.Stream, error]
	Last(ctx context.Context, stream domain.Stream) (domain.Revision, error)
	Size() domain.Position
}

// Sealer keeps person keys and the identity index (package eventstore/vault).
// What it returns is durable.
type Sealer interface {
	// Bind gives each ID number its person, making persons and keys for new
	// numbers, all in one synced step. The same number always gives the same person.
	Bind(ctx context.Context, identities []Identity) ([]Bound, error)
	// Lookup finds the person of an ID number.
	Lookup(ctx context.Context, idNumber string) (domain.PersonID, bool, error)
	// EnsureKeys makes the named keys that do not exist yet.
	EnsureKeys(ctx context.Context, names ...string) error
	Seal(key string, event domain.EventID, clear []byte) ([]byte, error)
	Unseal(key string, event domain.EventID, box []byte) ([]byte, error)
	// Digest is a keyed hash for content and requests, as hex.
	Digest(purpose string, parts ...[]byte) string
}

// Identity and Bound are domain's, so that the vault can be a Sealer without
// knowing this package.
type (
	Identity = domain.Identity
	Bound    = domain.Bound
)

// SignIns keeps the names typed at sign-in, one user each (package
// eventstore/vault/private). What it returns is durable.
type SignIns interface {
	// Reserve takes a name for a user; free is false where it is another's. The
	// same user may take the same name again.
	Reserve(ctx context.Context, signIn string, user domain.UserID) (free bool, err error)
}

// Documents keeps the files of registered documents (package eventstore/vault/blobs).
type Documents interface {
	// Put stores a file of at most DocumentBytesMax and returns its SHA-256
	// (hex) and size; it is durable on return.
	Put(ctx context.Context, r io.Reader) (digest string, size int64, err error)
}

// DocumentBytesMax is the size of the largest registered file.
const DocumentBytesMax = 20 << 20

// Hints finds work that may have been left undone (the views do). What it says
// may be old or wrong: every driver judges from the ledger, so a hint too many
// is harmless and a missing one only delays.
type Hints interface {
	// Unfinished lists processes that have begun and are not settled.
	Unfinished(ctx context.Context) ([]domain.ProcessID, error)
	// FallenDue lists accounts on which something may have fallen due by day.
	FallenDue(ctx context.Context, day domain.Day) ([]domain.Stream, error)
}

// Clock tells the time; demo clocks are set from outside.
type Clock interface{ Now() domain.Instant }

// IDs makes random ids (UUID version 4 text).
type IDs interface{ New() string }
