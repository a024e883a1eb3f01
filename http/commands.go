package http

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
)

// frameOf is the frame of a command: headers and query as the contract checked
// them, and the keyed digest of route, target and exact body.
func (s *Server) frameOf(c echo.Context, dryRun bool, key, acting, ifMatch string) (usecase.Call, error) {
	a := askedOf(c)
	r := c.Request()
	call := usecase.Call{User: a.who.user, Role: domain.Role(acting), Key: key, IfMatch: domain.NoStream, DryRun: dryRun, Trace: r.Header.Get("Traceparent")}
	if len(call.Trace) > 64 || !plain(call.Trace) {
		call.Trace = ""
	}
	if ifMatch != "" { // "r<n>", by the contract's pattern
		n, err := strconv.ParseInt(ifMatch[2:len(ifMatch)-1], 10, 64)
		if err != nil {
			return call, refuse(HeaderMalformed, "if-match", "rule", rulePattern)
		}
		call.IfMatch = domain.Revision(n)
	}
	if !dryRun {
		call.Digest = s.o.Commands.Digest(a.op.Method+" "+a.op.Path, r.URL.EscapedPath(), a.body)
	}
	return call, nil
}

func plain(s string) bool {
	return strings.Trim(s, "0123456789abcdef-") == ""
}

// etag is the tag of a thing at a revision.
func etag(r domain.Revision) string { return `"r` + strconv.FormatInt(int64(r), 10) + `"` }

// do carries a command out and answers with a receipt. made, where given, is
// the place of what the command makes, before its id where it ends with "/":
// the answer is then 201.
func (s *Server) do(c echo.Context, call usecase.Call, err error, command usecase.Command, made string) error {
	if err != nil {
		return err
	}
	result, err := s.o.Commands.Do(c.Request().Context(), call, command)
	if err != nil {
		return err
	}
	receipt := gen.Receipt{Id: result.ID, Repeated: result.Repeated, DryRun: call.DryRun, Events: make([]gen.EventRef, len(result.Events))}
	for i := range result.Events {
		receipt.Events[i] = eventRef(&result.Events[i])
		receipt.Position = max(receipt.Position, result.Events[i].Position)
	}
	if len(result.Rows) > 0 || len(result.Reminders) > 0 {
		lang := language(c.Request())
		receipt.Rows = s.rows(c, lang, result.Rows)
		receipt.Reminders = findings(lang, result.Reminders, s.names(c))
	}
	h := c.Response().Header()
	if !call.DryRun {
		h.Set("Ledger-Position", strconv.FormatUint(uint64(result.Position), 10))
	}
	switch {
	case result.Pending != "":
		receipt.Process = result.Pending
		h.Set(echo.HeaderLocation, "/v1/processes/"+string(result.Pending))
		return writeJSON(c, http.StatusAccepted, "application/json", receipt)
	case len(result.Events) > 0 && len(result.Rows) == 0:
		h.Set("ETag", etag(result.Events[len(result.Events)-1].Revision))
	}
	if made != "" && !call.DryRun {
		if strings.HasSuffix(made, "/") {
			made += result.ID
		}
		h.Set(echo.HeaderLocation, made)
		return writeJSON(c, http.StatusCreated, "application/json", receipt)
	}
	return ok(c, receipt)
}

func eventRef(r *domain.Recorded) gen.EventRef {
	return gen.EventRef{Position: r.Position, Id: string(r.ID), Type: string(r.Type), Stream: r.Stream, Revision: r.Revision, Time: r.Time}
}

func (s *Server) rows(c echo.Context, lang text.Lang, rows []usecase.RowResult) []gen.RowReceipt {
	var receipts []gen.RowReceipt
	for _, r := range rows {
		row := gen.RowReceipt{Row: r.Row, Change: r.Change}
		if r.Event != nil {
			ref := eventRef(r.Event)
			row.Event = &ref
		}
		if r.Refusal != nil {
			said := finding(lang, r.Refusal, s.names(c))
			row.Refusal = &said
		}
		receipts = append(receipts, row)
	}
	return receipts
}

// command decodes the body and makes the frame.
func (s *Server) command(c echo.Context, body any, dryRun bool, key, acting, ifMatch string) (usecase.Call, error) {
	if err := decode(c, body); err != nil {
		return usecase.Call{}, err
	}
	return s.frameOf(c, dryRun, key, acting, ifMatch)
}

// decode reads a body that was held against the contract; what still fails is
// an empty text where a day should stand, or the like.
func decode(c echo.Context, into any) error {
	if err := json.Unmarshal(askedOf(c).body, into); err != nil {
		return &problem{name: JSONMalformed, field: "body", detail: err.Error()}
	}
	return nil
}

func (s *Server) unitOf(c echo.Context, ref string, err error) (domain.UnitID, error) {
	if err != nil {
		return "", err
	}
	return s.unitID(c, ref)
}

func (s *Server) changeOf(c echo.Context, ref string, err error) (domain.ChangeID, error) {
	if err != nil {
		return "", err
	}
	return s.changeID(c, ref)
}

// unitID is the id of a unit named in a path: itself, or found by its code.
// What is unknown is for the use case to refuse.
func (s *Server) unitID(c echo.Context, ref string) (domain.UnitID, error) {
	if isUUID(ref) {
		return domain.UnitID(ref), nil
	}
	u, err := s.o.Views.FindUnit(c.Request().Context(), ref)
	return u.ID, err
}

func (s *Server) changeID(c echo.Context, ref string) (domain.ChangeID, error) {
	if isUUID(ref) {
		return domain.ChangeID(ref), nil
	}
	x, err := s.o.Views.Change(c.Request().Context(), ref)
	return x.ID, err
}

func isUUID(s string) bool { return len(s) == 36 && s[8] == '-' && s[13] == '-' }

// Units, pool, quota.

func (s *Server) EstablishUnit(c echo.Context, p gen.EstablishUnitParams) error {
	var b gen.Establish
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	return s.do(c, call, err, usecase.EstablishUnit{Code: b.Code, Division: b.Division, System: b.System, Rank: b.Rank, Level: b.Level, Parent: b.Parent,
		Name: b.Name, ShortName: b.Shortname, OtherNames: b.Othernames, Effective: b.Effective, Document: b.Document}, "/v1/units/")
}

func (s *Server) SetPool(c echo.Context, level gen.LevelParam, p gen.SetPoolParams) error {
	var b gen.SetPool
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	return s.do(c, call, err, usecase.SetPool{Level: domain.Level(level), Line: b.Line, Posts: b.Posts, Document: b.Document, Reason: b.Reason}, "")
}

func (s *Server) MoveQuota(c echo.Context, p gen.MoveQuotaParams) error {
	var b gen.MoveQuota
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	return s.do(c, call, err, usecase.MoveQuota{Giver: b.Giver, Taker: b.Taker, GiverLine: b.Giverline, TakerLine: b.Takerline, Posts: b.Posts,
		Effective: b.Effective, Document: b.Document, Reason: b.Reason}, "")
}

func (s *Server) HoldBack(c echo.Context, unit gen.UnitParam, p gen.HoldBackParams) error {
	var b gen.Shift
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.HoldBackPosts{Unit: id, Line: b.Line, Posts: b.Posts, Effective: b.Effective, Document: b.Document, Reason: b.Reason}, "")
}

func (s *Server) FreePosts(c echo.Context, unit gen.UnitParam, p gen.FreePostsParams) error {
	var b gen.Shift
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.FreePosts{Unit: id, Line: b.Line, Posts: b.Posts, Effective: b.Effective, Document: b.Document, Reason: b.Reason}, "")
}

func (s *Server) ApproveUse(c echo.Context, unit gen.UnitParam, p gen.ApproveUseParams) error {
	var b gen.ApproveUse
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.ApproveUse{Unit: id, Line: b.Line, Posts: b.Posts, Manner: b.Manner, ValidTo: b.Validto, Plan: b.Plan, Note: b.Note,
		Document: b.Document}, "/v1/approvals/")
}

func (s *Server) RevokeUse(c echo.Context, approval gen.ApprovalParam, p gen.RevokeUseParams) error {
	var b gen.Revoke
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	id := domain.ApprovalID(approval)
	if err == nil && !isUUID(approval) {
		a, find := s.o.Views.Approval(c.Request().Context(), approval)
		id, err = a.ID, find
	}
	return s.do(c, call, err, usecase.RevokeUse{Approval: id, Reason: b.Reason, Document: b.Document}, "")
}

// Staffing.

func changeForm(b gen.ChangeForm) usecase.ChangeForm {
	return usecase.ChangeForm{Kind: b.Kind, Person: b.Person, IDNumber: b.Idnumber, Line: b.Line, Class: b.Class, Manner: b.Manner, Approval: b.Approval,
		ExitReason: b.Exitreason, Effective: b.Effective, Document: b.Document, Note: b.Note,
		Particulars: account.Particulars{Name: b.Name, Sex: b.Sex, Birth: b.Birth, Ethnicity: b.Ethnicity, NativePlace: b.Nativeplace, Politics: b.Politics,
			Education: b.Education, Degree: b.Degree, School: b.School, WorkStart: b.Workstart, InternalBody: b.Internalbody, Post: b.Post,
			PostRank: b.Postrank, Title: b.Title}}
}

func (s *Server) CollectChange(c echo.Context, unit gen.UnitParam, p gen.CollectChangeParams) error {
	var b gen.ChangeForm
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.Collect{Unit: id, ChangeForm: changeForm(b)}, "/v1/changes/")
}

func (s *Server) CollectBatch(c echo.Context, unit gen.UnitParam, p gen.CollectBatchParams) error {
	var b gen.CollectBatch
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	rows := make([]usecase.ChangeForm, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = changeForm(r)
	}
	return s.do(c, call, err, usecase.CollectBatch{Unit: id, Rows: rows}, "")
}

func batchRows(from []gen.BatchRow) []usecase.BatchRow {
	to := make([]usecase.BatchRow, len(from))
	for i, r := range from {
		to[i] = usecase.BatchRow{Change: r.Change, Revision: r.Revision}
	}
	return to
}

func (s *Server) PassBatch(c echo.Context, unit gen.UnitParam, p gen.PassBatchParams) error {
	var b gen.PassBatch
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.PassBatch{Unit: id, Rows: batchRows(b.Rows), Items: b.Items, Opinion: b.Opinion}, "")
}

func (s *Server) RecordBatch(c echo.Context, unit gen.UnitParam, p gen.RecordBatchParams) error {
	var b gen.RecordBatch
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.RecordBatch{Unit: id, Rows: batchRows(b.Rows)}, "")
}

func (s *Server) ResubmitChange(c echo.Context, change gen.ChangeParam, p gen.ResubmitChangeParams) error {
	var b gen.ChangeForm
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	id, err := s.changeOf(c, change, err)
	return s.do(c, call, err, usecase.Resubmit{Change: id, ChangeForm: changeForm(b)}, "")
}

func (s *Server) PassChange(c echo.Context, change gen.ChangeParam, p gen.PassChangeParams) error {
	var b gen.Pass
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	id, err := s.changeOf(c, change, err)
	return s.do(c, call, err, usecase.Pass{Change: id, Items: b.Items, Opinion: b.Opinion}, "")
}

func (s *Server) ReturnChange(c echo.Context, change gen.ChangeParam, p gen.ReturnChangeParams) error {
	var b gen.Return
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	id, err := s.changeOf(c, change, err)
	return s.do(c, call, err, usecase.Return{Change: id, Fields: b.Fields, Opinion: b.Opinion}, "")
}

func (s *Server) WithdrawChange(c echo.Context, change gen.ChangeParam, p gen.WithdrawChangeParams) error {
	var b gen.Reason
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	id, err := s.changeOf(c, change, err)
	return s.do(c, call, err, usecase.Withdraw{Change: id, Reason: b.Reason}, "")
}

func (s *Server) RecordChange(c echo.Context, change gen.ChangeParam, p gen.RecordChangeParams) error {
	var b gen.Empty
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	id, err := s.changeOf(c, change, err)
	return s.do(c, call, err, usecase.Record{Change: id}, "")
}

// Opening balance.

func (s *Server) StartOpening(c echo.Context, unit gen.UnitParam, p gen.StartOpeningParams) error {
	var b gen.StartOpening
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.StartOpening{Unit: id, Rows: b.Rows, Digest: b.Digest, Document: b.Document}, "/v1/processes/")
}

func (s *Server) AddOpeningPart(c echo.Context, unit gen.UnitParam, p gen.AddOpeningPartParams) error {
	var b gen.OpeningPart
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	rows := make([]usecase.OpeningForm, len(b.Rows))
	for i, r := range b.Rows {
		rows[i] = usecase.OpeningForm{IDNumber: r.Idnumber, Line: r.Line, Class: r.Class, Since: r.Since,
			Particulars: account.Particulars{Name: r.Name, Sex: r.Sex, Birth: r.Birth, Ethnicity: r.Ethnicity, NativePlace: r.Nativeplace, Politics: r.Politics,
				Education: r.Education, Degree: r.Degree, School: r.School, WorkStart: r.Workstart, InternalBody: r.Internalbody, Post: r.Post,
				PostRank: r.Postrank, Title: r.Title, Note: r.Note}}
	}
	return s.do(c, call, err, usecase.AddOpeningPart{Unit: id, From: b.From, Rows: rows}, "")
}

func (s *Server) CompleteOpening(c echo.Context, unit gen.UnitParam, p gen.CompleteOpeningParams) error {
	var b gen.Empty
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.CompleteOpening{Unit: id}, "")
}

func (s *Server) AbandonOpening(c echo.Context, unit gen.UnitParam, p gen.AbandonOpeningParams) error {
	var b gen.Reason
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	id, err := s.unitOf(c, unit, err)
	return s.do(c, call, err, usecase.AbandonOpening{Unit: id, Reason: b.Reason}, "")
}
