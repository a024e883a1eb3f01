package ledger

import (
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// heldFS is the file system of one opening of the index. Pebble treats an
// error in the background as fatal where its manifest is concerned, and
// retries at once where it is not; neither is right on a full disk. So an
// operation that fails in the background is held: its goroutine waits, the
// index is told, and once the store is being closed, and begins nothing new,
// the error goes to whom it belongs.
type heldFS struct {
	vfs.FS
	mu      sync.Mutex
	cond    sync.Cond
	opening bool  // errors go straight to the caller
	fault   error // the first error
	release bool
	tell    func(error)
}

func newHeldFS(fs vfs.FS, tell func(error)) *heldFS {
	h := &heldFS{FS: fs, opening: true, tell: tell}
	h.cond.L = &h.mu
	return h
}

// opened ends the opening; it returns what failed in it.
func (h *heldFS) opened() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opening = false
	return h.fault
}

// let lets held operations end, and later ones fail at once.
func (h *heldFS) let() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.release = true
	h.cond.Broadcast()
}

func (h *heldFS) check(err error) error {
	if err == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fault == nil {
		h.fault = err
	}
	if h.opening || h.release {
		return err
	}
	h.tell(err)
	for !h.release {
		h.cond.Wait()
	}
	return err
}

func (h *heldFS) file(f vfs.File, err error) (vfs.File, error) {
	if err := h.check(err); err != nil {
		return nil, err
	}
	return &heldFile{f, h}, nil
}

func (h *heldFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return h.file(h.FS.Create(name, c))
}

func (h *heldFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	return h.file(h.FS.OpenReadWrite(name, c, o...))
}

func (h *heldFS) ReuseForWrite(old, name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return h.file(h.FS.ReuseForWrite(old, name, c))
}

func (h *heldFS) OpenDir(name string) (vfs.File, error) { return h.file(h.FS.OpenDir(name)) }
func (h *heldFS) Link(old, name string) error           { return h.check(h.FS.Link(old, name)) }
func (h *heldFS) Rename(old, name string) error         { return h.check(h.FS.Rename(old, name)) }
func (h *heldFS) Unwrap() vfs.FS                        { return h.FS }

type heldFile struct {
	vfs.File
	h *heldFS
}

func (f *heldFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, f.h.check(err)
}

func (f *heldFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.File.WriteAt(b, at)
	return n, f.h.check(err)
}

func (f *heldFile) Sync() error     { return f.h.check(f.File.Sync()) }
func (f *heldFile) SyncData() error { return f.h.check(f.File.SyncData()) }

func (f *heldFile) SyncTo(n int64) (bool, error) {
	full, err := f.File.SyncTo(n)
	return full, f.h.check(err)
}

// anyCompaction lets every compaction run that Pebble picks. Pebble's own
// scheduler calls back into the store, and closing would wait for such a call
// while it waits for an operation that is held.
type anyCompaction struct{}

func (anyCompaction) Register(int, pebble.DBForCompaction) {}
func (anyCompaction) Unregister()                          {}
func (anyCompaction) UpdateGetAllowedWithoutPermission()   {}
func (anyCompaction) TrySchedule() (bool, pebble.CompactionGrantHandle) {
	return true, compactionGrant{}
}

type compactionGrant struct{}

func (compactionGrant) Started()                                          {}
func (compactionGrant) MeasureCPU(pebble.CompactionGoroutineKind)         {}
func (compactionGrant) CumulativeStats(pebble.CompactionGrantHandleStats) {}
func (compactionGrant) Done()                                             {}
