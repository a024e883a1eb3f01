package domain

import (
	"errors"
	"fmt"
)

// What a store tells its callers apart beside Conflict; all are returned
// wrapped, compare with errors.Is and errors.As. They stand here so that
// whoever answers a person can name them without knowing the store.
var (
	ErrNoEvent  = errors.New("no such event")
	ErrNoSpace  = errors.New("no space left for the ledger; nothing was written")
	ErrReadOnly = errors.New("a write could not be made durable; the ledger takes no more writes until it is reopened")
)

// Corrupt is damage found in stored bytes: the first bad position and what was
// found there. A damaged ledger is never served as if whole.
type Corrupt struct {
	Position Position
	File     string
	Reason   string
}

func (c *Corrupt) Error() string {
	return fmt.Sprintf("ledger damaged at position %d (%s): %s", c.Position, c.File, c.Reason)
}
