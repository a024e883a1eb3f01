package demo

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// seat is a job at the system that somebody always has: a role over a scope.
type seat struct {
	role   domain.Role
	scope  domain.Scope
	from   *unit // where holders work; nil: no personal file is known
	now    *sign
	signIn string // fixed sign-in of a demo user; empty: one is made up
}

// sign is a user of the system.
type sign struct {
	id     domain.UserID
	human  domain.HumanID
	person *person // nil: without personal file
	seat   *seat
	rev    domain.Revision // of the user's stream
	grant  string
}

// take names somebody to a seat: registers the user and grants the role, with
// the second administrator where one is needed.
func (f *filler) take(s *seat, name string, p *person) error {
	f.seats++
	signIn := s.signIn
	if signIn == "" {
		signIn = fmt.Sprintf("%s-%04d", signInOf[s.role], f.seats)
	}
	who := &sign{seat: s, person: p}
	command := usecase.RegisterUser{Name: name, SignIn: signIn}
	if p != nil {
		command.Human = p.id
	}
	by, second := f.admins[0].now, f.admins[1].now
	if f.rng.chance(0.4) {
		by, second = second, by
	}
	result, _, err := f.must(by, frame{}, command)
	if err != nil {
		return err
	}
	who.id, who.rev = domain.UserID(result.ID), result.Events[0].Revision
	who.human = domain.HumanID(who.id)
	if p != nil {
		who.human, p.seat = domain.HumanID(p.id), s
	}
	if err := f.grant(who, by, second); err != nil {
		return err
	}
	s.now = who
	if s.signIn != "" {
		f.demo = append(f.demo, User{DemoUser: demoUser(s.signIn), ID: who.id})
	}
	return nil
}

// grant gives a user the role of the seat.
func (f *filler) grant(who *sign, by, second *sign) error {
	s := who.seat
	result, _, err := f.must(by, frame{ifMatch: who.rev}, usecase.GrantRole{User: who.id, Role: s.role, Scope: s.scope})
	if err != nil {
		return err
	}
	who.grant, who.rev = result.ID, result.Events[0].Revision
	if !s.role.NeedsSecondAdmin() || second == nil {
		return nil
	}
	if f.rng.chance(0.012) { // the second administrator asks for another scope first
		if result, _, err = f.must(second, frame{ifMatch: who.rev}, usecase.RevokeRole{User: who.id, Grant: who.grant}); err != nil {
			return err
		}
		who.rev = result.Events[0].Revision
		return f.grant(who, by, second)
	}
	result, _, err = f.must(second, frame{ifMatch: who.rev}, usecase.ConfirmRole{User: who.id, Grant: who.grant})
	if err == nil {
		who.rev = result.Events[0].Revision
	}
	return err
}

// succeed hands a seat over to somebody else of the same unit: the successor is
// named, then the one before is disabled, or only loses the role where a new
// job at the system waits.
func (f *filler) succeed(s *seat) error {
	old := s.now
	name, p := f.candidate(s.from)
	if err := f.take(s, name, p); err != nil {
		return err
	}
	by := f.admins[f.rng.IntN(2)].now
	if old.person != nil {
		old.person.seat = nil
	}
	if f.rng.chance(0.2) {
		result, _, err := f.must(by, frame{ifMatch: old.rev}, usecase.RevokeRole{User: old.id, Grant: old.grant})
		if err != nil {
			return err
		}
		old.rev = result.Events[0].Revision
	}
	_, _, err := f.must(by, frame{ifMatch: old.rev}, usecase.DisableUser{User: old.id})
	return err
}

// candidate finds somebody of a unit who has no seat yet and stays a while;
// where there is nobody, a person without personal file.
func (f *filler) candidate(u *unit) (string, *person) {
	if u != nil {
		for range 12 {
			l := pick(f.rng, u.lines)
			if len(l.people) == 0 {
				continue
			}
			if p := pick(f.rng, l.people); p.seat == nil && !p.busy && !p.keep && p.retire > f.today()+900 {
				return p.text.Name, p
			}
		}
	}
	born := f.today().Year() - f.rng.between(28, 50)
	return f.rng.personName(f.rng.chance(0.5), born), nil
}

// fillSeat names a candidate to a seat.
func (f *filler) fillSeat(s *seat) error {
	name, p := f.candidate(s.from)
	return f.take(s, name, p)
}

var signInOf = map[domain.Role]string{
	domain.Collector: "collector", domain.UnitHead: "head", domain.Supervisor: "supervisor", domain.GateOrganization: "organization",
	domain.GateHR: "hr", domain.GateOffice: "office", domain.Approver: "approver", domain.Recorder: "recorder",
	domain.Inspector: "inspector", domain.Leader: "leader", domain.Committee: "committee", domain.Auditor: "auditor",
	domain.Admin: "admin", domain.Subscriber: "subscriber",
}

// another picks the holder of one of some seats who may act on a change: has not
// touched it, and it is not the own file.
func (f *filler) another(seats []*seat, c *change) *sign {
	for i, first := 0, f.rng.IntN(len(seats)); i < len(seats); i++ {
		if s := seats[(first+i)%len(seats)].now; s != nil && c.mayAct(s) {
			return s
		}
	}
	return nil
}

// untouched counts the holders who may still act on a change.
func untouched(seats []*seat, c *change) int {
	n := 0
	for _, s := range seats {
		if s.now != nil && c.mayAct(s.now) {
			n++
		}
	}
	return n
}
