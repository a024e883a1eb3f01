package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

func itoa(n int) string { return strconv.Itoa(n) }

func gateNamed(name string) account.Gate { return account.Gate(name) }

// Commands whose rights decide what a page offers.
var (
	usecaseCollect = usecase.Collect{}
	usecaseApprove = usecase.ApproveUse{}
	usecaseMove    = usecase.MoveQuota{}
	usecaseHold    = usecase.HoldBackPosts{}
)

// queueRow is a change in a list.
type queueRow struct {
	views.ChangeRow
	Status    text.Step
	Deadline  *text.Step
	Passed    []string // gates passed, by short name
	Collector string
	Reminders int
	Judged    bool
	Href      string
}

// queueRows dresses changes for a list; with judge each is held against the
// rules as they would judge its recording now.
func (r *request) queueRows(rows []views.ChangeRow, judge bool) ([]queueRow, error) {
	all := make([]queueRow, len(rows))
	for i, c := range rows {
		q := queueRow{ChangeRow: c, Status: text.ChangeStatus(r.lang, string(c.State), c.Gate), Href: "/changes/" + string(c.ID)}
		q.Collector = r.names.User(c.Collector)
		if c.Due != domain.NoDay {
			if step, err := text.Deadline(r.lang, r.today(), c.Due, r.p.Commands.Calendar()); err == nil {
				q.Deadline = &step
			}
		}
		all[i] = q
	}
	if !judge {
		return all, nil
	}
	byUnit := map[domain.UnitID][]int{}
	for i := range all {
		byUnit[all[i].Unit] = append(byUnit[all[i].Unit], i)
	}
	policies, err := r.p.Commands.Policy(r.ctx, r.today())
	if err != nil {
		return nil, err
	}
	for unit, at := range byUnit {
		err := r.p.Commands.ReadAccount(r.ctx, domain.AccountOf(unit), func(a *account.Account) {
			for _, i := range at {
				all[i].Reminders, all[i].Judged = len(r.standing(a, all[i].ID, policies)), true
				if change, ok := a.Change(all[i].ID); ok {
					for _, g := range change.Route[:change.Passed] {
						all[i].Passed = append(all[i].Passed, text.Label(r.lang, "gate-short", string(g)))
					}
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// changeName is 李芸 出编, or Exit of 李芸.
func (r *request) changeName(c views.ChangeRow) string {
	kind := text.Label(r.lang, "changekind", string(c.Kind))
	if r.lang == text.EN {
		return kind + " of " + c.PersonName
	}
	return c.PersonName + " " + kind
}

func sortByDue(rows []queueRow) {
	slices.SortStableFunc(rows, func(a, b queueRow) int { return cmp.Compare(dueOf(a.Due), dueOf(b.Due)) })
}

func dueOf(d domain.Day) domain.Day {
	if d == domain.NoDay {
		return domain.LastDay
	}
	return d
}

type queueView struct {
	Tabs     []tab
	Tab      string
	Kinds    []chip
	Dues     []chip
	Rows     []queueRow
	Total    int
	Next     string
	First    string
	Batches  []batchRow
	NextOne  *queueRow // after an act: the next in order
	HasRoles bool
}

type tab struct {
	Key, Text, Href string
	Count           int
	Counted, Here   bool
}

// batchRow is a batch of like changes that wait together.
type batchRow struct {
	ID, Href, Title, Unit string
	Count                 int
}

func (r *request) queue() error {
	tabs := r.queueTabs()
	v := queueView{Tab: r.query("tab"), HasRoles: len(tabs) > 0}
	f := r.page(r.t("queue.title"), "queue", crumb{Text: r.t("nav.queue")})
	if s := r.scopeName(); s != "" {
		f.Facts = []fact{{Text: text.Label(r.lang, "role", string(r.session.Role))}, {Text: s}, {Text: r.t("queue.order")}}
	}
	counts := make([]int, len(tabs))
	for i, t := range tabs {
		n, err := r.totalOf(t.queries)
		if err != nil {
			return err
		}
		counts[i] = n
	}
	if !slices.ContainsFunc(tabs, func(t queueTab) bool { return t.Key == v.Tab }) && len(tabs) > 0 {
		v.Tab = tabs[0].Key
		for i, t := range tabs { // the first that has something
			if counts[i] > 0 && t.Key != "done" {
				v.Tab = t.Key
				break
			}
		}
	}
	for i, t := range tabs {
		v.Tabs = append(v.Tabs, tab{t.Key, r.t("queue.tab." + t.Key), "/queue?tab=" + t.Key, counts[i], true, t.Key == v.Tab})
		if t.Key == v.Tab {
			if err := r.fillQueue(&v, t); err != nil {
				return err
			}
		}
	}
	if f.Notes != nil && len(v.Rows) > 0 && v.Tab != "done" {
		v.NextOne = &v.Rows[0]
	}
	return r.render("queue", f, v)
}

func (r *request) totalOf(queries []views.ChangeQuery) (int, error) {
	n := 0
	for _, q := range queries {
		q.Limit, q.After = 1, ""
		page, err := r.p.Views.Changes(r.ctx, q)
		if err != nil {
			return 0, err
		}
		n += page.Total
	}
	return n, nil
}

// fillQueue narrows a tab's queries by the filters of the address and reads one
// page. Where several roles have the tab, the page is that of one query after
// the other.
func (r *request) fillQueue(v *queueView, t queueTab) error {
	kind, due := account.Kind(r.query("kind")), r.query("due")
	address := func(change ...string) string {
		q := url.Values{"tab": {t.Key}}
		for name, value := range map[string]string{"kind": string(kind), "due": due} {
			if value != "" {
				q.Set(name, value)
			}
		}
		for i := 0; i+1 < len(change); i += 2 {
			if change[i+1] == "" {
				q.Del(change[i])
			} else {
				q.Set(change[i], change[i+1])
			}
		}
		return "/queue?" + q.Encode()
	}
	narrowed := func(kind account.Kind, due string) []views.ChangeQuery {
		queries := slices.Clone(t.queries)
		for i := range queries {
			queries[i].Kind = kind
			queries[i].DueBy = r.dueBy(due)
		}
		return queries
	}
	for _, k := range []account.Kind{"", account.Entry, account.Exit} {
		n, err := r.totalOf(narrowed(k, due))
		if err != nil {
			return err
		}
		name := r.t("all")
		if k != "" {
			name = text.Label(r.lang, "changekind", string(k))
		}
		v.Kinds = append(v.Kinds, chip{Text: name, Href: address("kind", string(k)), On: k == kind, Count: n, Counted: true})
	}
	if t.Key != "done" && t.Key != "returned" {
		for _, d := range []string{"", "overdue", "today", "week"} {
			n, err := r.totalOf(narrowed(kind, d))
			if err != nil {
				return err
			}
			v.Dues = append(v.Dues, chip{Text: r.t("queue.due." + cmp.Or(d, "any")), Href: address("due", d), On: d == due, Count: n, Counted: d != ""})
		}
	}
	queries := narrowed(kind, due)
	total, err := r.totalOf(queries)
	if err != nil {
		return err
	}
	v.Total = total
	at, _ := strconv.Atoi(r.query("of"))
	after := r.query("after")
	if at < 0 || at >= len(queries) {
		at = 0
	}
	var rows []views.ChangeRow
	for ; at < len(queries) && len(rows) < queueRows; at++ {
		q := queries[at]
		q.Limit, q.After = queueRows-len(rows), after
		if after != "" { // a cursor belongs to a query of one size
			q.Limit = queueRows
		}
		page, err := r.p.Views.Changes(r.ctx, q)
		if err != nil {
			return err
		}
		rows, after = append(rows, page.Rows...), page.Next
		if page.Next != "" {
			break
		}
	}
	if after != "" {
		v.Next = address("after", after, "of", itoa(at))
	} else if at < len(queries) {
		v.Next = address("of", itoa(at))
	}
	if r.query("after") != "" || r.query("of") != "" {
		v.First = address()
	}
	if v.Rows, err = r.queueRows(rows, t.Key != "done"); err != nil {
		return err
	}
	v.Batches = r.batchesOf(v.Rows, t.Key)
	return nil
}

const queueRows = 50

// dueBy is the last due day of a filter.
func (r *request) dueBy(due string) domain.Day {
	today := r.today()
	switch due {
	case "overdue":
		return today - 1
	case "today":
		return today
	case "week": // to Sunday
		return today + domain.Day((7-int(today.Weekday()))%7)
	}
	return domain.NoDay
}

// batchesOf are the batches among rows, with more than one that waits.
func (r *request) batchesOf(rows []queueRow, tab string) []batchRow {
	if tab != "review" && tab != "record" {
		return nil
	}
	var batches []batchRow
	for _, row := range rows {
		if row.BatchID == "" {
			continue
		}
		i := slices.IndexFunc(batches, func(b batchRow) bool { return b.ID == row.BatchID })
		if i < 0 {
			batches = append(batches, batchRow{ID: row.BatchID, Href: "/batches/" + row.BatchID, Unit: row.UnitName,
				Title: text.Label(r.lang, "changekind", string(row.Kind))})
			i = len(batches) - 1
		}
		batches[i].Count++
	}
	batches = slices.DeleteFunc(batches, func(b batchRow) bool { return b.Count < 2 })
	for i := range batches {
		if rows, err := r.batchWaiting(batches[i].ID); err == nil {
			batches[i].Count = len(rows)
		}
	}
	return batches
}

// batchWaiting are the changes of a batch that wait for the reader, in the
// order in which they were sent.
func (r *request) batchWaiting(id string) ([]views.ChangeRow, error) {
	var rows []views.ChangeRow
	for _, t := range r.queueTabs() {
		if t.Key != "review" && t.Key != "record" {
			continue
		}
		for _, q := range t.queries {
			q.Batch, q.Limit, q.ByDue = id, usecase.BatchRowsMax, false
			page, err := r.p.Views.Changes(r.ctx, q)
			if err != nil {
				return nil, err
			}
			for _, row := range page.Rows {
				if len(rows) == 0 || rows[0].State == row.State && rows[0].Gate == row.Gate {
					rows = append(rows, row)
				}
			}
		}
	}
	slices.Reverse(rows)
	return rows, nil
}
