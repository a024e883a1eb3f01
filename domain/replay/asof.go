package replay

import (
	"iter"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
)

// Point is (D, K) of domain model §4: effective on day D, as known at the end
// of day K, or at a position, which goes before the day. A zero Effective is no
// bound; a zero Known without KnownAt is all that is in the ledger.
type Point struct {
	Effective domain.Day
	Known     domain.Day
	KnownAt   *domain.Position
}

// Picture is the answer: balances by account and line, and who is in post.
type Picture struct {
	Cut   domain.Position // events known; the last of them is Cut-1
	Lines map[domain.Stream]map[codes.LineKey]account.Balance
	Posts map[domain.UnitID][]Post // by day of entry, then in the order of the ledger
}

// Post is a person in post.
type Post struct {
	Holding domain.ChangeID
	Person  domain.PersonID
	Line    codes.LineKey
	Class   codes.PersonClass
	Since   domain.Day
}

// act is one change of the record, in its place of the order.
type act struct {
	effective domain.Day
	position  domain.Position
	part      int
	apply     func(*Picture)
}

// AsOf answers by the definition, folding the whole ledger: cut(K) is the
// greatest position whose clock (the greatest time up to it) stands within K;
// the answer is every change known up to there with effective ≤ D, applied in
// order of (effective, position).
func AsOf(ledger iter.Seq2[domain.Recorded, error], at Point) (*Picture, error) {
	p := &Picture{Lines: map[domain.Stream]map[codes.LineKey]account.Balance{}, Posts: map[domain.UnitID][]Post{}}
	var acts []act
	var clock domain.Instant
	brackets := map[domain.Stream][]account.OpeningRow{}
	for e, err := range ledger {
		if err != nil {
			return nil, err
		}
		clock = max(clock, e.Time)
		if at.KnownAt != nil && e.Position > *at.KnownAt || at.KnownAt == nil && at.Known != domain.NoDay && clock.Day() > at.Known {
			break
		}
		p.Cut = e.Position + 1
		payload, err := catalogue.Decode(e.Event)
		if err != nil {
			return nil, err
		}
		add := func(day domain.Day, apply func(*Picture)) {
			acts = append(acts, act{day, e.Position, len(acts), apply})
		}
		move := func(m account.Posting) {
			known(p, e.Stream, m.Line)
			add(m.Day, func(p *Picture) { p.Lines[e.Stream][m.Line] = p.Lines[e.Stream][m.Line].Plus(m.Change) })
		}
		if m, ok := payload.(account.Moving); ok {
			for _, m := range m.Moves() {
				move(m)
			}
		}
		unit := domain.UnitID(e.Stream.Key())
		switch x := payload.(type) {
		case account.StaffingRecorded:
			if x.Kind == account.Entry {
				add(e.Effective, func(p *Picture) {
					p.Posts[unit] = append(p.Posts[unit], Post{x.Holding, x.Person, x.LineKey, x.Class, e.Effective})
				})
				break
			}
			add(e.Effective, func(p *Picture) {
				p.Posts[unit] = slices.DeleteFunc(p.Posts[unit], func(h Post) bool { return h.Holding == x.Holding })
			})
		case account.OpeningPart:
			brackets[e.Stream] = append(brackets[e.Stream], x.Rows...)
		case account.OpeningAbandoned:
			delete(brackets, e.Stream)
		case account.OpeningCompleted:
			for _, row := range brackets[e.Stream] {
				move(account.Posting{Line: row.LineKey, Day: row.Since, Change: account.Balance{0, 1, 0, 0}})
				add(row.Since, func(p *Picture) {
					p.Posts[unit] = append(p.Posts[unit], Post{row.Holding, row.Person, row.LineKey, row.Class, row.Since})
				})
			}
			delete(brackets, e.Stream)
		}
	}
	slices.SortStableFunc(acts, func(x, y act) int {
		switch {
		case x.effective != y.effective:
			return int(x.effective - y.effective)
		case x.position != y.position:
			return int(int64(x.position) - int64(y.position))
		}
		return x.part - y.part
	})
	for _, a := range acts {
		if at.Effective == domain.NoDay || a.effective <= at.Effective {
			a.apply(p)
		}
	}
	return p, nil
}

// known puts a line into the picture: it is there, at zero, from the first
// movement that is known, whenever that takes effect.
func known(p *Picture, s domain.Stream, line codes.LineKey) {
	if p.Lines[s] == nil {
		p.Lines[s] = map[codes.LineKey]account.Balance{}
	}
	if _, ok := p.Lines[s][line]; !ok {
		p.Lines[s][line] = account.Balance{}
	}
}
