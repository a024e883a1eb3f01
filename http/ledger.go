package http

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/http/internal/gen"
	"staffledger/http/ports"
)

// find reads an event by position or id.
func (s *Server) find(ctx context.Context, ref string) (domain.Recorded, error) {
	if n, err := strconv.ParseUint(ref, 10, 63); err == nil && strconv.FormatUint(n, 10) == ref {
		if n >= uint64(s.o.Ledger.Size()) {
			return domain.Recorded{}, refuse(NotFound, "event")
		}
		return s.o.Ledger.At(ctx, domain.Position(n))
	}
	return s.o.Ledger.ByID(ctx, domain.EventID(ref))
}

// GetEvent answers with the very bytes that the tree hashes.
func (s *Server) GetEvent(c echo.Context, ref gen.EventParam) error {
	r, err := s.find(c.Request().Context(), ref)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Ledger-Position", strconv.FormatUint(uint64(r.Position), 10))
	h.Set("ETag", `"p`+strconv.FormatUint(uint64(r.Position), 10)+`"`)
	h.Set(echo.HeaderCacheControl, "private, max-age=31536000, immutable")
	h.Set(echo.HeaderContentType, "application/cloudevents+json")
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(r.Bytes)))
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err = c.Response().Write(r.Bytes)
	return err
}

func (s *Server) DescribeEvent(c echo.Context, ref gen.EventParam) error {
	ctx := c.Request().Context()
	r, err := s.find(ctx, ref)
	if err != nil {
		return err
	}
	e, err := s.open(ctx, who(c), r)
	if err != nil {
		return err
	}
	if err := s.mayReadEvent(ctx, who(c), e); err != nil {
		return err
	}
	lang := language(c.Request())
	size, _, err := s.o.Ledger.Root()
	if err != nil {
		return err
	}
	proof, err := s.inclusion(r, size)
	if err != nil {
		return err
	}
	l := s.line(c, lang, e)
	answer := gen.Described{Position: l.Position, Id: l.Id, Type: l.Type, Stream: l.Stream, Revision: l.Revision, Time: l.Time, Effective: l.Effective,
		Step: l.Step, StepLabel: l.StepLabel, Sentence: l.Sentence, Runs: l.Runs, Details: l.Details,
		User: r.AuthID, Role: r.ActorRole, DecidedAt: r.DecidedAt, Diffs: []gen.Diff{}, Tree: proof}
	for _, d := range text.Diffs(lang, r, e.payload, s.names(c)) {
		answer.Diffs = append(answer.Diffs, gen.Diff{Field: d.Field, Before: d.Before, After: d.After, Note: d.Note})
	}
	return ok(c, answer)
}

// inclusion proves an entry in the tree of a size.
func (s *Server) inclusion(r domain.Recorded, size uint64) (gen.Inclusion, error) {
	root, err := s.o.Ledger.RootAt(size)
	if err != nil {
		return gen.Inclusion{}, err
	}
	path, err := s.o.Ledger.ProveInclusion(r.Position, size)
	if err != nil {
		return gen.Inclusion{}, err
	}
	leaf := sha256.Sum256(append([]byte{0}, r.Bytes...)) // RFC 6962 §2.1
	return gen.Inclusion{Position: r.Position, Size: int(size), Root: encoded(root), Leaf: encoded(leaf), Path: hashes(path)}, nil
}

func encoded(h [32]byte) string { return base64.StdEncoding.EncodeToString(h[:]) }

func hashes(path [][32]byte) []string {
	all := make([]string, len(path))
	for i, h := range path {
		all[i] = encoded(h)
	}
	return all
}

func (s *Server) ProveInclusion(c echo.Context, p gen.ProveInclusionParams) error {
	now := uint64(s.o.Ledger.Size())
	size := uint64(p.Size)
	if size == 0 {
		size = now
	}
	switch {
	case size > now:
		return refuse(ParameterMalformed, "size", "rule", ruleRange, "max", now)
	case uint64(p.Position) >= size:
		return refuse(ParameterMalformed, "position", "rule", ruleRange, "max", size-1)
	}
	r, err := s.o.Ledger.At(c.Request().Context(), domain.Position(p.Position))
	if err != nil {
		return err
	}
	proof, err := s.inclusion(r, size)
	if err != nil {
		return err
	}
	return ok(c, proof)
}

func (s *Server) ProveConsistency(c echo.Context, p gen.ProveConsistencyParams) error {
	now := uint64(s.o.Ledger.Size())
	from, to := uint64(p.From), uint64(p.To)
	if to == 0 {
		to = now
	}
	switch {
	case to > now:
		return refuse(ParameterMalformed, "to", "rule", ruleRange, "max", now)
	case from > to:
		return refuse(ParameterMalformed, "from", "rule", ruleRange, "max", to)
	}
	older, err := s.o.Ledger.RootAt(from)
	if err != nil {
		return err
	}
	newer, err := s.o.Ledger.RootAt(to)
	if err != nil {
		return err
	}
	path, err := s.o.Ledger.ProveConsistency(from, to)
	if err != nil {
		return err
	}
	return ok(c, gen.Consistency{From: int(from), To: int(to), FromRoot: encoded(older), ToRoot: encoded(newer), Path: hashes(path)})
}

func (s *Server) GetLedger(c echo.Context) error {
	size, root, err := s.o.Ledger.Root()
	if err != nil {
		return err
	}
	answer := gen.LedgerInfo{Id: s.o.Commands.Ledger(), Demo: s.o.Commands.Demo(), Size: int(size), Root: encoded(root)}
	answer.ViewPosition, answer.ViewTime = s.o.Views.Position()
	return ok(c, answer)
}

// ExportLedger streams the exact bytes, one event a line.
func (s *Server) ExportLedger(c echo.Context, p gen.ExportLedgerParams) error {
	ctx, cancel := context.WithCancel(c.Request().Context())
	defer cancel()
	size := uint64(s.o.Ledger.Size())
	from, end := uint64(p.From), size
	if c.QueryParams().Has("to") {
		if uint64(p.To) >= size || uint64(p.To) < from {
			return refuse(ParameterMalformed, "to", "rule", ruleRange, "min", from, "max", size-1)
		}
		end = uint64(p.To) + 1
	}
	if from > size {
		return refuse(ParameterMalformed, "from", "rule", ruleRange, "max", size)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "application/x-ndjson")
	h.Set("Ledger-Size", strconv.FormatUint(end-from, 10))
	h.Set(echo.HeaderCacheControl, "private, no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="events-`+strconv.FormatUint(from, 10)+`.ndjson"`)
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead || from == end {
		return nil
	}
	control := http.NewResponseController(c.Response())
	buffer := make([]byte, 0, exportBuffer+1<<16)
	flush := func() error {
		// A reader who takes nothing for a while is cut off; a slow one is not.
		_ = control.SetWriteDeadline(time.Now().Add(answerTimeMax))
		_, err := c.Response().Write(buffer)
		buffer = buffer[:0]
		return err
	}
	next := from
	for r, err := range s.o.Ledger.All(ctx, domain.Position(from)) {
		if err == nil && uint64(r.Position) == end {
			break
		}
		select {
		case <-s.closing:
			err = errors.Join(err, http.ErrServerClosed)
		default:
		}
		if err == nil {
			buffer = append(append(buffer, r.Bytes...), '\n')
			next++
			if len(buffer) >= exportBuffer {
				err = flush()
			}
		}
		if err != nil {
			s.brokeOff(c, err)
		}
	}
	if err := flush(); err != nil || next != end {
		s.brokeOff(c, errors.Join(err, errors.New("the export is not whole")))
	}
	return nil
}

const exportBuffer = 256 << 10

// brokeOff ends an answer that has begun so that its reader cannot take it for
// whole.
func (s *Server) brokeOff(c echo.Context, err error) {
	if c.Request().Context().Err() == nil {
		s.logFault(c, err)
	}
	panic(http.ErrAbortHandler)
}

// Processes.

func (s *Server) ListProcesses(c echo.Context, _ gen.ListProcessesParams) error {
	ctx := c.Request().Context()
	open, err := s.o.Views.UnderWay(ctx)
	if err != nil {
		return err
	}
	answer := gen.ProcessList{Rows: []gen.Process{}}
	for _, p := range open {
		unit := domain.UnitID("")
		if p.Stream.Kind() == domain.AccountStream {
			unit = domain.UnitID(p.Stream.Key())
		}
		if s.mayRead(ctx, who(c), unit) == nil {
			answer.Rows = append(answer.Rows, gen.Process{Id: p.ID, Kind: p.Kind, Stream: p.Stream, Since: p.Since, Change: p.Change})
		}
	}
	return ok(c, answer)
}

// GetProcess tells how far a process is, to whoever began it and to readers of
// the whole city.
func (s *Server) GetProcess(c echo.Context, ref gen.ProcessParam) error {
	ctx, me := c.Request().Context(), who(c)
	answer := gen.Process{Id: domain.ProcessID(ref), Done: true}
	own := false
	for r, err := range s.o.Ledger.Tagged(ctx, s.o.Ledger.Size(), string(domain.TagOf(domain.TagProcess, ref))) {
		if err != nil {
			return err
		}
		own = own || domain.UserID(r.AuthID) == me.user
		if len(answer.Events) < processEventsMax {
			answer.Events = append(answer.Events, eventRef(&r))
		}
		answer.Since = r.Time
	}
	if len(answer.Events) == 0 || !own && !me.wholeCity() {
		return refuse(NotFound, "process")
	}
	slices.Reverse(answer.Events)
	last := answer.Events[len(answer.Events)-1].Position
	if err := s.o.Views.AtLeast(ctx, last); err != nil {
		return err
	}
	open, err := s.o.Views.UnderWay(ctx)
	if err != nil {
		return err
	}
	for _, p := range open {
		if p.ID == answer.Id {
			answer.Done, answer.Kind, answer.Stream, answer.Change = false, p.Kind, p.Stream, p.Change
		}
	}
	return ok(c, answer)
}

const processEventsMax = 500

// Checks.

func check(k ports.Check) gen.Check {
	answer := gen.Check{Kind: k.Kind, Running: k.Running, Done: int(k.Done), Good: k.Good, Size: int(k.Size), Root: k.Root, File: k.File, View: k.View,
		Reason: k.Reason, Started: k.Started, Ended: k.Ended, By: k.By}
	if !k.Good && !k.Running && k.File == "" {
		answer.Position = &k.Position
	}
	return answer
}

func (s *Server) start(c echo.Context, kind string) error {
	k, err := s.o.Checks.Start(context.WithoutCancel(c.Request().Context()), kind, who(c).user)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/v1/"+kind)
	return writeJSON(c, http.StatusAccepted, "application/json", check(k))
}

func (s *Server) last(c echo.Context, kind string) error {
	k, known := s.o.Checks.Last(kind)
	if !known {
		return refuse(NotFound, kind)
	}
	return ok(c, check(k))
}

func (s *Server) StartVerify(c echo.Context) error { return s.start(c, "verify") }
func (s *Server) LastVerify(c echo.Context) error  { return s.last(c, "verify") }
func (s *Server) StartReplay(c echo.Context) error { return s.start(c, "replay") }
func (s *Server) LastReplay(c echo.Context) error  { return s.last(c, "replay") }

// The demo clock.

func (s *Server) GetClock(c echo.Context) error {
	if s.o.Clock == nil {
		return refuse(NotFound, "")
	}
	return ok(c, gen.Clock{Now: s.o.Clock.Now()})
}

func (s *Server) SetClock(c echo.Context) error {
	if s.o.Clock == nil {
		return refuse(NotFound, "")
	}
	var b struct {
		Now string `json:"now"`
	}
	if err := json.Unmarshal(askedOf(c).body, &b); err != nil {
		return err
	}
	to, err := domain.ParseInstant(b.Now)
	if err != nil {
		return domain.Refuse(domain.FieldMalformed, "now", "rule", rulePattern)
	}
	if err := s.o.Clock.Advance(to); err != nil {
		return err
	}
	return ok(c, gen.Clock{Now: s.o.Clock.Now()})
}
