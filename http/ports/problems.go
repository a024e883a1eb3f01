package ports

import (
	"net/http"

	"staffledger/domain"
)

// ProblemPrefix begins the type of every problem (RFC 9457): it is followed by
// the name of the refusal.
const ProblemPrefix = "urn:staffledger:problem:"

// RefusalStatus is the one table from refusal to HTTP status. Who may not act
// gets 403, what is written wrongly 422, what the state of things forbids 409;
// an unknown thing is not found.
var RefusalStatus = map[string]int{
	domain.NotAuthorised:       http.StatusForbidden,
	domain.OutOfJurisdiction:   http.StatusForbidden,
	domain.SecondAdminNeeded:   http.StatusForbidden,
	domain.SamePerson:          http.StatusForbidden,
	domain.OwnFile:             http.StatusForbidden,
	domain.FieldMissing:        http.StatusUnprocessableEntity,
	domain.FieldMalformed:      http.StatusUnprocessableEntity,
	domain.CodeUnknownOnDate:   http.StatusUnprocessableEntity,
	domain.DocumentMissing:     http.StatusUnprocessableEntity,
	domain.DocumentUnknown:     http.StatusUnprocessableEntity,
	domain.FutureDated:         http.StatusUnprocessableEntity,
	domain.TooFarBack:          http.StatusUnprocessableEntity,
	domain.CalendarMissing:     http.StatusUnprocessableEntity,
	domain.CodeInUse:           http.StatusConflict,
	domain.UnknownThing:        http.StatusNotFound,
	domain.BulkOpen:            http.StatusConflict,
	domain.WrongStep:           http.StatusConflict,
	domain.NotHeldHere:         http.StatusConflict,
	domain.ContentChanged:      http.StatusConflict,
	domain.ChecklistIncomplete: http.StatusConflict,
	domain.ApprovalRequired:    http.StatusConflict,
	domain.ApprovalExpired:     http.StatusConflict,
	domain.ApprovalExhausted:   http.StatusConflict,
	domain.ApprovalMismatch:    http.StatusConflict,
	domain.HoldsPostElsewhere:  http.StatusConflict,
	domain.PersonBusy:          http.StatusConflict,
	domain.KindMismatch:        http.StatusConflict,
	domain.NotConserved:        http.StatusConflict,
	domain.CutBelowOccupied:    http.StatusConflict,
	domain.PoolExhausted:       http.StatusConflict,
	domain.OverQuota:           http.StatusConflict,
	domain.NoFreePost:          http.StatusConflict,
	domain.NoFreePostOnDate:    http.StatusConflict,
}
