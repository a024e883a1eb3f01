package model

import (
	"fmt"
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// daysBack and daysAhead bound the days on which balances are compared.
const daysBack, daysAhead = 70, 20

// compareTouched compares the accounts that an act has written to.
func (g *game) compareTouched() error {
	defer clear(g.touched)
	for _, s := range slices.Sorted(maps.Keys(g.touched)) {
		if s.Kind() != domain.AccountStream && s.Kind() != domain.PoolStream {
			continue
		}
		if err := g.compareAccount(s, false); err != nil {
			return err
		}
	}
	return g.m.conserved()
}

// compareAll compares every account whole, and checks what must always hold.
func (g *game) compareAll() error {
	holder := map[domain.PersonID]domain.Stream{}
	for s := range g.m.streams {
		if s.Kind() != domain.AccountStream && s.Kind() != domain.PoolStream {
			continue
		}
		if err := g.compareAccount(s, true); err != nil {
			return err
		}
		var twice error
		err := g.w.Service.ReadAccount(g.ctx, s, func(a *account.Account) {
			for _, h := range a.Holdings() {
				if other, is := holder[h.Person]; is {
					twice = fmt.Errorf("person %s holds posts in %s and %s", h.Person, other, s)
				}
				holder[h.Person] = s
			}
		})
		if err != nil || twice != nil {
			return fmt.Errorf("%w%w", err, twice)
		}
	}
	for l := range g.m.lines {
		for d := g.m.firstPosts(l); d <= g.m.today(); d++ {
			if b := g.m.balance(l, d, unknown); b[4] < 0 {
				return fmt.Errorf("%s %s stands at %v on %s", l.stream, l.line, b, d)
			}
		}
	}
	if err := g.compareReaders(); err != nil {
		return err
	}
	return g.m.conserved()
}

// compareReaders: everybody reads units and people in the scope of a role, but
// administrators and subscribers in theirs (§10); the empty unit stands for the
// whole city.
func (g *game) compareReaders() error {
	places := map[domain.UnitID]place{"": {}}
	for id, u := range g.m.units {
		places[id] = place{u.level, id}
	}
	for id, u := range g.m.users {
		for unit, p := range places {
			want := false
			for _, x := range u.grants {
				reads := x.role != domain.Admin && x.role != domain.Subscriber
				want = want || u.active && !x.proposed && reads && g.m.within(x.scope, p)
			}
			if got, err := g.w.Service.MayRead(g.ctx, id, unit); err != nil || got != want {
				return fmt.Errorf("user %s may read unit %q: %v, want %v: %w", id, unit, got, want, err)
			}
		}
	}
	return nil
}

// conserved: units, pools and what is under way make the ceiling, by level and
// kind (§14.1).
func (m *Model) conserved() error {
	sum := map[levelKind]int{}
	of := func(l lineOf) levelKind {
		at, _ := m.side(l.stream)
		return levelKind{at.level, l.line.Kind()}
	}
	for l := range m.lines {
		sum[of(l)] += m.balance(l, m.today(), unknown)[0]
	}
	for _, x := range m.landings {
		sum[of(x.at)] += x.posts
	}
	for k, facts := range m.ceiling {
		for _, f := range facts {
			sum[k] -= f.a
		}
	}
	for k, n := range sum {
		if n != 0 {
			return fmt.Errorf("level %s, %s: %+d posts against the ceiling", k.level, k.kind, n)
		}
	}
	return nil
}

func (g *game) compareAccount(s domain.Stream, whole bool) error {
	var differs error
	err := g.w.Service.ReadAccount(g.ctx, s, func(a *account.Account) { differs = g.m.compare(a, s, whole) })
	if differs != nil {
		return fmt.Errorf("%s: %w", s, differs)
	}
	return err
}

// compare holds an account of the service against the model.
func (m *Model) compare(a *account.Account, s domain.Stream, whole bool) error {
	if last, due := m.lastOf(s), m.dueOn(s); a.Revision() != last && a.Revision() != last+domain.Revision(due) {
		return fmt.Errorf("revision %d, want %d", a.Revision(), last)
	}
	if err := m.compareLines(a, s, whole); err != nil || a.IsPool() {
		return err
	}
	u := m.units[domain.UnitID(s.Key())]
	if u == nil {
		return fmt.Errorf("no such unit")
	}
	if got := a.Unit(); !got.Established || got.Level != u.level || got.Parent != u.parent || got.Code != u.code {
		return fmt.Errorf("unit %+v, want %+v", got, u)
	}
	if o, is := a.Opening(); is != (u.opening != nil) || is && (o.Expected != u.opening.rows || len(o.Rows) != len(u.opening.people)) {
		return fmt.Errorf("opening %+v, want %+v", o, u.opening)
	}
	if err := m.compareHoldings(a, s); err != nil {
		return err
	}
	if err := m.compareApprovals(a); err != nil {
		return err
	}
	return m.compareChanges(a, whole)
}

func (m *Model) dueOn(s domain.Stream) (n int) {
	for _, d := range m.due {
		if d.stream == s {
			n++
		}
	}
	return n
}

func (m *Model) compareLines(a *account.Account, s domain.Stream, whole bool) error {
	lines := map[codes.LineKey]bool{}
	for _, k := range a.Lines() {
		lines[k] = true
	}
	for l := range m.lines {
		if l.stream == s {
			lines[l.line] = true
		}
	}
	for l := range m.posts {
		if l.stream == s {
			lines[l.line] = true
		}
	}
	every := domain.Day(11)
	if whole {
		every = 1
	}
	today := m.today()
	for k := range lines {
		l := lineOf{s, k}
		at := func(d domain.Day) error {
			b := a.BalanceOn(k, d)
			got, want := [5]int{b[0], b[1], b[2], b[3], b.Free()}, m.balance(l, d, unknown)
			if got != want {
				return fmt.Errorf("%s on %s is %v, want %v", k, d, got, want)
			}
			return nil
		}
		if err := at(today); err != nil {
			return err
		}
		for d := today - daysBack + (today*7+domain.Day(m.lastOf(s)))%every; d <= today+daysAhead; d += every {
			if err := at(d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *Model) compareHoldings(a *account.Account, s domain.Stream) error {
	want := map[domain.PersonID]*holding{}
	for l, hs := range m.posts {
		for _, h := range hs {
			if l.stream == s && h.to == domain.NoDay {
				want[h.person] = h
			}
		}
	}
	got := a.Holdings()
	if len(got) != len(want) {
		return fmt.Errorf("%d people in post, want %d", len(got), len(want))
	}
	for _, h := range got {
		w := want[h.Person]
		if w == nil || w.line != h.Line || w.class != h.Class || w.from != h.Since || w.id != "" && w.id != h.ID {
			return fmt.Errorf("holding %+v, want %+v", h, w)
		}
	}
	return nil
}

func (m *Model) compareApprovals(a *account.Account) error {
	n := 0
	for _, p := range m.approvals {
		if p.unit == a.UnitID() {
			n++
		}
	}
	got := a.Approvals()
	if len(got) != n {
		return fmt.Errorf("%d approvals, want %d", len(got), n)
	}
	for _, x := range got {
		p := m.approvals[x.ID]
		_, expired := m.due[string(account.TypeUseExpired)+" "+string(x.ID)]
		if p == nil || p.line != x.Line || p.manner != x.Manner || p.posts != x.Posts || p.drawn != x.Drawn || p.consumed != x.Consumed ||
			p.day != x.Day || p.validTo != x.ValidTo || p.ended != x.Ended || p.human != x.Human || p.revision != x.Revision && !expired {
			return fmt.Errorf("approval %+v, want %+v", x, p)
		}
	}
	return nil
}

func (m *Model) compareChanges(a *account.Account, whole bool) error {
	live := 0
	for id, c := range m.changes {
		if c.unit != a.UnitID() {
			continue
		}
		if c.live() {
			live++
		} else if !whole {
			continue
		}
		got, ok := a.Change(id)
		if !ok {
			return fmt.Errorf("change %s is not there", id)
		}
		if err := c.same(&got); err != nil {
			return fmt.Errorf("change %s: %w", id, err)
		}
	}
	if got := a.LiveChanges(); len(got) != live {
		return fmt.Errorf("%d live changes, want %d", len(got), live)
	}
	return nil
}

func (c *change) same(x *account.Change) error {
	content := x.Content
	content.Hash = ""
	want := account.Content{Kind: c.kind, Person: c.person, LineKey: c.line, Class: c.class, Manner: c.manner, Approval: c.approval, ExitReason: c.exit}
	switch {
	case content != want:
		return fmt.Errorf("content %+v, want %+v", content, want)
	case x.Status != c.status || x.Passed != c.passed || !slices.Equal(x.Route, c.route):
		return fmt.Errorf("%s, %d of %v passed; want %s, %d of %v", x.Status, x.Passed, x.Route, c.status, c.passed, c.route)
	case x.Effective != c.effective || x.Document != c.document || x.Revision != c.revision:
		return fmt.Errorf("effective %s, document %s, revision %d; want %s, %s, %d", x.Effective, x.Document, x.Revision, c.effective, c.document, c.revision)
	case x.ReturnedOn != c.returned:
		return fmt.Errorf("returned on %s, want %s", x.ReturnedOn, c.returned)
	case x.HandlingDue != c.due:
		return fmt.Errorf("due %s, want %s", x.HandlingDue, c.due)
	}
	return nil
}
