package account

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/policy"
)

// Gates: rules
//
//  1. Gates are passed in the order of the route; nothing passes by timeout (§5).
//  2. A gate confirms its checklist item by item (checklist-incomplete).
//  3. A pass binds the hash of the content; a content other than the one seen
//     is refused content-changed (§5, §14.6).
//  4. Collector, every gate and the recorder of a change are different human
//     beings; nobody acts on the own file; who approved the use is not the
//     office gate of an entry on it (§10). Who returned a change may sit at that
//     gate again when it is resubmitted.
//  5. A gate judges the classes 1–5 and its own items, the office gate also 6–9 (§13).
//  6. Passing reserves nothing.

// DecidePass passes the next gate.
func (a *Account) DecidePass(c Pass, f Facts) (domain.Decision, error) {
	change := a.changes[c.Change]
	found := a.atGate(change, c.Change, c.Gate, f)
	if change == nil {
		return domain.Decision{}, found.Err()
	}
	found.Add(dated(change.Effective, f, true), a.held(change.Content, change.Effective))
	if c.Hash != "" && c.Hash != change.Content.Hash {
		found.Add(domain.Refuse(domain.ContentChanged, "change", "change", string(c.Change)))
	}
	confirmed, refusal := checklist(f, c.Gate, change.Content, c.Items)
	found.Add(refusal)
	if c.Gate == GateOffice {
		var later domain.Findings
		a.judge(&found, &later, change.Content, change.Effective, c.Person, true, f)
		found = append(found, later...)
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{
		Payload: StaffingReviewed{Change: c.Change, Person: change.Content.Person, Kind: change.Content.Kind, Gate: c.Gate, Number: change.Passed + 1,
			Of: len(change.Route), Hash: change.Content.Hash, Items: confirmed, Human: f.Actor.Human, Opinion: c.Opinion, Batch: c.Batch},
		Document: f.Document.ID, Tags: tagsOf(c.Change, change.Content),
	}), nil
}

// DecideReturn gives a change back, naming field by field what is wrong.
func (a *Account) DecideReturn(c Return, f Facts) (domain.Decision, error) {
	change := a.changes[c.Change]
	found := a.atGate(change, c.Change, c.Gate, f)
	if len(c.Fields) == 0 {
		found.Add(domain.Refuse(domain.FieldMissing, "fields"))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{
		Payload: StaffingReturned{Change: c.Change, Person: change.Content.Person, Kind: change.Content.Kind, Gate: c.Gate, Number: change.Passed + 1,
			Of: len(change.Route), Fields: slices.Sorted(slices.Values(c.Fields)), Human: f.Actor.Human, Opinion: c.Opinion},
		Document: f.Document.ID, Tags: tagsOf(c.Change, change.Content),
	}), nil
}

// atGate runs the checks that passing and returning share.
func (a *Account) atGate(change *Change, id domain.ChangeID, gate Gate, f Facts) domain.Findings {
	var found domain.Findings
	found.Add(a.Open())
	if change == nil {
		found.Add(domain.Refuse(domain.UnknownThing, "change", "change", string(id)))
		return found
	}
	found.Add(a.separate(change, gate, f), ownFile(change.Content.Person, f))
	if next, ok := change.NextGate(); !ok || next != gate {
		found.Add(wrongStep(change, "gate:"+string(gate)))
	}
	return found
}

// separate is same-person: who took another step on the change before, or
// approved the use it rests on and now sits at the office gate.
func (a *Account) separate(change *Change, gate Gate, f Facts) *domain.Refusal {
	if step, touched := change.touchedBy(f.Actor, func(step string) bool { return step != "gate:"+string(gate) }); touched {
		return domain.Refuse(domain.SamePerson, "actor", "change", string(change.ID), "step", step)
	}
	if p := a.approvals[change.Content.Approval]; gate == GateOffice && p != nil && f.Actor.Is(p.Human) {
		return domain.Refuse(domain.SamePerson, "actor", "change", string(change.ID), "step", "approved")
	}
	return nil
}

// checklist holds what a reviewer confirms against the gate's list for the
// change. What the list asks of other changes only is passed over, so that one
// list of confirmations serves a whole batch.
func checklist(f Facts, gate Gate, c Content, confirmed []string) (kept []string, r *domain.Refusal) {
	var missing []string
	for _, item := range f.Policy.Checklist(string(gate), string(c.Kind), c.Class) {
		if slices.Contains(confirmed, item.Key) {
			kept = append(kept, item.Key)
		} else {
			missing = append(missing, item.Key)
		}
	}
	for _, key := range confirmed {
		if !slices.ContainsFunc(f.Policy.Checklists[string(gate)], func(i policy.ChecklistItem) bool { return i.Key == key }) {
			return nil, domain.Refuse(domain.FieldMalformed, "items", "rule", "item-unknown", "gate", string(gate), "found", key)
		}
	}
	if len(missing) > 0 {
		return nil, domain.Refuse(domain.ChecklistIncomplete, "items", "gate", string(gate), "missing", missing)
	}
	return kept, nil
}

func (a *Account) applyReviewed(h domain.Head, e StaffingReviewed) {
	c := a.changes[e.Change]
	c.Passed = e.Number
	c.PassHashes = append(c.PassHashes, e.Hash)
	c.Touched = append(c.Touched, Touch{e.Human, "gate:" + string(e.Gate)})
	c.Revision = h.Revision
}

func (a *Account) applyReturned(h domain.Head, e StaffingReturned) {
	c := a.changes[e.Change]
	c.Status, c.ReturnedOn, c.Revision = StatusReturned, h.Time.Day(), h.Revision
	c.Touched = append(c.Touched, Touch{e.Human, "gate:" + string(e.Gate)})
}
