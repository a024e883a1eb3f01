package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/usecase"
)

// planRules puts the versions of policies and calendars on the agenda, and the
// changes among those who work at the system.
func (f *filler) planRules() {
	first := f.work.day(0)
	for y := first.Year(); y <= f.c.Until.Year()+1; y++ {
		at := f.work.on(domain.DayOf(y-1, time.November, 24)) + 2*hour
		switch _, _, shipped := codes.ChineseCalendar().Year(y); {
		case shipped && (at < 0 || domain.DayOf(y-1, time.November, 24) < first):
			continue // known from the first day
		case domain.DayOf(y-1, time.November, 24) < first:
			at = hour
		case at > f.end && !shipped: // whoever goes on from the last day needs it
			at = f.end - 20*workday
		}
		f.later(at, func() error { return f.setCalendar(y) })
	}
	for _, p := range policyVersions() {
		day := first.AddMonths(int(float64(p.month) * f.plan.years / 6))
		f.later(f.work.on(day)+moment(f.rng.IntN(int(workday))), func() error { return f.setPolicy(p) })
	}
	for _, l := range f.levels {
		f.monthly(firstOfNextMonth(first.AddMonths(5)), func(domain.Day) error { return f.levelMonth(l) })
	}
}

// setCalendar sets the working days of a year when its notice is out.
func (f *filler) setCalendar(year int) error {
	holidays, workdays, _ := f.calendar.Year(year)
	title := fmt.Sprintf("关于%d年部分节假日安排的通知", year)
	var doc domain.DocumentID
	var err error
	if notice := codes.CalendarNotice(year); notice != "" {
		number, _, _ := strings.Cut(notice, "，")
		result, _, failed := f.must(f.levels[0].office[0].now, frame{}, usecase.RegisterDocument{Number: number, Issuer: "国务院办公厅", Title: title, Date: f.today()})
		doc, err = domain.DocumentID(result.ID), failed
	} else {
		doc, err = f.officePaper(f.levels[0], title+"（演示）", "")
	}
	if err != nil {
		return err
	}
	_, _, err = f.must(f.admins[0].now, frame{}, usecase.SetCalendar{Year: year, Holidays: holidays, Workdays: workdays, Document: doc})
	return err
}

// plainYear is an invented calendar for years whose notice this program does
// not hold: the statutory holidays on weekdays, without make-up working days.
func plainYear(year int) (holidays, workdays []domain.Day) {
	for _, x := range []struct {
		month     time.Month
		day, days int
	}{{time.January, 1, 1}, {time.February, 7, 7}, {time.April, 4, 2}, {time.May, 1, 3}, {time.June, 12, 1}, {time.September, 22, 1}, {time.October, 1, 7}} {
		for i := range x.days {
			d := domain.DayOf(year, x.month, x.day) + domain.Day(i)
			if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
				holidays = append(holidays, d)
			}
		}
	}
	return holidays, nil
}

// policyVersion is a policy that is set in the course of the history.
type policyVersion struct {
	month int // since the beginning
	ahead int // days until it holds
	name  string
	value any
	title string
}

// policyVersions end as the shipped defaults have it, but for routes and the
// validity of approvals.
func policyVersions() []policyVersion {
	d := policy.Defaults()
	gates := func(kind string, class codes.PersonClass, gates ...string) policy.RouteRule {
		return policy.RouteRule{Kind: kind, Class: class, Gates: gates}
	}
	routes := append(slices.Clone(d.Routes),
		gates("entry", codes.ClassManagement, "supervisor", "organization", "hr", "office"),
		gates("entry", codes.ClassWorker, "unit-head", "hr", "office"))
	longer := policy.Defaults().Checklists
	longer["office"] = append(longer["office"], policy.ChecklistItem{Key: "plan", ZH: "已列入年度用编计划", EN: "In the year's plan"})
	return []policyVersion{
		{1, 0, policy.Deadlines, policy.DeadlinePolicy{Handling: 15, Exit: 15}, "关于建账期间办理时限的通知"},
		{9, 0, policy.Approvals, policy.ApprovalPolicy{Manners: d.Approvals.Manners, ValidityDays: 180}, "关于延长用编核准有效期的通知"},
		{11, 20, policy.Deadlines, policy.DeadlinePolicy{Handling: 10, Exit: 15}, "关于缩短变动办理时限的通知"},
		{20, 10, policy.Routes, routes, "关于调整管理人员、工勤人员入编审核程序的通知"},
		{30, 12, policy.Checklists, longer, "关于增加编办审核要点的通知"},
		{33, 0, policy.Authority, policy.AuthorityPolicy{LeaderPostsMax: 30}, "关于扩大编办调剂编制权限的通知"},
		{40, 0, policy.Bounds, policy.BoundPolicy{BackdatingMonths: 36}, "关于补录历史变动期限的通知"},
		{44, 15, policy.Checklists, d.Checklists, "关于精简编办审核要点的通知"},
		{57, 0, policy.Authority, policy.AuthorityPolicy{LeaderPostsMax: 20}, "关于规范编办调剂编制权限的通知"},
		{64, 30, policy.Bounds, policy.BoundPolicy{BackdatingMonths: 24}, "关于恢复变动补录期限的通知"},
	}
}

func (f *filler) setPolicy(p policyVersion) error {
	value, err := json.Marshal(p.value)
	if err != nil {
		return err
	}
	l := f.levels[0]
	doc, err := f.register(pick(f.rng, l.office).now, "编办", f.issuer(l)+"办公室", p.title, "", true)
	if err != nil {
		return err
	}
	_, _, err = f.must(f.admins[f.rng.IntN(2)].now, frame{}, usecase.SetPolicy{Name: p.name, From: f.today() + domain.Day(p.ahead), Value: value, Document: doc})
	return err
}

// levelMonth is a level's month beside its units: somebody changes jobs at the
// system, two people meet at a last post, a wrong command is refused.
func (f *filler) levelMonth(l *level) error {
	if f.rng.chance(0.075) {
		seats := pick(f.rng, [][]*seat{l.organization, l.hr, l.office, l.approvers, l.recorders})
		if s := pick(f.rng, seats); s.signIn == "" {
			if err := f.succeed(s); err != nil {
				return err
			}
		}
	}
	if f.rng.chance(0.03) || f.once("race", 1) {
		return f.race(l)
	}
	return nil
}
