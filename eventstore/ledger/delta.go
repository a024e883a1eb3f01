package ledger

import (
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
)

// digest is what the ledger keeps of an entry besides its bytes: callers work
// it out before they queue, the scan of a segment at open does the same.
type digest struct {
	leaf   tlog.Hash
	crc    uint32
	bytes  uint16
	id     uint64   // hashID
	stream uint64   // hashStream
	keys   []uint64 // of eventstore.Keys
	unique int      // how many of keys, from the end, are command ids
}

func digestOf(e *domain.Event, b []byte, scratch []byte) (digest, []byte) {
	var d digest
	d.leaf, scratch = leafHash(scratch, b)
	d.crc, d.bytes = checksum(b), uint16(len(b))
	d.id, d.stream = hashID(e.ID), hashStream(e.Stream)
	d.keys = make([]uint64, 0, len(e.Tags)+2)
	for _, t := range e.Tags {
		d.keys = append(d.keys, hashKey(string(t)))
	}
	d.keys = append(d.keys, hashAuth(e.AuthID))
	if e.CommandID != "" {
		d.keys, d.unique = append(d.keys, hashCommand(e.CommandID)), 1
	}
	return d, scratch
}

// delta indexes the entries of one segment in memory until the index holds
// them: where each entry lies, and the positions of each id, key and stream.
// One goroutine adds; any number look.
type delta struct {
	first domain.Position

	mu      sync.RWMutex
	entries []entryRef
	heads   map[uint64]uint32 // hash of an id or key → its newest link + 1
	links   []link
	streams map[domain.Stream]*streamDelta
	tiles   []tileID // full tiles that its entries completed
}

type entryRef struct {
	at    uint32 // offset of the entry in the segment file
	crc   uint32
	bytes uint16
}

// link is one posting; prev leads to the posting before it, as in heads.
type link struct{ entry, prev uint32 }

type streamDelta struct {
	first   domain.Revision
	entries []uint32
}

func newDelta(first domain.Position) *delta {
	return &delta{first: first, heads: map[uint64]uint32{}, streams: map[domain.Stream]*streamDelta{}}
}

// add is called with mu held.
func (d *delta) add(stream domain.Stream, revision domain.Revision, at int64, g *digest) {
	n := uint32(len(d.entries))
	d.entries = append(d.entries, entryRef{at: uint32(at), crc: g.crc, bytes: g.bytes})
	d.post(g.id, n)
	for _, k := range g.keys {
		d.post(k, n)
	}
	s := d.streams[stream]
	if s == nil {
		s = &streamDelta{first: revision}
		d.streams[stream] = s
	}
	s.entries = append(s.entries, n)
}

func (d *delta) post(hash uint64, entry uint32) {
	d.links = append(d.links, link{entry, d.heads[hash]})
	d.heads[hash] = uint32(len(d.links))
}

// end is the position behind the last entry.
func (d *delta) end() domain.Position {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.first + domain.Position(len(d.entries))
}

func (d *delta) entry(p domain.Position) (entryRef, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if p < d.first || p-d.first >= domain.Position(len(d.entries)) {
		return entryRef{}, false
	}
	return d.entries[p-d.first], true
}

// postings appends the positions of a hash below before, newest first, until
// out has limit.
func (d *delta) postings(out []domain.Position, hash uint64, before domain.Position, limit int) []domain.Position {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for at := d.heads[hash]; at != 0 && len(out) < limit; {
		l := d.links[at-1]
		if p := d.first + domain.Position(l.entry); p < before {
			out = append(out, p)
		}
		at = l.prev
	}
	return out
}

// firstOf returns the first revision of a stream that the delta has.
func (d *delta) firstOf(s domain.Stream) (domain.Revision, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	sd := d.streams[s]
	if sd == nil {
		return 0, false
	}
	return sd.first, true
}

// stream appends the positions of a stream's events from a revision on, until
// out has limit.
func (d *delta) stream(out []domain.Position, s domain.Stream, from domain.Revision, limit int) []domain.Position {
	d.mu.RLock()
	defer d.mu.RUnlock()
	sd := d.streams[s]
	if sd == nil {
		return out
	}
	for i := max(from-sd.first, 0); int(i) < len(sd.entries) && len(out) < limit; i++ {
		out = append(out, d.first+domain.Position(sd.entries[i]))
	}
	return out
}

// last returns the last revision of a stream in this delta below a size.
func (d *delta) last(s domain.Stream, size domain.Position) (domain.Revision, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	sd := d.streams[s]
	if sd == nil {
		return domain.NoStream, false
	}
	n := len(sd.entries)
	for n > 0 && d.first+domain.Position(sd.entries[n-1]) >= size {
		n--
	}
	return sd.first + domain.Revision(n) - 1, n > 0
}

// names appends the streams with a prefix that begin in this delta below a size.
func (d *delta) names(out []domain.Stream, prefix string, size domain.Position) []domain.Stream {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for s, sd := range d.streams {
		if sd.first == 0 && strings.HasPrefix(string(s), prefix) && d.first+domain.Position(sd.entries[0]) < size {
			out = append(out, s)
		}
	}
	return out
}
