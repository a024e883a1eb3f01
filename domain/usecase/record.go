package usecase

import (
	"context"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
)

// record records a change that has passed its gates. An exit is decided by one
// append on the account; an entry needs the person's claim first (design §6).
func (s *Service) record(ctx context.Context, c command, k Record) (Result, error) {
	stream, auth, err := s.found(ctx, c, RightsOf(k), domain.TagChange, string(k.Change))
	if err != nil {
		return Result{}, err
	}
	changes, err := s.changes(ctx, stream, []BatchRow{{Change: k.Change}})
	if err != nil {
		return Result{}, err
	}
	seen, err := s.see(ctx, changes[0].Content.Person, domain.UnitID(stream.Key()))
	if err != nil {
		return Result{}, err
	}
	if changes[0].Content.Kind == account.Exit {
		return s.recordExit(ctx, c, k, auth, stream)
	}
	return s.recordEntry(ctx, c, k, auth, stream, seen)
}

func (s *Service) recordExit(ctx context.Context, c command, k Record, auth authorised, stream domain.Stream) (Result, error) {
	result, err := s.onAccount(ctx, c, k, auth, act{
		stream: stream, thing: changeThing(k.Change),
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			return a.DecideRecord(account.Record{Process: processID(c.id, stream, a.Revision()+1), Change: k.Change}, f)
		},
		events: func(_ *account.Account, drafts []domain.Draft) []numbered { return recordedEvents(stream, drafts) },
	})
	if err != nil || len(result.Events) == 0 {
		return result, err
	}
	return s.settled(ctx, c, result, func(ctx context.Context) error { return s.settleExits(ctx, result.Events) })
}

// recordEntry judges once before the claim, so that what cannot be recorded
// writes nothing; what goes wrong after the claim is a written refusal.
func (s *Service) recordEntry(ctx context.Context, c command, k Record, auth authorised, stream domain.Stream, seen personSeen) (Result, error) {
	var change account.Change
	judged, err := s.onAccount(ctx, c, k, auth, act{
		stream: stream, thing: changeThing(k.Change),
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			change, _ = a.Change(k.Change)
			_, err := a.DecideRecord(account.Record{Change: k.Change, Person: seen.fact}, f)
			return domain.Decision{}, err
		},
	})
	if err != nil || c.call.DryRun {
		return judged, err
	}
	p, err := s.claim(ctx, c, auth, domain.UnitID(stream.Key()), &change, nil)
	if err != nil {
		return Result{}, err
	}
	finished, err := s.detached(ctx, func(ctx context.Context) error {
		return s.driveEntries(ctx, domain.UnitID(stream.Key()), []domain.PersonID{seen.id})
	})
	return s.outcome(ctx, c, k, p, finished, err)
}

// claim takes the person's claim for an entry: step 1. A conflict means that
// somebody else is at the person; the command is decided anew.
func (s *Service) claim(ctx context.Context, c command, auth authorised, unit domain.UnitID, change *account.Change, batch *domain.Batch) (domain.ProcessID, error) {
	id := change.Content.Person
	x, err := s.person(ctx, id)
	if err != nil {
		return "", err
	}
	stream := domain.PersonOf(id)
	claimed := person.Claimed{Process: processID(c.id, stream, x.Revision()+1), Unit: unit, Change: change.ID,
		Hash: change.Content.Hash, Revision: change.Revision, Human: auth.actor.Human, Command: c.id, Digest: c.call.Digest, Batch: batch}
	d, err := x.DecideClaim(claimed, change.Effective)
	if err != nil {
		if _, _, open := x.Open(); open {
			return "", errAnew // driven to its end by the next attempt
		}
		return "", err
	}
	_, err = s.append(ctx, stream, x.Revision(), c.origin(auth).causedBy(""), process(claimed.Process, stream, d, true))
	return claimed.Process, err
}

// outcome answers a command whose process has run, or still runs.
func (s *Service) outcome(ctx context.Context, c command, what Command, p domain.ProcessID, finished bool, err error) (Result, error) {
	if !finished {
		return Result{Pending: p, Position: s.writtenUpTo(0)}, nil
	}
	if err != nil {
		return Result{}, err
	}
	events, err := s.stored(ctx, c)
	if err != nil {
		return Result{}, err
	}
	if len(events) > 0 {
		result, err := s.resultOf(what, events)
		result.Position = s.writtenUpTo(result.Position)
		return result, err
	}
	refusal, err := s.refusalOf(ctx, p)
	if err == nil && refusal == nil {
		err = fmt.Errorf("process %s has ended without a decision of this command", p)
	}
	if err != nil {
		return Result{}, err
	}
	return Result{}, refusal
}

// writtenUpTo is the position that a view must have reached to show also the
// settling steps, which have been written by now.
func (s *Service) writtenUpTo(decided domain.Position) domain.Position {
	if size := s.o.Log.Size(); size > 0 {
		return max(decided, size-1)
	}
	return decided
}

// refusalOf reads the written refusal of a process; nil where there is none.
func (s *Service) refusalOf(ctx context.Context, p domain.ProcessID) (*domain.Refusal, error) {
	for r, err := range s.o.Log.Tagged(ctx, s.o.Log.Size(), string(domain.TagOf(domain.TagProcess, p))) {
		if err != nil {
			return nil, err
		}
		payload, err := decode(r)
		if err != nil {
			return nil, err
		}
		switch e := payload.(type) {
		case account.StaffingRefused:
			return e.Refusal, nil
		case account.QuotaRefused:
			return e.Refusal, nil
		case account.UnitRefused:
			return e.Refusal, nil
		}
	}
	return nil, nil
}

// settled drives what follows a decision. The decision stands whatever becomes
// of it: an error only leaves the rest to the next driver.
func (s *Service) settled(ctx context.Context, c command, result Result, f func(context.Context) error) (Result, error) {
	finished, err := s.detached(ctx, f)
	if err != nil {
		s.o.Logger.WarnContext(ctx, "settling is left to the sweep", "command", c.id, "error", err)
	}
	if err != nil || !finished {
		p, _ := decode(result.Events[0])
		if e, ok := p.(account.StaffingRecorded); ok {
			result.Pending = e.Process
		}
	}
	result.Position = s.writtenUpTo(result.Position)
	return result, nil
}

func (s *Service) settleExits(ctx context.Context, events []domain.Recorded) error {
	return s.each(len(events), func(i int) error {
		p, err := decode(events[i])
		if err != nil {
			return err
		}
		if e, ok := p.(account.StaffingRecorded); ok && e.Kind == account.Exit {
			return s.settleExit(ctx, e, events[i].Head)
		}
		return nil
	})
}

// recordedEvents numbers recorded exits by their processes.
func recordedEvents(stream domain.Stream, drafts []domain.Draft) []numbered {
	events := make([]numbered, len(drafts))
	for i, d := range drafts {
		e := d.Payload.(account.StaffingRecorded)
		events[i] = numbered{id: stepID(e.Process, stream, e.EventType()), draft: d}
	}
	return events
}

// recordBatch records many changes of one unit as one act. A repeat of an act
// that broke off goes on with the rows that were not decided.
func (s *Service) recordBatch(ctx context.Context, c command, k RecordBatch) (Result, error) {
	var form form
	form.found.Add(batchSize(len(k.Rows)))
	form.repeats("rows", k.Rows)
	auth, err := s.unit(c, RightsOf(k), k.Unit)
	if err != nil {
		return Result{}, err
	}
	if err := form.found.Err(); err != nil {
		return Result{}, err
	}
	stream := domain.AccountOf(k.Unit)
	changes, err := s.changes(ctx, stream, k.Rows)
	if err != nil {
		return Result{}, err
	}
	persons := make([]personSeen, len(k.Rows))
	err = s.each(len(k.Rows), func(i int) (err error) {
		if changes[i] != nil {
			persons[i], err = s.see(ctx, changes[i].Content.Person, k.Unit)
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	earlier, err := s.stored(ctx, c)
	if err != nil {
		return Result{}, err
	}
	done, err := batchRows(earlier)
	if err != nil {
		return Result{}, err
	}
	first := firstKnown(changes)
	act := batchAct{
		stream: stream, rows: len(k.Rows), earlier: earlier,
		change: func(i int) domain.ChangeID { return k.Rows[i].Change },
		decide: func(a *account.Account, i int, batch *domain.Batch, f account.Facts) (domain.Decision, error) {
			if _, known := done[i]; known {
				return domain.Decision{}, nil
			}
			d, err := a.DecideRecord(account.Record{Process: processID(c.id, stream, a.Revision()+1), Change: k.Rows[i].Change,
				Person: persons[i].fact, Batch: batch}, f)
			if c := changes[i]; c != nil && c.Content.Kind != first.Content.Kind {
				err = besides(err, domain.Refuse(domain.FieldMalformed, "kind", "rule", "one-kind"))
			}
			return d, besides(err, sameRevision(a, k.Rows[i]))
		},
	}
	if first != nil && first.Content.Kind == account.Entry {
		return s.recordEntries(ctx, c, k, auth, act, changes)
	}
	return s.recordExits(ctx, c, k, auth, act)
}

func (s *Service) recordExits(ctx context.Context, c command, k RecordBatch, auth authorised, b batchAct) (Result, error) {
	b.events = func(drafts []domain.Draft) []numbered { return recordedEvents(b.stream, drafts) }
	result, err := s.onBatch(ctx, c, k, auth, b)
	if err != nil || len(result.Events) == 0 {
		return result, err
	}
	return s.settled(ctx, c, result, func(ctx context.Context) error { return s.settleExits(ctx, result.Events) })
}

// recordEntries judges all rows, claims the persons of the good ones, decides
// them in one append and settles them.
func (s *Service) recordEntries(ctx context.Context, c command, k RecordBatch, auth authorised, b batchAct, changes []*account.Change) (Result, error) {
	var judged []RowResult
	var good []int
	err := s.accounts.with(ctx, b.stream, func(e *entry) error {
		if !c.call.DryRun {
			if err := s.fallDue(ctx, e); err != nil {
				return err
			}
		}
		var err error
		judged, _, good, err = s.judgeRows(e.state, c, b, auth.facts(account.DocumentFact{}))
		return err
	})
	if err != nil {
		return Result{}, err
	}
	if len(good) == 0 {
		return s.earlier(k, b.earlier, judged)
	}
	if c.call.DryRun {
		return Result{Rows: judged}, nil
	}
	aside := map[int]string{}
	for _, r := range judged {
		if r.Refusal != nil {
			aside[r.Row] = r.Refusal.Name
		}
	}
	persons, processes := make([]domain.PersonID, len(good)), make([]domain.ProcessID, len(good))
	err = s.each(len(good), func(n int) (err error) {
		i := good[n]
		batch := &domain.Batch{ID: string(c.id), Row: i, Rows: b.rows}
		if n == 0 && len(aside) > 0 {
			batch.SetAside = aside
		}
		persons[n] = changes[i].Content.Person
		processes[n], err = s.claim(ctx, c, auth, k.Unit, changes[i], batch)
		return err
	})
	if err != nil {
		return Result{}, err // what was claimed is driven on by the next attempt, or by the sweep
	}
	finished, err := s.detached(ctx, func(ctx context.Context) error { return s.driveEntries(ctx, k.Unit, persons) })
	if err != nil || !finished {
		return Result{Pending: processes[0], Position: s.writtenUpTo(0)}, err
	}
	for n, i := range good { // what was refused after its claim is in the ledger
		if judged[i].Refusal, err = s.refusalOf(ctx, processes[n]); err != nil {
			return Result{}, err
		}
	}
	events, err := s.stored(ctx, c)
	if err != nil {
		return Result{}, err
	}
	result, err := s.earlier(k, events, judged)
	result.Position = s.writtenUpTo(result.Position)
	return result, err
}
