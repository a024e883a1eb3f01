package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"staffledger/domain/policy"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
	"staffledger/domain/usecase"
	"staffledger/projections/views"
)

// stepView is one step of the stepper.
type stepView struct {
	N           int
	Name, State string // done, now, later, back, void
	Who, Time   string
	Note        string
}

// contentRow is a field of the change: as it is now, and after recording.
type contentRow struct {
	Field, Now, After string
	Changed           bool   // by the last resubmission
	Was               string // before it
	Name              bool
	Href              string
}

type changeView struct {
	Change   views.Change
	Status   text.Step
	Deadline *text.Step
	Steps    []stepView
	Policy   string
	Rows     []contentRow
	Ended    bool // no "now and after" any more
	Checks   []checkRow
	Opinions []opinionView
	Return   *opinionView // the last one, while the change is returned
	Mine     string       // pass, record, resubmit
	Items    []checkItem
	Refused  []text.Refused // why the step is not possible now
	Errors   []formError
	Opinion  string
	Key      string
	Withdraw bool
	Batch    string
	Effect   string // what recording does to the line
	Latest   []eventView
}

type opinionView struct {
	Who, Role, Gate, Time, Text string
	Fields                      []inputRow
	Position                    domain.Position
	Passed                      bool
	Void                        bool
}

func (r *request) changePage() error {
	return r.showChange(nil, nil)
}

// showChange shows a change; errs are those of an opinion that was refused,
// with what was typed.
func (r *request) showChange(errs []formError, typed *changeView) error {
	c, err := r.change(r.c.Param("change"))
	if err != nil {
		return err
	}
	if r.c.Request().Method == http.MethodGet && r.c.Param("change") != string(c.ID) {
		return r.see("/changes/" + string(c.ID))
	}
	title := r.changeName(c.ChangeRow)
	f := r.page(title, "changes", crumb{r.t("nav.changes"), "/changes"}, crumb{Text: c.Number})
	f.Facts = []fact{{Text: c.Number, Mono: true}, {Text: c.UnitName, Href: "/units/" + string(c.Unit)}}
	v := changeView{Change: c, Status: text.ChangeStatus(r.lang, string(c.State), c.Gate), Key: r.p.key(), Errors: errs}
	if typed != nil {
		v.Opinion, v.Key = typed.Opinion, typed.Key
	}
	if c.Due != domain.NoDay {
		f.Facts = append(f.Facts, fact{Label: r.t("change.due"), Text: text.Date(r.lang, c.Due)})
		if step, err := text.Deadline(r.lang, r.today(), c.Due, r.p.Commands.Calendar()); err == nil {
			v.Deadline = &step
		}
	}
	v.Ended = c.State == views.IsRecorded || c.State == views.Withdrawn
	var refusal *domain.Refusal
	if v.Mine, v.Items, refusal, err = r.mineNext(c); err != nil {
		return err
	}
	if refusal != nil {
		v.Refused = text.Refusals(r.lang, refusal, r.names)
	}
	if typed != nil {
		for i := range v.Items {
			v.Items[i].On = slices.ContainsFunc(typed.Items, func(t checkItem) bool { return t.Key == v.Items[i].Key })
		}
	}
	if !v.Ended {
		if v.Checks, err = r.checks(c, refusal); err != nil {
			return err
		}
		scopes, holds := r.scopesOf(usecase.RightsOf(usecase.Withdraw{})...)
		v.Withdraw = holds && r.covers(scopes, c.Unit)
		if c.BatchID != "" && (v.Mine == "pass" || v.Mine == "record") {
			if rows, err := r.batchWaiting(c.BatchID); err == nil && len(rows) > 1 {
				v.Batch = "/batches/" + c.BatchID
			}
		}
	}
	if v.Policy, err = r.routeOf(c); err != nil {
		return err
	}
	r.stepper(&v)
	if v.Rows, v.Effect, err = r.content(c, v.Ended); err != nil {
		return err
	}
	if err := r.markChanged(&v); err != nil {
		return err
	}
	r.opinions(&v)
	return r.render("change", f, v)
}

// routeOf names the policy under which the change was collected, and its gates:
// 审核路线第2版：组织部→人社→编办→录入.
func (r *request) routeOf(c views.Change) (string, error) {
	policies, err := r.p.Commands.Policy(r.ctx, c.Collected.Day())
	if err != nil {
		return "", err
	}
	var steps []string
	for _, g := range c.Route {
		steps = append(steps, text.Label(r.lang, "gate-short", string(g)))
	}
	steps = append(steps, text.Label(r.lang, "step", "recorded"))
	said := strings.Join(steps, map[text.Lang]string{text.ZH: "→", text.EN: " → "}[r.lang])
	if n := policies.Versions[policy.Routes]; n > 0 {
		return r.t("change.routeversion", text.Number(n), said), nil
	}
	return r.t("change.routedefault", said), nil
}

// stepper builds the steps: collection, the gates of the route, recording.
func (r *request) stepper(v *changeView) {
	c := v.Change
	collected := stepView{N: 1, Name: text.Label(r.lang, "step", "collected"), State: "done"}
	gates := make([]stepView, len(c.Route))
	recorded := stepView{N: len(c.Route) + 2, Name: text.Label(r.lang, "step", "recorded"), State: "later", Note: r.t("step.later")}
	for i, g := range c.Route {
		gates[i] = stepView{N: i + 2, Name: r.gateName(g), State: "later", Note: r.t("step.later")}
	}
	when := func(s views.ChangeStep) string {
		if s.Time.Day().Year() == r.today().Year() {
			return text.MonthDay(s.Time.Day()) + " " + s.Time.Time().Format("15:04")
		}
		return text.Date(r.lang, s.Time.Day())
	}
	for _, s := range c.Steps {
		switch s.Type {
		case account.TypeStaffingCollected:
			collected.Who, collected.Time = s.UserName, when(s)
		case account.TypeStaffingResubmitted:
			collected.Who, collected.Time = s.UserName, when(s)
			collected.Note = r.t("step.resubmitted")
			for i := range gates {
				if gates[i].State == "back" {
					gates[i] = stepView{N: i + 2, Name: gates[i].Name, State: "later", Note: r.t("step.later")}
				}
			}
		case account.TypeStaffingReviewed, account.TypeStaffingReturned:
			for i, g := range c.Route {
				if g != s.Gate {
					continue
				}
				switch {
				case s.Type == account.TypeStaffingReturned:
					gates[i] = stepView{N: i + 2, Name: gates[i].Name, State: "back", Who: s.UserName, Time: when(s), Note: text.Label(r.lang, "step", "returned")}
				case s.Stands:
					gates[i] = stepView{N: i + 2, Name: gates[i].Name, State: "done", Who: s.UserName, Time: when(s), Note: text.Label(r.lang, "step", "passed")}
				}
			}
		case account.TypeStaffingRecorded:
			recorded.State, recorded.Who, recorded.Time, recorded.Note = "done", s.UserName, when(s), ""
		}
	}
	waiting := func(s *stepView) {
		s.State, s.Note = "now", r.t("step.waits")
		if v.Mine == "pass" || v.Mine == "record" {
			s.Note = r.t("step.mine")
		}
		if v.Deadline != nil {
			s.Time = v.Deadline.Label
		}
	}
	switch {
	case c.State == views.InReview && c.Passed < len(gates):
		waiting(&gates[c.Passed])
	case c.State == views.ToRecord:
		waiting(&recorded)
	case c.State == views.Returned:
		collected.State, collected.Note = "back", r.t("step.tomend")
	case c.State == views.Withdrawn:
		recorded.Name, recorded.Note = text.Status(r.lang, "change", "withdrawn").Label, ""
		for _, s := range c.Steps {
			if s.Type == account.TypeStaffingWithdrawn {
				recorded.State, recorded.Who, recorded.Time = "back", s.UserName, when(s)
			}
		}
	}
	v.Steps = append(append([]stepView{collected}, gates...), recorded)
}

// content lists the fields of a change. While it is under way, what is now
// stands beside what recording will make of it, sums included.
func (r *request) content(c views.Change, ended bool) (rows []contentRow, effect string, err error) {
	nothing := r.t("nothing")
	add := func(field, now, after string) {
		if after == "" && now == "" {
			return
		}
		if after == "" {
			after = nothing
		}
		if now == "" {
			now = nothing
		}
		rows = append(rows, contentRow{Field: field, Now: now, After: after})
	}
	fieldRow := func(name, value string) {
		if value != "" {
			add(text.Field(r.lang, name), "", r.spell(name, value))
		}
	}
	line := text.LineName(r.lang, c.Line)
	state := r.t("change.personstate")
	if c.Kind == account.Entry {
		add(state, text.Label(r.lang, "personstate", "none"), text.Label(r.lang, "personstate", "held"))
	} else {
		add(state, text.Label(r.lang, "personstate", "held"), text.Status(r.lang, "person", "left").Label+r.t("paren", text.Label(r.lang, "exitreason", string(c.Content.ExitReason))))
	}
	add(text.Field(r.lang, "effective"), "", text.Date(r.lang, c.Effective))
	if c.Kind == account.Entry {
		add(text.Field(r.lang, "line"), "", line)
	} else {
		add(text.Field(r.lang, "line"), line, "")
	}
	if !ended {
		b, err := r.balanceOf(c.Unit, c.Line)
		if err != nil {
			return nil, "", err
		}
		after := b
		if c.Kind == account.Entry {
			after[1]++
			if c.Content.Approval != "" {
				after[2]--
			}
		} else {
			after[1]--
		}
		occupied := line + r.gap() + text.Label(r.lang, "figure", "O")
		add(occupied, r.standingAt(b), r.standingAt(after))
		if b[2] != after[2] {
			add(line+r.gap()+text.Label(r.lang, "figure", "R"), text.Number(b[2]), text.Number(after[2]))
		}
		add(line+r.gap()+text.Label(r.lang, "figure", "F"), text.Sum(b), text.Sum(after))
		effect = r.t("change.effect", line, text.Number(b[1]), text.Number(after[1]), text.Number(b.Free()), text.Number(after.Free()))
	}
	if c.Kind == account.Entry {
		fieldRow("class", string(c.Class))
		fieldRow("manner", string(c.Content.Manner))
		if c.Content.Approval != "" {
			rows = append(rows, contentRow{Field: text.Field(r.lang, "approval"), Now: nothing, After: r.names.Approval(c.Content.Approval), Href: "/approvals/" + string(c.Content.Approval)})
		}
	}
	if c.Document != "" {
		rows = append(rows, contentRow{Field: text.Field(r.lang, "document"), Now: nothing, After: c.DocumentNo, Href: "/documents/" + string(c.Document), Name: true})
	}
	p := c.Particulars
	for _, f := range []struct{ name, value string }{{"sex", p.Sex}, {"birth", p.Birth}, {"ethnicity", p.Ethnicity}, {"nativeplace", p.NativePlace},
		{"politics", p.Politics}, {"education", p.Education}, {"degree", p.Degree}, {"school", p.School}, {"workstart", p.WorkStart},
		{"internalbody", p.InternalBody}, {"post", p.Post}, {"postrank", p.PostRank}, {"title", p.Title}, {"note", c.Note}} {
		fieldRow(f.name, f.value)
	}
	return rows, effect, nil
}

// markChanged marks what the last resubmission changed.
func (r *request) markChanged(v *changeView) error {
	for _, s := range slices.Backward(v.Change.Steps) {
		if s.Type != account.TypeStaffingResubmitted || v.Ended {
			continue
		}
		e, err := r.p.Ledger.At(r.ctx, s.Position)
		if err != nil {
			return err
		}
		o, err := r.open(e)
		if err != nil {
			return err
		}
		resubmitted, _ := o.payload.(account.StaffingResubmitted)
		var again account.Resubmission
		if x := resubmitted.Private; x == nil || x.Clear == nil || json.Unmarshal(x.Clear, &again) != nil {
			return nil // erased, or nothing was sealed
		}
		for _, change := range again.Changed {
			for i := range v.Rows {
				if v.Rows[i].Field == text.Field(r.lang, change.Field) {
					v.Rows[i].Changed = true
					if change.Old != "" {
						v.Rows[i].Was = r.spell(change.Field, change.Old)
					}
				}
			}
		}
		return nil
	}
	return nil
}

// standingAt is 46（核定50，余2）.
func (r *request) standingAt(b account.Balance) string {
	return r.t("change.standing", text.Number(b[1]), text.Number(b[0]), text.Number(b.Free()))
}

// spell says a form's value in words.
func (r *request) spell(field, value string) string {
	switch field {
	case "sex", "ethnicity", "politics", "education", "degree":
		return text.Code(r.lang, field, value, domain.NoDay)
	case "class":
		return text.Label(r.lang, "personclass", value)
	case "manner", "exitreason":
		return text.Label(r.lang, field, value)
	case "line":
		return text.LineName(r.lang, codes.LineKey(value))
	case "birth", "workstart", "effective", "date", "validto":
		return text.PartialDate(r.lang, value)
	case "document":
		if d := r.names.Document(domain.DocumentID(value)); d != "" {
			return d
		}
	case "approval":
		if a := r.names.Approval(domain.ApprovalID(value)); a != "" {
			return a
		}
	}
	return value
}

// gateName is a gate in the stepper: 组织部审核, Organization department.
func (r *request) gateName(g account.Gate) string {
	if r.lang == text.EN {
		return text.Label(r.lang, "gate", string(g))
	}
	return text.Label(r.lang, "gate-review", string(g))
}

func (r *request) opinions(v *changeView) {
	for _, s := range v.Change.Steps {
		if s.Opinion == "" && len(s.Fields) == 0 {
			continue
		}
		o := opinionView{Who: s.UserName, Time: text.DateTime(r.lang, s.Time), Text: s.Opinion, Position: s.Position,
			Passed: s.Type == account.TypeStaffingReviewed, Void: s.Type == account.TypeStaffingReviewed && !s.Stands}
		if s.Gate != "" {
			o.Gate = text.Label(r.lang, "gate-review", string(s.Gate))
		}
		for _, name := range formFieldNames {
			if words, ok := s.Fields[name]; ok {
				o.Fields = append(o.Fields, inputRow{text.Field(r.lang, name), words})
			}
		}
		v.Opinions = append(v.Opinions, o)
		if s.Type == account.TypeStaffingReturned && v.Change.State == views.Returned {
			last := o
			v.Return = &last
		}
	}
	slices.Reverse(v.Opinions)
}
