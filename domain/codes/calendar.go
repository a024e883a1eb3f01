package codes

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"staffledger/domain"
)

// Calendar knows the working days of some years: weekdays but public holidays,
// and the make-up working days on weekends. It is a value; With returns another.
// The nil calendar knows no year.
type Calendar struct{ years map[int]*year }

type year struct {
	holidays, workdays []domain.Day // in order
	first              domain.Day   // January 1
	working            []bool       // by day of the year
	before             []int16      // working days of the year before that day
}

// MissingYear is a year without calendar: refused by name, never guessed (§4).
type MissingYear struct{ Year int }

func (e *MissingYear) Error() string { return fmt.Sprintf("no working-day calendar for %d", e.Year) }

// With returns a calendar that also knows a year.
func (c *Calendar) With(y int, holidays, workdays []domain.Day) *Calendar {
	next := &Calendar{years: map[int]*year{}}
	if c != nil {
		maps.Copy(next.years, c.years)
	}
	next.years[y] = newYear(y, holidays, workdays)
	return next
}

func newYear(n int, holidays, workdays []domain.Day) *year {
	y := &year{
		holidays: slices.Sorted(slices.Values(holidays)), workdays: slices.Sorted(slices.Values(workdays)),
		first: domain.DayOf(n, time.January, 1),
	}
	days := int(domain.DayOf(n+1, time.January, 1) - y.first)
	y.working, y.before = make([]bool, days), make([]int16, days)
	count := int16(0)
	for i := range days {
		d := y.first + domain.Day(i)
		_, off := slices.BinarySearch(y.holidays, d)
		_, on := slices.BinarySearch(y.workdays, d)
		y.working[i], y.before[i] = on || !off && !weekend(d), count
		if y.working[i] {
			count++
		}
	}
	return y
}

func weekend(d domain.Day) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

// Years lists the years that the calendar knows, in order.
func (c *Calendar) Years() []int {
	if c == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(c.years))
}

// Year returns the holidays on weekdays and the working days on weekends of a
// year; false where the calendar does not know it.
func (c *Calendar) Year(n int) (holidays, workdays []domain.Day, ok bool) {
	if c == nil || c.years[n] == nil {
		return nil, nil, false
	}
	return slices.Clone(c.years[n].holidays), slices.Clone(c.years[n].workdays), true
}

func (c *Calendar) at(d domain.Day) (*year, error) {
	n := d.Year()
	if c == nil || c.years[n] == nil {
		return nil, &MissingYear{n}
	}
	return c.years[n], nil
}

// IsWorkingDay tells whether d is a working day; *MissingYear if unknown.
func (c *Calendar) IsWorkingDay(d domain.Day) (bool, error) {
	y, err := c.at(d)
	if err != nil {
		return false, err
	}
	return y.working[d-y.first], nil
}

// WorkingDaysAfter returns the n-th working day after from; from itself for n
// of 0 or less.
func (c *Calendar) WorkingDaysAfter(from domain.Day, n int) (domain.Day, error) {
	d := from
	for n > 0 {
		d++
		y, err := c.at(d)
		if err != nil {
			return domain.NoDay, err
		}
		for ; n > 0 && int(d-y.first) < len(y.working); d++ {
			if y.working[d-y.first] {
				n--
			}
		}
		d--
	}
	return d, nil
}

// WorkingDaysBetween counts the working days after from up to and including
// to, so that WorkingDaysBetween(d, WorkingDaysAfter(d, n)) is n. It is
// negative where to lies before from.
func (c *Calendar) WorkingDaysBetween(from, to domain.Day) (int, error) {
	if to < from {
		n, err := c.WorkingDaysBetween(to, from)
		return -n, err
	}
	if to == from {
		return 0, nil
	}
	count := 0
	for n := (from + 1).Year(); n <= to.Year(); n++ {
		if c == nil || c.years[n] == nil {
			return 0, &MissingYear{n}
		}
		y := c.years[n]
		count += y.upTo(min(to, y.first+domain.Day(len(y.working))-1)) - y.upTo(max(from, y.first-1))
	}
	return count, nil
}

// upTo counts the working days of the year up to and including d; d may be the
// day before its first.
func (y *year) upTo(d domain.Day) int {
	i := int(d - y.first)
	if i < 0 {
		return 0
	}
	n := int(y.before[i])
	if y.working[i] {
		n++
	}
	return n
}

// Bounds of a plausible year: 250 or 251 working days under the eleven
// statutory holidays up to 2024, 248 under the thirteen since 2025, with room
// for what a year may bring.
const (
	workingDaysMin = 238
	workingDaysMax = 256
	calendarFirst  = 2000
	calendarLast   = 2199
)

// CheckCalendar tells why a year's calendar is not complete and plausible:
// holidays stand on weekdays of that year, make-up working days on its
// weekends, each once, and the year has a believable count of working days.
func CheckCalendar(n int, holidays, workdays []domain.Day) (field string, f *Fault) {
	if n < calendarFirst || n > calendarLast {
		return "year", fault(RuleCalendarYear, "year", n, "earliest", calendarFirst, "latest", calendarLast)
	}
	seen := map[domain.Day]bool{}
	for _, part := range []struct {
		field, rule string
		days        []domain.Day
		weekend     bool
	}{{"holidays", RuleCalendarHoliday, holidays, false}, {"workdays", RuleCalendarWorkday, workdays, true}} {
		for _, d := range part.days {
			switch {
			case d.Year() != n:
				return part.field, fault(RuleCalendarYear, "year", n, "day", dayText(d))
			case weekend(d) != part.weekend:
				return part.field, fault(part.rule, "day", dayText(d))
			case seen[d]:
				return part.field, fault(RuleCalendarRepeated, "day", dayText(d))
			}
			seen[d] = true
		}
	}
	y := newYear(n, holidays, workdays)
	if count := y.upTo(y.first + domain.Day(len(y.working)) - 1); count < workingDaysMin || count > workingDaysMax {
		return "holidays", fault(RuleCalendarCount, "workingdays", count, "min", workingDaysMin, "max", workingDaysMax)
	}
	return "", nil
}
