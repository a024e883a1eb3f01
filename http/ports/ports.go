// Package ports declares what the API (package http) and the pages (package
// http/web) need from the rest: both are built against these interfaces, and
// neither imports the other's implementation.
package ports

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// Commands carries out commands (usecase.Service).
type Commands interface {
	Do(ctx context.Context, call usecase.Call, command usecase.Command) (usecase.Result, error)
	// ReadAccount calls f with an account's state as of its last event, with
	// what has fallen due up to now applied. f must neither change nor keep it.
	// For the balance that a form shows and the checks on a change's page.
	ReadAccount(ctx context.Context, stream domain.Stream, f func(*account.Account)) error
	// Grants returns the roles of a user as they stand; ok is false for a user
	// who is unknown or disabled.
	Grants(ctx context.Context, user domain.UserID) (grants []usecase.Grant, human domain.HumanID, ok bool, err error)
	// MayRead tells whether one of the grants lets the user read that unit's
	// file; the empty unit asks for the whole city.
	MayRead(ctx context.Context, user domain.UserID, unit domain.UnitID) (bool, error)
	// Policy on a day, and the calendar as it stands.
	Policy(ctx context.Context, day domain.Day) (*policy.Set, error)
	Calendar() *codes.Calendar
	// Ledger is the ledger's id; Demo tells that it holds an invented city.
	Ledger() string
	Demo() bool
	Now() domain.Instant
	// Digest is the keyed digest of a request, for usecase.Call.Digest.
	Digest(route, target string, body []byte) string
	// Unseal opens a sealed object of an event.
	Unseal(event domain.EventID, p *domain.Personal) ([]byte, error)
}

// Views answers questions from the read models. Every answer is as of one
// position; atLeast waits (bounded) until the views have reached a position,
// so that a user reads his own write.
type Views interface {
	// Position is how far the views have come, and when that event was written.
	Position() (domain.Position, domain.Instant)
	AtLeast(ctx context.Context, position domain.Position) error

	// FindUnit resolves an id or any code, past or present; views.ErrNotFound.
	FindUnit(ctx context.Context, ref string) (views.Unit, error)
	// Units lists the children of parent ("" = roots of a level, level "" = all
	// levels) ordered by code, or with query by name, short name, old name or code.
	Units(ctx context.Context, q views.UnitQuery) (views.UnitPage, error)
	Lines(ctx context.Context, unit domain.UnitID, asof views.AsOf) ([]views.LineBalance, error)
	PoolLines(ctx context.Context, level domain.Level, asof views.AsOf) ([]views.LineBalance, error)
	// Totals sums lines by key over a scope, with Free and Over not netted.
	Totals(ctx context.Context, scope domain.Scope) ([]views.TotalRow, error)
	Roster(ctx context.Context, q views.RosterQuery) (views.RosterPage, error)
	FindPerson(ctx context.Context, ref domain.PersonID) (views.Person, error)
	Change(ctx context.Context, ref string) (views.Change, error) // id or number
	Changes(ctx context.Context, q views.ChangeQuery) (views.ChangePage, error)
	Approvals(ctx context.Context, unit domain.UnitID, openOnly bool) ([]views.Approval, error)
	Approval(ctx context.Context, ref string) (views.Approval, error) // id or number
	Document(ctx context.Context, ref string) (views.Document, error) // id or number
	Documents(ctx context.Context, q views.DocumentQuery) (views.DocumentPage, error)
	User(ctx context.Context, id domain.UserID) (views.User, error)
	Users(ctx context.Context) ([]views.User, error)
	// Movements counts recorded entries and exits per month, for the home chart.
	Movements(ctx context.Context, scope domain.Scope, from, to domain.Day) ([]views.MonthRow, error)
	// Search finds units, people, documents, changes by text, grouped by kind.
	Search(ctx context.Context, text string, perKind int) (views.SearchResult, error)
	// UnderWay lists open processes, oldest first.
	UnderWay(ctx context.Context) ([]views.Process, error)
}

// Ledger reads entries and proves them (eventstore/ledger).
type Ledger interface {
	Size() domain.Position
	Root() (size uint64, root [32]byte, err error)
	RootAt(size uint64) ([32]byte, error)
	ProveInclusion(position domain.Position, size uint64) ([][32]byte, error)
	ProveConsistency(older, newer uint64) ([][32]byte, error)
	At(ctx context.Context, position domain.Position) (domain.Recorded, error)
	ByID(ctx context.Context, id domain.EventID) (domain.Recorded, error)
	All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error]
	Stream(ctx context.Context, stream domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error]
	Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error]
}

// Check is the outcome of a verification or replay, as the command line
// prints it (design §9).
type Check struct {
	Kind     string // "verify" or "replay"
	Good     bool   // intact, or equal
	Size     domain.Position
	Root     string          // base64, verify
	Position domain.Position // first bad position, unless File is set
	File     string          // verify: damage beside the ledger is in this file
	View     string          // replay: the view that differs
	Reason   string
	Started  domain.Instant
	Ended    domain.Instant
	By       domain.UserID
	Running  bool
	Done     uint64 // progress, of Size
}

// ErrCheckBusy is returned while a check of another kind runs.
var ErrCheckBusy = errors.New("another check is running")

// Checks runs verifications and replays one at a time and remembers the last.
type Checks interface {
	Start(ctx context.Context, kind string, by domain.UserID) (Check, error)
	Last(kind string) (Check, bool)
}

// Files keeps registered documents. Open fails with domain.ErrNoEvent for an
// unknown digest, with domain.ErrErased where it was destroyed; a reader that
// ends without error has given the whole file.
type Files interface {
	Put(ctx context.Context, r io.Reader) (digest string, size int64, err error)
	Open(ctx context.Context, digest string) (io.ReadCloser, error)
}

// ErrBackward is returned by DemoClock.Advance for a time that has passed.
var ErrBackward = errors.New("the clock moves forward only")

// DemoClock moves the service's clock forward (serve --demo --clock).
type DemoClock interface {
	Now() domain.Instant
	Advance(to domain.Instant) error
}

// Session is a signed-in user as the pages see one.
type Session struct {
	User domain.UserID
	Name string      // the human being's name
	Role domain.Role // the first of Roles, or the one last chosen
	// Roles are the roles as they stand now, without repeats, in the order of
	// domain.Roles.
	Roles []domain.Role
	CSRF  string // token that every form of this session carries as "csrf"
	// OneTime tells that the one-time password must be changed before anything
	// else; the API refuses everything but that.
	OneTime bool
}

// Has tells whether the session holds one of the roles.
func (s Session) Has(roles ...domain.Role) bool {
	for _, have := range s.Roles {
		for _, want := range roles {
			if have == want {
				return true
			}
		}
	}
	return false
}

// ErrSignIn is a wrong name or password; it never says which.
var ErrSignIn = errors.New("sign-in failed")

// Throttled answers a sign-in after too many failures.
type Throttled struct{ Wait time.Duration }

func (t *Throttled) Error() string { return "too many failed sign-ins; wait " + t.Wait.String() }

// Sessions keeps sign-ins in the browser (server-side, with an opaque cookie).
type Sessions interface {
	// SignIn checks name and password and returns the cookie to set; ip is for
	// throttling. It fails with ErrSignIn or *Throttled.
	SignIn(ctx context.Context, name, password, ip string) (Session, *http.Cookie, error)
	// SignOut ends the session of the request and returns the cookie that
	// removes it.
	SignOut(r *http.Request) (*http.Cookie, error)
	// Current returns the session of the request, its roles as of now.
	Current(r *http.Request) (Session, bool)
	// Choose notes the role that the session works in.
	Choose(r *http.Request, role domain.Role) error
	// ChangePassword replaces the password of the session's user: ErrSignIn
	// where the old one is wrong, *Throttled, *WeakPassword. All sessions end;
	// the cookie is that of a new one.
	ChangePassword(r *http.Request, old, password, ip string) (Session, *http.Cookie, error)
}

// SignedIn is who has proved to be a user. OneTime: by a one-time password,
// which must be changed before anything else.
type SignedIn struct {
	User    domain.UserID
	OneTime bool
}

// Token is an API token without its secret.
type Token struct {
	ID      string
	Name    string
	Created domain.Instant
	Expires domain.Instant // 0: never
	Used    domain.Instant // last use, to the hour; 0: never
}

// Sign is a session as it is kept.
type Sign struct {
	SignedIn
	Role domain.Role // the one last chosen, or empty
	CSRF string
}

// WeakPassword is a new password that is not taken; Rule is "length" or "name".
type WeakPassword struct {
	Rule     string
	Min, Max int // characters
}

func (w *WeakPassword) Error() string { return "weak password: " + w.Rule }

// ErrSecret is a token or session that is unknown, ended or expired.
var ErrSecret = errors.New("no such token or session")

// Secrets keeps what signs people in (eventstore/vault/private): hashes of
// passwords and tokens, sessions, and the failures that throttle. No secret is
// kept in clear. What a method has returned is durable; CheckToken and Session
// answer from memory. Safe for concurrent use.
type Secrets interface {
	// CheckPassword fails with ErrSignIn or *Throttled; ip is the caller's
	// address. An unknown name takes as long as a wrong password.
	CheckPassword(ctx context.Context, name, password, ip string) (SignedIn, error)
	// IssuePassword gives a user a sign-in name and a one-time password, and
	// ends all sessions and tokens.
	IssuePassword(ctx context.Context, user domain.UserID, name string) (password string, err error)
	// ChangePassword fails with ErrSignIn, *Throttled or *WeakPassword; it ends
	// all sessions.
	ChangePassword(ctx context.Context, user domain.UserID, old, password, ip string) error
	NewToken(ctx context.Context, user domain.UserID, name string, expires domain.Instant) (secret string, made Token, err error)
	CheckToken(ctx context.Context, secret string) (domain.UserID, error) // ErrSecret
	Tokens(ctx context.Context, user domain.UserID) ([]Token, error)      // not revoked, newest first
	RevokeToken(ctx context.Context, user domain.UserID, id string) error // ErrSecret
	NewSession(ctx context.Context, in SignedIn) (secret string, sign Sign, err error)
	// Session finds a session that is within its idle and absolute limits, and
	// counts the request; ErrSecret.
	Session(ctx context.Context, secret string) (Sign, error)
	ChooseRole(ctx context.Context, secret string, role domain.Role) error
	EndSession(ctx context.Context, secret string) error
	// EndAll ends all sessions and tokens of a user.
	EndAll(ctx context.Context, user domain.UserID) error
}

// DemoUser is one of the printed sign-ins of --demo.
type DemoUser struct {
	SignIn, Password, Name string
	Role                   domain.Role
	TryZH, TryEN           string // what to try first
}
