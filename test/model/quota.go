package model

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

func (m *Model) establish(call usecase.Call, k usecase.EstablishUnit) verdict {
	_, found := m.may(call, []domain.Role{domain.Leader}, place{k.Level, k.Parent})
	if found != nil {
		return refused(found...)
	}
	on := m.today() // codes are those of the day from which they are said (§2)
	if k.Effective != domain.NoDay && k.Effective < on {
		on = k.Effective
	}
	if k.Code == "" {
		found = append(found, missing("code"))
	} else if _, fault := codes.ParseUnitCode(k.Code, on); fault != nil {
		found = append(found, faulty("code", fault))
	}
	table := func(field, table, value string) {
		if value == "" {
			found = append(found, missing(field))
		} else if _, ok := codes.Lookup(table, value, on); !ok {
			found = append(found, unknownCode(field))
		}
	}
	switch {
	case k.Level == "":
		found = append(found, missing("level"))
	case !codes.IsLevel(k.Level, on):
		found = append(found, unknownCode("level"))
	}
	table("division", codes.TableDivision, k.Division)
	table("system", codes.TableSystem, k.System)
	table("rank", codes.TableRank, k.Rank)
	found = append(found, oneLine("name", k.Name, true)...)
	found = append(found, m.dated(k.Effective, false)...)
	if k.Parent != "" {
		switch parent := m.units[k.Parent]; {
		case parent == nil:
			found = append(found, rule(domain.UnknownThing, "parent"))
		case parent.level != k.Level && parent.level != codes.City:
			found = append(found, malformed("parent"))
		}
	}
	found = append(found, m.cited(k.Document)...)
	if m.codes[k.Code] != "" {
		found = append(found, rule(domain.CodeInUse, "code"))
	}
	if len(found) > 0 {
		return refused(found...)
	}
	code := domain.StreamOf(domain.UnitCodeStream, k.Code)
	v := verdict{apply: func(w *written) {
		id := domain.UnitID(w.result.ID)
		m.units[id], m.codes[k.Code] = &unit{level: k.Level, parent: k.Parent, code: k.Code}, id
	}}
	v.write(code, "unitcode.claimed.v1", "unitcode.held.v1")
	v.write("account-*", account.TypeUnitEstablished)
	return v
}

func (m *Model) setPool(call usecase.Call, k usecase.SetPool) verdict {
	_, found := m.may(call, []domain.Role{domain.Committee}, place{level: k.Level})
	if found != nil {
		return refused(found...)
	}
	found = slices.Concat(m.level("level", k.Level), lineKey("line", k.Line), posts("posts", k.Posts, 0), note("reason", k.Reason, false), m.cited(k.Document))
	if len(found) > 0 {
		return refused(found...)
	}
	l := lineOf{domain.PoolOf(k.Level), k.Line}
	v := verdict{apply: func(w *written) {
		raised := fact{day: m.today(), a: k.Posts - m.balance(l, m.today(), unknown)[0], known: w.at(l.stream, account.TypePoolSet)}
		m.add(l, raised)
		of := levelKind{k.Level, k.Line.Kind()}
		m.ceiling[of] = append(m.ceiling[of], raised)
	}}
	v.write(l.stream, account.TypePoolSet)
	return v
}

// side is where an account of a move stands; false where there is none.
func (m *Model) side(s domain.Stream) (place, bool) {
	switch s.Kind() {
	case domain.PoolStream:
		return place{level: domain.Level(s.Key())}, true
	case domain.AccountStream:
		if u := m.units[domain.UnitID(s.Key())]; u != nil {
			return place{u.level, domain.UnitID(s.Key())}, true
		}
	}
	return place{}, false
}

// authority: what exceeds the leader's matrix is the committee's (§10).
func (m *Model) authority(call usecase.Call, n int, places ...place) (actor, []finding) {
	who, found := m.may(call, leaders, places...)
	if found != nil || who.role == domain.Committee || n <= m.policy().authority.LeaderPostsMax {
		return who, found
	}
	if call.Role == "" {
		if committee, no := m.may(call, []domain.Role{domain.Committee}, places...); no == nil {
			return committee, nil
		}
	}
	return actor{}, []finding{rule(domain.NotAuthorised, "posts")}
}

func (m *Model) moveQuota(call usecase.Call, k usecase.MoveQuota) verdict {
	giver, giverKnown := m.side(k.Giver)
	taker, takerKnown := m.side(k.Taker)
	var places []place
	if giverKnown {
		places = append(places, giver)
	}
	if takerKnown {
		places = append(places, taker)
	}
	if _, found := m.authority(call, k.Posts, places...); found != nil {
		return refused(found...)
	}
	found := slices.Concat(lineKey("giverline", k.GiverLine), lineKey("takerline", k.TakerLine), posts("posts", k.Posts, 1),
		m.sideForm("giver", k.Giver), m.sideForm("taker", k.Taker), note("reason", k.Reason, false))
	switch {
	case k.Giver != "" && k.Giver == k.Taker, k.Giver.Kind() == domain.PoolStream && k.Taker.Kind() == domain.PoolStream:
		found = append(found, rule(domain.FieldMalformed, "taker"))
	case giverKnown && takerKnown && giver.level != taker.level: // each level has its own ceiling (§14.1)
		found = append(found, rule(domain.NotConserved, "taker"))
	}
	if k.Taker.Kind() == domain.AccountStream {
		if !takerKnown {
			found = append(found, rule(domain.UnknownThing, "taker"))
		} else if m.units[taker.unit].opening != nil {
			found = append(found, rule(domain.BulkOpen, "taker"))
		}
	}
	if k.Giver.Kind() != domain.AccountStream && k.Giver.Kind() != domain.PoolStream {
		return refused(found...) // there is no giver to look at
	}
	found = slices.Concat(found, m.cited(k.Document), m.open(k.Giver), m.dated(k.Effective, true))
	diverted := k.GiverLine.Flag() != "" && k.TakerLine.Flag() != k.GiverLine.Flag() // §3: not divertible
	if k.GiverLine.Kind() != k.TakerLine.Kind() || diverted {
		found = append(found, rule(domain.KindMismatch, "takerline", "giverline"))
	}
	from := lineOf{k.Giver, k.GiverLine}
	given := fact{day: min(k.Effective, m.today()), a: -k.Posts}
	if k.Effective != domain.NoDay {
		found = append(found, m.spare(from, given, k.Posts)...)
	}
	if v := refused(found...); !v.accepted() {
		return v
	}
	to := lineOf{k.Taker, k.TakerLine}
	act := account.TypeQuotaMoved
	switch {
	case k.Taker.Kind() == domain.PoolStream:
		act = account.TypeQuotaCut
	case k.Giver.Kind() == domain.PoolStream:
		act = account.TypeQuotaGranted
	}
	v := verdict{apply: func(w *written) {
		given.known = w.at(k.Giver, account.TypeQuotaOffered)
		m.add(from, given)
		if k.Effective > m.today() {
			m.landings = append(m.landings, landing{domain.ProcessID(w.result.ID), to, k.Posts, k.Effective})
			return
		}
		m.add(to, fact{day: k.Effective, a: k.Posts, known: w.at(k.Taker, act)})
	}}
	v.write(k.Giver, account.TypeQuotaOffered, account.TypeQuotaSettled)
	v.write(k.Taker, act)
	return v
}

func (m *Model) sideForm(field string, s domain.Stream) []finding {
	switch s.Kind() {
	case domain.PoolStream:
		return m.level(field, domain.Level(s.Key()))
	case domain.AccountStream:
		return nil
	case "":
		return []finding{missing(field)}
	}
	return []finding{malformed(field)}
}

// open: the unit exists and no opening balance is under way.
func (m *Model) open(s domain.Stream) []finding {
	if s.Kind() == domain.PoolStream {
		return nil
	}
	switch u := m.units[domain.UnitID(s.Key())]; {
	case u == nil:
		return []finding{rule(domain.UnknownThing, "unit")}
	case u.opening != nil:
		return []finding{rule(domain.BulkOpen, "unit")}
	}
	return nil
}

// spare: a pool gives no more than it has; a unit no posts on which people sit,
// and none that are reserved or held back (§3).
func (m *Model) spare(l lineOf, given fact, n int) []finding {
	day, b, bad := m.badDay(l, given)
	if !bad {
		return nil
	}
	if l.stream.Kind() == domain.PoolStream {
		return quota(domain.PoolExhausted, "posts", day, b)
	}
	sitting := func(d domain.Day) bool { b = m.balance(l, d, unknown); return b[0]-n < b[1] }
	if sitting(m.today()) {
		return quota(domain.CutBelowOccupied, "posts", m.today(), b)
	}
	for d := given.day; d < m.today(); d++ {
		if sitting(d) {
			return quota(domain.CutBelowOccupied, "posts", d, b)
		}
	}
	return m.headroom("posts", l, given)
}

func (m *Model) holdBack(call usecase.Call, k usecase.HoldBackPosts) verdict {
	l := lineOf{domain.AccountOf(k.Unit), k.Line}
	held := fact{day: k.Effective, h: k.Posts}
	return m.shift(call, k, k.Unit, l, held, account.TypeQuotaHeldBack, func() []finding { return m.headroom("posts", l, held) })
}

func (m *Model) freePosts(call usecase.Call, k usecase.FreePosts) verdict {
	l := lineOf{domain.AccountOf(k.Unit), k.Line}
	return m.shift(call, usecase.HoldBackPosts(k), k.Unit, l, fact{day: k.Effective, h: -k.Posts}, account.TypeQuotaFreed, func() []finding {
		for d := k.Effective; d <= m.today(); d++ {
			if b := m.balance(l, d, unknown); b[3] < k.Posts {
				return quota(domain.FieldMalformed, "posts", d, b)
			}
		}
		return nil
	})
}

func (m *Model) shift(call usecase.Call, k usecase.HoldBackPosts, u domain.UnitID, l lineOf, f fact, t domain.EventType, judge func() []finding) verdict {
	if _, found := m.mayIn(call, []domain.Role{domain.Leader}, u); found != nil {
		return refused(found...)
	}
	found := slices.Concat(lineKey("line", k.Line), posts("posts", k.Posts, 1), note("reason", k.Reason, false), m.cited(k.Document), m.open(l.stream), m.dated(k.Effective, false))
	if k.Effective != domain.NoDay {
		found = append(found, judge()...)
	}
	if v := refused(found...); !v.accepted() {
		return v
	}
	v := verdict{apply: func(w *written) {
		f.known = w.at(l.stream, t)
		m.add(l, f)
	}}
	v.write(l.stream, t)
	return v
}
