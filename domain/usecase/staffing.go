package usecase

import (
	"context"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
)

// collect opens a change.
func (s *Service) collect(ctx context.Context, c command, k Collect) (Result, error) {
	auth, err := s.unit(c, RightsOf(k), k.Unit)
	if err != nil {
		return Result{}, err
	}
	row, err := s.readRow(ctx, c, auth, k.Unit, k.ChangeForm, newPersons{})
	if err != nil {
		return Result{}, err
	}
	return s.onAccount(ctx, c, k, auth, act{
		stream: domain.AccountOf(k.Unit), document: k.Document, form: row.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			return a.DecideCollect(row.collect(domain.ChangeID(c.thingID(domain.TagChange, 0)), nil), f)
		},
		before: func(ctx context.Context) error { return s.registerPersons(ctx, c, auth, []*formRow{row}) },
	})
}

// collectBatch opens many changes as one act: each row is judged for itself, on
// what the rows before it left, and bad rows are set aside with their reasons.
func (s *Service) collectBatch(ctx context.Context, c command, k CollectBatch) (Result, error) {
	auth, err := s.unit(c, RightsOf(k), k.Unit)
	if err != nil {
		return Result{}, err
	}
	var found domain.Findings
	found.Add(batchSize(len(k.Rows)))
	for _, r := range k.Rows {
		if r.Kind != k.Rows[0].Kind {
			found.Add(domain.Refuse(domain.FieldMalformed, "kind", "rule", "one-kind"))
			break
		}
	}
	if err := found.Err(); err != nil {
		return Result{}, err
	}
	rows, fresh := make([]*formRow, len(k.Rows)), newPersons{}
	documents := make([]account.DocumentFact, len(k.Rows))
	for i, form := range k.Rows {
		if rows[i], err = s.readRow(ctx, c, auth, k.Unit, form, fresh); err != nil {
			return Result{}, err
		}
		if documents[i], err = s.document(ctx, form.Document); err != nil {
			return Result{}, err
		}
	}
	return s.onBatch(ctx, c, k, auth, batchAct{
		stream: domain.AccountOf(k.Unit), rows: len(rows),
		change: func(i int) domain.ChangeID { return domain.ChangeID(c.thingID(domain.TagChange, i)) },
		decide: func(a *account.Account, i int, batch *domain.Batch, f account.Facts) (domain.Decision, error) {
			f.Document = documents[i]
			d, err := a.DecideCollect(rows[i].collect(domain.ChangeID(c.thingID(domain.TagChange, i)), batch), f)
			return d, merged(rows[i].found, d.Reminders, err)
		},
		before: func(ctx context.Context, good []int) error {
			accepted := make([]*formRow, len(good))
			for i, row := range good {
				accepted[i] = rows[row]
			}
			return s.registerPersons(ctx, c, auth, accepted)
		},
	})
}

// resubmit answers a return with new content.
func (s *Service) resubmit(ctx context.Context, c command, k Resubmit) (Result, error) {
	stream, auth, err := s.found(ctx, c, RightsOf(k), domain.TagChange, string(k.Change))
	if err != nil {
		return Result{}, err
	}
	unit := domain.UnitID(stream.Key())
	old, err := s.contentOf(ctx, k.Change)
	if err != nil {
		return Result{}, err
	}
	if k.Person == "" && k.IDNumber == "" {
		k.Person = old.content.Person
	}
	row, err := s.readRow(ctx, c, auth, unit, k.ChangeForm, newPersons{})
	if err != nil {
		return Result{}, err
	}
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, document: k.Document, form: row.found, thing: changeThing(k.Change),
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			changed := changedFields(old, row)
			private := domain.PersonalOf(personKey(row.content.Person), account.Resubmission{Particulars: row.particulars, Changed: changed})
			return a.DecideResubmit(account.Resubmit{Change: k.Change, Content: row.content, Effective: row.form.Effective,
				Private: private, Person: row.fact}, f)
		},
	})
}

// pass passes the next gate.
func (s *Service) pass(ctx context.Context, c command, k Pass) (Result, error) {
	stream, auth, gate, person, err := s.atGate(ctx, c, RightsOf(k), k.Change)
	if err != nil {
		return Result{}, err
	}
	var form form
	opinion := form.note("opinion", k.Opinion, false)
	form.keys("items", k.Items)
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, form: form.found, thing: changeThing(k.Change),
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			return a.DecidePass(account.Pass{Change: k.Change, Gate: gate, Items: items(k.Items), Person: person.fact,
				Opinion: opinionOf(person.id, opinion)}, f)
		},
	})
}

// passBatch passes many changes of one unit as one act with one opinion.
func (s *Service) passBatch(ctx context.Context, c command, k PassBatch) (Result, error) {
	var form form
	form.found.Add(batchSize(len(k.Rows)))
	form.repeats("rows", k.Rows)
	opinion := form.note("opinion", k.Opinion, false)
	form.keys("items", k.Items)
	if _, err := s.unit(c, RightsOf(k), k.Unit); err != nil {
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
	auth, gate, err := s.gateOf(c, stream, firstKnown(changes))
	if err != nil {
		return Result{}, err
	}
	persons := make([]personSeen, len(k.Rows))
	err = s.each(len(k.Rows), func(i int) (err error) {
		if changes[i] != nil && gate == account.GateOffice {
			persons[i], err = s.see(ctx, changes[i].Content.Person, k.Unit)
		} else if changes[i] != nil {
			persons[i].id = changes[i].Content.Person
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return s.onBatch(ctx, c, k, auth, batchAct{
		stream: stream, rows: len(k.Rows),
		change: func(i int) domain.ChangeID { return k.Rows[i].Change },
		decide: func(a *account.Account, i int, batch *domain.Batch, f account.Facts) (domain.Decision, error) {
			d, err := a.DecidePass(account.Pass{Change: k.Rows[i].Change, Gate: gate, Items: items(k.Items), Person: persons[i].fact,
				Opinion: opinionOf(persons[i].id, opinion), Batch: batch}, f)
			return d, besides(err, sameRevision(a, k.Rows[i]))
		},
	})
}

// returnChange gives a change back, field by field.
func (s *Service) returnChange(ctx context.Context, c command, k Return) (Result, error) {
	stream, auth, gate, person, err := s.atGate(ctx, c, RightsOf(k), k.Change)
	if err != nil {
		return Result{}, err
	}
	var form form
	opinion := account.Opinion{Text: form.note("opinion", k.Opinion, false), Fields: map[string]string{}}
	fields := make([]string, 0, len(k.Fields))
	for field, wrong := range k.Fields {
		if !slices.Contains(formFields, field) {
			form.found.Add(domain.Refuse(domain.FieldMalformed, "fields", "rule", "field-unknown", "value", clip(field)))
			continue
		}
		fields = append(fields, field)
		opinion.Fields[field] = form.note("fields."+field, wrong, true)
	}
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, form: form.found, thing: changeThing(k.Change),
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			return a.DecideReturn(account.Return{Change: k.Change, Gate: gate, Fields: fields,
				Opinion: domain.PersonalOf(personKey(person.id), opinion)}, f)
		},
	})
}

// withdraw ends a change before it is recorded.
func (s *Service) withdraw(ctx context.Context, c command, k Withdraw) (Result, error) {
	stream, auth, err := s.found(ctx, c, RightsOf(k), domain.TagChange, string(k.Change))
	if err != nil {
		return Result{}, err
	}
	var form form
	reason := form.note("reason", k.Reason, true)
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, form: form.found, thing: changeThing(k.Change),
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			change, _ := a.Change(k.Change)
			return a.DecideWithdraw(account.Withdraw{Change: k.Change,
				Text: domain.PersonalOf(personKey(change.Content.Person), account.ChangeNote{Note: reason})}, f)
		},
	})
}

// atGate finds the change, the gate at which the caller sits, and what is known
// of the person.
func (s *Service) atGate(ctx context.Context, c command, may []domain.Role, id domain.ChangeID) (domain.Stream, authorised, account.Gate, personSeen, error) {
	fail := func(err error) (domain.Stream, authorised, account.Gate, personSeen, error) {
		return "", authorised{}, "", personSeen{}, err
	}
	stream, err := s.placeOf(ctx, domain.TagOf(domain.TagChange, id))
	if err != nil {
		return fail(err)
	}
	if stream == "" {
		_, _, err := s.found(ctx, c, may, domain.TagChange, string(id))
		return fail(err)
	}
	changes, err := s.changes(ctx, stream, []BatchRow{{Change: id}})
	if err != nil {
		return fail(err)
	}
	auth, gate, err := s.gateOf(c, stream, changes[0])
	if err != nil {
		return fail(err)
	}
	person := personSeen{id: changes[0].Content.Person}
	if gate == account.GateOffice {
		if person, err = s.see(ctx, person.id, domain.UnitID(stream.Key())); err != nil {
			return fail(err)
		}
	}
	return stream, auth, gate, person, nil
}

// gateOf authorises a reviewer: the gate that the change waits for comes first,
// then the others of its route, which are refused wrong-step by the account.
func (s *Service) gateOf(c command, stream domain.Stream, change *account.Change) (authorised, account.Gate, error) {
	may := gateRoleList
	if change != nil {
		may = nil
		if next, ok := change.NextGate(); ok {
			may = append(may, gateRoles[next])
		}
		for _, g := range change.Route {
			if !slices.Contains(may, gateRoles[g]) {
				may = append(may, gateRoles[g])
			}
		}
	}
	auth, err := s.stream(c, may, stream)
	if err != nil {
		return authorised{}, "", err
	}
	for gate, role := range gateRoles {
		if role == auth.actor.Role {
			return auth, gate, nil
		}
	}
	return auth, "", nil
}

// changes reads some changes of an account; nil where there is none.
func (s *Service) changes(ctx context.Context, stream domain.Stream, rows []BatchRow) ([]*account.Change, error) {
	found := make([]*account.Change, len(rows))
	err := s.accounts.with(ctx, stream, func(e *entry) error {
		for i, r := range rows {
			if change, ok := e.state.Change(r.Change); ok {
				found[i] = &change
			}
		}
		return nil
	})
	return found, err
}

func firstKnown(changes []*account.Change) *account.Change {
	for _, c := range changes {
		if c != nil {
			return c
		}
	}
	return nil
}

// besides puts a finding in its place among those that stand against a row.
func besides(err error, found *domain.Refusal) error {
	r, ok := asRefusal(err)
	switch {
	case found == nil || err != nil && !ok:
		return err
	case !ok:
		return found
	}
	return append(apart(r), found).Err()
}

// sameRevision is the precondition of a batch's row: who judges it has seen it
// as it stands.
func sameRevision(a *account.Account, row BatchRow) *domain.Refusal {
	change, ok := a.Change(row.Change)
	if ok && change.Revision != row.Revision {
		return domain.Refuse(domain.ContentChanged, "change", "change", string(row.Change), "seen", int64(row.Revision), "current", int64(change.Revision))
	}
	return nil
}

func opinionOf(person domain.PersonID, text string) *domain.Personal {
	if text == "" {
		return nil
	}
	return domain.PersonalOf(personKey(person), account.Opinion{Text: text})
}

func items(confirmed []string) []string {
	sorted := slices.Sorted(slices.Values(confirmed))
	return slices.Compact(sorted)
}

func batchSize(rows int) *domain.Refusal {
	switch {
	case rows == 0:
		return domain.Refuse(domain.FieldMissing, "rows")
	case rows > BatchRowsMax:
		return domain.Refuse(domain.FieldMalformed, "rows", "rule", "too-many-rows", "rows", rows, "max", BatchRowsMax)
	}
	return nil
}
