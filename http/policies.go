package http

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
)

func (s *Server) dayOf(day string) (domain.Day, error) {
	if day == "" {
		return s.o.Commands.Now().Day(), nil
	}
	return domain.ParseDay(day)
}

// policyValue is the part of a set that has a name.
func policyValue(set *policy.Set, name string) any {
	switch name {
	case policy.Routes:
		return set.Routes
	case policy.Checklists:
		return set.Checklists
	case policy.Compatibility:
		return set.Compatibility
	case policy.Approvals:
		return set.Approvals
	case policy.Deadlines:
		return set.Deadlines
	case policy.Bounds:
		return set.Bounds
	case policy.Authority:
		return set.Authority
	}
	return nil
}

func (s *Server) ListPolicies(c echo.Context, p gen.ListPoliciesParams) error {
	day, err := s.dayOf(p.Day)
	if err != nil {
		return err
	}
	set, err := s.o.Commands.Policy(c.Request().Context(), day)
	if err != nil {
		return err
	}
	answer := gen.PolicyList{Day: day}
	for _, name := range policy.Names {
		answer.Rows = append(answer.Rows, gen.PolicyVersion{Name: name, Version: set.Versions[name], Value: policyValue(set, name)})
	}
	return ok(c, answer)
}

func (s *Server) GetPolicy(c echo.Context, name gen.PolicyParam, p gen.GetPolicyParams) error {
	ctx := c.Request().Context()
	day, err := s.dayOf(p.Day)
	if err != nil {
		return err
	}
	set, err := s.o.Commands.Policy(ctx, day)
	if err != nil {
		return err
	}
	if policyValue(set, name) == nil {
		return refuse(NotFound, "policy")
	}
	answer := gen.PolicyVersions{Name: name, Day: day, Current: gen.PolicyVersion{Name: name, Version: set.Versions[name], Value: policyValue(set, name)},
		Versions: []gen.PolicyVersion{{Name: name, Value: policyValue(policy.Defaults(), name)}}}
	for r, err := range s.o.Ledger.Stream(ctx, domain.StreamOf(domain.PolicyStream, name), 0) {
		if err != nil {
			return err
		}
		payload, err := catalogue.Decode(r.Event)
		if err != nil {
			return err
		}
		if e, is := payload.(policy.PolicySet); is {
			v := gen.PolicyVersion{Name: name, Version: e.Version, From: e.From, Value: e.Value, Position: r.Position, Document: r.DocumentID}
			answer.Versions = append(answer.Versions, v)
			if e.Version == answer.Current.Version {
				answer.Current = v
			}
		}
	}
	return ok(c, answer)
}

func (s *Server) SetPolicy(c echo.Context, name gen.PolicyParam, p gen.SetPolicyParams) error {
	var b struct { // the value as it was sent: the policy's own check reads it
		From     domain.Day        `json:"from"`
		Value    json.RawMessage   `json:"value"`
		Document domain.DocumentID `json:"document"`
	}
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	return s.do(c, call, err, usecase.SetPolicy{Name: name, From: b.From, Value: b.Value, Document: b.Document}, "/v1/policies/"+name)
}

func (s *Server) GetCalendar(c echo.Context, year gen.YearParam) error {
	calendar := s.o.Commands.Calendar()
	holidays, workdays, known := calendar.Year(year)
	if !known {
		return refuse(NotFound, "year")
	}
	last := domain.DayOf(year, 12, 31)
	count, err := calendar.WorkingDaysBetween(domain.DayOf(year, 1, 1), last)
	if err != nil {
		return err
	}
	if first, err := calendar.IsWorkingDay(domain.DayOf(year, 1, 1)); err == nil && first {
		count++
	}
	return ok(c, gen.Calendar{Year: year, Holidays: append([]domain.Day{}, holidays...), Workdays: append([]domain.Day{}, workdays...), WorkingDays: count})
}

func (s *Server) SetCalendar(c echo.Context, year gen.YearParam, p gen.SetCalendarParams) error {
	var b gen.SetCalendar
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	return s.do(c, call, err, usecase.SetCalendar{Year: year, Holidays: b.Holidays, Workdays: b.Workdays, Document: b.Document}, "")
}

// Code tables, for drop-downs.

func (s *Server) ListCodes(c echo.Context) error { return ok(c, gen.CodeTables{Tables: codes.Tables}) }

func (s *Server) GetCodes(c echo.Context, table gen.TableParam, p gen.GetCodesParams) error {
	day, err := s.dayOf(p.Day)
	if err != nil {
		return err
	}
	rows := codes.List(table, day)
	if len(rows) == 0 && len(codes.List(table, domain.NoDay)) == 0 {
		return refuse(NotFound, "table")
	}
	answer := gen.CodeTable{Table: table, Day: day, Rows: []gen.CodeRow{}}
	lang := language(c.Request())
	for _, r := range rows {
		label := r.ZH
		if lang == text.EN {
			label = r.EN
		}
		answer.Rows = append(answer.Rows, gen.CodeRow{Value: r.Value, Label: label, Zh: r.ZH, En: r.EN, From: r.From, To: r.To})
	}
	return ok(c, answer)
}
