package model

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"staffledger/domain"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

var (
	seeds = flag.Int("model.seeds", 24, "random ledgers that the service is held against the model on")
	acts  = flag.Int("model.acts", 1_500, "acts of each")
	from  = flag.Int("model.from", 0, "first seed")
)

const firstDay = "2026-01-05"

func start(t testing.TB) (*game, domain.UserID) {
	store := eventstoretest.NewMemory()
	w := world.Bare(t, firstDay, store)
	g, admin := newGame(w, store)
	w.Open(g.options())
	var views *reader
	g.look = func() error {
		if views == nil {
			views = newReader(t, g)
		}
		return views.compare()
	}
	return g, admin
}

// Thousands of random commands: every answer, every balance on every day, who
// is in post, what is on its way, are as the rules say; after a restart too. On
// every fourth ledger the views and the second folding are asked as well.
func TestServiceKeepsTheRules(t *testing.T) {
	t.Parallel()
	met := map[string]int{}
	var mu sync.Mutex
	t.Run("seed", func(t *testing.T) {
		for seed := *from; seed < *from+*seeds; seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				g := run(t, uint64(seed), *acts)
				mu.Lock()
				defer mu.Unlock()
				for k, n := range g.met {
					met[k] += n
				}
			})
		}
	})
	if !t.Failed() && *seeds >= 24 {
		reached(t, met)
	}
}

// reached fails where the random acts have left something out.
func reached(t *testing.T, met map[string]int) {
	for _, r := range domain.RefusalTable {
		if _, not := unprovoked[r.Name]; met[r.Name]+met["row "+r.Name] == 0 != not {
			t.Errorf("%s was met %d times", r.Name, met[r.Name])
		}
	}
	for _, k := range []string{"EstablishUnit", "SetPool", "MoveQuota", "HoldBackPosts", "FreePosts", "ApproveUse", "RevokeUse", "Collect", "CollectBatch",
		"Resubmit", "Pass", "PassBatch", "Return", "Withdraw", "Record", "RecordBatch", "StartOpening", "AddOpeningPart", "CompleteOpening", "AbandonOpening",
		"RegisterDocument", "RegisterUser", "DisableUser", "GrantRole", "ConfirmRole", "RevokeRole", "SetPolicy", "SetCalendar"} {
		if met[k+" accepted"] < 10 {
			t.Errorf("%s was accepted %d times", k, met[k+" accepted"])
		}
	}
	for _, k := range []string{"repeated", "key reused", "precondition required", "precondition failed", "reminder no-free-post", "reminder kind-mismatch"} {
		if met[k] < 10 {
			t.Errorf("%s: %d times", k, met[k])
		}
	}
	if testing.Verbose() {
		for _, k := range slices.Sorted(maps.Keys(met)) {
			t.Log(k, met[k])
		}
	}
}

func run(t *testing.T, seed uint64, acts int) *game {
	g, admin := start(t)
	r, err := newGenerator(g, admin, seed)
	for n := 0; err == nil && n < acts; n++ {
		a := r.step()
		if err = g.play(a); err == nil {
			r.learn(a)
		}
		if err == nil && n%250 == 249 {
			err = g.compareAll()
		}
		if err == nil && seed%4 == 0 && n%60 == 59 {
			err = g.play(act{at: r.now, look: true})
		}
	}
	for _, last := range []act{{at: r.now, sweep: true}, {at: r.now, reopen: true}} {
		if err == nil {
			err = g.play(last)
		}
	}
	if err == nil && seed%4 == 0 {
		if err = g.play(act{at: r.now, look: true}); err == nil {
			err = newReader(t, g).whole()
		}
	}
	if err != nil {
		acts, short := shrink(t, g.acts, err)
		t.Fatalf("seed %d, act %d: %v\nin short: %v\n%s", seed, len(g.acts), err, short, trace(acts))
	}
	return g
}

// shrink leaves out what the difference does not need.
func shrink(t testing.TB, acts []act, err error) ([]act, error) {
	fails := func(acts []act) ([]act, error) {
		g, _ := start(t)
		for i, a := range acts {
			if err := g.play(a); err != nil {
				return acts[:i+1], err
			}
		}
		return nil, nil
	}
	if same, _ := fails(acts); same == nil {
		return acts[max(0, len(acts)-30):], errors.Join(err, errors.New("not seen when played again: these are the last acts"))
	}
	for size := len(acts) / 2; size > 0; size /= 2 {
		for from := 0; from+size < len(acts); {
			fewer := append(append([]act{}, acts[:from]...), acts[from+size:]...)
			if short, e := fails(fewer); short != nil && sortOf(e) == sortOf(err) {
				acts, err = short, e
			} else {
				from += size
			}
		}
	}
	return acts, err
}

// sortOf is the sort of a difference: shrinking must not slip to another one.
func sortOf(err error) string {
	s := fmt.Sprint(err)
	return s[:min(len(s), 9)]
}

func trace(acts []act) string {
	var b strings.Builder
	for _, a := range acts {
		fmt.Fprintln(&b, a)
	}
	return b.String()
}
