// Package dbfile is a small SQLite file with one writer, as the vault and its
// private part keep theirs: no write-ahead log, deleted content overwritten,
// every write durable on return, one process at a time.
package dbfile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"staffledger/eventstore"
)

// Damage is what was found wrong in a file.
type Damage struct{ File, Reason string }

func (d *Damage) Error() string { return fmt.Sprintf("%s is damaged: %s", d.File, d.Reason) }

// Options of Open.
type Options struct {
	Path    string
	AppID   int32  // SQLite application_id
	Version int    // format; a higher one in the file is refused
	Schema  string // of format Version, for a new file
	// Init fills a new file, in the transaction that makes its tables.
	Init func(*Tx) error
	// Bulk leaves out syncs and gathers writes until Close: for filling a new
	// directory, which is thrown away if that breaks off.
	Bulk bool
}

// File is an open file. Safe for concurrent use; calls run one at a time.
type File struct {
	path string
	bulk bool

	mu      sync.Mutex
	db      *sql.DB
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	pending int   // writes of an open bulk transaction
	broken  error // set after a failed write to disk: no more writes
	closed  bool
}

const bulkWrites = 2_000 // per transaction

// Open opens or makes a file. It fails with eventstore.ErrInUse where another
// process, or this one, has it open, with eventstore.ErrNewer for a newer
// format, and with *Damage where it is no such file.
func Open(o Options) (*File, error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, err
	}
	// An existing file is not touched here: closing it would drop the locks of
	// whoever has it open in this process (POSIX).
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(made.Sync(), made.Close(), syncDir(filepath.Dir(path))); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: path}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &File{path: path, bulk: o.Bulk, db: db, stmts: map[string]*sql.Stmt{}}
	if err := f.open(o); err != nil {
		if f.conn != nil {
			_ = f.conn.Close()
		}
		_ = db.Close()
		return nil, f.explain(err)
	}
	return f, nil
}

func (f *File) open(o Options) (err error) {
	ctx := context.Background()
	if f.conn, err = f.db.Conn(ctx); err != nil {
		return err
	}
	synchronous := "FULL"
	if o.Bulk {
		synchronous = "OFF"
	}
	for _, p := range []string{"locking_mode=EXCLUSIVE", "secure_delete=ON", "journal_mode=PERSIST", "synchronous=" + synchronous,
		"cell_size_check=ON", "trusted_schema=OFF", "temp_store=MEMORY"} {
		if _, err := f.conn.ExecContext(ctx, "PRAGMA "+p); err != nil {
			return err
		}
	}
	// The first write lock is kept for good: locking_mode is EXCLUSIVE.
	if _, err := f.conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	if err := f.format(o); err != nil {
		_, _ = f.conn.ExecContext(ctx, "ROLLBACK")
		return err
	}
	_, err = f.conn.ExecContext(ctx, "COMMIT")
	return err
}

// format checks what the file says it is, or makes its tables.
func (f *File) format(o Options) error {
	ctx := context.Background()
	var appID int32
	var version, tables int
	for query, into := range map[string]any{"PRAGMA application_id": &appID, "PRAGMA user_version": &version,
		"SELECT count(*) FROM sqlite_schema": &tables} {
		if err := f.conn.QueryRowContext(ctx, query).Scan(into); err != nil {
			return err
		}
	}
	switch {
	case appID == 0 && version == 0 && tables == 0:
		for _, q := range []string{o.Schema, fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", o.AppID, o.Version)} {
			if _, err := f.conn.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		if o.Init != nil {
			return o.Init(&Tx{f: f})
		}
		return nil
	case appID != o.AppID:
		return &Damage{f.path, "it is another kind of file"}
	case version > o.Version:
		return fmt.Errorf("%s has format %d, this program knows %d: %w", f.path, version, o.Version, eventstore.ErrNewer)
	case version < o.Version:
		return &Damage{f.path, fmt.Sprintf("it says format %d, the oldest is %d", version, o.Version)}
	}
	return nil
}

// Tx runs statements within Read or Write.
type Tx struct {
	f     *File
	after []func()
}

// OnCommit has do called once the transaction is written, before any other
// call on the file: what a cache may keep only then is put there by it.
func (t *Tx) OnCommit(do func()) { t.after = append(t.after, do) }

func (t *Tx) stmt(query string) (*sql.Stmt, error) {
	if s := t.f.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.f.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.f.stmts[query] = s
	}
	return s, err
}

// Exec runs a statement and returns the number of rows it changed.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	s, err := t.stmt(query)
	if err != nil {
		return 0, err
	}
	r, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Get reads one row; false where there is none.
func (t *Tx) Get(query string, args []any, into ...any) (bool, error) {
	s, err := t.stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRow(args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Each calls f for every row; scan reads the row's columns.
func (t *Tx) Each(query string, args []any, f func(scan func(into ...any) error) error) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.Query(args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Read runs f alone; it must not write.
func (f *File) Read(ctx context.Context, do func(*Tx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ready(ctx, false); err != nil {
		return err
	}
	return f.explain(do(&Tx{f: f}))
}

// Write runs do in a transaction. On nil it is on stable storage (in bulk:
// after Close); on an error of do nothing was written. After a failed write to
// disk every further Write returns eventstore.ErrReadOnly.
func (f *File) Write(ctx context.Context, do func(*Tx) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.ready(ctx, true); err != nil {
		return err
	}
	begin, commit, rollback := "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
	if f.bulk {
		if f.pending == 0 {
			if err := f.exec("BEGIN IMMEDIATE"); err != nil {
				return f.explain(err)
			}
		}
		f.pending++
		begin, commit, rollback = "SAVEPOINT w", "RELEASE w", "ROLLBACK TO w; RELEASE w"
	}
	if err := f.exec(begin); err != nil {
		return f.explain(err)
	}
	tx := &Tx{f: f}
	err := do(tx)
	committing := err == nil
	if committing {
		err = f.exec(commit)
	}
	if err != nil {
		_ = f.exec(rollback) // fails where SQLite has rolled back by itself
		err = f.explain(err)
		// In bulk a failed write may have taken earlier ones with it.
		if noSpace := errors.Is(err, eventstore.ErrNoSpace); committing && !noSpace || f.bulk && noSpace {
			f.broken = err
		}
		return err
	}
	for _, then := range tx.after {
		then()
	}
	if f.pending >= bulkWrites {
		return f.flush()
	}
	return nil
}

// flush commits what bulk has gathered.
func (f *File) flush() error {
	if f.pending == 0 {
		return nil
	}
	f.pending = 0
	return f.explain(f.exec("COMMIT"))
}

func (f *File) exec(query string) error {
	_, err := f.conn.ExecContext(context.Background(), query)
	return err
}

func (f *File) ready(ctx context.Context, write bool) error {
	switch {
	case f.closed:
		return eventstore.ErrClosed
	case write && f.broken != nil:
		return fmt.Errorf("%w: %w", eventstore.ErrReadOnly, f.broken)
	}
	return ctx.Err()
}

// Check reads the whole file: pages, cells, order of the keys.
func (f *File) Check(ctx context.Context) error {
	return f.Read(ctx, func(t *Tx) error {
		return t.Each("PRAGMA integrity_check(1)", nil, func(scan func(...any) error) error {
			var found string
			if err := scan(&found); err != nil {
				return err
			}
			if found != "ok" {
				return &Damage{f.path, found}
			}
			return nil
		})
	})
}

// Snapshot writes a consistent copy of the file, without what was deleted.
// Writers wait meanwhile.
func (f *File) Snapshot(ctx context.Context, w io.Writer) error {
	dir, err := os.MkdirTemp(filepath.Dir(f.path), ".snapshot-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "copy")
	f.mu.Lock()
	err = f.ready(ctx, false)
	if err == nil {
		err = f.flush()
	}
	if err == nil {
		_, err = f.conn.ExecContext(ctx, "VACUUM INTO ?", copied)
		err = f.explain(err)
	}
	f.mu.Unlock()
	if err != nil {
		return err
	}
	in, err := os.Open(copied)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}

// Scrub overwrites what the rollback journal still holds of the last
// transaction, so that what was erased from the file is not left beside it.
func (f *File) Scrub() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed || f.pending > 0 {
		return nil // a bulk transaction still needs its journal
	}
	j, err := os.OpenFile(f.path+"-journal", os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer j.Close()
	info, err := j.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, 64<<10)
	for at := int64(0); at < info.Size(); at += int64(len(zeros)) {
		if _, err := j.WriteAt(zeros[:min(int64(len(zeros)), info.Size()-at)], at); err != nil {
			return err
		}
	}
	return j.Sync()
}

// Close writes out what bulk has gathered and closes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	err := f.flush()
	f.closed = true
	for _, s := range f.stmts {
		_ = s.Close()
	}
	err = errors.Join(err, f.conn.Close(), f.db.Close())
	if f.bulk && err == nil {
		file, openErr := os.OpenFile(f.path, os.O_RDWR, 0)
		if openErr != nil {
			return openErr
		}
		err = errors.Join(file.Sync(), file.Close(), syncDir(filepath.Dir(f.path)))
	}
	return err
}

// explain gives SQLite's errors the names of the store's contract.
func (f *File) explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xFF {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%s: %w", f.path, eventstore.ErrInUse)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%s: %w", f.path, eventstore.ErrNoSpace)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH:
		return &Damage{f.path, e.Error()}
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
