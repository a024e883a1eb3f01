package usecase

import (
	"context"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
)

// AllSetAside answers a batch act of which no row could be carried out:
// nothing was written, and the key may be used again.
type AllSetAside struct{ Rows []RowResult }

func (e *AllSetAside) Error() string {
	return fmt.Sprintf("none of the %d rows can be carried out; the first: %v", len(e.Rows), e.Rows[0].Refusal)
}

// batchAct is one act over many changes of one account, in one append.
type batchAct struct {
	stream  domain.Stream
	rows    int
	change  func(i int) domain.ChangeID
	decide  func(a *account.Account, i int, batch *domain.Batch, f account.Facts) (domain.Decision, error)
	before  func(ctx context.Context, good []int) error // rows that will be written
	events  func(drafts []domain.Draft) []numbered      // ids, where not the plain numbering
	earlier []domain.Recorded                           // what an attempt that broke off has written
}

// onBatch judges the rows one after the other, each on what those before it
// left, and appends the good ones.
func (s *Service) onBatch(ctx context.Context, c command, what Command, auth authorised, b batchAct) (Result, error) {
	facts := auth.facts(account.DocumentFact{})
	var result Result
	err := s.accounts.with(ctx, b.stream, func(e *entry) error {
		if !c.call.DryRun {
			if err := s.fallDue(ctx, e); err != nil {
				return err
			}
		}
		judged, drafts, good, err := s.judgeRows(e.state, c, b, facts)
		if err != nil {
			return err
		}
		if len(drafts) == 0 {
			if result, err = s.earlier(what, b.earlier, judged); err != nil {
				return s.lateRepeat(ctx, c, err)
			}
			return nil
		}
		if c.call.DryRun {
			result.Rows = judged
			return nil
		}
		if b.before != nil {
			if err := b.before(ctx, good); err != nil {
				return err
			}
		}
		events := number(c.id, b.stream, drafts)
		if b.events != nil {
			events = b.events(drafts)
		}
		stored, err := s.appendAccount(ctx, e, c.origin(auth), events)
		if err != nil {
			return err
		}
		result, err = s.resultOf(what, append(b.earlier, stored...))
		inFull(result.Rows, judged)
		return err
	})
	return result, err
}

// earlier answers an act of which no row is left to be carried out: with what
// an earlier attempt wrote, or with all the rows' refusals.
func (s *Service) earlier(what Command, events []domain.Recorded, judged []RowResult) (Result, error) {
	if len(events) == 0 {
		return Result{}, &AllSetAside{judged}
	}
	result, err := s.resultOf(what, events)
	inFull(result.Rows, judged)
	return result, err
}

// inFull puts the refusals as judged in place of their names.
func inFull(rows, judged []RowResult) {
	for i := range rows {
		if r := judged[rows[i].Row]; rows[i].Refusal != nil && r.Refusal != nil {
			rows[i].Refusal = r.Refusal
		}
	}
}

func (s *Service) judgeRows(state *account.Account, c command, b batchAct, facts account.Facts) (judged []RowResult, drafts []domain.Draft, good []int, err error) {
	state = s.current(state.Clone(), c.call.DryRun)
	aside := map[int]string{}
	for i := range b.rows {
		batch := &domain.Batch{ID: string(c.id), Row: i, Rows: b.rows}
		d, err := b.decide(state, i, batch, facts)
		judged = append(judged, RowResult{Row: i, Change: b.change(i)})
		if refusal, refused := asRefusal(err); refused {
			judged[i].Refusal = refusal
			aside[i] = refusal.Name
			continue
		}
		if err != nil {
			return nil, nil, nil, err
		}
		for _, draft := range d.Drafts {
			s.applyDrafts(state, []numbered{{draft: draft}})
			drafts = append(drafts, draft)
		}
		if len(d.Drafts) > 0 {
			good = append(good, i)
		}
	}
	if len(drafts) > 0 && len(aside) > 0 {
		batchOf(drafts[0].Payload).SetAside = aside
	}
	return judged, drafts, good, nil
}

// batchOf is the batch mark of a row's event; an empty one where there is none.
func batchOf(p domain.Payload) *domain.Batch {
	var b *domain.Batch
	switch e := p.(type) {
	case account.StaffingCollected:
		b = e.Batch
	case account.StaffingReviewed:
		b = e.Batch
	case account.StaffingRecorded:
		b = e.Batch
	}
	if b == nil {
		b = &domain.Batch{}
	}
	return b
}

// rowResults tells the fate of every row from the events of the act.
func rowResults(events []domain.Recorded) ([]RowResult, error) {
	byRow, err := batchRows(events)
	if err != nil {
		return nil, err
	}
	p, err := decode(events[0])
	if err != nil {
		return nil, err
	}
	rows := make([]RowResult, 0, batchOf(p).Rows)
	for i := range batchOf(p).Rows {
		if r, known := byRow[i]; known {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// batchRows are the rows that the act's events decide, by row.
func batchRows(events []domain.Recorded) (map[int]RowResult, error) {
	rows := map[int]RowResult{}
	for i := range events {
		p, err := decode(events[i])
		if err != nil {
			return nil, err
		}
		batch := batchOf(p)
		for row, name := range batch.SetAside {
			rows[row] = RowResult{Row: row, Refusal: domain.Refuse(name, "")}
		}
		rows[batch.Row] = RowResult{Row: batch.Row, Change: changeOf(p), Event: &events[i]}
	}
	return rows, nil
}

func changeOf(p domain.Payload) domain.ChangeID {
	switch e := p.(type) {
	case account.StaffingCollected:
		return e.Change
	case account.StaffingReviewed:
		return e.Change
	case account.StaffingRecorded:
		return e.Change
	}
	return ""
}
