package eventstoretest

import (
	"testing"

	"staffledger/eventstore"
)

func memoryHarness() Harness {
	return Harness{
		Open:   func() (eventstore.Store, error) { return NewMemory(), nil },
		Reopen: func(s eventstore.Store) (eventstore.Store, error) { return s, nil },
		Close:  func(eventstore.Store) error { return nil },
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			c.Run(t, memoryHarness())
		})
	}
}
