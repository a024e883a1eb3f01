package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/ports"
)

// access says who may open a page: deny by default, a route without is not
// served. Commands are judged by the use case; this is what may be seen.
type access int

const (
	nobodyYet  access = iota + 1 // also without a session
	oneTime                      // signed in, also by a one-time password
	signedIn                     // signed in, the one-time password changed
	reader                       // a role that reads, within its scopes
	eventsOnly                   // a reader, or an administrator: the trace of what each may see
	checker                      // may start a verification
	adminOnly                    // administrators
	operators                    // administrators, auditors, leaders: processes under way
	ownersOnly                   // whoever may begin the commands of the page (route.rights)
)

// route is one address of the pages.
type route struct {
	method, path string
	access       access
	rights       []domain.Role // with ownersOnly
	bytesMax     int64         // of a body; 0: formBytesMax
	handle       func(*request) error
}

const (
	formBytesMax  = 256 << 10
	batchBytesMax = 2 << 20
	fileBytesMax  = usecase.DocumentBytesMax + 64<<10
)

// request is one request under way, in one language, for one reader.
type request struct {
	p       *Pages
	c       echo.Context
	ctx     context.Context
	route   route
	lang    text.Lang
	session ports.Session
	in      bool // signed in
	human   domain.HumanID
	grants  []usecase.Grant
	form    url.Values // of a POST
	file    upload
	names   *names
	status  int    // of the answer; 0: 200
	written []note // what the reader's own act has written
	behind  bool   // the lists do not show it yet
}

// serve wraps a route's handler: language, session, rights, body, and errors as
// pages.
func (p *Pages) serve(at route) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := &request{p: p, c: c, ctx: c.Request().Context(), route: at, lang: language(c)}
		r.names = &names{r: r, known: map[string]string{}}
		defer r.caught()
		h := c.Response().Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set(echo.HeaderCacheControl, "private, no-store")
		// A browser that must not say where a form comes from says "null", which
		// could not be told from another site.
		h.Set("Referrer-Policy", "same-origin")
		if to := c.QueryParam("lang"); to != "" && at.method == http.MethodGet {
			return r.switchLanguage(to)
		}
		if err := r.admit(); err != nil {
			return r.fail(err)
		}
		if r.in && at.method != http.MethodPost {
			r.written = r.doneNotes() // waits until the lists show what was written
		}
		if err := at.handle(r); err != nil {
			return r.fail(err)
		}
		return nil
	}
}

const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// caught turns a broken handler into a page; the server's own guard logs what
// was begun already.
func (r *request) caught() {
	if v := recover(); v != nil {
		aborted, _ := v.(error)
		if errors.Is(aborted, http.ErrAbortHandler) || r.c.Response().Committed {
			panic(v)
		}
		r.p.Logger.Error("page broke off", "route", r.route.path, "panic", v)
		_ = r.fail(errBrokeOff)
	}
}

var errBrokeOff = errors.New("the page broke off")

const langCookie = "staffledger-lang"

// language is Chinese unless the reader has switched.
func language(c echo.Context) text.Lang {
	if k, err := c.Cookie(langCookie); err == nil && k.Value == string(text.EN) {
		return text.EN
	}
	return text.ZH
}

// switchLanguage keeps the choice and goes back to the same address without it.
func (r *request) switchLanguage(to string) error {
	if to != string(text.EN) {
		to = string(text.ZH)
	}
	r.c.SetCookie(&http.Cookie{Name: langCookie, Value: to, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	u := *r.c.Request().URL
	q := u.Query()
	q.Del("lang")
	u.RawQuery = q.Encode()
	return r.c.Redirect(http.StatusSeeOther, u.RequestURI())
}

var (
	errSignInFirst  = errors.New("sign in first")
	errChangeFirst  = errors.New("change the one-time password first")
	errForged       = errors.New("the form is not of this session")
	errBodyTooLarge = errors.New("the body is too large")
	errBodyBroken   = errors.New("the body cannot be read")
	errNotFound     = errors.New("no such page")
)

// admit finds the session, judges the rights of the route and reads the body.
func (r *request) admit() error {
	r.session, r.in = r.p.sessions.Current(r.c.Request())
	if r.in {
		var ok bool
		var err error
		if r.grants, r.human, ok, err = r.p.Commands.Grants(r.ctx, r.session.User); err != nil {
			return err
		}
		r.in = ok
	}
	if r.route.access != nobodyYet {
		if !r.in {
			return errSignInFirst
		}
		if r.session.OneTime && r.route.access != oneTime {
			return errChangeFirst
		}
		if refusal := r.may(); refusal != nil {
			return refusal
		}
	}
	if r.route.method != http.MethodPost {
		return nil
	}
	if err := r.readForm(); err != nil {
		return err
	}
	if err := r.p.origin.Check(r.c.Request()); err != nil {
		return errForged
	}
	if r.in && r.form.Get("csrf") != r.session.CSRF {
		return errForged
	}
	return nil
}

// may judges the route's access by the roles as they stand.
func (r *request) may() *domain.Refusal {
	var roles []domain.Role
	switch r.route.access {
	case nobodyYet, oneTime, signedIn:
		return nil
	case reader:
		roles = readingRoles
	case eventsOnly:
		roles = append(slices.Clone(readingRoles), domain.Admin)
	case checker, operators:
		roles = []domain.Role{domain.Auditor, domain.Admin, domain.Leader}
	case adminOnly:
		roles = []domain.Role{domain.Admin}
	case ownersOnly:
		roles = r.route.rights
	}
	if r.session.Has(roles...) {
		return nil
	}
	return domain.Refuse(domain.NotAuthorised, "actor", "roles", roles)
}

// has tells whether the reader may begin one of the commands.
func (r *request) has(commands ...usecase.Command) bool {
	for _, c := range commands {
		if r.session.Has(usecase.RightsOf(c)...) {
			return true
		}
	}
	return false
}

// readForm reads a POST's fields within the bound of the route.
func (r *request) readForm() error {
	most := r.route.bytesMax
	if most == 0 {
		most = formBytesMax
	}
	req := r.c.Request()
	if req.ContentLength > most {
		return errBodyTooLarge
	}
	req.Body = http.MaxBytesReader(r.c.Response(), req.Body, most)
	if strings.HasPrefix(req.Header.Get(echo.HeaderContentType), "multipart/") {
		return r.readMultipart()
	}
	if err := req.ParseForm(); err != nil {
		return bodyFault(err)
	}
	r.form = req.PostForm
	return nil
}

func bodyFault(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errBodyTooLarge
	}
	return errBodyBroken
}

func (r *request) query(name string) string { return strings.TrimSpace(r.c.QueryParam(name)) }

// field is a form's field as it was typed, without outer blanks.
func (r *request) field(name string) string { return strings.TrimSpace(r.form.Get(name)) }

func (r *request) now() domain.Instant { return r.p.Commands.Now() }

func (r *request) today() domain.Day { return r.now().Day() }

// see redirects to a page of ours.
func (r *request) see(to string) error { return r.c.Redirect(http.StatusSeeOther, to) }

// call is the frame of a command from a form.
func (r *request) call(dryRun bool) usecase.Call {
	call := usecase.Call{User: r.session.User, Key: r.form.Get("key"), IfMatch: domain.NoStream, DryRun: dryRun,
		Trace: r.c.Request().Header.Get("traceparent")}
	body := url.Values{}
	for name, values := range r.form {
		if name != "csrf" && name != "key" && name != "act" {
			body[name] = values
		}
	}
	if r.file.digest != "" {
		body.Set("file", r.file.digest)
	}
	call.Digest = r.p.Commands.Digest("page "+r.route.path, r.c.Request().URL.Path, []byte(body.Encode()))
	if n, err := strconv.ParseInt(r.form.Get("etag"), 10, 64); err == nil && n >= 0 {
		call.IfMatch = domain.Revision(n)
	}
	return call
}

// do carries out a command of a form. The answer waits for nothing: the page
// that shows it does.
func (r *request) do(what usecase.Command, dryRun bool) (usecase.Result, error) {
	return r.p.Commands.Do(r.ctx, r.call(dryRun), what)
}

// judge asks what would become of a command, without key and revision.
func (r *request) judge(what usecase.Command) (usecase.Result, error) {
	return r.p.Commands.Do(r.ctx, usecase.Call{User: r.session.User, IfMatch: domain.NoStream, DryRun: true}, what)
}

// written is the address to which an act goes back, with the entry it wrote.
func written(to string, result usecase.Result) string {
	q := url.Values{}
	if n := len(result.Events); n > 0 {
		q.Set("done", strconv.FormatUint(uint64(result.Events[0].Position), 10))
		if n > 1 {
			q.Set("to", strconv.FormatUint(uint64(result.Events[n-1].Position), 10))
		}
	}
	if result.Pending != "" {
		q.Set("pending", string(result.Pending))
	}
	if result.Position > 0 {
		q.Set("at", strconv.FormatUint(uint64(result.Position), 10))
	}
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	if len(q) == 0 {
		return to
	}
	return to + sep + q.Encode()
}

// refusalOf is the refusal in an error.
func refusalOf(err error) (*domain.Refusal, bool) {
	var r *domain.Refusal
	ok := errors.As(err, &r)
	return r, ok
}
