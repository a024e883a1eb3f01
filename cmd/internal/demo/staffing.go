package demo

import (
	"errors"
	"math"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// change is a staffing change on its way through the gates.
type change struct {
	id          domain.ChangeID
	unit        *unit
	line        *line
	kind        account.Kind
	person      *person
	form        usecase.ChangeForm // as it should be
	fault       *fault             // what a gate will find; nil: nothing
	finds       int                // number of the gate in the route
	wrong       usecase.ChangeForm // as it is collected where there is a fault
	approval    *approval
	route       []account.Gate
	passed      int
	rev         domain.Revision
	touched     []domain.HumanID
	collectedOn int // day, counted from the first
	ended       bool
	steady      bool                // no chance touches it
	then        func() error        // once recorded
	ready       func(*change) error // in place of recording
	scripted    bool                // the last days say when and by whom
	by          *sign               // collects; nil: anybody of the desk
	met         bool                // at a last post
}

// mayAct tells whether a user may take a step that the separation of duties
// forbids to whoever has touched the change or is its person.
func (c *change) mayAct(s *sign) bool {
	return !slices.Contains(c.touched, s.human) && s.human != domain.HumanID(c.person.id)
}

func (c *change) touch(s *sign, rev domain.Revision) {
	c.touched = append(c.touched, s.human)
	c.rev = rev
}

// newEntry is the entry of somebody on a line. What the form says beyond the
// person is the caller's.
func (f *filler) newEntry(l *line, p *person, manner codes.Manner, a *approval, effective domain.Day) *change {
	c := &change{unit: l.unit, line: l, kind: account.Entry, person: p, approval: a}
	c.form = usecase.ChangeForm{Kind: account.Entry, Particulars: p.text, Line: l.key, Class: p.class, Manner: manner, Effective: effective}
	if a != nil {
		c.form.Approval = a.id
	}
	if p.id == "" {
		c.form.IDNumber = p.number
	} else {
		c.form.Person = p.id
	}
	return c
}

// newExit is the exit of somebody in post.
func (f *filler) newExit(p *person, reason codes.ExitReason, effective domain.Day, note string) *change {
	p.busy = true
	c := &change{unit: p.line.unit, line: p.line, kind: account.Exit, person: p}
	c.form = usecase.ChangeForm{Kind: account.Exit, Person: p.id, ExitReason: reason, Effective: max(effective, p.since), Note: note}
	return c
}

// soon is a moment some working days from now: mostly quickly, now and then
// after a long wait.
func (f *filler) soon(meanDays float64) moment {
	wait := -meanDays * math.Log(1-f.rng.Float64())
	if f.rng.chance(0.02) {
		wait += 3 + 8*f.rng.Float64()
	}
	return f.now() + 10*minute + moment(min(wait, 20)*float64(workday))
}

// route is the gates of a change that is collected today.
func (f *filler) route(kind account.Kind, class codes.PersonClass) []account.Gate {
	var gates []account.Gate
	for _, g := range f.policy().Route(string(kind), class) {
		gates = append(gates, account.Gate(g))
	}
	return gates
}

// collect collects a change now.
func (f *filler) collect(c *change) error {
	c.route = f.route(c.kind, c.person.class)
	by, how := c.by, frame{role: domain.Collector}
	if d := c.unit.desk; by == nil {
		if s := d.supervisor; c.unit.category != nil && f.rng.chance(0.1) && !slices.Contains(c.route, account.GateSupervisor) && c.mayAct(s.now) {
			by, how = s.now, frame{role: domain.Supervisor, behalf: c.unit.id}
		} else if by = f.another(d.collectors, c); by == nil {
			c.person.busy = false
			return nil
		}
	}
	if c.form.Document == "" {
		doc, err := f.deskPaper(c.unit.desk, by, string(c.form.Manner)+string(c.form.ExitReason), titleOf(c), shareOf(c))
		if err != nil {
			return err
		}
		c.form.Document = doc
	}
	f.spoil(c, 0.085)
	form := c.form
	if c.fault != nil {
		if c.fault.field == "document" {
			doc, err := f.register(by, c.unit.desk.letters, c.unit.desk.issuer, "关于报送人员材料的函", "", false)
			if err != nil {
				return err
			}
			c.wrong.Document = doc
		} else {
			c.wrong.Document = c.form.Document
		}
		form = c.wrong
	}
	result, _, err := f.must(by, how, usecase.Collect{Unit: c.unit.id, ChangeForm: form})
	if err != nil {
		return err
	}
	f.collected(c, by, result.Events[0])
	c.id = domain.ChangeID(result.ID)
	f.handOver(c)
	f.next(c, f.soon(0.7))
	return nil
}

// collected notes what a collected event says.
func (f *filler) collected(c *change, by *sign, e domain.Recorded) {
	f.changes++
	c.collectedOn = f.dayIndex()
	c.touch(by, e.Revision)
	if c.kind == account.Exit {
		return
	}
	if c.person.id == "" {
		c.person.id = personOf(e)
		f.registered++
	}
	c.person.busy = true
	if c.approval != nil {
		c.approval.drawn++
	} else {
		c.line.pending++
	}
}

func personOf(e domain.Recorded) domain.PersonID {
	for _, t := range e.Tags {
		if id, ok := strings.CutPrefix(string(t), domain.TagPerson+":"); ok {
			return domain.PersonID(id)
		}
	}
	return ""
}

// handOver names a successor where somebody with a seat at the system leaves.
func (f *filler) handOver(c *change) {
	s := c.person.seat
	if c.kind != account.Exit || s == nil || s.now.person != c.person || c.person.keep {
		return
	}
	f.later(f.soon(0.7), func() error {
		if s.now.person != c.person {
			return nil
		}
		return f.succeed(s)
	})
}

// next puts the next step of a change on the agenda.
func (f *filler) next(c *change, at moment) {
	switch {
	case c.ended, c.scripted, f.lies(c):
	case c.passed < len(c.route):
		f.later(at, func() error { return f.atGate(c) })
	case c.ready != nil:
		f.later(at, func() error { return c.ready(c) })
	default:
		f.later(max(at, f.work.on(c.form.Effective)+moment(f.rng.IntN(int(workday)))), func() error { return f.record(c) })
	}
}

func (f *filler) gateSeats(u *unit, gate account.Gate) []*seat {
	switch gate {
	case account.GateOrganization:
		return u.level.organization
	case account.GateHR:
		return u.level.hr
	case account.GateOffice:
		return u.level.office
	case account.GateSupervisor:
		return []*seat{u.desk.supervisor}
	}
	return []*seat{u.head}
}

// atGate lets the next gate pass the change or return it.
func (f *filler) atGate(c *change) error {
	gate := c.route[c.passed]
	by := f.another(f.gateSeats(c.unit, gate), c)
	if by == nil || !c.steady && f.rng.chance(0.003) {
		return f.withdraw(c)
	}
	if c.fault != nil && c.passed == c.finds {
		if f.secondRound(c, by) {
			return f.giveBack(c, by)
		}
		c.form, c.fault = c.wrong, nil // nobody notices
	}
	if err := f.pass(c, by); err != nil {
		return err
	}
	f.next(c, f.soon(0.8))
	return nil
}

// pass lets the next gate pass the change.
func (f *filler) pass(c *change, by *sign) error {
	gate := c.route[c.passed]
	command := usecase.Pass{Change: c.id, Items: f.items(gate)}
	if f.rng.chance(0.55) {
		command.Opinion = f.opinion(gate)
	}
	result, _, err := f.must(by, frame{role: roleOf[gate], ifMatch: c.rev}, command)
	if err != nil {
		return err
	}
	c.touch(by, result.Events[0].Revision)
	c.passed++
	return nil
}

var roleOf = map[account.Gate]domain.Role{account.GateOrganization: domain.GateOrganization, account.GateHR: domain.GateHR,
	account.GateOffice: domain.GateOffice, account.GateSupervisor: domain.Supervisor, account.GateUnitHead: domain.UnitHead}

// items are the checklist of a gate, all of it.
func (f *filler) items(gate account.Gate) []string {
	list := f.policy().Checklists[string(gate)]
	keys := make([]string, len(list))
	for i, item := range list {
		keys[i] = item.Key
	}
	return keys
}

// secondRound tells whether the gates so far have somebody who has not touched
// the change, should it come again.
func (f *filler) secondRound(c *change, by *sign) bool {
	for i := 0; i <= c.passed; i++ {
		need := 1
		if i == c.passed {
			need = 2 // who returns it now does not pass it then
		}
		if untouched(f.gateSeats(c.unit, c.route[i]), c) < need {
			return false
		}
	}
	return true
}

// giveBack returns a change field by field.
func (f *filler) giveBack(c *change, by *sign) error {
	gate := c.route[c.passed]
	fields := map[string]string{c.fault.field: pick(f.rng, c.fault.words)}
	command := usecase.Return{Change: c.id, Fields: fields, Opinion: pick(f.rng, []string{"请核对后补正。", "退回补正。", "材料与填报不符，请补正后重报。", ""})}
	result, _, err := f.must(by, frame{role: roleOf[gate], ifMatch: c.rev}, command)
	if err != nil {
		return err
	}
	c.touch(by, result.Events[0].Revision)
	if c.scripted {
		return nil
	}
	at := f.soon(1.6)
	if !c.steady && f.rng.chance(0.1) {
		f.later(at, func() error { return f.withdraw(c) })
		return nil
	}
	f.later(at, func() error { return f.resubmit(c) })
	return nil
}

// resubmit answers a return: with the form put right, or now and then with the
// same one and no passes lost.
func (f *filler) resubmit(c *change) error {
	by := f.another(c.unit.desk.collectors, &change{person: c.person, touched: c.touched[1:]})
	if by == nil {
		return f.withdraw(c)
	}
	form, right := c.form, !f.rng.chance(0.05) || c.fault.field == "effective"
	if !right {
		form = c.wrong
	}
	result, _, err := f.must(by, frame{role: domain.Collector, ifMatch: c.rev}, usecase.Resubmit{Change: c.id, ChangeForm: form})
	if err != nil {
		return err
	}
	c.touch(by, result.Events[0].Revision)
	if right {
		c.passed = 0
	} else {
		c.form.Effective = form.Effective
	}
	c.fault = nil
	f.next(c, f.soon(0.7))
	return nil
}

// withdraw ends a change before it is recorded.
func (f *filler) withdraw(c *change) error {
	by := f.another(c.unit.desk.collectors, &change{person: c.person})
	if by == nil {
		return errors.New("nobody may withdraw a change: both collectors are its person")
	}
	reasons := reasonsWithdraw
	if c.kind == account.Exit {
		reasons = reasonsWithdrawExit
	}
	_, _, err := f.must(by, frame{role: domain.Collector, ifMatch: c.rev}, usecase.Withdraw{Change: c.id, Reason: pick(f.rng, reasons)})
	c.ended, c.person.busy = true, false
	switch {
	case c.kind == account.Entry:
		f.giveUp(c)
	case c.form.ExitReason == codes.Retirement:
		c.person.retire = firstOfNextMonth(f.today() + 60)
	}
	return err
}

// giveUp gives back what a live entry had drawn.
func (f *filler) giveUp(c *change) {
	switch a := c.approval; {
	case a == nil:
		c.line.pending--
	default:
		a.drawn--
		if a.ended {
			c.line.r--
		}
	}
}

// record records a change that has passed its gates.
func (f *filler) record(c *change) error {
	by := f.another(c.unit.level.recorders, c)
	if by == nil {
		return f.withdraw(c)
	}
	if _, _, err := f.must(by, frame{ifMatch: c.rev}, usecase.Record{Change: c.id}); err != nil {
		return err
	}
	return f.recorded(c)
}

// recorded keeps the books after a recording.
func (f *filler) recorded(c *change) error {
	p, l := c.person, c.line
	c.ended, p.busy = true, false
	if c.kind == account.Exit {
		l.o--
		l.leave(p)
	} else {
		if a := c.approval; a != nil {
			a.drawn--
			a.consumed++
			l.r--
		} else {
			l.pending--
		}
		l.o++
		l.enter(p)
		p.class, p.since = c.form.Class, c.form.Effective
	}
	if c.then != nil {
		return c.then()
	}
	return nil
}
