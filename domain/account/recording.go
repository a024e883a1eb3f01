package account

import "staffledger/domain"

// Recording: rules
//
//  1. A change is recorded when all gates of its route are passed on its present
//     content, by a human being who has not touched it (§5, §10).
//  2. It is never recorded before its effective date (future-dated, §4).
//  3. Everything is judged again; the person's claim is there (§13, design §6).
//  4. An entry takes one post from the effective date: from its approval's
//     reservation, though not before the approval's day, or from the free ones
//     (§3). No day from then to today may fall below zero.
//  5. A person who leaves effective D was in post up to D − 1 (§4).

// DecideRecord is the deciding step of an entry or exit.
func (a *Account) DecideRecord(c Record, f Facts) (domain.Decision, error) {
	if _, decided := a.outcomes[c.Process]; decided && c.Process != "" {
		return domain.Decision{}, nil
	}
	var found domain.Findings
	found.Add(a.Open())
	change := a.changes[c.Change]
	if change == nil {
		found.Add(domain.Refuse(domain.UnknownThing, "change", "change", string(c.Change)))
		return domain.Decision{}, found.Err()
	}
	content, today := change.Content, f.Today()
	found.Add(a.separate(change, "", f), ownFile(content.Person, f), dated(change.Effective, f, false))
	if change.Status != StatusReview || change.Passed < len(change.Route) {
		found.Add(wrongStep(change, "record"))
	}
	if c.Hash != "" && c.Hash != content.Hash {
		found.Add(domain.Refuse(domain.ContentChanged, "change", "change", string(c.Change)))
	}
	found.Add(a.held(content, change.Effective))
	a.judge(&found, &found, content, change.Effective, c.Person, true, f)
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	e := StaffingRecorded{Process: c.Process, Change: c.Change, Content: content, Human: f.Actor.Human, Batch: c.Batch}
	if content.Kind == Entry {
		e.Holding = c.Change
		e.Movement = a.move(today, a.entryPostings(content, change.Effective)...)
	} else {
		e.Holding = a.holdings[content.Person].ID
		e.Movement = a.move(today, Posting{content.LineKey, change.Effective, Balance{0, -1}})
	}
	return one(domain.Draft{Payload: e, Effective: change.Effective, Document: change.Document, Reason: change.Reason,
		Tags: append(tagsOf(c.Change, content), domain.TagOf(domain.TagProcess, c.Process))}), nil
}

// RefuseRecord writes the refusal of a recording whose process has begun.
func (a *Account) RefuseRecord(p domain.ProcessID, id domain.ChangeID, person domain.PersonID, r *domain.Refusal) domain.Decision {
	if _, decided := a.outcomes[p]; decided {
		return domain.Decision{}
	}
	e := StaffingRefused{Process: p, Change: id, Person: person, Refusal: r}
	if change := a.changes[id]; change != nil {
		e.Kind = change.Content.Kind
	}
	return one(domain.Draft{Payload: e,
		Tags: []domain.Tag{domain.TagOf(domain.TagChange, id), domain.TagOf(domain.TagPerson, person), domain.TagOf(domain.TagProcess, p)}})
}

// entryPostings are the movement of an entry: O on the effective date, and R
// back from then on, but not before the approval's day.
func (a *Account) entryPostings(c Content, effective domain.Day) []Posting {
	p := a.approvals[c.Approval]
	switch {
	case p == nil:
		return []Posting{{c.LineKey, effective, Balance{0, 1}}}
	case p.Day <= effective:
		return []Posting{{c.LineKey, effective, Balance{0, 1, -1}}}
	}
	return []Posting{{c.LineKey, effective, Balance{0, 1}}, {c.LineKey, p.Day, Balance{0, 0, -1}}}
}

func (a *Account) applyRecorded(h domain.Head, e StaffingRecorded) {
	c := a.changes[e.Change]
	c.Status, c.Holding, c.Revision = StatusRecorded, e.Holding, h.Revision
	c.Touched = append(c.Touched, Touch{e.Human, "recorded"})
	delete(a.live, e.Person)
	a.outcomes[e.Process] = outcome{Type: e.EventType(), Holding: e.Holding}
	if e.Kind == Exit {
		delete(a.holdings, e.Person)
		return
	}
	a.holdings[e.Person] = Holding{e.Holding, e.Person, e.LineKey, e.Class, h.Effective}
	if p := a.approvals[e.Approval]; p != nil {
		p.Drawn--
		p.Consumed++
		p.Revision = h.Revision
	}
}
