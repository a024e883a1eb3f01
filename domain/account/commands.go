package account

import (
	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
)

// Facts is what a decision may know beside the account: the moment, the human
// being who acts, policy and calendar of the day, and facts of other streams
// that can never become false.
type Facts struct {
	Now      domain.Instant
	Actor    domain.Actor
	Policy   *policy.Set
	Calendar *codes.Calendar
	// Document tells whether the cited document is registered; the use case
	// looks it up. Day is its date.
	Document DocumentFact
}

// Today is the day of Now.
func (f Facts) Today() domain.Day { return f.Now.Day() }

// DocumentFact is what is known of a cited document.
type DocumentFact struct {
	ID    domain.DocumentID // empty: none cited
	Known bool
	Day   domain.Day
}

// PersonFact is what the person's stream says, at whatever age: it can only
// lead to an early refusal; the claim decides.
type PersonFact struct {
	HoldsElsewhere domain.UnitID // another unit where the person holds a post, or empty
	Busy           bool          // a process about the person is open
	FreeFrom       domain.Day    // effective day of the last exit: an earlier entry would overlap; NoDay: none
}

// Establish founds the unit whose account this is.
type Establish struct {
	Process   domain.ProcessID
	Code      string
	Level     domain.Level
	Parent    domain.UnitID
	Division  string
	System    string
	Rank      string
	Text      *domain.Personal
	Effective domain.Day
}

// SetPool fixes a pool line.
type SetPool struct {
	Line  codes.LineKey
	Posts int
	Text  *domain.Personal
}

// Offer takes posts from this account for a taker.
type Offer struct {
	Process   domain.ProcessID
	Taker     domain.Stream
	TakerLine codes.LineKey
	GiverLine codes.LineKey
	Posts     int
	Effective domain.Day
	Body      string
	Command   domain.CommandID
	Digest    string
	Text      *domain.Personal
}

// Take decides an offer on the taker's side, from the giver's stored event.
type Take struct {
	Giver     domain.Stream
	Offer     QuotaOffered
	Effective domain.Day
}

// HoldBack and Free move posts between F and H.
type HoldBack struct {
	Line      codes.LineKey
	Posts     int
	Effective domain.Day
	Text      *domain.Personal
}

// Free frees held-back posts.
type Free HoldBack

// ApproveUse reserves posts.
type ApproveUse struct {
	Approval domain.ApprovalID
	Line     codes.LineKey
	Posts    int
	Manner   codes.Manner
	ValidTo  domain.Day
	Text     *domain.Personal
}

// RevokeUse frees what an approval has undrawn.
type RevokeUse struct {
	Approval domain.ApprovalID
	Text     *domain.Personal
}

// Collect opens a change. Content.Hash is set by the use case.
type Collect struct {
	Change    domain.ChangeID
	Content   Content
	Effective domain.Day
	Private   *domain.Personal
	Person    PersonFact
	Batch     *Batch
}

// Resubmit replaces the content of a returned change.
type Resubmit struct {
	Change    domain.ChangeID
	Content   Content
	Effective domain.Day
	Private   *domain.Personal
	Person    PersonFact
}

// Pass passes the next gate. Items are the confirmed checklist items, Hash the
// content that the reviewer saw (empty: the present one).
type Pass struct {
	Change  domain.ChangeID
	Gate    Gate
	Items   []string
	Hash    string
	Opinion *domain.Personal
	Person  PersonFact
	Batch   *Batch
}

// Return gives a change back, field by field.
type Return struct {
	Change  domain.ChangeID
	Gate    Gate
	Fields  []string
	Opinion *domain.Personal
}

// Withdraw ends a change before it is recorded.
type Withdraw struct {
	Change domain.ChangeID
	Text   *domain.Personal
}

// Record records a change that has passed all gates. Process is the claim
// (entry) or the process of the exit.
type Record struct {
	Process domain.ProcessID
	Change  domain.ChangeID
	Hash    string // content the claim was taken for; content-changed otherwise
	Person  PersonFact
	Batch   *Batch
}

// StartOpening, AddPart, CompleteOpening and AbandonOpening are the bracket of
// an opening balance.
type StartOpening struct {
	Process domain.ProcessID
	Rows    int
	Digest  string
}

// AddPart adds rows to the open bracket.
type AddPart struct {
	Process domain.ProcessID
	Part    int
	Rows    []OpeningRow
}

// CloseOpening completes or abandons the bracket.
type CloseOpening struct {
	Process domain.ProcessID
	Text    *domain.Personal // why it is abandoned
}
