package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// newChange is the form of an entry or exit.
func (r *request) newChange() error {
	kind := account.Kind(r.query("kind"))
	if kind != account.Exit {
		kind = account.Entry
	}
	unit, choose, err := r.chooseUnit("/changes/new", url.Values{"kind": {string(kind)}}, usecase.RightsOf(usecaseCollect))
	if err != nil {
		return err
	}
	f := r.page(r.t("form.title."+string(kind)), "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{Text: r.t("form.title." + string(kind))})
	if choose != nil {
		return r.render("form", f, formView{Choose: choose, Title: r.t("choose.unit")})
	}
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID)}, {Label: r.t("form.collector"), Text: r.session.Name}}
	values := url.Values{}
	if person := r.query("person"); person != "" {
		values.Set("person", person)
	}
	for _, name := range []string{"line", "approval", "manner"} {
		if v := r.query(name); v != "" {
			values.Set(name, v)
		}
	}
	v := formView{Action: "/changes/new", Key: r.p.key(), Submit: r.t("button.collect"), Check: true, Cancel: "/units/" + string(unit.ID)}
	v.Hidden = []inputRow{{"kind", string(kind)}, {"unit", string(unit.ID)}}
	if err := r.changeForm(&v, unit, kind, values, nil); err != nil {
		return err
	}
	return r.render("form", f, v)
}

// changeForm fills in the groups of the form of an entry or exit.
func (r *request) changeForm(v *formView, unit views.Unit, kind account.Kind, values url.Values, errs []formError) error {
	in := func(name, inputKind string, required bool) input {
		i := input{ID: name, Name: name, Label: text.Field(r.lang, name), Kind: inputKind, Value: values.Get(name), Required: required, Max: usecase.TextRunesMax}
		if v.Return != nil {
			for _, f := range v.Return.Fields {
				if f.Label == i.Label {
					i.Hint = r.t("form.tomend", f.Value)
				}
			}
		}
		return i
	}
	selectOf := func(name, table string, required bool) input {
		i := in(name, "select", required)
		i.Options = r.options(table, values.Get(name))
		i.Options[0].Text = r.t("choose")
		return i
	}
	date := in("effective", "text", true)
	date.Place = r.today().String()
	date.Hint = cmpOr(date.Hint, r.t("form.effectivehint"))
	document := in("document", "text", true)
	document.Place, document.List = r.t("form.documentplace"), "documents"
	r.documentHint(&document)
	note := in("note", "area", false)
	note.Max, note.Wide = usecase.NoteRunesMax, "full"
	var lines []codes.LineKey
	balances := map[codes.LineKey]account.Balance{}
	holding := map[domain.PersonID]codes.LineKey{}
	err := r.p.Commands.ReadAccount(r.ctx, domain.AccountOf(unit.ID), func(a *account.Account) {
		lines = a.Lines()
		for _, l := range lines {
			balances[l] = a.BalanceOn(l, r.today())
		}
		for _, h := range a.Holdings() {
			holding[h.Person] = h.Line
		}
	})
	if err != nil {
		return err
	}
	chosen := codes.LineKey(values.Get("line"))
	if kind == account.Entry {
		name, number := in("name", "text", true), in("idnumber", "text", true)
		name.Max, number.Max, number.Mono = codes.NameRunesMax, 32, true
		name.Hint = cmpOr(name.Hint, "")
		number.Hint = cmpOr(number.Hint, r.t("form.idhint"))
		line := in("line", "select", true)
		line.Live = "line"
		line.Options = []option{{"", r.t("choose"), chosen == ""}}
		for _, l := range lines {
			line.Options = append(line.Options, option{string(l), r.t("form.linefree", text.LineName(r.lang, l), text.Number(balances[l].Free())), l == chosen})
		}
		approval := in("approval", "select", false)
		approval.Options = []option{{"", r.t("form.noapproval"), values.Get("approval") == ""}}
		open, err := r.p.Views.Approvals(r.ctx, unit.ID, true)
		if err != nil {
			return err
		}
		for _, a := range open {
			words := r.t("form.approval", a.Number, text.LineName(r.lang, a.Line), text.Label(r.lang, "manner", string(a.Manner)), text.Number(a.Rest))
			approval.Options = append(approval.Options, option{string(a.ID), words, string(a.ID) == values.Get("approval")})
		}
		approval.Hint = cmpOr(approval.Hint, r.t("form.approvalhint", r.needApproval()))
		class := selectOf("class", codes.TablePersonClass, true)
		manner := selectOf("manner", codes.TableManner, true)
		born := input{ID: "birth", Name: "born", Label: text.Field(r.lang, "birth"), Kind: "text", ReadOnly: true, Hint: r.t("form.bornhint"), Max: 20}
		if id, fault := codes.ParseIDNumber(codes.FoldCode(values.Get("idnumber")), r.today()); fault == nil {
			born.Value = id.Birth
		}
		v.Groups = []group{
			{r.t("form.person"), []input{name, number, born, selectOf("ethnicity", codes.TableEthnicity, false), selectOf("politics", codes.TablePolitics, false),
				selectOf("education", codes.TableEducation, false), selectOf("degree", codes.TableDegree, false), in("school", "text", false),
				in("nativeplace", "text", false), in("workstart", "text", false)}},
			{r.t("form.post"), []input{line, class, manner, approval, in("internalbody", "text", false), in("post", "text", false), in("postrank", "text", false), in("title", "text", false)}},
			{r.t("form.basis"), []input{document, date, note}},
		}
		start := &v.Groups[0].Inputs[9]
		start.Place, start.Hint = "YYYY-MM", cmpOr(start.Hint, r.t("form.monthhint"))
	} else {
		person, err := r.personInput(in("person", "select", true), unit, values.Get("person"))
		if err != nil {
			return err
		}
		person.Live = "person"
		v.Groups = []group{{r.t("form.person"), []input{person}}, {r.t("form.basis"), []input{selectOf("exitreason", codes.TableExitReason, true), document, date, note}}}
		chosen = holding[domain.PersonID(values.Get("person"))]
	}
	var inputs []input
	for i := range v.Groups {
		inputs = append(inputs, v.Groups[i].Inputs...)
	}
	var pairs []string
	if kind == account.Entry {
		pairs = []string{"person", "idnumber", "birth", "idnumber", "sex", "idnumber"}
	} else {
		pairs = []string{"idnumber", "person", "line", "person"}
	}
	v.Errors = pointed(errs, inputs, pairs...)
	for i := range v.Groups {
		for j := range v.Groups[i].Inputs {
			input := &v.Groups[i].Inputs[j]
			input.Error = errorOf(v.Errors, input.Name)
		}
	}
	v.Live, v.Papers = "/changes/balance?unit="+string(unit.ID), r.papers()
	if b, ok := balances[chosen]; ok {
		v.Balance = r.balanceView(chosen, b)
	}
	return nil
}

// needApproval names the manners of entry that need an approval.
func (r *request) needApproval() string {
	policies, err := r.p.Commands.Policy(r.ctx, r.today())
	if err != nil {
		return ""
	}
	var said []string
	for _, m := range policies.Approvals.Manners {
		said = append(said, text.Label(r.lang, "manner", string(m)))
	}
	return strings.Join(said, r.t("list.comma"))
}

// personInput lists the people in post of a unit; a large unit's are narrowed
// by a name in the address (who=).
func (r *request) personInput(in input, unit views.Unit, chosen string) (input, error) {
	page, err := r.p.Views.Roster(r.ctx, views.RosterQuery{Unit: unit.ID, Text: r.query("who"), Sort: "name", Limit: 500})
	if err != nil {
		return in, err
	}
	in.Options = []option{{"", r.t("choose"), chosen == ""}}
	known := chosen == ""
	for _, p := range page.Rows {
		words := p.Name
		if p.Post != "" {
			words += r.t("paren", p.Post)
		}
		on := string(p.Person) == chosen
		known = known || on
		in.Options = append(in.Options, option{string(p.Person), words, on})
	}
	if !known {
		if x, err := r.person(domain.PersonID(chosen)); err == nil {
			in.Options = append(in.Options, option{chosen, x.Particulars.Name, true})
		}
	}
	if page.Next != "" {
		in.Hint = r.t("form.manypeople")
	}
	return in, nil
}

// papers are the documents registered last, to choose a number from.
func (r *request) papers() []views.Document {
	page, err := r.p.Views.Documents(r.ctx, views.DocumentQuery{Limit: 50})
	if err != nil {
		return nil // the number can be typed all the same
	}
	return page.Rows
}

// documentHint says which numbers a form takes, and where to register one.
func (r *request) documentHint(in *input) {
	in.Hint = cmpOr(in.Hint, r.t("form.documenthint"))
	if r.has(usecase.RegisterDocument{}) {
		in.HintHref, in.HintLink = "/documents/new", r.t("document.new")
	}
}

// readChange reads a form's fields as a command's.
func (r *request) readChange(kind account.Kind) (usecase.ChangeForm, []formError) {
	var errs []formError
	get := r.field
	form := usecase.ChangeForm{Kind: kind, Person: domain.PersonID(get("person")), IDNumber: get("idnumber"), Line: codes.LineKey(get("line")),
		Class: codes.PersonClass(get("class")), Manner: codes.Manner(get("manner")), Approval: domain.ApprovalID(get("approval")),
		ExitReason: codes.ExitReason(get("exitreason")), Note: r.form.Get("note"), Document: r.documentOf(get("document")),
		Particulars: account.Particulars{Name: get("name"), Sex: get("sex"), Ethnicity: get("ethnicity"), NativePlace: get("nativeplace"),
			Politics: get("politics"), Education: get("education"), Degree: get("degree"), School: get("school"), WorkStart: get("workstart"),
			InternalBody: get("internalbody"), Post: get("post"), PostRank: get("postrank"), Title: get("title")}}
	form.Effective, errs = r.day("effective", errs)
	return form, errs
}

// collect takes the form of an entry or exit, or only checks it.
func (r *request) collect() error {
	kind := account.Kind(r.field("kind"))
	if kind != account.Exit {
		kind = account.Entry
	}
	unit, err := r.unit(r.field("unit"))
	if err != nil {
		return err
	}
	form, errs := r.readChange(kind)
	check := r.form.Get("act") != "submit"
	result, err := r.do(usecase.Collect{Unit: unit.ID, ChangeForm: form}, check || len(errs) > 0)
	refusal, refused := refusalOf(err)
	if err != nil && !refused {
		return err
	}
	if !refused && !check && len(errs) == 0 {
		return r.see(written("/changes/"+result.ID, result))
	}
	if refused {
		errs = append(errs, without(r.formErrors(refusal), errs)...)
		r.status = statusOf(refusal)
	} else if len(errs) > 0 {
		r.status = http.StatusUnprocessableEntity
	}
	title := r.t("form.title." + string(kind))
	v := formView{Action: "/changes/new", Key: r.form.Get("key"), Submit: r.t("button.collect"), Check: true, Cancel: "/units/" + string(unit.ID)}
	v.Hidden = []inputRow{{"kind", string(kind)}, {"unit", string(unit.ID)}}
	r.checked(&v, result, errs)
	if err := r.changeForm(&v, unit, kind, r.form, errs); err != nil {
		return err
	}
	f := r.page(r.titled(title, errs), "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{Text: title})
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID)}, {Label: r.t("form.collector"), Text: r.session.Name}}
	v.Title = title
	return r.render("form", f, v)
}

// balance answers the script of a form with the line's balance, as the aside
// shows it.
func (r *request) balance() error {
	unit, err := r.unit(r.query("unit"))
	if err != nil {
		return err
	}
	line := codes.LineKey(r.query("line"))
	var b account.Balance
	found := false
	err = r.p.Commands.ReadAccount(r.ctx, domain.AccountOf(unit.ID), func(a *account.Account) {
		if person := domain.PersonID(r.query("person")); person != "" {
			h, _ := a.Holding(person)
			line = h.Line
		}
		found = slices.Contains(a.Lines(), line)
		b = a.BalanceOn(line, r.today())
	})
	if err != nil {
		return err
	}
	var v *balanceView
	if found {
		v = r.balanceView(line, b)
	}
	return r.fragment("balance", v)
}

// resubmitForm answers a return with new content.
func (r *request) showResubmit() error { return r.resubmitForm(nil, nil, usecase.Result{}, false) }

func (r *request) resubmitForm(values url.Values, errs []formError, result usecase.Result, check bool) error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	unit, err := r.unit(string(c.Unit))
	if err != nil {
		return err
	}
	if values == nil {
		values = url.Values{}
		for name, value := range r.contentValues(c) {
			values.Set(name, value)
		}
		values.Set("document", c.DocumentNo)
		values.Set("person", string(c.Person))
	}
	title := r.t("resubmit.title", r.changeName(c.ChangeRow))
	v := formView{Action: "/changes/" + string(c.ID) + "/resubmit", Key: values.Get("key"), Submit: r.t("button.resubmit"), Check: true,
		Cancel: "/changes/" + string(c.ID), ETag: values.Get("etag"), Title: title}
	if v.Key == "" {
		v.Key = r.p.key()
	}
	if v.ETag == "" {
		v.ETag = revision(c.Revision)
	}
	var cv changeView
	cv.Change = c
	r.opinions(&cv)
	v.Return = cv.Return
	if check {
		r.checked(&v, result, errs)
	}
	if err := r.changeForm(&v, unit, c.Kind, values, errs); err != nil {
		return err
	}
	v.keepPerson(c)
	f := r.page(r.titled(title, errs), "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{c.Number, "/changes/" + string(c.ID)}, crumb{Text: r.t("button.resubmit")})
	f.Facts = []fact{{Text: c.Number, Mono: true}, {Text: c.UnitName, Href: "/units/" + string(c.Unit)}}
	return r.render("form", f, v)
}

// keepPerson makes the person of a resubmission fixed: it keeps person and kind.
func (v *formView) keepPerson(c views.Change) {
	for i := range v.Groups {
		v.Groups[i].Inputs = slices.DeleteFunc(v.Groups[i].Inputs, func(in input) bool { return in.Name == "idnumber" || in.Name == "person" || in.Name == "born" })
	}
	v.Groups = slices.DeleteFunc(v.Groups, func(g group) bool { return len(g.Inputs) == 0 })
	v.Hidden = append(v.Hidden, inputRow{"person", string(c.Person)})
}

func (r *request) resubmit() error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	form, errs := r.readChange(c.Kind)
	form.IDNumber = ""
	form.Person = c.Person
	form.Particulars.Sex = c.Particulars.Sex
	form.Particulars.Birth = c.Particulars.Birth
	if c.Kind == account.Exit {
		form.Particulars = account.Particulars{}
	}
	check := r.form.Get("act") != "submit"
	result, err := r.do(usecase.Resubmit{Change: c.ID, ChangeForm: form}, check || len(errs) > 0)
	if refusal, ok := refusalOf(err); ok {
		errs = append(errs, without(r.formErrors(refusal), errs)...)
		r.status = statusOf(refusal)
		return r.resubmitForm(r.form, errs, result, true)
	}
	if err != nil {
		return err
	}
	if check || len(errs) > 0 {
		return r.resubmitForm(r.form, errs, result, true)
	}
	return r.see(written("/changes/"+string(c.ID), result))
}
