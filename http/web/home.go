package web

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/projections/views"
)

type homeView struct {
	Waiting  int // for me
	Overdue  int
	Today    int
	HasQueue bool
	Reads    bool
	Live     int // changes under way in scope
	LiveLate int
	Returned int
	Units    int
	OverN    int // units over quota
	FullN    int
	Due      []queueRow
	DueAll   int
	DueHref  string
	Totals   []totalRow
	Total    totalRow
	Scopes   []chip
	ScopeOf  string
	Months   []monthRow
	Sum      monthRow
	Chart    template.HTML
	Latest   []eventView
	Own      *views.Unit // the only unit of the scope
	Users    int
	Proposed int
	Process  int
	Admin    bool
	Lag      int
	View     domain.Position
	Size     domain.Position
	Actions  []action
	Check    bool
}

// action is a button of a page head.
type action struct {
	Text, Href string
	Main       bool
}

type chip struct {
	Text, Href string
	On         bool
	Count      int
	Counted    bool
	Close      string // address without it
}

type totalRow struct {
	Name       string
	Balance    account.Balance
	Free, Over int
}

type monthRow struct {
	Month          domain.Day
	Entries, Exits int
}

// home asks "what needs me?".
func (r *request) home() error {
	f := r.page(text.DateWeekday(r.lang, r.today()), "home", crumb{Text: r.t("nav.home")})
	if r.session.Role != "" {
		f.Facts = append(f.Facts, fact{Text: text.Label(r.lang, "role", string(r.session.Role))})
		if s := r.scopeName(); s != "" {
			f.Facts = append(f.Facts, fact{Text: s})
		}
	}
	v := homeView{HasQueue: r.worksQueue(), Admin: r.session.Has(domain.Admin), Lag: f.Trust.Lag, View: f.Trust.View, Size: f.Trust.Size, Actions: r.startActions("")}
	scopes, reads := r.scopes()
	v.Reads = reads
	if reads {
		if err := r.homeFigures(&v, scopes); err != nil {
			return err
		}
	}
	if v.HasQueue {
		if err := r.homeQueue(&v); err != nil {
			return err
		}
	}
	if v.Admin {
		users, err := r.p.Views.Users(r.ctx)
		if err != nil {
			return err
		}
		for _, u := range users {
			if !u.Disabled {
				v.Users++
			}
			for _, g := range u.Grants {
				if g.Proposed {
					v.Proposed++
				}
			}
		}
	}
	if v.Admin && !reads {
		var err error
		if v.Latest, err = r.latestAnywhere(10, 20_000, ofPeople); err != nil {
			return err
		}
	}
	if r.session.Has(domain.Admin, domain.Auditor, domain.Leader) {
		v.Check = true
		open, err := r.p.Views.UnderWay(r.ctx)
		if err != nil {
			return err
		}
		v.Process = len(open)
	}
	return r.render("home", f, v)
}

// startActions are what the roles may begin; unit narrows them to one.
func (r *request) startActions(unit domain.UnitID) []action {
	at := ""
	if unit != "" {
		at = "&unit=" + string(unit)
	}
	var all []action
	if r.has(usecaseCollect) {
		all = append(all, action{Text: r.t("start.entry"), Href: "/changes/new?kind=entry" + at, Main: true},
			action{Text: r.t("start.exit"), Href: "/changes/new?kind=exit" + at},
			action{Text: r.t("start.batch"), Href: "/batch/new?kind=entry" + at})
	}
	if r.has(usecaseApprove) {
		all = append(all, action{Text: r.t("start.approval"), Href: "/approvals/new?" + strings.TrimPrefix(at, "&"), Main: len(all) == 0})
	}
	if r.has(usecaseMove) {
		all = append(all, action{Text: r.t("start.move"), Href: "/quota/new?kind=move" + at, Main: len(all) == 0})
	}
	if r.has(usecaseHold) {
		all = append(all, action{Text: r.t("start.hold"), Href: "/quota/new?kind=hold" + at}, action{Text: r.t("start.free"), Href: "/quota/new?kind=free" + at})
	}
	return all
}

var liveStates = []views.ChangeState{views.InReview, views.Returned, views.ToRecord}

func (r *request) homeFigures(v *homeView, scopes []domain.Scope) error {
	live, err := r.p.Views.Changes(r.ctx, views.ChangeQuery{Scopes: scopes, States: liveStates, Limit: 1})
	if err != nil {
		return err
	}
	late, err := r.p.Views.Changes(r.ctx, views.ChangeQuery{Scopes: scopes, States: liveStates, DueBy: r.today() - 1, Limit: 1})
	if err != nil {
		return err
	}
	back, err := r.p.Views.Changes(r.ctx, views.ChangeQuery{Scopes: scopes, States: []views.ChangeState{views.Returned}, Limit: 1})
	if err != nil {
		return err
	}
	v.Live, v.LiveLate, v.Returned = live.Total, late.Total, back.Total
	for state, n := range map[string]*int{"": &v.Units, "over": &v.OverN, "full": &v.FullN} {
		page, err := r.p.Views.Units(r.ctx, views.UnitQuery{Scopes: scopes, State: state, Limit: 1})
		if err != nil {
			return err
		}
		*n = page.Total
		if state == "" && page.Total == 1 && len(page.Rows) == 1 {
			v.Own = &page.Rows[0].Unit
		}
	}
	scope := domain.Scope{}
	if len(scopes) > 0 {
		chosen := 0
		if n, err := strconv.Atoi(r.query("scope")); err == nil && n >= 0 && n < len(scopes) {
			chosen = n
		}
		scope = scopes[chosen]
		for i, s := range scopes {
			if len(scopes) > 1 {
				v.Scopes = append(v.Scopes, chip{Text: r.nameOf(s), Href: "/?scope=" + strconv.Itoa(i), On: i == chosen})
			}
		}
	}
	v.ScopeOf = r.nameOf(scope)
	if err := r.homeTotals(v, scope); err != nil {
		return err
	}
	if scope.Unit != "" {
		v.Latest, err = r.latest(5, domain.TagOf(domain.TagUnit, scope.Unit))
	} else {
		v.Latest, err = r.latestAnywhere(5, 2_000, decisive)
	}
	return err
}

func (r *request) nameOf(s domain.Scope) string {
	switch {
	case s.Unit != "":
		return r.names.Unit(s.Unit)
	case s.Level != "":
		return text.LevelName(r.lang, s.Level, r.today())
	}
	return r.t("scope.city")
}

func (r *request) homeTotals(v *homeView, scope domain.Scope) error {
	totals, err := r.p.Views.Totals(r.ctx, scope)
	if err != nil {
		return err
	}
	for _, row := range totals {
		t := totalRow{Name: text.LineName(r.lang, codes.LineKey(string(row.Kind)+"/"+string(row.Funding))), Balance: row.Balance, Free: row.Free, Over: row.Over}
		v.Totals = append(v.Totals, t)
		v.Total.Balance = v.Total.Balance.Plus(row.Balance)
		v.Total.Free += row.Free
		v.Total.Over += row.Over
	}
	y, m, _ := r.today().Date()
	first := domain.DayOf(y, m, 1).AddMonths(-11)
	found, err := r.p.Views.Movements(r.ctx, scope, first, r.today())
	if err != nil {
		return err
	}
	by := map[domain.Day]views.MonthRow{}
	for _, row := range found {
		by[row.Month] = row
	}
	for i := range 12 {
		month := first.AddMonths(i)
		row := monthRow{month, by[month].Entries, by[month].Exits}
		v.Months = append(v.Months, row)
		v.Sum.Entries += row.Entries
		v.Sum.Exits += row.Exits
	}
	v.Chart = r.monthChart(v.Months)
	return nil
}

// monthChart draws the months as columns: entries solid, exits outlined.
func (r *request) monthChart(months []monthRow) template.HTML {
	most := 1
	for _, m := range months {
		most = max(most, m.Entries, m.Exits)
	}
	const step, base, high = 72, 128, 96
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="chart" viewBox="0 0 %d 150" role="img" aria-label="%s">`, step*len(months), template.HTMLEscapeString(r.t("home.chart")))
	fmt.Fprintf(&s, `<line class="axis" x1="0" y1="%d" x2="%d" y2="%d"/>`, base, step*len(months), base)
	for i, m := range months {
		x := i*step + 10
		column := func(x, n int, class string) {
			h := max(n*high/most, 0)
			if n > 0 {
				h = max(h, 2)
				fmt.Fprintf(&s, `<rect class="%s" x="%d" y="%d" width="22" height="%d"/>`, class, x, base-h, h)
			}
			fmt.Fprintf(&s, `<text class="val" x="%d" y="%d" text-anchor="middle">%s</text>`, x+11, base-h-5, text.Number(n))
		}
		column(x, m.Entries, "in")
		column(x+27, m.Exits, "out")
		y, month, _ := m.Month.Date()
		label := fmt.Sprintf("%02d", int(month))
		if i == 0 || month == 1 {
			label = fmt.Sprintf("%d-%02d", y, int(month))
		}
		fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="middle">%s</text>`, x+25, base+17, label)
	}
	s.WriteString(`</svg>`)
	return template.HTML(s.String()) // figures and escaped words only
}

func (r *request) homeQueue(v *homeView) error {
	for _, tab := range r.queueTabs() {
		if tab.Key == "done" {
			continue
		}
		for _, q := range tab.queries {
			q.Limit = 5
			page, err := r.p.Views.Changes(r.ctx, q)
			if err != nil {
				return err
			}
			v.Waiting += page.Total
			rows, err := r.queueRows(page.Rows, false)
			if err != nil {
				return err
			}
			v.Due = append(v.Due, rows...)
			for _, late := range []struct {
				by domain.Day
				n  *int
			}{{r.today() - 1, &v.Overdue}, {r.today(), &v.Today}} {
				q.DueBy, q.Limit = late.by, 1
				page, err := r.p.Views.Changes(r.ctx, q)
				if err != nil {
					return err
				}
				*late.n += page.Total
			}
		}
	}
	v.Today -= v.Overdue
	sortByDue(v.Due)
	v.DueAll, v.Due = v.Waiting, v.Due[:min(len(v.Due), 5)]
	return nil
}
