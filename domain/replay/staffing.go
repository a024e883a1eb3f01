package replay

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
)

// staffing folds the events of staffing changes, and checks gates and
// separation (domain model §5, §10).
func (s *step) staffing(b *book) {
	switch p := s.p.(type) {
	case account.StaffingCollected:
		c := &change{id: p.Change, number: s.number("C", 5), unit: domain.UnitID(b.stream.Key()), opened: s.pos, time: s.e.Time,
			collector: s.e.AuthID, route: p.Route, state: "review"}
		if p.Batch != nil {
			c.batch = p.Batch.ID
		}
		s.changes[p.Change] = c
		s.says(c, p.Content, p.HandlingDue, p.Private)
		s.ownFile(c, p.Human)
		s.touched(c, p.Human, "")
		s.draw(p.Approval, 1, 0)
	case account.StaffingResubmitted:
		c := s.change(p.Change)
		if c == nil {
			return
		}
		if c.state != "returned" {
			s.violate("gate-order", "change %s is resubmitted while %s", c.id, c.state)
		}
		for _, t := range c.steps {
			if t.gate != "" && t.human == p.Human {
				s.violate("separation", "%s sat at a gate of change %s and resubmits it", p.Human, c.id)
			}
		}
		s.ownFile(c, p.Human)
		if p.Hash != c.Hash {
			c.passed = 0
		}
		if p.Approval != c.Approval {
			s.draw(c.Approval, -1, 0)
			s.draw(p.Approval, 1, 0)
		}
		if len(p.Route) > 0 {
			c.route = p.Route
		}
		s.says(c, p.Content, p.HandlingDue, p.Private)
		c.state = "review"
		s.touched(c, p.Human, "")
	case account.StaffingReviewed:
		c := s.change(p.Change)
		if c == nil {
			return
		}
		s.atGate(c, p.Gate, p.Number, p.Of, p.Human)
		if p.Hash != c.Hash {
			s.violate("gate-order", "gate %s of change %s passes content %s, the content is %s", p.Gate, c.id, p.Hash, c.Hash)
		}
		if a := s.approvals[c.Approval]; a != nil && p.Gate == account.GateOffice && a.Human == p.Human {
			s.violate("separation", "%s approved the use of posts and is the office gate of change %s", p.Human, c.id)
		}
		c.passed = p.Number
		s.touched(c, p.Human, p.Gate)
	case account.StaffingReturned:
		c := s.change(p.Change)
		if c == nil {
			return
		}
		s.atGate(c, p.Gate, p.Number, p.Of, p.Human)
		c.state = "returned"
		s.touched(c, p.Human, p.Gate)
	case account.StaffingWithdrawn:
		c := s.change(p.Change)
		if c == nil {
			return
		}
		if c.state != "review" && c.state != "returned" {
			s.violate("gate-order", "change %s is withdrawn while %s", c.id, c.state)
		}
		s.ownFile(c, p.Human)
		c.state = "withdrawn"
		s.touched(c, p.Human, "")
		s.draw(c.Approval, -1, 0)
	case account.StaffingRecorded:
		s.record(b, p)
	}
}

func (s *step) record(b *book, p account.StaffingRecorded) {
	c := s.change(p.Change)
	if c == nil {
		return
	}
	if c.state != "review" || c.passed != len(c.route) {
		s.violate("gate-order", "change %s is recorded while %s with %d of %d gates passed", c.id, c.state, c.passed, len(c.route))
	}
	if p.Hash != c.Hash {
		s.violate("gate-order", "change %s is recorded with content %s, passed was %s", c.id, p.Hash, c.Hash)
	}
	s.apart(c, p.Human, "")
	s.ownFile(c, p.Human)
	c.state = "recorded"
	s.touched(c, p.Human, "")
	if p.Kind == account.Entry {
		s.draw(p.Approval, -1, 1)
		s.enter(b, p.Person, p.Holding, p.LineKey, p.Class, s.e.Effective, s.e.DocumentID, c.particulars)
		return
	}
	h := s.persons[p.Person]
	if h == nil || h.holding == nil {
		s.violate("one-holding", "person %s leaves a post without holding one", p.Person)
		s.fail("person %s holds no post", p.Person)
		return
	}
	if h.holding.id != p.Holding || h.holding.unit != c.unit {
		s.violate("one-holding", "exit of holding %s in unit %s, person %s holds %s in unit %s", p.Holding, c.unit, p.Person, h.holding.id, h.holding.unit)
	}
	x := h.holding
	x.ended, x.to, x.endKnown = true, s.e.Effective, s.pos
	h.holding, h.freeFrom, h.at = nil, s.e.Effective, s.pos
	if p.Process != "" {
		s.begin(p.Process, domain.PersonOf(p.Person), "exit", p.Change)
	}
}

func (s *step) change(id domain.ChangeID) *change {
	c := s.changes[id]
	if c == nil {
		s.violate("gate-order", "change %s was never collected", id)
		s.fail("change %s was never collected", id)
	}
	return c
}

// says sets what a change says.
func (s *step) says(c *change, content account.Content, due domain.Day, sealed *domain.Personal) {
	c.Content, c.handlingDue, c.effective, c.document = content, due, s.e.Effective, s.e.DocumentID
	var p account.Particulars
	if s.unseal(sealed, &p) {
		p = account.Particulars{Name: erasedID(string(content.Person))}
	}
	c.note = p.Note
	c.particulars = p
}

// touched notes who took a step on a change, and at which gate.
func (s *step) touched(c *change, human domain.HumanID, gate account.Gate) {
	c.revision, c.at = s.e.Revision, s.pos
	c.steps = append(c.steps, touch{human, gate})
	if s.e.AuthType == domain.AuthUser {
		if !slices.Contains(c.users, s.e.AuthID) {
			c.users = append(c.users, s.e.AuthID)
		}
		if u := s.users[domain.UserID(s.e.AuthID)]; u != nil && u.human != human {
			s.violate("separation", "the step is of human being %s, its actor %s is %s", human, s.e.AuthID, u.human)
		}
	}
	who := string(human)
	if gate != "" {
		who += "@" + string(gate)
	}
	if human != "" && !slices.Contains(c.humans, who) {
		c.humans = append(c.humans, who)
	}
}

func (s *step) draw(id domain.ApprovalID, drawn, consumed int) {
	if a := s.approvals[id]; a != nil {
		a.drawn, a.consumed, a.revision, a.at = a.drawn+drawn, a.consumed+consumed, s.e.Revision, s.pos
	}
}

// atGate checks that a gate's turn has come and that who sits there has not
// touched the change before.
func (s *step) atGate(c *change, gate account.Gate, number, of int, human domain.HumanID) {
	switch {
	case c.state != "review":
		s.violate("gate-order", "gate %s acts on change %s while %s", gate, c.id, c.state)
	case c.passed >= len(c.route):
		s.violate("gate-order", "gate %s acts on change %s whose gates are all passed", gate, c.id)
	case c.route[c.passed] != gate || number != c.passed+1 || of != len(c.route):
		s.violate("gate-order", "gate %s (%d of %d) acts on change %s, gate %s is next (%d of %d)",
			gate, number, of, c.id, c.route[c.passed], c.passed+1, len(c.route))
	}
	s.apart(c, human, gate)
	s.ownFile(c, human)
}

// apart: nobody takes two different steps; a gate is one step, however often a
// change comes back to it.
func (s *step) apart(c *change, human domain.HumanID, gate account.Gate) {
	for _, t := range c.steps {
		if t.human == human && (gate == "" || t.gate != gate) {
			s.violate("separation", "%s has taken a step on change %s before", human, c.id)
			return
		}
	}
}

func (s *step) ownFile(c *change, human domain.HumanID) {
	if string(human) == string(c.Person) {
		s.violate("separation", "%s acts on the own file in change %s", human, c.id)
	}
}
