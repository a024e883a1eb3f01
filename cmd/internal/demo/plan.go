package demo

import (
	"fmt"
	"math"
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// A plan is the city before anything has happened: which units it will have,
// with how many posts and people.
type plan struct {
	from   domain.Day
	years  float64
	levels []levelName
	units  []*unitPlan // a unit stands behind the one above it
	taken  map[string]bool
}

// unitPlan is one unit to be founded.
type unitPlan struct {
	name, short  string
	other        []string
	level        int // index in plan.levels
	above        int // index of the supervising department in plan.units; −1: none
	system, rank string
	code         string
	category     *category // nil: a party or government body
	letters      string    // of its document numbers, for a body
	lines        []linePlan
	named        string // key of a unit that stands in the book
	early        bool   // opened among the first
}

// linePlan is one quota line: posts in all and held back, people on the first
// day.
type linePlan struct {
	key                 codes.LineKey
	posts, held, people int
}

// Sizes. The usual city has wholeEvents events or so; more or fewer are reached
// by more or fewer units, and for larger ledgers by a longer history.
const (
	wholeEvents       = 168_000
	wholeBodies       = 54
	wholeCityBodies   = 24
	wholeInstitutions = 319
	wholeCityInst     = 59
)

// Events that a city comes to, as measured: of each person of the first day
// (over six years), each unit, each level, and in any case.
const (
	eventsPerPerson = 12.2
	eventsPerUnit   = 4
	eventsPerLevel  = 45
	eventsAnyway    = 1_200
)

// newPlan draws a city of about that many events.
func newPlan(seed uint64, events int, until domain.Day) *plan {
	size, years := 1.0, 6
	switch e := float64(events) / wholeEvents; {
	case e > 20:
		years = 10
	case e > 3:
		years = 8
	}
	from := max(until.AddMonths(-12*years), earliestFrom)
	long := float64(until-from) / 365.25
	longer := 0.35 + 0.65*long/6 // a third of the events are the opening balances
	var p *plan
	for range 3 { // the first draft tells how many people there are
		p = drawPlan(newRandom(seed), events, longer, size)
		want := (float64(events) - eventsAnyway - eventsPerUnit*float64(len(p.units)) - eventsPerLevel*float64(len(p.levels))) / (eventsPerPerson * longer)
		size *= want / float64(p.peopleInPost())
	}
	p.from, p.years = from, long
	return p
}

func (p *plan) peopleInPost() int {
	n := 0
	for _, u := range p.units {
		for _, l := range u.lines {
			n += l.people
		}
	}
	return n
}

// drawPlan draws the units, with size times the usual number of people.
func drawPlan(r *random, events int, longer, size float64) *plan {
	p := &plan{taken: map[string]bool{}}
	e := float64(events) / wholeEvents
	levels, units := len(levelNames), e/longer
	if e < 1 {
		units = math.Pow(e, 0.85)
		levels = min(max(int(math.Round(11*math.Pow(units, 0.4))), 3), levels)
	}
	p.levels = levelNames[:levels]
	bodies := max(int(math.Round(wholeBodies*units)), 6+levels-1)
	cityBodies := max(int(math.Round(float64(bodies)*wholeCityBodies/wholeBodies)), 6)
	institutions := max(int(math.Round(wholeInstitutions*units)), 3*levels)
	cityInst := max(int(math.Round(float64(institutions)*wholeCityInst/wholeInstitutions)), 6)
	for i := range p.levels {
		b, n := cityBodies, cityInst
		if i > 0 {
			b, n = share(bodies-cityBodies, i-1, levels-1), share(institutions-cityInst, i-1, levels-1)
		}
		p.level(r, i, max(b, 1), max(n, 1), size)
	}
	return p
}

// share divides n as evenly as it goes; the first parts get what is left over.
func share(n, part, parts int) int {
	s := n / parts
	if part < n%parts {
		s++
	}
	return s
}

// level draws the units of one level: its bodies, then its institutions.
func (p *plan) level(r *random, level, bodies, institutions int, size float64) {
	name := p.levels[level]
	first := len(p.units)
	known := districtBodies
	if level == 0 {
		known = cityBodies
	}
	for i := range bodies {
		b := bodyName{}
		if i < len(known) {
			b = known[i]
		} else {
			b = moreBody(i - len(known))
		}
		if b.people == 0 {
			b.people = r.between(14, 48)
		}
		u := &unitPlan{name: name.full + b.name, short: name.short + b.name, level: level, above: -1, system: b.system,
			rank: "division", letters: name.letter + b.letters, early: i < 6}
		if level == 0 {
			u.rank = "deputy-bureau"
		}
		if b.system == "party" {
			u.name = "中共" + u.name
		}
		if r.chance(0.12) {
			u.other = []string{u.name[:strings.LastIndex(u.name, b.name)] + pick(r, fields) + "工作办公室"}
		}
		u.bodyLines(r, b, scaled(b.people, size))
		p.add(u)
	}
	places := level * 7
	made := 0
	if level > 0 {
		p.institution(r, level, first, bodies, categories["teachers"], &places, size)
		made = 1
	}
	for _, n := range p.namedUnits(level, first, min(size*1.15, 1)) {
		if made < institutions {
			p.add(n)
			made++
		}
	}
	shares := districtMix
	if level == 0 {
		shares = cityMix
	}
	sum, due := 0.0, make([]float64, len(shares))
	for _, m := range shares {
		sum += m.share
	}
	for ; made < institutions; made++ { // the category that lags most behind its share
		most := 0
		for i, m := range shares {
			due[i] += m.share / sum
			if due[i] > due[most] {
				most = i
			}
		}
		due[most]--
		p.institution(r, level, first, bodies, categories[shares[most].key], &places, size)
	}
}

func scaled(people int, size float64) int { return max(int(math.Round(float64(people)*size)), 5) }

// institution draws one public institution and puts it under a body of its
// level, or now and then of the city.
func (p *plan) institution(r *random, level, first, bodies int, c *category, places *int, size float64) {
	name := p.levels[level]
	*places++
	own := strings.NewReplacer("%", placeName(*places*13+level), "#", pick(r, fields)).Replace(pick(r, c.names))
	u := &unitPlan{name: name.full + own, short: name.short + own, level: level, system: "institution", rank: pick(r, c.rank), category: c}
	if c.key == "college" {
		u.name = strings.TrimSuffix(name.full, "市") + own
		u.short = own
	}
	for clash := 2; p.taken[u.name]; clash++ {
		u.name, u.short = name.full+"第"+numeral(clash)+own, name.short+"第"+numeral(clash)+own
	}
	u.above = first + r.IntN(bodies)
	if level > 0 && r.chance(0.02) && c.under == "" {
		u.above = r.IntN(wholeCityBodies / 2) // managed by the district, guided by a department of the city
		if u.above >= first {
			u.above = first
		}
	}
	if c.under != "" {
		for i := first; i < first+bodies; i++ {
			if strings.Contains(p.units[i].short, c.under) {
				u.above = i
				break
			}
		}
	}
	u.institutionLines(r, c, scaled(r.between(c.low, c.high), size))
	p.add(u)
}

// add gives a unit its code: a USCC whose inner code begins with ME9, a series
// that no registrar has come to, or now and then a provisional code.
func (p *plan) add(u *unitPlan) {
	n := len(p.units)
	if u.code == "" {
		class := "1"
		switch {
		case u.category != nil:
			class = "2"
		case u.system == "mass":
			class = "3"
		}
		u.code = uscc("1" + class + string(p.levels[u.level].level) + fmt.Sprintf("ME9%05d", n))
		if n%29 == 17 {
			u.code = fmt.Sprintf("%s-%04d", p.levels[u.level].level, 100+n)
		}
	}
	p.taken[u.name] = true
	p.units = append(p.units, u)
}

func uscc(first16 string) string {
	code, fault := codes.MakeUSCC(first16)
	if fault != nil {
		panic("demo: unit code " + first16 + ": " + fault.Error())
	}
	return code
}

// bodyLines draws the quota lines of a party or government body.
func (u *unitPlan) bodyLines(r *random, b bodyName, people int) {
	rest := people
	take := func(key codes.LineKey, n int, mayBeFull bool) {
		n = min(max(n, 1), rest-1)
		rest -= n
		u.lines = append(u.lines, newLine(r, key, n, mayBeFull))
	}
	if b.justice {
		take("justice/full", people*8/10, false)
	}
	if b.enforcement {
		take("enforcement/full", people/r.between(4, 6), true)
	}
	if r.chance(0.25) && people > 12 {
		take("administrative/full/earmarked", r.between(1, 3), true)
	}
	if r.chance(0.5) && people > 12 {
		take("worker/full", r.between(1, 5), true)
	}
	if r.chance(0.08) && people > 20 {
		take("civil-servant-managed/full", people/6, false)
	}
	u.lines = append([]linePlan{newLine(r, "administrative/full", rest, false)}, u.lines...)
}

// institutionLines draws the quota lines of a public institution.
func (u *unitPlan) institutionLines(r *random, c *category, people int) {
	funding := codes.Fundings[r.weighted(c.fundings...)]
	main := codes.LineKey(string(c.kind) + "/" + string(funding))
	if c.key == "brigade" && r.chance(0.4) {
		main = "enforcement/full"
	}
	rest := people
	if c.kind == codes.Institution && people > 30 && r.chance(0.45) {
		n := max(people/r.between(14, 30), 1)
		rest -= n
		u.lines = append(u.lines, newLine(r, main+"/separate", n, false))
	}
	if people > 18 && r.chance(0.4) {
		n := min(r.between(1, 5), rest/4)
		rest -= n
		u.lines = append(u.lines, newLine(r, "worker/full", max(n, 1), true))
	}
	u.lines = append([]linePlan{newLine(r, main, rest, false)}, u.lines...)
}

// newLine draws how full a line is on the first day.
func newLine(r *random, key codes.LineKey, people int, mayBeFull bool) linePlan {
	free := 0
	if full := 0.06; !r.chance(full) && (!mayBeFull || r.chance(0.5)) {
		free = max(r.around(float64(people)*(0.03+0.13*r.Float64())), 1)
	}
	held := 0
	if free > 2 && r.chance(0.2) {
		held = r.between(1, max(free/3, 1))
	}
	return linePlan{key, people + free, held, people}
}
