package views

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/test/randomledger"
)

func allChanges(t *testing.T, v *Views, q ChangeQuery) (rows []ChangeRow, total int) {
	t.Helper()
	q.Limit = 11
	for {
		page, err := v.Changes(context.Background(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		rows, total = append(rows, page.Rows...), page.Total
		if q.After = page.Next; q.After == "" {
			return rows, total
		}
	}
}

func allUnits(t *testing.T, v *Views, q UnitQuery) []UnitRow {
	t.Helper()
	var rows []UnitRow
	for q.Limit = 2; ; {
		page, err := v.Units(context.Background(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if rows = append(rows, page.Rows...); page.Next == "" {
			if page.Total != len(rows) {
				t.Errorf("%+v: total %d, %d rows", q, page.Total, len(rows))
			}
			return rows
		}
		q.After = page.Next
	}
}

// below are the units of a subtree by their parents.
func below(units []UnitRow, top domain.UnitID) map[domain.UnitID]bool {
	in := map[domain.UnitID]bool{top: true}
	for grown := true; grown; {
		grown = false
		for _, u := range units {
			if in[u.Parent] && !in[u.ID] {
				in[u.ID], grown = true, true
			}
		}
	}
	return in
}

// Each filter of Changes gives what filtering the whole list gives.
func TestChangesFilters(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 15, Events: 900})
	v := open(t, store, t.TempDir())
	every, total := allChanges(t, v, ChangeQuery{})
	if total != len(every) || total < 50 {
		t.Fatalf("%d of %d", len(every), total)
	}
	units := allUnits(t, v, UnitQuery{})
	level := map[domain.UnitID]domain.Level{}
	for _, u := range units {
		level[u.ID] = u.Level
	}
	touched, roles := map[string]bool{}, map[string][]domain.Role{}
	var user domain.UserID
	for r := range store.All(ctx, 0) {
		for _, tag := range r.Tags {
			if id, ok := strings.CutPrefix(string(tag), "change:"); ok && r.Stream.Kind() == domain.AccountStream && r.Type != account.TypeStaffingRefused {
				touched[r.AuthID+id] = true
				roles[r.AuthID+id] = append(roles[r.AuthID+id], r.ActorRole)
				if r.ActorRole == domain.GateHR {
					user = domain.UserID(r.AuthID)
				}
			}
		}
	}
	some := every[len(every)/2]
	batch := ""
	for _, r := range every {
		batch = cmp.Or(batch, r.BatchID)
	}
	sub := below(units, units[0].ID)
	for name, c := range map[string]struct {
		q    ChangeQuery
		keep func(r ChangeRow) bool
	}{
		"unit":       {ChangeQuery{Unit: some.Unit}, func(r ChangeRow) bool { return r.Unit == some.Unit }},
		"level":      {ChangeQuery{Scope: domain.Scope{Level: randomledger.Levels[1]}}, func(r ChangeRow) bool { return level[r.Unit] == randomledger.Levels[1] }},
		"subtree":    {ChangeQuery{Scope: domain.Scope{Unit: units[0].ID}}, func(r ChangeRow) bool { return sub[r.Unit] }},
		"two scopes": {ChangeQuery{Scopes: []domain.Scope{{Unit: units[0].ID}, {Level: randomledger.Levels[1]}}}, func(r ChangeRow) bool { return sub[r.Unit] || level[r.Unit] == randomledger.Levels[1] }},
		"narrowed":   {ChangeQuery{Unit: some.Unit, Scopes: []domain.Scope{{Unit: "nobody"}}}, func(r ChangeRow) bool { return false }},
		"person":     {ChangeQuery{Person: some.Person}, func(r ChangeRow) bool { return r.Person == some.Person }},
		"kind":       {ChangeQuery{Kind: account.Exit}, func(r ChangeRow) bool { return r.Kind == account.Exit }},
		"states":     {ChangeQuery{States: []ChangeState{ToRecord, Returned}}, func(r ChangeRow) bool { return r.State == ToRecord || r.State == Returned }},
		"ended":      {ChangeQuery{States: []ChangeState{IsRecorded, Withdrawn}}, func(r ChangeRow) bool { return r.State == IsRecorded || r.State == Withdrawn }},
		"gate":       {ChangeQuery{States: []ChangeState{InReview}, Gate: account.GateOffice}, func(r ChangeRow) bool { return r.State == InReview && r.Gate == account.GateOffice }},
		"done":       {ChangeQuery{Done: user}, func(r ChangeRow) bool { return touched[string(user)+string(r.ID)] }},
		"not human": {ChangeQuery{NotHuman: domain.HumanID(user)}, func(r ChangeRow) bool {
			return !slices.ContainsFunc(roles[string(user)+string(r.ID)], func(as domain.Role) bool { return as != domain.Role("gate:"+string(r.Gate)) })
		}},
		"own file":    {ChangeQuery{NotHuman: domain.HumanID(some.Person)}, func(r ChangeRow) bool { return r.Person != some.Person }},
		"due":         {ChangeQuery{DueBy: some.Collected.Day() + 20}, func(r ChangeRow) bool { return r.Due != domain.NoDay && r.Due <= some.Collected.Day()+20 }},
		"batch":       {ChangeQuery{Batch: batch}, func(r ChangeRow) bool { return r.BatchID == batch }},
		"name":        {ChangeQuery{Text: some.PersonName}, func(r ChangeRow) bool { return strings.Contains(r.PersonName, some.PersonName) }},
		"number":      {ChangeQuery{Text: some.Number}, func(r ChangeRow) bool { return r.Number == some.Number }},
		"number head": {ChangeQuery{Text: strings.ToLower(some.Number[:11])}, func(r ChangeRow) bool { return strings.HasPrefix(r.Number, some.Number[:11]) }},
		"nothing":     {ChangeQuery{Text: "、"}, func(r ChangeRow) bool { return false }},
	} {
		for _, due := range []bool{false, true} {
			c.q.ByDue = due
			var want []ChangeRow
			for _, r := range every {
				if c.keep(r) {
					want = append(want, r)
				}
			}
			if due {
				slices.SortFunc(want, func(x, y ChangeRow) int {
					last := func(d domain.Day) domain.Day {
						if d == domain.NoDay {
							return maxDay
						}
						return d
					}
					return cmp.Or(int(last(x.Due)-last(y.Due)), strings.Compare(x.Number, y.Number))
				})
			}
			got, total := allChanges(t, v, c.q)
			if total != len(want) || !(len(got)+len(want) == 0 || reflect.DeepEqual(got, want)) {
				t.Errorf("%s (by due %v): %d rows of %d, want %d", name, due, len(got), total, len(want))
			}
		}
	}
	if _, err := v.Changes(ctx, ChangeQuery{States: []ChangeState{"x"}}); !errors.Is(err, ErrQuery) {
		t.Error(err)
	}
}

// The whole of a change agrees with the account's own state, and passes that
// were voided are told apart.
func TestChangeAgreesWithTheAccount(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 15, Events: 900})
	v := open(t, store, t.TempDir())
	accounts := foldAccounts(t, store)
	every, _ := allChanges(t, v, ChangeQuery{})
	voided := 0
	for _, row := range every {
		c, err := v.Change(ctx, row.Number)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := accounts[domain.AccountOf(row.Unit)].Change(row.ID)
		standing := 0
		for _, s := range c.Steps {
			if s.Stands {
				standing++
			} else if s.Type == account.TypeStaffingReviewed {
				voided++
			}
			if s.User != "" && s.UserName == "" {
				t.Errorf("%s: no name for %s", row.Number, s.User)
			}
			if s.Type == account.TypeStaffingReturned && s.Fields["education"] == "" {
				t.Errorf("%s: returned without words", row.Number)
			}
		}
		if c.Revision != want.Revision || c.Content != want.Content || c.Passed != want.Passed || standing != want.Passed ||
			c.Effective != want.Effective || !slices.Equal(c.Route, want.Route) || c.Document != want.Document || c.Steps[0].Type != account.TypeStaffingCollected {
			t.Errorf("%s:\ngot  %+v\nwant %+v (%d standing)", row.Number, c, want, standing)
		}
		if byID, err := v.Change(ctx, string(row.ID)); err != nil || !reflect.DeepEqual(byID, c) {
			t.Errorf("%s by id: %v", row.Number, err)
		}
	}
	if voided == 0 {
		t.Error("no pass was ever voided")
	}
	if _, err := v.Change(ctx, "C-1999-00001"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func foldAccounts(t *testing.T, ledger Ledger) map[domain.Stream]*account.Account {
	t.Helper()
	accounts := map[domain.Stream]*account.Account{}
	for r, err := range ledger.All(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if k := r.Stream.Kind(); k != domain.AccountStream && k != domain.PoolStream {
			continue
		}
		payload, err := account.Decode(r.Type, r.Data)
		if err != nil {
			t.Fatal(err)
		}
		if accounts[r.Stream] == nil {
			accounts[r.Stream] = account.New(r.Stream)
		}
		accounts[r.Stream].Apply(r.Head, payload)
	}
	return accounts
}

// Units, their sums and filters; lines, approvals and what falls due; people.
func TestUnitsAndAccounts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 22, Events: 1200, Units: 14})
	v := open(t, store, t.TempDir())
	accounts := foldAccounts(t, store)
	_, now := v.Position()
	units := allUnits(t, v, UnitQuery{})
	own := map[domain.UnitID]UnitRow{}
	for _, u := range units {
		a := accounts[domain.AccountOf(u.ID)]
		var sum account.Balance
		free, over := 0, 0
		lines, err := v.Lines(ctx, u.ID, AsOf{})
		if err != nil || len(lines) != len(a.Lines()) {
			t.Fatalf("%d lines, want %d: %v", len(lines), len(a.Lines()), err)
		}
		for _, l := range lines {
			if want := a.BalanceOn(l.Line, now.Day()+1000); l.Balance != want {
				t.Errorf("%s %s: %v, want %v", u.ID, l.Line, l.Balance, want)
			}
			sum = sum.Plus(l.Balance)
			free, over = free+max(l.Balance.Free(), 0), over+max(-l.Balance.Free(), 0)
		}
		if u.Balance != sum || u.Free != free || u.Over != over || u.Revision != a.Revision() {
			t.Errorf("%+v: want %v free %d over %d", u, sum, free, over)
		}
		own[u.ID] = u
		page, err := v.Roster(ctx, RosterQuery{Unit: u.ID, Limit: 500})
		if err != nil || len(page.Rows) != len(a.Holdings()) || page.Total != len(page.Rows) {
			t.Errorf("%d people of %d, want %d: %v", len(page.Rows), page.Total, len(a.Holdings()), err)
		}
		checkRoster(t, v, u.ID, page)
		approvals, err := v.Approvals(ctx, u.ID, false)
		if err != nil || len(approvals) != len(a.Approvals()) {
			t.Errorf("%d approvals: %v", len(approvals), err)
		}
		for _, got := range approvals {
			want, _ := a.Approval(got.ID)
			if got.Drawn != want.Drawn || got.Consumed != want.Consumed || got.Ended != want.Ended || got.Revision != want.Revision || got.Posts != want.Posts {
				t.Errorf("%+v, want %+v", got, want)
			}
			if again, err := v.Approval(ctx, got.Number); err != nil || again != got {
				t.Errorf("%s: %v", got.Number, err)
			}
		}
		for _, ref := range []string{string(u.ID), u.Code} {
			if found, err := v.FindUnit(ctx, ref); err != nil || found.ID != u.ID || !reflect.DeepEqual(found, u.Unit) {
				t.Errorf("%s: %+v %v", ref, found, err)
			}
		}
	}
	for _, u := range allUnits(t, v, UnitQuery{WithSubs: true}) {
		want := UnitRow{}
		for id := range below(units, u.ID) {
			want.Balance = want.Balance.Plus(own[id].Balance)
			want.Free, want.Over = want.Free+own[id].Free, want.Over+own[id].Over
		}
		if u.Balance != want.Balance || u.Free != want.Free || u.Over != want.Over || u.Under != len(below(units, u.ID))-1 {
			t.Errorf("%s with subs: %+v, want %+v", u.ID, u, want)
		}
	}
	level := randomledger.Levels[0]
	for name, c := range map[string]struct {
		q    UnitQuery
		keep func(UnitRow) bool
	}{
		"children": {UnitQuery{Parent: units[0].ID}, func(u UnitRow) bool { return u.Parent == units[0].ID }},
		"roots":    {UnitQuery{Roots: true}, func(u UnitRow) bool { return u.Parent == "" && u.Depth == 0 }},
		"roots of level": {UnitQuery{Roots: true, Scope: domain.Scope{Level: level}}, func(u UnitRow) bool {
			return u.Level == level && (u.Parent == "" || own[u.Parent].Level != level)
		}},
		"top":    {UnitQuery{Roots: true, Scope: domain.Scope{Unit: units[0].ID}}, func(u UnitRow) bool { return u.ID == units[0].ID }},
		"level":  {UnitQuery{Scope: domain.Scope{Level: level}}, func(u UnitRow) bool { return u.Level == level }},
		"system": {UnitQuery{System: "party"}, func(u UnitRow) bool { return u.System == "party" }},
		"rank":   {UnitQuery{Rank: "section"}, func(u UnitRow) bool { return u.Rank == "section" }},
		"free":   {UnitQuery{State: "free"}, func(u UnitRow) bool { return u.Free > 0 }},
		"full":   {UnitQuery{State: "full"}, func(u UnitRow) bool { return u.Free == 0 && u.Over == 0 }},
		"over":   {UnitQuery{State: "over"}, func(u UnitRow) bool { return u.Over > 0 }},
		"name":   {UnitQuery{Text: "学校"}, func(u UnitRow) bool { return strings.Contains(u.Name, "学校") }},
		"old":    {UnitQuery{Text: "挂牌"}, func(u UnitRow) bool { return len(u.OtherNames) > 0 }},
		"code":   {UnitQuery{Text: units[0].Code}, func(u UnitRow) bool { return u.Code == units[0].Code }},
		"letter": {UnitQuery{Text: "校"}, func(u UnitRow) bool { return strings.Contains(u.Name, "校") }},
	} {
		var want []UnitRow
		for _, u := range units {
			if c.keep(u) {
				want = append(want, u)
			}
		}
		if got := allUnits(t, v, c.q); len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d units, want %d", name, len(got), len(want))
		}
	}
	checkTotals(t, v, units)
	checkDue(t, v, accounts, now)
}

// checkRoster asks the roster in every order and by every filter.
func checkRoster(t *testing.T, v *Views, unit domain.UnitID, whole RosterPage) {
	t.Helper()
	ctx := context.Background()
	by := map[string]func(r RosterRow) string{
		"from": func(r RosterRow) string { return "" }, "name": func(r RosterRow) string { return r.Name },
		"post": func(r RosterRow) string { return r.Post }, "line": func(r RosterRow) string { return string(r.Line) },
	}
	for sort, of := range by {
		for _, turn := range []string{"", "-"} {
			want := slices.Clone(whole.Rows)
			slices.SortStableFunc(want, func(x, y RosterRow) int { return cmp.Or(strings.Compare(of(x), of(y)), int(x.From-y.From)) })
			if turn == "-" {
				slices.Reverse(want)
			}
			var got []RosterRow
			for q := (RosterQuery{Unit: unit, Sort: turn + sort, Limit: 2}); ; {
				page, err := v.Roster(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, page.Rows...)
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
				t.Errorf("%s by %s%s: got %v\nwant %v", unit, turn, sort, got, want)
			}
		}
	}
	for _, q := range []RosterQuery{{Line: "institution/full"}, {Kind: "institution"}, {Text: "赵"}, {Text: "教师", Kind: "institution"}} {
		q.Unit, q.Limit = unit, 500
		var want []RosterRow
		for _, r := range whole.Rows {
			if (q.Line == "" || q.Line == r.Line) && (q.Kind == "" || r.Line.Kind() == q.Kind) && (q.Text == "" || strings.Contains(r.Name+r.Post, q.Text)) {
				want = append(want, r)
			}
		}
		page, err := v.Roster(ctx, q)
		if err != nil || page.Total != len(want) || len(want) > 0 && !reflect.DeepEqual(page.Rows, want) {
			t.Errorf("%+v: %d rows of %d, want %d: %v", q, len(page.Rows), page.Total, len(want), err)
		}
		kinds := 0
		for _, n := range page.ByKind {
			kinds += n
		}
		if kinds != page.Total {
			t.Errorf("%+v: %v of %d", q, page.ByKind, page.Total)
		}
	}
	for _, r := range whole.Rows {
		p, err := v.FindPerson(ctx, r.Person)
		if err != nil || p.Unit != unit || p.Holding == nil || p.Holding.Holding != r.Holding || p.Particulars.Name != r.Name || len(p.Holdings) == 0 {
			t.Errorf("%s: %+v %v", r.Person, p, err)
		}
		if !strings.Contains(r.IDMasked, "****") || r.Name == "" {
			t.Errorf("%+v", r)
		}
	}
	if _, err := v.Roster(ctx, RosterQuery{Unit: unit, Sort: "x"}); !errors.Is(err, ErrQuery) {
		t.Error(err)
	}
}

func checkTotals(t *testing.T, v *Views, units []UnitRow) {
	t.Helper()
	for _, scope := range []domain.Scope{{}, {Level: randomledger.Levels[0]}, {Unit: units[0].ID}} {
		rows, err := v.Totals(context.Background(), scope)
		if err != nil {
			t.Fatal(err)
		}
		var got, want account.Balance
		free, over := 0, 0
		for _, r := range rows {
			got = got.Plus(r.Balance)
			free, over = free+r.Free, over+r.Over
		}
		in := below(units, scope.Unit)
		for _, u := range units {
			if scope.Whole() || u.Level == scope.Level || scope.Unit != "" && in[u.ID] {
				want = want.Plus(u.Balance)
				free, over = free-u.Free, over-u.Over
			}
		}
		if got != want || free != 0 || over != 0 {
			t.Errorf("%+v: %v, want %v (free off by %d, over by %d)", scope, got, want, free, over)
		}
	}
}

func checkDue(t *testing.T, v *Views, accounts map[domain.Stream]*account.Account, now domain.Instant) {
	t.Helper()
	some := false
	for ahead := domain.Day(-100); ahead < 100; ahead += 10 {
		day := now.Day() + ahead
		got, err := v.FallenDue(context.Background(), day)
		if err != nil {
			t.Fatal(err)
		}
		var want []domain.Stream
		for s, a := range accounts {
			if next := a.NextDue(); next != domain.NoDay && next <= day {
				want = append(want, s)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("due by %s: %v, want %v", day, got, want)
		}
		some = some || len(want) > 0
	}
	if !some {
		t.Error("nothing ever falls due")
	}
	open, err := v.UnderWay(context.Background())
	kinds := map[string]bool{}
	for _, p := range open {
		kinds[p.Kind] = true
	}
	ids, err2 := v.Unfinished(context.Background())
	if errors.Join(err, err2) != nil || !kinds["unit"] || !kinds["quota"] || !kinds["opening"] || len(ids) < 3 || len(ids) > len(open) {
		t.Errorf("open: %+v, ids %v: %v", open, ids, errors.Join(err, err2))
	}
}

func TestSearchDocumentsUsersMovements(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 16, Events: 1500})
	v := open(t, store, t.TempDir())
	cited := map[domain.DocumentID]int{}
	for r := range store.All(ctx, 0) {
		cited[r.DocumentID]++
	}
	page, err := v.Documents(ctx, DocumentQuery{Limit: 500})
	if err != nil || len(page.Rows) == 0 || page.Total != len(page.Rows) {
		t.Fatal(page, err)
	}
	for _, d := range page.Rows {
		if d.Cited != cited[d.ID] {
			t.Errorf("%s: cited %d, want %d", d.Number, d.Cited, cited[d.ID])
		}
		for _, ref := range []string{string(d.ID), d.Number} {
			if got, err := v.Document(ctx, ref); err != nil || got != d {
				t.Errorf("%s: %+v %v", ref, got, err)
			}
		}
	}
	// brackets and width do not count
	if found, err := v.Documents(ctx, DocumentQuery{Text: "甬编2026 3号"}); err != nil || found.Total == 0 || !strings.Contains(found.Rows[len(found.Rows)-1].Number, "3号") {
		t.Errorf("%+v %v", found, err)
	}
	names := []string{"欧阳", "𬭎", "芸"}
	for _, part := range names { // whole names, of a supplementary plane too
		found, err := v.Search(ctx, part, 1)
		if err != nil || len(found.People) == 0 {
			t.Fatalf("%s: %d people, %v", part, len(found.People), err)
		}
		names = append(names, found.People[0].Name)
	}
	for _, name := range names {
		found, err := v.Search(ctx, name, 500)
		if err != nil || len(found.People) == 0 {
			t.Fatalf("%s: %d people, %v", name, len(found.People), err)
		}
		for _, p := range found.People {
			if !strings.Contains(p.Name, name) {
				t.Errorf("%s: found %s", name, p.Name)
			}
			x, err := v.FindPerson(ctx, p.Person)
			if u, in := found.PeopleIn[p.Person]; err != nil || in != (x.Holding != nil) || in && u.ID != x.Unit {
				t.Errorf("%s: %+v %v", p.Name, x, err)
			}
		}
		for _, c := range found.Changes {
			if !strings.Contains(c.PersonName, name) {
				t.Errorf("%s: found change of %s", name, c.PersonName)
			}
		}
	}
	if found, err := v.Search(ctx, "  〔〕", 5); err != nil || len(found.People)+len(found.Units)+len(found.Documents)+len(found.Changes) > 0 {
		t.Errorf("%+v %v", found, err)
	}
	if found, err := v.Search(ctx, `" OR * NEAR(`, 5); err != nil || len(found.People) > 0 {
		t.Errorf("%+v %v", found, err)
	}
	users, err := v.Users(ctx)
	if err != nil || len(users) < 10 {
		t.Fatal(len(users), err)
	}
	states := map[string]int{}
	for _, u := range users {
		if one, err := v.User(ctx, u.ID); err != nil || !reflect.DeepEqual(one, u) {
			t.Errorf("%s: %v", u.ID, err)
		}
		states[fmt.Sprint("disabled ", u.Disabled)]++
		for _, g := range u.Grants {
			states[fmt.Sprint("proposed ", g.Proposed)]++
		}
	}
	if len(states) != 4 {
		t.Errorf("%v", states)
	}
	every, _ := allChanges(t, v, ChangeQuery{States: []ChangeState{IsRecorded}})
	_, now := v.Position()
	months, err := v.Movements(ctx, domain.Scope{}, now.Day()-3650, now.Day())
	if err != nil || len(months) == 0 {
		t.Fatal(err)
	}
	for _, m := range months {
		entries, exits := 0, 0
		for _, c := range every {
			if c.Effective >= m.Month && c.Effective < m.Month.AddMonths(1) {
				if c.Kind == account.Entry {
					entries++
				} else {
					exits++
				}
			}
		}
		if m.Entries != entries || m.Exits != exits {
			t.Errorf("%+v, want %d and %d", m, entries, exits)
		}
	}
	for _, err := range []error{
		func() error { _, err := v.User(ctx, "x"); return err }(),
		func() error { _, err := v.Document(ctx, "x"); return err }(),
		func() error { _, err := v.FindPerson(ctx, "x"); return err }(),
		func() error { _, err := v.FindUnit(ctx, "x"); return err }(),
		func() error { _, err := v.Roster(ctx, RosterQuery{Unit: "x"}); return err }(),
		func() error { _, err := v.Lines(ctx, "x", AsOf{}); return err }(),
		func() error { _, err := v.Approval(ctx, "x"); return err }(),
	} {
		if !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
}
