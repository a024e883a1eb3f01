package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// Report is what a verification found. Where the ledger is not intact,
// Position is the first bad position, or where it would be, and File the file
// or directory that holds it. Damage of an index stands at the position from
// which on the index is wrong.
type Report struct {
	Intact   bool
	Size     uint64
	Root     [32]byte
	Position domain.Position
	File     string
	Reason   string
}

// Progress is told how many of how many events have been verified.
type Progress func(done, total uint64)

// Verify re-reads every stored byte of the ledger in dir, which no process may
// have open, and changes nothing: frames, blocks and footers; every entry by
// the codec; leaves, tree, tiles and head; that positions and the revisions of
// each stream are dense; and that the indexes hold what the entries say, no
// less and no more. It also reads directories that Open refuses.
//
// Damage is told by the report. An error says that it could not be looked for:
// ErrInUse, ErrNewer, no ledger (os.ErrNotExist), an I/O error, or ctx.
func Verify(ctx context.Context, dir string, opts Options, progress Progress) (Report, error) {
	opts = opts.withDefaults()
	dir = realDir(opts.FS, dir)
	if _, err := opts.FS.Stat(dir); err != nil {
		return Report{}, fmt.Errorf("ledger: %w", err)
	}
	lock, err := lockDir(opts.FS, dir)
	if err != nil {
		return Report{}, err
	}
	defer lock.Close()
	v := newVerifier(opts.FS, dir, opts, progress)
	defer v.close()
	return v.report(v.atRest(ctx))
}

// Verify re-reads every stored byte of an open ledger up to its size at the
// time of the call; appends and reads go on. See the function Verify.
func (l *Ledger) Verify(ctx context.Context, progress Progress) (Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	v := newVerifier(l.fs, l.dir, l.opts, progress)
	r, err := v.report(v.open(ctx, l))
	if err != nil && l.ctx.Err() != nil {
		err = eventstore.ErrClosed
	}
	return r, err
}

// verifier is one verification. What it finds wrong comes back as *Corrupt.
type verifier struct {
	fs       vfs.FS
	dir      string
	opts     Options
	progress Progress

	segs   []*segment
	size   domain.Position // to verify; at rest, what is found
	head   head
	atHead bool // the head's size was passed with its root

	rest    bool // nobody has the ledger open
	noIndex bool // there is none yet
	index   *index
	mark    indexMark
	filter  *filter
	covered domain.Position // of the filter

	tree    tree
	last    map[[2]uint64]domain.Revision
	indexed sums // what the index must hold
	memory  sums // what is indexed in memory only
	seed    [2]uint64
	closers []func() error
}

func newVerifier(fs vfs.FS, dir string, opts Options, progress Progress) *verifier {
	if progress == nil {
		progress = func(uint64, uint64) {}
	}
	v := &verifier{fs: fs, dir: dir, opts: opts, progress: progress, last: map[[2]uint64]domain.Revision{}, seed: newSeed()}
	v.tree.fresh = map[tileID][]tlog.Hash{}
	return v
}

func (v *verifier) close() {
	for _, f := range slices.Backward(v.closers) {
		_ = f() // read only
	}
}

// report turns what was found into a report.
func (v *verifier) report(err error) (Report, error) {
	r := Report{Size: uint64(max(v.size, v.head.size))}
	var c *eventstore.Corrupt
	if errors.As(err, &c) {
		r.Position, r.File, r.Reason = c.Position, c.File, c.Reason
		return r, nil
	}
	if err != nil {
		return Report{}, err
	}
	size, root := v.tree.current()
	return Report{Intact: true, Size: size, Root: root}, nil
}

func corrupt(p domain.Position, file, format string, args ...any) error {
	return &eventstore.Corrupt{Position: p, File: file, Reason: fmt.Sprintf(format, args...)}
}

// atRest verifies a directory that is not open.
func (v *verifier) atRest(ctx context.Context) error {
	v.rest = true
	if err := checkFormat(v.fs, v.dir); err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if _, e := v.fs.Stat(v.fs.PathJoin(v.dir, logDir)); e == nil {
			return corrupt(0, v.fs.PathJoin(v.dir, formatName), "format file is missing")
		}
		return fmt.Errorf("%s holds no ledger: %w", v.dir, os.ErrNotExist)
	}
	name := v.fs.PathJoin(v.dir, headName)
	h, sound, err := readHead(v.fs, name)
	if err != nil {
		return corrupt(0, name, "%v", err)
	}
	if v.head = h; sound < 2 && h.clean {
		return corrupt(h.size, name, "one of the two slots is damaged")
	}
	if err := v.findSegments(); err != nil {
		return err
	}
	for _, s := range v.segs {
		if s.sealed != nil {
			v.size = s.sealed.end
		}
	}
	if err := v.openIndex(); err != nil {
		return err
	}
	if err := v.openFilter(); err != nil {
		return err
	}
	if err := v.entries(ctx, true); err != nil {
		return err
	}
	if v.size < v.head.size {
		return corrupt(v.size, v.segs[len(v.segs)-1].name(), "the log ends here; the head file says that it has %d events", v.head.size)
	}
	if !v.atHead {
		return corrupt(v.head.size, name, "the head file's size %d is inside a frame", v.head.size)
	}
	if v.filter != nil && v.covered > v.size {
		return corrupt(v.size, v.fs.PathJoin(v.dir, filterName), "the filter knows %d events of %d", v.covered, v.size)
	}
	return v.checkIndex(ctx, nil)
}

// open verifies an open ledger.
func (v *verifier) open(ctx context.Context, l *Ledger) error {
	if err := l.begin(ctx); err != nil {
		return err
	}
	size := domain.Position(l.size.Load())
	root, err := tlog.TreeHash(int64(size), nodes{&l.tree})
	var deltas []*delta
	for _, s := range *l.segments.Load() {
		if s.first < size || s.first == 0 {
			v.segs = append(v.segs, s)
		}
		if d := s.delta.Load(); d != nil {
			deltas = append(deltas, d)
		}
	}
	// The mark is looked at after the deltas: where one was gone, it is indexed.
	mark := domain.Position(l.index.mark.Load())
	deltas = slices.DeleteFunc(deltas, func(d *delta) bool { return d.first < mark })
	l.leave()
	if err != nil {
		return err
	}
	v.size, v.head = size, head{size: size, root: root}
	v.index, v.mark = l.index, indexMark{size: mark}
	v.filter, v.covered = l.filter, size
	if err := v.entries(ctx, false); err != nil {
		return err
	}
	if !v.atHead {
		return corrupt(v.size, v.segs[len(v.segs)-1].name(), "the log ends here; the ledger has %d events", size)
	}
	return v.checkIndex(ctx, deltas)
}

// findSegments lists the files of the log, as Open does, without changing them.
func (v *verifier) findSegments() error {
	dir := v.fs.PathJoin(v.dir, logDir)
	names, err := v.fs.List(dir)
	if err != nil {
		return corrupt(0, dir, "%v", err)
	}
	slices.Sort(names)
	next := domain.Position(0)
	for i, name := range names {
		path := v.fs.PathJoin(dir, name)
		digits, suffix, _ := strings.Cut(name, ".")
		n, err := strconv.ParseUint(digits, 10, 64)
		switch {
		case strings.HasSuffix(name, ".tmp"):
			continue
		case err != nil || len(digits) != 20 || suffix != "log" && suffix != "zst":
			return corrupt(0, path, "not a file of the log")
		case suffix == "log" && i+1 < len(names) && names[i+1] == sealedName(domain.Position(n)):
			continue // sealed; the next open removes it
		}
		s := &segment{first: domain.Position(n), fs: v.fs, path: path}
		if err := v.openSegment(s, suffix); err != nil {
			return err
		}
		if raw := len(v.segs) > 0 && v.segs[len(v.segs)-1].sealed == nil; !raw && s.first != next || raw && s.sealed != nil {
			return corrupt(next, path, "the segment that begins at %d is missing", next)
		}
		if s.sealed != nil {
			next = s.sealed.end
		}
		v.segs = append(v.segs, s)
	}
	if len(v.segs) == 0 || v.segs[len(v.segs)-1].sealed != nil {
		return corrupt(next, dir, "the segment that takes appends is missing")
	}
	return nil
}

func (v *verifier) openSegment(s *segment, suffix string) error {
	if suffix == "zst" {
		z, err := openSealed(v.fs, s.path)
		if errors.Is(err, eventstore.ErrNewer) {
			return err
		}
		if err == nil && z.first != s.first {
			err = fmt.Errorf("file holds positions from %d on", z.first)
		}
		if err != nil {
			return corrupt(s.first, s.path, "%v", err)
		}
		s.sealed = z
		return nil
	}
	file, err := v.fs.Open(s.path)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	v.closers = append(v.closers, file.Close)
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	s.raw, s.limit = file, info.Size()
	header := make([]byte, segmentHeaderBytes)
	if info.Size() >= segmentHeaderBytes {
		if _, err := file.ReadAt(header, 0); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	first, err := parseSegmentHeader(header)
	if errors.Is(err, eventstore.ErrNewer) {
		return err
	}
	if err == nil && first != s.first {
		err = fmt.Errorf("file holds positions from %d on", first)
	}
	if err != nil {
		return corrupt(s.first, s.path, "%v", err)
	}
	return nil
}

// openIndex opens the index for reading only.
func (v *verifier) openIndex() error {
	v.index = newIndex(v.fs, v.fs.PathJoin(v.dir, indexDir), v.opts)
	v.closers = append(v.closers, v.index.close)
	sealed := v.size
	db, held, err := v.index.try(true)
	if err != nil {
		if sealed == 0 { // nothing was indexed yet
			if names, e := v.fs.List(v.index.dir); e != nil || len(names) == 0 {
				v.noIndex = true
				return nil
			}
		}
		return corrupt(0, v.index.dir, "%v", err)
	}
	v.index.db, v.index.held, v.index.readOnly = db, held, true
	if v.mark, err = v.index.readMark(); err != nil {
		return corrupt(0, v.index.dir, "mark: %v", err)
	}
	front, err := frontierOf(uint64(v.mark.size), v.mark.edge)
	if err != nil || front.root() != v.mark.root {
		return corrupt(v.mark.size, v.index.dir, "the mark's tiles do not have its root")
	}
	if v.mark.size < sealed {
		return corrupt(v.mark.size, v.index.dir, "the index ends here; %d events are sealed", sealed)
	}
	return nil
}

func (v *verifier) openFilter() error {
	name := v.fs.PathJoin(v.dir, filterName)
	info, err := v.fs.Stat(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil // built anew at the next open
	}
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	b, err := readFile(v.fs, name, info.Size())
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if v.filter, v.covered, _, err = parseFilter(b, v.opts.FilterBytes); err != nil {
		return corrupt(0, name, "%v", err)
	}
	return nil
}
