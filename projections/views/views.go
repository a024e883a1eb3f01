package views

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"staffledger/domain"
	"staffledger/projections"
)

// Ledger is what the views read of the ledger: all of it to follow, and the
// events of one change for its stepper.
type Ledger interface {
	projections.Source
	At(ctx context.Context, position domain.Position) (domain.Recorded, error)
	Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error]
}

// Options of Views.
type Options struct {
	Dir    string // holds views-<n>.db and current; made if missing
	Ledger Ledger
	Unseal Unseal
	Logger *slog.Logger // nil: silent
	// Progress is told how a rebuild at opening comes along; may be nil.
	Progress func(done, of domain.Position)
	// BatchMax bounds the events of one transaction (50,000).
	BatchMax int
	// Patience bounds AtLeast (2 s).
	Patience time.Duration
}

// ErrBehind is returned by AtLeast when the views did not get there in time.
var ErrBehind = errors.New("views: not there yet")

// ErrClosed is returned by queries after Close.
var ErrClosed = errors.New("views: closed")

// Views are the read models. All methods may be called concurrently. Every
// answer is as of one position.
type Views struct {
	opts     Options
	follower *projections.Follower

	folding sync.Mutex // held while a batch is folded and while generations change
	rebuild sync.Mutex // one rebuild at a time

	mu       sync.Mutex
	live     *generation
	newest   int // number of the newest generation
	closed   bool
	moved    chan struct{} // closed and replaced when the position moves
	next     domain.Position
	lastTime domain.Instant
	broken   chan struct{} // told when the live file is found damaged; sent under mu
}

// Open opens the views in a directory and brings what is missing: a directory
// without a usable file (none yet, deleted by hand, damaged, of another version
// of the program or of another ledger) is filled from the ledger first. It does
// not follow the ledger; call Run.
func Open(ctx context.Context, o Options) (*Views, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.BatchMax <= 0 {
		o.BatchMax = 50_000
	}
	if o.Patience <= 0 {
		o.Patience = 2 * time.Second
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	v := &Views{opts: o, moved: make(chan struct{}), broken: make(chan struct{}, 1)}
	v.follower = projections.NewFollower(o.Ledger, v, projections.Options{BatchMax: o.BatchMax})
	if err := v.openCurrent(ctx); err != nil {
		return nil, err
	}
	if v.live == nil {
		if err := v.Rebuild(ctx, o.Progress); err != nil {
			return nil, errors.Join(err, v.Close())
		}
	}
	return v, nil
}

// openCurrent opens the generation that current names, where it is usable, and
// removes every other.
func (v *Views) openCurrent(ctx context.Context) error {
	n, named := readCurrent(v.opts.Dir)
	names, err := filepath.Glob(filepath.Join(v.opts.Dir, "views-*.db*"))
	if err != nil {
		return err
	}
	for _, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(name), "views-"), ".db")
		i, err := strconv.Atoi(number)
		if err != nil {
			continue // not ours
		}
		v.newest = max(v.newest, i)
		if !named || i != n {
			if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	if !named {
		return nil
	}
	v.newest = max(v.newest, n)
	g := &generation{dir: v.opts.Dir, n: n, opts: v.opts}
	_, err = os.Stat(g.path())
	if err == nil {
		err = g.openLive(ctx)
	}
	if err == nil {
		err = g.usable(ctx)
	}
	if err != nil {
		if ctx.Err() != nil {
			return errors.Join(err, g.close())
		}
		v.opts.Logger.Warn("views are rebuilt", "file", fileName(n), "reason", err.Error())
		return g.drop()
	}
	v.install(g)
	return nil
}

// install makes a generation the live one and returns the one before.
func (v *Views) install(g *generation) *generation {
	v.mu.Lock()
	defer v.mu.Unlock()
	old := v.live
	v.live, v.newest = g, max(v.newest, g.n)
	select { // what was said of the file before
	case <-v.broken:
	default:
	}
	v.advance(g.fold.state)
	return old
}

func (v *Views) advance(s position) {
	v.next, v.lastTime = s.next, s.last
	close(v.moved)
	v.moved = make(chan struct{})
}

// Close closes the views. It waits for queries that are under way.
func (v *Views) Close() error {
	v.folding.Lock()
	defer v.folding.Unlock()
	v.mu.Lock()
	g := v.live
	v.live, v.closed = nil, true
	v.mu.Unlock()
	if g == nil {
		return nil
	}
	for range readersMax { // each query under way holds a slot
		g.slots <- struct{}{}
	}
	close(g.shut)
	return g.close()
}

// Run follows the ledger until ctx ends, and rebuilds when the live file turns
// out to be damaged. It returns nil when ctx ended, else why it cannot go on:
// *projections.Stopped where an event is to blame.
func (v *Views) Run(ctx context.Context) error {
	for {
		following, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- v.follower.Run(following) }()
		var err error
		rebuild := false
		select {
		case err = <-done:
			rebuild = damaged(err)
		case <-v.broken:
			rebuild = true
			stop()
			<-done
		}
		stop()
		if ctx.Err() != nil {
			return nil
		}
		if !rebuild {
			return err
		}
		v.opts.Logger.Warn("views are damaged and rebuilt")
		if err := v.Rebuild(ctx, nil); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
	}
}

// ToEnd follows up to the end of the ledger.
func (v *Views) ToEnd(ctx context.Context) error { return v.follower.ToEnd(ctx) }

// Once folds one batch and tells how many events were in it.
func (v *Views) Once(ctx context.Context) (int, error) { return v.follower.Once(ctx) }

// Progress tells how far the views are, with lag in seconds and rate.
func (v *Views) Progress() projections.Progress { return v.follower.Progress() }

// Position is the position of the last event folded, and when it was written.
// Before the first event both are 0.
func (v *Views) Position() (domain.Position, domain.Instant) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.next == 0 {
		return 0, 0
	}
	return v.next - 1, v.lastTime
}

// AtLeast returns when the event at a position is folded; ErrBehind when that
// takes longer than Options.Patience.
func (v *Views) AtLeast(ctx context.Context, position domain.Position) error {
	timer := time.NewTimer(v.opts.Patience)
	defer timer.Stop()
	for {
		v.mu.Lock()
		next, moved := v.next, v.moved
		v.mu.Unlock()
		if next > position {
			return nil
		}
		select {
		case <-moved:
		case <-timer.C:
			return fmt.Errorf("%w: %d of %d", ErrBehind, next, position+1)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Rebuild fills a new generation from the ledger beside the live one and then
// makes it the live one; readers of the old one finish on it. Progress is told
// after each batch and may be nil.
func (v *Views) Rebuild(ctx context.Context, progress func(done, of domain.Position)) (err error) {
	v.rebuild.Lock()
	defer v.rebuild.Unlock()
	v.mu.Lock()
	v.newest++
	n := v.newest
	v.mu.Unlock()
	g, err := build(ctx, v.opts, n)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.drop())
		}
	}()
	follower := projections.NewFollower(v.opts.Ledger, reporting{g, progress, v.opts.Ledger}, projections.Options{BatchMax: v.opts.BatchMax})
	if err := follower.ToEnd(ctx); err != nil {
		return err
	}
	if err := g.finish(ctx); err != nil {
		return err
	}
	v.folding.Lock()
	defer v.folding.Unlock()
	// Catch up with what the live one has folded meanwhile: no answer goes back.
	if err := follower.ToEnd(ctx); err != nil {
		return err
	}
	if err := writeCurrent(v.opts.Dir, n); err != nil {
		return err
	}
	if old := v.install(g); old != nil {
		if err := old.closeWriter(); err != nil {
			v.opts.Logger.Warn("old views", "error", err.Error())
		}
		if err := old.retire(); err != nil {
			v.opts.Logger.Warn("old views", "error", err.Error())
		}
	}
	return nil
}

// reporting tells how a rebuild comes along.
type reporting struct {
	*generation
	progress func(done, of domain.Position)
	ledger   Ledger
}

func (r reporting) Fold(ctx context.Context, batch []projections.Event) error {
	err := r.generation.Fold(ctx, batch)
	if err == nil && r.progress != nil {
		r.progress(r.fold.state.next, r.ledger.Size())
	}
	return err
}

// Views are a projections.View: the live generation, whichever that is.

// Name implements projections.View.
func (v *Views) Name() string { return viewName }

// Next implements projections.View.
func (v *Views) Next(context.Context) (domain.Position, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.live == nil {
		return 0, ErrClosed
	}
	return v.next, nil
}

// Prepare implements projections.View.
func (v *Views) Prepare(e *projections.Event) error { return v.opts.prepare(e) }

// Fold implements projections.View. A rebuild that ended meanwhile may have
// folded a part of the batch already.
func (v *Views) Fold(ctx context.Context, batch []projections.Event) error {
	v.folding.Lock()
	defer v.folding.Unlock()
	v.mu.Lock()
	g := v.live
	v.mu.Unlock()
	if g == nil {
		return ErrClosed
	}
	for len(batch) > 0 && batch[0].Position < g.fold.state.next {
		batch = batch[1:]
	}
	if len(batch) == 0 {
		return nil
	}
	if err := g.fold.run(ctx, batch); err != nil {
		return err
	}
	v.mu.Lock()
	v.advance(g.fold.state)
	v.mu.Unlock()
	return nil
}

// snapshot is one consistent reading of one generation.
type snapshot struct {
	ctx context.Context
	v   *Views
	r   *reader
}

// reading calls f with a snapshot of the live generation.
func (v *Views) reading(ctx context.Context, f func(s *snapshot) error) (err error) {
	var g *generation
	for {
		v.mu.Lock()
		g = v.live
		v.mu.Unlock()
		if g == nil {
			return ErrClosed
		}
		if g.enter() {
			break
		}
	}
	defer g.leave()
	r, err := g.borrow(ctx)
	if err != nil {
		return v.failed(g, err)
	}
	defer g.giveBack(r)
	if _, err := r.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return v.failed(g, err)
	}
	return v.failed(g, f(&snapshot{ctx, v, r}))
}

// failed has a rebuild begun where the live file is damaged.
func (v *Views) failed(g *generation, err error) error {
	if !damaged(err) {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.live == g {
		select {
		case v.broken <- struct{}{}:
		default:
		}
	}
	return err
}

// each calls f for every row of a query.
func (s *snapshot) each(query string, args []any, f func(scan func(...any) error) error) error {
	stmt, err := s.r.statement(s.ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(s.ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads a single row; ErrNotFound where there is none.
func (s *snapshot) one(query string, args []any, into ...any) error {
	found := false
	err := s.each(query, args, func(scan func(...any) error) error {
		if found {
			return nil
		}
		found = true
		return scan(into...)
	})
	if err == nil && !found {
		return ErrNotFound
	}
	return err
}
