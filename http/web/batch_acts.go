package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// batchView is a batch whose rows are all shown and judged.
type batchView struct {
	ID      string
	Rows    []batchActRow
	Kind    string
	Unit    string
	UnitID  domain.UnitID
	Act     string // pass, record, or ""
	Items   []checkItem
	Opinion string
	Key     string
	Errors  []formError
	Good    int
	Bad     int
	All     []queueRow
}

type batchActRow struct {
	queueRow
	Judged  text.Step
	Message string
	Off     bool
}

func (r *request) batchPage() error { return r.showBatch(nil, nil) }

func (r *request) showBatch(errs []formError, off []string) error {
	id := r.c.Param("batch")
	scopes, _ := r.scopes()
	all, err := r.p.Views.Changes(r.ctx, views.ChangeQuery{Scopes: scopes, Batch: id, Limit: usecase.BatchRowsMax})
	if err != nil {
		return err
	}
	if len(all.Rows) == 0 {
		return errNotFound
	}
	first := all.Rows[0]
	v := batchView{ID: id, Kind: text.Label(r.lang, "changekind", string(first.Kind)), Unit: first.UnitName, UnitID: first.Unit, Errors: errs,
		Opinion: r.form.Get("opinion"), Key: r.form.Get("key")}
	if v.Key == "" {
		v.Key = r.p.key()
	}
	waiting, err := r.batchWaiting(id)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		if err := r.judgeBatch(&v, waiting, off); err != nil {
			return err
		}
	}
	slices.Reverse(all.Rows)
	if v.All, err = r.queueRows(all.Rows, false); err != nil {
		return err
	}
	title := r.t("batch.of", v.Kind, text.Number(all.Total))
	f := r.page(r.titled(title, errs), "queue", crumb{r.t("nav.changes"), "/changes"}, crumb{Text: title})
	f.Facts = []fact{{Text: first.UnitName, Href: "/units/" + string(first.Unit)}, {Label: text.Label(r.lang, "step", "collected"), Text: r.names.User(first.Collector)},
		{Text: text.DateTime(r.lang, first.Collected)}}
	return r.render("batch", f, v)
}

// judgeBatch asks what would become of each row that waits for the reader.
func (r *request) judgeBatch(v *batchView, waiting []views.ChangeRow, off []string) error {
	var rows []usecase.BatchRow
	for _, c := range waiting {
		rows = append(rows, usecase.BatchRow{Change: c.ID, Revision: c.Revision})
	}
	var what usecase.Command = usecase.RecordBatch{Unit: v.UnitID, Rows: rows}
	v.Act = "record"
	if waiting[0].State == views.InReview {
		policies, err := r.p.Commands.Policy(r.ctx, r.today())
		if err != nil {
			return err
		}
		var keys []string
		for _, c := range waiting {
			for _, i := range policies.Checklist(string(c.Gate), string(c.Kind), c.Class) {
				if slices.Contains(keys, i.Key) {
					continue
				}
				words := i.ZH
				if r.lang == text.EN {
					words = i.EN
				}
				keys = append(keys, i.Key)
				v.Items = append(v.Items, checkItem{i.Key, words, slices.Contains(r.form["item"], i.Key)})
			}
		}
		v.Act, what = "pass", usecase.PassBatch{Unit: v.UnitID, Rows: rows, Items: keys}
	}
	result, err := r.judge(what)
	var aside *usecase.AllSetAside
	if errors.As(err, &aside) {
		result.Rows, err = aside.Rows, nil
	}
	if refusal, ok := refusalOf(err); ok {
		v.Act = ""
		v.Errors = append(v.Errors, r.formErrors(refusal)...)
		err = nil
	}
	if err != nil {
		return err
	}
	dressed, err := r.queueRows(waiting, false)
	if err != nil {
		return err
	}
	for i, q := range dressed {
		row := batchActRow{queueRow: q, Judged: text.Status(r.lang, "check", "good"), Off: slices.Contains(off, string(q.ID))}
		for _, j := range result.Rows {
			if j.Row == i && j.Refusal != nil {
				row.Judged = text.Status(r.lang, "check", "bad")
				row.Message = text.Refusal(r.lang, j.Refusal, r.names).String()
			}
		}
		if row.Message == "" {
			v.Good++
		} else {
			v.Bad++
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

// actOnBatch passes or records the rows that were ticked, as one act with one
// opinion. Each row carries the revision that was seen.
func (r *request) actOnBatch() error {
	var rows []usecase.BatchRow
	for _, value := range r.form["row"] {
		id, seen, _ := strings.Cut(value, "@")
		n, err := strconv.ParseInt(seen, 10, 64)
		if err != nil {
			return errBodyBroken
		}
		rows = append(rows, usecase.BatchRow{Change: domain.ChangeID(id), Revision: domain.Revision(n)})
	}
	unit := domain.UnitID(r.field("unit"))
	var what usecase.Command = usecase.RecordBatch{Unit: unit, Rows: rows}
	if strings.HasSuffix(r.route.path, "/pass") {
		what = usecase.PassBatch{Unit: unit, Rows: rows, Items: r.form["item"], Opinion: r.form.Get("opinion")}
	}
	result, err := r.do(what, false)
	var aside *usecase.AllSetAside
	if errors.As(err, &aside) {
		r.status = http.StatusUnprocessableEntity
		errs := []formError{{Message: r.t("batch.nonewritten")}}
		for _, row := range aside.Rows[:min(len(aside.Rows), 5)] {
			errs = append(errs, formError{Message: r.rowMessage(row)})
		}
		return r.showBatch(errs, nil)
	}
	if refusal, ok := refusalOf(err); ok {
		r.status = statusOf(refusal)
		return r.showBatch(r.formErrors(refusal), nil)
	}
	if err != nil {
		return err
	}
	to := "/queue"
	if slices.ContainsFunc(result.Rows, func(row usecase.RowResult) bool { return row.Refusal != nil }) {
		to = "/batches/" + r.c.Param("batch")
	}
	return r.see(written(to, result))
}

func (r *request) rowMessage(row usecase.RowResult) string {
	said := text.Refusal(r.lang, row.Refusal, r.names).String()
	name := r.t("batch.row", text.Number(row.Row+1))
	return name + r.t("colon") + said
}
