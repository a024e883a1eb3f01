package blobs

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// FS is the file system as this package uses it, so that tests can make any
// step fail. Names are below the directory given to Open, with slashes.
type FS interface {
	MkdirAll(name string) error
	// Create makes a new file that only its owner may read; it must not exist.
	Create(name string) (File, error)
	Open(name string) (io.ReadCloser, error)
	Rename(from, to string) error
	Remove(name string) error
	// SyncDir makes the entries of a directory durable.
	SyncDir(name string) error
	// List returns the names in a directory, in order; none if it does not exist.
	List(name string) ([]string, error)
}

// File is a file being written.
type File interface {
	io.Writer
	io.WriterAt
	io.Closer
	Sync() error
}

// Dir is the operating system's file system below a directory.
type Dir string

func (d Dir) path(name string) string { return filepath.Join(string(d), filepath.FromSlash(name)) }

func (d Dir) MkdirAll(name string) error { return os.MkdirAll(d.path(name), 0o700) }

func (d Dir) Create(name string) (File, error) {
	return os.OpenFile(d.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

func (d Dir) Open(name string) (io.ReadCloser, error) { return os.Open(d.path(name)) }
func (d Dir) Rename(from, to string) error            { return os.Rename(d.path(from), d.path(to)) }
func (d Dir) Remove(name string) error                { return os.Remove(d.path(name)) }

func (d Dir) SyncDir(name string) error {
	f, err := os.Open(d.path(name))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func (d Dir) List(name string) ([]string, error) {
	entries, err := os.ReadDir(d.path(name))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}
