package usecase

import (
	"context"
	"errors"

	"staffledger/domain"
	"staffledger/domain/account"
)

// act is a command that is decided on one account with one append.
type act struct {
	stream   domain.Stream
	document domain.DocumentID
	form     domain.Findings // class 3, found before the account is looked at
	// thing and its revision, for If-Match; nil: none is needed
	thing func(*account.Account) (domain.Tag, domain.Revision, bool)
	// decide is pure, but for making ids from the command.
	decide func(*account.Account, account.Facts) (domain.Decision, error)
	// before runs when nothing stands against the command, and before its
	// events are written: keys, new persons. It may ask for another attempt.
	before func(ctx context.Context) error
	// events gives the drafts their ids where that is not the plain numbering.
	events func(state *account.Account, drafts []domain.Draft) []numbered
}

// onAccount carries an act out: what has fallen due comes first, the decision
// is taken on the account as of its last event, and the append stands or falls
// with exactly that revision.
func (s *Service) onAccount(ctx context.Context, c command, what Command, auth authorised, a act) (Result, error) {
	document, err := s.document(ctx, a.document)
	if err != nil {
		return Result{}, err
	}
	facts := auth.facts(document)
	var result Result
	var reminders []*domain.Refusal
	err = s.accounts.with(ctx, a.stream, func(e *entry) error {
		if !c.call.DryRun {
			if err := s.fallDue(ctx, e); err != nil {
				return err
			}
		}
		state := s.current(e.state, c.call.DryRun)
		decision, err := a.decide(state, facts)
		err = merged(a.form, decision.Reminders, err)
		if a.thing != nil {
			if tag, revision, known := a.thing(state); known {
				err = s.precondition(ctx, c, tag, a.stream, revision, err)
			}
		}
		if err != nil {
			return s.lateRepeat(ctx, c, err)
		}
		reminders = decision.Reminders
		if c.call.DryRun || len(decision.Drafts) == 0 {
			return nil
		}
		if a.before != nil {
			if err := a.before(ctx); err != nil {
				return err
			}
		}
		var drafts []numbered
		if a.events != nil {
			drafts = a.events(state, decision.Drafts)
		} else {
			drafts = number(c.id, a.stream, decision.Drafts)
		}
		stored, err := s.appendAccount(ctx, e, c.origin(auth), drafts)
		if err != nil {
			return err
		}
		result, err = s.resultOf(what, stored)
		return err
	})
	result.Reminders = reminders
	return result, err
}

// current is the state to judge by: a dry run writes nothing that has fallen
// due, so it judges on a copy on which that is folded.
func (s *Service) current(state *account.Account, dryRun bool) *account.Account {
	now := s.o.Clock.Now()
	if next := state.NextDue(); !dryRun || next == domain.NoDay || next > now.Day() {
		return state
	}
	copied := state.Clone()
	for _, d := range copied.Due(now) {
		s.applyDrafts(copied, []numbered{{draft: d.Draft}})
	}
	return copied
}

// lateRepeat looks a command up once more before it is refused: the same call,
// sent twice at once, may have been carried out between the look-up and the
// account's turn.
func (s *Service) lateRepeat(ctx context.Context, c command, err error) error {
	var failed *PreconditionFailed
	if _, refused := asRefusal(err); c.call.DryRun || !refused && !errors.As(err, &failed) {
		return err
	}
	events, lookup := s.stored(ctx, c)
	switch {
	case lookup != nil:
		return lookup
	case len(events) > 0:
		return errAnew
	}
	return err
}

// unit authorises an act about a unit. An unknown unit is for the decision to
// refuse: any scope will do.
func (s *Service) unit(c command, may []domain.Role, unit domain.UnitID) (authorised, error) {
	s.directory.mu.RLock()
	_, known := s.directory.units[unit]
	t := s.directory.targetOf(unit)
	s.directory.mu.RUnlock()
	if !known {
		return s.authorise(c.call, may)
	}
	return s.authorise(c.call, may, t)
}

// stream authorises an act about a unit's or a pool's account.
func (s *Service) stream(c command, may []domain.Role, stream domain.Stream) (authorised, error) {
	if stream.Kind() == domain.PoolStream {
		return s.authorise(c.call, may, target{level: domain.Level(stream.Key())})
	}
	return s.unit(c, may, domain.UnitID(stream.Key()))
}

// found says that a change or an approval is unknown, to somebody who holds one
// of the roles at all.
func (s *Service) found(ctx context.Context, c command, may []domain.Role, kind, id string) (domain.Stream, authorised, error) {
	stream, err := s.placeOf(ctx, domain.TagOf(kind, id))
	if err != nil {
		return "", authorised{}, err
	}
	if stream == "" {
		if _, err := s.authorise(c.call, may); err != nil {
			return "", authorised{}, err
		}
		return "", authorised{}, domain.Refuse(domain.UnknownThing, kind, kind, id)
	}
	auth, err := s.stream(c, may, stream)
	return stream, auth, err
}

func changeThing(id domain.ChangeID) func(*account.Account) (domain.Tag, domain.Revision, bool) {
	return func(a *account.Account) (domain.Tag, domain.Revision, bool) {
		change, ok := a.Change(id)
		return domain.TagOf(domain.TagChange, id), change.Revision, ok
	}
}
