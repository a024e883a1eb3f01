package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

// input is one field of a form.
type input struct {
	ID, Name, Label, Kind, Value, Hint, Error, Place, Live, List, Auto, Wide string
	HintHref, HintLink                                                       string
	Required, ReadOnly, Mono                                                 bool
	Max                                                                      int
	Options                                                                  []option
}

// formError is a line of the error summary.
type formError struct {
	Field   string // of the command
	Anchor  string // id of the input to blame; "" where the form has none
	Message string // field, rule, way out
	Rule    string // rule and way out, beside the field
}

// formFieldNames are the fields of a change's form by their names in commands.
var formFieldNames = []string{"person", "name", "idnumber", "sex", "birth", "ethnicity", "nativeplace", "politics", "education", "degree", "school",
	"workstart", "internalbody", "post", "postrank", "title", "line", "class", "manner", "approval", "exitreason", "effective", "document", "note"}

func statusOf(refusal *domain.Refusal) int {
	if s, ok := ports.RefusalStatus[refusal.Name]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

// formErrors says a refusal, and what was found besides, as lines of the error
// summary.
func (r *request) formErrors(refusal *domain.Refusal) []formError {
	var errs []formError
	for _, said := range r.said(refusal) {
		e := formError{Field: said.Field, Message: said.String(), Rule: said.Message(), Anchor: anchors[said.Field]}
		if field, ok := strings.CutPrefix(said.Field, "fields."); ok {
			e.Anchor = "f-fix-" + field
		}
		errs = append(errs, e)
	}
	return errs
}

// said is a refusal, and what was found besides, in words. Without a date there
// is no day on which a line could be full.
func (r *request) said(refusal *domain.Refusal) []text.Refused {
	var all []text.Refused
	for _, f := range append([]*domain.Refusal{refusal}, refusal.Also...) {
		if f.Name == domain.NoFreePostOnDate && f.Facts["day"] == "" {
			continue
		}
		all = append(all, text.Refusal(r.lang, f, r.names))
	}
	return all
}

// anchors gives the input of a form that a refusal's field names; pages leave
// out the link where the form has no such input.
var anchors = func() map[string]string {
	all := map[string]string{}
	for _, name := range append([]string{"reason", "opinion", "posts", "validto", "plan", "unit", "giver", "taker", "giverline", "takerline", "rows", "number",
		"issuer", "date", "grants", "file", "items", "fields"}, formFieldNames...) {
		all[name] = "f-" + name
	}
	all["items"], all["fields"], all["idnumber"] = "items", "fix", "f-idnumber"
	return all
}()

func errorOf(errs []formError, field string) string {
	for _, e := range errs {
		if e.Field == field {
			return e.Rule
		}
	}
	return ""
}

// pointed drops links to inputs that the form does not have; a field under
// another name in this form is given in pairs.
func pointed(errs []formError, inputs []input, pairs ...string) []formError {
	out := slices.Clone(errs)
	for i := range out {
		for j := 0; j+1 < len(pairs); j += 2 {
			if out[i].Field == pairs[j] {
				out[i].Field, out[i].Anchor = pairs[j+1], "f-"+pairs[j+1]
			}
		}
		if !slices.ContainsFunc(inputs, func(in input) bool { return "f-"+in.ID == out[i].Anchor }) && out[i].Anchor != "items" && out[i].Anchor != "fix" {
			out[i].Anchor = ""
		}
	}
	return out
}

// group is a card of a form.
type group struct {
	Title  string
	Inputs []input
}

// formView is a form in groups, with facts beside it.
type formView struct {
	Action   string
	Key      string
	ETag     string
	Errors   []formError
	Groups   []group
	Hidden   []inputRow // Label is the name
	Submit   string
	Check    bool // offers "check only"
	Cancel   string
	Note     *note
	Remind   []string
	Balance  *balanceView
	Live     string // address of the balance, for the script
	Return   *opinionView
	Choose   *chooser
	Title    string
	Multi    bool
	Register bool
	Intro    string
}

// balanceView is the line that a form is about, as it is now.
type balanceView struct {
	Line    string
	Balance account.Balance
	Free    int
	Sum     string
	Status  text.Step
	Unit    string
}

// chooser asks for the unit a form is about.
type chooser struct {
	Action, Query string
	Hidden        []inputRow
	Rows          []choice
	More          bool
}

type choice struct{ Name, Href, Note string }

// chooseUnit lists the units of the reader's scopes for a form; with one unit
// only, it is chosen.
func (r *request) chooseUnit(action string, keep url.Values, roles []domain.Role) (views.Unit, *chooser, error) {
	if ref := r.query("unit"); ref != "" {
		u, err := r.unit(ref)
		return u, nil, err
	}
	scopes, _ := r.scopesOf(roles...)
	q := views.UnitQuery{Scopes: scopes, Text: r.query("uq"), Limit: 50}
	page, err := r.p.Views.Units(r.ctx, q)
	if err != nil {
		return views.Unit{}, nil, err
	}
	if page.Total == 1 && q.Text == "" {
		return page.Rows[0].Unit, nil, nil
	}
	c := &chooser{Action: action, Query: q.Text, More: page.Next != ""}
	for name, values := range keep {
		for _, v := range values {
			c.Hidden = append(c.Hidden, inputRow{name, v})
		}
	}
	for _, u := range page.Rows {
		to := url.Values{"unit": {string(u.ID)}}
		for name, values := range keep {
			to[name] = values
		}
		c.Rows = append(c.Rows, choice{u.Name, action + "?" + to.Encode(), r.t("choose.free", text.Number(u.Free))})
	}
	return views.Unit{}, c, nil
}

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
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID), Name: true}, {Label: r.t("form.collector"), Text: r.session.Name, Name: true}}
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
		v.Groups = []group{
			{r.t("form.person"), []input{name, number, selectOf("ethnicity", codes.TableEthnicity, false), selectOf("politics", codes.TablePolitics, false),
				selectOf("education", codes.TableEducation, false), selectOf("degree", codes.TableDegree, false), in("school", "text", false),
				in("nativeplace", "text", false), in("workstart", "text", false)}},
			{r.t("form.post"), []input{line, class, manner, approval, in("internalbody", "text", false), in("post", "text", false), in("postrank", "text", false), in("title", "text", false)}},
			{r.t("form.basis"), []input{document, date, note}},
		}
		start := &v.Groups[0].Inputs[8]
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
	pairs := []string{}
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
	v.Live = "/changes/balance?unit=" + string(unit.ID)
	if b, ok := balances[chosen]; ok {
		v.Balance = r.balanceView(chosen, b)
	}
	return nil
}

func (r *request) balanceView(line codes.LineKey, b account.Balance) *balanceView {
	return &balanceView{Line: text.LineName(r.lang, line), Balance: b, Free: b.Free(), Sum: text.Sum(b), Status: text.LineStatus(r.lang, b)}
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

// documentHint says which numbers a form takes, and where to register one.
func (r *request) documentHint(in *input) {
	in.Hint = cmpOr(in.Hint, r.t("form.documenthint"))
	if r.has(usecase.RegisterDocument{}) {
		in.HintHref, in.HintLink = "/documents/new", r.t("document.new")
	}
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// changeForm reads a form's fields as a command's.
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

// day reads a date field; an empty one is for the use case to refuse.
func (r *request) day(name string, errs []formError) (domain.Day, []formError) {
	typed := r.field(name)
	if typed == "" {
		return domain.NoDay, errs
	}
	d, err := domain.ParseDay(strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "").Replace(typed))
	if err != nil {
		refusal := domain.Refuse(domain.FieldMalformed, name, "rule", codes.RuleDateForm, "form", "YYYY-MM-DD", "earliest", "1900-01-01", "latest", "2199-12-31")
		return domain.NoDay, append(errs, r.formErrors(refusal)...)
	}
	return d, errs
}

// documentOf finds the document of a number (or id) that was typed; an unknown
// one is left for the use case to refuse.
func (r *request) documentOf(typed string) domain.DocumentID {
	if typed == "" {
		return ""
	}
	for _, ref := range []string{typed, normalNumber(typed)} {
		if d, err := r.p.Views.Document(r.ctx, ref); err == nil {
			return d.ID
		}
	}
	r.names.known["document:"+typed] = typed
	return domain.DocumentID(typed)
}

func normalNumber(s string) string {
	n, fault := codes.DocumentNumber(s)
	if fault != nil {
		return s
	}
	return n
}

// without drops what is said already about a field.
func without(errs []formError, have []formError) []formError {
	return slices.DeleteFunc(errs, func(e formError) bool {
		return slices.ContainsFunc(have, func(h formError) bool { return h.Field == e.Field })
	})
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
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID), Name: true}, {Label: r.t("form.collector"), Text: r.session.Name, Name: true}}
	v.Title = title
	return r.render("form", f, v)
}

// titled begins the title of a page with errors.
func (r *request) titled(title string, errs []formError) string {
	if len(errs) == 0 {
		return title
	}
	return r.t("form.wrongtitle", title)
}

// checked says what a check has found, where nothing stands against the form.
func (r *request) checked(v *formView, result usecase.Result, errs []formError) {
	if len(errs) > 0 {
		return
	}
	v.Note = &note{Tone: "done", Text: r.t("form.checked")}
	for _, reminder := range result.Reminders {
		v.Remind = append(v.Remind, text.Refusal(r.lang, reminder, r.names).String())
		v.Note = &note{Tone: "warn", Text: r.t("form.reminded")}
	}
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
	f.Facts = []fact{{Text: c.Number, Mono: true}, {Text: c.UnitName, Href: "/units/" + string(c.Unit), Name: true}}
	return r.render("form", f, v)
}

// keepPerson makes the person of a resubmission fixed: it keeps person and kind.
func (v *formView) keepPerson(c views.Change) {
	for i := range v.Groups {
		v.Groups[i].Inputs = slices.DeleteFunc(v.Groups[i].Inputs, func(in input) bool { return in.Name == "idnumber" || in.Name == "person" })
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

// posts reads a number of posts.
func (r *request) posts1(name string, errs []formError) (int, []formError) {
	typed := strings.ReplaceAll(r.field(name), ",", "")
	if typed == "" {
		return 0, append(errs, r.formErrors(domain.Refuse(domain.FieldMissing, name))...)
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return 0, append(errs, r.formErrors(domain.Refuse(domain.FieldMalformed, name, "rule", "posts", "posts", typed, "min", 1, "max", usecase.PostsMax))...)
	}
	return n, errs
}
