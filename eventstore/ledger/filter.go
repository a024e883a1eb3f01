package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
)

// Everything that is looked up by name is indexed by a 64-bit hash: event ids,
// streams, and the keys of eventstore.Keys. Readers compare the name with the
// entry found, so that two names with one hash cost a read and nothing else.
// A tag holds no blank, so ids and streams get hashes of their own.
func hashKey(key string) uint64              { return xxhash.Sum64String(key) }
func hashID(id domain.EventID) uint64        { return hashPrefixed(" id:", string(id)) }
func hashStream(s domain.Stream) uint64      { return hashPrefixed(" stream:", string(s)) }
func hashAuth(authid string) uint64          { return hashPrefixed("auth:", authid) }
func hashCommand(id domain.CommandID) uint64 { return hashPrefixed("command:", string(id)) }

func hashPrefixed(prefix, s string) uint64 {
	var b [160]byte
	return xxhash.Sum64(append(append(b[:0], prefix...), s...))
}

// filter answers "certainly never stored" for event ids, command ids and
// streams from memory: layers of a blocked Bloom filter (one cache line per
// look), each four times as large as the one before, bounded by FilterBytes.
// Adding and looking need no lock.
type filter struct {
	layers atomic.Pointer[[]*layer]
	max    int64 // bytes of all layers
}

type layer struct {
	words []atomic.Uint64
	added atomic.Uint64
}

const (
	filterBitsPerKey = 12
	filterFirstBytes = 96 << 10 // 65,536 keys
	filterLayerMax   = 64 << 20
	filterProbes     = 6
)

func newFilter(max int64) *filter {
	f := &filter{max: max}
	f.layers.Store(&[]*layer{newLayer(min(filterFirstBytes, max))})
	return f
}

func newLayer(bytes int64) *layer {
	return &layer{words: make([]atomic.Uint64, max(bytes/64, 1)*8)}
}

func (l *layer) full() bool { return l.added.Load() >= uint64(len(l.words))*64/filterBitsPerKey }

// probe returns the block of a hash and the bits in it, nine bits of a second
// hash for each.
func (l *layer) probe(h uint64) (block []atomic.Uint64, bits uint64) {
	blocks := uint64(len(l.words) / 8)
	at := (h >> 32) * blocks >> 32 * 8
	return l.words[at : at+8], h * 0x9e3779b97f4a7c15 >> 10
}

func (l *layer) has(h uint64) bool {
	block, bits := l.probe(h)
	for range filterProbes {
		if block[bits>>6&7].Load()>>(bits&63)&1 == 0 {
			return false
		}
		bits >>= 9
	}
	return true
}

func (l *layer) add(h uint64) {
	block, bits := l.probe(h)
	for range filterProbes {
		block[bits>>6&7].Or(1 << (bits & 63))
		bits >>= 9
	}
	l.added.Add(1)
}

// maybe tells whether a hash may have been added; false is certain.
func (f *filter) maybe(h uint64) bool {
	layers := *f.layers.Load()
	for i := len(layers) - 1; i >= 0; i-- {
		if layers[i].has(h) {
			return true
		}
	}
	return false
}

// add is called by one goroutine at a time.
func (f *filter) add(h uint64) {
	layers := *f.layers.Load()
	last := layers[len(layers)-1]
	if last.full() {
		size, used := int64(len(last.words))*8, int64(0)
		for _, l := range layers {
			used += int64(len(l.words)) * 8
		}
		if next := min(size*4, filterLayerMax); used+next <= f.max {
			last = newLayer(next)
			layers = append(slices.Clone(layers), last)
			f.layers.Store(&layers)
		}
	}
	last.add(h)
}

func (f *filter) bytes() (n int64) {
	for _, l := range *f.layers.Load() {
		n += int64(len(l.words)) * 8
	}
	return n
}

// The filter file: "staffledger filt" | size u64 | root [32] | layers u32 |
// per layer: added u64, words u64 | CRC-32C u32 over all before | per layer:
// the words, little-endian, CRC-32C u32. It knows all of the ledger's first
// size events; root binds it to them.
const filterMagic = "staffledger filt"

func (f *filter) encode(size domain.Position, root tlog.Hash) [][]byte {
	layers := *f.layers.Load()
	b := append([]byte(filterMagic), binary.BigEndian.AppendUint64(nil, uint64(size))...)
	b = binary.BigEndian.AppendUint32(append(b, root[:]...), uint32(len(layers)))
	parts := [][]byte{nil}
	for _, l := range layers {
		b = binary.BigEndian.AppendUint64(b, l.added.Load())
		b = binary.BigEndian.AppendUint64(b, uint64(len(l.words)))
		words := make([]byte, 0, len(l.words)*8+4)
		for i := range l.words {
			words = binary.LittleEndian.AppendUint64(words, l.words[i].Load())
		}
		parts = append(parts, binary.BigEndian.AppendUint32(words, checksum(words)))
	}
	parts[0] = binary.BigEndian.AppendUint32(b, checksum(b))
	return parts
}

var errFilter = errors.New("filter file is damaged")

// parseFilter reads a filter file, and which ledger it belongs to.
func parseFilter(b []byte, max int64) (f *filter, size domain.Position, root tlog.Hash, err error) {
	const fixed = 16 + 8 + 32 + 4
	if len(b) < fixed || !bytes.HasPrefix(b, []byte(filterMagic)) {
		return nil, 0, root, errFilter
	}
	n := int(binary.BigEndian.Uint32(b[56:]))
	table := fixed + 16*n
	if n < 1 || n > 1024 || len(b) < table+4 || checksum(b[:table]) != binary.BigEndian.Uint32(b[table:]) {
		return nil, 0, root, errFilter
	}
	size = domain.Position(binary.BigEndian.Uint64(b[16:]))
	copy(root[:], b[24:])
	layers := make([]*layer, n)
	rest := b[table+4:]
	for i := range layers {
		words := binary.BigEndian.Uint64(b[fixed+16*i+8:])
		if words == 0 || words%8 != 0 || uint64(len(rest)) < 4 || words > (uint64(len(rest))-4)/8 {
			return nil, 0, root, errFilter
		}
		raw := rest[:words*8]
		if checksum(raw) != binary.BigEndian.Uint32(rest[words*8:]) {
			return nil, 0, root, fmt.Errorf("%w: layer %d", errFilter, i)
		}
		l := &layer{words: make([]atomic.Uint64, words)}
		for w := range l.words {
			l.words[w].Store(binary.LittleEndian.Uint64(raw[w*8:]))
		}
		l.added.Store(binary.BigEndian.Uint64(b[fixed+16*i:]))
		layers[i], rest = l, rest[words*8+4:]
	}
	if len(rest) != 0 {
		return nil, 0, root, errFilter
	}
	f = &filter{max: max}
	f.layers.Store(&layers)
	return f, size, root, nil
}
