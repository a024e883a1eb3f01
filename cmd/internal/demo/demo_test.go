package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"staffledger/cmd/internal/demo"
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/replay"
	"staffledger/domain/unitcode"
	"staffledger/domain/usecase"
	"staffledger/domain/user"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

// filled is a city in memory.
type filled struct {
	*demo.Filled
	store  *eventstoretest.Memory
	sealer *world.Sealer
}

func fill(t testing.TB, c demo.Config) filled {
	t.Helper()
	store, sealer := eventstoretest.NewMemory(), world.NewSealer()
	c.Log, c.Sealer, c.SignIns = store, sealer, sealer
	out, err := demo.Fill(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return filled{out, store, sealer}
}

// small is the smallest city, filled once for the tests that only read it, with
// the progress that it reported.
var small = sync.OnceValues(func() (filled, [][2]int) {
	store, sealer := eventstoretest.NewMemory(), world.NewSealer()
	var progress [][2]int
	c := smallConfig
	c.Log, c.Sealer, c.SignIns = store, sealer, sealer
	c.Progress = func(done, total int) { progress = append(progress, [2]int{done, total}) }
	out, err := demo.Fill(context.Background(), c)
	if err != nil {
		panic(err)
	}
	return filled{out, store, sealer}, progress
})

var smallConfig = demo.Config{Seed: 6, Until: day("2026-09-30"), Events: demo.EventsMin}

func day(s string) domain.Day {
	d, err := domain.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// allTypes are the types of every event built so far.
var allTypes = []domain.EventType{
	domain.TypeLedgerOpened, account.TypeUnitEstablished, account.TypeUnitRefused, account.TypePoolSet, account.TypeQuotaOffered,
	account.TypeQuotaGranted, account.TypeQuotaCut, account.TypeQuotaMoved, account.TypeQuotaRefused, account.TypeQuotaSettled,
	account.TypeQuotaUndone, account.TypeQuotaLanded, account.TypeQuotaHeldBack, account.TypeQuotaFreed, account.TypeUseApproved,
	account.TypeUseExpired, account.TypeUseRevoked, account.TypeStaffingCollected, account.TypeStaffingResubmitted,
	account.TypeStaffingReviewed, account.TypeStaffingReturned, account.TypeStaffingWithdrawn, account.TypeStaffingRecorded,
	account.TypeStaffingRefused, account.TypeOpeningStarted, account.TypeOpeningPart, account.TypeOpeningCompleted,
	account.TypeOpeningAbandoned, person.TypeRegistered, person.TypeClaimed, person.TypeHeld, person.TypeReleased,
	unitcode.TypeClaimed, unitcode.TypeHeld, unitcode.TypeReleased, document.TypeRegistered, user.TypeRegistered, user.TypeDisabled,
	user.TypeRoleProposed, user.TypeRoleGranted, user.TypeRoleRevoked, policy.TypeSet, policy.TypeCalendarSet,
}

// A city of medium size keeps the ranges of docs/demo-city.md, has events of
// every type, and breaks no rule at any position.
func TestCityKeepsItsRanges(t *testing.T) {
	t.Parallel()
	c := fill(t, demo.Config{Seed: 7, Until: day("2026-09-30"), Events: 20_000})
	m := measure(t, c.store, c.sealer)
	for _, typ := range allTypes {
		if m.types[typ] == 0 {
			t.Errorf("no event of type %s", typ)
		}
	}
	for typ := range m.types {
		if !slices.Contains(allTypes, typ) {
			t.Errorf("type %s stands in the city and not in this test", typ)
		}
	}
	ranges := readRanges(t)
	ranges["any"].check(t, m.values)
	for key := range m.values {
		if _, any := ranges["any"][key]; !any && ranges["usual"][key] == nil {
			t.Errorf("%q is measured and has no range in docs/demo-city.md", key)
		}
	}
	for _, name := range []string{domain.BulkOpen, domain.NoFreePost, domain.FieldMalformed, domain.HoldsPostElsewhere, "key-reused"} {
		if c.Refusals[name] == 0 {
			t.Errorf("no intended refusal %s", name)
		}
	}
	if len(c.Refusals) > 5 {
		t.Errorf("refusals that the documents do not name: %v", c.Refusals)
	}
	if c.Events != int(c.store.Size()) || c.Units != len(m.units) || c.People != len(m.numbers) || float64(c.InPost) != m.values["people: in post"] {
		t.Errorf("Filled says %d events, %d units, %d people, %d in post; the ledger has %d, %d, %d, %v", c.Events, c.Units, c.People, c.InPost,
			c.store.Size(), len(m.units), len(m.numbers), m.values["people: in post"])
	}
	rules := replay.New(func(key string, event domain.EventID, box []byte) ([]byte, bool, error) {
		clear, err := c.sealer.Unseal(key, event, box)
		return clear, false, err
	})
	for r, err := range c.store.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if err := rules.Apply(r); err != nil {
			t.Fatalf("position %d: %v", r.Position, err)
		}
	}
	if v := rules.Violation(); v != nil {
		t.Errorf("position %d: %s: %s", v.Position, v.Check, v.Reason)
	}
}

// expired tells of an approval that ended with posts undrawn, and of one that
// ended without.
func TestApprovalsExpireWithAndWithoutUndrawnPosts(t *testing.T) {
	t.Parallel()
	c, _ := small()
	freed, kept, none := 0, 0, 0
	for r, err := range c.store.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Type != account.TypeUseExpired {
			continue
		}
		p, err := account.Decode(r.Type, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		switch e := p.(account.UseExpired); {
		case e.Freed > 0:
			freed++
		case e.Kept > 0:
			kept++
		default:
			none++
		}
	}
	if freed == 0 || kept+none == 0 {
		t.Errorf("%d approvals expired with undrawn posts, %d with drawn ones, %d with none", freed, kept, none)
	}
}

type bounds [2]float64

type table map[string]*bounds

func (ranges table) check(t testing.TB, values map[string]float64) {
	t.Helper()
	for _, key := range slices.Sorted(maps.Keys(ranges)) {
		v, known := values[key]
		if b := ranges[key]; !known || v < b[0] || v > b[1] {
			t.Errorf("%q is %.3f (measured: %v), want %v to %v", key, v, known, b[0], b[1])
		}
	}
}

// readRanges reads the tables of docs/demo-city.md: "any" city, and the "usual".
func readRanges(t testing.TB) map[string]table {
	t.Helper()
	b, err := os.ReadFile("../../../docs/demo-city.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]table{"any": {}, "usual": {}}
	var now table
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "## Ranges: any city"):
			now = all["any"]
		case strings.HasPrefix(line, "## Ranges: the usual city"):
			now = all["usual"]
		case strings.HasPrefix(line, "## "):
			now = nil
		}
		cells := strings.Split(strings.Trim(line, "| "), "|")
		if now == nil || len(cells) != 3 {
			continue
		}
		from, err1 := strconv.ParseFloat(strings.TrimSpace(cells[1]), 64)
		to, err2 := strconv.ParseFloat(strings.TrimSpace(cells[2]), 64)
		if err1 == nil && err2 == nil {
			now[strings.TrimSpace(cells[0])] = &bounds{from, to}
		}
	}
	if len(all["any"]) < 70 || len(all["usual"]) < 8 {
		t.Fatalf("docs/demo-city.md has %d and %d ranges", len(all["any"]), len(all["usual"]))
	}
	return all
}

// The same seed and day give the same bytes; another seed gives others.
func TestSameSeedSameLedger(t *testing.T) {
	t.Parallel()
	first, _ := small()
	second := fill(t, smallConfig)
	if first.store.Size() != second.store.Size() {
		t.Fatalf("%d and %d events", first.store.Size(), second.store.Size())
	}
	for r, err := range first.store.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if again, err := second.store.At(t.Context(), r.Position); err != nil || !bytes.Equal(r.Bytes, again.Bytes) {
			t.Fatalf("position %d differs (%v):\n%s\n%s", r.Position, err, r.Bytes, again.Bytes)
		}
	}
	config := smallConfig
	config.Seed++
	other := fill(t, config)
	a, _ := first.store.At(t.Context(), 100)
	b, _ := other.store.At(t.Context(), 100)
	if bytes.Equal(a.Bytes, b.Bytes) {
		t.Error("another seed gave the same entry")
	}
}

// Any seed and any last day make a city: none of its steps is refused but those
// that are meant to be, whatever falls on weekends, holidays or year ends.
func TestAnySeedAnyDay(t *testing.T) {
	t.Parallel()
	for i, until := range []string{"2019-01-01", "2022-02-28", "2026-12-31", "2031-10-05"} {
		t.Run(until, func(t *testing.T) {
			t.Parallel()
			c := fill(t, demo.Config{Seed: uint64(i), Until: day(until), Events: demo.EventsMin + 700*i})
			if last := c.Ended.Day(); last > day(until) || last < day(until)-12 {
				t.Errorf("ended on %s", last)
			}
		})
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	_, progress := small()
	last := -1
	for _, p := range progress {
		if p[0] < last || p[0] > p[1] || p[1] != demo.EventsMin {
			t.Errorf("progress %d of %d after %d", p[0], p[1], last)
		}
		last = p[0]
	}
	if last != demo.EventsMin || len(progress) < 10 {
		t.Errorf("ended at %d after %d calls", last, len(progress))
	}
}

func TestFillRefuses(t *testing.T) {
	t.Parallel()
	empty := func() demo.Config {
		sealer := world.NewSealer()
		return demo.Config{Log: eventstoretest.NewMemory(), Sealer: sealer, SignIns: sealer, Until: day("2026-09-30"), Events: demo.EventsMin}
	}
	for name, change := range map[string]func(*demo.Config){
		"too few events":    func(c *demo.Config) { c.Events = demo.EventsMin - 1 },
		"no day":            func(c *demo.Config) { c.Until = domain.NoDay },
		"a day too early":   func(c *demo.Config) { c.Until = day("2018-12-31") },
		"a ledger in use":   func(c *demo.Config) { open(t, c) },
		"a day far too far": func(c *demo.Config) { c.Until = day("2199-01-01") },
	} {
		c := empty()
		change(&c)
		if size := c.Log.Size(); true {
			if _, err := demo.Fill(t.Context(), c); err == nil || c.Log.Size() != size {
				t.Errorf("%s: %v, and %d events written", name, err, c.Log.Size()-size)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	c := empty()
	c.Progress = func(done, _ int) {
		if done > 1_000 {
			cancel()
		}
	}
	if _, err := demo.Fill(ctx, c); !errors.Is(err, context.Canceled) || c.Log.Size() > 2_000 {
		t.Errorf("cancelled: %v after %d events", err, c.Log.Size())
	}
}

func open(t *testing.T, c *demo.Config) {
	if _, err := usecase.Open(t.Context(), usecase.Options{Log: c.Log, Sealer: c.Sealer, SignIns: c.SignIns, Clock: &world.Clock{}, IDs: &world.IDs{}}); err != nil {
		t.Fatal(err)
	}
}
