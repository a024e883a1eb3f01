package replay

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"staffledger/domain"
)

// Row is one row of a read model in words that both sides share: ids instead of
// internal numbers, every value as text.
type Row struct {
	Key    string
	Fields []string // in the order of Columns of its view
	// Position is that of the last event that touched the row; on the live side
	// it is not looked at.
	Position domain.Position
}

// Live yields the rows of the read models as they stand, all as of one
// position. Package views has an adapter.
type Live interface {
	// Next is how many events the read models have folded.
	Next() domain.Position
	// Rows yields the rows of one of Views in the order of their keys (bytes).
	Rows(view string) iter.Seq2[Row, error]
}

// Result of a comparison, as the command line prints it.
type Result struct {
	Equal    bool
	Events   domain.Position // folded and compared
	Position domain.Position // not equal: of the event responsible
	View     string
	Reason   string
}

// Compare folds the ledger up to where the read models are and compares every
// row of every view. Of all differences it tells the one whose event comes
// first in the ledger; a row that no event explains counts as of the last
// position.
func Compare(ledger iter.Seq2[domain.Recorded, error], live Live, open Open) (Result, error) {
	r, to := New(open), live.Next()
	c := comparison{result: Result{Equal: true, Events: to}}
	postings := newPull(live.Rows("posting"))
	defer postings.stop()
	for e, err := range ledger {
		if err != nil {
			return Result{}, err
		}
		if e.Position >= to {
			break
		}
		if err := r.Apply(e); err != nil {
			return Result{}, err
		}
		for _, row := range r.movedRows() {
			if err := c.next("posting", row, postings); err != nil {
				return Result{}, err
			}
		}
	}
	if r.Next() < to {
		c.differ(r.Next(), "meta", fmt.Sprintf("the views have folded %d events, the ledger has %d", to, r.Next()))
		return c.result, nil
	}
	if err := c.rest("posting", postings, r.lastPosition()); err != nil {
		return Result{}, err
	}
	for _, view := range Views {
		if view == "posting" {
			continue
		}
		if err := c.view(view, r.rows(view), live.Rows(view), r.lastPosition()); err != nil {
			return Result{}, err
		}
	}
	return c.result, nil
}

func (r *Replay) lastPosition() domain.Position { return max(r.next, 1) - 1 }

// comparison keeps the difference with the smallest position.
type comparison struct{ result Result }

func (c *comparison) differ(at domain.Position, view, reason string) {
	if c.result.Equal || at < c.result.Position {
		c.result.Equal, c.result.Position, c.result.View, c.result.Reason = false, at, view, reason
	}
}

// pull reads rows one at a time and checks their order.
type pull struct {
	next func() (Row, error, bool)
	stop func()
	row  Row
	have bool
	last string
	any  bool
}

func newPull(rows iter.Seq2[Row, error]) *pull {
	p := &pull{}
	p.next, p.stop = iter.Pull2(rows)
	return p
}

func (p *pull) peek() (Row, bool, error) {
	if !p.have {
		row, err, ok := p.next()
		if err != nil || !ok {
			return Row{}, false, err
		}
		if p.any && row.Key <= p.last {
			return Row{}, false, fmt.Errorf("live rows are not in order: %q after %q", row.Key, p.last)
		}
		p.row, p.have, p.last, p.any = row, true, row.Key, true
	}
	return p.row, true, nil
}

// next compares one expected row with the live rows up to its key.
func (c *comparison) next(view string, want Row, live *pull) error {
	for {
		got, ok, err := live.peek()
		switch {
		case err != nil:
			return err
		case !ok || got.Key > want.Key:
			c.differ(want.Position, view, fmt.Sprintf("row %s is missing", want.Key))
			return nil
		case got.Key < want.Key:
			c.differ(want.Position, view, fmt.Sprintf("row %s is in the view, no event explains it", got.Key))
			live.have = false
			continue
		}
		live.have = false
		columns := Columns[view]
		for i := range max(len(want.Fields), len(got.Fields)) {
			w, g := at(want.Fields, i), at(got.Fields, i)
			if w != g {
				c.differ(want.Position, view, fmt.Sprintf("row %s, %s: the view has %q, the ledger says %q", want.Key, at(columns, i), g, w))
				break
			}
		}
		return nil
	}
}

func at(s []string, i int) string {
	if i < len(s) {
		return s[i]
	}
	return ""
}

// rest reports live rows behind the last expected one.
func (c *comparison) rest(view string, live *pull, last domain.Position) error {
	for {
		got, ok, err := live.peek()
		if err != nil || !ok {
			return err
		}
		live.have = false
		c.differ(last, view, fmt.Sprintf("row %s is in the view, no event explains it", got.Key))
	}
}

func (c *comparison) view(view string, expected []Row, rows iter.Seq2[Row, error], last domain.Position) error {
	slices.SortFunc(expected, func(x, y Row) int { return strings.Compare(x.Key, y.Key) })
	live := newPull(rows)
	defer live.stop()
	for _, want := range expected {
		// an extra row between two expected ones is explained by no event
		for {
			got, ok, err := live.peek()
			if err != nil {
				return err
			}
			if !ok || got.Key >= want.Key {
				break
			}
			live.have = false
			c.differ(last, view, fmt.Sprintf("row %s is in the view, no event explains it", got.Key))
		}
		if err := c.next(view, want, live); err != nil {
			return err
		}
	}
	return c.rest(view, live, last)
}
