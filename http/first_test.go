package http_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/eventstore/ledger"
	"staffledger/test/world"
)

type randomIDs struct{}

func (randomIDs) New() string { return uuid.NewString() }

// From an empty ledger with one administrator to a first recorded entry, over
// HTTP, with the real vault: nothing here is a stand-in but the clock.
func TestFromAnEmptyLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := ledger.Open(filepath.Join(dir, "ledger"), ledger.Options{Bulk: true, Logger: slog.New(slog.DiscardHandler), FilterBytes: 1 << 20, CacheBytes: 1 << 20, IndexCacheBytes: 4 << 20})
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	w := &world.World{T: t, Ctx: t.Context(), Store: store, Clock: &world.Clock{}}
	w.At("2026-03-02")
	keys := openVault(t, dir)
	signIns := openPrivate(t, dir, w.Clock)
	w.Service, err = usecase.Open(t.Context(), usecase.Options{Log: store, Sealer: keys, SignIns: signIns, Clock: w.Clock, IDs: randomIDs{}})
	must(t, err)
	admin, err := w.Service.NameFirstAdmin(t.Context(), "管理甲", "admin")
	must(t, err)
	first, err := signIns.SetOneTime(t.Context(), admin, "admin")
	must(t, err)
	a := serve(t, w, dir, store, keys.Unseal, keys, nil)

	// signIn replaces a one-time password and gets a token.
	signIn := func(name, password string) {
		t.Helper()
		fresh := "the password of " + name
		change := a.request("", "PUT", "/v1/me/password", map[string]any{"old": password, "new": fresh})
		change.SetBasicAuth(name, password)
		a.send(change).ok()
		token := a.request("", "POST", "/v1/tokens", map[string]any{"name": "test", "days": 1})
		token.SetBasicAuth(name, fresh)
		var made struct{ Token string }
		a.send(token).ok().json(&made)
		a.tokens[name] = made.Token
	}
	signIn("admin", first)
	// name registers a user and grants a role, with the second administrator's
	// yes where it takes one.
	name := func(signin, full string, role domain.Role) {
		t.Helper()
		made := a.do("admin", "POST", "/v1/users", map[string]any{"name": full, "signin": signin}).ok()
		granted := a.do("admin", "POST", "/v1/users/"+made.id()+"/grants", map[string]any{"role": role}, "If-Match", made.etag()).ok()
		if role.NeedsSecondAdmin() && role != domain.Admin {
			a.do("admin2", "POST", "/v1/users/"+made.id()+"/grants/"+granted.id()+"/confirm", map[string]any{}, "If-Match", granted.etag()).ok()
		}
		var issued struct{ Password string }
		a.send(a.request("admin", "POST", "/v1/users/"+made.id()+"/password", nil)).ok().json(&issued)
		signIn(signin, issued.Password)
	}
	// Alone, the first administrator may only name people.
	alone := a.do("admin", "POST", "/v1/users", map[string]any{"name": "王建国", "signin": "early"}).ok()
	a.do("admin", "POST", "/v1/users/"+alone.id()+"/grants", map[string]any{"role": "leader"}, "If-Match", alone.etag()).refused("second-admin-needed")
	name("admin2", "管理乙", domain.Admin)
	for _, u := range []struct {
		signin, name string
		role         domain.Role
	}{{"col", "吴敏", domain.Collector}, {"org", "周宁", domain.GateOrganization}, {"hr", "何静", domain.GateHR}, {"office", "陈立", domain.GateOffice},
		{"rec", "郑录", domain.Recorder}, {"lead", "王建国", domain.Leader}, {"com", "编委办", domain.Committee}, {"audit", "审计", domain.Auditor}} {
		name(u.signin, u.name, u.role)
	}
	doc := a.do("col", "POST", "/v1/documents", map[string]any{"number": "甬编〔2026〕1号", "issuer": "市委编委", "title": "批复", "date": "2026-03-01"}).ok().id()
	unit := a.do("lead", "POST", "/v1/units", map[string]any{"code": "330200-0001", "level": "330200", "division": "330200", "system": "government",
		"rank": "division", "name": "市水务协调局", "effective": "2026-03-02", "document": doc}).ok().id()
	line := "administrative/full"
	a.do("com", "PUT", "/v1/pools/330200/lines", map[string]any{"line": line, "posts": 9, "document": doc}).ok()
	a.do("com", "POST", "/v1/quota-movements", map[string]any{"giver": "pool-330200", "taker": "account-" + unit, "giverline": line, "takerline": line,
		"posts": 2, "effective": "2026-03-02", "document": doc, "reason": "新设机构"}).ok()
	change := a.do("col", "POST", "/v1/units/"+unit+"/changes", map[string]any{"kind": "entry", "idnumber": world.IDNumber(1), "name": "赵启明", "line": line,
		"class": "civil-servant", "manner": "resettlement", "effective": "2026-03-02", "document": doc}).ok()
	tag := change.etag()
	for _, gate := range []string{"org", "hr", "office"} {
		var x struct{ Checklist []struct{ Key string } }
		a.get(gate, "/v1/changes/"+change.id()+"?atLeast="+a.newest()).ok().json(&x)
		items := []string{}
		for _, item := range x.Checklist {
			items = append(items, item.Key)
		}
		tag = a.do(gate, "POST", "/v1/changes/"+change.id()+"/pass", map[string]any{"items": items, "opinion": "同意"}, "If-Match", tag).ok().etag()
	}
	recorded := a.do("rec", "POST", "/v1/changes/"+change.id()+"/record", map[string]any{}, "If-Match", tag).ok()
	var roster struct {
		Rows []struct{ Name, IDMasked string }
	}
	a.get("audit", "/v1/units/"+unit+"/roster?atLeast="+recorded.position()).ok().json(&roster)
	if len(roster.Rows) != 1 || roster.Rows[0].Name != "赵启明" || !strings.Contains(roster.Rows[0].IDMasked, "****") {
		t.Errorf("roster: %+v", roster)
	}
	var trace struct{ Rows []struct{ Sentence string } }
	a.get("audit", "/v1/trace?change="+change.id()).ok().json(&trace)
	if len(trace.Rows) == 0 || !strings.Contains(trace.Rows[0].Sentence, "郑录") || !strings.Contains(trace.Rows[0].Sentence, "赵启明") {
		t.Errorf("trace: %+v", trace)
	}
	// What the export carries is sealed.
	export := string(a.get("audit", "/v1/export").ok().Body)
	for _, clear := range []string{"赵启明", world.IDNumber(1), "同意", "市水务协调局", "吴敏"} {
		if strings.Contains(export, clear) {
			t.Errorf("%s stands in clear in the ledger", clear)
		}
	}
}
