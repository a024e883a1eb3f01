package demo

import (
	"errors"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// found founds a unit and gives it its posts.
func (f *filler) found(u *unit) error {
	office := pick(f.rng, u.level.office).now
	doc, err := f.register(office, u.level.name.letter+"编", f.issuer(u.level), fmt.Sprintf("关于印发《%s职能配置、内设机构和人员编制规定》的通知", u.short),
		fmt.Sprintf("设立%s，核定编制%d名", u.short, posts(u)), u.named != "")
	if err != nil {
		return err
	}
	command := usecase.EstablishUnit{Code: u.code, Division: string(u.level.name.level), System: u.system, Rank: u.rank, Level: u.level.name.level,
		Name: u.name, ShortName: u.short, OtherNames: u.other, Effective: f.today(), Document: doc}
	if u.above != nil {
		command.Parent = u.above.id
	}
	if err := f.establish(u, command); err != nil {
		return err
	}
	u.desk = f.deskOf(u)
	for _, l := range u.lines {
		if err := f.grantPosts(l, l.plan.posts, f.today(), doc, "随三定规定核定"); err != nil {
			return err
		}
		if l.plan.held > 0 {
			if err := f.holdBack(l, l.plan.held, doc, "预留机动，暂不使用"); err != nil {
				return err
			}
		}
	}
	f.later(f.now()+workday+moment(f.rng.IntN(int(2*workday))), func() error { return f.openUnit(u) })
	return nil
}

func posts(u *unit) int {
	n := 0
	for _, l := range u.lines {
		n += l.plan.posts
	}
	return n
}

func (f *filler) issuer(l *level) string {
	if l.name.level == codes.City {
		return "市委编委"
	}
	return l.name.short + "委编委"
}

// establish founds the unit. Once in every city (twice in a large one) the
// leader's page sends the form twice at once under one key, the second time
// with the code put right: the second is faster and wins, and the first finds
// the unit founded. That is how unit.refused and unitcode.released come about.
func (f *filler) establish(u *unit, command usecase.EstablishUnit) error {
	leader := pick(f.rng, u.level.leaders).now
	twice := u.category != nil && !u.early && f.once("founded twice", 1+len(f.units)/400)
	if !twice {
		result, _, err := f.must(leader, frame{}, command)
		u.id = domain.UnitID(result.ID)
		return err
	}
	wrong := command
	wrong.Code = fmt.Sprintf("%s-%04d", u.level.name.level, 9000+f.rng.IntN(900))
	f.keys++
	how := frame{key: fmt.Sprintf("demo-%d", f.keys)}
	var inner error
	f.log.next = func() {
		var result usecase.Result
		result, _, inner = f.must(leader, how, command)
		u.id = domain.UnitID(result.ID)
	}
	_, err := f.do(leader, frame{key: how.key, body: "as first typed"}, wrong)
	var reused *usecase.KeyReused
	switch {
	case inner != nil:
		return inner
	case !errors.As(err, &reused):
		return fmt.Errorf("a founding sent twice at once: got %v, want the key to be in use", err)
	}
	f.refusals["key-reused"]++
	return nil
}

// once tells whether a rare thing may happen again, up to a number of times,
// and counts it.
func (f *filler) once(what string, times int) bool {
	if f.rare[what] >= times {
		return false
	}
	f.rare[what]++
	return true
}

// deskOf is who collects for a unit: the desk of the body above it, or its own.
func (f *filler) deskOf(u *unit) *desk {
	switch {
	case u.category == nil:
		return &desk{letters: u.letters, issuer: u.short, monthly: map[string]paper{}}
	case u.above.level != u.level: // guided by a department of the city, served by the own level
		for _, b := range u.level.units {
			if b.category == nil && b.desk != nil {
				return b.desk
			}
		}
	}
	return u.above.desk
}

// openUnit enters the opening balance: who was in post before the ledger.
func (f *filler) openUnit(u *unit) error {
	var rows []usecase.OpeningForm
	var people []*person
	for i, l := range u.lines {
		for n := range l.plan.people {
			p, since := f.incumbent(u, l, i, n)
			people = append(people, p)
			rows = append(rows, usecase.OpeningForm{IDNumber: p.number, Particulars: p.text, Line: l.key, Class: p.class, Since: since})
			p.line = l
		}
	}
	committee := pick(f.rng, f.committee).now
	office := pick(f.rng, u.level.office).now
	doc, err := f.register(office, u.level.name.letter+"编", f.issuer(u.level), fmt.Sprintf("%s在编人员名册（建账）", u.short), "", false)
	if err != nil {
		return err
	}
	start := usecase.StartOpening{Unit: u.id, Rows: len(rows), Document: doc,
		Digest: f.c.Sealer.Digest("opening", []byte(u.id), fmt.Appendf(nil, "%d", len(rows)))}
	if len(rows) > 3 && (f.rng.chance(0.03) || f.once("opening abandoned", 1)) {
		if err := f.abandonedOpening(u, start, rows, committee); err != nil {
			return err
		}
	}
	begin := func() error {
		_, _, err := f.must(committee, frame{}, start)
		return err
	}
	if f.rng.chance(0.015) || u.category != nil && f.once("quota refused", 1) {
		err = f.refusedQuota(u, begin)
	} else {
		err = begin()
	}
	if err != nil {
		return err
	}
	for from := 0; from < len(rows); {
		to := min(from+usecase.OpeningPartMax, len(rows))
		result, _, err := f.must(committee, frame{}, usecase.AddOpeningPart{Unit: u.id, From: from, Rows: rows[from:to]})
		if err != nil {
			return err
		}
		if err := identify(people[from:to], result.Events); err != nil {
			return err
		}
		from = to
	}
	if _, _, err := f.must(committee, frame{}, usecase.CompleteOpening{Unit: u.id}); err != nil {
		return err
	}
	for _, p := range people {
		p.line.enter(p)
		p.line.o++
		f.registered++
	}
	return f.begin(u)
}

// identify takes the ids of people from the parts that name them in order.
func identify(people []*person, parts []domain.Recorded) error {
	n := 0
	for _, r := range parts {
		payload, err := catalogue.Decode(r.Event)
		if err != nil {
			return err
		}
		for _, row := range payload.(account.OpeningPart).Rows {
			people[n].id = row.Person
			n++
		}
	}
	return nil
}

// incumbent makes the n-th person of a line's first day.
func (f *filler) incumbent(u *unit, l *line, i, n int) (*person, domain.Day) {
	today := f.today()
	h := hire{unit: u.unitPlan, line: l.key, class: f.classOn(u.unitPlan, l.key), low: 24, high: 58, today: today, menShare: -1}
	if f.rng.chance(0.4) {
		h.low, h.high = 41, 59
	}
	if i == 0 && n < 4 { // the unit's leadership
		h.low, h.high = 38, 57
		if l.key.Kind() == codes.Institution {
			h.class = codes.ClassManagement
		}
	}
	special, named := namedPerson{}, false
	if special, named = namedPersonAt(u.named, i, n); named {
		special.fit(f, &h)
	}
	p := f.newPerson(h)
	if named {
		p.keep = true
		if special.post != "" {
			p.text.Post, p.text.PostRank, p.text.InternalBody = special.post, special.rank, special.body
		}
		f.people[special.name] = p
	} else if i == 0 && n < 4 {
		f.headOf(u, p, n)
	}
	first := p.born + 22*365 + 5
	if y := today - 40; first > y {
		first = y - 300
	}
	since := first + domain.Day(f.rng.IntN(int(today-40-first)+1))
	if y, m, _ := since.Date(); f.rng.chance(0.8) {
		since = domain.DayOf(y, m, 1)
	}
	p.since = since
	return p, since
}

// headOf gives the first people of a unit the posts of its leadership.
func (f *filler) headOf(u *unit, p *person, n int) {
	titles := []string{"局长", "副局长", "副局长", "副局长"}
	if u.category != nil {
		titles = append(u.category.posts[:1:1], u.category.posts[1], u.category.posts[1], u.category.posts[1])
	}
	ranks := map[string][2]string{"deputy-bureau": {"副厅", "正处"}, "division": {"正处", "副处"}, "deputy-division": {"副处", "正科"},
		"section": {"正科", "副科"}, "deputy-section": {"副科", "股级"}, "ungraded": {"", ""}}
	p.text.Post = titles[n]
	p.text.PostRank = ranks[u.rank][min(n, 1)]
}

// abandonedOpening is a bracket that is given up: the list was the old one.
func (f *filler) abandonedOpening(u *unit, start usecase.StartOpening, rows []usecase.OpeningForm, committee *sign) error {
	start.Rows++
	start.Digest = f.c.Sealer.Digest("opening", []byte(u.id), []byte("first list"))
	if _, _, err := f.must(committee, frame{}, start); err != nil {
		return err
	}
	some := rows[:max(min(len(rows)/3, 20), 1)]
	if _, _, err := f.must(committee, frame{}, usecase.AddOpeningPart{Unit: u.id, Rows: some}); err != nil {
		return err
	}
	_, _, err := f.must(committee, frame{}, usecase.AbandonOpening{Unit: u.id, Reason: pick(f.rng, reasonsAbandon)})
	return err
}

// refusedQuota is a grant that meets the beginning of the unit's opening
// balance: the pool has offered, the bracket opens, the unit cannot take the
// posts, and the pool takes them back.
func (f *filler) refusedQuota(u *unit, begin func() error) error {
	l := u.lines[0]
	doc, err := f.register(pick(f.rng, u.level.office).now, u.level.name.letter+"编", f.issuer(u.level), fmt.Sprintf("关于增加%s编制的通知", u.short), "增加编制1名", false)
	if err != nil {
		return err
	}
	var begun error
	f.log.next = func() { begun = begin() }
	_, refused, err := f.must(pick(f.rng, u.level.leaders).now, frame{}, usecase.MoveQuota{Giver: domain.PoolOf(u.level.name.level), Taker: u.stream(),
		GiverLine: l.key, TakerLine: l.key, Posts: 1, Effective: f.today(), Document: doc, Reason: "新增职责"}, domain.BulkOpen)
	if err = errors.Join(err, begun); err == nil && !refused {
		err = errors.New("a unit took posts while its opening balance was under way")
	}
	return err
}

// begin names who works at the system for a unit, and lets its life start.
func (f *filler) begin(u *unit) error {
	u.opened = true
	f.later(f.now()+hour+moment(f.rng.IntN(int(2*workday))), func() error {
		u.head = &seat{role: domain.UnitHead, scope: domain.Scope{Unit: u.id}, from: u}
		if u.category == nil {
			if err := f.staffDesk(u); err != nil {
				return err
			}
		}
		if u.named == unitWater {
			u.head.signIn = "head"
			return f.takeNamed(u.head)
		}
		return f.fillSeat(u.head)
	})
	return nil
}

// staffDesk names two collectors and a supervisor for a body and what stands
// under it.
func (f *filler) staffDesk(u *unit) error {
	scope := domain.Scope{Unit: u.id}
	if u.level.name.level != codes.City {
		scope = domain.Scope{Level: u.level.name.level} // a district's desks stand in for each other
	}
	u.desk.supervisor = &seat{role: domain.Supervisor, scope: scope, from: u}
	u.desk.collectors = []*seat{{role: domain.Collector, scope: scope, from: u}, {role: domain.Collector, scope: scope, from: u}}
	if u.named == unitWater {
		u.desk.supervisor.signIn, u.desk.collectors[0].signIn = "supervisor", "collector"
	}
	for _, s := range append([]*seat{u.desk.supervisor}, u.desk.collectors...) {
		if s.signIn != "" {
			if err := f.takeNamed(s); err != nil {
				return err
			}
		} else if err := f.fillSeat(s); err != nil {
			return err
		}
	}
	return nil
}
