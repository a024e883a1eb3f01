package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

const (
	adm  codes.LineKey = "administrative/full"
	inst codes.LineKey = "institution/full"
	part codes.LineKey = "institution/partial"
)

// facts are what a refusal must say, beside its name and field.
type facts map[string]any

// row is the shortest way to one refusal: what must be there before, and the
// call that is refused.
type row struct {
	name, field string
	facts       facts
	call        func(w *world.World) (string, usecase.Command)
	as          domain.Role                     // named in the call
	key         string                          // instead of a good one
	first       func(t *testing.T) *world.World // instead of a world with people on 2026-03-02
	alone       bool                            // nothing is listed besides
}

// nobody is a world with its first administrator alone.
func nobody(t *testing.T) *world.World {
	return world.Bare(t, "2026-03-02", eventstoretest.NewMemory())
}

func on(day string) func(t *testing.T) *world.World {
	return func(t *testing.T) *world.World { return world.New(t, day) }
}

// entry and exit are forms on the world's day; with changes them.
func entry(w *world.World, n int, with ...func(*usecase.ChangeForm)) usecase.ChangeForm {
	f := w.EntryForm(n, adm, w.Clock.Now().Day().String())
	for _, change := range with {
		change(&f)
	}
	return f
}

func ofLine(line codes.LineKey, class codes.PersonClass) func(*usecase.ChangeForm) {
	return func(f *usecase.ChangeForm) { f.Line, f.Class = line, class }
}

func effective(w *world.World, day string) func(*usecase.ChangeForm) {
	return func(f *usecase.ChangeForm) { f.Effective = w.Day(day) }
}

func manner(m codes.Manner, approval domain.ApprovalID) func(*usecase.ChangeForm) {
	return func(f *usecase.ChangeForm) { f.Manner, f.Approval = m, approval }
}

// approve reserves posts of U1 for an exam up to a day.
func approve(w *world.World, by string, posts int, validTo string) domain.ApprovalID {
	return domain.ApprovalID(w.Must(by, usecase.ApproveUse{Unit: w.UnitID("U1"), Line: adm, Posts: posts, Manner: codes.Exam, ValidTo: w.Day(validTo), Document: w.Document()}).ID)
}

// bound is a user who is on file as the n-th person.
func bound(w *world.World, name string, n int, roles ...domain.Role) {
	w.Collect("U1", entry(w, n))
	w.Name(name, "当事人", w.Person(n))
	for _, role := range roles {
		w.Grant(name, role, domain.Scope{})
	}
}

// both is a user with several roles.
func both(w *world.World, name string, roles ...domain.Role) {
	w.Name(name, "多面手", "")
	for _, role := range roles {
		w.Grant(name, role, domain.Scope{})
	}
}

// bracket opens an opening balance of a unit.
func bracket(w *world.World, unit string, rows int) {
	w.Must("K", usecase.StartOpening{Unit: w.UnitID(unit), Rows: rows, Digest: strings.Repeat("0", 64), Document: w.Document()})
}

func openingRowOf(w *world.World, n int, since string) usecase.OpeningForm {
	return usecase.OpeningForm{IDNumber: world.IDNumber(n), Particulars: account.Particulars{Name: world.PersonName(n)}, Line: adm,
		Class: codes.ClassCivilServant, Since: w.Day(since)}
}

func move(w *world.World, giver, taker domain.Stream, posts int, with ...func(*usecase.MoveQuota)) usecase.MoveQuota {
	k := usecase.MoveQuota{Giver: giver, Taker: taker, GiverLine: adm, TakerLine: adm, Posts: posts, Effective: w.Clock.Now().Day(), Document: w.Document()}
	for _, change := range with {
		change(&k)
	}
	return k
}

func unitOf(w *world.World, name string) domain.Stream { return domain.AccountOf(w.UnitID(name)) }

var cityPool = domain.PoolOf(codes.City)

func founding(w *world.World, with ...func(*usecase.EstablishUnit)) usecase.EstablishUnit {
	k := usecase.EstablishUnit{Code: "330200-7777", Division: "330200", System: "government", Rank: "division", Level: codes.City, Name: "新单位",
		Effective: w.Clock.Now().Day(), Document: w.Document()}
	for _, change := range with {
		change(&k)
	}
	return k
}

func hold(w *world.World, posts int, day string) usecase.HoldBackPosts {
	return usecase.HoldBackPosts{Unit: w.UnitID("U1"), Line: adm, Posts: posts, Effective: w.Day(day), Document: w.Document()}
}

// policyOf replaces a policy from today.
func policyOf(w *world.World, name, value string) {
	w.Must("admin", usecase.SetPolicy{Name: name, From: w.Clock.Now().Day(), Value: []byte(value), Document: w.Document()})
}

const (
	unknownID  = "00000000-0000-4000-8000-000000000000"
	examPolicy = `{"manners":["exam","resettlement"],"validitydays":90}`
)

// A row for every name (TestEveryRefusalHasItsRow), in the order of judging.
var rows = []row{
	{name: domain.NotAuthorised, field: "actor", facts: facts{"roles": []domain.Role{domain.Approver}},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "e1", usecase.ApproveUse{Unit: w.UnitID("U1"), Line: adm, Posts: 1, Manner: codes.Exam, Document: w.Document()}
		}},
	{name: domain.NotAuthorised, field: "role", facts: facts{"role": domain.Recorder, "roles": []domain.Role{domain.Collector, domain.Supervisor}}, as: domain.Recorder,
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.NotAuthorised, field: "posts", facts: facts{"roles": []domain.Role{domain.Committee}, "posts": 21, "max": 20},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 30, 0)
			return "L", move(w, unitOf(w, "U1"), cityPool, 21)
		}},
	{name: domain.NotAuthorised, field: "actor", // a disabled user
		call: func(w *world.World) (string, usecase.Command) {
			w.Must("admin", usecase.DisableUser{User: w.User("c")})
			return "c", usecase.RegisterDocument{}
		}},
	{name: domain.OutOfJurisdiction, field: "unit", facts: facts{"level": codes.City, "roles": []domain.Role{domain.Collector, domain.Supervisor}},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			w.Name("c2", "采集乙", "")
			w.Grant("c2", domain.Collector, domain.Scope{Unit: w.UnitID("U2")})
			return "c2", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.OutOfJurisdiction, field: "unit", facts: facts{"level": codes.City}, // a county's gate does not pass a unit of the city
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Name("oc", "区组织部", "")
			w.Grant("oc", domain.GateOrganization, domain.Scope{Level: county})
			return "oc", usecase.Pass{Change: w.Collect("U1", entry(w, 1))}
		}},
	{name: domain.OutOfJurisdiction, field: "unit", // the giver is in his scope, the taker is not
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			w.Name("l1", "分管甲", "")
			w.Grant("l1", domain.Leader, domain.Scope{Unit: w.UnitID("U1")})
			return "l1", move(w, unitOf(w, "U1"), unitOf(w, "U2"), 1)
		}},
	{name: domain.OutOfJurisdiction, field: "unit", facts: facts{"level": codes.City}, // a county's committee does not fix the city's pool
		call: func(w *world.World) (string, usecase.Command) {
			w.Name("kc", "区编委", "")
			w.Grant("kc", domain.Committee, domain.Scope{Level: county})
			return "kc", usecase.SetPool{Level: codes.City, Line: adm, Posts: 5, Document: w.Document()}
		}},
	{name: domain.SecondAdminNeeded, field: "actor", facts: facts{"admins": 1}, first: nobody,
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.GrantRole{User: w.Name("x", "新人甲", ""), Role: domain.Collector}
		}},

	{name: domain.SamePerson, field: "actor", facts: facts{"step": "collected"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			both(w, "co", domain.Collector, domain.GateOrganization)
			return "co", usecase.Pass{Items: w.Items("o1"), Change: domain.ChangeID(w.Must("co", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}).ID)}
		}},
	{name: domain.SamePerson, field: "actor", facts: facts{"step": "gate:office"}, // the office gate does not record
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Grant("f1", domain.Recorder, domain.Scope{})
			change := w.Collect("U1", entry(w, 1))
			w.Pass(change, world.Gates...)
			return "f1", usecase.Record{Change: change}
		}},
	{name: domain.SamePerson, field: "actor", facts: facts{"step": "gate:organization"}, // who returned it does not put it right
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Grant("o1", domain.Collector, domain.Scope{})
			change := w.Collect("U1", entry(w, 1))
			w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"post": "缺"}})
			return "o1", usecase.Resubmit{Change: change, ChangeForm: entry(w, 1)}
		}},
	{name: domain.SamePerson, field: "actor", facts: facts{"step": "approved"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			both(w, "af", domain.Approver, domain.GateOffice)
			change := w.Collect("U1", entry(w, 1, manner(codes.Exam, approve(w, "af", 1, "2026-03-20"))))
			w.Pass(change, "o1", "h1")
			return "af", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.SamePerson, field: "actor", facts: facts{"step": "proposed"},
		call: func(w *world.World) (string, usecase.Command) {
			grant := w.Must("admin", usecase.GrantRole{User: w.User("c"), Role: domain.Recorder}).ID
			return "admin", usecase.ConfirmRole{User: w.User("c"), Grant: grant}
		}},
	{name: domain.OwnFile, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			bound(w, "me", 1, domain.Collector)
			return "me", usecase.Collect{Unit: w.UnitID("U2"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.OwnFile, field: "rows.0.person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			bound(w, "me", 1, domain.Committee)
			bracket(w, "U2", 1)
			return "me", usecase.AddOpeningPart{Unit: w.UnitID("U2"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}}
		}},
	{name: domain.OwnFile, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bound(w, "me", 1, domain.Collector)
			return "me", usecase.Withdraw{Change: lastChange(w), Reason: "不去了"}
		}},
	{name: domain.OwnFile, field: "person",
		call: func(w *world.World) (string, usecase.Command) { // also where the form names somebody else
			w.Unit("U1", adm, 2, 0)
			bound(w, "me", 1, domain.Collector)
			change := lastChange(w)
			w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"post": "缺"}})
			return "me", usecase.Resubmit{Change: change, ChangeForm: entry(w, 2)}
		}},
	{name: domain.OwnFile, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bound(w, "me", 1, domain.GateOrganization)
			return "me", usecase.Return{Change: lastChange(w), Fields: map[string]string{"post": "缺"}}
		}},
	{name: domain.OwnFile, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bound(w, "me", 1, domain.Recorder)
			w.Pass(lastChange(w), world.Gates...)
			return "me", usecase.Record{Change: lastChange(w)}
		}},
	{name: domain.OwnFile, field: "user", // by another sign-in of the same human being
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bound(w, "me", 1)
			w.Name("again", "当事人", w.Person(1))
			w.Grant("again", domain.Admin, domain.Scope{})
			return "again", usecase.DisableUser{User: w.User("me")}
		}},

	{name: domain.FieldMissing, field: "effective",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, func(f *usecase.ChangeForm) { f.Effective = domain.NoDay })}
		},
		alone: true},
	{name: domain.FieldMissing, field: "fields",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "o1", usecase.Return{Change: w.Collect("U1", entry(w, 1))}
		}},
	{name: domain.FieldMissing, field: "reason",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Withdraw{Change: w.Collect("U1", entry(w, 1))}
		}},
	{name: domain.CodeUnknownOnDate, field: "division", facts: facts{"table": "division", "code": "330204", "day": "2026-03-02"},
		call: func(w *world.World) (string, usecase.Command) {
			return "L", founding(w, func(k *usecase.EstablishUnit) { k.Division = "330204" })
		}},
	{name: domain.CodeUnknownOnDate, field: "division", facts: facts{"code": "330213", "day": "2016-09-01"}, first: on("2016-10-08"),
		call: func(w *world.World) (string, usecase.Command) { // on the day from which it is said, that division was not there
			return "L", founding(w, func(k *usecase.EstablishUnit) { k.Division, k.Effective = "330213", w.Day("2016-09-01") })
		}},
	{name: domain.CodeUnknownOnDate, field: "class", facts: facts{"table": "personclass", "code": "soldier"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, ofLine(adm, "soldier"))}
		},
		alone: true},
	{name: domain.DocumentMissing, field: "document",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, func(f *usecase.ChangeForm) { f.Document = "" })}
		}},
	{name: domain.DocumentUnknown, field: "document", facts: facts{"document": unknownID},
		call: func(w *world.World) (string, usecase.Command) {
			return "K", usecase.SetPool{Level: codes.City, Line: adm, Posts: 5, Document: unknownID}
		}},
	{name: domain.FutureDated, field: "effective", facts: facts{"day": "2026-03-09", "today": "2026-03-02"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			change := w.Collect("U1", entry(w, 1, effective(w, "2026-03-09")))
			w.Pass(change, world.Gates...)
			return "e1", usecase.Record{Change: change}
		}},
	{name: domain.FutureDated, field: "effective", facts: facts{"day": "2026-03-03", "today": "2026-03-02"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "L", hold(w, 1, "2026-03-03")
		}},
	{name: domain.FutureDated, field: "rows.0.since", facts: facts{"day": "2026-03-03", "today": "2026-03-02"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 1)
			return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-03")}}
		}},
	{name: domain.TooFarBack, field: "effective", facts: facts{"day": "2024-03-01", "earliest": "2024-03-02", "months": 24},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, effective(w, "2024-03-01"))}
		}},
	{name: domain.TooFarBack, field: "effective", facts: facts{"day": "2024-03-02", "earliest": "2024-03-03"}, // at a gate, a day later
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			change := w.Collect("U1", entry(w, 1, effective(w, "2024-03-02")))
			w.At("2026-03-03")
			return "o1", usecase.Pass{Change: change, Items: w.Items("o1")}
		}},
	{name: domain.CalendarMissing, facts: facts{"year": 2027}, first: on("2026-12-18"),
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.CodeInUse, field: "code", facts: facts{"code": "330200-0001"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 0, 0)
			return "L", founding(w, func(k *usecase.EstablishUnit) { k.Code = "330200-0001" })
		}},

	{name: domain.UnknownThing, field: "unit", facts: facts{"unit": unknownID},
		call: func(w *world.World) (string, usecase.Command) { return "K", usecase.CompleteOpening{Unit: unknownID} }},
	{name: domain.UnknownThing, field: "change", facts: facts{"change": unknownID},
		call: func(w *world.World) (string, usecase.Command) { return "e1", usecase.Record{Change: unknownID} }},
	{name: domain.UnknownThing, field: "approval", facts: facts{"approval": unknownID},
		call: func(w *world.World) (string, usecase.Command) {
			return "f2", usecase.RevokeUse{Approval: unknownID, Reason: "取消", Document: w.Document()}
		}},
	{name: domain.UnknownThing, field: "person", facts: facts{"person": unknownID}, // an ID number beside it does not make it known
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, func(f *usecase.ChangeForm) { f.Person = unknownID })}
		}},
	{name: domain.UnknownThing, field: "user", facts: facts{"user": unknownID},
		call: func(w *world.World) (string, usecase.Command) { return "admin", usecase.DisableUser{User: unknownID} }},
	{name: domain.UnknownThing, field: "grant", facts: facts{"grant": unknownID},
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.RevokeRole{User: w.User("c"), Grant: unknownID}
		}},
	{name: domain.UnknownThing, field: "unit", facts: facts{"unit": unknownID},
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.GrantRole{User: w.User("c"), Role: domain.Approver, Scope: domain.Scope{Unit: unknownID}}
		}},
	{name: domain.UnknownThing, field: "human", facts: facts{"person": unknownID},
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.RegisterUser{Name: "新人甲", SignIn: "new", Human: unknownID}
		}},
	{name: domain.UnknownThing, field: "parent", facts: facts{"unit": unknownID},
		call: func(w *world.World) (string, usecase.Command) {
			return "L", founding(w, func(k *usecase.EstablishUnit) { k.Parent = unknownID })
		}},
	{name: domain.BulkOpen, field: "unit", facts: facts{"rows": 1, "of": 2},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 2)
			w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}})
			return "L", hold(w, 1, "2026-03-02")
		}},
	{name: domain.BulkOpen, field: "taker", facts: facts{"rows": 0, "of": 2}, // asked before anything is offered
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			bracket(w, "U2", 2)
			return "L", move(w, unitOf(w, "U1"), unitOf(w, "U2"), 1)
		}},
	{name: domain.WrongStep, field: "change", facts: facts{"status": account.StatusReview, "needed": "gate:hr", "gate": account.GateOrganization, "number": 1, "of": 3},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "h1", usecase.Pass{Change: w.Collect("U1", entry(w, 1)), Items: []string{"filing", "level"}}
		}},
	{name: domain.WrongStep, field: "person", facts: facts{"needed": "change-ended"}, // one live change about a person in a unit
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Collect("U1", entry(w, 1))
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.WrongStep, field: "change", facts: facts{"status": account.StatusReview, "needed": "returned"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Resubmit{Change: w.Collect("U1", entry(w, 1)), ChangeForm: entry(w, 1)}
		}},
	{name: domain.WrongStep, field: "change", facts: facts{"status": account.StatusRecorded, "needed": "live"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			change, _ := w.Enter("U1", 1, adm, "2026-03-02")
			return "c", usecase.Withdraw{Change: change, Reason: "误录"}
		}},
	{name: domain.WrongStep, field: "opening", facts: facts{"needed": "opening-started"},
		call: func(w *world.World) (string, usecase.Command) {
			return "K", usecase.AbandonOpening{Unit: w.Unit("U1", adm, 0, 0), Reason: "有误"}
		}},
	{name: domain.WrongStep, field: "rows", facts: facts{"rows": 0, "of": 1},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 1)
			return "K", usecase.CompleteOpening{Unit: w.UnitID("U1")}
		}},
	{name: domain.WrongStep, field: "from", facts: facts{"from": 1, "rows": 0},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 2)
			return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), From: 1, Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}}
		}},
	{name: domain.WrongStep, field: "from", facts: facts{"from": 0, "rows": 1},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 2)
			w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}})
			return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 2, "2026-03-02")}}
		}},
	{name: domain.WrongStep, field: "user", facts: facts{"needed": "two-admins-left"},
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.DisableUser{User: w.User("admin2")}
		}},
	{name: domain.WrongStep, field: "user", facts: facts{"needed": "two-admins-left"}, // of three one was disabled
		call: func(w *world.World) (string, usecase.Command) {
			w.Name("admin3", "管理丙", "")
			w.Grant("admin3", domain.Admin, domain.Scope{})
			w.Must("admin", usecase.DisableUser{User: w.User("admin3")})
			return "admin", usecase.DisableUser{User: w.User("admin2")}
		}},
	{name: domain.WrongStep, field: "role", facts: facts{"needed": "role-not-held"}, // proposed already
		call: func(w *world.World) (string, usecase.Command) {
			w.Must("admin", usecase.GrantRole{User: w.User("c"), Role: domain.Recorder})
			return "admin2", usecase.GrantRole{User: w.User("c"), Role: domain.Recorder}
		}},
	{name: domain.WrongStep, field: "grant", facts: facts{"needed": "two-admins-left"},
		call: func(w *world.World) (string, usecase.Command) {
			grants, _, _, _ := w.Service.Grants(w.Ctx, w.User("admin2"))
			return "admin", usecase.RevokeRole{User: w.User("admin2"), Grant: grants[0].ID}
		}},
	{name: domain.WrongStep, field: "role", facts: facts{"needed": "role-not-held"},
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.GrantRole{User: w.User("c"), Role: domain.Collector}
		}},
	{name: domain.NotHeldHere, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			_, p := w.Enter("U2", 1, adm, "2026-03-02")
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: w.ExitForm(p, "2026-03-02")}
		}},
	{name: domain.ChecklistIncomplete, field: "items", facts: facts{"gate": account.GateOrganization, "missing": []string{"authority", "seat"}},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "o1", usecase.Pass{Change: w.Collect("U1", entry(w, 1)), Items: []string{"registration", "appointment"}}
		}},

	{name: domain.ApprovalRequired, field: "approval", facts: facts{"manner": codes.Exam},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Exam, ""))}
		}},
	{name: domain.ApprovalRequired, field: "approval", facts: facts{"manner": codes.Resettlement}, // recording judges again, by the policy of the day
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			change := w.Collect("U1", entry(w, 1))
			w.Pass(change, world.Gates...)
			policyOf(w, "approvals", examPolicy)
			return "e1", usecase.Record{Change: change}
		}},
	{name: domain.ApprovalExpired, field: "approval", facts: facts{"validto": "2026-03-20"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			b := approve(w, "f2", 1, "2026-03-20")
			w.At("2026-03-21")
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Exam, b))}
		}},
	{name: domain.ApprovalExpired, field: "approval", facts: facts{"validto": "2026-03-20"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			b := approve(w, "f2", 1, "2026-03-20")
			w.Must("f2", usecase.RevokeUse{Approval: b, Reason: "取消", Document: w.Document()})
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Exam, b))}
		}},
	{name: domain.ApprovalExhausted, field: "approval", facts: facts{"posts": 2, "drawn": 1, "consumed": 1},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 3, 0)
			b := approve(w, "f2", 2, "2026-03-20")
			change := w.Collect("U1", entry(w, 1, manner(codes.Exam, b)))
			w.Pass(change, world.Gates...)
			w.Must("e1", usecase.Record{Change: change})
			w.Collect("U1", entry(w, 2, manner(codes.Exam, b)))
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 3, manner(codes.Exam, b))}
		}},
	{name: domain.ApprovalMismatch, field: "approval", facts: facts{"line": adm, "manner": codes.Exam},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Selection, approve(w, "f2", 1, "2026-03-20")))}
		}},
	{name: domain.ApprovalMismatch, field: "approval", facts: facts{"needed": "approval-of-this-unit"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U2"), ChangeForm: entry(w, 1, manner(codes.Exam, approve(w, "f2", 1, "2026-03-20")))}
		}},

	{name: domain.HoldsPostElsewhere, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			w.Enter("U2", 1, adm, "2026-03-02")
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.HoldsPostElsewhere, field: "person", facts: facts{"line": adm},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Enter("U1", 1, adm, "2026-03-02")
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},
	{name: domain.HoldsPostElsewhere, field: "effective", facts: facts{"day": "2026-03-05", "until": "2026-03-06"},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			_, p := w.Enter("U1", 1, adm, "2026-03-02")
			w.At("2026-03-09")
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-06"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, effective(w, "2026-03-05"))}
		}},
	{name: domain.HoldsPostElsewhere, field: "rows.0.person", facts: facts{"line": adm},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Enter("U1", 1, adm, "2026-03-02")
			bracket(w, "U1", 1)
			return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}}
		}},
	{name: domain.PersonBusy, field: "person",
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Unit("U2", adm, 2, 0)
			bracket(w, "U2", 1)
			w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U2"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}})
			return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1)}
		}},

	{name: domain.KindMismatch, field: "class", facts: facts{"line": adm, "class": codes.ClassProfessional},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			change := w.Collect("U1", entry(w, 1, ofLine(adm, codes.ClassProfessional)))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.KindMismatch, field: "takerline", facts: facts{"line": adm, "takerline": inst},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "L", move(w, unitOf(w, "U1"), cityPool, 1, func(k *usecase.MoveQuota) { k.TakerLine = inst })
		}},
	{name: domain.KindMismatch, field: "rows.199.class", facts: facts{"row": 199, "line": adm}, alone: true, // rows are counted as sent, whatever they are split into
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			bracket(w, "U1", 200)
			k := usecase.AddOpeningPart{Unit: w.UnitID("U1")}
			for n := range 200 {
				k.Rows = append(k.Rows, openingRowOf(w, n, "2026-03-02"))
			}
			k.Rows[199].Class = codes.ClassWorker
			return "K", k
		}},
	{name: domain.NotConserved, field: "taker", facts: facts{"level": codes.City, "takerlevel": county},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			return "L", move(w, unitOf(w, "U1"), domain.PoolOf(county), 1)
		}},
	{name: domain.NotConserved, field: "taker", facts: facts{"level": codes.City, "takerlevel": county},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			id := w.Must("L", founding(w, func(k *usecase.EstablishUnit) { k.Level, k.Division = county, string(county) })).ID
			return "L", move(w, cityPool, domain.AccountOf(domain.UnitID(id)), 1)
		}},
	{name: domain.CutBelowOccupied, field: "posts", facts: facts{"line": adm, "day": "2026-03-02", "posts": 2, "A": 2, "O": 1, "R": 0, "H": 0, "F": 1},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			w.Enter("U1", 1, adm, "2026-03-02")
			return "L", move(w, unitOf(w, "U1"), cityPool, 2)
		}},
	{name: domain.CutBelowOccupied, field: "posts", facts: facts{"day": "2026-03-02", "posts": 1, "A": 1, "O": 1, "R": 0, "H": 0, "F": 0}, // on an earlier day; today a post is held back
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 1, 0)
			_, p := w.Enter("U1", 1, adm, "2026-03-02")
			w.At("2026-03-09")
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-05"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			w.Must("L", hold(w, 1, "2026-03-09"))
			return "L", move(w, unitOf(w, "U1"), cityPool, 1, func(k *usecase.MoveQuota) { k.Effective = w.Day("2026-03-02") })
		}},
	{name: domain.PoolExhausted, field: "posts", facts: facts{"line": adm, "day": "2026-03-02", "posts": 3, "A": 2, "O": 0, "R": 0, "H": 0, "F": 2},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 0, 0)
			w.Must("K", usecase.SetPool{Level: codes.City, Line: adm, Posts: 2, Document: w.Document()})
			return "L", move(w, cityPool, unitOf(w, "U1"), 3)
		}},
	{name: domain.NoFreePost, field: "line", facts: facts{"line": adm, "day": "2026-03-02", "A": 3, "O": 1, "R": 1, "H": 1, "F": 0},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 3, 1)
			w.Enter("U1", 1, adm, "2026-03-02")
			change := w.Collect("U1", entry(w, 2))
			w.Pass(change, world.Gates...)
			approve(w, "f2", 1, "2026-03-20")
			return "e1", usecase.Record{Change: change}
		}},
	{name: domain.NoFreePost, field: "posts", facts: facts{"A": 2, "O": 0, "R": 2, "H": 0, "F": 0},
		call: func(w *world.World) (string, usecase.Command) {
			w.Unit("U1", adm, 2, 0)
			approve(w, "f2", 2, "2026-03-20")
			return "L", move(w, unitOf(w, "U1"), cityPool, 1) // reserved posts are not given away
		}},
	{name: domain.NoFreePostOnDate, field: "line", facts: facts{"line": adm, "day": "2026-03-04", "A": 2, "O": 1, "R": 0, "H": 1, "F": 0},
		call: func(w *world.World) (string, usecase.Command) { // a dip between two good ends
			w.Unit("U1", adm, 2, 0)
			w.At("2026-03-10")
			_, p := w.Enter("U1", 1, adm, "2026-03-04")
			w.Must("L", hold(w, 1, "2026-03-03"))
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-06"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			change := w.Collect("U1", entry(w, 2, effective(w, "2026-03-03")))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.NoFreePostOnDate, field: "line", facts: facts{"day": "2026-03-09", "A": 1, "O": 1, "R": 0, "H": 0, "F": 0},
		call: func(w *world.World) (string, usecase.Command) { // yesterday alone
			w.Unit("U1", adm, 1, 0)
			w.At("2026-03-10")
			_, p := w.Enter("U1", 1, adm, "2026-03-09")
			exit := w.Collect("U1", w.ExitForm(p, "2026-03-10"))
			w.Pass(exit, world.Gates...)
			w.Must("e1", usecase.Record{Change: exit})
			change := w.Collect("U1", entry(w, 2, effective(w, "2026-03-08")))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
	{name: domain.NoFreePostOnDate, field: "rows", facts: facts{"day": "2026-03-05", "A": 1, "O": 0, "R": 0, "H": 0, "F": 1},
		call: func(w *world.World) (string, usecase.Command) { // the day on which the second of them came
			w.Unit("U1", adm, 1, 0)
			w.At("2026-03-09")
			w.Posts("U1", adm, 1, 0)
			bracket(w, "U1", 2)
			w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-03"), openingRowOf(w, 2, "2026-03-05")}})
			return "K", usecase.CompleteOpening{Unit: w.UnitID("U1")}
		}},
	{name: domain.NoFreePostOnDate, field: "line", facts: facts{"day": "2026-03-02", "A": 1, "O": 0, "R": 0, "H": 1, "F": 0},
		call: func(w *world.World) (string, usecase.Command) { // the approval holds a post from its own day only
			w.Unit("U1", adm, 1, 1)
			w.At("2026-03-05")
			w.Must("L", usecase.FreePosts(hold(w, 1, "2026-03-04")))
			change := w.Collect("U1", entry(w, 1, manner(codes.Exam, approve(w, "f2", 1, "2026-03-20")), effective(w, "2026-03-02")))
			w.Pass(change, "o1", "h1")
			return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
		}},
}

// unprovoked are the names that no command of this version can bring about.
var unprovoked = map[string]string{
	domain.UnitAbolished: "units are not merged, split or abolished yet",
	domain.OverQuota:     "no act leaves a line below zero today; an overage that lawfully stands is not recorded yet",
}

func TestEveryRefusalHasItsRow(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{domain.ContentChanged: true} // TestRowsOfABatch
	for _, r := range slices.Concat(rows, formRows) {
		shown[r.name] = true
	}
	for _, x := range domain.RefusalTable {
		if _, not := unprovoked[x.Name]; shown[x.Name] == not {
			t.Errorf("%s: row %v, said to be impossible %v", x.Name, shown[x.Name], not)
		}
	}
	for name := range unprovoked {
		if domain.ClassOf(name) == 0 {
			t.Errorf("%s is no refusal", name)
		}
	}
}

// The table's order is that of the domain model, §13.
func TestOrderOfJudging(t *testing.T) {
	t.Parallel()
	last := 0
	for _, x := range domain.RefusalTable {
		if r := rank(x.Name); r/100 != int(x.Class) || r <= last {
			t.Errorf("%s stands in class %d after rank %d; the domain model gives it %d", x.Name, x.Class, last, r)
		} else {
			last = r
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for i, r := range slices.Concat(rows, formRows) {
		t.Run(fmt.Sprintf("%d %s %s", i, r.name, r.field), func(t *testing.T) {
			t.Parallel()
			r.run(t)
		})
	}
}

func (r row) run(t *testing.T) {
	first := r.first
	if first == nil {
		first = on("2026-03-02")
	}
	w := first(t)
	user, what := r.call(w)
	call := w.Call(user, what)
	call.Role = r.as
	if r.key != "" {
		call.Key = strings.TrimPrefix(r.key, "none")
	}
	dry := call
	dry.DryRun = true
	dry.IfMatch = domain.NoStream
	for _, c := range []usecase.Call{dry, call} {
		if c.DryRun && (r.key != "" || slices.Contains([]any{"signin-taken"}, r.facts["rule"])) {
			continue // a sign-in name is only asked for in earnest
		}
		before := eventsBut(w)
		_, err := w.Service.Do(w.Ctx, c, what)
		var got *domain.Refusal
		if !errors.As(err, &got) {
			t.Fatalf("dry %v: got %v, want a refusal", c.DryRun, err)
		}
		if got.Name != r.name || got.Field != r.field {
			t.Fatalf("dry %v: got %v %v, want %s (%s)", c.DryRun, got, got.Also, r.name, r.field)
		}
		for k, want := range r.facts {
			if fmt.Sprint(got.Facts[k]) != fmt.Sprint(want) {
				t.Errorf("dry %v: fact %s is %v, want %v", c.DryRun, k, got.Facts[k], want)
			}
		}
		if r.alone && len(got.Also) > 0 {
			t.Errorf("besides: %v", got.Also)
		}
		if after := eventsBut(w); after != before {
			t.Errorf("dry %v: %d events were written", c.DryRun, after-before)
		}
	}
}

// written0 counts the events but those that fell due.
func eventsBut(w *world.World) (n int) {
	for r, err := range w.Store.(*eventstoretest.Memory).All(w.Ctx, 0) {
		if err == nil && r.AuthID != domain.Clock {
			n++
		}
	}
	return n
}

// Rows of a batch are refused each for itself, in the same order.
func TestRowsOfABatch(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 5, 0)
	both(w, "co", domain.Collector, domain.GateOrganization)
	mine := domain.ChangeID(w.Must("co", usecase.Collect{Unit: u1, ChangeForm: entry(w, 1)}).ID)
	other, stale := w.Collect("U1", entry(w, 2)), w.Collect("U1", entry(w, 3))
	batch := func(by string, items []string, rows ...usecase.BatchRow) []usecase.RowResult {
		t.Helper()
		result, err := w.Do(by, usecase.PassBatch{Unit: u1, Rows: rows, Items: items})
		var aside *usecase.AllSetAside
		if errors.As(err, &aside) {
			return aside.Rows
		}
		if err != nil {
			t.Fatal(err)
		}
		return result.Rows
	}
	seen := func(id domain.ChangeID, back domain.Revision) usecase.BatchRow {
		return usecase.BatchRow{Change: id, Revision: w.Revision(id) - back}
	}
	got := batch("co", w.Items("o1")[1:], seen(mine, 1), seen(stale, 1), seen(other, 0))
	for i, want := range []string{
		"[same-person content-changed checklist-incomplete]",
		"[content-changed checklist-incomplete]",
		"[checklist-incomplete]",
	} {
		if names := names(got[i].Refusal); names != want {
			t.Errorf("row %d: %s, want %s", i, names, want)
		}
	}
	if f := got[1].Refusal.Facts; fmt.Sprint(f["current"], f["seen"]) != fmt.Sprint(w.Revision(stale), w.Revision(stale)-1) {
		t.Errorf("content-changed says %v", f)
	}
	got = batch("o1", w.Items("o1"), seen(mine, 0), seen(stale, 1), seen(other, 0))
	if got[0].Refusal != nil || names(got[1].Refusal) != "[content-changed]" || got[2].Refusal != nil {
		t.Errorf("rows %v", got)
	}
}

func names(r *domain.Refusal) string {
	if r == nil {
		return "[]"
	}
	all := []string{r.Name}
	for _, x := range r.Also {
		all = append(all, x.Name)
	}
	return fmt.Sprint(all)
}
