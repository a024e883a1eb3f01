package example

import (
	"errors"
	"slices"
	"strings"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
)

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
	return slices.Concat([]*domain.Refusal{
		r(domain.NotAuthorised, "role", "role", "recorder", "roles", []domain.Role{domain.Approver}),
		r(domain.NotAuthorised, "actor", "roles", []domain.Role{domain.Leader, domain.Committee}),
		r(domain.NotAuthorised, "posts", "roles", []domain.Role{domain.Committee}, "posts", 30, "max", 20),
		r(domain.NotAuthorised, ""),
		r(domain.OutOfJurisdiction, "unit", "unit", unit, "level", "330200", "roles", []domain.Role{domain.GateOffice}),
		r(domain.OutOfJurisdiction, "level", "level", "330200"),
		r(domain.OutOfJurisdiction, ""),
		r(domain.SecondAdminNeeded, "actor", "admins", 1),
		r(domain.SecondAdminNeeded, "role", "role", "recorder", "grant", ID[string]("grant office")),

		r(domain.SamePerson, "actor", "change", change, "step", "collected"),
		r(domain.SamePerson, "actor", "change", change, "step", "resubmitted"),
		r(domain.SamePerson, "actor", "change", change, "step", "gate:hr"),
		r(domain.SamePerson, "actor", "change", change, "step", "approved"),
		r(domain.SamePerson, "actor", "change", change, "step", "withdrawn"),
		r(domain.SamePerson, "actor", "grant", ID[string]("grant office"), "step", "proposed"),
		r(domain.OwnFile, "person"),
		r(domain.OwnFile, "user", "user", string(Admin)),

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
		r(domain.FieldMalformed, "idempotency-key", "rule", "idempotency-key"),
		r(domain.FieldMalformed, "idnumber", "rule", "idnumber-differs"),
		r(domain.FieldMalformed, "name", "rule", "name-differs"),
		r(domain.FieldMalformed, "kind", "rule", "one-kind"),
		r(domain.FieldMalformed, "fields", "rule", "field-unknown", "value", "hobby"),
		r(domain.FieldMalformed, "rows", "rule", "too-many-rows", "rows", 612, "max", 500),
		r(domain.FieldMalformed, "parent", "rule", "parent-level", "level", "330203"),
		r(domain.FieldMalformed, "items", "rule", "item-key", "value", "Every Thing"),
		r(domain.FieldMalformed, "rows.0.kind", "rule", "json-type", "want", "string"),
		r(domain.FieldMalformed, "effective", "rule", "json-null"),
		r(domain.FieldMalformed, "colour", "rule", "json-unknown"),
		r(domain.FieldMalformed, "name", "rule", "json-twice"),
		r(domain.FieldMalformed, "person", "rule", "pattern", "form", "^[0-9a-f-]+$"),
		r(domain.FieldMalformed, "kind", "rule", "choice", "choices", []string{"entry", "exit"}),
		r(domain.FieldMalformed, "size", "rule", "missing"),
		r(domain.FieldMalformed, "new", "rule", "password-length", "min", 10, "max", 128),
		r(domain.FieldMalformed, "new", "rule", "password-name"),
		r(domain.FieldMalformed, "new", "rule", "password-same"),
		r(domain.FieldMalformed, "items", "rule", "item-unknown", "gate", "office", "found", "lock"),
		r(domain.FieldMalformed, "rows", "rule", "change-twice", "change", change, "row", 7, "first", 2),
		r(domain.FieldMalformed, "signin", "rule", "signin-form", "min", 2, "max", 32),
		r(domain.FieldMalformed, "signin", "rule", "signin-taken"),
		r(domain.FieldMalformed, "role", "rule", "role", "value", "emperor"),
		r(domain.FieldMalformed, "posts", "rule", "posts", "posts", 0, "min", 1, "max", 99999),
		r(domain.FieldMalformed, "giver", "rule", "quota-side"),
		r(domain.FieldMalformed, "taker", "rule", "quota-self"),
		r(domain.FieldMalformed, "taker", "rule", "quota-pools"),
		r(domain.FieldMalformed, "kind", "rule", "kind", "value", "transfer"),
		r(domain.FieldMalformed, "manner", "rule", "not-of-this-kind"),
		r(domain.FieldMalformed, "birth", "rule", "birth-idnumber"),
		r(domain.FieldMalformed, "digest", "rule", "digest"),
		r(domain.FieldMalformed, "scope", "rule", "admin-scope"),
		r(domain.FieldMalformed, "effective", "rule", "unheard-of", "earliest", "2026-01-01", "latest", "2026-12-31"),
		r(domain.FieldMalformed, "effective", "rule", "unheard-of", "earliest", "2026-01-01"),
		r(domain.FieldMalformed, "effective", "rule", "unheard-of", "latest", "2026-12-31"),
		r(domain.FieldMalformed, "posts", "min", 1, "max", 99999),
		r(domain.FieldMalformed, "posts", "max", 99999),
		r(domain.FieldMalformed, "linekey"),
	}, faults(), policies(), []*domain.Refusal{
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
		r(domain.WrongStep, "user", "user", string(Office), "needed", "user-unknown"),
		r(domain.WrongStep, "user", "user", string(Office), "needed", "user-active"),
		r(domain.WrongStep, "grant", "grant", ID[string]("grant office"), "needed", "two-admins-left"),
		r(domain.WrongStep, "role", "user", string(Office), "needed", "role-not-held", "grant", ID[string]("grant office")),
		r(domain.WrongStep, "grant", "grant", ID[string]("grant office"), "needed", "proposed"),
		r(domain.WrongStep, "from", "from", 50, "needed", "rows-so-far", "rows", 40),
		r(domain.WrongStep, "part", "part", 4, "needed", 2),
		step("something-else", "review"),
		r(domain.WrongStep, ""),
		r(domain.NotHeldHere, "person", "unit", unit),
		r(domain.ContentChanged, "change", "change", change, "seen", int64(12), "current", int64(14)),
		r(domain.ContentChanged, "change", "change", change),
		r(domain.ChecklistIncomplete, "items", "gate", "office", "missing", []string{"kind", "headroom"}),
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
		r(domain.KindMismatch, "takerline", "line", "institution/full/earmarked", "takerline", partly, "flag", "earmarked"),
		r(domain.NotConserved, "taker", "level", "330200", "takerlevel", "330203"),
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
	})
}

// faults are refusals that package codes itself makes of what people type.
func faults() []*domain.Refusal {
	today := Day("2026-11-24")
	id := func(s string) *domain.Refusal {
		_, f := codes.ParseIDNumber(s, today)
		return f.Refusal("idnumber")
	}
	code := func(s string) *domain.Refusal {
		_, f := codes.ParseUnitCode(s, today)
		return f.Refusal("code")
	}
	name := func(s string) *domain.Refusal {
		_, f := codes.PersonName(s)
		return f.Refusal("name")
	}
	line := func(s string, least, most int) *domain.Refusal {
		_, f := codes.OneLine(s, least, most)
		return f.Refusal("reason")
	}
	calendar := func(year int, holidays, workdays []domain.Day) *domain.Refusal {
		field, f := codes.CheckCalendar(year, holidays, workdays)
		return f.Refusal(field)
	}
	var spring []domain.Day
	for d := Day("2027-03-01"); d <= Day("2027-06-30"); d++ {
		if w := d.Weekday(); w != time.Saturday && w != time.Sunday {
			spring = append(spring, d)
		}
	}
	return []*domain.Refusal{
		codes.CheckUSCC("11330200002999997", today).Refusal("code"),
		code("11330200002999997I"), code("B13302000029999973"), code("153302000029999973"), code("113302000029999983"), code(WaterCode[:17] + "4"),
		codes.CheckInnerCode("00299999").Refusal("code"), codes.CheckInnerCode("0029999-7").Refusal("code"), codes.CheckInnerCode("002999998").Refusal("code"),
		code("330200-14"), code("3302000147"), code("002999997"),
		id("330203990101001"), id("33020319990101001"), id("3302031999010100 X"), id("99020319990101001X"), id("33020319990230001X"),
		id("33020318990101001X"), id("33020320990101001X"), id("330203199901010011"),
		line(strings.Repeat("字", 21), 0, 20), line("字", 2, 20), line("文\xff", 0, 20), line("文\x00件", 0, 20), line("两\n行", 0, 20),
		name("赵 启明"), name("赵启明1"), name("·赵启明"),
		codes.CheckDate("1999-02-30", today).Refusal("birth"),
		calendar(2027, []domain.Day{Day("2026-01-01")}, nil), calendar(1900, nil, nil),
		calendar(2027, []domain.Day{Day("2027-01-02")}, nil), calendar(2027, nil, []domain.Day{Day("2027-01-04")}),
		calendar(2027, []domain.Day{Day("2027-01-01"), Day("2027-01-01")}, nil), calendar(2027, spring, nil),
	}
}

// policies are refusals that package policy makes of what administrators type.
func policies() []*domain.Refusal {
	var all []*domain.Refusal
	for _, bad := range []struct{ name, value string }{
		{"weather", `{}`},
		{policy.Bounds, `{"backdatingmonths":`},
		{policy.Bounds, `{"backdatingmonths":24,"extra":1}`},
		{policy.Bounds, `{"backdatingmonths":24,"backdatingmonths":36}`},
		{policy.Bounds, `{"backdatingmonths":-1}`},
		{policy.Routes, `[{"kind":"transfer","gates":["office"]}]`},
		{policy.Routes, `[{"kind":"exit","gates":["office"]},{"kind":"exit","gates":["hr"]}]`},
		{policy.Routes, `[{"kind":"exit","class":"worker","gates":["office"]},{"kind":"exit","class":"worker","gates":["hr"]}]`},
		{policy.Routes, `[{"kind":"exit","gates":["office"]}]`},
		{policy.Routes, `[{"kind":"exit","gates":[]}]`},
		{policy.Routes, `[{"kind":"exit","gates":["court"]}]`},
		{policy.Routes, `[{"kind":"exit","gates":["office","office"]}]`},
		{policy.Checklists, `{"office":[{"key":"Headroom","zh":"编制空余","en":"Headroom"}]}`},
		{policy.Checklists, `{"office":[{"key":"kind","zh":"编制类型","en":"Kind"},{"key":"kind","zh":"编制类型","en":"Kind"}]}`},
		{policy.Checklists, `{"office":[]}`},
		{policy.Compatibility, `{"worker":["soldier"]}`},
		{policy.Compatibility, `{"worker":["worker","worker"]}`},
		{policy.Compatibility, `{"military":["worker"]}`},
		{policy.Approvals, `{"manners":["lottery"],"validitydays":90}`},
		{policy.Approvals, `{"manners":["exam","exam"],"validitydays":90}`},
		{policy.Approvals, `{"manners":["exam"]}`},
	} {
		_, r := policy.Check(bad.name, []byte(bad.value))
		all = append(all, r)
	}
	_, err := policy.DecideSetPolicy(policy.SetPolicy{Name: policy.Bounds, From: Day("2026-11-01"), Value: []byte(`{"backdatingmonths":24}`)},
		policy.Facts{Today: Day("2026-11-24"), Document: Authority, DocumentKnown: true})
	var early *domain.Refusal
	if !errors.As(err, &early) {
		panic("example: a policy from before today was accepted")
	}
	return append(all, early)
}
