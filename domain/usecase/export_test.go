package usecase

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
)

// The steps of the processes, for the test that walks their interleavings.

// Step is one append's drafts.
type Step []numbered

// Drafts are the step's events.
func (s Step) Drafts() []domain.Draft {
	drafts := make([]domain.Draft, len(s))
	for i, n := range s {
		drafts[i] = n.draft
	}
	return drafts
}

// IDs are their event ids.
func (s Step) IDs() []domain.EventID {
	ids := make([]domain.EventID, len(s))
	for i, n := range s {
		ids[i] = n.id
	}
	return ids
}

func StepDecideEntry(u *account.Account, c person.Claimed, head domain.Head, f account.Facts) Step {
	return stepDecideEntry(u, entryClaim{c, head}, f)
}

func StepSettleEntry(x *person.State, u *account.Account) Step { return stepSettleEntry(x, u) }

func StepSettleExit(x *person.State, e account.StaffingRecorded, effective domain.Day) (Step, bool) {
	s, open := stepSettleExit(x, e, effective)
	return s, open
}

func StepTake(taker *account.Account, giver domain.Stream, o account.Offered, f account.Facts) Step {
	return stepTake(taker, giver, o, f)
}

func StepSettleOffer(giver, taker *account.Account, p domain.ProcessID, now domain.Instant) Step {
	return stepSettleOffer(giver, taker, p, now)
}

func StepEstablish(u *account.Account, code string, c unitcode.Claimed, head domain.Head, f account.Facts) Step {
	return stepEstablish(u, code, c, head, nil, f)
}

func StepSettleCode(code *unitcode.State, u *account.Account) Step { return stepSettleCode(code, u) }

// ProcessID and StepOf number what a step makes outside of the functions above.
func ProcessID(c domain.CommandID, first domain.Stream, at domain.Revision) domain.ProcessID {
	return processID(c, first, at)
}

func StepOf(p domain.ProcessID, stream domain.Stream, d domain.Decision) Step {
	return process(p, stream, d, false)
}
