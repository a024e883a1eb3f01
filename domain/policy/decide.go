package policy

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Setting policies and calendars: rules
//
//  1. Each name has a stream, policy-<name>; its versions are numbered 1, 2, …
//     as its events are, over the shipped default 0.
//  2. A version replaces the whole policy from a day on, which is not in the
//     past, so that what was decided under the old one stays decided by it.
//  3. A year's calendar is complete and plausible; it may be set again, as in
//     2020, when the State Council prolonged a holiday already begun.
//  4. Both rest on a registered document (domain model §15).

// Facts is what a decision may know.
type Facts struct {
	Today         domain.Day
	Document      domain.DocumentID // cited; empty: none
	DocumentKnown bool
	Last          domain.Revision // of the stream that will be written, or domain.NoStream
}

// SetPolicy replaces one policy from a day on.
type SetPolicy struct {
	Name  string
	From  domain.Day
	Value []byte // JSON
}

// SetCalendar fixes the working days of a year.
type SetCalendar struct {
	Year               int
	Holidays, Workdays []domain.Day
}

// DecideSetPolicy judges a new version of a policy.
func DecideSetPolicy(c SetPolicy, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(cited(f))
	value, refusal := Check(c.Name, c.Value)
	found.Add(refusal)
	switch {
	case c.From == domain.NoDay:
		found.Add(domain.Refuse(domain.FieldMissing, "from"))
	case c.From < f.Today:
		found.Add(malformed("from", RuleFrom, "day", c.From.String(), "earliest", f.Today.String()))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return domain.Decision{Drafts: []domain.Draft{{
		Payload:   PolicySet{Name: c.Name, Version: int(f.Last-domain.NoStream) + 1, From: c.From, Value: value},
		Effective: c.From, Document: f.Document,
	}}}, nil
}

// DecideSetCalendar judges the calendar of a year.
func DecideSetCalendar(c SetCalendar, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(cited(f))
	if field, fault := codes.CheckCalendar(c.Year, c.Holidays, c.Workdays); fault != nil {
		found.Add(fault.Refusal(field))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return domain.Decision{Drafts: []domain.Draft{{
		Payload:  CalendarSet{Year: c.Year, Holidays: inOrder(c.Holidays), Workdays: inOrder(c.Workdays)},
		Document: f.Document,
	}}}, nil
}

func cited(f Facts) *domain.Refusal {
	switch {
	case f.Document == "":
		return domain.Refuse(domain.DocumentMissing, "document")
	case !f.DocumentKnown:
		return domain.Refuse(domain.DocumentUnknown, "document", "document", string(f.Document))
	}
	return nil
}

// inOrder is a sorted copy, never nil: an absent list is written as [].
func inOrder(days []domain.Day) []domain.Day {
	return append([]domain.Day{}, slices.Sorted(slices.Values(days))...)
}
