package web

import (
	"net/url"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/text"
)

type traceView struct {
	Of      string // what is traced
	Subject []inputRow
	Query   string
	Step    string
	From    string
	To      string
	Steps   []option
	Chips   []chip
	Presets []chip
	Days    []dayGroup
	Shown   int
	Next    string
	First   string
	Clear   string
	Broken  bool // the search was cut off and goes on
	Errors  []formError
	Empty   string
}

const (
	tracePage = 50
	// What is looked at for one page, where filters pass many events over; the
	// page then offers to look on. A text is looked for in the words of an event,
	// which costs more than its head.
	traceScanHeads = 50_000
	traceScanWords = 5_000
)

// subjects reads what is traced, and refuses who may see none of it.
func (r *request) subjects() (keys []string, of string, tag domain.Tag, subject []inputRow, err error) {
	add := func(param string, value string, t domain.Tag, name string) {
		keys = append(keys, string(t))
		subject = append(subject, inputRow{param, value})
		tag = t
		of = name
	}
	var refused error
	allowed := false
	judge := func(err error) {
		if err == nil {
			allowed = true
		} else if refused == nil {
			refused = err
		}
	}
	if ref := r.query("unit"); ref != "" {
		u, err := r.p.Views.FindUnit(r.ctx, ref)
		if err != nil {
			return nil, "", "", nil, err
		}
		judge(r.mayRead(u.ID))
		add("unit", string(u.ID), domain.TagOf(domain.TagUnit, u.ID), shortName(u))
	}
	if ref := r.query("person"); ref != "" {
		x, err := r.person(domain.PersonID(ref))
		if _, ok := refusalOf(err); err != nil && !ok {
			return nil, "", "", nil, err
		}
		judge(err)
		add("person", ref, domain.TagOf(domain.TagPerson, ref), x.Particulars.Name)
	}
	if ref := r.query("change"); ref != "" {
		c, err := r.p.Views.Change(r.ctx, ref)
		if err != nil {
			return nil, "", "", nil, err
		}
		judge(r.mayRead(c.Unit))
		add("change", string(c.ID), domain.TagOf(domain.TagChange, c.ID), c.Number)
	}
	if ref := r.query("approval"); ref != "" {
		a, err := r.p.Views.Approval(r.ctx, ref)
		if err != nil {
			return nil, "", "", nil, err
		}
		judge(r.mayRead(a.Unit))
		add("approval", string(a.ID), domain.TagOf(domain.TagApproval, a.ID), a.Number)
	}
	if ref := r.query("document"); ref != "" {
		d, err := r.p.Views.Document(r.ctx, ref)
		if err != nil {
			return nil, "", "", nil, err
		}
		judge(r.mayRead(""))
		add("document", string(d.ID), domain.TagOf(domain.TagDocument, d.ID), d.Number)
	}
	if ref := r.query("actor"); ref != "" {
		name := r.names.User(domain.UserID(ref))
		if name == "" {
			return nil, "", "", nil, errNotFound
		}
		judge(nil) // what the reader may not see of somebody's acts is left out
		add("actor", ref, domain.Tag("auth:"+ref), name)
	}
	if len(keys) > 0 && !allowed {
		return nil, "", "", nil, refused
	}
	return keys, of, tag, subject, nil
}

func (r *request) trace() error {
	keys, of, tag, subject, err := r.subjects()
	if err != nil {
		return err
	}
	v := traceView{Of: of, Subject: subject, Query: r.query("q"), Step: r.query("step"), From: r.query("from"), To: r.query("to")}
	var from, to domain.Day
	from, v.Errors = r.dayOf("from", r.query("from"), v.Errors)
	to, v.Errors = r.dayOf("to", r.query("to"), v.Errors)
	v.Steps = []option{{"", r.t("trace.allsteps"), v.Step == ""}}
	for _, s := range text.Codes("step") {
		v.Steps = append(v.Steps, option{s, text.Label(r.lang, "step", s), s == v.Step})
	}
	r.traceChips(&v)
	before := r.p.Ledger.Size()
	if p, ok := r.position("before"); ok && p < before {
		before = p
		v.First = r.traceAddress("before", "")
	}
	if to != domain.NoDay {
		if p, err := r.endOf(to); err != nil {
			return err
		} else if p < before {
			before = p
		}
	}
	var events []eventView
	scanned, traceScan := 0, traceScanHeads
	if v.Query != "" {
		traceScan = traceScanWords
	}
	last := before
	take := func(e domain.Recorded) (bool, error) { // false: enough
		scanned++
		last = e.Position
		if from != domain.NoDay && e.Time.Day() < from {
			last = 0
			return false, nil
		}
		if to != domain.NoDay && e.Time.Day() > to || v.Step != "" && text.StepOf(e.Type) != v.Step {
			return scanned < traceScan, nil
		}
		o, err := r.open(e)
		if err != nil {
			return false, err
		}
		if !r.sees(o) {
			return scanned < traceScan, nil
		}
		row := r.event(o, tag)
		if v.Query != "" && !says(row, v.Query) {
			return scanned < traceScan, nil
		}
		events = append(events, short(row))
		return len(events) < tracePage && scanned < traceScan, nil
	}
	more := false
	if len(keys) > 0 {
		for e, err := range r.p.Ledger.Tagged(r.ctx, before, keys...) {
			if err != nil {
				return err
			}
			if more {
				break
			}
			on, err := take(e)
			if err != nil {
				return err
			}
			if !on {
				if last == 0 {
					break
				}
				more = true
			}
		}
		if more && last == 0 {
			more = false
		}
	} else {
		for at := before; at > 0; {
			at--
			e, err := r.p.Ledger.At(r.ctx, at)
			if err != nil {
				return err
			}
			on, err := take(e)
			if err != nil {
				return err
			}
			if !on {
				more = last > 0
				break
			}
		}
	}
	v.Shown, v.Days = len(events), r.byDay(events)
	if more {
		v.Next = r.traceAddress("before", strconv.FormatUint(uint64(last), 10))
		v.Broken = len(events) < tracePage
	}
	title := r.t("nav.trace")
	crumbs := []crumb{{r.t("nav.trace"), "/trace"}}
	if of != "" {
		title = r.t("trace.of", of)
		crumbs = append(crumbs, crumb{Text: of})
	} else {
		crumbs[0].Href = ""
	}
	f := r.page(title, "trace", crumbs...)
	f.Facts = []fact{{Text: r.t("trace.shown", text.Number(v.Shown))}}
	if from != domain.NoDay || to != domain.NoDay {
		f.Facts = append(f.Facts, fact{Text: r.span(from, to)})
	}
	return r.render("trace", f, v)
}

// span is 2026年11月1日至今.
func (r *request) span(from, to domain.Day) string {
	switch {
	case to == domain.NoDay:
		return r.t("span.from", text.Date(r.lang, from))
	case from == domain.NoDay:
		return r.t("span.to", text.Date(r.lang, to))
	}
	return r.t("span.both", text.Date(r.lang, from), text.Date(r.lang, to))
}

// endOf finds where a day ends in the ledger by halving: times rise along it
// but for the moments of one command, which the caller's own test covers.
func (r *request) endOf(day domain.Day) (domain.Position, error) {
	low, high := domain.Position(0), r.p.Ledger.Size()
	for low < high {
		mid := low + (high-low)/2
		e, err := r.p.Ledger.At(r.ctx, mid)
		if err != nil {
			return 0, err
		}
		if e.Time.Day() > day {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return min(low+512, r.p.Ledger.Size()), nil
}

// says tells whether an event's words contain a text.
func says(e eventView, query string) bool {
	query = strings.ToLower(query)
	var b strings.Builder
	for _, run := range e.Runs {
		b.WriteString(run.Text)
	}
	for _, d := range e.Details {
		b.WriteString("\n")
		for _, run := range d.Runs {
			b.WriteString(run.Text)
		}
	}
	for _, d := range e.Diffs {
		b.WriteString("\n" + d.Before + "\n" + d.After + "\n" + d.Note)
	}
	return strings.Contains(strings.ToLower(b.String()), query)
}

// traceAddress is this trace's address with one part changed; "" drops it.
func (r *request) traceAddress(change ...string) string {
	q := url.Values{}
	for _, name := range []string{"unit", "person", "change", "approval", "document", "actor", "q", "step", "from", "to", "before"} {
		if v := r.query(name); v != "" {
			q.Set(name, v)
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		q.Del(change[i])
		if change[i+1] != "" {
			q.Set(change[i], change[i+1])
		}
	}
	if len(q) == 0 {
		return "/trace"
	}
	return "/trace?" + q.Encode()
}

func (r *request) traceChips(v *traceView) {
	add := func(name, words string) {
		v.Chips = append(v.Chips, chip{Text: words, Close: r.traceAddress(name, "", "before", "")})
	}
	if v.Query != "" {
		add("q", r.t("trace.chip.text", v.Query))
	}
	if v.Step != "" {
		add("step", text.Label(r.lang, "step", v.Step))
	}
	if v.From != "" {
		add("from", r.t("trace.chip.from", v.From))
	}
	if v.To != "" {
		add("to", r.t("trace.chip.to", v.To))
	}
	for _, s := range v.Subject {
		if len(v.Subject) > 1 {
			add(s.Label, text.Field(r.lang, s.Label))
		}
	}
	today := r.today().String()
	v.Presets = []chip{
		{Text: r.t("trace.today"), Href: r.traceAddress("from", today, "to", "", "before", "")},
		{Text: r.t("trace.month"), Href: r.traceAddress("from", (r.today() - 29).String(), "to", "", "before", "")},
		{Text: r.t("trace.returned"), Href: r.traceAddress("step", "returned", "before", "")},
		{Text: r.t("trace.refused"), Href: r.traceAddress("step", "refused", "before", "")},
	}
	v.Clear = r.traceAddress("q", "", "step", "", "from", "", "to", "", "before", "")
}

func (r *request) eventPage() error {
	e, err := r.eventOf(r.c.Param("event"))
	if err != nil {
		return err
	}
	o, err := r.open(e)
	if err != nil {
		return err
	}
	if err := r.mayReadEvent(o); err != nil {
		return err
	}
	v := eventPage{Event: r.event(o, ""), JSON: string(e.Bytes)}
	var said strings.Builder
	for _, run := range v.Event.Runs {
		said.WriteString(run.Text)
	}
	v.Sentence, v.Diffs = said.String(), v.Event.Diffs
	v.Head = r.headFacts(o)
	if v.Proof, err = r.proof(e); err != nil {
		return err
	}
	if e.Position > 0 {
		v.Prev = "/events/" + strconv.FormatUint(uint64(e.Position)-1, 10)
	}
	if e.Position+1 < r.p.Ledger.Size() {
		v.Next = "/events/" + strconv.FormatUint(uint64(e.Position)+1, 10)
	}
	f := r.page(v.Sentence, "trace", crumb{r.t("nav.trace"), "/trace"}, crumb{Text: text.Nth(r.lang, e.Position)})
	return r.render("eventpage", f, v)
}
