// Package app puts the parts together: it opens a data directory in the right
// order, runs what runs in the background, and closes everything in reverse.
//
// A data directory holds
//
//	ledger/       the ledger: segments, indexes, head
//	vault.db      person keys and the identity index, wrapped under master.key
//	master.key    the master key (0600), unless it comes from the environment
//	private.db    password and token hashes, sessions
//	documents/    files of registered documents, sealed
//	views/        read models: derived, may be deleted
//	control.sock  owner-only socket of a running server
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/eventstore/ledger"
	"staffledger/eventstore/vault"
	"staffledger/eventstore/vault/blobs"
	"staffledger/eventstore/vault/private"
	"staffledger/projections/views"
)

// Names in a data directory.
const (
	LedgerDir   = "ledger"
	VaultFile   = "vault.db"
	MasterFile  = "master.key"
	PrivateFile = "private.db"
	BlobsDir    = "documents"
	ViewsDir    = "views"
	SocketFile  = "control.sock"
)

// Config says how a data directory is opened.
type Config struct {
	Dir    string
	Master string // base64 of the master key; empty: the file in the directory
	Clock  usecase.Clock
	Logger *slog.Logger
	// Progress is told how views come along that must be filled first.
	Progress func(done, of domain.Position)

	// The rest is for filling an invented city: no syncs before Close,
	// randomness and ids that can be had again, one command at a time.
	Bulk     bool
	Rand     io.Reader
	IDs      usecase.IDs
	Parallel int
	Demo     bool
	NoViews  bool
	// NoService opens the stores only: who fills a city brings a service of its
	// own, which writes the first entry.
	NoService bool
}

// App is an open data directory.
type App struct {
	Config
	Ledger  *ledger.Ledger
	Vault   *vault.Vault
	Private *private.Store
	Blobs   *blobs.Store
	Views   *views.Views
	Service *usecase.Service
	Checks  *Checks

	opened []func() error // closed in reverse
	sweep  chan struct{}  // asks for a sweep now
}

// Open opens or makes a data directory. Errors of the parts come through as
// they are: eventstore.ErrInUse, *eventstore.Corrupt, vault.ErrWrongMaster, ….
func Open(ctx context.Context, c Config) (_ *App, err error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.IDs == nil {
		c.IDs = randomIDs{}
	}
	a := &App{Config: c, sweep: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			_ = a.Close()
		}
	}()
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	if err := a.openStores(); err != nil {
		return nil, err
	}
	if err := a.openVault(); err != nil {
		return nil, err
	}
	if c.NoService {
		return a, nil
	}
	if err := a.openService(ctx); err != nil {
		return nil, err
	}
	a.Checks = newChecks(a)
	a.opened = append(a.opened, a.Checks.close)
	return a, nil
}

func (a *App) path(name string) string { return filepath.Join(a.Dir, name) }

func (a *App) openStores() (err error) {
	a.Ledger, err = ledger.Open(a.path(LedgerDir), ledger.Options{Logger: a.Logger, Bulk: a.Bulk})
	if err != nil {
		return err
	}
	a.opened = append(a.opened, a.Ledger.Close)
	return nil
}

func (a *App) openVault() (err error) {
	master, err := a.masterKey()
	if err != nil {
		return err
	}
	a.Vault, err = vault.Open(vault.Options{Path: a.path(VaultFile), Master: master, Rand: a.Rand, Bulk: a.Bulk})
	if err != nil {
		return err
	}
	a.opened = append(a.opened, a.Vault.Close)
	// Sessions and waits go by the real clock, also where the service's is set.
	a.Private, err = private.Open(private.Options{Path: a.path(PrivateFile), Rand: a.Rand, Bulk: a.Bulk})
	if err != nil {
		return err
	}
	a.opened = append(a.opened, a.Private.Close)
	a.Blobs, err = blobs.Open(blobs.Dir(a.path(BlobsDir)), a.Vault, a.Rand)
	return err
}

func (a *App) masterKey() ([]byte, error) {
	if a.Master != "" {
		return vault.ParseMaster(a.Master)
	}
	random := a.Rand
	if random == nil {
		random = rand.Reader
	}
	return vault.LoadMaster(a.path(MasterFile), a.path(VaultFile), random)
}

func (a *App) openService(ctx context.Context) (err error) {
	o := usecase.Options{Log: a.Ledger, Sealer: a.Vault, SignIns: a.Private, Documents: a.Blobs, Clock: a.Clock, IDs: a.IDs,
		Logger: a.Logger, Parallel: a.Parallel, Demo: a.Demo}
	if a.Clock == nil {
		a.Clock = wallClock{}
		o.Clock = a.Clock
	}
	if !a.NoViews {
		a.Views, err = views.Open(ctx, views.Options{Dir: a.path(ViewsDir), Ledger: a.Ledger, Unseal: a.Vault.Unseal, Logger: a.Logger,
			Progress: a.Progress})
		if err != nil {
			return fmt.Errorf("open the views: %w", err)
		}
		a.opened = append(a.opened, a.Views.Close)
		o.Hints = a.Views
	}
	if a.Service, err = usecase.Open(ctx, o); err != nil {
		return err
	}
	a.opened = append(a.opened, func() error { a.Service.Close(); return nil })
	return nil
}

// Close closes what is open, last opened first.
func (a *App) Close() error {
	var errs []error
	for i := len(a.opened) - 1; i >= 0; i-- {
		errs = append(errs, a.opened[i]())
	}
	a.opened = nil
	return errors.Join(errs...)
}

// SweepEvery is how often idle accounts are looked at for what has fallen due,
// and unfinished processes are driven on.
const SweepEvery = time.Minute

// Run follows the ledger with the views and sweeps, until ctx ends. It returns
// an error where the views cannot follow any more: the ledger goes on without
// them, readiness tells.
func (a *App) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	var followed error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	wg.Go(func() {
		if err := a.Views.Run(ctx); err != nil && ctx.Err() == nil {
			followed = fmt.Errorf("the views have stopped following: %w", err)
			a.Logger.Error("views stopped", "error", err)
		}
	})
	wg.Go(func() { a.sweeper(ctx) })
	wg.Wait()
	return followed
}

// sweeper sweeps at start, every minute, and when it is asked to. It begins
// when the views have come up to the ledger: they are what points it to
// unfinished work.
func (a *App) sweeper(ctx context.Context) {
	if size := a.Ledger.Size(); size > 0 {
		for ctx.Err() == nil && a.Views.AtLeast(ctx, size-1) != nil {
			continue
		}
	}
	tick := time.NewTicker(SweepEvery)
	defer tick.Stop()
	for {
		if err := a.Service.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.Logger.Warn("sweep", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.sweep:
		}
	}
}

// SweepSoon asks for a sweep, as after the demo clock was moved.
func (a *App) SweepSoon() {
	select {
	case a.sweep <- struct{}{}:
	default:
	}
}

type wallClock struct{}

func (wallClock) Now() domain.Instant { return domain.InstantOf(time.Now()) }

type randomIDs struct{}

func (randomIDs) New() string { return uuid.NewString() }
