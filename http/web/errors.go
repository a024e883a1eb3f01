package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

// errorView is an error page: what happened, what was not written, what to do.
type errorView struct {
	Status  int
	What    []string
	Written string
	Todo    string
	ID      string
	Since   []eventView
	Seen    domain.Revision
	Current domain.Revision
	Input   []inputRow // of a form whose thing has moved on
	Again   string     // where to act on it as it is now
	SignIn  bool
}

type inputRow struct{ Label, Value string }

// redirect leads to the one address of a thing.
type redirect string

func (to redirect) Error() string { return "see " + string(to) }

// fail answers with the page of an error; who is not signed in is sent there
// first.
func (r *request) fail(err error) error {
	if r.c.Response().Committed {
		r.p.Logger.Error("page not finished", "route", r.route.path, "error", err)
		return nil
	}
	switch {
	case errors.Is(err, errSignInFirst):
		to := "/signin"
		if r.route.method == http.MethodGet {
			if back := r.c.Request().URL.RequestURI(); back != "/" {
				to += "?to=" + url.QueryEscape(back)
			}
		}
		return r.see(to)
	case errors.Is(err, errChangeFirst):
		return r.see("/password")
	}
	var elsewhere redirect
	if errors.As(err, &elsewhere) {
		return r.see(string(elsewhere))
	}
	if r.behind && errors.Is(err, views.ErrNotFound) {
		err = views.ErrBehind // it is written, and will be found
	}
	v := r.explain(err)
	v.ID = r.c.Response().Header().Get(echo.HeaderXRequestID)
	r.status = v.Status
	f := r.page(r.t("err.title."+strconv.Itoa(v.Status)), "")
	f.Notes = nil
	if err := r.render("error", f, v); err != nil {
		r.p.Logger.Error("error page", "error", err)
		return r.c.String(http.StatusInternalServerError, r.t("err.title.500")+"\n"+r.t("err.500.todo")+"\n"+v.ID+"\n")
	}
	return nil
}

// explain is the one table from errors to pages.
func (r *request) explain(err error) errorView {
	var (
		refusal  *domain.Refusal
		failed   *usecase.PreconditionFailed
		required usecase.PreconditionRequired
		reused   *usecase.KeyReused
		aside    *usecase.AllSetAside
		corrupt  *domain.Corrupt
		waits    *ports.Throttled
	)
	v := errorView{Written: r.t("err.read")}
	posted := r.c.Request().Method == http.MethodPost
	if posted {
		v.Written = r.t("err.nothing")
	}
	set := func(status int, todo string, what ...string) {
		v.Status, v.Todo, v.What = status, r.t(todo), what
	}
	switch {
	case errors.As(err, &refusal):
		said := text.Refusals(r.lang, refusal, r.names)
		v.Status = ports.RefusalStatus[refusal.Name]
		for _, s := range said {
			v.What = append(v.What, labelled(r.lang, s))
		}
		v.Todo = said[0].WayOut
		if v.Status == http.StatusForbidden && domain.ClassOf(refusal.Name) == domain.ClassWho {
			v.Todo = strings.TrimSpace(v.Todo + r.gap() + r.t("err.403.who"))
		}
	case errors.As(err, &failed):
		set(http.StatusPreconditionFailed, "err.412.again", r.t("err.412.what"))
		v.Seen, v.Current = failed.Seen, failed.Current
		for _, e := range failed.Since {
			if o, err := r.open(e); err == nil {
				row := r.event(o, "")
				row.At = r.dayOrTime(e.Time)
				v.Since = append(v.Since, row)
			}
		}
		v.Input = r.typed()
		v.Again = strings.TrimSuffix(r.c.Request().URL.Path, "/"+lastSegment(r.c.Request().URL.Path))
	case errors.As(err, &required):
		set(http.StatusUnprocessableEntity, "err.422.todo", r.t("err.428.what"))
	case errors.As(err, &reused):
		set(http.StatusUnprocessableEntity, "err.422.keytodo", r.t("err.422.key"))
	case errors.As(err, &aside):
		v.Status = http.StatusUnprocessableEntity
		for _, row := range aside.Rows {
			said := text.Refusal(r.lang, row.Refusal, r.names)
			v.What = append(v.What, labelled(r.lang, said))
			v.Todo = said.WayOut
		}
	case errors.As(err, &corrupt):
		set(http.StatusServiceUnavailable, "err.503.dtodo", r.t("err.503.damaged", text.Number(corrupt.Position)))
		r.log(err)
	case errors.As(err, &waits):
		set(http.StatusTooManyRequests, "", r.t("err.429.what"))
		v.Todo = r.t("err.429.todo", r.duration(waits.Wait))
	case errors.Is(err, errForged):
		set(http.StatusForbidden, "err.403.csrftodo", r.t("err.403.csrf"))
	case errors.Is(err, errBodyTooLarge):
		set(http.StatusRequestEntityTooLarge, "err.413.todo", r.t("err.413.what"))
	case errors.Is(err, errBodyBroken):
		set(http.StatusUnprocessableEntity, "err.422.todo", r.t("err.422.what"))
	case errors.Is(err, views.ErrCursor), errors.Is(err, views.ErrQuery):
		set(http.StatusNotFound, "err.cursortodo", r.t("err.cursor"))
	case errors.Is(err, errNotFound), errors.Is(err, views.ErrNotFound), errors.Is(err, domain.ErrNoEvent):
		set(http.StatusNotFound, "err.404.todo", r.t("err.404.what"))
	case errors.Is(err, ports.ErrCheckBusy):
		set(http.StatusConflict, "err.409.chktodo", r.t("err.409.check"))
	case errors.Is(err, views.ErrBehind):
		set(http.StatusServiceUnavailable, "err.503.todo", r.t("err.503.behind"))
	case errors.Is(err, domain.ErrNoSpace):
		set(http.StatusInsufficientStorage, "err.507.todo", r.t("err.507.what"))
		r.log(err)
	case errors.Is(err, domain.ErrReadOnly):
		set(http.StatusServiceUnavailable, "err.503.rotodo", r.t("err.503.readonly"))
		if posted {
			v.Written = r.t("err.maybe")
		}
		r.log(err)
	case errors.Is(err, views.ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		set(http.StatusServiceUnavailable, "err.503.todo", r.t("err.503.closing"))
		if posted {
			v.Written = r.t("err.maybe")
		}
	default:
		set(http.StatusInternalServerError, "err.500.todo", r.t("err.500.what"))
		if posted {
			v.Written = r.t("err.maybe")
		}
		r.log(err)
	}
	v.SignIn = !r.in
	return v
}

func (r *request) log(err error) {
	r.p.Logger.Error("page failed", "request", r.c.Response().Header().Get(echo.HeaderXRequestID), "route", r.route.path, "error", err)
}

// labelled is a refusal with its field in front, without the way out.
func labelled(lang text.Lang, s text.Refused) string {
	switch {
	case s.Label == "":
		return s.Rule
	case lang == text.EN:
		return s.Label + ": " + s.Rule
	}
	return s.Label + "：" + s.Rule
}

// gap parts two sentences: Chinese needs none.
func (r *request) gap() string {
	if r.lang == text.EN {
		return " "
	}
	return ""
}

func (r *request) duration(d time.Duration) string {
	if d > 2*time.Minute {
		return r.t("duration.minutes", int((d+time.Minute-1)/time.Minute))
	}
	return r.t("duration.seconds", max(int((d+time.Second-1)/time.Second), 1))
}

func lastSegment(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// typed is what a form held, for comparison.
func (r *request) typed() []inputRow {
	var rows []inputRow
	for _, name := range append([]string{"opinion", "reason"}, formFieldNames...) {
		if v := r.field(name); v != "" {
			if name == "idnumber" {
				continue // never shown outside its own field
			}
			rows = append(rows, inputRow{text.Field(r.lang, name), r.spell(name, v)})
		}
	}
	for name := range r.form {
		if f, ok := strings.CutPrefix(name, "fix."); ok && r.field(name) != "" {
			rows = append(rows, inputRow{text.Field(r.lang, f), r.field(name)})
		}
	}
	return rows
}

// unknown answers addresses that nobody serves: a page for browsers, the
// server's own answer for everybody else.
func (p *Pages) unknown(c echo.Context) error {
	if strings.HasPrefix(c.Request().URL.Path, "/v1/") || !strings.Contains(c.Request().Header.Get("Accept"), "text/html") {
		return echo.ErrNotFound
	}
	return p.serve(route{method: c.Request().Method, path: "none", access: nobodyYet, handle: func(r *request) error {
		return errNotFound
	}})(c)
}
