package views

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
	"staffledger/projections"
)

// fold turns events into rows. Following and rebuilding are this one path with
// batches of different size: rows are changed in memory and each touched row is
// written once per batch.
type fold struct {
	*allTables
	w     *writer
	state position

	orphans map[domain.UnitID][]domain.UnitID // units whose parent is not founded yet
	grams   []searchRow

	e     *projections.Event // being folded
	pos   int64
	batch position // state as it will be after the batch
	meta  *sql.Stmt
	found *sql.Stmt
}

// position is what the meta table holds beside the rows.
type position struct {
	next   domain.Position
	clock  domain.Instant // greatest time so far
	last   domain.Instant // time of the last event
	lastID domain.EventID
}

type searchRow struct {
	rowid int64
	grams string
}

func newFold(w *writer) *fold {
	f := &fold{allTables: newTables(), w: w}
	f.restore()
	return f
}

// restore drops what is in memory and reads it again, after opening and after a
// batch that failed.
func (f *fold) restore() {
	f.reset()
	f.load(f.w)
	f.grams = nil
	f.state = position{}
	for key, into := range map[string]any{"next": &f.state.next, "clock": &f.state.clock, "last": &f.state.last, "lastid": &f.state.lastID} {
		err := f.w.conn.QueryRowContext(f.w.ctx, "SELECT value FROM meta WHERE key=?", key).Scan(into)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			panic(dbError{err})
		}
	}
	for _, t := range f.all() {
		t.known(f.state.next == 0)
	}
	f.orphans = map[domain.UnitID][]domain.UnitID{}
	for _, e := range f.units.hot {
		if parent := domain.UnitID(e.row.parent); parent != "" && f.units.hot[parent] == nil {
			f.orphans[parent] = append(f.orphans[parent], e.row.id)
		}
	}
}

// run folds a batch and writes it in one transaction, which is not broken off
// when ctx ends: a batch is short, and statements that can be interrupted cost more.
func (f *fold) run(ctx context.Context, batch []projections.Event) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	begun := false
	defer func() {
		p := recover()
		if p == nil && err == nil {
			return
		}
		if begun {
			f.w.conn.ExecContext(f.w.ctx, "ROLLBACK")
		}
		if p != nil {
			if d, ok := p.(dbError); ok {
				err = d.err
			} else {
				err = &projections.Stopped{View: viewName, Position: domain.Position(f.pos), Err: fmt.Errorf("%s: panic: %v", f.e.Type, p)}
			}
		}
		f.restore()
	}()
	f.batch = f.state
	for i := range batch {
		f.one(&batch[i])
	}
	if _, err := f.w.conn.ExecContext(f.w.ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	begun = true
	for _, t := range f.all() {
		t.flush(f.w)
	}
	f.flushSearch()
	f.flushPosition()
	if _, err := f.w.conn.ExecContext(f.w.ctx, "COMMIT"); err != nil {
		return err
	}
	f.state = f.batch
	return nil
}

func (f *fold) flushPosition() {
	if f.meta == nil {
		f.meta = f.w.prepare("INSERT INTO meta(key, value) VALUES(?1, ?2) ON CONFLICT(key) DO UPDATE SET value=?2")
	}
	f.w.exec(f.meta, "next", int64(f.batch.next))
	f.w.exec(f.meta, "clock", int64(f.batch.clock))
	f.w.exec(f.meta, "last", int64(f.batch.last))
	f.w.exec(f.meta, "lastid", string(f.batch.lastID))
}

// Kinds of things in the full-text index.
const (
	searchUnit = iota
	searchPerson
	searchDocument
)

// index adds texts to the full-text index.
func (f *fold) index(kind int, n int64, texts ...string) {
	if grams := gramsOf(texts...); grams != "" {
		f.grams = append(f.grams, searchRow{n*4 + int64(kind), grams})
	}
}

func (f *fold) flushSearch() {
	if f.found == nil {
		f.found = f.w.prepare("INSERT INTO search(rowid, grams) VALUES(?, ?)")
	}
	for _, r := range f.grams {
		f.w.exec(f.found, r.rowid, r.grams)
	}
	f.grams = f.grams[:0]
}

// one folds an event.
func (f *fold) one(e *projections.Event) {
	f.e, f.pos = e, int64(e.Position)
	if e.Position != f.batch.next {
		panic(fmt.Sprintf("position %d where %d is next", e.Position, f.batch.next))
	}
	f.batch.next++
	f.batch.clock = max(f.batch.clock, e.Time)
	f.batch.last, f.batch.lastID = e.Time, e.ID
	day := f.batch.clock.Day()
	if d := f.days.get(f.w, day); d != nil {
		f.days.touch(d).cut = f.pos
	} else {
		f.days.add(day, dayRow{day, f.pos})
	}
	if e.DocumentID != "" {
		if d := f.documents.get(f.w, e.DocumentID); d != nil {
			r := f.documents.touch(d)
			r.cited++
			r.position = f.pos
		}
	}
	switch e.Stream.Kind() {
	case domain.AccountStream, domain.PoolStream:
		f.account()
	case domain.UserStream:
		f.user()
	case domain.PersonStream:
		f.person()
	}
	switch p := e.Payload.(type) {
	case document.Registered:
		f.document(p)
	case unitcode.Claimed:
		f.begin(p.Process, "unit", "")
	case unitcode.Held:
		f.settle(p.Process, e.Stream)
	case unitcode.Released:
		f.settle(p.Process, e.Stream)
	case policy.PolicySet, policy.CalendarSet, domain.LedgerOpened:
		// pages read policies and calendars from the use cases
	}
}

// number makes the next number for people: the n-th of its letter and year.
func (f *fold) number(letter string, width int) string {
	year := f.e.Time.Day().Year()
	n := f.count(letter + "-" + strconv.Itoa(year))
	return fmt.Sprintf("%s-%d-%0*d", letter, year, width, n)
}

func (f *fold) count(name string) int64 {
	c := f.counters.get(f.w, name)
	if c == nil {
		c = f.counters.add(name, counterRow{name: name})
	}
	r := f.counters.touch(c)
	r.n++
	return r.n
}

func (f *fold) begin(p domain.ProcessID, kind string, change domain.ChangeID) {
	f.beginOn(p, f.e.Stream, kind, change)
}

func (f *fold) beginOn(p domain.ProcessID, stream domain.Stream, kind string, change domain.ChangeID) {
	k := processKey{p, stream}
	f.processes.add(k, processRow{k, kind, change, int64(f.e.Time), f.pos})
}

func (f *fold) settle(p domain.ProcessID, stream domain.Stream) {
	if e := f.processes.get(f.w, processKey{p, stream}); e != nil {
		f.processes.remove(e)
	}
}

func (f *fold) document(p document.Registered) {
	text := f.e.Prepared.(document.Text)
	id := domain.DocumentID(f.e.Stream.Key())
	f.documents.add(id, documentRow{n: f.pos, id: id, number: text.Number, issuer: text.Issuer, title: text.Title,
		date: p.Date, digest: p.Digest, size: p.Size, position: f.pos})
	f.index(searchDocument, f.pos, text.Number, text.Title, text.Issuer)
}

func (f *fold) person() {
	id := domain.PersonID(f.e.Stream.Key())
	if _, ok := f.e.Payload.(person.Registered); ok {
		p := f.e.Prepared.(preparedPerson)
		f.persons.add(id, personRow{n: f.pos, id: id, name: p.name, masked: p.masked, position: f.pos})
		f.index(searchPerson, f.pos, p.name)
		return
	}
	x := f.persons.get(f.w, id)
	if x == nil {
		panic("person is not registered")
	}
	r := f.persons.touch(x)
	r.position = f.pos
	settled := func(p domain.ProcessID) {
		if r.process == p {
			r.process = ""
		}
		f.settle(p, f.e.Stream)
	}
	switch p := f.e.Payload.(type) {
	case person.Claimed:
		r.process = p.Process
		kind := "entry"
		if p.Opening {
			kind = "opening"
		}
		f.begin(p.Process, kind, p.Change)
	case person.Held:
		settled(p.Process)
	case person.Released:
		settled(p.Process)
	}
}

func (f *fold) user() {
	id := domain.UserID(f.e.Stream.Key())
	if p, ok := f.e.Payload.(user.Registered); ok {
		text := f.e.Prepared.(user.Text)
		f.users.add(id, userRow{n: f.pos, id: id, name: text.Name, signin: text.SignIn, human: string(p.Human),
			revision: int64(f.e.Revision), position: f.pos})
		return
	}
	u := f.users.get(f.w, id)
	if u == nil {
		panic("user is not registered")
	}
	r := f.users.touch(u)
	r.revision, r.position = int64(f.e.Revision), f.pos
	grant := func(id string, role domain.Role, s domain.Scope, proposed bool) {
		k := grantKey{r.n, id}
		row := grantRow{k, role, string(s.Level), string(s.Unit), proposed, f.e.AuthID, f.pos}
		if g := f.grants.get(f.w, k); g != nil {
			*f.grants.touch(g) = row
			return
		}
		f.grants.add(k, row)
	}
	switch p := f.e.Payload.(type) {
	case user.Disabled:
		r.disabled = true
	case user.RoleProposed:
		grant(p.Grant, p.Role, p.Scope, true)
	case user.RoleGranted:
		grant(p.Grant, p.Role, p.Scope, false)
	case user.RoleRevoked:
		if g := f.grants.get(f.w, grantKey{r.n, p.Grant}); g != nil {
			f.grants.remove(g)
		}
	}
}

// post writes one posting: the movement, the line's balance now, and the sums
// of the unit and of all above it.
func (f *fold) post(acc int64, unit *entry[unitRow], part int, p account.Posting) {
	k := lineKey{acc, p.Line}
	l := f.lines.get(f.w, k)
	if l == nil {
		l = f.lines.add(k, lineRow{lineKey: k})
	}
	before := l.row.balance
	r := f.lines.touch(l)
	r.balance, r.position = before.Plus(p.Change), f.pos
	f.postings.put(postingRow{lineKey: k, known: f.pos, part: part, day: p.Day,
		lag: lagClass(f.batch.clock.Day(), p.Day), change: p.Change, total: r.balance})
	if unit != nil {
		f.addSums(unit, sums{p.Change, max(r.balance.Free(), 0) - max(before.Free(), 0), max(-r.balance.Free(), 0) - max(-before.Free(), 0)})
	}
}

func (f *fold) addSums(unit *entry[unitRow], d sums) {
	f.units.touch(unit).own.add(d)
	f.units.touch(unit).all.add(d)
	for _, above := range f.ancestors(unit) {
		f.units.touch(above).all.add(d)
	}
}

func (s *sums) add(d sums) {
	s.balance, s.free, s.over = s.balance.Plus(d.balance), s.free+d.free, s.over+d.over
}

// lagClass sorts postings by how long after their day they became known: 0 on
// the same day, k for 2^(k-1) to 2^k - 1 days, -1 for a day still ahead. So a
// question about a past day finds what was recorded behind it by few index
// reads, each over a window of bounded width.
func lagClass(known, day domain.Day) int {
	switch {
	case day > known:
		return -1
	case day == known:
		return 0
	}
	return bits.Len(uint(known - day))
}

// pool returns the row of a pool, made at its first event.
func (f *fold) pool() *entry[poolRow] {
	level := domain.Level(f.e.Stream.Key())
	p := f.pools.get(f.w, level)
	if p == nil {
		p = f.pools.add(level, poolRow{n: f.pos, level: level})
	}
	return p
}

// openingPostings are the movements of an opening balance, by line and day: one
// posting each, in order of line and day.
func openingPostings(rows []openingItem) []account.Posting {
	count := map[codes.LineKey]map[domain.Day]int{}
	for _, r := range rows {
		if count[r.line] == nil {
			count[r.line] = map[domain.Day]int{}
		}
		count[r.line][r.since]++
	}
	var postings []account.Posting
	for _, line := range sortedKeys(count) {
		for _, day := range sortedKeys(count[line]) {
			postings = append(postings, account.Posting{Line: line, Day: day, Change: account.Balance{0, count[line][day]}})
		}
	}
	return postings
}

func joined(gates []account.Gate) string {
	s := make([]string, len(gates))
	for i, g := range gates {
		s[i] = string(g)
	}
	return strings.Join(s, " ")
}
