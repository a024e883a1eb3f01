package person

import (
	"fmt"

	"staffledger/domain"
)

const (
	TypeRegistered domain.EventType = "person.registered.v1"
	TypeClaimed    domain.EventType = "person.claimed.v1"
	TypeHeld       domain.EventType = "person.held.v1"
	TypeReleased   domain.EventType = "person.released.v1"
)

// Registered opens a person's stream. Sealed is an Identity under "person:<id>".
type Registered struct {
	Private *domain.Personal `json:"sealed"` // Identity
}

// Identity is the sealed part of Registered.
type Identity struct {
	Name     string `json:"name"`     // as on the ID card
	IDNumber string `json:"idnumber"` // GB 11643, 18 characters
}

// Claimed is step 1 of an entry: it carries all that later steps need, so that
// any driver can take them under the original actor, who stands in the head.
type Claimed struct {
	Process  domain.ProcessID `json:"process"`
	Unit     domain.UnitID    `json:"unit"`               // where the post is
	Change   domain.ChangeID  `json:"change"`             // the entry, or the holding of an opening row
	Opening  bool             `json:"opening,omitempty"`  // claimed for an opening balance
	Hash     string           `json:"hash,omitempty"`     // content the claim was taken for
	Revision domain.Revision  `json:"revision,omitempty"` // of the change, as seen
	Human    domain.HumanID   `json:"human,omitempty"`    // who records
	Command  domain.CommandID `json:"command,omitempty"`  // that the deciding event will carry
	Digest   string           `json:"digest,omitempty"`   // of that command's request
	Batch    *domain.Batch    `json:"batch,omitempty"`
}

// Held settles a claim whose recording was written.
type Held struct {
	Process domain.ProcessID `json:"process"`
	Unit    domain.UnitID    `json:"unit"`    // where the post is
	Holding domain.ChangeID  `json:"holding"` // made by the recording
}

// Released settles a refused claim (Holding empty), or ends a holding after
// its exit was recorded.
type Released struct {
	Process domain.ProcessID `json:"process"`
	Unit    domain.UnitID    `json:"unit"`              // where the post is
	Holding domain.ChangeID  `json:"holding,omitempty"` // ended by the exit
}

func (Registered) EventType() domain.EventType { return TypeRegistered }
func (Claimed) EventType() domain.EventType    { return TypeClaimed }
func (Held) EventType() domain.EventType       { return TypeHeld }
func (Released) EventType() domain.EventType   { return TypeReleased }

func (e Registered) Sealed() []*domain.Personal { return []*domain.Personal{e.Private} }

// Decode reads the data of a person event; an unknown type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	switch t {
	case TypeRegistered:
		return domain.DecodeData[Registered](t, data)
	case TypeClaimed:
		return domain.DecodeData[Claimed](t, data)
	case TypeHeld:
		return domain.DecodeData[Held](t, data)
	case TypeReleased:
		return domain.DecodeData[Released](t, data)
	}
	return nil, fmt.Errorf("person: unknown event type %q", t)
}
