package model

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/replay"
	"staffledger/projections/views"
)

// reader holds the views and the second folding of the ledger against the model,
// while the game goes on.
type reader struct {
	g   *game
	v   *views.Views
	rng *rand.Rand
}

func newReader(t testing.TB, g *game) *reader {
	unseal := func(key string, event domain.EventID, box []byte) ([]byte, error) {
		return g.w.Sealer.Unseal(key, event, box)
	}
	v, err := views.Open(g.ctx, views.Options{Dir: t.TempDir(), Ledger: g.store, Unseal: unseal})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return &reader{g, v, rand.New(rand.NewPCG(uint64(g.store.Size()), 23))}
}

// cut is the greatest position whose clock stands within a day.
func (g *game) cut(k domain.Day) domain.Position {
	last, clock := unknown, domain.Instant(0)
	for r, err := range g.store.All(g.ctx, 0) {
		if clock = max(clock, r.Time); err != nil || clock.Day() > k {
			break
		}
		last = r.Position
	}
	return last
}

// compare brings the views to the end of the ledger and asks them everything.
func (r *reader) compare() error {
	if err := r.v.ToEnd(r.g.ctx); err != nil {
		return err
	}
	if err := r.present(); err != nil {
		return fmt.Errorf("views: %w", err)
	}
	first, err := r.g.store.At(r.g.ctx, 0)
	if err != nil {
		return err
	}
	span := int(r.g.m.today()-first.Time.Day()) + 40
	day := func() domain.Day { return first.Time.Day() - 20 + domain.Day(r.rng.IntN(span)) }
	for range 3 {
		at := views.AsOf{Effective: day()}
		upTo := r.g.store.Size() - 1
		switch r.rng.IntN(3) {
		case 0:
			at.Known = max(day(), first.Time.Day())
			upTo = r.g.cut(at.Known)
		case 1:
			upTo = domain.Position(r.rng.IntN(int(upTo) + 1))
			at.KnownAt = &upTo
		}
		if err := r.asOf(at, upTo); err != nil {
			return fmt.Errorf("as of %+v, up to %d: %w", at, upTo, err)
		}
	}
	return nil
}

// asOf compares the three answers to who was in post, and what the lines were.
func (r *reader) asOf(at views.AsOf, upTo domain.Position) error {
	folded, err := replay.AsOf(r.g.store.All(r.g.ctx, 0), replay.Point(at))
	if err != nil {
		return err
	}
	m := r.g.m
	for l := range m.lines {
		b := m.balance(l, at.Effective, upTo)
		want := account.Balance(b[:4])
		if got := folded.Lines[l.stream][l.line]; got != want {
			return fmt.Errorf("replay: %s %s is %v, want %v", l.stream, l.line, got, want)
		}
	}
	for u := range m.units {
		want := m.inPost(u, at.Effective, upTo)
		if got := folded.Posts[u]; !slices.Equal(byPerson(got), want) {
			return fmt.Errorf("replay: in post in %s are %v, want %v", u, got, want)
		}
		lines, err := r.v.Lines(r.g.ctx, u, at)
		if err != nil {
			return err
		}
		if err := sameBalances(lines, folded.Lines[domain.AccountOf(u)]); err != nil {
			return fmt.Errorf("views: %s: %w", u, err)
		}
		page, err := r.v.Roster(r.g.ctx, views.RosterQuery{Unit: u, AsOf: at, Limit: 500})
		if err != nil {
			return err
		}
		var got []replay.Post
		for _, x := range page.Rows {
			got = append(got, replay.Post{Holding: x.Holding, Person: x.Person, Line: x.Line, Class: x.Class, Since: x.From})
		}
		if !slices.Equal(byPerson(got), want) {
			return fmt.Errorf("views: in post in %s are %v, want %v", u, got, want)
		}
	}
	return nil
}

func byPerson(posts []replay.Post) []replay.Post {
	posts = slices.Clone(posts)
	slices.SortFunc(posts, func(x, y replay.Post) int { return cmp.Compare(x.Person, y.Person) })
	for i := range posts {
		posts[i].Holding = ""
	}
	return posts
}

// inPost are the people in post in a unit.
func (m *Model) inPost(u domain.UnitID, day domain.Day, upTo domain.Position) []replay.Post {
	var posts []replay.Post
	for _, held := range m.posts {
		for _, h := range held {
			if h.unit == u && h.on(day, upTo) {
				posts = append(posts, replay.Post{Person: h.person, Line: h.line, Class: h.class, Since: h.from})
			}
		}
	}
	return byPerson(posts)
}

func sameBalances(got []views.LineBalance, want map[codes.LineKey]account.Balance) error {
	have := map[codes.LineKey]account.Balance{}
	for _, l := range got {
		have[l.Line] = l.Balance
	}
	for k, b := range want {
		if have[k] != b {
			return fmt.Errorf("%s is %v, want %v", k, have[k], b)
		}
	}
	if len(have) != len(want) {
		return fmt.Errorf("%d lines, want %d", len(have), len(want))
	}
	return nil
}

// present compares units, changes, approvals and users as they stand.
func (r *reader) present() error {
	m := r.g.m
	units, err := r.v.Units(r.g.ctx, views.UnitQuery{Limit: 500})
	if err != nil || units.Total != len(m.units) {
		return fmt.Errorf("%d units, want %d: %w", units.Total, len(m.units), err)
	}
	for _, u := range units.Rows {
		w := m.units[u.ID]
		if w == nil || u.Code != w.code || u.Level != w.level || u.Parent != w.parent || u.Revision != m.lastOf(domain.AccountOf(u.ID)) {
			return fmt.Errorf("unit %+v, want %+v", u, w)
		}
		if err := r.approvals(u.ID); err != nil {
			return err
		}
	}
	if err := r.changes(); err != nil {
		return err
	}
	users, err := r.v.Users(r.g.ctx)
	if err != nil || len(users) != len(m.users) {
		return fmt.Errorf("%d users, want %d: %w", len(users), len(m.users), err)
	}
	for _, u := range users {
		w := m.users[u.ID]
		if w == nil || u.Human != w.human || u.Disabled == w.active || len(u.Grants) != len(w.grants) {
			return fmt.Errorf("user %+v, want %+v", u, w)
		}
		for _, g := range u.Grants {
			if x := w.grants[g.ID]; x == nil || x.role != g.Role || x.scope != g.Scope || x.proposed != g.Proposed {
				return fmt.Errorf("grant %+v of %s, want %+v", g, u.ID, x)
			}
		}
	}
	return nil
}

func (r *reader) approvals(u domain.UnitID) error {
	m := r.g.m
	rows, err := r.v.Approvals(r.g.ctx, u, false)
	if err != nil {
		return err
	}
	for _, a := range rows {
		p := m.approvals[a.ID]
		_, expired := m.due[string(account.TypeUseExpired)+" "+string(a.ID)] // not written yet, so not in the views
		if p == nil || p.unit != u || a.Drawn != p.drawn || a.Consumed != p.consumed || a.Posts != p.posts || a.ValidTo != p.validTo ||
			!expired && (a.Ended != p.ended || a.Revision != p.revision) {
			return fmt.Errorf("approval %+v, want %+v", a, p)
		}
	}
	return nil
}

func (r *reader) changes() error {
	m := r.g.m
	seen := 0
	for q := (views.ChangeQuery{Limit: 500}); ; {
		page, err := r.v.Changes(r.g.ctx, q)
		if err != nil || page.Total != len(m.changes) {
			return fmt.Errorf("%d changes, want %d: %w", page.Total, len(m.changes), err)
		}
		for _, x := range page.Rows {
			c := m.changes[x.ID]
			if c == nil || x.Unit != c.unit || x.Kind != c.kind || x.Person != c.person || x.Line != c.line || x.Class != c.class || x.Effective != c.effective ||
				x.State != c.state() || x.Gate != c.gate() || x.Passed != c.passed || x.Gates != len(c.route) || x.Revision != c.revision {
				return fmt.Errorf("change %+v, want %+v", x, c)
			}
			if waits := c.status == account.StatusReview; waits && x.Due != c.due || !waits && x.Due != domain.NoDay {
				return fmt.Errorf("change %s is due %s, want %s", x.ID, x.Due, c.due)
			}
			seen++
		}
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	if seen != len(m.changes) {
		return fmt.Errorf("%d changes listed, want %d", seen, len(m.changes))
	}
	return r.queues()
}

func (c *change) state() views.ChangeState {
	switch {
	case c.status == account.StatusReview && c.gate() == "":
		return views.ToRecord
	case c.status == account.StatusReview:
		return views.InReview
	}
	return views.ChangeState(c.status)
}

// queues: a reviewer's queue holds exactly the changes that his gate waits for
// and on which separation lets him act.
func (r *reader) queues() error {
	m := r.g.m
	for _, id := range slices.Sorted(maps.Keys(m.users)) {
		u := m.users[id]
		for _, gate := range []account.Gate{account.GateOrganization, account.GateHR} {
			if !slices.ContainsFunc(slices.Collect(maps.Values(u.grants)), func(g *grant) bool { return g.role == sits(gate) }) {
				continue
			}
			want := 0
			for _, c := range m.changes {
				who := actor{u.human, sits(gate)}
				if c.gate() == gate && len(m.apart(who, c, gate)) == 0 && len(own(who, c.person)) == 0 {
					want++
				}
			}
			page, err := r.v.Changes(r.g.ctx, views.ChangeQuery{States: []views.ChangeState{views.InReview}, Gate: gate, NotHuman: u.human})
			if err != nil || page.Total != want {
				return fmt.Errorf("%d changes in the queue of %s at %s, want %d: %w", page.Total, id, gate, want, err)
			}
		}
	}
	return nil
}

// whole folds the ledger anew from zero: no rule is broken at any position, and
// every row of the views is as it says.
func (r *reader) whole() error {
	if err := r.v.ToEnd(r.g.ctx); err != nil {
		return err
	}
	folded := replay.New(nil)
	for e, err := range r.g.store.All(r.g.ctx, 0) {
		if err == nil {
			err = folded.Apply(e)
		}
		if err != nil {
			return err
		}
		if v := folded.Violation(); v != nil {
			return v
		}
	}
	x, err := r.v.Export(context.Background())
	if err != nil {
		return err
	}
	defer x.Close()
	open := func(key string, event domain.EventID, box []byte) ([]byte, bool, error) {
		clear, err := r.g.w.Sealer.Unseal(key, event, box)
		return clear, false, err
	}
	result, err := replay.Compare(r.g.store.All(r.g.ctx, 0), x, open)
	if err == nil && (!result.Equal || result.Events != r.g.store.Size()) {
		err = fmt.Errorf("replay and views: %+v", result)
	}
	return err
}
