package model

import (
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// malformedRow is a row of field-malformed: which rule of form is broken.
func malformedRow(rule, field string, call func(w *world.World) (string, usecase.Command), more ...any) row {
	f := facts{"rule": rule}
	for i := 0; i+1 < len(more); i += 2 {
		f[more[i].(string)] = more[i+1]
	}
	return row{name: domain.FieldMalformed, field: field, facts: f, call: call}
}

// collecting is a row whose form is spoilt.
func collectingRow(rule, field string, spoil func(f *usecase.ChangeForm), more ...any) row {
	return malformedRow(rule, field, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, spoil)}
	}, more...)
}

// movingRow is a row whose move of posts is spoilt.
func movingRow(rule, field string, spoil func(w *world.World, k *usecase.MoveQuota), more ...any) row {
	return malformedRow(rule, field, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "K", move(w, unitOf(w, "U1"), cityPool, 1, func(k *usecase.MoveQuota) { spoil(w, k) })
	}, more...)
}

// alone is a row beside which nothing is listed.
func alone(r row) row {
	r.alone = true
	return r
}

// The rules of form that the account and the use cases judge; those of package
// codes and of policies have tests of their own there.
var formRows = []row{
	malformedRow("approval-validity", "validto", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "f2", usecase.ApproveUse{Unit: w.UnitID("U1"), Line: adm, Posts: 1, Manner: codes.Exam, ValidTo: w.Day("2026-06-01"), Document: w.Document()}
	}, "day", "2026-06-01", "earliest", "2026-03-02", "latest", "2026-05-31"),
	malformedRow("held-back", "posts", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 1)
		return "L", usecase.FreePosts(hold(w, 2, "2026-03-02"))
	}, "posts", 2, "A", 2, "H", 1, "F", 1, "day", "2026-03-02"),
	malformedRow("held-back", "posts", func(w *world.World) (string, usecase.Command) { // held back today, but not on every day
		w.Unit("U1", adm, 2, 0)
		w.At("2026-03-05")
		w.Must("L", hold(w, 1, "2026-03-04"))
		return "L", usecase.FreePosts(hold(w, 1, "2026-03-03"))
	}, "H", 0, "day", "2026-03-03"),
	malformedRow("same-person-and-kind", "person", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		change := w.Collect("U1", entry(w, 1))
		w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"post": "缺"}})
		return "c", usecase.Resubmit{Change: change, ChangeForm: entry(w, 2)}
	}),
	malformedRow("exit-before-entry", "effective", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		_, p := w.Enter("U1", 1, adm, "2026-03-02")
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: w.ExitForm(p, "2026-03-01")}
	}, "day", "2026-03-01", "earliest", "2026-03-02"),
	malformedRow("opening-rows", "rows", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		bracket(w, "U1", 1)
		return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02"), openingRowOf(w, 2, "2026-03-02")}}
	}, "rows", 2, "of", 1),
	malformedRow("person-twice", "rows.1.person", func(w *world.World) (string, usecase.Command) { // also of somebody new to the ledger
		w.Unit("U1", adm, 2, 0)
		bracket(w, "U1", 2)
		return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02"), openingRowOf(w, 1, "2026-03-02")}}
	}, "row", 1),
	{name: domain.FieldMissing, field: "idempotency-key", key: "none", call: func(w *world.World) (string, usecase.Command) { return "c", usecase.RegisterDocument{} }},
	{name: domain.FieldMalformed, field: "idempotency-key", facts: facts{"rule": "idempotency-key"}, key: "with blank",
		call: func(w *world.World) (string, usecase.Command) { return "c", usecase.RegisterDocument{} }},
	{name: domain.FieldMalformed, field: "idempotency-key", facts: facts{"rule": "idempotency-key"}, key: strings.Repeat("x", 256),
		call: func(w *world.World) (string, usecase.Command) { return "c", usecase.RegisterDocument{} }},
	alone(malformedRow("idnumber-differs", "idnumber", func(w *world.World) (string, usecase.Command) { // of somebody born on another day
		w.Unit("U1", adm, 2, 0)
		w.Unit("U2", adm, 2, 0)
		w.Collect("U2", entry(w, 1))
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 600, func(f *usecase.ChangeForm) { f.Person, f.Particulars.Name = w.Person(1), "" })}
	})),
	malformedRow("idnumber-differs", "idnumber", func(w *world.World) (string, usecase.Command) { // of an exit too
		w.Unit("U1", adm, 2, 0)
		_, p := w.Enter("U1", 1, adm, "2026-03-02")
		f := w.ExitForm(p, "2026-03-02")
		f.IDNumber = world.IDNumber(2)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: f}
	}),
	malformedRow("name-differs", "name", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		w.Unit("U2", adm, 2, 0)
		w.Collect("U2", entry(w, 1))
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, func(f *usecase.ChangeForm) { f.Particulars.Name = "另有人" })}
	}),
	malformedRow("one-kind", "kind", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		_, p := w.Enter("U1", 1, adm, "2026-03-02")
		return "c", usecase.CollectBatch{Unit: w.UnitID("U1"), Rows: []usecase.ChangeForm{entry(w, 2), w.ExitForm(p, "2026-03-02")}}
	}),
	malformedRow("field-unknown", "fields", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "o1", usecase.Return{Change: w.Collect("U1", entry(w, 1)), Fields: map[string]string{"hobby": "不需要"}}
	}, "value", "hobby"),
	malformedRow("too-many-rows", "rows", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "c", usecase.CollectBatch{Unit: w.UnitID("U1"), Rows: make([]usecase.ChangeForm, usecase.BatchRowsMax+1)}
	}, "rows", usecase.BatchRowsMax+1, "max", usecase.BatchRowsMax),
	malformedRow("parent-level", "parent", func(w *world.World) (string, usecase.Command) {
		id := w.Must("L", founding(w, func(k *usecase.EstablishUnit) { k.Level, k.Division = county, string(county) })).ID
		return "L", founding(w, func(k *usecase.EstablishUnit) { k.Code, k.Parent = "330200-7778", domain.UnitID(id) })
	}, "level", county),
	malformedRow("item-key", "items", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "o1", usecase.Pass{Change: w.Collect("U1", entry(w, 1)), Items: []string{"Every Thing"}}
	}, "value", "Every Thing"),
	malformedRow("item-unknown", "items", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "o1", usecase.Pass{Change: w.Collect("U1", entry(w, 1)), Items: append(w.Items("o1"), "lock")}
	}, "found", "lock", "gate", account.GateOrganization),
	malformedRow("change-twice", "rows", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		change := w.Collect("U1", entry(w, 1))
		return "e1", usecase.RecordBatch{Unit: w.UnitID("U1"), Rows: []usecase.BatchRow{{Change: change}, {Change: change}}}
	}, "row", 1, "first", 0),
	malformedRow("signin-form", "signin", func(w *world.World) (string, usecase.Command) {
		return "admin", usecase.RegisterUser{Name: "新人甲", SignIn: "a b"}
	}, "min", 2, "max", 32),
	malformedRow("signin-taken", "signin", func(w *world.World) (string, usecase.Command) {
		return "admin", usecase.RegisterUser{Name: "新人甲", SignIn: "u-c"}
	}),
	malformedRow("role", "role", func(w *world.World) (string, usecase.Command) {
		return "admin", usecase.GrantRole{User: w.User("c"), Role: "emperor"}
	}, "value", "emperor"),
	malformedRow("posts", "posts", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "L", hold(w, 0, "2026-03-02")
	}, "posts", 0, "min", 1, "max", usecase.PostsMax),
	movingRow("quota-side", "giver", func(_ *world.World, k *usecase.MoveQuota) { k.Giver = "person-1" }),
	movingRow("quota-self", "taker", func(_ *world.World, k *usecase.MoveQuota) { k.Taker = k.Giver }),
	movingRow("quota-pools", "taker", func(_ *world.World, k *usecase.MoveQuota) { k.Giver, k.Taker = cityPool, domain.PoolOf(county) }),
	collectingRow("kind", "kind", func(f *usecase.ChangeForm) { f.Kind = "transfer" }, "value", "transfer"),
	collectingRow("not-of-this-kind", "exitreason", func(f *usecase.ChangeForm) { f.ExitReason = codes.Death }),
	collectingRow("birth-idnumber", "birth", func(f *usecase.ChangeForm) { f.Particulars.Birth = "1999-12-31" }),
	collectingRow("id-check", "idnumber", func(f *usecase.ChangeForm) { f.IDNumber = "330203197001010019" }),
	collectingRow("text-line", "post", func(f *usecase.ChangeForm) { f.Particulars.Post = "一\n二" }),
	malformedRow("digest", "digest", func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "K", usecase.StartOpening{Unit: w.UnitID("U1"), Rows: 1, Digest: "abc", Document: w.Document()}
	}),
	{name: domain.FieldMalformed, field: "scope", facts: facts{"rule": "admin-scope"}, first: nobody,
		call: func(w *world.World) (string, usecase.Command) {
			return "admin", usecase.GrantRole{User: w.Name("x", "新人甲", ""), Role: domain.Admin, Scope: domain.Scope{Level: codes.City}}
		}},
	malformedRow("policy-from", "from", func(w *world.World) (string, usecase.Command) {
		return "admin", usecase.SetPolicy{Name: "bounds", From: w.Day("2026-03-01"), Value: []byte(`{"backdatingmonths":12}`), Document: w.Document()}
	}, "day", "2026-03-01", "earliest", "2026-03-02"),
}
