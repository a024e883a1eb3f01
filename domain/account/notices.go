package account

import (
	"errors"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Exit notices: rules
//
//  1. The ledger learns that somebody leaves from exit.noticed: reason, date,
//     paper; of a person in post here (§5 "Late exit").
//  2. The exit is due within the policy's working days of its effective date.

// Notice of an exit that is not recorded yet.
type Notice struct {
	Person    domain.PersonID
	Reason    codes.ExitReason
	Effective domain.Day
	Due       domain.Day
}

// Notice returns the standing notice about a person.
func (a *Account) Notice(p domain.PersonID) (Notice, bool) {
	n, ok := a.notices[p]
	return n, ok
}

// DecideNotice takes notice of an exit.
func (a *Account) DecideNotice(c NoticeExit, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(ownFile(c.Person, f), a.open(), cited(f), dated(c.Effective, f, true),
		a.held(Content{Kind: Exit, Person: c.Person}, c.Effective))
	due, refusal := workingDays(f, c.Effective, f.Policy.Deadlines.Exit)
	found.Add(refusal)
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{Payload: ExitNoticed{c.Person, c.Reason, due}, Effective: c.Effective,
		Document: f.Document.ID, Reason: string(c.Reason), Tags: []domain.Tag{domain.TagOf(domain.TagPerson, c.Person)}}), nil
}

func asMissing(err error, target **codes.MissingYear) bool { return errors.As(err, target) }
