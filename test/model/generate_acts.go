package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// step makes one random act. The clock goes on by minutes, and every few acts
// by days.
func (r *generator) step() act {
	if r.chance(11) {
		r.now += domain.Instant(1+r.rng.IntN(4)) * 24 * 60 * minute
		if r.chance(3) {
			r.now += domain.Instant(r.rng.IntN(40)) * 24 * 60 * minute
		}
	}
	switch r.rng.IntN(150) {
	case 0:
		return act{at: r.now, sweep: true}
	case 1:
		return act{at: r.now, reopen: true}
	}
	if len(r.acts) > 0 && r.chance(2) { // the same once more, or another request under the same key
		again := pick(r, r.acts[max(0, len(r.acts)-15):]...)
		if again.what != nil {
			again.at, again.another, again.dry = r.now, r.chance(25), false
			return again
		}
	}
	user, what := r.command()
	for range 4 {
		if !r.none || r.chance(3) {
			break
		}
		user, what = r.command()
	}
	a := r.act(user, what)
	switch r.rng.IntN(60) {
	case 0:
		a.match = stale
	case 1:
		a.match = absent
	case 2:
		a.role = pick(r, domain.Roles...)
	case 3:
		a.key = pick(r, "", "a b", "é", strings.Repeat("x", 256))
	}
	_, registers := what.(usecase.RegisterUser) // a sign-in name is taken only in earnest
	a.dry = r.chance(25) && !registers
	a.stale = map[int]bool{r.rng.IntN(12): r.chance(30)}
	return a
}

func (r *generator) command() (string, usecase.Command) {
	r.none = false
	for _, u := range r.units {
		if r.m.units[u].opening != nil && r.chance(12) {
			return r.opening()
		}
	}
	switch n := r.rng.IntN(200); {
	case n < 30:
		u := r.unit()
		f := r.entry(u, r.someone())
		return r.by(domain.Collector, domain.Supervisor), usecase.Collect{Unit: u, ChangeForm: r.spoil(f)}
	case n < 48:
		u := r.unit()
		return r.by(domain.Collector, domain.Supervisor), usecase.Collect{Unit: u, ChangeForm: r.spoil(r.exit(u))}
	case n < 100:
		return r.pass()
	case n < 120:
		id := of(r, r.m.changes, func(c *change) bool {
			return c.status == account.StatusReview && c.passed == len(c.route) || c.live() && r.chance(2)
		})
		if c := r.m.changes[id]; c != nil {
			return r.nextTo(c, domain.Recorder), usecase.Record{Change: id}
		}
		return r.by(domain.Recorder), usecase.Record{Change: id}
	case n < 123:
		return r.giveBack()
	case n < 128:
		return r.resubmit()
	case n < 130:
		id := of(r, r.m.changes, func(c *change) bool { return c.live() || r.chance(2) })
		return r.by(domain.Collector, domain.Supervisor), usecase.Withdraw{Change: id, Reason: r.note("不再办理")}
	case n < 142:
		return r.batch()
	case n < 148:
		u := r.unit()
		return r.by(domain.Approver), usecase.ApproveUse{Unit: u, Line: r.line(u), Posts: pick(r, 1, 1, 1, 2, 3, 0), Manner: r.manner(),
			ValidTo: pick(r, domain.NoDay, r.now.Day()+domain.Day(r.rng.IntN(30)), r.now.Day()+domain.Day(r.rng.IntN(30)), r.now.Day()-1, r.now.Day()+95),
			Plan:    pick(r, "", "年度用编计划"), Document: r.document()}
	case n < 150:
		id := of(r, r.m.approvals, func(p *approval) bool { return !p.ended || r.chance(10) })
		return r.by(domain.Approver), usecase.RevokeUse{Approval: id, Reason: r.note("计划取消"), Document: r.document()}
	case n < 164:
		return r.move()
	case n < 170:
		u := r.unit()
		held := usecase.HoldBackPosts{Unit: u, Line: r.line(u), Posts: pick(r, 1, 1, 2, 0, 25), Effective: r.day(), Document: r.document()}
		if r.chance(50) {
			for _, u := range r.units {
				for _, k := range lineKeys {
					if r.m.balance(lineOf{domain.AccountOf(u), k}, r.now.Day(), unknown)[3] > 0 && r.chance(40) {
						held.Unit, held.Line, held.Effective = u, k, max(held.Effective, r.now.Day()-domain.Day(r.rng.IntN(12)))
					}
				}
			}
			return r.by(domain.Leader), usecase.FreePosts(held)
		}
		return r.by(domain.Leader, domain.Committee), held
	case n < 172:
		return r.by(domain.Committee), usecase.SetPool{Level: pick(r, levels...), Line: pick(r, lineKeys...), Posts: r.rng.IntN(25) - 1, Document: r.document()}
	case n < 174:
		return r.found()
	case n < 184:
		return r.opening()
	case n < 186:
		return r.by(registrars...), usecase.RegisterDocument{Number: pick(r, "甬编〔2026〕7号", ""), Issuer: pick(r, "市委编委", ""), Title: r.note("通知"),
			Date: pick(r, r.now.Day(), r.now.Day()+1, domain.NoDay), Digest: pick(r, "", "xyz")}
	case n < 194:
		return r.user()
	}
	return r.policy()
}

func (r *generator) note(s string) string {
	switch r.rng.IntN(40) {
	case 0:
		return ""
	case 1:
		return "坏\x07字"
	case 2:
		return strings.Repeat("长", usecase.NoteRunesMax+1)
	}
	return s
}

func (r *generator) move() (string, usecase.Command) {
	u := r.unit()
	level := codes.City
	if x := r.m.units[u]; x != nil {
		level = x.level
	}
	pool, unit := domain.PoolOf(level), domain.AccountOf(u)
	k := usecase.MoveQuota{Giver: pool, Taker: unit, Posts: pick(r, 1, 1, 2, 3, 5), Effective: r.day(), Document: r.document()}
	switch r.rng.IntN(8) {
	case 0, 1, 2:
		k.Giver, k.Taker = unit, pool
	case 3:
		k.Giver, k.Taker = unit, domain.AccountOf(r.unit())
	case 4:
		k.Taker = pick(r, "", "person-1", pool, domain.PoolOf(county), domain.AccountOf(r.unit()))
	}
	k.GiverLine = pick(r, lineKeys...)
	if k.Giver == unit {
		k.GiverLine = r.line(u)
	}
	k.TakerLine = k.GiverLine
	switch r.rng.IntN(20) {
	case 0:
		k.TakerLine = pick(r, lineKeys...)
	case 1:
		k.TakerLine = pick[codes.LineKey](r, "", "navy/full")
	case 2:
		k.Giver = pick(r, "", "person-1", "pool-330999", domain.AccountOf(r.unit()))
	case 3:
		k.Posts = pick(r, 0, 21, 30, usecase.PostsMax+1)
	case 4:
		k.Effective = domain.NoDay
	}
	return r.by(domain.Leader, domain.Committee), k
}

func (r *generator) found() (string, usecase.Command) {
	level := pick(r, levels...)
	k := usecase.EstablishUnit{Code: r.unitCode(), Division: string(level), System: "institution", Rank: "section", Level: level, Name: r.note("新单位"),
		Parent: pick(r, "", r.unit()), Effective: r.day(), Document: r.document()}
	switch r.rng.IntN(8) {
	case 0:
		k.Code = pick(r, "", "330200-0001", "330999-0001", "12345")
	case 1:
		k.Division, k.Rank = pick(r, "", "330204", "110000"), pick(r, "", "section", "emperor")
	case 2:
		k.Level = pick[domain.Level](r, "", "330999")
	}
	return r.by(domain.Leader), k
}

func (r *generator) opening() (string, usecase.Command) {
	u := r.unit()
	for _, open := range r.units { // mostly one that is open
		if r.m.units[open].opening != nil && r.chance(90) {
			u = open
		}
	}
	by := r.by(domain.Committee)
	x := r.m.units[u]
	if x == nil || x.opening == nil || r.chance(4) {
		return by, usecase.StartOpening{Unit: u, Rows: pick(r, 1, 1, 2, 3, 0), Digest: strings.Repeat(pick(r, "0", "0", "0", "A"), 64), Document: r.document()}
	}
	switch left := x.opening.rows - len(x.opening.people); {
	case r.chance(15):
		return by, usecase.AbandonOpening{Unit: u, Reason: r.note("人数有误")}
	case left == 0 || r.chance(10):
		return by, usecase.CompleteOpening{Unit: u}
	default:
		k := usecase.AddOpeningPart{Unit: u, From: len(x.opening.people)}
		for range min(left, 1+r.rng.IntN(2)) {
			n := r.someone()
			row := usecase.OpeningForm{IDNumber: world.IDNumber(n), Particulars: account.Particulars{Name: world.PersonName(n)}, Line: r.line(u),
				Since: pick(r, r.day(), r.now.Day()-4_000, r.now.Day()-3)}
			row.Class = r.fitting(row.Line)
			if p := r.m.people[r.m.numbers[row.IDNumber]]; p != nil && p.freeFrom != domain.NoDay && r.chance(60) {
				row.Since = p.freeFrom - domain.Day(r.rng.IntN(3)/2)
			}
			if r.chance(5) {
				row.IDNumber, row.Since = pick(r, "", "123"), domain.NoDay
			}
			k.Rows = append(k.Rows, row)
		}
		switch r.rng.IntN(16) {
		case 0:
			k.From += pick(r, 1, -1)
		case 1:
			k.Rows = append(k.Rows, k.Rows[0])
		case 2:
			k.Rows = nil
		}
		return by, k
	}
}

func (r *generator) user() (string, usecase.Command) {
	name := pick(r, r.names...)
	id := r.users[name]
	if r.chance(3) {
		id = "00000000-0000-4000-8000-00000000000e"
	}
	admin := r.by(domain.Admin)
	var grants []string
	if u := r.m.users[id]; u != nil {
		for g := range u.grants {
			grants = append(grants, g)
		}
	}
	slices.Sort(grants)
	grants = append(grants, "00000000-0000-4000-8000-00000000000f")
	scope := pick(r, domain.Scope{}, domain.Scope{}, domain.Scope{Level: county}, domain.Scope{Unit: r.unit()}, domain.Scope{Level: "330999"})
	switch n := r.rng.IntN(20); {
	case n < 2:
		return admin, usecase.RegisterUser{Name: pick(r, "新人甲", "", "甲 乙"), SignIn: pick(r, "u-c1", fmt.Sprint("n", r.n), "X", ""),
			Human: pick(r, "", "", of(r, r.m.people, func(*person) bool { return true }))}
	case n < 4:
		if strings.HasPrefix(name, "admin") || r.chance(20) || name == "nobody" {
			return admin, usecase.DisableUser{User: id}
		}
		return admin, usecase.DisableUser{User: r.users["gone"]}
	case n < 9:
		return admin, usecase.GrantRole{User: id, Role: pick(r, append(domain.Roles, "", "emperor")...), Scope: scope}
	case n < 16:
		if g := of(r, r.m.users, func(u *user) bool {
			for _, g := range u.grants {
				if g.proposed {
					return true
				}
			}
			return false
		}); r.m.users[g] != nil {
			id, grants = g, nil
			for _, x := range slices.Sorted(maps.Keys(r.m.users[g].grants)) {
				if r.m.users[g].grants[x].proposed || r.chance(20) {
					grants = append(grants, x)
				}
			}
		}
		return admin, usecase.ConfirmRole{User: id, Grant: pick(r, append(grants, "x")[0], pick(r, append(grants, "x")...))}
	}
	if len(grants) > 2 || strings.HasPrefix(name, "admin") || r.chance(10) {
		return admin, usecase.RevokeRole{User: id, Grant: pick(r, grants...)}
	}
	return admin, usecase.RevokeRole{User: id, Grant: "x"}
}

// goodPolicies are the values that policies are set to.
var goodPolicies = map[string][]string{
	"routes": {`[{"kind":"entry","gates":["organization","hr","office"]},{"kind":"exit","gates":["organization","hr","office"]}]`,
		`[{"kind":"entry","gates":["unit-head","office"]},{"kind":"entry","class":"worker","gates":["office"]},{"kind":"exit","gates":["hr"]}]`,
		`[{"kind":"entry","gates":["supervisor","organization","hr","office"]},{"kind":"exit","class":"worker","gates":["office"]},{"kind":"exit","gates":["hr","office"]}]`},
	"checklists": {`{"office":[{"key":"kind","zh":"相符","en":"fits","kinds":["entry"]},{"key":"holding","zh":"相符","en":"fits","kinds":["exit"]}]}`,
		`{"hr":[{"key":"filing","zh":"备案","en":"filing","classes":["worker"]},{"key":"level","zh":"等级","en":"level"}],"office":[{"key":"all","zh":"全部","en":"all"}]}`},
	"compatibility": {`{"administrative":["civil-servant"],"institution":["management","professional"],"worker":["worker"]}`,
		`{"administrative":["civil-servant","civil-servant-managed"],"institution":["management","professional","worker"],"worker":["worker"]}`},
	"approvals": {`{"manners":["exam","recruitment","selection"],"validitydays":90}`, `{"manners":["exam"],"validitydays":20}`, `{"manners":[],"validitydays":45}`,
		`{"manners":["exam","resettlement"],"validitydays":60}`},
	"deadlines": {`{"handling":10,"exit":15}`, `{"handling":3,"exit":5}`},
	"bounds":    {`{"backdatingmonths":24}`, `{"backdatingmonths":18}`, `{"backdatingmonths":24}`, `{"backdatingmonths":1}`, `{"backdatingmonths":12}`, `{"backdatingmonths":0}`},
	"authority": {`{"leaderpostsmax":20}`, `{"leaderpostsmax":2}`},
}

func (r *generator) policy() (string, usecase.Command) {
	by := r.by(domain.Admin)
	if r.chance(10) {
		k := usecase.SetCalendar{Year: pick(r, 2027, 1999), Document: r.document()}
		if r.chance(50) {
			for d := domain.DayOf(2027, 1, 1); len(k.Holidays) < 13; d += 7 {
				k.Holidays = append(k.Holidays, d)
			}
		}
		return by, k
	}
	names := []string{"routes", "routes", "checklists", "compatibility", "approvals", "deadlines", "bounds", "authority", "weather"}
	k := usecase.SetPolicy{Name: pick(r, names...), From: r.now.Day() + domain.Day(pick(r, 0, 0, 1, 5, -1)), Document: r.document()}
	values := goodPolicies[k.Name]
	switch {
	case r.chance(25) && k.Name == "bounds":
		k.Value = []byte(pick(r, "", "null", "{", `{"backdatingmonths":-1}`, `{"backdatingmonths":1,"x":2}`, `{}`))
	case r.chance(10) && k.Name == "routes":
		k.Value = []byte(`[{"kind":"entry","gates":[]}]`)
	case len(values) > 0:
		k.Value = []byte(pick(r, values...))
	default:
		k.Value = []byte(`{}`)
	}
	return by, k
}
