package account

import (
	"slices"

	"staffledger/domain"
)

// What has fallen due: rules
//
//  1. An approval expires on the day after valid-to (§3).
//  2. Posts that were granted for a day ahead land on that day (§4).
//  3. It is appended before the next command on the account, or by the sweep;
//     effective is the due date, time is when it was written (design §6).

// Falling is something that has fallen due, with what names it for ever: its
// event id comes from Subject, Rule and the due date.
type Falling struct {
	Subject string
	Rule    string // "expire" or "land"
	Due     domain.Day
	Draft   domain.Draft
}

// Due returns what has fallen due up to now and is not written yet, in order of
// (due date, subject). Each draft is decided on the state with those before it
// applied, as far as balances go.
func (a *Account) Due(now domain.Instant) []Falling {
	today := now.Day()
	var due []Falling
	for _, p := range a.approvals {
		if !p.Ended && p.ValidTo < today {
			due = append(due, Falling{Subject: string(p.ID), Rule: "expire", Due: p.ValidTo + 1})
		}
	}
	for id, l := range a.landings {
		if l.Day <= today {
			due = append(due, Falling{Subject: string(id), Rule: "land", Due: l.Day})
		}
	}
	slices.SortFunc(due, func(x, y Falling) int {
		switch {
		case x.Due != y.Due:
			return int(x.Due - y.Due)
		case x.Subject < y.Subject:
			return -1
		}
		return 1
	})
	state := a
	if len(due) > 1 {
		state = a.Clone()
	}
	for i := range due {
		due[i].Draft = state.fall(due[i], today)
		if len(due) > 1 {
			state.post(due[i].Draft.Payload.(Moving).Moves())
		}
	}
	return due
}

// NextDue is the next day on which something falls due; NoDay: nothing will.
func (a *Account) NextDue() domain.Day {
	next := domain.NoDay
	soonest := func(d domain.Day) {
		if next == domain.NoDay || d < next {
			next = d
		}
	}
	for _, p := range a.approvals {
		if !p.Ended {
			soonest(p.ValidTo + 1)
		}
	}
	for _, l := range a.landings {
		soonest(l.Day)
	}
	return next
}

func (a *Account) fall(f Falling, today domain.Day) domain.Draft {
	if f.Rule == "land" {
		l := a.landings[domain.ProcessID(f.Subject)]
		return domain.Draft{
			Payload: QuotaLanded{domain.ProcessID(f.Subject), l.Posts,
				a.move(today, Posting{l.Line, f.Due, Balance{l.Posts}})},
			Effective: f.Due, Document: l.Document, OnBehalfOf: l.By,
			Tags: []domain.Tag{domain.Tag(domain.TagProcess + ":" + f.Subject)},
		}
	}
	p := a.approvals[domain.ApprovalID(f.Subject)]
	e := UseExpired{Approval: p.ID, Freed: p.Undrawn(), Kept: p.Drawn}
	if e.Freed > 0 {
		e.Movement = a.move(today, Posting{p.Line, f.Due, Balance{0, 0, -e.Freed}})
	}
	return domain.Draft{Payload: e, Effective: f.Due, Document: p.Document, OnBehalfOf: p.By,
		Tags: []domain.Tag{domain.TagOf(domain.TagApproval, p.ID)}}
}
