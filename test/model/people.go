package model

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// Who may begin what (§10).
var (
	collectors = []domain.Role{domain.Collector, domain.Supervisor}
	leaders    = []domain.Role{domain.Leader, domain.Committee}
	gates      = []domain.Role{domain.GateOrganization, domain.GateHR, domain.GateOffice, domain.UnitHead, domain.Supervisor}
	registrars = []domain.Role{domain.Collector, domain.Supervisor, domain.GateOrganization, domain.GateHR, domain.GateOffice}
)

func sits(g account.Gate) domain.Role {
	switch g {
	case account.GateUnitHead:
		return domain.UnitHead
	case account.GateSupervisor:
		return domain.Supervisor
	}
	return domain.Role("gate:" + string(g))
}

// place is what an act is about: a unit, or a level's pool; neither: the city.
type place struct {
	level domain.Level
	unit  domain.UnitID
}

// within tells whether a scope covers a place: the level that manages the unit,
// and the subtree of units.
func (m *Model) within(s domain.Scope, p place) bool {
	if s.Level != "" && s.Level != p.level {
		return false
	}
	if s.Unit == "" {
		return true
	}
	for u := p.unit; u != ""; {
		if u == s.Unit {
			return true
		}
		if m.units[u] == nil {
			return false
		}
		u = m.units[u].parent
	}
	return false
}

// actor is who acts, in which role.
type actor struct {
	human domain.HumanID
	role  domain.Role
}

// may picks the first role, of those that may begin an act, under which the
// user may act on all places.
func (m *Model) may(call usecase.Call, roles []domain.Role, places ...place) (actor, []finding) {
	u := m.users[call.User]
	if call.Role != "" {
		if !slices.Contains(roles, call.Role) {
			return actor{}, []finding{rule(domain.NotAuthorised, "role")}
		}
		roles = []domain.Role{call.Role}
	}
	holds := false
	for _, role := range roles {
		for _, g := range u.grants {
			if g.role != role || g.proposed {
				continue
			}
			holds = true
			all := true
			for _, p := range places {
				all = all && m.within(g.scope, p)
			}
			if all {
				return actor{u.human, role}, nil
			}
		}
	}
	if holds {
		return actor{}, []finding{rule(domain.OutOfJurisdiction, "unit")}
	}
	return actor{}, []finding{rule(domain.NotAuthorised, "actor")}
}

// mayIn is may for an act in a unit. Of a unit that does not exist only the
// role counts.
func (m *Model) mayIn(call usecase.Call, roles []domain.Role, u domain.UnitID) (actor, []finding) {
	if m.units[u] == nil {
		return m.may(call, roles)
	}
	return m.may(call, roles, place{m.units[u].level, u})
}

func (m *Model) isAdmin(u *user) bool {
	if !u.active {
		return false
	}
	for _, g := range u.grants {
		if g.role == domain.Admin && !g.proposed {
			return true
		}
	}
	return false
}

// admins counts the administrators that stand.
func (m *Model) admins() (n int) {
	for u := range maps.Values(m.users) {
		if m.isAdmin(u) {
			n++
		}
	}
	return n
}

// alone: one administrator may only name people and the second administrator.
func (m *Model) alone() []finding {
	if m.admins() < 2 {
		return []finding{rule(domain.SecondAdminNeeded, "actor")}
	}
	return nil
}

func (m *Model) registerUser(call usecase.Call, k usecase.RegisterUser) verdict {
	_, found := m.may(call, []domain.Role{domain.Admin})
	if found != nil {
		return refused(found...)
	}
	if _, fault := codes.PersonName(k.Name); fault != nil {
		found = append(found, faulty("name", fault))
	}
	switch {
	case k.SignIn == "":
		found = append(found, missing("signin"))
	case !signInForm(k.SignIn):
		found = append(found, malformed("signin"))
	}
	if k.Human != "" && m.people[k.Human] == nil {
		found = append(found, rule(domain.UnknownThing, "human"))
	}
	if _, taken := m.signIns[k.SignIn]; len(found) == 0 && taken {
		found = append(found, malformed("signin"))
	}
	if len(found) > 0 {
		return refused(found...)
	}
	v := verdict{}
	v.write("user-*", "user.registered.v1")
	v.apply = func(w *written) {
		id := domain.UserID(w.result.ID)
		u := &user{human: domain.HumanID(id), active: true, grants: map[string]*grant{}, stream: domain.UserOf(id)}
		if k.Human != "" {
			u.human = domain.HumanID(k.Human)
		}
		m.users[id], m.signIns[k.SignIn] = u, id
	}
	return v
}

func signInForm(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return len(s) >= 2 && len(s) <= 32
}

// onUser is what all acts on a user share: the administrator, If-Match on the
// user's stream. judge adds what stands against the act itself.
func (m *Model) onUser(call usecase.Call, id domain.UserID, judge func(a actor, u *user) []finding, apply func(u *user, w *written), writes func(u *user) domain.EventType) verdict {
	a, found := m.may(call, []domain.Role{domain.Admin})
	if found != nil {
		return refused(found...)
	}
	u := m.users[id]
	v := refused(judge(a, u)...)
	if u != nil {
		m.ifMatch(&v, call, m.streams[domain.UserOf(id)])
	}
	if v.accepted() {
		v.write(domain.UserOf(id), writes(u))
		v.apply = func(w *written) { apply(u, w) }
	}
	return v
}

// stands: the user exists and is not disabled.
func stands(u *user) []finding {
	switch {
	case u == nil:
		return []finding{rule(domain.UnknownThing, "user")}
	case !u.active:
		return []finding{rule(domain.WrongStep, "user")}
	}
	return nil
}

// notOwn: nobody acts on his own roles and sign-ins, by whatever sign-in.
func notOwn(a actor, u *user) []finding {
	if u != nil && u.human == a.human {
		return []finding{rule(domain.OwnFile, "user")}
	}
	return nil
}

func (m *Model) disableUser(call usecase.Call, k usecase.DisableUser) verdict {
	return m.onUser(call, k.User, func(a actor, u *user) []finding {
		found := slices.Concat(m.alone(), stands(u), notOwn(a, u))
		if u != nil && m.isAdmin(u) && m.admins() <= 2 {
			found = append(found, rule(domain.WrongStep, "user"))
		}
		return found
	}, func(u *user, _ *written) { u.active = false }, always("user.disabled.v1"))
}

func always(t domain.EventType) func(*user) domain.EventType {
	return func(*user) domain.EventType { return t }
}

func (m *Model) grantRole(call usecase.Call, k usecase.GrantRole) verdict {
	second := k.Role == domain.Admin && m.admins() < 2
	proposes := k.Role.NeedsSecondAdmin() && !second
	return m.onUser(call, k.User, func(a actor, u *user) (found []finding) {
		switch {
		case k.Role == "":
			found = append(found, missing("role"))
		case !slices.Contains(domain.Roles, k.Role):
			found = append(found, malformed("role"))
		}
		if k.Scope.Level != "" && !codes.IsLevel(k.Scope.Level, m.today()) {
			found = append(found, unknownCode("level"))
		}
		if k.Scope.Unit != "" && m.units[k.Scope.Unit] == nil {
			found = append(found, rule(domain.UnknownThing, "unit"))
		}
		if !second {
			found = append(found, m.alone()...)
		}
		found = append(found, slices.Concat(stands(u), notOwn(a, u))...)
		if second && !k.Scope.Whole() {
			found = append(found, rule(domain.FieldMalformed, "scope"))
		}
		if u != nil {
			for _, g := range u.grants {
				if g.role == k.Role && g.scope == k.Scope {
					found = append(found, rule(domain.WrongStep, "role"))
				}
			}
		}
		return found
	}, func(u *user, w *written) {
		u.grants[w.result.ID] = &grant{role: k.Role, scope: k.Scope, proposed: proposes, by: m.users[call.User].human}
	}, func(*user) domain.EventType {
		if proposes {
			return "role.proposed.v1"
		}
		return "role.granted.v1"
	})
}

func (m *Model) confirmRole(call usecase.Call, k usecase.ConfirmRole) verdict {
	return m.onUser(call, k.User, func(a actor, u *user) []finding {
		found := slices.Concat(m.alone(), stands(u), notOwn(a, u))
		g := grantOf(u, k.Grant)
		switch {
		case g == nil:
			found = append(found, rule(domain.UnknownThing, "grant"))
		case !g.proposed:
			found = append(found, rule(domain.WrongStep, "grant"))
		case g.by == a.human:
			found = append(found, rule(domain.SamePerson, "actor"))
		}
		return found
	}, func(u *user, w *written) {
		u.grants[k.Grant].proposed, u.grants[k.Grant].by = false, m.users[call.User].human
	}, always("role.granted.v1"))
}

func (m *Model) revokeRole(call usecase.Call, k usecase.RevokeRole) verdict {
	return m.onUser(call, k.User, func(_ actor, u *user) []finding {
		found := m.alone()
		g := grantOf(u, k.Grant)
		if g == nil {
			return append(found, rule(domain.UnknownThing, "grant"))
		}
		left := *u
		left.grants = maps.Clone(u.grants)
		delete(left.grants, k.Grant)
		if m.isAdmin(u) && !m.isAdmin(&left) && m.admins() <= 2 {
			found = append(found, rule(domain.WrongStep, "grant"))
		}
		return found
	}, func(u *user, _ *written) { delete(u.grants, k.Grant) }, always("role.revoked.v1"))
}

func grantOf(u *user, id string) *grant {
	if u == nil {
		return nil
	}
	return u.grants[id]
}

// ifMatch: after who and whose (classes 1 and 2), before everything else.
func (m *Model) ifMatch(v *verdict, call usecase.Call, current domain.Revision) {
	if len(v.found) > 0 && rank(v.found[0].name) < 300 {
		return
	}
	switch {
	case call.IfMatch == current, call.IfMatch == domain.NoStream && call.DryRun:
	case call.IfMatch == domain.NoStream:
		*v = verdict{required: true}
	default:
		*v = verdict{failed: true}
	}
}
