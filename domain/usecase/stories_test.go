package usecase_test

import (
	"errors"
	"sync"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

const (
	adm  codes.LineKey = "administrative/full"
	inst codes.LineKey = "institution/full"
)

// Story S9 of the worked cases: an approval that expires while one of its
// posts is drawn.
func TestStoryExpiryOfAnApproval(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-02-02")
	u1 := w.Unit("U1", adm, 20, 1)
	for n := range 17 {
		w.Enter("U1", n, adm, "2026-02-02")
	}
	w.Want("U1", adm, [5]int{20, 17, 0, 1, 2})

	w.At("2026-03-02")
	approve := usecase.ApproveUse{Unit: u1, Line: adm, Posts: 2, Manner: codes.Exam, ValidTo: w.Day("2026-03-31"), Document: w.Document()}
	b := domain.ApprovalID(w.Must("f2", approve).ID)
	w.Want("U1", adm, [5]int{20, 17, 2, 1, 0})
	one := approve
	one.Posts = 1
	w.Refused(domain.NoFreePost, "f2", one)

	exam := func(n int, effective string) usecase.ChangeForm {
		f := w.EntryForm(n, adm, effective)
		f.Manner, f.Approval = codes.Exam, b
		return f
	}
	w.At("2026-03-10")
	p1 := w.Collect("U1", exam(101, "2026-03-16"))
	w.Pass(p1, world.Gates...)
	w.Refused(domain.FutureDated, "e1", usecase.Record{Change: p1})
	w.At("2026-03-16")
	w.Must("e1", usecase.Record{Change: p1})
	w.Want("U1", adm, [5]int{20, 18, 1, 1, 0})

	w.At("2026-03-30")
	p2 := w.Collect("U1", exam(102, "2026-04-01"))
	w.Refused(domain.ApprovalExhausted, "c", usecase.Collect{Unit: u1, ChangeForm: exam(103, "2026-04-01")})

	w.At("2026-04-01")
	w.Refused(domain.ApprovalExpired, "c", usecase.Collect{Unit: u1, ChangeForm: exam(103, "2026-04-01")})
	w.Want("U1", adm, [5]int{20, 18, 1, 1, 0})
	w.At("2026-04-02")
	w.Must("o1", usecase.Return{Change: p2, Fields: map[string]string{"degree": "证明不符"}})
	w.At("2026-04-03")
	w.Must("c1", usecase.Withdraw{Change: p2, Reason: "放弃录用"})
	w.Want("U1", adm, [5]int{20, 18, 0, 1, 1})
}

// Story S10: two, and twenty, for the last post.
func TestStoryTheLastPost(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 10, 1)
	for n := range 8 {
		w.Enter("U1", n, adm, "2026-03-02")
	}
	w.Want("U1", adm, [5]int{10, 8, 0, 1, 1})
	const racers = 20
	changes := make([]domain.ChangeID, racers)
	for i := range changes {
		changes[i] = w.Collect("U1", w.EntryForm(100+i, adm, "2026-03-02"))
		w.Pass(changes[i], world.Gates...)
	}
	var wg sync.WaitGroup
	errs := make([]error, racers)
	for i, change := range changes {
		wg.Go(func() { _, errs[i] = w.Do([]string{"e1", "e2"}[i%2], usecase.Record{Change: change}) })
	}
	wg.Wait()
	loser := -1
	recorded := 0
	for i, err := range errs {
		var r *domain.Refusal
		switch {
		case err == nil:
			recorded++
		case errors.As(err, &r) && r.Name == domain.NoFreePost:
			if r.Facts["A"] != 10 && r.Facts["A"] != 10.0 || r.Facts["O"] != 9 && r.Facts["O"] != 9.0 {
				t.Errorf("racer %d: facts %v", i, r.Facts)
			}
			loser = i
		default:
			t.Errorf("racer %d: %v", i, err)
		}
	}
	if recorded != 1 {
		t.Fatalf("%d recorded, want 1", recorded)
	}
	w.Want("U1", adm, [5]int{10, 9, 0, 1, 0})
	refusals := 0
	for r, err := range w.Store.Stream(w.Ctx, domain.AccountOf(u1), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Type == account.TypeStaffingRefused {
			refusals++
		}
	}
	if refusals > 19 {
		t.Errorf("%d written refusals", refusals)
	}
	exit := w.Collect("U1", w.ExitForm(w.Person(0), "2026-03-02"))
	w.Pass(exit, world.Gates...)
	w.Must("e1", usecase.Record{Change: exit})
	w.Want("U1", adm, [5]int{10, 8, 0, 1, 1})
	w.Must("e2", usecase.Record{Change: changes[loser]})
	w.Want("U1", adm, [5]int{10, 9, 0, 1, 0})
}
