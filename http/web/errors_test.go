package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/html"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/http/ports"
	"staffledger/http/web"
	"staffledger/projections/views"
	"staffledger/test/site"
	"staffledger/test/world"
)

// faulty puts one error in front of the ports.
type faulty struct {
	ports.Commands
	do atomic.Pointer[error]
}

func (f *faulty) Do(ctx context.Context, call usecase.Call, what usecase.Command) (usecase.Result, error) {
	if err := f.do.Load(); err != nil && !call.DryRun {
		return usecase.Result{}, *err
	}
	return f.Commands.Do(ctx, call, what)
}

type faultyViews struct {
	ports.Views
	fail atomic.Pointer[error]
}

func (f *faultyViews) AtLeast(ctx context.Context, p domain.Position) error {
	if err := f.fail.Load(); err != nil && errors.Is(*err, views.ErrBehind) {
		return *err
	}
	return f.Views.AtLeast(ctx, p)
}

func (f *faultyViews) Documents(ctx context.Context, q views.DocumentQuery) (views.DocumentPage, error) {
	if err := f.fail.Load(); err != nil {
		return views.DocumentPage{}, *err
	}
	return f.Views.Documents(ctx, q)
}

// Faults come as pages: what happened, what was not written, what to do, the
// request's id, in both languages; no Go error is shown.
func TestErrorPages(t *testing.T) {
	t.Parallel()
	commands, lists := &faulty{}, &faultyViews{}
	town := site.NewTown(t, site.Options{Ports: func(o *web.Options) {
		commands.Commands, lists.Views = o.Commands, o.Views
		o.Commands, o.Views = commands, lists
	}})
	gu, wu := as(t, town.Site, "gu"), as(t, town.Site, "wu")
	check := func(p *page, status int, words ...string) {
		t.Helper()
		if p.status != status {
			t.Errorf("%s: %d, want %d", p.path, p.status, status)
		}
		p.says(words...)
		if id := p.header.Get("X-Request-Id"); id == "" || !strings.Contains(p.text(), id) {
			t.Errorf("%s: no request id", p.path)
		}
		wellFormed(t, p)
	}
	for _, lang := range []string{"zh", "en"} {
		gu.in(lang)
		words := map[string][]string{"zh": {"发生了什么", "没有写入什么", "怎样处理"}, "en": {"What happened", "What was not written", "What to do"}}[lang]
		for _, path := range []string{"/nowhere", "/units/none", "/people/none", "/changes/none", "/events/99999999", "/events/none", "/batches/none", "/documents/none",
			"/approvals/none", "/trace?unit=none", "/trace?actor=none", "/changes?after=xyz", "/units?q=a&after=xyz", "/changes?state=other", "/units/" + string(town.Water) + "/roster?sort=other"} {
			check(gu.get(path), http.StatusNotFound, words...)
		}
		check(gu.get("/admin/users"), http.StatusForbidden, words...)
		for _, fault := range []struct {
			err    error
			status int
		}{{&domain.Corrupt{Position: 7, File: "segment", Reason: "checksum"}, 503}, {views.ErrClosed, 503}, {errors.New("secret inside"), 500}} {
			wrapped := fmt.Errorf("deep: %w", fault.err)
			lists.fail.Store(&wrapped)
			p := gu.get("/documents")
			lists.fail.Store(nil)
			check(p, fault.status, words...)
			p.lacks("secret", "deep:", "checksum")
		}
	}
	form := wu.get("/changes/new?kind=entry&unit=" + string(town.Water)).ok()
	size := town.Ledger.Size()
	for _, fault := range []struct {
		err    error
		status int
		says   string
	}{{domain.ErrNoSpace, 507, "没有空间"}, {domain.ErrReadOnly, 503, "暂停写入"}, {errors.New("secret inside"), 500, "不能确定是否写入"},
		{&usecase.KeyReused{}, 422, "已经提交过"}, {usecase.PreconditionRequired{}, 422, "没有说明"}} {
		wrapped := fmt.Errorf("deep: %w", fault.err)
		commands.do.Store(&wrapped)
		p := form.submit("/changes/new", pairs(town.Entry(95), "act", "submit")...)
		commands.do.Store(nil)
		check(p, fault.status, fault.says)
		p.lacks("secret", "deep:")
	}
	if town.Ledger.Size() != size {
		t.Error("a fault has written")
	}
	// With space again the same page succeeds, once.
	form.submit("/changes/new", pairs(town.Entry(95), "act", "submit")...).to().ok().says("已写入第")
	check(wu.post("/changes/new", url.Values{"csrf": {mustForm(wu.get("/")).Get("csrf")}, "note": {strings.Repeat("长", 200_000)}}), http.StatusRequestEntityTooLarge, "未写入任何数据")

	behind := fmt.Errorf("x: %w", views.ErrBehind)
	lists.fail.Store(&behind)
	p := wu.get("/changes/new?kind=exit&unit="+string(town.Water)).ok().submit("/changes/new", "person", string(town.World.Person(6)), "exitreason", "retirement",
		"document", "甬编〔2026〕33号", "effective", "2026-11-20", "act", "submit")
	to := p.header.Get("Location")
	p = wu.get("/queue?" + to[strings.Index(to, "?")+1:]).ok().says("列表稍后更新")
	if len(p.all(class("warn"))) != 1 {
		t.Error("no amber note behind one's own write")
	}
	lists.fail.Store(nil)
	// The note is for whoever wrote it, not for whoever has the link.
	if as(t, town.Site, "zhou").get("/queue?"+to[strings.Index(to, "?")+1:]).ok().find(class("done")) != nil {
		t.Error("a copied link claims an act")
	}
	wu.get("/queue?done=999999&to=x&at=y&pending=zzz").ok()
}

// Two clicks at the same moment write once.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	wu := as(t, town.Site, "wu")
	form := wu.get("/changes/new?kind=entry&unit=" + string(town.Water)).ok()
	before := town.Ledger.Size()
	var wg sync.WaitGroup
	answers := make([]*page, 4)
	for i := range answers {
		wg.Go(func() { answers[i] = form.submit("/changes/new", pairs(town.Entry(96), "act", "submit")...) })
	}
	wg.Wait()
	to := ""
	for _, p := range answers {
		if p.status != http.StatusSeeOther {
			t.Errorf("status %d: %s", p.status, p.text())
			continue
		}
		path, _, _ := strings.Cut(p.header.Get("Location"), "?")
		if to != "" && path != to {
			t.Errorf("leads to %s and %s", to, path)
		}
		to = path
	}
	if n := town.Ledger.Size() - before; n != 2 { // the person, the change
		t.Errorf("%d entries", n)
	}
	if p := form.submit("/changes/new", pairs(town.Entry(97), "act", "submit")...); p.status != http.StatusUnprocessableEntity {
		t.Errorf("the same key with another form: %d", p.status)
	}
}

// Signing in: no field is named, failures are slowed down, a one-time password
// is changed first.
func TestSignIn(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{City: true, Demo: site.DemoUsers()})
	c := visitor(t, town.Site)
	wellFormed(t, c.get("/signin").ok().says("演示用户", "u-wu", "先试什么"))
	wellFormed(t, c.in("en").get("/signin").ok())
	c.in("zh")
	for _, name := range []string{town.SignIn("wu"), "nobody"} {
		p := c.get("/signin").submit("/signin", "name", name, "password", "wrong")
		if p.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, p.status)
		}
		p.says("登录名或密码不正确")
	}
	var p *page
	for range 30 {
		if p = c.get("/signin").submit("/signin", "name", "u-wu", "password", "wrong"); p.status == http.StatusTooManyRequests {
			break
		}
	}
	if p.status != http.StatusTooManyRequests || p.header.Get("Retry-After") == "" {
		t.Errorf("throttled: %d", p.status)
	}
	p.says("暂停登录", "后重试")
	wellFormed(t, p)

	one, err := town.Secrets.IssuePassword(t.Context(), town.User("gao"), "u-gao")
	if err != nil {
		t.Fatal(err)
	}
	c = visitor(t, town.Site)
	p = c.get("/signin").submit("/signin", "name", "u-gao", "password", one).to().ok().says("修改一次性密码")
	wellFormed(t, p)
	if q := c.get("/units"); q.header.Get("Location") != "/password" {
		t.Errorf("a one-time password opens pages: %d", q.status)
	}
	p.submit("/password", "old", one, "new", "a new long password", "again", "another").says("不一致")
	p.submit("/password", "old", one, "new", "short", "again", "short").says("个字符")
	p.submit("/password", "old", "wrong", "new", "a new long password", "again", "a new long password").says("现在的密码不正确")
	p.submit("/password", "old", one, "new", "a new long password", "again", "a new long password").to().ok().says("各类编制")
	out := c.get("/").submit("/signout")
	if out.header.Get("Location") != "/signin" || c.get("/").status != http.StatusSeeOther {
		t.Error("still signed in")
	}
	p = c.get("/units?q=x")
	if p.header.Get("Location") != "/signin?to=%2Funits%3Fq%3Dx" {
		t.Errorf("leads to %s", p.header.Get("Location"))
	}
	p.to().submit("/signin", "name", "u-gao", "password", "a new long password").to().ok().says("没有符合条件的单位")
}

// A verification runs from the page; a ledger that fails it is loud everywhere.
func TestVerifyAndBrokenLedger(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	gu, wu := as(t, town.Site, "gu"), as(t, town.Site, "wu")
	p := gu.get("/verify").ok().says("还没有全量核验", "staffledger verify", "退出码").submit("/verify", "act", "verify").to().ok()
	wellFormed(t, p)
	for gu.get("/verify").find(func(n *html.Node) bool { return n.Data == "progress" }) != nil {
		continue // the page asks again until the run has ended
	}
	size := fmt.Sprint(town.Ledger.Size())
	gu.get("/verify").ok().says("没有发现改动", "完整，共"+size+"条", "顾清")
	if p := wu.get("/units").ok(); !strings.Contains(p.body, "顾清") || !strings.Contains(p.body, "账本完整") {
		t.Error("the bar does not tell the last check")
	}
	if wu.get("/verify").ok().find(func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == "/verify" }) != nil {
		t.Error("a collector may start a check")
	}
	town.Checks.Put(ports.Check{Kind: "verify", Position: 98, Reason: "leaf differs", Started: 1, Ended: 2, By: town.User("gu")})
	for _, lang := range []string{"zh", "en"} {
		for _, path := range []string{"/", "/units", "/changes", "/verify"} {
			p := wu.in(lang).get(path).ok()
			bar := p.find(class("broken"))
			if bar == nil || !strings.Contains(textOf(bar), "98") {
				t.Errorf("%s: no broken bar", path)
			}
			wellFormed(t, p)
		}
	}
	gu.get("/verify").ok().says("核验没有通过", "98", "仍可证明")
	town.Checks.Put(ports.Check{Kind: "verify", File: "head", Reason: "checksum", Started: 1, Ended: 2})
	if bar := gu.get("/").ok().find(class("broken")); bar == nil || !strings.Contains(textOf(bar), "head") {
		t.Error("damage beside the ledger is not told")
	}
	town.Checks.Put(ports.Check{Kind: "replay", Running: true, Size: 10, Done: 3})
	if p := gu.get("/verify").submit("/verify", "act", "verify"); p.status != http.StatusConflict {
		t.Errorf("two checks at once: %d", p.status)
	}
}

// Search: an exact hit goes there, an ID number never comes into an address.
func TestSearch(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	gu := as(t, town.Site, "gu")
	home := gu.get("/")
	for q, to := range map[string]string{"330200-0147": "/units/" + string(town.Water), "c-2026-00001": "/changes/", "Y-2026-0001": "/approvals/" + string(town.Approval),
		"甬编(2026)33号": "/documents/" + string(town.Doc), "12": "/events/12", "水务": "/search?q=", "": "/search"} {
		if p := home.submit("/search", "q", q); !strings.HasPrefix(p.header.Get("Location"), to) || p.status != http.StatusSeeOther {
			t.Errorf("%q leads to %d %s", q, p.status, p.header.Get("Location"))
		}
	}
	for _, number := range []string{world.IDNumber(5), " " + strings.ToLower(world.IDNumber(6)), "330203 19700102 0061"} {
		p := home.submit("/search", "q", number)
		if p.status != http.StatusOK || strings.Contains(p.body, strings.TrimSpace(number)) {
			t.Errorf("an ID number: %d", p.status)
		}
		wellFormed(t, p)
	}
	if p := gu.get("/people").ok().submit("/people", "q", world.IDNumber(5)); p.status != http.StatusOK || strings.Contains(p.body, world.IDNumber(5)) {
		t.Errorf("an ID number among people: %d", p.status)
	}
	gu.get("/people").ok().submit("/people", "q", world.PersonName(5)).to().ok().says(world.PersonName(5))
	if p := gu.get("/units/330200-0147/roster?kind=administrative"); p.header.Get("Location") != "/units/"+string(town.Water)+"/roster?kind=administrative" {
		t.Errorf("a code leads to %q", p.header.Get("Location"))
	}
	wellFormed(t, gu.get("/search?q="+url.QueryEscape("没有这个")).ok().says("没有找到", "追溯"))
	gu.get("/search?q="+url.QueryEscape(world.PersonName(5))).ok().says("人员", "3302****")
	for _, p := range []string{"/people/" + string(town.Person), "/units/" + string(town.Water) + "/roster", "/trace?person=" + string(town.Person)} {
		if strings.Contains(gu.get(p).ok().body, world.IDNumber(5)) {
			t.Errorf("%s shows an ID number", p)
		}
	}
}

// Trace: filters stand in the address, chips remove one, pages follow each
// other without gap or repeat.
func TestTrace(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	gu := as(t, town.Site, "gu")
	seen := map[string]bool{}
	at, pages := "/trace", 0
	for at != "" {
		p := gu.get(at).ok()
		wellFormed(t, p)
		for _, n := range p.all(class("pos")) {
			if n.Data == "span" {
				if seen[textOf(n)] {
					t.Fatalf("%s twice", textOf(n))
				}
				seen[textOf(n)] = true
			}
		}
		next := p.find(func(n *html.Node) bool { return attr(n, "rel") == "next" })
		at, pages = "", pages+1
		if next != nil {
			at = attr(next, "href")
		}
	}
	if len(seen) != int(town.Ledger.Size()) || pages < 3 {
		t.Errorf("%d entries on %d pages, the ledger has %d", len(seen), pages, town.Ledger.Size())
	}
	unit := "/trace?unit=" + string(town.Water)
	p := gu.get(unit+"&step=returned&q="+url.QueryEscape("名册不一致")+"&from=2026-11-01&to=2026-11-20").ok().says("已筛选", "退回", "学历证明与名册不一致", "2026年11月16日 星期一")
	if n := len(p.all(class("chip"))); n != 4 {
		t.Errorf("%d chips", n)
	}
	if strings.Contains(p.text(), "采集周伟明") {
		t.Error("other steps are shown")
	}
	for path, words := range map[string]string{"&from=2026-11-25": "没有符合条件的记录", "&to=2026-11-02": "2026年11月2日", "&from=2026-99-99": "起始：应为", "&q=" + url.QueryEscape("不存在的话"): "没有符合条件的记录"} {
		gu.get(unit + path).ok().says(words)
	}
	gu.get(unit + "&from=2026-11-16&to=2026-11-16").ok().lacks("2026年11月2日 星期一")
	event := gu.get("/events/"+fmt.Sprint(town.Ledger.Size()-1)).ok().says("证明", "未签名", "包含路径", "树的大小")
	e, _ := town.Ledger.At(t.Context(), town.Ledger.Size()-1)
	if pre := event.find(class("json")); pre == nil || textOf(pre) != string(e.Bytes) {
		t.Error("the exact bytes are not those of the ledger")
	}
}
