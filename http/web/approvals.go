package web

import (
	"net/http"
	"net/url"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

type approvalRow struct {
	views.Approval
	Status   text.Step
	UnitName string
	Href     string
}

func (r *request) approvalsOf(unit domain.UnitID, openOnly bool) ([]approvalRow, error) {
	found, err := r.p.Views.Approvals(r.ctx, unit, openOnly)
	if err != nil {
		return nil, err
	}
	rows := make([]approvalRow, len(found))
	for i, a := range found {
		rows[i] = r.approvalRow(a)
	}
	return rows, nil
}

func (r *request) approvalRow(a views.Approval) approvalRow {
	state := "active"
	switch {
	case a.Ended && r.today() > a.ValidTo:
		state = "expired"
	case a.Ended:
		state = "revoked"
	case a.Rest == 0:
		state = "exhausted"
	}
	return approvalRow{a, text.Status(r.lang, "approval", state), r.names.Unit(a.Unit), "/approvals/" + string(a.ID)}
}

type approvalsView struct {
	Unit    views.Unit
	Rows    []approvalRow
	Choose  *chooser
	New     string
	All     bool
	Toggled string
}

// approvals lists the approvals of a unit.
func (r *request) approvals() error {
	unit, choose, err := r.chooseUnit("/approvals", nil, readingRoles)
	if err != nil {
		return err
	}
	f := r.page(r.t("nav.approvals.long"), "approvals", crumb{Text: r.t("nav.approvals.long")})
	if choose != nil {
		return r.render("form", f, formView{Choose: choose, Title: r.t("choose.approvals")})
	}
	v := approvalsView{Unit: unit, All: r.query("open") != "1"}
	v.Toggled = "/approvals?unit=" + string(unit.ID)
	if v.All {
		v.Toggled += "&open=1"
	}
	if v.Rows, err = r.approvalsOf(unit.ID, !v.All); err != nil {
		return err
	}
	if r.has(usecaseApprove) {
		v.New = "/approvals/new?unit=" + string(unit.ID)
	}
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID)}, {Text: r.t("showncount", text.Number(len(v.Rows)))}}
	f.Crumbs = []crumb{{r.t("nav.units"), "/units"}, {shortName(unit), "/units/" + string(unit.ID)}, {Text: r.t("nav.approvals.long")}}
	return r.render("approvals", f, v)
}

type approvalView struct {
	Approval approvalRow
	Changes  []queueRow
	Latest   []eventView
	Revoke   bool
}

func (r *request) approval() error {
	a, err := r.p.Views.Approval(r.ctx, r.c.Param("approval"))
	if err != nil {
		return err
	}
	if err := r.mayRead(a.Unit); err != nil {
		return err
	}
	v := approvalView{Approval: r.approvalRow(a), Revoke: !a.Ended && r.has(usecase.RevokeUse{})}
	if v.Latest, err = r.latest(20, domain.TagOf(domain.TagApproval, a.ID)); err != nil {
		return err
	}
	f := r.page(a.Number, "approvals", crumb{r.t("nav.units"), "/units"}, crumb{v.Approval.UnitName, "/units/" + string(a.Unit)},
		crumb{r.t("nav.approvals.long"), "/approvals?unit=" + string(a.Unit)}, crumb{Text: a.Number})
	f.Facts = []fact{{Text: v.Approval.UnitName, Href: "/units/" + string(a.Unit)}, {Text: text.LineName(r.lang, a.Line)},
		{Label: text.Field(r.lang, "validto"), Text: text.Date(r.lang, a.ValidTo)}}
	return r.render("approval", f, v)
}

func (r *request) newApproval() error {
	unit, choose, err := r.chooseUnit("/approvals/new", nil, usecase.RightsOf(usecaseApprove))
	if err != nil {
		return err
	}
	if choose != nil {
		f := r.page(r.t("start.approval"), "approvals", crumb{Text: r.t("nav.approvals.long")})
		return r.render("form", f, formView{Choose: choose, Title: r.t("choose.unit")})
	}
	return r.approvalForm(unit, url.Values{}, nil, nil)
}

// lineSelect lists the quota lines of an account with what is free or held.
func (r *request) lineSelect(name string, stream domain.Stream, chosen string, figure int) (input, map[codes.LineKey]account.Balance, error) {
	in := input{ID: name, Name: name, Label: text.Field(r.lang, name), Kind: "select", Required: true, Value: chosen}
	in.Options = []option{{"", r.t("choose"), chosen == ""}}
	balances := map[codes.LineKey]account.Balance{}
	err := r.p.Commands.ReadAccount(r.ctx, stream, func(a *account.Account) {
		for _, l := range a.Lines() {
			b := a.BalanceOn(l, r.today())
			balances[l] = b
			words := r.t("form.linefree", text.LineName(r.lang, l), text.Number(b.Free()))
			if figure == 3 {
				words = r.t("form.lineheld", text.LineName(r.lang, l), text.Number(b[3]))
			}
			in.Options = append(in.Options, option{string(l), words, string(l) == chosen})
		}
	})
	return in, balances, err
}

func (r *request) approvalForm(unit views.Unit, values url.Values, errs []formError, checked *usecase.Result) error {
	title := r.t("start.approval")
	v := formView{Action: "/approvals/new", Key: cmpOr(values.Get("key"), r.p.key()), Submit: r.t("button.approve"), Check: true, Cancel: "/units/" + string(unit.ID), Title: title}
	v.Hidden = []inputRow{{"unit", string(unit.ID)}}
	line, balances, err := r.lineSelect("line", domain.AccountOf(unit.ID), values.Get("line"), 0)
	if err != nil {
		return err
	}
	line.Live = "line"
	field := func(name, kind string, required bool) input {
		return input{ID: name, Name: name, Label: text.Field(r.lang, name), Kind: kind, Value: values.Get(name), Required: required, Max: usecase.TextRunesMax}
	}
	manner := field("manner", "select", true)
	manner.Options = r.options(codes.TableManner, values.Get("manner"))
	manner.Options[0].Text = r.t("choose")
	valid := field("validto", "text", false)
	valid.Place = "YYYY-MM-DD"
	if policies, err := r.p.Commands.Policy(r.ctx, r.today()); err == nil {
		valid.Hint = r.t("form.validto", text.Date(r.lang, r.today()+domain.Day(policies.Approvals.ValidityDays)))
	}
	document := field("document", "text", true)
	document.Place, document.List = r.t("form.documentplace"), "documents"
	r.documentHint(&document)
	note := field("note", "area", false)
	note.Max, note.Wide = usecase.NoteRunesMax, "full"
	posts := field("posts", "text", true)
	posts.Max = 6
	v.Groups = []group{{r.t("form.use"), []input{line, posts, manner, valid, field("plan", "text", false)}}, {r.t("form.basis"), []input{document, note}}}
	v.Papers = r.papers()
	v.finish(errs)
	if checked != nil {
		r.checked(&v, *checked, errs)
	}
	v.Live = "/changes/balance?unit=" + string(unit.ID)
	if b, ok := balances[codes.LineKey(values.Get("line"))]; ok {
		v.Balance = r.balanceView(codes.LineKey(values.Get("line")), b)
	}
	f := r.page(r.titled(title, errs), "approvals", crumb{r.t("nav.units"), "/units"}, crumb{shortName(unit), "/units/" + string(unit.ID)}, crumb{Text: title})
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID)}}
	return r.render("form", f, v)
}

// finish puts the errors to their fields.
func (v *formView) finish(errs []formError, pairs ...string) {
	var inputs []input
	for i := range v.Groups {
		inputs = append(inputs, v.Groups[i].Inputs...)
	}
	v.Errors = pointed(errs, inputs, pairs...)
	for i := range v.Groups {
		for j := range v.Groups[i].Inputs {
			in := &v.Groups[i].Inputs[j]
			in.Error = errorOf(v.Errors, in.Name)
		}
	}
}

func (r *request) approve() error {
	unit, err := r.unit(r.field("unit"))
	if err != nil {
		return err
	}
	posts, errs := r.posts1("posts", nil)
	valid, errs := r.day("validto", errs)
	what := usecase.ApproveUse{Unit: unit.ID, Line: codes.LineKey(r.field("line")), Posts: max(posts, 0), Manner: codes.Manner(r.field("manner")), ValidTo: valid,
		Plan: r.field("plan"), Note: r.form.Get("note"), Document: r.documentOf(r.field("document"))}
	check := r.form.Get("act") != "submit"
	result, err := r.do(what, check || len(errs) > 0)
	if refusal, ok := refusalOf(err); ok {
		errs = append(errs, without(r.formErrors(refusal), errs)...)
		r.status = statusOf(refusal)
		return r.approvalForm(unit, r.form, errs, nil)
	}
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		r.status = http.StatusUnprocessableEntity
	}
	if check || len(errs) > 0 {
		return r.approvalForm(unit, r.form, errs, &result)
	}
	return r.see(written("/approvals/"+result.ID, result))
}

func (r *request) showRevoke() error { return r.revokeForm(nil) }

func (r *request) revokeForm(errs []formError) error {
	a, err := r.p.Views.Approval(r.ctx, r.c.Param("approval"))
	if err != nil {
		return err
	}
	if err := r.mayRead(a.Unit); err != nil {
		return err
	}
	title := r.t("revoke.title", a.Number)
	v := formView{Action: "/approvals/" + string(a.ID) + "/revoke", Key: cmpOr(r.form.Get("key"), r.p.key()), ETag: cmpOr(r.form.Get("etag"), revision(a.Revision)),
		Submit: r.t("revoke.button", a.Number), Cancel: "/approvals/" + string(a.ID), Title: title, Intro: r.t("revoke.effect", text.Count(r.lang, text.Posts, a.Rest), text.Number(a.Drawn))}
	document := input{ID: "document", Name: "document", Label: text.Field(r.lang, "document"), Kind: "text", Value: r.field("document"), Required: true, Max: 100,
		Place: r.t("form.documentplace"), List: "documents"}
	r.documentHint(&document)
	reason := input{ID: "reason", Name: "reason", Label: text.Field(r.lang, "reason"), Kind: "area", Value: r.form.Get("reason"), Required: true, Max: usecase.NoteRunesMax, Wide: "full"}
	v.Groups = []group{{"", []input{document, reason}}}
	v.Papers = r.papers()
	v.finish(errs)
	f := r.page(r.titled(title, errs), "approvals", crumb{r.t("nav.approvals.long"), "/approvals?unit=" + string(a.Unit)}, crumb{a.Number, "/approvals/" + string(a.ID)}, crumb{Text: r.t("button.revoke")})
	return r.render("form", f, v)
}

func (r *request) revoke() error {
	a, err := r.p.Views.Approval(r.ctx, r.c.Param("approval"))
	if err != nil {
		return err
	}
	result, err := r.do(usecase.RevokeUse{Approval: a.ID, Reason: r.form.Get("reason"), Document: r.documentOf(r.field("document"))}, false)
	if refusal, ok := refusalOf(err); ok {
		r.status = statusOf(refusal)
		return r.revokeForm(r.formErrors(refusal))
	}
	if err != nil {
		return err
	}
	return r.see(written("/approvals/"+string(a.ID), result))
}

// quotaForm moves, holds back or frees posts of a unit.
func (r *request) newQuota() error {
	kind := quotaKind(r.query("kind"))
	unit, choose, err := r.chooseUnit("/quota/new", url.Values{"kind": {kind}}, usecase.RightsOf(usecaseMove))
	if err != nil {
		return err
	}
	if choose != nil {
		f := r.page(r.t("start."+kind), "units", crumb{r.t("nav.units"), "/units"}, crumb{Text: r.t("start." + kind)})
		return r.render("form", f, formView{Choose: choose, Title: r.t("choose.unit")})
	}
	return r.quotaForm(kind, unit, url.Values{}, nil, nil)
}

func quotaKind(kind string) string {
	if kind == "hold" || kind == "free" {
		return kind
	}
	return "move"
}

func (r *request) quotaForm(kind string, unit views.Unit, values url.Values, errs []formError, checked *usecase.Result) error {
	title := r.t("start." + kind)
	v := formView{Action: "/quota/new", Key: cmpOr(values.Get("key"), r.p.key()), Submit: r.t("button." + kind), Check: true, Cancel: "/units/" + string(unit.ID), Title: title}
	v.Hidden = []inputRow{{"unit", string(unit.ID)}, {"kind", kind}}
	field := func(name, inputKind string, required bool) input {
		return input{ID: name, Name: name, Label: text.Field(r.lang, name), Kind: inputKind, Value: values.Get(name), Required: required, Max: usecase.TextRunesMax}
	}
	posts := field("posts", "text", true)
	posts.Max = 6
	date := field("effective", "text", true)
	date.Place = r.today().String()
	document := field("document", "text", true)
	document.Place, document.List = r.t("form.documentplace"), "documents"
	r.documentHint(&document)
	reason := field("reason", "area", false)
	reason.Max, reason.Wide = usecase.NoteRunesMax, "full"
	var inputs []input
	account := domain.AccountOf(unit.ID)
	if kind == "move" {
		way := field("way", "select", true)
		way.Label = r.t("form.way")
		pool := text.LevelName(r.lang, unit.Level, r.today())
		way.Options = []option{{"grant", r.t("form.way.grant", pool, shortName(unit)), values.Get("way") != "cut"}, {"cut", r.t("form.way.cut", shortName(unit), pool), values.Get("way") == "cut"}}
		line := field("line", "select", true)
		line.Options = []option{{"", r.t("choose"), values.Get("line") == ""}}
		lines, err := r.p.Views.PoolLines(r.ctx, unit.Level, views.AsOf{})
		if err != nil {
			return err
		}
		_, own, err := r.lineSelect("line", account, "", 0)
		if err != nil {
			return err
		}
		for _, l := range lines {
			words := r.t("form.poolline", text.LineName(r.lang, l.Line), text.Number(l.Balance.Free()), text.Number(own[l.Line].Free()))
			line.Options = append(line.Options, option{string(l.Line), words, string(l.Line) == values.Get("line")})
		}
		inputs = []input{way, line, posts}
		date.Hint = r.t("form.movehint")
	} else {
		figure := 0
		if kind == "free" {
			figure = 3
		}
		line, _, err := r.lineSelect("line", account, values.Get("line"), figure)
		if err != nil {
			return err
		}
		inputs = []input{line, posts}
	}
	v.Groups = []group{{r.t("form.quota"), inputs}, {r.t("form.basis"), []input{document, date, reason}}}
	v.Papers = r.papers()
	v.finish(errs, "giverline", "line", "takerline", "line", "giver", "way", "taker", "way")
	if checked != nil {
		r.checked(&v, *checked, errs)
	}
	f := r.page(r.titled(title, errs), "units", crumb{r.t("nav.units"), "/units"}, crumb{shortName(unit), "/units/" + string(unit.ID)}, crumb{Text: title})
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID)}}
	return r.render("form", f, v)
}

func (r *request) moveQuota() error {
	kind := quotaKind(r.field("kind"))
	unit, err := r.unit(r.field("unit"))
	if err != nil {
		return err
	}
	posts, errs := r.posts1("posts", nil)
	day, errs := r.day("effective", errs)
	line, document, reason := codes.LineKey(r.field("line")), r.documentOf(r.field("document")), r.form.Get("reason")
	var what usecase.Command
	switch kind {
	case "hold":
		what = usecase.HoldBackPosts{Unit: unit.ID, Line: line, Posts: posts, Effective: day, Document: document, Reason: reason}
	case "free":
		what = usecase.FreePosts{Unit: unit.ID, Line: line, Posts: posts, Effective: day, Document: document, Reason: reason}
	default:
		m := usecase.MoveQuota{Giver: domain.PoolOf(unit.Level), Taker: domain.AccountOf(unit.ID), GiverLine: line, TakerLine: line, Posts: posts, Effective: day,
			Document: document, Reason: reason}
		if r.field("way") == "cut" {
			m.Giver, m.Taker = m.Taker, m.Giver
		}
		what = m
	}
	check := r.form.Get("act") != "submit"
	result, err := r.do(what, check || len(errs) > 0)
	if refusal, ok := refusalOf(err); ok {
		errs = append(errs, without(r.formErrors(refusal), errs)...)
		r.status = statusOf(refusal)
		return r.quotaForm(kind, unit, r.form, errs, nil)
	}
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		r.status = http.StatusUnprocessableEntity
	}
	if check || len(errs) > 0 {
		return r.quotaForm(kind, unit, r.form, errs, &result)
	}
	return r.see(written("/units/"+string(unit.ID)+"/posts", result))
}
