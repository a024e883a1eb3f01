package model

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
)

// Model is the whole ledger as the rules say it must be.
type Model struct {
	now       domain.Instant
	users     map[domain.UserID]*user
	signIns   map[string]domain.UserID
	units     map[domain.UnitID]*unit
	codes     map[string]domain.UnitID // unit code → who has it
	documents map[domain.DocumentID]bool
	people    map[domain.PersonID]*person
	numbers   map[string]domain.PersonID // ID number → person
	lines     map[lineOf][]*fact
	posts     map[lineOf][]*holding
	landings  []landing
	approvals map[domain.ApprovalID]*approval
	changes   map[domain.ChangeID]*change
	ceiling   map[levelKind][]fact // what pools were set to, as changes
	shipped   rules
	policies  policies
	calendars map[int]calendar
	streams   map[domain.Stream]domain.Revision // of the last event
	keys      map[string]carriedOut
	due       map[string]dueFact // what fell due and is not written yet, by type and subject
	wrong     []string           // what the ledger says and cannot say
}

type (
	lineOf struct {
		stream domain.Stream
		line   codes.LineKey
	}
	levelKind struct {
		level domain.Level
		kind  codes.PostKind
	}
	// fact changes a line from a day on; o is only for what would be. known is
	// the position of the event that says it.
	fact struct {
		day        domain.Day
		a, o, r, h int
		known      domain.Position
	}
	dueFact struct {
		*fact
		stream domain.Stream
	}
	landing struct {
		process domain.ProcessID
		at      lineOf
		posts   int
		day     domain.Day
	}
	user struct {
		human  domain.HumanID
		active bool
		grants map[string]*grant
		stream domain.Stream
	}
	grant struct {
		role     domain.Role
		scope    domain.Scope
		proposed bool
		by       domain.HumanID
	}
	unit struct {
		level   domain.Level
		parent  domain.UnitID
		code    string
		opening *opening
	}
	opening struct {
		rows   int
		people []openingRow
	}
	openingRow struct {
		person domain.PersonID
		line   codes.LineKey
		class  codes.PersonClass
		since  domain.Day
	}
	person struct {
		number, name string
		holds        *holding
		freeFrom     domain.Day    // of the last exit
		claimed      domain.UnitID // by an opening balance under way
		tried        bool          // only on a scratch copy: not on record yet
	}
	// holding is a person in post from a day up to the day before another.
	holding struct {
		id             domain.ChangeID // the entry; empty where an opening balance brought it
		person         domain.PersonID
		unit           domain.UnitID
		line           codes.LineKey
		class          codes.PersonClass
		from, to       domain.Day
		known, toKnown domain.Position
	}
	approval struct {
		unit            domain.UnitID
		line            codes.LineKey
		manner          codes.Manner
		posts           int
		drawn, consumed int
		day, validTo    domain.Day
		human           domain.HumanID
		ended           bool
		revision        domain.Revision
	}
	change struct {
		unit      domain.UnitID
		kind      account.Kind
		person    domain.PersonID
		line      codes.LineKey
		class     codes.PersonClass
		manner    codes.Manner
		approval  domain.ApprovalID
		exit      codes.ExitReason
		says      string // all that the form says; a pass binds it
		effective domain.Day
		document  domain.DocumentID
		status    account.Status
		route     []account.Gate
		passed    int
		steps     []step
		returned  domain.Day
		due       domain.Day
		revision  domain.Revision
	}
	// step is who did what; gate is empty for collectors and recorders.
	step struct {
		human domain.HumanID
		gate  account.Gate
	}
	calendar struct{ holidays, workdays map[domain.Day]bool }
	// carriedOut is a command that was accepted: its request and its events.
	carriedOut struct {
		digest string
		events []domain.Position
		rows   map[int]string // batch acts: rows set aside, by the name of the refusal
	}
)

const unknown = domain.Position(1<<63 - 1) // known of what is not written yet

// New is the model of an empty ledger.
func New() *Model {
	d := policy.Defaults()
	return &Model{
		shipped: rules{d.Routes, d.Checklists, d.Compatibility, d.Approvals, d.Deadlines, d.Bounds, d.Authority}, policies: policies{},
		users: map[domain.UserID]*user{}, signIns: map[string]domain.UserID{}, units: map[domain.UnitID]*unit{},
		codes: map[string]domain.UnitID{}, documents: map[domain.DocumentID]bool{}, people: map[domain.PersonID]*person{},
		numbers: map[string]domain.PersonID{}, lines: map[lineOf][]*fact{}, posts: map[lineOf][]*holding{},
		approvals: map[domain.ApprovalID]*approval{}, changes: map[domain.ChangeID]*change{}, ceiling: map[levelKind][]fact{},
		calendars: chineseCalendars(), streams: map[domain.Stream]domain.Revision{}, keys: map[string]carriedOut{}, due: map[string]dueFact{}}
}

func (m *Model) today() domain.Day { return m.now.Day() }

// scratch is a copy on which the rows of a batch are tried one after the other.
func (m *Model) scratch() *Model {
	c := *m
	c.people, c.lines, c.posts = copied(m.people), maps.Clone(m.lines), maps.Clone(m.posts)
	for k, facts := range c.lines {
		c.lines[k] = slices.Clone(facts)
	}
	c.numbers = maps.Clone(m.numbers)
	c.approvals, c.changes = copied(m.approvals), copied(m.changes)
	for _, ch := range c.changes {
		ch.steps = slices.Clone(ch.steps)
	}
	c.due = maps.Clone(m.due)
	again := map[*holding]*holding{}
	for k, hs := range c.posts {
		c.posts[k] = make([]*holding, len(hs))
		for i, h := range hs {
			copied := *h
			c.posts[k][i], again[h] = &copied, &copied
		}
	}
	for _, p := range c.people {
		p.holds = again[p.holds]
	}
	return &c
}

// add lets a fact count.
func (m *Model) add(l lineOf, f fact) *fact {
	m.lines[l] = append(m.lines[l], &f)
	return &f
}

func copied[K comparable, V any](from map[K]*V) map[K]*V {
	to := make(map[K]*V, len(from))
	for k, v := range from {
		c := *v
		to[k] = &c
	}
	return to
}

// liveOf is the live change about a person in a unit.
func (m *Model) liveOf(u domain.UnitID, p domain.PersonID) domain.ChangeID {
	for id, c := range m.changes {
		if c.unit == u && c.person == p && c.live() {
			return id
		}
	}
	return ""
}

func (c *change) live() bool {
	return c.status == account.StatusReview || c.status == account.StatusReturned
}

// gate is the gate that the change waits for; empty when it waits for none.
func (c *change) gate() account.Gate {
	if c.status != account.StatusReview || c.passed == len(c.route) {
		return ""
	}
	return c.route[c.passed]
}
