package randomledger

import (
	"bytes"
	"fmt"

	"staffledger/domain"
)

// The sealing of generated ledgers hides nothing: a box is the clear bytes
// behind a mark that binds them to key and event, so that a box in the wrong
// place is noticed.

func mark(key string, event domain.EventID) []byte {
	return fmt.Appendf(nil, "box of %s in %s:", key, event)
}

// Seal packs clear.
func Seal(key string, event domain.EventID, clear []byte) ([]byte, error) {
	return append(mark(key, event), clear...), nil
}

// Unseal opens what Seal packed.
func Unseal(key string, event domain.EventID, box []byte) ([]byte, error) {
	clear, ok := bytes.CutPrefix(box, mark(key, event))
	if !ok {
		return nil, fmt.Errorf("box of %s does not belong to event %s", key, event)
	}
	return clear, nil
}
