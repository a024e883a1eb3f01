package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/eventstore"
)

// A sealed segment is a finished one, compressed:
//
//	header "staffledger zst\x01" | first position u64 | zero u32 | CRC-32C u32
//	blocks each a zstd frame over the length-prefixed entries of the positions
//	       64·k … 64·k+63 that lie in the segment, so that four of them are a
//	       tlog-tiles entry bundle
//	footer first u64 | end u64 | blocks u32 | per block: offset u32, bytes u32,
//	       raw bytes u32, CRC-32C u32 | frontier of the ledger at end: 32 bytes
//	       per bit that is set in end
//	tail   footer bytes u32 | CRC-32C of the footer u32 | "slfooter"
const (
	sealedMagic     = "staffledger zst\x01"
	sealedTailMagic = "slfooter"
	sealedTailBytes = 16
	blockEntries    = 64
)

type sealed struct {
	path       string
	first, end domain.Position
	blocks     []blockRef
	front      frontier
}

type blockRef struct{ at, bytes, raw, crc uint32 }

var (
	zstdDecoders = sync.Pool{New: func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20), zstd.IgnoreChecksum(true))
		if err != nil {
			panic(err) // options are constants
		}
		return d
	}}
	zstdEncoders = sync.Pool{New: func() any {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true))
		if err != nil {
			panic(err)
		}
		return e
	}}
)

func (z *sealed) blockOf(p domain.Position) int {
	return int(p/blockEntries - z.first/blockEntries)
}

// span is the positions of a block.
func (z *sealed) span(block int) (first, end domain.Position) {
	at := (z.first/blockEntries + domain.Position(block)) * blockEntries
	return max(at, z.first), min(at+blockEntries, z.end)
}

// read returns the entries of [from, to), or of as many whole blocks as make
// about runBytesMax.
func (z *sealed) read(fs vfs.FS, from, to domain.Position) (run, error) {
	first := z.blockOf(from)
	last, raw := first, int(z.blocks[first].raw)
	for last < z.blockOf(to-1) && raw+int(z.blocks[last+1].raw) <= runBytesMax {
		last++
		raw += int(z.blocks[last].raw)
	}
	b, err := z.load(fs, first, last, make([]byte, 0, raw))
	if err != nil {
		return run{}, err
	}
	start, _ := z.span(first)
	_, end := z.span(last)
	entries, err := splitEntries(b, int(end-start))
	if err != nil {
		return run{}, &eventstore.Corrupt{Position: start, File: z.path, Reason: err.Error()}
	}
	return run{first: from, entries: entries[from-start : min(to, end)-start]}, nil
}

// load appends the decompressed blocks first to last to dst.
func (z *sealed) load(fs vfs.FS, first, last int, dst []byte) ([]byte, error) {
	file, err := fs.Open(z.path)
	if err != nil {
		return nil, fmt.Errorf("segment: %w", err)
	}
	defer file.Close()
	base := int64(z.blocks[first].at)
	compressed := make([]byte, int64(z.blocks[last].at)+int64(z.blocks[last].bytes)-base)
	if _, err := io.ReadFull(io.NewSectionReader(file, base, int64(len(compressed))), compressed); err != nil {
		return nil, fmt.Errorf("%s: %w", z.path, err)
	}
	decoder := zstdDecoders.Get().(*zstd.Decoder)
	defer zstdDecoders.Put(decoder)
	for i := first; i <= last; i++ {
		ref := z.blocks[i]
		part := compressed[int64(ref.at)-base:][:ref.bytes]
		start, _ := z.span(i)
		if checksum(part) != ref.crc {
			return nil, &eventstore.Corrupt{Position: start, File: z.path, Reason: "block does not match its checksum"}
		}
		had := len(dst)
		if dst, err = decoder.DecodeAll(part, dst); err != nil || len(dst)-had != int(ref.raw) {
			return nil, &eventstore.Corrupt{Position: start, File: z.path, Reason: fmt.Sprintf("block does not decompress to %d bytes: %v", ref.raw, err)}
		}
	}
	return dst, nil
}

// splitEntries splits length-prefixed entries; there must be n of them.
func splitEntries(b []byte, n int) ([][]byte, error) {
	entries := make([][]byte, n)
	for i := range entries {
		var ok bool
		if entries[i], b, ok = nextEntry(b); !ok {
			return nil, errors.New("entries are cut off")
		}
	}
	if len(b) != 0 {
		return nil, errors.New("bytes behind the last entry")
	}
	return entries, nil
}

// seal compresses a finished raw segment into dir. front is the frontier of
// the ledger at the segment's end. It is durable on return.
func (s *segment) seal(dir string, front frontier) (*sealed, error) {
	d := s.delta.Load()
	end := d.end()
	name := sealedName(s.first)
	tmp := s.fs.PathJoin(dir, name+".tmp")
	file, err := s.fs.Create(tmp, writeCategory)
	if err != nil {
		return nil, err
	}
	z := &sealed{path: s.fs.PathJoin(dir, name), first: s.first, end: end, front: front}
	err = s.writeSealed(file, z)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = s.fs.Rename(tmp, z.path)
	}
	if err != nil {
		return nil, errors.Join(err, s.fs.Remove(tmp))
	}
	return z, syncDir(s.fs, dir)
}

func (s *segment) writeSealed(file vfs.File, z *sealed) error {
	header := segmentHeader(z.first)
	copy(header, sealedMagic)
	binary.BigEndian.PutUint32(header[28:], checksum(header[:28]))
	out, at := header, int64(0)
	encoder := zstdEncoders.Get().(*zstd.Encoder)
	defer zstdEncoders.Put(encoder)
	var raw []byte
	flush := func() error {
		n := int64(len(out))
		if _, err := file.Write(out); err != nil {
			return err
		}
		at, out = at+n, out[:0]
		return nil
	}
	for p := z.first; p < z.end; {
		raw = raw[:0]
		_, stop := z.span(len(z.blocks))
		for p < stop {
			r, err := s.read(p, stop)
			if err != nil {
				return err
			}
			for _, e := range r.entries {
				raw = append(binary.BigEndian.AppendUint16(raw, uint16(len(e))), e...)
			}
			p += domain.Position(len(r.entries))
		}
		had := len(out)
		out = encoder.EncodeAll(raw, out)
		part := out[had:]
		z.blocks = append(z.blocks, blockRef{uint32(at) + uint32(had), uint32(len(part)), uint32(len(raw)), checksum(part)})
		if len(out) > 1<<20 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	out = append(out, z.footer()...)
	return flush()
}

func (z *sealed) footer() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(z.first))
	b = binary.BigEndian.AppendUint64(b, uint64(z.end))
	b = binary.BigEndian.AppendUint32(b, uint32(len(z.blocks)))
	for _, r := range z.blocks {
		for _, n := range []uint32{r.at, r.bytes, r.raw, r.crc} {
			b = binary.BigEndian.AppendUint32(b, n)
		}
	}
	for _, h := range z.front.roots {
		b = append(b, h[:]...)
	}
	tail := binary.BigEndian.AppendUint32(nil, uint32(len(b)))
	tail = binary.BigEndian.AppendUint32(tail, checksum(b))
	return append(append(b, tail...), sealedTailMagic...)
}

// openSealed reads header and footer of a sealed segment.
func openSealed(fs vfs.FS, path string) (*sealed, error) {
	file, err := fs.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := info.Size()
	if size < segmentHeaderBytes+sealedTailBytes {
		return nil, errors.New("file is shorter than header and tail")
	}
	header, tail := make([]byte, segmentHeaderBytes), make([]byte, sealedTailBytes)
	if _, err := file.ReadAt(header, 0); err != nil {
		return nil, err
	}
	if checksum(header[:28]) != binary.BigEndian.Uint32(header[28:]) {
		return nil, errors.New("header does not match its checksum")
	}
	if v := header[15]; string(header[:15]) == sealedMagic[:15] && v > sealedMagic[15] {
		return nil, fmt.Errorf("%w: segment version %d", eventstore.ErrNewer, v)
	}
	if string(header[:16]) != sealedMagic {
		return nil, errors.New("not a sealed segment")
	}
	if _, err := io.ReadFull(io.NewSectionReader(file, size-sealedTailBytes, sealedTailBytes), tail); err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(tail))
	if string(tail[8:]) != sealedTailMagic || n > size-segmentHeaderBytes-sealedTailBytes {
		return nil, errors.New("file has no footer")
	}
	footer := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(file, size-sealedTailBytes-n, n), footer); err != nil {
		return nil, err
	}
	if checksum(footer) != binary.BigEndian.Uint32(tail[4:]) {
		return nil, errors.New("footer does not match its checksum")
	}
	z := &sealed{path: path}
	if err := z.parseFooter(footer, size-sealedTailBytes-n); err != nil {
		return nil, err
	}
	if z.first != domain.Position(binary.BigEndian.Uint64(header[16:])) {
		return nil, errors.New("header and footer name different positions")
	}
	return z, nil
}

func (z *sealed) parseFooter(b []byte, at int64) error {
	if len(b) < 20 {
		return errors.New("footer is too short")
	}
	z.first = domain.Position(binary.BigEndian.Uint64(b))
	z.end = domain.Position(binary.BigEndian.Uint64(b[8:]))
	n := int(binary.BigEndian.Uint32(b[16:]))
	roots := bits.OnesCount64(uint64(z.end))
	if z.end <= z.first || len(b) != 20+16*n+roots*tlog.HashSize || n != z.blockOf(z.end-1)+1 {
		return errors.New("footer is malformed")
	}
	z.blocks = make([]blockRef, n)
	next := uint32(segmentHeaderBytes)
	for i := range z.blocks {
		f := b[20+16*i:]
		z.blocks[i] = blockRef{binary.BigEndian.Uint32(f), binary.BigEndian.Uint32(f[4:]), binary.BigEndian.Uint32(f[8:]), binary.BigEndian.Uint32(f[12:])}
		if z.blocks[i].at != next || z.blocks[i].raw > blockEntries*(2+eventstore.EventBytesMax) {
			return errors.New("footer is malformed")
		}
		next += z.blocks[i].bytes
	}
	if int64(next) != at {
		return errors.New("footer does not end where the blocks do")
	}
	z.front = frontier{size: uint64(z.end), roots: make([]tlog.Hash, roots)}
	for i := range z.front.roots {
		copy(z.front.roots[i][:], b[20+16*n+i*tlog.HashSize:])
	}
	return nil
}
