package ledger

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"staffledger/domain"
)

// crashPoint is the file system as a crash left it, and what had been
// acknowledged by then.
type crashPoint struct {
	fs    *vfs.MemFS
	acked []domain.Recorded
	op    errorfs.Op
	part  int
}

// crashes runs a workload and takes a clone of the file system just before
// randomly chosen file operations, with 0, 50 or 100 % of what was not synced.
func crashes(t *testing.T, seed uint64, want int) []crashPoint {
	mem := vfs.NewCrashableMem()
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1))
	var w workload
	var points []crashPoint
	armed := false
	fs := errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() != errorfs.OpIsWrite {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		if armed && len(points) < want && rng.IntN(8) == 0 {
			part := []int{0, 50, 100}[rng.IntN(3)]
			acked := w.snapshot()
			points = append(points, crashPoint{mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: part, RNG: rng}), acked, op, part})
		}
		return nil
	}))
	o := testOptions(fs, 4<<10<<(seed%3))
	ticks := make(chan time.Time, 1)
	o.HeadTick = ticks
	l, err := Open("ledger", o)
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	armed = true
	mu.Unlock()
	enough := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(points) == want
	}
	for i := 0; i < 40 && !enough(); i++ {
		w.run(l, seed*100+uint64(i), 3, 5)
		select {
		case ticks <- time.Time{}:
		default:
		}
	}
	if len(w.errs) > 0 {
		t.Fatal(w.errs)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return points
}

func TestCrash(t *testing.T) {
	t.Parallel()
	const runs, each = 100, 20
	for seed := range uint64(runs) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			points := crashes(t, seed+1, each)
			if len(points) < each {
				t.Fatalf("%d crash points", len(points))
			}
			for i, p := range points {
				afterCrash(t, p, 500_000+seed*100+uint64(i))
				if t.Failed() {
					t.Fatalf("seed %d, point %d: before %v of %s, %d %% of what was not synced, %d acknowledged", seed+1, i, p.op.Kind, p.op.Path, p.part, len(p.acked))
				}
			}
		})
	}
}

// afterCrash opens what a crash left, checks it, writes on, and opens it again.
func afterCrash(t *testing.T, p crashPoint, seed uint64) {
	t.Helper()
	o := testOptions(p.fs, 8<<10)
	found, err := Verify(background, "ledger", o, nil)
	if err != nil || !found.Intact {
		t.Errorf("verify after a crash: %+v, %v", found, err)
		return
	}
	l, err := Open("ledger", o)
	if err != nil {
		t.Errorf("open after a crash: %v", err)
		return
	}
	var w workload
	switch {
	case seed%16 == 0:
		w.acked = checkLedger(t, l, p.acked)
	case seed%4 == 0:
		w.acked = verifyLedger(t, l, p.acked)
	default:
		w.acked = rootedLedger(t, l, p.acked)
	}
	if size, root, _ := l.Root(); size != found.Size || root != found.Root {
		t.Errorf("verify found %d events before opening, the ledger has %d", found.Size, size)
	}
	w.run(l, seed, 1, 4)
	if len(w.errs) > 0 {
		t.Errorf("append after a crash: %v", w.errs)
	}
	if err := l.Close(); err != nil {
		t.Errorf("close after a crash: %v", err)
	}
	if seed%16 != 0 {
		return
	}
	if l, err = Open("ledger", testOptions(p.fs, 8<<10)); err != nil {
		t.Errorf("open again: %v", err)
		return
	}
	checkLedger(t, l, w.acked)
	if err := l.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}
