package eventstore

import (
	"errors"
	"fmt"

	"staffledger/domain"
)

// Errors of a store; all are returned wrapped, compare with errors.Is.
var (
	ErrNotFound    = errors.New("no such event")
	ErrDuplicateID = errors.New("event id is already stored in another stream")
	ErrTooLarge    = errors.New("event or append is too large")
	ErrInvalid     = errors.New("event is not well formed")
	ErrNoSpace     = errors.New("no space left for the ledger; nothing was written")
	ErrReadOnly    = errors.New("a write could not be made durable; the ledger takes no more writes until it is reopened")
	ErrClosed      = errors.New("ledger is closed")
	ErrInUse       = errors.New("another process has this data directory open")
	ErrNewer       = errors.New("the data directory was written by a newer format")
)

// Corrupt is damage found in stored bytes: the first bad position and what was
// found there. A damaged ledger is never served as if whole.
type Corrupt struct {
	Position domain.Position
	File     string
	Reason   string
}

func (c *Corrupt) Error() string {
	return fmt.Sprintf("ledger damaged at position %d (%s): %s", c.Position, c.File, c.Reason)
}
