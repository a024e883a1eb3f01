// Package site runs the pages over real parts for tests: a ledger on disk, real
// views and use cases, the server with its sessions. A clock stands still until
// the test moves it.
package site

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"staffledger/cmd/wiring"
	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/eventstore/ledger"
	"staffledger/eventstore/vault"
	"staffledger/eventstore/vault/blobs"
	"staffledger/eventstore/vault/private"
	ledgerhttp "staffledger/http"
	"staffledger/http/ports"
	"staffledger/http/web"
	"staffledger/projections/views"
	"staffledger/test/world"
)

// Password signs every user of a site in.
const Password = "a long password"

// Site is a running server over a world.
type Site struct {
	*world.World
	T       testing.TB
	Ledger  *ledger.Ledger
	Views   *views.Views
	Secrets wiring.Secrets
	Server  *ledgerhttp.Server
	Checks  *Checks
	URL     string
	Log     *Buffer

	mu    sync.Mutex
	ready map[string]bool
}

// Buffer is a log that may be read while it is written.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Checks verifies the ledger, one at a time. A test may put an outcome in.
type Checks struct {
	mu     sync.Mutex
	ledger *ledger.Ledger
	clock  usecase.Clock
	last   map[string]ports.Check
	wg     sync.WaitGroup
}

// Start implements ports.Checks.
func (c *Checks) Start(_ context.Context, kind string, by domain.UserID) (ports.Check, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.last {
		if k.Running {
			return ports.Check{}, ports.ErrCheckBusy
		}
	}
	check := ports.Check{Kind: kind, By: by, Running: true, Started: c.clock.Now(), Size: c.ledger.Size()}
	c.last[kind] = check
	c.wg.Go(func() {
		report, err := c.ledger.Verify(context.Background(), nil)
		check.Running, check.Ended, check.Good, check.Done = false, c.clock.Now(), err == nil && report.Intact, uint64(check.Size)
		check.Root = base64.StdEncoding.EncodeToString(report.Root[:])
		c.Put(check)
	})
	return check, nil
}

// Put remembers an outcome.
func (c *Checks) Put(check ports.Check) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last[check.Kind] = check
}

// Last implements ports.Checks.
func (c *Checks) Last(kind string) (ports.Check, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	check, ok := c.last[kind]
	return check, ok
}

// Options change how a site is built.
type Options struct {
	City  bool // says that it is invented
	Demo  []ports.DemoUser
	Ports func(*web.Options) // to put faults in
}

// New runs a site whose clock stands on a day at 09:00.
func New(t testing.TB, day string, o Options) *Site {
	t.Helper()
	dir := t.TempDir()
	store, err := ledger.Open(filepath.Join(dir, "ledger"), ledger.Options{Bulk: true, Logger: slog.New(slog.DiscardHandler), FilterBytes: 1 << 20, CacheBytes: 1 << 20, IndexCacheBytes: 4 << 20})
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	s := &Site{World: world.On(t, day, store), T: t, Ledger: store, Log: &Buffer{}, ready: map[string]bool{}}
	t.Cleanup(s.Service.Close)
	s.Views, err = views.Open(t.Context(), views.Options{Dir: filepath.Join(dir, "views"), Ledger: store, Unseal: s.Sealer.Unseal, Patience: 20 * time.Second})
	must(t, err)
	t.Cleanup(func() { _ = s.Views.Close() })
	following, stop := context.WithCancel(context.Background())
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		if err := s.Views.Run(following); err != nil {
			t.Errorf("views: %v", err)
		}
	}()
	t.Cleanup(func() { stop(); <-followed })
	signIns, err := private.Open(private.Options{Path: filepath.Join(dir, "private.db"), Cost: private.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}, Bulk: true})
	must(t, err)
	t.Cleanup(func() { _ = signIns.Close() })
	s.Secrets = wiring.Secrets{Store: signIns}
	keys, err := vault.Open(vault.Options{Path: filepath.Join(dir, "vault.db"), Master: bytes.Repeat([]byte{7}, 32), Bulk: true})
	must(t, err)
	t.Cleanup(func() { _ = keys.Close() })
	files, err := blobs.Open(blobs.Dir(filepath.Join(dir, "blobs")), keys, nil)
	must(t, err)
	s.Checks = &Checks{ledger: store, clock: s.Clock, last: map[string]ports.Check{}}
	t.Cleanup(s.Checks.wg.Wait)
	logger := slog.New(slog.NewJSONHandler(s.Log, nil))
	options := web.Options{Commands: s.Service, Views: s.Views, Ledger: store, Checks: s.Checks, Files: files, Demo: o.Demo, Logger: logger, Version: "test"}
	if o.City {
		options.Commands = invented{s.Service}
	}
	if o.Ports != nil {
		o.Ports(&options)
	}
	pages, err := web.New(options)
	must(t, err)
	s.Server, err = ledgerhttp.New(ledgerhttp.Options{Commands: s.Service, Views: s.Views, Ledger: store, Checks: s.Checks, Files: files, Secrets: s.Secrets,
		Logger: logger, Version: "test", Pages: pages.Mount})
	must(t, err)
	must(t, s.Server.Open("127.0.0.1:0"))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = s.Server.Close(ctx)
	})
	s.URL = s.Server.URL()
	return s
}

type invented struct{ *usecase.Service }

func (invented) Demo() bool { return true }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// SignIn gives a user of the world the password and returns the sign-in name.
func (s *Site) SignIn(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := "u-" + user
	if !s.ready[user] {
		one, err := s.Secrets.IssuePassword(s.Ctx, s.User(user), name)
		must(s.T, err)
		must(s.T, s.Secrets.ChangePassword(s.Ctx, s.User(user), one, Password, "127.0.0.1"))
		s.ready[user] = true
	}
	return name
}

// Follow waits until the views show everything that is written.
func (s *Site) Follow() {
	s.T.Helper()
	must(s.T, s.Views.AtLeast(s.Ctx, s.Ledger.Size()-1))
}
