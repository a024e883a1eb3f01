package domain

import (
	"testing"
	"time"
)

// The hand-written forms must be those of package time.
func slowInstant(s string) (Instant, bool) {
	t, err := time.ParseInLocation(instantLayout, s, Shanghai)
	if err != nil || t.Format(instantLayout) != s {
		return 0, false
	}
	return Instant(t.UnixMilli()), true
}

func slowDay(s string) (Day, bool) {
	t, err := time.Parse(dayLayout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 || t.Unix() == 0 {
		return NoDay, false
	}
	return Day(t.Unix() / 86400), true
}

func TestDayText(t *testing.T) {
	t.Parallel()
	for d := firstDay - 400; d <= lastDay+400; d++ {
		want := time.Unix(int64(d)*86400, 0).UTC().Format(dayLayout)
		if d == NoDay {
			want = ""
		}
		if got := d.String(); got != want {
			t.Fatalf("day %d is %q, want %q", d, got, want)
		}
		if d >= firstDay && d <= lastDay && d != NoDay {
			if got, ok := parseDate(want); !ok || got != d {
				t.Fatalf("%s is day %d %v, want %d", want, got, ok, d)
			}
		}
	}
	if FirstDay != DayOf(1900, 1, 1) || LastDay != DayOf(2199, 12, 31) || firstDay != DayOf(0, 1, 1) || lastDay != DayOf(9999, 12, 31) {
		t.Fatal("bounds are not those of the calendar")
	}
}

func TestInstantText(t *testing.T) {
	t.Parallel()
	check := func(i Instant) {
		want := i.Time().Format(instantLayout)
		if got := i.String(); got != want {
			t.Fatalf("instant %d is %q, want %q", i, got, want)
		}
		if i >= firstInstant && i <= lastInstant {
			if got, err := ParseInstant(want); err != nil || got != i {
				t.Fatalf("%s is %d %v, want %d", want, got, err, i)
			}
		}
	}
	for _, edge := range []Instant{firstInstant, 0, -8 * 3600 * 1000, lastInstant} {
		for i := edge - 2000; i < edge+2000; i++ {
			check(i)
		}
	}
	for i := firstInstant; i < lastInstant; i += 86_399_999 * 7 {
		check(i)
	}
}

func FuzzTimeText(f *testing.F) {
	for _, s := range []string{"2026-03-16T09:30:00.123+08:00", "2026-02-29T24:00:60.999+08:00", "2000-02-29", "1900-02-29", "1970-01-01", "2199-12-31", "2200-01-01", "0000-01-01T00:00:00.000+08:00", "2026-03-16T09:30:00,123+08:00", "+026-03-16"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseInstant(s)
		if want, ok := slowInstant(s); ok != (err == nil) || got != want {
			t.Errorf("instant %q: %d %v, want %d %v", s, got, err, want, ok)
		}
		day, err := ParseDay(s)
		if want, ok := slowDay(s); ok != (err == nil) || day != want {
			t.Errorf("day %q: %d %v, want %d %v", s, day, err, want, ok)
		}
	})
}
