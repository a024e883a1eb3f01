package text

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// sentence is the catalogue's entry of an event type. The first form whose
// names all have a value is taken; the last one needs none.
type sentence struct {
	title both   // the name of the type
	step  string // code of the step
	tag   both   // the tag's word, where it is not the step's
	sign  string // the tag's sign, where it is not the step's
	forms []form
}

// form is a sentence in both languages (template.go). compose.go gives the
// values of its names; needs lists those that decide whether it is taken.
type form struct{ needs, zh, en string }

// steps are the tags of the timeline: word, sign, tone.
var steps = map[string]status{
	"collected":   {both{"采集", "Collected"}, "+", "slate"},
	"resubmitted": {both{"补正", "Resubmitted"}, "+", "slate"},
	"passed":      {both{"通过", "Passed"}, "✓", "green"},
	"returned":    {both{"退回", "Returned"}, "←", "amber"},
	"withdrawn":   {both{"撤回", "Withdrawn"}, "−", "slate"},
	"recorded":    {both{"录入", "Recorded"}, "●", "blue"},
	"refused":     {both{"拒绝", "Refused"}, "✕", "red"},
	"quota":       {both{"编制", "Quota"}, "=", "slate"},
	"approval":    {both{"用编", "Use"}, "✓", "slate"},
	"unit":        {both{"单位", "Unit"}, "+", "slate"},
	"person":      {both{"人员", "Person"}, "=", "slate"},
	"opening":     {both{"建账", "Opening"}, "+", "slate"},
	"document":    {both{"文件", "Document"}, "+", "slate"},
	"user":        {both{"用户", "User"}, "=", "slate"},
	"policy":      {both{"政策", "Policy"}, "=", "slate"},
	"system":      {both{"系统", "System"}, "…", "slate"},
}

var stepOrder = []string{"collected", "resubmitted", "passed", "returned", "withdrawn", "recorded", "refused",
	"quota", "approval", "unit", "person", "opening", "document", "user", "policy", "system"}

// sentences is the catalogue: who did what to whom, on what document, why.
var sentences = map[domain.EventType]sentence{
	domain.TypeLedgerOpened: {both{"账本开启", "Ledger opened"}, "system", both{"开账", "Opened"}, "+", []form{
		{"", "{actor}开启账本{ledger}[（{demo}）]", "{actor} opened the ledger {ledger}[ ({demo})]"}}},

	// Units.
	account.TypeUnitEstablished: {both{"设立单位", "Unit founded"}, "unit", both{"设立", "Founded"}, "+", []form{
		{"", "{actor}设立{unit}，代码{code}", "{actor} founded {unit}, code {code}"}}},
	account.TypeUnitRefused: {both{"设立单位被拒绝", "Founding refused"}, "refused", both{}, "", []form{
		{"", "{actor}设立{unit}被拒绝：{refusal}", "Refused: {actor} founding {unit}; {refusal}"}}},
	unitcode.TypeClaimed: {both{"占用单位代码", "Unit code claimed"}, "unit", both{"代码", "Code"}, "=", []form{
		{"", "{actor}为{unit}占用代码{code}", "{actor} claimed the code {code} for {unit}"}}},
	unitcode.TypeHeld: {both{"单位代码生效", "Unit code held"}, "unit", both{"代码", "Code"}, "✓", []form{
		{"", "{actor}确认代码{code}归{unit}", "{actor} confirmed that {unit} holds the code {code}"}}},
	unitcode.TypeReleased: {both{"单位代码释放", "Unit code released"}, "unit", both{"代码", "Code"}, "←", []form{
		{"", "{actor}释放代码{code}，{unit}未设立", "{actor} released the code {code}; {unit} was not founded"}}},

	// Quota.
	account.TypePoolSet: {both{"核定机动编制", "Pool set"}, "quota", both{"机动", "Pool"}, "=", []form{
		{"figures", "{actor}核定{unit}{posts}（{figures}）", "{actor} set {unit} to {posts} ({figures})"},
		{"", "{actor}核定{unit}{posts}，与原数相同", "{actor} set {unit} to {posts}, as before"}}},
	account.TypeQuotaOffered: {both{"划出编制", "Quota offered"}, "quota", both{"划出", "Offered"}, "→", []form{
		{"", "{actor}由{unit}划出{posts}，拟划入{taker}[（{figures}）]", "{actor} offered {posts} of {unit} to {taker}[ ({figures})]"}}},
	account.TypeQuotaGranted: {both{"增加编制", "Quota granted"}, "quota", both{"增编", "Granted"}, "+", []form{
		{"landson", "{actor}增加{unit}{posts}，{landson}到位", "{actor} granted {unit} {posts}, landing on {landson}"},
		{"", "{actor}增加{unit}{posts}[（{figures}）]", "{actor} granted {unit} {posts}[ ({figures})]"}}},
	account.TypeQuotaCut: {both{"核减编制", "Quota cut"}, "quota", both{"核减", "Cut"}, "−", []form{
		{"landson", "{actor}核减{giver}{posts}，{landson}收回{unit}", "{actor} cut {posts} of {giver}, landing in {unit} on {landson}"},
		{"", "{actor}核减{giver}{posts}，收回{unit}[（{figures}）]", "{actor} cut {posts} of {giver}, back to {unit}[ ({figures})]"}}},
	account.TypeQuotaMoved: {both{"划转编制", "Quota moved"}, "quota", both{"划转", "Moved"}, "→", []form{
		{"landson", "{actor}由{giver}划转{posts}至{unit}，{landson}到位", "{actor} moved {posts} from {giver} to {unit}, landing on {landson}"},
		{"", "{actor}由{giver}划转{posts}至{unit}[（{figures}）]", "{actor} moved {posts} from {giver} to {unit}[ ({figures})]"}}},
	account.TypeQuotaRefused: {both{"划入编制被拒绝", "Quota refused"}, "refused", both{}, "", []form{
		{"", "{actor}由{giver}向{unit}划入编制被拒绝：{refusal}", "Refused: {actor} moving posts from {giver} to {unit}; {refusal}"}}},
	account.TypeQuotaSettled: {both{"划出编制办结", "Quota settled"}, "quota", both{"办结", "Settled"}, "✓", []form{
		{"", "{actor}办结{unit}划出编制，对方已接收", "{actor} settled the posts given by {unit}; the other side has taken them"}}},
	account.TypeQuotaUndone: {both{"划出编制退还", "Quota given back"}, "quota", both{"退还", "Undone"}, "←", []form{
		{"", "{actor}退还{unit}[{posts}]，对方未接收[（{figures}）]", "{actor} gave [{posts} ]back to {unit}; the other side did not take them[ ({figures})]"}}},
	account.TypeQuotaLanded: {both{"编制到位", "Quota landed"}, "system", both{"到位", "Landed"}, "+", []form{
		{"", "{actor}使{unit}{posts}到位[（{figures}）]", "{actor} landed {posts} in {unit}[ ({figures})]"}}},
	account.TypeQuotaHeldBack: {both{"控编", "Quota held back"}, "quota", both{"控编", "Held back"}, "=", []form{
		{"", "{actor}控制{unit}{posts}[（{figures}）]", "{actor} held back {posts} in {unit}[ ({figures})]"}}},
	account.TypeQuotaFreed: {both{"解除控编", "Quota freed"}, "quota", both{"解控", "Freed"}, "+", []form{
		{"", "{actor}解除控制{unit}{posts}[（{figures}）]", "{actor} freed {posts} held back in {unit}[ ({figures})]"}}},

	// Approvals of use.
	account.TypeUseApproved: {both{"用编核准", "Use approved"}, "approval", both{"核准", "Approved"}, "✓", []form{
		{"", "{actor}核准{unit}用编{n}，{validto}前有效", "{actor} approved {n} for {unit} until {validto}"}}},
	account.TypeUseExpired: {both{"用编核准到期", "Approval expired"}, "system", both{"到期", "Expired"}, "−", []form{
		{"freed", "{actor}终止用编核准{approval}，恢复空余{freed}[，在办{kept}保留]", "{actor} ended approval {approval}, restoring {freed}[; {kept} drawn and kept]"},
		{"", "{actor}终止用编核准{approval}，无可恢复名额[，在办{kept}保留]", "{actor} ended approval {approval}, with none to restore[; {kept} drawn and kept]"}}},
	account.TypeUseRevoked: {both{"撤销用编核准", "Approval revoked"}, "approval", both{"撤销", "Revoked"}, "✕", []form{
		{"freed", "{actor}撤销用编核准{approval}，恢复空余{freed}[，在办{kept}保留]", "{actor} revoked approval {approval}, restoring {freed}[; {kept} drawn and kept]"},
		{"", "{actor}撤销用编核准{approval}，无可恢复名额[，在办{kept}保留]", "{actor} revoked approval {approval}, with none to restore[; {kept} drawn and kept]"}}},

	// Staffing.
	account.TypeStaffingCollected: {both{"采集变动", "Change collected"}, "collected", both{}, "", []form{
		{"entry", "{actor}采集{person}入编，占{posts}", "{actor} collected the entry of {person}, {posts}"},
		{"posts", "{actor}采集{person}{kind}，拟腾出{posts}", "{actor} collected the {kind} of {person}, to free {posts}"},
		{"", "{actor}采集{person}{kind}", "{actor} collected the {kind} of {person}"}}},
	account.TypeStaffingResubmitted: {both{"补正重报", "Change resubmitted"}, "resubmitted", both{}, "", []form{
		{"", "{actor}补正重报{person}{kind}[：{changed}]", "{actor} resubmitted the {kind} of {person}[: {changed}]"}}},
	account.TypeStaffingReviewed: {both{"审核通过", "Gate passed"}, "passed", both{}, "", []form{
		{"", "{actor}通过{person}{kind}，第{number}道共{of}道", "{actor} passed the {kind} of {person}, gate {number} of {of}"}}},
	account.TypeStaffingReturned: {both{"退回补正", "Change returned"}, "returned", both{}, "", []form{
		{"", "{actor}退回{person}{kind}[：{opinion}]", "{actor} returned the {kind} of {person}[: {opinion}]"}}},
	account.TypeStaffingWithdrawn: {both{"撤回变动", "Change withdrawn"}, "withdrawn", both{}, "", []form{
		{"", "{actor}撤回{person}{kind}[，恢复空余{freed}]", "{actor} withdrew the {kind} of {person}[, restoring {freed}]"}}},
	account.TypeStaffingRecorded: {both{"录入变动", "Change recorded"}, "recorded", both{}, "", []form{
		{"entry", "{actor}录入{person}入编，自{effective}生效，占{posts}", "{actor} recorded the entry of {person} from {effective}, taking {posts}"},
		{"", "{actor}录入{person}{kind}，自{effective}生效，腾出{posts}", "{actor} recorded the {kind} of {person} from {effective}, freeing {posts}"}}},
	account.TypeStaffingRefused: {both{"录入被拒绝", "Recording refused"}, "refused", both{}, "", []form{
		{"", "{actor}录入{person}{kind}被拒绝：{refusal}", "Refused: {actor} recording the {kind} of {person}; {refusal}"}}},

	// Opening balance.
	account.TypeOpeningStarted: {both{"开始建账", "Opening started"}, "opening", both{"建账", "Opening"}, "…", []form{
		{"", "{actor}开始{unit}建账，共{people}", "{actor} started the opening balance of {unit}, {people}"}}},
	account.TypeOpeningPart: {both{"建账名单", "Opening part"}, "opening", both{"建账", "Opening"}, "…", []form{
		{"", "{actor}写入{unit}建账第{part}批，{people}", "{actor} wrote part {part} of the opening balance of {unit}, {people}"}}},
	account.TypeOpeningCompleted: {both{"完成建账", "Opening completed"}, "opening", both{"建账", "Opening"}, "✓", []form{
		{"", "{actor}完成{unit}建账，{people}在编", "{actor} completed the opening balance of {unit}, {people} in post"}}},
	account.TypeOpeningAbandoned: {both{"放弃建账", "Opening abandoned"}, "opening", both{"建账", "Opening"}, "✕", []form{
		{"", "{actor}放弃{unit}建账，已写入的名单不生效", "{actor} abandoned the opening balance of {unit}; its rows have no effect"}}},

	// Persons.
	person.TypeRegistered: {both{"登记人员", "Person registered"}, "person", both{"登记", "Registered"}, "+", []form{
		{"", "{actor}登记人员{person}", "{actor} registered {person}"}}},
	person.TypeClaimed: {both{"预占", "Person claimed"}, "person", both{"预占", "Claimed"}, "→", []form{
		{"opening", "{actor}为{unit}建账预占{person}", "{actor} claimed {person} for the opening balance of {unit}"},
		{"", "{actor}为{unit}入编预占{person}", "{actor} claimed {person} for the entry into {unit}"}}},
	person.TypeHeld: {both{"确认在编", "Holding confirmed"}, "person", both{"在编", "Held"}, "✓", []form{
		{"", "{actor}确认{person}在{unit}在编", "{actor} confirmed that {person} holds a post in {unit}"}}},
	person.TypeReleased: {both{"解除占编", "Person released"}, "person", both{"解除", "Released"}, "←", []form{
		{"holding", "{actor}确认{person}已从{unit}出编", "{actor} confirmed that {person} left the post in {unit}"},
		{"", "{actor}解除对{person}的预占，{unit}未录入", "{actor} released the claim on {person}; {unit} did not record it"}}},

	// Documents, people of the system, policy.
	document.TypeRegistered: {both{"登记文件", "Document registered"}, "document", both{"文件", "Document"}, "+", []form{
		{"", "{actor}登记文件{document}[：{title}]", "{actor} registered the document {document}[: {title}]"}}},
	user.TypeRegistered: {both{"登记用户", "User registered"}, "user", both{"用户", "User"}, "+", []form{
		{"", "{actor}登记用户{user}", "{actor} registered the user {user}"}}},
	user.TypeDisabled: {both{"停用用户", "User disabled"}, "user", both{"停用", "Disabled"}, "✕", []form{
		{"", "{actor}停用用户{user}", "{actor} disabled the user {user}"}}},
	user.TypeRoleProposed: {both{"提名角色", "Role proposed"}, "user", both{"提名", "Proposed"}, "●", []form{
		{"", "{actor}提名{user}任{role}，范围为{scope}，待另一管理员确认", "{actor} proposed {user} as {role} for {scope}; a second administrator must confirm"}}},
	user.TypeRoleGranted: {both{"授予角色", "Role granted"}, "user", both{"授权", "Granted"}, "+", []form{
		{"", "{actor}授予{user}{role}角色，范围为{scope}", "{actor} granted {user} the role {role} for {scope}"}}},
	user.TypeRoleRevoked: {both{"收回角色", "Role revoked"}, "user", both{"收回", "Revoked"}, "−", []form{
		{"", "{actor}收回{user}的授权{grant}", "{actor} revoked the grant {grant} of {user}"}}},
	policy.TypeSet: {both{"设定政策", "Policy set"}, "policy", both{"政策", "Policy"}, "=", []form{
		{"", "{actor}设定{policy}政策第{version}版，自{from}起施行", "{actor} set version {version} of the policy {policy}, in force from {from}"}}},
	policy.TypeCalendarSet: {both{"设定工作日历", "Calendar set"}, "policy", both{"日历", "Calendar"}, "=", []form{
		{"", "{actor}设定{year}年工作日历：节假日{holidays}，调休上班{workdays}", "{actor} set the working days of {year}: {holidays} of holiday, {workdays} of weekend work"}}},
}

// StepOf is the code of the step that an event of the type is.
func StepOf(t domain.EventType) string { return sentences[t].step }
