package views

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// account folds the events of unit and pool accounts.
func (f *fold) account() {
	var acc int64
	var unit *entry[unitRow]
	if f.e.Stream.Kind() == domain.PoolStream {
		r := f.pools.touch(f.pool())
		r.revision, r.position, r.updated = int64(f.e.Revision), f.pos, int64(f.e.Time)
		acc = r.n
	} else {
		if p, ok := f.e.Payload.(account.UnitEstablished); ok {
			f.establish(p)
		}
		if unit = f.units.get(f.w, domain.UnitID(f.e.Stream.Key())); unit == nil {
			return // a founding that was refused
		}
		r := f.units.touch(unit)
		r.revision, r.position, r.updated = int64(f.e.Revision), f.pos, int64(f.e.Time)
		acc = r.n
	}
	if m, ok := f.e.Payload.(account.Moving); ok {
		for i, p := range m.Moves() {
			f.post(acc, unit, i, p)
		}
	}
	switch p := f.e.Payload.(type) {
	case account.QuotaOffered:
		f.begin(p.Process, "quota", "")
	case account.QuotaSettled:
		f.settle(p.Process, f.e.Stream)
	case account.QuotaUndone:
		f.settle(p.Process, f.e.Stream)
	case account.QuotaTaken:
		if p.LandsOn != domain.NoDay {
			f.landings.add(p.Process, landingRow{p.Process, acc, p.TakerLine, p.Posts, p.LandsOn, f.e.DocumentID})
		}
	case account.QuotaLanded:
		if l := f.landings.get(f.w, p.Process); l != nil {
			f.landings.remove(l)
		}
	case account.UseApproved:
		f.approvals.add(p.Approval, approvalRow{n: f.pos, id: p.Approval, number: f.number("Y", 4), account: acc, line: p.LineKey,
			manner: p.Manner, posts: p.Posts, day: f.e.Time.Day(), validTo: p.ValidTo, document: f.e.DocumentID,
			plan: f.e.Prepared.(account.ApprovalText).Plan, revision: int64(f.e.Revision), position: f.pos})
	case account.UseExpired:
		f.endApproval(p.Approval)
	case account.UseRevoked:
		f.endApproval(p.Approval)
	case account.StaffingCollected:
		f.collected(acc, p)
	case account.StaffingResubmitted:
		f.resubmitted(p)
	case account.StaffingReviewed:
		c := f.touchChange(p.Change, p.Human, p.Gate)
		c.passed = p.Number
		f.stand(c, InReview)
	case account.StaffingReturned:
		f.stand(f.touchChange(p.Change, p.Human, p.Gate), Returned)
	case account.StaffingWithdrawn:
		c := f.touchChange(p.Change, p.Human, "")
		f.stand(c, Withdrawn)
		f.draw(c.approval, -1, 0)
	case account.StaffingRecorded:
		f.recorded(acc, p)
	case account.OpeningStarted:
		f.openings.add(acc, openingRow{acc, p.Process, p.Rows, f.e.DocumentID, 0, f.pos})
		f.begin(p.Process, "opening", "")
	case account.OpeningPart:
		f.openingPart(acc, p)
	case account.OpeningCompleted:
		f.closeOpening(acc, unit, true)
		f.settle(p.Process, f.e.Stream)
	case account.OpeningAbandoned:
		f.closeOpening(acc, unit, false)
		f.settle(p.Process, f.e.Stream)
	}
}

func (f *fold) establish(p account.UnitEstablished) {
	id := domain.UnitID(f.e.Stream.Key())
	text := f.e.Prepared.(account.UnitText)
	others := ""
	if len(text.OtherNames) > 0 {
		b, _ := json.Marshal(text.OtherNames)
		others = string(b)
	}
	u := f.units.add(id, unitRow{n: f.pos, id: id, code: p.Code, level: string(p.Level), parent: string(p.Parent), division: p.Division,
		system: p.System, rank: p.Rank, name: text.Name, shortname: text.ShortName, othernames: others, established: f.e.Effective})
	f.codes.add(codeKey{p.Code, f.pos}, codeRow{codeKey{p.Code, f.pos}, f.pos})
	f.index(searchUnit, f.pos, append([]string{text.Name, text.ShortName, p.Code}, text.OtherNames...)...)
	f.putAbove(u, u, 0)
	var above []*entry[unitRow]
	if parent := f.units.get(f.w, p.Parent); parent != nil && parent != u {
		above = append([]*entry[unitRow]{parent}, f.ancestors(parent)...)
	}
	for depth, a := range above {
		f.putAbove(a, u, depth+1)
		f.units.touch(a).under++
		if depth == 0 {
			f.units.touch(a).children++
		}
	}
	if p.Parent != "" && len(above) == 0 {
		f.orphans[p.Parent] = append(f.orphans[p.Parent], id)
	}
	f.adopt(u, above)
}

// adopt takes in units that named u as their parent before it was founded.
func (f *fold) adopt(u *entry[unitRow], above []*entry[unitRow]) {
	for _, id := range f.orphans[u.row.id] {
		child := f.units.get(f.w, id)
		if child == u || slices.Contains(above, child) {
			continue // a circle has no top
		}
		f.units.touch(u).children++
		for _, e := range f.allTables.above.hot {
			if e.row.above != child.row.n {
				continue
			}
			below := f.unitOf(e.row.unit)
			for i, a := range append([]*entry[unitRow]{u}, above...) {
				f.putAbove(a, below, e.row.depth+i+1)
				f.units.touch(a).under++
			}
		}
		for _, a := range append([]*entry[unitRow]{u}, above...) {
			f.units.touch(a).all.add(child.row.all)
		}
	}
	delete(f.orphans, u.row.id)
}

func (f *fold) unitOf(n int64) *entry[unitRow] {
	for _, e := range f.units.hot {
		if e.row.n == n {
			return e
		}
	}
	return nil
}

func (f *fold) putAbove(above, unit *entry[unitRow], depth int) {
	k := aboveKey{above.row.n, unit.row.n}
	f.above.add(k, aboveRow{k, depth})
}

// ancestors are the units above one, nearest first. Where parents form a
// circle they end before it closes.
func (f *fold) ancestors(u *entry[unitRow]) []*entry[unitRow] {
	var above []*entry[unitRow]
	for p := u; p.row.parent != ""; {
		p = f.units.get(f.w, domain.UnitID(p.row.parent))
		if p == nil || p == u || f.above.get(f.w, aboveKey{p.row.n, u.row.n}) == nil {
			break
		}
		above = append(above, p)
	}
	return above
}

func (f *fold) endApproval(id domain.ApprovalID) {
	if a := f.approvals.get(f.w, id); a != nil {
		r := f.approvals.touch(a)
		r.ended, r.revision, r.position = true, int64(f.e.Revision), f.pos
	}
}

// draw moves what changes draw from an approval and recordings consume.
func (f *fold) draw(id domain.ApprovalID, drawn, consumed int) {
	if id == "" {
		return
	}
	if a := f.approvals.get(f.w, id); a != nil {
		r := f.approvals.touch(a)
		r.drawn, r.consumed, r.revision, r.position = r.drawn+drawn, r.consumed+consumed, int64(f.e.Revision), f.pos
	}
}

func (f *fold) collected(unit int64, p account.StaffingCollected) {
	person := int64(0)
	if x := f.persons.get(f.w, p.Person); x != nil {
		person = x.row.n
	}
	made := f.e.Prepared.(preparedChange)
	c := f.changes.add(p.Change, changeRow{n: f.pos, id: p.Change, number: f.number("C", 5), unit: unit, kind: p.Kind, person: person,
		collected: int64(f.e.Time), collector: f.e.AuthID, route: joined(p.Route)})
	if p.Batch != nil {
		c.row.batch = p.Batch.ID
	}
	f.fill(&c.row, p.Content, made, p.HandlingDue)
	f.mark(&c.row, p.Human, "")
	f.stand(&c.row, InReview)
	f.draw(p.Approval, 1, 0)
}

func (f *fold) resubmitted(p account.StaffingResubmitted) {
	c := f.touchChange(p.Change, p.Human, "")
	if c.approval != p.Approval {
		f.draw(c.approval, -1, 0)
		f.draw(p.Approval, 1, 0)
	}
	if len(p.Route) > 0 {
		c.route = joined(p.Route)
	}
	if c.hash != p.Hash {
		c.passed = 0
	}
	f.fill(c, p.Content, f.e.Prepared.(preparedChange), p.HandlingDue)
	f.stand(c, InReview)
}

// fill sets what a change says.
func (f *fold) fill(c *changeRow, p account.Content, made preparedChange, due domain.Day) {
	c.line, c.class, c.approval, c.hash = p.LineKey, p.Class, p.Approval, p.Hash
	c.manner, c.exitReason, c.particulars, c.note = p.Manner, p.ExitReason, made.particulars, made.note
	c.effective, c.document, c.handlingDue = f.e.Effective, f.e.DocumentID, due
}

// touchChange returns the row of a change that the event touches; every event
// that touches a change comes after the one that opened it.
func (f *fold) touchChange(id domain.ChangeID, human domain.HumanID, gate account.Gate) *changeRow {
	e := f.changes.get(f.w, id)
	if e == nil {
		panic("change " + string(id) + " was never collected")
	}
	c := f.changes.touch(e)
	f.mark(c, human, gate)
	return c
}

// mark notes who touched a change; who sat at a gate, with the gate.
func (f *fold) mark(c *changeRow, human domain.HumanID, gate account.Gate) {
	c.revision, c.position = int64(f.e.Revision), f.pos
	if f.e.AuthType == domain.AuthUser && !hasWord(c.users, f.e.AuthID) {
		c.users = addWord(c.users, f.e.AuthID)
		if u := f.users.get(f.w, domain.UserID(f.e.AuthID)); u != nil {
			f.touches.put(touchRow{u.row.n, c.n})
		}
	}
	who := string(human)
	if gate != "" {
		who += "@" + string(gate)
	}
	if human != "" && !hasWord(c.humans, who) {
		c.humans = addWord(c.humans, who)
	}
}

func hasWord(words, w string) bool { return strings.Contains(" "+words+" ", " "+w+" ") }

func addWord(words, w string) string {
	if words == "" {
		return w
	}
	return words + " " + w
}

// stand sets the state of a change and what follows from it.
func (f *fold) stand(c *changeRow, s ChangeState) {
	gates := strings.Fields(c.route)
	c.gate, c.due = "", domain.NoDay
	if s == InReview {
		c.due = c.handlingDue
		if c.passed < len(gates) {
			c.gate = gates[c.passed]
		} else {
			s = ToRecord
		}
	}
	if c.state == s {
		return
	}
	if c.state != "" {
		f.tally(tallyKey{c.unit, c.kind, c.state}, -1)
	}
	c.state = s
	f.tally(tallyKey{c.unit, c.kind, s}, 1)
}

func (f *fold) tally(k tallyKey, by int) {
	t := f.tallies.get(f.w, k)
	if t == nil {
		t = f.tallies.add(k, tallyRow{tallyKey: k})
	}
	f.tallies.touch(t).n += by
}

func (f *fold) recorded(unit int64, p account.StaffingRecorded) {
	c := f.touchChange(p.Change, p.Human, "")
	f.stand(c, IsRecorded)
	x := f.persons.get(f.w, p.Person)
	if x == nil {
		panic("person " + string(p.Person) + " is not registered")
	}
	y, m, _ := f.e.Effective.Date()
	k := monthKey{unit, domain.DayOf(y, m, 1)}
	month := f.months.get(f.w, k)
	if month == nil {
		month = f.months.add(k, monthRow{monthKey: k})
	}
	if p.Kind == account.Exit {
		f.months.touch(month).exits++
		f.leave(x, f.e.Effective)
		if p.Process != "" {
			f.beginOn(p.Process, domain.PersonOf(p.Person), "exit", p.Change)
		}
		return
	}
	f.months.touch(month).entries++
	f.draw(p.Approval, -1, 1)
	var particulars account.Particulars
	if err := json.Unmarshal([]byte(c.particulars), &particulars); err != nil {
		panic(err)
	}
	f.enter(unit, x, p.Holding, p.LineKey, p.Class, f.e.Effective, f.e.DocumentID, preparedRow{particulars, c.particulars})
}

// enter makes a holding.
func (f *fold) enter(unit int64, x *entry[personRow], id domain.ChangeID, line codes.LineKey, class codes.PersonClass, from domain.Day, doc domain.DocumentID, p preparedRow) {
	n := f.count("holding")
	name := p.Name
	if name == "" {
		name = x.row.name
	}
	f.holdings.add(n, holdingRow{n: n, known: f.pos, id: id, unit: unit, person: x.row.n, line: line, class: class, from: from, to: maxDay,
		name: name, sex: p.Sex, birth: p.Birth, body: p.InternalBody, post: p.Post, rank: p.PostRank,
		particulars: p.particulars, document: doc, until: maxPosition})
	r := f.persons.touch(x)
	r.unit, r.holding, r.position = unit, n, f.pos
}

// leave ends the present holding of a person: the version known so far is
// superseded by one that ends on the day.
func (f *fold) leave(x *entry[personRow], day domain.Day) {
	h := f.holdings.get(f.w, x.row.holding)
	if h == nil {
		panic("person " + string(x.row.id) + " holds no post")
	}
	next := h.row
	next.known, next.to = f.pos, day
	if h.state == added {
		old := h.row
		old.until, old.particulars = f.pos, ""
		f.past.put(old)
		h.row = next
	} else {
		old := f.holdings.touch(h)
		old.until, old.particulars = f.pos, ""
		delete(f.holdings.hot, h.row.n)
		delete(f.holdings.cold, h.row.n)
		f.holdings.add(h.row.n, next)
	}
	r := f.persons.touch(x)
	r.unit, r.holding, r.position = 0, 0, f.pos
}

func (f *fold) openingPart(acc int64, p account.OpeningPart) {
	o := f.openings.get(f.w, acc)
	if o == nil || o.row.process != p.Process {
		panic("no opening balance is open")
	}
	r := f.openings.touch(o)
	for i, row := range p.Rows {
		k := openingKey{acc, r.rows}
		f.items.add(k, openingItem{k, row.Holding, row.Person, row.LineKey, row.Class, row.Since,
			f.e.Prepared.([]preparedRow)[i].particulars, f.pos})
		r.rows++
	}
}

// closeOpening makes the rows of the bracket valid, or drops them.
func (f *fold) closeOpening(acc int64, unit *entry[unitRow], complete bool) {
	o := f.openings.get(f.w, acc)
	if o == nil {
		panic("no opening balance is open")
	}
	var rows []openingItem
	for i := range o.row.rows {
		e := f.items.get(f.w, openingKey{acc, i})
		rows = append(rows, e.row)
		f.items.remove(e)
	}
	f.openings.remove(o)
	if !complete {
		return
	}
	for i, p := range openingPostings(rows) {
		f.post(acc, unit, i, p)
	}
	for _, row := range rows {
		x := f.persons.get(f.w, row.person)
		if x == nil {
			panic("person " + string(row.person) + " is not registered")
		}
		made := preparedRow{particulars: row.particulars}
		if err := json.Unmarshal([]byte(row.particulars), &made.Particulars); err != nil {
			panic(err)
		}
		f.enter(acc, x, row.holding, row.line, row.class, row.since, o.row.document, made)
	}
}
