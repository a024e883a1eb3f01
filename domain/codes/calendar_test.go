package codes_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// TestChineseCalendar cross-checks each year against the law: off days on
// weekdays less make-up days are the statutory holidays (11 by Decree 513, 13
// since 2025 by Decree 795), and the first days of Spring Festival, Labour Day
// and National Day are free.
func TestChineseCalendar(t *testing.T) {
	t.Parallel()
	working := map[int]int{2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
	festivals := map[int]string{2019: "02-05", 2020: "01-25", 2021: "02-12", 2022: "02-01", 2023: "01-22", 2024: "02-10", 2025: "01-29", 2026: "02-17"}
	c := codes.ChineseCalendar()
	for _, n := range c.Years() {
		holidays, workdays, ok := c.Year(n)
		if field, f := codes.CheckCalendar(n, holidays, workdays); !ok || f != nil {
			t.Errorf("%d: %s %v", n, field, f)
		}
		statutory := 11
		switch {
		case n >= 2025:
			statutory = 13
		case n == 2020:
			statutory += 2 // 01-31 and 02-01, added by the prolongation
		}
		if got := len(holidays) - len(workdays); got != statutory {
			t.Errorf("%d: %d holidays less %d working days is %d, want %d", n, len(holidays), len(workdays), got, statutory)
		}
		count := 0
		for d := domain.DayOf(n, 1, 1); d.Year() == n; d++ {
			if on, err := c.IsWorkingDay(d); err != nil {
				t.Fatal(err)
			} else if on {
				count++
			}
		}
		if count != working[n] {
			t.Errorf("%d has %d working days, want %d", n, count, working[n])
		}
		first, err := time.Parse("01-02", festivals[n])
		if err != nil {
			t.Fatal(err)
		}
		spring := domain.DayOf(n, first.Month(), first.Day())
		for _, d := range []domain.Day{spring, spring + 1, spring + 2, domain.DayOf(n, 1, 1), domain.DayOf(n, 5, 1),
			domain.DayOf(n, 10, 1), domain.DayOf(n, 10, 2), domain.DayOf(n, 10, 3)} {
			if on, _ := c.IsWorkingDay(d); on {
				t.Errorf("%s is a statutory holiday", d)
			}
		}
		if codes.CalendarNotice(n) == "" {
			t.Errorf("%d rests on no notice", n)
		}
	}
	if len(c.Years()) != len(working) {
		t.Errorf("years %v", c.Years())
	}
}

// TestWorkingDays holds counting against the plainest definition.
func TestWorkingDays(t *testing.T) {
	t.Parallel()
	c := codes.ChineseCalendar()
	rng := rand.New(rand.NewPCG(5, 6))
	first := domain.DayOf(2019, 1, 1)
	for range 2000 {
		from, n := first+domain.Day(rng.IntN(7*365)), rng.IntN(40)
		want := from
		for left := n; left > 0; {
			want++
			if on, err := c.IsWorkingDay(want); err != nil {
				t.Fatal(err)
			} else if on {
				left--
			}
		}
		got, err := c.WorkingDaysAfter(from, n)
		if err != nil || got != want {
			t.Fatalf("%d working days after %s: %s, %v; want %s", n, from, got, err, want)
		}
		if count, err := c.WorkingDaysBetween(from, got); err != nil || count != n {
			t.Fatalf("working days from %s to %s: %d, %v; want %d", from, got, count, err, n)
		}
		if count, err := c.WorkingDaysBetween(got, from); err != nil || count != -n {
			t.Fatalf("working days back: %d, %v", count, err)
		}
	}
	// stories S12: 15 working days from 2026-03-02 end on 03-23
	if d, _ := c.WorkingDaysAfter(domain.DayOf(2026, 3, 2), 15); d.String() != "2026-03-23" {
		t.Errorf("15 working days after 2026-03-02 end on %s", d)
	}
}

func TestMissingYear(t *testing.T) {
	t.Parallel()
	c := codes.ChineseCalendar()
	var missing *codes.MissingYear
	if _, err := c.WorkingDaysAfter(domain.DayOf(2026, 12, 30), 5); !errors.As(err, &missing) || missing.Year != 2027 {
		t.Errorf("into 2027: %v", err)
	}
	if _, err := c.IsWorkingDay(domain.DayOf(2018, 12, 31)); !errors.As(err, &missing) || missing.Year != 2018 {
		t.Errorf("2018: %v", err)
	}
	if _, err := c.WorkingDaysBetween(domain.DayOf(2026, 12, 1), domain.DayOf(2027, 1, 1)); !errors.As(err, &missing) {
		t.Errorf("between: %v", err)
	}
	if d, err := c.WorkingDaysAfter(domain.DayOf(2026, 12, 30), 1); err != nil || d.String() != "2026-12-31" {
		t.Errorf("the last working day of 2026: %s, %v", d, err)
	}
	var none *codes.Calendar
	if _, err := none.WorkingDaysAfter(domain.DayOf(2026, 1, 1), 1); !errors.As(err, &missing) {
		t.Errorf("no calendar: %v", err)
	}
}

func TestCheckCalendar(t *testing.T) {
	t.Parallel()
	holidays, workdays, _ := codes.ChineseCalendar().Year(2026)
	day := func(m time.Month, d int) []domain.Day { return []domain.Day{domain.DayOf(2026, m, d)} }
	for _, row := range []struct {
		year       int
		more, make []domain.Day
		field      string
		rule       string
	}{
		{2026, nil, nil, "", ""},
		{2027, nil, nil, "holidays", codes.RuleCalendarYear},
		{26, nil, nil, "year", codes.RuleCalendarYear},
		{2026, day(3, 7), nil, "holidays", codes.RuleCalendarHoliday},
		{2026, nil, day(3, 9), "workdays", codes.RuleCalendarWorkday},
		{2026, day(1, 1), nil, "holidays", codes.RuleCalendarRepeated},
		{2026, nil, day(2, 14), "workdays", codes.RuleCalendarRepeated},
	} {
		field, f := codes.CheckCalendar(row.year, append(row.more, holidays...), append(row.make, workdays...))
		if field != row.field || ruleOf(f) != row.rule {
			t.Errorf("%+v: %s %v", row, field, f)
		}
	}
	if _, f := codes.CheckCalendar(2026, nil, nil); ruleOf(f) != codes.RuleCalendarCount {
		t.Errorf("an empty year: %v", f)
	}
}
