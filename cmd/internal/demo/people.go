package demo

import (
	"fmt"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// person is somebody invented.
type person struct {
	id     domain.PersonID // known once registered
	number string          // ID number
	male   bool
	born   domain.Day
	text   account.Particulars

	line   *line // of the post held; nil: none
	place  int   // in line.people
	class  codes.PersonClass
	since  domain.Day
	retire domain.Day // first day of retirement
	busy   bool       // a change is under way
	keep   bool       // stays whatever chance says
	seat   *seat      // bound to a user
}

// hire says what sort of person is wanted.
type hire struct {
	unit     *unitPlan
	line     codes.LineKey
	class    codes.PersonClass
	low      int // age
	high     int
	since    domain.Day // in post from this day, for opening rows; NoDay: new
	today    domain.Day
	menShare float64 // < 0: as the unit has it
	name     string  // of somebody named
	male     bool
	born     domain.Day
}

// newPerson makes somebody who fits.
func (f *filler) newPerson(h hire) *person {
	r := f.rng
	p := &person{class: h.class, male: h.male, born: h.born}
	if h.name == "" {
		share := h.menShare
		if share < 0 {
			share = menShare(h.unit, h.line)
		}
		p.male = r.chance(share)
	}
	if p.born == domain.NoDay {
		for {
			age := r.between(h.low, h.high)
			p.born = h.today - domain.Day(age*36525/100) - domain.Day(r.IntN(365))
			if p.born != domain.NoDay && retirement(p.born, p.male, p.class) > h.today+240 {
				break
			}
		}
	}
	p.retire = retirement(p.born, p.male, p.class)
	p.number = f.idNumber(p.born, p.male)
	p.text = f.particulars(p, h)
	return p
}

func menShare(u *unitPlan, key codes.LineKey) float64 {
	switch key.Kind() {
	case codes.Justice:
		return 0.83
	case codes.Enforcement:
		return 0.76
	case codes.Worker:
		return 0.9
	}
	if u.category != nil {
		return 1 - u.category.women
	}
	return 0.58
}

// divisionsOfBirth are the divisions at the time and place of issue, abolished
// ones among them (domain model §2).
var divisionsOfBirth = []string{"330203", "330203", "330204", "330205", "330206", "330211", "330212", "330219", "330222", "330224",
	"330225", "330226", "330227", "330281", "330282", "330283", "330621", "331021", "330902", "320623", "340822", "360123", "350921", "411521", "421126"}

// idNumber makes a valid ID number that nobody in the city has yet. Its
// sequence stands at the upper end, which registration hardly ever reaches.
func (f *filler) idNumber(born domain.Day, male bool) string {
	y, m, d := born.Date()
	for {
		sequence := 900 + 2*f.rng.IntN(48)
		if male {
			sequence++
		}
		number, ok := codes.MakeIDNumber(fmt.Sprintf("%s%04d%02d%02d%03d", pick(f.rng, divisionsOfBirth), y, m, d, sequence))
		if !ok {
			panic("demo: ID number of " + born.String())
		}
		if !f.numbers[number] {
			f.numbers[number] = true
			return number
		}
	}
}

// retirement is the first day of retirement: the month after reaching 60 (men),
// 55 (women) or 50 (women workers); since 2025 later by a month for every four
// (two for the last) months of birth, up to 63, 58 and 55 (decision of the NPC
// Standing Committee of 2024-09-13).
func retirement(born domain.Day, male bool, class codes.PersonClass) domain.Day {
	years, pace, most := 60, 4, 36
	switch {
	case !male && class == codes.ClassWorker:
		years, pace, most = 50, 2, 60
	case !male:
		years = 55
	}
	y, m, _ := born.Date()
	months := (y+years)*12 + int(m) - 1
	if late := months - 2025*12; late >= 0 {
		months += min(late/pace+1, most)
	}
	return domain.DayOf((months+1)/12, time.Month((months+1)%12+1), 1)
}

// particulars fills in the personal file.
func (f *filler) particulars(p *person, h hire) account.Particulars {
	r := f.rng
	born := p.born.Year()
	t := account.Particulars{Name: h.name, Birth: p.born.String(), Ethnicity: "01", Politics: "13", NativePlace: pick(r, nativePlaces)}
	if t.Name == "" {
		t.Name = r.personName(p.male, born)
	}
	t.Sex = "2"
	if p.male {
		t.Sex = "1"
	}
	if r.chance(0.025) {
		t.Ethnicity = pick(r, []string{"22", "03", "15", "06", "11", "08", "12"})
	}
	f.schooling(&t, p, born)
	switch {
	case p.class == codes.ClassCivilServant && r.chance(0.86), p.class != codes.ClassWorker && r.chance(0.42):
		t.Politics = "01"
	case born > 1995 && r.chance(0.5):
		t.Politics = "03"
	case r.chance(0.06):
		t.Politics = pick(r, []string{"04", "05", "06", "07", "08", "10", "12"})
	}
	start := born + r.between(21, 24)
	if t.Education >= "31" {
		start = born + r.between(18, 21)
	}
	latest := h.today
	if h.since != domain.NoDay {
		latest = h.since
	}
	if y := latest.Year(); start > y {
		start = y
	}
	month := 7
	if start == latest.Year() {
		_, m, _ := latest.Date()
		month = min(month, int(m))
	}
	t.WorkStart = fmt.Sprintf("%04d-%02d", start, month)
	f.post(&t, p, h)
	return t
}

// schooling draws education, degree and school by class and age.
func (f *filler) schooling(t *account.Particulars, p *person, born int) {
	r := f.rng
	young := born >= 1980
	switch {
	case p.class == codes.ClassWorker:
		t.Education = []string{"61", "44", "31", "71"}[r.weighted(.4, .3, .2, .1)]
		t.School = pick(r, vocational)
	case young && r.chance(0.2), p.class == codes.ClassProfessional && r.chance(0.05):
		t.Education, t.Degree = "14", pick(r, []string{"303", "308", "312", "345", "346", "353", "307", "304"})
		t.School = pick(r, universities)
		if r.chance(0.06) {
			t.Education, t.Degree = "11", pick(r, []string{"203", "208", "210", "212", "207"})
		}
	case young || r.chance(0.62):
		t.Education, t.Degree = "21", pick(r, []string{"403", "408", "412", "405", "404", "407", "410", "402"})
		t.School = pick(r, universities)
	default:
		t.Education = pick(r, []string{"31", "31", "31", "41"})
		t.School = pick(r, colleges)
	}
}

// post draws what somebody does where.
func (f *filler) post(t *account.Particulars, p *person, h hire) {
	r := f.rng
	age := h.today.Year() - p.born.Year()
	c := h.unit.category
	if c == nil {
		t.InternalBody = pick(r, bodyOffices)
		switch {
		case p.class == codes.ClassWorker:
			t.Post = pick(r, []string{"驾驶员", "机关服务", "设备维护"})
			return
		case age > 45 && r.chance(0.25):
			t.Post, t.PostRank = "处长", "正处"
			if h.unit.level > 0 {
				t.Post, t.PostRank = "科长", "正科"
			}
		case age > 36 && r.chance(0.3):
			t.Post, t.PostRank = "副处长", "副处"
			if h.unit.level > 0 {
				t.Post, t.PostRank = "副科长", "副科"
			}
		case age > 30:
			t.Post = pick(r, []string{"一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员"})
			t.PostRank = pick(r, []string{"正科", "副科"})
		default:
			t.Post, t.PostRank = pick(r, []string{"一级科员", "二级科员"}), "科员"
		}
		return
	}
	t.InternalBody = pick(r, c.bodies)
	if p.class == codes.ClassWorker {
		t.Post = pick(r, []string{"驾驶员", "水电工", "后勤服务"})
		return
	}
	leaders := 2
	t.Post = c.posts[leaders+r.IntN(len(c.posts)-leaders)]
	if p.class == codes.ClassProfessional {
		t.Title = c.titles[min(max((age-24)/8, 0), len(c.titles)-1)]
	}
}

var bodyOffices = []string{"办公室", "综合处", "政策法规处", "组织人事处", "规划财务处", "行政审批处", "监督检查处", "业务一处", "业务二处", "信息处"}
