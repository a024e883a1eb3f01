package ledger

import (
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// faultFS passes each file operation that changes something through fault,
// which may fail it without doing it, do it and fail all the same, or do it.
type faultFS struct {
	vfs.FS
	mu    sync.Mutex
	fault func(op, path string, do func() error) error
}

func (f *faultFS) set(fault func(op, path string, do func() error) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

func (f *faultFS) do(op, path string, do func() error) error {
	f.mu.Lock()
	fault := f.fault
	f.mu.Unlock()
	if fault == nil {
		return do()
	}
	return fault(op, path, do)
}

func (f *faultFS) file(op, path string, open func() (vfs.File, error)) (out vfs.File, err error) {
	err = f.do(op, path, func() (err error) {
		out, err = open()
		return err
	})
	if err != nil {
		if out != nil {
			out.Close()
		}
		return nil, err
	}
	return &faultFile{out, f, path}, nil
}

func (f *faultFS) Create(name string, c vfs.DiskWriteCategory) (vfs.File, error) {
	return f.file("create", name, func() (vfs.File, error) { return f.FS.Create(name, c) })
}

func (f *faultFS) OpenReadWrite(name string, c vfs.DiskWriteCategory, o ...vfs.OpenOption) (vfs.File, error) {
	return f.file("open", name, func() (vfs.File, error) { return f.FS.OpenReadWrite(name, c, o...) })
}

func (f *faultFS) OpenDir(name string) (vfs.File, error) {
	d, err := f.FS.OpenDir(name)
	if err != nil {
		return nil, err
	}
	return &faultFile{d, f, name}, nil
}

func (f *faultFS) Rename(a, b string) error {
	return f.do("rename", b, func() error { return f.FS.Rename(a, b) })
}

func (f *faultFS) Link(a, b string) error {
	return f.do("link", b, func() error { return f.FS.Link(a, b) })
}

func (f *faultFS) Remove(name string) error {
	return f.do("remove", name, func() error { return f.FS.Remove(name) })
}

func (f *faultFS) RemoveAll(name string) error {
	return f.do("remove", name, func() error { return f.FS.RemoveAll(name) })
}

func (f *faultFS) Unwrap() vfs.FS { return f.FS }

type faultFile struct {
	vfs.File
	fs   *faultFS
	path string
}

func (f *faultFile) Write(b []byte) (n int, err error) {
	err = f.fs.do("write", f.path, func() (err error) {
		n, err = f.File.Write(b)
		return err
	})
	if err != nil {
		n = 0
	}
	return n, err
}

func (f *faultFile) WriteAt(b []byte, at int64) (n int, err error) {
	err = f.fs.do("write", f.path, func() (err error) {
		n, err = f.File.WriteAt(b, at)
		return err
	})
	return n, err
}

func (f *faultFile) Sync() error {
	return f.fs.do("sync", f.path, f.File.Sync)
}

func (f *faultFile) SyncData() error {
	return f.fs.do("sync", f.path, f.File.SyncData)
}
