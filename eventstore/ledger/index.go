package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
)

// index keeps what can be derived from finished segments, in Pebble without a
// log of its own. One batch per segment, flushed at once, brings
//
//	m                          → mark: what the index covers
//	k hash[8] first[6]         → positions after first, as varint differences:
//	                             entries of the segment with this id or key
//	s name 00 revision[8]      → positions, as varint differences: entries of
//	                             the stream in the segment, from that revision
//	n name                     → nothing; one per stream
//	t level[1] tile[7]         → 256 hashes
//
// so the index always covers whole segments, and entries below the mark never
// change. Numbers are big-endian.
//
// An error of Pebble is never fatal here. A full disk makes a flush or a
// compaction fail: the store is closed and opened for reading only, which
// needs no space, and opened for writing again when it is next needed.
type index struct {
	fs   vfs.FS
	dir  string
	opts Options

	mu       sync.RWMutex // held for reading while db is used, for writing while it is replaced
	db       *pebble.DB   // nil: not available
	held     *heldFS      // of db
	readOnly bool
	failed   error // why db is nil or read only
	cache    *pebble.Cache

	opening atomic.Bool
	broken  atomic.Pointer[error] // a background error of the open db
	signal  chan struct{}         // has a token once broken is set
	tell    func()                // called once broken is set
	mark    atomic.Uint64         // size that is covered
}

const (
	keyMark   = 'm'
	keyHash   = 'k'
	keyStream = 's'
	keyName   = 'n'
	keyTile   = 't'
)

func newIndex(fs vfs.FS, dir string, opts Options) *index {
	return &index{fs: fs, dir: dir, opts: opts, cache: pebble.NewCache(opts.IndexCacheBytes), signal: make(chan struct{}, 1), tell: func() {}}
}

// quiet takes Pebble's messages. Fatalf returns: Pebble passes the error on,
// and the index is replaced.
type quiet struct{ x *index }

func (q quiet) Infof(string, ...any) {}
func (q quiet) Errorf(format string, args ...any) {
	q.x.opts.Logger.Warn("index", slog.String("message", fmt.Sprintf(format, args...)))
}
func (q quiet) Fatalf(format string, args ...any) { q.x.fail(fmt.Errorf(format, args...)) }

func (x *index) fail(err error) {
	if x.opening.Load() {
		return // whoever opens gets the error
	}
	if x.broken.CompareAndSwap(nil, &err) {
		x.opts.Logger.Warn("index: background error", slog.Any("error", err))
	}
	select {
	case x.signal <- struct{}{}:
	default:
	}
	x.tell()
}

func (x *index) pebbleOptions(fs vfs.FS, readOnly bool) *pebble.Options {
	o := &pebble.Options{
		FS:                    fs,
		Cache:                 x.cache,
		DisableWAL:            true,
		MemTableSize:          4 << 20,
		L0CompactionThreshold: 8,
		// No write ever waits for the background, which may be held.
		L0StopWritesThreshold:       1 << 20,
		MemTableStopWritesThreshold: 1 << 10,
		FormatMajorVersion:          pebble.FormatNewest,
		Logger:                      quiet{x},
		ReadOnly:                    readOnly,
		EventListener: &pebble.EventListener{
			BackgroundError: x.fail,
			DataCorruption:  func(info pebble.DataCorruptionInfo) { x.fail(info.Details) },
		},
	}
	o.Experimental.FileCacheShards = 2
	o.Experimental.CompactionScheduler = anyCompaction{}
	return o
}

// open opens the store, for reading only where the disk is full.
func (x *index) open() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.openLocked()
}

func (x *index) openLocked() error {
	x.opening.Store(true)
	x.broken.Store(nil)
	select {
	case <-x.signal:
	default:
	}
	defer x.opening.Store(false)
	db, held, err := x.try(false)
	x.readOnly = false
	if err != nil && noSpace(err) {
		var e error
		if db, held, e = x.try(true); e == nil {
			x.readOnly = true
		}
	}
	x.db, x.held, x.failed = db, held, err
	if db != nil {
		return nil
	}
	return err
}

func (x *index) try(readOnly bool) (db *pebble.DB, held *heldFS, err error) {
	defer func() { // Pebble panics on some kinds of damage
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("index: %v", r)
		}
	}()
	if !readOnly {
		// Pebble makes a log although it is not used, and flushes at the next
		// open if it finds one, again and again where that fails.
		if err := x.removeLogs(); err != nil {
			return nil, nil, fmt.Errorf("index: %w", err)
		}
	}
	held = newHeldFS(x.fs, x.fail)
	db, err = pebble.Open(x.dir, x.pebbleOptions(held, readOnly))
	fault := held.opened()
	if err == nil && fault != nil && !readOnly { // something that began with the opening failed already
		err = errors.Join(fault, closeStore(db, held))
	}
	if err != nil {
		held.let()
		return nil, nil, fmt.Errorf("index: %w", err)
	}
	return db, held, nil
}

func (x *index) removeLogs() error {
	names, err := x.fs.List(x.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".log") {
			if err := x.fs.Remove(x.fs.PathJoin(x.dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// closeStore closes a store of which operations may be held. They are let go
// only when the store is marked closed and begins nothing new.
func closeStore(db *pebble.DB, held *heldFS) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- fmt.Errorf("index: %v", r)
			}
		}()
		done <- db.Close()
	}()
	for !isClosed(db) {
		time.Sleep(20 * time.Microsecond)
	}
	held.let()
	return <-done
}

// isClosed asks the store, which panics once it is closed, by a call that looks
// at nothing else and takes no lock.
func isClosed(db *pebble.DB) (closed bool) {
	defer func() {
		if recover() != nil {
			closed = true
		}
	}()
	_ = db.Compact(context.Background(), []byte{1}, []byte{0}, false) // an empty range
	return false
}

func (x *index) closeLocked() error {
	if x.db == nil {
		return nil
	}
	db := x.db
	x.db = nil
	return closeStore(db, x.held)
}

func (x *index) close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	err := x.closeLocked()
	x.cache.Unref()
	return err
}

// mend replaces a store that failed or may only be read. It returns nil once
// the index can be written.
func (x *index) mend() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	failure := x.broken.Load()
	if x.db != nil && !x.readOnly && failure == nil {
		return nil
	}
	if err := x.closeLocked(); err != nil {
		x.opts.Logger.Warn("index: closing after a failure", slog.Any("error", err))
	}
	if err := x.openLocked(); err != nil {
		return err
	}
	if x.readOnly {
		return x.failed
	}
	return nil
}

// wipe throws the store away and begins an empty one.
func (x *index) wipe() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.closeLocked(); err != nil {
		x.opts.Logger.Warn("index: closing before it is built anew", slog.Any("error", err))
	}
	if err := x.fs.RemoveAll(x.dir); err != nil {
		return err
	}
	if err := x.fs.MkdirAll(x.dir, 0o755); err != nil {
		return err
	}
	x.mark.Store(0)
	return x.openLocked()
}

var errNoIndex = errors.New("index is not available")

// use calls f with the open store.
func (x *index) use(f func(db *pebble.DB) error) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.db == nil {
		return fmt.Errorf("%w: %w", errNoIndex, x.failed)
	}
	return f(x.db)
}

// indexMark says what the index covers, with the partial tiles at that size.
type indexMark struct {
	size domain.Position
	root tlog.Hash
	edge [][]tlog.Hash
}

func (m indexMark) encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(m.size))
	b = append(b, m.root[:]...)
	for level := range tileLevels(m.size) {
		for _, h := range m.edge[level][:edgeWidth(m.size, level)] {
			b = append(b, h[:]...)
		}
	}
	return b
}

func parseMark(b []byte) (indexMark, error) {
	var m indexMark
	if len(b) < 8+tlog.HashSize {
		return m, errors.New("mark is too short")
	}
	m.size = domain.Position(binary.BigEndian.Uint64(b))
	copy(m.root[:], b[8:])
	b = b[8+tlog.HashSize:]
	for level := range tileLevels(m.size) {
		width := edgeWidth(m.size, level)
		if len(b) < width*tlog.HashSize {
			return m, errors.New("mark is too short")
		}
		tile := make([]tlog.Hash, width, tileWidth)
		for i := range tile {
			copy(tile[i][:], b[i*tlog.HashSize:])
		}
		m.edge, b = append(m.edge, tile), b[width*tlog.HashSize:]
	}
	if len(b) != 0 {
		return m, errors.New("mark is too long")
	}
	return m, nil
}

// readMark returns the zero mark of an empty index.
func (x *index) readMark() (m indexMark, err error) {
	err = x.use(func(db *pebble.DB) error {
		b, closer, err := db.Get([]byte{keyMark})
		if errors.Is(err, pebble.ErrNotFound) {
			m = indexMark{root: emptyRoot}
			return nil
		}
		if err != nil {
			return err
		}
		defer closer.Close()
		m, err = parseMark(b)
		return err
	})
	if err == nil {
		x.mark.Store(uint64(m.size))
	}
	return m, err
}

func hashKeyOf(hash uint64, first domain.Position) []byte {
	b := make([]byte, 0, 15)
	b = binary.BigEndian.AppendUint64(append(b, keyHash), hash)
	return appendUint48(b, uint64(first))
}

func appendUint48(b []byte, n uint64) []byte {
	return append(b, byte(n>>40), byte(n>>32), byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

func uint48(b []byte) uint64 {
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(binary.BigEndian.Uint32(b[2:]))
}

func streamKeyOf(s domain.Stream, first domain.Revision) []byte {
	b := make([]byte, 0, len(s)+10)
	b = append(append(append(b, keyStream), s...), 0)
	return binary.BigEndian.AppendUint64(b, uint64(first))
}

func tileKeyOf(id tileID) []byte {
	b := binary.BigEndian.AppendUint64(nil, id.n)
	b[0] = byte(id.level)
	return append([]byte{keyTile}, b...)
}

// commit brings a finished segment into the index: durable on return.
func (x *index) commit(d *delta, mark indexMark, tile func(tileID) ([]tlog.Hash, error)) error {
	err := x.use(func(db *pebble.DB) error {
		if x.readOnly {
			return x.failed
		}
		batch := db.NewBatchWithSize(len(d.links)*20 + len(d.tiles)*(tileBytes+64) + 64<<10)
		defer batch.Close()
		if err := fillBatch(batch, d, mark, tile); err != nil {
			return err
		}
		if err := db.Apply(batch, pebble.NoSync); err != nil {
			return err
		}
		flushed, err := db.AsyncFlush()
		if err != nil {
			return err
		}
		select {
		case <-flushed:
		case <-x.signal:
		}
		if failure := x.broken.Load(); failure != nil {
			return *failure
		}
		return nil
	})
	if err != nil {
		return err
	}
	x.mark.Store(uint64(mark.size))
	return nil
}

func fillBatch(batch *pebble.Batch, d *delta, mark indexMark, tile func(tileID) ([]tlog.Hash, error)) error {
	var value []byte
	hashes := make([]uint64, 0, len(d.heads))
	for h := range d.heads {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	var run []uint32
	for _, h := range hashes {
		run = run[:0]
		for at := d.heads[h]; at != 0; at = d.links[at-1].prev {
			run = append(run, d.links[at-1].entry)
		}
		slices.Reverse(run)
		value = appendGaps(value[:0], run[0], run[1:])
		if err := batch.Set(hashKeyOf(h, d.first+domain.Position(run[0])), value, nil); err != nil {
			return err
		}
	}
	names := make([]domain.Stream, 0, len(d.streams))
	for s := range d.streams {
		names = append(names, s)
	}
	slices.Sort(names)
	for _, s := range names {
		sd := d.streams[s]
		value = binary.AppendUvarint(value[:0], uint64(d.first)+uint64(sd.entries[0]))
		value = appendGaps(value, sd.entries[0], sd.entries[1:])
		if err := batch.Set(streamKeyOf(s, sd.first), value, nil); err != nil {
			return err
		}
		if sd.first == 0 {
			if err := batch.Set(append([]byte{keyName}, s...), nil, nil); err != nil {
				return err
			}
		}
	}
	for _, id := range d.tiles {
		hashes, err := tile(id)
		if err != nil {
			return err
		}
		b := make([]byte, 0, tileBytes)
		for i := range hashes {
			b = append(b, hashes[i][:]...)
		}
		if err := batch.Set(tileKeyOf(id), b, nil); err != nil {
			return err
		}
	}
	return batch.Set([]byte{keyMark}, mark.encode(), nil)
}

func appendGaps(b []byte, prev uint32, run []uint32) []byte {
	for _, n := range run {
		b = binary.AppendUvarint(b, uint64(n-prev))
		prev = n
	}
	return b
}

var errIndexDamaged = errors.New("index is damaged")

// parseGaps appends first and the positions that follow it in b.
func parseGaps(out []domain.Position, first domain.Position, b []byte) ([]domain.Position, error) {
	out = append(out, first)
	for len(b) > 0 {
		gap, n := binary.Uvarint(b)
		if n <= 0 || gap == 0 {
			return out, errIndexDamaged
		}
		first += domain.Position(gap)
		out, b = append(out, first), b[n:]
	}
	return out, nil
}

// tile reads a full tile.
func (x *index) tile(id tileID) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, tileWidth)
	err := x.use(func(db *pebble.DB) error {
		b, closer, err := db.Get(tileKeyOf(id))
		if err != nil {
			return fmt.Errorf("index: tile %d/%d: %w", id.level, id.n, err)
		}
		defer closer.Close()
		if len(b) != tileBytes {
			return fmt.Errorf("%w: tile %d/%d", errIndexDamaged, id.level, id.n)
		}
		for i := range hashes {
			copy(hashes[i][:], b[i*tlog.HashSize:])
		}
		return nil
	})
	return hashes, err
}

// postings appends positions of a hash below before, newest first, until out
// has at least limit or there are no more.
func (x *index) postings(out []domain.Position, hash uint64, before domain.Position, limit int) ([]domain.Position, error) {
	if before == 0 {
		return out, nil
	}
	err := x.use(func(db *pebble.DB) error {
		it, err := db.NewIter(&pebble.IterOptions{LowerBound: hashKeyOf(hash, 0), UpperBound: hashKeyOf(hash, before)})
		if err != nil {
			return err
		}
		var block []domain.Position
		for ok := it.Last(); ok && len(out) < limit; ok = it.Prev() {
			value, err := it.ValueAndErr()
			if err == nil {
				block, err = parseGaps(block[:0], domain.Position(uint48(it.Key()[9:])), value)
			}
			if err != nil {
				return errors.Join(err, it.Close())
			}
			for _, p := range slices.Backward(block) {
				if p < before {
					out = append(out, p)
				}
			}
		}
		return it.Close()
	})
	return out, err
}

// stream appends positions of a stream from a revision on, until out has at
// least limit or there are no more.
func (x *index) stream(out []domain.Position, s domain.Stream, from domain.Revision, limit int) ([]domain.Position, error) {
	err := x.use(func(db *pebble.DB) error {
		it, err := db.NewIter(&pebble.IterOptions{LowerBound: streamKeyOf(s, 0), UpperBound: append(append([]byte{keyStream}, s...), 1)})
		if err != nil {
			return err
		}
		var block []domain.Position
		ok := it.SeekLT(streamKeyOf(s, from+1))
		if !ok {
			ok = it.First()
		}
		for ; ok && len(out) < limit; ok = it.Next() {
			var first domain.Revision
			value, err := it.ValueAndErr()
			if err == nil {
				first, block, err = parseStreamBlock(block[:0], it.Key(), value)
			}
			if err != nil {
				return errors.Join(err, it.Close())
			}
			if skip := from - first; skip < domain.Revision(len(block)) {
				out = append(out, block[max(skip, 0):]...)
			}
		}
		return it.Close()
	})
	return out, err
}

func parseStreamBlock(out []domain.Position, key, value []byte) (domain.Revision, []domain.Position, error) {
	first, n := binary.Uvarint(value)
	if n <= 0 {
		return 0, out, errIndexDamaged
	}
	out, err := parseGaps(out, domain.Position(first), value[n:])
	return domain.Revision(binary.BigEndian.Uint64(key[len(key)-8:])), out, err
}

// last returns the stream's last revision, or domain.NoStream.
func (x *index) last(s domain.Stream) (last domain.Revision, err error) {
	last = domain.NoStream
	err = x.use(func(db *pebble.DB) error {
		it, err := db.NewIter(&pebble.IterOptions{LowerBound: streamKeyOf(s, 0), UpperBound: append(append([]byte{keyStream}, s...), 1)})
		if err != nil {
			return err
		}
		if it.Last() {
			value, err := it.ValueAndErr()
			var first domain.Revision
			var block []domain.Position
			if err == nil {
				first, block, err = parseStreamBlock(nil, it.Key(), value)
			}
			if err != nil {
				return errors.Join(err, it.Close())
			}
			last = first + domain.Revision(len(block)) - 1
		}
		return it.Close()
	})
	return last, err
}

// names appends up to limit names of streams with a prefix that come after a name.
func (x *index) names(out []domain.Stream, prefix, after string, limit int) ([]domain.Stream, error) {
	err := x.use(func(db *pebble.DB) error {
		o := &pebble.IterOptions{LowerBound: append([]byte{keyName}, prefix...), UpperBound: append(append([]byte{keyName}, prefix...), 0xff)}
		it, err := db.NewIter(o)
		if err != nil {
			return err
		}
		seek := max(prefix, after)
		for ok := it.SeekGE(append([]byte{keyName}, seek...)); ok && len(out) < limit; ok = it.Next() {
			if name := it.Key()[1:]; after == "" || !bytes.Equal(name, []byte(after)) {
				out = append(out, domain.Stream(name))
			}
		}
		return it.Close()
	})
	return out, err
}
