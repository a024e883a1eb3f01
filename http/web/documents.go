package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path/filepath"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// upload is a file of a form, stored by its digest.
type upload struct {
	name, digest string
	size         int64
}

// readMultipart reads a form with a file; the file is stored before the event
// that cites it, as the ledger wants it.
func (r *request) readMultipart() error {
	parts, err := r.c.Request().MultipartReader()
	if err != nil {
		return errBodyBroken
	}
	r.form = url.Values{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bodyFault(err)
		}
		if part.FileName() == "" {
			value, err := io.ReadAll(io.LimitReader(part, formBytesMax))
			if err != nil {
				return bodyFault(err)
			}
			r.form.Add(part.FormName(), string(value))
			continue
		}
		// The token comes first in the form: nobody else stores files.
		if r.form.Get("csrf") != r.session.CSRF || !r.in {
			return errForged
		}
		digest, size, err := r.p.Files.Put(r.ctx, part)
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return errBodyTooLarge
		}
		if err != nil {
			return err
		}
		if size > 0 {
			r.file = upload{filepath.Base(part.FileName()), digest, size}
		}
	}
}

type documentsView struct {
	Query       string
	Rows        []views.Document
	Total       int
	Next, First string
	New         bool
}

func (r *request) documents() error {
	v := documentsView{Query: r.query("q"), New: r.has(usecase.RegisterDocument{})}
	page, err := r.p.Views.Documents(r.ctx, views.DocumentQuery{Text: v.Query, After: r.query("after")})
	if err != nil {
		return err
	}
	v.Rows, v.Total = page.Rows, page.Total
	q := url.Values{}
	if v.Query != "" {
		q.Set("q", v.Query)
	}
	if r.query("after") != "" {
		v.First = "/documents?" + q.Encode()
	}
	if page.Next != "" {
		q.Set("after", page.Next)
		v.Next = "/documents?" + q.Encode()
	}
	f := r.page(r.t("nav.documents"), "documents", crumb{Text: r.t("nav.documents")})
	f.Facts = []fact{{Text: r.t("showncount", text.Number(v.Total))}}
	return r.render("documents", f, v)
}

type documentView struct {
	Document views.Document
	Latest   []eventView
	File     string
	Whole    bool
}

func (r *request) document() error {
	d, err := r.p.Views.Document(r.ctx, r.c.Param("document"))
	if err != nil {
		return err
	}
	v := documentView{Document: d, Whole: r.wholeCity()}
	if d.Digest != "" {
		v.File = "/documents/" + string(d.ID) + "/file"
	}
	for e, err := range r.p.Ledger.Tagged(r.ctx, r.p.Ledger.Size(), string(domain.TagOf(domain.TagDocument, d.ID))) {
		if err != nil {
			return err
		}
		o, err := r.open(e)
		if err != nil {
			return err
		}
		if !r.sees(o) {
			continue
		}
		row := short(r.event(o, ""))
		row.At = r.dayOrTime(e.Time)
		v.Latest = append(v.Latest, row)
		if len(v.Latest) == 10 {
			break
		}
	}
	f := r.page(d.Number, "documents", crumb{r.t("nav.documents"), "/documents"}, crumb{Text: d.Number})
	f.Facts = []fact{{Text: d.Issuer}, {Text: text.Date(r.lang, d.Date)}, {Text: r.t("document.cited", text.Number(d.Cited))}}
	return r.render("document", f, v)
}

func (r *request) documentFile() error {
	d, err := r.p.Views.Document(r.ctx, r.c.Param("document"))
	if err != nil {
		return err
	}
	if d.Digest == "" {
		return errNotFound
	}
	file, err := r.p.Files.Open(r.ctx, d.Digest)
	if err != nil {
		return err
	}
	defer file.Close()
	h := r.c.Response().Header()
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.Number}))
	h.Set("X-Content-Type-Options", "nosniff")
	return r.c.Stream(http.StatusOK, "application/octet-stream", file)
}

func (r *request) newDocument() error { return r.documentForm(url.Values{}, nil) }

func (r *request) documentForm(values url.Values, errs []formError) error {
	title := r.t("document.new")
	v := formView{Action: "/documents/new", Key: cmpOr(values.Get("key"), r.p.key()), Submit: r.t("button.register"), Cancel: "/documents", Title: title, Multi: true}
	field := func(name, label, kind string, required bool) input {
		return input{ID: name, Name: name, Label: text.Field(r.lang, label), Kind: kind, Value: values.Get(name), Required: required, Max: usecase.TextRunesMax}
	}
	number := field("number", "number", "text", true)
	number.Place = r.t("form.documentplace")
	date := field("date", "date", "text", true)
	date.Place = "YYYY-MM-DD"
	heading := field("title", "document.title", "text", true)
	heading.Wide = "wide"
	grants := field("grants", "grants", "text", false)
	grants.Wide = "wide"
	file := field("file", "file", "file", false)
	file.Hint = r.t("document.filehint")
	v.Groups = []group{{"", []input{number, field("issuer", "issuer", "text", true), date, heading, file, grants}}}
	v.finish(errs)
	f := r.page(r.titled(title, errs), "documents", crumb{r.t("nav.documents"), "/documents"}, crumb{Text: title})
	return r.render("form", f, v)
}

func (r *request) registerDocument() error {
	date, errs := r.day("date", nil)
	what := usecase.RegisterDocument{Number: r.field("number"), Issuer: r.field("issuer"), Title: r.field("title"), Grants: r.field("grants"), Date: date,
		File: r.file.name, Digest: r.file.digest, Size: r.file.size}
	result, err := r.do(what, len(errs) > 0)
	if refusal, ok := refusalOf(err); ok {
		errs = append(errs, without(r.formErrors(refusal), errs)...)
		r.status = statusOf(refusal)
		return r.documentForm(r.form, errs)
	}
	if err != nil {
		return err
	}
	if len(errs) > 0 {
		r.status = http.StatusUnprocessableEntity
		return r.documentForm(r.form, errs)
	}
	return r.see(written("/documents/"+result.ID, result))
}
