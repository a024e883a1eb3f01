package usecase

import (
	"errors"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
)

// Processes over two streams: rules (design §6)
//
// There are no transactions over streams; each process is a row of appends, one
// stream each, and has one deciding stream.
//
//  1. A step folds the stream it writes fresh and appends at exactly that
//     revision. What it reads of another stream may be old: it uses only facts
//     that never become false (a claim was taken, a decision was written).
//  2. Nobody releases, undoes or abandons before having read the refusal in the
//     deciding stream; nothing follows step 1 before step 1 was read back.
//  3. Settling steps are accepted in every state of an account.
//  4. Processes never wait for each other: not possible now means refused{p}.
//
//	entry    person claimed → ACCOUNT recorded or refused → person held or released
//	exit     ACCOUNT recorded → person released
//	quota    giver offered → TAKER granted, cut, moved or refused → giver settled or undone
//	code     code claimed → ACCOUNT established or refused → code held or released
//	opening  persons claimed → ACCOUNT completed or abandoned → persons held or released
//
// The functions of this file are the steps: pure, so that a test can explore
// every interleaving of them. Each returns no drafts where there is nothing
// left to do.

// entryClaim is an open claim with the event that opened it.
type entryClaim struct {
	person.Claimed
	head domain.Head
}

// stepDecideEntry is the deciding step of an entry, on the account fresh.
func stepDecideEntry(u *account.Account, c entryClaim, f account.Facts) []numbered {
	if _, _, decided := u.Outcome(c.Process); decided {
		return nil
	}
	d, err := u.DecideRecord(account.Record{Process: c.Process, Change: c.Change, Hash: c.Hash, Batch: c.Batch}, f)
	if refusal, refused := asRefusal(err); refused {
		return process(c.Process, u.Stream(), u.RefuseRecord(c.Process, c.Change, domain.PersonID(c.head.Stream.Key()), refusal), true)
	}
	return process(c.Process, u.Stream(), d, false)
}

// stepSettleEntry closes a claim on the person fresh, after the decision was
// read in the account of the claim's unit, at whatever age.
func stepSettleEntry(x *person.State, u *account.Account) []numbered {
	c, _, open := x.Open()
	if !open {
		return nil
	}
	done, _, decided := u.Outcome(c.Process)
	if !decided {
		return nil
	}
	holding := c.Change
	if c.Opening {
		holding, done = u.Opened(c.Process, x.ID())
	}
	if done {
		return process(c.Process, domain.PersonOf(x.ID()), x.Hold(c.Process, holding), false)
	}
	return process(c.Process, domain.PersonOf(x.ID()), x.Release(c.Process), false)
}

// stepSettleExit ends a holding on the person fresh, after the exit was read.
// entryOpen tells that the entry which made the holding is not settled yet:
// drive that first.
func stepSettleExit(x *person.State, exit account.StaffingRecorded, effective domain.Day) (drafts []numbered, entryOpen bool) {
	if c, _, open := x.Open(); open && c.Change == exit.Holding {
		return nil, true
	}
	return process(exit.Process, domain.PersonOf(x.ID()), x.ReleaseHolding(exit.Process, exit.Holding, effective), false), false
}

// stepTake is the taker's decision, on the taker fresh, after the offer was
// read in the giver's account.
func stepTake(taker *account.Account, giver domain.Stream, o account.Offered, f account.Facts) []numbered {
	if _, _, decided := taker.Outcome(o.Process); decided {
		return nil
	}
	d, err := taker.DecideTake(account.Take{Giver: giver, Offer: o.QuotaOffered, Effective: o.Head.Effective}, f)
	if refusal, refused := asRefusal(err); refused {
		return process(o.Process, taker.Stream(), taker.RefuseTake(o.Process, giver, refusal), true)
	}
	return process(o.Process, taker.Stream(), d, false)
}

// stepSettleOffer closes an offer on the giver fresh, after the taker's
// decision was read.
func stepSettleOffer(giver, taker *account.Account, p domain.ProcessID, now domain.Instant) []numbered {
	done, _, decided := taker.Outcome(p)
	switch {
	case !decided:
		return nil
	case done:
		return process(p, giver.Stream(), giver.Settle(p), false)
	}
	return process(p, giver.Stream(), giver.Undo(p, now), false)
}

// stepEstablish is the founding, on the account fresh, after the claim on the
// code was read. text are the names, opened from the claim.
func stepEstablish(u *account.Account, code string, c unitcode.Claimed, head domain.Head, text *domain.Personal, f account.Facts) []numbered {
	if _, _, decided := u.Outcome(c.Process); decided {
		return nil
	}
	d, err := u.DecideEstablish(account.Establish{Process: c.Process, Code: code, Level: c.Level, Parent: c.Parent,
		Division: c.Division, System: c.System, Rank: c.Rank, Text: text, Effective: head.Effective}, f)
	if refusal, refused := asRefusal(err); refused {
		return process(c.Process, u.Stream(), u.RefuseUnit(c.Process, refusal), true)
	}
	return process(c.Process, u.Stream(), d, false)
}

// stepSettleCode closes a claim on the code fresh, after the account's
// decision was read.
func stepSettleCode(code *unitcode.State, u *account.Account) []numbered {
	c, _, open := code.Open()
	if !open {
		return nil
	}
	done, _, decided := u.Outcome(c.Process)
	if !decided {
		return nil
	}
	return process(c.Process, domain.StreamOf(domain.UnitCodeStream, code.Code()), code.Settle(c.Process, done), false)
}

// process numbers the drafts of one step of a process.
func process(p domain.ProcessID, stream domain.Stream, d domain.Decision, refusal bool) []numbered {
	drafts := make([]numbered, len(d.Drafts))
	for i, draft := range d.Drafts {
		drafts[i] = numbered{stepID(p, stream, draft.Payload.EventType()), draft, refusal}
	}
	return drafts
}

func asRefusal(err error) (*domain.Refusal, bool) {
	var r *domain.Refusal
	ok := errors.As(err, &r)
	return r, ok
}
