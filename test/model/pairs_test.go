package model

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// pair is a command that breaks two rules: it answers with the earlier in the
// order of judging and lists the later besides.
type pair struct {
	first, second string
	world         func(t *testing.T) *world.World
	call          func(w *world.World) (string, usecase.Command)
}

// Each name stands beside the next in the order that can stand beside it.
var pairs = []pair{
	{domain.SecondAdminNeeded, domain.OwnFile, nobody, func(w *world.World) (string, usecase.Command) {
		return "admin", usecase.GrantRole{User: w.User("admin"), Role: domain.Collector}
	}},
	{domain.SamePerson, domain.OwnFile, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		bound(w, "me", 1, domain.Approver, domain.GateOffice)
		w.Must("c", usecase.Withdraw{Change: lastChange(w), Reason: "另行采集"})
		change := w.Collect("U1", entry(w, 1, manner(codes.Exam, approve(w, "me", 1, "2026-03-20"))))
		w.Pass(change, "o1", "h1")
		return "me", usecase.Pass{Change: change, Items: w.Items("f1")}
	}},
	{domain.OwnFile, domain.FieldMissing, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		w.Unit("U2", adm, 2, 0)
		bound(w, "me", 1, domain.Collector)
		return "me", usecase.Collect{Unit: w.UnitID("U2"), ChangeForm: entry(w, 1, ofLine("", codes.ClassWorker))}
	}},
	{domain.FieldMissing, domain.FieldMalformed, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, ofLine("", codes.ClassWorker), func(f *usecase.ChangeForm) { f.ExitReason = codes.Death })}
	}},
	{domain.FieldMalformed, domain.CodeUnknownOnDate, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, ofLine(adm, "soldier"), func(f *usecase.ChangeForm) { f.ExitReason = codes.Death })}
	}},
	{domain.CodeUnknownOnDate, domain.DocumentMissing, nil, func(w *world.World) (string, usecase.Command) {
		return "L", founding(w, func(k *usecase.EstablishUnit) { k.Rank, k.Document = "emperor", "" })
	}},
	{domain.DocumentMissing, domain.FutureDated, nil, func(w *world.World) (string, usecase.Command) {
		return "L", founding(w, func(k *usecase.EstablishUnit) { k.Effective, k.Document = w.Day("2026-03-03"), "" })
	}},
	{domain.DocumentUnknown, domain.FutureDated, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		k := hold(w, 1, "2026-03-03")
		k.Document = unknownID
		return "L", k
	}},
	{domain.FutureDated, domain.CodeInUse, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 0, 0)
		return "L", founding(w, func(k *usecase.EstablishUnit) { k.Code, k.Effective = "330200-0001", w.Day("2026-03-03") })
	}},
	{domain.TooFarBack, domain.CalendarMissing, on("2026-12-18"), func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, effective(w, "2024-12-17"))}
	}},
	{domain.CalendarMissing, domain.UnknownThing, on("2026-12-18"), func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, func(f *usecase.ChangeForm) { f.Person, f.IDNumber = unknownID, "" })}
	}},
	{domain.CodeInUse, domain.UnknownThing, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 0, 0)
		return "L", founding(w, func(k *usecase.EstablishUnit) { k.Code, k.Parent = "330200-0001", unknownID })
	}},
	{domain.UnknownThing, domain.BulkOpen, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		bracket(w, "U1", 1)
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: w.ExitForm(unknownID, "2026-03-02")}
	}},
	{domain.BulkOpen, domain.WrongStep, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		change := w.Collect("U1", entry(w, 1))
		bracket(w, "U1", 1)
		return "h1", usecase.Pass{Change: change, Items: []string{"filing", "level"}}
	}},
	{domain.WrongStep, domain.NotHeldHere, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		w.Collect("U1", entry(w, 1))
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: w.ExitForm(w.Person(1), "2026-03-02")}
	}},
	{domain.WrongStep, domain.ChecklistIncomplete, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "h1", usecase.Pass{Change: w.Collect("U1", entry(w, 1))}
	}},
	{domain.ChecklistIncomplete, domain.ApprovalRequired, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		change := w.Collect("U1", entry(w, 1))
		w.Pass(change, "o1", "h1")
		policyOf(w, "approvals", examPolicy)
		return "f1", usecase.Pass{Change: change}
	}},
	{domain.ApprovalRequired, domain.HoldsPostElsewhere, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		w.Enter("U1", 1, adm, "2026-03-02")
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Exam, ""))}
	}},
	{domain.ApprovalExpired, domain.ApprovalMismatch, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		b := approve(w, "f2", 1, "2026-03-20")
		w.At("2026-03-21")
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Selection, b))}
	}},
	{domain.ApprovalExhausted, domain.ApprovalMismatch, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		b := approve(w, "f2", 1, "2026-03-20")
		w.Collect("U1", entry(w, 1, manner(codes.Exam, b)))
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 2, manner(codes.Selection, b))}
	}},
	{domain.ApprovalMismatch, domain.HoldsPostElsewhere, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 3, 0)
		w.Enter("U1", 1, adm, "2026-03-02")
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, manner(codes.Selection, approve(w, "f2", 1, "2026-03-20")))}
	}},
	{domain.HoldsPostElsewhere, domain.KindMismatch, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		w.Enter("U1", 1, adm, "2026-03-02")
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, ofLine(adm, codes.ClassProfessional))}
	}},
	{domain.PersonBusy, domain.KindMismatch, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		w.Unit("U2", adm, 2, 0)
		bracket(w, "U2", 1)
		w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U2"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-02")}})
		return "c", usecase.Collect{Unit: w.UnitID("U1"), ChangeForm: entry(w, 1, ofLine(adm, codes.ClassProfessional))}
	}},
	{domain.FieldMalformed, domain.PersonBusy, nil, func(w *world.World) (string, usecase.Command) { // twice in a list, and claimed for another
		w.Unit("U1", adm, 2, 0)
		w.Unit("U2", adm, 2, 0)
		row := openingRowOf(w, 1, "2026-03-02")
		bracket(w, "U2", 1)
		w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U2"), Rows: []usecase.OpeningForm{row}})
		bracket(w, "U1", 2)
		return "K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{row, row}}
	}},
	{domain.KindMismatch, domain.NotConserved, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "L", move(w, unitOf(w, "U1"), domain.PoolOf(county), 1, func(k *usecase.MoveQuota) { k.TakerLine = inst })
	}},
	{domain.NotConserved, domain.CutBelowOccupied, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "L", move(w, unitOf(w, "U1"), domain.PoolOf(county), 3)
	}},
	{domain.KindMismatch, domain.CutBelowOccupied, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "L", move(w, unitOf(w, "U1"), cityPool, 3, func(k *usecase.MoveQuota) { k.TakerLine = inst })
	}},
	{domain.KindMismatch, domain.PoolExhausted, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 2, 0)
		return "L", move(w, cityPool, unitOf(w, "U1"), 3, func(k *usecase.MoveQuota) { k.TakerLine = inst })
	}},
	{domain.KindMismatch, domain.NoFreePost, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 1, 1)
		change := w.Collect("U1", entry(w, 1, ofLine(adm, codes.ClassProfessional)))
		w.Pass(change, "o1", "h1")
		return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
	}},
	{domain.KindMismatch, domain.NoFreePostOnDate, nil, func(w *world.World) (string, usecase.Command) {
		w.Unit("U1", adm, 1, 1)
		w.At("2026-03-05")
		w.Must("L", usecase.FreePosts(hold(w, 1, "2026-03-04")))
		change := w.Collect("U1", entry(w, 1, ofLine(adm, codes.ClassProfessional), effective(w, "2026-03-03")))
		w.Pass(change, "o1", "h1")
		return "f1", usecase.Pass{Change: change, Items: w.Items("f1")}
	}},
}

// never says of neighbours in the order why no command breaks both.
var never = map[[2]string]string{
	{domain.NotAuthorised, domain.OutOfJurisdiction}:     "the role is held, or it is not",
	{domain.OutOfJurisdiction, domain.SecondAdminNeeded}: "who may not act learns nothing else",
	{domain.SecondAdminNeeded, domain.SamePerson}:        "nothing is proposed before there are two administrators",
	{domain.DocumentMissing, domain.DocumentUnknown}:     "a document is cited, or it is not",
	{domain.FutureDated, domain.TooFarBack}:              "a day lies ahead, or behind",
	{domain.CalendarMissing, domain.CodeInUse}:           "founding a unit counts no deadline",
	{domain.NotHeldHere, domain.ContentChanged}:          "who is to leave stays in post until a step later than passing",
	{domain.ApprovalRequired, domain.ApprovalExpired}:    "an approval is named, or it is not",
	{domain.ApprovalExpired, domain.ApprovalExhausted}:   "an approval that has ended has no rest to be exhausted",
	{domain.HoldsPostElsewhere, domain.PersonBusy}:       "nothing is begun about a person in post",
	{domain.CutBelowOccupied, domain.PoolExhausted}:      "nobody sits on posts of a pool",
	{domain.PoolExhausted, domain.OverQuota}:             unprovoked[domain.OverQuota],
	{domain.OverQuota, domain.NoFreePost}:                "one day is named",
	{domain.NoFreePost, domain.NoFreePostOnDate}:         "one day is named",
}

func TestPairsOfRefusals(t *testing.T) {
	t.Parallel()
	for _, p := range pairs {
		t.Run(p.first+" "+p.second, func(t *testing.T) {
			t.Parallel()
			first := p.world
			if first == nil {
				first = on("2026-03-02")
			}
			w := first(t)
			user, what := p.call(w)
			before := eventsBut(w)
			_, err := w.Do(user, what)
			var r *domain.Refusal
			if !errors.As(err, &r) || r.Name != p.first || !slices.ContainsFunc(r.Also, func(x *domain.Refusal) bool { return x.Name == p.second }) {
				t.Fatalf("got %v, want %s and besides %s", names(r), p.first, p.second)
			}
			last := rank(r.Name)
			for _, x := range r.Also {
				if len(x.Also) > 0 || rank(x.Name) < last {
					t.Errorf("besides: %v is out of order", names(r))
				}
				last = rank(x.Name)
			}
			if after := eventsBut(w); after != before {
				t.Errorf("%d events were written", after-before)
			}
		})
	}
}

// Of every two neighbours there is a pair, or a reason why there is none.
func TestEveryNeighbourIsPaired(t *testing.T) {
	t.Parallel()
	paired := map[[2]string]bool{{domain.ContentChanged, domain.ChecklistIncomplete}: true, {domain.WrongStep, domain.ContentChanged}: true} // TestRowsOfABatch
	for _, p := range pairs {
		paired[[2]string{p.first, p.second}] = true
	}
	for i := range domain.RefusalTable[1:] {
		next := [2]string{domain.RefusalTable[i].Name, domain.RefusalTable[i+1].Name}
		if impossible := never[next] != ""; paired[next] == impossible {
			t.Errorf("%s: paired %v, said to be impossible %v", fmt.Sprint(next), paired[next], impossible)
		}
	}
}

// lastChange is the change collected last.
func lastChange(w *world.World) (id domain.ChangeID) {
	err := w.Service.ReadAccount(w.Ctx, unitOf(w, "U1"), func(a *account.Account) {
		for _, c := range a.LiveChanges() {
			id = c.ID
		}
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}
