package example

import "staffledger/domain"

// Refusals returns examples in the order of judging. Every refusal has at least
// one, and every ruling of the catalogue is met by one; the first of a name is
// the one that documents show.
func Refusals() []*domain.Refusal {
	r := domain.Refuse
	unit, change, approval := string(Water), string(EntryChange), string(Approval)
	line, partly := string(administrative), string(institution)
	full := []any{"line", line, "day", "2026-11-24", "A", 50, "O", 46, "R", 2, "H", 2, "F", 0}
	some := []any{"line", partly, "day", "2026-11-24", "A", 12, "O", 9, "R", 0, "H", 1, "F", 2}
	dip := []any{"line", partly, "day", "2026-03-04", "A", 10, "O", 9, "R", 0, "H", 1, "F", 0}
	over := []any{"line", "worker/full", "day", "2026-11-24", "A", 4, "O", 5, "R", 0, "H", 0, "F", -1}
	pool := []any{"line", line, "day", "2026-11-24", "A", 2, "O", 0, "R", 0, "H", 0, "F", 2}
	with := func(facts []any, more ...any) []any { return append(append([]any{}, facts...), more...) }
	step := func(needed, status string, more ...any) *domain.Refusal {
		return r(domain.WrongStep, "change", with([]any{"change", change, "status", status, "needed", needed}, more...)...)
	}
	return []*domain.Refusal{
		r(domain.NotAuthorised, "", "command", "use.approve", "role", "recorder", "needed", []string{"approver"}),
		r(domain.NotAuthorised, "", "command", "use.approve"),
		r(domain.OutOfJurisdiction, "unit", "unit", unit, "role", "gate:office"),
		r(domain.OutOfJurisdiction, "level", "level", "330200"),
		r(domain.OutOfJurisdiction, ""),
		r(domain.SecondAdminNeeded, "role", "role", "recorder", "grant", ID[string]("grant office")),

		r(domain.SamePerson, "actor", "change", change, "step", "collected"),
		r(domain.SamePerson, "actor", "change", change, "step", "resubmitted"),
		r(domain.SamePerson, "actor", "change", change, "step", "gate:hr"),
		r(domain.SamePerson, "actor", "change", change, "step", "approved"),
		r(domain.SamePerson, "actor", "change", change, "step", "withdrawn"),
		r(domain.OwnFile, "person"),

		r(domain.FieldMissing, "effective"),
		r(domain.FieldMissing, "fields"),
		r(domain.FieldMissing, "idnumber", "row", 3),
		r(domain.FieldMissing, ""),
		r(domain.FieldMalformed, "validto", "day", "2027-06-30", "earliest", "2026-11-24", "latest", "2027-02-22", "rule", "approval-validity"),
		r(domain.FieldMalformed, "posts", with(full, "posts", 3, "rule", "held-back")...),
		r(domain.FieldMalformed, "kind", "rule", "route", "kind", "entry"),
		r(domain.FieldMalformed, "person", "rule", "same-person-and-kind"),
		r(domain.FieldMalformed, "effective", "day", "2020-01-01", "earliest", "2021-07-01", "rule", "exit-before-entry"),
		r(domain.FieldMalformed, "rows", "rule", "opening-rows", "rows", 65, "of", 62),
		r(domain.FieldMalformed, "person", "row", 16, "rule", "person-twice"),
		r(domain.FieldMalformed, "idnumber", "rule", "check-digit", "at", 18, "expected", "X"),
		r(domain.FieldMalformed, "code", "rule", "check-digit"),
		r(domain.FieldMalformed, "idnumber", "rule", "length", "expected", 18),
		r(domain.FieldMalformed, "note", "rule", "length", "max", 2000),
		r(domain.FieldMalformed, "code", "rule", "length"),
		r(domain.FieldMalformed, "birth", "rule", "date", "value", "1999-02-30"),
		r(domain.FieldMalformed, "effective", "rule", "unheard-of", "earliest", "2026-01-01", "latest", "2026-12-31"),
		r(domain.FieldMalformed, "effective", "rule", "unheard-of", "earliest", "2026-01-01"),
		r(domain.FieldMalformed, "posts", "min", 1, "max", 99999),
		r(domain.FieldMalformed, "posts", "max", 99999),
		r(domain.FieldMalformed, "linekey"),
		r(domain.CodeUnknownOnDate, "division", "table", "division", "code", "330204", "day", "2026-11-24"),
		r(domain.CodeUnknownOnDate, "rank", "table", "rank", "code", "999"),
		r(domain.DocumentMissing, "document"),
		r(domain.DocumentUnknown, "document", "document", ID[string]("document nobody registered")),
		r(domain.FutureDated, "effective", "day", "2026-12-01", "today", "2026-11-24"),
		r(domain.FutureDated, "since", "row", 4, "day", "", "today", "2026-11-24"),
		r(domain.TooFarBack, "effective", "day", "2023-01-01", "earliest", "2024-11-24", "months", 24),
		r(domain.CalendarMissing, "", "year", 2028),
		r(domain.CalendarMissing, ""),
		r(domain.CodeInUse, "code", "code", WaterCode, "unit", unit),
		r(domain.CodeInUse, "signin", "code", "wumin"),

		r(domain.UnitAbolished, "unit", "unit", unit, "day", "2026-03-16"),
		r(domain.UnknownThing, "unit", "unit", ID[string]("nothing")),
		r(domain.UnknownThing, "change", "change", ID[string]("nothing")),
		r(domain.UnknownThing, "approval", "approval", ID[string]("nothing")),
		r(domain.UnknownThing, "user", "user", ID[string]("nothing")),
		r(domain.UnknownThing, "grant", "grant", ID[string]("nothing")),
		r(domain.UnknownThing, "person", "person", ID[string]("nothing")),
		r(domain.UnknownThing, "document", "document", ID[string]("nothing")),
		r(domain.UnknownThing, ""),
		r(domain.BulkOpen, "unit", "process", string(bracket), "rows", 40, "of", 62),
		step("gate:office", "review", "gate", "organization", "number", 1, "of", 3),
		r(domain.WrongStep, "person", "change", change, "needed", "change-ended"),
		step("gate:office", "review"),
		step("gate:office", "returned"),
		step("gate:office", "recorded"),
		step("record", "review", "gate", "hr", "number", 2, "of", 3),
		step("record", "returned"),
		step("returned", "review", "gate", "hr", "number", 2, "of", 3),
		step("live", "withdrawn"),
		r(domain.WrongStep, "opening", "needed", "opening-started"),
		r(domain.WrongStep, "rows", "rows", 40, "of", 62, "needed", "all-rows"),
		r(domain.WrongStep, "unit", "needed", "unit-not-established"),
		r(domain.WrongStep, "part", "part", 4, "needed", 2),
		step("something-else", "review"),
		r(domain.WrongStep, ""),
		r(domain.NotHeldHere, "person", "unit", unit),
		r(domain.ContentChanged, "change", "change", change),
		r(domain.ChecklistIncomplete, "items", "gate", "office", "missing", []string{"headroom", "problems"}),
		r(domain.ChecklistIncomplete, "items"),

		r(domain.ApprovalRequired, "approval", "manner", "exam"),
		r(domain.ApprovalExpired, "approval", "approval", approval, "validto", "2026-10-31"),
		r(domain.ApprovalExhausted, "approval", "approval", approval, "posts", 2, "drawn", 1, "consumed", 1),
		r(domain.ApprovalMismatch, "approval", "approval", approval, "line", line, "manner", "exam"),
		r(domain.ApprovalMismatch, "approval", "approval", string(Other), "needed", "approval-of-this-unit"),

		r(domain.HoldsPostElsewhere, "person", "unit", string(Harbour)),
		r(domain.HoldsPostElsewhere, "person", "unit", unit, "line", line),
		r(domain.HoldsPostElsewhere, "effective", "day", "2026-11-01", "until", "2026-11-24"),
		r(domain.HoldsPostElsewhere, "person"),
		r(domain.PersonBusy, "person"),

		r(domain.KindMismatch, "class", "line", line, "class", "professional"),
		r(domain.KindMismatch, "takerline", "line", line, "takerline", partly),
		r(domain.CutBelowOccupied, "posts", with(full, "posts", 5)...),
		r(domain.PoolExhausted, "posts", with(pool, "posts", 3)...),
		r(domain.OverQuota, "line", over...),
		r(domain.NoFreePost, "line", full...),
		r(domain.NoFreePost, "posts", some...),
		r(domain.NoFreePost, "rows", full...),
		r(domain.NoFreePost, "posts", full...),
		r(domain.NoFreePostOnDate, "line", dip...),
		r(domain.NoFreePostOnDate, "posts", with(some[:2], "day", "2026-03-04", "A", 12, "O", 9, "R", 0, "H", 1, "F", 2)...),
	}
}
