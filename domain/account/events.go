package account

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Wire names, one constant per event and version. Old versions stay readable
// for ever.
const (
	TypeUnitEstablished domain.EventType = "unit.established.v1"
	TypeUnitRefused     domain.EventType = "unit.refused.v1"

	TypePoolSet       domain.EventType = "pool.set.v1"
	TypeQuotaOffered  domain.EventType = "quota.offered.v1"
	TypeQuotaGranted  domain.EventType = "quota.granted.v1" // pool → unit
	TypeQuotaCut      domain.EventType = "quota.cut.v1"     // unit → pool
	TypeQuotaMoved    domain.EventType = "quota.moved.v1"   // unit → unit
	TypeQuotaRefused  domain.EventType = "quota.refused.v1"
	TypeQuotaSettled  domain.EventType = "quota.settled.v1"
	TypeQuotaUndone   domain.EventType = "quota.undone.v1"
	TypeQuotaLanded   domain.EventType = "quota.landed.v1"
	TypeQuotaHeldBack domain.EventType = "quota.held-back.v1"
	TypeQuotaFreed    domain.EventType = "quota.freed.v1"

	TypeUseApproved domain.EventType = "use.approved.v1"
	TypeUseExpired  domain.EventType = "use.expired.v1"
	TypeUseRevoked  domain.EventType = "use.revoked.v1"

	TypeStaffingCollected   domain.EventType = "staffing.collected.v1"
	TypeStaffingResubmitted domain.EventType = "staffing.resubmitted.v1"
	TypeStaffingReviewed    domain.EventType = "staffing.reviewed.v1"
	TypeStaffingReturned    domain.EventType = "staffing.returned.v1"
	TypeStaffingWithdrawn   domain.EventType = "staffing.withdrawn.v1"
	TypeStaffingRecorded    domain.EventType = "staffing.recorded.v1"
	TypeStaffingRefused     domain.EventType = "staffing.refused.v1"

	TypeOpeningStarted   domain.EventType = "opening.started.v1"
	TypeOpeningPart      domain.EventType = "opening.part.v1"
	TypeOpeningCompleted domain.EventType = "opening.completed.v1"
	TypeOpeningAbandoned domain.EventType = "opening.abandoned.v1"
)

// Balance is A, O, R, H of one line on one day: authorised, occupied,
// reserved, held back.
type Balance [4]int

// Free returns F = A − O − R − H.
func (b Balance) Free() int { return b[0] - b[1] - b[2] - b[3] }

// Plus returns the sum by component.
func (b Balance) Plus(c Balance) Balance {
	return Balance{b[0] + c[0], b[1] + c[1], b[2] + c[2], b[3] + c[3]}
}

// Minus returns the difference by component.
func (b Balance) Minus(c Balance) Balance {
	return Balance{b[0] - c[0], b[1] - c[1], b[2] - c[2], b[3] - c[3]}
}

// Line is the effect of an event on a line, in clear: the balance before and
// after for the day of the event's time. Apply ignores Before; verify checks it.
type Line struct {
	Key    codes.LineKey `json:"key"`    // the quota line
	Before Balance       `json:"before"` // [A O R H] before the event
	After  Balance       `json:"after"`  // [A O R H] after it
}

// Posting is one movement of a line: from Day on its balance changes by Change.
// The balance on a day is the sum of all postings up to that day.
type Posting struct {
	Line   codes.LineKey `json:"line"`   // the quota line that moves
	Day    domain.Day    `json:"day"`    // first day on which it counts
	Change Balance       `json:"change"` // added to [A O R H]
}

// Movement is embedded by every event that moves a line. Postings are the
// movement by day; Line is absent where nothing changes on the day of time.
type Movement struct {
	Line     *Line     `json:"line,omitempty"`     // effect on the day of the event's time
	Postings []Posting `json:"postings,omitempty"` // the movement by day
}

// Moves returns the postings.
func (m Movement) Moves() []Posting { return m.Postings }

// Moving is implemented by events with postings.
type Moving interface{ Moves() []Posting }

// Batch marks the rows of one batch act.
type Batch = domain.Batch

// UnitEstablished founds a unit; its names are sealed under "unit:<id>".
type UnitEstablished struct {
	Process  domain.ProcessID `json:"process"`
	Code     string           `json:"code"`             // USCC, or a provisional code
	Level    domain.Level     `json:"level"`            // managing level 管理层级
	Parent   domain.UnitID    `json:"parent,omitempty"` // supervising department 主管部门
	Division string           `json:"division"`         // territorial division, GB/T 2260
	System   string           `json:"system"`           // codes table "system"
	Rank     string           `json:"rank"`             // codes table "rank"
	Text     *domain.Personal `json:"text"`             // UnitText
}

// UnitText is the free text of a unit.
type UnitText struct {
	Name       string   `json:"name"`                 // full name
	ShortName  string   `json:"shortname,omitempty"`  // standard short name
	OtherNames []string `json:"othernames,omitempty"` // 挂牌
}

// UnitRefused settles a founding that lost: the code was claimed for it, the
// account did not take it.
type UnitRefused struct {
	Process domain.ProcessID `json:"process"`
	Refusal *domain.Refusal  `json:"refusal"` // why the account did not take it
}

// PoolSet fixes how many posts of a kind the pool of a level holds; the change
// raises or lowers the level's ceiling.
type PoolSet struct {
	Posts int              `json:"posts"`          // the pool's A after the event
	Text  *domain.Personal `json:"text,omitempty"` // ChangeNote
	Movement
}

// QuotaOffered takes n posts from the giver: they are under way until the
// taker's decision, and count once (domain model §14.1).
type QuotaOffered struct {
	Process   domain.ProcessID `json:"process"`
	Taker     domain.Stream    `json:"taker"`          // account-… or pool-…
	TakerLine codes.LineKey    `json:"takerline"`      // line that receives the posts
	GiverLine codes.LineKey    `json:"giverline"`      // line that gives them up
	Posts     int              `json:"posts"`          // how many posts
	Body      string           `json:"body"`           // deciding body: office, committee
	Command   domain.CommandID `json:"command"`        // that the taker's decision will carry
	Digest    string           `json:"digest"`         // of that command's request
	Text      *domain.Personal `json:"text,omitempty"` // ChangeNote
	Movement
}

// QuotaTaken is the taker's decision: granted (pool → unit), cut (unit → pool)
// or moved (unit → unit). Where the effective date lies ahead, LandsOn says so
// and quota.landed raises A.
type QuotaTaken struct {
	Act       domain.EventType `json:"-"` // TypeQuotaGranted, TypeQuotaCut or TypeQuotaMoved
	Process   domain.ProcessID `json:"process"`
	Giver     domain.Stream    `json:"giver"`            // account-… or pool-…
	TakerLine codes.LineKey    `json:"takerline"`        // line that receives the posts
	Posts     int              `json:"posts"`            // how many posts
	LandsOn   domain.Day       `json:"landson,omitzero"` // day ahead on which A rises
	Movement
}

// QuotaRefused is the taker's refusal.
type QuotaRefused struct {
	Process domain.ProcessID `json:"process"`
	Giver   domain.Stream    `json:"giver"`   // account-… or pool-…
	Refusal *domain.Refusal  `json:"refusal"` // why the taker refused
}

// QuotaSettled closes an offer that was taken.
type QuotaSettled struct {
	Process domain.ProcessID `json:"process"`
}

// QuotaUndone gives a refused offer back to the giver, on the very days on
// which it was taken.
type QuotaUndone struct {
	Process domain.ProcessID `json:"process"`
	Movement
}

// QuotaLanded raises A on the due day.
type QuotaLanded struct {
	Process domain.ProcessID `json:"process"`
	Posts   int              `json:"posts"` // how many posts
	Movement
}

// QuotaHeldBack moves free posts to H 控编; quota.freed moves them back.
type QuotaHeldBack struct {
	Posts int              `json:"posts"`          // how many posts
	Text  *domain.Personal `json:"text,omitempty"` // ChangeNote
	Movement
}

// QuotaFreed frees held-back posts.
type QuotaFreed struct {
	Posts int              `json:"posts"`          // how many posts
	Text  *domain.Personal `json:"text,omitempty"` // ChangeNote
	Movement
}

// UseApproved is an approval of use 用编核准: it reserves posts from its day.
type UseApproved struct {
	Approval domain.ApprovalID `json:"approval"`
	LineKey  codes.LineKey     `json:"linekey"`        // line on which posts are reserved
	Posts    int               `json:"posts"`          // how many posts
	Manner   codes.Manner      `json:"manner"`         // manner of entry it is for
	ValidTo  domain.Day        `json:"validto"`        // last day on which it can be drawn
	Human    domain.HumanID    `json:"human"`          // who approved, for the separation of duties
	Text     *domain.Personal  `json:"text,omitempty"` // ApprovalText under "unit:<id>"
	Movement
}

// ApprovalText is the free text of an approval.
type ApprovalText struct {
	Plan string `json:"plan,omitempty"` // plan that the approval belongs to
	Note string `json:"note,omitempty"` // remark
}

// UseExpired frees the undrawn posts on the day after valid-to; it is written
// also when it frees nothing.
type UseExpired struct {
	Approval domain.ApprovalID `json:"approval"`
	Freed    int               `json:"freed"` // undrawn posts that became free
	Kept     int               `json:"kept"`  // drawn posts, kept until their change ends
	Movement
}

// UseRevoked frees the undrawn posts from its own day.
type UseRevoked struct {
	Approval domain.ApprovalID `json:"approval"`
	Freed    int               `json:"freed"`          // undrawn posts that became free
	Kept     int               `json:"kept"`           // drawn posts, kept until their change ends
	Text     *domain.Personal  `json:"text,omitempty"` // ChangeNote
	Movement
}

// Kind of a staffing change.
type Kind string

const (
	Entry Kind = "entry" // 入编
	Exit  Kind = "exit"  // 出编
)

// Content is what a staffing change says, in clear codes; names and texts are
// sealed beside it.
type Content struct {
	Kind       Kind              `json:"kind"` // entry or exit
	Person     domain.PersonID   `json:"person"`
	LineKey    codes.LineKey     `json:"linekey,omitempty"`    // entry: the line to be occupied; exit: the line held, filled in by the decision
	Class      codes.PersonClass `json:"class,omitempty"`      // entry; exit: of the holding, filled in by the decision
	Manner     codes.Manner      `json:"manner,omitempty"`     // entry
	Approval   domain.ApprovalID `json:"approval,omitempty"`   // entry, where one is drawn
	ExitReason codes.ExitReason  `json:"exitreason,omitempty"` // exit
	Hash       string            `json:"hash"`                 // keyed digest of the whole content, clear and sealed; a pass binds it
}

// Particulars are the sealed fields of an entry, under "person:<id>". Dates are
// YYYY-MM-DD or YYYY-MM, codes are of the tables named.
type Particulars struct {
	Name         string `json:"name,omitempty"`         // full name, without blanks
	Sex          string `json:"sex,omitempty"`          // table "sex"
	Birth        string `json:"birth,omitempty"`        // from the ID number
	Ethnicity    string `json:"ethnicity,omitempty"`    // table "ethnicity"
	NativePlace  string `json:"nativeplace,omitempty"`  // 籍贯
	Politics     string `json:"politics,omitempty"`     // table "politics"
	Education    string `json:"education,omitempty"`    // table "education"
	Degree       string `json:"degree,omitempty"`       // table "degree"
	School       string `json:"school,omitempty"`       // school of the highest education
	WorkStart    string `json:"workstart,omitempty"`    // when work began
	InternalBody string `json:"internalbody,omitempty"` // 内设机构
	Post         string `json:"post,omitempty"`         // 职务
	PostRank     string `json:"postrank,omitempty"`     // 职级
	Title        string `json:"title,omitempty"`        // 职称
	Note         string `json:"note,omitempty"`         // remark
}

// StaffingCollected opens a change.
type StaffingCollected struct {
	Change domain.ChangeID `json:"change"`
	Content
	Route       []Gate           `json:"route"`            // gates in order, pinned
	HandlingDue domain.Day       `json:"handlingdue"`      // last day of the handling time, as of collection
	Human       domain.HumanID   `json:"human"`            // who took the step, for the separation of duties
	Private     *domain.Personal `json:"sealed,omitempty"` // Particulars (entry) or ChangeNote (exit)
	Batch       *Batch           `json:"batch,omitempty"`
}

// ChangeNote is the free text of an exit, under "person:<id>", and of every
// other step that says why it was taken, under the key of what it is about.
type ChangeNote struct {
	Note string `json:"note,omitempty"` // remark, or why the step was taken
}

// StaffingResubmitted replaces the content of a returned change. An approval
// that it no longer names gets its post back, or, where it has ended, the post is
// freed from this day.
type StaffingResubmitted struct {
	Change domain.ChangeID `json:"change"`
	Content
	Route       []Gate           `json:"route,omitempty"`  // gates in order, where another class of person has another route
	HandlingDue domain.Day       `json:"handlingdue"`      // moved by the time the change was returned
	Human       domain.HumanID   `json:"human"`            // who took the step, for the separation of duties
	Private     *domain.Personal `json:"sealed,omitempty"` // Resubmission
	Movement
}

// Resubmission is the sealed part of StaffingResubmitted: the content as it now
// is, and each field that changed with its old and new value, codes included.
type Resubmission struct {
	Particulars
	Changed []FieldChange `json:"changed,omitempty"`
}

// FieldChange is one field of a form before and after.
type FieldChange struct {
	Field string `json:"field"`         // name in the form
	Old   string `json:"old,omitempty"` // value before
	New   string `json:"new,omitempty"` // value after
}

// Gate is a reviewer of a route.
type Gate string

const (
	GateUnitHead     Gate = "unit-head"
	GateSupervisor   Gate = "supervisor"
	GateOrganization Gate = "organization"
	GateHR           Gate = "hr"
	GateOffice       Gate = "office"
)

// StaffingReviewed is a gate passed.
type StaffingReviewed struct {
	Change  domain.ChangeID  `json:"change"`
	Person  domain.PersonID  `json:"person"`
	Kind    Kind             `json:"kind"` // entry or exit
	Gate    Gate             `json:"gate"`
	Number  int              `json:"number"`            // 1 = first gate of the route
	Of      int              `json:"of"`                // gates of the route
	Hash    string           `json:"hash"`              // of the content that was passed
	Items   []string         `json:"items"`             // checklist items confirmed
	Human   domain.HumanID   `json:"human"`             // who took the step, for the separation of duties
	Opinion *domain.Personal `json:"opinion,omitempty"` // Opinion under "person:<id>"
	Batch   *Batch           `json:"batch,omitempty"`
}

// Opinion is the sealed text of a gate.
type Opinion struct {
	Text   string            `json:"text,omitempty"`   // the opinion
	Fields map[string]string `json:"fields,omitempty"` // returned: what is wrong, field by field
}

// StaffingReturned is a gate's return; Fields names what is wrong, the words
// are sealed.
type StaffingReturned struct {
	Change  domain.ChangeID  `json:"change"`
	Person  domain.PersonID  `json:"person"`
	Kind    Kind             `json:"kind"` // entry or exit
	Gate    Gate             `json:"gate"`
	Number  int              `json:"number"`  // 1 = first gate of the route
	Of      int              `json:"of"`      // gates of the route
	Fields  []string         `json:"fields"`  // of the form, which are wrong
	Human   domain.HumanID   `json:"human"`   // who took the step, for the separation of duties
	Opinion *domain.Personal `json:"opinion"` // Opinion under "person:<id>"
}

// StaffingWithdrawn ends a change. What it drew goes back to its approval, or
// is freed from this day where the approval has ended.
type StaffingWithdrawn struct {
	Change domain.ChangeID  `json:"change"`
	Person domain.PersonID  `json:"person"`
	Kind   Kind             `json:"kind"`           // entry or exit
	Human  domain.HumanID   `json:"human"`          // who took the step, for the separation of duties
	Text   *domain.Personal `json:"text,omitempty"` // ChangeNote under "person:<id>"
	Movement
}

// StaffingRecorded is the recording: the deciding step of an entry or exit.
// The holding of an entry has the id of its change.
type StaffingRecorded struct {
	Process domain.ProcessID `json:"process"`
	Change  domain.ChangeID  `json:"change"`
	Content
	Holding domain.ChangeID `json:"holding"` // entry: the one made; exit: the one ended
	Human   domain.HumanID  `json:"human"`   // who took the step, for the separation of duties
	Batch   *Batch          `json:"batch,omitempty"`
	Movement
}

// StaffingRefused is the written refusal of a recording whose process had
// begun. It changes no step of the change.
type StaffingRefused struct {
	Process domain.ProcessID `json:"process"`
	Change  domain.ChangeID  `json:"change"`
	Person  domain.PersonID  `json:"person"`
	Kind    Kind             `json:"kind,omitempty"` // entry or exit
	Refusal *domain.Refusal  `json:"refusal"`        // why it was not recorded
}

// OpeningStarted opens a bracket: rows will follow in parts; folds ignore them
// until OpeningCompleted.
type OpeningStarted struct {
	Process domain.ProcessID `json:"process"`
	Rows    int              `json:"rows"`   // rows that will follow
	Digest  string           `json:"digest"` // of the whole list, as the client sent it
}

// OpeningRow is one person in post before the ledger began.
type OpeningRow struct {
	Holding domain.ChangeID   `json:"holding"` // id of the holding that the row makes
	Person  domain.PersonID   `json:"person"`
	LineKey codes.LineKey     `json:"linekey"`          // line occupied
	Class   codes.PersonClass `json:"class"`            // class of staff
	Since   domain.Day        `json:"since"`            // in post from this day
	Private *domain.Personal  `json:"sealed,omitempty"` // Particulars under "person:<id>"
}

// OpeningPart carries rows of an open bracket. The persons are claimed before
// it is written.
type OpeningPart struct {
	Process domain.ProcessID `json:"process"`
	Part    int              `json:"part"` // 0, 1, 2, …
	Rows    []OpeningRow     `json:"rows"` // people in post
}

// OpeningCompleted makes the rows of the bracket valid.
type OpeningCompleted struct {
	Process domain.ProcessID `json:"process"`
	Rows    int              `json:"rows"`  // rows that became valid
	Lines   []Line           `json:"lines"` // effect on each line
}

// OpeningAbandoned closes the bracket without effect.
type OpeningAbandoned struct {
	Process domain.ProcessID `json:"process"`
	Text    *domain.Personal `json:"text,omitempty"` // ChangeNote under "unit:<id>": why
}

func (UnitEstablished) EventType() domain.EventType     { return TypeUnitEstablished }
func (UnitRefused) EventType() domain.EventType         { return TypeUnitRefused }
func (PoolSet) EventType() domain.EventType             { return TypePoolSet }
func (QuotaOffered) EventType() domain.EventType        { return TypeQuotaOffered }
func (e QuotaTaken) EventType() domain.EventType        { return e.Act }
func (QuotaRefused) EventType() domain.EventType        { return TypeQuotaRefused }
func (QuotaSettled) EventType() domain.EventType        { return TypeQuotaSettled }
func (QuotaUndone) EventType() domain.EventType         { return TypeQuotaUndone }
func (QuotaLanded) EventType() domain.EventType         { return TypeQuotaLanded }
func (QuotaHeldBack) EventType() domain.EventType       { return TypeQuotaHeldBack }
func (QuotaFreed) EventType() domain.EventType          { return TypeQuotaFreed }
func (UseApproved) EventType() domain.EventType         { return TypeUseApproved }
func (UseExpired) EventType() domain.EventType          { return TypeUseExpired }
func (UseRevoked) EventType() domain.EventType          { return TypeUseRevoked }
func (StaffingCollected) EventType() domain.EventType   { return TypeStaffingCollected }
func (StaffingResubmitted) EventType() domain.EventType { return TypeStaffingResubmitted }
func (StaffingReviewed) EventType() domain.EventType    { return TypeStaffingReviewed }
func (StaffingReturned) EventType() domain.EventType    { return TypeStaffingReturned }
func (StaffingWithdrawn) EventType() domain.EventType   { return TypeStaffingWithdrawn }
func (StaffingRecorded) EventType() domain.EventType    { return TypeStaffingRecorded }
func (StaffingRefused) EventType() domain.EventType     { return TypeStaffingRefused }
func (OpeningStarted) EventType() domain.EventType      { return TypeOpeningStarted }
func (OpeningPart) EventType() domain.EventType         { return TypeOpeningPart }
func (OpeningCompleted) EventType() domain.EventType    { return TypeOpeningCompleted }
func (OpeningAbandoned) EventType() domain.EventType    { return TypeOpeningAbandoned }

func (e UnitEstablished) Sealed() []*domain.Personal     { return []*domain.Personal{e.Text} }
func (e PoolSet) Sealed() []*domain.Personal             { return []*domain.Personal{e.Text} }
func (e QuotaOffered) Sealed() []*domain.Personal        { return []*domain.Personal{e.Text} }
func (e QuotaHeldBack) Sealed() []*domain.Personal       { return []*domain.Personal{e.Text} }
func (e QuotaFreed) Sealed() []*domain.Personal          { return []*domain.Personal{e.Text} }
func (e UseApproved) Sealed() []*domain.Personal         { return []*domain.Personal{e.Text} }
func (e UseRevoked) Sealed() []*domain.Personal          { return []*domain.Personal{e.Text} }
func (e StaffingCollected) Sealed() []*domain.Personal   { return []*domain.Personal{e.Private} }
func (e StaffingResubmitted) Sealed() []*domain.Personal { return []*domain.Personal{e.Private} }
func (e StaffingReviewed) Sealed() []*domain.Personal    { return []*domain.Personal{e.Opinion} }
func (e StaffingReturned) Sealed() []*domain.Personal    { return []*domain.Personal{e.Opinion} }
func (e StaffingWithdrawn) Sealed() []*domain.Personal   { return []*domain.Personal{e.Text} }
func (e OpeningAbandoned) Sealed() []*domain.Personal    { return []*domain.Personal{e.Text} }
func (e OpeningPart) Sealed() []*domain.Personal {
	sealed := make([]*domain.Personal, len(e.Rows))
	for i := range e.Rows {
		sealed[i] = e.Rows[i].Private
	}
	return sealed
}

// Decode reads the data of an account event: one closed switch. An unknown
// type is an error.
func Decode(t domain.EventType, data []byte) (domain.Payload, error) {
	switch t {
	case TypeUnitEstablished:
		return domain.DecodeData[UnitEstablished](t, data)
	case TypeUnitRefused:
		return domain.DecodeData[UnitRefused](t, data)
	case TypePoolSet:
		return domain.DecodeData[PoolSet](t, data)
	case TypeQuotaOffered:
		return domain.DecodeData[QuotaOffered](t, data)
	case TypeQuotaGranted, TypeQuotaCut, TypeQuotaMoved:
		e, err := domain.DecodeData[QuotaTaken](t, data)
		if err != nil {
			return nil, err
		}
		taken := e.(QuotaTaken)
		taken.Act = t
		return taken, nil
	case TypeQuotaRefused:
		return domain.DecodeData[QuotaRefused](t, data)
	case TypeQuotaSettled:
		return domain.DecodeData[QuotaSettled](t, data)
	case TypeQuotaUndone:
		return domain.DecodeData[QuotaUndone](t, data)
	case TypeQuotaLanded:
		return domain.DecodeData[QuotaLanded](t, data)
	case TypeQuotaHeldBack:
		return domain.DecodeData[QuotaHeldBack](t, data)
	case TypeQuotaFreed:
		return domain.DecodeData[QuotaFreed](t, data)
	case TypeUseApproved:
		return domain.DecodeData[UseApproved](t, data)
	case TypeUseExpired:
		return domain.DecodeData[UseExpired](t, data)
	case TypeUseRevoked:
		return domain.DecodeData[UseRevoked](t, data)
	case TypeStaffingCollected:
		return domain.DecodeData[StaffingCollected](t, data)
	case TypeStaffingResubmitted:
		return domain.DecodeData[StaffingResubmitted](t, data)
	case TypeStaffingReviewed:
		return domain.DecodeData[StaffingReviewed](t, data)
	case TypeStaffingReturned:
		return domain.DecodeData[StaffingReturned](t, data)
	case TypeStaffingWithdrawn:
		return domain.DecodeData[StaffingWithdrawn](t, data)
	case TypeStaffingRecorded:
		return domain.DecodeData[StaffingRecorded](t, data)
	case TypeStaffingRefused:
		return domain.DecodeData[StaffingRefused](t, data)
	case TypeOpeningStarted:
		return domain.DecodeData[OpeningStarted](t, data)
	case TypeOpeningPart:
		return domain.DecodeData[OpeningPart](t, data)
	case TypeOpeningCompleted:
		return domain.DecodeData[OpeningCompleted](t, data)
	case TypeOpeningAbandoned:
		return domain.DecodeData[OpeningAbandoned](t, data)
	}
	return nil, fmt.Errorf("account: unknown event type %q", t)
}
