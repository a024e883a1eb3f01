package account

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Approvals of use 用编核准: rules
//
//  1. An approval reserves n posts from its day (§3 "R is dated").
//  2. Collecting draws one, recording consumes it, withdrawal gives it back (§5).
//  3. Expiry on the day after valid-to frees what is undrawn; drawn posts stay
//     until their change ends. It is written also where it frees nothing.
//  4. A revocation frees what is undrawn from its own day.
//  5. Policy bounds how long an approval is valid and names the manners that
//     need one (§15).

// Approval is the state of an approval of use.
type Approval struct {
	ID       domain.ApprovalID
	Line     codes.LineKey
	Posts    int
	Drawn    int // by live changes
	Consumed int // by recorded entries
	Manner   codes.Manner
	Day      domain.Day
	ValidTo  domain.Day
	Ended    bool // expired or revoked
	Human    domain.HumanID
	By       string // authid of who approved, and answers for the expiry
	Document domain.DocumentID
	Revision domain.Revision
}

// Undrawn is what can still be drawn while the approval has not ended.
func (p Approval) Undrawn() int { return p.Posts - p.Drawn - p.Consumed }

// Approval returns an approval of this account.
func (a *Account) Approval(id domain.ApprovalID) (Approval, bool) {
	if p := a.approvals[id]; p != nil {
		return *p, true
	}
	return Approval{}, false
}

// Approvals returns all approvals, by day and id.
func (a *Account) Approvals() []Approval {
	all := make([]Approval, 0, len(a.approvals))
	for _, p := range a.approvals {
		all = append(all, *p)
	}
	slices.SortFunc(all, func(x, y Approval) int {
		if x.Day != y.Day {
			return int(x.Day - y.Day)
		}
		if x.ID < y.ID {
			return -1
		}
		return 1
	})
	return all
}

// DecideApprove reserves posts.
func (a *Account) DecideApprove(c ApproveUse, f Facts) (domain.Decision, error) {
	today := f.Today()
	latest := today + domain.Day(f.Policy.Approvals.ValidityDays)
	if c.ValidTo == domain.NoDay {
		c.ValidTo = latest
	}
	var found domain.Findings
	found.Add(Cited(f), a.Open())
	if c.ValidTo < today || c.ValidTo > latest {
		found.Add(domain.Refuse(domain.FieldMalformed, "validto", "day", c.ValidTo.String(),
			"earliest", today.String(), "latest", latest.String(), "rule", "approval-validity"))
	}
	posting := Posting{c.Line, today, Balance{0, 0, c.Posts}}
	found.Add(a.headroom("posts", today, posting))
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{
		Payload: UseApproved{Approval: c.Approval, LineKey: c.Line, Posts: c.Posts, Manner: c.Manner,
			ValidTo: c.ValidTo, Human: f.Actor.Human, Text: c.Text, Movement: a.move(today, posting)},
		Effective: today, Document: f.Document.ID,
		Tags: []domain.Tag{domain.TagOf(domain.TagApproval, c.Approval)},
	}), nil
}

// DecideRevoke frees the undrawn rest.
func (a *Account) DecideRevoke(c RevokeUse, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(Cited(f), a.Open())
	p := a.approvals[c.Approval]
	switch {
	case p == nil:
		found.Add(domain.Refuse(domain.UnknownThing, "approval", "approval", string(c.Approval)))
	case p.Ended:
		found.Add(domain.Refuse(domain.ApprovalExpired, "approval", "approval", string(c.Approval), "validto", p.ValidTo.String()))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	today, freed := f.Today(), p.Undrawn()
	e := UseRevoked{Approval: p.ID, Freed: freed, Kept: p.Drawn, Text: c.Text}
	if freed > 0 {
		e.Movement = a.move(today, Posting{p.Line, today, Balance{0, 0, -freed}})
	}
	return one(domain.Draft{Payload: e, Effective: today, Document: f.Document.ID,
		Tags: []domain.Tag{domain.TagOf(domain.TagApproval, p.ID)}}), nil
}

func (a *Account) endApproval(id domain.ApprovalID, r domain.Revision) {
	if p := a.approvals[id]; p != nil {
		p.Ended, p.Revision = true, r
	}
}

// drawable judges the approval that an entry names, in the order expired,
// exhausted, mismatch (§13). Already tells that the change has drawn it: then
// only what the entry is may still be wrong.
func (a *Account) drawable(c Content, already bool, f Facts) (found domain.Findings) {
	if c.Approval == "" {
		if slices.Contains(f.Policy.Approvals.Manners, c.Manner) {
			found.Add(domain.Refuse(domain.ApprovalRequired, "approval", "manner", string(c.Manner)))
		}
		return found
	}
	p := a.approvals[c.Approval]
	switch {
	case p == nil:
		found.Add(domain.Refuse(domain.ApprovalMismatch, "approval", "approval", string(c.Approval), "needed", "approval-of-this-unit"))
		return found
	case already:
	case p.Ended || f.Today() > p.ValidTo:
		found.Add(domain.Refuse(domain.ApprovalExpired, "approval", "approval", string(p.ID), "validto", p.ValidTo.String()))
	case p.Undrawn() <= 0:
		found.Add(domain.Refuse(domain.ApprovalExhausted, "approval", "approval", string(p.ID),
			"posts", p.Posts, "drawn", p.Drawn, "consumed", p.Consumed))
	}
	if p.Line != c.LineKey || p.Manner != c.Manner {
		found.Add(domain.Refuse(domain.ApprovalMismatch, "approval", "approval", string(p.ID),
			"line", string(p.Line), "manner", string(p.Manner)))
	}
	return found
}
