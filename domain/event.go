package domain

import (
	"slices"
	"strings"
)

// Stream is the name of a stream: a kind, a hyphen and a key
// ("account-<unit id>", "pool-330200", "person-<person id>"), or the single
// word "ledger".
type Stream string

// Stream kinds (domain model §12).
const (
	AccountStream  = "account"
	PoolStream     = "pool"
	PersonStream   = "person"
	UnitCodeStream = "unitcode"
	DocumentStream = "document"
	PolicyStream   = "policy"
	CalendarStream = "calendar"
	UserStream     = "user"
	LedgerStream   = "ledger"
)

// StreamOf joins kind and key.
func StreamOf(kind, key string) Stream { return Stream(kind + "-" + key) }

// AccountOf names the stream that gates a unit.
func AccountOf(u UnitID) Stream { return StreamOf(AccountStream, string(u)) }

// PoolOf names the stream of a managing level's pool.
func PoolOf(l Level) Stream { return StreamOf(PoolStream, string(l)) }

// PersonOf names a person's stream.
func PersonOf(p PersonID) Stream { return StreamOf(PersonStream, string(p)) }

// UserOf names a user's stream.
func UserOf(u UserID) Stream { return StreamOf(UserStream, string(u)) }

// DocumentOf names a document's stream.
func DocumentOf(d DocumentID) Stream { return StreamOf(DocumentStream, string(d)) }

// Kind returns the part before the first hyphen.
func (s Stream) Kind() string {
	kind, _, _ := strings.Cut(string(s), "-")
	return kind
}

// Key returns the part after the first hyphen, or the whole name where there
// is none. It is the event's partitionkey.
func (s Stream) Key() string {
	_, key, ok := strings.Cut(string(s), "-")
	if !ok {
		return string(s)
	}
	return key
}

// Tag is "kind:id"; kinds are unit, person, change, problem, document, lock,
// approval, process. Tags, authid and commandid are all that the store indexes.
type Tag string

// TagOf joins kind and id.
func TagOf[ID ~string](kind string, id ID) Tag { return Tag(kind + ":" + string(id)) }

// SortTags brings tags into the order in which an event carries them, without
// repeats.
func SortTags(tags []Tag) []Tag {
	slices.Sort(tags)
	return slices.Compact(tags)
}

// Tag kinds.
const (
	TagUnit     = "unit"
	TagPerson   = "person"
	TagChange   = "change"
	TagDocument = "document"
	TagApproval = "approval"
	TagProcess  = "process"
)

// EventType is the constant wire name of an event and its version, such as
// "staffing.recorded.v1".
type EventType string

// Auth types of the CloudEvents auth-context extension.
const (
	AuthUser   = "user"
	AuthSystem = "system"
)

// Clock is the authid of what falls due by itself.
const Clock = "clock"

// Head is the part of an event that stands in clear: codes and opaque ids
// only, never a name or a free text. Its JSON form, with a fixed field order,
// is the business of package eventstore.
type Head struct {
	ID            EventID
	Source        string // urn:uuid:<ledger id>
	Type          EventType
	Stream        Stream // CloudEvents "subject"; partitionkey is its key
	Time          Instant
	Revision      Revision // CloudEvents "sequence"; set by the store on append
	Tags          []Tag    // sorted, without repeats
	AuthType      string   // AuthUser or AuthSystem
	AuthID        string   // user id, or Clock
	ActorRole     Role
	OnBehalfOf    string   // who answers: a delegator, a unit, the owner of a policy
	DecidedAt     Position // the last position the decision had seen
	CommandID     CommandID
	RequestDigest string // HMAC over route, target and body; only with CommandID
	Effective     Day
	DocumentID    DocumentID
	ReasonCode    string
	CorrelationID string
	CausationID   EventID
	TraceParent   string
	DataSchema    string
}

// Event is one event before or after it was stored: its head and the exact
// bytes of its data, a JSON object without blanks.
type Event struct {
	Head
	Data []byte
}

// Recorded is an event as the ledger holds it: the exact bytes of the entry
// (ledger entry = Merkle leaf = Kafka value = feed line) at its position.
type Recorded struct {
	Position Position
	Event
	Bytes []byte
}
