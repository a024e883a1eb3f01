package usecase_test

import (
	"testing"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// One newcomer in two rows of a batch is one person: the second row is set
// aside, in a dry run as in earnest, and the repeated act says the same.
func TestBatchNamesANewcomerTwice(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u := w.Unit("U", adm, 5, 0)
	batch := usecase.CollectBatch{Unit: u, Rows: []usecase.ChangeForm{
		w.EntryForm(1, adm, "2026-03-02"), w.EntryForm(2, adm, "2026-03-02"), w.EntryForm(1, adm, "2026-03-02")}}
	check := func(r usecase.Result, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"", "", domain.WrongStep} {
			got := ""
			if r.Rows[i].Refusal != nil {
				got = r.Rows[i].Refusal.Name
			}
			if got != want {
				t.Errorf("row %d: %q, want %q", i, got, want)
			}
		}
	}
	call := w.Call("c", batch)
	dry := call
	dry.DryRun = true
	size := w.Store.Size()
	check(w.Service.Do(w.Ctx, dry, batch))
	if w.Store.Size() != size {
		t.Error("the dry run wrote")
	}
	check(w.Service.Do(w.Ctx, call, batch))
	size = w.Store.Size()
	check(w.Service.Do(w.Ctx, call, batch))
	if w.Store.Size() != size {
		t.Error("the repeat wrote")
	}
}
