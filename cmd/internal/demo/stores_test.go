package demo_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"staffledger/cmd/internal/app"
	"staffledger/cmd/internal/demo"
)

// onDisk fills a data directory and closes it.
func onDisk(t testing.TB, dir string, c demo.Config) *demo.Filled {
	t.Helper()
	a, err := app.Open(t.Context(), app.Config{Dir: dir, Bulk: true, Rand: demo.Randomness(c.Seed), NoService: true})
	if err != nil {
		t.Fatal(err)
	}
	c.Log, c.Sealer, c.SignIns, c.Documents = a.Ledger, a.Vault, a.Private, a.Blobs
	out, err := demo.Fill(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// checked opens a data directory as a server does, which builds the views, and
// has it verified and replayed.
func checked(t testing.TB, dir string) (*app.App, time.Duration) {
	t.Helper()
	start := time.Now()
	a, err := app.Open(t.Context(), app.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	opened := time.Since(start)
	if check, err := a.Verify(t.Context(), nil); err != nil || !check.Good {
		t.Errorf("verify: %+v, %v", check, err)
	}
	if check, err := a.Replay(t.Context(), nil); err != nil || !check.Good {
		t.Errorf("replay: %+v, %v", check, err)
	}
	return a, opened
}

// On the real stores the same seed gives the same bytes, sealed ones included;
// what was filled is intact, breaks no rule and equals its views. The demo users
// can sign in.
func TestOnDisk(t *testing.T) {
	t.Parallel()
	c := smallConfig
	dir := t.TempDir()
	out := onDisk(t, dir, c)
	a, _ := checked(t, dir)
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, u := range out.Users[:2] {
		if err := a.Private.SetPassword(t.Context(), u.ID, u.SignIn, u.Password); err != nil {
			t.Fatal(err)
		}
		if who, err := a.Private.Check(t.Context(), u.SignIn, u.Password, "127.0.0.1"); err != nil || who.User != u.ID {
			t.Errorf("%s signs in as %+v, %v", u.SignIn, who, err)
		}
	}
	files := 0
	for r, err := range a.Ledger.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if digest := fileOf(t, r); digest != "" {
			files++
			body, err := a.Blobs.Open(t.Context(), digest)
			if err != nil {
				t.Fatalf("position %d: %v", r.Position, err)
			}
			_ = body.Close()
		}
	}
	if files == 0 {
		t.Error("no paper has a file")
	}
	beginsAlike(t, a, c)
}

// beginsAlike fills another directory for a while, and holds what came against
// the first one's entries.
func beginsAlike(t *testing.T, first *app.App, c demo.Config) {
	t.Helper()
	again, err := app.Open(t.Context(), app.Config{Dir: t.TempDir(), Bulk: true, Rand: demo.Randomness(c.Seed), NoService: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	c.Log, c.Sealer, c.SignIns, c.Documents = again.Ledger, again.Vault, again.Private, again.Blobs
	c.Progress = func(done, _ int) {
		if done > 1_500 {
			cancel()
		}
	}
	if _, err := demo.Fill(ctx, c); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for r, err := range again.Ledger.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if one, err := first.Ledger.At(t.Context(), r.Position); err != nil || !bytes.Equal(one.Bytes, r.Bytes) {
			t.Fatalf("position %d differs (%v):\n%s\n%s", r.Position, err, one.Bytes, r.Bytes)
		}
	}
}

// BenchmarkCity fills the usual city onto disk, builds its views, verifies and
// replays it, and holds it against both tables of docs/demo-city.md.
func BenchmarkCity(b *testing.B) {
	for range b.N {
		dir := b.TempDir()
		start := time.Now()
		out := onDisk(b, dir, demo.Config{Seed: 1, Until: day("2026-09-30")})
		filled := time.Since(start)
		a, views := checked(b, dir)
		m := measure(b, a.Ledger, a.Vault)
		for _, ranges := range readRanges(b) {
			ranges.check(b, m.values)
		}
		for _, typ := range allTypes {
			if m.types[typ] == 0 {
				b.Errorf("no event of type %s", typ)
			}
		}
		if err := a.Close(); err != nil {
			b.Error(err)
		}
		b.ReportMetric(filled.Seconds(), "s-fill")
		b.ReportMetric(views.Seconds(), "s-views")
		b.ReportMetric(float64(out.Events)/filled.Seconds(), "events/s-fill")
		b.ReportMetric(float64(out.Events), "events")
	}
}
