package account

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Staffing changes: rules
//
//  1. collected → reviewed (one event per gate) → recorded, with returned,
//     resubmitted, withdrawn (§5). The route is pinned at collection; another
//     class of person gets its own.
//  2. One live change per person and account: a second is refused wrong-step.
//  3. Collecting refuses by the classes 1–7 and shows 8 and 9 as reminders (§13).
//  4. A resubmission with the same content keeps the passes given; changed
//     content voids them (§5).
//  5. The handling time runs from collection and stands still while the change
//     is returned (§4).
//  6. Everyone who collected, resubmitted, passed or returned counts for the
//     separation of duties; who sat at a gate of a change does not resubmit
//     it (§10).
//  7. One holding at a time: an entry starts no earlier than the person's last
//     exit (§1, §14.3).

// Status of a change.
type Status string

const (
	StatusReview    Status = "review" // waits for the gate Route[Passed], or for recording when all are passed
	StatusReturned  Status = "returned"
	StatusWithdrawn Status = "withdrawn"
	StatusRecorded  Status = "recorded"
)

// Touch is a step that a human being took on a change.
type Touch struct {
	Human domain.HumanID
	Step  string // collected, resubmitted, gate:<gate>, …
}

// Change is the state of a staffing change.
type Change struct {
	ID          domain.ChangeID
	Content     Content
	Effective   domain.Day
	Document    domain.DocumentID
	Reason      string
	Status      Status
	Route       []Gate
	Passed      int      // gates whose passes stand
	PassHashes  []string // content each standing pass binds
	Touched     []Touch
	CollectedBy domain.HumanID
	CollectedOn domain.Day
	ReturnedOn  domain.Day
	HandlingDue domain.Day
	Revision    domain.Revision // of the last event that touched it
	Holding     domain.ChangeID // recorded entry, or exit
}

// Live tells whether the change can still move on.
func (c *Change) Live() bool { return c.Status == StatusReview || c.Status == StatusReturned }

// NextGate returns the gate that the change waits for; false when all are
// passed or it does not wait.
func (c *Change) NextGate() (Gate, bool) {
	if c.Status != StatusReview || c.Passed >= len(c.Route) {
		return "", false
	}
	return c.Route[c.Passed], true
}

func (c *Change) clone() *Change {
	copied := *c
	copied.Touched = slices.Clone(c.Touched)
	copied.PassHashes = slices.Clone(c.PassHashes)
	return &copied
}

// touchedBy returns the first step of that sort which the actor took on the
// change before.
func (c *Change) touchedBy(actor domain.Actor, sort func(step string) bool) (string, bool) {
	for _, t := range c.Touched {
		if actor.Is(t.Human) && sort(t.Step) {
			return t.Step, true
		}
	}
	return "", false
}

func isGate(step string) bool { return strings.HasPrefix(step, "gate:") }

// Change returns a change of this account.
func (a *Account) Change(id domain.ChangeID) (Change, bool) {
	if c := a.changes[id]; c != nil {
		return *c.clone(), true
	}
	return Change{}, false
}

// LiveIDs yields the ids of the live changes, in no order.
func (a *Account) LiveIDs() iter.Seq[domain.ChangeID] { return maps.Values(a.live) }

// LiveChanges returns the live changes, ordered by id.
func (a *Account) LiveChanges() []Change {
	var live []Change
	for _, id := range slices.Sorted(maps.Values(a.live)) {
		live = append(live, *a.changes[id].clone())
	}
	return live
}

// Holding is a person in post.
type Holding struct {
	ID     domain.ChangeID
	Person domain.PersonID
	Line   codes.LineKey
	Class  codes.PersonClass
	Since  domain.Day
}

// Holding returns the present holding of a person in this account.
func (a *Account) Holding(p domain.PersonID) (Holding, bool) {
	h, ok := a.holdings[p]
	return h, ok
}

// Holdings returns all present holdings, ordered by person id.
func (a *Account) Holdings() []Holding {
	return slices.SortedFunc(maps.Values(a.holdings), func(x, y Holding) int {
		if x.Person < y.Person {
			return -1
		}
		return 1
	})
}

// DecideCollect opens a change.
func (a *Account) DecideCollect(c Collect, f Facts) (domain.Decision, error) {
	content := a.completed(c.Content)
	var found, later domain.Findings
	found.Add(ownFile(content.Person, f), a.Open(), Cited(f), dated(c.Effective, f, true), a.held(content, c.Effective))
	if other, ok := a.live[content.Person]; ok {
		found.Add(domain.Refuse(domain.WrongStep, "person", "change", string(other), "needed", "change-ended"))
	}
	a.judge(&found, &later, content, c.Effective, c.Person, false, f)
	due, refusal := workingDays(f, f.Today(), f.Policy.Deadlines.Handling)
	found.Add(refusal)
	route := f.route(content)
	if len(route) == 0 {
		found.Add(domain.Refuse(domain.FieldMalformed, "kind", "rule", "route", "kind", string(content.Kind)))
	}
	if err := found.With(later); err != nil {
		return domain.Decision{}, err
	}
	d := one(domain.Draft{
		Payload: StaffingCollected{Change: c.Change, Content: content, Route: route, HandlingDue: due,
			Human: f.Actor.Human, Private: c.Private, Batch: c.Batch},
		Effective: c.Effective, Document: f.Document.ID, Reason: reasonOf(content), Tags: tagsOf(c.Change, content),
	})
	d.Reminders = later
	return d, nil
}

// DecideResubmit replaces the content of a returned change.
func (a *Account) DecideResubmit(c Resubmit, f Facts) (domain.Decision, error) {
	var found, later domain.Findings
	found.Add(a.Open(), Cited(f), dated(c.Effective, f, true))
	change := a.changes[c.Change]
	if change == nil {
		found.Add(domain.Refuse(domain.UnknownThing, "change", "change", string(c.Change)))
		return domain.Decision{}, found.Err()
	}
	content := a.completed(c.Content)
	found.Add(ownFile(change.Content.Person, f), a.held(content, c.Effective))
	if content.Person != change.Content.Person {
		found.Add(ownFile(content.Person, f))
	}
	if step, touched := change.touchedBy(f.Actor, isGate); touched {
		found.Add(domain.Refuse(domain.SamePerson, "actor", "change", string(change.ID), "step", step))
	}
	if change.Status != StatusReturned {
		found.Add(wrongStep(change, "returned"))
	}
	if content.Person != change.Content.Person || content.Kind != change.Content.Kind {
		found.Add(domain.Refuse(domain.FieldMalformed, "person", "rule", "same-person-and-kind"))
	}
	keeps := content.Approval != "" && content.Approval == change.Content.Approval
	var freed []Posting
	if !keeps {
		freed = a.undraw(change.Content.Approval, f.Today())
	}
	a.judge(&found, &later, content, c.Effective, c.Person, keeps, f, freed...)
	due, refusal := a.dueAfterReturn(change, f)
	found.Add(refusal)
	if err := found.With(later); err != nil {
		return domain.Decision{}, err
	}
	e := StaffingResubmitted{Change: c.Change, Content: content, HandlingDue: due, Human: f.Actor.Human, Private: c.Private,
		Movement: a.move(f.Today(), freed...)}
	if content.Class != change.Content.Class {
		e.Route = f.route(content)
	}
	d := one(domain.Draft{
		Payload:   e,
		Effective: c.Effective, Document: f.Document.ID, Reason: reasonOf(content), Tags: tagsOf(c.Change, content),
	})
	d.Reminders = later
	return d, nil
}

// DecideWithdraw ends a change before it is recorded.
func (a *Account) DecideWithdraw(c Withdraw, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(a.Open())
	change := a.changes[c.Change]
	switch {
	case change == nil:
		found.Add(domain.Refuse(domain.UnknownThing, "change", "change", string(c.Change)))
	case !change.Live():
		found.Add(wrongStep(change, "live"))
	}
	if change != nil {
		found.Add(ownFile(change.Content.Person, f))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	e := StaffingWithdrawn{Change: c.Change, Person: change.Content.Person, Kind: change.Content.Kind, Human: f.Actor.Human, Text: c.Text,
		Movement: a.move(f.Today(), a.undraw(change.Content.Approval, f.Today())...)}
	return one(domain.Draft{Payload: e, Document: f.Document.ID, Tags: tagsOf(c.Change, change.Content)}), nil
}

// undraw frees the post that a change gives back to an approval which has ended;
// one that stands keeps it.
func (a *Account) undraw(id domain.ApprovalID, today domain.Day) []Posting {
	if p := a.approvals[id]; p != nil && p.Ended {
		return []Posting{{p.Line, today, Balance{0, 0, -1}}}
	}
	return nil
}

// judge runs the checks of the classes 6 to 8 on a content. Class 8 goes to
// later: collecting only reminds of it. freed is what the step itself frees.
func (a *Account) judge(found, later *domain.Findings, c Content, effective domain.Day, person PersonFact, drawn bool, f Facts, freed ...Posting) {
	if c.Kind != Entry {
		return
	}
	found.Add(a.drawable(c, drawn, f)...)
	found.Add(a.elsewhere(c, effective, person))
	later.Add(a.compatible(c, f))
	if effective != domain.NoDay {
		postings := a.entryPostings(c, min(effective, f.Today()))
		for _, p := range freed {
			if p.Line == c.LineKey {
				postings = append(postings, p)
			}
		}
		later.Add(a.headroom("line", f.Today(), postings...))
	}
}

// elsewhere is class 7: one holding per person in the whole city.
func (a *Account) elsewhere(c Content, effective domain.Day, person PersonFact) *domain.Refusal {
	if h, here := a.holdings[c.Person]; here {
		return domain.Refuse(domain.HoldsPostElsewhere, "person", "unit", string(a.UnitID()), "line", string(h.Line))
	}
	if person.HoldsElsewhere != "" {
		return domain.Refuse(domain.HoldsPostElsewhere, "person", "unit", string(person.HoldsElsewhere))
	}
	if person.Busy {
		return domain.Refuse(domain.PersonBusy, "person")
	}
	if effective != domain.NoDay && effective < person.FreeFrom {
		return domain.Refuse(domain.HoldsPostElsewhere, "effective", "day", effective.String(), "until", person.FreeFrom.String())
	}
	return nil
}

// compatible is kind-mismatch 混编: the person class must fit the post kind.
func (a *Account) compatible(c Content, f Facts) *domain.Refusal {
	if slices.Contains(f.Policy.Compatibility[c.LineKey.Kind()], c.Class) {
		return nil
	}
	return domain.Refuse(domain.KindMismatch, "class", "line", string(c.LineKey), "class", string(c.Class))
}

// held checks that an exit is of a person in post here, not before the day the
// post was taken.
func (a *Account) held(c Content, effective domain.Day) *domain.Refusal {
	if c.Kind != Exit {
		return nil
	}
	h, ok := a.holdings[c.Person]
	if !ok {
		return domain.Refuse(domain.NotHeldHere, "person", "unit", string(a.UnitID()))
	}
	if effective != domain.NoDay && effective < h.Since {
		return domain.Refuse(domain.FieldMalformed, "effective", "day", effective.String(), "earliest", h.Since.String(), "rule", "exit-before-entry")
	}
	return nil
}

// completed fills in what an exit says of the holding.
func (a *Account) completed(c Content) Content {
	if c.Kind == Exit {
		if h, ok := a.holdings[c.Person]; ok {
			c.LineKey, c.Class = h.Line, h.Class
		}
	}
	return c
}

func ownFile(p domain.PersonID, f Facts) *domain.Refusal {
	if p != "" && f.Actor.Is(domain.HumanID(p)) {
		return domain.Refuse(domain.OwnFile, "person")
	}
	return nil
}

// Cited is class 3 of a document: none cited, or not registered.
func Cited(f Facts) *domain.Refusal {
	switch {
	case f.Document.ID == "":
		return domain.Refuse(domain.DocumentMissing, "document")
	case !f.Document.Known:
		return domain.Refuse(domain.DocumentUnknown, "document", "document", string(f.Document.ID))
	}
	return nil
}

func wrongStep(c *Change, needed string) *domain.Refusal {
	facts := []any{"change", string(c.ID), "status", string(c.Status), "needed", needed}
	if gate, ok := c.NextGate(); ok {
		facts = append(facts, "gate", string(gate), "number", c.Passed+1, "of", len(c.Route))
	}
	return domain.Refuse(domain.WrongStep, "change", facts...)
}

func reasonOf(c Content) string {
	if c.Kind == Exit {
		return string(c.ExitReason)
	}
	return string(c.Manner)
}

func tagsOf(id domain.ChangeID, c Content) []domain.Tag {
	tags := []domain.Tag{domain.TagOf(domain.TagChange, id), domain.TagOf(domain.TagPerson, c.Person)}
	if c.Approval != "" {
		tags = append(tags, domain.TagOf(domain.TagApproval, c.Approval))
	}
	return tags
}

func (f Facts) route(c Content) []Gate {
	var gates []Gate
	for _, g := range f.Policy.Route(string(c.Kind), c.Class) {
		gates = append(gates, Gate(g))
	}
	return gates
}

// workingDays is the n-th working day after from, or calendar-missing.
func workingDays(f Facts, from domain.Day, n int) (domain.Day, *domain.Refusal) {
	due, err := f.Calendar.WorkingDaysAfter(from, n)
	if err != nil {
		return domain.NoDay, calendarMissing(err)
	}
	return due, nil
}

func calendarMissing(err error) *domain.Refusal {
	var missing *codes.MissingYear
	if errors.As(err, &missing) {
		return domain.Refuse(domain.CalendarMissing, "", "year", missing.Year)
	}
	return domain.Refuse(domain.CalendarMissing, "")
}

// dueAfterReturn moves the due day by the working days spent returned.
func (a *Account) dueAfterReturn(c *Change, f Facts) (domain.Day, *domain.Refusal) {
	due := c.HandlingDue
	for day := c.ReturnedOn; day != domain.NoDay && day < f.Today(); day++ {
		working, err := f.Calendar.IsWorkingDay(day + 1)
		if err != nil {
			return domain.NoDay, calendarMissing(err)
		}
		if working {
			next, refusal := workingDays(f, due, 1)
			if refusal != nil {
				return domain.NoDay, refusal
			}
			due = next
		}
	}
	return due, nil
}

func (a *Account) applyCollected(h domain.Head, e StaffingCollected) {
	a.changes[e.Change] = &Change{ID: e.Change, Content: e.Content, Effective: h.Effective, Document: h.DocumentID,
		Reason: h.ReasonCode, Status: StatusReview, Route: e.Route, CollectedBy: e.Human, CollectedOn: h.Time.Day(),
		Touched: []Touch{{e.Human, "collected"}}, HandlingDue: e.HandlingDue, Revision: h.Revision}
	a.live[e.Person] = e.Change
	a.draw(e.Approval, 1, h.Revision)
}

func (a *Account) applyResubmitted(h domain.Head, e StaffingResubmitted) {
	c := a.changes[e.Change]
	if e.Approval != c.Content.Approval {
		a.draw(c.Content.Approval, -1, h.Revision)
		a.draw(e.Approval, 1, h.Revision)
	}
	if len(e.Route) > 0 {
		c.Route = e.Route
	}
	if e.Hash != c.Content.Hash {
		c.Passed, c.PassHashes = 0, nil
	}
	c.Content, c.Effective, c.Document, c.Reason = e.Content, h.Effective, h.DocumentID, h.ReasonCode
	c.Status, c.ReturnedOn, c.HandlingDue, c.Revision = StatusReview, domain.NoDay, e.HandlingDue, h.Revision
	c.Touched = append(c.Touched, Touch{e.Human, "resubmitted"})
}

func (a *Account) applyWithdrawn(h domain.Head, e StaffingWithdrawn) {
	c := a.changes[e.Change]
	c.Status, c.Revision = StatusWithdrawn, h.Revision
	c.Touched = append(c.Touched, Touch{e.Human, "withdrawn"})
	delete(a.live, e.Person)
	a.draw(c.Content.Approval, -1, h.Revision)
}

func (a *Account) draw(id domain.ApprovalID, n int, r domain.Revision) {
	if p := a.approvals[id]; p != nil {
		p.Drawn, p.Revision = p.Drawn+n, r
	}
}
