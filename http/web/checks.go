package web

import (
	"errors"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// checkRow is one check on a change's page: met, reminded of, or not met, with
// the facts that were seen.
type checkRow struct {
	Status text.Step
	What   string
	Facts  string
	WayOut string
}

// standing is what stands against recording a change as things are now, but for
// who acts and for gates that are still to come. It is the very decision that
// recording takes.
func (r *request) standing(a *account.Account, id domain.ChangeID, policies *policy.Set, person ...account.PersonFact) []*domain.Refusal {
	var fact account.PersonFact
	if len(person) > 0 {
		fact = person[0]
	}
	change, ok := a.Change(id)
	if !ok || !change.Live() {
		return nil
	}
	_, err := a.DecideRecord(account.Record{Change: id, Person: fact},
		account.Facts{Now: r.now(), Policy: policies, Calendar: r.p.Commands.Calendar()})
	refusal, ok := refusalOf(err)
	if !ok {
		return nil
	}
	var found []*domain.Refusal
	for _, f := range append([]*domain.Refusal{refusal}, refusal.Also...) {
		if f.Name == domain.WrongStep || domain.ClassOf(f.Name) <= domain.ClassSame {
			continue
		}
		single := *f
		single.Also = nil
		found = append(found, &single)
	}
	return found
}

// checks are the facts of a change held against the rules, each with what was
// seen. mine is what stands against the reader's own next step.
func (r *request) checks(c views.Change, mine *domain.Refusal) ([]checkRow, error) {
	policies, err := r.p.Commands.Policy(r.ctx, r.today())
	if err != nil {
		return nil, err
	}
	person := account.PersonFact{}
	if x, err := r.p.Views.FindPerson(r.ctx, c.Person); err == nil && x.Unit != "" && x.Unit != c.Unit {
		person.HoldsElsewhere = x.Unit
	}
	var found []*domain.Refusal
	var state account.Change
	var balance account.Balance
	var approval account.Approval
	err = r.p.Commands.ReadAccount(r.ctx, domain.AccountOf(c.Unit), func(a *account.Account) {
		found = r.standing(a, c.ID, policies, person)
		state, _ = a.Change(c.ID)
		balance = a.BalanceOn(c.Line, r.today())
		approval, _ = a.Approval(c.Content.Approval)
	})
	if err != nil {
		return nil, err
	}
	if mine != nil {
		for _, f := range append([]*domain.Refusal{mine}, mine.Also...) {
			if domain.ClassOf(f.Name) == domain.ClassSame {
				single := *f
				single.Also = nil
				found = append(found, &single)
			}
		}
	}
	last := c.State == views.ToRecord
	if gate := c.Gate; gate == account.GateOffice {
		last = true
	}
	var rows []checkRow
	row := func(what, facts string, names ...string) {
		out := checkRow{text.Status(r.lang, "check", "good"), r.t("check." + what), facts, ""}
		for _, f := range found {
			if !slices.Contains(names, f.Name) {
				continue
			}
			said := text.Refusal(r.lang, f, r.names)
			status := "remind"
			if last || domain.ClassOf(f.Name) <= domain.ClassState && f.Name != domain.FutureDated {
				status = "bad"
			}
			out.Status, out.Facts, out.WayOut = text.Status(r.lang, "check", status), said.Rule, said.WayOut
			break
		}
		rows = append(rows, out)
	}
	row("people", r.peopleSoFar(c), domain.SamePerson, domain.OwnFile)
	row("document", c.DocumentNo, domain.DocumentMissing, domain.DocumentUnknown)
	row("date", text.Date(r.lang, c.Effective), domain.FutureDated, domain.TooFarBack, domain.FieldMalformed)
	if c.Kind == account.Entry {
		row("person", r.t("check.personfree"), domain.HoldsPostElsewhere, domain.PersonBusy)
		row("kind", text.LineName(r.lang, c.Line)+r.t("list.comma")+text.Label(r.lang, "personclass", string(c.Class)), domain.KindMismatch)
		if c.Content.Approval != "" || slices.ContainsFunc(found, func(f *domain.Refusal) bool { return f.Name == domain.ApprovalRequired }) {
			facts := r.names.Approval(c.Content.Approval)
			if approval.ID != "" {
				facts += r.t("list.comma") + r.t("check.approvalrest", text.Number(approval.Posts), text.Number(approval.Drawn), text.Number(approval.Consumed))
			}
			row("approval", facts, domain.ApprovalRequired, domain.ApprovalExpired, domain.ApprovalExhausted, domain.ApprovalMismatch)
		}
		row("headroom", text.LineName(r.lang, c.Line)+" "+text.Sum(balance), domain.OverQuota, domain.NoFreePost, domain.NoFreePostOnDate)
	} else {
		row("holding", text.LineName(r.lang, c.Line), domain.NotHeldHere)
	}
	row("content", r.t("check.contentsame", text.Number(state.Passed)), domain.ContentChanged, domain.BulkOpen)
	return rows, nil
}

// peopleSoFar names who took a step on the change, each once.
func (r *request) peopleSoFar(c views.Change) string {
	var said []string
	for _, s := range c.Steps {
		if s.UserName != "" && !slices.Contains(said, s.UserName) {
			said = append(said, s.UserName)
		}
	}
	return strings.Join(said, r.t("list.comma"))
}

// mineNext is the step that waits on a change and which the reader's roles are
// for: "pass", "record", "resubmit", or ""; refusal tells what stands against
// it now.
func (r *request) mineNext(c views.Change) (step string, items []checkItem, refusal *domain.Refusal, err error) {
	var what usecase.Command
	switch c.State {
	case views.InReview:
		policies, err := r.p.Commands.Policy(r.ctx, r.today())
		if err != nil {
			return "", nil, nil, err
		}
		var keys []string
		for _, i := range policies.Checklist(string(c.Gate), string(c.Kind), c.Class) {
			words := i.ZH
			if r.lang == text.EN {
				words = i.EN
			}
			items = append(items, checkItem{i.Key, words, false})
			keys = append(keys, i.Key)
		}
		step, what = "pass", usecase.Pass{Change: c.ID, Items: keys}
		if !r.sitsAt(c.Gate) {
			return "", nil, nil, nil
		}
	case views.ToRecord:
		step, what = "record", usecase.Record{Change: c.ID}
		if !r.has(what) {
			return "", nil, nil, nil
		}
	case views.Returned:
		if !r.has(usecase.Resubmit{}) {
			return "", nil, nil, nil
		}
		scopes, _ := r.scopesOf(usecase.RightsOf(usecase.Resubmit{})...)
		if !r.covers(scopes, c.Unit) {
			return "", nil, nil, nil
		}
		return "resubmit", nil, nil, nil
	default:
		return "", nil, nil, nil
	}
	_, err = r.judge(what)
	if refusal, ok := refusalOf(err); ok {
		if domain.ClassOf(refusal.Name) == domain.ClassWho {
			return "", nil, nil, nil
		}
		return step, items, refusal, nil
	}
	var failed *usecase.PreconditionFailed
	if errors.As(err, &failed) {
		err = nil
	}
	return step, items, nil, err
}

type checkItem struct {
	Key, Text string
	On        bool
}

func (r *request) sitsAt(gate account.Gate) bool {
	for _, role := range r.session.Roles {
		if gateOf[role] == string(gate) && gate != "" {
			return true
		}
	}
	return false
}

// covers tells whether one of the scopes holds a unit.
func (r *request) covers(scopes []domain.Scope, unit domain.UnitID) bool {
	if scopes == nil {
		return true
	}
	u, err := r.p.Views.FindUnit(r.ctx, string(unit))
	if err != nil {
		return false
	}
	above := r.above(u)
	return slices.ContainsFunc(scopes, func(s domain.Scope) bool {
		if s.Level != "" && s.Level != u.Level {
			return false
		}
		return s.Unit == "" || s.Unit == unit || slices.ContainsFunc(above, func(a views.Unit) bool { return a.ID == s.Unit })
	})
}

// lineOf is a quota line's balance today, from the account itself.
func (r *request) balanceOf(unit domain.UnitID, line codes.LineKey) (b account.Balance, err error) {
	err = r.p.Commands.ReadAccount(r.ctx, domain.AccountOf(unit), func(a *account.Account) { b = a.BalanceOn(line, r.today()) })
	return b, err
}
