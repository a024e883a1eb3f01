package web

import (
	"errors"
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

// batchFormView is the collection of many like changes as one act.
type batchFormView struct {
	formView
	Kind    account.Kind
	Columns []string
	Rows    []batchFormRow
	Good    int
	Bad     int
	Done    *note // what was written, where some rows stay
	Max     int
}

type batchFormRow struct {
	N       int
	Name    string
	Number  string // masked
	Status  text.Step
	Reasons []reason
}

// reason is what stands against a row.
type reason struct{ Field, Text, Rule string }

// batchColumns are the columns of a pasted list, in order.
func batchColumns(kind account.Kind) []string {
	if kind == account.Exit {
		return []string{"name", "idnumber"}
	}
	return []string{"name", "idnumber", "internalbody", "post", "postrank", "title", "school"}
}

func (r *request) newBatch() error {
	kind := account.Kind(r.query("kind"))
	if kind != account.Exit {
		kind = account.Entry
	}
	unit, choose, err := r.chooseUnit("/batch/new", url.Values{"kind": {string(kind)}}, usecase.RightsOf(usecase.CollectBatch{}))
	if err != nil {
		return err
	}
	if choose != nil {
		title := r.t("batch.title." + string(kind))
		f := r.page(title, "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{Text: title})
		return r.render("form", f, formView{Choose: choose, Title: r.t("choose.unit")})
	}
	return r.batchForm(unit, kind, url.Values{}, nil, batchFormView{})
}

// batchForm shows the common fields, the list, and what became of its rows.
func (r *request) batchForm(unit views.Unit, kind account.Kind, values url.Values, errs []formError, v batchFormView) error {
	title := r.t("batch.title." + string(kind))
	v.Kind, v.Max = kind, usecase.BatchRowsMax
	v.Action, v.Submit, v.Check, v.Cancel = "/batch/new", r.t("button.collectbatch"), true, "/units/"+string(unit.ID)
	v.Hidden = []inputRow{{"kind", string(kind)}, {"unit", string(unit.ID)}}
	if v.Key == "" {
		v.Key = r.p.key()
	}
	if err := r.changeForm(&v.formView, unit, kind, values, errs); err != nil {
		return err
	}
	own := batchColumns(kind)
	for _, c := range own {
		v.Columns = append(v.Columns, text.Field(r.lang, c))
	}
	list := input{ID: "rows", Name: "rows", Label: r.t("batch.rows"), Kind: "area", Value: values.Get("rows"), Max: batchBytesMax, Required: true, Wide: "full",
		Error: errorOf(v.Errors, "rows")}
	for i := range v.Groups {
		v.Groups[i].Inputs = slices.DeleteFunc(v.Groups[i].Inputs, func(in input) bool {
			return slices.Contains(own, in.Name) || slices.Contains([]string{"person", "born", "ethnicity", "politics", "nativeplace", "workstart"}, in.Name)
		})
	}
	v.Groups = slices.DeleteFunc(v.Groups, func(g group) bool { return len(g.Inputs) == 0 })
	v.Groups = append(v.Groups, group{r.t("batch.list"), []input{list}})
	for i := range v.Errors {
		if v.Errors[i].Field == "rows" {
			v.Errors[i].Anchor = "f-rows"
		}
	}
	f := r.page(r.titled(title, errs), "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{Text: title})
	f.Facts = []fact{{Text: unit.Name, Href: "/units/" + string(unit.ID)}, {Label: r.t("form.collector"), Text: r.session.Name}}
	v.Title = title
	return r.render("batchform", f, v)
}

// readRows reads a pasted list: one row a line, columns parted by tabs, commas
// or semicolons. A first line with the names of the columns is passed over.
func (r *request) readRows(kind account.Kind, common usecase.ChangeForm) (rows []usecase.ChangeForm, lines []string) {
	columns := batchColumns(kind)
	for line := range strings.Lines(strings.ReplaceAll(r.form.Get("rows"), "\r\n", "\n")) {
		line = strings.TrimRight(line, "\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := cellsOf(line)
		if len(lines) == 0 && slices.Contains([]string{"姓名", "Name", text.Field(r.lang, "name")}, cells[0]) {
			continue
		}
		form := common
		cell := func(name string) string {
			if i := slices.Index(columns, name); i >= 0 && i < len(cells) {
				return cells[i]
			}
			return ""
		}
		form.IDNumber = cell("idnumber")
		if kind == account.Entry {
			form.Particulars.Name, form.Particulars.InternalBody, form.Particulars.Post = cell("name"), cell("internalbody"), cell("post")
			form.Particulars.PostRank, form.Particulars.Title, form.Particulars.School = cell("postrank"), cell("title"), cell("school")
		} else {
			form.Particulars = account.Particulars{}
		}
		rows, lines = append(rows, form), append(lines, line)
	}
	return rows, lines
}

func cellsOf(line string) []string {
	sep := "\t"
	for _, s := range []string{"\t", ",", "，", ";", "；"} {
		if strings.Contains(line, s) {
			sep = s
			break
		}
	}
	cells := strings.Split(line, sep)
	for i := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(cells[i]), `"'`)
	}
	return cells
}

// collectBatch checks or collects the rows: good ones are written, bad ones
// stay in the form with their reasons.
func (r *request) collectBatch() error {
	kind := account.Kind(r.field("kind"))
	if kind != account.Exit {
		kind = account.Entry
	}
	unit, err := r.unit(r.field("unit"))
	if err != nil {
		return err
	}
	common, errs := r.readChange(kind)
	common.Person, common.IDNumber = "", ""
	rows, lines := r.readRows(kind, common)
	v := batchFormView{formView: formView{Key: r.form.Get("key")}}
	check := r.form.Get("act") != "submit"
	if len(errs) > 0 {
		r.status = http.StatusUnprocessableEntity
		return r.batchForm(unit, kind, r.form, errs, v)
	}
	result, err := r.do(usecase.CollectBatch{Unit: unit.ID, Rows: rows}, check)
	var aside *usecase.AllSetAside
	if refusal, refused := refusalOf(err); refused {
		r.status = statusOf(refusal)
		return r.batchForm(unit, kind, r.form, r.formErrors(refusal), v)
	}
	if errors.As(err, &aside) {
		result.Rows, err = aside.Rows, nil
		r.status = http.StatusUnprocessableEntity
	}
	if err != nil {
		return err
	}
	if check {
		repeated(result.Rows, rows)
	}
	var bad []string
	for _, row := range result.Rows {
		out := batchFormRow{N: row.Row + 1, Status: text.Status(r.lang, "check", "good")}
		if row.Row < len(lines) {
			cells := cellsOf(lines[row.Row])
			out.Name = cells[0]
			if len(cells) > 1 {
				out.Number = maskTyped(cells[1])
			}
		}
		if row.Refusal != nil {
			v.Bad++
			out.Status = text.Status(r.lang, "check", "bad")
			for _, said := range r.said(row.Refusal) {
				out.Reasons = append(out.Reasons, reason{said.Field, said.String(), said.Message()})
			}
			if row.Row < len(lines) {
				bad = append(bad, lines[row.Row])
			}
		} else {
			v.Good++
		}
		v.Rows = append(v.Rows, out)
	}
	switch {
	case check, aside != nil:
		return r.batchForm(unit, kind, r.form, r.ofAll(&v, kind), v)
	case len(bad) == 0:
		return r.see(written("/batches/"+result.ID, result))
	}
	// Good rows are written; the others stay, under a new key.
	first, last := result.Events[0].Position, result.Events[len(result.Events)-1].Position
	v.Done = &note{Tone: "done", Text: r.t("batch.written", text.Count(r.lang, text.Rows, v.Good), text.Nth(r.lang, first), text.Nth(r.lang, last)),
		Href: "/batches/" + result.ID, Link: r.t("batch.open")}
	if err := r.p.Views.AtLeast(r.ctx, result.Position); err != nil {
		v.Done.Tone = "warn"
	}
	v.Key = r.p.key()
	kept := url.Values{}
	for name, values := range r.form {
		kept[name] = values
	}
	kept.Set("rows", strings.Join(bad, "\n"))
	v.Rows = slices.DeleteFunc(v.Rows, func(row batchFormRow) bool { return len(row.Reasons) == 0 })
	for i := range v.Rows {
		v.Rows[i].N = i + 1
	}
	return r.batchForm(unit, kind, kept, nil, v)
}

// ofAll takes out of the rows what stands against the fields that all of them
// share: it is told once, at the field.
func (r *request) ofAll(v *batchFormView, kind account.Kind) []formError {
	var errs []formError
	for i := range v.Rows {
		v.Rows[i].Reasons = slices.DeleteFunc(v.Rows[i].Reasons, func(x reason) bool {
			own := slices.Contains(batchColumns(kind), x.Field) || x.Field == "person" || x.Field == "" || x.Field == "line"
			if !own && !slices.ContainsFunc(errs, func(e formError) bool { return e.Field == x.Field }) {
				errs = append(errs, formError{Field: x.Field, Anchor: anchors[x.Field], Message: x.Text, Rule: x.Rule})
			}
			return !own
		})
	}
	return errs
}

// repeated marks rows about somebody who stands in an earlier row. Collecting
// finds it by the person; a check does not make persons, so that two new ones
// under one number look different to it.
func repeated(results []usecase.RowResult, rows []usecase.ChangeForm) {
	seen := map[string]bool{}
	for i, result := range results {
		if result.Refusal != nil || result.Row >= len(rows) {
			continue
		}
		number := codes.FoldCode(rows[result.Row].IDNumber)
		if seen[number] && number != "" {
			results[i].Refusal = domain.Refuse(domain.FieldMalformed, "idnumber", "rule", "person-twice")
		}
		seen[number] = true
	}
}

// maskTyped hides the middle of a number that was typed, whatever it is.
func maskTyped(s string) string {
	runes := []rune(strings.TrimSpace(s))
	if len(runes) < 12 {
		return string(runes)
	}
	return codes.MaskID(string(runes))
}
