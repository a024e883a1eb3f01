package web

import (
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/text"
)

// eventView is a row of a timeline.
type eventView struct {
	Position  domain.Position
	ID        domain.EventID
	Type      string
	TypeName  string
	Time      domain.Instant
	At        string // time, or month and day
	Effective domain.Day
	Step      text.Step
	Runs      []text.Run
	Details   []text.Detail
	Diffs     []text.Diff
	UnitName  string
}

// event says one event. Of is the tag of what is traced: its own mention in the
// second line is left out.
func (r *request) event(e opened, of domain.Tag) eventView {
	said := text.Sentence(r.lang, e.Recorded, e.payload, r.names)
	v := eventView{Position: e.Position, ID: e.ID, Type: string(e.Type), TypeName: text.Label(r.lang, "event", string(e.Type)), Time: e.Time,
		At: text.TimeOfDay(e.Time), Effective: e.Effective, Step: said.Step, Runs: said.Runs,
		Diffs: text.Diffs(r.lang, e.Recorded, e.payload, r.names)}
	r.unlink(v.Runs)
	for _, d := range said.Details {
		r.unlink(d.Runs)
		switch {
		case d.Code == "rule": // a key; the sentence says the rule
		case d.Code == "unit" && of == domain.TagOf(domain.TagUnit, e.Stream.Key()):
		case d.Code == "change" && strings.HasPrefix(string(of), domain.TagChange+":"):
		default:
			v.Details = append(v.Details, d)
		}
	}
	if e.Stream.Kind() == domain.AccountStream {
		v.UnitName = r.names.Unit(domain.UnitID(e.Stream.Key()))
	}
	return v
}

// unlink takes links away that would lead to a refusal.
func (r *request) unlink(runs []text.Run) {
	if r.wholeCity() {
		return
	}
	_, reads := r.scopes()
	for i, run := range runs {
		switch run.Kind {
		case "unit":
			if !reads || r.mayRead(domain.UnitID(run.ID)) != nil {
				runs[i].Kind = ""
			}
		case "person", "change", "document", "approval":
			if !reads {
				runs[i].Kind = ""
			}
		}
	}
}

// short leaves out of the second line what only the event's own page shows.
func short(v eventView) eventView {
	v.Details = slices.DeleteFunc(slices.Clone(v.Details), func(d text.Detail) bool {
		return slices.Contains([]string{"route", "due", "note", "gate", "cause", "batch", "grant", "human"}, d.Code)
	})
	return v
}

// latest are the newest events that carry a tag and are one of the steps that a
// reader follows.
func (r *request) latest(n int, tag domain.Tag) ([]eventView, error) {
	var rows []eventView
	for e, err := range r.p.Ledger.Tagged(r.ctx, r.p.Ledger.Size(), string(tag)) {
		if err != nil {
			return nil, err
		}
		o, err := r.open(e)
		if err != nil {
			return nil, err
		}
		v := short(r.event(o, tag))
		v.At = r.dayOrTime(e.Time)
		rows = append(rows, v)
		if len(rows) == n {
			break
		}
	}
	return rows, nil
}

// dayOrTime is the time of day for today, else month and day, with the year
// where it is another.
func (r *request) dayOrTime(i domain.Instant) string {
	switch day := i.Day(); {
	case day == r.today():
		return i.Time().Format("15:04")
	case day.Year() == r.today().Year():
		return text.MonthDay(day)
	default:
		return strconv.Itoa(day.Year())
	}
}

// latestAnywhere are the newest events of some types that the reader may see,
// from the end of the ledger; it looks back a bounded way.
func (r *request) latestAnywhere(n, within int, followed func(domain.EventType) bool) ([]eventView, error) {
	var rows []eventView
	for at := r.p.Ledger.Size(); at > 0 && within > 0 && len(rows) < n; within-- {
		at--
		e, err := r.p.Ledger.At(r.ctx, at)
		if err != nil {
			return nil, err
		}
		if !followed(e.Type) {
			continue
		}
		if e.Stream.Kind() == domain.AccountStream && r.mayRead(domain.UnitID(e.Stream.Key())) != nil {
			continue
		}
		o, err := r.open(e)
		if err != nil {
			return nil, err
		}
		if !r.sees(o) {
			continue
		}
		v := r.event(o, "")
		v.At = r.dayOrTime(e.Time)
		rows = append(rows, v)
	}
	return rows, nil
}

// ofPeople are the acts of administrators.
func ofPeople(t domain.EventType) bool {
	return slices.Contains([]string{"user", "policy"}, text.StepOf(t))
}

// decisive are the steps that a clerk or reviewer follows.
func decisive(t domain.EventType) bool {
	switch t {
	case account.TypeStaffingCollected, account.TypeStaffingReviewed, account.TypeStaffingReturned, account.TypeStaffingRecorded,
		account.TypeStaffingResubmitted, account.TypeStaffingWithdrawn, account.TypeUseApproved, account.TypeQuotaGranted,
		account.TypeQuotaCut, account.TypeQuotaMoved:
		return true
	}
	return false
}

// dayGroup is one day of a timeline.
type dayGroup struct {
	Day    domain.Day
	Head   string
	Events []eventView
}

func (r *request) byDay(events []eventView) []dayGroup {
	var days []dayGroup
	for _, e := range events {
		if n := len(days); n == 0 || days[n-1].Day != e.Time.Day() {
			days = append(days, dayGroup{Day: e.Time.Day(), Head: text.DateWeekday(r.lang, e.Time.Day())})
		}
		last := &days[len(days)-1]
		last.Events = append(last.Events, e)
	}
	return days
}
