package domain

// Payload is the data of one event, a type of the package whose rules it
// follows. Its JSON form is the event's data.
type Payload interface{ EventType() EventType }

// Sealing is implemented by payloads that carry sealed objects. Sealed returns
// each of them; it may return nil elements, which are absent objects.
type Sealing interface{ Sealed() []*Personal }

// Draft is an event as a decision makes it: what the use case adds is the id,
// time, actor, position seen, command and sealing.
type Draft struct {
	Payload   Payload
	Effective Day        // NoDay on steps without a date
	Document  DocumentID // the paper it rests on
	Reason    string     // a code
	Tags      []Tag      // without the unit tag of an account stream, which the use case adds
	// OnBehalfOf overrides the actor's: on what falls due by itself, the person
	// who answers for the policy.
	OnBehalfOf string
}

// Decision is what a command leads to when no rule stands against it.
type Decision struct {
	Drafts    []Draft
	Reminders []*Refusal // what later steps would refuse as things stand now (§13)
}

// Batch marks the rows of one batch act; row counts from 0 as submitted. The
// first event of the act lists the rows that were set aside, with the names of
// their refusals, so that a repeated request gets the same answer.
type Batch struct {
	ID       string         `json:"id"`                 // of the act, the same on all its rows
	Row      int            `json:"row"`                // of this event
	Rows     int            `json:"rows"`               // as submitted
	SetAside map[int]string `json:"setaside,omitempty"` // row → name of its refusal; on the first event only
}

// TypeLedgerOpened is entry 0 of every ledger.
const TypeLedgerOpened EventType = "ledger.opened.v1"

// LedgerOpened records the ledger's own id, drawn at first start; every later
// event's source is "urn:uuid:" + that id.
type LedgerOpened struct {
	Ledger string `json:"ledger"`         // the ledger's own id
	Demo   bool   `json:"demo,omitempty"` // filled with an invented city
}

func (LedgerOpened) EventType() EventType { return TypeLedgerOpened }
