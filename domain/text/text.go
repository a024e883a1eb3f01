// Package text holds every sentence that people read about events and
// refusals, in Chinese and English, from one catalogue keyed by event type and
// refusal name. A test fails where either language lacks an entry.
package text

import (
	"strings"

	"staffledger/domain"
)

// Lang is a language of the pages and the API.
type Lang string

const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// Names resolves ids to what people call the thing; an unknown id gives "".
type Names interface {
	User(domain.UserID) string
	Person(domain.PersonID) string
	Unit(domain.UnitID) string
	Document(domain.DocumentID) string // 文号
	Change(domain.ChangeID) string     // C-2026-01873
	Approval(domain.ApprovalID) string // Y-2026-0093
}

// Run is a piece of a sentence; Kind and ID say what it names, so that a page
// can link it. Kind "" is plain text.
type Run struct {
	Text string `json:"text"`
	Kind string `json:"kind,omitempty"` // user, person, unit, document, change, approval, event; quote: words that people wrote
	ID   string `json:"id,omitempty"`
}

// Line is one sentence with its second line (依据, 事由, 意见).
type Line struct {
	Runs    []Run
	Details []Detail
	Step    Step
}

// Detail is one fact of the second line. Its code lets a page leave out what it
// says already, such as the unit in a unit's own trace.
type Detail struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Runs  []Run  `json:"runs"`
}

// Step is the tag before a sentence: a word with its sign and colour.
type Step struct {
	Code  string `json:"code"`  // of Codes("step"): collected, resubmitted, passed, returned, withdrawn, recorded, refused, quota, approval, unit, …
	Label string `json:"label"` // 采集, 通过 …
	Sign  string `json:"sign"`  // ✓ ← ● + …
	Tone  string `json:"tone"`  // blue green amber red slate dark
}

// String joins the runs.
func (l Line) String() string {
	var b strings.Builder
	for _, r := range l.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// Diff is one row of "before and after".
type Diff struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
	Note   string `json:"note,omitempty"`
}

// Refused is a refusal in words: field, rule, way out. Rule and WayOut are
// sentences with their full stop.
type Refused struct {
	Name   string `json:"name"`
	Field  string `json:"field,omitempty"`
	Label  string `json:"label,omitempty"` // the field's name for people
	Rule   string `json:"rule"`
	WayOut string `json:"wayout"`
	Source string `json:"source,omitempty"` // document and article of the rule

	lang Lang
}

// Message is "Rule. Way out."
func (r Refused) Message() string {
	if r.lang == EN && r.WayOut != "" {
		return r.Rule + " " + r.WayOut
	}
	return r.Rule + r.WayOut
}

// String is "field: rule. Way out." in the language's punctuation.
func (r Refused) String() string {
	switch {
	case r.Label == "":
		return r.Message()
	case r.lang == EN:
		return r.Label + ": " + lowerFirst(r.Message())
	}
	return r.Label + "：" + r.Message()
}
