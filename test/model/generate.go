package model

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// The city of a game: two levels, five lines, people in every role with wide and
// narrow scopes, two sign-ins of one human being, somebody with all roles.
const county domain.Level = "330203"

var (
	levels   = []domain.Level{codes.City, county}
	lineKeys = []codes.LineKey{"administrative/full", "institution/full", "institution/partial", "worker/full", "administrative/full/earmarked"}
	classes  = []codes.PersonClass{codes.ClassCivilServant, codes.ClassCivilServantManaged, codes.ClassManagement, codes.ClassProfessional, codes.ClassWorker}
)

// cast are the users; scope is "" for the city, a level, or "U<n>" for the
// subtree of the n-th unit. human binds a user to the n-th person on file.
var cast = []struct {
	name, roles, scope string
	human              int
}{
	{"c1", "collector", "", 0}, {"c2", "collector", "", 0}, {"cu", "collector", "U0", 0}, {"cl", "collector", "330203", 0},
	{"o1", "gate:organization", "", 0}, {"o2", "gate:organization", "", 0}, {"h1", "gate:hr", "", 0}, {"h2", "gate:hr", "", 0},
	{"f1", "gate:office", "", 0}, {"f2", "gate:office", "", 0}, {"fl", "gate:office", "330203", 0},
	{"a1", "approver", "", 0}, {"ao", "approver gate:office", "", 0}, {"e1", "recorder", "", 0}, {"e2", "recorder", "", 0}, {"eu", "recorder", "U0", 0},
	{"l1", "leader", "", 0}, {"lc", "leader", "330200", 0}, {"lu", "leader", "U0", 0}, {"lk", "leader committee", "", 0}, {"k1", "committee", "", 0}, {"k2", "committee", "", 0},
	{"sup", "supervisor", "U0", 0}, {"head", "head", "", 0}, {"aud", "auditor", "", 0}, {"sub", "subscriber", "", 0},
	{"all", "collector gate:organization gate:hr gate:office recorder approver leader committee supervisor head", "", 0},
	{"pc", "collector committee", "", 1}, {"po", "gate:organization", "", 1}, {"pe", "recorder gate:office", "", 2}, {"pb", "admin", "", 2},
	{"nobody", "", "", 0}, {"gone", "collector recorder", "", 0},
}

// generator makes random acts, most of them sensible.
type generator struct {
	*game
	rng   *rand.Rand
	now   domain.Instant
	n     int // of keys
	users map[string]domain.UserID
	names []string
	units []domain.UnitID
	codes int
	none  bool // nothing was found that the act could be about
}

// newGenerator sets the city up: everything goes through the same comparison.
func newGenerator(g *game, admin domain.UserID, seed uint64) (*generator, error) {
	r := &generator{game: g, rng: rand.New(rand.NewPCG(seed, 17)), now: g.w.Clock.Now(), users: map[string]domain.UserID{"admin": admin}}
	for _, set := range []func() error{r.administrators, r.people, r.city, r.bound} {
		if err := set(); err != nil {
			return r, err
		}
	}
	r.names = slices.Sorted(maps.Keys(r.users))
	return r, nil
}

// do makes a call that sets something up, and says what it made.
func (r *generator) do(user string, what usecase.Command) (string, error) {
	a := r.act(user, what)
	err := r.play(a)
	if err == nil && !r.acceptedLast(a) {
		err = fmt.Errorf("setting up: %s: %T%+v is refused", user, what, what)
	}
	if err != nil {
		return "", err
	}
	return r.made, nil
}

func (r *generator) act(user string, what usecase.Command) act {
	r.n++
	r.now += domain.Instant(1 + r.rng.IntN(3))
	return act{at: r.now, user: r.users[user], key: fmt.Sprint("k", r.n), what: what}
}

func (r *generator) acceptedLast(a act) bool {
	_, is := r.m.keys[string(a.user)+" "+a.key]
	return is
}

func (r *generator) name(name, full string, human domain.PersonID) error {
	id, err := r.do("admin", usecase.RegisterUser{Name: full, SignIn: "u-" + name, Human: human})
	r.users[name] = domain.UserID(id)
	return err
}

func (r *generator) grant(name string, role domain.Role, scope domain.Scope) error {
	id, err := r.do("admin", usecase.GrantRole{User: r.users[name], Role: role, Scope: scope})
	if err == nil && role.NeedsSecondAdmin() && len(r.users) > 2 {
		_, err = r.do("admin2", usecase.ConfirmRole{User: r.users[name], Grant: id})
	}
	return err
}

// administrators: before the second there are only names.
func (r *generator) administrators() error {
	if err := r.name("admin2", "管理乙", ""); err != nil {
		return err
	}
	for _, alone := range []usecase.Command{
		usecase.GrantRole{User: r.users["admin2"], Role: domain.Collector},
		usecase.GrantRole{User: r.users["admin2"], Role: domain.Admin, Scope: domain.Scope{Level: codes.City}},
		usecase.GrantRole{User: r.users["admin"], Role: domain.Collector},
		usecase.DisableUser{User: r.users["admin2"]},
		usecase.SetPolicy{Name: "bounds", From: r.now.Day(), Value: []byte(`{"backdatingmonths":12}`)},
		usecase.SetCalendar{Year: 2027},
	} {
		if err := r.play(r.act("admin", alone)); err != nil {
			return err
		}
	}
	return r.grant("admin2", domain.Admin, domain.Scope{})
}

func (r *generator) people() error {
	if err := r.name("admin3", "管理丙", ""); err != nil {
		return err
	}
	if err := r.grant("admin3", domain.Admin, domain.Scope{}); err != nil {
		return err
	}
	for i, u := range cast {
		if u.human > 0 || strings.HasPrefix(u.scope, "U") {
			continue
		}
		if err := r.name(u.name, "办事"+string(rune('一'+i)), ""); err != nil {
			return err
		}
		for role := range strings.FieldsSeq(u.roles) {
			if err := r.grant(u.name, domain.Role(role), domain.Scope{Level: domain.Level(u.scope)}); err != nil {
				return err
			}
		}
	}
	_, err := r.do("admin", usecase.DisableUser{User: r.users["gone"]})
	return err
}

// city founds three units, one below another, with posts from two pools.
func (r *generator) city() error {
	doc, err := r.do("c1", usecase.RegisterDocument{Number: "甬编〔2025〕9号", Issuer: "市委编委", Title: "编制通知", Date: r.now.Day() - 3})
	if err != nil {
		return err
	}
	for _, l := range levels {
		for _, k := range lineKeys {
			if _, err := r.do("k1", usecase.SetPool{Level: l, Line: k, Posts: 12 + r.rng.IntN(10), Document: domain.DocumentID(doc)}); err != nil {
				return err
			}
		}
	}
	for n := range 4 {
		parent := domain.UnitID("")
		if n == 1 || n == 2 {
			parent = r.units[0]
		}
		level := levels[n/2]
		id, err := r.do("l1", usecase.EstablishUnit{Code: r.unitCode(), Division: string(level), System: "government", Rank: "division", Level: level,
			Parent: parent, Name: fmt.Sprint("单位", n), Effective: r.now.Day(), Document: domain.DocumentID(doc)})
		if err != nil {
			return err
		}
		r.units = append(r.units, domain.UnitID(id))
		for _, k := range lineKeys[:2+n%3] {
			if _, err := r.do("k1", usecase.MoveQuota{Giver: domain.PoolOf(level), Taker: domain.AccountOf(domain.UnitID(id)), GiverLine: k, TakerLine: k,
				Posts: 2 + r.rng.IntN(4), Effective: r.now.Day(), Document: domain.DocumentID(doc)}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *generator) unitCode() string {
	r.codes++
	return fmt.Sprintf("330200-%04d", r.codes)
}

// bound registers users who are on file themselves, and those of one unit.
func (r *generator) bound() error {
	for n := 1; n <= 2; n++ {
		f := r.entry(r.units[0], n)
		f.Manner, f.Approval, f.Particulars = codes.Resettlement, "", account.Particulars{Name: world.PersonName(n)}
		f.Line, f.Class, f.Effective = lineKeys[0], codes.ClassCivilServant, r.now.Day()
		f.Document = slices.Sorted(maps.Keys(r.m.documents))[0]
		if _, err := r.do("c1", usecase.Collect{Unit: r.units[0], ChangeForm: f}); err != nil {
			return err
		}
	}
	for i, u := range cast {
		if u.human == 0 && !strings.HasPrefix(u.scope, "U") {
			continue
		}
		var human domain.PersonID
		if u.human > 0 {
			human = r.m.numbers[world.IDNumber(u.human)]
		}
		if err := r.name(u.name, "人员"+string(rune('一'+i)), human); err != nil {
			return err
		}
		scope := domain.Scope{}
		if u.scope != "" {
			scope.Unit = r.units[u.scope[1]-'0']
		}
		for role := range strings.FieldsSeq(u.roles) {
			if err := r.grant(u.name, domain.Role(role), scope); err != nil {
				return err
			}
		}
	}
	return nil
}

// pick takes one of several.
func pick[T any](r *generator, from ...T) T { return from[r.rng.IntN(len(from))] }

func (r *generator) chance(percent int) bool { return r.rng.IntN(100) < percent }

// by is a user who holds one of the roles, mostly; else anybody.
func (r *generator) by(roles ...domain.Role) string {
	if r.chance(6) {
		return pick(r, r.names...)
	}
	var may []string
	for _, name := range r.names {
		u := r.m.users[r.users[name]]
		for _, id := range slices.Sorted(maps.Keys(u.grants)) {
			if g := u.grants[id]; slices.Contains(roles, g.role) && u.active && (g.scope.Whole() || r.chance(20)) {
				may = append(may, name)
				break
			}
		}
	}
	if len(may) == 0 {
		return pick(r, r.names...)
	}
	return pick(r, may...)
}

// nextTo is by, mostly somebody who has not touched the change.
func (r *generator) nextTo(c *change, roles ...domain.Role) string {
	name := r.by(roles...)
	for range 6 {
		human := r.m.users[r.users[name]].human
		p := r.m.approvals[c.approval]
		if !slices.ContainsFunc(c.steps, func(s step) bool { return s.human == human }) && (p == nil || p.human != human) || r.chance(5) {
			break
		}
		name = r.by(roles...)
	}
	return name
}

// day is a day near today, mostly in the past.
func (r *generator) day() domain.Day {
	today := r.now.Day()
	switch n := r.rng.IntN(120); {
	case n < 42:
		return today
	case n < 102:
		return today - domain.Day(1+r.rng.IntN(25))
	case n < 108:
		return today - domain.Day(40+r.rng.IntN(30))
	case n < 109:
		return today - domain.Day(300+r.rng.IntN(800))
	}
	return today + domain.Day(1+r.rng.IntN(9))
}

// document is one that is registered, mostly.
func (r *generator) document() domain.DocumentID {
	switch r.rng.IntN(60) {
	case 0:
		return ""
	case 1:
		return "00000000-0000-5000-8000-000000000000"
	}
	all := slices.Sorted(maps.Keys(r.m.documents))
	return pick(r, all...)
}

func (r *generator) unit() domain.UnitID {
	if r.chance(1) {
		return "00000000-0000-4000-8000-00000000000a"
	}
	return pick(r, r.units...)
}

// of picks an id of a map by what it is.
func of[K ~string, V any](r *generator, from map[K]V, wanted func(V) bool) K {
	var ids []K
	for _, id := range slices.Sorted(maps.Keys(from)) { // wanted may draw lots
		if wanted(from[id]) {
			ids = append(ids, id)
		}
	}
	if r.none = r.none || len(ids) == 0; len(ids) == 0 || r.chance(1) {
		return "00000000-0000-4000-8000-00000000000b"
	}
	return pick(r, ids...)
}

// learn notes what the last act has founded.
func (r *generator) learn(a act) {
	if _, founds := a.what.(usecase.EstablishUnit); founds && r.made != "" && !slices.Contains(r.units, domain.UnitID(r.made)) {
		r.units = append(r.units, domain.UnitID(r.made))
	}
}
