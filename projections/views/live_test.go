package views

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/eventstore/eventstoretest"
	"staffledger/projections"
	"staffledger/test/randomledger"
)

// A directory whose file was deleted, damaged, made by another version or of
// another ledger is filled anew and never fatal; a whole one is kept.
func TestOpenRebuildsWhatIsNotUsable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 1, Events: 300})
	other := randomLedger(t, randomledger.Options{Seed: 2, Events: 300})
	live := func(dir string) string {
		b, err := os.ReadFile(filepath.Join(dir, current))
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, strings.TrimSpace(string(b)))
	}
	exec := func(query string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			v := open(t, store, dir)
			if _, err := v.live.fold.w.conn.ExecContext(ctx, query); err != nil {
				t.Fatal(err)
			}
			v.Close()
		}
	}
	for _, c := range []struct {
		name   string
		ledger Ledger
		harm   func(t *testing.T, dir string)
		kept   bool
	}{
		{"nothing", store, func(*testing.T, string) {}, true},
		{"shorter before", store, exec("UPDATE meta SET value=value WHERE key='next'"), true},
		{"file deleted", store, func(t *testing.T, dir string) { os.Remove(live(dir)) }, false},
		{"current deleted", store, func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, current)) }, false},
		{"current is garbage", store, func(t *testing.T, dir string) {
			os.WriteFile(filepath.Join(dir, current), []byte("../x"), 0o600)
		}, false},
		{"all deleted", store, func(t *testing.T, dir string) { os.RemoveAll(dir) }, true}, // numbers begin again
		{"overwritten", store, func(t *testing.T, dir string) {
			b, _ := os.ReadFile(live(dir))
			for i := 4096; i < len(b); i++ {
				b[i] ^= 0x55
			}
			os.WriteFile(live(dir), b, 0o600)
		}, false},
		{"cut off", store, func(t *testing.T, dir string) { os.Truncate(live(dir), 5000) }, false},
		{"no database", store, func(t *testing.T, dir string) { os.WriteFile(live(dir), []byte("hello"), 0o600) }, false},
		{"table dropped", store, exec("DROP TABLE month"), false},
		{"another version", store, exec("PRAGMA user_version=999"), false},
		{"another program", store, exec("PRAGMA application_id=1"), false},
		{"another ledger", other, func(*testing.T, string) {}, false},
		{"shorter ledger", store.Prefix(100), func(*testing.T, string) {}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			v := open(t, store, dir)
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			before := live(dir)
			c.harm(t, dir)
			v = open(t, c.ledger, dir)
			if err := v.ToEnd(ctx); err != nil {
				t.Fatal(err)
			}
			if r := compare(t, v, c.ledger.All(ctx, 0)); !r.Equal {
				t.Fatal(r)
			}
			if c.kept != (live(dir) == before) {
				t.Errorf("was %s, is %s", before, live(dir))
			}
			if files, _ := filepath.Glob(filepath.Join(dir, "views-*.db")); len(files) != 1 {
				t.Errorf("files: %v", files)
			}
		})
	}
}

// The file as it stood after any commit, opened again, goes on to the same end:
// position and rows are saved together.
func TestReopeningAfterACrash(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 3, Events: 400})
	want := dump(t, open(t, store, t.TempDir()))
	ledger := &window{Memory: store}
	dir := t.TempDir()
	v := open(t, ledger, dir)
	for n := domain.Position(0); n < store.Size(); n += 37 {
		ledger.size = min(n, store.Size())
		if err := v.ToEnd(ctx); err != nil {
			t.Fatal(err)
		}
		crashed := t.TempDir() // what a killed process leaves: file and log, not closed
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), "-shm") {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			os.WriteFile(filepath.Join(crashed, e.Name()), b, 0o600)
		}
		again := open(t, store, crashed)
		if p := again.Progress(); again.next != ledger.size {
			t.Fatalf("reopened at %d of %d: %+v", again.next, ledger.size, p)
		}
		if err := again.ToEnd(ctx); err != nil {
			t.Fatal(err)
		}
		sameDump(t, "after crash", dump(t, again), want)
		again.Close()
	}
}

// A batch that fails leaves nothing: the view stands at the event to blame.
func TestAFoldThatFailsStopsAtItsEvent(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	good := randomLedger(t, randomledger.Options{Seed: 3, Events: 300})
	broken := errors.New("box is broken")
	bad := domain.Position(0)
	for r := range good.All(ctx, 200) {
		if r.Type == "staffing.collected.v1" {
			bad = r.Position
			break
		}
	}
	id := func() domain.EventID { r, _ := good.At(ctx, bad); return r.ID }()
	v, err := Open(ctx, Options{Dir: t.TempDir(), Ledger: &window{Memory: good}, Unseal: func(key string, event domain.EventID, box []byte) ([]byte, error) {
		if event == id {
			return nil, broken
		}
		return randomledger.Unseal(key, event, box)
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	v.opts.Ledger.(*window).size = good.Size()
	var stopped *projections.Stopped
	if err := v.ToEnd(ctx); !errors.As(err, &stopped) || stopped.Position != bad || !errors.Is(err, broken) {
		t.Fatalf("got %v, want stop at %d", err, bad)
	}
	if last, _ := v.Position(); last != bad-1 {
		t.Fatalf("stands at %d, want %d", last, bad-1)
	}
	if p := v.Progress(); p.Err == nil || p.Next != bad {
		t.Fatalf("%+v", p)
	}
	sameDump(t, "before the stop", dump(t, v), dump(t, open(t, good.Prefix(bad), t.TempDir())))
}

// Erased keys give pseudonyms, and replay agrees.
func TestErasedKeys(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 5, Events: 500})
	unseal := func(key string, event domain.EventID, box []byte) ([]byte, error) {
		if strings.ContainsAny(key[len(key)-1:], "02468ace") {
			return nil, errors.Join(errors.New("vault"), domain.ErrErased)
		}
		return randomledger.Unseal(key, event, box)
	}
	v, err := Open(ctx, Options{Dir: t.TempDir(), Ledger: store, Unseal: unseal})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if r := compare(t, v, store.All(ctx, 0)); !r.Equal {
		t.Fatal(r)
	}
	found, err := v.Search(ctx, "已清除", 100)
	if err != nil || len(found.People) == 0 || len(found.Units) == 0 || len(found.Documents) == 0 {
		t.Fatalf("%+v %v", found, err)
	}
	if p := found.People[0]; p.Name != Pseudonym(p.Person) || p.IDMasked != "" {
		t.Errorf("%+v", p)
	}
}

// Queries, following and rebuilds at once: every answer is of one position, no
// answer goes back, and old files go.
func TestQueriesDuringFollowingAndRebuilds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	full := randomLedger(t, randomledger.Options{Seed: 6, Events: 700})
	growing := eventstoretest.NewMemory()
	dir := t.TempDir()
	v := open(t, growing, dir)
	ran := make(chan error, 1)
	go func() { ran <- v.Run(ctx) }()
	var work sync.WaitGroup
	written := make(chan struct{})
	work.Go(func() {
		defer close(written)
		for r := range full.All(ctx, 0) {
			if _, err := growing.Append(ctx, r.Stream, r.Revision-1, []domain.Event{r.Event}); err != nil {
				t.Error(err)
				return
			}
			if r.Position%50 == 0 {
				if err := v.AtLeast(ctx, r.Position); err != nil && !errors.Is(err, ErrBehind) {
					t.Error(err)
				}
			}
		}
	})
	for range 3 {
		work.Go(func() {
			seen := 0
			for {
				page, err := v.Changes(ctx, ChangeQuery{Limit: 500})
				if err != nil {
					t.Error(err)
					return
				}
				if page.Total < seen || len(page.Rows) != min(page.Total, 500) {
					t.Errorf("%d changes after %d, total %d", len(page.Rows), seen, page.Total)
				}
				seen = page.Total
				units, err := v.Units(ctx, UnitQuery{WithSubs: true, Limit: 500})
				if err != nil || len(units.Rows) != units.Total {
					t.Errorf("%d of %d units: %v", len(units.Rows), units.Total, err)
				}
				for _, u := range units.Rows {
					if _, err := v.Roster(ctx, RosterQuery{Unit: u.ID}); err != nil {
						t.Error(err)
					}
				}
				select {
				case <-written:
					return
				default:
				}
			}
		})
	}
	work.Go(func() {
		for {
			if err := v.Rebuild(ctx, func(done, of domain.Position) {
				if done > of {
					t.Errorf("%d of %d", done, of)
				}
			}); err != nil {
				t.Error(err)
			}
			select {
			case <-written:
				return
			default:
			}
		}
	})
	work.Wait()
	if err := v.AtLeast(ctx, growing.Size()-1); err != nil {
		t.Fatal(err)
	}
	if r := compare(t, v, growing.All(ctx, 0)); !r.Equal || r.Events != growing.Size() {
		t.Fatal(r)
	}
	cancel()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "views-*.db")); len(files) != 1 {
		t.Errorf("files: %v", files)
	}
}

// A live file that is damaged under a running service is rebuilt.
func TestRunRebuildsADamagedFile(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	store := randomLedger(t, randomledger.Options{Seed: 7, Events: 300})
	v := open(t, store, t.TempDir())
	damagedFile := v.live.path()
	if _, err := v.live.fold.w.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(damagedFile)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < len(b); i++ {
		b[i] = 0x55
	}
	if err := os.WriteFile(damagedFile, b, 0o600); err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- v.Run(ctx) }()
	if _, err := v.Changes(ctx, ChangeQuery{}); err == nil {
		t.Fatal("a damaged file answered")
	}
	for {
		if _, err := v.Changes(ctx, ChangeQuery{}); err == nil {
			break
		}
		select {
		case err := <-ran:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	if r := compare(t, v, store.All(ctx, 0)); !r.Equal {
		t.Fatal(r)
	}
	cancel()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
}

func TestAtLeastIsBounded(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 1, Events: 150})
	v, err := Open(ctx, Options{Dir: t.TempDir(), Ledger: store, Unseal: randomledger.Unseal, Patience: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.AtLeast(ctx, store.Size()-1); err != nil {
		t.Error(err)
	}
	if err := v.AtLeast(ctx, store.Size()); !errors.Is(err, ErrBehind) {
		t.Error(err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
	if _, err := v.Users(ctx); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}
