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
