package model

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

func (p *approval) undrawn() int { return p.posts - p.drawn - p.consumed }

func (m *Model) approveUse(call usecase.Call, k usecase.ApproveUse) verdict {
	who, found := m.mayIn(call, []domain.Role{domain.Approver}, k.Unit)
	if found != nil {
		return refused(found...)
	}
	stream := domain.AccountOf(k.Unit)
	l := lineOf{stream, k.Line}
	found = slices.Concat(lineKey("line", k.Line), posts("posts", k.Posts, 1), m.code("manner", codes.TableManner, string(k.Manner), true),
		oneLine("plan", k.Plan, false), note("note", k.Note, false), m.cited(k.Document), m.open(stream))
	latest := m.today() + domain.Day(m.policy().approvals.ValidityDays)
	validTo := k.ValidTo
	if validTo == domain.NoDay {
		validTo = latest
	}
	if validTo < m.today() || validTo > latest {
		found = append(found, rule(domain.FieldMalformed, "validto"))
	}
	reserved := fact{day: m.today(), r: k.Posts}
	found = append(found, m.headroom("posts", l, reserved)...)
	if v := refused(found...); !v.accepted() {
		return v
	}
	v := verdict{apply: func(w *written) {
		reserved.known = w.at(stream, account.TypeUseApproved)
		m.add(l, reserved)
		m.approvals[domain.ApprovalID(w.result.ID)] = &approval{unit: k.Unit, line: k.Line, manner: k.Manner, posts: k.Posts,
			day: m.today(), validTo: validTo, human: who.human, revision: w.revision(stream, account.TypeUseApproved)}
	}}
	v.write(stream, account.TypeUseApproved)
	return v
}

func (m *Model) revokeUse(call usecase.Call, k usecase.RevokeUse) verdict {
	p := m.approvals[k.Approval]
	if p == nil {
		_, found := m.may(call, []domain.Role{domain.Approver})
		if found == nil {
			found = []finding{rule(domain.UnknownThing, "approval")}
		}
		return refused(found...)
	}
	if _, found := m.mayIn(call, []domain.Role{domain.Approver}, p.unit); found != nil {
		return refused(found...)
	}
	stream := domain.AccountOf(p.unit)
	found := slices.Concat(note("reason", k.Reason, true), m.cited(k.Document), m.open(stream))
	if p.ended {
		found = append(found, rule(domain.ApprovalExpired, "approval"))
	}
	v := refused(found...)
	current := p.revision
	if _, expired := m.due[string(account.TypeUseExpired)+" "+string(k.Approval)]; expired {
		current = -2 // of the expiry, which is written now: nobody has seen it
	}
	m.ifMatch(&v, call, current)
	if v.accepted() {
		v.write(stream, account.TypeUseRevoked)
		v.apply = func(w *written) {
			m.end(p, fact{day: m.today(), known: w.at(stream, account.TypeUseRevoked)})
			p.revision = w.revision(stream, account.TypeUseRevoked)
		}
	}
	return v
}

// end frees what is undrawn from a day on.
func (m *Model) end(p *approval, f fact) *fact {
	f.r, p.ended = -p.undrawn(), true
	return m.add(lineOf{domain.AccountOf(p.unit), p.line}, f)
}

// fallDue writes down what has fallen due by today: approvals that expire, posts
// that land. The service may write it later; what it says does not depend on
// when.
func (m *Model) fallDue() {
	for id, p := range m.approvals {
		if !p.ended && p.validTo < m.today() {
			f := m.end(p, fact{day: p.validTo + 1, known: unknown})
			m.due[string(account.TypeUseExpired)+" "+string(id)] = dueFact{f, domain.AccountOf(p.unit)}
		}
	}
	m.landings = slices.DeleteFunc(m.landings, func(x landing) bool {
		if x.day > m.today() {
			return false
		}
		f := m.add(x.at, fact{day: x.day, a: x.posts, known: unknown})
		m.due[string(account.TypeQuotaLanded)+" "+string(x.process)] = dueFact{f, x.at.stream}
		return true
	})
}

// drawable judges the approval that an entry names, in the order of §13.
// drawn: the change holds one of its posts already.
func (m *Model) drawable(c *change, drawn bool) []finding {
	if c.approval == "" {
		if slices.Contains(m.policy().approvals.Manners, c.manner) {
			return []finding{rule(domain.ApprovalRequired, "approval", "manner")}
		}
		return nil
	}
	p := m.approvals[c.approval]
	if p == nil || p.unit != c.unit {
		return []finding{rule(domain.ApprovalMismatch, "approval")}
	}
	var found []finding
	if !drawn {
		switch {
		case p.ended:
			found = append(found, rule(domain.ApprovalExpired, "approval"))
		case p.undrawn() == 0:
			found = append(found, rule(domain.ApprovalExhausted, "approval"))
		}
	}
	if p.line != c.line || p.manner != c.manner {
		found = append(found, rule(domain.ApprovalMismatch, "approval", "line", "manner"))
	}
	return found
}

// draw takes one post of an approval for a change, or gives it back: to an
// approval that still stands, else to the line from that day on.
func (m *Model) draw(id domain.ApprovalID, n int, known domain.Position, revision domain.Revision) {
	p := m.approvals[id]
	if p == nil {
		return
	}
	p.drawn += n
	p.revision = revision
	if n < 0 && p.ended {
		m.add(lineOf{domain.AccountOf(p.unit), p.line}, fact{day: m.today(), r: -1, known: known})
	}
}
