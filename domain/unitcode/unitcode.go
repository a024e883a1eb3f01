// Package unitcode holds the rules of a unit code's stream: one code belongs
// to one unit at a time (domain model §2).
package unitcode

import (
	"encoding/json"
	"fmt"

	"staffledger/domain"
)

const (
	TypeClaimed  domain.EventType = "unitcode.claimed.v1"
	TypeHeld     domain.EventType = "unitcode.held.v1"
	TypeReleased domain.EventType = "unitcode.released.v1"
)

// Claimed is step 1 of a founding: a code that is free or released is taken.
type Claimed struct {
	Process domain.ProcessID `json:"process"`
	Unit    domain.UnitID    `json:"unit"`
}

// Held settles a claim whose unit was established.
type Held struct {
	Process domain.ProcessID `json:"process"`
	Unit    domain.UnitID    `json:"unit"`
}

// Released settles a claim that the account refused.
type Released struct {
	Process domain.ProcessID `json:"process"`
	Unit    domain.UnitID    `json:"unit"`
}

func (Claimed) EventType() domain.EventType  { return TypeClaimed }
func (Held) EventType() domain.EventType     { return TypeHeld }
func (Released) EventType() domain.EventType { return TypeReleased }

// Decode reads the data of a unit code event; an unknown type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	switch t {
	case TypeClaimed:
		return decode[Claimed](t, data)
	case TypeHeld:
		return decode[Held](t, data)
	case TypeReleased:
		return decode[Released](t, data)
	}
	return nil, fmt.Errorf("unitcode: unknown event type %q", t)
}

func decode[E domain.Payload](t domain.EventType, data []byte) (domain.Payload, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, fmt.Errorf("unitcode: %s: %w", t, err)
	}
	return e, nil
}
