package http_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"staffledger/domain"
	"staffledger/test/world"
)

// The main job over HTTP alone, from a fresh administrator to a recorded entry
// and its proof. Every operation of the contract is used once, and every answer
// is held against the contract.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")

	// Users: named, given a one-time password, which must be changed first.
	signed := a.do("admin", "POST", "/v1/users", map[string]any{"name": "吴敏", "signin": "wumin"}).ok()
	user := signed.id()
	var issued struct{ Password string }
	a.send(a.request("admin", "POST", "/v1/users/"+user+"/password", nil)).ok().json(&issued)
	basic := func(r *http.Request, password string) *http.Request {
		r.Header.Del("Authorization")
		r.SetBasicAuth("wumin", password)
		return r
	}
	token := map[string]any{"name": "试用", "days": 3}
	a.send(basic(a.request("", "POST", "/v1/tokens", token), issued.Password)).refused("password-change-needed")
	a.send(basic(a.request("", "PUT", "/v1/me/password", map[string]any{"old": issued.Password, "new": "short"}), issued.Password)).refused("field-malformed")
	a.send(basic(a.request("", "PUT", "/v1/me/password", map[string]any{"old": issued.Password, "new": "a long enough one"}), issued.Password)).ok()
	a.send(basic(a.request("", "POST", "/v1/tokens", token), issued.Password)).refused("sign-in-failed")
	var made struct{ ID, Token string }
	a.send(basic(a.request("", "POST", "/v1/tokens", token), "a long enough one")).ok().json(&made)
	mine := func(method, path string, body any) reply {
		t.Helper()
		return a.send(a.request("", method, path, body, "Authorization", "Bearer "+made.Token))
	}
	var me struct {
		User  string
		Roles []string
	}
	mine("GET", "/v1/me", nil).ok().json(&me)
	if me.User != user || len(me.Roles) != 0 {
		t.Errorf("me: %+v", me)
	}
	var other struct{ ID string }
	mine("POST", "/v1/me/tokens", token).ok().json(&other)
	mine("GET", "/v1/me/tokens", nil).ok()
	mine("DELETE", "/v1/me/tokens/"+other.ID, nil).ok()
	mine("DELETE", "/v1/me/tokens/nobody", nil).refused("not-found")

	// Roles: proposed by one administrator, confirmed by another.
	tag := a.get("admin", "/v1/users/"+user+"?atLeast="+signed.position()).ok().etag()
	granted := a.do("admin", "POST", "/v1/users/"+user+"/grants", map[string]any{"role": "recorder", "scope": map[string]any{"level": "330200"}}, "If-Match", tag).ok()
	a.do("admin", "POST", "/v1/users/"+user+"/grants/"+granted.id()+"/confirm", map[string]any{}, "If-Match", granted.etag()).refused("same-person")
	confirmed := a.do("admin2", "POST", "/v1/users/"+user+"/grants/"+granted.id()+"/confirm", map[string]any{}, "If-Match", granted.etag()).ok()
	revoked := a.do("admin", "POST", "/v1/users/"+user+"/grants/"+granted.id()+"/revoke", map[string]any{}, "If-Match", confirmed.etag()).ok()
	a.do("admin", "POST", "/v1/users/"+user+"/disable", map[string]any{}, "If-Match", revoked.etag()).ok()
	mine("GET", "/v1/me", nil).refused("not-signed-in")
	a.get("admin", "/v1/users?atLeast="+a.newest()).ok()

	// A document with its file.
	paper := []byte("%PDF-1.7 关于编制事项的批复")
	var file struct {
		Digest string
		Size   int
	}
	a.send(a.request("c", "POST", "/v1/files", paper, "Content-Type", "application/octet-stream")).ok().json(&file)
	if sum := sha256.Sum256(paper); file.Digest != hex.EncodeToString(sum[:]) || file.Size != len(paper) {
		t.Errorf("file: %+v", file)
	}
	document := map[string]any{"number": "甬编[2026]3号", "issuer": "市委编委", "title": "关于市水务协调局编制的批复", "date": "2026-03-01", "digest": file.Digest}
	registered := a.do("c", "POST", "/v1/documents", document).ok()
	doc := registered.id()
	document["digest"] = strings.Repeat("0", 64)
	a.do("c", "POST", "/v1/documents", document).refused("field-malformed")
	a.get("aud", "/v1/documents/"+doc+"?atLeast="+registered.position()).ok()
	a.get("aud", "/v1/documents?q=%E6%B0%B4%E5%8A%A1").ok()
	if got := a.get("aud", "/v1/documents/"+doc+"/file").ok(); string(got.Body) != string(paper) || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("file: %q %v", got.Body, got.Header)
	}

	// A unit with posts from the pool.
	founded := a.do("L", "POST", "/v1/units", map[string]any{"code": "330200-0001", "level": "330200", "division": "330200", "system": "government",
		"rank": "division", "name": "市水务协调局", "shortname": "市水务局", "effective": "2026-03-02", "document": doc}).ok()
	unit := "/v1/units/" + founded.id()
	if founded.Header.Get("Location") != unit {
		t.Errorf("Location %q, want %q", founded.Header.Get("Location"), unit)
	}
	line := "administrative/full"
	a.do("K", "PUT", "/v1/pools/330200/lines", map[string]any{"line": line, "posts": 30, "document": doc}).ok()
	a.do("K", "POST", "/v1/quota-movements", map[string]any{"giver": "pool-330200", "taker": "account-" + founded.id(), "giverline": line, "takerline": line,
		"posts": 10, "effective": "2026-03-02", "document": doc}).ok()
	shift := map[string]any{"line": line, "posts": 2, "effective": "2026-03-02", "document": doc}
	a.do("L", "POST", unit+"/hold-backs", shift).ok()
	shift["posts"] = 1
	a.do("L", "POST", unit+"/releases", shift).ok()
	a.wantLine(domain.UnitID(founded.id()), "", [5]int{10, 0, 0, 1, 9})
	a.get("aud", "/v1/pools/330200/lines?atLeast="+a.newest()).ok()
	a.get("c", "/v1/units/330200-0001").ok()
	a.get("c", "/v1/units?roots=true&state=free&q=%E6%B0%B4%E5%8A%A1&subtree=true").ok()

	// The opening balance.
	start := map[string]any{"rows": 1, "digest": strings.Repeat("a", 64), "document": doc}
	a.do("K", "POST", unit+"/opening", start).ok()
	a.do("K", "POST", unit+"/opening/abandon", map[string]any{"reason": "数据有误"}).ok()
	a.do("K", "POST", unit+"/opening", start).ok()
	a.do("K", "POST", unit+"/opening/parts", map[string]any{"from": 0, "rows": []any{map[string]any{"idnumber": world.IDNumber(1), "name": world.PersonName(1),
		"line": line, "class": "civil-servant", "since": "2026-03-02", "post": "科长"}}}).ok()
	var opening struct {
		Open bool
		Rows int
	}
	a.get("K", unit+"/opening").ok().json(&opening)
	if !opening.Open || opening.Rows != 1 {
		t.Errorf("opening: %+v", opening)
	}
	a.do("c", "POST", unit+"/changes", a.entry(2, line, "2026-03-02")).refused("bulk-open")
	a.do("K", "POST", unit+"/opening/complete", map[string]any{}).ok()

	// An approval of use, revoked.
	approved := a.do("f2", "POST", unit+"/approvals", map[string]any{"line": line, "posts": 2, "manner": "exam", "document": doc, "plan": "2026年考录"}).ok()
	a.get("c", unit+"/approvals?open=true&atLeast="+approved.position()).ok()
	tag = a.get("c", "/v1/approvals/"+approved.id()).ok().etag()
	a.do("f2", "POST", "/v1/approvals/"+approved.id()+"/revoke", map[string]any{"reason": "计划取消", "document": doc}, "If-Match", tag).ok()

	// A change: dry run, collected, returned, resubmitted, passed, recorded.
	entry := a.entry(2, line, "2026-03-02")
	before := a.ledger.Size()
	a.send(a.request("c", "POST", unit+"/changes?dryRun=true", entry)).ok()
	if a.ledger.Size() != before {
		t.Error("a dry run has written")
	}
	change := a.do("c", "POST", unit+"/changes", entry).ok().id()
	a.on("o1", change, "return", map[string]any{"fields": map[string]any{"degree": "证明不符"}, "opinion": "请补正"}).ok()
	entry["degree"] = "4"
	entry["note"] = "已补正"
	delete(entry, "degree")
	a.on("c1", change, "resubmit", entry).ok()
	a.Name("o2", "办事乙", "")
	a.Grant("o2", domain.GateOrganization, domain.Scope{})
	a.on("o2", change, "pass", map[string]any{"items": a.Items("o1"), "opinion": "同意"}).ok()
	a.on("h1", change, "pass", map[string]any{"items": a.Items("h1")}).ok()
	a.on("f1", change, "pass", map[string]any{"items": a.Items("f1")}).ok()
	a.on("e1", change, "record", map[string]any{}).ok()
	withdrawn := a.do("c", "POST", unit+"/changes", a.entry(3, line, "2026-03-02")).ok().id()
	a.on("c1", withdrawn, "withdraw", map[string]any{"reason": "放弃"}).ok()
	a.get("c", unit+"/changes?state=recorded&atLeast="+a.newest()).ok()
	a.get("o1", "/v1/changes?gate=organization&mine=true&order=due").ok()
	a.get("c", "/v1/changes?done=true&kind=entry").ok()
	var x struct {
		Number, Person string
		Steps          []struct{ Type string }
	}
	a.get("c", "/v1/changes/"+change).ok().json(&x)
	if len(x.Steps) != 7 {
		t.Errorf("%d steps, want 7: %v", len(x.Steps), x.Steps)
	}
	a.get("c", "/v1/changes/"+x.Number).ok()
	a.get("c", "/v1/people/"+x.Person).ok()
	a.get("c", unit+"/roster?sort=-name&kind=administrative").ok()
	a.get("c", "/v1/search?q="+strings.ToLower("330200-0001")).ok()
	a.get("aud", "/v1/totals").ok()
	a.get("aud", "/v1/movements?level=330200").ok()

	// Batches: the bad row is set aside with its reason.
	rows := []any{a.entry(11, line, "2026-03-02"), a.entry(12, line, "2026-03-02"), a.entry(2, line, "2026-03-02")}
	batch := batchOf(a.do("c", "POST", unit+"/changes/batch", map[string]any{"rows": rows}).ok())
	if len(batch.Rows) != 3 || batch.Rows[2].Refusal == nil || batch.Rows[0].Event == nil {
		t.Fatalf("batch: %+v", batch)
	}
	next := func() []any {
		var next []any
		for _, r := range batch.Rows {
			if r.Event != nil {
				next = append(next, map[string]any{"change": r.Change, "revision": r.Event.Revision})
			}
		}
		return next
	}
	for _, reviewer := range world.Gates {
		batch = batchOf(a.do(reviewer, "POST", unit+"/changes/batch/pass", map[string]any{"rows": next(), "items": a.Items(reviewer), "opinion": "同意"}).ok())
	}
	a.do("e1", "POST", unit+"/changes/batch/record", map[string]any{"rows": next()}).ok()

	// Policies, calendars, codes.
	a.get("c", "/v1/policies").ok()
	var policy struct{ Current struct{ Value any } }
	a.get("c", "/v1/policies/bounds?day=2026-03-02").ok().json(&policy)
	a.do("admin", "POST", "/v1/policies/bounds", map[string]any{"from": "2026-03-03", "value": policy.Current.Value, "document": doc}).ok()
	a.get("c", "/v1/policies/bounds?day=2026-03-03").ok()
	var calendar struct {
		Holidays, Workdays []string
		WorkingDays        int
	}
	a.get("c", "/v1/calendars/2026").ok().json(&calendar)
	a.do("admin", "PUT", "/v1/calendars/2026", map[string]any{"holidays": calendar.Holidays, "workdays": calendar.Workdays, "document": doc}).ok()
	a.get("", "/v1/codes").ok()
	a.get("", "/v1/codes/manner", "Accept-Language", "en").ok()

	// The ledger: exact bytes, sentences, proofs, export.
	a.proofs(t)
	a.get("c", "/v1/trace?unit=330200-0001&limit=3").ok()
	a.get("aud", "/v1/trace?actor="+string(a.User("c"))).ok()
	a.get("aud", "/v1/trace?document="+doc, "Accept-Language", "en").ok()
	a.get("c", "/v1/trace?person="+x.Person+"&change="+change).ok()
	a.get("aud", "/v1/processes").ok()
	process := ""
	for r, err := range a.ledger.All(t.Context(), 0) {
		must(t, err)
		for _, tag := range r.Tags {
			if p, ok := strings.CutPrefix(string(tag), "process:"); ok {
				process = p
			}
		}
	}
	a.get("aud", "/v1/processes/"+process).ok()
	a.get("c", "/v1/verify").refused("not-found")
	for _, kind := range []string{"verify", "replay"} {
		a.send(a.request("aud", "POST", "/v1/"+kind, nil)).ok()
		a.send(a.request("aud", "POST", "/v1/"+kind, nil)).ok()
		a.send(a.request("aud", "POST", "/v1/"+map[string]string{"verify": "replay", "replay": "verify"}[kind], nil)).refused("check-runs")
		a.get("c", "/v1/"+kind).ok()
		a.checks.end()
	}

	// Operations.
	for _, path := range []string{"/livez", "/readyz", "/version", "/metrics", "/openapi.yaml", "/docs", "/v1/demo/clock"} {
		a.get("", path).ok()
	}
	a.setClock("2026-03-04")
	a.send(a.request("", "POST", "/v1/demo/clock", map[string]any{"now": "2026-03-03T09:00:00.000+08:00"})).refused("clock-backward")

	doc3, err := contractOnce()
	must(t, err)
	for path, item := range doc3.Paths.Map() {
		for method := range item.Operations() {
			if _, used := a.good.Load(method + " " + path); !used {
				t.Errorf("%s %s was never answered well", method, path)
			}
		}
	}
	for _, secret := range []string{issued.Password, made.Token, "a long enough one", "吴敏", world.IDNumber(1), a.token("c")} {
		if strings.Contains(a.log.String(), secret) {
			t.Errorf("%q stands in the log", secret)
		}
	}
}

type batch struct {
	Rows []struct {
		Row     int
		Change  string
		Event   *struct{ Revision int }
		Refusal *struct{ Name string }
	}
}

func batchOf(r reply) (b batch) {
	r.t.Helper()
	r.json(&b)
	return b
}

// proofs checks what the API says of the tree as an outsider would: with the
// bytes it gives and RFC 6962.
func (a *api) proofs(t *testing.T) {
	t.Helper()
	var info struct {
		Size int64
		Root string
	}
	a.get("sub", "/v1/ledger").ok().json(&info)
	root := hashOf(t, info.Root)
	export := a.get("sub", "/v1/export").ok()
	lines := strings.SplitAfter(string(export.Body), "\n")
	lines = lines[:len(lines)-1]
	if fmt.Sprint(len(lines)) != export.Header.Get("Ledger-Size") || int64(len(lines)) != info.Size {
		t.Fatalf("%d lines, header %s, size %d", len(lines), export.Header.Get("Ledger-Size"), info.Size)
	}
	if part := a.get("sub", "/v1/export?from=3&to=5").ok(); string(part.Body) != lines[3]+lines[4]+lines[5] {
		t.Error("export of a part differs")
	}
	for _, n := range []int64{0, 1, info.Size / 2, info.Size - 1} {
		bytes := strings.TrimSuffix(lines[n], "\n")
		if got := a.get("sub", fmt.Sprintf("/v1/events/%d", n)).ok(); string(got.Body) != bytes {
			t.Errorf("event %d differs from the export", n)
		}
		var proof struct {
			Root string
			Path []string
		}
		a.get("sub", fmt.Sprintf("/v1/ledger/proof?position=%d&size=%d", n, info.Size)).ok().json(&proof)
		var path tlog.RecordProof
		for _, h := range proof.Path {
			path = append(path, hashOf(t, h))
		}
		if err := tlog.CheckRecord(path, info.Size, root, n, tlog.RecordHash([]byte(bytes))); err != nil {
			t.Errorf("event %d: %v", n, err)
		}
		a.get("aud", fmt.Sprintf("/v1/events/%d/described", n)).ok()
	}
	var consistency struct {
		FromRoot, ToRoot string
		Path             []string
	}
	a.get("sub", fmt.Sprintf("/v1/ledger/consistency?from=%d&to=%d", 5, info.Size)).ok().json(&consistency)
	var path tlog.TreeProof
	for _, h := range consistency.Path {
		path = append(path, hashOf(t, h))
	}
	if err := tlog.CheckTree(path, info.Size, root, 5, hashOf(t, consistency.FromRoot)); err != nil {
		t.Errorf("consistency: %v", err)
	}
}

func hashOf(t *testing.T, text string) tlog.Hash {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != 32 {
		t.Fatalf("hash %q: %v", text, err)
	}
	return tlog.Hash(b)
}
