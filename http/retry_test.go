package http_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"staffledger/domain"
)

// The same key with the same request gives the same answer, but for the mark
// that it is a repeat; with another request it is refused and writes nothing.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	path := "/v1/units/" + string(u1) + "/changes"
	first := a.do("c", "POST", path, a.entry(1, "administrative/full", "2026-03-02"), "Idempotency-Key", "key one")
	first.refused("header-malformed")
	send := func(user string, n int, header ...string) reply {
		return a.send(a.request(user, "POST", path, a.entry(n, "administrative/full", "2026-03-02"), append([]string{"Idempotency-Key", "key-one"}, header...)...))
	}
	first = send("c", 1).ok()
	size := a.ledger.Size()
	again := send("c", 1).ok()
	if string(again.Body) != strings.Replace(string(first.Body), `"repeated":false`, `"repeated":true`, 1) || again.Status != first.Status || again.etag() != first.etag() {
		t.Errorf("first %d %s\nagain %d %s", first.Status, first.Body, again.Status, again.Body)
	}
	send("c", 2).refused("key-reused")
	// The very bytes count: the same fields in another order are another request.
	text, err := json.Marshal(a.entry(1, "administrative/full", "2026-03-02"))
	must(t, err)
	a.send(a.request("c", "POST", path, " "+string(text), "Idempotency-Key", "key-one")).refused("key-reused")
	if a.ledger.Size() != size {
		t.Errorf("%d events were written", a.ledger.Size()-size)
	}
	// Users have key spaces of their own; a refusal uses no key up.
	send("c1", 2).ok()
	a.send(a.request("c", "POST", path, a.entry(2, "administrative/full", "2026-03-02"), "Idempotency-Key", "key-two")).refused("wrong-step")
	a.send(a.request("c", "POST", path, a.entry(3, "administrative/full", "2026-03-02"), "Idempotency-Key", "key-two")).ok()
	a.send(a.request("c", "POST", path, a.entry(4, "administrative/full", "2026-03-02"))).refused("field-missing")
	a.do("c", "POST", path, a.entry(4, "administrative/full", "2026-03-02"), "Idempotency-Key", strings.Repeat("k", 256)).refused("header-malformed")
	// A recording goes over two streams and is repeated as one.
	change := first.id()
	a.passGates(change)
	tag := a.get("aud", "/v1/changes/"+change+"?atLeast="+a.newest()).etag()
	record := func() reply {
		return a.send(a.request("e1", "POST", "/v1/changes/"+change+"/record", "{}", "Idempotency-Key", "record", "If-Match", tag)).ok()
	}
	one, two := record(), record()
	if string(two.Body) != strings.Replace(string(one.Body), `"repeated":false`, `"repeated":true`, 1) {
		t.Errorf("first %s\nagain %s", one.Body, two.Body)
	}
}

// Twenty of the same request at once are carried out once.
func TestTheSameKeyAtOnce(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	before := a.ledger.Size()
	var wg sync.WaitGroup
	var replies [20]reply
	for i := range replies {
		wg.Go(func() {
			replies[i] = a.send(a.request("c", "POST", "/v1/units/"+string(u1)+"/changes", a.entry(1, "administrative/full", "2026-03-02"), "Idempotency-Key", "same"))
		})
	}
	wg.Wait()
	firsts := 0
	for _, r := range replies {
		r.ok()
		if r.id() != replies[0].id() {
			t.Errorf("two changes: %s and %s", r.id(), replies[0].id())
		}
		if strings.Contains(string(r.Body), `"repeated":false`) {
			firsts++
		}
	}
	if firsts != 1 {
		t.Errorf("%d answers say that they were the first", firsts)
	}
	if n := a.ledger.Size() - before; n != 2 { // person and change
		t.Errorf("%d events, want 2", n)
	}
}

// If-Match: none is asked for, an old one shows both sides, only one spelling is read.
func TestPreconditions(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	collected := a.do("c", "POST", "/v1/units/"+string(u1)+"/changes", a.entry(1, "administrative/full", "2026-03-02")).ok()
	path := "/v1/changes/" + collected.id()
	pass := map[string]any{"items": a.Items("o1"), "opinion": "同意"}
	a.do("o1", "POST", path+"/pass", pass).refused("precondition-required")
	for _, tag := range []string{`r1`, `"1"`, `W/"r1"`, `"r01"`, `"r1", "r2"`, `*`, `"r-1"`, `"r99999999999999999999"`} {
		a.do("o1", "POST", path+"/pass", pass, "If-Match", tag).refused("header-malformed")
	}
	passed := a.do("o1", "POST", path+"/pass", pass, "If-Match", collected.etag()).ok()
	before := a.ledger.Size()
	must(t, a.views.AtLeast(t.Context(), before-1)) // names in the sentences
	p := a.do("h1", "POST", path+"/pass", map[string]any{"items": a.Items("h1")}, "If-Match", collected.etag(), "Accept-Language", "en-GB, zh;q=0.5").refused("precondition-failed")
	if p.Seen == nil || p.Current == nil || fmt.Sprintf(`"r%d"`, *p.Seen) != collected.etag() || fmt.Sprintf(`"r%d"`, *p.Current) != passed.etag() ||
		len(p.Since) != 1 || !strings.Contains(p.Since[0].Sentence, "passed the entry") {
		t.Errorf("412: %+v", p)
	}
	// Who may not act is told so before he is told what has changed.
	a.do("e1", "POST", path+"/pass", pass, "If-Match", collected.etag()).refused("not-authorised")
	if a.ledger.Size() != before {
		t.Error("something was written")
	}
	a.do("h1", "POST", path+"/pass", map[string]any{"items": a.Items("h1")}, "If-Match", passed.etag()).ok()
	if got := a.get("aud", path+"?atLeast="+a.newest()).ok().etag(); got == passed.etag() {
		t.Errorf("ETag stays %s", got)
	}
}

// register is what a race is about: how many have won.
var oneWins = porcupine.Model{
	Init: func() any { return 0 },
	Step: func(state, _, output any) (bool, any) {
		if output.(bool) {
			return state.(int) == 0, 1
		}
		return state.(int) == 1, state
	},
}

// race sends requests at once and checks that exactly one wins, in an order
// that real time allows: nobody is refused before the winner has begun.
func (a *api) race(n int, request func(i int) reply, refusal ...string) {
	a.t.Helper()
	var wg sync.WaitGroup
	history := make([]porcupine.Operation, n)
	for i := range n {
		wg.Go(func() {
			call := time.Now().UnixNano()
			r := request(i)
			won := r.Status < 300
			if !won {
				var p problem
				r.json(&p)
				found := false
				for _, name := range refusal {
					found = found || p.name() == name
				}
				if !found {
					a.t.Errorf("racer %d: %d %s", i, r.Status, r.Body)
				}
			}
			history[i] = porcupine.Operation{ClientId: i, Call: call, Output: won, Return: time.Now().UnixNano()}
		})
	}
	wg.Wait()
	if !porcupine.CheckOperations(oneWins, history) {
		a.t.Errorf("the race has no order: %+v", history)
	}
}

// Twenty people for one post.
func TestTwentyPeopleForOnePost(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 1, 0)
	const n = 20
	var paths, tags [n]string
	for i := range n {
		change := a.Collect("U1", a.EntryForm(i, "administrative/full", "2026-03-02"))
		a.Pass(change, "o1", "h1", "f1")
		paths[i] = "/v1/changes/" + string(change)
	}
	for i := range n {
		tags[i] = a.get("aud", paths[i]+"?atLeast="+a.newest()).ok().etag()
	}
	a.race(n, func(i int) reply {
		return a.do("e1", "POST", paths[i]+"/record", map[string]any{}, "If-Match", tags[i])
	}, "no-free-post")
	a.wantLine(u1, "", [5]int{1, 1, 0, 0, 0})
}

// Twenty units for one person.
func TestTwentyUnitsForOnePerson(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	const n = 20
	var units [n]domain.UnitID
	var paths, tags [n]string
	for i := range n {
		name := fmt.Sprintf("U%d", i)
		units[i] = a.Unit(name, "administrative/full", 1, 0)
		change := a.Collect(name, a.EntryForm(1, "administrative/full", "2026-03-02"))
		a.Pass(change, "o1", "h1", "f1")
		paths[i] = "/v1/changes/" + string(change)
	}
	for i := range n {
		tags[i] = a.get("aud", paths[i]+"?atLeast="+a.newest()).ok().etag()
	}
	a.race(n, func(i int) reply {
		return a.do("e1", "POST", paths[i]+"/record", map[string]any{}, "If-Match", tags[i])
	}, "holds-post-elsewhere", "person-busy")
	occupied := 0
	for i := range n {
		var answer struct {
			Lines []struct{ Balance struct{ O int } }
		}
		a.get("aud", "/v1/units/"+string(units[i])+"/lines?atLeast="+a.newest()).ok().json(&answer)
		occupied += answer.Lines[0].Balance.O
	}
	if occupied != 1 {
		t.Errorf("%d holdings of one person", occupied)
	}
}
