package account

import "staffledger/domain"

// Account is the folded state of one unit or pool account.
type Account struct {
	stream domain.Stream
}

// New returns the state before the first event.
func New(stream domain.Stream) *Account { return &Account{stream: stream} }
