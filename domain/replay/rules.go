package replay

import (
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
)

// What only the rules can know about a ledger whose bytes are whole. Checks:
//
//	line          line{before, after} of a moving event is what the fold says
//	conservation  Σ units + pools + under way = ceiling per level and post kind,
//	              at every position (domain model §14.1)
//	one-holding   a person has at most one holding at every position, and
//	              holdings overlap on no day (§14.3)
//	gate-order    gates in the order of the route, passes bind the content,
//	              recording after all of them (§14.6)
//	separation    collector, gates and recorder are different human beings,
//	              nobody acts on the own file (§10)
//	authority     the actor held the role at decidedat, over the unit (design §10)

// Violation is a rule that the event at a position breaks.
type Violation struct {
	Position domain.Position
	Check    string
	Reason   string
}

func (v *Violation) Error() string {
	return fmt.Sprintf("position %d: %s: %s", v.Position, v.Check, v.Reason)
}

func (s *step) violate(check, format string, args ...any) {
	if s.violation == nil {
		s.violation = &Violation{s.pos, check, fmt.Sprintf(format, args...)}
	}
}

type (
	levelKind struct {
		level domain.Level
		kind  codes.PostKind
	}
	// conserved is what must balance of a level and kind.
	conserved struct{ posts, underway, ceiling int }
	// transit is an offer whose posts have not arrived.
	transit struct {
		posts int
		level domain.Level
		kind  codes.PostKind
	}
)

func (r *Replay) sum(level domain.Level, kind codes.PostKind) *conserved {
	k := levelKind{level, kind}
	if r.sums[k] == nil {
		r.sums[k] = &conserved{}
	}
	return r.sums[k]
}

func (r *Replay) carry(t transit, sign int) { r.sum(t.level, t.kind).underway += sign * t.posts }

func (s *step) conservation() {
	if k := s.e.Stream.Kind(); k != domain.AccountStream && k != domain.PoolStream {
		return
	}
	for k, c := range s.sums {
		if c.posts+c.underway != c.ceiling {
			s.violate("conservation", "level %s, %s: %d posts in accounts and %d under way, the ceiling is %d", k.level, k.kind, c.posts, c.underway, c.ceiling)
			return
		}
	}
}

// mayWrite lists the roles that an event of these types needs; other types may
// be written in any role that is held.
var mayWrite = map[domain.EventType][]domain.Role{
	account.TypeUnitEstablished: {domain.Leader}, unitcode.TypeClaimed: {domain.Leader}, account.TypePoolSet: {domain.Committee},
	account.TypeQuotaOffered: {domain.Leader, domain.Committee}, account.TypeQuotaHeldBack: {domain.Leader, domain.Committee}, account.TypeQuotaFreed: {domain.Leader, domain.Committee},
	account.TypeUseApproved: {domain.Approver}, account.TypeUseRevoked: {domain.Approver},
	account.TypeStaffingCollected: {domain.Collector, domain.Supervisor}, account.TypeStaffingResubmitted: {domain.Collector, domain.Supervisor},
	account.TypeStaffingWithdrawn: {domain.Collector, domain.Supervisor}, account.TypeStaffingRecorded: {domain.Recorder},
	account.TypeOpeningStarted: {domain.Committee},
}

func gateRole(g account.Gate) domain.Role {
	switch g {
	case account.GateUnitHead:
		return domain.UnitHead
	case account.GateSupervisor:
		return domain.Supervisor
	}
	return domain.Role("gate:" + string(g))
}

// authority checks that the actor held the role, when the decision was taken,
// over the unit concerned. Later steps of a process are written under the actor
// of its first step, whose authority counts (design §6).
func (s *step) authority() {
	if s.e.AuthType != domain.AuthUser {
		return
	}
	needed := mayWrite[s.e.Type]
	switch p := s.p.(type) {
	case account.StaffingReviewed:
		needed = []domain.Role{gateRole(p.Gate)}
	case account.StaffingReturned:
		needed = []domain.Role{gateRole(p.Gate)}
	}
	if len(needed) > 0 && !slices.Contains(needed, s.e.ActorRole) {
		s.violate("authority", "%s is written in role %q, it needs one of %v", s.e.Type, s.e.ActorRole, needed)
		return
	}
	if s.later() {
		return
	}
	m := s.users[domain.UserID(s.e.AuthID)]
	if m == nil {
		s.violate("authority", "actor %s is not registered", s.e.AuthID)
		return
	}
	if s.e.DecidedAt >= s.pos {
		s.violate("authority", "the decision says it had seen position %d, which was not there", s.e.DecidedAt)
		return
	}
	if m.disabled > 0 && m.disabled <= s.e.DecidedAt {
		s.violate("authority", "actor %s was disabled at position %d", s.e.AuthID, m.disabled)
		return
	}
	unit, level := s.concerns()
	held := false
	for _, g := range m.grants {
		if g.role != s.e.ActorRole || !g.stood(s.e.DecidedAt) {
			continue
		}
		held = true
		if s.covers(g.scope, unit, level) {
			return
		}
	}
	if held {
		s.violate("authority", "actor %s holds role %s, but not over unit %q of level %q", s.e.AuthID, s.e.ActorRole, unit, level)
		return
	}
	s.violate("authority", "actor %s did not hold role %s at position %d", s.e.AuthID, s.e.ActorRole, s.e.DecidedAt)
}

// later tells whether the event is a step of a process that its actor has begun.
func (s *step) later() bool {
	switch p := s.p.(type) {
	case account.QuotaTaken, account.QuotaRefused, account.QuotaSettled, account.QuotaUndone, account.UnitRefused, account.UnitEstablished,
		account.StaffingRefused, account.OpeningPart, account.OpeningCompleted, account.OpeningAbandoned,
		person.Held, person.Released, unitcode.Held, unitcode.Released:
		return true
	case account.StaffingRecorded:
		// an entry follows its claim
		_, claimed := s.processes[[2]string{string(p.Process), string(domain.PersonOf(p.Person))}]
		return claimed && p.Kind == account.Entry
	case person.Claimed:
		return p.Opening
	}
	return false
}

func (g *grant) stood(at domain.Position) bool {
	for _, s := range g.spans {
		if s.from <= at && at < s.to {
			return true
		}
	}
	return false
}

// concerns is the unit, and its level, that a step is about; both are empty
// where it is about no unit.
func (s *step) concerns() (domain.UnitID, domain.Level) {
	unit := domain.UnitID("")
	switch p := s.p.(type) {
	case person.Claimed:
		unit = p.Unit
	case unitcode.Claimed:
		return "", ""
	default:
		switch s.e.Stream.Kind() {
		case domain.AccountStream:
			unit = domain.UnitID(s.e.Stream.Key())
		case domain.PoolStream:
			return "", domain.Level(s.e.Stream.Key())
		}
	}
	if b := s.accounts[domain.AccountOf(unit)]; unit != "" && b != nil {
		return unit, b.level()
	}
	return unit, ""
}

func (s *step) covers(scope domain.Scope, unit domain.UnitID, level domain.Level) bool {
	if unit == "" && level == "" {
		return true
	}
	if scope.Level != "" && scope.Level != level {
		return false
	}
	if scope.Unit == "" {
		return true
	}
	for u, hops := unit, 0; u != "" && hops < 100; hops++ {
		if u == scope.Unit {
			return true
		}
		b := s.accounts[domain.AccountOf(u)]
		if b == nil || b.unit == nil {
			return false
		}
		u = b.unit.Parent
	}
	return false
}
