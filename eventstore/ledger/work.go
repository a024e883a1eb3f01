package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// work is what goes on beside appends and reads: finished segments are brought
// into the index and then sealed, in order; the next segment file is made
// ready; the filter is saved now and then.
type work struct {
	mu       sync.Mutex
	pending  []*segment    // finished segments, oldest first
	err      error         // why the oldest could not be finished
	attempts int           // begun so far
	ended    int           // the last that ended; err is what came of it
	progress chan struct{} // closed and replaced after each attempt
	poke     chan struct{} // asks for an attempt now

	spare     *spare // the next segment file
	wantSpare chan int64

	filterSaved domain.Position // finishing goroutine only

	running sync.WaitGroup
}

func (w *work) init() {
	w.progress = make(chan struct{})
	w.poke = make(chan struct{}, 1)
	w.wantSpare = make(chan int64, 1)
}

// filterSaveEvery is the number of events after which the filter is saved, so
// that little need be read again after a crash.
const filterSaveEvery = 400_000

// startWork starts the goroutines, with the finished segments that a crash or
// a full disk left raw.
func (l *Ledger) startWork() {
	segs := *l.segments.Load()
	for _, s := range segs[:len(segs)-1] {
		if s.sealed == nil {
			l.work.pending = append(l.work.pending, s)
		}
	}
	l.work.running.Go(l.keepHead)
	l.work.running.Go(l.finishSegments)
	if !l.opts.Bulk {
		l.work.running.Go(l.makeSpares)
	}
	if len(l.work.pending) > 0 {
		l.work.ask()
	}
}

func (w *work) ask() {
	select {
	case w.poke <- struct{}{}:
	default:
	}
}

// stop waits for the goroutines; their context has ended.
func (w *work) stop() { w.running.Wait() }

// add hands a finished segment over.
func (w *work) add(s *segment) {
	w.mu.Lock()
	w.pending = append(w.pending, s)
	w.mu.Unlock()
	w.ask()
}

// room waits until fewer than n segments are pending. It returns the error of
// an attempt made after the call that failed.
func (l *Ledger) room(n int) error {
	w := &l.work
	w.mu.Lock()
	before := w.attempts
	w.mu.Unlock()
	for {
		w.mu.Lock()
		count, err, ended, progress := len(w.pending), w.err, w.ended, w.progress
		w.mu.Unlock()
		if count < n {
			return nil
		}
		if err != nil && ended > before {
			return err
		}
		w.ask()
		select {
		case <-progress:
		case <-l.ctx.Done():
			return eventstore.ErrClosed
		}
	}
}

func (l *Ledger) finishSegments() {
	w := &l.work
	retry := time.NewTicker(time.Second)
	defer retry.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-w.poke:
		case <-retry.C:
		}
		if l.index.broken.Load() != nil { // something failed in the background
			if err := l.index.mend(); err != nil {
				l.stats.fail(err)
			}
		}
		for l.ctx.Err() == nil {
			w.mu.Lock()
			var s *segment
			if len(w.pending) > 0 {
				s = w.pending[0]
				w.attempts++
			}
			w.mu.Unlock()
			if s == nil {
				break
			}
			err := l.finish(s)
			w.mu.Lock()
			repeated := err != nil && w.err != nil
			w.ended = w.attempts
			if w.err = err; err == nil {
				w.pending = w.pending[1:]
			}
			close(w.progress)
			w.progress = make(chan struct{})
			w.mu.Unlock()
			if err != nil {
				l.stats.fail(err)
				if !repeated {
					l.opts.Logger.Warn("ledger: a finished segment waits for index and compression", slog.String("file", s.path), slog.Any("error", err))
				}
				break
			}
		}
	}
}

// finish brings a segment into the index, then compresses it.
func (l *Ledger) finish(s *segment) error {
	d := s.delta.Load()
	if err := l.index.mend(); err != nil {
		return err
	}
	if !s.indexed {
		if err := l.index.commit(d, l.markAt(s.front), l.tree.read); err != nil {
			l.condemn(err)
			return err
		}
		l.tree.forget(d.tiles)
		s.indexed = true
	}
	z, err := s.seal(l.fs.PathJoin(l.dir, logDir), s.front)
	if err != nil {
		return err
	}
	s.mu.Lock()
	raw := s.raw
	s.sealed, s.raw = z, nil
	s.mu.Unlock()
	s.delta.Store(nil)
	if err := errors.Join(raw.Close(), l.fs.Remove(s.path)); err != nil {
		l.opts.Logger.Warn("ledger: raw segment was not removed", slog.String("file", s.path), slog.Any("error", err))
	}
	if z.end-l.work.filterSaved >= filterSaveEvery {
		if err := l.saveFilter(z.end, s.front.root()); err != nil {
			l.opts.Logger.Warn("ledger: filter was not saved", slog.Any("error", err))
		}
		l.work.filterSaved = z.end
	}
	return nil
}

// condemnedName is a file beside the index that says it is damaged; the next
// open builds it anew.
const condemnedName = "index.damaged"

// condemn leaves word for the next open if err says that the index is damaged.
func (l *Ledger) condemn(err error) {
	if !errors.Is(err, pebble.ErrCorruption) && !errors.Is(err, errIndexDamaged) {
		return
	}
	if err := writeFile(l.fs, l.dir, condemnedName, []byte(err.Error())); err != nil {
		l.opts.Logger.Warn("index: damage was not recorded", slog.Any("error", err))
	}
	l.opts.Logger.Error("index: damaged; it will be built anew at the next start", slog.Any("error", err))
}

// saveFilter writes the filter, which knows at least the first size events.
func (l *Ledger) saveFilter(size domain.Position, root tlog.Hash) error {
	return writeFile(l.fs, l.dir, filterName, l.filter.encode(size, root)...)
}

// makeSpares makes the next segment file ready, so that no append waits for it.
func (l *Ledger) makeSpares() {
	w := &l.work
	for n := 0; ; n++ {
		var size int64
		select {
		case <-l.ctx.Done():
			return
		case size = <-w.wantSpare:
		}
		w.mu.Lock()
		have := w.spare != nil
		w.mu.Unlock()
		if have {
			continue
		}
		// A name of its own: the one before may be on its way to its place.
		path := l.fs.PathJoin(l.dir, logDir, fmt.Sprintf(spareName, n))
		file, err := createRaw(l.fs, path, size, true)
		if err != nil {
			// The append that needs it tries again, and answers for it.
			l.opts.Logger.Info("ledger: next segment file was not made ready", slog.Any("error", err))
			continue
		}
		w.giveSpare(&spare{file, path, size})
	}
}

// spare is a segment file under a temporary name, zeroed and synced.
type spare struct {
	file vfs.File
	path string
	size int64
}

func (w *work) takeSpare() *spare {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.spare
	w.spare = nil
	return s
}

func (w *work) giveSpare(s *spare) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spare = s
}

// drain waits at a clean stop until finished segments are sealed, or cannot be.
func (l *Ledger) drain() {
	if err := l.room(1); err != nil {
		l.opts.Logger.Warn("ledger: closing with segments that are not compressed", slog.Any("error", fmt.Errorf("%w", err)))
	}
}
