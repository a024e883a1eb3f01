// Package user holds the people of the system: sign-ins bound to human beings,
// and their roles with scope (domain model §10).
package user

import (
	"maps"
	"slices"

	"staffledger/domain"
)

// Rules
//
//  1. A user is bound to a human being, for the separation of duties.
//  2. A role is granted over a scope. Roles that decide take effect only when a
//     second administrator, another human being, confirms the proposal.
//  3. Until there are two administrators, the one there is may only name
//     people and grant the second administration (design §10).
//  4. A disabled user has no role; the last administrator is not disabled and
//     keeps the role.

// Grant is a role over a scope; Proposed waits for a second administrator.
type Grant struct {
	ID       string
	Role     domain.Role
	Scope    domain.Scope
	Proposed bool
	By       domain.UserID  // who proposed or granted it
	ByHuman  domain.HumanID // and which human being that is
}

// State is the folded stream of one user.
type State struct {
	id         domain.UserID
	revision   domain.Revision
	registered bool
	disabled   bool
	human      domain.HumanID
	grants     map[string]Grant
}

// New returns the state before the first event.
func New(id domain.UserID) *State {
	return &State{id: id, revision: domain.NoStream, grants: map[string]Grant{}}
}

// ID is the user.
func (s *State) ID() domain.UserID { return s.id }

// Revision is that of the last event applied, or domain.NoStream.
func (s *State) Revision() domain.Revision { return s.revision }

// Active tells whether the user exists and is not disabled.
func (s *State) Active() bool { return s.registered && !s.disabled }

// Human is the human being behind the user.
func (s *State) Human() domain.HumanID { return s.human }

// Grants returns the roles that stand and the proposals, ordered by id.
func (s *State) Grants() []Grant {
	return slices.SortedFunc(maps.Values(s.grants), func(x, y Grant) int {
		if x.ID < y.ID {
			return -1
		}
		return 1
	})
}

// Has tells whether a role stands over any scope.
func (s *State) Has(role domain.Role) bool {
	if !s.Active() {
		return false
	}
	for _, g := range s.grants {
		if g.Role == role && !g.Proposed {
			return true
		}
	}
	return false
}

// Apply folds one event; it never fails and never judges.
func (s *State) Apply(h domain.Head, payload domain.Payload) {
	s.revision = h.Revision
	switch e := payload.(type) {
	case Registered:
		s.registered, s.human = true, e.Human
	case Disabled:
		s.disabled = true
	case RoleProposed:
		s.grants[e.Grant] = Grant{e.Grant, e.Role, e.Scope, true, domain.UserID(h.AuthID), e.By}
	case RoleGranted:
		s.grants[e.Grant] = Grant{e.Grant, e.Role, e.Scope, false, domain.UserID(h.AuthID), e.By}
	case RoleRevoked:
		delete(s.grants, e.Grant)
	}
}

// Facts is what a decision about people knows beside the user's own stream.
type Facts struct {
	Actor  domain.Actor
	Admins int  // administrators that stand, over all users
	Setup  bool // the first start names the first administrator
}

// alone refuses what one administrator alone may not do.
func alone(f Facts) *domain.Refusal {
	if f.Admins < 2 && !f.Setup {
		return domain.Refuse(domain.SecondAdminNeeded, "actor", "admins", f.Admins)
	}
	return nil
}

// DecideRegister names a user.
func (s *State) DecideRegister(human domain.HumanID, text *domain.Personal) (domain.Decision, error) {
	if s.registered {
		return domain.Decision{}, domain.Refuse(domain.WrongStep, "user", "user", string(s.id), "needed", "user-unknown")
	}
	return one(Registered{human, text}), nil
}

// DecideDisable ends a user.
func (s *State) DecideDisable(f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(alone(f), s.standing(), s.others(f))
	if s.Has(domain.Admin) && f.Admins <= 2 {
		found.Add(domain.Refuse(domain.WrongStep, "user", "user", string(s.id), "needed", "two-admins-left"))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(Disabled{}), nil
}

// DecideGrant gives a role, or proposes it where a second administrator must
// confirm. Nobody grants roles to himself.
func (s *State) DecideGrant(grant string, role domain.Role, scope domain.Scope, f Facts) (domain.Decision, error) {
	var found domain.Findings
	second := role == domain.Admin && f.Admins < 2
	if !second {
		found.Add(alone(f))
	}
	found.Add(s.standing(), s.others(f))
	if second && scope != (domain.Scope{}) {
		found.Add(domain.Refuse(domain.FieldMalformed, "scope", "rule", "admin-scope"))
	}
	for _, g := range s.grants {
		if g.Role == role && g.Scope == scope {
			found.Add(domain.Refuse(domain.WrongStep, "role", "user", string(s.id), "needed", "role-not-held", "grant", g.ID))
		}
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	if role.NeedsSecondAdmin() && !second && !f.Setup {
		return one(RoleProposed{grant, role, scope, f.Actor.Human}), nil
	}
	return one(RoleGranted{grant, role, scope, f.Actor.Human}), nil
}

// DecideConfirm is the second administrator's yes.
func (s *State) DecideConfirm(grant string, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(alone(f), s.standing(), s.others(f))
	g, ok := s.grants[grant]
	switch {
	case !ok:
		found.Add(domain.Refuse(domain.UnknownThing, "grant", "grant", grant))
	case !g.Proposed:
		found.Add(domain.Refuse(domain.WrongStep, "grant", "grant", grant, "needed", "proposed"))
	case f.Actor.Is(g.ByHuman):
		found.Add(domain.Refuse(domain.SamePerson, "actor", "grant", grant, "step", "proposed"))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(RoleGranted{grant, g.Role, g.Scope, f.Actor.Human}), nil
}

// DecideRevoke takes a grant or a proposal back.
func (s *State) DecideRevoke(grant string, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(alone(f))
	_, ok := s.grants[grant]
	switch {
	case !ok:
		found.Add(domain.Refuse(domain.UnknownThing, "grant", "grant", grant))
	case s.Has(domain.Admin) && !s.without(grant).Has(domain.Admin) && f.Admins <= 2:
		found.Add(domain.Refuse(domain.WrongStep, "grant", "grant", grant, "needed", "two-admins-left"))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(RoleRevoked{grant}), nil
}

// without is the state as it would be without a grant.
func (s *State) without(grant string) *State {
	left := *s
	left.grants = maps.Clone(s.grants)
	delete(left.grants, grant)
	return &left
}

func (s *State) standing() *domain.Refusal {
	switch {
	case !s.registered:
		return domain.Refuse(domain.UnknownThing, "user", "user", string(s.id))
	case s.disabled:
		return domain.Refuse(domain.WrongStep, "user", "user", string(s.id), "needed", "user-active")
	}
	return nil
}

// others refuses an act on the actor's own roles, by whatever sign-in.
func (s *State) others(f Facts) *domain.Refusal {
	if s.human != "" && f.Actor.Is(s.human) {
		return domain.Refuse(domain.OwnFile, "user", "user", string(s.id))
	}
	return nil
}

func one(p domain.Payload) domain.Decision {
	return domain.Decision{Drafts: []domain.Draft{{Payload: p}}}
}
