package user

import (
	"fmt"

	"staffledger/domain"
)

const (
	TypeRegistered   domain.EventType = "user.registered.v1"
	TypeDisabled     domain.EventType = "user.disabled.v1"
	TypeRoleProposed domain.EventType = "role.proposed.v1"
	TypeRoleGranted  domain.EventType = "role.granted.v1"
	TypeRoleRevoked  domain.EventType = "role.revoked.v1"
)

// Registered opens a user's stream. Human is the person the user is bound to,
// or the user's own id where there is no personal file.
type Registered struct {
	Human domain.HumanID   `json:"human"` // for the separation of duties
	Text  *domain.Personal `json:"text"`  // Text under "user:<id>"
}

// Text is the sealed part of Registered.
type Text struct {
	Name   string `json:"name"`   // the human being's name
	SignIn string `json:"signin"` // the name typed at sign-in
}

// Disabled ends a user: no sign-in, no token, no role.
type Disabled struct{}

// RoleProposed asks for a grant that needs a second administrator. Grant names
// the grant-to-be.
type RoleProposed struct {
	Grant string         `json:"grant"`        // id of the grant
	Role  domain.Role    `json:"role"`         // what the user may do
	Scope domain.Scope   `json:"scope"`        // where the role holds
	By    domain.HumanID `json:"by,omitempty"` // the human being who proposes; absent at first start
}

// RoleGranted gives a role over a scope; a proposal's grant keeps its id.
type RoleGranted struct {
	Grant string         `json:"grant"`        // id of the grant
	Role  domain.Role    `json:"role"`         // what the user may do
	Scope domain.Scope   `json:"scope"`        // where the role holds
	By    domain.HumanID `json:"by,omitempty"` // the human being who grants or confirms; absent at first start
}

// RoleRevoked takes a grant, or a proposal, back.
type RoleRevoked struct {
	Grant string `json:"grant"` // id of the grant
}

func (Registered) EventType() domain.EventType   { return TypeRegistered }
func (Disabled) EventType() domain.EventType     { return TypeDisabled }
func (RoleProposed) EventType() domain.EventType { return TypeRoleProposed }
func (RoleGranted) EventType() domain.EventType  { return TypeRoleGranted }
func (RoleRevoked) EventType() domain.EventType  { return TypeRoleRevoked }

func (e Registered) Sealed() []*domain.Personal { return []*domain.Personal{e.Text} }

// Decode reads the data of a user event; an unknown type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	switch t {
	case TypeRegistered:
		return domain.DecodeData[Registered](t, data)
	case TypeDisabled:
		return domain.DecodeData[Disabled](t, data)
	case TypeRoleProposed:
		return domain.DecodeData[RoleProposed](t, data)
	case TypeRoleGranted:
		return domain.DecodeData[RoleGranted](t, data)
	case TypeRoleRevoked:
		return domain.DecodeData[RoleRevoked](t, data)
	}
	return nil, fmt.Errorf("user: unknown event type %q", t)
}
