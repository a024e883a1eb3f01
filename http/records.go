package http

import (
	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
	"staffledger/projections/views"
)

// Units.

func unit(u *views.Unit) gen.Unit {
	return gen.Unit{Id: u.ID, Code: u.Code, Level: u.Level, Parent: u.Parent, Division: u.Division, System: u.System, Rank: u.Rank, Name: u.Name,
		Shortname: u.ShortName, Othernames: u.OtherNames, Established: u.Established, Revision: u.Revision, Position: u.Position, Updated: u.Updated,
		Children: u.Children, Under: u.Under}
}

func (s *Server) ListUnits(c echo.Context, p gen.ListUnitsParams) error {
	scopes, _ := who(c).scopes()
	q := views.UnitQuery{Scopes: scopes, Roots: p.Roots, Text: p.Q, System: p.System, Rank: p.Rank, State: string(p.State), WithSubs: p.Subtree,
		After: p.After, Limit: p.Limit}
	q.Scope.Level = domain.Level(p.Level)
	if p.Roots && p.Level == "" && len(scopes) == 1 { // roots of what the reader sees
		q.Scope, q.Scopes = scopes[0], nil
	}
	if p.Parent != "" {
		parent, err := s.unitID(c, p.Parent)
		if err != nil {
			return refuse(ParameterMalformed, "parent", "rule", "unknown")
		}
		q.Parent = parent
	}
	page, err := s.o.Views.Units(c.Request().Context(), q)
	if err != nil {
		return err
	}
	rows := make([]gen.UnitRow, len(page.Rows))
	for i := range page.Rows {
		r := &page.Rows[i]
		u := unit(&r.Unit)
		rows[i] = gen.UnitRow{Id: u.Id, Code: u.Code, Level: u.Level, Parent: u.Parent, Division: u.Division, System: u.System, Rank: u.Rank, Name: u.Name,
			Shortname: u.Shortname, Othernames: u.Othernames, Established: u.Established, Revision: u.Revision, Position: u.Position, Updated: u.Updated,
			Children: u.Children, Under: u.Under, Balance: balance(r.Balance), Free: r.Free, Over: r.Over, Depth: r.Depth}
	}
	return ok(c, gen.UnitPage{Rows: rows, Total: page.Total, Next: page.Next})
}

func (s *Server) GetUnit(c echo.Context, ref gen.UnitParam, _ gen.GetUnitParams) error {
	u, err := s.readable(c, ref)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(u.Revision))
	return ok(c, unit(&u))
}

func (s *Server) lines(c echo.Context, lines []views.LineBalance, err error) error {
	if err != nil {
		return err
	}
	lang := language(c.Request())
	answer := gen.LinesAsOf{Lines: make([]gen.LineBalance, len(lines))}
	for i, l := range lines {
		answer.Lines[i] = gen.LineBalance{Line: l.Line, Name: text.LineName(lang, l.Line), Balance: balance(l.Balance)}
	}
	answer.Position, _ = s.o.Views.Position()
	return ok(c, answer)
}

func (s *Server) GetUnitLines(c echo.Context, ref gen.UnitParam, p gen.GetUnitLinesParams) error {
	u, err := s.readable(c, ref)
	if err != nil {
		return err
	}
	at, err := s.asOf(p.Effective, p.Known)
	if err != nil {
		return err
	}
	lines, err := s.o.Views.Lines(c.Request().Context(), u.ID, at)
	return s.lines(c, lines, err)
}

func (s *Server) GetPoolLines(c echo.Context, level gen.LevelParam, p gen.GetPoolLinesParams) error {
	at, err := s.asOf(p.Effective, p.Known)
	if err != nil {
		return err
	}
	if !codes.IsLevel(domain.Level(level), domain.NoDay) {
		return refuse(NotFound, "level")
	}
	lines, err := s.o.Views.PoolLines(c.Request().Context(), domain.Level(level), at)
	return s.lines(c, lines, err)
}

func rosterRow(r *views.RosterRow) gen.RosterRow {
	return gen.RosterRow{Holding: r.Holding, Person: r.Person, Name: r.Name, Sex: r.Sex, Birth: r.Birth, IdMasked: r.IDMasked, Internalbody: r.InternalBody,
		Post: r.Post, Postrank: r.PostRank, Line: r.Line, Class: r.Class, From: r.From, To: r.To, Document: r.Document, DocumentNo: r.DocumentNo,
		ExitUnderway: r.ExitUnderway}
}

func (s *Server) GetRoster(c echo.Context, ref gen.UnitParam, p gen.GetRosterParams) error {
	u, err := s.readable(c, ref)
	if err != nil {
		return err
	}
	at, err := s.asOf(p.Effective, p.Known)
	if err != nil {
		return err
	}
	page, err := s.o.Views.Roster(c.Request().Context(), views.RosterQuery{Unit: u.ID, Line: codes.LineKey(p.Line), Kind: codes.PostKind(p.Kind), Text: p.Q,
		Sort: string(p.Sort), AsOf: at, After: p.After, Limit: p.Limit})
	if err != nil {
		return err
	}
	answer := gen.RosterPage{Rows: make([]gen.RosterRow, len(page.Rows)), Total: page.Total, Next: page.Next, ByKind: map[string]int{}}
	for i := range page.Rows {
		answer.Rows[i] = rosterRow(&page.Rows[i])
	}
	for kind, n := range page.ByKind {
		answer.ByKind[string(kind)] = n
	}
	return ok(c, answer)
}

// scopeOf is the scope of a sum, which the reader must read as a whole.
func (s *Server) scopeOf(c echo.Context, level, ref string) (domain.Scope, error) {
	scope := domain.Scope{Level: domain.Level(level)}
	p := who(c)
	if ref != "" {
		u, err := s.readable(c, ref)
		scope.Unit = u.ID
		return scope, err
	}
	for _, g := range p.grants {
		if usecase.Reads(g.Role) && (g.Scope.Whole() || level != "" && g.Scope == scope) {
			return scope, nil
		}
	}
	return scope, domain.Refuse(domain.OutOfJurisdiction, "level", "level", level, "roles", readingRoles)
}

func (s *Server) GetTotals(c echo.Context, p gen.GetTotalsParams) error {
	scope, err := s.scopeOf(c, p.Level, p.Unit)
	if err != nil {
		return err
	}
	totals, err := s.o.Views.Totals(c.Request().Context(), scope)
	if err != nil {
		return err
	}
	var answer gen.Totals
	answer.Rows = make([]gen.TotalRow, len(totals))
	for i, t := range totals {
		answer.Rows[i] = gen.TotalRow{Kind: string(t.Kind), Funding: string(t.Funding), Balance: balance(t.Balance), Free: t.Free, Over: t.Over}
	}
	return ok(c, answer)
}

func (s *Server) GetMovements(c echo.Context, p gen.GetMovementsParams) error {
	scope, err := s.scopeOf(c, p.Level, p.Unit)
	if err != nil {
		return err
	}
	to := s.o.Commands.Now().Day()
	if p.To != "" {
		if to, err = domain.ParseDay(p.To); err != nil {
			return err
		}
	}
	from := to.AddMonths(-11)
	if p.From != "" {
		if from, err = domain.ParseDay(p.From); err != nil {
			return err
		}
	}
	months, err := s.o.Views.Movements(c.Request().Context(), scope, from, to)
	if err != nil {
		return err
	}
	var answer gen.Movements
	answer.Rows = make([]gen.MonthRow, len(months))
	for i, m := range months {
		answer.Rows[i] = gen.MonthRow{Month: m.Month, Entries: m.Entries, Exits: m.Exits}
	}
	return ok(c, answer)
}

// Approvals.

func approval(a *views.Approval) gen.Approval {
	return gen.Approval{Id: a.ID, Number: a.Number, Unit: a.Unit, Line: a.Line, Manner: a.Manner, Posts: a.Posts, Drawn: a.Drawn, Consumed: a.Consumed,
		Rest: a.Rest, Day: a.Day, Validto: a.ValidTo, Ended: a.Ended, Document: a.Document, DocumentNo: a.DocumentNo, Plan: a.Plan, Revision: a.Revision}
}

func (s *Server) ListApprovals(c echo.Context, ref gen.UnitParam, p gen.ListApprovalsParams) error {
	u, err := s.readable(c, ref)
	if err != nil {
		return err
	}
	rows, err := s.o.Views.Approvals(c.Request().Context(), u.ID, p.Open)
	if err != nil {
		return err
	}
	answer := gen.ApprovalList{Rows: make([]gen.Approval, len(rows))}
	for i := range rows {
		answer.Rows[i] = approval(&rows[i])
	}
	return ok(c, answer)
}

func (s *Server) GetApproval(c echo.Context, ref gen.ApprovalParam, _ gen.GetApprovalParams) error {
	ctx := c.Request().Context()
	a, err := s.o.Views.Approval(ctx, ref)
	if err == nil {
		err = s.mayRead(ctx, who(c), a.Unit)
	}
	if err != nil {
		return err
	}
	err = s.o.Commands.ReadAccount(ctx, domain.AccountOf(a.Unit), func(state *account.Account) {
		if p, known := state.Approval(a.ID); known { // the revision that If-Match is held against
			a.Revision = p.Revision
		}
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(a.Revision))
	return ok(c, approval(&a))
}

// Changes.

func changeRow(r *views.ChangeRow) gen.ChangeRow {
	return gen.ChangeRow{Id: r.ID, Number: r.Number, Unit: r.Unit, UnitName: r.UnitName, Kind: r.Kind, Person: r.Person, PersonName: r.PersonName,
		Line: r.Line, Class: r.Class, Effective: r.Effective, State: string(r.State), Gate: r.Gate, Passed: r.Passed, Gates: r.Gates, Due: r.Due,
		Collected: r.Collected, Collector: r.Collector, Revision: r.Revision, Position: r.Position, Batch: r.BatchID}
}

func changeRows(rows []views.ChangeRow) []gen.ChangeRow {
	all := make([]gen.ChangeRow, len(rows))
	for i := range rows {
		all[i] = changeRow(&rows[i])
	}
	return all
}

func (s *Server) changes(c echo.Context, q views.ChangeQuery) error {
	page, err := s.o.Views.Changes(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return ok(c, gen.ChangePage{Rows: changeRows(page.Rows), Total: page.Total, Next: page.Next})
}

func states(state string) []views.ChangeState {
	if state == "" {
		return nil
	}
	return []views.ChangeState{views.ChangeState(state)}
}

func (s *Server) ListUnitChanges(c echo.Context, ref gen.UnitParam, p gen.ListUnitChangesParams) error {
	u, err := s.readable(c, ref)
	if err != nil {
		return err
	}
	return s.changes(c, views.ChangeQuery{Unit: u.ID, States: states(string(p.State)), After: p.After, Limit: p.Limit})
}

func (s *Server) ListChanges(c echo.Context, p gen.ListChangesParams) error {
	me := who(c)
	scopes, _ := me.scopes()
	q := views.ChangeQuery{Scopes: scopes, Person: domain.PersonID(p.Person), Kind: account.Kind(p.Kind), States: states(string(p.State)),
		Gate: account.Gate(p.Gate), Batch: p.Batch, Text: p.Q, ByDue: p.Order == "due", After: p.After, Limit: p.Limit}
	if p.Unit != "" {
		u, err := s.readable(c, p.Unit)
		if err != nil {
			return err
		}
		q.Unit = u.ID
	}
	if p.Done {
		q.Done = me.user
	}
	if p.Mine {
		q.NotHuman = me.human
	}
	if p.DueBy != "" {
		due, err := domain.ParseDay(p.DueBy)
		if err != nil {
			return err
		}
		q.DueBy = due
	}
	return s.changes(c, q)
}

func (s *Server) GetChange(c echo.Context, ref gen.ChangeParam, _ gen.GetChangeParams) error {
	x, err := s.readableChange(c, ref)
	if err != nil {
		return err
	}
	r := changeRow(&x.ChangeRow)
	answer := gen.Change{Id: r.Id, Number: r.Number, Unit: r.Unit, UnitName: r.UnitName, Kind: r.Kind, Person: r.Person, PersonName: r.PersonName, Line: r.Line,
		Class: r.Class, Effective: r.Effective, State: r.State, Gate: r.Gate, Passed: r.Passed, Gates: r.Gates, Due: r.Due, Collected: r.Collected,
		Collector: r.Collector, Revision: r.Revision, Position: r.Position, Batch: r.Batch,
		Manner: x.Content.Manner, Approval: x.Content.Approval, Exitreason: x.Content.ExitReason, Particulars: particulars(&x.Particulars), Note: x.Note,
		Document: x.Document, DocumentNo: x.DocumentNo, Route: x.Route, Steps: make([]gen.ChangeStep, len(x.Steps))}
	for i, step := range x.Steps {
		answer.Steps[i] = gen.ChangeStep{Position: step.Position, Type: string(step.Type), Time: step.Time, User: step.User, UserName: step.UserName,
			Role: step.Role, Gate: step.Gate, Opinion: step.Opinion, Fields: step.Fields, Stands: step.Stands}
	}
	if x.State == views.InReview && x.Gate != "" {
		set, err := s.o.Commands.Policy(c.Request().Context(), s.o.Commands.Now().Day())
		if err != nil {
			return err
		}
		for _, item := range set.Checklist(string(x.Gate), string(x.Kind), x.Class) {
			label := item.ZH
			if language(c.Request()) == text.EN {
				label = item.EN
			}
			answer.Checklist = append(answer.Checklist, gen.CheckItem{Key: item.Key, Label: label})
		}
	}
	c.Response().Header().Set("ETag", etag(x.Revision))
	return ok(c, answer)
}

// People.

func particulars(p *account.Particulars) gen.Particulars {
	return gen.Particulars{Name: p.Name, Sex: p.Sex, Birth: p.Birth, Ethnicity: p.Ethnicity, Nativeplace: p.NativePlace, Politics: p.Politics,
		Education: p.Education, Degree: p.Degree, School: p.School, Workstart: p.WorkStart, Internalbody: p.InternalBody, Post: p.Post,
		Postrank: p.PostRank, Title: p.Title}
}

func (s *Server) GetPerson(c echo.Context, ref gen.PersonParam, _ gen.GetPersonParams) error {
	x, err := s.readablePerson(c.Request().Context(), who(c), domain.PersonID(ref))
	if err != nil {
		return err
	}
	answer := gen.Person{Id: x.ID, Particulars: particulars(&x.Particulars), IdMasked: x.IDMasked, Unit: x.Unit, UnitName: x.UnitName,
		Holdings: make([]gen.PersonHolding, len(x.Holdings)), Changes: changeRows(x.Changes)}
	if x.Holding != nil {
		held := rosterRow(x.Holding)
		answer.Holding = &held
	}
	for i := range x.Holdings {
		r := rosterRow(&x.Holdings[i].RosterRow)
		answer.Holdings[i] = gen.PersonHolding{Holding: r.Holding, Person: r.Person, Name: r.Name, Sex: r.Sex, Birth: r.Birth, IdMasked: r.IdMasked,
			Internalbody: r.Internalbody, Post: r.Post, Postrank: r.Postrank, Line: r.Line, Class: r.Class, From: r.From, To: r.To, Document: r.Document,
			DocumentNo: r.DocumentNo, ExitUnderway: r.ExitUnderway, Unit: x.Holdings[i].Unit, UnitName: x.Holdings[i].UnitName}
	}
	return ok(c, answer)
}

func (s *Server) Search(c echo.Context, p gen.SearchParams) error {
	ctx, me := c.Request().Context(), who(c)
	found, err := s.o.Views.Search(ctx, p.Q, p.PerKind)
	if err != nil {
		return err
	}
	answer := gen.SearchResult{Units: []gen.Unit{}, People: []gen.PersonHit{}, Documents: []gen.Document{}, Changes: []gen.ChangeRow{}}
	for i := range found.Units {
		if s.mayRead(ctx, me, found.Units[i].ID) == nil {
			answer.Units = append(answer.Units, unit(&found.Units[i]))
		}
	}
	for i := range found.People {
		x := &found.People[i]
		in, holds := found.PeopleIn[x.Person]
		if holds && s.mayRead(ctx, me, in.ID) == nil || !holds && me.wholeCity() {
			answer.People = append(answer.People, gen.PersonHit{Person: x.Person, Name: x.Name, IdMasked: x.IDMasked, Unit: in.ID, UnitName: in.Name})
		}
	}
	for i := range found.Documents {
		answer.Documents = append(answer.Documents, paper(&found.Documents[i]))
	}
	for i := range found.Changes {
		if s.mayRead(ctx, me, found.Changes[i].Unit) == nil {
			answer.Changes = append(answer.Changes, changeRow(&found.Changes[i]))
		}
	}
	return ok(c, answer)
}

// Opening balance.

func (s *Server) GetOpening(c echo.Context, ref gen.UnitParam) error {
	u, err := s.readable(c, ref)
	if err != nil {
		return err
	}
	var answer gen.Opening
	err = s.o.Commands.ReadAccount(c.Request().Context(), domain.AccountOf(u.ID), func(a *account.Account) {
		if o, open := a.Opening(); open {
			answer = gen.Opening{Open: true, Process: o.Process, Expected: o.Expected, Rows: len(o.Rows), Parts: o.Parts, Digest: o.Digest, Document: o.Document}
		}
	})
	if err != nil {
		return err
	}
	return ok(c, answer)
}
