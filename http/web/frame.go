package web

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// frame is what stands around every page.
type frame struct {
	Title    string
	Lang     text.Lang
	Other    string // address of this page in the other language
	Address  string // of this page, for print
	Session  viewSession
	Nav      []navItem
	Demo     bool
	Clock    domain.Instant // the demo clock, where one is set; 0: none
	Trust    trust
	Notes    []note
	Crumbs   []crumb
	Facts    []fact
	Refresh  int // seconds after which the page asks again; 0: not
	Now      domain.Instant
	Printed  string
	Template string
	Query    string // what was searched
}

type viewSession struct {
	In    bool
	Name  string
	Role  domain.Role
	Roles []domain.Role
	Scope string
	CSRF  string
	One   bool
}

type navItem struct {
	Key, Href string
	Count     int
	Here      bool
}

type crumb struct{ Text, Href string }

// fact is one piece of the line under a heading.
type fact struct {
	Label, Text, Href string
	Mono              bool
}

// note is a message above the page: done, warn, error, info.
type note struct {
	Tone string
	Text string
	Href string
	Link string
}

// trust is the bar at the foot of each page.
type trust struct {
	Broken    bool
	Position  domain.Position // first bad position, unless File is set
	File      string          // damage stands beside the ledger, in this file
	Reason    string
	Size      domain.Position
	Root      string // base64, whole
	RootShort string
	Checked   domain.Instant // last full check; 0: none since the start
	By        string
	Running   bool
	View      domain.Position
	Lag       int // seconds
}

// page begins a frame: title, where in the navigation, and the crumbs above.
func (r *request) page(title, nav string, crumbs ...crumb) frame {
	u := r.c.Request().URL
	f := frame{Title: title, Lang: r.lang, Address: u.RequestURI(), Crumbs: crumbs, Now: r.now(), Demo: r.p.Commands.Demo()}
	other := text.EN
	if r.lang == text.EN {
		other = text.ZH
	}
	q := u.Query()
	if r.c.Request().Method != http.MethodGet {
		q = url.Values{}
	}
	q.Set("lang", string(other))
	f.Other = u.Path + "?" + q.Encode()
	if r.p.Clock != nil {
		f.Clock = r.p.Clock.Now()
	}
	f.Trust = r.trust()
	if r.in {
		s := r.session
		f.Session = viewSession{In: true, Name: s.Name, Role: s.Role, Roles: s.Roles, CSRF: s.CSRF, One: s.OneTime, Scope: r.scopeName()}
		if !s.OneTime {
			f.Nav = r.nav(nav)
		}
		f.Notes = r.written
	}
	return f
}

// nav lists what the roles allow; what is not built is absent.
func (r *request) nav(here string) []navItem {
	_, reads := r.scopes()
	all := []struct {
		key, href string
		may       bool
	}{
		{"home", "/", true},
		{"queue", "/queue", r.worksQueue()},
		{"units", "/units", reads},
		{"people", "/people", reads},
		{"changes", "/changes", reads},
		{"approvals", "/approvals", reads},
		{"documents", "/documents", reads},
		{"trace", "/trace", reads || r.session.Has(domain.Admin)},
		{"verify", "/verify", true},
		{"admin", "/admin/users", r.session.Has(domain.Admin)},
		{"ops", "/ops", r.session.Has(domain.Admin, domain.Auditor, domain.Leader)},
	}
	var items []navItem
	for _, n := range all {
		if !n.may {
			continue
		}
		item := navItem{Key: n.key, Href: n.href, Here: n.key == here}
		if n.key == "queue" {
			item.Count = r.waiting()
		}
		items = append(items, item)
	}
	return items
}

// scopeName says where the present role holds: 市本级, or a unit.
func (r *request) scopeName() string {
	scopes, ok := r.scopesOf(r.session.Role)
	switch {
	case !ok:
		return ""
	case scopes == nil:
		return r.t("scope.city")
	}
	var said []string
	for _, s := range scopes {
		if s.Unit != "" {
			said = append(said, r.names.Unit(s.Unit))
		} else {
			said = append(said, text.LevelName(r.lang, s.Level, r.today()))
		}
	}
	return strings.Join(said, r.t("list.comma"))
}

// trust reads the state of the ledger for the bar.
func (r *request) trust() trust {
	var t trust
	t.View, _ = r.p.Views.Position()
	size, root, err := r.p.Ledger.Root()
	if err != nil {
		t.Broken, t.Reason = true, r.t("trust.unreadable")
		return t
	}
	t.Size = domain.Position(size)
	t.Root = base64.StdEncoding.EncodeToString(root[:])
	t.RootShort = t.Root[:6] + "…" + t.Root[len(t.Root)-7:]
	if size > 0 && uint64(t.View) < size-1 {
		if next, err := r.p.Ledger.At(r.ctx, t.View+1); err == nil {
			t.Lag = int(max(0, r.now()-next.Time) / 1000)
		}
	}
	last, known := r.p.Checks.Last("verify")
	switch {
	case !known:
	case last.Running:
		t.Running = true
	default:
		t.Checked, t.By = last.Ended, r.userName(last.By)
		if !last.Good && last.Reason != "" {
			t.Broken, t.Position, t.File, t.Reason = true, last.Position, last.File, last.Reason
		}
	}
	return t
}

// userName names who started a check; "" is the program itself.
func (r *request) userName(id domain.UserID) string {
	if id == "" {
		return r.t("trust.system")
	}
	if name := r.names.User(id); name != "" {
		return name
	}
	return r.t("trust.somebody")
}

// doneNotes say what the reader's own act has written. The address is checked
// against the ledger, so that a copied link does not claim what somebody else
// did.
func (r *request) doneNotes() []note {
	first, ok := r.position("done")
	if !ok || first >= r.p.Ledger.Size() {
		return r.pendingNotes()
	}
	e, err := r.p.Ledger.At(r.ctx, first)
	if err != nil || e.AuthID != string(r.session.User) {
		return nil
	}
	n := note{Tone: "done", Text: r.t("done.one", text.Nth(r.lang, first)), Href: "/events/" + strconv.FormatUint(uint64(first), 10), Link: r.t("done.open")}
	if last, many := r.position("to"); many && last > first {
		n.Text = r.t("done.many", text.Nth(r.lang, first), text.Nth(r.lang, last))
	}
	at, given := r.position("at")
	if !given || at >= r.p.Ledger.Size() {
		at = first
	}
	if err := r.p.Views.AtLeast(r.ctx, at); err != nil {
		r.behind = true
		n.Tone, n.Text = "warn", r.t("done.behind", text.Nth(r.lang, first))
	}
	return append([]note{n}, r.pendingNotes()...)
}

// pendingNotes say that a process still runs.
func (r *request) pendingNotes() []note {
	p := r.query("pending")
	if p == "" {
		return nil
	}
	for e, err := range r.p.Ledger.Tagged(r.ctx, r.p.Ledger.Size(), string(domain.TagOf(domain.TagProcess, p))) {
		if err != nil || e.AuthID != string(r.session.User) {
			break
		}
		return []note{{Tone: "warn", Text: r.t("done.pending")}}
	}
	return nil
}

func (r *request) position(name string) (domain.Position, bool) {
	n, err := strconv.ParseUint(r.query(name), 10, 63)
	return domain.Position(n), err == nil
}

// worksQueue tells whether one of the roles has a queue of changes.
func (r *request) worksQueue() bool {
	return r.session.Has(domain.Collector, domain.Supervisor, domain.UnitHead, domain.GateOrganization, domain.GateHR, domain.GateOffice, domain.Recorder)
}

// waiting counts what waits for the reader, for the navigation.
func (r *request) waiting() int {
	n := 0
	for _, tab := range r.queueTabs() {
		if tab.Key == "done" {
			continue
		}
		for _, q := range tab.queries {
			q.Limit = 1
			page, err := r.p.Views.Changes(r.ctx, q)
			if err != nil {
				return n
			}
			n += page.Total
		}
	}
	return n
}

// queueTab is one list of the queue: the union of its queries.
type queueTab struct {
	Key     string
	queries []views.ChangeQuery
}

// gateOf is the gate at which a role sits.
var gateOf = map[domain.Role]string{domain.UnitHead: "unit-head", domain.Supervisor: "supervisor", domain.GateOrganization: "organization",
	domain.GateHR: "hr", domain.GateOffice: "office"}

// queueTabs are the lists that the roles of the reader have.
func (r *request) queueTabs() []queueTab {
	var tabs []queueTab
	review := queueTab{Key: "review"}
	for _, role := range domain.Roles {
		gate, sits := gateOf[role]
		scopes, holds := r.scopesOf(role)
		if sits && holds {
			review.queries = append(review.queries, views.ChangeQuery{Scopes: scopes, Gate: gateNamed(gate), NotHuman: r.human, ByDue: true})
		}
	}
	if len(review.queries) > 0 {
		tabs = append(tabs, review)
	}
	if scopes, holds := r.scopesOf(domain.Recorder); holds {
		tabs = append(tabs, queueTab{"record", []views.ChangeQuery{{Scopes: scopes, States: []views.ChangeState{views.ToRecord}, NotHuman: r.human, ByDue: true}}})
	}
	if scopes, holds := r.scopesOf(usecase.RightsOf(usecase.Resubmit{})...); holds {
		tabs = append(tabs, queueTab{"returned", []views.ChangeQuery{{Scopes: scopes, States: []views.ChangeState{views.Returned}, ByDue: true}}})
	}
	if len(tabs) > 0 {
		tabs = append(tabs, queueTab{"done", []views.ChangeQuery{{Done: r.session.User}}})
	}
	return slices.Clip(tabs)
}
