// Package views holds the read models: units, lines, rosters, changes, queues,
// in one SQLite file per generation, every fact bitemporal. History is never a
// row here: it is read from the ledger by tag.
package views

import (
	"errors"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// AsOf is a point (D, K): effective on day D, as known at the end of day K or
// at a position (domain model §4). The zero value is now.
type AsOf struct {
	Effective domain.Day
	Known     domain.Day
	KnownAt   *domain.Position
}

// On day D and known at K: a K without D asks for everything known at K, a D
// without K for what is known now. KnownAt goes before Known.

// Now tells whether the point is the present.
func (a AsOf) Now() bool {
	return a.Effective == domain.NoDay && a.Known == domain.NoDay && a.KnownAt == nil
}

// Unit is a unit's row.
type Unit struct {
	ID          domain.UnitID
	Code        string
	Level       domain.Level
	Parent      domain.UnitID
	Division    string
	System      string
	Rank        string
	Name        string
	ShortName   string
	OtherNames  []string
	Established domain.Day
	Revision    domain.Revision // of the account's last event
	Position    domain.Position // of the account's last event
	Updated     domain.Instant
	Children    int // units directly below
	Under       int // units in the whole subtree, itself not counted
}

// LineBalance is a line on the day asked for.
type LineBalance struct {
	Line    codes.LineKey
	Balance account.Balance
}

// UnitRow is a unit in a list, with sums of its lines (and of its subtree,
// where asked for). Over sums the overage of single lines; Free the free posts
// of single lines: neither is netted.
type UnitRow struct {
	Unit
	Balance    account.Balance
	Free, Over int
	Depth      int
}

// RosterRow is one holding.
type RosterRow struct {
	Holding      domain.ChangeID
	Person       domain.PersonID
	Name         string
	Sex          string
	Birth        string
	IDMasked     string
	InternalBody string
	Post         string
	PostRank     string
	Line         codes.LineKey
	Class        codes.PersonClass
	From         domain.Day
	To           domain.Day // first day no longer in post; NoDay: in post
	Document     domain.DocumentID
	DocumentNo   string
	ExitUnderway domain.ChangeID
}

// Person is a personal file.
type Person struct {
	ID          domain.PersonID
	Particulars account.Particulars
	IDMasked    string
	Holding     *RosterRow // present holding
	Unit        domain.UnitID
	UnitName    string
	Holdings    []PersonHolding // all, newest first
	Changes     []ChangeRow
}

// PersonHolding is a holding of a person with its unit.
type PersonHolding struct {
	RosterRow
	Unit     domain.UnitID
	UnitName string
}

// ChangeState of a staffing change.
type ChangeState string

const (
	InReview   ChangeState = "review" // waits for the next gate
	Returned   ChangeState = "returned"
	ToRecord   ChangeState = "to-record" // all gates passed
	IsRecorded ChangeState = "recorded"
	Withdrawn  ChangeState = "withdrawn"
)

// ChangeRow is a change in a list or queue.
type ChangeRow struct {
	ID         domain.ChangeID
	Number     string // C-2026-01873, view data
	Unit       domain.UnitID
	UnitName   string
	Kind       account.Kind
	Person     domain.PersonID
	PersonName string
	Line       codes.LineKey
	Class      codes.PersonClass
	Effective  domain.Day
	State      ChangeState
	Gate       account.Gate // next gate while InReview
	Passed     int
	Gates      int
	Due        domain.Day // handling due; NoDay while it stands still
	Collected  domain.Instant
	Collector  domain.UserID
	Revision   domain.Revision // of the last event that touched it: its ETag
	Position   domain.Position
	BatchID    string
}

// Change is the whole of a change.
type Change struct {
	ChangeRow
	Content     account.Content
	Particulars account.Particulars
	Note        string
	Document    domain.DocumentID
	DocumentNo  string
	Route       []account.Gate
	Steps       []ChangeStep // in order, oldest first
}

// ChangeStep is one event of a change, as the stepper and the opinions show it.
type ChangeStep struct {
	Position domain.Position
	Type     domain.EventType
	Time     domain.Instant
	User     domain.UserID
	UserName string
	Role     domain.Role
	Gate     account.Gate
	Opinion  string
	Fields   map[string]string
	Stands   bool // a pass that still counts
}

// Approval of use.
type Approval struct {
	ID         domain.ApprovalID
	Number     string // Y-2026-0093, view data
	Unit       domain.UnitID
	Line       codes.LineKey
	Manner     codes.Manner
	Posts      int
	Drawn      int // by live changes
	Consumed   int
	Rest       int // still to be drawn
	Day        domain.Day
	ValidTo    domain.Day
	Ended      bool // expired or revoked
	Document   domain.DocumentID
	DocumentNo string
	Plan       string
	Revision   domain.Revision // of the last event that ended it or consumed a post: its ETag
}

// Document is a registered document.
type Document struct {
	ID     domain.DocumentID
	Number string
	Issuer string
	Title  string
	Date   domain.Day
	Digest string
	Size   int64
	Cited  int // events that cite it
}

// User of the system, for names in sentences and the admin.
type User struct {
	ID       domain.UserID
	Name     string
	SignIn   string
	Human    domain.HumanID
	Disabled bool
	Revision domain.Revision // of the stream's last event: its ETag
	Grants   []Grant
}

// Grant of a role.
type Grant struct {
	ID       string
	Role     domain.Role
	Scope    domain.Scope
	Proposed bool // waits for a second administrator
	By       domain.UserID
	Position domain.Position
}

// Queries and pages. Limit is 1–500 (0: 50); After is an opaque cursor.
type (
	UnitQuery struct {
		Scope    domain.Scope   // what the reader may see
		Scopes   []domain.Scope // several grants: any of them
		Parent   domain.UnitID  // only units directly below this one
		Roots    bool           // only units without a parent in Scope (one scope)
		Text     string
		System   string
		Rank     string
		State    string // "", "free", "full", "over", of the sums shown
		WithSubs bool   // sums over the subtree
		After    string
		Limit    int
	}
	UnitPage struct {
		Rows  []UnitRow
		Total int
		Next  string
	}
	RosterQuery struct {
		Unit  domain.UnitID
		Line  codes.LineKey
		Kind  codes.PostKind
		Text  string
		Sort  string // "from" (default), "name", "post", "line"; "-" before it turns the order
		AsOf  AsOf
		After string
		Limit int
	}
	RosterPage struct {
		Rows   []RosterRow
		Total  int
		ByKind map[codes.PostKind]int
		Next   string
	}
	ChangeQuery struct {
		Scope    domain.Scope
		Scopes   []domain.Scope // several grants: any of them
		Unit     domain.UnitID
		Person   domain.PersonID
		Kind     account.Kind
		States   []ChangeState
		Gate     account.Gate
		Done     domain.UserID  // touched by this user ("我办过的")
		NotHuman domain.HumanID // leave out the own file, and changes on which this human being took a step, but for the gate that they wait for
		DueBy    domain.Day
		Batch    string
		Text     string
		ByDue    bool // order by deadline; else newest first
		After    string
		Limit    int
	}
	ChangePage struct {
		Rows  []ChangeRow
		Total int
		Next  string
	}
	DocumentQuery struct {
		Text  string
		After string
		Limit int
	}
	DocumentPage struct {
		Rows  []Document
		Total int
		Next  string
	}
	TotalRow struct {
		Kind       codes.PostKind
		Funding    codes.Funding
		Balance    account.Balance
		Free, Over int
	}
	MonthRow struct {
		Month          domain.Day // first day
		Entries, Exits int
	}
	SearchResult struct {
		Units     []Unit
		People    []RosterRow
		PeopleIn  map[domain.PersonID]Unit // unit of the present holding
		Documents []Document
		Changes   []ChangeRow
	}
	// Process that is open: who waits for whom.
	Process struct {
		ID     domain.ProcessID
		Kind   string // entry, exit, quota, opening, unit
		Stream domain.Stream
		Since  domain.Instant
		Change domain.ChangeID
	}
)

// ErrCursor is returned for a cursor that is damaged or of another query.
var ErrCursor = errors.New("views: cursor is not of this query")

// ErrQuery is returned for a query that cannot be asked: an unknown sort or
// state, a limit out of bounds.
var ErrQuery = errors.New("views: malformed query")

// ErrNotFound is returned where a single thing is asked for and not there.
var ErrNotFound = errors.New("views: not found")
