package usecase

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
)

// fallDue appends what has fallen due on an account before anything else is
// decided there. The caller is in accounts.with. Whoever comes first writes it;
// a second writer meets the first one's event by its id.
func (s *Service) fallDue(ctx context.Context, e *entry) error {
	now := s.o.Clock.Now()
	if next := e.state.NextDue(); next == domain.NoDay || next > now.Day() {
		return nil
	}
	due := e.state.Due(now)
	drafts := make([]numbered, len(due))
	for i, d := range due {
		drafts[i] = numbered{dueID(e.stream, d.Subject, d.Rule, d.Due), d.Draft, true}
	}
	for part := range slices.Chunk(drafts, dueAppendMax) {
		if _, err := s.appendAccount(ctx, e, s.clockOrigin(), part); err != nil {
			return err
		}
		if e.state == nil {
			return &domain.Conflict{Stream: e.stream}
		}
	}
	return nil
}

// dueAppendMax bounds one append of what has fallen due, far below the store's
// limits.
const dueAppendMax = 200

func (s *Service) clockOrigin() origin {
	o := origin{authType: domain.AuthSystem, authID: domain.Clock, role: domain.SystemRole}
	if size := s.o.Log.Size(); size > 0 {
		o.decidedAt = size - 1
	}
	return o
}

// Sweep writes what has fallen due on accounts that nobody touches, and drives
// unfinished processes on. It may run at any time, on any number of nodes. It
// goes on after an error and returns all of them.
func (s *Service) Sweep(ctx context.Context) error {
	if s.o.Hints == nil {
		return nil
	}
	var errs []error
	streams, err := s.o.Hints.FallenDue(ctx, s.o.Clock.Now().Day())
	errs = append(errs, err)
	for _, stream := range streams {
		if ctx.Err() != nil {
			return errors.Join(append(errs, ctx.Err())...)
		}
		errs = append(errs, again(func() error {
			return s.accounts.with(ctx, stream, func(e *entry) error { return s.fallDue(ctx, e) })
		}))
	}
	processes, err := s.o.Hints.Unfinished(ctx)
	errs = append(errs, err)
	for _, p := range processes {
		if ctx.Err() != nil {
			return errors.Join(append(errs, ctx.Err())...)
		}
		if err := s.Drive(ctx, p); err != nil {
			errs = append(errs, fmt.Errorf("process %s: %w", p, err))
		}
	}
	return errors.Join(errs...)
}

// Drive brings one process to its end, or as far as it can go now: an opening
// balance stays open until somebody completes or abandons it. What the process
// is stands in its events.
func (s *Service) Drive(ctx context.Context, p domain.ProcessID) error {
	var events []domain.Recorded
	for r, err := range s.o.Log.Tagged(ctx, s.o.Log.Size(), string(domain.TagOf(domain.TagProcess, p))) {
		if err != nil {
			return err
		}
		events = append(events, r)
	}
	slices.Reverse(events)
	driven := map[string]bool{}
	for _, r := range events {
		payload, err := decode(r)
		if err != nil {
			return err
		}
		switch e := payload.(type) {
		case person.Claimed:
			if !driven[string(r.Stream)] {
				driven[string(r.Stream)] = true
				err = s.drivePerson(ctx, domain.PersonID(r.Stream.Key()))
			}
		case account.StaffingRecorded:
			if e.Kind == account.Exit {
				err = s.settleExit(ctx, e, r.Head)
			}
		case account.QuotaOffered:
			err = s.driveQuota(ctx, r.Stream, p)
		case unitcode.Claimed:
			err = s.driveCode(ctx, r.Stream.Key())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
