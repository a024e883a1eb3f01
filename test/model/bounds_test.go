package model

import (
	"testing"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// What lies exactly on a bound is accepted: the rows of refusals lie one beyond.
func TestBoundsAreInclusive(t *testing.T) {
	t.Parallel()
	retire := func(w *world.World, p domain.PersonID, day string) {
		exit := w.Collect("U1", w.ExitForm(p, day))
		w.Pass(exit, world.Gates...)
		w.Must("e1", usecase.Record{Change: exit})
	}
	for name, accepted := range map[string]func(w *world.World){
		"in post again from the day of leaving": func(w *world.World) {
			_, p := w.Enter("U1", 1, adm, "2026-03-02")
			w.At("2026-03-09")
			retire(w, p, "2026-03-06")
			w.Enter("U1", 1, adm, "2026-03-06")
			w.Want("U1", adm, [5]int{2, 1, 0, 0, 1})
		},
		"in post by an opening balance from the day of leaving": func(w *world.World) {
			_, p := w.Enter("U1", 1, adm, "2026-03-02")
			w.At("2026-03-09")
			retire(w, p, "2026-03-06")
			bracket(w, "U1", 1)
			w.Must("K", usecase.AddOpeningPart{Unit: w.UnitID("U1"), Rows: []usecase.OpeningForm{openingRowOf(w, 1, "2026-03-06")}})
			w.Must("K", usecase.CompleteOpening{Unit: w.UnitID("U1")})
		},
		"leaving on the day of entry": func(w *world.World) {
			_, p := w.Enter("U1", 1, adm, "2026-03-02")
			retire(w, p, "2026-03-02")
			w.Want("U1", adm, [5]int{2, 0, 0, 0, 2})
		},
		"the earliest day of back-dating": func(w *world.World) {
			w.Collect("U1", entry(w, 1, effective(w, "2024-03-02")))
		},
		"the first and the last day of an approval": func(w *world.World) {
			for _, day := range []string{"2026-03-02", "2026-05-31"} {
				approve(w, "f2", 1, day)
			}
			w.Want("U1", adm, [5]int{2, 0, 2, 0, 0})
		},
		"an approval drawn on its last day": func(w *world.World) {
			b := approve(w, "f2", 1, "2026-03-20")
			w.At("2026-03-20")
			w.Collect("U1", entry(w, 1, manner(codes.Exam, b)))
		},
		"as many posts as can be written": func(w *world.World) {
			w.Must("K", usecase.SetPool{Level: codes.City, Line: part, Posts: usecase.PostsMax, Document: w.Document()})
		},
		"a second grant of the same administrator": func(w *world.World) {
			grant := w.Must("admin", usecase.GrantRole{User: w.User("admin2"), Role: domain.Admin, Scope: domain.Scope{Level: codes.City}}).ID
			w.Name("admin3", "管理丙", "")
			w.Grant("admin3", domain.Admin, domain.Scope{})
			w.Must("admin3", usecase.ConfirmRole{User: w.User("admin2"), Grant: grant})
			w.Must("admin", usecase.DisableUser{User: w.User("admin3")})
			w.Must("admin", usecase.RevokeRole{User: w.User("admin2"), Grant: grant}) // two administrators remain
		},
		"more than the leader's posts, as committee": func(w *world.World) {
			w.Unit("U2", adm, 40, 0)
			k := move(w, unitOf(w, "U2"), cityPool, 30)
			call := w.Call("K", k)
			call.Role = domain.Committee
			if _, err := w.Service.Do(w.Ctx, call, k); err != nil {
				w.T.Fatal(err)
			}
		},
		"all that is held back": func(w *world.World) {
			w.Must("L", hold(w, 2, "2026-03-02"))
			w.Must("L", usecase.FreePosts(hold(w, 2, "2026-03-02")))
		},
		"all that is free": func(w *world.World) {
			w.Enter("U1", 1, adm, "2026-03-02")
			w.Must("L", move(w, unitOf(w, "U1"), cityPool, 1))
			w.Want("U1", adm, [5]int{1, 1, 0, 0, 0})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t, "2026-03-02")
			w.Unit("U1", adm, 2, 0)
			accepted(w)
		})
	}
}

// A batch is judged on what has fallen due, in earnest and as a question: an
// approval has expired, its post is free again.
func TestBatchesSeeWhatHasFallenDue(t *testing.T) {
	t.Parallel()
	seen := func(w *world.World, id domain.ChangeID) []usecase.BatchRow {
		return []usecase.BatchRow{{Change: id, Revision: w.Revision(id)}}
	}
	for n := range 6 {
		w := world.New(t, "2026-03-02")
		u1 := w.Unit("U1", adm, 1, 0)
		change := w.Collect("U1", entry(w, 1, effective(w, "2026-03-21")))
		w.Pass(change, "o1", "h1")
		if n/2 == 2 {
			w.Pass(change, "f1")
		}
		b := approve(w, "f2", 1, "2026-03-20")
		w.At("2026-03-21")
		user, what, want := "c", usecase.Command(usecase.CollectBatch{Unit: u1, Rows: []usecase.ChangeForm{entry(w, 3), entry(w, 4, manner(codes.Exam, b))}}), "[approval-expired]"
		switch n / 2 {
		case 1:
			user, what, want = "f1", usecase.PassBatch{Unit: u1, Rows: seen(w, change), Items: w.Items("f1")}, "[]"
		case 2:
			user, what, want = "e1", usecase.RecordBatch{Unit: u1, Rows: seen(w, change)}, "[]"
		}
		call := w.Call(user, what)
		call.DryRun = n%2 == 0
		result, err := w.Service.Do(w.Ctx, call, what)
		if err != nil {
			t.Fatalf("dry %v: %T: %v", call.DryRun, what, err)
		}
		if got := names(result.Rows[len(result.Rows)-1].Refusal); got != want {
			t.Errorf("dry %v: %T: %s, want %s", call.DryRun, what, got, want)
		}
	}
}
