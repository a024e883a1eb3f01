package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"staffledger/cmd/internal/app"
	"staffledger/cmd/internal/demo"
	"staffledger/cmd/wiring"
	"staffledger/domain"
	"staffledger/domain/codes"
	ledgerhttp "staffledger/http"
	"staffledger/http/ports"
	"staffledger/http/web"
)

type serveCmd struct {
	Data     string `help:"Data directory; made if missing." type:"path" default:"data" placeholder:"DIR"`
	Listen   string `help:"Address to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Master   string `help:"Master key (base64) in place of the file in the directory." env:"STAFFLEDGER_MASTER_KEY" hidden:""`
	TLS      bool   `help:"Browsers reach the server over TLS, by a proxy in front: cookies are then marked so."`
	LogLevel string `help:"debug, info, warn or error." enum:"debug,info,warn,error" default:"warn" env:"STAFFLEDGER_LOG"`
	LogJSON  bool   `help:"Log as JSON."`

	Demo   bool   `help:"An invented city with users for every role: fills the directory if it is new; loopback only."`
	Clock  string `help:"With --demo: the clock starts here (YYYY-MM-DD or RFC 3339) and is moved forward by POST /v1/demo/clock." placeholder:"T"`
	Seed   uint64 `help:"With --demo: which city." default:"1"`
	Until  string `help:"With --demo: last day of the city's history; yesterday, or the day before --clock, by default." placeholder:"YYYY-MM-DD"`
	Events int    `help:"With --demo: about how many events; 0 is the usual city." default:"0"`
}

// Run serves until it is told to stop.
func (c serveCmd) Run(ctx context.Context, s *streams) error {
	clock, err := c.check()
	if err != nil {
		return usage{err}
	}
	logger := c.logger(s.err)
	if c.Demo {
		if err := c.fill(ctx, s, clock); err != nil {
			return err
		}
	}
	stopTracing, err := startTracing(ctx)
	if err != nil {
		return err
	}
	defer stopTracing()
	bar := newBar(s, false, "建立视图", "building views")
	config := app.Config{Dir: c.Data, Master: c.Master, Logger: logger, Progress: func(done, of domain.Position) { bar.set(uint64(done), uint64(of)) }}
	if clock != nil {
		config.Clock = clock
	}
	a, err := app.Open(ctx, config)
	bar.end()
	if err != nil {
		return err
	}
	defer a.Close()
	if err := c.mayServe(ctx, a, clock); err != nil {
		return err
	}
	if err := firstAdmin(ctx, s, a); err != nil {
		return err
	}
	return c.serve(ctx, s, a, clock, logger)
}

// check holds the flags against each other.
func (c serveCmd) check() (*demoClock, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %q: want HOST:PORT", c.Listen)
	}
	if !c.Demo {
		if c.Clock != "" || c.Until != "" || c.Events != 0 {
			return nil, errors.New("--clock, --until and --events go with --demo")
		}
		return nil, nil
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: an invented city with known passwords is served on loopback only", c.Listen)
	}
	if c.Clock == "" {
		return nil, nil
	}
	at, err := parseClock(c.Clock)
	if err != nil {
		return nil, err
	}
	return newDemoClock(at), nil
}

// parseClock reads a day (09:00 of it) or an instant.
func parseClock(s string) (domain.Instant, error) {
	if day, err := domain.ParseDay(s); err == nil {
		return day.Start() + domain.Instant(9*time.Hour/time.Millisecond), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 2019 || t.Year() > 2150 {
		return 0, fmt.Errorf("--clock %q: want YYYY-MM-DD or RFC 3339, from 2019 to 2150", s)
	}
	return domain.InstantOf(t), nil
}

func (c serveCmd) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the flag takes no other word
	options := &slog.HandlerOptions{Level: level}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// fill fills a new directory with the city.
func (c serveCmd) fill(ctx context.Context, s *streams, clock *demoClock) error {
	if _, err := os.Stat(filepath.Join(c.Data, app.LedgerDir)); err == nil {
		return nil
	}
	until := domain.InstantOf(time.Now()).Day() - 1
	if clock != nil {
		until = clock.Now().Day() - 1
	}
	return fillCity(ctx, s, c.Data, c.Master, c.Seed, c.Events, c.Until, until, false)
}

// mayServe keeps invented and real ledgers apart, and the clock from running
// backwards.
func (c serveCmd) mayServe(ctx context.Context, a *app.App, clock *demoClock) error {
	switch {
	case a.Service.Demo() && !c.Demo:
		return usage{fmt.Errorf("%s holds an invented city: serve it with --demo", c.Data)}
	case !a.Service.Demo() && c.Demo:
		return usage{fmt.Errorf("%s holds a ledger that is not invented: serve it without --demo", c.Data)}
	case clock == nil:
		return nil
	}
	last, err := a.Ledger.At(ctx, a.Ledger.Size()-1)
	if err != nil {
		return err
	}
	if last.Time >= clock.Now() {
		return usage{fmt.Errorf("--clock %s: the ledger has been written to until %s", c.Clock, last.Time)}
	}
	return nil
}

// firstAdmin names the administrator of an empty ledger and prints the one-time
// password, once.
func firstAdmin(ctx context.Context, s *streams, a *app.App) error {
	if a.Service.HasUsers() {
		return nil
	}
	id, err := a.Service.NameFirstAdmin(ctx, "管理员", "admin")
	if err != nil {
		return err
	}
	password, err := a.Private.SetOneTime(ctx, id, "admin")
	if err != nil {
		return err
	}
	s.say("已开新账本。管理员登录名 admin，一次性密码 %s（只显示这一次，首次登录时须更改）", "a new ledger. administrator: admin, one-time password: %s (shown once; to be changed at the first sign-in)", password)
	return nil
}

// serve runs everything until ctx ends, then closes in reverse.
func (c serveCmd) serve(ctx context.Context, s *streams, a *app.App, clock *demoClock, logger *slog.Logger) error {
	server, err := newServer(a, clock, logger, c.TLS)
	if err != nil {
		return err
	}
	if err := server.Open(c.Listen); err != nil {
		return err
	}
	control, err := openControl(filepath.Join(c.Data, app.SocketFile), server.Operator(), logger)
	if err != nil {
		return errors.Join(err, server.Close(ctx))
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { _ = a.Run(background) })
	c.greet(s, a, server.URL(), clock)

	served := make(chan error, 1)
	go func() { served <- server.Wait() }()
	select {
	case <-ctx.Done():
	case err = <-served:
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeMax)
	defer cancel()
	err = errors.Join(err, server.Close(closing), control.Shutdown(closing))
	stop()
	wg.Wait()
	return err
}

// closeTimeMax bounds how long requests under way are waited for.
const closeTimeMax = 10 * time.Second

func newServer(a *app.App, clock *demoClock, logger *slog.Logger, tls bool) (*ledgerhttp.Server, error) {
	o := ledgerhttp.Options{Commands: a.Service, Views: a.Views, Ledger: a.Ledger, Checks: a.Checks, Files: a.Blobs,
		Secrets: wiring.Secrets{Store: a.Private}, Logger: logger, Version: version, TLS: tls,
		Collectors: []prometheus.Collector{app.NewCollector(a)}}
	p := web.Options{Commands: a.Service, Views: a.Views, Ledger: a.Ledger, Checks: a.Checks, Files: a.Blobs, Logger: logger, Version: version}
	if clock != nil {
		clock.moved = a.SweepSoon
		o.Clock, p.Clock = clock, clock
	}
	if a.Service.Demo() {
		p.Demo = demo.Users()
	}
	pages, err := web.New(p)
	if err != nil {
		return nil, err
	}
	o.Pages = pages.Mount
	return ledgerhttp.New(o)
}

// operatorHandler serves an open directory to verbs in this process.
func operatorHandler(a *app.App) (http.Handler, error) {
	server, err := newServer(a, nil, a.Logger, false)
	if err != nil {
		return nil, err
	}
	return server.Operator(), nil
}

// openControl serves the owner-only socket. The ledger's lock is held, so that a
// socket which lies there is nobody's.
func openControl(path string, h http.Handler, logger *slog.Logger) (*http.Server, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug)}
	go func() { _ = server.Serve(l) }()
	return server, nil
}

// greet prints where to go and what to try.
func (c serveCmd) greet(s *streams, a *app.App, url string, clock *demoClock) {
	if c.Demo {
		s.say("演示城市，共%d条。登录名、密码与先试的事：", "an invented city, %d events. Sign-ins, passwords, and what to try first:", a.Ledger.Size())
		for _, u := range demo.Users() {
			try := u.TryEN
			if s.zh() {
				try = u.TryZH
			}
			fmt.Fprintf(s.out, "  %-12s %-16s %s\n", u.SignIn, u.Password, try)
		}
		if clock != nil {
			s.say("演示时钟：%s，由 POST /v1/demo/clock 拨快", "the demo clock stands at %s; POST /v1/demo/clock moves it forward", clock.Now())
		}
	}
	s.say("已就绪：%s", "ready: %s", url)
}

// demoClock starts at a set time, runs on from there, and is moved forward.
type demoClock struct {
	mu    sync.Mutex
	base  domain.Instant
	since time.Time
	moved func()
}

func newDemoClock(at domain.Instant) *demoClock { return &demoClock{base: at, since: time.Now()} }

// Now implements usecase.Clock.
func (c *demoClock) Now() domain.Instant {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *demoClock) now() domain.Instant {
	return c.base + domain.Instant(time.Since(c.since).Milliseconds())
}

// Advance implements ports.DemoClock.
func (c *demoClock) Advance(to domain.Instant) error {
	c.mu.Lock()
	if to < c.now() {
		c.mu.Unlock()
		return ports.ErrBackward
	}
	c.base, c.since = to, time.Now()
	c.mu.Unlock()
	if c.moved != nil {
		c.moved()
	}
	return nil
}

type demoCmd struct {
	Data   string `help:"New data directory." type:"path" required:"" placeholder:"DIR"`
	Master string `help:"Master key (base64) in place of a file in the directory." env:"STAFFLEDGER_MASTER_KEY" hidden:""`
	Seed   uint64 `help:"Which city: the same seed and day give the same root." required:""`
	Events int    `help:"About how many events; 0 is the usual city." default:"0"`
	Until  string `help:"Last day of the history; yesterday by default." placeholder:"YYYY-MM-DD"`
	JSON   bool   `help:"Print as JSON."`
}

// Run fills a new directory.
func (c demoCmd) Run(ctx context.Context, s *streams) error {
	if entries, err := os.ReadDir(c.Data); err == nil && len(entries) > 0 {
		return usage{fmt.Errorf("%s is not empty", c.Data)}
	}
	return fillCity(ctx, s, c.Data, c.Master, c.Seed, c.Events, c.Until, domain.InstantOf(time.Now()).Day()-1, c.JSON)
}

// fillCity fills a directory beside the one asked for, and moves it there when
// it is whole.
func fillCity(ctx context.Context, s *streams, dir, master string, seed uint64, events int, until string, usual domain.Day, quiet bool) error {
	if until != "" {
		day, err := domain.ParseDay(until)
		if err != nil {
			return usage{fmt.Errorf("--until: %w", err)}
		}
		usual = day
	}
	if !codes.IsLevel(codes.City, usual) {
		return usage{fmt.Errorf("--until %s: no such city then", usual)}
	}
	bar := newBar(s, quiet, "生成演示城市", "filling the city")
	filled, err := app.Fill(ctx, app.City{Dir: dir, Master: master, Seed: seed, Until: usual, Events: events, Progress: bar.set})
	bar.end()
	if err != nil {
		return err
	}
	took := filled.Took.Round(100 * time.Millisecond)
	if quiet {
		return s.json(map[string]any{"events": filled.Events, "units": filled.Units, "people": filled.People, "root": filled.Root, "seconds": took.Seconds()})
	}
	s.say("演示城市已生成：%d个单位，%d人，%d条，用时%s，根 %s", "the city is filled: %d units, %d people, %d events in %s, root %s",
		filled.Units, filled.People, filled.Events, took, strings.TrimSpace(filled.Root))
	return nil
}
