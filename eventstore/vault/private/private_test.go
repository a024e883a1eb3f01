package private_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/vault/private"
)

// cheap hashing: the tests are of what is around it.
var cheap = private.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}

type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMilli(c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Milliseconds()) }

type fixture struct {
	*private.Store
	t     *testing.T
	path  string
	clock *clock
	cost  private.Cost
}

func fresh(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "private.db"), clock: &clock{}, cost: cheap}
	f.clock.at.Store(1_772_400_000_000)
	f.open()
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	s, err := private.Open(private.Options{Path: f.path, Now: f.clock.now, Cost: f.cost})
	must(f.t, err)
	f.Store = s
}

func (f *fixture) reopen() {
	f.t.Helper()
	must(f.t, f.Close())
	f.open()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const good = "correct horse battery"

func TestPasswords(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	must(t, f.SetPassword(ctx, "u1", " Wu.Min ", good))
	for _, again := range []bool{false, true} {
		if again {
			f.reopen()
		}
		for _, name := range []string{"wu.min", "WU.MIN", "ｗｕ.min"} {
			if who, err := f.Check(ctx, name, good, "::1"); err != nil || who != (private.Checked{User: "u1"}) {
				t.Errorf("%s: %+v, %v", name, who, err)
			}
		}
	}
	for _, row := range [][2]string{{"wu.min", good + "!"}, {"nobody", good}, {"", ""}, {"wu.min", strings.Repeat("x", 10_000)}} {
		if who, err := f.Check(ctx, row[0], row[1], "::2"); !errors.Is(err, private.ErrSignIn) || who != (private.Checked{}) {
			t.Errorf("%q: %+v, %v", row, who, err)
		}
	}
	var weak *private.WeakPassword
	for _, p := range []string{"", "short", strings.Repeat("长", 129), "bad\xffbad\xffbad"} {
		if err := f.SetPassword(ctx, "u2", "zhao", p); !errors.As(err, &weak) || weak.Rule != "length" {
			t.Errorf("%q: %v", p, err)
		}
	}
	if err := f.SetPassword(ctx, "u2", "zhao.qiming", "ZHAO.Qiming"); !errors.As(err, &weak) || weak.Rule != "name" {
		t.Errorf("the name as password: %v", err)
	}
	if err := f.SetPassword(ctx, "u2", "Wu.min", good); !errors.Is(err, private.ErrNameTaken) {
		t.Errorf("a taken name: %v", err)
	}
	must(t, f.SetPassword(ctx, "u1", "wu", "another good one")) // a new name frees the old
	must(t, f.SetPassword(ctx, "u2", "wu.min", "一个足够长的中文口令呀"))
	if who, err := f.Check(ctx, "wu.min", "一个足够长的中文口令呀", "::1"); err != nil || who.User != "u2" {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestReserve(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	reserve := func(name, user string, want bool) {
		t.Helper()
		if free, err := f.Reserve(ctx, name, domain.UserID(user)); err != nil || free != want {
			t.Errorf("%s for %s: %v, %v; want %v", name, user, free, err, want)
		}
	}
	reserve("wu.min", "u1", true)
	reserve(" WU.min", "u1", true)
	reserve("wu.min", "u2", false)
	f.reopen()
	reserve("wu.min", "u2", false)
	for _, password := range []string{"", good, "0"} {
		if _, err := f.Check(ctx, "wu.min", password, "::1"); !errors.Is(err, private.ErrSignIn) {
			t.Errorf("signed in without a password: %v", err)
		}
		f.clock.pass(time.Hour)
	}
	must(t, f.SetPassword(ctx, "u1", "wu.min", good))
	reserve("wu.min", "u1", true)
	if who, err := f.Check(ctx, "wu.min", good, "::1"); err != nil || who.User != "u1" || who.MustChange {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestOneTimePassword(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	one, err := f.SetOneTime(ctx, "u1", "admin")
	must(t, err)
	other, err := f.SetOneTime(ctx, "u2", "other")
	must(t, err)
	if len(one) != 19 || one == other {
		t.Errorf("%s, %s", one, other)
	}
	who, err := f.Check(ctx, "admin", one, "::1")
	if err != nil || !who.MustChange {
		t.Fatalf("%+v, %v", who, err)
	}
	id, session, err := f.StartSession(ctx, who, domain.Admin)
	if err != nil || !session.MustChange {
		t.Fatalf("%+v, %v", session, err)
	}
	if err := f.ChangePassword(ctx, "u1", "wrong wrong", good, "::1"); !errors.Is(err, private.ErrSignIn) {
		t.Errorf("with a wrong old one: %v", err)
	}
	if err := f.ChangePassword(ctx, "u9", one, good, "::1"); !errors.Is(err, private.ErrNoUser) {
		t.Errorf("of nobody: %v", err)
	}
	must(t, f.ChangePassword(ctx, "u1", one, good, "::1"))
	if _, err := f.Session(ctx, id); !errors.Is(err, private.ErrSession) {
		t.Errorf("the session goes on after the change: %v", err)
	}
	if _, err := f.Check(ctx, "admin", one, "::1"); !errors.Is(err, private.ErrSignIn) {
		t.Errorf("the one-time password works twice: %v", err)
	}
	if who, err := f.Check(ctx, "admin", good, "::1"); err != nil || who.MustChange {
		t.Errorf("%+v, %v", who, err)
	}
}

// TestRehash: a hash of lower cost is made anew at the next sign-in.
func TestRehash(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	must(t, f.SetPassword(ctx, "u1", "wu", good))
	has := func(part string) bool {
		var b bytes.Buffer
		must(t, f.Snapshot(ctx, &b))
		return bytes.Contains(b.Bytes(), []byte(part))
	}
	if !has("$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatal("the hash is not a PHC string of the cost asked for")
	}
	f.cost.Passes = 2
	f.reopen()
	for range 2 {
		if _, err := f.Check(ctx, "wu", good, "::1"); err != nil {
			t.Fatal(err)
		}
		if !has("$m=64,t=2,p=1$") || has("$m=64,t=1,p=1$") {
			t.Error("the hash was not made anew")
		}
	}
	if private.DefaultCost != (private.Cost{MemoryKiB: 19456, Passes: 2, Threads: 1}) {
		t.Errorf("default cost %+v", private.DefaultCost)
	}
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	must(t, f.SetPassword(ctx, "u1", "wu", good))
	fail := func(name, ip string) error { _, err := f.Check(ctx, name, "wrong wrong", ip); return err }
	waits := func(err error) time.Duration {
		var th *private.Throttled
		if errors.As(err, &th) {
			return th.Wait
		}
		return 0
	}
	for range 3 {
		if err := fail("wu", "::1"); !errors.Is(err, private.ErrSignIn) {
			t.Fatal(err)
		}
	}
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900} {
		want *= time.Second
		if _, err := f.Check(ctx, "wu", good, "::9"); waits(err) != want { // even with the right one
			t.Fatalf("wait %d: %v, want %s", i, err, want)
		}
		f.reopen()
		f.clock.pass(want - time.Millisecond)
		if err := fail("wu", "::1"); waits(err) != time.Millisecond {
			t.Fatalf("wait %d, a millisecond before its end: %v", i, err)
		}
		f.clock.pass(time.Millisecond)
		if err := fail("wu", fmt.Sprint("::", i)); !errors.Is(err, private.ErrSignIn) {
			t.Fatalf("wait %d, at its end: %v", i, err)
		}
	}
	f.clock.pass(15 * time.Minute)
	if _, err := f.Check(ctx, "wu", good, "::9"); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	if err := fail("wu", "::1"); !errors.Is(err, private.ErrSignIn) {
		t.Errorf("a success does not clear the name: %v", err)
	}
	// one address, many names
	for i := range 20 {
		if err := fail(fmt.Sprint("name", i), "::7"); !errors.Is(err, private.ErrSignIn) {
			t.Fatalf("address, failure %d: %v", i, err)
		}
	}
	if err := fail("name99", "::7"); waits(err) == 0 {
		t.Errorf("an address that guesses: %v", err)
	}
	if err := fail("name99", "::8"); !errors.Is(err, private.ErrSignIn) {
		t.Errorf("another address: %v", err)
	}
	f.clock.pass(25 * time.Minute) // five are forgiven
	for i := range 5 {
		if err := fail(fmt.Sprint("again", i), "::7"); !errors.Is(err, private.ErrSignIn) {
			t.Errorf("forgiven %d: %v", i, err)
		}
	}
	if err := fail("again9", "::7"); waits(err) == 0 {
		t.Errorf("a sixth: %v", err)
	}
	f.clock.pass(24 * time.Hour)
	for range 3 {
		if err := fail("again9", "::7"); !errors.Is(err, private.ErrSignIn) {
			t.Errorf("after a day: %v", err)
		}
	}
}

// TestGuessingAtOnce: guesses sent together are counted before any is looked at.
func TestGuessingAtOnce(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	must(t, f.SetPassword(t.Context(), "u1", "wu", good))
	var looked atomic.Int32
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := f.Check(context.Background(), "wu", fmt.Sprint("wrong wrong ", i), fmt.Sprint("::", i)); errors.Is(err, private.ErrSignIn) {
				looked.Add(1)
			}
		})
	}
	wg.Wait()
	if n := looked.Load(); n != 3 {
		t.Errorf("%d of 40 guesses at once were looked at, want 3", n)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	a, made, err := f.NewToken(ctx, "u1", "工资系统", time.Time{})
	must(t, err)
	b, brief, err := f.NewToken(ctx, "u1", "brief", f.clock.now().Add(time.Hour))
	must(t, err)
	c, _, err := f.NewToken(ctx, "u2", "", time.Time{})
	must(t, err)
	if !strings.HasPrefix(a, "slt_") || len(a) != 47 || a == b {
		t.Errorf("%s, %s", a, b)
	}
	check := func(secret string, want domain.UserID) {
		t.Helper()
		user, err := f.CheckToken(ctx, secret)
		if user != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, private.ErrToken) {
			t.Errorf("%s, %v; want %s", user, err, want)
		}
	}
	for _, again := range []bool{false, true} {
		if again {
			f.reopen()
		}
		check(a, "u1")
		check(b, "u1")
		check(c, "u2")
		check("", "")
		check("slt_", "")
		check(a[:20]+"!"+a[21:], "")
		check(strings.TrimPrefix(a, "slt_"), "")
	}
	f.clock.pass(time.Hour)
	check(b, "")
	check(a, "u1")
	if err := f.RevokeToken(ctx, "u2", made.ID); !errors.Is(err, private.ErrToken) {
		t.Errorf("another user revokes: %v", err)
	}
	check(a, "u1")
	must(t, f.RevokeToken(ctx, "u1", made.ID))
	must(t, f.RevokeToken(ctx, "u1", made.ID))
	check(a, "")
	f.reopen()
	check(a, "")
	check(c, "u2")
	list, err := f.Tokens(ctx, "u1")
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	for _, k := range list {
		if k.ID == made.ID && (k.Label != "工资系统" || k.Revoked.IsZero() || k.Used.IsZero() || !k.Expires.IsZero()) ||
			k.ID == brief.ID && (!k.Revoked.IsZero() || k.Expires.IsZero()) {
			t.Errorf("%+v", k)
		}
	}
	must(t, f.RevokeTokens(ctx, "u2"))
	check(c, "")
}

// TestRevokeAtOnce: while a token is checked all the time, nobody gets in after
// RevokeToken has returned.
func TestRevokeAtOnce(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	for range 20 {
		secret, made, err := f.NewToken(t.Context(), "u1", "", time.Time{})
		must(t, err)
		var revoked atomic.Bool
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 300 {
					before := revoked.Load()
					if _, err := f.CheckToken(context.Background(), secret); err == nil && before {
						t.Error("a revoked token is taken")
						return
					}
				}
			})
		}
		must(t, f.RevokeToken(t.Context(), "u1", made.ID))
		revoked.Store(true)
		wg.Wait()
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	id, opened, err := f.StartSession(ctx, private.Checked{User: "u1"}, domain.Collector)
	must(t, err)
	second, other, err := f.StartSession(ctx, private.Checked{User: "u1"}, "")
	must(t, err)
	if id == second || opened.CSRF == other.CSRF || opened.CSRF == "" || strings.Contains(opened.CSRF, id) {
		t.Error("two sessions share a secret")
	}
	alive := func(id string) bool {
		t.Helper()
		s, err := f.Session(ctx, id)
		if err != nil && !errors.Is(err, private.ErrSession) {
			t.Fatal(err)
		}
		return err == nil && s.User == "u1"
	}
	if s, err := f.Session(ctx, id); err != nil || s != opened {
		t.Errorf("%+v, %v; want %+v", s, err, opened)
	}
	must(t, f.ChooseRole(ctx, id, domain.Recorder))
	f.reopen()
	opened.Role = domain.Recorder
	if s, err := f.Session(ctx, id); err != nil || s != opened {
		t.Errorf("after reopening %+v, %v; want %+v", s, err, opened)
	}
	f.clock.pass(29 * time.Minute)
	if !alive(id) {
		t.Error("ended before it was idle")
	}
	f.clock.pass(29 * time.Minute)
	f.reopen()
	if !alive(id) || alive(second) {
		t.Error("idle time is not counted from the last request, across a restart")
	}
	for range 22 { // 11 h in use
		f.clock.pass(29 * time.Minute)
		if !alive(id) {
			t.Fatal("ended while in use")
		}
	}
	f.clock.pass(25 * time.Minute) // 58 min + 638 min + 25 min > 12 h
	if alive(id) {
		t.Error("goes on after twelve hours")
	}
	a, _, err := f.StartSession(ctx, private.Checked{User: "u1"}, "")
	must(t, err)
	b, _, err := f.StartSession(ctx, private.Checked{User: "u1"}, "")
	must(t, err)
	must(t, f.EndSession(ctx, a))
	must(t, f.EndSession(ctx, a))
	if alive(a) || !alive(b) {
		t.Error("ending one")
	}
	must(t, f.EndSessions(ctx, "u1"))
	if alive(b) {
		t.Error("ending all")
	}
	f.reopen()
	if alive(a) || alive(b) || alive("") {
		t.Error("an ended session is back after reopening")
	}
}

func TestDropAndNoSecrets(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	must(t, f.SetPassword(ctx, "u1", "wu", good))
	secret, _, err := f.NewToken(ctx, "u1", "", time.Time{})
	must(t, err)
	id, session, err := f.StartSession(ctx, private.Checked{User: "u1"}, domain.Leader)
	must(t, err)
	if _, err := f.Check(ctx, "typed-my-password-here", good, "::1"); err == nil {
		t.Fatal("no such name")
	}
	var copied bytes.Buffer
	must(t, f.Snapshot(ctx, &copied))
	for _, s := range []string{good, secret, strings.TrimPrefix(secret, "slt_"), id, session.CSRF, "typed-my-password-here"} {
		if bytes.Contains(copied.Bytes(), []byte(s)) {
			t.Errorf("the file holds %q", s)
		}
	}
	must(t, f.Drop(ctx, "u1"))
	_, errs := f.Check(ctx, "wu", good, "::1")
	_, errt := f.CheckToken(ctx, secret)
	_, erri := f.Session(ctx, id)
	if !errors.Is(errs, private.ErrSignIn) || !errors.Is(errt, private.ErrToken) || !errors.Is(erri, private.ErrSession) {
		t.Errorf("%v, %v, %v", errs, errt, erri)
	}
	must(t, f.Verify(ctx))
	other := filepath.Join(t.TempDir(), "copy.db")
	must(t, os.WriteFile(other, copied.Bytes(), 0o600))
	c, err := private.Open(private.Options{Path: other, Now: f.clock.now, Cost: cheap})
	must(t, err)
	defer c.Close()
	if user, err := c.CheckToken(ctx, secret); err != nil || user != "u1" {
		t.Errorf("in the copy: %s, %v", user, err)
	}
	if _, err := private.Open(private.Options{Path: other}); !errors.Is(err, eventstore.ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
}

// TestRandomActs holds tokens and sessions against a plain model, with
// restarts in between.
func TestRandomActs(t *testing.T) {
	t.Parallel()
	f := fresh(t)
	ctx := t.Context()
	rng := rand.New(rand.NewPCG(9, 9))
	type cookie struct {
		user          domain.UserID
		created, seen time.Time
	}
	tokens, sessions := map[string]domain.UserID{}, map[string]cookie{}
	ids := map[string]string{} // secret → id
	gone := []string{}
	user := func() domain.UserID { return domain.UserID(fmt.Sprint("u", rng.IntN(3))) }
	any := func(m map[string]string) string {
		for k := range m {
			return k
		}
		return ""
	}
	for range 200 {
		switch rng.IntN(9) {
		case 0:
			u := user()
			secret, made, err := f.NewToken(ctx, u, "", time.Time{})
			must(t, err)
			tokens[secret], ids[secret] = u, made.ID
		case 1, 2:
			u := user()
			id, _, err := f.StartSession(ctx, private.Checked{User: u}, "")
			must(t, err)
			sessions[id] = cookie{u, f.clock.now(), f.clock.now()}
		case 3:
			if secret := any(ids); secret != "" {
				must(t, f.RevokeToken(ctx, tokens[secret], ids[secret]))
				delete(tokens, secret)
				delete(ids, secret)
				gone = append(gone, secret)
			}
		case 4:
			if rng.IntN(4) == 0 {
				u := user()
				must(t, f.Drop(ctx, u))
				for s, owner := range tokens {
					if owner == u {
						delete(tokens, s)
						delete(ids, s)
						gone = append(gone, s)
					}
				}
				for s, c := range sessions {
					if c.user == u {
						delete(sessions, s)
						gone = append(gone, s)
					}
				}
			}
		case 5:
			f.reopen()
		default:
			f.clock.pass(time.Duration(rng.IntN(20)+1) * time.Minute)
		}
		for s, c := range sessions {
			now := f.clock.now()
			want := now.Sub(c.seen) < private.SessionIdle && now.Sub(c.created) < private.SessionLast
			if rng.IntN(2) == 0 {
				continue // not used this time
			}
			got, err := f.Session(ctx, s)
			if (err == nil) != want || want && got.User != c.user {
				t.Fatalf("session of %s: %v, want alive %t", c.user, err, want)
			}
			if !want {
				delete(sessions, s)
				gone = append(gone, s)
				continue
			}
			c.seen = now
			sessions[s] = c
		}
		for s, u := range tokens {
			if got, err := f.CheckToken(ctx, s); err != nil || got != u {
				t.Fatalf("token of %s: %s, %v", u, got, err)
			}
		}
		for _, s := range gone {
			_, errt := f.CheckToken(ctx, s)
			_, erri := f.Session(ctx, s)
			if errt == nil || erri == nil {
				t.Fatal("what is gone is back")
			}
		}
	}
}
