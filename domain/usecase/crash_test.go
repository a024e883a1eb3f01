package usecase_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

// crashing is a store whose process dies at one append: before it, or after it
// was stored but before anybody heard.
type crashing struct {
	usecase.Log
	left   int // appends that still succeed; negative: no crash
	stored bool
	dead   bool
}

var errCrash = errors.New("the process has died")

func (c *crashing) Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	if c.dead {
		return nil, errCrash
	}
	if c.left == 0 {
		c.dead = true
		if c.stored {
			_, _ = c.Log.Append(ctx, stream, expected, events)
		}
		return nil, errCrash
	}
	c.left--
	return c.Log.Append(ctx, stream, expected, events)
}

// crashCase is a command with what must be true once it is done, made in a
// world of its own.
type crashCase struct {
	name    string
	prepare func(w *world.World) (user string, what usecase.Command, done func() error)
	refused string // the command is refused after its process has begun
}

func want(w *world.World, unit string, line codes.LineKey, balance [5]int) error {
	b := w.Balance(domain.AccountOf(w.UnitID(unit)), line)
	if got := [5]int{b[0], b[1], b[2], b[3], b.Free()}; got != balance {
		return fmt.Errorf("%s %s: got %v, want %v", unit, line, got, balance)
	}
	return nil
}

func crashCases() []crashCase {
	return []crashCase{
		{name: "collect a newcomer", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 2, 0)
			return "c", usecase.Collect{Unit: w.UnitID("U"), ChangeForm: w.EntryForm(1, adm, "2026-03-02")}, func() error {
				return liveChanges(w, "U", 1)
			}
		}},
		{name: "entry", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 2, 0)
			change := w.Collect("U", w.EntryForm(1, adm, "2026-03-02"))
			w.Pass(change, world.Gates...)
			return "e1", usecase.Record{Change: change}, func() error { return want(w, "U", adm, [5]int{2, 1, 0, 0, 1}) }
		}},
		{name: "exit", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 2, 0)
			_, p := w.Enter("U", 1, adm, "2026-03-02")
			change := w.Collect("U", w.ExitForm(p, "2026-03-02"))
			w.Pass(change, world.Gates...)
			return "e1", usecase.Record{Change: change}, func() error { return want(w, "U", adm, [5]int{2, 0, 0, 0, 2}) }
		}},
		{name: "quota granted", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 2, 0)
			w.Must("K", usecase.SetPool{Level: codes.City, Line: adm, Posts: 3, Document: w.Document()})
			return "L", usecase.MoveQuota{Giver: domain.PoolOf(codes.City), Taker: domain.AccountOf(w.UnitID("U")), GiverLine: adm,
					TakerLine: adm, Posts: 3, Effective: w.Day("2026-03-02"), Document: w.Document()}, func() error {
					return want(w, "U", adm, [5]int{5, 0, 0, 0, 5})
				}
		}},
		{name: "quota moved to a unit that is opening", refused: domain.BulkOpen, prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 2, 0)
			w.Unit("V", adm, 2, 0)
			w.Must("K", usecase.StartOpening{Unit: w.UnitID("V"), Rows: 1, Digest: digest, Document: w.Document()})
			return "L", usecase.MoveQuota{Giver: domain.AccountOf(w.UnitID("U")), Taker: domain.AccountOf(w.UnitID("V")), GiverLine: adm,
					TakerLine: adm, Posts: 1, Effective: w.Day("2026-03-02"), Document: w.Document()}, func() error {
					return want(w, "U", adm, [5]int{2, 0, 0, 0, 2})
				}
		}},
		{name: "founding", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			k := usecase.EstablishUnit{Code: "330200-9001", Division: "330200", System: "government", Rank: codes.List(codes.TableRank, domain.NoDay)[2].Value,
				Level: codes.City, Name: "新设单位", Effective: w.Day("2026-03-02"), Document: w.Document()}
			return "L", k, func() error {
				if _, err := w.Do("L", k); refusalName(err) != domain.CodeInUse {
					return fmt.Errorf("the code is not in use: %w", err)
				}
				return nil
			}
		}},
		{name: "opening part", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 3, 0)
			w.Must("K", usecase.StartOpening{Unit: w.UnitID("U"), Rows: 3, Digest: digest, Document: w.Document()})
			return "K", openingPart(w, 0, 1, 2, 3), func() error {
				w.Must("K", usecase.CompleteOpening{Unit: w.UnitID("U")})
				return want(w, "U", adm, [5]int{3, 3, 0, 0, 0})
			}
		}},
		{name: "opening completed", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 3, 0)
			w.Must("K", usecase.StartOpening{Unit: w.UnitID("U"), Rows: 2, Digest: digest, Document: w.Document()})
			w.Must("K", openingPart(w, 0, 1, 2))
			return "K", usecase.CompleteOpening{Unit: w.UnitID("U")}, func() error { return want(w, "U", adm, [5]int{3, 2, 0, 0, 1}) }
		}},
		{name: "opening abandoned", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 3, 0)
			w.Must("K", usecase.StartOpening{Unit: w.UnitID("U"), Rows: 3, Digest: digest, Document: w.Document()})
			w.Must("K", openingPart(w, 0, 1, 2))
			return "K", usecase.AbandonOpening{Unit: w.UnitID("U"), Reason: "名单有误"}, func() error {
				return want(w, "U", adm, [5]int{3, 0, 0, 0, 3})
			}
		}},
		{name: "batch collected", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 3, 0)
			k := usecase.CollectBatch{Unit: w.UnitID("U")}
			for n := range 3 {
				k.Rows = append(k.Rows, w.EntryForm(n, adm, "2026-03-02"))
			}
			return "c", k, func() error { return liveChanges(w, "U", 3) }
		}},
		{name: "batch of entries recorded", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 2, 0)
			k := usecase.RecordBatch{Unit: w.UnitID("U")}
			for n := range 3 { // one more than there are posts: the last row is set aside
				change := w.Collect("U", w.EntryForm(n, adm, "2026-03-02"))
				w.Pass(change, world.Gates...)
				k.Rows = append(k.Rows, usecase.BatchRow{Change: change, Revision: w.Revision(change)})
			}
			return "e1", k, func() error { return want(w, "U", adm, [5]int{2, 2, 0, 0, 0}) }
		}},
		{name: "batch of exits recorded", prepare: func(w *world.World) (string, usecase.Command, func() error) {
			w.Unit("U", adm, 3, 0)
			k := usecase.RecordBatch{Unit: w.UnitID("U")}
			for n := range 2 {
				_, p := w.Enter("U", n, adm, "2026-03-02")
				change := w.Collect("U", w.ExitForm(p, "2026-03-02"))
				w.Pass(change, world.Gates...)
				k.Rows = append(k.Rows, usecase.BatchRow{Change: change, Revision: w.Revision(change)})
			}
			return "e1", k, func() error { return want(w, "U", adm, [5]int{3, 0, 0, 0, 3}) }
		}},
	}
}

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func openingPart(w *world.World, from int, people ...int) usecase.AddOpeningPart {
	k := usecase.AddOpeningPart{Unit: w.UnitID("U"), From: from}
	for _, n := range people {
		k.Rows = append(k.Rows, usecase.OpeningForm{IDNumber: world.IDNumber(n), Particulars: account.Particulars{Name: world.PersonName(n)},
			Line: adm, Class: codes.ClassCivilServant, Since: w.Day("2026-03-02")})
	}
	return k
}

func liveChanges(w *world.World, unit string, n int) error {
	var live int
	err := w.Service.ReadAccount(w.Ctx, domain.AccountOf(w.UnitID(unit)), func(a *account.Account) { live = len(a.LiveChanges()) })
	if err == nil && live != n {
		err = fmt.Errorf("%d live changes, want %d", live, n)
	}
	return err
}

func refusalName(err error) string {
	var r *domain.Refusal
	if errors.As(err, &r) {
		return r.Name
	}
	return ""
}

// A process is killed at each of its appends, before and after the append was
// stored. After a restart the sweep brings it to its end or leaves no trace that
// binds anybody; the same call under the same key then gives the answer, once.
func TestCrashAtEveryAppend(t *testing.T) {
	t.Parallel()
	for _, c := range crashCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			appends := 0
			for crashed := true; crashed; appends++ {
				for _, stored := range []bool{false, true} {
					for _, swept := range []bool{false, true} {
						crashed = crashOnce(t, c, appends, stored, swept)
					}
				}
			}
			t.Logf("%d appends", appends-1)
		})
	}
}

func crashOnce(t *testing.T, c crashCase, at int, stored, swept bool) (crashed bool) {
	t.Helper()
	say := fmt.Sprintf("%s, crash at append %d, stored %v, swept %v", c.name, at, stored, swept)
	memory := eventstoretest.NewMemory()
	w := world.On(t, "2026-03-02", memory)
	user, what, done := c.prepare(w)
	call := w.Call(user, what)

	dying := &crashing{Log: memory, left: at, stored: stored}
	w.Store = dying
	w.Open(usecase.Options{Parallel: 1})
	_, err := w.Service.Do(w.Ctx, call, what)
	w.Service.Close()
	if dying.dead && err != nil && !errors.Is(err, errCrash) && refusalName(err) == "" {
		t.Fatalf("%s: %v", say, err)
	}

	w.Store = memory
	w.Open(usecase.Options{Parallel: 1, Hints: world.Hints{Log: memory}})
	if swept {
		if err := w.Service.Sweep(w.Ctx); err != nil {
			t.Fatalf("%s: sweep: %v", say, err)
		}
		if err := w.Laws(true); err != nil {
			t.Fatalf("%s: after the sweep: %v", say, err)
		}
	}
	first, err := w.Service.Do(w.Ctx, call, what)
	if refusalName(err) != c.refused {
		t.Fatalf("%s: repeated: %v", say, err)
	}
	if err := w.Service.Sweep(w.Ctx); err != nil {
		t.Fatalf("%s: sweep: %v", say, err)
	}
	if err := w.Laws(true); err != nil {
		t.Fatalf("%s: %v", say, err)
	}
	size := memory.Size()
	again, err := w.Service.Do(w.Ctx, call, what)
	if c.refused == "" && (err != nil || !again.Repeated || len(again.Events) != len(first.Events) || memory.Size() != size) {
		t.Fatalf("%s: repeated once more: %v, %d events, first %d; %d appended", say, err, len(again.Events), len(first.Events), memory.Size()-size)
	}
	if err := done(); err != nil {
		t.Fatalf("%s: %v", say, err)
	}
	return dying.dead
}
