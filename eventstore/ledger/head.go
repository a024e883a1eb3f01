package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
)

// The head file says how long the ledger is and what root it has. It has two
// slots, a page apart, written in turn, so that a write that is cut off leaves
// the other:
//
//	"staffledger head" | sequence u64 | size u64 | root [32] | clean u32 | CRC-32C u32
//
// Size and root are durable in the log before they are written here. clean
// says that the ledger was closed, and nothing behind size is part of it.
const (
	headMagic     = "staffledger head"
	headBytes     = 72
	headSlotBytes = 4096
)

type head struct {
	seq   uint64
	size  domain.Position
	root  tlog.Hash
	clean bool
}

func (h head) encode() []byte {
	b := make([]byte, headBytes)
	copy(b, headMagic)
	binary.BigEndian.PutUint64(b[16:], h.seq)
	binary.BigEndian.PutUint64(b[24:], uint64(h.size))
	copy(b[32:], h.root[:])
	if h.clean {
		b[67] = 1
	}
	binary.BigEndian.PutUint32(b[68:], checksum(b[:68]))
	return b
}

func parseHead(b []byte) (head, bool) {
	if len(b) < headBytes || string(b[:16]) != headMagic || checksum(b[:68]) != binary.BigEndian.Uint32(b[68:]) {
		return head{}, false
	}
	h := head{
		seq:   binary.BigEndian.Uint64(b[16:]),
		size:  domain.Position(binary.BigEndian.Uint64(b[24:])),
		clean: b[67] == 1,
	}
	copy(h.root[:], b[32:])
	return h, true
}

// readHead returns the newer of the two slots, and how many of them are sound.
func readHead(fs vfs.FS, name string) (head, int, error) {
	b, err := readFile(fs, name, 2*headSlotBytes)
	if err != nil {
		return head{}, 0, err
	}
	var newest head
	sound := 0
	for slot := 0; slot < 2; slot++ {
		if at := slot * headSlotBytes; at < len(b) {
			if h, ok := parseHead(b[at:]); ok {
				if sound == 0 || h.seq > newest.seq {
					newest = h
				}
				sound++
			}
		}
	}
	if sound == 0 {
		return head{}, 0, errors.New("head file is damaged")
	}
	return newest, sound, nil
}

// headFile writes the head. write and sync may run side by side; the writes
// come one at a time.
type headFile struct {
	mu    sync.Mutex // orders writes
	file  vfs.File
	last  head
	dirty bool  // written and not synced
	stale error // why the newest head could not be written
}

// createHead writes both slots and syncs them.
func createHead(fs vfs.FS, name string, h head) error {
	file, err := fs.Create(name, writeCategory)
	if err != nil {
		return err
	}
	b := make([]byte, 2*headSlotBytes)
	copy(b, h.encode())
	h.seq++
	copy(b[headSlotBytes:], h.encode())
	_, err = file.Write(b)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func openHead(fs vfs.FS, name string, last head) (*headFile, error) {
	file, err := fs.OpenReadWrite(name, writeCategory)
	if err != nil {
		return nil, err
	}
	return &headFile{file: file, last: last}, nil
}

// write puts size and root into the slot that was not written last.
func (f *headFile) write(size domain.Position, root tlog.Hash, clean bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := head{seq: f.last.seq + 1, size: size, root: root, clean: clean}
	f.last.size, f.last.root, f.last.clean = size, root, clean
	if _, err := f.file.WriteAt(next.encode(), int64(next.seq%2)*headSlotBytes); err != nil {
		f.stale = fmt.Errorf("head file: %w", err)
		return f.stale
	}
	f.last, f.dirty, f.stale = next, true, nil
	return nil
}

// again repeats a write that failed, if one did.
func (f *headFile) again() error {
	f.mu.Lock()
	stale, last := f.stale, f.last
	f.mu.Unlock()
	if stale == nil {
		return nil
	}
	return f.write(last.size, last.root, last.clean)
}

// sync makes what was written durable.
func (f *headFile) sync() error {
	f.mu.Lock()
	dirty := f.dirty
	f.dirty = false
	f.mu.Unlock()
	if !dirty {
		return nil
	}
	return f.file.SyncData()
}

var errTooLong = errors.New("file has too many bytes")

// readFile returns at most limit bytes of a file.
func readFile(fs vfs.FS, name string, limit int64) ([]byte, error) {
	file, err := fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%w: %s has %d, at most %d were expected", errTooLong, name, info.Size(), limit)
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(io.NewSectionReader(file, 0, info.Size()), b); err != nil {
		return nil, err
	}
	return b, nil
}

// writeFile writes a file as a whole: to a temporary name, synced, renamed,
// and the directory synced.
func writeFile(fs vfs.FS, dir, name string, parts ...[]byte) error {
	path, tmp := fs.PathJoin(dir, name), fs.PathJoin(dir, name+".tmp")
	file, err := fs.Create(tmp, writeCategory)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err == nil && len(p) > 0 {
			_, err = file.Write(p)
		}
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = fs.Rename(tmp, path)
	}
	if err != nil {
		if e := fs.Remove(tmp); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
		return err
	}
	return syncDir(fs, dir)
}

func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

var writeCategory = vfs.WriteCategoryUnspecified
