package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

const (
	adm  codes.LineKey = "administrative/full"
	inst codes.LineKey = "institution/full"
	part codes.LineKey = "institution/partial"
)

// facts are what a refusal must say, beside its name and field.
type facts map[string]any

// row is the shortest way to one refusal: what must be there before, and the
// call that is refused.
type row struct {
	name, field string
	facts       facts
	call        func(w *world.World) (string, usecase.Command)
	as          domain.Role                     // named in the call
	key         string                          // instead of a good one
	first       func(t *testing.T) *world.World // instead of a world with people on 2026-03-02
	alone       bool                            // nothing is listed besides
}

// nobody is a world with its first administrator alone.
func nobody(t *testing.T) *world.World {
	return world.Bare(t, "2026-03-02", eventstoretest.NewMemory())
}

func on(day string) func(t *testing.T) *world.World {
	return func(t *testing.T) *world.World { return world.New(t, day) }
}

// entry and exit are forms on the world's day; with changes them.
func entry(w *world.World, n int, with ...func(*usecase.ChangeForm)) usecase.ChangeForm {
	f := w.EntryForm(n, adm, w.Clock.Now().Day().String())
	for _, change := range with {
		change(&f)
	}
	return f
}

func ofLine(line codes.LineKey, class codes.PersonClass) func(*usecase.ChangeForm) {
	return func(f *usecase.ChangeForm) { f.Line, f.Class = line, class }
}

func effective(w *world.World, day string) func(*usecase.ChangeForm) {
	return func(f *usecase.ChangeForm) { f.Effective = w.Day(day) }
}

func manner(m codes.Manner, approval domain.ApprovalID) func(*usecase.ChangeForm) {
	return func(f *usecase.ChangeForm) { f.Manner, f.Approval = m, approval }
}

// approve reserves posts of U1 for an exam up to a day.
func approve(w *world.World, by string, posts int, validTo string) domain.ApprovalID {
	return domain.ApprovalID(w.Must(by, usecase.ApproveUse{Unit: w.UnitID("U1"), Line: adm, Posts: posts, Manner: codes.Exam, ValidTo: w.Day(validTo), Document: w.Document()}).ID)
}

// bound is a user who is on file as the n-th person.
func bound(w *world.World, name string, n int, roles ...domain.Role) {
	w.Collect("U1", entry(w, n))
	w.Name(name, "当事人", w.Person(n))
	for _, role := range roles {
		w.Grant(name, role, domain.Scope{})
	}
}

// both is a user with several roles.
func both(w *world.World, name string, roles ...domain.Role) {
	w.Name(name, "多面手", "")
	for _, role := range roles {
		w.Grant(name, role, domain.Scope{})
	}
}

// bracket opens an opening balance of a unit.
func bracket(w *world.World, unit string, rows int) {
	w.Must("K", usecase.StartOpening{Unit: w.UnitID(unit), Rows: rows, Digest: strings.Repeat("0", 64), Document: w.Document()})
}

func openingRowOf(w *world.World, n int, since string) usecase.OpeningForm {
	return usecase.OpeningForm{IDNumber: world.IDNumber(n), Particulars: account.Particulars{Name: world.PersonName(n)}, Line: adm,
		Class: codes.ClassCivilServant, Since: w.Day(since)}
}

func move(w *world.World, giver, taker domain.Stream, posts int, with ...func(*usecase.MoveQuota)) usecase.MoveQuota {
	k := usecase.MoveQuota{Giver: giver, Taker: taker, GiverLine: adm, TakerLine: adm, Posts: posts, Effective: w.Clock.Now().Day(), Document: w.Document()}
	for _, change := range with {
		change(&k)
	}
	return k
}

func unitOf(w *world.World, name string) domain.Stream { return domain.AccountOf(w.UnitID(name)) }

var cityPool = domain.PoolOf(codes.City)

func founding(w *world.World, with ...func(*usecase.EstablishUnit)) usecase.EstablishUnit {
	k := usecase.EstablishUnit{Code: "330200-7777", Division: "330200", System: "government", Rank: "division", Level: codes.City, Name: "新单位",
		Effective: w.Clock.Now().Day(), Document: w.Document()}
	for _, change := range with {
		change(&k)
	}
	return k
}

func hold(w *world.World, posts int, day string) usecase.HoldBackPosts {
	return usecase.HoldBackPosts{Unit: w.UnitID("U1"), Line: adm, Posts: posts, Effective: w.Day(day), Document: w.Document()}
}

// policyOf replaces a policy from today.
func policyOf(w *world.World, name, value string) {
	w.Must("admin", usecase.SetPolicy{Name: name, From: w.Clock.Now().Day(), Value: []byte(value), Document: w.Document()})
}

const (
	unknownID  = "00000000-0000-4000-8000-000000000000"
	examPolicy = `{"manners":["exam","resettlement"],"validitydays":90}`
)

// A row for every name (TestEveryRefusalHasItsRow), in the order of judging.
var rows = slices.Concat(whoRows, stateRows, quotaRows)

// unprovoked are the names that no command of this version can bring about.
var unprovoked = map[string]string{
	domain.OverQuota:     "no act leaves a line below zero today; an overage that lawfully stands is not recorded yet",
}

func TestEveryRefusalHasItsRow(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{domain.ContentChanged: true} // TestRowsOfABatch
	for _, r := range slices.Concat(rows, formRows) {
		shown[r.name] = true
	}
	for _, x := range domain.RefusalTable {
		if _, not := unprovoked[x.Name]; shown[x.Name] == not {
			t.Errorf("%s: row %v, said to be impossible %v", x.Name, shown[x.Name], not)
		}
	}
	for name := range unprovoked {
		if domain.ClassOf(name) == 0 {
			t.Errorf("%s is no refusal", name)
		}
	}
}

// The table's order is that of the domain model, §13.
func TestOrderOfJudging(t *testing.T) {
	t.Parallel()
	last := 0
	for _, x := range domain.RefusalTable {
		if r := rank(x.Name); r/100 != int(x.Class) || r <= last {
			t.Errorf("%s stands in class %d after rank %d; the domain model gives it %d", x.Name, x.Class, last, r)
		} else {
			last = r
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for i, r := range slices.Concat(rows, formRows) {
		t.Run(fmt.Sprintf("%d %s %s", i, r.name, r.field), func(t *testing.T) {
			t.Parallel()
			r.run(t)
		})
	}
}

func (r row) run(t *testing.T) {
	first := r.first
	if first == nil {
		first = on("2026-03-02")
	}
	w := first(t)
	user, what := r.call(w)
	call := w.Call(user, what)
	call.Role = r.as
	if r.key != "" {
		call.Key = strings.TrimPrefix(r.key, "none")
	}
	dry := call
	dry.DryRun = true
	dry.IfMatch = domain.NoStream
	for _, c := range []usecase.Call{dry, call} {
		if c.DryRun && (r.key != "" || slices.Contains([]any{"signin-taken"}, r.facts["rule"])) {
			continue // a sign-in name is only asked for in earnest
		}
		before := eventsBut(w)
		_, err := w.Service.Do(w.Ctx, c, what)
		var got *domain.Refusal
		if !errors.As(err, &got) {
			t.Fatalf("dry %v: got %v, want a refusal", c.DryRun, err)
		}
		if got.Name != r.name || got.Field != r.field {
			t.Fatalf("dry %v: got %v %v, want %s (%s)", c.DryRun, got, got.Also, r.name, r.field)
		}
		for k, want := range r.facts {
			if fmt.Sprint(got.Facts[k]) != fmt.Sprint(want) {
				t.Errorf("dry %v: fact %s is %v, want %v", c.DryRun, k, got.Facts[k], want)
			}
		}
		if r.alone && len(got.Also) > 0 {
			t.Errorf("besides: %v", got.Also)
		}
		if after := eventsBut(w); after != before {
			t.Errorf("dry %v: %d events were written", c.DryRun, after-before)
		}
	}
}

// written0 counts the events but those that fell due.
func eventsBut(w *world.World) (n int) {
	for r, err := range w.Store.(*eventstoretest.Memory).All(w.Ctx, 0) {
		if err == nil && r.AuthID != domain.Clock {
			n++
		}
	}
	return n
}

// Rows of a batch are refused each for itself, in the same order.
func TestRowsOfABatch(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 5, 0)
	both(w, "co", domain.Collector, domain.GateOrganization)
	mine := domain.ChangeID(w.Must("co", usecase.Collect{Unit: u1, ChangeForm: entry(w, 1)}).ID)
	other, stale := w.Collect("U1", entry(w, 2)), w.Collect("U1", entry(w, 3))
	batch := func(by string, items []string, rows ...usecase.BatchRow) []usecase.RowResult {
		t.Helper()
		result, err := w.Do(by, usecase.PassBatch{Unit: u1, Rows: rows, Items: items})
		var aside *usecase.AllSetAside
		if errors.As(err, &aside) {
			return aside.Rows
		}
		if err != nil {
			t.Fatal(err)
		}
		return result.Rows
	}
	seen := func(id domain.ChangeID, back domain.Revision) usecase.BatchRow {
		return usecase.BatchRow{Change: id, Revision: w.Revision(id) - back}
	}
	got := batch("co", w.Items("o1")[1:], seen(mine, 1), seen(stale, 1), seen(other, 0))
	for i, want := range []string{
		"[same-person content-changed checklist-incomplete]",
		"[content-changed checklist-incomplete]",
		"[checklist-incomplete]",
	} {
		if names := names(got[i].Refusal); names != want {
			t.Errorf("row %d: %s, want %s", i, names, want)
		}
	}
	if f := got[1].Refusal.Facts; fmt.Sprint(f["current"], f["seen"]) != fmt.Sprint(w.Revision(stale), w.Revision(stale)-1) {
		t.Errorf("content-changed says %v", f)
	}
	got = batch("o1", w.Items("o1"), seen(mine, 0), seen(stale, 1), seen(other, 0))
	if got[0].Refusal != nil || names(got[1].Refusal) != "[content-changed]" || got[2].Refusal != nil {
		t.Errorf("rows %v", got)
	}
}

func names(r *domain.Refusal) string {
	if r == nil {
		return "[]"
	}
	all := []string{r.Name}
	for _, x := range r.Also {
		all = append(all, x.Name)
	}
	return fmt.Sprint(all)
}
