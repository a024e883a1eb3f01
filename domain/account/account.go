package account

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Account is the folded state of one unit or pool account. It holds no names
// and no texts. Decide methods read it, Apply changes it; it is not safe for
// concurrent use.
type Account struct {
	stream   domain.Stream
	revision domain.Revision
	unit     Unit

	lines     map[codes.LineKey]*line
	holdings  map[domain.PersonID]Holding
	changes   map[domain.ChangeID]*Change
	live      map[domain.PersonID]domain.ChangeID // the live change about a person
	approvals map[domain.ApprovalID]*Approval
	offers    map[domain.ProcessID]Offered // not yet settled or undone
	landings  map[domain.ProcessID]Landing // taken, not yet landed
	outcomes  map[domain.ProcessID]outcome // of every process decided here
	opening   *Opening
	// opened keeps who came in by a completed opening balance: their claims are
	// settled one by one afterwards.
	opened map[domain.ProcessID]map[domain.PersonID]domain.ChangeID
}

// outcome of a process in its deciding stream; nil Refused means yes.
type outcome struct {
	Type    domain.EventType
	Refused *domain.Refusal
	Holding domain.ChangeID
}

// New returns the state before the first event.
func New(stream domain.Stream) *Account {
	return &Account{
		stream:    stream,
		revision:  domain.NoStream,
		lines:     map[codes.LineKey]*line{},
		holdings:  map[domain.PersonID]Holding{},
		changes:   map[domain.ChangeID]*Change{},
		live:      map[domain.PersonID]domain.ChangeID{},
		approvals: map[domain.ApprovalID]*Approval{},
		offers:    map[domain.ProcessID]Offered{},
		landings:  map[domain.ProcessID]Landing{},
		outcomes:  map[domain.ProcessID]outcome{},
		opened:    map[domain.ProcessID]map[domain.PersonID]domain.ChangeID{},
	}
}

// Clone returns a copy that shares nothing that Apply changes.
func (a *Account) Clone() *Account {
	c := *a
	c.lines = make(map[codes.LineKey]*line, len(a.lines))
	for k, l := range a.lines {
		c.lines[k] = &line{key: l.key, total: l.total, deltas: slices.Clone(l.deltas)}
	}
	c.holdings = maps.Clone(a.holdings)
	c.changes = make(map[domain.ChangeID]*Change, len(a.changes))
	for k, v := range a.changes {
		c.changes[k] = v.clone()
	}
	c.live = maps.Clone(a.live)
	c.approvals = make(map[domain.ApprovalID]*Approval, len(a.approvals))
	for k, v := range a.approvals {
		copied := *v
		c.approvals[k] = &copied
	}
	c.offers = maps.Clone(a.offers)
	c.landings = maps.Clone(a.landings)
	c.outcomes = maps.Clone(a.outcomes)
	c.opened = maps.Clone(a.opened) // its values are never changed
	if a.opening != nil {
		copied := *a.opening
		copied.Rows = slices.Clone(a.opening.Rows)
		c.opening = &copied
	}
	return &c
}

// SizeBytes estimates the memory of the state, for a cache bounded by bytes.
func (a *Account) SizeBytes() int64 {
	n := 1024 + 200*len(a.holdings) + 400*len(a.changes) + 300*len(a.approvals) +
		200*len(a.outcomes) + 150*(len(a.offers)+len(a.landings))
	for _, l := range a.lines {
		n += 100 + 40*len(l.deltas)
	}
	if a.opening != nil {
		n += 200 * len(a.opening.Rows)
	}
	return int64(n)
}

// Revision is that of the last event applied, or domain.NoStream.
func (a *Account) Revision() domain.Revision { return a.revision }

// Stream names the account's stream.
func (a *Account) Stream() domain.Stream { return a.stream }

// IsPool tells whether this is a pool account.
func (a *Account) IsPool() bool { return a.stream.Kind() == domain.PoolStream }

// Outcome tells how a process was decided in this account.
func (a *Account) Outcome(p domain.ProcessID) (done bool, refused *domain.Refusal, decided bool) {
	o, decided := a.outcomes[p]
	return decided && o.Refused == nil, o.Refused, decided
}

// Apply folds one event. It never fails and never judges: what is in the
// ledger has happened.
func (a *Account) Apply(h domain.Head, payload domain.Payload) {
	a.revision = h.Revision
	if m, ok := payload.(Moving); ok {
		a.post(m.Moves())
	}
	switch e := payload.(type) {
	case UnitEstablished:
		a.unit = Unit{Established: true, Code: e.Code, Level: e.Level, Parent: e.Parent,
			Division: e.Division, System: e.System, Rank: e.Rank}
		a.outcomes[e.Process] = outcome{Type: e.EventType()}
	case UnitRefused:
		a.outcomes[e.Process] = outcome{e.EventType(), e.Refusal, ""}
	case PoolSet, QuotaHeldBack, QuotaFreed:
		// the postings are all there is
	case QuotaOffered:
		e.Text = nil // no text is kept in decision state
		a.offers[e.Process] = Offered{QuotaOffered: e, Head: h}
	case QuotaTaken:
		a.outcomes[e.Process] = outcome{Type: e.EventType()}
		if e.LandsOn != domain.NoDay {
			a.landings[e.Process] = Landing{e.TakerLine, e.Posts, e.LandsOn, h.DocumentID, h.AuthID}
		}
	case QuotaRefused:
		a.outcomes[e.Process] = outcome{e.EventType(), e.Refusal, ""}
	case QuotaSettled:
		delete(a.offers, e.Process)
	case QuotaUndone:
		delete(a.offers, e.Process)
	case QuotaLanded:
		delete(a.landings, e.Process)
	case UseApproved:
		a.approvals[e.Approval] = &Approval{ID: e.Approval, Line: e.LineKey, Posts: e.Posts, Manner: e.Manner,
			Day: h.Time.Day(), ValidTo: e.ValidTo, Human: e.Human, By: h.AuthID, Document: h.DocumentID, Revision: h.Revision}
	case UseExpired:
		a.endApproval(e.Approval, h.Revision)
	case UseRevoked:
		a.endApproval(e.Approval, h.Revision)
	case StaffingCollected:
		a.applyCollected(h, e)
	case StaffingResubmitted:
		a.applyResubmitted(h, e)
	case StaffingReviewed:
		a.applyReviewed(h, e)
	case StaffingReturned:
		a.applyReturned(h, e)
	case StaffingWithdrawn:
		a.applyWithdrawn(h, e)
	case StaffingRecorded:
		a.applyRecorded(h, e)
	case StaffingRefused:
		a.outcomes[e.Process] = outcome{e.EventType(), e.Refusal, ""}
	case OpeningStarted:
		a.opening = &Opening{Process: e.Process, Expected: e.Rows, Digest: e.Digest, Document: h.DocumentID}
	case OpeningPart:
		a.opening.Parts = e.Part + 1
		a.opening.Rows = append(a.opening.Rows, strip(e.Rows)...)
	case OpeningCompleted:
		a.applyOpeningCompleted(e)
	case OpeningAbandoned:
		a.opening = nil
		a.outcomes[e.Process] = outcome{e.EventType(), domain.Refuse(domain.WrongStep, ""), ""}
	}
}

// OutcomesOnly returns a state of the same account that answers only Outcome
// and Opened of one process: what a later step needs to have read.
func (a *Account) OutcomesOnly(p domain.ProcessID) *Account {
	seen := New(a.stream)
	seen.revision = a.revision
	if o, decided := a.outcomes[p]; decided {
		seen.outcomes[p] = o
	}
	if opened, ok := a.opened[p]; ok {
		seen.opened[p] = opened
	}
	return seen
}
