package web

import (
	"net/http"
	"slices"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// opinion takes the reviewer's yes, or leads on to what must be mended.
func (r *request) opinion() error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	if r.form.Get("act") == "return" {
		return r.returnForm(c, nil, map[string]string{"opinion": r.field("opinion")})
	}
	items := r.form["item"]
	result, err := r.do(usecase.Pass{Change: c.ID, Items: items, Opinion: r.form.Get("opinion")}, false)
	if refusal, ok := refusalOf(err); ok {
		return r.refusedOn(refusal)
	}
	if err != nil {
		return err
	}
	return r.see(written("/queue", result))
}

// refusedOn shows the change again with what stands against the step, and what
// was typed.
func (r *request) refusedOn(refusal *domain.Refusal) error {
	r.status = statusOf(refusal)
	typed := &changeView{Opinion: r.form.Get("opinion"), Key: r.form.Get("key")}
	for _, key := range r.form["item"] {
		typed.Items = append(typed.Items, checkItem{Key: key})
	}
	return r.showChange(r.formErrors(refusal), typed)
}

func (r *request) record() error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	result, err := r.do(usecase.Record{Change: c.ID}, false)
	if refusal, ok := refusalOf(err); ok {
		return r.refusedOn(refusal)
	}
	if err != nil {
		return err
	}
	return r.see(written("/queue", result))
}

// returnView is the form of a return: what is wrong, field by field.
type returnView struct {
	Change  views.Change
	Key     string
	Errors  []formError
	Opinion input
	Fields  []returnField
}

type returnField struct {
	input
	Now string
}

// returnable are the fields that a return may name for a kind of change.
func returnable(kind account.Kind) []string {
	if kind == account.Exit {
		return []string{"person", "exitreason", "effective", "document", "note"}
	}
	return slices.DeleteFunc(slices.Clone(formFieldNames), func(n string) bool { return n == "exitreason" || n == "person" })
}

func (r *request) returnForm(c views.Change, errs []formError, typed map[string]string) error {
	if len(errs) > 0 {
		r.status = http.StatusUnprocessableEntity
	}
	title := r.t("return.title", r.changeName(c.ChangeRow))
	f := r.page(title, "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{c.Number, "/changes/" + string(c.ID)}, crumb{Text: r.t("button.return")})
	f.Notes = nil
	v := returnView{Change: c, Key: r.form.Get("key"), Errors: errs}
	if v.Key == "" {
		v.Key = r.p.key()
	}
	v.Opinion = input{ID: "opinion", Name: "opinion", Label: text.Field(r.lang, "opinion"), Kind: "area", Value: typed["opinion"], Max: usecase.NoteRunesMax, Error: errorOf(errs, "opinion")}
	values := r.contentValues(c)
	for _, name := range returnable(c.Kind) {
		in := input{ID: "fix-" + name, Name: "fix." + name, Label: text.Field(r.lang, name), Kind: "text", Value: typed["fix."+name], Max: usecase.NoteRunesMax, Error: errorOf(errs, "fields."+name)}
		now := values[name]
		if now != "" {
			now = r.spell(name, now)
		}
		v.Fields = append(v.Fields, returnField{in, now})
	}
	return r.render("return", f, v)
}

func (r *request) showReturn() error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	return r.returnForm(c, nil, map[string]string{})
}

func (r *request) returnChange() error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	fields, typed := map[string]string{}, map[string]string{"opinion": r.form.Get("opinion")}
	for _, name := range returnable(c.Kind) {
		if words := r.field("fix." + name); words != "" {
			fields[name], typed["fix."+name] = words, words
		}
	}
	result, err := r.do(usecase.Return{Change: c.ID, Fields: fields, Opinion: r.form.Get("opinion")}, false)
	if refusal, ok := refusalOf(err); ok {
		return r.returnForm(c, r.formErrors(refusal), typed)
	}
	if err != nil {
		return err
	}
	return r.see(written("/queue", result))
}

// contentValues are a change's fields by name, as a form holds them.
func (r *request) contentValues(c views.Change) map[string]string {
	p := c.Particulars
	return map[string]string{"name": p.Name, "sex": p.Sex, "birth": p.Birth, "ethnicity": p.Ethnicity, "nativeplace": p.NativePlace,
		"politics": p.Politics, "education": p.Education, "degree": p.Degree, "school": p.School, "workstart": p.WorkStart,
		"internalbody": p.InternalBody, "post": p.Post, "postrank": p.PostRank, "title": p.Title, "note": c.Note,
		"line": string(c.Line), "class": string(c.Class), "manner": string(c.Content.Manner), "approval": string(c.Content.Approval),
		"exitreason": string(c.Content.ExitReason), "effective": c.Effective.String(), "document": string(c.Document), "person": c.PersonName}
}

type withdrawView struct {
	Change views.Change
	Reason input
	Key    string
	Errors []formError
	Effect string
	Button string
}

func (r *request) showWithdraw() error { return r.withdrawForm(nil) }

func (r *request) withdrawForm(errs []formError) error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	name := r.changeName(c.ChangeRow)
	v := withdrawView{Change: c, Key: r.p.key(), Errors: errs, Button: r.t("withdraw.button", name)}
	if key := r.form.Get("key"); key != "" {
		v.Key = key
	}
	v.Effect = r.t("withdraw.effect")
	if c.Content.Approval != "" {
		v.Effect += r.gap() + r.t("withdraw.approval", r.names.Approval(c.Content.Approval))
	}
	v.Reason = input{ID: "reason", Name: "reason", Label: text.Field(r.lang, "reason"), Kind: "area", Value: r.form.Get("reason"), Max: usecase.NoteRunesMax, Required: true, Error: errorOf(errs, "reason")}
	f := r.page(r.t("withdraw.title", name), "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{c.Number, "/changes/" + string(c.ID)}, crumb{Text: r.t("button.withdraw")})
	return r.render("withdraw", f, v)
}

func (r *request) withdraw() error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	result, err := r.do(usecase.Withdraw{Change: c.ID, Reason: r.form.Get("reason")}, false)
	if refusal, ok := refusalOf(err); ok {
		r.status = statusOf(refusal)
		return r.withdrawForm(r.formErrors(refusal))
	}
	if err != nil {
		return err
	}
	return r.see(written("/changes/"+string(c.ID), result))
}

func revision(r domain.Revision) string { return strconv.FormatInt(int64(r), 10) }
