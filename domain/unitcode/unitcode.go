// Package unitcode holds the rules of a unit code's stream: one code belongs
// to one unit at a time (domain model §2).
package unitcode

import (
	"fmt"

	"staffledger/domain"
)

// Rules
//
//  1. A code is claimed only while nobody holds it and no claim is open
//     (code-in-use).
//  2. held{p} and released{p} close the open claim p, and only that one, after
//     the unit's account has decided (design §6 "Unit code").

const (
	TypeClaimed  domain.EventType = "unitcode.claimed.v1"
	TypeHeld     domain.EventType = "unitcode.held.v1"
	TypeReleased domain.EventType = "unitcode.released.v1"
)

// Claimed is step 1 of a founding: it carries all that later steps need. The
// unit's attributes are those that unit.established will say.
type Claimed struct {
	Process  domain.ProcessID `json:"process"`
	Unit     domain.UnitID    `json:"unit"`             // whose code it is to be
	Level    domain.Level     `json:"level"`            // managing level 管理层级
	Parent   domain.UnitID    `json:"parent,omitempty"` // supervising department 主管部门
	Division string           `json:"division"`         // territorial division, GB/T 2260
	System   string           `json:"system"`           // codes table "system"
	Rank     string           `json:"rank"`             // codes table "rank"
	Command  domain.CommandID `json:"command"`          // that the deciding event will carry
	Digest   string           `json:"digest"`           // of that command's request
	Text     *domain.Personal `json:"text"`             // account.UnitText under "unit:<id>"
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

func (e Claimed) Sealed() []*domain.Personal { return []*domain.Personal{e.Text} }

// State is the folded stream of one code.
type State struct {
	code      string
	revision  domain.Revision
	holder    domain.UnitID
	claim     *Claimed
	claimHead domain.Head
}

// New returns the state before the first event.
func New(code string) *State { return &State{code: code, revision: domain.NoStream} }

// Code is the unit code.
func (s *State) Code() string { return s.code }

// Revision is that of the last event applied, or domain.NoStream.
func (s *State) Revision() domain.Revision { return s.revision }

// Holder is the unit that has the code, or empty.
func (s *State) Holder() domain.UnitID { return s.holder }

// Open returns the open claim with the head of its event.
func (s *State) Open() (Claimed, domain.Head, bool) {
	if s.claim == nil {
		return Claimed{}, domain.Head{}, false
	}
	return *s.claim, s.claimHead, true
}

// Apply folds one event; it never fails and never judges.
func (s *State) Apply(h domain.Head, payload domain.Payload) {
	s.revision = h.Revision
	switch e := payload.(type) {
	case Claimed:
		s.claim, s.claimHead = &e, h
	case Held:
		s.claim, s.claimHead, s.holder = nil, domain.Head{}, e.Unit
	case Released:
		s.claim, s.claimHead = nil, domain.Head{}
	}
}

// DecideClaim takes the code for a unit.
func (s *State) DecideClaim(c Claimed, d domain.Draft) (domain.Decision, error) {
	switch {
	case s.holder != "":
		return domain.Decision{}, domain.Refuse(domain.CodeInUse, "code", "code", s.code, "unit", string(s.holder))
	case s.claim != nil:
		return domain.Decision{}, domain.Refuse(domain.CodeInUse, "code", "code", s.code, "unit", string(s.claim.Unit))
	}
	d.Payload = c
	d.Tags = tags(c.Process, c.Unit)
	return domain.Decision{Drafts: []domain.Draft{d}}, nil
}

// Settle closes claim p after the account's decision was read; empty where p is
// not open.
func (s *State) Settle(p domain.ProcessID, established bool) domain.Decision {
	if s.claim == nil || s.claim.Process != p {
		return domain.Decision{}
	}
	d := domain.Draft{Payload: Released{p, s.claim.Unit}, Tags: tags(p, s.claim.Unit)}
	if established {
		d.Payload = Held{p, s.claim.Unit}
	}
	return domain.Decision{Drafts: []domain.Draft{d}}
}

func tags(p domain.ProcessID, u domain.UnitID) []domain.Tag {
	return []domain.Tag{domain.TagOf(domain.TagProcess, p), domain.TagOf(domain.TagUnit, u)}
}

// Decode reads the data of a unit code event; an unknown type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	switch t {
	case TypeClaimed:
		return domain.DecodeData[Claimed](t, data)
	case TypeHeld:
		return domain.DecodeData[Held](t, data)
	case TypeReleased:
		return domain.DecodeData[Released](t, data)
	}
	return nil, fmt.Errorf("unitcode: unknown event type %q", t)
}
