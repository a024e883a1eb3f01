package demo

import (
	"fmt"
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// setUp names the first people, fixes the pools, and puts on the agenda what
// every city begins with.
func (f *filler) setUp() error {
	if err := f.firstPeople(); err != nil {
		return err
	}
	for i, name := range f.plan.levels {
		l := &level{name: name, pool: map[codes.LineKey]int{}}
		f.levels = append(f.levels, l)
		if err := f.firstOfLevel(i, l); err != nil {
			return err
		}
	}
	f.makeUnits()
	for _, l := range f.levels {
		if err := f.firstPool(l); err != nil {
			return err
		}
	}
	f.planFounding()
	f.planRules()
	f.planYears()
	f.planFinale()
	return nil
}

// firstPeople names both administrators and the committee.
func (f *filler) firstPeople() error {
	first := &seat{role: domain.Admin, signIn: "admin"}
	second := &seat{role: domain.Admin, signIn: "admin2"}
	user := demoUser(first.signIn)
	id, err := f.service.NameFirstAdmin(f.ctx, user.Name, user.SignIn)
	if err != nil {
		return err
	}
	first.now = &sign{id: id, human: domain.HumanID(id), seat: first, rev: 1}
	f.demo = append(f.demo, User{DemoUser: user, ID: id})
	user = demoUser(second.signIn)
	result, _, err := f.must(first.now, frame{}, usecase.RegisterUser{Name: user.Name, SignIn: user.SignIn})
	if err != nil {
		return err
	}
	second.now = &sign{id: domain.UserID(result.ID), human: domain.HumanID(result.ID), seat: second, rev: result.Events[0].Revision}
	if err := f.grant(second.now, first.now, nil); err != nil {
		return err
	}
	f.demo = append(f.demo, User{DemoUser: user, ID: second.now.id})
	f.admins = []*seat{first, second}
	for _, signIn := range []string{"committee", ""} {
		s, err := f.outsider(domain.Committee, domain.Scope{}, signIn)
		if err != nil {
			return err
		}
		f.committee = append(f.committee, s)
	}
	for _, signIn := range []string{"auditor", "inspector", "subscriber"} {
		if _, err := f.outsider(demoUser(signIn).Role, domain.Scope{}, signIn); err != nil {
			return err
		}
	}
	return nil
}

// outsider fills a seat with somebody without a personal file.
func (f *filler) outsider(role domain.Role, scope domain.Scope, signIn string) (*seat, error) {
	s := &seat{role: role, scope: scope, signIn: signIn}
	if signIn != "" {
		return s, f.take(s, demoUser(signIn).Name, nil)
	}
	return s, f.fillSeat(s)
}

// firstOfLevel names a level's leadership and its establishment office, which
// registers the papers.
func (f *filler) firstOfLevel(i int, l *level) error {
	own := domain.Scope{Level: l.name.level}
	if i == 0 {
		s, err := f.outsider(domain.Leader, domain.Scope{}, "leader")
		if err != nil {
			return err
		}
		l.leaders = append(l.leaders, s)
	}
	for _, x := range []struct {
		role  domain.Role
		seats *[]*seat
	}{{domain.Leader, &l.leaders}, {domain.GateOffice, &l.office}} {
		s, err := f.outsider(x.role, own, "")
		if err != nil {
			return err
		}
		*x.seats = append(*x.seats, s)
	}
	return nil
}

// makeUnits turns the plan into units that do not exist yet.
func (f *filler) makeUnits() {
	for _, p := range f.plan.units {
		u := &unit{unitPlan: p, level: f.levels[p.level]}
		if p.above >= 0 {
			u.above = f.units[p.above]
		}
		for _, lp := range p.lines {
			u.lines = append(u.lines, &line{unit: u, key: lp.key, plan: lp})
		}
		if p.named != "" {
			f.named[p.named] = u
		}
		f.units = append(f.units, u)
		u.level.units = append(u.level.units, u)
	}
}

// firstPool fixes the pool of a level: what its units will get, and a reserve.
func (f *filler) firstPool(l *level) error {
	need := map[codes.LineKey]int{}
	for _, u := range l.units {
		for _, x := range u.unitPlan.lines {
			need[x.key] += x.posts
		}
	}
	office := l.office[0].now
	doc, err := f.register(office, "编", "市委编委", fmt.Sprintf("关于核定%s各类编制总额的通知", l.name.full), "核定编制总额", true)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(need)) {
		reserve := max(need[key]*f.rng.between(4, 9)/100, 3)
		if err := f.setPool(l, key, need[key]+reserve, doc, "三定全覆盖，一次核定"); err != nil {
			return err
		}
	}
	return nil
}

// setPool fixes a pool line.
func (f *filler) setPool(l *level, key codes.LineKey, posts int, doc domain.DocumentID, reason string) error {
	_, _, err := f.must(pick(f.rng, f.committee).now, frame{}, usecase.SetPool{Level: l.name.level, Line: key, Posts: posts, Document: doc, Reason: reason})
	l.pool[key] = posts
	return err
}

// planFounding spreads the founding of all units over the first months: named
// units and bodies first.
func (f *filler) planFounding() {
	order := slices.Clone(f.units)
	slices.SortStableFunc(order, func(x, y *unit) int { return rankOf(x) - rankOf(y) })
	days := f.foundingDays()
	for i, u := range order {
		at := workday + moment(int64(days)*int64(workday)*int64(i)/int64(len(order)))
		f.later(at+moment(f.rng.IntN(1800)), func() error { return f.found(u) })
	}
	// Reviewers begin when the first bodies have their people.
	for i, l := range f.levels {
		at := moment(days*2/5+3)*workday + moment(i)*hour
		f.later(at, func() error { return f.reviewers(l) })
	}
}

func rankOf(u *unit) int {
	switch {
	case u.category == nil && u.early:
		return 0
	case u.category == nil:
		return 1
	case u.early:
		return 2
	}
	return 3
}

// foundingDays are the working days that founding takes.
func (f *filler) foundingDays() int { return min(max(len(f.plan.units)/7, 20), 56) }

// reviewers names the gates, approvers and recorders of a level, from its own
// bodies.
func (f *filler) reviewers(l *level) error {
	own := domain.Scope{Level: l.name.level}
	city := l.name.level == codes.City
	from := func(n int) *unit {
		if city {
			return f.named[[]string{unitTalent, unitLabour, unitOffice}[n]]
		}
		return l.units[min(n, 2)%bodiesOf(l)]
	}
	more := 2
	if city {
		more = 3
	}
	for _, x := range []struct {
		role  domain.Role
		seats *[]*seat
		from  *unit
		n     int
	}{
		{domain.GateOrganization, &l.organization, from(0), more},
		{domain.GateHR, &l.hr, from(1), more},
		{domain.GateOffice, &l.office, from(2), more - 1},
		{domain.Approver, &l.approvers, from(2), more - 1},
		{domain.Recorder, &l.recorders, from(2), more},
	} {
		for i := range x.n {
			s := &seat{role: x.role, scope: own, from: x.from}
			if city && i == 0 {
				s.signIn, s.scope = signInOf[x.role], domain.Scope{} // the demo user looks after the districts too
				if err := f.takeNamed(s); err != nil {
					return err
				}
			} else if err := f.fillSeat(s); err != nil {
				return err
			}
			*x.seats = append(*x.seats, s)
		}
	}
	return nil
}

func bodiesOf(l *level) int {
	n := 0
	for _, u := range l.units {
		if u.category == nil {
			n++
		}
	}
	return n
}

// takeNamed gives a seat to the person of that name in its unit.
func (f *filler) takeNamed(s *seat) error {
	name := demoUser(s.signIn).Name
	return f.take(s, name, f.people[name])
}
