package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

type verifyView struct {
	May     bool
	Runs    []runView
	Running *runView
	Key     string
}

type runView struct {
	ports.Check
	Name  string
	State text.Step
	Who   string
	Took  string
}

func (r *request) verify() error {
	v := verifyView{May: r.session.Has(domain.Auditor, domain.Admin, domain.Leader)}
	f := r.page(r.t("nav.verify"), "verify", crumb{Text: r.t("nav.verify")})
	for _, kind := range []string{"verify", "replay"} {
		check, known := r.p.Checks.Last(kind)
		if !known {
			continue
		}
		run := runView{Check: check, Name: r.t("verify.kind." + kind), Who: r.userName(check.By)}
		switch {
		case check.Running:
			run.State = text.Status(r.lang, "process", "open")
			f.Refresh = 2
			v.Running = &run
		case check.Good:
			run.State = text.Status(r.lang, "check", "good")
		default:
			run.State = text.Status(r.lang, "check", "bad")
		}
		if !check.Running {
			run.Took = r.t("verify.took", text.Number((check.Ended-check.Started)/1000))
		}
		v.Runs = append(v.Runs, run)
	}
	return r.render("verify", f, v)
}

func (r *request) startCheck() error {
	kind := "verify"
	if r.form.Get("act") == "replay" {
		kind = "replay"
	}
	if _, err := r.p.Checks.Start(context.WithoutCancel(r.ctx), kind, r.session.User); err != nil {
		return err
	}
	return r.see("/verify")
}

// search answers a POST: an exact hit goes there, everything else to the page
// of results. An ID number never comes into an address.
func (r *request) search() error {
	q := r.field("q")
	if q == "" {
		return r.see("/search")
	}
	if to := r.exact(q); to != "" {
		return r.see(to)
	}
	if digits := strings.Map(digit, q); len(digits) >= 14 {
		return r.searchPage("", true)
	}
	return r.see("/search?q=" + url.QueryEscape(q))
}

func digit(c rune) rune {
	if c >= '0' && c <= '9' {
		return c
	}
	return -1
}

// exact is where a code, number or position leads; "" where it names nothing.
func (r *request) exact(q string) string {
	_, reads := r.scopes()
	if e, err := r.eventOf(strings.ReplaceAll(q, ",", "")); err == nil && (reads || r.session.Has(domain.Admin)) {
		return "/events/" + positionText(e.Position)
	}
	if !reads {
		return ""
	}
	if u, err := r.unit(codes.FoldCode(q)); err == nil {
		return "/units/" + string(u.ID)
	}
	if c, err := r.change(strings.ToUpper(q)); err == nil {
		return "/changes/" + string(c.ID)
	}
	if a, err := r.p.Views.Approval(r.ctx, strings.ToUpper(q)); err == nil && r.mayRead(a.Unit) == nil {
		return "/approvals/" + string(a.ID)
	}
	if d, err := r.p.Views.Document(r.ctx, normalNumber(q)); err == nil {
		return "/documents/" + string(d.ID)
	}
	return ""
}

type searchView struct {
	Query     string
	Number    bool // something like an ID number was searched
	Asked     bool
	Units     []views.Unit
	People    []personRow
	Documents []views.Document
	Changes   []queueRow
	None      bool
}

func (r *request) showSearch() error { return r.searchPage(r.query("q"), false) }

func (r *request) searchPage(q string, number bool) error {
	v := searchView{Query: q, Number: number, Asked: q != "" || number}
	if len([]rune(q)) > 100 {
		q = string([]rune(q)[:100])
	}
	if q != "" {
		found, err := r.p.Views.Search(r.ctx, q, 20)
		if err != nil {
			return err
		}
		for _, u := range found.Units {
			if len(v.Units) < searchMax && r.mayRead(u.ID) == nil {
				v.Units = append(v.Units, u)
			}
		}
		v.People = r.personRows(found)
		v.People = v.People[:min(len(v.People), searchMax)]
		v.Documents = found.Documents[:min(len(found.Documents), searchMax)]
		var changes []views.ChangeRow
		for _, c := range found.Changes {
			if len(changes) < searchMax && r.mayRead(c.Unit) == nil {
				changes = append(changes, c)
			}
		}
		if v.Changes, err = r.queueRows(changes, false); err != nil {
			return err
		}
	}
	v.None = v.Asked && len(v.Units)+len(v.People)+len(v.Documents)+len(v.Changes) == 0
	f := r.page(r.t("search.title"), "", crumb{Text: r.t("search.title")})
	f.Query = q
	return r.render("search", f, v)
}

const searchMax = 5

type usersView struct {
	Rows []userRow
}

type userRow struct {
	views.User
	Status text.Step
	Grants []grantRow
}

type grantRow struct {
	Role, Scope string
	Status      text.Step
	Proposed    bool
}

func (r *request) users() error {
	users, err := r.p.Views.Users(r.ctx)
	if err != nil {
		return err
	}
	var v usersView
	for _, u := range users {
		state := "active"
		if u.Disabled {
			state = "disabled"
		}
		row := userRow{User: u, Status: text.Status(r.lang, "user", state)}
		for _, g := range u.Grants {
			s := "granted"
			if g.Proposed {
				s = "proposed"
			}
			row.Grants = append(row.Grants, grantRow{text.Label(r.lang, "role", string(g.Role)), r.nameOf(g.Scope), text.Status(r.lang, "grant", s), g.Proposed})
		}
		v.Rows = append(v.Rows, row)
	}
	f := r.page(r.t("users.title"), "admin", crumb{r.t("nav.admin"), ""}, crumb{Text: r.t("users.title")})
	f.Facts = []fact{{Text: r.t("showncount", text.Number(len(users)))}, {Text: r.t("users.readonly")}}
	return r.render("users", f, v)
}

type opsView struct {
	Rows []processRow
}

type processRow struct {
	views.Process
	Kind  string
	Where string
	Href  string
	Since domain.Instant
}

func (r *request) operations() error {
	open, err := r.p.Views.UnderWay(r.ctx)
	if err != nil {
		return err
	}
	var v opsView
	for _, p := range open {
		row := processRow{Process: p, Kind: text.Label(r.lang, "process", p.Kind), Where: string(p.Stream), Since: p.Since}
		if p.Stream.Kind() == domain.AccountStream {
			row.Where, row.Href = r.names.Unit(domain.UnitID(p.Stream.Key())), "/units/"+p.Stream.Key()
		}
		v.Rows = append(v.Rows, row)
	}
	f := r.page(r.t("nav.ops"), "ops", crumb{Text: r.t("nav.ops")})
	return r.render("ops", f, v)
}

// batchMark is the batch of a row's event; nil where it is of none.
func batchMark(p domain.Payload) *domain.Batch {
	switch e := p.(type) {
	case account.StaffingCollected:
		return e.Batch
	case account.StaffingReviewed:
		return e.Batch
	case account.StaffingRecorded:
		return e.Batch
	}
	return nil
}

func positionText(p domain.Position) string { return strconv.FormatUint(uint64(p), 10) }
