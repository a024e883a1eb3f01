package model

import (
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// Classes 4 to 7: state, approval, person.
var stateRows = []row{
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
}
