package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// Ledger is the local ledger; it implements eventstore.Store.
type Ledger struct {
	opts Options
	fs   vfs.FS
	dir  string
	lock io.Closer

	segments atomic.Pointer[[]*segment] // in order, the last takes appends
	size     atomic.Uint64              // what readers see
	tree     tree
	index    *index
	filter   *filter
	revs     *revisions // filled by the leader only
	cache    *blockCache
	head     *headFile

	mu      sync.Mutex // guards the queue of appends
	queue   []*request
	leading bool // someone commits
	closing bool
	idle    sync.Cond // leading fell

	leader leaderState // belongs to whoever leads

	poison atomic.Pointer[error] // why no more writes are taken

	grown atomic.Pointer[chan struct{}] // closed when size grows

	life   sync.RWMutex // held for reading by each step of a read, for writing by Close
	closed bool         // under life
	ctx    context.Context
	cancel context.CancelFunc

	work work // background goroutines

	stats stats
}

// names inside the directory
const (
	lockName   = "LOCK"
	formatName = "format"
	headName   = "head"
	filterName = "filter"
	logDir     = "log"
	indexDir   = "index"
	spareName  = "spare-%d.tmp"
)

// The format file names the layout of the directory, "staffledger ledger 1 "
// and a checksum of that as eight hex digits, and a newline.
const (
	formatPrefix  = "staffledger ledger "
	formatVersion = 1
)

func formatLine(version int) []byte {
	s := fmt.Sprintf("%s%d ", formatPrefix, version)
	return fmt.Appendf(nil, "%s%08x\n", s, checksum([]byte(s)))
}

// checkFormat returns an error that is os.ErrNotExist where there is no
// format file, ErrNewer where it names a later layout, and *Corrupt where it
// is damaged.
func checkFormat(fs vfs.FS, dir string) error {
	name := fs.PathJoin(dir, formatName)
	b, err := readFile(fs, name, 1<<10)
	if errors.Is(err, errTooLong) {
		return &eventstore.Corrupt{File: name, Reason: err.Error()}
	}
	if err != nil {
		return err
	}
	var version int
	if _, err := fmt.Sscanf(string(b), formatPrefix+"%d ", &version); err != nil || string(b) != string(formatLine(version)) {
		return &eventstore.Corrupt{File: name, Reason: "format file is damaged"}
	}
	if version != formatVersion {
		return fmt.Errorf("%w: %s has format %d, this program knows %d", eventstore.ErrNewer, dir, version, formatVersion)
	}
	return nil
}

// lockDir takes the directory for this process.
func lockDir(fs vfs.FS, dir string) (io.Closer, error) {
	lock, err := fs.Lock(fs.PathJoin(dir, lockName))
	if err == nil {
		return lock, nil
	}
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) || strings.Contains(err.Error(), "held by current process") {
		return nil, fmt.Errorf("%w: %s", eventstore.ErrInUse, dir)
	}
	return nil, fmt.Errorf("ledger: lock: %w", err)
}

// realDir gives a directory of the host one name, so that it is locked once.
func realDir(fs vfs.FS, dir string) string {
	if fs != vfs.Default {
		return dir
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	return dir
}

// Open opens the ledger in dir, or makes an empty one where dir has none. It
// re-reads and checks what is not sealed yet, cuts a torn tail off, and brings
// the index and the filter up to the log. Errors: ErrInUse, ErrNewer, and
// *eventstore.Corrupt where the log is not what the head file says.
func Open(dir string, opts Options) (_ *Ledger, err error) {
	opts = opts.withDefaults()
	fs := opts.FS
	if err := fs.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	dir = realDir(fs, dir)
	lock, err := lockDir(fs, dir)
	if err != nil {
		return nil, err
	}
	l := &Ledger{
		opts: opts, fs: fs, dir: dir, lock: lock,
		revs: newRevisions(opts.StreamsCached), cache: newBlockCache(opts.CacheBytes),
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.idle.L = &l.mu
	l.work.init()
	grown := make(chan struct{})
	l.grown.Store(&grown)
	l.index = newIndex(fs, fs.PathJoin(dir, indexDir), opts)
	l.index.tell = l.work.ask
	l.tree.tile = l.index.tile
	defer func() {
		if err != nil {
			l.cancel()
			err = errors.Join(err, l.closeFiles())
		}
	}()
	err = checkFormat(fs, dir)
	if errors.Is(err, os.ErrNotExist) {
		err = l.create()
	}
	if err != nil {
		return nil, err
	}
	if err = l.recover(); err != nil {
		return nil, err
	}
	l.startWork()
	return l, nil
}

// create lays an empty ledger out. The format file comes last: without it
// nothing was ever written here, and what a cut-off creation left is replaced.
func (l *Ledger) create() error {
	fs, log := l.fs, l.fs.PathJoin(l.dir, logDir)
	if names, err := fs.List(log); err == nil {
		for _, name := range names {
			size, err := framesIn(fs, fs.PathJoin(log, name))
			if err != nil {
				return fmt.Errorf("ledger: %w", err)
			}
			if size {
				return &eventstore.Corrupt{File: fs.PathJoin(l.dir, formatName), Reason: "format file is missing, and the log holds events"}
			}
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("ledger: %w", err)
	}
	for _, d := range []string{logDir, indexDir} {
		if err := fs.RemoveAll(fs.PathJoin(l.dir, d)); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		if err := fs.MkdirAll(fs.PathJoin(l.dir, d), 0o755); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	s, err := l.newSegment(0, 0)
	if err == nil {
		err = s.raw.Close()
	}
	if err == nil {
		err = createHead(fs, fs.PathJoin(l.dir, headName), head{root: emptyRoot})
	}
	if err == nil {
		err = writeFile(fs, l.dir, formatName, formatLine(formatVersion))
	}
	if err == nil {
		// The directory's own entry in its parent.
		if e := syncDir(fs, fs.PathDir(l.dir)); e != nil {
			err = e
		}
	}
	if err != nil {
		return l.spaceError("ledger", err)
	}
	return nil
}

// framesIn tells whether a segment file holds anything.
func framesIn(fs vfs.FS, path string) (bool, error) {
	if strings.HasSuffix(path, ".zst") {
		return true, nil
	}
	file, err := fs.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	scan := rawScan{file: file, size: info.Size(), at: segmentHeaderBytes}
	_, _, err = scan.next()
	return !errors.Is(err, errNoFrame), nil
}

// newSegment makes the file of a segment that begins at first and takes a
// frame of at least need bytes, from the spare file where there is one.
func (l *Ledger) newSegment(first domain.Position, need int64) (*segment, error) {
	fs, dir := l.fs, l.fs.PathJoin(l.dir, logDir)
	size := l.segmentSize(first)
	next := l.work.takeSpare()
	if next != nil && next.size < need+segmentHeaderBytes {
		l.work.giveSpare(next) // too small this time
		next = nil
	}
	if next == nil {
		next = &spare{path: fs.PathJoin(dir, rawName(first)+".tmp"), size: max(size, need+segmentHeaderBytes)}
		var err error
		if next.file, err = createRaw(fs, next.path, next.size, !l.opts.Bulk); err != nil {
			return nil, err
		}
	}
	file, tmp := next.file, next.path
	s := &segment{first: first, fs: fs, path: fs.PathJoin(dir, rawName(first)), limit: next.size, raw: file}
	s.delta.Store(newDelta(first))
	_, err := file.WriteAt(segmentHeader(first), 0)
	if err == nil && !l.opts.Bulk {
		err = durable(file.SyncData())
	}
	if err == nil {
		err = fs.Rename(tmp, s.path)
	}
	if err == nil && !l.opts.Bulk {
		err = durable(syncDir(fs, dir))
	}
	if err != nil {
		return nil, errors.Join(err, file.Close(), fs.Remove(tmp))
	}
	return s, nil
}

// segmentSize lets segments grow with the ledger.
func (l *Ledger) segmentSize(first domain.Position) int64 {
	var have int64
	if first > 0 {
		for _, s := range *l.segments.Load() {
			have += s.limit
		}
	}
	return min(max(have, segmentBytesFirst), l.opts.SegmentBytes)
}

// errSync marks an error of a sync: what is on stable storage is not known.
type errSync struct{ error }

func (e errSync) Unwrap() error { return e.error }

func durable(err error) error {
	if err != nil {
		return errSync{err}
	}
	return nil
}

func noSpace(err error) bool {
	return vfs.IsNoSpaceError(err) || errors.Is(err, syscall.EDQUOT)
}

func (l *Ledger) spaceError(what string, err error) error {
	if noSpace(err) {
		return fmt.Errorf("%w: %s: %w", eventstore.ErrNoSpace, what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// stop takes no more writes from now on.
func (l *Ledger) stop(err error) error {
	err = fmt.Errorf("%w: %w", eventstore.ErrReadOnly, err)
	if l.poison.CompareAndSwap(nil, &err) {
		l.opts.Logger.Error("ledger: no more writes are taken until it is reopened", slog.Any("error", err))
		l.stats.fail(err)
	}
	return *l.poison.Load()
}

// keepHead syncs the head file at each tick.
func (l *Ledger) keepHead() {
	tick := l.opts.HeadTick
	if tick == nil {
		t := time.NewTicker(500 * time.Millisecond)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-tick:
		}
		if l.opts.Bulk || l.poison.Load() != nil {
			continue
		}
		if err := l.head.again(); err != nil {
			l.stats.fail(err)
			continue
		}
		if err := l.head.sync(); err != nil {
			l.stop(fmt.Errorf("head file: sync: %w", err))
		}
	}
}

// Close stops the ledger: appends that were queued are committed, reads end
// with ErrClosed, index, filter and head are brought up to the log, and all is
// on stable storage. It returns what kept it from that.
func (l *Ledger) Close() error {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return nil
	}
	l.closing = true
	for l.leading || len(l.queue) > 0 {
		l.idle.Wait()
	}
	l.mu.Unlock()
	if l.poison.Load() == nil {
		l.drain()
	}
	l.cancel()
	l.work.stop()

	l.life.Lock()
	l.closed = true
	l.life.Unlock()
	close(*l.grown.Load())

	err := l.settle()
	return errors.Join(err, l.closeFiles())
}

// settle makes everything durable at a clean stop.
func (l *Ledger) settle() error {
	if poison := l.poison.Load(); poison != nil {
		return *poison
	}
	if l.opts.Bulk {
		if err := l.syncAll(); err != nil {
			return err
		}
	}
	size, root := l.tree.current()
	if err := l.saveFilter(domain.Position(size), root); err != nil {
		l.opts.Logger.Warn("ledger: filter was not saved and will be built anew", slog.Any("error", err))
	}
	if err := l.head.write(domain.Position(size), root, true); err != nil {
		return err
	}
	return l.head.sync()
}

// syncAll syncs what bulk filling left to the operating system.
func (l *Ledger) syncAll() error {
	for _, s := range *l.segments.Load() {
		if s.raw != nil {
			if err := s.raw.Sync(); err != nil {
				return err
			}
		}
	}
	return syncDir(l.fs, l.fs.PathJoin(l.dir, logDir))
}

func (l *Ledger) closeFiles() error {
	var err error
	if segs := l.segments.Load(); segs != nil {
		for _, s := range *segs {
			s.mu.Lock()
			if s.raw != nil {
				err = errors.Join(err, s.raw.Close())
				s.raw = nil
			}
			s.mu.Unlock()
		}
	}
	if next := l.work.takeSpare(); next != nil {
		err = errors.Join(err, next.file.Close(), l.fs.Remove(next.path))
	}
	if l.head != nil {
		err = errors.Join(err, l.head.file.Close())
	}
	if e := l.index.close(); e != nil {
		l.opts.Logger.Warn("index: close", slog.Any("error", e))
	}
	return errors.Join(err, l.lock.Close())
}

// enter begins a step of a read; leave ends it.
func (l *Ledger) enter() error {
	l.life.RLock()
	if l.closed {
		l.life.RUnlock()
		return eventstore.ErrClosed
	}
	return nil
}

func (l *Ledger) leave() { l.life.RUnlock() }

// find returns the segment that holds a position below the size.
func (l *Ledger) find(p domain.Position) *segment {
	segs := *l.segments.Load()
	i, ok := slices.BinarySearchFunc(segs, p, func(s *segment, p domain.Position) int {
		switch {
		case s.first < p:
			return -1
		case s.first > p:
			return 1
		}
		return 0
	})
	if !ok {
		i--
	}
	return segs[i]
}

// Root returns the size of the ledger and its Merkle root (RFC 6962, SHA-256,
// over the exact bytes of the entries).
func (l *Ledger) Root() (size uint64, root [32]byte, err error) {
	if err := l.enter(); err != nil {
		return 0, root, err
	}
	defer l.leave()
	size, hash := l.tree.current()
	return size, hash, nil
}

// RootAt returns the root that the ledger had at an earlier size.
func (l *Ledger) RootAt(size uint64) (root [32]byte, err error) {
	err = l.prove(size, func(r tlog.HashReader) (err error) {
		root, err = tlog.TreeHash(int64(size), r)
		return err
	})
	return root, err
}

// ProveInclusion returns the hashes that lead from the entry at a position to
// the root at a size (RFC 6962 §2.1.1).
func (l *Ledger) ProveInclusion(position domain.Position, size uint64) (proof [][32]byte, err error) {
	err = l.prove(size, func(r tlog.HashReader) error {
		if uint64(position) >= size {
			return fmt.Errorf("%w: position %d in a ledger of %d events", eventstore.ErrNotFound, position, size)
		}
		p, err := tlog.ProveRecord(int64(size), int64(position), r)
		proof = hashes(p)
		return err
	})
	return proof, err
}

// ProveConsistency returns the hashes that show the ledger at size older to be
// a prefix of that at size newer (RFC 6962 §2.1.2).
func (l *Ledger) ProveConsistency(older, newer uint64) (proof [][32]byte, err error) {
	err = l.prove(newer, func(r tlog.HashReader) error {
		if older > newer {
			return fmt.Errorf("%w: size %d is behind size %d", eventstore.ErrInvalid, older, newer)
		}
		if older == 0 {
			proof = [][32]byte{}
			return nil
		}
		p, err := tlog.ProveTree(int64(newer), int64(older), r)
		proof = hashes(p)
		return err
	})
	return proof, err
}

func hashes[H ~[32]byte](in []H) [][32]byte {
	out := make([][32]byte, len(in))
	for i := range in {
		out[i] = in[i]
	}
	return out
}

func (l *Ledger) prove(size uint64, f func(tlog.HashReader) error) error {
	if err := l.enter(); err != nil {
		return err
	}
	defer l.leave()
	if now, _ := l.tree.current(); size > now {
		return fmt.Errorf("%w: size %d of a ledger of %d events", eventstore.ErrNotFound, size, now)
	}
	return f(nodes{&l.tree})
}
