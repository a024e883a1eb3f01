package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

var errInjected = errors.New("injected fault")

// faultModes are the ways in which an operation fails.
var faultModes = map[string]func(do func() error) error{
	"error":    func(func() error) error { return errInjected },
	"no space": func(func() error) error { return syscall.ENOSPC },
	"stored, and an error": func(do func() error) error {
		if err := do(); err != nil {
			return err
		}
		return errInjected
	},
	"stored, and no space": func(do func() error) error {
		if err := do(); err != nil {
			return err
		}
		return syscall.ENOSPC
	},
}

func faultEvents(i int) []domain.Event {
	stream := domain.Stream(fmt.Sprintf("account-%d", i%2))
	e := eventstoretest.Event(stream, 1000+i, "unit:u-1")
	e.Data = fmt.Appendf(nil, `{"row":%d,"pad":"%0*d"}`, i, 700, 0)
	return []domain.Event{e}
}

// script opens a ledger, appends, and closes it, and returns what was
// acknowledged. After ErrNoSpace the same append must succeed, since a fault
// comes once; after ErrReadOnly nothing may.
func script(t *testing.T, fs vfs.FS) (acked []domain.Recorded) {
	o := testOptions(fs, 4<<10)
	ticks := make(chan time.Time)
	o.HeadTick = ticks
	l, err := Open("ledger", o)
	if err != nil {
		return nil
	}
	readOnly := false
	for i := range 14 {
		events := faultEvents(i)
		expected := domain.Revision(i/2) - 1
		var out []domain.Recorded
		for try := 0; ; try++ {
			size := l.Size()
			out, err = l.Append(background, events[0].Stream, expected, events)
			if err == nil {
				break
			}
			if _, e := l.ByID(background, events[0].ID); !errors.Is(e, eventstore.ErrNotFound) || l.Size() != size {
				t.Errorf("append %d failed (%v) and is visible", i, err)
			}
			if readOnly = errors.Is(err, eventstore.ErrReadOnly); readOnly {
				break
			}
			if try == 3 {
				t.Errorf("append %d fails again and again: %v", i, err)
				break
			}
		}
		if err != nil {
			break
		}
		if readOnly {
			t.Errorf("append %d succeeds after ErrReadOnly", i)
		}
		acked = append(acked, out...)
		if i%5 == 0 {
			ticks <- time.Time{}
		}
	}
	if readOnly {
		if _, err := l.Append(background, "account-9", domain.NoStream, []domain.Event{eventstoretest.Event("account-9", 1)}); !errors.Is(err, eventstore.ErrReadOnly) {
			t.Errorf("append after ErrReadOnly: %v", err)
		}
	}
	_ = l.Close() // may say what went wrong
	return acked
}

func countFaults(t *testing.T) int64 {
	fs := &faultFS{FS: vfs.NewCrashableMem()}
	var n atomic.Int64
	fs.set(func(_, _ string, do func() error) error {
		n.Add(1)
		return do()
	})
	if got := script(t, fs); len(got) != 14 {
		t.Fatalf("script without faults acknowledged %d of 14", len(got))
	}
	return n.Load()
}

// TestFaultSweep fails the n-th operation that changes a file, for every n.
func TestFaultSweep(t *testing.T) {
	t.Parallel()
	total := countFaults(t)
	t.Logf("%d operations", total)
	for name, mode := range faultModes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := int64(1); n <= total; n += 1 + thin/10 {
				mem := vfs.NewCrashableMem()
				fs := &faultFS{FS: mem}
				var count atomic.Int64
				var what atomic.Value
				what.Store("")
				fs.set(func(op, path string, do func() error) error {
					if count.Add(1) == n {
						what.Store(op + " " + path)
						return mode(do)
					}
					return do()
				})
				acked := script(t, fs)
				fs.set(nil)
				for which, after := range map[string]vfs.FS{"as it is": fs, "after a crash": mem.CrashClone(vfs.CrashCloneCfg{})} {
					l, err := Open("ledger", testOptions(after, 4<<10))
					if err != nil {
						t.Fatalf("fault %d (%s): open %s: %v", n, what.Load(), which, err)
					}
					verifyLedger(t, l, acked)
					if err := l.Close(); err != nil {
						t.Fatalf("fault %d (%s): close %s: %v", n, what.Load(), which, err)
					}
				}
				if t.Failed() {
					t.Fatalf("fault %d (%s)", n, what.Load())
				}
			}
		})
	}
}

// TestNoSpace fills the disk for one kind of operation, until an append fails
// or many have succeeded; then makes space.
func TestNoSpace(t *testing.T) {
	t.Parallel()
	for _, full := range []struct{ name, op, path string }{
		{"everything", "", ""},
		{"every write", "write", ""},
		{"every create", "create", ""},
		{"every rename", "rename", ""},
		{"segment write", "write", ".log"},
		{"segment create", "create", ".log.tmp"},
		{"segment rename", "rename", ".log"},
		{"spare create", "create", "spare"},
		{"spare write", "write", "spare"},
		{"sealed create", "create", ".zst.tmp"},
		{"sealed write", "write", ".zst.tmp"},
		{"sealed rename", "rename", ".zst"},
		{"head", "write", "/head"},
		{"index", "", "/index/"},
		{"index create", "create", "/index/"},
		{"index write", "write", "/index/"},
		{"index tables", "write", ".sst"},
		{"index manifest", "write", "MANIFEST"},
		{"index sync", "sync", "MANIFEST"},
	} {
		t.Run(full.name, func(t *testing.T) {
			t.Parallel()
			mem := vfs.NewCrashableMem()
			fs := &faultFS{FS: mem}
			o := testOptions(fs, 4<<10)
			o.HeadTick = make(chan time.Time)
			l, err := Open("ledger", o)
			if err != nil {
				t.Fatal(err)
			}
			var acked []domain.Recorded
			add := func(i int) error {
				events := faultEvents(i)
				out, err := l.Append(background, events[0].Stream, domain.Revision(i/2)-1, events)
				acked = append(acked, out...)
				return err
			}
			n := 0
			for ; n < 10; n++ {
				if err := add(n); err != nil {
					t.Fatal(err)
				}
			}
			fs.set(func(op, path string, do func() error) error {
				if (full.op == "" || full.op == op) && strings.Contains(path, full.path) && op != "remove" {
					return syscall.ENOSPC
				}
				return do()
			})
			failed := false
			for ; n < 70 && !failed; n++ {
				if err := add(n); err != nil {
					if failed = true; !errors.Is(err, eventstore.ErrNoSpace) {
						t.Fatalf("append %d: %v", n, err)
					}
					n--
				}
			}
			if r, err := l.Verify(background, nil); err != nil || !r.Intact {
				t.Fatalf("verify while the disk is full: %+v, %v", r, err)
			}
			eventstoretest.Check(t, l, acked)
			// What was refused is not there after a crash, either.
			crashed, err := Open("ledger", testOptions(mem.CrashClone(vfs.CrashCloneCfg{}), 4<<10))
			if err != nil {
				t.Fatalf("open after a crash on a full disk: %v", err)
			}
			if all := verifyLedger(t, crashed, acked); len(all) != len(acked) {
				t.Fatalf("%d events after a crash, %d were acknowledged", len(all), len(acked))
			}
			if err := crashed.Close(); err != nil {
				t.Fatal(err)
			}
			fs.set(nil)
			for end := n + 10; n < end; n++ {
				if err := add(n); err != nil {
					t.Fatalf("append %d with space: %v", n, err)
				}
			}
			checkLedger(t, l, acked)
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if l, err = Open("ledger", testOptions(mem, 4<<10)); err != nil {
				t.Fatal(err)
			}
			if all := checkLedger(t, l, acked); len(all) != len(acked) {
				t.Errorf("%d events, %d were acknowledged", len(all), len(acked))
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestFailedSync: a sync of the log or the head that fails stops writes for
// good, and reads go on.
func TestFailedSync(t *testing.T) {
	t.Parallel()
	for _, path := range []string{".log", "/head"} {
		mem := vfs.NewCrashableMem()
		fs := &faultFS{FS: mem}
		o := testOptions(fs, 1<<20)
		ticks := make(chan time.Time)
		o.HeadTick = ticks
		l, err := Open("ledger", o)
		if err != nil {
			t.Fatal(err)
		}
		first, err := l.Append(background, "account-0", domain.NoStream, faultEvents(0))
		if err != nil {
			t.Fatal(err)
		}
		var once atomic.Bool
		failed := make(chan struct{})
		fs.set(func(op, p string, do func() error) error {
			if op == "sync" && strings.Contains(p, path) && once.CompareAndSwap(false, true) {
				defer close(failed)
				return errInjected
			}
			return do()
		})
		if path == "/head" {
			ticks <- time.Time{}
			<-failed
			ticks <- time.Time{} // the one before has been dealt with
		}
		ctx, cancel := context.WithCancel(background)
		for range 3 {
			if _, err := l.Append(ctx, "account-1", domain.NoStream, faultEvents(1)); !errors.Is(err, eventstore.ErrReadOnly) {
				t.Errorf("append after a failed sync of %s: %v", path, err)
			}
		}
		cancel()
		checkLedger(t, l, first)
		if s := l.Stats(); !s.ReadOnly || s.LastError == "" {
			t.Errorf("stats say %+v", s)
		}
		if err := l.Close(); !errors.Is(err, eventstore.ErrReadOnly) {
			t.Errorf("close: %v", err)
		}
		fs.set(nil)
		if l, err = Open("ledger", testOptions(fs, 1<<20)); err != nil {
			t.Fatal(err)
		}
		checkLedger(t, l, first)
		if _, err := l.Append(background, "account-1", domain.NoStream, faultEvents(1)); err != nil {
			t.Errorf("append after reopening: %v", err)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
}
