package views

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	sqlite "modernc.org/sqlite"

	"staffledger/domain"
	"staffledger/projections"
)

const viewName = "views"

// generation is one file views-<n>.db. While it is built it has no indexes, no
// readers and no write-ahead log; finish makes it ready to be read beside being
// written. The file goes when it is retired and its last reader has left.
type generation struct {
	dir  string
	n    int
	opts Options

	write *sql.DB
	read  *sql.DB // nil while it is built
	fold  *fold

	idle  chan *reader  // connections of read that nobody uses
	slots chan struct{} // bounds the connections of read
	shut  chan struct{} // closed when no more queries are taken

	mu      sync.Mutex
	readers int
	retired bool
	closed  bool
}

// reader is a connection for queries, with the statements prepared on it.
type reader struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
}

const readersMax = 8

func fileName(n int) string { return "views-" + strconv.Itoa(n) + ".db" }

func (g *generation) path() string { return filepath.Join(g.dir, fileName(g.n)) }

func dsn(path string, pragmas ...string) string {
	q := url.Values{}
	for _, p := range append(pragmas, "busy_timeout(5000)", "temp_store(MEMORY)") {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// build makes the empty file of a generation.
func build(ctx context.Context, o Options, n int) (*generation, error) {
	g := &generation{dir: o.Dir, n: n, opts: o}
	if err := g.removeFiles(); err != nil {
		return nil, err
	}
	if err := g.openWriter(ctx, "journal_mode(MEMORY)", "synchronous(OFF)", "cache_size(-131072)"); err != nil {
		return nil, err
	}
	for _, stmt := range []string{tables, fmt.Sprintf("PRAGMA user_version=%d", schemaVersion), fmt.Sprintf("PRAGMA application_id=%d", applicationID)} {
		if _, err := g.fold.w.conn.ExecContext(ctx, stmt); err != nil {
			return nil, errors.Join(err, g.drop())
		}
	}
	return g, g.restore()
}

// finish makes the indexes and opens the file for readers.
func (g *generation) finish(ctx context.Context) error {
	if _, err := g.fold.w.conn.ExecContext(ctx, indexes); err != nil {
		return err
	}
	if _, err := g.fold.w.conn.ExecContext(ctx, "INSERT INTO meta(key, value) VALUES('schema', ("+schemaText+"))"); err != nil {
		return err
	}
	if err := g.closeWriter(); err != nil {
		return err
	}
	f, err := os.Open(g.path())
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return g.openLive(ctx)
}

// openLive opens a finished file for following and for readers.
func (g *generation) openLive(ctx context.Context) error {
	err := g.openWriter(ctx, "journal_mode(WAL)", "synchronous(NORMAL)", "wal_autocheckpoint(20000)", "secure_delete(ON)", "cache_size(-65536)")
	if err != nil {
		return err
	}
	if err := g.restore(); err != nil {
		return errors.Join(err, g.closeWriter())
	}
	if g.read, err = sql.Open("sqlite", dsn(g.path(), "query_only(1)", "cache_size(-16384)")); err != nil {
		return errors.Join(err, g.closeWriter())
	}
	g.idle, g.slots = make(chan *reader, readersMax), make(chan struct{}, readersMax)
	g.shut = make(chan struct{})
	return nil
}

func (g *generation) openWriter(ctx context.Context, pragmas ...string) error {
	db, err := sql.Open("sqlite", dsn(g.path(), pragmas...))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	g.write = db
	g.fold = &fold{allTables: newTables(), w: &writer{ctx: context.WithoutCancel(ctx), conn: conn}}
	return nil
}

func (g *generation) restore() (err error) {
	defer catch(&err)
	g.fold.restore()
	return nil
}

func catch(err *error) {
	switch p := recover().(type) {
	case nil:
	case dbError:
		*err = p.err
	default:
		panic(p)
	}
}

func (g *generation) closeWriter() error {
	if g.write == nil {
		return nil
	}
	err := errors.Join(g.fold.w.conn.Close(), g.write.Close())
	g.write = nil
	return err
}

// usable tells why a file cannot be followed further: another version, damage,
// or another ledger than ours.
func (g *generation) usable(ctx context.Context) error {
	var version, id int
	if err := g.read.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if err := g.read.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	if version != schemaVersion || id != applicationID {
		return fmt.Errorf("schema version %d, want %d", version, schemaVersion)
	}
	var whole bool
	if err := g.read.QueryRowContext(ctx, "SELECT value = ("+schemaText+") FROM meta WHERE key='schema'").Scan(&whole); err != nil {
		return err
	}
	if !whole {
		return errors.New("tables were changed")
	}
	if info, err := os.Stat(g.path()); err != nil {
		return err
	} else if info.Size() <= quickCheckBytes {
		var verdict string
		if err := g.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return errors.New(verdict)
		}
	}
	s := g.fold.state
	if s.next == 0 {
		return nil
	}
	if s.next > g.opts.Ledger.Size() {
		return fmt.Errorf("has folded %d events, the ledger has %d", s.next, g.opts.Ledger.Size())
	}
	last, err := g.opts.Ledger.At(ctx, s.next-1)
	if err != nil {
		return err
	}
	if last.ID != s.lastID {
		return fmt.Errorf("event %d is %s in the ledger, was %s", s.next-1, last.ID, s.lastID)
	}
	return nil
}

// schemaText is every table and index as the file describes them.
const schemaText = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master WHERE name <> 'sqlite_sequence' ORDER BY name)"

// quickCheckBytes bounds the files that are checked from end to end at opening.
const quickCheckBytes = 128 << 20

// borrow takes a connection for queries, waiting for one where all are in use.
func (g *generation) borrow(ctx context.Context) (*reader, error) {
	select {
	case g.slots <- struct{}{}:
	case <-g.shut:
		return nil, ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case r := <-g.idle:
		return r, nil
	default:
	}
	conn, err := g.read.Conn(context.WithoutCancel(ctx))
	if err != nil {
		<-g.slots
		return nil, err
	}
	return &reader{conn, map[string]*sql.Stmt{}}, nil
}

// giveBack ends the reader's transaction; a connection that cannot is dropped.
func (g *generation) giveBack(r *reader) {
	if _, err := r.conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		r.conn.Close()
	} else {
		g.idle <- r
	}
	<-g.slots
}

func (r *reader) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := r.statements[query]; s != nil {
		return s, nil
	}
	s, err := r.conn.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, fmt.Errorf("views: %w: %s", err, query)
	}
	if len(r.statements) >= 500 {
		for _, old := range r.statements {
			old.Close()
		}
		clear(r.statements)
	}
	r.statements[query] = s
	return s, nil
}

func (g *generation) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.retired {
		return false
	}
	g.readers++
	return true
}

func (g *generation) leave() {
	g.mu.Lock()
	g.readers--
	last := g.retired && g.readers == 0
	g.mu.Unlock()
	if last {
		g.drop()
	}
}

// retire lets the file go once nobody reads it any more.
func (g *generation) retire() error {
	g.mu.Lock()
	g.retired = true
	last := g.readers == 0
	g.mu.Unlock()
	if last {
		return g.drop()
	}
	return nil
}

// close closes the file and keeps it. Statements are closed with their pool.
func (g *generation) close() error {
	g.mu.Lock()
	was := g.closed
	g.closed = true
	g.mu.Unlock()
	if was {
		return nil
	}
	var err error
	if g.read != nil {
		for len(g.idle) > 0 {
			err = errors.Join(err, (<-g.idle).conn.Close())
		}
		err = errors.Join(err, g.read.Close())
	}
	return errors.Join(err, g.closeWriter())
}

func (g *generation) drop() error { return errors.Join(g.close(), g.removeFiles()) }

func (g *generation) removeFiles() error {
	var all error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(g.path() + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// A generation is a view of its own while it is built.

func (g *generation) Name() string { return viewName }

func (g *generation) Next(context.Context) (domain.Position, error) { return g.fold.state.next, nil }

func (g *generation) Prepare(e *projections.Event) error { return g.opts.prepare(e) }

func (g *generation) Fold(ctx context.Context, batch []projections.Event) error {
	return g.fold.run(ctx, batch)
}

// damaged tells whether an error says that the file itself is broken.
func damaged(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case 11, 26: // SQLITE_CORRUPT, SQLITE_NOTADB
		return true
	}
	return false
}

// current is the file that names the live generation.
const current = "current"

func readCurrent(dir string) (int, bool) {
	b, err := os.ReadFile(filepath.Join(dir, current))
	if err != nil {
		return 0, false
	}
	name, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "views-")
	if name, ok2 := strings.CutSuffix(name, ".db"); ok && ok2 {
		n, err := strconv.Atoi(name)
		return n, err == nil && n > 0
	}
	return 0, false
}

// writeCurrent names the live generation, at once and durably.
func writeCurrent(dir string, n int) error {
	next := filepath.Join(dir, current+".next")
	f, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, fileName(n))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(dir, current)); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
