package model

import (
	"fmt"
	"slices"
	"strings"

	"staffledger/domain"
)

// order is the order of judging (§13): by class, and within a class as listed.
var order = [][]string{
	1: {domain.NotAuthorised, domain.OutOfJurisdiction, domain.SecondAdminNeeded},
	2: {domain.SamePerson, domain.OwnFile},
	3: {domain.FieldMissing, domain.FieldMalformed, domain.CodeUnknownOnDate, domain.DocumentMissing, domain.DocumentUnknown,
		domain.FutureDated, domain.TooFarBack, domain.CalendarMissing, domain.CodeInUse},
	4: {domain.UnknownThing, domain.BulkOpen, domain.WrongStep, domain.NotHeldHere, domain.ContentChanged,
		domain.ChecklistIncomplete},
	6: {domain.ApprovalRequired, domain.ApprovalExpired, domain.ApprovalExhausted, domain.ApprovalMismatch},
	7: {domain.HoldsPostElsewhere, domain.PersonBusy},
	8: {domain.KindMismatch, domain.NotConserved, domain.CutBelowOccupied, domain.PoolExhausted, domain.OverQuota, domain.NoFreePost, domain.NoFreePostOnDate},
}

func rank(name string) int {
	for class, names := range order {
		if i := slices.Index(names, name); i >= 0 {
			return class*100 + i
		}
	}
	return 9999
}

// finding is one thing that stands against a command.
type finding struct {
	name, field string
	numbers     string   // of quota: line's day and A, O, R, H, F
	form        bool     // a field that cannot be read
	needs       []string // fields that the rule looks at: it says nothing while one cannot be read
}

func (f finding) String() string { return strings.TrimSpace(f.name + " " + f.field + " " + f.numbers) }

func missing(field string) finding {
	return finding{name: domain.FieldMissing, field: field, form: true}
}
func malformed(field string) finding {
	return finding{name: domain.FieldMalformed, field: field, form: true}
}
func unknownCode(field string) finding {
	return finding{name: domain.CodeUnknownOnDate, field: field, form: true}
}
func rule(name, field string, needs ...string) finding {
	return finding{name: name, field: field, needs: needs}
}

// quota is a finding with numbers.
func quota(name, field string, day domain.Day, b [5]int) []finding {
	return []finding{{name: name, field: field, numbers: fmt.Sprintf("%s %v", day, b),
		needs: []string{"line", "giverline", "posts", "effective", "rows"}}}
}

// judged drops what cannot be judged because a field that it looks at cannot be
// read, and brings the rest in order.
func judged(found []finding) []finding {
	unread := map[string]bool{}
	for _, f := range found {
		if f.form {
			unread[f.field] = true
		}
	}
	var kept []finding
	for _, f := range found {
		hidden := !f.form && rank(f.name) >= 300 && unread[f.field]
		for _, need := range f.needs {
			hidden = hidden || unread[need] || unread[besides(f.field, need)]
		}
		if !hidden {
			kept = append(kept, f)
		}
	}
	slices.SortStableFunc(kept, func(x, y finding) int { return rank(x.name) - rank(y.name) })
	return kept
}

// besides is another field of the same row: "rows.3.class", "line" → "rows.3.line".
func besides(field, other string) string {
	if i := strings.LastIndexByte(field, '.'); i >= 0 {
		return field[:i+1] + other
	}
	return other
}

// verdict is what a command must answer.
type verdict struct {
	found     []finding // in order; the first is the answer
	reused    bool      // the key was used with another request
	required  bool      // If-Match is missing
	failed    bool      // If-Match no longer holds
	repeated  bool      // the command was carried out before
	rows      [][]finding
	batch     bool
	reminders []finding
	events    []string // "stream type" of what must be written; "*" stands for a new key
	apply     func(*written)
}

// accepted tells whether the command must be carried out.
func (v *verdict) accepted() bool {
	if v.batch && !v.anyRow() {
		return false
	}
	return len(v.found) == 0 && !v.reused && !v.required && !v.failed
}

func (v *verdict) anyRow() bool {
	return slices.ContainsFunc(v.rows, func(f []finding) bool { return len(f) == 0 })
}

func (v *verdict) write(stream domain.Stream, types ...domain.EventType) {
	for _, t := range types {
		v.events = append(v.events, string(stream)+" "+string(t))
	}
}

// refused is a verdict with findings.
func refused(found ...finding) verdict { return verdict{found: judged(found)} }

func (v verdict) String() string {
	switch {
	case v.reused:
		return "key reused"
	case v.required:
		return "precondition required"
	case v.failed:
		return "precondition failed"
	case v.batch:
		var b strings.Builder
		for i, f := range v.rows {
			fmt.Fprintf(&b, " row %d %s;", i, list(f))
		}
		return "rows" + b.String()
	case len(v.found) > 0:
		return "refused " + list(v.found)
	}
	return "accepted, reminders " + list(v.reminders)
}

// list writes findings so that two lists can be compared: the first counts, the
// others stand in order of their words.
func list(found []finding) string {
	if len(found) == 0 {
		return "ok"
	}
	words := make([]string, len(found))
	for i, f := range found {
		words[i] = f.String()
	}
	slices.Sort(words)
	return "(" + found[0].name + ") " + strings.Join(words, ", ")
}

// findings are those of a refusal, as the service answers it.
func findings(r *domain.Refusal) []finding {
	if r == nil {
		return nil
	}
	var found []finding
	for _, x := range append([]*domain.Refusal{r}, r.Also...) {
		f := finding{name: x.Name, field: x.Field}
		switch rank(x.Name) / 100 {
		case 8:
			if x.Name != domain.KindMismatch && x.Name != domain.NotConserved {
				f.numbers = numbersOf(x)
			}
		case 3:
			if _, is := x.Facts["A"]; is {
				f.numbers = numbersOf(x)
			}
		}
		found = append(found, f)
	}
	return found
}

// numbersOf are the numbers that every refusal of quota must carry (§13).
func numbersOf(x *domain.Refusal) string {
	return fmt.Sprintf("%v [%v %v %v %v %v]", x.Facts["day"], x.Facts["A"], x.Facts["O"], x.Facts["R"], x.Facts["H"], x.Facts["F"])
}
