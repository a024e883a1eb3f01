package demo

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// planFinale puts the last weeks on the agenda: the named units come to rest,
// get the balances that the documents show, and everybody's queue gets its
// work, some of it overdue, due on the last day or the next, or returned.
func (f *filler) planFinale() {
	e := f.lastDay()
	f.on(e-190, 0, func() error {
		for _, u := range f.named {
			u.noApprovals = true
		}
		return nil
	})
	f.on(e-60, 0, func() error {
		for _, u := range f.named {
			u.still = true
		}
		return nil
	})
	f.on(e-24, hour, f.steer)
	f.on(e-22, 2*hour, f.reserve)
	f.on(e-5, 3*hour, f.topUp)
	f.exits(e)
	f.entries(e)
	f.batches(e)
}

// on puts something on the agenda of a working day, counted from the first.
func (f *filler) on(day int, at moment, run func() error) {
	f.later(moment(day)*workday+at+moment(f.rng.IntN(int(25*minute))), run)
}

// steer brings the lines of the named units to the free and held-back posts
// that the last day shall show.
func (f *filler) steer() error {
	for _, x := range []struct {
		unit       string
		line       int
		held, free int
	}{
		{unitWater, 0, 2, 3}, {unitWater, 1, 0, 0}, {unitWater, 2, 0, 2}, {unitBrigade, 0, 0, 3}, {unitHydro, 0, 0, 4}, {unitHarbour, 0, 0, 0},
		{unitHeritage, 0, 0, 4}, {unitAudit, 0, 0, 2}, {unitForest, 0, 0, 2}, {unitCollege, 0, 0, 30},
	} {
		l := f.named[x.unit].lines[x.line]
		doc, err := f.officePaper(l.unit.level, fmt.Sprintf("关于重新核定%s编制的通知", l.unit.short), "")
		if err != nil {
			return err
		}
		if l.h > x.held {
			if err := f.freePosts(l, l.h-x.held, f.today(), doc, pick(f.rng, reasonsFree)); err != nil {
				return err
			}
		}
		want := x.free + x.held - l.h
		switch free := l.free(); {
		case free < want:
			err = f.grantPosts(l, want-free, f.today(), doc, pick(f.rng, reasonsGrant))
		case free > want:
			err = f.cutPosts(l, free-want, f.today(), doc, pick(f.rng, reasonsCut))
		}
		if err != nil {
			return err
		}
		if l.h < x.held {
			if err := f.holdBack(l, x.held-l.h, doc, pick(f.rng, reasonsHold)); err != nil {
				return err
			}
		}
	}
	return nil
}

// topUp sees to it that the city's pool has something to give.
func (f *filler) topUp() error {
	l := f.levels[0]
	doc, err := f.officePaper(l, fmt.Sprintf("关于调整%s编制总额的通知", l.name.full), "")
	if err != nil {
		return err
	}
	for _, key := range []codes.LineKey{"administrative/full", "institution/full"} {
		if l.pool[key] < 25 {
			if err := f.setPool(l, key, 25+f.rng.IntN(15), doc, pick(f.rng, reasonsPool)); err != nil {
				return err
			}
		}
	}
	return nil
}

// reserve approves two posts at the water bureau and the college's recruitment.
func (f *filler) reserve() error {
	var err error
	if f.waterUse, err = f.approvePosts(f.named[unitWater].lines[0], 2, codes.Exam, pick(f.rng, plansExam), f.c.Until+75); err != nil {
		return err
	}
	f.collegeUse, err = f.approvePosts(f.named[unitCollege].lines[0], 24, codes.Recruitment, "教师招聘计划", f.c.Until+75)
	return err
}

// lies tells whether a change is left lying on somebody's desk: so that some of
// what is under way on the last day is overdue, or due that day.
func (f *filler) lies(c *change) bool {
	age := f.lastDay() - c.collectedOn
	return age >= 8 && age <= 13 && !c.steady && f.dayIndex() > c.collectedOn && f.rng.chance(0.12)
}

// step is a gate passed, or the change returned, by the holder of a seat.
type step struct {
	day  int
	at   moment
	seat func() *seat // nil: anybody of that gate
	back *fault
}

// scene collects a change on a day and takes it so far.
func (f *filler) scene(day int, at moment, make func() *change, steps ...step) {
	f.on(day, at, func() error {
		c := make()
		c.scripted, c.steady = true, true
		if c.by = c.unit.desk.collectors[0].now; !c.mayAct(c.by) {
			c.by = c.unit.desk.collectors[1].now
		}
		for _, s := range steps {
			f.on(s.day, s.at, func() error { return f.takeStep(c, s) })
		}
		return f.collect(c)
	})
}

func (f *filler) takeStep(c *change, s step) error {
	by := f.another(f.gateSeats(c.unit, c.route[c.passed]), c)
	if s.seat != nil && c.mayAct(s.seat().now) {
		by = s.seat().now
	}
	if s.back != nil {
		c.fault = s.back
		return f.giveBack(c, by)
	}
	return f.pass(c, by)
}

// exits are the exits under way on the last day.
func (f *filler) exits(e int) {
	city := f.levels[0]
	org := func() *seat { return city.organization[0] }
	hr := func() *seat { return city.hr[0] }
	office := func() *seat { return city.office[1] }
	exit := func(name string, reason codes.ExitReason, effective func() domain.Day, note string) func() *change {
		return func() *change {
			p := f.people[name]
			day := p.retire
			if effective != nil {
				day = effective()
			}
			return f.newExit(p, reason, day, note)
		}
	}
	on := func(day int) func() domain.Day { return func() domain.Day { return f.work.days[day] } }

	// Due on the next working day: today, to whoever looks on the morrow.
	f.scene(e-9, 2*hour, exit("李芸", codes.Retirement, nil, ""),
		step{day: e - 7, at: 5 * hour, seat: org}, step{day: e - 4, at: hour, seat: hr})
	f.scene(e-12, hour, exit("罗素英", codes.Retirement, nil, ""),
		step{day: e - 9, at: 3 * hour}, step{day: e - 6, at: 6 * hour})
	f.scene(e-9, 3*hour, exit("冯雨", codes.Resignation, on(e-1), "个人原因，已完成工作交接。"),
		step{day: e - 8, at: 4 * hour, seat: org}, step{day: e - 7, at: 2 * hour, seat: hr}, step{day: e - 3, at: 5 * hour, seat: office})
	f.scene(e-1, 4*hour, exit("何川", codes.TransferOut, on(e+4), "调往外地单位。"))
	f.scene(e-2, 5*hour, exit("周宁", codes.TransferOut, on(e+6), "拟调往省级机关。"))
}

// entries are the entries under way on the last day.
func (f *filler) entries(e int) {
	org := func() *seat { return f.levels[0].organization[0] }
	hr := func() *seat { return f.levels[0].hr[0] }
	entry := func(unit string, line int, class codes.PersonClass, name string, male bool, age int, manner codes.Manner, use func() *approval) func() *change {
		return func() *change {
			l := f.named[unit].lines[line]
			p := f.newPerson(hire{unit: l.unit.unitPlan, line: l.key, class: class, today: f.today(), name: name, male: male,
				born: f.c.Until.AddMonths(-12*age - 5)})
			var a *approval
			if use != nil {
				a = use()
			}
			c := f.newEntry(l, p, manner, a, f.work.days[e+2])
			if name == "赵启明" {
				c.form.Particulars.Education, c.form.Particulars.Degree, c.form.Particulars.School = "14", "308", "江岸理工大学"
			}
			return c
		}
	}
	f.scene(e-7, hour, entry(unitWater, 0, codes.ClassCivilServant, "赵启明", true, 27, codes.Exam, func() *approval { return f.waterUse }),
		step{day: e - 6, at: 2 * hour, seat: org, back: &fault{"education", []string{"学历证明与名册不一致。"}}})
	f.scene(e-2, 2*hour, entry(unitWater, 2, codes.ClassWorker, "陶立新", true, 33, codes.OtherManner, nil))
	f.scene(e-3, 3*hour, entry(unitHydro, 0, codes.ClassManagement, "章未", false, 36, codes.Assignment, nil))
	f.scene(e-10, 2*hour, entry(unitHarbour, 0, codes.ClassProfessional, "秦朗", true, 38, codes.Resettlement, nil),
		step{day: e - 8, at: hour, seat: org}, step{day: e - 5, at: 4 * hour, seat: hr})
	f.scene(e-6, 5*hour, entry(unitHeritage, 0, codes.ClassProfessional, "马骏", true, 34, codes.Assignment, nil),
		step{day: e - 4, at: 2 * hour, seat: org})
	f.scene(e-9, hour, entry(unitAudit, 0, codes.ClassProfessional, "柳依", false, 31, codes.Assignment, nil),
		step{day: e - 7, at: 2 * hour}, step{day: e - 5, at: 3 * hour},
		step{day: e - 2, at: hour, back: &fault{"document", []string{"依据文号与所附文件不符。"}}})
}

// batches are two groups of new lecturers: one waits for the human resources
// bureau, one for recording.
func (f *filler) batches(e int) {
	group := func(day, rows, gates int, effective int) {
		b := &batch{scripted: true}
		f.on(day, hour+30*minute, func() error {
			l := f.named[unitCollege].lines[0]
			b.unit, b.by = l.unit, l.unit.desk.collectors[0].now
			for range rows {
				p := f.newPerson(hire{unit: l.unit.unitPlan, line: l.key, class: codes.ClassProfessional, low: 25, high: 34, today: f.today(), menShare: -1})
				c := f.newEntry(l, p, codes.Recruitment, f.collegeUse, f.work.days[effective])
				c.steady = true
				b.rows = append(b.rows, c)
			}
			return f.collectBatch(b)
		})
		for i := range gates {
			f.on(day+1+2*i, 3*hour, func() error { return f.passBatch(b) })
		}
	}
	group(e-3, 12, 1, e+3)
	group(e-9, 8, len([]account.Gate{account.GateOrganization, account.GateHR, account.GateOffice}), e)
}
