package demo

import (
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/usecase"
)

// batch is many entries of one recruitment, collected, passed and recorded as
// one act each.
type batch struct {
	unit   *unit
	rows   []*change
	route  []account.Gate
	passed int
	by     *sign // collects; nil: anybody of the desk
	// scripted: the last days say when it goes on.
	scripted bool
}

// collectBatch collects new people on one approval as one act. Now and then the
// list holds a row that cannot be: somebody who is in post elsewhere, or a
// mistyped ID number. It is set aside.
func (f *filler) collectBatch(b *batch) error {
	first := b.rows[0]
	by := b.by
	if by == nil {
		by = f.another(b.unit.desk.collectors, first)
	}
	doc, err := f.register(by, b.unit.desk.letters, b.unit.desk.issuer, fmt.Sprintf("关于%s公开招聘%d名人员聘用的通知", b.unit.short, len(b.rows)),
		fmt.Sprintf("同意聘用%d人", len(b.rows)), len(b.rows) > 60)
	if err != nil {
		return err
	}
	b.route = f.route(account.Entry, first.person.class)
	forms := make([]usecase.ChangeForm, 0, len(b.rows)+2)
	for _, c := range b.rows {
		c.form.Document, c.route = doc, b.route
		if f.spoil(c, 0.015); c.fault != nil && c.fault.field != "document" {
			c.wrong.Document = doc
			forms = append(forms, c.wrong)
			continue
		}
		c.fault = nil
		forms = append(forms, c.form)
	}
	bad := map[int]string{}
	if !b.scripted && (f.rng.chance(0.2) || f.once("row set aside", 1)) {
		form := forms[0]
		if p := f.somebodyElse(b.unit); p != nil && f.rng.chance(0.6) {
			form.IDNumber, form.Particulars, bad[0] = p.number, p.text, domain.HoldsPostElsewhere
		} else {
			digits := []byte(form.IDNumber)
			digits[16] = '0' + (digits[16]-'0'+2)%10 // the check digit no longer fits
			form.IDNumber, bad[0] = string(digits), domain.FieldMalformed
		}
		forms = slices.Insert(forms, 0, form)
	}
	result, _, err := f.must(by, frame{role: domain.Collector}, usecase.CollectBatch{Unit: b.unit.id, Rows: forms})
	if err != nil {
		return err
	}
	if err := f.asExpected(result, bad); err != nil {
		return err
	}
	for i, c := range b.rows {
		row := result.Rows[i+len(bad)]
		c.id = row.Change
		f.collected(c, by, *row.Event)
	}
	if !b.scripted {
		f.later(f.soon(1), func() error { return f.passBatch(b) })
	}
	return nil
}

// asExpected checks that exactly the rows meant to be set aside were.
func (f *filler) asExpected(result usecase.Result, bad map[int]string) error {
	for _, r := range result.Rows {
		switch {
		case r.Refusal == nil && bad[r.Row] == "":
		case r.Refusal != nil && r.Refusal.Name == bad[r.Row]:
			f.refusals[r.Refusal.Name]++
		default:
			return fmt.Errorf("row %d of a batch: got %v, want %q", r.Row, r.Refusal, bad[r.Row])
		}
	}
	return nil
}

// somebodyElse is in post in another unit.
func (f *filler) somebodyElse(u *unit) *person {
	for range 8 {
		if v := pick(f.rng, f.units); v != u && v.opened && len(v.lines[0].people) > 0 {
			if p := pick(f.rng, v.lines[0].people); !p.busy {
				return p
			}
		}
	}
	return nil
}

// passBatch lets the next gate pass the batch; rows with something wrong are
// returned one by one and go on alone.
func (f *filler) passBatch(b *batch) error {
	gate := b.route[b.passed]
	by := f.another(f.gateSeats(b.unit, gate), b.rows[0])
	for i := 0; i < len(b.rows); i++ {
		c := b.rows[i]
		if c.fault == nil || c.finds != b.passed {
			continue
		}
		if !f.secondRound(c, by) {
			c.fault = nil
			continue
		}
		if err := f.giveBack(c, by); err != nil {
			return err
		}
		b.rows = slices.Delete(b.rows, i, i+1)
		i--
	}
	if len(b.rows) == 0 {
		return nil
	}
	rows := make([]usecase.BatchRow, len(b.rows))
	for i, c := range b.rows {
		rows[i] = usecase.BatchRow{Change: c.id, Revision: c.rev}
	}
	command := usecase.PassBatch{Unit: b.unit.id, Rows: rows, Items: f.items(gate), Opinion: pick(f.rng, opinionsBatch)}
	result, _, err := f.must(by, frame{role: roleOf[gate]}, command)
	if err != nil {
		return err
	}
	if err := f.asExpected(result, nil); err != nil {
		return err
	}
	for i, c := range b.rows {
		c.touch(by, result.Rows[i].Event.Revision)
		c.passed++
	}
	b.passed++
	switch at := f.soon(0.9); {
	case b.scripted:
	case b.passed < len(b.route):
		f.later(at, func() error { return f.passBatch(b) })
	default:
		from := f.work.on(b.rows[0].form.Effective) + moment(f.rng.IntN(int(2*hour)))
		f.later(max(at, from), func() error { return f.recordBatch(b) })
	}
	return nil
}

// recordBatch records the batch as one act.
func (f *filler) recordBatch(b *batch) error {
	by := f.another(b.unit.level.recorders, b.rows[0])
	rows := make([]usecase.BatchRow, len(b.rows))
	for i, c := range b.rows {
		rows[i] = usecase.BatchRow{Change: c.id, Revision: c.rev}
	}
	result, _, err := f.must(by, frame{}, usecase.RecordBatch{Unit: b.unit.id, Rows: rows})
	if err != nil {
		return err
	}
	if err := f.asExpected(result, nil); err != nil {
		return err
	}
	for _, c := range b.rows {
		if err := f.recorded(c); err != nil {
			return err
		}
	}
	return nil
}
