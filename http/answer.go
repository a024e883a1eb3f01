package http

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

// writeJSON is the one way an answer with a body leaves.
func writeJSON(c echo.Context, status int, mediaType string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, mediaType)
	if h.Get(echo.HeaderCacheControl) == "" {
		h.Set(echo.HeaderCacheControl, "no-store")
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	c.Response().WriteHeader(status)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err = c.Response().Write(body)
	return err
}

func ok(c echo.Context, v any) error {
	return writeJSON(c, http.StatusOK, "application/json", v)
}

// language is the reader's: the first of zh and en in Accept-Language by
// quality, Chinese where neither is named.
func language(r *http.Request) text.Lang {
	best, lang := -1.0, text.ZH
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if primary != string(text.ZH) && primary != string(text.EN) {
			continue
		}
		quality := 1.0
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err == nil {
				quality = v
			}
		}
		if quality > best && quality > 0 {
			best, lang = quality, text.Lang(primary)
		}
	}
	return lang
}

// fail is echo's error handler: the one function that writes errors.
func (s *Server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		s.logFault(c, err)
		return
	}
	p := s.problemOf(c, err)
	h := c.Response().Header()
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Language", string(language(c.Request())))
	if p.Status == http.StatusUnauthorized {
		h.Set(echo.HeaderWWWAuthenticate, `Bearer realm="staffledger"`)
	}
	var said *problem
	if errors.As(err, &said) && said.wait > 0 {
		h.Set(echo.HeaderRetryAfter, strconv.Itoa(said.wait))
	}
	for _, name := range []string{"ETag", "Location", "Ledger-Position", "Ledger-Size", echo.HeaderContentDisposition} {
		h.Del(name)
	}
	h.Set(echo.HeaderCacheControl, "no-store")
	if err := writeJSON(c, p.Status, "application/problem+json", p); err != nil {
		s.log.WarnContext(c.Request().Context(), "answer not sent", "request", p.RequestId, "error", err)
	}
}

// logFault logs what is our fault, once, with the request's id.
func (s *Server) logFault(c echo.Context, err error) {
	s.log.LogAttrs(c.Request().Context(), slog.LevelError, "request failed", slog.String("request", requestID(c)),
		slog.String("route", c.Path()), slog.String("error", err.Error()))
}

func (s *Server) problemOf(c echo.Context, err error) *gen.Problem {
	lang := language(c.Request())
	p := &gen.Problem{RequestId: requestID(c)}
	name := ""
	var (
		refusal  *domain.Refusal
		said     *problem
		http_    *echo.HTTPError
		reused   *usecase.KeyReused
		failed   *usecase.PreconditionFailed
		required usecase.PreconditionRequired
		aside    *usecase.AllSetAside
		corrupt  *domain.Corrupt
		waits    *ports.Throttled
		weak     *ports.WeakPassword
	)
	switch {
	case errors.As(err, &refusal):
		s.fillRefusal(p, c, lang, refusal)
		return p
	case errors.As(err, &said):
		name, p.Field, p.Facts = said.name, said.field, said.facts
		if len(said.found) > 0 {
			s.fillRefusal(p, c, lang, said.found.First())
			return p
		}
	case errors.As(err, &http_):
		name = nameOfStatus(http_.Code)
		if name == Internal {
			s.logFault(c, err)
		}
	case errors.As(err, &reused):
		name, p.Field = KeyReused, "idempotency-key"
	case errors.As(err, &failed):
		name, p.Field = PreconditionFailed, "if-match"
		seen, current := int(failed.Seen), int(failed.Current)
		p.Seen, p.Current = &seen, &current
		p.Since = s.since(c, lang, failed.Since)
	case errors.As(err, &required):
		name, p.Field = PreconditionRequired, "if-match"
	case errors.As(err, &aside):
		name, p.Rows = AllSetAside, s.rows(c, lang, aside.Rows)
	case errors.As(err, &corrupt):
		name, p.Position = LedgerDamaged, corrupt.Position
		s.logFault(c, err)
	case errors.As(err, &waits):
		name = TooManyAttempts
	case errors.As(err, &weak):
		r := domain.Refuse(domain.FieldMalformed, "new", "rule", "password-length", "min", weak.Min, "max", weak.Max)
		if weak.Rule == "name" {
			r = domain.Refuse(domain.FieldMalformed, "new", "rule", "password-name")
		}
		s.fillRefusal(p, c, lang, r)
		return p
	case errors.Is(err, ports.ErrSignIn):
		name = SignInFailed
	case errors.Is(err, views.ErrBehind):
		name = ViewsBehind
	case errors.Is(err, views.ErrCursor):
		name, p.Field = ParameterMalformed, "after"
	case errors.Is(err, views.ErrQuery):
		name = ParameterMalformed
	case errors.Is(err, views.ErrNotFound), errors.Is(err, domain.ErrNoEvent):
		name = NotFound
	case errors.Is(err, ports.ErrCheckBusy):
		name = CheckRuns
	case errors.Is(err, ports.ErrBackward):
		name, p.Field = ClockBackward, "now"
	case errors.Is(err, domain.ErrNoSpace):
		name = NoSpace
		s.logFault(c, err)
	case errors.Is(err, domain.ErrReadOnly):
		name = ReadOnly
		s.logFault(c, err)
	case errors.Is(err, views.ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		name = ShuttingDown
	default:
		name = Internal
		s.logFault(c, err)
	}
	row := problemByName[name]
	p.Type, p.Status = ports.ProblemPrefix+name, row.Status
	words := row.words[lang]
	p.Title, p.Detail, p.WayOut = words[0], words[1], words[2]
	if rule, ok := p.Facts["rule"].(string); ok && rule != "" && said != nil { // a parameter or header: say the rule
		f := finding(lang, &domain.Refusal{Name: domain.FieldMalformed, Field: p.Field, Facts: p.Facts}, nil)
		p.Detail, p.WayOut = f.Detail, f.WayOut
	}
	if said != nil && said.detail != "" {
		p.Detail += "（" + said.detail + "）"
		if lang == text.EN {
			p.Detail = words[1] + " (" + said.detail + ")"
		}
	}
	return p
}

func nameOfStatus(status int) string {
	switch status {
	case http.StatusNotFound:
		return NotFound
	case http.StatusMethodNotAllowed:
		return MethodNotAllowed
	case http.StatusRequestEntityTooLarge:
		return BodyTooLarge
	case http.StatusUnsupportedMediaType:
		return MediaTypeUnsupported
	case http.StatusBadRequest:
		return ParameterMalformed
	case http.StatusUnauthorized:
		return NotSignedIn
	}
	return Internal
}

func (s *Server) fillRefusal(p *gen.Problem, c echo.Context, lang text.Lang, r *domain.Refusal) {
	names := s.names(c)
	first := finding(lang, r, names)
	p.Type, p.Status = ports.ProblemPrefix+r.Name, StatusOf(r.Name)
	p.Title = text.Label(lang, "refusal", r.Name)
	p.Detail, p.WayOut, p.Field, p.Label, p.Source, p.Facts = first.Detail, first.WayOut, r.Field, first.Label, first.Source, r.Facts
	p.Errors = append(p.Errors, first)
	for _, also := range r.Also {
		f := finding(lang, also, names)
		p.Also, p.Errors = append(p.Also, f), append(p.Errors, f)
	}
}

// finding says a refusal in words.
func finding(lang text.Lang, r *domain.Refusal, names text.Names) gen.Finding {
	said := text.Refusal(lang, r, names)
	return gen.Finding{Name: r.Name, Field: r.Field, Label: said.Label, Detail: said.Rule, WayOut: said.WayOut, Source: said.Source, Facts: r.Facts}
}

func findings(lang text.Lang, all []*domain.Refusal, names text.Names) []gen.Finding {
	var said []gen.Finding
	for _, r := range all {
		said = append(said, finding(lang, r, names))
	}
	return said
}
