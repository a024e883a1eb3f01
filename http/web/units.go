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

// unitLine is a row of the tree or of a filtered list.
type unitLine struct {
	Name, Href  string
	Rank        string
	Depth       int
	Toggle      string // address that opens or closes the row; "": nothing below
	Open        bool
	Level       bool // a managing level
	Balance     account.Balance
	Free, Over  int
	Sub         bool // sums with what is below
	Code        string
	ToggleLabel string
}

type unitsView struct {
	Query, System, Rank, State string
	Systems, Ranks, States     []option
	Rows                       []unitLine
	Total                      int
	Tree                       bool
	Next, First                string
	Filtered                   bool
	Sum                        *unitLine
}

type option struct {
	Value, Text string
	On          bool
}

// options are the codes of a table with a first one for "any".
func (r *request) options(table, chosen string) []option {
	all := []option{{"", r.t("any"), chosen == ""}}
	for _, c := range text.Codes(table) {
		all = append(all, option{c, text.Code(r.lang, table, c, domain.NoDay), c == chosen})
	}
	return all
}

func (r *request) units() error {
	v := unitsView{Query: r.query("q"), System: r.query("system"), Rank: r.query("rank"), State: r.query("state")}
	v.Systems, v.Ranks = r.options(codes.TableSystem, v.System), r.options(codes.TableRank, v.Rank)
	v.States = []option{{"", r.t("any"), v.State == ""}}
	for _, s := range []string{"free", "full", "over"} {
		v.States = append(v.States, option{s, text.Status(r.lang, "line", s).Label, s == v.State})
	}
	f := r.page(r.t("nav.units"), "units", crumb{Text: r.t("nav.units")})
	scopes, _ := r.scopes()
	v.Filtered = v.Query != "" || v.System != "" || v.Rank != "" || v.State != ""
	var err error
	if v.Filtered {
		err = r.unitList(&v, scopes)
	} else {
		v.Tree = true
		err = r.unitTree(&v, scopes)
	}
	if err != nil {
		return err
	}
	f.Facts = []fact{{Text: r.t("units.count", text.Number(v.Total))}}
	if s := r.scopeName(); s != "" {
		f.Facts = append(f.Facts, fact{Text: s})
	}
	return r.render("units", f, v)
}

func (r *request) unitList(v *unitsView, scopes []domain.Scope) error {
	page, err := r.p.Views.Units(r.ctx, views.UnitQuery{Scopes: scopes, Text: v.Query, System: v.System, Rank: v.Rank, State: v.State, After: r.query("after")})
	if err != nil {
		return err
	}
	v.Total = page.Total
	for _, u := range page.Rows {
		v.Rows = append(v.Rows, r.unitLine(u, 0, false))
	}
	q := url.Values{}
	for name, value := range map[string]string{"q": v.Query, "system": v.System, "rank": v.Rank, "state": v.State} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if r.query("after") != "" {
		v.First = "/units?" + q.Encode()
	}
	if page.Next != "" {
		q.Set("after", page.Next)
		v.Next = "/units?" + q.Encode()
	}
	return nil
}

func (r *request) unitLine(u views.UnitRow, depth int, subs bool) unitLine {
	return unitLine{Name: u.Name, Href: "/units/" + string(u.ID), Rank: text.Code(r.lang, codes.TableRank, u.Rank, domain.NoDay), Depth: depth,
		Balance: u.Balance, Free: u.Free, Over: u.Over, Sub: subs && u.Children > 0, Code: u.Code}
}

// unitTree lists the managing levels with what the address says is open.
func (r *request) unitTree(v *unitsView, scopes []domain.Scope) error {
	open := r.opened()
	total, err := r.p.Views.Units(r.ctx, views.UnitQuery{Scopes: scopes, Limit: 1})
	if err != nil {
		return err
	}
	v.Total = total.Total
	if scopes != nil && slices.ContainsFunc(scopes, func(s domain.Scope) bool { return s.Unit != "" }) {
		return r.treeOf(v, scopes, open)
	}
	var levels []domain.Level
	if scopes == nil {
		levels = codes.Levels(r.today())
	}
	for _, s := range scopes {
		levels = append(levels, s.Level)
	}
	if len(levels) == 1 {
		open[string(levels[0])] = true
	}
	sum := unitLine{Name: r.t("total")}
	for _, level := range levels {
		totals, err := r.p.Views.Totals(r.ctx, domain.Scope{Level: level})
		if err != nil {
			return err
		}
		if len(totals) == 0 {
			continue
		}
		line := unitLine{Name: text.LevelName(r.lang, level, r.today()), Level: true, Open: open[string(level)], Sub: true}
		for _, t := range totals {
			line.Balance, line.Free, line.Over = line.Balance.Plus(t.Balance), line.Free+t.Free, line.Over+t.Over
		}
		sum.Balance, sum.Free, sum.Over = sum.Balance.Plus(line.Balance), sum.Free+line.Free, sum.Over+line.Over
		line.Toggle = toggled(open, string(level))
		line.Href = line.Toggle
		v.Rows = append(v.Rows, line)
		if line.Open {
			if err := r.treeRows(v, views.UnitQuery{Scope: domain.Scope{Level: level}, Roots: true}, 1, open); err != nil {
				return err
			}
		}
	}
	if len(levels) > 1 {
		v.Sum = &sum
	}
	return nil
}

// treeOf begins the tree with the units of a reader's own scopes.
func (r *request) treeOf(v *unitsView, scopes []domain.Scope, open map[string]bool) error {
	for _, s := range scopes {
		if s.Unit == "" {
			if err := r.treeRows(v, views.UnitQuery{Scope: s, Roots: true}, 0, open); err != nil {
				return err
			}
			continue
		}
		open[string(s.Unit)] = open[string(s.Unit)] || r.query("open") == ""
		page, err := r.p.Views.Units(r.ctx, views.UnitQuery{Scope: s, Roots: true, WithSubs: true, Limit: 1})
		if err != nil {
			return err
		}
		if err := r.addTree(v, page.Rows, 0, open); err != nil {
			return err
		}
	}
	return nil
}

func (r *request) treeRows(v *unitsView, q views.UnitQuery, depth int, open map[string]bool) error {
	q.WithSubs, q.Limit = true, treeMax
	page, err := r.p.Views.Units(r.ctx, q)
	if err != nil {
		return err
	}
	return r.addTree(v, page.Rows, depth, open)
}

// treeMax bounds the rows below one row of the tree; the filters find the rest.
const treeMax = 500

func (r *request) addTree(v *unitsView, rows []views.UnitRow, depth int, open map[string]bool) error {
	for _, u := range rows {
		line := r.unitLine(u, depth, true)
		if u.Children > 0 {
			line.Open, line.Toggle = open[string(u.ID)], toggled(open, string(u.ID))
		}
		v.Rows = append(v.Rows, line)
		if line.Open && depth < 6 {
			if err := r.treeRows(v, views.UnitQuery{Parent: u.ID}, depth+1, open); err != nil {
				return err
			}
		}
	}
	return nil
}

// opened reads which rows of the tree are open: open=a,b,c.
func (r *request) opened() map[string]bool {
	open := map[string]bool{}
	for id := range strings.SplitSeq(r.query("open"), ",") {
		if id != "" && len(open) < 200 {
			open[id] = true
		}
	}
	return open
}

// toggled is the address with one row opened or closed.
func toggled(open map[string]bool, id string) string {
	var ids []string
	for have := range open {
		if have != id {
			ids = append(ids, have)
		}
	}
	if !open[id] {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if len(ids) == 0 {
		return "/units"
	}
	return "/units?open=" + url.QueryEscape(strings.Join(ids, ","))
}
