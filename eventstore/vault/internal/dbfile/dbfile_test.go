package dbfile

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"staffledger/eventstore"
)

func open(t *testing.T, bulk bool) (*File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a b%3Fc?.db") // names that a DSN could misread
	f, err := Open(Options{Path: path, AppID: 7, Version: 1, Schema: "CREATE TABLE t (n INTEGER PRIMARY KEY, b BLOB) STRICT", Bulk: bulk})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f, path
}

func insert(f *File, n, size int) error {
	return f.Write(context.Background(), func(t *Tx) error {
		_, err := t.Exec("INSERT INTO t VALUES (?, zeroblob(?))", n, size)
		return err
	})
}

func count(t *testing.T, f *File) (n int) {
	t.Helper()
	if err := f.Read(t.Context(), func(tx *Tx) error {
		_, err := tx.Get("SELECT count(*) FROM t", nil, &n)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFull: a full disk refuses the write whole; with space the same write
// succeeds.
func TestFull(t *testing.T) {
	t.Parallel()
	f, path := open(t, false)
	if err := insert(f, 1, 100); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		if err := f.exec("PRAGMA max_page_count=" + pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("4")
	if err := insert(f, 2, 100_000); !errors.Is(err, eventstore.ErrNoSpace) {
		t.Fatalf("on a full disk: %v", err)
	}
	if n := count(t, f); n != 1 {
		t.Errorf("%d rows after a refused write", n)
	}
	limit("1000000")
	if err := insert(f, 2, 100_000); err != nil {
		t.Errorf("with space again: %v", err)
	}
	if err := errors.Join(f.Check(t.Context()), f.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := Open(Options{Path: path, AppID: 7, Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if n := count(t, again); n != 2 {
		t.Errorf("%d rows after reopening", n)
	}
}

// TestWriteOrNothing: an error of the caller leaves nothing, nor does it run
// what waits for the commit.
func TestWriteOrNothing(t *testing.T) {
	t.Parallel()
	for _, bulk := range []bool{false, true} {
		f, _ := open(t, bulk)
		broken, ran := errors.New("broken"), false
		err := f.Write(t.Context(), func(tx *Tx) error {
			tx.OnCommit(func() { ran = true })
			if _, err := tx.Exec("INSERT INTO t VALUES (1, NULL)"); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) || ran || count(t, f) != 0 {
			t.Errorf("%v, ran %t, %d rows", err, ran, count(t, f))
		}
		if err := insert(f, 1, 1); err != nil || count(t, f) != 1 {
			t.Errorf("the next write: %v", err)
		}
	}
}

// TestFailedCommit: after a commit that failed otherwise than for space, there
// are no more writes; reading goes on.
func TestFailedCommit(t *testing.T) {
	t.Parallel()
	f, _ := open(t, false)
	if err := errors.Join(f.exec("CREATE TABLE c (p REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)"), f.exec("PRAGMA foreign_keys=ON")); err != nil {
		t.Fatal(err)
	}
	err := f.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec("INSERT INTO c VALUES (99)")
		return err
	})
	if err == nil {
		t.Fatal("the commit did not fail")
	}
	if err := insert(f, 1, 1); !errors.Is(err, eventstore.ErrReadOnly) {
		t.Errorf("a write after a failed commit: %v", err)
	}
	if n := count(t, f); n != 0 {
		t.Errorf("%d rows", n)
	}
}
