package text

import (
	"fmt"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

var weekdays = [7]both{{"星期日", "Sunday"}, {"星期一", "Monday"}, {"星期二", "Tuesday"}, {"星期三", "Wednesday"},
	{"星期四", "Thursday"}, {"星期五", "Friday"}, {"星期六", "Saturday"}}

// Date writes 2026年11月23日 or 23 Nov 2026; NoDay is "".
func Date(lang Lang, d domain.Day) string {
	if d == domain.NoDay {
		return ""
	}
	y, m, day := d.Date()
	if lang == EN {
		return fmt.Sprintf("%d %s %d", day, m.String()[:3], y)
	}
	return fmt.Sprintf("%d年%d月%d日", y, int(m), day)
}

// DateTime writes the date and hh:mm:ss.
func DateTime(lang Lang, i domain.Instant) string {
	return Date(lang, i.Day()) + " " + TimeOfDay(i)
}

// TimeOfDay writes hh:mm:ss.
func TimeOfDay(i domain.Instant) string { return i.Time().Format("15:04:05") }

// DateWeekday writes 2026年11月24日 星期二 or Tuesday, 24 Nov 2026: the head of
// a day in a timeline.
func DateWeekday(lang Lang, d domain.Day) string {
	if d == domain.NoDay {
		return ""
	}
	if lang == EN {
		return weekdays[d.Weekday()].en + ", " + Date(lang, d)
	}
	return Date(lang, d) + " " + weekdays[d.Weekday()].zh
}

// Weekday writes 星期二 or Tuesday.
func Weekday(lang Lang, d domain.Day) string { return weekdays[d.Weekday()].in(lang) }

// MonthDay writes 11-23, the same in both languages; it stands beside a year only.
func MonthDay(d domain.Day) string {
	if d == domain.NoDay {
		return ""
	}
	_, m, day := d.Date()
	return fmt.Sprintf("%02d-%02d", int(m), day)
}

// Month writes 2026年11月 or Nov 2026.
func Month(lang Lang, d domain.Day) string {
	y, m, _ := d.Date()
	if lang == EN {
		return fmt.Sprintf("%s %d", m.String()[:3], y)
	}
	return fmt.Sprintf("%d年%d月", y, int(m))
}

// PartialDate writes a date kept as text, YYYY-MM-DD, YYYY-MM or YYYY, as Date
// and Month do; anything else stays as it is.
func PartialDate(lang Lang, s string) string {
	if d, err := domain.ParseDay(s); err == nil {
		return Date(lang, d)
	}
	if d, err := domain.ParseDay(s + "-01"); err == nil {
		return Month(lang, d)
	}
	if d, err := domain.ParseDay(s + "-01-01"); err == nil && lang == ZH {
		return fmt.Sprintf("%d年", d.Year())
	}
	return s
}

// Number writes an integer with thousands separators and − for the sign.
func Number[N ~int | ~int32 | ~int64 | ~uint64](n N) string {
	digits := strconv.FormatUint(uint64(n), 10)
	sign := ""
	if n < 0 {
		digits, sign = strconv.FormatInt(-int64(n), 10), "−"
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Signed is Number with + before what is above zero.
func Signed(n int) string {
	if n > 0 {
		return "+" + Number(n)
	}
	return Number(n)
}

// Unit is a unit of figures.
type Unit string

const (
	Posts       Unit = "posts"
	People      Unit = "people"
	Entries     Unit = "entries" // of the ledger
	Items       Unit = "items"
	Rows        Unit = "rows"
	Days        Unit = "days"
	WorkingDays Unit = "workingdays"
	Months      Unit = "months"
	Seconds     Unit = "seconds"
)

var units = map[Unit]struct{ zh, one, many string }{
	Posts: {"名", "post", "posts"}, People: {"人", "person", "people"}, Entries: {"条", "entry", "entries"},
	Items: {"件", "item", "items"}, Rows: {"行", "row", "rows"}, Days: {"天", "day", "days"},
	WorkingDays: {"个工作日", "working day", "working days"}, Months: {"个月", "month", "months"},
	Seconds: {"秒", "second", "seconds"},
}

// Count writes 3名 or 3 posts, 1 post.
func Count[N ~int | ~int64 | ~uint64](lang Lang, unit Unit, n N) string {
	u := units[unit]
	switch {
	case lang != EN:
		return Number(n) + u.zh
	case n == 1:
		return "1 " + u.one
	}
	return Number(n) + " " + u.many
}

// Nth writes 第152,317条 or no. 152,317: the place of an event in the ledger.
func Nth(lang Lang, p domain.Position) string {
	if lang == EN {
		return "no. " + Number(p)
	}
	return "第" + Number(p) + "条"
}

// Sum writes F = A − H − O − R with its numbers: 50−2−46−2=0.
func Sum(b account.Balance) string {
	return fmt.Sprintf("%s−%s−%s−%s=%s", Number(b[0]), Number(b[3]), Number(b[1]), Number(b[2]), Number(b.Free()))
}

// Figures writes all numbers of a balance: 核定50，实有46，预留2，控编2，空余0.
func Figures(lang Lang, b account.Balance) string {
	names := [5]both{{"核定", "authorised "}, {"实有", "occupied "}, {"预留", "reserved "}, {"控编", "held back "}, {"空余", "free "}}
	var parts [5]string
	for i, n := range [5]int{b[0], b[1], b[2], b[3], b.Free()} {
		parts[i] = names[i].in(lang) + Number(n)
	}
	return strings.Join(parts[:], both{"，", ", "}.in(lang))
}

// Remaining says how many working days are left until a deadline: 剩3个工作日,
// 今日到期, 逾期2个工作日; n is negative when overdue. Its code is left, near (one
// day), today or overdue.
func Remaining(lang Lang, n int) Step {
	switch {
	case n < 0:
		return Step{"overdue", both{"逾期", ""}.in(lang) + Count(lang, WorkingDays, -n) + both{"", " overdue"}.in(lang), "!", "red"}
	case n == 0:
		return Step{"today", both{"今日到期", "due today"}.in(lang), "!", "amber"}
	case n == 1:
		return Step{"near", both{"剩", ""}.in(lang) + Count(lang, WorkingDays, n) + both{"", " left"}.in(lang), "!", "amber"}
	}
	return Step{"left", both{"剩", ""}.in(lang) + Count(lang, WorkingDays, n) + both{"", " left"}.in(lang), "", "slate"}
}

// Deadline is Remaining from today to the due day, counted by a calendar. It
// fails with *codes.MissingYear where the calendar lacks a year in between.
func Deadline(lang Lang, today, due domain.Day, calendar *codes.Calendar) (Step, error) {
	n := 0
	for day := min(today, due) + 1; day <= max(today, due); day++ {
		working, err := calendar.IsWorkingDay(day)
		if err != nil {
			return Step{}, err
		}
		if working {
			n++
		}
	}
	if due < today {
		// A deadline on a Friday is overdue from Saturday on, by no working day yet.
		return Remaining(lang, -max(n, 1)), nil
	}
	if n == 0 && due > today {
		n = 1
	}
	return Remaining(lang, n), nil
}
