package usecase_test

import (
	"errors"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// An opening balance brings people who came long before the ledger knew any
// posts of their unit; it is judged from the first day on which it does.
func TestOpeningOfPeopleInPostSinceLongAgo(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 3, 0)
	open := func(since ...string) error {
		rows := make([]usecase.OpeningForm, len(since))
		for i, s := range since {
			n := int(w.Store.Size()) + i
			rows[i] = usecase.OpeningForm{IDNumber: world.IDNumber(n), Particulars: account.Particulars{Name: world.PersonName(n)},
				Line: adm, Class: codes.ClassCivilServant, Since: w.Day(s)}
		}
		w.Must("K", usecase.StartOpening{Unit: u1, Rows: len(rows), Digest: strings.Repeat("0", 64), Document: w.Document()})
		w.Must("K", usecase.AddOpeningPart{Unit: u1, Rows: rows})
		_, err := w.Do("K", usecase.CompleteOpening{Unit: u1})
		if err != nil {
			w.Must("K", usecase.AbandonOpening{Unit: u1, Reason: "人数有误"})
		}
		return err
	}
	wantNone := func(err error, day string) {
		t.Helper()
		var r *domain.Refusal
		if !errors.As(err, &r) || r.Name != domain.NoFreePost && r.Name != domain.NoFreePostOnDate || r.Facts["day"] != day {
			t.Errorf("got %v, want no free post on %s", err, day)
		}
	}
	wantNone(open("1998-08-01", "2003-01-06", "2010-07-01", "2020-09-01"), "2026-03-02")
	if err := open("1998-08-01", "2003-01-06"); err != nil {
		t.Fatal(err)
	}
	w.Want("U1", adm, [5]int{3, 2, 0, 0, 1})

	// A second bracket is judged by the same days, not by those of the first
	// one's people; a day on which somebody else had the post is refused.
	w.At("2026-03-10")
	_, p := w.Enter("U1", 900, adm, "2026-03-04")
	w.At("2026-03-16")
	exit := w.Collect("U1", w.ExitForm(p, "2026-03-12"))
	w.Pass(exit, world.Gates...)
	w.Must("e1", usecase.Record{Change: exit})
	wantNone(open("2015-07-01"), "2026-03-04")
	if err := open("2026-03-12"); err != nil {
		t.Fatal(err)
	}
	w.Want("U1", adm, [5]int{3, 3, 0, 0, 0})
}
