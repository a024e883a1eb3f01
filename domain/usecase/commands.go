package usecase

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// Command is one of the types of this file: what a human being may ask for.
// Fields are as the caller sent them; the use case checks form, codes, rights
// and rules, and answers with a *domain.Refusal where one stands against it.
type Command interface{ command() string }

// Limits of commands.
const (
	BatchRowsMax   = 500    // rows of one batch act
	OpeningPartMax = 250    // rows of one part of an opening balance
	PostsMax       = 99_999 // posts in one number
	TextRunesMax   = 500    // runes of a name or one-line text
	NoteRunesMax   = 2_000  // runes of an opinion or note
)

// Call is the frame of a command: who asks, and how the answer is bound.
type Call struct {
	User     domain.UserID   // authenticated
	Role     domain.Role     // in which role; empty: the one that fits the command
	OnBehalf domain.UnitID   // supervisor: the unit collected for
	Key      string          // Idempotency-Key, 1–255 printable ASCII characters
	Digest   string          // keyed digest of route, target and body (Sealer.Digest)
	IfMatch  domain.Revision // of the addressed thing; NoStream: not given
	Trace    string          // traceparent
	DryRun   bool            // judge everything, write nothing
}

// Result is the answer to a command, built from stored entries.
type Result struct {
	Events    []domain.Recorded // the deciding events of this command, in ledger order
	Position  domain.Position   // up to where a view must be to show what was written
	Repeated  bool              // the command had been carried out before
	Pending   domain.ProcessID  // set when the process still runs: ask again
	Rows      []RowResult       // batch acts: one per row as sent
	Reminders []*domain.Refusal // dry run, and collecting: what later steps would refuse now
	ID        string            // id of the thing that the command made: unit, change, approval, document, user, grant, opening
}

// RowResult is the fate of one row of a batch act.
type RowResult struct {
	Row     int
	Change  domain.ChangeID
	Event   *domain.Recorded // nil where the row was set aside
	Refusal *domain.Refusal
}

// Units, pool, quota.
type (
	// EstablishUnit founds a unit (leader).
	EstablishUnit struct {
		Code, Division, System, Rank string
		Level                        domain.Level
		Parent                       domain.UnitID
		Name, ShortName              string
		OtherNames                   []string
		Effective                    domain.Day
		Document                     domain.DocumentID
	}
	// SetPool fixes a pool line of a level (committee).
	SetPool struct {
		Level    domain.Level
		Line     codes.LineKey
		Posts    int
		Document domain.DocumentID
		Reason   string
	}
	// MoveQuota moves posts from one account to another (leader, committee).
	// Giver and Taker are "pool-<level>" or "account-<unit id>"; not both pools.
	MoveQuota struct {
		Giver, Taker         domain.Stream
		GiverLine, TakerLine codes.LineKey
		Posts                int
		Effective            domain.Day
		Document             domain.DocumentID
		Reason               string
	}
	// HoldBackPosts and FreePosts move posts between F and H (leader).
	HoldBackPosts struct {
		Unit      domain.UnitID
		Line      codes.LineKey
		Posts     int
		Effective domain.Day
		Document  domain.DocumentID
		Reason    string
	}
	FreePosts struct {
		Unit      domain.UnitID
		Line      codes.LineKey
		Posts     int
		Effective domain.Day
		Document  domain.DocumentID
		Reason    string
	}
	// ApproveUse reserves posts (approver).
	ApproveUse struct {
		Unit     domain.UnitID
		Line     codes.LineKey
		Posts    int
		Manner   codes.Manner
		ValidTo  domain.Day // NoDay: as long as policy allows
		Plan     string
		Note     string
		Document domain.DocumentID
	}
	// RevokeUse frees the undrawn rest of an approval (approver).
	RevokeUse struct {
		Approval domain.ApprovalID
		Reason   string
		Document domain.DocumentID
	}
)

// Staffing.
type (
	// ChangeForm is an entry or exit as a collector fills it in. A person is
	// named by Person, or by IDNumber with Particulars.Name (entry of somebody
	// who may be new to the ledger).
	ChangeForm struct {
		Kind        account.Kind
		Person      domain.PersonID
		IDNumber    string
		Particulars account.Particulars
		Line        codes.LineKey
		Class       codes.PersonClass
		Manner      codes.Manner
		Approval    domain.ApprovalID
		ExitReason  codes.ExitReason
		Effective   domain.Day
		Document    domain.DocumentID
		Note        string
	}
	// Collect opens a change (collector, supervisor).
	Collect struct {
		Unit domain.UnitID
		ChangeForm
	}
	// CollectBatch opens many changes of one unit and one kind as one act.
	CollectBatch struct {
		Unit domain.UnitID
		Rows []ChangeForm
	}
	// Resubmit answers a return with new content (collector of the unit).
	Resubmit struct {
		Change domain.ChangeID
		ChangeForm
	}
	// Pass passes the next gate, Items being the confirmed checklist.
	Pass struct {
		Change  domain.ChangeID
		Items   []string
		Opinion string
	}
	// BatchRow names a change and the revision that the actor saw.
	BatchRow struct {
		Change   domain.ChangeID
		Revision domain.Revision
	}
	// PassBatch passes many changes of one unit as one act with one opinion.
	PassBatch struct {
		Unit    domain.UnitID
		Rows    []BatchRow
		Items   []string
		Opinion string
	}
	// Return gives a change back with what is wrong, field by field.
	Return struct {
		Change  domain.ChangeID
		Fields  map[string]string // field of ChangeForm → what is wrong with it
		Opinion string
	}
	// Withdraw ends a change (collector of the unit).
	Withdraw struct {
		Change domain.ChangeID
		Reason string
	}
	// Record records a change (recorder).
	Record struct {
		Change domain.ChangeID
	}
	// RecordBatch records many changes of one unit as one act.
	RecordBatch struct {
		Unit domain.UnitID
		Rows []BatchRow
	}
)

// Opening balance (committee).
type (
	StartOpening struct {
		Unit     domain.UnitID
		Rows     int
		Digest   string // SHA-256 hex of the whole list, as the client has it
		Document domain.DocumentID
	}
	// OpeningForm is one person in post before the ledger began.
	OpeningForm struct {
		IDNumber    string
		Particulars account.Particulars
		Line        codes.LineKey
		Class       codes.PersonClass
		Since       domain.Day
	}
	// AddOpeningPart adds rows to the open bracket. From is the number of rows
	// that the bracket holds already: where a broken-off feed goes on.
	AddOpeningPart struct {
		Unit domain.UnitID
		From int
		Rows []OpeningForm
	}
	CompleteOpening struct{ Unit domain.UnitID }
	AbandonOpening  struct {
		Unit   domain.UnitID
		Reason string
	}
)

// Documents, people of the system, policy.
type (
	// RegisterDocument registers a paper; Digest and Size come from Documents.Put.
	RegisterDocument struct {
		Number, Issuer, Title, Grants, File string
		Date                                domain.Day
		Digest                              string
		Size                                int64
	}
	// RegisterUser names a person of the system (admin). Password is kept as a
	// hash outside the ledger by the caller, after the event is stored.
	RegisterUser struct {
		Name, SignIn string
		Human        domain.PersonID // empty: no personal file
	}
	DisableUser struct{ User domain.UserID }
	// GrantRole grants at once, or proposes where a second admin is needed.
	GrantRole struct {
		User  domain.UserID
		Role  domain.Role
		Scope domain.Scope
	}
	// ConfirmRole is the second admin's yes to a proposal.
	ConfirmRole struct {
		User  domain.UserID
		Grant string
	}
	RevokeRole struct {
		User  domain.UserID
		Grant string
	}
	SetPolicy struct {
		Name     string
		From     domain.Day
		Value    []byte // JSON
		Document domain.DocumentID
	}
	SetCalendar struct {
		Year               int
		Holidays, Workdays []domain.Day
		Document           domain.DocumentID
	}
)

func (EstablishUnit) command() string    { return "unit.establish" }
func (SetPool) command() string          { return "pool.set" }
func (MoveQuota) command() string        { return "quota.move" }
func (HoldBackPosts) command() string    { return "quota.hold-back" }
func (FreePosts) command() string        { return "quota.free" }
func (ApproveUse) command() string       { return "use.approve" }
func (RevokeUse) command() string        { return "use.revoke" }
func (Collect) command() string          { return "staffing.collect" }
func (CollectBatch) command() string     { return "staffing.collect-batch" }
func (Resubmit) command() string         { return "staffing.resubmit" }
func (Pass) command() string             { return "staffing.pass" }
func (PassBatch) command() string        { return "staffing.pass-batch" }
func (Return) command() string           { return "staffing.return" }
func (Withdraw) command() string         { return "staffing.withdraw" }
func (Record) command() string           { return "staffing.record" }
func (RecordBatch) command() string      { return "staffing.record-batch" }
func (StartOpening) command() string     { return "opening.start" }
func (AddOpeningPart) command() string   { return "opening.part" }
func (CompleteOpening) command() string  { return "opening.complete" }
func (AbandonOpening) command() string   { return "opening.abandon" }
func (RegisterDocument) command() string { return "document.register" }
func (RegisterUser) command() string     { return "user.register" }
func (DisableUser) command() string      { return "user.disable" }
func (GrantRole) command() string        { return "role.grant" }
func (ConfirmRole) command() string      { return "role.confirm" }
func (RevokeRole) command() string       { return "role.revoke" }
func (SetPolicy) command() string        { return "policy.set" }
func (SetCalendar) command() string      { return "calendar.set" }
