package domain

import "fmt"

// Refusal is a command that was understood and turned down by a rule. It
// changes no balance and no step of a change. What it says in Chinese and
// English comes from package domain/text by its name and facts; which fields
// and numbers it carries stands in docs/refusals.md.
type Refusal struct {
	Name  string         `json:"name"`            // a constant of this package
	Field string         `json:"field,omitempty"` // the field of the request, where one is to blame
	Facts map[string]any `json:"facts,omitempty"` // numbers, days, ids and codes the sentence needs
	Also  []*Refusal     `json:"also,omitempty"`  // what a dry run finds besides
}

func (r *Refusal) Error() string {
	if r.Field != "" {
		return fmt.Sprintf("%s (%s) %v", r.Name, r.Field, r.Facts)
	}
	return fmt.Sprintf("%s %v", r.Name, r.Facts)
}

// Refuse makes a refusal; facts are pairs of name and value.
func Refuse(name, field string, facts ...any) *Refusal {
	r := &Refusal{Name: name, Field: field}
	if len(facts) > 0 {
		r.Facts = make(map[string]any, len(facts)/2)
		for i := 0; i+1 < len(facts); i += 2 {
			r.Facts[facts[i].(string)] = facts[i+1]
		}
	}
	return r
}

// RefusalClass is the place of a refusal in the fixed order of judging
// (domain model §13): a command answers with the first in this order.
type RefusalClass int

const (
	ClassWho      RefusalClass = 1 // who, jurisdiction
	ClassSame     RefusalClass = 2 // same person, own file
	ClassForm     RefusalClass = 3 // form, codes, document
	ClassState    RefusalClass = 4 // change, unit, bulk, transit
	ClassLock     RefusalClass = 5
	ClassApproval RefusalClass = 6 // late exit, approval
	ClassPerson   RefusalClass = 7
	ClassQuota    RefusalClass = 8
	ClassSeat     RefusalClass = 9
)

// Names of refusals built so far. RefusalTable gives class and order.
const (
	NotAuthorised       = "not-authorised"
	OutOfJurisdiction   = "out-of-jurisdiction"
	SecondAdminNeeded   = "second-admin-needed"
	SamePerson          = "same-person"
	OwnFile             = "own-file"
	FieldMissing        = "field-missing"
	FieldMalformed      = "field-malformed"
	CodeUnknownOnDate   = "code-unknown-on-date"
	DocumentMissing     = "document-missing"
	DocumentUnknown     = "document-unknown"
	FutureDated         = "future-dated"
	TooFarBack          = "too-far-back"
	CalendarMissing     = "calendar-missing"
	CodeInUse           = "code-in-use"
	UnknownThing        = "unknown-thing" // the named unit, change, approval, … does not exist
	WrongStep           = "wrong-step"
	BulkOpen            = "bulk-open"
	NotHeldHere         = "not-held-here"
	ContentChanged      = "content-changed"
	ChecklistIncomplete = "checklist-incomplete"
	ApprovalRequired    = "approval-required"
	ApprovalExpired     = "approval-expired"
	ApprovalExhausted   = "approval-exhausted"
	ApprovalMismatch    = "approval-mismatch"
	HoldsPostElsewhere  = "holds-post-elsewhere"
	PersonBusy          = "person-busy" // another process about this person is under way
	KindMismatch        = "kind-mismatch"
	NotConserved        = "not-conserved"
	CutBelowOccupied    = "cut-below-occupied"
	PoolExhausted       = "pool-exhausted"
	OverQuota           = "over-quota"
	NoFreePost          = "no-free-post"
	NoFreePostOnDate    = "no-free-post-on-date"
)

// RefusalTable lists every refusal in the order of judging: by class, and
// within a class in the order of this table.
var RefusalTable = []struct {
	Name  string
	Class RefusalClass
}{
	{NotAuthorised, ClassWho}, {OutOfJurisdiction, ClassWho}, {SecondAdminNeeded, ClassWho},
	{SamePerson, ClassSame}, {OwnFile, ClassSame},
	{FieldMissing, ClassForm}, {FieldMalformed, ClassForm}, {CodeUnknownOnDate, ClassForm},
	{DocumentMissing, ClassForm}, {DocumentUnknown, ClassForm}, {FutureDated, ClassForm},
	{TooFarBack, ClassForm}, {CalendarMissing, ClassForm}, {CodeInUse, ClassForm},
	{UnknownThing, ClassState}, {BulkOpen, ClassState}, {WrongStep, ClassState},
	{NotHeldHere, ClassState}, {ContentChanged, ClassState}, {ChecklistIncomplete, ClassState},
	{ApprovalRequired, ClassApproval}, {ApprovalExpired, ClassApproval},
	{ApprovalExhausted, ClassApproval}, {ApprovalMismatch, ClassApproval},
	{HoldsPostElsewhere, ClassPerson}, {PersonBusy, ClassPerson},
	{KindMismatch, ClassQuota}, {NotConserved, ClassQuota}, {CutBelowOccupied, ClassQuota}, {PoolExhausted, ClassQuota},
	{OverQuota, ClassQuota}, {NoFreePost, ClassQuota}, {NoFreePostOnDate, ClassQuota},
}

var refusalRank = func() map[string]int {
	rank := make(map[string]int, len(RefusalTable))
	for i, row := range RefusalTable {
		rank[row.Name] = i
	}
	return rank
}()

// ClassOf returns the class of a refusal; it is 0 for an unknown name.
func ClassOf(name string) RefusalClass {
	if i, ok := refusalRank[name]; ok {
		return RefusalTable[i].Class
	}
	return 0
}

// Findings collects refusals while a command is judged. The zero value is
// ready. Nil refusals are passed over, so checks can be added unconditionally.
type Findings []*Refusal

// Add keeps r unless it is nil.
func (f *Findings) Add(refusals ...*Refusal) {
	for _, r := range refusals {
		if r != nil {
			*f = append(*f, r)
		}
	}
}

// Err returns nil, or the first finding in the order of judging with the
// others under Also.
func (f Findings) Err() error {
	if r := f.First(); r != nil {
		return r
	}
	return nil
}

// With is Err, but a command that is refused also lists what later steps would
// refuse; where nothing stands against it now, later findings do not refuse.
func (f Findings) With(later Findings) error {
	if len(f) == 0 {
		return nil
	}
	return append(f, later...).Err()
}

// First is Err with its own type.
func (f Findings) First() *Refusal {
	if len(f) == 0 {
		return nil
	}
	sorted := make([]*Refusal, len(f))
	copy(sorted, f)
	for i := 1; i < len(sorted); i++ { // stable insertion sort: few findings
		for j := i; j > 0 && refusalRank[sorted[j].Name] < refusalRank[sorted[j-1].Name]; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	first := *sorted[0]
	if len(sorted) > 1 {
		first.Also = sorted[1:]
	}
	return &first
}

// Conflict is returned by an append whose expected revision was not the
// stream's. Nothing was written; load the tail and decide anew.
type Conflict struct {
	Stream   Stream
	Expected Revision
	Actual   Revision
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("stream %s: expected revision %d, is at %d", c.Stream, c.Expected, c.Actual)
}
