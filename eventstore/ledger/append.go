package ledger

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// request is one append on its way: encoded and hashed by its caller.
type request struct {
	stream   domain.Stream
	expected domain.Revision
	events   []domain.Event
	digests  []digest
	payload  []byte // length-prefixed entries

	wake chan struct{} // a token: done, or lead

	// Under Ledger.mu until the token, then the caller's.
	lead  bool // the baton: commit what is queued
	taken bool // a leader has it

	first  domain.Position // on success
	repeat bool            // the first id is stored in this stream
	held   bool            // err is a conflict with an append of the same group
	err    error
}

// leaderState belongs to whoever leads.
type leaderState struct {
	active *segment
	tail   int64 // offset of the next frame
	dirty  int64 // bytes up to here may hold a failed write and are to be zeroed first; 0: none
	frame  []byte
	ids    map[uint64]bool
	last   map[domain.Stream]domain.Revision
}

// Append implements eventstore.Store.
func (l *Ledger) Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case len(events) == 0:
		return nil, fmt.Errorf("%w: no events", eventstore.ErrInvalid)
	case len(events) > eventstore.AppendCountMax:
		return nil, fmt.Errorf("%w: %d events", eventstore.ErrTooLarge, len(events))
	}
	r, err := newRequest(stream, expected, events)
	if err != nil {
		return l.misformed(ctx, r, err)
	}
	if err := l.submit(ctx, r); err != nil {
		return nil, err
	}
	if r.repeat {
		return l.stored(ctx, stream, events)
	}
	return r.recorded(), nil
}

// newRequest encodes the events as they will be if the stream's last revision
// is the expected one. On an error the request can only be looked up.
func newRequest(stream domain.Stream, expected domain.Revision, events []domain.Event) (*request, error) {
	r := &request{stream: stream, expected: expected, events: make([]domain.Event, len(events)), digests: make([]digest, len(events)), wake: make(chan struct{}, 1)}
	copy(r.events, events)
	total := 0
	for i := range events {
		total += len(events[i].Data) + 1024
	}
	b := make([]byte, 0, min(total, eventstore.AppendBytesMax+2*len(events)))
	var scratch []byte
	ids := make(map[domain.EventID]bool, len(events))
	for i := range r.events {
		e := &r.events[i]
		if e.Stream != stream {
			return r, fmt.Errorf("%w: event of stream %s appended to %s", eventstore.ErrInvalid, e.Stream, stream)
		}
		if ids[e.ID] {
			return r, fmt.Errorf("%w: %s", eventstore.ErrDuplicateID, e.ID)
		}
		ids[e.ID] = true
		e.Revision = expected + 1 + domain.Revision(i)
		start := len(b)
		var err error
		if b, err = eventstore.Encode(append(b, 0, 0), e); err != nil {
			return r, err
		}
		entry := b[start+2:]
		binary.BigEndian.PutUint16(b[start:], uint16(len(entry)))
		if len(b)-2*(i+1) > eventstore.AppendBytesMax {
			return r, fmt.Errorf("%w: append of more than %d bytes", eventstore.ErrTooLarge, eventstore.AppendBytesMax)
		}
		r.digests[i], scratch = digestOf(e, entry, scratch)
	}
	r.payload = b
	return r, nil
}

// recorded returns the events as stored; their bytes and data are parts of the
// request's payload.
func (r *request) recorded() []domain.Recorded {
	out := make([]domain.Recorded, len(r.events))
	b := r.payload
	for i := range out {
		var entry []byte
		entry, b, _ = nextEntry(b)
		e := r.events[i]
		if e.Stream == domain.LedgerStream {
			e.DecidedAt = 0
		}
		e.Tags = append([]domain.Tag(nil), e.Tags...)
		e.Data = entry[len(entry)-1-len(e.Data) : len(entry)-1 : len(entry)-1]
		out[i] = domain.Recorded{Position: r.first + domain.Position(i), Event: e, Bytes: entry}
	}
	return out
}

// misformed answers an append that cannot be encoded: a repeat is told and a
// conflict is told before what is wrong with the events.
func (l *Ledger) misformed(ctx context.Context, r *request, wrong error) ([]domain.Recorded, error) {
	if err := l.enter(); err != nil {
		return nil, err
	}
	first, found, err := l.lookupID(r.events[0].ID)
	var actual domain.Revision
	if err == nil && !found {
		actual, err = l.lastOf(r.stream)
	}
	l.leave()
	switch {
	case err != nil:
		return nil, err
	case found && first.Stream == r.stream:
		return l.stored(ctx, r.stream, r.events)
	case found:
		return nil, fmt.Errorf("%w: %s", eventstore.ErrDuplicateID, r.events[0].ID)
	case actual != r.expected:
		return nil, &domain.Conflict{Stream: r.stream, Expected: r.expected, Actual: actual}
	}
	return nil, wrong
}

// stored answers a repeat from the ledger.
func (l *Ledger) stored(ctx context.Context, stream domain.Stream, events []domain.Event) ([]domain.Recorded, error) {
	first, err := l.ByID(ctx, events[0].ID)
	if err != nil {
		return nil, err
	}
	var out []domain.Recorded
	for e, err := range l.Stream(ctx, stream, first.Revision) {
		if err != nil {
			return nil, err
		}
		if e.ID != events[len(out)].ID {
			break
		}
		if out = append(out, e); len(out) == len(events) {
			return out, nil
		}
	}
	return nil, fmt.Errorf("%w: only a part of the append is stored", eventstore.ErrDuplicateID)
}

// submit queues a request and returns once it is committed or refused. The
// first to come leads: it commits what is queued and hands the baton on.
func (l *Ledger) submit(ctx context.Context, r *request) error {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return eventstore.ErrClosed
	}
	l.queue = append(l.queue, r)
	if !l.leading {
		l.leading, r.lead = true, true
		l.mu.Unlock()
		l.lead(r)
		return r.err
	}
	l.mu.Unlock()
	select {
	case <-r.wake:
	case <-ctx.Done():
		l.mu.Lock()
		if !r.taken && !r.lead {
			for i, q := range l.queue {
				if q == r {
					l.queue = append(l.queue[:i], l.queue[i+1:]...)
					break
				}
			}
			l.mu.Unlock()
			return ctx.Err() // nothing was written
		}
		l.mu.Unlock()
		<-r.wake // too late to withdraw: the answer is near
	}
	if r.lead {
		l.lead(r)
	}
	return r.err
}

// lead commits groups until its own request is answered, then hands on.
func (l *Ledger) lead(own *request) {
	own.lead = true
	for answered := false; ; {
		l.mu.Lock()
		if answered {
			if len(l.queue) == 0 {
				l.leading = false
				l.idle.Broadcast()
				l.mu.Unlock()
				return
			}
			next := l.queue[0]
			next.lead = true
			l.mu.Unlock()
			next.wake <- struct{}{}
			return
		}
		group := l.takeLocked()
		l.mu.Unlock()

		put := l.commit(group)

		l.mu.Lock()
		for _, r := range put {
			r.taken = false
		}
		l.queue = append(put, l.queue...)
		l.mu.Unlock()
		for _, r := range group {
			switch {
			case !r.taken:
			case r == own:
				answered = true
			default:
				r.wake <- struct{}{}
			}
		}
	}
}

// takeLocked takes the next group off the queue.
func (l *Ledger) takeLocked() []*request {
	n, bytes := 0, 0
	for n < len(l.queue) && (n == 0 || bytes+len(l.queue[n].payload) <= groupBytesMax) {
		bytes += len(l.queue[n].payload)
		l.queue[n].taken = true
		n++
	}
	group := l.queue[:n:n]
	l.queue = l.queue[n:]
	return group
}

// commit answers the requests of a group: it checks them in order, writes
// those that pass as one frame, and makes them visible once they are durable.
// It returns requests that must wait for the next group, since they may repeat
// an append of this one.
func (l *Ledger) commit(group []*request) (put []*request) {
	s := &l.leader
	if s.ids == nil {
		s.ids, s.last = map[uint64]bool{}, map[domain.Stream]domain.Revision{}
	}
	clear(s.ids)
	clear(s.last)
	if poison := l.poison.Load(); poison != nil {
		for _, r := range group {
			r.err = *poison
		}
		return nil
	}
	var pass, wait []*request
	bytes := 0
	for _, r := range group {
		switch l.check(r) {
		case passed:
			pass = append(pass, r)
			bytes += len(r.payload)
		case later:
			wait = append(wait, r)
		case answered:
		}
	}
	if len(pass) == 0 {
		return wait
	}
	if err := l.write(pass, bytes); err != nil {
		for _, r := range group {
			if r.held {
				r.err = err
			}
		}
		for _, r := range append(pass, wait...) {
			r.err = err
		}
		return nil
	}
	return wait
}

type verdict int

const (
	passed verdict = iota
	answered
	later
)

// check judges a request on what is stored and what this group adds before it.
func (l *Ledger) check(r *request) verdict {
	s := &l.leader
	for i := range r.events {
		if s.ids[r.digests[i].id] {
			return later
		}
	}
	stored, found, err := l.lookupHash(r.digests[0].id, r.events[0].ID)
	if err == nil && found {
		if r.repeat = stored.Stream == r.stream; !r.repeat {
			r.err = fmt.Errorf("%w: %s", eventstore.ErrDuplicateID, r.events[0].ID)
		}
		return answered
	}
	actual, known := s.last[r.stream]
	r.held = known
	if err == nil && !known {
		actual, known = l.revs.get(r.stream)
	}
	if err == nil && !known {
		if actual, err = l.lastStored(r.stream, r.digests[0].stream, domain.Position(l.size.Load())); err == nil {
			l.revs.put(r.stream, actual)
		}
	}
	if err == nil && actual != r.expected {
		r.err = &domain.Conflict{Stream: r.stream, Expected: r.expected, Actual: actual}
		return answered
	}
	for i := 1; err == nil && i < len(r.events); i++ {
		if _, found, err = l.lookupHash(r.digests[i].id, r.events[i].ID); found {
			r.err = fmt.Errorf("%w: %s", eventstore.ErrDuplicateID, r.events[i].ID)
			return answered
		}
	}
	if err != nil {
		r.err = err
		return answered
	}
	for i := range r.digests {
		s.ids[r.digests[i].id] = true
	}
	s.last[r.stream] = r.expected + domain.Revision(len(r.events))
	return passed
}

// write makes a group durable and visible. On an error nothing of it is
// visible; what the error means for later appends is in spaceError and stop.
func (l *Ledger) write(group []*request, bytes int) error {
	s := &l.leader
	started := l.opts.Now()
	if err := l.head.again(); err != nil {
		return l.spaceError("ledger", err)
	}
	if s.dirty > 0 {
		if err := l.clean(); err != nil {
			return err
		}
	}
	if s.tail+frameHeaderBytes+int64(bytes) > s.active.limit && s.tail > segmentHeaderBytes {
		if err := l.roll(frameHeaderBytes + int64(bytes)); err != nil {
			return err
		}
	}
	next := l.tree.front.clone() // only the leader changes it
	first := domain.Position(next.size)
	var leaves []tlog.Hash
	var completed []tileRoot
	b := append(s.frame[:0], make([]byte, frameHeaderBytes)...)
	for _, r := range group {
		r.first = domain.Position(next.size)
		for i := range r.digests {
			leaves = append(leaves, r.digests[i].leaf)
			next.push(r.digests[i].leaf, func(level int, root tlog.Hash) {
				completed = append(completed, tileRoot{next.size + 1, level, root})
			})
		}
		b = append(b, r.payload...)
	}
	sealFrame(b, first, len(leaves), next.root())
	s.frame = b
	if _, err := s.active.raw.WriteAt(b, s.tail); err != nil {
		if !noSpace(err) {
			return l.stop(fmt.Errorf("%s: write: %w", s.active.path, err))
		}
		s.dirty = alignFrame(s.tail + int64(len(b)))
		if e := l.clean(); e != nil && !errors.Is(e, eventstore.ErrNoSpace) {
			return e
		}
		return l.spaceError("ledger", err)
	}
	if !l.opts.Bulk {
		before := l.opts.Now()
		if err := s.active.raw.SyncData(); err != nil {
			return l.stop(fmt.Errorf("%s: sync: %w", s.active.path, err))
		}
		l.stats.synced(l.opts.Now().Sub(before))
	}
	l.publish(group, s.active, s.tail, leaves, next, completed)
	s.tail = alignFrame(s.tail + int64(len(b)))
	if cap(s.frame) > 2*groupBytesMax {
		s.frame = nil
	}
	if s.tail > s.active.limit/2 {
		select {
		case l.work.wantSpare <- l.segmentSize(domain.Position(next.size)):
		default:
		}
	}
	l.stats.committed(len(leaves), l.opts.Now().Sub(started))
	return nil
}

// publish makes a durable group visible: first what reads look into, then the
// size that lets them.
func (l *Ledger) publish(group []*request, active *segment, tail int64, leaves []tlog.Hash, next frontier, completed []tileRoot) {
	filled := l.tree.add(leaves, next, completed)
	d := active.delta.Load()
	at := tail + frameHeaderBytes + 2
	d.mu.Lock()
	d.tiles = append(d.tiles, filled...)
	for _, r := range group {
		for i := range r.events {
			d.add(r.stream, r.events[i].Revision, at, &r.digests[i])
			at += int64(r.digests[i].bytes) + 2
		}
	}
	d.mu.Unlock()
	for _, r := range group {
		for i := range r.events {
			l.remember(&r.events[i], &r.digests[i])
		}
	}
	l.size.Store(next.size)
	for _, r := range group {
		l.revs.put(r.stream, r.expected+domain.Revision(len(r.events)))
	}
	if err := l.head.write(domain.Position(next.size), next.root(), false); err != nil {
		// The group is durable. The head is written again before the next one.
		l.stats.fail(err)
	}
	grown := make(chan struct{})
	close(*l.grown.Swap(&grown))
}

// clean zeroes what a failed write may have left behind the last frame.
func (l *Ledger) clean() error {
	s := &l.leader
	err := zeroOut(s.active.raw, s.tail, s.dirty)
	if err == nil {
		s.dirty = 0
		return nil
	}
	if errors.As(err, new(errSync)) || !noSpace(err) {
		return l.stop(fmt.Errorf("%s: %w", s.active.path, err))
	}
	return l.spaceError("ledger", err)
}

// roll finishes the active segment and begins the next with room for a frame.
func (l *Ledger) roll(need int64) error {
	s := &l.leader
	if err := l.room(pendingMax); err != nil {
		return l.spaceError("finished segments wait", err)
	}
	next, err := l.newSegment(domain.Position(l.tree.front.size), need)
	if err != nil {
		if errors.As(err, new(errSync)) {
			return l.stop(fmt.Errorf("new segment: %w", err))
		}
		return l.spaceError("new segment", err)
	}
	finished := s.active
	finished.front = l.tree.front.clone()
	segs := append(append([]*segment(nil), *l.segments.Load()...), next)
	l.segments.Store(&segs)
	s.active, s.tail = next, segmentHeaderBytes
	l.work.add(finished)
	return nil
}
