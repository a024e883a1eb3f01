package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

var committee = []domain.Role{domain.Committee}

func (m *Model) startOpening(call usecase.Call, k usecase.StartOpening) verdict {
	if _, found := m.mayIn(call, committee, k.Unit); found != nil {
		return refused(found...)
	}
	stream := domain.AccountOf(k.Unit)
	var found []finding
	if k.Rows < 1 || k.Rows > 100_000 {
		found = append(found, malformed("rows"))
	}
	if len(k.Digest) != 64 || strings.Trim(k.Digest, "0123456789abcdef") != "" {
		found = append(found, malformed("digest"))
	}
	v := refused(slices.Concat(found, m.open(stream), m.cited(k.Document))...)
	if v.accepted() {
		v.write(stream, account.TypeOpeningStarted)
		v.apply = func(*written) { m.units[k.Unit].opening = &opening{rows: k.Rows} }
	}
	return v
}

// bracket is what an act on an opening balance needs.
func (m *Model) bracket(id domain.UnitID) (*opening, []finding) {
	switch u := m.units[id]; {
	case u == nil:
		return nil, []finding{rule(domain.UnknownThing, "unit")}
	case u.opening == nil:
		return nil, []finding{rule(domain.WrongStep, "opening")}
	default:
		return u.opening, nil
	}
}

func (m *Model) addPart(call usecase.Call, k usecase.AddOpeningPart) verdict {
	who, found := m.mayIn(call, committee, k.Unit)
	if found != nil {
		return refused(found...)
	}
	switch {
	case len(k.Rows) == 0:
		return refused(missing("rows"))
	case len(k.Rows) > usecase.OpeningPartMax:
		return refused(malformed("rows"))
	}
	o, found := m.bracket(k.Unit)
	if o != nil {
		if len(o.people) != k.From {
			found = append(found, rule(domain.WrongStep, "from"))
		}
		if len(o.people)+len(k.Rows) > o.rows {
			found = append(found, rule(domain.FieldMalformed, "rows"))
		}
	}
	rows := make([]reading, len(k.Rows))
	listed := map[string]bool{}
	if o != nil {
		for _, r := range o.people {
			listed[m.people[r.person].number] = true
		}
	}
	for i, in := range k.Rows {
		r := m.readOpening(in)
		found = append(found, at(i, slices.Concat(r.found, own(who, r.person)))...)
		if o != nil {
			found = append(found, at(i, m.openingRow(k.Unit, &r, listed))...)
		} else if r.person != "" {
			found = append(found, at(i, m.openingElsewhere(k.Unit, &r, false))...)
		}
		rows[i] = r
	}
	v := refused(found...)
	if !v.accepted() {
		return v
	}
	stream := domain.AccountOf(k.Unit)
	for _, r := range rows {
		if r.fresh {
			v.write("person-*", "person.registered.v1")
		}
		v.write("person-*", "person.claimed.v1")
	}
	v.write(stream, account.TypeOpeningPart)
	v.apply = func(w *written) {
		for i, r := range rows {
			p := w.personOf(i)
			if r.fresh {
				m.people[p], m.numbers[r.number] = &person{number: r.number, name: r.name}, p
			}
			m.people[p].claimed = k.Unit
			o.people = append(o.people, openingRow{p, r.line, r.class, r.effective})
		}
	}
	return v
}

// at names the row that findings are about.
func at(i int, found []finding) []finding {
	for n := range found {
		found[n].field = "rows." + strconv.Itoa(i) + "." + found[n].field
		needs := make([]string, len(found[n].needs))
		for j, need := range found[n].needs {
			needs[j] = fmt.Sprintf("rows.%d.%s", i, need)
		}
		found[n].needs = needs
	}
	return found
}

// readOpening reads a row: as an entry, without what an entry is reviewed for.
func (m *Model) readOpening(in usecase.OpeningForm) reading {
	r := reading{change: change{kind: account.Entry, line: in.Line, class: in.Class, effective: in.Since}}
	p := in.Particulars
	r.add(m.particulars(&p, true))
	m.identify(&r, usecase.ChangeForm{Kind: account.Entry, IDNumber: in.IDNumber}, &p)
	r.add(lineKey("line", in.Line), m.code("class", codes.TablePersonClass, string(in.Class), true))
	if in.Since == domain.NoDay {
		r.add([]finding{missing("since")})
	}
	return r
}

// openingRow judges a row of an open bracket.
func (m *Model) openingRow(u domain.UnitID, r *reading, listed map[string]bool) (found []finding) {
	number := r.number
	if p := m.people[r.person]; p != nil {
		number = p.number
	}
	if r.effective > m.today() {
		found = append(found, rule(domain.FutureDated, "since"))
	}
	if number != "" && listed[number] {
		found = append(found, rule(domain.FieldMalformed, "person", "idnumber"))
	}
	listed[number] = true
	found = append(found, m.compatible(&r.change)...)
	return append(found, m.openingElsewhere(u, r, true)...)
}

// openingElsewhere: one holding per person, none that overlaps an earlier one,
// and one claim. mine tells that a bracket of the unit is open, whose own claims
// serve; whoever holds a post in the unit itself is found by the bracket.
func (m *Model) openingElsewhere(u domain.UnitID, r *reading, mine bool) (found []finding) {
	p := m.people[r.person]
	switch {
	case p == nil:
		return nil
	case p.holds != nil && p.holds.unit != u:
		return []finding{rule(domain.HoldsPostElsewhere, "person")}
	case p.claimed != "" && !(mine && p.claimed == u):
		return []finding{rule(domain.PersonBusy, "person")}
	case r.effective != domain.NoDay && r.effective < p.freeFrom:
		found = append(found, rule(domain.HoldsPostElsewhere, "since"))
	}
	if mine && p.holds != nil {
		found = append(found, rule(domain.HoldsPostElsewhere, "person"))
	}
	return found
}

func (m *Model) completeOpening(call usecase.Call, k usecase.CompleteOpening) verdict {
	if _, found := m.mayIn(call, committee, k.Unit); found != nil {
		return refused(found...)
	}
	o, found := m.bracket(k.Unit)
	if o == nil {
		return refused(found...)
	}
	if len(o.people) != o.rows {
		found = append(found, rule(domain.WrongStep, "rows"))
	}
	stream := domain.AccountOf(k.Unit)
	come := map[lineOf][]fact{}
	for _, r := range o.people {
		l := lineOf{stream, r.line}
		come[l] = append(come[l], fact{day: max(r.since, m.firstPosts(l)), o: 1})
	}
	for l, people := range come {
		found = append(found, m.headroom("rows", l, people...)...)
	}
	v := refused(found...)
	if !v.accepted() {
		return v
	}
	v.write(stream, account.TypeOpeningCompleted)
	for _, r := range o.people {
		v.write(domain.PersonOf(r.person), "person.held.v1")
	}
	v.apply = func(w *written) {
		for _, r := range o.people {
			m.people[r.person].claimed = ""
			m.enters(&holding{person: r.person, unit: k.Unit, line: r.line, class: r.class, from: r.since, known: w.at(stream, account.TypeOpeningCompleted)})
		}
		m.units[k.Unit].opening = nil
	}
	return v
}

// firstPosts is the first day on which a line had posts on record; what was
// authorised before is not, and nothing is judged by it.
func (m *Model) firstPosts(l lineOf) domain.Day {
	first := m.today()
	for _, f := range m.lines[l] {
		if f.day < first && m.balance(l, f.day, unknown)[0] > 0 {
			first = f.day
		}
	}
	return first
}

func (m *Model) abandonOpening(call usecase.Call, k usecase.AbandonOpening) verdict {
	if _, found := m.mayIn(call, committee, k.Unit); found != nil {
		return refused(found...)
	}
	o, found := m.bracket(k.Unit)
	v := refused(append(found, note("reason", k.Reason, true)...)...)
	if !v.accepted() {
		return v
	}
	v.write(domain.AccountOf(k.Unit), account.TypeOpeningAbandoned)
	for _, r := range o.people {
		v.write(domain.PersonOf(r.person), "person.released.v1")
	}
	v.apply = func(*written) {
		for _, r := range o.people {
			m.people[r.person].claimed = ""
		}
		m.units[k.Unit].opening = nil
	}
	return v
}
