package usecase_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// The processes are walked through every interleaving (design §6): an append
// carries the exact revision of the stream it writes, so whatever a driver does,
// crash, pause, retry, wake late, work twice, comes down to this: at any time,
// any driver appends one step, having folded the written stream fresh and
// having seen every other stream at any older prefix. The explorer takes the
// real decide, step and apply functions, and checks after every append that
// posts and people are conserved, and wherever no driver has anything left to
// do that every process is settled.

// node is one version of a stream: the version before it and one more event.
type node struct {
	id      int
	parent  *node // nil at the base, which everybody has seen
	rev     domain.Revision
	payload domain.Payload
	head    domain.Head
	account *account.Account
	person  *person.State
	code    *unitcode.State
}

// prefixes are the stream at every age, the present one first.
func (n *node) prefixes() []*node {
	var all []*node
	for ; n != nil; n = n.parent {
		all = append(all, n)
	}
	return all
}

// eventsOf are the events of a type that a stream has got since the base, oldest
// first.
func eventsOf[E domain.Payload](n *node) (found []E, heads []domain.Head) {
	for _, at := range n.prefixes() {
		if e, ok := at.payload.(E); ok && at.parent != nil {
			found, heads = append(found, e), append(heads, at.head)
		}
	}
	slices.Reverse(found)
	slices.Reverse(heads)
	return found, heads
}

// ledger is a version of every stream.
type ledger map[domain.Stream]*node

func (l ledger) key() string {
	var b strings.Builder
	for _, s := range slices.Sorted(maps.Keys(l)) {
		fmt.Fprintf(&b, "%d,", l[s].id)
	}
	return b.String()
}

// explorer walks all ledgers that the acts of a scenario can make.
type explorer struct {
	steps
	facts  account.Facts
	acts   []act
	nodes  map[string]*node // interned by parent, head and payload
	seen   map[string]bool
	states int
	ends   int
	path   []string
	bad    string
}

// act offers the appends that drivers may make now.
type act func(x *explorer, l ledger, emit func(name string, stream domain.Stream, drafts []domain.Draft))

const (
	statesMax = 100_000
	pathMax   = 100
)

func (x *explorer) append(l ledger, stream domain.Stream, drafts []domain.Draft) ledger {
	next := maps.Clone(l)
	at := x.root(l, stream)
	for _, d := range drafts {
		at = x.extend(at, stream, domain.Head{Stream: stream, Revision: at.rev + 1, Time: x.facts.Now, Effective: d.Effective,
			DocumentID: d.Document, ReasonCode: d.Reason, AuthType: domain.AuthUser, AuthID: "someone", Type: d.Payload.EventType()}, d.Payload)
	}
	next[stream] = at
	return next
}

func (x *explorer) root(l ledger, stream domain.Stream) *node {
	if n := l[stream]; n != nil {
		return n
	}
	return x.intern("root "+string(stream), func() *node {
		n := &node{rev: domain.NoStream}
		switch stream.Kind() {
		case domain.PersonStream:
			n.person = person.New(domain.PersonID(stream.Key()))
		case domain.UnitCodeStream:
			n.code = unitcode.New(stream.Key())
		default:
			n.account = account.New(stream)
		}
		return n
	})
}

func (x *explorer) intern(key string, make func() *node) *node {
	if n, ok := x.nodes[key]; ok {
		return n
	}
	n := make()
	n.id = len(x.nodes)
	x.nodes[key] = n
	return n
}

func (x *explorer) extend(parent *node, stream domain.Stream, h domain.Head, p domain.Payload) *node {
	data, err := json.Marshal(plainOf(p))
	if err != nil {
		panic(err)
	}
	return x.intern(fmt.Sprintf("%d %s %s %s %s", parent.id, stream, h.Type, h.Effective, data), func() *node {
		n := &node{parent: parent, rev: h.Revision, payload: p, head: h}
		switch {
		case parent.person != nil:
			copied := *parent.person
			copied.Apply(h, p)
			n.person = &copied
		case parent.code != nil:
			copied := *parent.code
			copied.Apply(h, p)
			n.code = &copied
		default:
			n.account = parent.account.Clone()
			n.account.Apply(h, p)
		}
		return n
	})
}

// plainOf drops what is sealed: it cannot be marshalled and plays no part.
func plainOf(p domain.Payload) any {
	switch e := p.(type) {
	case account.StaffingWithdrawn:
		e.Text = nil
		return e
	case account.StaffingCollected:
		e.Private = nil
		return e
	case account.OpeningPart:
		e.Rows = slices.Clone(e.Rows)
		for i := range e.Rows {
			e.Rows[i].Private = nil
		}
		return e
	case person.Registered:
		return struct{}{}
	case account.UnitEstablished:
		e.Text = nil
		return e
	case unitcode.Claimed:
		e.Text = nil
		return e
	}
	return p
}

// explore walks depth first; it stops at the first ledger that breaks a law.
func (x *explorer) explore(l ledger) {
	key := l.key()
	if x.bad != "" || x.seen[key] {
		return
	}
	x.seen[key] = true
	if x.states++; x.states > statesMax {
		x.bad = fmt.Sprintf("more than %d states: the scenario is too large", statesMax)
		return
	}
	if len(x.path) > pathMax {
		x.bad = fmt.Sprintf("still at work after %d appends", pathMax)
		return
	}
	if law := x.broken(l); law != "" {
		x.bad = law
		return
	}
	quiet := true
	for _, a := range x.acts {
		a(x, l, func(name string, stream domain.Stream, drafts []domain.Draft) {
			if len(drafts) == 0 || x.bad != "" {
				return
			}
			if !strings.HasPrefix(name, "ask ") { // what people ask for need not happen
				quiet = false
			}
			x.path = append(x.path, name+" @"+string(stream))
			x.explore(x.append(l, stream, drafts))
			if x.bad == "" {
				x.path = x.path[:len(x.path)-1]
			}
		})
	}
	if quiet && x.bad == "" {
		x.ends++
		if law := x.unsettled(l); law != "" {
			x.bad = law
		}
	}
}

// broken names the law that a ledger breaks, at any moment.
func (x *explorer) broken(l ledger) string {
	today := x.facts.Now.Day()
	holders := map[domain.PersonID][]domain.Stream{}
	posts := map[codes.PostKind]int{}
	for _, stream := range slices.Sorted(maps.Keys(l)) {
		a := l[stream].account
		if a == nil {
			continue
		}
		for _, key := range a.Lines() {
			b := a.BalanceOn(key, today)
			posts[key.Kind()] += b[0]
			if b.Free() < 0 || b[2] < 0 || b[1] < 0 || b[3] < 0 {
				return fmt.Sprintf("%s %s stands at %v", stream, key, b)
			}
			occupied := 0
			for _, h := range a.Holdings() {
				if h.Line == key {
					occupied++
				}
			}
			if occupied != b[1] {
				return fmt.Sprintf("%s %s: O is %d, %d people", stream, key, b[1], occupied)
			}
		}
		for _, h := range a.Holdings() {
			holders[h.Person] = append(holders[h.Person], stream)
		}
		for _, o := range a.Offers() {
			if done, _, _ := accountOf(l, o.Taker).Outcome(o.Process); !done {
				posts[o.GiverLine.Kind()] += o.Posts
			}
		}
		for _, p := range a.Approvals() {
			if p.Drawn < 0 || p.Consumed < 0 || p.Drawn+p.Consumed > p.Posts {
				return fmt.Sprintf("%s: approval %s drawn %d, consumed %d of %d", stream, p.ID, p.Drawn, p.Consumed, p.Posts)
			}
		}
	}
	for p, at := range holders {
		if len(at) > 1 {
			return fmt.Sprintf("person %s holds posts in %v", p, at)
		}
	}
	if posts[codes.Administrative] != ceiling {
		return fmt.Sprintf("%d posts, the ceiling is %d", posts[codes.Administrative], ceiling)
	}
	return ""
}

func accountOf(l ledger, stream domain.Stream) *account.Account {
	if n := l[stream]; n != nil {
		return n.account
	}
	return account.New(stream)
}

// unsettled names what is left over where no driver has anything to do.
func (x *explorer) unsettled(l ledger) string {
	for _, stream := range slices.Sorted(maps.Keys(l)) {
		n := l[stream]
		switch {
		case n.person != nil:
			if c, _, open := n.person.Open(); open {
				bracket, _ := accountOf(l, domain.AccountOf(c.Unit)).Opening()
				if !c.Opening || bracket.Process != c.Process {
					return fmt.Sprintf("%s: claim %s stays open", stream, c.Process)
				}
				continue
			}
			held, holds := n.person.Holding()
			for _, other := range slices.Sorted(maps.Keys(l)) {
				if a := l[other].account; a != nil {
					h, here := a.Holding(n.person.ID())
					if here != (holds && domain.AccountOf(held.Unit) == other) || here && h.ID != held.Holding {
						return fmt.Sprintf("%s: %s says %v, the person says %v", stream, other, here, held)
					}
				}
			}
		case n.code != nil:
			if _, _, open := n.code.Open(); open {
				return fmt.Sprintf("%s: claim stays open", stream)
			}
			if u := n.code.Holder(); u != "" && !accountOf(l, domain.AccountOf(u)).Unit().Established {
				return fmt.Sprintf("%s: held by a unit that does not exist", stream)
			}
		case n.account != nil:
			if offers := n.account.Offers(); len(offers) > 0 {
				return fmt.Sprintf("%s: offer %s stays open", stream, offers[0].Process)
			}
			if u := n.account.Unit(); u.Established && strings.HasPrefix(u.Code, "330200-9") {
				if c := l[domain.StreamOf(domain.UnitCodeStream, u.Code)]; c == nil || domain.AccountOf(c.code.Holder()) != stream {
					return fmt.Sprintf("%s: established, but its code is not held", stream)
				}
			}
		}
	}
	return ""
}

const ceiling = 12

// steps are what drivers do; a test of the explorer puts a broken one in.
type steps struct {
	claim       func(*person.State, person.Claimed, domain.Day) (domain.Decision, error)
	decideEntry func(*account.Account, person.Claimed, domain.Head, account.Facts) usecase.Step
	settleEntry func(*person.State, *account.Account) usecase.Step
	record      func(*account.Account, account.Record, account.Facts) (domain.Decision, error)
	settleExit  func(*person.State, account.StaffingRecorded, domain.Day) (usecase.Step, bool)
	withdraw    func(*account.Account, account.Withdraw, account.Facts) (domain.Decision, error)
	offer       func(*account.Account, account.Offer, account.Facts) (domain.Decision, error)
	take        func(*account.Account, domain.Stream, account.Offered, account.Facts) usecase.Step
	settleOffer func(giver, taker *account.Account, p domain.ProcessID, now domain.Instant) usecase.Step
	claimCode   func(*unitcode.State, unitcode.Claimed, domain.Draft) (domain.Decision, error)
	establish   func(*account.Account, string, unitcode.Claimed, domain.Head, account.Facts) usecase.Step
	settleCode  func(*unitcode.State, *account.Account) usecase.Step
	addPart     func(*account.Account, account.AddPart, account.Facts) (domain.Decision, error)
	complete    func(*account.Account, account.CloseOpening, account.Facts) (domain.Decision, error)
	register    func(*person.State, *domain.Personal) domain.Decision
	collect     func(*account.Account, account.Collect, account.Facts) (domain.Decision, error)
	unclaimed   bool // broken: a part names persons who are not claimed
}

func realSteps() steps {
	return steps{
		claim:       (*person.State).DecideClaim,
		decideEntry: usecase.StepDecideEntry,
		settleEntry: usecase.StepSettleEntry,
		record:      (*account.Account).DecideRecord,
		settleExit:  usecase.StepSettleExit,
		withdraw:    (*account.Account).DecideWithdraw,
		offer:       (*account.Account).DecideOffer,
		take:        usecase.StepTake,
		settleOffer: usecase.StepSettleOffer,
		claimCode:   (*unitcode.State).DecideClaim,
		establish:   usecase.StepEstablish,
		settleCode:  usecase.StepSettleCode,
		addPart:     (*account.Account).DecideAddPart,
		complete:    (*account.Account).DecideCompleteOpening,
		register:    (*person.State).DecideRegister,
		collect:     (*account.Account).DecideCollect,
	}
}

// entry records a change that has passed its gates, twice at the most.
func entry(name string, u domain.UnitID, change domain.ChangeID, p domain.PersonID) act {
	command := domain.CommandID("entry " + name)
	stream, of := domain.AccountOf(u), domain.PersonOf(p)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		person0 := x.root(l, of)
		claims, heads := eventsOf[person.Claimed](person0)
		tries := 0
		for i, c := range claims {
			if c.Command != command {
				continue
			}
			tries++
			emit("decide "+name, stream, x.decideEntry(x.root(l, stream).account, c, heads[i], x.facts).Drafts())
		}
		if c, ok := x.root(l, stream).account.Change(change); ok && tries < 2 {
			claimed := person.Claimed{Process: usecase.ProcessID(command, of, person0.rev+1), Unit: u, Change: change,
				Hash: c.Content.Hash, Human: x.facts.Actor.Human, Command: command}
			if d, err := x.claim(person0.person, claimed, c.Effective); err == nil {
				emit("ask claim "+name, of, d.Drafts)
			}
		}
		settleAll(x, l, name, of, emit)
	}
}

// settleAll offers to settle a person's open claim, having seen the account of
// its unit at any age.
func settleAll(x *explorer, l ledger, name string, of domain.Stream, emit func(string, domain.Stream, []domain.Draft)) {
	n := x.root(l, of)
	claims, _ := eventsOf[person.Claimed](n)
	for _, c := range claims {
		for _, seen := range x.root(l, domain.AccountOf(c.Unit)).prefixes() {
			emit("settle "+name, of, x.settleEntry(n.person, seen.account).Drafts())
		}
	}
}

// exit records an exit that has passed its gates.
func exit(name string, v domain.UnitID, change domain.ChangeID, p domain.PersonID) act {
	command := domain.CommandID("exit " + name)
	stream, of := domain.AccountOf(v), domain.PersonOf(p)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		n := x.root(l, stream)
		if d, err := x.record(n.account, account.Record{Process: usecase.ProcessID(command, stream, n.rev+1), Change: change}, x.facts); err == nil {
			emit("ask record "+name, stream, d.Drafts)
		}
		recorded, heads := eventsOf[account.StaffingRecorded](n)
		released, _ := eventsOf[person.Released](x.root(l, of))
		for i, e := range recorded {
			done := slices.ContainsFunc(released, func(r person.Released) bool { return r.Process == e.Process })
			if e.Kind == account.Exit && e.Person == p && !done {
				step, open := x.settleExit(x.root(l, of).person, e, heads[i].Effective)
				if !open {
					emit("settle "+name, of, step.Drafts())
				}
			}
		}
	}
}

// withdraw ends a change at any moment.
func withdraw(u domain.UnitID, change domain.ChangeID) act {
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		n := x.root(l, domain.AccountOf(u))
		if d, err := x.withdraw(n.account, account.Withdraw{Change: change}, x.facts); err == nil {
			emit("ask withdraw", domain.AccountOf(u), d.Drafts)
		}
	}
}

// quota moves posts, once.
func quota(name string, giver, taker domain.Stream, posts int) act {
	command := domain.CommandID("quota " + name)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		g := x.root(l, giver)
		offers, heads := eventsOf[account.QuotaOffered](g)
		mine := false
		for i, o := range offers {
			if o.Command != command {
				continue
			}
			mine = true
			emit("take "+name, taker, x.take(x.root(l, taker).account, giver, account.Offered{QuotaOffered: o, Head: heads[i]}, x.facts).Drafts())
			for _, seen := range x.root(l, taker).prefixes() {
				emit("settle "+name, giver, x.settleOffer(g.account, seen.account, o.Process, x.facts.Now).Drafts())
			}
		}
		if mine {
			return
		}
		p := usecase.ProcessID(command, giver, g.rev+1)
		d, err := x.offer(g.account, account.Offer{Process: p, Taker: taker, TakerLine: adm, GiverLine: adm, Posts: posts,
			Effective: x.facts.Now.Day(), Command: command}, x.facts)
		if err == nil {
			emit("ask offer "+name, giver, d.Drafts)
		}
	}
}

// founding founds a unit under a code, twice at the most.
func founding(name, code string, u domain.UnitID) act {
	command := domain.CommandID("founding " + name)
	of, stream := domain.StreamOf(domain.UnitCodeStream, code), domain.AccountOf(u)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		n := x.root(l, of)
		claims, heads := eventsOf[unitcode.Claimed](n)
		tries := 0
		for i, c := range claims {
			if c.Command != command {
				continue
			}
			tries++
			emit("establish "+name, stream, x.establish(x.root(l, stream).account, code, c, heads[i], x.facts).Drafts())
			for _, seen := range x.root(l, stream).prefixes() {
				emit("settle "+name, of, x.settleCode(n.code, seen.account).Drafts())
			}
		}
		if tries < 2 {
			claimed := unitcode.Claimed{Process: usecase.ProcessID(command, of, n.rev+1), Unit: u, Level: codes.City, Command: command}
			if d, err := x.claimCode(n.code, claimed, domain.Draft{Effective: x.facts.Now.Day()}); err == nil {
				emit("ask claim "+name, of, d.Drafts)
			}
		}
	}
}

// newcomer registers a person of a new ID number, collects and passes an entry
// in a unit, and records it.
func newcomer(name string, u domain.UnitID, p domain.PersonID) act {
	change := domain.ChangeID("change " + name)
	of, stream := domain.PersonOf(p), domain.AccountOf(u)
	record := entry(name, u, change, p)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		n, a := x.root(l, of), x.root(l, stream)
		emit("ask register "+name, of, x.register(n.person, nil).Drafts)
		c, collected := a.account.Change(change)
		for _, seen := range n.prefixes() {
			if collected || !seen.person.Registered() {
				continue
			}
			var fact account.PersonFact
			if held, holds := seen.person.Holding(); holds && held.Unit != u {
				fact.HoldsElsewhere = held.Unit
			}
			f := x.facts
			f.Actor.Human = "collector"
			d, err := x.collect(a.account, account.Collect{Change: change, Person: fact, Effective: f.Now.Day(),
				Content: account.Content{Kind: account.Entry, Person: p, LineKey: adm, Class: codes.ClassCivilServant,
					Manner: codes.Resettlement, Hash: "hash"}}, f)
			if err == nil {
				emit("ask collect "+name, stream, d.Drafts)
			}
		}
		passNext(x, a, c, name, stream, emit)
		if c.Passed == len(c.Route) && collected {
			record(x, l, emit)
		} else {
			settleAll(x, l, name, of, emit)
		}
	}
}

// leaver collects, passes and records the exit of somebody whose entry may not
// be settled yet.
func leaver(name string, u domain.UnitID, p domain.PersonID) act {
	change := domain.ChangeID("change " + name)
	stream := domain.AccountOf(u)
	record := exit(name, u, change, p)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		a := x.root(l, stream)
		c, collected := a.account.Change(change)
		if !collected {
			f := x.facts
			f.Actor.Human = "collector"
			d, err := x.collect(a.account, account.Collect{Change: change, Effective: f.Now.Day(),
				Content: account.Content{Kind: account.Exit, Person: p, ExitReason: codes.Retirement, Hash: "hash"}}, f)
			if err == nil {
				emit("ask collect "+name, stream, d.Drafts)
			}
			return
		}
		passNext(x, a, c, name, stream, emit)
		record(x, l, emit)
	}
}

// passNext passes the gate that a change waits for.
func passNext(x *explorer, a *node, c account.Change, name string, stream domain.Stream, emit func(string, domain.Stream, []domain.Draft)) {
	gate, waits := c.NextGate()
	if !waits {
		return
	}
	f := x.facts
	f.Actor.Human = domain.HumanID(gate)
	var items []string
	for _, item := range f.Policy.Checklists[string(gate)] {
		items = append(items, item.Key)
	}
	if d, err := a.account.DecidePass(account.Pass{Change: c.ID, Gate: gate, Items: items}, f); err == nil {
		emit("ask pass "+name, stream, d.Drafts)
	}
}

// opening brings persons into a unit by an opening balance, in one part each.
func opening(name string, u domain.UnitID, persons ...domain.PersonID) act {
	return openingOf(name, u, len(persons), persons...)
}

// openingOf may leave persons out that were claimed for it.
func openingOf(name string, u domain.UnitID, rows int, persons ...domain.PersonID) act {
	command := domain.CommandID("opening " + name)
	stream := domain.AccountOf(u)
	return func(x *explorer, l ledger, emit func(string, domain.Stream, []domain.Draft)) {
		n := x.root(l, stream)
		started, _ := eventsOf[account.OpeningStarted](n)
		if len(started) == 0 {
			p := usecase.ProcessID(command, stream, n.rev+1)
			if d, err := n.account.DecideStartOpening(account.StartOpening{Process: p, Rows: rows}, x.facts); err == nil {
				emit("ask start "+name, stream, d.Drafts)
			}
			return
		}
		p := started[0].Process
		for _, person1 := range persons {
			of := domain.PersonOf(person1)
			x1 := x.root(l, of)
			holding := domain.ChangeID("holding " + string(person1))
			claims, _ := eventsOf[person.Claimed](x1)
			claimed := slices.ContainsFunc(claims, func(c person.Claimed) bool { return c.Process == p })
			if !claimed && !x.unclaimed {
				if d, err := x.claim(x1.person, person.Claimed{Process: p, Unit: u, Change: holding, Opening: true, Command: command}, x.facts.Now.Day()); err == nil {
					emit("ask claim "+name, of, d.Drafts)
				}
				continue
			}
			o, open := n.account.Opening()
			part := 0
			if open {
				part = o.Parts
			}
			d, err := x.addPart(n.account, account.AddPart{Process: p, Part: part, Rows: []account.OpeningRow{{Holding: holding,
				Person: person1, LineKey: adm, Class: codes.ClassCivilServant, Since: x.facts.Now.Day()}}}, x.facts)
			if err == nil {
				emit("ask part "+name, stream, d.Drafts)
			}
			settleAll(x, l, name, of, emit)
		}
		if d, err := x.complete(n.account, account.CloseOpening{Process: p}, x.facts); err == nil {
			emit("ask complete "+name, stream, d.Drafts)
		}
		if d, err := n.account.DecideAbandonOpening(account.CloseOpening{Process: p}, x.facts); err == nil {
			emit("ask abandon "+name, stream, d.Drafts)
		}
	}
}

// base is what every scenario begins with: a city with 12 posts.
type base struct {
	w       *world.World
	u, v, z domain.UnitID
	pool    domain.Stream
	in      map[string]domain.PersonID // p0 in U, p1 in V; p2 to p4 in no unit
	entries map[string]domain.ChangeID // "p2>U": passed all gates
	exits   map[string]domain.ChangeID // "p0<U": passed all gates
}

// newBase: U [2 1 0 0 1], V [2 1 0 0 1], Z [3 0 1 0 2] with an approval of 1
// post; the pool has 5 posts.
func newBase(t *testing.T) *base {
	w := world.New(t, "2026-03-02")
	b := &base{w: w, pool: domain.PoolOf(codes.City), in: map[string]domain.PersonID{}, entries: map[string]domain.ChangeID{}, exits: map[string]domain.ChangeID{}}
	w.Must("K", usecase.SetPool{Level: codes.City, Line: adm, Posts: 5, Document: w.Document()})
	b.u, b.v, b.z = w.Unit("U", adm, 2, 0), w.Unit("V", adm, 2, 0), w.Unit("Z", adm, 3, 0)
	_, b.in["p0"] = w.Enter("U", 0, adm, "2026-03-02")
	_, b.in["p1"] = w.Enter("V", 1, adm, "2026-03-02")
	approval := domain.ApprovalID(w.Must("f2", usecase.ApproveUse{Unit: b.z, Line: adm, Posts: 1, Manner: codes.Exam, Document: w.Document()}).ID)
	collect := func(unit string, n int, exam bool) {
		f := w.EntryForm(n, adm, "2026-03-02")
		if exam {
			f.Manner, f.Approval = codes.Exam, approval
		}
		change := w.Collect(unit, f)
		w.Pass(change, world.Gates...)
		name := fmt.Sprintf("p%d", n)
		b.in[name], b.entries[name+">"+unit] = w.Person(n), change
	}
	for n, units := range map[int]string{2: "UVZ", 3: "UV", 4: "U"} {
		for _, u := range units {
			collect(string(u), n, n == 2 && u == 'Z')
		}
	}
	for name, unit := range map[string]string{"p0": "U", "p1": "V"} {
		change := w.Collect(unit, w.ExitForm(b.in[name], "2026-03-02"))
		w.Pass(change, world.Gates...)
		b.exits[name+"<"+unit] = change
	}
	return b
}

// load takes the streams of the base into an explorer.
func (b *base) load(x *explorer) ledger {
	w, l := b.w, ledger{}
	for stream, err := range w.Store.Streams(w.Ctx, "") {
		if err != nil {
			w.T.Fatal(err)
		}
		if kind := stream.Kind(); kind != domain.AccountStream && kind != domain.PoolStream && kind != domain.PersonStream {
			continue
		}
		n := x.root(l, stream)
		for e, err := range w.Store.Stream(w.Ctx, stream, 0) {
			if err != nil {
				w.T.Fatal(err)
			}
			p, err := catalogue.Decode(e.Event)
			if err != nil {
				w.T.Fatal(err)
			}
			switch {
			case n.person != nil:
				n.person.Apply(e.Head, p)
			default:
				n.account.Apply(e.Head, p)
			}
			n.rev = e.Revision
		}
		l[stream] = n
	}
	return l
}

func (b *base) explorer(broken func(*steps), acts ...act) *explorer {
	w := b.w
	set, err := w.Service.Policy(w.Ctx, w.Clock.Now().Day())
	if err != nil {
		w.T.Fatal(err)
	}
	x := &explorer{steps: realSteps(), acts: acts, nodes: map[string]*node{}, seen: map[string]bool{},
		facts: account.Facts{Now: w.Clock.Now(), Actor: domain.Actor{User: w.User("e1"), Human: domain.HumanID(w.User("e1")), Role: domain.Recorder},
			Policy: set, Calendar: w.Service.Calendar(), Document: account.DocumentFact{ID: w.Document(), Known: true}}}
	if broken != nil {
		broken(&x.steps)
	}
	return x
}

// scenarios are the sets of acts whose interleavings are walked.
func (b *base) scenarios() map[string][]act {
	e := func(key string, u domain.UnitID) act { return entry(key, u, b.entries[key], b.in[key[:2]]) }
	ex := func(key string, v domain.UnitID) act { return exit(key, v, b.exits[key], b.in[key[:2]]) }
	fresh := domain.PersonID("fresh")
	n1, n2 := domain.UnitID("new-1"), domain.UnitID("new-2")
	U, V := domain.AccountOf(b.u), domain.AccountOf(b.v)
	return map[string][]act{
		"one person, two units":               {e("p2>U", b.u), e("p2>V", b.v)},
		"one person, three units":             {e("p2>U", b.u), e("p2>V", b.v), e("p2>Z", b.z)},
		"two persons, one post":               {e("p3>U", b.u), e("p4>U", b.u)},
		"three for one post, one withdrawn":   {e("p2>U", b.u), e("p3>U", b.u), e("p4>U", b.u), withdraw(b.u, b.entries["p4>U"])},
		"entry against withdrawal":            {e("p3>U", b.u), withdraw(b.u, b.entries["p3>U"])},
		"exit makes room":                     {ex("p0<U", b.u), e("p3>U", b.u), e("p4>U", b.u)},
		"crossing units":                      {ex("p0<U", b.u), e("p2>U", b.u), e("p2>V", b.v), ex("p1<V", b.v)},
		"withdrawal of a drawn post":          {e("p2>Z", b.z), withdraw(b.z, b.entries["p2>Z"]), quota("z", domain.AccountOf(b.z), b.pool, 2)},
		"quota against entry":                 {quota("a", U, V, 1), e("p3>U", b.u), e("p3>V", b.v)},
		"crossing quota":                      {quota("a", U, V, 1), quota("b", V, U, 1), quota("c", b.pool, U, 1)},
		"quota to a unit that is opening":     {quota("a", V, U, 1), quota("c", U, b.pool, 1), opening("o", b.u, b.in["p2"])},
		"two units, one code":                 {founding("1", "330200-9001", n1), founding("2", "330200-9001", n2)},
		"founding and quota":                  {founding("1", "330200-9001", n1), quota("a", b.pool, domain.AccountOf(n1), 2)},
		"a newcomer in two units":             {newcomer("1", b.u, fresh), newcomer("2", b.v, fresh)},
		"opening against entry":               {opening("o", b.u, b.in["p2"]), e("p2>V", b.v), e("p3>U", b.u)},
		"opening of two":                      {opening("o", b.u, b.in["p2"], b.in["p3"]), e("p3>V", b.v)},
		"opening that leaves one out":         {openingOf("o", b.u, 1, b.in["p2"], b.in["p3"]), e("p3>V", b.v)},
		"opening of one person in two units":  {opening("o", b.u, b.in["p2"]), opening("o2", b.v, b.in["p2"])},
		"leaves and comes again":              {ex("p0<U", b.u), newcomer("1", b.u, b.in["p0"]), newcomer("2", b.v, b.in["p0"])},
		"an exit before its entry is settled": {e("p2>Z", b.z), leaver("x", b.z, b.in["p2"]), e("p2>V", b.v)},
		"entries, exit, quota and withdrawal": {ex("p0<U", b.u), e("p3>U", b.u), e("p3>V", b.v), quota("a", V, U, 1),
			withdraw(b.u, b.entries["p3>U"])},
		"two exits, a move, two entries": {ex("p0<U", b.u), ex("p1<V", b.v), quota("a", V, U, 1), e("p3>U", b.u), e("p4>U", b.u)},
	}
}

func TestInterleavings(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	scenarios := b.scenarios()
	total, ends := 0, 0
	for _, name := range slices.Sorted(maps.Keys(scenarios)) {
		x := b.explorer(nil, scenarios[name]...)
		x.explore(b.load(x))
		if x.bad != "" {
			t.Errorf("%s: %s\n%s", name, x.bad, strings.Join(x.path, "\n"))
		}
		t.Logf("%-36s %7d states, %6d ends", name, x.states, x.ends)
		total, ends = total+x.states, ends+x.ends
	}
	t.Logf("%d states explored, %d where nothing is left to do", total, ends)
}

// Each guard, taken out, must break a law in some scenario: else the walk
// would prove nothing about it.
var brokenGuards = map[string]func(*steps){
	"a claim is taken although a post is held": func(s *steps) {
		s.claim = func(x *person.State, c person.Claimed, effective domain.Day) (domain.Decision, error) {
			if _, _, open := x.Open(); open {
				return domain.Decision{}, domain.Refuse(domain.PersonBusy, "")
			}
			return draft(c, effective), nil
		}
	},
	"a claim is taken although another is open": func(s *steps) {
		s.claim = func(x *person.State, c person.Claimed, effective domain.Day) (domain.Decision, error) {
			if _, holds := x.Holding(); holds {
				return domain.Decision{}, domain.Refuse(domain.HoldsPostElsewhere, "")
			}
			return draft(c, effective), nil
		}
	},
	"an entry is decided twice": func(s *steps) {
		s.decideEntry = func(u *account.Account, c person.Claimed, h domain.Head, f account.Facts) usecase.Step {
			d, err := u.DecideRecord(account.Record{Change: c.Change, Hash: c.Hash}, f)
			if err != nil {
				return usecase.StepOf(c.Process, u.Stream(), draft(account.StaffingRefused{Process: c.Process, Change: c.Change,
					Person: domain.PersonID(h.Stream.Key()), Refusal: domain.Refuse(domain.WrongStep, "")}, domain.NoDay))
			}
			e := d.Drafts[0].Payload.(account.StaffingRecorded)
			e.Process = c.Process
			return usecase.StepOf(c.Process, u.Stream(), draft(e, d.Drafts[0].Effective))
		}
	},
	"an entry is recorded without a look at the account": func(s *steps) {
		real := s.decideEntry
		s.decideEntry = func(u *account.Account, c person.Claimed, h domain.Head, f account.Facts) usecase.Step {
			step := real(u, c, h, f)
			if len(step) == 0 || step.Drafts()[0].Payload.EventType() != account.TypeStaffingRefused {
				return step
			}
			change, _ := u.Change(c.Change)
			return usecase.StepOf(c.Process, u.Stream(), draft(account.StaffingRecorded{Process: c.Process, Change: c.Change,
				Content: change.Content, Holding: c.Change, Movement: account.Movement{Postings: []account.Posting{
					{Line: change.Content.LineKey, Day: change.Effective, Change: account.Balance{0, 1}}}}}, change.Effective))
		}
	},
	"a claim is released before the refusal was read": func(s *steps) {
		real := s.settleEntry
		s.settleEntry = func(x *person.State, u *account.Account) usecase.Step {
			c, _, open := x.Open()
			if _, _, decided := u.Outcome(c.Process); open && !decided && !c.Opening {
				return usecase.StepOf(c.Process, domain.PersonOf(x.ID()), x.Release(c.Process))
			}
			return real(x, u)
		}
	},
	"a claim is held before the recording was read": func(s *steps) {
		real := s.settleEntry
		s.settleEntry = func(x *person.State, u *account.Account) usecase.Step {
			c, _, open := x.Open()
			if _, _, decided := u.Outcome(c.Process); open && !decided && !c.Opening {
				return usecase.StepOf(c.Process, domain.PersonOf(x.ID()), x.Hold(c.Process, c.Change))
			}
			return real(x, u)
		}
	},
	"an opening's claim is held whoever came in": func(s *steps) {
		s.settleEntry = func(x *person.State, u *account.Account) usecase.Step {
			c, _, open := x.Open()
			done, _, decided := u.Outcome(c.Process)
			switch {
			case !open || !decided:
				return nil
			case done:
				return usecase.StepOf(c.Process, domain.PersonOf(x.ID()), x.Hold(c.Process, c.Change))
			}
			return usecase.StepOf(c.Process, domain.PersonOf(x.ID()), x.Release(c.Process))
		}
	},
	"a part names persons who are not claimed": func(s *steps) { s.unclaimed = true },
	"an opening is completed without a look at the posts": func(s *steps) {
		s.complete = func(a *account.Account, c account.CloseOpening, f account.Facts) (domain.Decision, error) {
			o, open := a.Opening()
			if !open || len(o.Rows) != o.Expected {
				return domain.Decision{}, domain.Refuse(domain.WrongStep, "")
			}
			return draft(account.OpeningCompleted{Process: c.Process, Rows: len(o.Rows)}, domain.NoDay), nil
		}
	},
	"an exit releases what it does not hold": func(s *steps) {
		s.settleExit = func(x *person.State, e account.StaffingRecorded, day domain.Day) (usecase.Step, bool) {
			if held, holds := x.Holding(); !holds || held.Holding != e.Holding {
				return usecase.StepOf(e.Process, domain.PersonOf(x.ID()), draft(person.Released{Process: e.Process, Holding: e.Holding}, day)), false
			}
			return usecase.StepOf(e.Process, domain.PersonOf(x.ID()), x.ReleaseHolding(e.Process, e.Holding, day)), false
		}
	},
	"an exit is recorded of somebody who is not there": func(s *steps) {
		real := s.record
		s.record = func(a *account.Account, c account.Record, f account.Facts) (domain.Decision, error) {
			change, _ := a.Change(c.Change)
			if change.Status == account.StatusRecorded && change.Content.Kind == account.Exit && change.Revision == a.Revision() {
				return draft(account.StaffingRecorded{Process: c.Process, Change: c.Change, Content: change.Content, Holding: change.Holding,
					Movement: account.Movement{Postings: []account.Posting{{Line: change.Content.LineKey, Day: f.Today(),
						Change: account.Balance{0, -1}}}}}, f.Today()), nil
			}
			return real(a, c, f)
		}
	},
	"a change is withdrawn after it was recorded": func(s *steps) {
		real := s.withdraw
		s.withdraw = func(a *account.Account, c account.Withdraw, f account.Facts) (domain.Decision, error) {
			change, _ := a.Change(c.Change)
			if change.Status == account.StatusRecorded {
				return draft(account.StaffingWithdrawn{Change: c.Change, Person: change.Content.Person}, domain.NoDay), nil
			}
			return real(a, c, f)
		}
	},
	"posts are offered that people sit on": func(s *steps) {
		s.offer = func(a *account.Account, c account.Offer, f account.Facts) (domain.Decision, error) {
			return draft(account.QuotaOffered{Process: c.Process, Taker: c.Taker, TakerLine: c.TakerLine, GiverLine: c.GiverLine,
				Posts: c.Posts, Command: c.Command, Movement: account.Movement{Postings: []account.Posting{
					{Line: c.GiverLine, Day: f.Today(), Change: account.Balance{-c.Posts}}}}}, f.Today()), nil
		}
	},
	"an offer is taken twice": func(s *steps) {
		s.take = func(a *account.Account, giver domain.Stream, o account.Offered, f account.Facts) usecase.Step {
			if a.BalanceOn(o.TakerLine, f.Today())[0] > 5 {
				return nil // twice is enough to break it
			}
			return usecase.StepOf(o.Process, a.Stream(), draft(account.QuotaTaken{Act: account.TypeQuotaMoved, Process: o.Process, Giver: giver,
				TakerLine: o.TakerLine, Posts: o.Posts, Movement: account.Movement{Postings: []account.Posting{
					{Line: o.TakerLine, Day: f.Today(), Change: account.Balance{o.Posts}}}}}, f.Today()))
		}
	},
	"an offer is undone before the refusal was read": func(s *steps) {
		real := s.settleOffer
		s.settleOffer = func(giver, taker *account.Account, p domain.ProcessID, now domain.Instant) usecase.Step {
			if _, _, decided := taker.Outcome(p); !decided {
				return usecase.StepOf(p, giver.Stream(), giver.Undo(p, now))
			}
			return real(giver, taker, p, now)
		}
	},
	"an offer is settled before it was taken": func(s *steps) {
		real := s.settleOffer
		s.settleOffer = func(giver, taker *account.Account, p domain.ProcessID, now domain.Instant) usecase.Step {
			if _, _, decided := taker.Outcome(p); !decided {
				return usecase.StepOf(p, giver.Stream(), giver.Settle(p))
			}
			return real(giver, taker, p, now)
		}
	},
	"a code is claimed that a unit has": func(s *steps) {
		s.claimCode = func(code *unitcode.State, c unitcode.Claimed, d domain.Draft) (domain.Decision, error) {
			d.Payload = c
			return domain.Decision{Drafts: []domain.Draft{d}}, nil
		}
	},
	"a code is released before the refusal was read": func(s *steps) {
		real := s.settleCode
		s.settleCode = func(code *unitcode.State, u *account.Account) usecase.Step {
			c, _, open := code.Open()
			if _, _, decided := u.Outcome(c.Process); open && !decided {
				return usecase.StepOf(c.Process, domain.StreamOf(domain.UnitCodeStream, code.Code()), code.Settle(c.Process, false))
			}
			return real(code, u)
		}
	},
}

func draft(p domain.Payload, effective domain.Day) domain.Decision {
	return domain.Decision{Drafts: []domain.Draft{{Payload: p, Effective: effective}}}
}

func TestBrokenGuardsAreCaught(t *testing.T) {
	t.Parallel()
	b := newBase(t)
	scenarios := b.scenarios()
	for _, guard := range slices.Sorted(maps.Keys(brokenGuards)) {
		caught := ""
		for _, name := range slices.Sorted(maps.Keys(scenarios)) {
			x := b.explorer(brokenGuards[guard], scenarios[name]...)
			x.explore(b.load(x))
			if x.bad != "" && !strings.HasPrefix(x.bad, "more than") {
				caught = fmt.Sprintf("%s: %s, after %d appends", name, x.bad, len(x.path))
				break
			}
		}
		if caught == "" {
			t.Errorf("%s: no scenario notices", guard)
		}
		t.Logf("%s — %s", guard, caught)
	}
}
