package account

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Opening balance: rules
//
//  1. A bracket: started{rows, digest}, parts, completed or abandoned. Folds
//     ignore an open bracket; other commands are refused bulk-open (design §4).
//  2. It brings people into posts that the unit already has; every person is
//     claimed before the part that names them is written.
//  3. Parts are numbered densely; it is completed only with all its rows.
//  4. On completion no line may stand below zero on any day from the first on
//     which the ledger knows the line's posts to today (§4, §14.2). What was
//     authorised before that day is not on record, so nothing is judged by it:
//     people are in post since 1998 on posts that the ledger learnt of in 2020.

// Opening is an open bracket.
type Opening struct {
	Process  domain.ProcessID
	Expected int
	Digest   string
	Parts    int // written so far; the next part has this number
	Rows     []OpeningRow
	Document domain.DocumentID
}

// Opening returns the open bracket, if any. Its rows must not be changed.
func (a *Account) Opening() (Opening, bool) {
	if a.opening == nil {
		return Opening{}, false
	}
	return *a.opening, true
}

// Opened returns the holding by which a person came in with a completed opening
// balance.
func (a *Account) Opened(p domain.ProcessID, person domain.PersonID) (domain.ChangeID, bool) {
	holding, ok := a.opened[p][person]
	return holding, ok
}

// DecideStartOpening opens the bracket.
func (a *Account) DecideStartOpening(c StartOpening, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(a.Open(), Cited(f))
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{Payload: OpeningStarted{c.Process, c.Rows, c.Digest}, Document: f.Document.ID,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, c.Process)}}), nil
}

// DecideAddPart adds rows. A part that does not fit one event is split by the
// caller; Part counts events.
func (a *Account) DecideAddPart(c AddPart, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(a.bracket(c.Process))
	if o := a.opening; o != nil {
		if c.Part != o.Parts {
			found.Add(domain.Refuse(domain.WrongStep, "part", "part", c.Part, "needed", o.Parts))
		}
		if len(o.Rows)+len(c.Rows) > o.Expected {
			found.Add(domain.Refuse(domain.FieldMalformed, "rows", "rule", "opening-rows", "rows", len(o.Rows)+len(c.Rows), "of", o.Expected))
		}
		seen := make(map[domain.PersonID]bool, len(o.Rows))
		for _, r := range o.Rows {
			seen[r.Person] = true
		}
		for i, r := range c.Rows {
			found.Add(a.openingRow(i, r, seen, f)...)
			seen[r.Person] = true
		}
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{Payload: OpeningPart{c.Process, c.Part, c.Rows}, Document: a.opening.Document,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, c.Process)}}), nil
}

func (a *Account) openingRow(i int, r OpeningRow, seen map[domain.PersonID]bool, f Facts) (found domain.Findings) {
	if own := ownFile(r.Person, f); own != nil {
		own.Facts = map[string]any{"row": i}
		found.Add(own)
	}
	if r.Since == domain.NoDay || r.Since > f.Today() {
		found.Add(domain.Refuse(domain.FutureDated, "since", "row", i, "day", r.Since.String(), "today", f.Today().String()))
	}
	if seen[r.Person] {
		found.Add(domain.Refuse(domain.FieldMalformed, "person", "row", i, "rule", "person-twice"))
	}
	if !slices.Contains(f.Policy.Compatibility[r.LineKey.Kind()], r.Class) {
		found.Add(domain.Refuse(domain.KindMismatch, "class", "row", i, "line", string(r.LineKey), "class", string(r.Class)))
	}
	if h, here := a.holdings[r.Person]; here {
		found.Add(domain.Refuse(domain.HoldsPostElsewhere, "person", "row", i, "unit", string(a.UnitID()), "line", string(h.Line)))
	}
	return found
}

// DecideCompleteOpening makes the rows valid.
func (a *Account) DecideCompleteOpening(c CloseOpening, f Facts) (domain.Decision, error) {
	if _, decided := a.outcomes[c.Process]; decided && c.Process != "" {
		return domain.Decision{}, nil
	}
	var found domain.Findings
	found.Add(a.bracket(c.Process))
	var lines []Line
	if o := a.opening; o != nil {
		if len(o.Rows) != o.Expected {
			found.Add(domain.Refuse(domain.WrongStep, "rows", "rows", len(o.Rows), "of", o.Expected, "needed", "all-rows"))
		}
		byLine := openingPostings(o.Rows)
		for _, key := range slices.Sorted(maps.Keys(byLine)) {
			found.Add(a.headroom("rows", f.Today(), onRecord(a.lines[key], f.Today(), byLine[key])...))
			if m := a.move(f.Today(), byLine[key]...); m.Line != nil {
				lines = append(lines, *m.Line)
			}
		}
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{Payload: OpeningCompleted{c.Process, len(a.opening.Rows), lines}, Document: a.opening.Document,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, c.Process)}}), nil
}

// DecideAbandonOpening closes the bracket without effect.
func (a *Account) DecideAbandonOpening(c CloseOpening, f Facts) (domain.Decision, error) {
	if r := a.bracket(c.Process); r != nil {
		return domain.Decision{}, r
	}
	return one(domain.Draft{Payload: OpeningAbandoned{c.Process, c.Text}, Document: f.Document.ID,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, c.Process)}}), nil
}

func (a *Account) bracket(p domain.ProcessID) *domain.Refusal {
	switch {
	case !a.unit.Established:
		return domain.Refuse(domain.UnknownThing, "unit", "unit", string(a.UnitID()))
	case a.opening == nil || a.opening.Process != p:
		return domain.Refuse(domain.WrongStep, "opening", "needed", "opening-started")
	}
	return nil
}

// openingPostings are the movements of opening rows by line, one posting a day.
func openingPostings(rows []OpeningRow) map[codes.LineKey][]Posting {
	days := map[codes.LineKey]map[domain.Day]int{}
	for _, r := range rows {
		if days[r.LineKey] == nil {
			days[r.LineKey] = map[domain.Day]int{}
		}
		days[r.LineKey][r.Since]++
	}
	postings := make(map[codes.LineKey][]Posting, len(days))
	for key, counts := range days {
		for _, day := range slices.Sorted(maps.Keys(counts)) {
			postings[key] = append(postings[key], Posting{key, day, Balance{0, counts[day]}})
		}
	}
	return postings
}

// onRecord moves postings that lie before the first day on which the line had
// posts to that day; all of them to today where it has none.
func onRecord(l *line, today domain.Day, postings []Posting) []Posting {
	first := today
	if l != nil {
		for _, d := range l.deltas {
			if d.change[0] != 0 {
				first = min(first, d.day)
				break
			}
		}
	}
	judged := slices.Clone(postings)
	for i := range judged {
		judged[i].Day = max(judged[i].Day, first)
	}
	return judged
}

func (a *Account) applyOpeningCompleted(e OpeningCompleted) {
	for _, postings := range openingPostings(a.opening.Rows) {
		a.post(postings)
	}
	opened := make(map[domain.PersonID]domain.ChangeID, len(a.opening.Rows))
	for _, r := range a.opening.Rows {
		a.holdings[r.Person] = Holding{r.Holding, r.Person, r.LineKey, r.Class, r.Since}
		opened[r.Person] = r.Holding
	}
	a.opened[e.Process] = opened
	a.opening = nil
	a.outcomes[e.Process] = outcome{Type: e.EventType()}
}

// strip drops what decisions do not need from rows kept in memory.
func strip(rows []OpeningRow) []OpeningRow {
	kept := slices.Clone(rows)
	for i := range kept {
		kept[i].Private = nil
	}
	return kept
}
