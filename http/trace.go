package http

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/http/internal/gen"
	"staffledger/projections/views"
)

// Trace.

const traceDefault = 50

func (s *Server) Trace(c echo.Context, p gen.TraceParams) error {
	ctx := c.Request().Context()
	keys, may, err := s.subjects(c, p)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		return refuse(ParameterMalformed, "unit", "rule", ruleMissing)
	}
	if may != nil {
		return may
	}
	before, err := readTraceCursor(p.After, keys)
	if err != nil {
		return err
	}
	if p.After == "" {
		before = s.o.Ledger.Size()
	}
	limit := p.Limit
	if limit == 0 {
		limit = traceDefault
	}
	lang := language(c.Request())
	answer := gen.TracePage{Rows: []gen.EventLine{}}
	for r, err := range s.o.Ledger.Tagged(ctx, before, keys...) {
		if err != nil {
			return err
		}
		if len(answer.Rows) == limit {
			answer.Next = traceCursor(answer.Rows[limit-1].Position, keys)
			break
		}
		e, err := s.open(ctx, who(c), r)
		if err != nil {
			return err
		}
		answer.Rows = append(answer.Rows, s.line(c, lang, e))
	}
	return ok(c, answer)
}

// subjects are the keys that a trace looks for. One of them that the reader
// may read is enough, since every event found carries them all; may says why
// none is.
func (s *Server) subjects(c echo.Context, p gen.TraceParams) (keys []string, may, err error) {
	ctx, me := c.Request().Context(), who(c)
	allowed := false
	judge := func(refused error) {
		if refused == nil {
			allowed = true
		} else if may == nil {
			may = refused
		}
	}
	if p.Unit != "" {
		u, err := s.o.Views.FindUnit(ctx, p.Unit)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, string(domain.TagOf(domain.TagUnit, u.ID)))
		judge(s.mayRead(ctx, me, u.ID))
	}
	if p.Person != "" {
		x, err := s.readablePerson(ctx, me, domain.PersonID(p.Person))
		if errors.Is(err, views.ErrNotFound) {
			return nil, nil, err
		}
		keys = append(keys, string(domain.TagOf(domain.TagPerson, x.ID)))
		judge(err)
	}
	if p.Change != "" {
		x, err := s.o.Views.Change(ctx, p.Change)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, string(domain.TagOf(domain.TagChange, x.ID)))
		judge(s.mayRead(ctx, me, x.Unit))
	}
	if p.Approval != "" {
		a, err := s.o.Views.Approval(ctx, p.Approval)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, string(domain.TagOf(domain.TagApproval, a.ID)))
		judge(s.mayRead(ctx, me, a.Unit))
	}
	if p.Document != "" {
		keys = append(keys, string(domain.TagOf(domain.TagDocument, p.Document)))
		judge(s.mayRead(ctx, me, ""))
	}
	if p.Actor != "" {
		keys = append(keys, "auth:"+p.Actor)
		if domain.UserID(p.Actor) == me.user {
			judge(nil)
		} else {
			judge(s.mayRead(ctx, me, ""))
		}
	}
	if allowed {
		may = nil
	}
	return keys, may, nil
}

// A trace's cursor is base64url of the position before which the next page
// lies (8 bytes, big endian) and 8 bytes of SHA-256 over it and the keys.
func traceCursor(before domain.Position, keys []string) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(before))
	sum := sha256.Sum256([]byte("trace\n" + strings.Join(keys, "\n") + "\n" + string(b)))
	return base64.RawURLEncoding.EncodeToString(append(b, sum[:8]...))
}

func readTraceCursor(cursor string, keys []string) (domain.Position, error) {
	if cursor == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) != 16 {
		return 0, views.ErrCursor
	}
	before := domain.Position(binary.BigEndian.Uint64(b))
	if traceCursor(before, keys) != cursor {
		return 0, views.ErrCursor
	}
	return before, nil
}
