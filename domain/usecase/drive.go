package usecase

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
)

// Driving a process: any driver takes the steps of processes.go in their order,
// on what it reads now, until nothing is left to do. After step 1 it runs
// detached from the request, with a deadline of its own.

// driveTimeMax bounds the driving of one process after its first step.
const driveTimeMax = 30 * time.Second

// conflictsMax bounds how often one step is tried anew after a conflict.
const conflictsMax = 64

// detached runs f to its end whatever becomes of the caller, who waits for it
// as long as ctx lasts. finished tells whether f has ended.
func (s *Service) detached(ctx context.Context, f func(context.Context) error) (finished bool, err error) {
	done := make(chan error, 1)
	s.drivers.Add(1)
	go func() {
		defer s.drivers.Done()
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), driveTimeMax)
		defer cancel()
		done <- f(own)
	}()
	select {
	case err := <-done:
		return true, err
	case <-ctx.Done():
		return false, nil
	}
}

// again runs a step until it no longer conflicts.
func again(step func() error) error {
	var conflict *domain.Conflict
	for range conflictsMax {
		if err := step(); !errors.As(err, &conflict) {
			return err
		}
	}
	return conflict
}

// person folds a person's stream. The state is shared: it is only read.
func (s *Service) person(ctx context.Context, id domain.PersonID) (*person.State, error) {
	stream := domain.PersonOf(id)
	last, err := s.o.Log.Last(ctx, stream)
	if err != nil {
		return nil, err
	}
	x, known := s.persons.get(id)
	switch {
	case !known:
		x = person.New(id)
	case x.Revision() == last:
		return x, nil
	default:
		x = x.Clone()
	}
	if err := s.fold(ctx, stream, x); err != nil {
		return nil, err
	}
	s.persons.put(id, x)
	return x, nil
}

// code folds a unit code's stream.
func (s *Service) code(ctx context.Context, code string) (*unitcode.State, error) {
	c := unitcode.New(code)
	return c, s.fold(ctx, domain.StreamOf(domain.UnitCodeStream, code), c)
}

// fold applies what a stream has beyond a state.
func (s *Service) fold(ctx context.Context, stream domain.Stream, state folded) error {
	for r, err := range s.o.Log.Stream(ctx, stream, state.Revision()+1) {
		if err != nil {
			return err
		}
		if err := applyRecorded(state, r); err != nil {
			return err
		}
	}
	return nil
}

// originOf is the origin of a process's later steps: the actor of its first.
func originOf(h domain.Head) origin {
	return origin{authType: h.AuthType, authID: h.AuthID, role: h.ActorRole, onBehalfOf: h.OnBehalfOf,
		decidedAt: h.DecidedAt, correlationID: h.CorrelationID, causationID: h.ID, trace: h.TraceParent}
}

// factsAs are the facts of a decision that is taken now under the actor of an
// earlier step.
func (s *Service) factsAs(h domain.Head, human domain.HumanID) account.Facts {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	now := s.o.Clock.Now()
	return account.Facts{
		Now:    now,
		Actor:  domain.Actor{User: domain.UserID(h.AuthID), Human: human, Role: h.ActorRole, OnBehalfOf: h.OnBehalfOf},
		Policy: s.directory.book.On(now.Day()), Calendar: s.directory.book.Calendar(),
		Document: account.DocumentFact{ID: h.DocumentID, Known: true},
	}
}

// driveEntries decides the open claims of some persons on one account in one
// append, and settles them. Claims that are settled already are passed over.
func (s *Service) driveEntries(ctx context.Context, unit domain.UnitID, persons []domain.PersonID) error {
	err := again(func() error {
		claims, err := s.openClaims(ctx, unit, persons)
		if err != nil || len(claims) == 0 {
			return err
		}
		return s.decideEntries(ctx, unit, claims)
	})
	if err != nil {
		return err
	}
	return s.each(len(persons), func(i int) error { return s.settlePerson(ctx, persons[i]) })
}

func (s *Service) openClaims(ctx context.Context, unit domain.UnitID, persons []domain.PersonID) ([]entryClaim, error) {
	var claims []entryClaim
	for _, id := range persons {
		x, err := s.person(ctx, id)
		if err != nil {
			return nil, err
		}
		if c, head, open := x.Open(); open && c.Unit == unit && !c.Opening {
			claims = append(claims, entryClaim{c, head})
		}
	}
	return claims, nil
}

// decideEntries is the deciding step. Rows of one batch are judged one after
// the other, each on what the rows before it left.
func (s *Service) decideEntries(ctx context.Context, unit domain.UnitID, claims []entryClaim) error {
	return s.accounts.with(ctx, domain.AccountOf(unit), func(e *entry) error {
		if err := s.fallDue(ctx, e); err != nil {
			return err
		}
		for _, group := range byCommand(claims) {
			state := e.state
			if len(group) > 1 {
				state = state.Clone()
			}
			var drafts []numbered
			for _, c := range group {
				step := stepDecideEntry(state, c, s.factsAs(c.head, c.Human))
				if len(group) > 1 {
					s.applyDrafts(state, step)
				}
				drafts = append(drafts, step...)
			}
			if len(drafts) == 0 {
				continue
			}
			listSetAside(drafts, group)
			o := originOf(group[0].head).accepting(group[0].Command, group[0].Digest)
			if _, err := s.appendAccount(ctx, e, o, drafts); err != nil {
				return err
			}
		}
		return nil
	})
}

// byCommand groups claims by the command that made them, in order of row.
func byCommand(claims []entryClaim) [][]entryClaim {
	var order []domain.CommandID
	groups := map[domain.CommandID][]entryClaim{}
	for _, c := range claims {
		if groups[c.Command] == nil {
			order = append(order, c.Command)
		}
		groups[c.Command] = append(groups[c.Command], c)
	}
	result := make([][]entryClaim, len(order))
	for i, id := range order {
		result[i] = groups[id]
		slices.SortFunc(result[i], func(x, y entryClaim) int { return rowOf(x) - rowOf(y) })
	}
	return result
}

func rowOf(c entryClaim) int {
	if c.Batch == nil {
		return 0
	}
	return c.Batch.Row
}

// listSetAside writes the rows that were refused at the deciding step to the
// first recorded row of the batch, beside those set aside before the claims.
func listSetAside(drafts []numbered, group []entryClaim) {
	aside := map[int]string{}
	var first *account.StaffingRecorded
	at := 0
	for i := range drafts {
		switch p := drafts[i].draft.Payload.(type) {
		case account.StaffingRecorded:
			if first == nil && p.Batch != nil {
				first, at = &p, i
			}
		case account.StaffingRefused:
			for _, c := range group {
				if c.Process == p.Process && c.Batch != nil {
					aside[c.Batch.Row] = p.Refusal.Name
				}
			}
		}
	}
	if first == nil || len(aside) == 0 {
		return
	}
	for row, name := range first.Batch.SetAside {
		aside[row] = name
	}
	batch := *first.Batch
	batch.SetAside = aside
	first.Batch = &batch
	drafts[at].draft.Payload = *first
}

// applyDrafts folds drafts into a state as if they had been stored.
func (s *Service) applyDrafts(state *account.Account, drafts []numbered) {
	for _, d := range drafts {
		state.Apply(domain.Head{ID: d.id, Stream: state.Stream(), Revision: state.Revision() + 1, Time: s.o.Clock.Now(),
			Effective: d.draft.Effective, DocumentID: d.draft.Document, ReasonCode: d.draft.Reason}, d.draft.Payload)
	}
}

// settlePerson closes the person's open claim once the account has decided.
func (s *Service) settlePerson(ctx context.Context, id domain.PersonID) error {
	return again(func() error {
		x, err := s.person(ctx, id)
		if err != nil {
			return err
		}
		c, head, open := x.Open()
		if !open {
			return nil
		}
		var drafts []numbered
		err = s.accounts.with(ctx, domain.AccountOf(c.Unit), func(e *entry) error {
			drafts = stepSettleEntry(x, e.state)
			return nil
		})
		if err != nil || len(drafts) == 0 {
			return err
		}
		_, err = s.append(ctx, domain.PersonOf(id), x.Revision(), originOf(head), drafts)
		return err
	})
}

// drivePerson brings whatever is open about a person to its end.
func (s *Service) drivePerson(ctx context.Context, id domain.PersonID) error {
	x, err := s.person(ctx, id)
	if err != nil {
		return err
	}
	c, _, open := x.Open()
	if !open {
		return nil
	}
	if c.Opening {
		return s.settlePerson(ctx, id) // open as long as the bracket is
	}
	return s.driveEntries(ctx, c.Unit, []domain.PersonID{id})
}

// settleExit ends the holding of a recorded exit.
func (s *Service) settleExit(ctx context.Context, exit account.StaffingRecorded, head domain.Head) error {
	return again(func() error {
		x, err := s.person(ctx, exit.Person)
		if err != nil {
			return err
		}
		drafts, entryOpen := stepSettleExit(x, exit, head.Effective)
		if entryOpen {
			if err := s.drivePerson(ctx, exit.Person); err != nil {
				return err
			}
			if x, err = s.person(ctx, exit.Person); err != nil {
				return err
			}
			drafts, entryOpen = stepSettleExit(x, exit, head.Effective)
		}
		if entryOpen {
			return fmt.Errorf("exit %s: the entry that made the holding is not settled", exit.Process)
		}
		if len(drafts) == 0 {
			return nil
		}
		_, err = s.append(ctx, domain.PersonOf(exit.Person), x.Revision(), originOf(head), drafts)
		return err
	})
}

// driveQuota brings an offer to its end.
func (s *Service) driveQuota(ctx context.Context, giver domain.Stream, p domain.ProcessID) error {
	var offer account.Offered
	open := false
	err := s.accounts.with(ctx, giver, func(e *entry) error {
		offer, open = e.state.Offer(p)
		return nil
	})
	if err != nil || !open {
		return err
	}
	var seen *account.Account
	err = again(func() error {
		return s.accounts.with(ctx, offer.Taker, func(e *entry) error {
			if err := s.fallDue(ctx, e); err != nil {
				return err
			}
			drafts := stepTake(e.state, giver, offer, s.factsAs(offer.Head, ""))
			if len(drafts) > 0 {
				o := originOf(offer.Head).accepting(offer.Command, offer.Digest)
				if _, err := s.appendAccount(ctx, e, o, drafts); err != nil {
					return err
				}
			}
			if e.state == nil {
				return &domain.Conflict{Stream: offer.Taker}
			}
			seen = e.state.OutcomesOnly(p)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return again(func() error {
		return s.accounts.with(ctx, giver, func(e *entry) error {
			drafts := stepSettleOffer(e.state, seen, p, s.o.Clock.Now())
			if len(drafts) == 0 {
				return nil
			}
			_, err := s.appendAccount(ctx, e, originOf(offer.Head), drafts)
			return err
		})
	})
}

// driveCode brings a founding to its end.
func (s *Service) driveCode(ctx context.Context, code string) error {
	state, err := s.code(ctx, code)
	if err != nil {
		return err
	}
	claim, head, open := state.Open()
	if !open {
		return nil
	}
	text, err := s.reopen(head.ID, claim.Text)
	if err != nil {
		return err
	}
	var seen *account.Account
	err = again(func() error {
		return s.accounts.with(ctx, domain.AccountOf(claim.Unit), func(e *entry) error {
			drafts := stepEstablish(e.state, code, claim, head, text, s.factsAs(head, ""))
			if len(drafts) > 0 {
				stored, err := s.appendAccount(ctx, e, originOf(head).accepting(claim.Command, claim.Digest), drafts)
				if err != nil {
					return err
				}
				if err := s.noteFounding(stored); err != nil {
					return err
				}
			}
			if e.state == nil {
				return &domain.Conflict{Stream: domain.AccountOf(claim.Unit)}
			}
			seen = e.state.OutcomesOnly(claim.Process)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return again(func() error {
		fresh, err := s.code(ctx, code)
		if err != nil {
			return err
		}
		drafts := stepSettleCode(fresh, seen)
		if len(drafts) == 0 {
			return nil
		}
		_, err = s.append(ctx, domain.StreamOf(domain.UnitCodeStream, code), fresh.Revision(), originOf(head), drafts)
		return err
	})
}

// reopen opens a sealed object of an earlier event, to be sealed anew under
// another event's id.
func (s *Service) reopen(event domain.EventID, p *domain.Personal) (*domain.Personal, error) {
	if p == nil {
		return nil, nil
	}
	clear, err := s.o.Sealer.Unseal(p.Key, event, p.Box)
	if err != nil {
		return nil, fmt.Errorf("open what is sealed for %s: %w", p.Key, err)
	}
	return &domain.Personal{Key: p.Key, Clear: clear}, nil
}

// noteFounding tells the directory where a new unit stands.
func (s *Service) noteFounding(stored []domain.Recorded) error {
	for _, r := range stored {
		p, err := decode(r)
		if err != nil {
			return err
		}
		s.directory.mu.Lock()
		err = s.directory.apply(r.Head, p)
		s.directory.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}
