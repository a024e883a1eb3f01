package model

import (
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/usecase"
)

// own: nobody acts on the own file (§10).
func own(a actor, people ...domain.PersonID) []finding {
	if slices.Contains(people, domain.PersonID(a.human)) {
		return []finding{rule(domain.OwnFile, "person")}
	}
	return nil
}

// held: an exit is of a person in post here, not before the day of the entry.
func (m *Model) held(c *change) []finding {
	if c.kind != account.Exit {
		return nil
	}
	p := m.people[c.person]
	switch {
	case p == nil || p.holds == nil || p.holds.unit != c.unit:
		return []finding{rule(domain.NotHeldHere, "person", "person", "idnumber")}
	case c.effective != domain.NoDay && c.effective < p.holds.from:
		return []finding{rule(domain.FieldMalformed, "effective")}
	}
	return nil
}

// elsewhere: one holding per person in the whole city, and none that overlaps
// an earlier one (class 7).
func (m *Model) elsewhere(c *change) []finding {
	p := m.people[c.person]
	switch {
	case p == nil:
		return nil
	case p.holds != nil:
		return []finding{rule(domain.HoldsPostElsewhere, "person", "person", "idnumber")}
	case p.claimed != "":
		return []finding{rule(domain.PersonBusy, "person", "person", "idnumber")}
	case c.effective != domain.NoDay && c.effective < p.freeFrom:
		return []finding{rule(domain.HoldsPostElsewhere, "effective", "person", "idnumber")}
	}
	return nil
}

// compatible: the person class fits the kind of post.
func (m *Model) compatible(c *change) []finding {
	if slices.Contains(m.policy().compatibility[c.line.Kind()], c.class) {
		return nil
	}
	return []finding{rule(domain.KindMismatch, "class", "line")}
}

// entering is what recording an entry adds to its line: the person, and the
// reserved post back from the entry's day on, but not before the approval's.
func (m *Model) entering(c *change, from domain.Day) (lineOf, []fact) {
	l, added := lineOf{domain.AccountOf(c.unit), c.line}, []fact{{day: from, o: 1}}
	if p := m.approvals[c.approval]; p != nil && p.unit == c.unit {
		added = append(added, fact{day: max(from, p.day), r: -1})
	}
	return l, added
}

// laterRules are those of class 8 on an entry: collecting reminds of them.
// given is what the act itself gives back to a line.
func (m *Model) laterRules(c *change, given ...fact) []finding {
	if c.kind != account.Entry {
		return nil
	}
	var room []finding
	if c.effective != domain.NoDay {
		l, added := m.entering(c, min(c.effective, m.today()))
		room = m.headroom("line", l, append(added, given...)...)
	}
	return slices.Concat(m.compatible(c), room)
}

// middleRules are those of the classes 6 and 7 on an entry.
func (m *Model) middleRules(c *change, drawn bool) []finding {
	if c.kind != account.Entry {
		return nil
	}
	return slices.Concat(m.drawable(c, drawn), m.elsewhere(c))
}

// collecting judges a form as a new change of a unit.
func (m *Model) collecting(who actor, u domain.UnitID, r *reading) (found, later []finding) {
	r.unit = u
	c := &r.change
	m.ofHolding(c)
	found = slices.Concat(r.found, own(who, c.person), m.open(domain.AccountOf(u)), m.cited(c.document), m.dated(c.effective, true), m.held(c))
	if c.person != "" && m.liveOf(u, c.person) != "" {
		found = append(found, rule(domain.WrongStep, "person"))
	}
	found = append(found, m.middleRules(c, false)...)
	rules := m.policy()
	due, known := m.workingDay(m.today(), rules.deadlines.Handling)
	if !known {
		found = append(found, rule(domain.CalendarMissing, ""))
	}
	c.due, c.route = due, rules.route(c.kind, c.class)
	if len(c.route) == 0 {
		found = append(found, rule(domain.FieldMalformed, "kind"))
	}
	return found, m.laterRules(c)
}

// ofHolding: an exit is of the line and class in which the person is in post.
func (m *Model) ofHolding(c *change) {
	if p := m.people[c.person]; c.kind == account.Exit && p != nil && p.holds != nil && p.holds.unit == c.unit {
		c.line, c.class = p.holds.line, p.holds.class
	}
}

// answer: what is found refuses, and then what later steps would refuse is
// listed too; where nothing is found the latter are reminders.
func answer(found, later []finding) verdict {
	if len(judged(found)) > 0 {
		return refused(append(found, later...)...)
	}
	return verdict{reminders: judged(later)}
}

func (m *Model) collect(call usecase.Call, k usecase.Collect) verdict {
	who, found := m.mayIn(call, collectors, k.Unit)
	if found != nil {
		return refused(found...)
	}
	r := m.read(k.ChangeForm)
	v := answer(m.collecting(who, k.Unit, &r))
	if v.accepted() {
		m.writesCollected(&v, &r)
		v.apply = func(w *written) {
			stream := domain.AccountOf(k.Unit)
			m.collected(who, &r, domain.ChangeID(w.result.ID), w.personOf(0), w.at(stream, account.TypeStaffingCollected), w.revision(stream, account.TypeStaffingCollected))
		}
	}
	return v
}

func (m *Model) writesCollected(v *verdict, r *reading) {
	v.write(domain.AccountOf(r.unit), account.TypeStaffingCollected)
	if r.fresh {
		v.write("person-*", "person.registered.v1")
	}
}

// collected opens the change.
func (m *Model) collected(who actor, r *reading, id domain.ChangeID, p domain.PersonID, at domain.Position, revision domain.Revision) {
	c := r.change
	if r.fresh {
		m.people[p] = &person{number: r.number, name: r.name}
		m.numbers[r.number] = p
	} else if p != c.person {
		m.wrong = append(m.wrong, fmt.Sprintf("change %s is about person %s, not %s", id, p, c.person))
	}
	c.person, c.status, c.steps, c.revision = p, account.StatusReview, []step{{who.human, ""}}, revision
	m.changes[id] = &c
	m.draw(c.approval, 1, at, revision)
}

func (m *Model) resubmit(call usecase.Call, k usecase.Resubmit) verdict {
	old, who, found := m.changeFor(call, collectors, k.Change)
	if old == nil || found != nil {
		return refused(found...)
	}
	stream := domain.AccountOf(old.unit)
	if k.Person == "" && k.IDNumber == "" {
		k.Person = old.person
	}
	r := m.read(k.ChangeForm)
	c := &r.change
	c.unit = old.unit
	m.ofHolding(c)
	found = slices.Concat(r.found, own(who, c.person, old.person), m.open(stream), m.cited(c.document), m.dated(c.effective, true), m.held(c))
	for _, s := range old.steps {
		if s.human == who.human && s.gate != "" {
			found = append(found, rule(domain.SamePerson, "actor"))
			break
		}
	}
	if old.status != account.StatusReturned {
		found = append(found, rule(domain.WrongStep, "change"))
	}
	if c.person != old.person || c.kind != old.kind {
		found = append(found, rule(domain.FieldMalformed, "person", "idnumber", "kind"))
	}
	keeps := c.approval != "" && c.approval == old.approval
	found = append(found, m.middleRules(c, keeps)...)
	spent, known := m.workingDaysSince(old.returned)
	if old.returned == domain.NoDay {
		spent, known = 0, true
	}
	if known {
		c.due, known = m.workingDay(old.due, spent)
	}
	if !known {
		found = append(found, rule(domain.CalendarMissing, ""))
	}
	var given []fact
	if p := m.approvals[old.approval]; p != nil && p.ended && !keeps && p.line == c.line {
		given = append(given, fact{day: m.today(), r: -1})
	}
	v := answer(found, m.laterRules(c, given...))
	m.ifMatch(&v, call, old.revision)
	if !v.accepted() {
		return v
	}
	v.write(stream, account.TypeStaffingResubmitted)
	v.apply = func(w *written) {
		at, revision := w.at(stream, account.TypeStaffingResubmitted), w.revision(stream, account.TypeStaffingResubmitted)
		if old.approval != c.approval {
			m.draw(old.approval, -1, at, revision)
			m.draw(c.approval, 1, at, revision)
		}
		c.route, c.passed, c.steps = old.route, old.passed, old.steps
		if c.says != old.says {
			c.passed = 0
		}
		if c.class != old.class {
			rules := m.policy()
			c.route = rules.route(c.kind, c.class)
		}
		c.status, c.revision = account.StatusReview, revision
		c.steps = append(c.steps, step{who.human, ""})
		*old = *c
	}
	return v
}

// changeFor finds a change and authorises for its unit.
func (m *Model) changeFor(call usecase.Call, roles []domain.Role, id domain.ChangeID) (*change, actor, []finding) {
	c := m.changes[id]
	if c == nil {
		who, found := m.may(call, roles)
		if found == nil {
			found = []finding{rule(domain.UnknownThing, "change")}
		}
		return nil, who, found
	}
	who, found := m.mayIn(call, roles, c.unit)
	return c, who, found
}

func (m *Model) withdraw(call usecase.Call, k usecase.Withdraw) verdict {
	c, who, found := m.changeFor(call, collectors, k.Change)
	if c == nil || found != nil {
		return refused(found...)
	}
	stream := domain.AccountOf(c.unit)
	found = slices.Concat(note("reason", k.Reason, true), own(who, c.person), m.open(stream))
	if !c.live() {
		found = append(found, rule(domain.WrongStep, "change"))
	}
	v := refused(found...)
	m.ifMatch(&v, call, c.revision)
	if v.accepted() {
		v.write(stream, account.TypeStaffingWithdrawn)
		v.apply = func(w *written) {
			at, revision := w.at(stream, account.TypeStaffingWithdrawn), w.revision(stream, account.TypeStaffingWithdrawn)
			m.draw(c.approval, -1, at, revision)
			c.status, c.revision = account.StatusWithdrawn, revision
			c.steps = append(c.steps, step{who.human, ""})
		}
	}
	return v
}
