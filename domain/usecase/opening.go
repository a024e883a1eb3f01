package usecase

import (
	"context"
	"errors"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/person"
)

// The opening balance of a unit: started, parts, completed or abandoned. Every
// person of a part is claimed for the bracket before the part is written; the
// claims are settled when the bracket has closed.

// startOpening opens the bracket.
func (s *Service) startOpening(ctx context.Context, c command, k StartOpening) (Result, error) {
	auth, err := s.unit(c, RightsOf(k), k.Unit)
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	if k.Rows < 1 || k.Rows > openingRowsMax {
		form.found.Add(domain.Refuse(domain.FieldMalformed, "rows", "rule", "posts", "posts", k.Rows, "min", 1, "max", openingRowsMax))
	}
	if !isDigest(k.Digest) {
		form.found.Add(domain.Refuse(domain.FieldMalformed, "digest", "rule", "digest"))
	}
	stream := domain.AccountOf(k.Unit)
	var p domain.ProcessID
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, document: k.Document, form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			p = processID(c.id, stream, a.Revision()+1)
			return a.DecideStartOpening(account.StartOpening{Process: p, Rows: k.Rows, Digest: k.Digest}, f)
		},
	})
}

// openingRowsMax bounds one bracket.
const openingRowsMax = 100_000

func isDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// openingRow is one row of a part, read.
type openingRow struct {
	OpeningForm
	formRow
	row account.OpeningRow
}

// addOpeningPart adds rows to the open bracket.
func (s *Service) addOpeningPart(ctx context.Context, c command, k AddOpeningPart) (Result, error) {
	auth, err := s.unit(c, RightsOf(k), k.Unit)
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	switch {
	case len(k.Rows) == 0:
		form.missing("rows")
	case len(k.Rows) > OpeningPartMax:
		form.found.Add(domain.Refuse(domain.FieldMalformed, "rows", "rule", "too-many-rows", "rows", len(k.Rows), "max", OpeningPartMax))
	}
	if err := form.found.Err(); err != nil {
		return Result{}, err
	}
	stream := domain.AccountOf(k.Unit)
	var process domain.ProcessID
	if err := s.accounts.with(ctx, stream, func(e *entry) error {
		o, _ := e.state.Opening()
		process = o.Process
		return nil
	}); err != nil {
		return Result{}, err
	}
	rows, err := s.readOpeningRows(ctx, c, k, process, &form)
	if err != nil {
		return Result{}, err
	}
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			o, open := a.Opening()
			if o.Process != process {
				return domain.Decision{}, errAnew
			}
			d, err := openingParts(a, process, rows, f)
			if open && len(o.Rows) != k.From {
				err = besides(err, domain.Refuse(domain.WrongStep, "from", "from", k.From, "needed", "rows-so-far", "rows", len(o.Rows)))
			}
			return d, err
		},
		before: func(ctx context.Context) error { return s.claimOpening(ctx, c, auth, k.Unit, process, rows) },
	})
}

// openingParts decides the rows in parts that each fit one event.
func openingParts(a *account.Account, p domain.ProcessID, rows []*openingRow, f account.Facts) (domain.Decision, error) {
	var all domain.Decision
	part := 0
	if o, open := a.Opening(); open {
		part = o.Parts
	}
	state := a
	for from := 0; from < len(rows); {
		to, bytes := from, 0
		var batch []account.OpeningRow
		for ; to < len(rows) && (to == from || bytes+rows[to].bytes() <= openingPartBytes); to++ {
			bytes += rows[to].bytes()
			batch = append(batch, rows[to].row)
		}
		d, err := state.DecideAddPart(account.AddPart{Process: p, Part: part, Rows: batch}, f)
		if err != nil {
			return domain.Decision{}, atRow(err, from)
		}
		all.Drafts = append(all.Drafts, d.Drafts...)
		if from, part = to, part+1; from < len(rows) {
			if state == a {
				state = a.Clone()
			}
			state.Apply(domain.Head{Stream: state.Stream(), Revision: state.Revision() + 1}, d.Drafts[0].Payload)
		}
	}
	return all, nil
}

// openingPartBytes keeps a part's event well below the store's limit.
const openingPartBytes = 48 << 10

// bytes estimates what the row takes in its event: ids, codes and the box.
func (r *openingRow) bytes() int { return 400 + len(r.row.Private.Clear)*4/3 }

// atRow turns rows counted within a part into rows counted as sent.
func atRow(err error, from int) error {
	r, ok := asRefusal(err)
	if !ok {
		return err
	}
	for _, x := range append([]*domain.Refusal{r}, r.Also...) {
		if n, ok := x.Facts["row"].(int); ok {
			x.Facts["row"] = n + from
			x.Field = "rows." + strconv.Itoa(n+from) + "." + x.Field
		}
	}
	return r
}

func (s *Service) readOpeningRows(ctx context.Context, c command, k AddOpeningPart, p domain.ProcessID, f *form) ([]*openingRow, error) {
	rows, fresh := make([]*openingRow, len(k.Rows)), newPersons{}
	for i, in := range k.Rows {
		at := "rows." + strconv.Itoa(i) + "."
		one := form{day: f.day}
		r := &openingRow{OpeningForm: in}
		r.particulars = one.particulars(in.Particulars, true)
		if in.IDNumber == "" {
			one.missing("idnumber")
		} else {
			r.idNumber = one.idNumber("idnumber", in.IDNumber, &r.particulars)
		}
		one.line("line", in.Line)
		one.code("class", codes.TablePersonClass, string(in.Class), true)
		if in.Since == domain.NoDay {
			one.missing("since")
		}
		r.form.Effective, r.content.Kind = in.Since, account.Entry
		if r.idNumber != "" {
			if err := s.findPerson(ctx, c, &r.formRow, &one, k.Unit, fresh); err != nil {
				return nil, err
			}
			one.found.Add(openingElsewhere(r, p))
		}
		for _, x := range one.found {
			x.Field = at + x.Field
			f.found.Add(x)
		}
		r.row = account.OpeningRow{Holding: domain.ChangeID(derive(string(p), "holding", string(r.content.Person))), Person: r.content.Person, LineKey: in.Line,
			Class: in.Class, Since: in.Since, Private: domain.PersonalOf(personKey(r.content.Person), r.particulars)}
		rows[i] = r
	}
	return rows, nil
}

// openingElsewhere says early what the claim would say. A claim for this very
// bracket, left by an attempt that broke off, serves.
func openingElsewhere(r *openingRow, p domain.ProcessID) *domain.Refusal {
	switch {
	case r.fact.HoldsElsewhere != "":
		return domain.Refuse(domain.HoldsPostElsewhere, "person", "unit", string(r.fact.HoldsElsewhere))
	case r.fact.Busy && r.open != p:
		return domain.Refuse(domain.PersonBusy, "person")
	case r.Since < r.fact.FreeFrom:
		return domain.Refuse(domain.HoldsPostElsewhere, "since", "day", r.Since.String(), "until", r.fact.FreeFrom.String())
	}
	return nil
}

// claimOpening registers the part's new people and claims all its persons for
// the bracket. Who is claimed for it already, by an attempt that broke off,
// stays claimed.
func (s *Service) claimOpening(ctx context.Context, c command, auth authorised, unit domain.UnitID, p domain.ProcessID, rows []*openingRow) error {
	forms := make([]*formRow, len(rows))
	for i, r := range rows {
		forms[i] = &r.formRow
	}
	if err := s.registerPersons(ctx, c, auth, forms); err != nil {
		return err
	}
	return s.each(len(rows), func(i int) error {
		x, err := s.person(ctx, rows[i].content.Person)
		if err != nil {
			return err
		}
		claimed := person.Claimed{Process: p, Unit: unit, Change: rows[i].row.Holding, Opening: true, Human: auth.actor.Human, Command: c.id}
		if open, _, is := x.Open(); is && open.Process == p {
			return nil
		}
		d, err := x.DecideClaim(claimed, rows[i].Since)
		if err != nil {
			return atRow(err, i)
		}
		stream := domain.PersonOf(x.ID())
		_, err = s.append(ctx, stream, x.Revision(), c.origin(auth).causedBy(""), number(claimID(p, x.Revision()), stream, d.Drafts))
		var conflict *domain.Conflict
		if errors.As(err, &conflict) {
			return errAnew
		}
		return err
	})
}

// claimID numbers the claim of a bracket: a person may be claimed for it again
// after an earlier claim was released.
func claimID(p domain.ProcessID, seen domain.Revision) domain.CommandID {
	return domain.CommandID(derive(string(p), "claim", strconv.FormatInt(int64(seen), 10)))
}

// closeOpening completes or abandons the bracket and settles its claims.
func (s *Service) closeOpening(ctx context.Context, c command, what Command, unit domain.UnitID, reason string, complete bool) (Result, error) {
	auth, err := s.unit(c, RightsOf(what), unit)
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	reason = form.note("reason", reason, !complete)
	var p domain.ProcessID
	result, err := s.onAccount(ctx, c, what, auth, act{
		stream: domain.AccountOf(unit), form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			if o, open := a.Opening(); open {
				p = o.Process
			}
			if complete {
				return a.DecideCompleteOpening(account.CloseOpening{Process: p}, f)
			}
			return a.DecideAbandonOpening(account.CloseOpening{Process: p, Text: noteOf(unitKey(unit), reason)}, f)
		},
	})
	if err != nil || len(result.Events) == 0 {
		return result, err
	}
	finished, err := s.detached(ctx, func(ctx context.Context) error { return s.settleOpening(ctx, p) })
	if err != nil {
		s.o.Logger.WarnContext(ctx, "settling an opening balance is left to the sweep", "process", p, "error", err)
	}
	if err != nil || !finished {
		result.Pending = p
	}
	result.Position = s.writtenUpTo(result.Position)
	return result, nil
}

// settleOpening closes the claims of a closed bracket.
func (s *Service) settleOpening(ctx context.Context, p domain.ProcessID) error {
	var persons []domain.PersonID
	for r, err := range s.o.Log.Tagged(ctx, s.o.Log.Size(), string(domain.TagOf(domain.TagProcess, p))) {
		if err != nil {
			return err
		}
		if r.Type == person.TypeClaimed {
			persons = append(persons, domain.PersonID(r.Stream.Key()))
		}
	}
	return s.each(len(persons), func(i int) error { return s.settlePerson(ctx, persons[len(persons)-1-i]) })
}
