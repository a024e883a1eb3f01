package http

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/http/ports"
)

// asked is what is known of a request; handlers find it by its key.
type asked struct {
	id   string
	op   *operation
	who  *principal
	body []byte
	name *names
}

const askedKey = "asked"

func askedOf(c echo.Context) *asked {
	a, _ := c.Get(askedKey).(*asked)
	if a == nil {
		a = &asked{}
		c.Set(askedKey, a)
	}
	return a
}

func requestID(c echo.Context) string { return askedOf(c).id }

// frame is around every request, pages included: request id, security headers,
// log and metrics. It never logs what may be personal: no query, no body, no
// token, and the route's template in place of its path.
func (s *Server) frame(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		started := time.Now()
		a := askedOf(c)
		a.id = s.secret(8)
		h := c.Response().Header()
		h.Set(echo.HeaderXRequestID, a.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		if s.o.TLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler {
					panic(v)
				}
				s.log.LogAttrs(c.Request().Context(), slog.LevelError, "panic", slog.String("request", a.id), slog.String("route", c.Path()), slog.Any("panic", v))
				s.fail(errPanic, c)
				err = nil
			}
			s.seen(c, a, time.Since(started))
		}()
		if len(c.Request().RequestURI) > urlBytesMax {
			err = refuse(ParameterMalformed, "url", "max", urlBytesMax)
		} else {
			err = next(c)
		}
		if err != nil {
			s.fail(err, c)
			err = nil
		}
		return err
	}
}

var errPanic = errors.New("the handler broke off")

func (s *Server) seen(c echo.Context, a *asked, took time.Duration) {
	route := c.Path()
	if route == "" {
		route = "none"
	}
	status := c.Response().Status
	s.metrics.observe(route, c.Request().Method, status, took)
	if !s.log.Enabled(c.Request().Context(), slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{slog.String("request", a.id), slog.String("method", clip(c.Request().Method)), slog.String("route", route), slog.Int("status", status),
		slog.Int64("bytes", c.Response().Size), slog.Duration("took", took)}
	if a.who != nil {
		attrs = append(attrs, slog.String("user", string(a.who.user)))
	}
	s.log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request", attrs...)
}

// routes registers what oapi-codegen lists, each behind its guard.
type routes struct{ s *Server }

func (r routes) add(method, path string, h echo.HandlerFunc) *echo.Route {
	for _, o := range r.s.contract.Operations {
		if o.Method == method && o.echoPath() == path {
			if method == http.MethodGet {
				r.s.echo.Add(http.MethodHead, path, h, r.s.guard(o))
			}
			return r.s.echo.Add(method, path, h, r.s.guard(o))
		}
	}
	panic("http: no operation for " + method + " " + path)
}

func (r routes) CONNECT(string, echo.HandlerFunc, ...echo.MiddlewareFunc) *echo.Route {
	panic("http: CONNECT")
}
func (r routes) TRACE(string, echo.HandlerFunc, ...echo.MiddlewareFunc) *echo.Route {
	panic("http: TRACE")
}
func (r routes) DELETE(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodDelete, p, h)
}
func (r routes) GET(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodGet, p, h)
}
func (r routes) HEAD(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodHead, p, h)
}
func (r routes) OPTIONS(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodOptions, p, h)
}
func (r routes) PATCH(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPatch, p, h)
}
func (r routes) POST(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPost, p, h)
}
func (r routes) PUT(p string, h echo.HandlerFunc, _ ...echo.MiddlewareFunc) *echo.Route {
	return r.add(http.MethodPut, p, h)
}

// guard lets a request through to an operation: who asks, may he, is it as the
// contract says.
func (s *Server) guard(o *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			a := askedOf(c)
			a.op = o
			if o.Access != public {
				who, err := s.authenticate(c.Request(), o)
				if err != nil {
					return err
				}
				a.who = who
				if who.oneTime && o.Access != oneTime {
					return refuse(PasswordChangeNeeded, "")
				}
			}
			if err := s.checkParameters(c, o); err != nil {
				return err
			}
			if a.who != nil {
				if r := a.who.may(o.Access); r != nil {
					return r
				}
			}
			if err := s.readBody(c, o); err != nil {
				return err
			}
			if o.AtLast {
				if err := s.atLeast(c); err != nil {
					return err
				}
			}
			return next(c)
		}
	}
}

// authenticate finds the user behind a token or a session, with the roles of
// this moment. A name and password serve only where a password is changed or a
// token made.
func (s *Server) authenticate(r *http.Request, o *operation) (*principal, error) {
	who, refusal := operator(r, o)
	if refusal != nil {
		return nil, refusal
	}
	if who != nil {
		return who, nil
	}
	who = &principal{}
	ctx := r.Context()
	headers := r.Header.Values(echo.HeaderAuthorization)
	if len(headers) > 1 {
		return nil, refuse(NotSignedIn, "authorization")
	}
	name, password, basic := r.BasicAuth()
	switch {
	case basic && (o.Access == byPassword || o.Access == oneTime):
		if len(name) > 64 || len(password) > 512 {
			return nil, ports.ErrSignIn
		}
		in, err := s.o.Secrets.CheckPassword(ctx, name, password, remote(r))
		if err != nil {
			return nil, signInFault(err)
		}
		who.user, who.oneTime = in.User, in.OneTime
	case o.Access == byPassword:
		return nil, refuse(NotSignedIn, "authorization")
	case len(headers) == 1:
		secret, ok := strings.CutPrefix(headers[0], "Bearer ")
		if !ok {
			return nil, refuse(NotSignedIn, "authorization")
		}
		user, err := s.o.Secrets.CheckToken(ctx, secret)
		if errors.Is(err, ports.ErrSecret) {
			return nil, refuse(NotSignedIn, "authorization")
		}
		if err != nil {
			return nil, err
		}
		who.user = user
	default:
		sign, err := s.sessions.of(r)
		if errors.Is(err, ports.ErrSecret) {
			return nil, refuse(NotSignedIn, "authorization")
		}
		if err != nil {
			return nil, err
		}
		if err := s.origin.Check(r); err != nil {
			return nil, refuse(CrossOrigin, "origin")
		}
		who.user, who.oneTime = sign.User, sign.OneTime
	}
	grants, human, ok, err := s.o.Commands.Grants(ctx, who.user)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, refuse(NotSignedIn, "authorization")
	}
	who.grants, who.human = grants, human
	return who, nil
}

// checkParameters holds path, query and headers against the contract.
func (s *Server) checkParameters(c echo.Context, o *operation) error {
	for _, p := range o.PathParams {
		if rule, _ := p.fault(c.Param(p.Name)); rule != "" {
			return refuse(NotFound, p.Name)
		}
	}
	if c.Request().URL.RawQuery != "" {
		if strings.Contains(c.Request().URL.RawQuery, ";") {
			return refuse(ParameterMalformed, "query")
		}
		for name, values := range c.QueryParams() {
			p := o.Query[name]
			if p == nil {
				return refuse(ParameterUnknown, clip(printable(name)))
			}
			if len(values) > 1 {
				return refuse(ParameterMalformed, name, "rule", ruleTwice)
			}
			if rule, facts := p.fault(values[0]); rule != "" {
				return refuse(ParameterMalformed, name, append([]any{"rule", rule}, facts...)...)
			}
		}
	}
	for _, p := range o.Query {
		if p.Required && !c.QueryParams().Has(p.Name) {
			return refuse(ParameterMalformed, p.Name, "rule", ruleMissing)
		}
	}
	for _, p := range o.Headers {
		values := c.Request().Header.Values(p.Name)
		if len(values) == 0 {
			continue
		}
		if rule, facts := p.fault(values[0]); rule != "" || len(values) > 1 {
			return refuse(HeaderMalformed, strings.ToLower(p.Name), append([]any{"rule", rule}, facts...)...)
		}
	}
	return nil
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '?'
		}
		return r
	}, s)
}

// readBody reads a body whole and holds it against the contract. Uploads are
// read by their handler.
func (s *Server) readBody(c echo.Context, o *operation) error {
	r := c.Request()
	if o.Body == nil && !o.Binary {
		if r.ContentLength > 0 || len(r.TransferEncoding) > 0 {
			return refuse(BodyTooLarge, "", "max", 0)
		}
		return nil
	}
	if r.ContentLength > o.BodyMax {
		return refuse(BodyTooLarge, "", "max", o.BodyMax)
	}
	want := "application/json"
	if o.Binary {
		want = echo.MIMEOctetStream
	}
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	charset, stated := params["charset"]
	if err != nil || media != want || stated && !strings.EqualFold(charset, "utf-8") || r.Header.Get(echo.HeaderContentEncoding) != "" {
		return refuse(MediaTypeUnsupported, "content-type", "want", want)
	}
	s.bodyDeadline(c, o.BodyMax)
	r.Body = http.MaxBytesReader(c.Response(), r.Body, o.BodyMax)
	if o.Binary {
		return nil
	}
	body, err := readAll(r.Body, r.ContentLength)
	s.bodyCame(c)
	if err != nil {
		return bodyFault(err, o.BodyMax)
	}
	found, err := checkJSON(body, o.Body)
	if err != nil {
		return &problem{name: JSONMalformed, field: "body", detail: err.Error()}
	}
	if len(found) > 0 {
		return &problem{name: domain.FieldMalformed, found: found}
	}
	askedOf(c).body = body
	return nil
}

// bodyDeadline bounds how long a body may take; the answer gets its time anew
// behind that. Without a connection to set it on (a test's recorder) there is
// none.
func (s *Server) bodyDeadline(c echo.Context, most int64) {
	control := http.NewResponseController(c.Response())
	end := time.Now().Add(s.o.BodyTime * time.Duration(1+most>>20))
	_ = control.SetReadDeadline(end)
	_ = control.SetWriteDeadline(end.Add(answerTimeMax))
}

// bodyCame takes the deadline off again: it would end the request itself.
func (s *Server) bodyCame(c echo.Context) {
	_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Time{})
}

func readAll(r io.Reader, length int64) ([]byte, error) {
	if length >= 0 && length <= bodyBytesMax {
		body := make([]byte, length)
		_, err := io.ReadFull(r, body)
		return body, err
	}
	var b bytes.Buffer
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}

func bodyFault(err error, most int64) error {
	var large *http.MaxBytesError
	var timeout net.Error
	switch {
	case errors.As(err, &large):
		return refuse(BodyTooLarge, "", "max", most)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return refuse(BodyTooSlow, "")
	}
	return &problem{name: JSONMalformed, field: "body", detail: "the body broke off"}
}

// atLeast waits for the views where the query asks for it.
func (s *Server) atLeast(c echo.Context) error {
	if !c.QueryParams().Has("atLeast") {
		return nil
	}
	var position domain.Position
	for _, digit := range c.QueryParam("atLeast") { // the contract has checked it
		position = position*10 + domain.Position(digit-'0')
	}
	if position >= s.o.Ledger.Size() {
		return refuse(ParameterMalformed, "atLeast", "rule", ruleRange, "max", int64(s.o.Ledger.Size())-1)
	}
	return s.o.Views.AtLeast(c.Request().Context(), position)
}
