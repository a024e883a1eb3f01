package usecase

import (
	"context"
	"slices"
	"sync"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/user"
)

// Authority: rules
//
//  1. Deny by default: a command is carried out only under a role that may
//     begin it (rights) and whose scope covers what it is about (§10).
//  2. The role is the one the caller names, or the first that fits.
//  3. What an authorisation rests on is fixed by decidedat: roles and policies
//     change under the same lock under which that position is read, so whoever
//     replays the ledger to decidedat finds the very grants that were seen.

// rights says which roles may begin a command (domain model §10). Gates are in
// gateRoles: which of them a change waits for stands in its route.
var rights = map[string][]domain.Role{
	"unit.establish":         {domain.Leader},
	"pool.set":               {domain.Committee},
	"quota.move":             {domain.Leader, domain.Committee},
	"quota.hold-back":        {domain.Leader},
	"quota.free":             {domain.Leader},
	"use.approve":            {domain.Approver},
	"use.revoke":             {domain.Approver},
	"staffing.collect":       {domain.Collector, domain.Supervisor},
	"staffing.collect-batch": {domain.Collector, domain.Supervisor},
	"staffing.resubmit":      {domain.Collector, domain.Supervisor},
	"staffing.withdraw":      {domain.Collector, domain.Supervisor},
	"staffing.pass":          gateRoleList,
	"staffing.pass-batch":    gateRoleList,
	"staffing.return":        gateRoleList,
	"staffing.record":        {domain.Recorder},
	"staffing.record-batch":  {domain.Recorder},
	"opening.start":          {domain.Committee},
	"opening.part":           {domain.Committee},
	"opening.complete":       {domain.Committee},
	"opening.abandon":        {domain.Committee},
	"document.register": {domain.Collector, domain.Supervisor, domain.GateOrganization, domain.GateHR,
		domain.GateOffice},
	"user.register": {domain.Admin},
	"user.disable":  {domain.Admin},
	"role.grant":    {domain.Admin},
	"role.confirm":  {domain.Admin},
	"role.revoke":   {domain.Admin},
	"policy.set":    {domain.Admin},
	"calendar.set":  {domain.Admin},
}

var gateRoles = map[account.Gate]domain.Role{
	account.GateUnitHead:     domain.UnitHead,
	account.GateSupervisor:   domain.Supervisor,
	account.GateOrganization: domain.GateOrganization,
	account.GateHR:           domain.GateHR,
	account.GateOffice:       domain.GateOffice,
}

var gateRoleList = []domain.Role{domain.GateOrganization, domain.GateHR, domain.GateOffice, domain.UnitHead, domain.Supervisor}

// readers see units and people within their scope; administrators and
// subscribers see neither.
var readers = []domain.Role{domain.Collector, domain.UnitHead, domain.Supervisor, domain.GateOrganization, domain.GateHR,
	domain.GateOffice, domain.Approver, domain.Recorder, domain.Inspector, domain.Leader, domain.Committee, domain.Auditor}

// RightsOf returns the roles that may begin a command.
func RightsOf(c Command) []domain.Role { return rights[c.command()] }

// target is what a command is about, for the scope of a role.
type target struct {
	level domain.Level
	unit  domain.UnitID // empty: the level's pool, or the whole city where level is empty too
}

// place is where a unit stands.
type place struct {
	level  domain.Level
	parent domain.UnitID
}

// directory is what authorisation needs of the ledger, folded in memory: the
// people of the system, where each unit stands, policies and calendars.
type directory struct {
	mu     sync.RWMutex
	users  map[domain.UserID]*user.State
	units  map[domain.UnitID]place
	book   *policy.Book
	admins int
}

func newDirectory() *directory {
	return &directory{users: map[domain.UserID]*user.State{}, units: map[domain.UnitID]place{}, book: policy.NewBook()}
}

// apply folds an event of a user, policy or calendar stream, or a founding.
// The caller holds mu, or is alone.
func (d *directory) apply(h domain.Head, p domain.Payload) error {
	switch h.Stream.Kind() {
	case domain.UserStream:
		id := domain.UserID(h.Stream.Key())
		state := d.users[id]
		if state == nil {
			state = user.New(id)
			d.users[id] = state
		}
		was := state.Has(domain.Admin)
		state.Apply(h, p)
		if is := state.Has(domain.Admin); is != was {
			if d.admins++; was {
				d.admins -= 2
			}
		}
	case domain.PolicyStream, domain.CalendarStream:
		return d.book.Apply(p)
	case domain.AccountStream:
		if e, ok := p.(account.UnitEstablished); ok {
			d.units[domain.UnitID(h.Stream.Key())] = place{e.Level, e.Parent}
		}
	}
	return nil
}

// load folds the streams that the directory keeps.
func (d *directory) load(ctx context.Context, s *Service) error {
	for _, kind := range []string{domain.UserStream, domain.PolicyStream, domain.CalendarStream, domain.AccountStream} {
		for stream, err := range s.o.Log.Streams(ctx, kind+"-") {
			if err != nil {
				return err
			}
			for r, err := range s.o.Log.Stream(ctx, stream, 0) {
				if err != nil {
					return err
				}
				p, err := decode(r)
				if err != nil {
					return err
				}
				if err := d.apply(r.Head, p); err != nil {
					return err
				}
				if _, founded := p.(account.UnitEstablished); founded {
					break // the rest of an account's stream is for the accounts
				}
			}
		}
	}
	return nil
}

// covers tells whether a scope covers a target. A level covers the units
// managed by it, not those of levels below it.
func (d *directory) covers(scope domain.Scope, t target) bool {
	switch {
	case scope.Whole():
		return true
	case scope.Level != "" && scope.Level != t.level:
		return false
	case scope.Unit == "":
		return true
	}
	for u, steps := t.unit, 0; u != "" && steps < 64; u, steps = d.units[u].parent, steps+1 {
		if u == scope.Unit {
			return true
		}
	}
	return false
}

// targetOf is the unit with its level.
func (d *directory) targetOf(u domain.UnitID) target { return target{d.units[u].level, u} }

// targetOfStream is the target of an account or pool stream.
func (d *directory) targetOfStream(stream domain.Stream) target {
	if stream.Kind() == domain.PoolStream {
		return target{level: domain.Level(stream.Key())}
	}
	return d.targetOf(domain.UnitID(stream.Key()))
}

// role picks the role under which the user may act on all targets. Roles may
// be narrowed to the one the caller names.
func (d *directory) role(u *user.State, named domain.Role, may []domain.Role, targets []target) (domain.Role, *domain.Refusal) {
	if named != "" {
		if !slices.Contains(may, named) {
			return "", domain.Refuse(domain.NotAuthorised, "role", "role", string(named), "roles", may)
		}
		may = []domain.Role{named}
	}
	held := false
	for _, role := range may {
		for _, g := range u.Grants() {
			if g.Role != role || g.Proposed {
				continue
			}
			held = true
			if d.coversAll(g.Scope, targets) {
				return role, nil
			}
		}
	}
	if held {
		r := domain.Refuse(domain.OutOfJurisdiction, "unit")
		r.Facts = map[string]any{"roles": may}
		for _, t := range targets {
			if t.unit != "" {
				r.Facts["unit"] = string(t.unit)
			}
			r.Facts["level"] = string(t.level)
		}
		return "", r
	}
	return "", domain.Refuse(domain.NotAuthorised, "actor", "roles", may)
}

func (d *directory) coversAll(scope domain.Scope, targets []target) bool {
	for _, t := range targets {
		if !d.covers(scope, t) {
			return false
		}
	}
	return true
}

// authorised is what an authorisation saw.
type authorised struct {
	actor    domain.Actor
	seen     domain.Position
	now      domain.Instant
	policy   *policy.Set
	calendar *codes.Calendar
	admins   int
}

// authorise fixes who acts, in which role, on what position. A refusal is of
// class 1.
func (s *Service) authorise(call Call, may []domain.Role, targets ...target) (authorised, error) {
	d := s.directory
	d.mu.RLock()
	defer d.mu.RUnlock()
	u := d.users[call.User]
	if u == nil || !u.Active() {
		return authorised{}, domain.Refuse(domain.NotAuthorised, "actor", "roles", may)
	}
	role, refusal := d.role(u, call.Role, may, targets)
	if refusal != nil {
		return authorised{}, refusal
	}
	a := authorised{actor: domain.Actor{User: call.User, Human: u.Human(), Role: role}, now: s.o.Clock.Now(), admins: d.admins}
	if role == domain.Supervisor && len(targets) > 0 {
		a.actor.OnBehalfOf = string(targets[0].unit)
	}
	a.policy, a.calendar = d.book.On(a.now.Day()), d.book.Calendar()
	if size := s.o.Log.Size(); size > 0 {
		a.seen = size - 1
	}
	return a, nil
}

// facts are what a decision on an account may know beside the account.
func (a authorised) facts(document account.DocumentFact) account.Facts {
	return account.Facts{Now: a.now, Actor: a.actor, Policy: a.policy, Calendar: a.calendar, Document: document}
}
