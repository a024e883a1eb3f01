package http

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// access says who may use an operation: the x-access of the contract, the one
// table of rights to read. Deny by default: an operation without is not served.
// Commands are open to whoever is signed in; the use case judges their roles
// and scopes (domain model §10).
type access string

const (
	public            access = "public"
	byPassword        access = "password"  // by name and password (Basic)
	oneTime           access = "one-time"  // signed in, also by a one-time password or by name and password
	signedIn          access = "signed-in" // and the one-time password changed
	anyReader         access = "reader"    // a role that reads, within its scopes
	readerOfUnit      access = "reader-of-unit"
	readerOfChange    access = "reader-of-change"
	readerOfApproval  access = "reader-of-approval"
	readerOfPerson    access = "reader-of-person"
	readerOfEvent     access = "reader-of-event"
	readerOfSubject   access = "reader-of-subject"
	feed              access = "feed" // auditor, subscriber, reader of the whole city
	adminOnly         access = "admin"
	checkerOnly       access = "checker"            // auditor, admin, leader
	documentRegistrar access = "document-registrar" // who may register documents
)

var accesses = []access{public, byPassword, oneTime, signedIn, anyReader, readerOfUnit, readerOfChange, readerOfApproval,
	readerOfPerson, readerOfEvent, readerOfSubject, feed, adminOnly, checkerOnly, documentRegistrar}

func (a access) known() bool { return slices.Contains(accesses, a) }

// principal is who asks: a user with the roles as they stand now.
type principal struct {
	user    domain.UserID
	human   domain.HumanID
	grants  []usecase.Grant
	oneTime bool // signed in by a one-time password
}

func (p *principal) has(roles ...domain.Role) bool {
	return slices.ContainsFunc(p.grants, func(g usecase.Grant) bool { return slices.Contains(roles, g.Role) })
}

// wholeCity tells whether a reading role holds over the whole city.
func (p *principal) wholeCity() bool {
	return slices.ContainsFunc(p.grants, func(g usecase.Grant) bool { return usecase.Reads(g.Role) && g.Scope.Whole() })
}

// scopes are what the reading roles cover; ok is false where there is none, nil
// is the whole city.
func (p *principal) scopes() (scopes []domain.Scope, ok bool) {
	for _, g := range p.grants {
		switch {
		case !usecase.Reads(g.Role):
		case g.Scope.Whole():
			return nil, true
		case !slices.Contains(scopes, g.Scope):
			scopes = append(scopes, g.Scope)
		}
	}
	return scopes, len(scopes) > 0
}

// may judges what can be judged without looking at the thing asked for; the
// handlers of reader-of-… look themselves, through one of the functions of
// reading.go.
func (p *principal) may(a access) *domain.Refusal {
	var roles []domain.Role
	switch a {
	case anyReader, readerOfUnit, readerOfChange, readerOfApproval, readerOfPerson:
		if _, ok := p.scopes(); ok {
			return nil
		}
		roles = readingRoles
	case readerOfEvent, readerOfSubject:
		if _, ok := p.scopes(); ok || p.has(domain.Admin) {
			return nil
		}
		roles = readingRoles
	case feed:
		if p.wholeCity() || p.has(domain.Subscriber, domain.Auditor) {
			return nil
		}
		roles = []domain.Role{domain.Auditor, domain.Subscriber}
	case adminOnly:
		roles = []domain.Role{domain.Admin}
	case checkerOnly:
		roles = []domain.Role{domain.Auditor, domain.Admin, domain.Leader}
	case documentRegistrar:
		roles = usecase.RightsOf(usecase.RegisterDocument{})
	case public, byPassword, oneTime, signedIn:
		return nil
	}
	if p.has(roles...) && a != feed {
		return nil
	}
	return domain.Refuse(domain.NotAuthorised, "actor", "roles", roles)
}

var readingRoles = slices.DeleteFunc(slices.Clone(domain.Roles), func(r domain.Role) bool { return !usecase.Reads(r) })
