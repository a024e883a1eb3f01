package model

import (
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/usecase"
)

// atGate finds the change and the gate at which the caller sits: the one that
// the change waits for, else another of its route.
func (m *Model) atGate(call usecase.Call, c *change, u domain.UnitID) (actor, account.Gate, []finding) {
	roles := gates
	if c != nil {
		roles = nil
		if g := c.gate(); g != "" {
			roles = append(roles, sits(g))
		}
		for _, g := range c.route {
			if !slices.Contains(roles, sits(g)) {
				roles = append(roles, sits(g))
			}
		}
	}
	who, found := m.mayIn(call, roles, u)
	for _, g := range []account.Gate{account.GateUnitHead, account.GateSupervisor, account.GateOrganization, account.GateHR, account.GateOffice} {
		if sits(g) == who.role {
			return who, g, found
		}
	}
	return who, "", found
}

// apart: collector, every gate and the recorder of a change are different human
// beings; who approved the use is not the office gate of an entry on it (§10).
// Who sat at a gate may sit at that very gate again, after the change was
// returned.
func (m *Model) apart(who actor, c *change, gate account.Gate) []finding {
	for _, s := range c.steps {
		if s.human == who.human && (gate == "" || s.gate != gate) {
			return []finding{rule(domain.SamePerson, "actor")}
		}
	}
	if p := m.approvals[c.approval]; p != nil && gate == account.GateOffice && p.human == who.human {
		return []finding{rule(domain.SamePerson, "actor")}
	}
	return nil
}

// reviewing are the rules that passing and returning share.
func (m *Model) reviewing(who actor, c *change, gate account.Gate) []finding {
	found := slices.Concat(m.open(domain.AccountOf(c.unit)), m.apart(who, c, gate), own(who, c.person))
	if c.gate() != gate {
		found = append(found, rule(domain.WrongStep, "change"))
	}
	return found
}

// passing judges a pass at a gate: the classes 1 to 5 and its own items, at the
// office also 6 to 8 (§13).
func (m *Model) passing(who actor, c *change, gate account.Gate, items []string) []finding {
	found := slices.Concat(m.reviewing(who, c, gate), m.dated(c.effective, true), m.held(c))
	rules := m.policy()
	must, ever := rules.asks(gate, c)
	stray := slices.ContainsFunc(items, func(i string) bool { return !slices.Contains(ever, i) })
	switch {
	case stray:
		found = append(found, rule(domain.FieldMalformed, "items"))
	case slices.ContainsFunc(must, func(i string) bool { return !slices.Contains(items, i) }):
		found = append(found, rule(domain.ChecklistIncomplete, "items"))
	}
	if gate == account.GateOffice {
		found = append(found, slices.Concat(m.middleRules(c, true), m.laterRules(c))...)
	}
	return found
}

// keys: a checklist item is named by its key.
func keys(items []string) []finding {
	for _, i := range items {
		if i == "" || strings.Trim(i, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return []finding{malformed("items")}
		}
	}
	return nil
}

func (m *Model) pass(call usecase.Call, k usecase.Pass) verdict {
	c := m.changes[k.Change]
	if c == nil {
		_, _, found := m.changeFor(call, gates, k.Change)
		return refused(found...)
	}
	who, gate, found := m.atGate(call, c, c.unit)
	if found != nil {
		return refused(found...)
	}
	v := refused(slices.Concat(note("opinion", k.Opinion, false), keys(k.Items), m.passing(who, c, gate, k.Items))...)
	m.ifMatch(&v, call, c.revision)
	if v.accepted() {
		stream := domain.AccountOf(c.unit)
		v.write(stream, account.TypeStaffingReviewed)
		v.apply = func(w *written) { c.passedBy(who, gate, w.revision(stream, account.TypeStaffingReviewed)) }
	}
	return v
}

func (c *change) passedBy(who actor, gate account.Gate, revision domain.Revision) {
	c.passed++
	c.steps = append(c.steps, step{who.human, gate})
	c.revision = revision
}

// formFields are what a return may name.
var formFields = strings.Fields(`person idnumber name sex birth ethnicity nativeplace politics education degree school workstart
	internalbody post postrank title line class manner approval exitreason effective document note`)

func (m *Model) giveBack(call usecase.Call, k usecase.Return) verdict {
	c := m.changes[k.Change]
	if c == nil {
		_, _, found := m.changeFor(call, gates, k.Change)
		return refused(found...)
	}
	who, gate, found := m.atGate(call, c, c.unit)
	if found != nil {
		return refused(found...)
	}
	found = note("opinion", k.Opinion, false)
	for field, wrong := range k.Fields {
		if !slices.Contains(formFields, field) {
			found = append(found, malformed("fields"))
			continue
		}
		found = append(found, note("fields."+field, wrong, true)...)
	}
	if len(k.Fields) == 0 {
		found = append(found, missing("fields"))
	}
	v := refused(append(found, m.reviewing(who, c, gate)...)...)
	m.ifMatch(&v, call, c.revision)
	if v.accepted() {
		stream := domain.AccountOf(c.unit)
		v.write(stream, account.TypeStaffingReturned)
		v.apply = func(w *written) {
			c.status, c.returned = account.StatusReturned, m.today()
			c.steps = append(c.steps, step{who.human, gate})
			c.revision = w.revision(stream, account.TypeStaffingReturned)
		}
	}
	return v
}

// recording judges everything again (§13).
func (m *Model) recording(who actor, c *change) []finding {
	found := slices.Concat(m.open(domain.AccountOf(c.unit)), m.apart(who, c, ""), own(who, c.person), m.dated(c.effective, false), m.held(c))
	if c.status != account.StatusReview || c.passed < len(c.route) {
		found = append(found, rule(domain.WrongStep, "change"))
	}
	return slices.Concat(found, m.middleRules(c, true), m.laterRules(c))
}

func (m *Model) record(call usecase.Call, k usecase.Record) verdict {
	c, who, found := m.changeFor(call, []domain.Role{domain.Recorder}, k.Change)
	if c == nil || found != nil {
		return refused(found...)
	}
	v := refused(m.recording(who, c)...)
	m.ifMatch(&v, call, c.revision)
	if v.accepted() {
		m.writesRecorded(&v, c)
		stream := domain.AccountOf(c.unit)
		v.apply = func(w *written) {
			m.recorded(who, c, k.Change, w.at(stream, account.TypeStaffingRecorded), w.revision(stream, account.TypeStaffingRecorded))
		}
	}
	return v
}

func (m *Model) writesRecorded(v *verdict, c *change) {
	v.write(domain.AccountOf(c.unit), account.TypeStaffingRecorded)
	if c.kind == account.Entry {
		v.write(domain.PersonOf(c.person), "person.claimed.v1", "person.held.v1")
	} else {
		v.write(domain.PersonOf(c.person), "person.released.v1")
	}
}

// recorded carries a change out.
func (m *Model) recorded(who actor, c *change, id domain.ChangeID, at domain.Position, revision domain.Revision) {
	p := m.people[c.person]
	c.status, c.revision = account.StatusRecorded, revision
	c.steps = append(c.steps, step{who.human, ""})
	if c.kind == account.Exit {
		p.holds.to, p.holds.toKnown, p.freeFrom = c.effective, at, c.effective
		p.holds = nil
		return
	}
	l, added := m.entering(c, c.effective)
	for _, f := range added {
		if f.r != 0 {
			f.known = at
			m.add(l, f)
		}
	}
	m.enters(&holding{id: id, person: c.person, unit: c.unit, line: c.line, class: c.class, from: c.effective, known: at})
	if a := m.approvals[c.approval]; a != nil {
		a.drawn--
		a.consumed++
		a.revision = revision
	}
}

func (m *Model) enters(h *holding) {
	l := lineOf{domain.AccountOf(h.unit), h.line}
	m.posts[l] = append(m.posts[l], h)
	m.people[h.person].holds = h
}
