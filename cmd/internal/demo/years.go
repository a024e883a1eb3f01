package demo

import (
	"slices"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// planYears puts the life of units and levels on the agenda: a month of each
// plans the next.
func (f *filler) planYears() {
	begin := f.work.day(moment(f.foundingDays()+6) * workday)
	first := firstOfNextMonth(begin)
	for _, u := range f.units {
		f.monthly(first, func(day domain.Day) error { return f.unitMonth(u, day) })
	}
	for _, l := range f.levels {
		f.monthly(first, func(month domain.Day) error { return f.quotaMonth(l, month) })
	}
}

// monthly lets something happen once in every month, at some time of its first
// three weeks.
func (f *filler) monthly(first domain.Day, run func(domain.Day) error) {
	at := f.work.on(first) + moment(f.rng.IntN(int(14*workday)))
	f.later(at, func() error {
		if err := run(first); err != nil {
			return err
		}
		f.monthly(firstOfNextMonth(first), run)
		return nil
	})
}

// Yearly rates of leaving but by retirement.
const (
	rateResignation = 0.011
	rateTransferOut = 0.021
	rateContract    = 0.004
	rateDeath       = 0.0012
	rateDismissal   = 0.0003
	rateExpulsion   = 0.0004
	rateEnterprise  = 0.004 // of self-funded posts
	rateMissing     = 0.00004
	stayInCity      = 0.62 // of those who transfer out: to another unit of the city
)

// unitMonth is a month of a unit: who retires with the next one, who leaves,
// who comes, and once a year what it may recruit.
func (f *filler) unitMonth(u *unit, month domain.Day) error {
	if !u.opened || u.still || u.desk.collectors == nil {
		return nil
	}
	f.retirements(u, firstOfNextMonth(month))
	if err := f.leavers(u); err != nil {
		return err
	}
	if err := f.comers(u, month); err != nil {
		return err
	}
	_, m, _ := month.Date()
	if m == f.recruitingMonth(u) {
		return f.yearlyApprovals(u)
	}
	return nil
}

// recruitingMonth is when a unit's plan of the year is approved: examinations
// in spring, public recruitment until summer.
func (f *filler) recruitingMonth(u *unit) time.Month {
	if u.category == nil {
		return time.March
	}
	return time.April + time.Month(len(u.name)/3%3)
}

// retirements collects the exits of those who retire on a day: most before it,
// some afterwards.
func (f *filler) retirements(u *unit, day domain.Day) {
	for _, l := range u.lines {
		for _, p := range l.people {
			if p.retire > day || p.busy || p.keep {
				continue
			}
			c := f.newExit(p, codes.Retirement, max(p.retire, p.since), "")
			early := f.rng.between(-4, 7)
			at := max(f.work.on(c.form.Effective)-moment(early)*workday, f.now()+hour) + moment(f.rng.IntN(int(workday)))
			f.later(at, func() error { return f.collect(c) })
		}
	}
}

// leavers draws who leaves a unit otherwise.
func (f *filler) leavers(u *unit) error {
	for _, l := range u.lines {
		n := float64(len(l.people)) / 12
		leave := func(reason codes.ExitReason, rate float64, note ...string) error {
			for range f.rng.around(n * rate) {
				if err := f.leaver(l, reason, note); err != nil {
					return err
				}
			}
			return nil
		}
		servant := l.key.Kind() != codes.Institution && l.key.Kind() != codes.Worker
		resignation, contract := rateResignation, rateContract
		if servant {
			resignation, contract = rateResignation*0.6, 0
		}
		for _, x := range []struct {
			reason codes.ExitReason
			rate   float64
			notes  []string
		}{
			{codes.TransferOut, rateTransferOut, nil},
			{codes.Resignation, resignation, []string{"个人原因。", "出国深造。", "自主创业。", "照顾家庭。", ""}},
			{codes.ContractEnded, contract, []string{"聘期届满不再续聘。", "考核不合格。"}},
			{codes.Death, rateDeath, []string{"因病去世。", ""}},
			{codes.Dismissal, rateDismissal, []string{"连续旷工。", "连续两年考核不称职。"}},
			{codes.Expulsion, rateExpulsion, []string{"违纪违法。"}},
			{codes.Missing, rateMissing, []string{"法院宣告失踪。"}},
		} {
			if err := leave(x.reason, x.rate, x.notes...); err != nil {
				return err
			}
		}
		if l.key.Funding() == codes.SelfFunding {
			if err := leave(codes.Enterprise, rateEnterprise, "转企改制。"); err != nil {
				return err
			}
		}
	}
	return nil
}

// leaver lets one of a line's people go.
func (f *filler) leaver(l *line, reason codes.ExitReason, notes []string) error {
	if len(l.people) == 0 {
		return nil
	}
	p := pick(f.rng, l.people)
	if p.busy || p.keep || p.retire < f.today()+200 || p.since > f.today()-200 {
		return nil
	}
	effective := f.today() + domain.Day(f.rng.between(-5, 15))
	switch {
	case reason == codes.Death, reason == codes.Missing, reason == codes.Expulsion:
		effective = f.today() - domain.Day(f.rng.between(1, 9))
	case f.rng.chance(0.06): // learnt of late
		effective = f.today() - domain.Day(f.rng.between(20, 75))
	}
	note := ""
	if len(notes) > 0 {
		note = pick(f.rng, notes)
	}
	c := f.newExit(p, reason, effective, note)
	if reason == codes.TransferOut {
		stays := f.rng.chance(stayInCity)
		c.then = func() error {
			if stays {
				f.later(f.soon(1.5), func() error { return f.arrival(p, c.form.Effective, 0) })
			}
			return nil
		}
	}
	f.later(f.now()+moment(f.rng.IntN(int(6*workday))), func() error { return f.collect(c) })
	return nil
}

// arrival brings somebody who has left one unit into another of the city.
func (f *filler) arrival(p *person, from domain.Day, tries int) error {
	for range 12 {
		u := pick(f.rng, f.units)
		l := pick(f.rng, u.lines)
		if !u.opened || u.still || l.taken || l.free() < 1 || l.key.Flag() != "" || !f.mayTake(l, p.class) {
			continue
		}
		effective := from
		if f.rng.chance(0.5) || f.lowest(l, from) < 1 {
			effective = max(f.today()+domain.Day(f.rng.between(-1, 6)), from)
			if f.lowest(l, effective) < 1 {
				continue
			}
		}
		h := hire{unit: u.unitPlan, line: l.key, class: p.class, today: f.today()}
		f.post(&p.text, p, h)
		manner := codes.Assignment
		if u.category != nil && f.rng.chance(0.25) {
			manner = codes.OtherManner
		}
		return f.collect(f.newEntry(l, p, manner, nil, effective))
	}
	if tries < 3 {
		f.later(f.soon(8), func() error { return f.arrival(p, from, tries+1) })
	}
	return nil
}

// mayTake tells whether a class may sit on a line.
func (f *filler) mayTake(l *line, class codes.PersonClass) bool {
	return slices.Contains(f.policy().Compatibility[l.key.Kind()], class)
}

// comers brings single people who need no approval: from outside the city, and
// demobilised officers in autumn.
func (f *filler) comers(u *unit, month domain.Day) error {
	_, m, _ := month.Date()
	for _, l := range u.lines {
		if l.taken || l.free() < 1 {
			continue
		}
		switch kind := l.key.Kind(); {
		case l.key.Flag() == codes.Earmarked, m >= time.September && m <= time.November && kind != codes.Worker && f.rng.chance(0.07):
			f.comer(l, codes.Resettlement, 24, 44, 0.93)
		case kind == codes.Worker && f.rng.chance(0.02):
			f.comer(l, codes.OtherManner, 22, 42, -1)
		case f.rng.chance(0.012 + 0.0006*float64(min(l.free(), 20))):
			f.comer(l, codes.Assignment, 28, 49, -1)
		}
	}
	return nil
}

func (f *filler) comer(l *line, manner codes.Manner, low, high int, men float64) {
	f.later(f.now()+moment(f.rng.IntN(int(7*workday))), func() error {
		if l.taken || l.free() < 1 || l.unit.still {
			return nil
		}
		effective := f.today() + domain.Day(f.rng.between(-2, 13))
		if f.rng.chance(0.12) {
			effective = f.today() - domain.Day(f.rng.between(10, 70))
		}
		if f.lowest(l, effective) < 1 {
			effective = f.today()
		}
		p := f.newPerson(hire{unit: l.unit.unitPlan, line: l.key, class: f.classOn(l.unit.unitPlan, l.key), low: low, high: high,
			today: f.today(), menShare: men})
		return f.collect(f.newEntry(l, p, manner, nil, effective))
	})
}
