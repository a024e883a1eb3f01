package model

import (
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// balance is [A O R H F] of a line on a day, as known up to a position: what was
// granted, reserved and held back up to that day, and the people in post on it.
func (m *Model) balance(l lineOf, day domain.Day, upTo domain.Position) [5]int {
	var b [5]int
	for _, f := range m.lines[l] {
		if f.day <= day && (f.known <= upTo || upTo == unknown) {
			b[0], b[2], b[3] = b[0]+f.a, b[2]+f.r, b[3]+f.h
		}
	}
	for _, h := range m.posts[l] {
		if h.on(day, upTo) {
			b[1]++
		}
	}
	b[4] = b[0] - b[1] - b[2] - b[3]
	return b
}

// on tells whether the person was in post on a day, as known up to a position.
func (h *holding) on(day domain.Day, upTo domain.Position) bool {
	left := h.to != domain.NoDay && (h.toKnown <= upTo || upTo == unknown)
	return (h.known <= upTo || upTo == unknown) && h.from <= day && !(left && h.to <= day)
}

// badDay looks at every day from the earliest of what would be added up to
// today, and finds one on which F would be below zero: today first, then the
// earliest.
func (m *Model) badDay(l lineOf, added ...fact) (day domain.Day, before [5]int, bad bool) {
	from := added[0].day
	for _, f := range added {
		from = min(from, f.day)
	}
	short := func(d domain.Day) ([5]int, bool) {
		b, free := m.balance(l, d, unknown), 0
		for _, f := range added {
			if f.day <= d {
				free += f.a - f.o - f.r - f.h
			}
		}
		return b, b[4]+free < 0
	}
	today := m.today()
	if from > today {
		return 0, before, false
	}
	if b, is := short(today); is {
		return today, b, true
	}
	for d := from; d < today; d++ {
		if b, is := short(d); is {
			return d, b, true
		}
	}
	return 0, before, false
}

// headroom is what stands against what would be added to a line (§3, §4).
func (m *Model) headroom(field string, l lineOf, added ...fact) []finding {
	day, b, bad := m.badDay(l, added...)
	switch {
	case !bad:
		return nil
	case day != m.today():
		return quota(domain.NoFreePostOnDate, field, day, b)
	case b[4] < 0:
		return quota(domain.OverQuota, field, day, b)
	}
	return quota(domain.NoFreePost, field, day, b)
}

// isWorkingDay: false where the calendar of its year is missing.
func (m *Model) isWorkingDay(d domain.Day) (working, known bool) {
	c, known := m.calendars[d.Year()]
	if !known {
		return false, false
	}
	if c.workdays[d] || c.holidays[d] {
		return c.workdays[d], true
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday, true
}

// workingDay is the n-th working day after a day.
func (m *Model) workingDay(after domain.Day, n int) (domain.Day, bool) {
	for n > 0 {
		after++
		working, known := m.isWorkingDay(after)
		if !known {
			return 0, false
		}
		if working {
			n--
		}
	}
	return after, true
}

// workingDaysSince counts the working days after a day up to today.
func (m *Model) workingDaysSince(d domain.Day) (n int, known bool) {
	for d++; d <= m.today(); d++ {
		working, known := m.isWorkingDay(d)
		if !known {
			return 0, false
		}
		if working {
			n++
		}
	}
	return n, true
}

func setOf(days []domain.Day) map[domain.Day]bool {
	set := map[domain.Day]bool{}
	for _, d := range days {
		set[d] = true
	}
	return set
}

func chineseCalendars() map[int]calendar {
	all := map[int]calendar{}
	shipped := codes.ChineseCalendar()
	for _, y := range shipped.Years() {
		holidays, workdays, _ := shipped.Year(y)
		all[y] = calendar{setOf(holidays), setOf(workdays)}
	}
	return all
}

// monthsBack is the same day n months ago, or the month's last.
func monthsBack(d domain.Day, n int) domain.Day {
	y, month, day := d.Date()
	index := y*12 + int(month) - 1 - n
	y, month = index/12, time.Month(index%12+1)
	for ; day > 28; day-- {
		back := domain.DayOf(y, month, day)
		if _, m, _ := back.Date(); m == month {
			return back
		}
	}
	return domain.DayOf(y, month, day)
}
