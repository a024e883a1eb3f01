package model

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// faulty is a fault of package codes as a finding.
func faulty(field string, f *codes.Fault) finding {
	return finding{name: f.Refusal(field).Name, field: field, form: true}
}

// text judges a text of at most max characters; the ledger takes no control
// characters but line breaks.
func text(field, s string, required bool, most int) []finding {
	s = strings.TrimSpace(s)
	switch {
	case s == "" && required:
		return []finding{missing(field)}
	case utf8.RuneCountInString(s) > most, strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' }):
		return []finding{malformed(field)}
	}
	return nil
}

func oneLine(field, s string, required bool) []finding {
	return text(field, strings.ReplaceAll(s, "\n", "\x00"), required, usecase.TextRunesMax)
}

func note(field, s string, required bool) []finding {
	return text(field, s, required, usecase.NoteRunesMax)
}

func (m *Model) code(field, table, value string, required bool) []finding {
	if value == "" {
		if required {
			return []finding{missing(field)}
		}
		return nil
	}
	if _, ok := codes.Lookup(table, value, m.today()); !ok {
		return []finding{unknownCode(field)}
	}
	return nil
}

func lineKey(field string, key codes.LineKey) []finding {
	if key == "" {
		return []finding{missing(field)}
	}
	if _, err := codes.ParseLineKey(string(key)); err != nil {
		return []finding{unknownCode(field)}
	}
	return nil
}

func posts(field string, n, least int) []finding {
	if n < least || n > usecase.PostsMax {
		return []finding{malformed(field)}
	}
	return nil
}

func (m *Model) level(field string, l domain.Level) []finding {
	switch {
	case l == "":
		return []finding{missing(field)}
	case !codes.IsLevel(l, m.today()):
		return []finding{unknownCode(field)}
	}
	return nil
}

// cited: a step rests on a registered document.
func (m *Model) cited(id domain.DocumentID) []finding {
	switch {
	case id == "":
		return []finding{rule(domain.DocumentMissing, "document")}
	case !m.documents[id]:
		return []finding{rule(domain.DocumentUnknown, "document")}
	}
	return nil
}

// dated judges an effective date (§4).
func (m *Model) dated(d domain.Day, mayLieAhead bool) []finding {
	switch {
	case d == domain.NoDay:
		return []finding{missing("effective")}
	case d > m.today() && !mayLieAhead:
		return []finding{rule(domain.FutureDated, "effective")}
	case d < monthsBack(m.today(), m.policy().bounds.BackdatingMonths):
		return []finding{rule(domain.TooFarBack, "effective")}
	}
	return nil
}

// reading is a change form as read: what it says, and what is wrong with it.
type reading struct {
	change
	number, name string // of somebody new to the ledger
	fresh        bool
	found        []finding
}

// read judges class 3 of a change form and finds its person.
func (m *Model) read(f usecase.ChangeForm) reading {
	r := reading{change: change{kind: f.Kind, effective: f.Effective, document: f.Document}}
	p := f.Particulars
	switch f.Kind {
	case account.Entry:
		r.line, r.class, r.manner, r.approval = f.Line, f.Class, f.Manner, f.Approval
		r.add(lineKey("line", f.Line), m.code("class", codes.TablePersonClass, string(f.Class), true),
			m.code("manner", codes.TableManner, string(f.Manner), true), unused("exitreason", string(f.ExitReason)),
			m.particulars(&p, f.Person == ""))
	case account.Exit:
		r.exit = f.ExitReason
		r.add(m.code("exitreason", codes.TableExitReason, string(f.ExitReason), true), unused("line", string(f.Line)),
			unused("class", string(f.Class)), unused("manner", string(f.Manner)), unused("approval", string(f.Approval)))
		if p != (account.Particulars{}) {
			r.add([]finding{malformed("name")})
		}
		p = account.Particulars{}
	case "":
		r.add([]finding{missing("kind")})
	default:
		r.add([]finding{malformed("kind")})
	}
	r.add(note("note", f.Note, false))
	m.identify(&r, f, &p)
	p.Note = f.Note
	c := r.change
	r.says = fmt.Sprintf("%s %s %s %s %s %s %s %s %+v", c.kind, c.line, c.class, c.manner, c.approval, c.exit, c.effective, c.document, p)
	return r
}

func (r *reading) add(lists ...[]finding) {
	for _, l := range lists {
		r.found = append(r.found, l...)
	}
}

func unused(field, value string) []finding {
	if value != "" {
		return []finding{malformed(field)}
	}
	return nil
}

func (m *Model) particulars(p *account.Particulars, named bool) (found []finding) {
	found = append(found, oneLine("post", p.Post, false)...)
	found = append(found, m.code("education", codes.TableEducation, p.Education, false)...)
	if p.Name == "" && !named {
		return found
	}
	name, fault := codes.PersonName(p.Name)
	p.Name = name
	if fault != nil {
		found = append(found, faulty("name", fault))
	}
	return found
}

// identify finds the person of a form: by id, or by the ID number. An ID number
// names one human being; another name or birth date beside it is refused.
func (m *Model) identify(r *reading, f usecase.ChangeForm, p *account.Particulars) {
	number := ""
	switch {
	case f.IDNumber != "":
		parsed, fault := codes.ParseIDNumber(f.IDNumber, m.today())
		if fault != nil {
			r.add([]finding{faulty("idnumber", fault)})
		}
		number = parsed.Number
	case f.Person == "" && f.Kind == account.Exit:
		r.add([]finding{missing("person")})
	case f.Person == "":
		r.add([]finding{missing("idnumber")})
	}
	r.person = f.Person
	if r.person == "" {
		r.person = m.numbers[number]
	}
	if r.kind == account.Entry && number != "" {
		r.add(born(p, number))
	}
	known := m.people[r.person]
	switch {
	case known == nil && f.Person != "":
		r.add([]finding{{name: domain.UnknownThing, field: "person", form: true}})
		return
	case known == nil:
		if r.kind == account.Entry && number != "" {
			r.number, r.name, r.fresh = number, p.Name, true
		}
		return
	}
	if number != "" && number != known.number {
		r.add([]finding{malformed("idnumber")})
	}
	if r.kind != account.Entry {
		return
	}
	if p.Name == "" {
		p.Name = known.name
	} else if p.Name != known.name && !known.tried {
		r.add([]finding{malformed("name")})
	}
	if number == "" {
		r.add(born(p, known.number))
	}
}

// born fills in what the ID number says.
func born(p *account.Particulars, number string) []finding {
	parsed, _ := codes.ParseIDNumber(number, domain.DayOf(2199, 1, 1))
	said := p.Birth
	p.Birth = parsed.Birth
	if p.Sex == "" {
		p.Sex = parsed.Sex
	}
	if said != "" && said != parsed.Birth {
		return []finding{malformed("birth")}
	}
	return nil
}
