package ledger

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"

	"staffledger/domain"
	"staffledger/eventstore"
)

// benchEvents makes events as the use cases do, about 1.2 KB encoded: four
// tags, all the usual attributes, postings in clear and sealed bytes.
type benchEvents struct{ rng *rand.Rand }

func (g *benchEvents) uuid() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(g.rng.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return uuid.UUID(b).String()
}

func (g *benchEvents) sealed(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.rng.Uint32())
	}
	return base64.StdEncoding.EncodeToString(b)
}

func benchUUID(kind byte, n int) string {
	return uuid.NewSHA1(uuid.UUID{kind}, []byte(strconv.Itoa(n))).String()
}

func (g *benchEvents) event(stream domain.Stream, unit int, at domain.Position) domain.Event {
	person := benchUUID('p', g.rng.IntN(100_000))
	change := g.uuid()
	e := domain.Event{Head: domain.Head{
		ID: domain.EventID(g.uuid()), Source: "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
		Type: "staffing.recorded.v1", Stream: stream, Time: 1_770_000_000_000 + domain.Instant(at)*977,
		Tags:     domain.SortTags([]domain.Tag{domain.TagOf(domain.TagUnit, benchUUID('u', unit)), domain.TagOf(domain.TagPerson, person), domain.TagOf(domain.TagChange, change), domain.TagOf(domain.TagDocument, benchUUID('d', g.rng.IntN(5000)))}),
		AuthType: domain.AuthUser, AuthID: benchUUID('a', g.rng.IntN(300)), ActorRole: domain.GateOffice,
		DecidedAt: at, CommandID: domain.CommandID(g.uuid()), RequestDigest: fmt.Sprintf("%016x%016x%016x%016x", g.rng.Uint64(), g.rng.Uint64(), g.rng.Uint64(), g.rng.Uint64()),
		Effective: domain.DayOf(2026, 3, 1) + domain.Day(at/5000), DocumentID: domain.DocumentID(benchUUID('d', g.rng.IntN(5000))), ReasonCode: "resettlement",
	}}
	e.Data = fmt.Appendf(nil, `{"change":"%s","kind":"entry","line":{"key":"public-institution/full","before":[20,%d,2,0],"after":[20,%d,1,0]},"postings":[{"line":"public-institution/full","day":"2026-03-16","change":[0,1,-1,0]}],"holding":"%s","person":{"key":"person:%s","box":"%s"}}`,
		change, at%20, at%20+1, change, person, g.sealed(60))
	return e
}

func benchDir(b *testing.B) string {
	dir := filepath.Join(os.Getenv("LEDGER_BENCH_DIR"), "")
	if dir == "" {
		return b.TempDir()
	}
	dir, err := os.MkdirTemp(dir, "ledger")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// BenchmarkFloor is the floor: 1 KiB written into a zeroed file and synced.
func BenchmarkFloor(b *testing.B) {
	file, err := createRaw(vfs.Default, filepath.Join(benchDir(b), "floor"), 256<<20, true)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	buf := make([]byte, 1024)
	n := 0
	for b.Loop() {
		if _, err := file.WriteAt(buf, int64(n%(255<<10))*1024); err != nil {
			b.Fatal(err)
		}
		if err := file.SyncData(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	perSecond(b, n)
}

func perSecond(b *testing.B, n int) {
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// writers spreads b.N calls over goroutines.
func writers(b *testing.B, n int, call func(writer, i int)) {
	var wg sync.WaitGroup
	for w := range n {
		wg.Go(func() {
			for i := w; i < b.N; i += n {
				call(w, i)
			}
		})
	}
	wg.Wait()
}

// BenchmarkPebbleSet is bare Pebble: Set of 1 KiB with sync.
func BenchmarkPebbleSet(b *testing.B) {
	for _, n := range []int{1, 32, 256} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			db, err := pebble.Open(benchDir(b), &pebble.Options{Logger: quiet{newIndex(vfs.Default, "", Options{}.withDefaults())}, MemTableSize: 64 << 20})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			value := make([]byte, 1024)
			b.ResetTimer()
			writers(b, n, func(_, i int) {
				if err := db.Set(fmt.Appendf(nil, "%016d", i), value, pebble.Sync); err != nil {
					b.Error(err)
				}
			})
			perSecond(b, b.N)
		})
	}
}

// BenchmarkAppend is durable appends over 1,000 streams, with all indexes and
// the tree.
func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct{ writers, batch int }{{1, 1}, {8, 1}, {32, 1}, {64, 1}, {256, 1}, {8, 100}} {
		b.Run(fmt.Sprintf("%dx%d", c.writers, c.batch), func(b *testing.B) {
			l, err := Open(benchDir(b), Options{Logger: silent})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			const streams = 1024
			type own struct {
				g    benchEvents
				next [streams]domain.Revision
			}
			state := make([]*own, c.writers)
			for i := range state {
				state[i] = &own{g: benchEvents{rand.New(rand.NewPCG(uint64(i), 1))}}
				for s := range state[i].next {
					state[i].next[s] = domain.NoStream
				}
			}
			bytes := make([]int64, c.writers)
			b.ResetTimer()
			writers(b, c.writers, func(w, i int) {
				o := state[w]
				s := i / c.writers % (streams / min(c.writers, streams/4))
				unit := s*c.writers + w
				stream := domain.AccountOf(domain.UnitID(benchUUID('u', unit)))
				events := make([]domain.Event, c.batch)
				for j := range events {
					events[j] = o.g.event(stream, unit, domain.Position(i))
				}
				out, err := l.Append(background, stream, o.next[s], events)
				if err != nil {
					b.Error(err)
					return
				}
				o.next[s] += domain.Revision(c.batch)
				bytes[w] += int64(len(out[0].Bytes))
			})
			perSecond(b, b.N*c.batch)
			total := int64(0)
			for _, n := range bytes {
				total += n
			}
			b.ReportMetric(float64(total)/float64(b.N), "bytes/event")
			s := l.Stats()
			b.ReportMetric(float64(s.Events)/float64(s.Groups), "events/group")
		})
	}
}

// benchSize is the number of events of the read benchmarks.
func benchSize() int {
	if n, err := strconv.Atoi(os.Getenv("LEDGER_BENCH_EVENTS")); err == nil {
		return n
	}
	return 300_000
}

var (
	filledOnce sync.Once
	filledDir  string
)

// filled is a ledger of benchSize events, filled once.
func filled(b *testing.B) string {
	filledOnce.Do(func() {
		dir, err := os.MkdirTemp(os.Getenv("LEDGER_BENCH_DIR"), "filled")
		if err != nil {
			b.Fatal(err)
		}
		filledDir = dir
		l, err := Open(dir, Options{Logger: silent, Bulk: true})
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		g := benchEvents{rand.New(rand.NewPCG(1, 2))}
		next := map[int]domain.Revision{}
		for n := 0; n < benchSize(); n += 100 {
			unit := g.rng.IntN(2000)
			stream := domain.AccountOf(domain.UnitID(benchUUID('u', unit)))
			if _, ok := next[unit]; !ok {
				next[unit] = domain.NoStream
			}
			events := make([]domain.Event, 100)
			for i := range events {
				events[i] = g.event(stream, unit, domain.Position(n))
			}
			if _, err := l.Append(background, stream, next[unit], events); err != nil {
				b.Fatal(err)
			}
			next[unit] += 100
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		var disk int64
		filepath.Walk(dir, func(_ string, info os.FileInfo, _ error) error {
			disk += info.Size()
			return nil
		})
		fmt.Printf("filled %d events in %v: %d bytes on disk per event\n", benchSize(), time.Since(start).Round(time.Millisecond), disk/int64(benchSize()))
	})
	return filledDir
}

func openFilled(b *testing.B) *Ledger {
	l, err := Open(filled(b), Options{Logger: silent})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func BenchmarkOpen(b *testing.B) {
	filled(b)
	for b.Loop() {
		l := openFilled(b)
		b.StopTimer()
		l.Close()
		b.StartTimer()
	}
}

func BenchmarkReplay(b *testing.B) {
	for name, leaves := range map[string]bool{"raw": false, "hashed": true} {
		b.Run(name, func(b *testing.B) {
			l := openFilled(b)
			defer l.Close()
			n := 0
			for b.Loop() {
				for block, err := range l.Raw(background, 0, leaves) {
					if err != nil {
						b.Fatal(err)
					}
					n += len(block.Entries)
				}
			}
			perSecond(b, n)
		})
	}
	b.Run("decoded", func(b *testing.B) {
		l := openFilled(b)
		defer l.Close()
		n := 0
		for b.Loop() {
			for _, err := range l.All(background, 0) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
		}
		perSecond(b, n)
	})
}

func BenchmarkVerify(b *testing.B) {
	dir := filled(b)
	n := 0
	for b.Loop() {
		r, err := Verify(background, dir, Options{Logger: silent}, nil)
		if err != nil || !r.Intact {
			b.Fatal(r, err)
		}
		n += int(r.Size)
	}
	perSecond(b, n)
}

// BenchmarkHistory reads the first page of 50 of a unit's or a person's
// history, and looks ids up that are not there.
func BenchmarkHistory(b *testing.B) {
	l := openFilled(b)
	defer l.Close()
	g := benchEvents{rand.New(rand.NewPCG(3, 3))}
	page := func(b *testing.B, key func() string) {
		for b.Loop() {
			n := 0
			for _, err := range l.Tagged(background, l.Size(), key()) {
				if err != nil {
					b.Fatal(err)
				}
				if n++; n == 50 {
					break
				}
			}
		}
	}
	b.Run("unit", func(b *testing.B) { page(b, func() string { return "unit:" + benchUUID('u', g.rng.IntN(2000)) }) })
	b.Run("person", func(b *testing.B) { page(b, func() string { return "person:" + benchUUID('p', g.rng.IntN(100_000)) }) })
	b.Run("absent command", func(b *testing.B) {
		page(b, func() string { return eventstore.CommandKey(domain.CommandID(benchUUID('x', g.rng.IntN(1<<30)))) })
	})
}
