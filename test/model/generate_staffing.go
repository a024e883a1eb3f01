package model

import (
	"fmt"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// someone is the number of an invented person, mostly one not in post.
func (r *generator) someone() int {
	n := 1 + r.rng.IntN(60)
	for range 3 {
		p := r.m.people[r.m.numbers[world.IDNumber(n)]]
		if p == nil || p.holds == nil {
			break
		}
		n = 1 + r.rng.IntN(60)
	}
	return n
}

// line is one of the unit's, mostly.
func (r *generator) line(u domain.UnitID) codes.LineKey {
	var own []codes.LineKey
	for _, k := range lineKeys {
		if r.m.balance(lineOf{domain.AccountOf(u), k}, r.now.Day(), unknown)[0] > 0 {
			own = append(own, k)
		}
	}
	if len(own) == 0 || r.chance(6) {
		return pick(r, append(lineKeys, "", "navy/full")...)
	}
	return pick(r, own...)
}

func (r *generator) manner() codes.Manner {
	return pick(r, codes.Resettlement, codes.Resettlement, codes.Assignment, codes.Exam, codes.Recruitment, codes.OtherManner)
}

func (r *generator) fitting(k codes.LineKey) codes.PersonClass {
	rules := r.m.policy()
	if fit := rules.compatibility[k.Kind()]; len(fit) > 0 && !r.chance(8) {
		return pick(r, fit...)
	}
	return pick(r, classes...)
}

func (r *generator) entry(u domain.UnitID, n int) usecase.ChangeForm {
	f := usecase.ChangeForm{Kind: account.Entry, Line: r.line(u), Manner: r.manner(), Effective: r.day(), Document: r.document(),
		IDNumber: world.IDNumber(n), Particulars: account.Particulars{Name: world.PersonName(n)}}
	if id := r.m.numbers[f.IDNumber]; id != "" && r.chance(40) {
		f.Person, f.IDNumber, f.Particulars.Name = id, "", ""
	}
	id := of(r, r.m.approvals, func(p *approval) bool {
		return p.unit == u && !p.ended && (p.undrawn() > 0 || r.chance(30)) || r.chance(1)
	})
	r.none = false
	if p := r.m.approvals[id]; p != nil && r.chance(60) {
		f.Approval = id
		if !r.chance(6) {
			f.Line, f.Manner = p.line, p.manner
		}
		if r.chance(70) {
			f.Effective = max(p.day-2, min(f.Effective, r.now.Day()))
		}
	}
	if p := r.m.people[r.m.numbers[world.IDNumber(n)]]; p != nil && p.freeFrom != domain.NoDay && r.chance(50) {
		f.Effective = p.freeFrom - domain.Day(r.rng.IntN(4)/3)
	}
	f.Class = r.fitting(f.Line)
	f.Particulars.Post = pick(r, "", "科员")
	return f
}

func (r *generator) exit(u domain.UnitID) usecase.ChangeForm {
	id := of(r, r.m.people, func(p *person) bool { return p.holds != nil && (p.holds.unit == u || r.chance(4)) || r.chance(1) })
	f := usecase.ChangeForm{Kind: account.Exit, Person: id, ExitReason: pick(r, codes.Retirement, codes.Resignation), Effective: r.day(), Document: r.document()}
	if p := r.m.people[id]; p != nil {
		if p.holds != nil && r.chance(80) {
			f.Effective = max(f.Effective, p.holds.from)
		}
		if r.chance(10) {
			f.IDNumber = p.number
		}
		if r.chance(10) {
			f.Person, f.IDNumber = "", p.number
		}
	}
	return f
}

// spoil breaks a form now and then.
func (r *generator) spoil(f usecase.ChangeForm) usecase.ChangeForm {
	if !r.chance(14) {
		return f
	}
	switch r.rng.IntN(19) {
	case 0:
		f.Kind = pick[account.Kind](r, "", "transfer", account.Entry, account.Exit)
	case 1:
		f.Line = pick[codes.LineKey](r, "", "navy/full", "administrative/full")
	case 2:
		f.Class = pick[codes.PersonClass](r, "", "soldier", codes.ClassWorker)
	case 3:
		f.Manner = pick[codes.Manner](r, "", "lottery", codes.Exam)
	case 4:
		f.ExitReason = pick[codes.ExitReason](r, "", "promotion", codes.Death)
	case 5:
		f.Effective = domain.NoDay
	case 6:
		f.Document = ""
	case 7:
		f.IDNumber, f.Person = pick(r, "", "330203197001010019", world.IDNumber(900), "15010119800101x"), ""
	case 8:
		f.IDNumber = world.IDNumber(1 + r.rng.IntN(60))
	case 9:
		f.Person = "00000000-0000-4000-8000-00000000000c"
	case 10:
		f.Particulars.Name = pick(r, "", "甲 乙", "另有人")
	case 11:
		f.Particulars.Birth = pick(r, "1970-01-02", "1999-12-31")
	case 12:
		f.Particulars.Education = pick(r, "90", "21", "nought")
	case 13:
		f.Note = r.note("备注")
	case 14:
		f.Approval = "00000000-0000-4000-8000-00000000000d"
	case 15:
		f.Particulars.Post = pick(r, "一\n二", strings.Repeat("长", usecase.TextRunesMax+1))
	case 16:
		f.Effective = r.now.Day() - domain.Day(700+r.rng.IntN(60))
	case 17:
		f.Person = of(r, r.m.people, func(p *person) bool { return true })
	case 18:
		f.Effective, f.Line = domain.NoDay, ""
	}
	return f
}

func (r *generator) pass() (string, usecase.Command) {
	id := of(r, r.m.changes, func(c *change) bool { return c.gate() != "" || c.live() && r.chance(5) || r.chance(1) })
	k := usecase.Pass{Change: id, Opinion: pick(r, "", "同意", r.note("同意"))}
	c := r.m.changes[id]
	if c == nil {
		return r.by(gates...), k
	}
	gate := c.gate()
	if gate == "" || r.chance(4) {
		gate = pick(r, account.GateOrganization, account.GateHR, account.GateOffice, account.GateUnitHead)
	}
	k.Items = r.items(gate, c)
	return r.nextTo(c, sits(gate)), k
}

func (r *generator) items(gate account.Gate, c *change) []string {
	rules := r.m.policy()
	must, ever := rules.asks(gate, c)
	switch r.rng.IntN(30) {
	case 0:
		return nil
	case 1:
		return append(slices.Clone(must), "unheard-of")
	case 2:
		return append(slices.Clone(must), pick(r, "", "Bad Key"))
	case 3:
		return must[:len(must)/2]
	case 4, 5:
		return slices.Clone(ever)
	}
	return slices.Clone(must)
}

func (r *generator) giveBack() (string, usecase.Command) {
	id := of(r, r.m.changes, func(c *change) bool { return c.gate() != "" || c.live() && r.chance(5) })
	k := usecase.Return{Change: id, Fields: map[string]string{"degree": r.note("缺证明")}, Opinion: r.note("请补正")}
	switch r.rng.IntN(20) {
	case 0:
		k.Fields = nil
	case 1:
		k.Fields["hobby"] = "不需要"
	}
	if c := r.m.changes[id]; c != nil && c.gate() != "" {
		return r.nextTo(c, sits(c.gate())), k
	}
	return r.by(gates...), k
}

func (r *generator) resubmit() (string, usecase.Command) {
	id := of(r, r.m.changes, func(c *change) bool { return c.status == account.StatusReturned || c.live() && r.chance(3) })
	k := usecase.Resubmit{Change: id}
	c := r.m.changes[id]
	if c == nil {
		k.ChangeForm = r.entry(r.unit(), r.someone())
		return r.by(domain.Collector), k
	}
	f := usecase.ChangeForm{Kind: c.kind, Effective: c.effective, Document: c.document, ExitReason: c.exit}
	if r.chance(15) {
		f.Document = r.document()
	}
	if c.kind == account.Entry {
		f.Line, f.Class, f.Manner, f.Approval = c.line, c.class, c.manner, c.approval
	}
	if r.chance(40) {
		f.Note = fmt.Sprint("补正", r.rng.IntN(3))
	}
	if r.chance(30) {
		f.Effective = r.day()
	}
	if p := r.m.people[c.person]; c.kind == account.Exit && p.holds != nil && r.chance(20) {
		f.Effective = p.holds.from - 1
	}
	if c.kind == account.Entry && r.chance(35) { // other posts, another approval, or none
		other := r.entry(c.unit, 1)
		f.Line, f.Class, f.Manner, f.Approval = other.Line, other.Class, other.Manner, other.Approval
	}
	k.ChangeForm = r.spoil(f)
	return r.by(domain.Collector, domain.Supervisor), k
}

func (r *generator) batch() (string, usecase.Command) {
	u := r.unit()
	var rows []usecase.BatchRow
	named := func(wanted func(*change) bool) {
		for range 1 + r.rng.IntN(4) {
			rows = append(rows, usecase.BatchRow{Change: of(r, r.m.changes, func(c *change) bool { return c.unit == u && wanted(c) || r.chance(1) })})
		}
		if !r.chance(10) {
			slices.SortFunc(rows, func(x, y usecase.BatchRow) int { return strings.Compare(string(x.Change), string(y.Change)) })
			rows = slices.CompactFunc(rows, func(x, y usecase.BatchRow) bool { return x.Change == y.Change })
		}
		if r.chance(2) {
			rows = append(rows, usecase.BatchRow{})
		}
	}
	switch r.rng.IntN(3) {
	case 0:
		var forms []usecase.ChangeForm
		exits := r.chance(30)
		for range r.rng.IntN(5) {
			f := r.entry(u, r.someone())
			if exits {
				f = r.exit(u)
			}
			forms = append(forms, r.spoil(f))
		}
		if len(forms) > 1 && r.chance(20) { // the same person twice
			forms = append(forms, forms[0])
		}
		return r.by(domain.Collector), usecase.CollectBatch{Unit: u, Rows: forms}
	case 1:
		gate := pick(r, account.GateOrganization, account.GateHR, account.GateOffice)
		if c := r.m.changes[of(r, r.m.changes, func(c *change) bool { return c.gate() != "" })]; c != nil {
			u, gate = c.unit, c.gate()
		}
		named(func(c *change) bool { return c.gate() == gate })
		rules := r.m.policy()
		_, ever := rules.asks(gate, &change{kind: account.Entry})
		return r.byBatch(rows, sits(gate)), usecase.PassBatch{Unit: u, Rows: rows, Items: ever, Opinion: r.note("同意")}
	}
	ready := func(c *change) bool { return c.status == account.StatusReview && c.passed == len(c.route) }
	kind := account.Entry
	if c := r.m.changes[of(r, r.m.changes, ready)]; c != nil {
		u, kind = c.unit, c.kind
	}
	named(func(c *change) bool { return ready(c) && (c.kind == kind || r.chance(10)) })
	return r.byBatch(rows, domain.Recorder), usecase.RecordBatch{Unit: u, Rows: rows}
}

// byBatch is mostly somebody who has not touched the first change.
func (r *generator) byBatch(rows []usecase.BatchRow, role domain.Role) string {
	if c := r.m.changes[rows[0].Change]; c != nil {
		return r.nextTo(c, role)
	}
	return r.by(role)
}
