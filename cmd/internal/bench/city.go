package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"staffledger/cmd/internal/app"
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/person"
	"staffledger/projections/views"
)

// city measures what is read, on a large invented city.
func (b *bench) city() error {
	dir := b.dir + "/city"
	started := time.Now()
	filled, err := app.Fill(b.ctx, app.City{Dir: dir, Seed: 1, Until: domain.DayOf(2026, 11, 24), Events: b.events})
	if err != nil {
		return err
	}
	b.add(figure{Name: fmt.Sprintf("filling a city of %s events, one thread", thousands(int64(filled.Events))), Value: float64(filled.Events) / time.Since(started).Seconds(), Unit: "events/s"})
	if err := b.space(dir, filled.Events); err != nil {
		return err
	}
	if err := b.rebuildAndOpen(dir); err != nil {
		return err
	}
	a, err := app.Open(b.ctx, app.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := b.sweepThrough(a); err != nil {
		return err
	}
	return b.pages(a)
}

func (b *bench) space(dir string, events int) error {
	bytes, err := bytesBelow(dir + "/" + app.LedgerDir)
	if err == nil {
		b.add(figure{Name: "ledger on disk, finished segments compressed", Value: float64(bytes) / float64(events), Unit: "B/event", Goal: "≤ 400"})
	}
	return err
}

// rebuildAndOpen times the first opening, which builds the views, and a second.
func (b *bench) rebuildAndOpen(dir string) error {
	started := time.Now()
	a, err := app.Open(b.ctx, app.Config{Dir: dir})
	if err != nil {
		return err
	}
	events := float64(a.Ledger.Size())
	b.add(figure{Name: "views rebuilt", Value: events / time.Since(started).Seconds(), Unit: "events/s", Goal: "≥ 150,000"})
	if err := a.Close(); err != nil {
		return err
	}
	started = time.Now()
	if a, err = app.Open(b.ctx, app.Config{Dir: dir}); err != nil {
		return err
	}
	b.add(figure{Name: "open after a clean stop, all parts", Value: float64(time.Since(started).Milliseconds()), Unit: "ms", Goal: "≤ 1,000 at 10 million"})
	return a.Close()
}

// sweepThrough reads the whole ledger in four ways.
func (b *bench) sweepThrough(a *app.App) error {
	events := float64(a.Ledger.Size())
	rate := func(name, goal string, f func() error) error {
		started := time.Now()
		if err := f(); err != nil {
			return err
		}
		b.add(figure{Name: name, Value: events / time.Since(started).Seconds(), Unit: "events/s", Goal: goal})
		return nil
	}
	raw := func(leaves bool) func() error {
		return func() error {
			for _, err := range a.Ledger.Raw(b.ctx, 0, leaves) {
				if err != nil {
					return err
				}
			}
			return nil
		}
	}
	if err := rate("replay raw", "", raw(false)); err != nil {
		return err
	}
	if err := rate("replay raw with leaf hash", "≥ 2,000,000", raw(true)); err != nil {
		return err
	}
	if err := rate("replay decoded and folded", "≥ 400,000", func() error { return fold(b.ctx, a) }); err != nil {
		return err
	}
	if err := rate("verify: bytes, tree, indexes, head", "≥ 1,500,000", func() error {
		r, err := a.Ledger.Verify(b.ctx, nil)
		if err == nil && !r.Intact {
			err = fmt.Errorf("not intact: %s", r.Reason)
		}
		return err
	}); err != nil {
		return err
	}
	return rate("replay and compare with the views", "", func() error {
		check, err := a.Replay(b.ctx, nil)
		if err == nil && !check.Good {
			err = fmt.Errorf("not equal: %s %s", check.View, check.Reason)
		}
		return err
	})
}

// fold decodes every event and folds every account and person.
func fold(ctx context.Context, a *app.App) error {
	accounts, persons := map[domain.Stream]*account.Account{}, map[domain.Stream]*person.State{}
	for e, err := range a.Ledger.All(ctx, 0) {
		if err != nil {
			return err
		}
		p, err := catalogue.Decode(e.Event)
		if err != nil {
			return err
		}
		switch e.Stream.Kind() {
		case domain.AccountStream, domain.PoolStream:
			state := accounts[e.Stream]
			if state == nil {
				state = account.New(e.Stream)
				accounts[e.Stream] = state
			}
			state.Apply(e.Head, p)
		case domain.PersonStream:
			state := persons[e.Stream]
			if state == nil {
				state = person.New(domain.PersonID(e.Stream.Key()))
				persons[e.Stream] = state
			}
			state.Apply(e.Head, p)
		}
	}
	return nil
}

// pages measures what a page asks for: a trace's first page of 50, and rosters
// now and as of a day.
func (b *bench) pages(a *app.App) error {
	units, err := a.Views.Units(b.ctx, views.UnitQuery{Limit: 500})
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(1, 1))
	const rounds = 2_000
	measure := func(name, goal string, f func(u domain.UnitID) error) error {
		cold, err := b.coldFirst(a, func() error { return f(units.Rows[rng.IntN(len(units.Rows))].ID) })
		if err != nil {
			return err
		}
		took := make([]time.Duration, 0, rounds)
		for range rounds {
			u := units.Rows[rng.IntN(len(units.Rows))].ID
			at := time.Now()
			if err := f(u); err != nil {
				return err
			}
			took = append(took, time.Since(at))
		}
		q := quantiles(took)
		q["cold ms"] = cold
		b.add(figure{Name: name, Value: q["p99 ms"], Unit: "ms p99", Goal: goal, Detail: q})
		return nil
	}
	if err := measure("trace of a unit, first page of 50", "≤ 20 warm, ≤ 80 cold", func(u domain.UnitID) error {
		n := 0
		for e, err := range a.Ledger.Tagged(b.ctx, a.Ledger.Size(), string(domain.TagOf(domain.TagUnit, u))) {
			if err != nil {
				return err
			}
			if _, err := catalogue.Decode(e.Event); err != nil {
				return err
			}
			if n++; n == 50 {
				break
			}
		}
		return nil
	}); err != nil {
		return err
	}
	if err := measure("roster of a unit, first page of 50", "≤ 20 warm", func(u domain.UnitID) error {
		_, err := a.Views.Roster(b.ctx, views.RosterQuery{Unit: u, Limit: 50})
		return err
	}); err != nil {
		return err
	}
	return measure("lines and roster of a unit, as of a day", "≤ 20 warm", func(u domain.UnitID) error {
		asof := views.AsOf{Effective: domain.DayOf(2023, 6, 30), Known: domain.DayOf(2024, 12, 31)}
		if _, err := a.Views.Lines(b.ctx, u, asof); err != nil {
			return err
		}
		_, err := a.Views.Roster(b.ctx, views.RosterQuery{Unit: u, Limit: 50, AsOf: asof})
		return err
	})
}

// coldFirst times a first look with the system's file cache dropped, where that
// is allowed; elsewhere it is simply the first.
func (b *bench) coldFirst(_ *app.App, f func() error) (float64, error) {
	if drop, err := os.OpenFile("/proc/sys/vm/drop_caches", os.O_WRONLY, 0); err == nil {
		_, _ = drop.WriteString("1\n")
		_ = drop.Close()
	}
	at := time.Now()
	err := f()
	return float64(time.Since(at).Microseconds()) / 1000, err
}
