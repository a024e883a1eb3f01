package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/http/web"
	"staffledger/test/site"
	"staffledger/test/world"
)

func pairs(values map[string]string, more ...string) []string {
	var all []string
	for k, v := range values {
		all = append(all, k, v)
	}
	return append(all, more...)
}

var position = regexp.MustCompile(`第([\d,]+)条`)

// One change as four people take it by forms alone: collected, passed at three
// gates, recorded; each act names its entry and leads to the next.
func TestChangeFromCollectionToRecord(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	wu := as(t, town.Site, "wu")
	form := wu.get("/changes/new?kind=entry&unit=" + string(town.Water)).ok()
	before := town.Ledger.Size()
	checked := form.submit("/changes/new", pairs(town.Entry(90), "act", "check")...).ok()
	checked.says("检查通过")
	if town.Ledger.Size() != before {
		t.Fatal("a check has written")
	}
	change := checked.submit("/changes/new", "act", "submit").to().ok()
	change.says("已写入第", world.PersonName(90), "待组织部审核", "甬编〔2026〕33号")
	path, _, _ := strings.Cut(change.path, "?")
	if path == "" {
		path = change.path
	}
	wellFormed(t, change)

	for _, step := range []struct {
		user  string
		items []string
	}{{"zhou", town.Items("o1")}, {"shen", town.Items("h1")}, {"chen", town.Items("f1")}} {
		c := as(t, town.Site, step.user)
		if !strings.Contains(c.get("/queue").ok().body, path) {
			t.Fatalf("%s does not find the change in the queue", step.user)
		}
		p := c.get(path).ok().says("我的意见")
		refused := p.submit(path+"/opinion", "act", "pass", "opinion", "齐全")
		if refused.status != http.StatusConflict {
			t.Errorf("pass without checklist: %d", refused.status)
		}
		refused.says("有1处需要处理，未写入任何数据", "审核要点", "齐全")
		wellFormed(t, refused)
		fill := []string{"act", "pass", "opinion", "材料齐全"}
		for _, item := range step.items {
			fill = append(fill, "+item", item)
		}
		done := refused.submit(path+"/opinion", fill...).to().ok()
		if !position.MatchString(done.find(class("done")).FirstChild.Data) && !strings.Contains(done.text(), "已写入第") {
			t.Errorf("no number of the entry: %s", done.text())
		}
		c.get(path).ok().lacks("我的意见") // not again by the same person
	}

	zheng := as(t, town.Site, "zheng")
	zheng.get("/queue?tab=record").ok().says(world.PersonName(90))
	p := zheng.get(path).ok().says("录入后行政编制实有")
	size := town.Ledger.Size()
	first := p.submit(path + "/record")
	town.Follow()
	written := town.Ledger.Size()
	second := p.submit(path + "/record") // a double click
	if first.status != http.StatusSeeOther || second.status != http.StatusSeeOther || first.header.Get("Location") != second.header.Get("Location") && !strings.Contains(second.header.Get("Location"), "done=") {
		t.Errorf("double click: %d %s, then %d %s", first.status, first.header.Get("Location"), second.status, second.header.Get("Location"))
	}
	if written == size || town.Ledger.Size() != written {
		t.Errorf("double click wrote %d entries, then %d", written-size, town.Ledger.Size()-written)
	}
	town.Follow()
	p = zheng.get(path).ok().says("已录入")
	p.lacks("录入账本")
	wu.get("/units/" + string(town.Water) + "/roster?q=" + url.QueryEscape(world.PersonName(90))).ok().says(world.PersonName(90))
	trace := as(t, town.Site, "gu").get("/trace?change=" + strings.TrimPrefix(path, "/changes/")).ok()
	trace.says("采集", "第1道共3道", "第3道共3道", "录入"+world.PersonName(90)+"入编")
}

// A form that is refused keeps what was typed, names each field with its rule
// and the way out, and links to it.
func TestRefusedFormKeepsInput(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	wu := as(t, town.Site, "wu")
	form := wu.get("/changes/new?kind=entry&unit=" + string(town.Water)).ok()
	entry := town.Entry(91)
	bad := entry["idnumber"][:17] + map[bool]string{true: "1", false: "2"}[entry["idnumber"][17] != '1']
	size := town.Ledger.Size()
	p := form.submit("/changes/new", pairs(entry, "idnumber", bad, "document", "", "effective", "2026-13-01", "post", "二级主任科员<b>", "act", "submit")...)
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", p.status)
	}
	p.says("处需要处理，未写入任何数据", "证件号码：校验位不符", "依据文号：必填", "生效日期：")
	wellFormed(t, p)
	values, _ := p.form("/changes/new")
	for name, want := range map[string]string{"name": entry["name"], "idnumber": bad, "line": entry["line"], "post": "二级主任科员<b>", "effective": "2026-13-01"} {
		if values.Get(name) != want {
			t.Errorf("%s: %q, typed %q", name, values.Get(name), want)
		}
	}
	if title := textOf(p.find(func(n *html.Node) bool { return n.Data == "title" })); !strings.HasPrefix(title, "有误") {
		t.Errorf("title %q", title)
	}
	if alert := p.find(func(n *html.Node) bool { return attr(n, "role") == "alert" }); alert == nil {
		t.Error("no alert")
	}
	links := p.all(func(n *html.Node) bool { return n.Data == "a" && attr(n, "href") == "#f-idnumber" })
	if len(links) != 1 {
		t.Errorf("%d links to the ID number", len(links))
	}
	if town.Ledger.Size() != size {
		t.Error("a refused form has written")
	}
	unknown := form.submit("/changes/new", pairs(entry, "document", "甬编〔2026〕999号", "act", "submit")...)
	unknown.says("甬编〔2026〕999号", "未登记", "请先登记")
	full := wu.get("/changes/new?kind=entry&unit="+string(town.Harbour)).ok().submit("/changes/new",
		pairs(town.Entry(92), "unit", string(town.Harbour), "line", string(site.Institution), "class", string(codes.ClassProfessional), "act", "check")...).ok()
	full.says("可以提交，但以后的环节会遇到下列问题", "没有空余")
}

// Whoever acts on a version that is not the newest gets both sides, and nothing
// is written.
func TestStaleFormShowsBothSides(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	chen := as(t, town.Site, "chen")
	path := "/changes/" + string(town.AtOffice)
	mine := chen.get(path).ok()
	as(t, town.Site, "wu").get(path+"/withdraw").ok().submit(path+"/withdraw", "reason", "当事人放弃").to().ok().says("已撤回")
	size := town.Ledger.Size()
	p := mine.submit(path+"/opinion", "act", "pass", "opinion", "齐全，同意", "item", town.Items("f1")[0])
	if p.status != http.StatusPreconditionFailed {
		t.Fatalf("status %d: %s", p.status, p.text())
	}
	p.says("您打开后有新的记录", "未写入任何数据", "您打开时", "现在", "齐全，同意", "撤回", "按现在的内容重新办理")
	wellFormed(t, p)
	if town.Ledger.Size() != size {
		t.Error("a stale form has written")
	}
	missing, _ := mine.form(path + "/opinion")
	missing.Del("etag")
	if p := chen.post(path+"/opinion", missing); p.status < 400 || town.Ledger.Size() != size {
		t.Errorf("a form without revision: %d", p.status)
	}
}

// A form of another session, of another site or without token is turned away.
func TestForgedFormsAreTurnedAway(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	wu, zhou := as(t, town.Site, "wu"), as(t, town.Site, "zhou")
	values, _ := wu.get("/changes/new?kind=entry&unit=" + string(town.Water)).ok().form("/changes/new")
	for k, v := range town.Entry(93) {
		values.Set(k, v)
	}
	values.Set("act", "submit")
	size := town.Ledger.Size()
	for _, token := range []string{"", "x", mustForm(zhou.get("/")).Get("csrf")} {
		values.Set("csrf", token)
		p := wu.post("/changes/new", values)
		if p.status != http.StatusForbidden {
			t.Errorf("token %q: %d", token, p.status)
		}
		p.says("表单不属于本次登录", "未写入任何数据")
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, town.URL+"/signout", strings.NewReader("csrf="+mustForm(wu.get("/")).Get("csrf")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := wu.send(r, "/signout"); p.status != http.StatusForbidden {
		t.Errorf("from another site: %d", p.status)
	}
	if town.Ledger.Size() != size {
		t.Error("a forged form has written")
	}
	if p := visitor(t, town.Site).post("/changes/new", values); p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/signin") {
		t.Errorf("without session: %d", p.status)
	}
	for _, to := range []string{"//evil.example", "https://evil.example", "/\\evil"} {
		p := visitor(t, town.Site).get("/signin?to="+url.QueryEscape(to)).submit("/signin", "name", town.SignIn("wu"), "password", site.Password)
		if l := p.header.Get("Location"); strings.Contains(l, "evil") {
			t.Errorf("sign-in leads to %s", l)
		}
	}
}

func mustForm(p *page) url.Values {
	values, _ := p.form("/signout")
	return values
}

// What people write stays text wherever it stands.
func TestHostileTextIsEscaped(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	const nasty = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}'`
	wu := as(t, town.Site, "wu")
	doc := wu.get("/documents/new").ok().submit("/documents/new", "number", "甬编〔2026〕77号", "issuer", nasty, "title", nasty, "grants", nasty, "date", "2026-11-20", "file", "file:"+nasty).to().ok()
	change := wu.get("/changes/new?kind=entry&unit="+string(town.Water)).ok().submit("/changes/new",
		pairs(town.Entry(94), "document", "甬编〔2026〕77号", "post", nasty, "school", nasty, "note", nasty, "act", "submit")...).to().ok()
	path, _, _ := strings.Cut(change.path, "?")
	zhou := as(t, town.Site, "zhou")
	back := zhou.get(path).ok().submit(path+"/opinion", "act", "return", "opinion", nasty).ok().submit(path+"/return", "fix.school", nasty, "opinion", nasty).to().ok()
	town.Follow()
	gu := as(t, town.Site, "gu")
	pages := []*page{doc, change, back, gu.get(path).ok(), gu.get("/trace?unit=" + string(town.Water)).ok(), gu.get("/documents").ok(),
		gu.get("/search?q=" + url.QueryEscape(nasty)).ok(), gu.get("/units?q=" + url.QueryEscape(nasty)).ok(), gu.get("/trace?q=" + url.QueryEscape(nasty)).ok(),
		wu.get(path + "/resubmit").ok(), gu.get("/people?q=" + url.QueryEscape(nasty)).ok(), gu.get("/trace?from=" + url.QueryEscape(nasty)).ok()}
	for _, p := range pages {
		for _, n := range p.all(func(n *html.Node) bool {
			return n.Data == "img" || n.Data == "script" && attr(n, "src") == "" || has(n, "onerror")
		}) {
			t.Errorf("%s: %s from what somebody wrote", p.path, n.Data)
		}
		if csp := p.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", p.path, csp)
		}
	}
	file := gu.get(strings.Split(doc.path, "?")[0] + "/file")
	if file.status != http.StatusOK || file.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(file.header.Get("Content-Disposition"), "attachment") || file.body != nasty {
		t.Errorf("file: %d %v", file.status, file.header)
	}
}

// A returned change comes back field by field, is mended, and passes on.
func TestReturnAndResubmit(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	path := "/changes/" + string(town.InReview)
	zhou := as(t, town.Site, "zhou")
	form := zhou.get(path).ok().submit(path+"/opinion", "act", "return", "opinion", "学历不符").ok()
	form.says("需补正之处，至少写一项", "大学本科毕业")
	none := form.submit(path + "/return")
	none.says("须逐项写明", "学历不符")
	if none.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", none.status)
	}
	none.submit(path+"/return", "fix.education", "应为硕士").to().ok().says("已写入第")
	wu := as(t, town.Site, "wu")
	wu.get("/queue").ok().says("退回给我", "已退回")
	wu.get(path).ok().says("已退回，须补正", "应为硕士", "补正重报")
	p := wu.get(path+"/resubmit").ok().says("退回意见：应为硕士").submit(path+"/resubmit", "education", "14", "act", "submit")
	p.to().ok().says("待组织部审核", "补正重报", "变更", "退回前：大学本科")
	wellFormed(t, wu.get(path))
}

// A batch: bad rows stay with their reasons, good ones are written, passed and
// recorded as one act each.
func TestBatch(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	wu := as(t, town.Site, "wu")
	var rows []string
	for n := 200; n < 206; n++ {
		rows = append(rows, world.PersonName(n)+"\t"+world.IDNumber(n)+"\t数学组\t教师")
	}
	rows = append(rows, world.PersonName(200)+"\t"+world.IDNumber(200), "某某\t330203199901010011")
	common := map[string]string{"line": string(site.Institution), "class": string(codes.ClassProfessional), "manner": string(codes.Resettlement), "document": "甬编〔2026〕33号", "effective": "2026-11-20"}
	form := wu.get("/batch/new?kind=entry&unit=" + string(town.School)).ok()
	size := town.Ledger.Size()
	checked := form.submit("/batch/new", pairs(common, "rows", strings.Join(rows, "\n"), "act", "check")...).ok()
	checked.says("可办6行，不能办2行", "证件号码")
	wellFormed(t, checked)
	if town.Ledger.Size() != size {
		t.Fatal("a check has written")
	}
	done := checked.submit("/batch/new", "act", "submit").ok()
	done.says("已写入6行", "下列各行没有写入")
	wellFormed(t, done)
	values, _ := done.form("/batch/new")
	if left := values.Get("rows"); strings.Count(left, "\n") != 1 || !strings.Contains(left, "某某") {
		t.Errorf("rows left: %q", left)
	}
	link := done.find(func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/batches/") })
	batch := attr(link, "href")
	again := checked.submit("/batch/new", "act", "submit") // the same key
	town.Follow()
	if again.status >= 500 || strings.Count(wu.get(batch).ok().text(), "C-2026-") != 6 {
		t.Errorf("a second click: %d", again.status)
	}
	for _, user := range []string{"zhou", "shen", "chen"} {
		c := as(t, town.Site, user)
		if !strings.Contains(c.get("/queue").ok().body, batch) {
			t.Fatalf("%s: no batch in the queue", user)
		}
		p := c.get(batch).ok().says("等您办理的各行", "可办6行，不能办0行")
		wellFormed(t, p)
		gate := map[string]string{"zhou": "o1", "shen": "h1", "chen": "f1"}[user]
		var fill []string
		for _, item := range town.Items(gate) {
			fill = append(fill, "+item", item)
		}
		p.submit(batch+"/pass", append(fill, "opinion", "整批材料齐全")...).to().ok().says("已写入第", "至第")
	}
	zheng := as(t, town.Site, "zheng")
	zheng.get(batch).ok().submit(batch + "/record").to().ok().says("已写入第")
	town.Follow()
	if n := strings.Count(wu.get(batch).ok().text(), "已录入"); n != 6 {
		t.Errorf("%d rows recorded", n)
	}
}

// Approvals, quota and documents by their forms.
func TestApprovalsQuotaDocuments(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	wang := as(t, town.Site, "wang")
	form := wang.get("/approvals/new?unit=" + string(town.Water)).ok()
	form.submit("/approvals/new", "line", string(site.Admin), "posts", "999", "manner", "exam", "document", "甬编〔2026〕33号", "act", "submit").says("空余不足（20−2−12−2=4）", "请减少名额")
	form.submit("/approvals/new", "line", string(site.Admin), "posts", "两名", "manner", "exam", "document", "甬编〔2026〕33号", "act", "submit").says("名额")
	made := form.submit("/approvals/new", "line", string(site.Admin), "posts", "1", "manner", "exam", "document", "甬编〔2026〕33号", "act", "submit").to().ok().says("有效")
	path, _, _ := strings.Cut(made.path, "?")
	revoke := wang.get(path + "/revoke").ok().says("恢复空余")
	revoke.submit(path + "/revoke").says("依据文号：必填")
	revoke.submit(path+"/revoke", "document", "甬编〔2026〕33号", "reason", "计划取消").to().ok().says("已撤销")

	gao := as(t, town.Site, "gao")
	move := gao.get("/quota/new?kind=move&unit=" + string(town.Water)).ok()
	move.submit("/quota/new", "line", string(site.Admin), "posts", "2", "document", "甬编〔2026〕33号", "effective", "2026-11-24", "act", "submit").to().ok().says("22")
	gao.get("/quota/new?kind=hold&unit="+string(town.Water)).ok().submit("/quota/new", "line", string(site.Admin), "posts", "1", "document", "甬编〔2026〕33号", "effective", "2026-11-24", "act", "submit").to().ok().says("已写入第")
	gao.get("/quota/new?kind=free&unit="+string(town.Water)).ok().submit("/quota/new", "line", string(site.Admin), "posts", "99", "document", "甬编〔2026〕33号", "effective", "2026-11-24", "act", "submit").says("控编不足")
	gao.get("/quota/new?kind=move&unit="+string(town.Water)).ok().submit("/quota/new", "way", "cut", "line", string(site.Admin), "posts", "19", "document", "甬编〔2026〕33号", "effective", "2026-11-24", "act", "submit").says("处需要处理")
}

// Each role begins where its work is, and sees the pages of its rights only.
func TestFirstSightByRole(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	for user, want := range map[string]struct {
		to   string
		says []string
		nav  []string
		not  []string
	}{
		"wu":    {"/", []string{"等我办理", "最先到期", "钱伟明", "采集入编"}, []string{"待办", "单位", "追溯"}, []string{"管理", "运行"}},
		"zhou":  {"/queue", []string{"待我审核"}, []string{"待办"}, []string{"管理"}},
		"zheng": {"/queue", []string{"待我录入"}, []string{"待办"}, []string{"管理"}},
		"own":   {"/", []string{"等我办理", "市水务协调局"}, []string{"待办", "单位"}, nil},
		"head":  {"/", []string{"等我办理"}, []string{"待办"}, nil},
		"gao":   {"/", []string{"调整编制", "各类编制"}, []string{"运行"}, []string{"待办", "管理"}},
		"xu":    {"/", []string{"各类编制"}, []string{"单位"}, []string{"待办"}},
		"he":    {"/", []string{"在办变动"}, []string{"变动"}, []string{"待办"}},
		"gu":    {"/", []string{"账本是否完整", "未办结的过程"}, []string{"追溯", "核验", "运行"}, []string{"待办", "管理"}},
		"admin": {"/", []string{"用户", "待确认的角色"}, []string{"管理", "运行", "追溯"}, []string{"单位", "人员", "变动"}},
		"feed":  {"/", []string{"数据位置"}, []string{"核验"}, []string{"单位", "人员", "追溯", "管理"}},
	} {
		c := visitor(t, town.Site)
		p := c.get("/signin").submit("/signin", "name", town.SignIn(user), "password", site.Password)
		if to := p.header.Get("Location"); to != want.to {
			t.Errorf("%s: begins at %s, want %s", user, to, want.to)
		}
		p = p.to().ok()
		p.says(want.says...)
		nav := textOf(p.find(class("nav")))
		for _, w := range want.nav {
			if !strings.Contains(nav, w) {
				t.Errorf("%s: no %s in the navigation", user, w)
			}
		}
		for _, w := range want.not {
			if strings.Contains(nav, w) {
				t.Errorf("%s: %s in the navigation", user, w)
			}
		}
	}
	admin := as(t, town.Site, "admin") // no staff names
	for _, path := range []string{"/", "/trace", "/admin/users", "/ops"} {
		admin.get(path).ok().lacks(world.PersonName(5), town.LongName)
	}
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// Every page × every role: open exactly to those who may.
func TestRouteByRole(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	users := map[domain.Role]string{domain.Collector: "wu", domain.UnitHead: "head", domain.Supervisor: "sup", domain.GateOrganization: "zhou", domain.GateHR: "shen",
		domain.GateOffice: "chen", domain.Approver: "wang", domain.Recorder: "zheng", domain.Inspector: "he", domain.Leader: "gao", domain.Committee: "xu",
		domain.Auditor: "gu", domain.Admin: "admin", domain.Subscriber: "feed"}
	readers := []domain.Role{domain.Collector, domain.UnitHead, domain.Supervisor, domain.GateOrganization, domain.GateHR, domain.GateOffice, domain.Approver,
		domain.Recorder, domain.Inspector, domain.Leader, domain.Committee, domain.Auditor}
	may := func(r web.Route, role domain.Role) bool {
		switch r.Kind {
		case "open", "signed-in":
			return true
		case "reader":
			return slices.Contains(readers, role)
		case "events":
			return slices.Contains(readers, role) || role == domain.Admin
		case "checker":
			return role == domain.Auditor || role == domain.Admin || role == domain.Leader
		case "admin":
			return role == domain.Admin
		}
		return slices.Contains(r.Rights, role)
	}
	nobody := visitor(t, town.Site)
	for _, role := range domain.Roles {
		c := as(t, town.Site, users[role])
		token := mustForm(c.get("/")).Get("csrf")
		for _, r := range web.Routes() {
			path := parameter.ReplaceAllString(r.Path, "none") // the rights of a page are judged first
			if r.Path == "/signout" || r.Path == "/verify" && r.Method == http.MethodPost {
				continue // ends the session; runs a check
			}
			var p *page
			if r.Method == http.MethodGet {
				p = c.get(path)
			} else {
				p = c.post(path, url.Values{"csrf": {token}})
			}
			denied := p.status == http.StatusForbidden
			if denied == may(r, role) {
				// a command's own refusal is not that of the page
				if denied && r.Method == http.MethodPost && strings.Contains(p.text(), "您") && may(r, role) {
					continue
				}
				t.Errorf("%s %s as %s: %d", r.Method, r.Path, role, p.status)
			}
			if p.status >= 500 {
				t.Errorf("%s %s as %s: %d %s", r.Method, r.Path, role, p.status, p.text())
			}
			if role == domain.Roles[0] && !r.Open {
				q := nobody.get(path)
				if r.Method == http.MethodPost {
					q = nobody.post(path, nil)
				}
				if q.status != http.StatusSeeOther || !strings.HasPrefix(q.header.Get("Location"), "/signin") {
					t.Errorf("%s %s without session: %d", r.Method, r.Path, q.status)
				}
			}
		}
	}
}

// What lies outside a reader's scope is neither shown nor found.
func TestScopes(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{})
	own := as(t, town.Site, "own")
	own.get("/units/" + string(town.Team)).ok()
	for _, path := range []string{"/units/" + string(town.Harbour), "/units/330282-0201", "/trace?unit=" + string(town.School), "/batches/" + town.Batch} {
		if p := own.get(path); p.status != http.StatusForbidden && p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	own.get("/units").ok().lacks("港航", "实验学校")
	own.get("/search?q=" + url.QueryEscape("实验学校")).ok().says("没有找到")
	own.get("/trace").ok().lacks("慈溪实验学校")
	own.get("/changes").ok().lacks("慈溪")
}
