package main

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// headOf says what the head of a type carries beside what every event has, and
// where its rule stands. An attribute with "?" is there where it applies. Its
// examples are held against it.
type headOf struct {
	stream string // of the trade's name
	attrs  string // attributes of the head, parted by blanks
	tags   string // kinds of tags
	rule   string // place in the domain model, and the file that decides
}

const (
	accountStream = "account-<unit id>"
	poolStream    = "pool-<level>"
	eitherStream  = "account-<unit id> or pool-<level>"
	personStream  = "person-<person id>"
	codeStream    = "unitcode-<code>"
	userStream    = "user-<user id>"
)

var heads = map[domain.EventType]headOf{
	domain.TypeLedgerOpened: {"ledger", "", "", "§12; domain/usecase/service.go"},

	account.TypeUnitEstablished: {accountStream, "effective documentid commandid causationid? correlationid", "process unit", "§2, §12; domain/account/unit.go"},
	account.TypeUnitRefused:     {accountStream, "causationid? correlationid", "process unit", "§2; domain/account/unit.go"},
	unitcode.TypeClaimed:        {codeStream, "effective documentid correlationid", "process unit", "§2: one holder at a time; domain/unitcode/unitcode.go"},
	unitcode.TypeHeld:           {codeStream, "causationid correlationid", "process unit", "§2; domain/unitcode/unitcode.go"},
	unitcode.TypeReleased:       {codeStream, "causationid correlationid", "process unit", "§2; domain/unitcode/unitcode.go"},

	account.TypePoolSet:       {poolStream, "effective documentid commandid correlationid", "", "§3: total control; domain/account/quota.go"},
	account.TypeQuotaOffered:  {eitherStream, "effective documentid correlationid", "process unit?", "§3, §14.1; domain/account/quota.go"},
	account.TypeQuotaGranted:  {accountStream, "effective documentid commandid causationid? correlationid", "process unit", "§3, §14.1; domain/account/quota.go"},
	account.TypeQuotaCut:      {poolStream, "effective documentid commandid causationid? correlationid", "process", "§3, §14.1; domain/account/quota.go"},
	account.TypeQuotaMoved:    {accountStream, "effective documentid commandid causationid? correlationid", "process unit", "§3, §14.1; domain/account/quota.go"},
	account.TypeQuotaRefused:  {eitherStream, "causationid? correlationid", "process unit?", "§3; domain/account/quota.go"},
	account.TypeQuotaSettled:  {eitherStream, "causationid correlationid", "process unit?", "§14.1; domain/account/quota.go"},
	account.TypeQuotaUndone:   {eitherStream, "effective causationid correlationid", "process unit?", "§14.1; domain/account/quota.go"},
	account.TypeQuotaLanded:   {eitherStream, "effective documentid onbehalfof", "process unit?", "§4: quota lands when due; domain/account/due.go"},
	account.TypeQuotaHeldBack: {accountStream, "effective documentid commandid correlationid", "unit", "§3: held back; domain/account/quota.go"},
	account.TypeQuotaFreed:    {accountStream, "effective documentid commandid correlationid", "unit", "§3: held back; domain/account/quota.go"},

	account.TypeUseApproved: {accountStream, "effective documentid commandid correlationid", "approval unit", "§3, §5: approvals of use; domain/account/approvals.go"},
	account.TypeUseExpired:  {accountStream, "effective documentid onbehalfof", "approval unit", "§3, §5; domain/account/due.go"},
	account.TypeUseRevoked:  {accountStream, "effective documentid commandid correlationid", "approval unit", "§3, §5; domain/account/approvals.go"},

	account.TypeStaffingCollected:   {accountStream, "effective documentid reasoncode commandid correlationid onbehalfof?", "approval? change person unit", "§5; domain/account/staffing.go"},
	account.TypeStaffingResubmitted: {accountStream, "effective documentid reasoncode commandid correlationid onbehalfof?", "approval? change person unit", "§5; domain/account/staffing.go"},
	account.TypeStaffingReviewed:    {accountStream, "commandid correlationid", "approval? change person unit", "§5, §10; domain/account/gates.go"},
	account.TypeStaffingReturned:    {accountStream, "commandid correlationid", "approval? change person unit", "§5; domain/account/gates.go"},
	account.TypeStaffingWithdrawn:   {accountStream, "commandid correlationid onbehalfof?", "approval? change person unit", "§5; domain/account/staffing.go"},
	account.TypeStaffingRecorded:    {accountStream, "effective documentid reasoncode commandid causationid? correlationid", "approval? change person process unit", "§3, §4, §5, §10; domain/account/recording.go"},
	account.TypeStaffingRefused:     {accountStream, "causationid? correlationid", "change person process unit", "§13; domain/account/recording.go"},

	account.TypeOpeningStarted:   {accountStream, "documentid commandid correlationid", "process unit", "§12; domain/account/opening.go"},
	account.TypeOpeningPart:      {accountStream, "documentid commandid correlationid", "process unit", "§12; domain/account/opening.go"},
	account.TypeOpeningCompleted: {accountStream, "documentid commandid correlationid", "process unit", "§12, §14.2; domain/account/opening.go"},
	account.TypeOpeningAbandoned: {accountStream, "commandid correlationid", "process unit", "§12; domain/account/opening.go"},

	person.TypeRegistered: {personStream, "correlationid", "", "§2; domain/person/person.go"},
	person.TypeClaimed:    {personStream, "effective correlationid", "process", "§14.3; domain/person/person.go"},
	person.TypeHeld:       {personStream, "effective causationid correlationid", "process", "§14.3; domain/person/person.go"},
	person.TypeReleased:   {personStream, "effective? causationid correlationid", "process", "§14.3; domain/person/person.go"},

	document.TypeRegistered: {"document-<document id>", "commandid correlationid", "document", "§11; domain/document/document.go"},
	policy.TypeSet:          {"policy-<name>", "effective documentid commandid correlationid", "", "§15; domain/policy/decide.go"},
	policy.TypeCalendarSet:  {"calendar-<year>", "documentid commandid correlationid", "", "§4, §15; domain/policy/decide.go"},
	user.TypeRegistered:     {userStream, "commandid? correlationid?", "", "§10; domain/user/user.go"},
	user.TypeDisabled:       {userStream, "commandid correlationid", "", "§10; domain/user/user.go"},
	user.TypeRoleProposed:   {userStream, "commandid correlationid", "", "§10: second administrator; domain/user/user.go"},
	user.TypeRoleGranted:    {userStream, "commandid? correlationid?", "", "§10; domain/user/user.go"},
	user.TypeRoleRevoked:    {userStream, "commandid correlationid", "", "§10; domain/user/user.go"},
}

// attributes says what each attribute of the head is, in the order of the
// encoding.
var attributes = []struct{ name, meaning string }{
	{"specversion", "`1.0`, of CloudEvents"},
	{"id", "the event's own id, a UUID; in a command UUIDv5(command, stream, i), in a process from process, step and outcome"},
	{"source", "`urn:uuid:` and the ledger's id, drawn at first start and recorded in entry 0"},
	{"type", "wire name and version, such as `staffing.recorded.v1`"},
	{"subject", "the stream: a kind, a hyphen and a key, or `ledger`"},
	{"time", "when the step was taken: RFC 3339 with milliseconds and +08:00"},
	{"sequence", "revision in the stream, from 0, 19 digits"},
	{"partitionkey", "the key in the stream's name"},
	{"tags", "`kind:id`, sorted, parted by one blank: what the event is found by"},
	{"authtype", "`user` or `system`"},
	{"authid", "user id; `clock` for what falls due, `setup` for what the first start writes"},
	{"actorrole", "role in which the step was taken"},
	{"onbehalfof", "the unit a supervisor collects for, or the user who answers for what falls due"},
	{"decidedat", "last position that the decision had seen, 19 digits; absent in the stream `ledger`"},
	{"commandid", "UUIDv5(actor, Idempotency-Key), on the event that decides a command and accepts it"},
	{"requestdigest", "keyed digest of route, target and body; only with `commandid`"},
	{"effective", "day from which the change takes effect, YYYY-MM-DD; the due date on what falls due"},
	{"documentid", "the registered document it rests on"},
	{"reasoncode", "reason for an exit, or manner of an entry"},
	{"correlationid", "the command that the step belongs to"},
	{"causationid", "the event that the step follows"},
	{"traceparent", "W3C trace context of the request"},
	{"dataschema", "not used in this version"},
	{"data", "the payload: a JSON object"},
}
