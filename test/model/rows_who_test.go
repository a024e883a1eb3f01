package model

import (
	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// Classes 1 to 3: who, the same person and the own file, form and documents.
var whoRows = []row{
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
}
