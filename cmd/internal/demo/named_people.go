package demo

import (
	"staffledger/domain"
)

// namedPerson is somebody whom the documents and pictures show, in post from
// the first day.
type namedPerson struct {
	unit, name       string
	line             int
	male             bool
	age              int // on the last day; 0: retires about then
	body, post, rank string
}

var namedPeople = []namedPerson{
	{unitWater, "王砚", 0, true, 52, "局领导", "局长", "正处"},
	{unitWater, "孙婕", 0, false, 47, "局领导", "副局长", "副处"},
	{unitWater, "李芸", 0, false, 0, "水资源处", "处长", "正科"},
	{unitWater, "何川", 0, true, 41, "工程建设处", "副处长", "副科"},
	{unitWater, "冯雨", 0, true, 38, "办公室", "一级主任科员", "正科"},
	{unitWater, "吴敏", 0, false, 36, "组织人事处", "三级主任科员", "副科"},
	{unitWater, "林默", 0, true, 44, "组织人事处", "处长", "正科"},
	{unitOffice, "陈立", 0, true, 43, "审核处", "处长", "正处"},
	{unitOffice, "王建国", 0, true, 49, "编制处", "处长", "正处"},
	{unitOffice, "郑录", 0, false, 35, "实名制处", "一级主任科员", "正科"},
	{unitTalent, "周宁", 0, false, 39, "干部处", "副处长", "副处"},
	{unitLabour, "沈慧", 0, false, 42, "事业单位人事处", "处长", "正处"},
	{unitForest, "罗素英", 0, false, 0, "综合科", "工程师", ""},
}

// namedPersonAt is the n-th person of a line of a named unit.
func namedPersonAt(unit string, line, n int) (namedPerson, bool) {
	for _, p := range namedPeople {
		if p.unit == unit && p.line == line && unit != "" {
			if n == 0 {
				return p, true
			}
			n--
		}
	}
	return namedPerson{}, false
}

// fit makes the person as old as the last day wants it.
func (p namedPerson) fit(f *filler, h *hire) {
	h.name, h.male = p.name, p.male
	if p.age > 0 {
		h.born = f.c.Until.AddMonths(-12*p.age-f.rng.IntN(11)) - domain.Day(f.rng.IntN(20))
		return
	}
	from, to := firstOfNextMonth(f.c.Until), firstOfNextMonth(f.c.Until.AddMonths(4)) // soon after the last day
	if p.unit == unitForest {
		from, to = f.c.Until-75, f.c.Until-15 // some weeks before it
	}
	for months := 64 * 12; months > 49*12; months-- { // the elder the sooner
		y, m, _ := f.c.Until.AddMonths(-months).Date()
		born := domain.DayOf(y, m, 6+f.rng.IntN(20))
		if day := retirement(born, p.male, h.class); born != domain.NoDay && day >= from && day <= to {
			h.born = born
			return
		}
	}
}

func firstOfNextMonth(d domain.Day) domain.Day {
	y, m, _ := d.AddMonths(1).Date()
	return domain.DayOf(y, m, 1)
}
