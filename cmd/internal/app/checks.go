package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"

	"staffledger/domain"
	"staffledger/domain/replay"
	"staffledger/eventstore/ledger"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

// Kinds of checks.
const (
	KindVerify = "verify"
	KindReplay = "replay"
)

// Checks runs verifications and replays, one at a time, and remembers the last
// of each kind (ports.Checks).
type Checks struct {
	app  *App
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu   sync.Mutex
	busy bool
	last map[string]ports.Check
}

func newChecks(a *App) *Checks {
	c := &Checks{app: a, last: map[string]ports.Check{}}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

func (c *Checks) close() error {
	c.stop()
	c.wg.Wait()
	return nil
}

// Last implements ports.Checks.
func (c *Checks) Last(kind string) (ports.Check, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	check, ok := c.last[kind]
	return check, ok
}

// Start implements ports.Checks. Where a check of the kind runs already, that
// one is returned.
func (c *Checks) Start(_ context.Context, kind string, by domain.UserID) (ports.Check, error) {
	run := map[string]func(context.Context, func(done, total uint64)) (ports.Check, error){
		KindVerify: c.app.Verify, KindReplay: c.app.Replay}[kind]
	if run == nil {
		return ports.Check{}, fmt.Errorf("unknown check %q", kind)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if running := c.last[kind]; running.Running {
		return running, nil
	}
	if c.busy {
		return ports.Check{}, ports.ErrCheckBusy
	}
	started := ports.Check{Kind: kind, Running: true, By: by, Started: c.app.Clock.Now(), Size: c.app.Ledger.Size()}
	c.busy, c.last[kind] = true, started
	c.wg.Go(func() {
		check, err := run(c.ctx, func(done, _ uint64) { c.progress(kind, done) })
		if err != nil {
			check.Good, check.Reason = false, err.Error()
			c.app.Logger.Error("check failed", "kind", kind, "error", err)
		}
		check.Kind, check.By, check.Started, check.Ended, check.Running = kind, by, started.Started, c.app.Clock.Now(), false
		c.mu.Lock()
		defer c.mu.Unlock()
		c.busy, c.last[kind] = false, check
	})
	return started, nil
}

func (c *Checks) progress(kind string, done uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	check := c.last[kind]
	check.Done = done
	c.last[kind] = check
}

// Verify re-reads every stored byte of the open ledger, and judges by the rules
// what the bytes say.
func (a *App) Verify(ctx context.Context, progress func(done, total uint64)) (ports.Check, error) {
	report, err := a.Ledger.Verify(ctx, ledger.Progress(progress))
	if err != nil {
		return ports.Check{Kind: KindVerify}, err
	}
	check := verified(report)
	if !check.Good {
		return check, nil
	}
	broken, err := judge(ctx, a.Ledger, report.Size)
	if err != nil {
		return check, err
	}
	if broken != nil {
		check.Good, check.Position, check.Reason = false, broken.Position, broken.Check+": "+broken.Reason
		return check, nil
	}
	if file, reason := besidesOpen(ctx, a.Vault, a.Private, a.Blobs); reason != "" {
		check.Good, check.File, check.Reason = false, file, reason
	}
	return check, ctx.Err()
}

// verified is a ledger's report as the command line and the pages print it.
func verified(r ledger.Report) ports.Check {
	check := ports.Check{Kind: KindVerify, Good: r.Intact, Size: domain.Position(r.Size), Done: r.Size}
	if r.Intact {
		check.Root = base64.StdEncoding.EncodeToString(r.Root[:])
		return check
	}
	check.Position, check.Reason = r.Position, r.File+": "+r.Reason
	return check
}

// Replay folds everything from zero and compares with the live views, which it
// first lets come up to the ledger.
func (a *App) Replay(ctx context.Context, progress func(done, total uint64)) (ports.Check, error) {
	check := ports.Check{Kind: KindReplay}
	for size := a.Ledger.Size(); size > 0; {
		err := a.Views.AtLeast(ctx, size-1)
		if err == nil {
			break
		}
		if !errors.Is(err, views.ErrBehind) || ctx.Err() != nil {
			return check, err
		}
		if err := a.Views.Progress().Err; err != nil {
			return check, err // they stand still
		}
	}
	export, err := a.Views.Export(ctx)
	if err != nil {
		return check, err
	}
	defer export.Close()
	total := uint64(export.Next())
	counted := func(yield func(domain.Recorded, error) bool) {
		for e, err := range a.Ledger.All(ctx, 0) {
			if progress != nil && e.Position%4096 == 0 {
				progress(uint64(e.Position), total)
			}
			if !yield(e, err) {
				return
			}
		}
	}
	result, err := replay.Compare(counted, export, a.open)
	if err != nil {
		return check, err
	}
	check.Good, check.Size, check.Done = result.Equal, result.Events, total
	check.Position, check.View, check.Reason = result.Position, result.View, result.Reason
	return check, nil
}

// open is how replay opens what is sealed; what was erased stays shut.
func (a *App) open(key string, event domain.EventID, box []byte) (clear []byte, erased bool, err error) {
	clear, err = a.Vault.Unseal(key, event, box)
	if errors.Is(err, domain.ErrErased) {
		return nil, true, nil
	}
	return clear, false, err
}
