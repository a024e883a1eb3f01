package codes

import (
	"strings"
	"time"

	"staffledger/domain"
)

// The working-day calendars of China by the State Council's yearly notices:
// public holidays that fall on weekdays, and working days on weekends. In each
// year the former exceed the latter by the number of statutory holidays: 11
// (Decree 513), 13 since 2025 (Decree 795), and 2 more in 2020, when the Spring
// Festival was prolonged.
var chineseYears = []struct {
	year               int
	notice             string
	holidays, workdays string // MM-DD
}{
	{2019, "国办发明电〔2018〕15号，国办发明电〔2019〕3号（劳动节）",
		"01-01 02-04 02-05 02-06 02-07 02-08 04-05 05-01 05-02 05-03 06-07 09-13 10-01 10-02 10-03 10-04 10-07",
		"02-02 02-03 04-28 05-05 09-29 10-12"},
	{2020, "国办发明电〔2019〕16号，国办发明电〔2020〕1号（延长春节假期）",
		"01-01 01-24 01-27 01-28 01-29 01-30 01-31 04-06 05-01 05-04 05-05 06-25 06-26 10-01 10-02 10-05 10-06 10-07 10-08",
		"01-19 04-26 05-09 06-28 09-27 10-10"},
	{2021, "国办发明电〔2020〕27号",
		"01-01 02-11 02-12 02-15 02-16 02-17 04-05 05-03 05-04 05-05 06-14 09-20 09-21 10-01 10-04 10-05 10-06 10-07",
		"02-07 02-20 04-25 05-08 09-18 09-26 10-09"},
	{2022, "国办发明电〔2021〕11号",
		"01-03 01-31 02-01 02-02 02-03 02-04 04-04 04-05 05-02 05-03 05-04 06-03 09-12 10-03 10-04 10-05 10-06 10-07",
		"01-29 01-30 04-02 04-24 05-07 10-08 10-09"},
	{2023, "国办发明电〔2022〕16号",
		"01-02 01-23 01-24 01-25 01-26 01-27 04-05 05-01 05-02 05-03 06-22 06-23 09-29 10-02 10-03 10-04 10-05 10-06",
		"01-28 01-29 04-23 05-06 06-25 10-07 10-08"},
	{2024, "国办发明电〔2023〕7号",
		"01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 10-01 10-02 10-03 10-04 10-07",
		"02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"},
	{2025, "国办发明电〔2024〕12号",
		"01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
		"01-26 02-08 04-27 09-28 10-11"},
	{2026, "国办发明电〔2025〕7号",
		"01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
		"01-04 02-14 02-28 05-09 09-20 10-10"},
}

var shipped = func() *Calendar {
	var c *Calendar
	for _, y := range chineseYears {
		c = c.With(y.year, monthDays(y.year, y.holidays), monthDays(y.year, y.workdays))
	}
	return c
}()

func monthDays(year int, list string) []domain.Day {
	var days []domain.Day
	for _, s := range strings.Fields(list) {
		t, err := time.Parse("01-02", s)
		if err != nil {
			panic("codes: calendar data: " + err.Error())
		}
		days = append(days, domain.DayOf(year, t.Month(), t.Day()))
	}
	return days
}

// ChineseCalendar is the shipped calendar: the years 2019 to 2026. Later years
// are set by calendar.set when the State Council's notice is out.
func ChineseCalendar() *Calendar { return shipped }

// CalendarNotice names the notice that a shipped year rests on, or "".
func CalendarNotice(year int) string {
	for _, y := range chineseYears {
		if y.year == year {
			return y.notice
		}
	}
	return ""
}
