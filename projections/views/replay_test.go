package views

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/replay"
	"staffledger/test/randomledger"
)

func compare(t testing.TB, v *Views, ledger iter.Seq2[domain.Recorded, error]) replay.Result {
	t.Helper()
	x, err := v.Export(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	result, err := replay.Compare(ledger, x, v.opts.ReplayOpen)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Replay folds to the same rows as the views, at every prefix.
func TestReplayEqualsViews(t *testing.T) {
	t.Parallel()
	for seed, every := range []domain.Position{1, 7, 13} { // one of them at every prefix
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			store := randomLedger(t, randomledger.Options{Seed: uint64(seed), Events: 200 * (1 + seed)})
			ledger := &window{Memory: store}
			v := open(t, ledger, t.TempDir())
			for n := domain.Position(0); n < store.Size()+every; n += every {
				n = min(n, store.Size())
				ledger.size = n
				if err := v.ToEnd(ctx); err != nil {
					t.Fatal(err)
				}
				if r := compare(t, v, store.All(ctx, 0)); !r.Equal || r.Events != n {
					t.Fatalf("at %d: %+v", n, r)
				}
			}
		})
	}
}

// Random ledgers keep every rule that replay checks.
func TestRandomLedgersKeepTheRules(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := replay.New(nil)
		for e, err := range randomLedger(t, randomledger.Options{Seed: seed, Events: 600}).All(context.Background(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if v := r.Violation(); v != nil {
			t.Errorf("seed %d: %v", seed, v)
		}
	}
}

// Every random (D, K) and (D, @position), at prefixes of random ledgers, is
// answered as the definition says.
func TestAsOfEqualsDefinition(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			store := randomLedger(t, randomledger.Options{Seed: seed + 10, Events: 700})
			ledger := &window{Memory: store}
			v := open(t, ledger, t.TempDir())
			rng := rand.New(rand.NewPCG(seed, 7))
			for ledger.size < store.Size() {
				ledger.size = min(ledger.size+domain.Position(1+rng.IntN(90)), store.Size())
				if err := v.ToEnd(ctx); err != nil {
					t.Fatal(err)
				}
				for range 4 {
					checkAsOf(t, v, ledger, rng)
				}
			}
		})
	}
}

func checkAsOf(t *testing.T, v *Views, ledger *window, rng *rand.Rand) {
	t.Helper()
	ctx := context.Background()
	first, _ := ledger.At(ctx, 0)
	last, _ := ledger.At(ctx, ledger.size-1)
	span := int(last.Time.Day()-first.Time.Day()) + 60
	day := func() domain.Day { return first.Time.Day() - 45 + domain.Day(rng.IntN(span)) }
	asof := AsOf{}
	switch rng.IntN(4) {
	case 0:
		asof.Effective = day()
	case 1:
		asof.Known = day()
	case 2:
		asof.Effective, asof.Known = day(), day()
	case 3:
		p := domain.Position(rng.IntN(int(ledger.size) + 3))
		asof.Effective, asof.KnownAt = day(), &p
	}
	want, err := replay.AsOf(firstOf(ledger), replay.Point(asof))
	if err != nil {
		t.Fatal(err)
	}
	units, err := v.Units(ctx, UnitQuery{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units.Rows {
		lines, err := v.Lines(ctx, u.ID, asof)
		if err != nil {
			t.Fatal(err)
		}
		sameLines(t, asof, string(u.ID), lines, want.Lines[domain.AccountOf(u.ID)])
		var got []replay.Post
		q := RosterQuery{Unit: u.ID, AsOf: asof, Limit: 3}
		for {
			page, err := v.Roster(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page.Rows {
				got = append(got, replay.Post{Holding: r.Holding, Person: r.Person, Line: r.Line, Class: r.Class, Since: r.From})
			}
			if page.Total != len(want.Posts[u.ID]) {
				t.Fatalf("%+v: %d people in %s, want %d", asof, page.Total, u.ID, len(want.Posts[u.ID]))
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		if !reflect.DeepEqual(got, want.Posts[u.ID]) && len(got)+len(want.Posts[u.ID]) > 0 {
			t.Fatalf("%+v: roster of %s\ngot  %v\nwant %v", asof, u.ID, got, want.Posts[u.ID])
		}
	}
	for _, level := range randomledger.Levels {
		lines, err := v.PoolLines(ctx, level, asof)
		if err != nil {
			t.Fatal(err)
		}
		sameLines(t, asof, string(level), lines, want.Lines[domain.PoolOf(level)])
	}
}

func sameLines(t *testing.T, asof AsOf, name string, got []LineBalance, want map[codes.LineKey]account.Balance) {
	t.Helper()
	have := map[codes.LineKey]account.Balance{}
	for _, l := range got {
		have[l.Line] = l.Balance
	}
	if len(have)+len(want) > 0 && !reflect.DeepEqual(have, want) {
		t.Fatalf("%+v: lines of %s: %v, want %v", asof, name, have, want)
	}
}

// firstOf is what a window shows.
func firstOf(w *window) iter.Seq2[domain.Recorded, error] {
	return func(yield func(domain.Recorded, error) bool) {
		for r, err := range w.All(context.Background(), 0) {
			if r.Position >= w.size || !yield(r, err) {
				return
			}
		}
	}
}

// Any cell changed by hand, any row deleted or added, is found by Compare with
// the table's name and a position of the ledger.
func TestCompareFindsHandEdits(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 6, Events: 350})
	v := open(t, store, t.TempDir())
	conn := v.live.fold.w.conn
	exec := func(query string, args ...any) {
		t.Helper()
		if _, err := conn.ExecContext(ctx, query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	for _, view := range replay.Views {
		if view == "search" {
			continue
		}
		var columns []string
		rows, err := conn.QueryContext(ctx, "SELECT name FROM pragma_table_info(?)", view)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var c string
			if err := rows.Scan(&c); err != nil {
				t.Fatal(err)
			}
			columns = append(columns, c)
		}
		rows.Close()
		if len(columns) == 0 {
			t.Fatalf("no table %s", view)
		}
		var n int
		if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM "+view).Scan(&n); err != nil || n == 0 {
			t.Fatalf("table %s has %d rows: %v", view, n, err)
		}
		key := "rowid"
		if strings.Contains(tableOf(view), "WITHOUT ROWID") {
			key = strings.Join(v.primaryKey(t, view), "||'/'||")
		}
		where := " WHERE " + key + "=(SELECT " + key + " FROM " + view + " LIMIT 1 OFFSET " + fmt.Sprint(n/2) + ")"
		edits := []string{"DELETE FROM " + view + where}
		for i, c := range columns {
			if i%6 != len(view)%6 && len(columns) > 4 {
				continue
			}
			edits = append(edits, "UPDATE "+view+" SET "+c+"=iif(typeof("+c+")='integer',"+c+"+1000000007,"+c+"||'x')"+where)
		}
		add := make([]string, len(columns))
		for i, c := range columns {
			add[i] = "iif(typeof(" + c + ")='integer'," + c + "+1000000007," + c + "||'x')"
		}
		edits = append(edits, "INSERT INTO "+view+" SELECT "+strings.Join(add, ",")+" FROM "+view+where)
		exec("CREATE TEMP TABLE saved AS SELECT * FROM " + view)
		for _, edit := range edits {
			exec(edit)
			r := compare(t, v, store.All(ctx, 0))
			if r.Equal || r.Reason == "" || r.Position >= store.Size() || !slices.Contains(replay.Views, r.View) {
				t.Errorf("%s: %+v", edit, r)
			}
			exec("DELETE FROM " + view)
			exec("INSERT INTO " + view + " SELECT * FROM saved")
		}
		exec("DROP TABLE saved")
	}
	if r := compare(t, v, store.All(ctx, 0)); !r.Equal {
		t.Fatalf("restored: %+v", r)
	}
	exec("INSERT INTO search(rowid, grams) VALUES(12345678, '某某')")
	if r := compare(t, v, store.All(ctx, 0)); r.Equal || r.View != "search" {
		t.Errorf("search: %+v", r)
	}
}

func tableOf(name string) string {
	_, rest, _ := strings.Cut(tables, "CREATE TABLE "+name+"(")
	stmt, _, _ := strings.Cut(rest, ";")
	return stmt
}

func (v *Views) primaryKey(t *testing.T, name string) (columns []string) {
	rows, err := v.live.fold.w.conn.QueryContext(context.Background(), "SELECT name FROM pragma_table_info(?) WHERE pk>0 ORDER BY pk", name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			t.Fatal(err)
		}
		columns = append(columns, c)
	}
	return columns
}
