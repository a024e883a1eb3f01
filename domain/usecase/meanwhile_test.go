package usecase_test

import (
	"context"
	"errors"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/person"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// between is a log in which something else happens right after an event of a
// type was written: what comes between two steps of a process.
type between struct {
	usecase.Log
	after domain.EventType
	count int // how many of them go by first
	act   func()
}

func (b *between) Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	stored, err := b.Log.Append(ctx, stream, expected, events)
	if act := b.act; err == nil && act != nil && events[0].Type == b.after {
		if b.count--; b.count < 0 {
			b.act = nil
			act()
		}
	}
	return stored, err
}

// meanwhileAfter lets something happen after an event of a type was written.
func meanwhileAfter(w *world.World, t domain.EventType, count int, act func()) {
	w.Store = &between{Log: w.Store, after: t, count: count, act: act}
	w.Open(usecase.Options{Parallel: 1})
}

// last is the latest event of a type in a stream.
func last(w *world.World, stream domain.Stream, t domain.EventType) (found domain.Recorded, ok bool) {
	for r, err := range w.Store.Stream(w.Ctx, stream, 0) {
		if err != nil {
			w.T.Fatal(err)
		}
		if r.Type == t {
			found, ok = r, true
		}
	}
	return found, ok
}

// The taker opens an opening balance between the offer and its decision: it
// refuses in writing, and the giver gets the posts back on the very days on
// which they were taken.
func TestATakerThatRefusesGivesThePostsBack(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 4, 0)
	u2 := w.Unit("U2", adm, 1, 0)
	w.At("2026-03-10")
	meanwhileAfter(w, account.TypeQuotaOffered, 0, func() {
		w.Must("K", usecase.StartOpening{Unit: u2, Rows: 1, Digest: "0000000000000000000000000000000000000000000000000000000000000000", Document: w.Document()})
	})
	move := usecase.MoveQuota{Giver: domain.AccountOf(u1), Taker: domain.AccountOf(u2), GiverLine: adm, TakerLine: adm, Posts: 3,
		Effective: w.Day("2026-03-04"), Document: w.Document()}
	call := w.Call("L", move)
	var r *domain.Refusal
	if _, err := w.Service.Do(w.Ctx, call, move); !errors.As(err, &r) || r.Name != domain.BulkOpen {
		t.Fatalf("got %v, want bulk-open", err)
	}
	if _, written := last(w, domain.AccountOf(u2), account.TypeQuotaRefused); !written {
		t.Error("the refusal of a begun process is not written")
	}
	for day := w.Day("2026-03-01"); day <= w.Day("2026-03-12"); day++ {
		err := w.Service.ReadAccount(w.Ctx, domain.AccountOf(u1), func(a *account.Account) {
			want := account.Balance{}
			if day >= w.Day("2026-03-02") {
				want = account.Balance{4}
			}
			if got := a.BalanceOn(adm, day); got != want || len(a.Offers()) > 0 {
				t.Errorf("%s: %v, want %v; open offers %v", day, got, want, a.Offers())
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Laws(true); err != nil {
		t.Error(err)
	}
	w.Must("K", usecase.AbandonOpening{Unit: u2, Reason: "有误"})
	if _, err := w.Service.Do(w.Ctx, call, move); err != nil { // a refusal uses no key up
		t.Fatal(err)
	}
	w.Want("U2", adm, [5]int{4, 0, 0, 0, 4})
}

// The last post is held back between the claim and the recording: the refusal is
// written, the claim is free, the change waits, and the key can be used again.
func TestAPostThatGoesBetweenClaimAndRecording(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 1, 0)
	change := w.Collect("U1", w.EntryForm(1, adm, "2026-03-02"))
	w.Pass(change, world.Gates...)
	hold := usecase.HoldBackPosts{Unit: u1, Line: adm, Posts: 1, Effective: w.Day("2026-03-02"), Document: w.Document()}
	meanwhileAfter(w, person.TypeClaimed, 0, func() { w.Must("L", hold) })
	record := usecase.Record{Change: change}
	call := w.Call("e1", record)
	var r *domain.Refusal
	if _, err := w.Service.Do(w.Ctx, call, record); !errors.As(err, &r) || r.Name != domain.NoFreePost {
		t.Fatalf("got %v, want no-free-post", err)
	}
	refused, written := last(w, domain.AccountOf(u1), account.TypeStaffingRefused)
	if !written || refused.CommandID != "" {
		t.Errorf("written %v with command %q, want a written refusal without", written, refused.CommandID)
	}
	if _, free := last(w, domain.PersonOf(w.Person(1)), person.TypeReleased); !free {
		t.Error("the claim is not free")
	}
	if c := changeOf(w, "U1", change); c.Status != account.StatusReview || c.Revision != call.IfMatch {
		t.Errorf("the change is %s at %d, want review at %d", c.Status, c.Revision, call.IfMatch)
	}
	w.Want("U1", adm, [5]int{1, 0, 0, 1, 0})
	w.Must("L", usecase.FreePosts(hold))
	if _, err := w.Service.Do(w.Ctx, call, record); err != nil {
		t.Fatal(err)
	}
	w.Want("U1", adm, [5]int{1, 1, 0, 0, 0})
}

// Of two rows of a batch one loses its post between the claims and the
// recording: the other is recorded, and a repeat answers the same.
func TestARowThatLosesItsPostBetweenClaimAndRecording(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 2, 0)
	var rows []usecase.BatchRow
	for n := range 3 {
		f := w.EntryForm(n, adm, "2026-03-02")
		if n == 0 {
			f.Class = codes.ClassWorker // set aside before anybody is claimed
		}
		change := w.Collect("U1", f)
		w.Pass(change, "o1", "h1")
		if n > 0 {
			w.Pass(change, "f1")
		}
		rows = append(rows, usecase.BatchRow{Change: change, Revision: w.Revision(change)})
	}
	meanwhileAfter(w, person.TypeClaimed, 1, func() {
		w.Must("L", usecase.HoldBackPosts{Unit: u1, Line: adm, Posts: 1, Effective: w.Day("2026-03-02"), Document: w.Document()})
	})
	record := usecase.RecordBatch{Unit: u1, Rows: rows}
	call := w.Call("e1", record)
	for _, repeated := range []bool{false, true} {
		result, err := w.Service.Do(w.Ctx, call, record)
		if err != nil || result.Repeated != repeated || len(result.Rows) != 3 {
			t.Fatalf("repeated %v: %+v, %v", repeated, result, err)
		}
		if result.Rows[0].Refusal == nil || result.Rows[1].Refusal != nil || result.Rows[2].Refusal == nil ||
			result.Rows[0].Refusal.Name != domain.WrongStep || result.Rows[2].Refusal.Name != domain.NoFreePost {
			t.Errorf("repeated %v: rows %+v", repeated, result.Rows)
		}
	}
	w.Want("U1", adm, [5]int{2, 1, 0, 1, 0})
	if err := w.Laws(true); err != nil {
		t.Error(err)
	}
}

// failing is a log that fails once, before an event of a type is written for
// the n-th time.
type failing struct {
	usecase.Log
	before domain.EventType
	count  int
}

var errBroken = errors.New("the log is gone for a moment")

func (f *failing) Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	if events[0].Type == f.before {
		if f.count--; f.count == 0 {
			return nil, errBroken
		}
	}
	return f.Log.Append(ctx, stream, expected, events)
}

// A batch that breaks off between two claims goes on when it is repeated: what
// was claimed is recorded, the rest follows, and the answer is that of the act.
func TestABatchThatBreaksOffGoesOn(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 4, 0)
	var rows []usecase.BatchRow
	for n := range 4 {
		change := w.Collect("U1", w.EntryForm(n, adm, "2026-03-02"))
		w.Pass(change, world.Gates...)
		rows = append(rows, usecase.BatchRow{Change: change, Revision: w.Revision(change)})
	}
	rows[1].Revision-- // seen before its last event: set aside
	w.Store = &failing{Log: w.Store, before: person.TypeClaimed, count: 3}
	w.Open(usecase.Options{Parallel: 1})
	record := usecase.RecordBatch{Unit: u1, Rows: rows}
	call := w.Call("e1", record)
	if _, err := w.Service.Do(w.Ctx, call, record); !errors.Is(err, errBroken) {
		t.Fatalf("got %v, want the log's error", err)
	}
	for _, repeated := range []bool{false, true} {
		result, err := w.Service.Do(w.Ctx, call, record)
		if err != nil || result.Repeated != repeated || len(result.Rows) != 4 {
			t.Fatalf("repeated %v: %+v, %v", repeated, result, err)
		}
		for i, r := range result.Rows {
			if refused := r.Refusal != nil; refused != (i == 1) || !refused && r.Event == nil {
				t.Errorf("repeated %v: row %d: %+v", repeated, i, r)
			}
		}
	}
	w.Want("U1", adm, [5]int{4, 3, 0, 0, 1})
	if err := w.Laws(true); err != nil {
		t.Error(err)
	}
}
