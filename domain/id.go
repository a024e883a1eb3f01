package domain

// Ids are random UUIDs in canonical lower-case text, unless said otherwise.
// They stand in clear in events, so they carry no meaning of their own.
type (
	UnitID     string // a unit's permanent id; its code and names may change
	PersonID   string // a person's permanent id; the number on the ID card may change
	UserID     string // a sign-in of the system, bound to one human being
	ChangeID   string // a staffing change; also the id of the holding that an entry makes
	ApprovalID string // an approval of use of posts 用编核准
	DocumentID string // a registered document
	ProcessID  string // a process over two streams (docs/architecture.md)
	EventID    string
	CommandID  string // UUIDv5(actor, Idempotency-Key)
)

// HumanID names a human being for the separation of duties: the PersonID that
// a user is bound to, or the UserID where the user has no personal file.
type HumanID string

// Level is a managing level 管理层级: the GB/T 2260 code of the city (330200)
// or of a county or district (330203).
type Level string

// Position is the dense place of an event in the ledger: 0, 1, 2, …
type Position uint64

// Revision is the place of an event in its stream. The first event has
// revision 0; NoStream stands for a stream without events.
type Revision int64

// NoStream is the expected revision of a stream that must not exist yet.
const NoStream Revision = -1
