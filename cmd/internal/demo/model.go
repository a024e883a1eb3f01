package demo

import (
	"errors"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// The filler keeps books of its own on what it has caused, so that it plans
// nothing that a rule would refuse. The ledger's own books decide: whatever
// differs from them ends the filling.

// level is a managing level with those who work there.
type level struct {
	name                              levelName
	pool                              map[codes.LineKey]int
	units                             []*unit
	leaders, organization, hr, office []*seat
	approvers, recorders              []*seat
}

// unit is a unit and its posts.
type unit struct {
	*unitPlan
	id          domain.UnitID
	level       *level
	above       *unit // supervising department; nil: none
	lines       []*line
	desk        *desk
	head        *seat
	opened      bool
	noApprovals bool
	still       bool // takes part in nothing that chance brings: the last weeks of named units
}

// desk is who collects for a body and the units under it.
type desk struct {
	collectors []*seat
	supervisor *seat
	letters    string
	issuer     string
	monthly    map[string]paper // papers of the month, by what they are about
}

type paper struct {
	id    domain.DocumentID
	month int
}

// line is a quota line [A O R H] with the people on it.
type line struct {
	unit       *unit
	key        codes.LineKey
	plan       linePlan
	a, o, r, h int
	pending    int // live entries that draw no approval
	people     []*person
	taken      bool // somebody is about to meet somebody else at its last post
}

// free are the posts that nobody has or is about to have.
func (l *line) free() int { return l.a - l.o - l.r - l.h - l.pending }

func (l *line) enter(p *person) {
	p.line, p.place = l, len(l.people)
	l.people = append(l.people, p)
}

func (l *line) leave(p *person) {
	last := len(l.people) - 1
	l.people[p.place] = l.people[last]
	l.people[p.place].place = p.place
	l.people[last] = nil
	l.people = l.people[:last]
	p.line = nil
}

func (u *unit) stream() domain.Stream { return domain.AccountOf(u.id) }

func (u *unit) line(key codes.LineKey) *line {
	for _, l := range u.lines {
		if l.key == key {
			return l
		}
	}
	return nil
}

// classOn draws the class of somebody on a line.
func (f *filler) classOn(u *unitPlan, key codes.LineKey) codes.PersonClass {
	switch key.Kind() {
	case codes.Administrative, codes.Justice:
		return codes.ClassCivilServant
	case codes.Enforcement:
		if f.rng.chance(0.3) {
			return codes.ClassCivilServantManaged
		}
		return codes.ClassCivilServant
	case codes.CivilServantManaged:
		return codes.ClassCivilServantManaged
	case codes.Worker:
		return codes.ClassWorker
	}
	return []codes.PersonClass{codes.ClassManagement, codes.ClassProfessional, codes.ClassWorker}[f.rng.weighted(u.category.classes...)]
}

// lowest is the least number of free posts on a line on any day from one day to
// today, as the ledger has it, less what is pending.
func (f *filler) lowest(l *line, from domain.Day) int {
	least := l.free()
	if from >= f.today() {
		return least
	}
	err := f.service.ReadAccount(f.ctx, l.unit.stream(), func(a *account.Account) {
		for d := from; d <= f.today(); d++ {
			least = min(least, a.BalanceOn(l.key, d).Free()-l.pending)
		}
	})
	f.failed = errors.Join(f.failed, err)
	return least
}

// approval is an approval of use that has not ended.
type approval struct {
	id       domain.ApprovalID
	line     *line
	posts    int
	drawn    int
	consumed int
	manner   codes.Manner
	validTo  domain.Day
	rev      domain.Revision
	day      domain.Day
	ended    bool
}

func (a *approval) undrawn() int { return a.posts - a.drawn - a.consumed }

// end frees what is undrawn.
func (a *approval) end() {
	a.line.r -= a.undrawn()
	a.ended = true
}
