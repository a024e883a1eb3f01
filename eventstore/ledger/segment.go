package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2/vfs"

	"staffledger/domain"
	"staffledger/eventstore"
)

// segment is a run of the ledger in one file: raw (frames as they were
// committed) while it is the last or waits to be compressed, sealed after.
type segment struct {
	first domain.Position
	fs    vfs.FS
	path  string // of the raw file
	limit int64  // bytes up to which frames are put into it

	// delta indexes the entries until the index holds them and they are
	// sealed; then it is nil. A raw segment always has one.
	delta atomic.Pointer[delta]

	mu     sync.RWMutex // guards the switch from raw to sealed
	raw    vfs.File
	sealed *sealed

	front   frontier // of the ledger at the segment's end, once it is finished
	indexed bool     // the index holds it; belongs to the goroutine that finishes it
}

// end is the position behind the segment's last committed entry.
func (s *segment) end() domain.Position {
	s.mu.RLock()
	z, d := s.sealed, s.delta.Load()
	s.mu.RUnlock()
	if z != nil {
		return z.end
	}
	return d.end()
}

// name is the path of the file that holds the segment now.
func (s *segment) name() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.sealed != nil {
		return s.sealed.path
	}
	return s.path
}

// rawName and sealedName are the names of the files of a segment.
func rawName(first domain.Position) string    { return fmt.Sprintf("%020d.log", first) }
func sealedName(first domain.Position) string { return fmt.Sprintf("%020d.zst", first) }

// run is a piece of a segment: entries at consecutive positions.
type run struct {
	first   domain.Position
	entries [][]byte // parts of one buffer of their own
}

const (
	runEntriesMax = 1024
	runBytesMax   = 1 << 20
)

// read returns entries from position from on: at least one, and at most up to
// position to, runEntriesMax entries or about runBytesMax bytes.
func (s *segment) read(from, to domain.Position) (run, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.sealed != nil {
		return s.sealed.read(s.fs, from, min(to, from+runEntriesMax))
	}
	if s.raw == nil {
		return run{}, eventstore.ErrClosed
	}
	d := s.delta.Load()
	d.mu.RLock()
	refs := d.entries[from-d.first : min(to, from+runEntriesMax)-d.first]
	d.mu.RUnlock()
	n := 1
	for n < len(refs) && int64(refs[n].at)+int64(refs[n].bytes)-int64(refs[0].at) <= runBytesMax {
		n++
	}
	refs = refs[:n]
	start := int64(refs[0].at)
	b := make([]byte, int64(refs[n-1].at)+int64(refs[n-1].bytes)-start)
	if _, err := s.raw.ReadAt(b, start); err != nil && !errors.Is(err, io.EOF) {
		return run{}, fmt.Errorf("%s: %w", s.path, err)
	}
	r := run{first: from, entries: make([][]byte, n)}
	for i, ref := range refs {
		at := int64(ref.at) - start
		e := b[at : at+int64(ref.bytes) : at+int64(ref.bytes)]
		if checksum(e) != ref.crc {
			return run{}, &eventstore.Corrupt{Position: from + domain.Position(i), File: s.path, Reason: "entry does not match its checksum"}
		}
		r.entries[i] = e
	}
	return r, nil
}

// createRaw makes a segment file of the given size under a temporary name:
// zeroed and synced, unless it is for bulk filling.
func createRaw(fs vfs.FS, path string, size int64, zeroed bool) (vfs.File, error) {
	file, err := fs.Create(path, writeCategory)
	if err != nil {
		return nil, err
	}
	if zeroed {
		zero := make([]byte, min(size, 1<<20))
		for left := size; left > 0 && err == nil; left -= int64(len(zero)) {
			_, err = file.Write(zero[:min(left, int64(len(zero)))])
		}
		if err == nil {
			err = file.Sync()
		}
	}
	if err == nil {
		err = file.Close()
	} else {
		err = errors.Join(err, file.Close(), fs.Remove(path))
	}
	if err != nil {
		return nil, err
	}
	// Opened anew, since only such a file takes WriteAt.
	return fs.OpenReadWrite(path, writeCategory)
}

// zeroOut overwrites a part of a file with zeros, durably.
func zeroOut(file vfs.File, from, to int64) error {
	zero := make([]byte, min(max(to-from, 0), 1<<20))
	for from < to {
		n := min(to-from, int64(len(zero)))
		if _, err := file.WriteAt(zero[:n], from); err != nil {
			return err
		}
		from += n
	}
	return durable(file.SyncData())
}

// rawScan walks the frames of a raw segment file.
type rawScan struct {
	file vfs.File
	size int64
	at   int64 // offset of the next frame
	buf  []byte
	base int64 // offset of buf
}

// window returns at least n bytes at offset at, or all that the file has.
func (s *rawScan) window(at int64, n int64) ([]byte, error) {
	n = min(n, s.size-at)
	if at >= s.base && at+n <= s.base+int64(len(s.buf)) {
		return s.buf[at-s.base:], nil
	}
	want := min(max(n, 1<<20), s.size-at)
	b := make([]byte, want)
	if _, err := io.ReadFull(io.NewSectionReader(s.file, at, want), b); err != nil {
		return nil, err
	}
	s.buf, s.base = b, at
	return b, nil
}

// next returns the next frame and the offset of its payload. It returns
// errNoFrame where the file has none, and errBadFrame where there is something
// that is no frame.
func (s *rawScan) next() (frame, int64, error) {
	if s.at >= s.size {
		return frame{}, 0, errNoFrame
	}
	b, err := s.window(s.at, frameHeaderBytes)
	if err != nil {
		return frame{}, 0, err
	}
	if len(b) >= frameHeaderBytes {
		if n := int64(binary.BigEndian.Uint32(b[4:])); n <= frameBytesMax {
			if b, err = s.window(s.at, frameHeaderBytes+n); err != nil {
				return frame{}, 0, err
			}
		}
	}
	f, err := parseFrame(b)
	if err != nil {
		return frame{}, 0, err
	}
	payload := s.at + frameHeaderBytes
	s.at = alignFrame(payload + int64(len(f.payload)))
	return f, payload, nil
}

// rest tells what stands behind the last good frame: whether anything does,
// and whether there is another good frame of a later position, which proves
// that what lies before it was once whole. It keeps s.at.
func (s *rawScan) rest(size domain.Position) (dirty bool, later *frame, err error) {
	tail := s.at
	defer func() { s.at = tail }()
	for at := tail; at < s.size; at += frameAlign {
		b, err := s.window(at, frameHeaderBytes)
		if err != nil {
			return dirty, nil, err
		}
		if skip := zeroPrefix(b); skip >= frameAlign {
			at += int64(skip)&^(frameAlign-1) - frameAlign
			continue
		}
		dirty = true
		if len(b) < frameHeaderBytes || b[8] != 0 {
			continue
		}
		first := domain.Position(binary.BigEndian.Uint64(b[8:]))
		if first < size || binary.BigEndian.Uint32(b[20:]) != 0 {
			continue
		}
		s.at = at
		if f, _, err := s.next(); err == nil {
			return true, &f, nil
		} else if !errors.Is(err, errBadFrame) && !errors.Is(err, errNoFrame) {
			return dirty, nil, err
		}
	}
	return dirty, nil, nil
}

func zeroPrefix(b []byte) int {
	n := 0
	for len(b)-n >= 8 && binary.NativeEndian.Uint64(b[n:]) == 0 {
		n += 8
	}
	for n < len(b) && len(b)-n < 8 && b[n] == 0 {
		n++
	}
	return n
}
