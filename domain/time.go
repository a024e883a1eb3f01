package domain

import (
	"fmt"
	"time"
)

// Shanghai is the zone of all days and printed times: UTC+8, without summer
// time since 1991. It is fixed, so that no host's zone file can move a day.
var Shanghai = time.FixedZone("+08:00", 8*60*60)

// Instant is a point in time in milliseconds since the Unix epoch.
type Instant int64

// InstantOf cuts t to whole milliseconds.
func InstantOf(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time returns the instant in Asia/Shanghai.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).In(Shanghai) }

// Day returns the day on which the instant falls in Asia/Shanghai.
func (i Instant) Day() Day {
	const dayMillis = 24 * 60 * 60 * 1000
	shifted := int64(i) + 8*60*60*1000
	day := shifted / dayMillis
	if shifted%dayMillis < 0 {
		day--
	}
	return Day(day)
}

const instantLayout = "2006-01-02T15:04:05.000+08:00"

// String returns RFC 3339 with milliseconds and +08:00, the only spelling
// that ParseInstant accepts.
func (i Instant) String() string { return i.Time().Format(instantLayout) }

// ParseInstant reads what Instant.String writes, and nothing else.
func ParseInstant(s string) (Instant, error) {
	t, err := time.ParseInLocation(instantLayout, s, Shanghai)
	if err != nil || Instant(t.UnixMilli()).String() != s {
		return 0, fmt.Errorf("time %q: want YYYY-MM-DDThh:mm:ss.mmm+08:00", s)
	}
	return Instant(t.UnixMilli()), nil
}

func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

func (i *Instant) UnmarshalText(b []byte) (err error) {
	*i, err = ParseInstant(string(b))
	return err
}

// Day is a civil day, counted from 1970-01-01 = 0. NoDay, the zero value,
// stands for "no day": nothing in a staffing ledger happened on that date.
type Day int32

// NoDay is the absent day.
const NoDay Day = 0

// DayOf returns the civil day of year, month and day.
func DayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Date returns year, month and day of month.
func (d Day) Date() (int, time.Month, int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// Year returns the calendar year of the day.
func (d Day) Year() int { y, _, _ := d.Date(); return y }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return time.Unix(int64(d)*86400, 0).UTC().Weekday() }

// AddMonths moves by whole months; a day that the month lacks becomes its last.
func (d Day) AddMonths(n int) Day {
	y, m, day := d.Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return DayOf(first.Year(), first.Month(), min(day, last))
}

// Start returns the first instant of the day in Asia/Shanghai.
func (d Day) Start() Instant { return Instant((int64(d)*86400 - 8*3600) * 1000) }

const dayLayout = "2006-01-02"

// String returns YYYY-MM-DD, or "" for NoDay.
func (d Day) String() string {
	if d == NoDay {
		return ""
	}
	return time.Unix(int64(d)*86400, 0).UTC().Format(dayLayout)
}

// ParseDay reads YYYY-MM-DD between 1900 and 2199, and nothing else.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(dayLayout, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2199 || t.Unix() == 0 {
		return NoDay, fmt.Errorf("day %q: want YYYY-MM-DD between 1900 and 2199", s)
	}
	return Day(t.Unix() / 86400), nil
}

func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Day) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = NoDay
		return nil
	}
	*d, err = ParseDay(string(b))
	return err
}
