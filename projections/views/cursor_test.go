package views

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"staffledger/domain"
	"staffledger/test/randomledger"
)

func FuzzDecodeCursor(f *testing.F) {
	f.Add("units", encodeCursor("units", cursor{"330200-0001", int64(7)}))
	f.Add("changes", encodeCursor("changes", cursor{int64(-1)}))
	f.Add("x", "!!")
	f.Add("x", "AAAAAAAAAAAC_____w8")
	f.Fuzz(func(t *testing.T, query, text string) {
		for _, kinds := range []string{"i", "si", "ii", "sii"} {
			c, err := decodeCursor(query, text, kinds)
			switch {
			case err != nil && !errors.Is(err, ErrCursor):
				t.Fatal(err)
			case err == nil && text != "" && encodeCursor(query, c) != text:
				t.Fatalf("%q is not the one spelling of %v", text, c)
			}
		}
	})
}

func TestCursorBelongsToItsQuery(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	v := open(t, randomLedger(t, randomledger.Options{Seed: 1, Events: 400}), t.TempDir())
	page, err := v.Changes(ctx, ChangeQuery{Limit: 2})
	if err != nil || page.Next == "" {
		t.Fatal(page, err)
	}
	flipped := []byte(page.Next)
	flipped[len(flipped)/2] ^= 1
	for _, q := range []ChangeQuery{
		{Limit: 2, After: page.Next, ByDue: true},
		{Limit: 2, After: page.Next, Kind: "exit"},
		{Limit: 2, After: string(flipped)},
		{Limit: 2, After: page.Next + "A"},
		{Limit: 2, After: "?"},
	} {
		if _, err := v.Changes(ctx, q); !errors.Is(err, ErrCursor) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := v.Changes(ctx, ChangeQuery{Limit: 3, After: page.Next}); err != nil {
		t.Errorf("another limit: %v", err)
	}
	if _, err := v.Units(ctx, UnitQuery{After: page.Next}); !errors.Is(err, ErrCursor) {
		t.Error(err)
	}
	if _, err := v.Documents(ctx, DocumentQuery{After: page.Next}); !errors.Is(err, ErrCursor) {
		t.Error(err)
	}
	for _, limit := range []int{-1, 501} {
		if _, err := v.Changes(ctx, ChangeQuery{Limit: limit}); !errors.Is(err, ErrQuery) {
			t.Errorf("limit %d: %v", limit, err)
		}
	}
}

// A page's place is kept while the ledger goes on: what stood behind it comes
// once, nothing twice.
func TestPagingDuringFollowing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store := randomLedger(t, randomledger.Options{Seed: 2, Events: 600})
	ledger := &window{Memory: store, size: 500}
	v := open(t, ledger, t.TempDir())
	whole, err := v.Changes(ctx, ChangeQuery{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []domain.ChangeID
	for _, r := range whole.Rows {
		want = append(want, r.ID)
	}
	for q := (ChangeQuery{Limit: 7}); ; {
		page, err := v.Changes(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Rows {
			got = append(got, r.ID)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
		ledger.size = min(ledger.size+9, store.Size())
		if err := v.ToEnd(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}
