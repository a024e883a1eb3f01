package http_test

import (
	"fmt"
	"sync"
	"testing"

	"staffledger/domain/account"
)

// Story S9 over HTTP: an approval that expires while one of its posts is drawn.
func TestStoryExpiryOfAnApproval(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-02-02")
	u1 := a.Unit("U1", "administrative/full", 20, 1)
	for n := range 17 {
		a.Enter("U1", n, "administrative/full", "2026-02-02")
	}
	a.wantLine(u1, "", [5]int{20, 17, 0, 1, 2})
	unit := "/v1/units/" + string(u1)

	a.setClock("2026-03-02")
	approve := map[string]any{"line": "administrative/full", "posts": 2, "manner": "exam", "validto": "2026-03-31", "document": string(a.Document())}
	b := a.do("f2", "POST", unit+"/approvals", approve).ok().id()
	a.wantLine(u1, "", [5]int{20, 17, 2, 1, 0})
	approve["posts"] = 1
	a.do("f2", "POST", unit+"/approvals", approve).refused("no-free-post")

	exam := func(n int, effective string) map[string]any {
		f := a.entry(n, "administrative/full", effective)
		f["manner"], f["approval"] = "exam", b
		return f
	}
	a.setClock("2026-03-10")
	p1 := a.do("c", "POST", unit+"/changes", exam(101, "2026-03-16")).ok().id()
	a.passGates(p1)
	a.on("e1", p1, "record", map[string]any{}).refused("future-dated")
	a.setClock("2026-03-16")
	a.on("e1", p1, "record", map[string]any{}).ok()
	a.wantLine(u1, "", [5]int{20, 18, 1, 1, 0})

	a.setClock("2026-03-30")
	p2 := a.do("c", "POST", unit+"/changes", exam(102, "2026-04-01")).ok().id()
	a.do("c", "POST", unit+"/changes", exam(103, "2026-04-01")).refused("approval-exhausted")
	a.setClock("2026-04-01")
	a.do("c", "POST", unit+"/changes", exam(103, "2026-04-01")).refused("approval-expired")
	a.setClock("2026-04-02")
	a.on("o1", p2, "return", map[string]any{"fields": map[string]string{"degree": "证明不符"}}).ok()
	a.setClock("2026-04-03")
	a.on("c1", p2, "withdraw", map[string]any{"reason": "放弃录用"}).ok()
	a.wantLine(u1, "", [5]int{20, 18, 0, 1, 1})
	a.wantLine(u1, "?effective=2026-03-05&known=2026-03-05", [5]int{20, 17, 2, 1, 0})
	a.wantLine(u1, "?effective=2026-03-31&known=2026-04-03", [5]int{20, 18, 1, 1, 0})

	var trace struct {
		Rows []struct{ Type, Sentence string }
	}
	a.get("aud", "/v1/trace?approval="+b+"&limit=500").ok().json(&trace)
	if len(trace.Rows) == 0 || trace.Rows[len(trace.Rows)-1].Type != "use.approved.v1" {
		t.Errorf("trace of the approval: %v", trace.Rows)
	}
}

// Story S10 over HTTP: twenty for the last post.
func TestStoryTheLastPost(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 10, 1)
	for n := range 8 {
		a.Enter("U1", n, "administrative/full", "2026-03-02")
	}
	a.wantLine(u1, "", [5]int{10, 8, 0, 1, 1})
	const racers = 20
	var changes, tags [racers]string
	for i := range changes {
		changes[i] = a.do("c", "POST", "/v1/units/"+string(u1)+"/changes", a.entry(100+i, "administrative/full", "2026-03-02")).ok().id()
		a.passGates(changes[i])
		tags[i] = a.get("aud", "/v1/changes/"+changes[i]+"?atLeast="+a.newest()).ok().etag()
	}
	var wg sync.WaitGroup
	var replies [racers]reply
	for i := range changes {
		wg.Go(func() {
			replies[i] = a.do([]string{"e1", "e2"}[i%2], "POST", "/v1/changes/"+changes[i]+"/record", map[string]any{}, "If-Match", tags[i])
		})
	}
	wg.Wait()
	recorded, loser := 0, -1
	for i, r := range replies {
		if r.Status == 200 {
			recorded++
			continue
		}
		p := r.refused("no-free-post")
		if fmt.Sprint(p.Facts["A"], p.Facts["O"], p.Facts["R"], p.Facts["H"]) != "10 9 0 1" || p.WayOut == "" {
			t.Errorf("racer %d: %+v", i, p)
		}
		loser = i
	}
	if recorded != 1 {
		t.Fatalf("%d recorded, want 1", recorded)
	}
	a.wantLine(u1, "", [5]int{10, 9, 0, 1, 0})
	refusals := 0
	for r, err := range a.ledger.All(t.Context(), 0) {
		must(t, err)
		if r.Type == account.TypeStaffingRefused {
			refusals++
		}
	}
	if refusals > racers-1 {
		t.Errorf("%d written refusals", refusals)
	}
	exit := a.do("c", "POST", "/v1/units/"+string(u1)+"/changes", map[string]any{"kind": "exit", "person": string(a.Person(0)),
		"exitreason": "retirement", "effective": "2026-03-02", "document": string(a.Document())}).ok().id()
	for _, reviewer := range []string{"o1", "h1", "f1"} {
		var x struct{ Checklist []struct{ Key string } }
		a.get(reviewer, "/v1/changes/"+exit+"?atLeast="+a.newest()).ok().json(&x)
		items := []string{}
		for _, item := range x.Checklist {
			items = append(items, item.Key)
		}
		a.on(reviewer, exit, "pass", map[string]any{"items": items}).ok()
	}
	a.on("e1", exit, "record", map[string]any{}).ok()
	a.wantLine(u1, "", [5]int{10, 8, 0, 1, 1})
	a.on("e2", changes[loser], "record", map[string]any{}).ok()
	a.wantLine(u1, "", [5]int{10, 9, 0, 1, 0})
}
