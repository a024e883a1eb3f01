package codes

import (
	"fmt"
	"time"

	"staffledger/domain"
)

// Calendar knows the working days of some years: weekdays but public holidays,
// and the make-up working days on weekends. It is a value; With returns another.
type Calendar struct{ years map[int]year }

type year struct{ holidays, workdays map[domain.Day]bool }

// MissingYear is a year without calendar: refused by name, never guessed (§4).
type MissingYear struct{ Year int }

func (e *MissingYear) Error() string { return fmt.Sprintf("no working-day calendar for %d", e.Year) }

// With returns a calendar that also knows a year.
func (c *Calendar) With(y int, holidays, workdays []domain.Day) *Calendar {
	next := &Calendar{years: map[int]year{}}
	if c != nil {
		for k, v := range c.years {
			next.years[k] = v
		}
	}
	set := func(days []domain.Day) map[domain.Day]bool {
		m := make(map[domain.Day]bool, len(days))
		for _, d := range days {
			m[d] = true
		}
		return m
	}
	next.years[y] = year{set(holidays), set(workdays)}
	return next
}

// IsWorkingDay tells whether d is a working day; *MissingYear if unknown.
func (c *Calendar) IsWorkingDay(d domain.Day) (bool, error) {
	y, ok := c.years[d.Year()]
	if !ok {
		return false, &MissingYear{d.Year()}
	}
	if y.workdays[d] {
		return true, nil
	}
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday && !y.holidays[d], nil
}

// WorkingDaysAfter returns the n-th working day after from.
func (c *Calendar) WorkingDaysAfter(from domain.Day, n int) (domain.Day, error) {
	d := from
	for n > 0 {
		d++
		working, err := c.IsWorkingDay(d)
		if err != nil {
			return domain.NoDay, err
		}
		if working {
			n--
		}
	}
	return d, nil
}
