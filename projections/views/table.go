package views

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// table is one table of the file as the fold sees it: rows are read when they
// are first asked for, changed in memory, and written once per batch. Rows stay
// cached between batches: those used in the last two rounds of cacheRows, or
// all of them where keep is set.
type table[K comparable, R any] struct {
	name    string
	columns []string // the primary key first
	keys    int      // columns of the primary key
	fixed   int      // columns that never change once written, the key included
	lookup  string   // condition that finds the row of a K; empty: never read back
	args    func(K) []any
	values  func(*R, []any) []any // appends the columns
	scan    func(*R) []any
	keep    bool

	// complete: every row of the file is cached, so what is not cached is not there
	complete  bool
	hot, cold map[K]*entry[R]
	dirty     []*entry[R]
	statement statements
}

type entry[R any] struct {
	row   R
	state rowState
}

type rowState uint8

const (
	clean rowState = iota
	added
	changed
	removed  // delete it from the file
	vanished // was never there, or is deleted
)

const (
	cacheRows = 100_000
	// insertRows is how many rows one INSERT takes: fewer calls of the driver.
	insertRows = 32
)

type statements struct{ insert, insertMany, update, remove, load *sql.Stmt }

// dbError carries an error of the file through the fold, which has no error
// returns; Fold catches it.
type dbError struct{ err error }

func (t *table[K, R]) reset() {
	t.hot, t.cold, t.dirty, t.complete = map[K]*entry[R]{}, nil, nil, false
}

// known says whether the file is still empty.
func (t *table[K, R]) known(empty bool) { t.complete = empty || t.keep }

// get returns the row of a key, or nil.
func (t *table[K, R]) get(w *writer, k K) *entry[R] {
	e, ok := t.hot[k]
	if !ok {
		if e, ok = t.cold[k]; ok {
			t.hot[k] = e
		}
	}
	if ok {
		if e.state >= removed {
			return nil
		}
		return e
	}
	if t.complete {
		return nil
	}
	if t.statement.load == nil {
		t.statement.load = w.prepare("SELECT " + strings.Join(t.columns, ",") + " FROM " + t.name + " WHERE " + t.lookup)
	}
	e = &entry[R]{}
	switch err := t.statement.load.QueryRowContext(w.ctx, t.args(k)...).Scan(t.scan(&e.row)...); err {
	case nil:
		t.hot[k] = e
		return e
	case sql.ErrNoRows:
		return nil
	default:
		panic(dbError{fmt.Errorf("table %s: %w", t.name, err)})
	}
}

// add puts in a new row. There must be none with that key.
func (t *table[K, R]) add(k K, row R) *entry[R] {
	if e := t.hot[k]; e != nil && e.state == removed { // back again within one batch
		e.row, e.state = row, changed
		return e
	}
	e := &entry[R]{row: row, state: added}
	t.hot[k] = e
	t.dirty = append(t.dirty, e)
	return e
}

// put writes a row that is not read again.
func (t *table[K, R]) put(row R) { t.dirty = append(t.dirty, &entry[R]{row: row, state: added}) }

// touch marks a row as changed.
func (t *table[K, R]) touch(e *entry[R]) *R {
	if e.state == clean {
		e.state = changed
		t.dirty = append(t.dirty, e)
	}
	return &e.row
}

// remove deletes a row.
func (t *table[K, R]) remove(e *entry[R]) {
	switch e.state {
	case added:
		e.state = vanished
	case clean:
		t.dirty = append(t.dirty, e)
		e.state = removed
	default:
		e.state = removed
	}
}

// load reads all rows of a table that is kept.
func (t *table[K, R]) load(w *writer, key func(*R) K) {
	rows, err := w.conn.QueryContext(w.ctx, "SELECT "+strings.Join(t.columns, ",")+" FROM "+t.name)
	if err != nil {
		panic(dbError{err})
	}
	defer rows.Close()
	for rows.Next() {
		e := &entry[R]{}
		if err := rows.Scan(t.scan(&e.row)...); err != nil {
			panic(dbError{err})
		}
		t.hot[key(&e.row)] = e
	}
	if err := rows.Err(); err != nil {
		panic(dbError{err})
	}
}

// flush writes what was touched.
func (t *table[K, R]) flush(w *writer) {
	var args []any
	pending := 0
	for _, e := range t.dirty {
		switch e.state {
		case added:
			args = t.values(&e.row, args)
			if pending++; pending == insertRows {
				w.exec(t.insert(w, insertRows), args...)
				args, pending = args[:0], 0
			}
			e.state = clean
		case changed:
			all := t.values(&e.row, nil)
			w.exec(t.update(w), append(all[t.fixed:len(all):len(all)], all[:t.keys]...)...)
			e.state = clean
		case removed:
			w.exec(t.delete(w), t.values(&e.row, nil)[:t.keys]...)
			e.state = vanished
		}
	}
	for ; pending > 0; pending-- {
		n := len(t.columns)
		w.exec(t.insert(w, 1), args[:n]...)
		args = args[n:]
	}
	t.dirty = t.dirty[:0]
	if !t.keep && len(t.hot) > cacheRows {
		t.complete = t.complete && len(t.cold) == 0
		t.hot, t.cold = map[K]*entry[R]{}, t.hot
	}
}

func (t *table[K, R]) insert(w *writer, n int) *sql.Stmt {
	s := &t.statement.insert
	if n > 1 {
		s = &t.statement.insertMany
	}
	if *s == nil {
		row := "(" + strings.TrimSuffix(strings.Repeat("?,", len(t.columns)), ",") + ")"
		*s = w.prepare("INSERT INTO " + t.name + "(" + strings.Join(t.columns, ",") + ") VALUES " +
			strings.TrimSuffix(strings.Repeat(row+",", n), ","))
	}
	return *s
}

func (t *table[K, R]) where() string { return strings.Join(t.columns[:t.keys], "=? AND ") + "=?" }

// update names the columns that may change only, so that indexes on the others
// are left alone.
func (t *table[K, R]) update(w *writer) *sql.Stmt {
	if t.statement.update == nil {
		t.statement.update = w.prepare("UPDATE " + t.name + " SET " + strings.Join(t.columns[t.fixed:], "=?,") + "=? WHERE " + t.where())
	}
	return t.statement.update
}

func (t *table[K, R]) delete(w *writer) *sql.Stmt {
	if t.statement.remove == nil {
		t.statement.remove = w.prepare("DELETE FROM " + t.name + " WHERE " + t.where())
	}
	return t.statement.remove
}

// writer is the single connection that writes a generation.
type writer struct {
	ctx  context.Context // never ends
	conn *sql.Conn
}

func (w *writer) prepare(query string) *sql.Stmt {
	s, err := w.conn.PrepareContext(w.ctx, query)
	if err != nil {
		panic(dbError{fmt.Errorf("%s: %w", query, err)})
	}
	return s
}

func (w *writer) exec(s *sql.Stmt, args ...any) {
	if _, err := s.ExecContext(w.ctx, args...); err != nil {
		panic(dbError{err})
	}
}
