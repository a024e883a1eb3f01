package replay

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

func (s *step) book() *book {
	b := s.accounts[s.e.Stream]
	if b == nil {
		b = &book{stream: s.e.Stream, founded: s.pos, lines: map[codes.LineKey]*line{}, landings: map[domain.ProcessID]landing{}}
		s.accounts[s.e.Stream] = b
	}
	return b
}

func (b *book) pool() bool { return b.stream.Kind() == domain.PoolStream }

func (b *book) level() domain.Level {
	if b.pool() {
		return domain.Level(b.stream.Key())
	}
	if b.unit == nil {
		return ""
	}
	return b.unit.Level
}

// on is a line's balance on a day.
func (b *book) on(key codes.LineKey, day domain.Day) (sum account.Balance) {
	if l := b.lines[key]; l != nil {
		if day >= l.last {
			return l.total
		}
		for d, change := range l.byDay {
			if d <= day {
				sum = sum.Plus(change)
			}
		}
	}
	return sum
}

func (s *step) account() {
	b := s.book()
	if p, ok := s.p.(account.UnitEstablished); ok {
		b.unit, b.effective, b.founded = &p, s.e.Effective, s.pos
		if s.unseal(p.Text, &b.text) {
			b.text = account.UnitText{Name: s.erasedName()}
		}
		b.unit.Text = nil
		s.codes[[2]string{p.Code, s.e.Stream.Key()}] = s.pos
	}
	b.revision, b.at, b.time = s.e.Revision, s.pos, s.e.Time
	s.staffing(b)
	if m, ok := s.p.(account.Moving); ok {
		s.move(b, m.Moves(), statedLine(s.p))
	}
	switch p := s.p.(type) {
	case account.QuotaOffered:
		s.begin(p.Process, s.e.Stream, "quota", "")
		s.underway[p.Process] = transit{p.Posts, b.level(), p.GiverLine.Kind()}
		s.carry(s.underway[p.Process], 1)
	case account.QuotaTaken:
		s.take(b, p)
	case account.QuotaLanded:
		delete(b.landings, p.Process)
		s.arrive(p.Process)
	case account.QuotaSettled:
		s.settle(p.Process)
	case account.QuotaUndone:
		s.settle(p.Process)
		s.arrive(p.Process)
	case account.PoolSet:
		for _, m := range p.Postings {
			s.sum(b.level(), m.Line.Kind()).ceiling += m.Change[0]
		}
	case account.UseApproved:
		a := &approval{UseApproved: p, number: s.number("Y", 4), stream: s.e.Stream, day: s.e.Time.Day(), document: s.e.DocumentID,
			opened: s.pos, revision: s.e.Revision, at: s.pos}
		var text account.ApprovalText
		s.unseal(p.Text, &text)
		a.plan, a.Text = text.Plan, nil
		s.approvals[p.Approval] = a
	case account.UseExpired:
		s.endUse(p.Approval)
	case account.UseRevoked:
		s.endUse(p.Approval)
	case account.OpeningStarted:
		b.opening = &opening{process: p.Process, expected: p.Rows, document: s.e.DocumentID, at: s.pos}
		s.begin(p.Process, s.e.Stream, "opening", "")
	case account.OpeningPart:
		if b.opening == nil {
			s.fail("no opening balance is open")
			return
		}
		b.opening.at = s.pos
		for _, row := range p.Rows {
			kept := openingRow{OpeningRow: row, at: s.pos}
			if s.unseal(row.Private, &kept.particulars) {
				kept.particulars = account.Particulars{Name: erasedID(string(row.Person))}
			}
			kept.Private = nil
			b.opening.rows = append(b.opening.rows, kept)
		}
	case account.OpeningCompleted:
		s.completeOpening(b, p)
		s.settle(p.Process)
	case account.OpeningAbandoned:
		b.opening = nil
		s.settle(p.Process)
	}
}

// move applies postings to a book and checks what the event states of its line.
func (s *step) move(b *book, postings []account.Posting, stated []account.Line) {
	today := s.e.Time.Day()
	before := map[codes.LineKey]account.Balance{}
	for _, p := range postings {
		if _, ok := before[p.Line]; !ok {
			before[p.Line] = b.on(p.Line, today)
		}
	}
	for i, p := range postings {
		l := b.lines[p.Line]
		if l == nil {
			l = &line{byDay: map[domain.Day]account.Balance{}}
			b.lines[p.Line] = l
		}
		l.byDay[p.Day] = l.byDay[p.Day].Plus(p.Change)
		l.total, l.last, l.at = l.total.Plus(p.Change), max(l.last, p.Day), s.pos
		s.moved = append(s.moved, posting{s.e.Stream, i, p, l.total})
		s.sum(b.level(), p.Line.Kind()).posts += p.Change[0]
	}
	for key, was := range before {
		is := b.on(key, today)
		at := slices.IndexFunc(stated, func(l account.Line) bool { return l.Key == key })
		switch {
		case at < 0 && is != was:
			s.violate("line", "line %s moves from %v to %v on the day, the event does not say so", key, was, is)
		case at >= 0 && (stated[at].Before != was || stated[at].After != is):
			s.violate("line", "line %s goes from %v to %v, the event says from %v to %v", key, was, is, stated[at].Before, stated[at].After)
		}
	}
	for _, l := range stated {
		if _, ok := before[l.Key]; !ok {
			s.violate("line", "the event states line %s, which it does not move", l.Key)
		}
	}
}

func statedLine(p domain.Payload) []account.Line {
	var m account.Movement
	switch p := p.(type) {
	case account.PoolSet:
		m = p.Movement
	case account.QuotaOffered:
		m = p.Movement
	case account.QuotaTaken:
		m = p.Movement
	case account.QuotaUndone:
		m = p.Movement
	case account.QuotaLanded:
		m = p.Movement
	case account.QuotaHeldBack:
		m = p.Movement
	case account.QuotaFreed:
		m = p.Movement
	case account.UseApproved:
		m = p.Movement
	case account.UseExpired:
		m = p.Movement
	case account.UseRevoked:
		m = p.Movement
	case account.StaffingResubmitted:
		m = p.Movement
	case account.StaffingWithdrawn:
		m = p.Movement
	case account.StaffingRecorded:
		m = p.Movement
	}
	if m.Line == nil {
		return nil
	}
	return []account.Line{*m.Line}
}

func (s *step) take(b *book, p account.QuotaTaken) {
	t, open := s.underway[p.Process]
	if !open {
		s.violate("conservation", "process %s takes %d posts that nobody has offered", p.Process, p.Posts)
		return
	}
	// What comes from another level raises that level's ceiling.
	if t.level != b.level() {
		s.sum(t.level, t.kind).ceiling -= t.posts
		s.sum(b.level(), t.kind).ceiling += t.posts
	}
	if p.LandsOn != domain.NoDay {
		b.landings[p.Process] = landing{p.TakerLine, p.Posts, p.LandsOn, s.e.DocumentID, s.pos}
		s.carry(t, -1)
		t.level = b.level()
		s.underway[p.Process] = t
		s.carry(t, 1)
		return
	}
	s.arrive(p.Process)
}

func (s *step) arrive(p domain.ProcessID) {
	if t, open := s.underway[p]; open {
		s.carry(t, -1)
		delete(s.underway, p)
	}
}

func (s *step) endUse(id domain.ApprovalID) {
	if a := s.approvals[id]; a != nil {
		a.ended, a.revision, a.at = true, s.e.Revision, s.pos
	}
}

func (s *step) completeOpening(b *book, e account.OpeningCompleted) {
	o := b.opening
	if o == nil {
		s.fail("no opening balance is open")
		return
	}
	b.opening = nil
	type moment struct {
		line codes.LineKey
		day  domain.Day
	}
	count := map[moment]int{}
	for _, row := range o.rows {
		count[moment{row.LineKey, row.Since}]++
	}
	var postings []account.Posting
	for m, n := range count {
		postings = append(postings, account.Posting{Line: m.line, Day: m.day, Change: account.Balance{0, n, 0, 0}})
	}
	slices.SortFunc(postings, func(x, y account.Posting) int {
		switch {
		case x.Line < y.Line:
			return -1
		case x.Line > y.Line:
			return 1
		}
		return int(x.Day - y.Day)
	})
	s.move(b, postings, e.Lines)
	for _, row := range o.rows {
		s.enter(b, row.Person, row.Holding, row.LineKey, row.Class, row.Since, o.document, row.particulars)
	}
}

// enter puts a person into a post.
func (s *step) enter(b *book, id domain.PersonID, holding domain.ChangeID, key codes.LineKey, class codes.PersonClass, from domain.Day, doc domain.DocumentID, p account.Particulars) {
	h := s.persons[id]
	if h == nil {
		s.fail("person %s is not registered", id)
		return
	}
	if h.holding != nil {
		s.violate("one-holding", "person %s is entered while holding %s in unit %s", id, h.holding.id, h.holding.unit)
	}
	if from < h.freeFrom {
		s.violate("one-holding", "person %s is entered from %s, the last holding stands until %s", id, from, h.freeFrom)
	}
	s.holdingCount++
	x := &post{number: s.holdingCount, id: holding, unit: domain.UnitID(b.stream.Key()), person: id, line: key, class: class, from: from,
		known: s.pos, particulars: p, name: p.Name, document: doc}
	if x.name == "" {
		x.name = h.name
	}
	s.holdings = append(s.holdings, x)
	h.holding, h.at = x, s.pos
}
