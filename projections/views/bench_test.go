package views

import (
	"context"
	"iter"
	"sync"
	"syscall"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/replay"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/randomledger"
)

// slab is a ledger in one piece of memory that decodes each entry's head as it
// is read, as a ledger on disk does.
type slab struct {
	*eventstoretest.Memory
	bytes   []byte
	offsets []int
	size    domain.Position
}

func (d *slab) Size() domain.Position { return d.size }

func (d *slab) at(p domain.Position) (domain.Recorded, error) {
	b := d.bytes[d.offsets[p]:d.offsets[p+1]]
	e, err := eventstore.Decode(b)
	return domain.Recorded{Position: p, Event: e, Bytes: b}, err
}

func (d *slab) At(_ context.Context, p domain.Position) (domain.Recorded, error) { return d.at(p) }

func (d *slab) All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for p := from; p < d.size; p++ {
			if !yield(d.at(p)) {
				return
			}
		}
	}
}

func (d *slab) upTo(n domain.Position) *slab { return &slab{d.Memory, d.bytes, d.offsets, n} }

var city = sync.OnceValue(func() *slab {
	return written(randomledger.Options{Seed: 1, Events: 200_000, Steady: true, Units: 373, People: 40, Step: 15 * time.Minute})
})

// large is one unit of 10,000 people.
var large = sync.OnceValue(func() *slab {
	return written(randomledger.Options{Seed: 2, Events: 150_000, Steady: true, Units: 1, People: 10_000, Step: 15 * time.Minute})
})

func written(o randomledger.Options) *slab {
	store := eventstoretest.NewMemory()
	if _, err := randomledger.Write(context.Background(), store, o); err != nil {
		panic(err)
	}
	d := &slab{Memory: eventstoretest.NewMemory(), offsets: []int{0}, size: store.Size()}
	for r := range store.All(context.Background(), 0) {
		d.bytes = append(d.bytes, r.Bytes...)
		d.offsets = append(d.offsets, len(d.bytes))
	}
	return d
}

// cpu is the processor time of this process so far.
func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkRebuild(b *testing.B) {
	store := city()
	v := open(b, store.upTo(0), b.TempDir())
	v.opts.Ledger = store
	b.ResetTimer()
	start := cpu()
	for b.Loop() {
		if err := v.Rebuild(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
	}
	events := float64(b.N) * float64(store.Size())
	b.ReportMetric(events/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64((cpu()-start).Microseconds())/events, "cpu-µs/event")
}

func BenchmarkFollow1000(b *testing.B) {
	store := city()
	const warm = 100_000
	ledger := store.upTo(warm)
	v := open(b, ledger, b.TempDir())
	ctx := context.Background()
	done := 0
	b.ResetTimer()
	for b.Loop() {
		if ledger.size+1000 > store.Size() {
			b.StopTimer()
			ledger.size = warm
			v = open(b, ledger, b.TempDir())
			b.StartTimer()
		}
		ledger.size += 1000
		if err := v.ToEnd(ctx); err != nil {
			b.Fatal(err)
		}
		done += 1000
	}
	b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkCompare(b *testing.B) {
	store := city()
	v := open(b, store, b.TempDir())
	ctx := context.Background()
	b.ResetTimer()
	for b.Loop() {
		x, err := v.Export(ctx)
		if err != nil {
			b.Fatal(err)
		}
		if r, err := replay.Compare(store.All(ctx, 0), x, v.opts.ReplayOpen); err != nil || !r.Equal {
			b.Fatal(r, err)
		}
		x.Close()
	}
	b.ReportMetric(float64(b.N)*float64(store.Size())/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkQueries(b *testing.B) {
	for name, store := range map[string]*slab{"city": city(), "large": large()} {
		v := open(b, store, b.TempDir())
		ctx := context.Background()
		units, err := v.Units(ctx, UnitQuery{Limit: 1})
		if err != nil {
			b.Fatal(err)
		}
		unit := units.Rows[0].ID
		_, last := v.Position()
		first, err := store.At(ctx, 0)
		if err != nil {
			b.Fatal(err)
		}
		past := (first.Time.Day() + last.Day()) / 2
		page, err := v.Roster(ctx, RosterQuery{Unit: unit})
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%s: %d events, %d people in the unit", name, store.Size(), page.Total)
		queries := map[string]func() error{
			"units": func() error { _, err := v.Units(ctx, UnitQuery{Roots: true, WithSubs: true}); return err },
			"lines": func() error { _, err := v.Lines(ctx, unit, AsOf{}); return err },
			"lines-past": func() error {
				_, err := v.Lines(ctx, unit, AsOf{Effective: past, Known: past + 10})
				return err
			},
			"roster": func() error { _, err := v.Roster(ctx, RosterQuery{Unit: unit}); return err },
			"roster-name": func() error {
				_, err := v.Roster(ctx, RosterQuery{Unit: unit, Sort: "name"})
				return err
			},
			"roster-past": func() error {
				_, err := v.Roster(ctx, RosterQuery{Unit: unit, AsOf: AsOf{Effective: past, Known: past + 10}})
				return err
			},
			"roster-past-name": func() error {
				_, err := v.Roster(ctx, RosterQuery{Unit: unit, Sort: "-name", AsOf: AsOf{Effective: past, Known: past}})
				return err
			},
			"queue": func() error {
				_, err := v.Changes(ctx, ChangeQuery{States: []ChangeState{InReview}, Gate: "office", ByDue: true})
				return err
			},
			"changes": func() error { _, err := v.Changes(ctx, ChangeQuery{}); return err },
			"totals":  func() error { _, err := v.Totals(ctx, domain.Scope{}); return err },
			"search":  func() error { _, err := v.Search(ctx, "启明", 5); return err },
			"roster-kind": func() error {
				_, err := v.Roster(ctx, RosterQuery{Unit: unit, Kind: codes.Institution})
				return err
			},
		}
		for q, run := range queries {
			b.Run(name+"/"+q, func(b *testing.B) {
				for b.Loop() {
					if err := run(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
