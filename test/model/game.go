package model

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

// game holds the service against the model.
type game struct {
	ctx     context.Context
	w       *world.World
	store   *eventstoretest.Memory
	m       *Model
	seen    domain.Position // events compared so far
	touched map[domain.Stream]bool
	acts    []act
	made    string         // id of what the last act made
	met     map[string]int // what was answered, by command
	look    func() error   // asks the views
}

// newGame opens a ledger with one administrator.
func newGame(w *world.World, store *eventstoretest.Memory) (*game, domain.UserID) {
	g := &game{ctx: context.Background(), w: w, store: store, m: New(), touched: map[domain.Stream]bool{}, met: map[string]int{}}
	admin := w.User("admin")
	g.m.users[admin] = &user{human: domain.HumanID(admin), active: true, grants: map[string]*grant{}}
	g.m.signIns["admin"] = admin
	grants, _, _, _ := w.Service.Grants(g.ctx, admin)
	for _, x := range grants {
		g.m.users[admin].grants[x.ID] = &grant{role: x.Role, scope: x.Scope}
	}
	for r := range g.events() {
		g.m.streams[r.Stream] = r.Revision
	}
	g.seen = store.Size()
	return g, admin
}

// events are those not yet compared.
func (g *game) events() func(func(domain.Recorded) bool) {
	return func(yield func(domain.Recorded) bool) {
		for r, err := range g.store.All(g.ctx, g.seen) {
			if err != nil || !yield(r) {
				return
			}
		}
	}
}

// play makes a call and says where the service and the model differ.
func (g *game) play(a act) error {
	g.acts = append(g.acts, a)
	g.w.Clock.Set(a.at)
	g.m.now = a.at
	g.m.fallDue()
	switch {
	case a.look:
		return g.look()
	case a.reopen:
		g.w.Open(g.options())
		return g.compareAll()
	case a.sweep:
		if err := g.w.Service.Sweep(g.ctx); err != nil {
			return err
		}
		if err := g.newEvents(&verdict{}, usecase.Result{}); err != nil {
			return err
		}
		if len(g.m.due) > 0 {
			return fmt.Errorf("after a sweep %v is not written", slices.Collect(maps.Keys(g.m.due)))
		}
		return g.compareAll()
	}
	call := usecase.Call{User: a.user, Role: a.role, Key: a.key, IfMatch: g.seenRevision(a)}
	what := g.filled(a)
	g.made = ""
	call.Digest = g.w.Sealer.Digest("request", fmt.Appendf(nil, "%T %+v %v", a.what, a.what, a.another))
	if a.dry {
		if err := g.dry(call, what); err != nil {
			return err
		}
	}
	v := g.m.judge(call, what)
	result, err := g.w.Service.Do(g.ctx, call, what)
	got, problem := g.answer(call, &v, result, err)
	if problem != nil {
		return problem
	}
	if want := v.String(); got != want {
		return fmt.Errorf("answer\n got  %s\n want %s", got, want)
	}
	g.count(what, &v)
	if v.repeated {
		return g.newEvents(&verdict{}, result)
	}
	if err := g.newEvents(&v, result); err != nil {
		return err
	}
	if v.accepted() {
		rows := map[int]string{}
		for i, found := range v.rows {
			if len(found) > 0 {
				rows[i] = found[0].name
			}
		}
		var positions []domain.Position
		for _, e := range result.Events {
			positions = append(positions, e.Position)
		}
		g.made = result.ID
		g.m.keys[keyOf(call)] = carriedOut{call.Digest, positions, rows}
	}
	return g.compareTouched()
}

// count notes what was answered, so that a test can see that a run reaches
// everything.
func (g *game) count(what usecase.Command, v *verdict) {
	name := reflect.TypeOf(what).Name()
	switch {
	case v.accepted() && !v.repeated:
		g.met[name+" accepted"]++
	case v.repeated:
		g.met["repeated"]++
	case v.reused:
		g.met["key reused"]++
	case v.required, v.failed:
		g.met[v.String()]++
	}
	for _, r := range v.reminders {
		g.met["reminder "+r.name]++
	}
	for i, f := range v.found {
		if i == 0 {
			g.met[f.name+" "+name]++
		}
		g.met[f.name]++
	}
	for _, row := range v.rows {
		for _, f := range row {
			g.met["row "+f.name]++
		}
	}
}

func (g *game) options() usecase.Options {
	return usecase.Options{Hints: world.Hints{Log: g.store}}
}

// dry asks what would happen, which must be what happens, and writes nothing.
func (g *game) dry(call usecase.Call, what usecase.Command) error {
	call.DryRun, call.Key = true, ""
	v := g.m.judge(call, what)
	before := g.store.Size()
	result, err := g.w.Service.Do(g.ctx, call, what)
	got, problem := g.answer(call, &v, result, err)
	switch {
	case problem != nil:
		return fmt.Errorf("dry run: %w", problem)
	case got != v.String():
		return fmt.Errorf("dry run\n got  %s\n want %s", got, v.String())
	case g.store.Size() != before:
		return fmt.Errorf("dry run: %d events were written", g.store.Size()-before)
	}
	return nil
}

// answer writes the service's answer as the model writes its verdict.
func (g *game) answer(call usecase.Call, v *verdict, result usecase.Result, err error) (string, error) {
	var refusal *domain.Refusal
	var aside *usecase.AllSetAside
	var reused *usecase.KeyReused
	var failed *usecase.PreconditionFailed
	got := verdict{}
	switch {
	case errors.As(err, &refusal):
		got.found = findings(refusal)
	case errors.As(err, &aside):
		got.batch = true
		got.rows = rowsOf(aside.Rows)
	case errors.As(err, &reused):
		got.reused = true
	case errors.As(err, &failed):
		if failed.Seen != call.IfMatch {
			return "", fmt.Errorf("412 says that revision %d was seen, it was %d", failed.Seen, call.IfMatch)
		}
		got.failed = true
	case errors.Is(err, usecase.PreconditionRequired{}):
		got.required = true
	case err != nil:
		return "", err
	case result.Pending != "":
		return "", fmt.Errorf("process %s is left pending", result.Pending)
	case result.Repeated != v.repeated:
		return "", fmt.Errorf("repeated: got %v, want %v", result.Repeated, v.repeated)
	case result.Repeated:
		return v.String(), g.sameAnswer(call, result)
	case result.Rows != nil:
		got.batch, got.rows = true, rowsOf(result.Rows)
		if len(result.Rows) != len(v.rows) {
			return "", fmt.Errorf("%d rows answered, %d sent", len(result.Rows), len(v.rows))
		}
	default:
		for _, r := range result.Reminders {
			got.reminders = append(got.reminders, findings(r)...)
		}
	}
	return got.String(), nil
}

func rowsOf(rows []usecase.RowResult) [][]finding {
	all := make([][]finding, len(rows))
	for i, r := range rows {
		all[i] = findings(r.Refusal)
	}
	return all
}

// sameAnswer: a repeated call gets what the first one got.
func (g *game) sameAnswer(call usecase.Call, result usecase.Result) error {
	first := g.m.keys[keyOf(call)]
	var got []domain.Position
	for _, e := range result.Events {
		got = append(got, e.Position)
	}
	if !slices.Equal(got, first.events) {
		return fmt.Errorf("repeated call: events %v, the first got %v", got, first.events)
	}
	for i, r := range result.Rows {
		if name := first.rows[i]; name == "" != (r.Refusal == nil) || r.Refusal != nil && r.Refusal.Name != name {
			return fmt.Errorf("repeated call: row %d says %v, the first said %q", i, list(findings(r.Refusal)), name)
		}
	}
	return nil
}

// seenRevision is the If-Match of a call: what the caller saw of the thing.
func (g *game) seenRevision(a act) domain.Revision {
	revision, addressed := domain.NoStream, true
	switch k := a.what.(type) {
	case usecase.Resubmit:
		revision = g.m.revisionOf(k.Change)
	case usecase.Pass:
		revision = g.m.revisionOf(k.Change)
	case usecase.Return:
		revision = g.m.revisionOf(k.Change)
	case usecase.Withdraw:
		revision = g.m.revisionOf(k.Change)
	case usecase.Record:
		revision = g.m.revisionOf(k.Change)
	case usecase.RevokeUse:
		if p := g.m.approvals[k.Approval]; p != nil {
			revision = p.revision
		}
	case usecase.DisableUser:
		revision = g.m.lastOf(domain.UserOf(k.User))
	case usecase.GrantRole:
		revision = g.m.lastOf(domain.UserOf(k.User))
	case usecase.ConfirmRole:
		revision = g.m.lastOf(domain.UserOf(k.User))
	case usecase.RevokeRole:
		revision = g.m.lastOf(domain.UserOf(k.User))
	default:
		addressed = false
	}
	switch {
	case !addressed || a.match == absent:
		return domain.NoStream
	case a.match == stale:
		return revision + 1_000 // neither what it is nor absent
	}
	return revision
}

func (m *Model) lastOf(s domain.Stream) domain.Revision {
	if r, is := m.streams[s]; is {
		return r
	}
	return domain.NoStream
}

func (m *Model) revisionOf(id domain.ChangeID) domain.Revision {
	if c := m.changes[id]; c != nil {
		return c.revision
	}
	return domain.NoStream
}

// filled is the command with the revisions that its rows name.
func (g *game) filled(a act) usecase.Command {
	rows := func(from []usecase.BatchRow) []usecase.BatchRow {
		to := slices.Clone(from)
		for i := range to {
			to[i].Revision = g.m.revisionOf(to[i].Change)
			if a.stale[i] {
				to[i].Revision += 1_000
			}
		}
		return to
	}
	switch k := a.what.(type) {
	case usecase.PassBatch:
		k.Rows = rows(k.Rows)
		return k
	case usecase.RecordBatch:
		k.Rows = rows(k.Rows)
		return k
	}
	return a.what
}

const minute = domain.Instant(time.Minute / time.Millisecond)
