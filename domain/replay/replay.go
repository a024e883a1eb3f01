// Package replay folds the ledger a second time, independently of every
// projection: it says what each row of the read models must be (Compare),
// checks what only the rules can know (Violation), and answers as-of questions
// by their definition (AsOf). It is plain rather than fast, and imports nothing
// but the domain.
package replay

import (
	"encoding/json"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// Open opens a sealed object; erased tells that its key was destroyed.
type Open func(key string, event domain.EventID, box []byte) (clear []byte, erased bool, err error)

// Replay is the state of the whole ledger after some prefix. Not safe for
// concurrent use.
type Replay struct {
	open Open

	next         domain.Position
	clock, last  domain.Instant
	lastID       domain.EventID
	days         map[domain.Day]domain.Position // day → last position whose clock stood there
	numbers      map[string]int                 // "C-2026" → numbers given
	holdingCount int

	accounts  map[domain.Stream]*book
	persons   map[domain.PersonID]*human
	holdings  []*post
	changes   map[domain.ChangeID]*change
	approvals map[domain.ApprovalID]*approval
	documents map[domain.DocumentID]*paper
	users     map[domain.UserID]*member
	codes     map[[2]string]domain.Position // code, unit → claimed by the founding at
	processes map[[2]string]*process        // process, stream
	underway  map[domain.ProcessID]transit

	moved     []posting // of the event applied last
	violation *Violation
	sums      map[levelKind]*conserved
}

type (
	// book is one unit or pool account.
	book struct {
		stream    domain.Stream
		unit      *account.UnitEstablished // nil: a pool, or never founded
		text      account.UnitText
		effective domain.Day
		founded   domain.Position
		revision  domain.Revision
		at        domain.Position
		time      domain.Instant
		lines     map[codes.LineKey]*line
		landings  map[domain.ProcessID]landing
		opening   *opening
	}
	line struct {
		byDay map[domain.Day]account.Balance // movements
		total account.Balance
		last  domain.Day // of the movements
		at    domain.Position
	}
	landing struct {
		line     codes.LineKey
		posts    int
		day      domain.Day
		document domain.DocumentID
		at       domain.Position
	}
	opening struct {
		process  domain.ProcessID
		expected int
		document domain.DocumentID
		at       domain.Position
		rows     []openingRow
	}
	openingRow struct {
		account.OpeningRow
		particulars account.Particulars
		at          domain.Position
	}
	posting struct {
		stream domain.Stream
		part   int
		account.Posting
		total account.Balance
	}
	human struct {
		id           domain.PersonID
		name, masked string
		holding      *post
		process      domain.ProcessID
		freeFrom     domain.Day
		at           domain.Position
	}
	// post is a holding: known from one position, its end from another.
	post struct {
		number      int
		id          domain.ChangeID
		unit        domain.UnitID
		person      domain.PersonID
		line        codes.LineKey
		class       codes.PersonClass
		from, to    domain.Day
		known       domain.Position
		ended       bool
		endKnown    domain.Position
		particulars account.Particulars
		name        string
		document    domain.DocumentID
	}
	change struct {
		account.Content
		id          domain.ChangeID
		number      string
		unit        domain.UnitID
		opened      domain.Position
		time        domain.Instant
		collector   string
		batch       string
		route       []account.Gate
		effective   domain.Day
		state       string // review, returned, withdrawn, recorded
		passed      int
		handlingDue domain.Day
		particulars account.Particulars
		note        string
		document    domain.DocumentID
		users       []string
		humans      []string
		steps       []touch
		revision    domain.Revision
		at          domain.Position
	}
	touch struct {
		human domain.HumanID
		gate  account.Gate // empty: collected, resubmitted, withdrawn or recorded
	}
	approval struct {
		account.UseApproved
		number          string
		stream          domain.Stream
		day             domain.Day
		document        domain.DocumentID
		plan            string
		drawn, consumed int
		ended           bool
		opened          domain.Position
		revision        domain.Revision
		at              domain.Position
	}
	paper struct {
		text  document.Text
		date  domain.Day
		hash  string
		size  int64
		cited int
		at    domain.Position
	}
	member struct {
		text     user.Text
		human    domain.HumanID
		disabled domain.Position // 0: not
		grants   map[string]*grant
		revision domain.Revision
		at       domain.Position
		order    domain.Position
	}
	grant struct {
		role     domain.Role
		scope    domain.Scope
		proposed bool
		by       string
		at       domain.Position
		spans    []span // when it stood
		gone     bool
	}
	// span is a time during which a grant stood: known to decisions that had
	// seen a position in [from, to).
	span    struct{ from, to domain.Position }
	process struct {
		kind   string
		change domain.ChangeID
		since  domain.Instant
		at     domain.Position
	}
)

// New returns the state before the first event. Without open, sealed objects
// stay closed and everything they hold is empty.
func New(open Open) *Replay {
	return &Replay{open: open, days: map[domain.Day]domain.Position{}, numbers: map[string]int{}, accounts: map[domain.Stream]*book{},
		persons: map[domain.PersonID]*human{}, changes: map[domain.ChangeID]*change{}, approvals: map[domain.ApprovalID]*approval{},
		documents: map[domain.DocumentID]*paper{}, users: map[domain.UserID]*member{}, codes: map[[2]string]domain.Position{},
		processes: map[[2]string]*process{}, underway: map[domain.ProcessID]transit{},
		sums: map[levelKind]*conserved{}}
}

// Next is how many events were applied.
func (r *Replay) Next() domain.Position { return r.next }

// Violation is the first rule that the ledger breaks, or nil.
func (r *Replay) Violation() *Violation { return r.violation }

// Apply folds the next event. An error says that the event cannot be read; the
// state is then of no use. What the event means is never judged by an error:
// see Violation.
func (r *Replay) Apply(e domain.Recorded) error {
	if e.Position != r.next {
		return fmt.Errorf("position %d where %d is next", e.Position, r.next)
	}
	payload, err := catalogue.Decode(e.Event)
	if err != nil {
		return fmt.Errorf("position %d: %w", e.Position, err)
	}
	s := step{Replay: r, e: &e, p: payload, pos: e.Position}
	if err := s.run(); err != nil {
		return fmt.Errorf("position %d (%s): %w", e.Position, e.Type, err)
	}
	return nil
}

// step is the application of one event.
type step struct {
	*Replay
	e   *domain.Recorded
	p   domain.Payload
	pos domain.Position
	err error
}

func (s *step) run() error {
	s.next++
	s.clock = max(s.clock, s.e.Time)
	s.last, s.lastID = s.e.Time, s.e.ID
	s.days[s.clock.Day()] = s.pos
	s.moved = s.moved[:0]
	if d := s.documents[s.e.DocumentID]; d != nil {
		d.cited++
		d.at = s.pos
	}
	s.authority()
	switch s.e.Stream.Kind() {
	case domain.AccountStream, domain.PoolStream:
		s.account()
	case domain.PersonStream:
		s.person()
	case domain.UserStream:
		s.user()
	case domain.DocumentStream:
		if p, ok := s.p.(document.Registered); ok {
			d := &paper{date: p.Date, hash: p.Digest, size: p.Size, at: s.pos}
			if s.unseal(p.Text, &d.text) {
				d.text = document.Text{Title: s.erasedName()}
			}
			s.documents[domain.DocumentID(s.e.Stream.Key())] = d
		}
	case domain.UnitCodeStream:
		switch p := s.p.(type) {
		case unitcode.Claimed:
			s.begin(p.Process, s.e.Stream, "unit", "")
		case unitcode.Held:
			s.settle(p.Process)
		case unitcode.Released:
			s.settle(p.Process)
		}
	}
	s.conservation()
	return s.err
}

func (s *step) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// unseal reads a sealed object and tells whether it is erased.
func (s *step) unseal(p *domain.Personal, into any) (erased bool) {
	if p == nil || s.open == nil {
		return false
	}
	clear, erased, err := s.open(p.Key, s.e.ID, p.Box)
	if err == nil && !erased {
		err = json.Unmarshal(clear, into)
	}
	if err != nil {
		s.fail("sealed object of %s: %w", p.Key, err)
	}
	return erased
}

// erasedName is the pseudonym of the stream's subject; shortID of any other.
func (s *step) erasedName() string { return erasedID(s.e.Stream.Key()) }

func erasedID(id string) string { return "已清除" + id[:min(8, len(id))] }

func (s *step) begin(p domain.ProcessID, stream domain.Stream, kind string, c domain.ChangeID) {
	s.processes[[2]string{string(p), string(stream)}] = &process{kind, c, s.e.Time, s.pos}
}

func (s *step) settle(p domain.ProcessID) {
	delete(s.processes, [2]string{string(p), string(s.e.Stream)})
}

func (s *step) number(letter string, width int) string {
	year := fmt.Sprintf("%s-%d", letter, s.e.Time.Day().Year())
	s.numbers[year]++
	return fmt.Sprintf("%s-%0*d", year, width, s.numbers[year])
}

func (s *step) person() {
	id := domain.PersonID(s.e.Stream.Key())
	if p, ok := s.p.(person.Registered); ok {
		h := &human{id: id, at: s.pos}
		var identity person.Identity
		if s.unseal(p.Private, &identity) {
			identity.Name = s.erasedName()
		}
		h.name = identity.Name
		h.masked = codes.MaskID(identity.IDNumber)
		s.persons[id] = h
		return
	}
	h := s.persons[id]
	if h == nil {
		s.fail("person %s is not registered", id)
		return
	}
	h.at = s.pos
	end := func(p domain.ProcessID) {
		if h.process == p {
			h.process = ""
		}
		s.settle(p)
	}
	switch p := s.p.(type) {
	case person.Claimed:
		h.process = p.Process
		kind := "entry"
		if p.Opening {
			kind = "opening"
		}
		s.begin(p.Process, s.e.Stream, kind, p.Change)
	case person.Held:
		end(p.Process)
	case person.Released:
		end(p.Process)
	}
}

func (s *step) user() {
	id := domain.UserID(s.e.Stream.Key())
	if p, ok := s.p.(user.Registered); ok {
		m := &member{human: p.Human, grants: map[string]*grant{}, revision: s.e.Revision, at: s.pos, order: s.pos}
		if s.unseal(p.Text, &m.text) {
			m.text = user.Text{Name: s.erasedName()}
		}
		s.users[id] = m
		return
	}
	m := s.users[id]
	if m == nil {
		s.fail("user %s is not registered", id)
		return
	}
	m.revision, m.at = s.e.Revision, s.pos
	set := func(id string, role domain.Role, scope domain.Scope, proposed bool) {
		g := m.grants[id]
		if g == nil {
			g = &grant{}
			m.grants[id] = g
		}
		g.role, g.scope, g.proposed, g.by, g.at, g.gone = role, scope, proposed, s.e.AuthID, s.pos, false
		if !proposed {
			g.spans = append(g.spans, span{s.pos, forever})
		}
	}
	switch p := s.p.(type) {
	case user.Disabled:
		m.disabled = s.pos
	case user.RoleProposed:
		set(p.Grant, p.Role, p.Scope, true)
	case user.RoleGranted:
		set(p.Grant, p.Role, p.Scope, false)
	case user.RoleRevoked:
		if g := m.grants[p.Grant]; g != nil {
			g.gone = true
			if n := len(g.spans); n > 0 && g.spans[n-1].to == forever {
				g.spans[n-1].to = s.pos
			}
		}
	}
}

const forever = domain.Position(1<<63 - 1)
