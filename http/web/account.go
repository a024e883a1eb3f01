package web

import (
	"net/url"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/projections/views"
)

// lineRow is a quota line of an account.
type lineRow struct {
	Key     codes.LineKey
	Name    string
	Href    string
	Balance account.Balance
	Free    int
	Over    int
	Status  text.Step
	Sum     string
	Anchor  string
	Roster  string // addresses of what the figures come from
	Quota   string
	Use     string
}

type accountView struct {
	Unit      views.Unit
	Tabs      []tab
	Lines     []lineRow
	Total     totalRow
	Latest    []eventView
	Live      []queueRow
	LiveTotal int
	Approvals []approvalRow
	Below     []unitLine
	Actions   []action
	MayUse    bool

	Roster  []views.RosterRow // names of columns come with their own template
	Kinds   []chip
	Sorts   map[string]sortLink
	Query   string
	Count   int
	Next    string
	First   string
	Changes []queueRow
	States  []chip
	Line    string // of the roster, where it is narrowed to one
}

type sortLink struct{ Href, Mark, Aria string }

// accountHead begins a page of a unit: heading, tags, facts and tabs.
func (r *request) accountHead(here string) (frame, accountView, error) {
	u, err := r.unit(r.c.Param("unit"))
	if err != nil {
		return frame{}, accountView{}, err
	}
	if ref := r.c.Param("unit"); ref != string(u.ID) { // a code, past or present
		return frame{}, accountView{}, redirect(strings.Replace(r.c.Request().URL.RequestURI(), url.PathEscape(ref), string(u.ID), 1))
	}
	crumbs := []crumb{{r.t("nav.units"), "/units"}, {text.LevelName(r.lang, u.Level, r.today()), "/units?open=" + string(u.Level)}}
	for _, above := range r.above(u) {
		crumbs = append(crumbs, crumb{shortName(above), "/units/" + string(above.ID)})
	}
	crumbs = append(crumbs, crumb{Text: shortName(u)})
	f := r.page(u.Name, "units", crumbs...)
	code := text.Field(r.lang, "code")
	if len(u.Code) != 18 { // a provisional one, until the USCC is issued
		code = r.t("units.code")
	}
	f.Facts = []fact{{Label: code, Text: u.Code, Mono: true}, {Text: r.t("account.version", text.Number(u.Revision))},
		{Text: r.t("account.updated", text.DateTime(r.lang, u.Updated))}}
	if u.ShortName != "" && u.ShortName != u.Name {
		f.Facts = append(f.Facts, fact{Label: text.Field(r.lang, "shortname"), Text: u.ShortName})
	}
	for _, other := range u.OtherNames {
		f.Facts = append(f.Facts, fact{Label: text.Field(r.lang, "othernames"), Text: other})
	}
	v := accountView{Unit: u, Actions: r.startActions(u.ID)}
	base := "/units/" + string(u.ID)
	roster, err := r.p.Views.Roster(r.ctx, views.RosterQuery{Unit: u.ID, Limit: 1})
	if err != nil {
		return f, v, err
	}
	live, err := r.p.Views.Changes(r.ctx, views.ChangeQuery{Unit: u.ID, States: liveStates, Limit: 5, ByDue: true})
	if err != nil {
		return f, v, err
	}
	v.LiveTotal = live.Total
	if v.Live, err = r.queueRows(live.Rows, false); err != nil {
		return f, v, err
	}
	for _, t := range []tab{
		{Key: "overview", Href: base}, {Key: "posts", Href: base + "/posts"},
		{Key: "roster", Href: base + "/roster", Count: roster.Total, Counted: true},
		{Key: "changes", Href: base + "/changes", Count: live.Total, Counted: true},
		{Key: "trace", Href: "/trace?unit=" + string(u.ID), Count: int(u.Revision) + 1, Counted: true}} {
		t.Text, t.Here = r.t("account.tab."+t.Key), t.Key == here
		v.Tabs = append(v.Tabs, t)
	}
	return f, v, nil
}

// above are the units over one, the highest first.
func (r *request) above(u views.Unit) []views.Unit {
	var all []views.Unit
	for id := u.Parent; id != "" && len(all) < 8; {
		parent, err := r.p.Views.FindUnit(r.ctx, string(id))
		if err != nil {
			break
		}
		all = append(all, parent)
		id = parent.Parent
	}
	slices.Reverse(all)
	return all
}

// lines reads a unit's quota lines with their total, nothing netted.
func (r *request) lines(v *accountView) error {
	lines, err := r.p.Views.Lines(r.ctx, v.Unit.ID, views.AsOf{})
	if err != nil {
		return err
	}
	base := "/units/" + string(v.Unit.ID)
	slices.SortStableFunc(lines, func(a, b views.LineBalance) int {
		return slices.Index(codes.PostKinds, a.Line.Kind()) - slices.Index(codes.PostKinds, b.Line.Kind())
	})
	for _, l := range lines {
		free := l.Balance.Free()
		row := lineRow{Key: l.Line, Name: text.LineName(r.lang, l.Line), Balance: l.Balance, Free: max(free, 0), Over: max(-free, 0), Status: text.LineStatus(r.lang, l.Balance),
			Sum: text.Sum(l.Balance), Href: base + "/posts#" + anchorOf(l.Line), Anchor: anchorOf(l.Line), Roster: base + "/roster?line=" + url.QueryEscape(string(l.Line)),
			Quota: "/trace?unit=" + string(v.Unit.ID) + "&step=quota", Use: "/approvals?unit=" + string(v.Unit.ID)}
		v.Lines = append(v.Lines, row)
		v.Total.Balance = v.Total.Balance.Plus(l.Balance)
		v.Total.Free += row.Free
		v.Total.Over += row.Over
	}
	return nil
}

// anchorOf is the id of a line's place on the page of posts.
func anchorOf(k codes.LineKey) string {
	b := []byte(k)
	for i := range b {
		if b[i] == '/' {
			b[i] = '.'
		}
	}
	return "line-" + string(b)
}

func (r *request) account() error {
	f, v, err := r.accountHead("overview")
	if err != nil {
		return err
	}
	if err := r.lines(&v); err != nil {
		return err
	}
	if v.Latest, err = r.latest(5, domain.TagOf(domain.TagUnit, v.Unit.ID)); err != nil {
		return err
	}
	if v.Approvals, err = r.approvalsOf(v.Unit.ID, true); err != nil {
		return err
	}
	if v.Unit.Children > 0 {
		page, err := r.p.Views.Units(r.ctx, views.UnitQuery{Parent: v.Unit.ID, Limit: 50})
		if err != nil {
			return err
		}
		for _, u := range page.Rows {
			v.Below = append(v.Below, r.unitLine(u, 0, false))
		}
	}
	return r.render("account", f, v)
}

func (r *request) posts() error {
	f, v, err := r.accountHead("posts")
	if err != nil {
		return err
	}
	if err := r.lines(&v); err != nil {
		return err
	}
	if v.Approvals, err = r.approvalsOf(v.Unit.ID, false); err != nil {
		return err
	}
	v.MayUse = r.has(usecaseApprove)
	return r.render("posts", f, v)
}

func (r *request) roster() error {
	f, v, err := r.accountHead("roster")
	if err != nil {
		return err
	}
	kind, line, sort := codes.PostKind(r.query("kind")), codes.LineKey(r.query("line")), r.query("sort")
	v.Query = r.query("q")
	base := "/units/" + string(v.Unit.ID) + "/roster"
	address := func(change ...string) string {
		q := url.Values{}
		for name, value := range map[string]string{"kind": string(kind), "line": string(line), "sort": sort, "q": v.Query} {
			if value != "" {
				q.Set(name, value)
			}
		}
		for i := 0; i+1 < len(change); i += 2 {
			q.Del(change[i])
			if change[i+1] != "" {
				q.Set(change[i], change[i+1])
			}
		}
		if len(q) == 0 {
			return base
		}
		return base + "?" + q.Encode()
	}
	q := views.RosterQuery{Unit: v.Unit.ID, Line: line, Kind: kind, Text: v.Query, Sort: sort, After: r.query("after")}
	page, err := r.p.Views.Roster(r.ctx, q)
	if err != nil {
		return err
	}
	all := page
	if kind != "" || line != "" {
		if all, err = r.p.Views.Roster(r.ctx, views.RosterQuery{Unit: v.Unit.ID, Text: v.Query, Limit: 1}); err != nil {
			return err
		}
	}
	v.Kinds = []chip{{Text: r.t("all"), Href: address("kind", "", "line", ""), On: kind == "" && line == "", Count: all.Total, Counted: true}}
	for _, k := range codes.PostKinds {
		if n := all.ByKind[k]; n > 0 {
			v.Kinds = append(v.Kinds, chip{Text: text.Label(r.lang, "postkind-short", string(k)), Href: address("kind", string(k), "line", ""), On: k == kind, Count: n, Counted: true})
		}
	}
	if line != "" {
		v.Line = text.LineName(r.lang, line)
		v.Kinds = append(v.Kinds, chip{Text: v.Line, On: true, Count: page.Total, Counted: true, Close: address("line", "")})
	}
	v.Sorts = map[string]sortLink{}
	for _, by := range []string{"name", "post", "line", "from"} {
		s := sortLink{Href: address("sort", by), Aria: "none"}
		switch {
		case sort == by || sort == "" && by == "from":
			s = sortLink{address("sort", "-"+by), "↑", "ascending"}
		case sort == "-"+by:
			s = sortLink{address("sort", by), "↓", "descending"}
		}
		v.Sorts[by] = s
	}
	v.Roster, v.Count = page.Rows, page.Total
	if page.Next != "" {
		v.Next = address("after", page.Next)
	}
	if q.After != "" {
		v.First = address()
	}
	return r.render("roster", f, v)
}

func (r *request) unitChanges() error {
	f, v, err := r.accountHead("changes")
	if err != nil {
		return err
	}
	if err := r.changeRows(&v, "/units/"+string(v.Unit.ID)+"/changes", views.ChangeQuery{Unit: v.Unit.ID}); err != nil {
		return err
	}
	return r.render("unitchanges", f, v)
}

// changeRows fills a list of changes with its filters from the address.
func (r *request) changeRows(v *accountView, base string, q views.ChangeQuery) error {
	state, kind := r.query("state"), r.query("kind")
	v.Query = r.query("q")
	address := func(change ...string) string {
		u := url.Values{}
		for name, value := range map[string]string{"state": state, "kind": kind, "q": v.Query} {
			if value != "" {
				u.Set(name, value)
			}
		}
		for i := 0; i+1 < len(change); i += 2 {
			u.Del(change[i])
			if change[i+1] != "" {
				u.Set(change[i], change[i+1])
			}
		}
		if len(u) == 0 {
			return base
		}
		return base + "?" + u.Encode()
	}
	q.Text, q.Kind = v.Query, account.Kind(kind)
	chips := func(into *[]chip, param, value, name string, narrowed views.ChangeQuery, on bool) error {
		narrowed.Limit = 1
		page, err := r.p.Views.Changes(r.ctx, narrowed)
		if err != nil {
			return err
		}
		*into = append(*into, chip{Text: name, Href: address(param, value), On: on, Count: page.Total, Counted: true})
		return nil
	}
	for _, s := range []string{"", "live", "review", "returned", "to-record", "recorded", "withdrawn"} {
		narrowed, name := q, ""
		switch s {
		case "":
			name = r.t("all")
		case "live":
			narrowed.States, name = liveStates, r.t("changes.live")
		default:
			narrowed.States, name = []views.ChangeState{views.ChangeState(s)}, text.Status(r.lang, "change", s).Label
		}
		if err := chips(&v.States, "state", s, name, narrowed, s == state); err != nil {
			return err
		}
	}
	switch state {
	case "":
	case "live":
		q.States = liveStates
	default:
		q.States = []views.ChangeState{views.ChangeState(state)}
	}
	for _, k := range []account.Kind{"", account.Entry, account.Exit} {
		narrowed, name := q, r.t("all")
		narrowed.Kind = k
		if k != "" {
			name = text.Label(r.lang, "changekind", string(k))
		}
		if err := chips(&v.Kinds, "kind", string(k), name, narrowed, string(k) == kind); err != nil {
			return err
		}
	}
	q.After = r.query("after")
	page, err := r.p.Views.Changes(r.ctx, q)
	if err != nil {
		return err
	}
	v.Count = page.Total
	if v.Changes, err = r.queueRows(page.Rows, false); err != nil {
		return err
	}
	if page.Next != "" {
		v.Next = address("after", page.Next)
	}
	if q.After != "" {
		v.First = address()
	}
	return nil
}

// changesPage lists the changes of all units that the reader sees.
func (r *request) changesPage() error {
	scopes, _ := r.scopes()
	v := accountView{Actions: r.startActions("")}
	f := r.page(r.t("nav.changes"), "changes", crumb{Text: r.t("nav.changes")})
	if err := r.changeRows(&v, "/changes", views.ChangeQuery{Scopes: scopes}); err != nil {
		return err
	}
	f.Facts = []fact{{Text: r.t("showncount", text.Number(v.Count))}}
	return r.render("changes", f, v)
}
