package eventstore

import (
	"errors"

	"staffledger/domain"
)

// Errors of a store; all are returned wrapped, compare with errors.Is.
var (
	ErrNotFound    = domain.ErrNoEvent
	ErrDuplicateID = errors.New("event id is already stored in another stream")
	ErrTooLarge    = errors.New("event or append is too large")
	ErrInvalid     = errors.New("event is not well formed")
	ErrNoSpace     = domain.ErrNoSpace
	ErrReadOnly    = domain.ErrReadOnly
	ErrClosed      = errors.New("ledger is closed")
	ErrInUse       = errors.New("another process has this data directory open")
	ErrNewer       = errors.New("the data directory was written by a newer format")
)

// Corrupt is damage found in stored bytes.
type Corrupt = domain.Corrupt
