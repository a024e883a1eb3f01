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
func (i Instant) String() string {
	var b [len(instantLayout)]byte
	return string(i.appendText(b[:0]))
}

// AppendText appends what String returns.
func (i Instant) AppendText(b []byte) ([]byte, error) { return i.appendText(b), nil }

const dayMillis = 24 * 60 * 60 * 1000

func (i Instant) appendText(b []byte) []byte {
	if i < firstInstant || i > lastInstant {
		return i.Time().AppendFormat(b, instantLayout)
	}
	day := i.Day()
	ms := int(int64(i) + 8*60*60*1000 - int64(day)*dayMillis)
	b = append(appendDate(b, day), 'T')
	b = append(append2(b, ms/3_600_000), ':')
	b = append(append2(b, ms/60_000%60), ':')
	b = append(append2(b, ms/1000%60), '.')
	ms %= 1000
	return append(append(append2(b, ms/10), byte('0'+ms%10)), "+08:00"...)
}

// ParseInstant reads what Instant.String writes for the years 0000 to 9999,
// and nothing else.
func ParseInstant(s string) (Instant, error) {
	if len(s) == len(instantLayout) && s[10] == 'T' && s[13] == ':' && s[16] == ':' && s[19] == '.' && s[23:] == "+08:00" {
		day, ok := parseDate(s[:10])
		h, ok1 := parse2(s[11:])
		m, ok2 := parse2(s[14:])
		sec, ok3 := parse2(s[17:])
		cs, ok4 := parse2(s[20:])
		last := s[22] - '0'
		if ok && ok1 && ok2 && ok3 && ok4 && last <= 9 && h < 24 && m < 60 && sec < 60 {
			ms := int64(((h*60+m)*60+sec)*1000 + cs*10 + int(last))
			return Instant(int64(day)*dayMillis + ms - 8*60*60*1000), nil
		}
	}
	return 0, fmt.Errorf("time %q: want YYYY-MM-DDThh:mm:ss.mmm+08:00", s)
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
	var b [len(dayLayout)]byte
	return string(d.appendText(b[:0]))
}

// AppendText appends what String returns.
func (d Day) AppendText(b []byte) ([]byte, error) {
	if d == NoDay {
		return b, nil
	}
	return d.appendText(b), nil
}

func (d Day) appendText(b []byte) []byte {
	if d < firstDay || d > lastDay {
		return time.Unix(int64(d)*86400, 0).UTC().AppendFormat(b, dayLayout)
	}
	return appendDate(b, d)
}

// ParseDay reads YYYY-MM-DD between 1900 and 2199, and nothing else. 1970-01-01
// is NoDay and is refused.
func ParseDay(s string) (Day, error) {
	if d, ok := parseDate(s); ok && d != NoDay && d >= FirstDay && d <= LastDay {
		return d, nil
	}
	return NoDay, fmt.Errorf("day %q: want YYYY-MM-DD between 1900 and 2199", s)
}

// FirstDay and LastDay are the bounds of ParseDay: 1900-01-01 and 2199-12-31.
const (
	FirstDay Day = -25_567
	LastDay  Day = 84_005
)

// The days and instants of the years 0000 to 9999, whose text has four digits
// for the year; package time writes the others.
const (
	firstDay     Day     = -719_528
	lastDay      Day     = 2_932_896
	firstInstant Instant = Instant(firstDay)*dayMillis - 8*60*60*1000
	lastInstant  Instant = (Instant(lastDay)+1)*dayMillis - 8*60*60*1000 - 1
)

func append2(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

// appendDate appends YYYY-MM-DD. Years are counted from March, so that the
// leap day is the last of its year, in eras of 400 years = 146,097 days.
func appendDate(b []byte, d Day) []byte {
	n := int(d) + 719_468 // days since 0000-03-01
	if n < 0 {            // 0000-01-01 to 0000-02-29
		n += 146_097
	}
	era := n / 146_097
	n -= era * 146_097
	year := (n - n/1460 + n/36_524 - n/146_096) / 365
	n -= 365*year + year/4 - year/100
	month := (5*n + 2) / 153 // 0 is March
	day := n - (153*month+2)/5 + 1
	year += era * 400
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	if d < -719_468 {
		year -= 400
	}
	b = append(append2(append2(b, year/100), year%100), '-')
	return append2(append(append2(b, month), '-'), day)
}

func parse2(s string) (int, bool) {
	a, b := s[0]-'0', s[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// parseDate reads YYYY-MM-DD; the day must be in the calendar.
func parseDate(s string) (Day, bool) {
	if len(s) != len(dayLayout) || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	century, ok1 := parse2(s)
	year, ok2 := parse2(s[2:])
	month, ok3 := parse2(s[5:])
	day, ok4 := parse2(s[8:])
	year += century * 100
	if !ok1 || !ok2 || !ok3 || !ok4 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	y, m := year, month-3
	if m < 0 {
		m += 12
		y--
	}
	y += 400 // so that divisions round down
	return Day(365*y + y/4 - y/100 + y/400 + (153*m+2)/5 + day - 1 - 719_468 - 146_097), true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
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
