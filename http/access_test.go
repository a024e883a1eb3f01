package http_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// Who may do what, said here once more and apart from the contract: for every
// operation the users of the world that get in. Whoever is not named is turned
// away, and so are no token, a wrong token, a revoked one and a disabled user.
//
// "in" is the collector of U1 only, "out" of U2 only; the others hold their
// roles over the whole city. Asked for is U1.
func TestEveryOperationAndRole(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	u2 := a.Unit("U2", "administrative/full", 5, 0)
	holding, person := a.Enter("U1", 1, "administrative/full", "2026-03-02")
	change := a.Collect("U1", a.EntryForm(2, "administrative/full", "2026-03-02"))
	approval := domain.ApprovalID(a.Must("f2", usecase.ApproveUse{Unit: u1, Line: "administrative/full", Posts: 1, Manner: "exam", Document: a.Document()}).ID)
	for name, unit := range map[string]domain.UnitID{"in": u1, "out": u2} {
		a.Name(name, "采集人", "")
		a.Grant(name, domain.Collector, domain.Scope{Unit: unit})
	}
	a.Name("none", "无角色", "")
	a.Name("target", "待授权", "")
	a.Name("gone", "已停用", "")
	a.Grant("gone", domain.Auditor, domain.Scope{})
	gone := a.token("gone")
	a.Must("admin", usecase.DisableUser{User: a.User("gone")})
	revoked, made, err := a.secrets.NewToken(t.Context(), a.User("aud"), "revoked", 0)
	must(t, err)
	must(t, a.secrets.RevokeToken(t.Context(), a.User("aud"), made.ID))
	must(t, a.views.AtLeast(t.Context(), a.ledger.Size()-1))
	paper := domain.DocumentID(a.Document())

	readers := []string{"c", "c1", "o1", "h1", "f1", "f2", "e1", "e2", "L", "K", "aud", "sup", "head"} // over the whole city
	all := append(slices.Clone(readers), "admin", "admin2", "sub", "in", "out", "none")
	collectors := []string{"c", "c1", "sup", "in"}
	registrars := []string{"c", "c1", "sup", "in", "out", "o1", "h1", "f1"}
	admins := []string{"admin", "admin2"}
	with := func(names []string, more ...string) []string { return append(slices.Clone(names), more...) }
	entry := `{"kind":"entry"}`
	base := "/v1/units/" + string(u1)
	changes := "/v1/changes/" + string(change)
	user := "/v1/users/" + string(a.User("target"))
	rows := []struct {
		method, path, body string
		in                 []string
		public             bool
	}{
		{"GET", "/livez", "", nil, true}, {"GET", "/readyz", "", nil, true}, {"GET", "/version", "", nil, true}, {"GET", "/metrics", "", nil, true},
		{"GET", "/openapi.yaml", "", nil, true}, {"GET", "/docs", "", nil, true}, {"GET", "/v1/demo/clock", "", nil, true},
		{"POST", "/v1/demo/clock", `{"now":"2026-03-02T09:00:00.000+08:00"}`, nil, true},
		{"GET", "/v1/codes", "", nil, true}, {"GET", "/v1/codes/manner", "", nil, true},

		{"GET", "/v1/units", "", with(readers, "in", "out"), false},
		{"GET", base, "", with(readers, "in"), false},
		{"GET", base + "/lines", "", with(readers, "in"), false},
		{"GET", base + "/roster", "", with(readers, "in"), false},
		{"GET", base + "/approvals", "", with(readers, "in"), false},
		{"GET", base + "/changes", "", with(readers, "in"), false},
		{"GET", base + "/opening", "", with(readers, "in"), false},
		{"GET", "/v1/pools/330200/lines", "", with(readers, "in", "out"), false},
		{"GET", "/v1/approvals/" + string(approval), "", with(readers, "in"), false},
		{"GET", "/v1/changes", "", with(readers, "in", "out"), false},
		{"GET", changes, "", with(readers, "in"), false},
		{"GET", "/v1/people/" + string(person), "", with(readers, "in"), false},
		{"GET", "/v1/search?q=330200", "", with(readers, "in", "out"), false},
		{"GET", "/v1/totals", "", readers, false},
		{"GET", "/v1/totals?unit=" + string(u1), "", with(readers, "in"), false},
		{"GET", "/v1/movements", "", readers, false},
		{"GET", "/v1/documents", "", with(readers, "in", "out"), false},
		{"GET", "/v1/documents/" + string(paper), "", with(readers, "in", "out"), false},
		{"GET", "/v1/documents/" + string(paper) + "/file", "", with(readers, "in", "out"), false},
		{"GET", "/v1/users", "", admins, false}, {"GET", user, "", admins, false},
		{"GET", "/v1/me", "", all, false}, {"GET", "/v1/me/tokens", "", all, false},
		{"GET", "/v1/policies", "", all, false}, {"GET", "/v1/policies/bounds", "", all, false}, {"GET", "/v1/calendars/2026", "", all, false},
		{"GET", "/v1/ledger", "", all, false}, {"GET", "/v1/ledger/proof?position=0", "", all, false}, {"GET", "/v1/ledger/consistency?from=1", "", all, false},
		{"GET", "/v1/verify", "", all, false}, {"GET", "/v1/replay", "", all, false},
		{"GET", "/v1/processes", "", with(readers, "in", "out"), false},
		{"GET", "/v1/processes/nothing", "", all, false},
		{"GET", "/v1/events/0", "", with(readers, "sub"), false},
		{"GET", "/v1/export?from=0&to=0", "", with(readers, "sub"), false},
		{"GET", "/v1/events/0/described", "", with(readers, "in", "out", "admin", "admin2"), false},
		{"GET", "/v1/trace?unit=" + string(u1), "", with(readers, "in"), false},
		{"GET", "/v1/trace?change=" + string(change), "", with(readers, "in"), false},
		{"GET", "/v1/trace?person=" + string(person), "", with(readers, "in"), false},
		{"GET", "/v1/trace?approval=" + string(approval), "", with(readers, "in"), false},
		{"GET", "/v1/trace?document=" + string(paper), "", readers, false},
		{"GET", "/v1/trace?actor=" + string(a.User("c")), "", readers, false},

		// Commands: as dry runs, which are judged alike. What a rule of a later
		// class says against them does not matter here.
		{"POST", "/v1/units", `{"code":"330200-0009","level":"330200","division":"330200","system":"government","rank":"division","name":"某局","effective":"2026-03-02","document":"x"}`, []string{"L"}, false},
		{"POST", base + "/changes", entry, collectors, false},
		{"POST", base + "/changes/batch", `{"rows":[` + entry + `]}`, collectors, false},
		{"POST", base + "/changes/batch/pass", `{"rows":[{"change":"` + string(change) + `","revision":0}],"items":[]}`, []string{"o1", "h1", "f1"}, false},
		{"POST", base + "/changes/batch/record", `{"rows":[{"change":"` + string(change) + `","revision":0}]}`, []string{"e1", "e2"}, false},
		{"POST", base + "/approvals", `{"line":"administrative/full","posts":1,"manner":"exam","document":"x"}`, []string{"f2"}, false},
		{"POST", base + "/hold-backs", `{"line":"administrative/full","posts":1,"effective":"2026-03-02","document":"x"}`, []string{"L"}, false},
		{"POST", base + "/releases", `{"line":"administrative/full","posts":1,"effective":"2026-03-02","document":"x"}`, []string{"L"}, false},
		{"POST", base + "/opening", `{"rows":1,"digest":"` + strings.Repeat("a", 64) + `","document":"x"}`, []string{"K"}, false},
		{"POST", base + "/opening/parts", `{"from":0,"rows":[{"idnumber":"x","name":"某某","line":"administrative/full","class":"civil-servant","since":"2026-03-02"}]}`, []string{"K"}, false},
		{"POST", base + "/opening/complete", `{}`, []string{"K"}, false},
		{"POST", base + "/opening/abandon", `{"reason":"x"}`, []string{"K"}, false},
		{"PUT", "/v1/pools/330200/lines", `{"line":"administrative/full","posts":1,"document":"x"}`, []string{"K"}, false},
		{"POST", "/v1/quota-movements", `{"giver":"pool-330200","taker":"account-` + string(u1) + `","giverline":"administrative/full","takerline":"administrative/full","posts":1,"effective":"2026-03-02","document":"x"}`, []string{"L", "K"}, false},
		{"POST", "/v1/approvals/" + string(approval) + "/revoke", `{"reason":"x","document":"x"}`, []string{"f2"}, false},
		{"POST", changes + "/resubmit", entry, collectors, false},
		{"POST", changes + "/pass", `{"items":[]}`, []string{"o1", "h1", "f1"}, false},
		{"POST", changes + "/return", `{"fields":{"name":"x"}}`, []string{"o1", "h1", "f1"}, false},
		{"POST", changes + "/withdraw", `{"reason":"x"}`, collectors, false},
		{"POST", changes + "/record", `{}`, []string{"e1", "e2"}, false},
		{"POST", "/v1/documents", `{"number":"x","issuer":"x","title":"x","date":"2026-03-01"}`, registrars, false},
		{"POST", "/v1/users", `{"name":"某某","signin":"someone"}`, admins, false},
		{"POST", user + "/disable", `{}`, admins, false},
		{"POST", user + "/grants", `{"role":"collector"}`, admins, false},
		{"POST", user + "/grants/x/confirm", `{}`, admins, false},
		{"POST", user + "/grants/x/revoke", `{}`, admins, false},
		{"POST", "/v1/policies/bounds", `{"from":"2026-03-02","value":{"backdatingmonths":24},"document":"x"}`, admins, false},
		{"PUT", "/v1/calendars/2026", `{"holidays":[],"workdays":[],"document":"x"}`, admins, false},

		// What writes no event.
		{"POST", "/v1/files", "bytes", registrars, false},
		{"POST", user + "/password", "", admins, false},
		{"POST", "/v1/verify", "", []string{"aud", "admin", "admin2", "L"}, false},
		{"POST", "/v1/replay", "", []string{"aud", "admin", "admin2", "L"}, false},
		{"POST", "/v1/me/tokens", `{"name":"x","days":1}`, all, false},
		{"DELETE", "/v1/me/tokens/x", "", all, false},
		{"PUT", "/v1/me/password", `{"old":"wrong password","new":"another long one"}`, all, false},
		{"POST", "/v1/tokens", `{"name":"x","days":1}`, nil, false},
	}
	doc, err := contractOnce()
	must(t, err)
	walked := map[string]bool{}
	for _, row := range rows {
		path := row.path
		command := false
		for at, item := range doc.Paths.Map() {
			op := item.GetOperation(row.method)
			if plain, _, _ := strings.Cut(path, "?"); op != nil && matches(at, plain) {
				walked[row.method+" "+at] = true
				command = op.Parameters.GetByInAndName("query", "dryRun") != nil
			}
		}
		if command {
			path += "?dryRun=true"
		}
		ask := func(user, authorization string) reply {
			r := a.request(user, row.method, path, nil)
			if row.body != "" {
				r = a.request(user, row.method, path, row.body)
			}
			if row.path == "/v1/files" {
				r.Header.Set("Content-Type", "application/octet-stream")
			}
			if authorization != "" {
				r.Header.Set("Authorization", authorization)
			}
			return a.send(r)
		}
		for what, authorization := range map[string]string{"no token": "", "a wrong token": "Bearer slt_nothing", "a revoked token": "Bearer " + revoked,
			"a disabled user": "Bearer " + gone, "another scheme": "Negotiate x"} {
			got := ask("", authorization)
			if turnedAway := got.Status == http.StatusUnauthorized; turnedAway == row.public {
				t.Errorf("%s %s with %s: %d %s", row.method, row.path, what, got.Status, got.Body)
			}
		}
		if row.public {
			continue
		}
		for _, user := range all {
			got := ask(user, "")
			in := !away(got)
			if want := slices.Contains(row.in, user); in != want && row.path != "/v1/tokens" {
				t.Errorf("%s %s by %s: %d, want in %v: %s", row.method, row.path, user, got.Status, want, got.Body)
			}
		}
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			if !walked[method+" "+path] {
				t.Errorf("%s %s is not in this table", method, path)
			}
		}
	}
	_ = holding
}

// away tells whether an answer turned the user away for who he is.
func away(r reply) bool {
	if r.Status != http.StatusForbidden && r.Status != http.StatusUnauthorized {
		return false
	}
	var p problem
	r.json(&p)
	return slices.Contains([]string{"not-authorised", "out-of-jurisdiction", "not-signed-in", "password-change-needed"}, p.name())
}

func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

// Lists and sentences keep within the reader's scopes.
func TestReadingKeepsToScopes(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	a.Unit("U2", "administrative/full", 5, 0)
	a.Enter("U1", 1, "administrative/full", "2026-03-02")
	_, elsewhere := a.Enter("U2", 2, "administrative/full", "2026-03-02")
	a.Name("in", "采集人", "")
	a.Grant("in", domain.Collector, domain.Scope{Unit: u1})
	must(t, a.views.AtLeast(t.Context(), a.ledger.Size()-1))
	for path, want := range map[string]int{"/v1/units": 1, "/v1/changes": 1, "/v1/search?q=330200": 1} {
		var page struct {
			Rows  []struct{ ID, Unit string }
			Units []struct{ ID string }
			Total int
		}
		a.get("in", path).ok().json(&page)
		if n := len(page.Rows) + len(page.Units); n != want || page.Total > want {
			t.Errorf("%s: %+v, want %d rows", path, page, want)
		}
	}
	a.get("in", "/v1/people/"+string(elsewhere)).refused("out-of-jurisdiction")
	a.get("in", "/v1/trace?person="+string(elsewhere)).refused("out-of-jurisdiction")
	// Every event of the ledger: what is not open to the reader does not come out
	// of any door, and the ID number out of none at all.
	for n := range a.ledger.Size() {
		for _, user := range []string{"in", "admin", "aud"} {
			got := a.get(user, "/v1/events/"+itoa(n)+"/described")
			if strings.Contains(string(got.Body), "330203197001020010") || strings.Contains(string(got.Body), "3302031970") {
				t.Errorf("event %d shows an ID number to %s", n, user)
			}
			if user != "aud" && strings.Contains(string(got.Body), nameOf(a, elsewhere)) {
				t.Errorf("event %d shows %s a name from another unit: %s", n, user, got.Body)
			}
		}
	}
}
