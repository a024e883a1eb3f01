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
	Papers   []views.Document // to choose a number from
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

func (r *request) balanceView(line codes.LineKey, b account.Balance) *balanceView {
	return &balanceView{Line: text.LineName(r.lang, line), Balance: b, Free: b.Free(), Sum: text.Sum(b), Status: text.LineStatus(r.lang, b)}
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// day reads a date field; an empty one is for the use case to refuse.
func (r *request) day(name string, errs []formError) (domain.Day, []formError) {
	return r.dayOf(name, r.field(name), errs)
}

// dayOf reads a date as people type it.
func (r *request) dayOf(name, typed string, errs []formError) (domain.Day, []formError) {
	if typed == "" {
		return domain.NoDay, errs
	}
	d, err := domain.ParseDay(strings.NewReplacer("/", "-", ".", "-", "年", "-", "月", "-", "日", "").Replace(typed))
	if err != nil {
		refusal := domain.Refuse(domain.FieldMalformed, name, "rule", "date-form", "form", "YYYY-MM-DD")
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
