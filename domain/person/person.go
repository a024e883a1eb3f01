// Package person holds the rules of a person's stream: the identity and the
// claim that keeps every human being at one holding in the whole city.
package person

import "staffledger/domain"

// Rules
//
//  1. A person is registered once; the identity (name, ID number) is sealed.
//  2. A claim {p} is taken only by a registered person without a holding and
//     with nothing open (domain model §14.3, design §6 "Entry").
//  3. Holdings do not overlap: a claim starts no earlier than the effective
//     day of the last exit (domain model §1).
//  4. held{p} and released{p} close the open claim p, and only that one.
//  5. An exit releases a holding only while the stream says it is held; while
//     the entry that made it is still open, that is driven to its end first.

// State is the folded stream of one person.
type State struct {
	id         domain.PersonID
	revision   domain.Revision
	registered bool
	holding    *Held    // the post held, once settled
	claim      *Claimed // the open claim
	claimHead  domain.Head
	freeFrom   domain.Day
}

// New returns the state before the first event.
func New(id domain.PersonID) *State { return &State{id: id, revision: domain.NoStream} }

// Clone returns a copy that shares nothing that Apply changes.
func (s *State) Clone() *State {
	c := *s
	return &c
}

// ID is the person.
func (s *State) ID() domain.PersonID { return s.id }

// Revision is that of the last event applied, or domain.NoStream.
func (s *State) Revision() domain.Revision { return s.revision }

// Registered tells whether the person exists.
func (s *State) Registered() bool { return s.registered }

// Holding returns the post that is held, if any.
func (s *State) Holding() (Held, bool) {
	if s.holding == nil {
		return Held{}, false
	}
	return *s.holding, true
}

// Open returns the open claim with the head of its event.
func (s *State) Open() (Claimed, domain.Head, bool) {
	if s.claim == nil {
		return Claimed{}, domain.Head{}, false
	}
	return *s.claim, s.claimHead, true
}

// FreeFrom is the effective day of the last exit, or domain.NoDay.
func (s *State) FreeFrom() domain.Day { return s.freeFrom }

// Apply folds one event; it never fails and never judges.
func (s *State) Apply(h domain.Head, payload domain.Payload) {
	s.revision = h.Revision
	switch e := payload.(type) {
	case Registered:
		s.registered = true
	case Claimed:
		s.claim, s.claimHead = &e, h
	case Held:
		s.claim, s.claimHead = nil, domain.Head{}
		s.holding = &e
	case Released:
		if e.Holding == "" {
			s.claim, s.claimHead = nil, domain.Head{}
			return
		}
		s.holding, s.freeFrom = nil, h.Effective
	}
}

// DecideRegister opens the stream; empty where the person is registered.
func (s *State) DecideRegister(private *domain.Personal) domain.Decision {
	if s.registered {
		return domain.Decision{}
	}
	return s.one(domain.Draft{Payload: Registered{private}})
}

// DecideClaim takes the claim for a holding that starts on day effective.
func (s *State) DecideClaim(c Claimed, effective domain.Day) (domain.Decision, error) {
	switch {
	case !s.registered:
		return domain.Decision{}, domain.Refuse(domain.UnknownThing, "person", "person", string(s.id))
	case s.holding != nil:
		return domain.Decision{}, domain.Refuse(domain.HoldsPostElsewhere, "person", "unit", string(s.holding.Unit))
	case s.claim != nil:
		return domain.Decision{}, domain.Refuse(domain.PersonBusy, "person")
	case effective < s.freeFrom:
		return domain.Decision{}, domain.Refuse(domain.HoldsPostElsewhere, "effective", "day", effective.String(), "until", s.freeFrom.String())
	}
	return s.one(domain.Draft{Payload: c, Effective: effective, Tags: processTag(c.Process)}), nil
}

// Hold settles claim p, whose recording was read in the account of its unit;
// empty where p is not open.
func (s *State) Hold(p domain.ProcessID, holding domain.ChangeID) domain.Decision {
	if s.claim == nil || s.claim.Process != p {
		return domain.Decision{}
	}
	return s.one(domain.Draft{Payload: Held{p, s.claim.Unit, holding}, Effective: s.claimHead.Effective, Tags: processTag(p)})
}

// Release settles claim p, whose refusal was read in the account of its unit;
// empty where p is not open.
func (s *State) Release(p domain.ProcessID) domain.Decision {
	if s.claim == nil || s.claim.Process != p {
		return domain.Decision{}
	}
	return s.one(domain.Draft{Payload: Released{p, s.claim.Unit, ""}, Tags: processTag(p)})
}

// ReleaseHolding ends the holding after its exit was read in the account of the
// unit; empty where the person does not hold it, as when it has been released.
// While the entry that made the holding is still open, settle that first.
func (s *State) ReleaseHolding(p domain.ProcessID, holding domain.ChangeID, effective domain.Day) domain.Decision {
	if s.holding == nil || s.holding.Holding != holding {
		return domain.Decision{}
	}
	return s.one(domain.Draft{Payload: Released{p, s.holding.Unit, holding}, Effective: effective, Tags: processTag(p)})
}

func (s *State) one(d domain.Draft) domain.Decision {
	d.Tags = append(d.Tags, domain.TagOf(domain.TagPerson, s.id))
	return domain.Decision{Drafts: []domain.Draft{d}}
}

func processTag(p domain.ProcessID) []domain.Tag {
	return []domain.Tag{domain.TagOf(domain.TagProcess, p)}
}
