// Package randomledger writes random but valid ledgers for tests: the same seed
// and number of events give the same ledger. What accounts decide is decided by
// the real rules of package account; the steps in other streams follow the
// processes of design §6, and some of them are left unfinished.
package randomledger

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// Levels of the generated city.
var Levels = []domain.Level{"330200", "330203"}

// Options shape a ledger. The zero value is small and restless.
type Options struct {
	Seed   uint64
	Events int // at least this many are written
	// Posts scales quotas, Step the time between acts; 0: as fits small ledgers.
	Posts int
	Step  time.Duration
	// Units bounds the number of units; 0: 8.
	Units int
	// Steady makes a city in working order, for measurements: every unit opens
	// with People persons, and most changes go straight to their recording.
	Steady bool
	People int
}

// Info is what was written.
type Info struct {
	Types map[domain.EventType]int
	Units []domain.UnitID
	Last  domain.Day
}

// Write fills an empty store.
func Write(ctx context.Context, store Store, o Options) (Info, error) {
	if o.Units == 0 {
		o.Units = 8
	}
	if o.Posts == 0 {
		o.Posts = 6
	}
	if o.Step == 0 {
		o.Step = 9 * time.Hour
	}
	rng := rand.New(rand.NewPCG(o.Seed, 20260105))
	g := &generator{
		writer: writer{ctx: ctx, store: store, rng: rng, now: domain.DayOf(2026, time.January, 5).Start() + 9*3600_000,
			revisions: map[domain.Stream]domain.Revision{}, accounts: map[domain.Stream]*account.Account{}, types: map[domain.EventType]int{}},
		Options: o, people: map[domain.PersonID]*human{}, posted: map[domain.UnitID][]*human{},
	}
	g.open()
	act := g.act
	if o.Steady {
		g.settle()
		act = g.steadyAct
	}
	for g.err == nil && int(store.Size()) < o.Events {
		g.advance()
		act()
	}
	g.leaveOpen()
	return Info{g.types, g.units, g.now.Day()}, g.err
}

// human is what the generator knows of a person's stream.
type human struct {
	id       domain.PersonID
	name     string
	busy     bool
	unit     domain.UnitID // of the present holding
	freeFrom domain.Day
}

type generator struct {
	writer
	Options
	policy   policy.Set
	calendar *codes.Calendar
	admins   []actor
	staff    map[domain.Role][]actor
	extra    []domain.UserID
	docs     []domain.DocumentID
	units    []domain.UnitID
	people   map[domain.PersonID]*human
	posted   map[domain.UnitID][]*human
	order    []*human
	codes    int
	policies int
}

func (g *generator) advance() {
	g.now += domain.Instant(g.rng.Int64N(int64(g.Step/time.Millisecond)) + 1)
	if g.rng.IntN(12) == 0 { // a clock that was set back a little
		g.now -= domain.Instant(g.rng.Int64N(int64(2 * time.Hour / time.Millisecond)))
	}
}

func (g *generator) facts(by actor) account.Facts {
	f := account.Facts{Now: g.now, Actor: domain.Actor{User: by.user, Human: by.human(), Role: by.role},
		Policy: &g.policy, Calendar: g.calendar}
	if len(g.docs) > 0 {
		f.Document = account.DocumentFact{ID: pick(g.rng, g.docs...), Known: true}
	}
	return f
}

func (g *generator) by(role domain.Role) actor { return pick(g.rng, g.staff[role]...) }

// open writes what every ledger begins with: its id, calendars, users, documents,
// pools and a first unit.
func (g *generator) open() {
	g.append(clock, domain.LedgerStream, domain.Draft{Payload: domain.LedgerOpened{Ledger: "7a8f6a0e-3f43-4f0a-9a53-6f3f6f7d9f11", Demo: true}})
	g.staff = map[domain.Role][]actor{}
	first := g.newUser("管理甲", clock)
	g.grant(clock, first, domain.Admin, domain.Scope{})
	g.admins = append(g.admins, actor{first, domain.Admin})
	second := g.newUser("管理乙", g.admins[0])
	g.grant(g.admins[0], second, domain.Admin, domain.Scope{})
	g.admins = append(g.admins, actor{second, domain.Admin})
	for year := 2026; year <= 2029; year++ {
		holidays := []domain.Day{domain.DayOf(year, time.October, 1), domain.DayOf(year, time.October, 2)}
		work := []domain.Day{domain.DayOf(year, time.October, 10)}
		g.calendar = g.calendar.With(year, holidays, work)
		g.append(g.admins[0], domain.StreamOf(domain.CalendarStream, fmt.Sprint(year)),
			domain.Draft{Payload: policy.CalendarSet{Year: year, Holidays: holidays, Workdays: work}})
	}
	for _, r := range []domain.Role{domain.Leader, domain.Committee, domain.Approver, domain.Collector, domain.Collector,
		domain.GateOrganization, domain.GateOrganization, domain.GateHR, domain.GateHR, domain.GateOffice, domain.GateOffice,
		domain.Recorder, domain.Recorder} {
		u := g.newUser(fmt.Sprintf("%s %d", r, len(g.staff[r])+1), g.admins[0])
		scope := domain.Scope{}
		g.propose(u, r, scope)
		g.staff[r] = append(g.staff[r], actor{u, r})
	}
	g.setPolicy()
	g.registerDocument()
	for _, level := range Levels {
		for _, line := range lineKeys {
			g.setPool(level, line, 40*g.Posts)
		}
	}
	g.foundUnit(0)
}

var lineKeys = []codes.LineKey{"administrative/full", "institution/full", "institution/partial/earmarked"}

func (g *generator) setPolicy() {
	set := policy.Set{
		Routes: []policy.RouteRule{
			{Kind: "entry", Gates: []string{"organization", "hr", "office"}},
			{Kind: "entry", Class: codes.ClassWorker, Gates: []string{"office"}},
			{Kind: "exit", Gates: []string{"hr", "office"}},
		},
		Checklists: map[string][]policy.ChecklistItem{"office": {{Key: "headroom"}}, "hr": {{Key: "filing"}}},
		Compatibility: map[codes.PostKind][]codes.PersonClass{
			codes.Administrative: {codes.ClassCivilServant, codes.ClassWorker},
			codes.Institution:    {codes.ClassManagement, codes.ClassProfessional, codes.ClassWorker},
		},
		Approvals: policy.ApprovalPolicy{Manners: []codes.Manner{codes.Exam, codes.Recruitment}, ValidityDays: 90},
		Deadlines: policy.DeadlinePolicy{Handling: 10 + g.policies%3, Exit: 15},
		Bounds:    policy.BoundPolicy{BackdatingMonths: 24},
		Authority: policy.AuthorityPolicy{LeaderPostsMax: 50},
	}
	g.policies++
	g.policy = set
	value := fmt.Appendf(nil, `{"handling":%d,"exit":15}`, set.Deadlines.Handling)
	g.append(pick(g.rng, g.admins...), domain.StreamOf(domain.PolicyStream, policy.Deadlines),
		domain.Draft{Payload: policy.PolicySet{Name: policy.Deadlines, Version: g.policies, From: g.now.Day(), Value: value}})
}

func (g *generator) newUser(name string, by actor) domain.UserID {
	id := domain.UserID(g.id())
	g.append(by, domain.UserOf(id), domain.Draft{Payload: user.Registered{Human: domain.HumanID(id),
		Text: domain.PersonalOf("user:"+string(id), user.Text{Name: name, SignIn: "u" + string(id)[:6]})}})
	return id
}

func (g *generator) grant(by actor, u domain.UserID, r domain.Role, s domain.Scope) string {
	grant := g.id()
	g.append(by, domain.UserOf(u), domain.Draft{Payload: user.RoleGranted{Grant: grant, Role: r, Scope: s}})
	return grant
}

// propose grants a role with a second administrator where one is needed.
func (g *generator) propose(u domain.UserID, r domain.Role, s domain.Scope) string {
	if !r.NeedsSecondAdmin() {
		return g.grant(g.admins[0], u, r, s)
	}
	grant := g.id()
	g.append(g.admins[0], domain.UserOf(u), domain.Draft{Payload: user.RoleProposed{Grant: grant, Role: r, Scope: s}})
	g.append(g.admins[1], domain.UserOf(u), domain.Draft{Payload: user.RoleGranted{Grant: grant, Role: r, Scope: s}})
	return grant
}

// userAct registers, grants, revokes and disables people who take no steps.
func (g *generator) userAct() {
	switch {
	case len(g.extra) == 0 || g.rng.IntN(3) == 0:
		u := g.newUser(pick(g.rng, surnames...)+pick(g.rng, given...), g.admins[0])
		g.extra = append(g.extra, u)
		scope := pick(g.rng, domain.Scope{}, domain.Scope{Level: Levels[0]}, domain.Scope{Unit: g.units[0]})
		grant := g.propose(u, pick(g.rng, domain.Collector, domain.GateHR, domain.Auditor), scope)
		if g.rng.IntN(2) == 0 {
			g.append(g.admins[1], domain.UserOf(u), domain.Draft{Payload: user.RoleRevoked{Grant: grant}})
		}
	case g.rng.IntN(3) > 0:
		u := pick(g.rng, g.extra...)
		g.append(g.admins[0], domain.UserOf(u), domain.Draft{Payload: user.RoleProposed{Grant: g.id(), Role: domain.Recorder}})
	default:
		i := g.rng.IntN(len(g.extra))
		g.append(g.admins[0], domain.UserOf(g.extra[i]), domain.Draft{Payload: user.Disabled{}})
		g.extra = append(g.extra[:i], g.extra[i+1:]...)
	}
}

func (g *generator) registerDocument() {
	id := domain.DocumentID(g.id())
	e := document.Registered{Date: g.now.Day(), Text: domain.PersonalOf("document:"+string(id), document.Text{
		Number: fmt.Sprintf("甬编〔2026〕%d号", len(g.docs)+1), Issuer: "市委编委", Title: pick(g.rng, titles...)})}
	if g.rng.IntN(2) == 0 {
		e.Digest, e.Size = fmt.Sprintf("%064x", g.rng.Uint64()), g.rng.Int64N(1<<20)+1
	}
	g.append(g.by(domain.Collector), domain.DocumentOf(id), domain.Draft{Payload: e})
	g.docs = append(g.docs, id)
}

// foundUnit runs the process of a unit code: outcome 0 founds, 1 is refused,
// 2 stops after the claim, 3 after the founding.
func (g *generator) foundUnit(outcome int) {
	by, p, unit := g.by(domain.Leader), domain.ProcessID(g.id()), domain.UnitID(g.id())
	g.codes++
	code := fmt.Sprintf("330200-%04d", g.codes)
	stream, tags := domain.StreamOf(domain.UnitCodeStream, code), []domain.Tag{domain.TagOf(domain.TagProcess, p)}
	g.append(by, stream, domain.Draft{Payload: unitcode.Claimed{Process: p, Unit: unit}, Tags: tags})
	if outcome == 2 {
		return
	}
	a := g.account(domain.AccountOf(unit))
	if outcome == 1 {
		g.append(by, a.Stream(), a.RefuseUnit(p, domain.Refuse(domain.CodeUnknownOnDate, "division", "code", "330299")).Drafts...)
		g.append(by, stream, domain.Draft{Payload: unitcode.Released{Process: p, Unit: unit}, Tags: tags})
		return
	}
	c := account.Establish{Process: p, Code: code, Level: pick(g.rng, Levels...), Division: "330203", System: pick(g.rng, "party", "government", "education"),
		Rank: pick(g.rng, "department", "section"), Effective: g.now.Day() - domain.Day(g.rng.IntN(20))}
	if len(g.units) > 0 && g.rng.IntN(3) > 0 {
		c.Parent = pick(g.rng, g.units...)
	}
	name := fmt.Sprintf("%s第%d%s", pick(g.rng, "市", "海曙区"), g.codes, pick(g.rng, "中心", "学校", "局"))
	text := account.UnitText{Name: name, ShortName: fmt.Sprintf("%d单位", g.codes)}
	if g.rng.IntN(3) == 0 {
		text.OtherNames = []string{name + "（挂牌）", "原" + name}
	}
	c.Text = domain.PersonalOf("unit:"+string(unit), text)
	d, err := a.DecideEstablish(c, g.facts(by))
	if err != nil {
		return
	}
	g.append(by, a.Stream(), d.Drafts...)
	g.units = append(g.units, unit)
	if outcome != 3 {
		g.append(by, stream, domain.Draft{Payload: unitcode.Held{Process: p, Unit: unit}, Tags: tags})
	}
}

// newPerson registers somebody.
func (g *generator) newPerson() *human {
	h := &human{id: domain.PersonID(g.id()), name: pick(g.rng, surnames...) + pick(g.rng, given...)}
	number := fmt.Sprintf("330203%04d%02d%02d%03dX", 1960+g.rng.IntN(40), 1+g.rng.IntN(12), 1+g.rng.IntN(28), g.rng.IntN(1000))
	g.append(g.by(domain.Collector), domain.PersonOf(h.id), domain.Draft{Payload: person.Registered{
		Private: domain.PersonalOf("person:"+string(h.id), person.Identity{Name: h.name, IDNumber: number})}})
	g.people[h.id] = h
	g.order = append(g.order, h)
	return h
}

var (
	surnames = []string{"赵", "钱", "孙", "李", "欧阳", "王", "𬭎"}
	given    = []string{"芸", "启明", "立", "建国", "敏", "子涵", "国庆"}
	titles   = []string{"关于核定编制的批复", "关于招聘教师的通知", "关于调整机构的通知"}
)
