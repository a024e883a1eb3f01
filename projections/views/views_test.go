package views

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/randomledger"
)

// randomLedger writes a small random ledger.
func randomLedger(t testing.TB, o randomledger.Options) *eventstoretest.Memory {
	t.Helper()
	store := eventstoretest.NewMemory()
	if _, err := randomledger.Write(context.Background(), store, o); err != nil {
		t.Fatal(err)
	}
	return store
}

// window is a ledger that shows its first events only.
type window struct {
	*eventstoretest.Memory
	size domain.Position
}

func (w *window) Size() domain.Position { return w.size }

func open(t testing.TB, ledger Ledger, dir string) *Views {
	t.Helper()
	v, err := Open(context.Background(), Options{Dir: dir, Ledger: ledger, Unseal: randomledger.Unseal})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// dump is every row of every table, sorted: two files with the same dump
// answer every question alike.
func dump(t testing.TB, v *Views) []string {
	t.Helper()
	rows, err := dumpOf(v.live.fold.w.conn)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func dumpOf(conn *sql.Conn) ([]string, error) {
	ctx := context.Background()
	names, err := conn.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'search_%' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	if err != nil {
		return nil, err
	}
	var all []string
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	names.Close()
	all[slices.Index(all, "search")] = "search_terms"
	var out []string
	for _, name := range all {
		rows, err := conn.QueryContext(ctx, "SELECT * FROM "+name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			pointers := make([]any, len(columns))
			for i := range values {
				pointers[i] = &values[i]
			}
			if err := rows.Scan(pointers...); err != nil {
				return nil, err
			}
			out = append(out, fmt.Sprintf("%s %v", name, values))
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		rows.Close()
	}
	slices.Sort(out)
	return out, nil
}

func sameDump(t *testing.T, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	var b strings.Builder
	for _, r := range want {
		if _, ok := slices.BinarySearch(got, r); !ok {
			fmt.Fprintln(&b, "missing:", r)
		}
	}
	for _, r := range got {
		if _, ok := slices.BinarySearch(want, r); !ok {
			fmt.Fprintln(&b, "too many:", r)
		}
	}
	t.Fatalf("%s:\n%s", what, b.String())
}

// Following event by event, in batches of random size, and rebuilding give the
// same rows in every table, at every prefix.
func TestFollowingEqualsRebuilding(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			store := randomLedger(t, randomledger.Options{Seed: seed, Events: 300})
			single := &window{Memory: store}
			byOne := open(t, single, t.TempDir())
			batched := &window{Memory: store}
			byBatch := open(t, batched, t.TempDir())
			rng := rand.New(rand.NewPCG(seed, 1))
			ctx := context.Background()
			for n := domain.Position(1); n <= store.Size(); n++ {
				single.size = n
				if err := byOne.ToEnd(ctx); err != nil {
					t.Fatalf("%d: %v", n, err)
				}
				if rng.IntN(20) > 0 && n < store.Size() {
					continue
				}
				batched.size = n
				if err := byBatch.ToEnd(ctx); err != nil {
					t.Fatalf("%d: %v", n, err)
				}
				want := dump(t, byOne)
				sameDump(t, fmt.Sprintf("batches at %d", n), dump(t, byBatch), want)
				if rng.IntN(3) == 0 {
					if err := byBatch.Rebuild(ctx, nil); err != nil {
						t.Fatal(err)
					}
					sameDump(t, fmt.Sprintf("rebuilt at %d", n), dump(t, byBatch), want)
				}
			}
		})
	}
}
