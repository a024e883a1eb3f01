package ledger

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// recover builds what the ledger keeps in memory from its files.
func (l *Ledger) recover() error {
	headPath := l.fs.PathJoin(l.dir, headName)
	last, _, err := readHead(l.fs, headPath)
	if err != nil {
		return &eventstore.Corrupt{File: headPath, Reason: err.Error()}
	}
	segs, err := l.listSegments()
	if err != nil {
		return err
	}
	l.segments.Store(&segs)
	front, raws, err := l.checkSealed(segs, last)
	if err != nil {
		return err
	}
	// The raw segments: at least one, and few more.
	scanned := make([]*rawContent, len(raws))
	for i, s := range raws {
		if scanned[i], err = l.scanRaw(s, &front, last, i == len(raws)-1); err != nil {
			return err
		}
	}
	if front.size < uint64(last.size) {
		return &eventstore.Corrupt{Position: domain.Position(front.size), File: raws[len(raws)-1].path, Reason: fmt.Sprintf("the log ends here; the head file says that it has %d events", last.size)}
	}
	if err := l.openIndex(front, scanned); err != nil {
		return err
	}
	l.size.Store(front.size)
	if err := l.checkHead(last); err != nil {
		return err
	}
	if err := l.openFilter(); err != nil {
		return err
	}
	if l.head, err = openHead(l.fs, headPath, last); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	// From now on the ledger is not cleanly closed.
	if err := l.head.write(domain.Position(front.size), front.root(), false); err != nil && !noSpace(err) {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := l.head.sync(); err != nil {
		return fmt.Errorf("ledger: head file: %w", err)
	}
	return nil
}

// checkHead compares the head file's root with that of the log at its size.
func (l *Ledger) checkHead(last head) error {
	root, err := tlog.TreeHash(int64(last.size), nodes{&l.tree})
	if err != nil {
		return fmt.Errorf("ledger: root at %d events: %w", last.size, err)
	}
	if root != last.root {
		return &eventstore.Corrupt{Position: max(last.size, 1) - 1, File: l.find(max(last.size, 1) - 1).name(), Reason: "the log does not have the root that the head file says"}
	}
	return nil
}

// listSegments opens the files of the log in order of position. A raw file
// beside its sealed form is what a crash left between the two; a temporary
// file is unfinished work.
func (l *Ledger) listSegments() ([]*segment, error) {
	dir := l.fs.PathJoin(l.dir, logDir)
	names, err := l.fs.List(dir)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	slices.Sort(names)
	byFirst := map[domain.Position]*segment{}
	for _, name := range names {
		path := l.fs.PathJoin(dir, name)
		if strings.HasSuffix(name, ".tmp") {
			if err := l.fs.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, fmt.Errorf("ledger: %w", err)
			}
			continue
		}
		digits, suffix, _ := strings.Cut(name, ".")
		n, err := strconv.ParseUint(digits, 10, 64)
		first := domain.Position(n)
		if err != nil || len(digits) != 20 || suffix != "log" && suffix != "zst" {
			return nil, &eventstore.Corrupt{File: path, Reason: "not a file of the log"}
		}
		s := byFirst[first]
		if s == nil {
			s = &segment{first: first, fs: l.fs, path: l.fs.PathJoin(dir, rawName(first))}
			byFirst[first] = s
		}
		if err := l.openSegment(s, path, suffix); err != nil {
			return nil, err
		}
	}
	segs := make([]*segment, 0, len(byFirst))
	for _, s := range byFirst {
		segs = append(segs, s)
	}
	slices.SortFunc(segs, func(a, b *segment) int {
		if a.first < b.first {
			return -1
		}
		return 1
	})
	for _, s := range segs {
		if s.sealed != nil && s.raw != nil { // sealing was done, and only the raw file was left over
			if err := errors.Join(s.raw.Close(), l.fs.Remove(s.path)); err != nil {
				return nil, fmt.Errorf("ledger: %w", err)
			}
			s.raw = nil
			s.delta.Store(nil)
		}
	}
	if len(segs) == 0 || segs[0].first != 0 {
		return segs, &eventstore.Corrupt{Position: 0, File: dir, Reason: "the first segment is missing"}
	}
	return segs, nil
}

func (l *Ledger) openSegment(s *segment, path, suffix string) error {
	damaged := func(err error) error {
		if errors.Is(err, eventstore.ErrNewer) {
			return fmt.Errorf("%s: %w", path, err)
		}
		return &eventstore.Corrupt{Position: s.first, File: path, Reason: err.Error()}
	}
	if suffix == "zst" {
		z, err := openSealed(l.fs, path)
		if err == nil && z.first != s.first {
			err = fmt.Errorf("file holds positions from %d on", z.first)
		}
		switch {
		case err == nil:
			s.sealed = z
			s.limit = int64(z.blocks[len(z.blocks)-1].at)
		case s.raw != nil && !errors.Is(err, eventstore.ErrNewer):
			l.opts.Logger.Warn("ledger: sealed segment is damaged, its raw form is used", slog.String("file", path), slog.Any("error", err))
			if err := l.fs.Remove(path); err != nil {
				return fmt.Errorf("ledger: %w", err)
			}
		default:
			return damaged(err)
		}
		return nil
	}
	file, err := l.fs.OpenReadWrite(path, writeCategory)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	s.raw = file
	s.delta.Store(newDelta(s.first))
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	s.limit = info.Size()
	header := make([]byte, segmentHeaderBytes)
	if info.Size() >= segmentHeaderBytes {
		if _, err := file.ReadAt(header, 0); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
	}
	first, err := parseSegmentHeader(header)
	if err == nil && first != s.first {
		err = fmt.Errorf("file holds positions from %d on", first)
	}
	if err != nil {
		return damaged(err)
	}
	return nil
}

// checkSealed checks that the sealed segments join, and returns the frontier
// at their end and the raw segments that follow.
func (l *Ledger) checkSealed(segs []*segment, last head) (frontier, []*segment, error) {
	var front frontier
	for i, s := range segs {
		if s.first != domain.Position(front.size) {
			return front, nil, &eventstore.Corrupt{Position: domain.Position(front.size), File: s.path, Reason: fmt.Sprintf("positions %d to %d are missing", front.size, s.first-1)}
		}
		if s.sealed == nil {
			return front, segs[i:], nil
		}
		front = s.sealed.front.clone()
	}
	// A crash between sealing and the next segment: there is always a raw one,
	// since a segment is sealed only after its successor was made.
	return front, nil, &eventstore.Corrupt{Position: domain.Position(front.size), File: l.fs.PathJoin(l.dir, logDir), Reason: "the segment that takes appends is missing"}
}

// rawContent is what the scan of a raw segment found.
type rawContent struct {
	seg    *segment
	leaves []tlog.Hash
}

// scanRaw reads a raw segment, checks every entry, and fills its delta.
func (l *Ledger) scanRaw(s *segment, front *frontier, last head, active bool) (*rawContent, error) {
	corrupt := func(reason string) error {
		return &eventstore.Corrupt{Position: domain.Position(front.size), File: s.path, Reason: reason}
	}
	if s.sealed != nil {
		return nil, corrupt("a sealed segment follows a raw one")
	}
	if s.first != domain.Position(front.size) {
		return nil, corrupt(fmt.Sprintf("positions %d to %d are missing", front.size, s.first-1))
	}
	c := &rawContent{seg: s}
	d := s.delta.Load()
	scan := &rawScan{file: s.raw, size: s.limit, at: segmentHeaderBytes}
	for {
		if last.clean && front.size == uint64(last.size) {
			break // what follows was not part of the ledger when it was closed
		}
		f, at, err := scan.next()
		if errors.Is(err, errNoFrame) || errors.Is(err, errBadFrame) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("ledger: %s: %w", s.path, err)
		}
		if f.first != domain.Position(front.size) {
			return nil, corrupt(fmt.Sprintf("frame of position %d follows position %d", f.first, int64(front.size)-1))
		}
		if err := c.frame(f, at, front, d); err != nil {
			return nil, corrupt(err.Error())
		}
		if front.root() != f.root {
			return nil, corrupt("entries do not have the root that their frame says")
		}
	}
	s.front = front.clone()
	return c, l.cutTail(s, scan, front, last, active)
}

// frame takes the entries of a frame.
func (c *rawContent) frame(f frame, at int64, front *frontier, d *delta) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, n := f.payload, 0
	var scratch []byte
	for len(b) > 0 {
		entry, rest, ok := nextEntry(b)
		if !ok {
			return errors.New("frame is malformed")
		}
		e, err := eventstore.Decode(entry)
		if err != nil {
			return err
		}
		var g digest
		g, scratch = digestOf(&e, entry, scratch)
		d.add(e.Stream, e.Revision, at+2, &g)
		front.push(g.leaf, nil)
		c.leaves = append(c.leaves, g.leaf)
		at, b, n = at+2+int64(len(entry)), rest, n+1
	}
	if n != f.count {
		return fmt.Errorf("frame has %d entries and says %d", n, f.count)
	}
	return nil
}

// cutTail looks at what stands behind the last good frame of a segment. A
// frame is written only when the one before it is on stable storage, so
// behind a torn one nothing good can follow.
func (l *Ledger) cutTail(s *segment, scan *rawScan, front *frontier, last head, active bool) error {
	size := domain.Position(front.size)
	corrupt := func(reason string) error {
		return &eventstore.Corrupt{Position: size, File: s.path, Reason: reason}
	}
	dirty, later, err := scan.rest(size)
	if err != nil {
		return fmt.Errorf("ledger: %s: %w", s.path, err)
	}
	closedHere := last.clean && size == last.size
	if later != nil && !closedHere {
		return corrupt(fmt.Sprintf("damaged frame; a good one of position %d follows", later.first))
	}
	if size < last.size && active {
		return corrupt(fmt.Sprintf("the log ends here; the head file says that it has %d events", last.size))
	}
	if !active {
		return nil // the next segment must begin at size, and says so
	}
	l.leader.active, l.leader.tail = s, scan.at
	if dirty {
		l.opts.Logger.Warn("ledger: a torn tail was cut off", slog.String("file", s.path), slog.Uint64("position", uint64(size)), slog.Int64("offset", scan.at))
		if err := zeroOut(s.raw, scan.at, s.limit); err != nil {
			if !noSpace(err) {
				return fmt.Errorf("ledger: %s: %w", s.path, err)
			}
			l.leader.dirty = s.limit
		}
	}
	return nil
}

// openIndex opens the index, checks that it belongs to this log, brings it up
// to the finished segments, and lays the tree's right edge in memory.
func (l *Ledger) openIndex(front frontier, raws []*rawContent) error {
	if err := l.fs.MkdirAll(l.index.dir, 0o755); err != nil && !noSpace(err) {
		return fmt.Errorf("ledger: %w", err)
	}
	condemned := l.fs.PathJoin(l.dir, condemnedName)
	err := l.index.open()
	if _, e := l.fs.Stat(condemned); e == nil && err == nil {
		err = errIndexDamaged
	}
	if err == nil {
		if err = l.adoptIndex(front, raws); err == nil {
			return nil
		}
	}
	if noSpace(err) {
		return l.spaceError("index", err)
	}
	l.opts.Logger.Warn("ledger: the index is built anew from the log", slog.Any("error", err))
	if err := l.index.wipe(); err != nil {
		return l.spaceError("index", err)
	}
	if err := l.adoptIndex(front, raws); err != nil {
		return l.spaceError("index", err)
	}
	if err := l.fs.Remove(condemned); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("ledger: %w", err)
	}
	return nil
}

// adoptIndex starts the tree at the index's mark and goes on from there.
func (l *Ledger) adoptIndex(front frontier, raws []*rawContent) error {
	mark, err := l.index.readMark()
	if err != nil {
		return err
	}
	at, err := frontierOf(uint64(mark.size), mark.edge)
	if err != nil {
		return err
	}
	if at.root() != mark.root {
		return fmt.Errorf("%w: the mark's tiles do not have its root", errIndexDamaged)
	}
	l.tree.mu.Lock()
	l.tree.front, l.tree.edge, l.tree.fresh = at, mark.edge, map[tileID][]tlog.Hash{}
	for level := range l.tree.full {
		l.tree.full[level] = uint64(mark.size) >> (level * tileHeight) >> tileHeight
	}
	l.tree.mu.Unlock()
	joined := mark.size == 0
	for _, s := range *l.segments.Load() {
		if s.sealed == nil {
			continue
		}
		switch {
		case s.sealed.end == mark.size:
			if s.sealed.front.root() != mark.root {
				return fmt.Errorf("%w: it is of another log", errIndexDamaged)
			}
			joined = true
		case s.first >= mark.size:
			if err := l.reindex(s); err != nil {
				return err
			}
		}
	}
	for _, c := range raws {
		d := c.seg.delta.Load()
		if d.first+domain.Position(len(c.leaves)) <= mark.size && len(c.leaves) > 0 {
			c.seg.indexed = true // indexed before it could be sealed
			if d.first+domain.Position(len(c.leaves)) == mark.size {
				joined = true
			}
			continue
		}
		if d.first < mark.size {
			return fmt.Errorf("%w: its mark %d is inside a segment", errIndexDamaged, mark.size)
		}
		d.tiles = append(d.tiles[:0], l.tree.grow(c.leaves)...)
	}
	if !joined {
		return fmt.Errorf("%w: its mark %d is no segment's end", errIndexDamaged, mark.size)
	}
	if size, root := l.tree.current(); size != front.size || root != front.root() {
		return fmt.Errorf("%w: its tree is not that of the log", errIndexDamaged)
	}
	return nil
}

// reindex brings a sealed segment into the index.
func (l *Ledger) reindex(s *segment) error {
	d := newDelta(s.first)
	var leaves []tlog.Hash
	err := l.eachSealed(s, func(e *domain.Event, g *digest) {
		d.add(e.Stream, e.Revision, 0, g)
		leaves = append(leaves, g.leaf)
	})
	if err != nil {
		return err
	}
	d.tiles = l.tree.grow(leaves)
	if l.tree.front.root() != s.sealed.front.root() {
		return &eventstore.Corrupt{Position: s.first, File: s.sealed.path, Reason: "entries do not have the root that the footer says"}
	}
	if err := l.index.commit(d, l.markAt(s.sealed.front), l.tree.read); err != nil {
		return err
	}
	l.tree.forget(d.tiles)
	return nil
}

// eachSealed decodes the entries of a sealed segment in order.
func (l *Ledger) eachSealed(s *segment, f func(e *domain.Event, g *digest)) error {
	var scratch []byte
	for p := s.first; p < s.sealed.end; {
		r, err := s.read(p, s.sealed.end)
		if err != nil {
			return err
		}
		for i, b := range r.entries {
			e, err := eventstore.Decode(b)
			if err != nil {
				return &eventstore.Corrupt{Position: p + domain.Position(i), File: s.sealed.path, Reason: err.Error()}
			}
			var g digest
			g, scratch = digestOf(&e, b, scratch)
			f(&e, &g)
		}
		p += domain.Position(len(r.entries))
	}
	return nil
}

// markAt is the index mark at a frontier that the tree has passed or reached.
func (l *Ledger) markAt(front frontier) indexMark {
	size := domain.Position(front.size)
	m := indexMark{size: size, root: front.root()}
	for level := range tileLevels(size) {
		hashes, err := l.tree.read(tileID{level, uint64(size) >> (level * tileHeight) >> tileHeight})
		if err != nil {
			hashes = nil // the width is then zero
		}
		m.edge = append(m.edge, hashes)
	}
	return m
}

// openFilter loads the saved filter and adds what came after it.
func (l *Ledger) openFilter() error {
	name := l.fs.PathJoin(l.dir, filterName)
	covered := domain.Position(0)
	if info, err := l.fs.Stat(name); err == nil {
		b, err := readFile(l.fs, name, info.Size())
		var f *filter
		var root tlog.Hash
		if err == nil {
			f, covered, root, err = parseFilter(b, l.opts.FilterBytes)
		}
		if err == nil && uint64(covered) > l.size.Load() {
			err = fmt.Errorf("it covers %d events of %d", covered, l.size.Load())
		}
		if err == nil {
			var have tlog.Hash
			if have, err = tlog.TreeHash(int64(covered), nodes{&l.tree}); err == nil && have != root {
				err = errors.New("it is of another log")
			}
		}
		if err != nil {
			l.opts.Logger.Warn("ledger: the filter is built anew from the log", slog.Any("error", err))
			f, covered = nil, 0
		}
		l.filter = f
	}
	if l.filter == nil {
		l.filter = newFilter(l.opts.FilterBytes)
	}
	l.work.filterSaved = covered
	for _, s := range *l.segments.Load() {
		if s.end() <= covered {
			continue
		}
		if err := l.refilter(s, covered); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) refilter(s *segment, covered domain.Position) error {
	var scratch []byte
	for p, end := max(s.first, covered), s.end(); p < end; {
		r, err := s.read(p, end)
		if err != nil {
			return err
		}
		for i, b := range r.entries {
			e, err := eventstore.Decode(b)
			if err != nil {
				return &eventstore.Corrupt{Position: p + domain.Position(i), File: s.path, Reason: err.Error()}
			}
			var g digest
			g, scratch = digestOf(&e, b, scratch)
			l.remember(&e, &g)
		}
		p += domain.Position(len(r.entries))
	}
	return nil
}

// remember adds to the filter what an event brings: its id, its command, and
// its stream where it is the first.
func (l *Ledger) remember(e *domain.Event, g *digest) {
	l.filter.add(g.id)
	for _, h := range g.keys[len(g.keys)-g.unique:] {
		if !l.filter.maybe(h) { // a command has many deciding events at most
			l.filter.add(h)
		}
	}
	if e.Revision == 0 {
		l.filter.add(g.stream)
	}
}
