package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
)

var today = domain.DayOf(2026, 3, 2)

func valueOf(t *testing.T, s *policy.Set, name string) []byte {
	t.Helper()
	part := map[string]any{policy.Routes: s.Routes, policy.Checklists: s.Checklists, policy.Compatibility: s.Compatibility,
		policy.Approvals: s.Approvals, policy.Deadlines: s.Deadlines, policy.Bounds: s.Bounds, policy.Authority: s.Authority}[name]
	b, err := json.Marshal(part)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestDefaults: the shipped policies pass their own check, unchanged.
func TestDefaults(t *testing.T) {
	t.Parallel()
	d := policy.Defaults()
	for _, name := range policy.Names {
		value := valueOf(t, d, name)
		got, r := policy.Check(name, value)
		if r != nil || string(got) != string(value) {
			t.Errorf("%s: %v\n%s\n%s", name, r, got, value)
		}
		if v, ok := d.Versions[name]; !ok || v != 0 {
			t.Errorf("%s has version %d", name, v)
		}
	}
	for _, kind := range policy.Kinds {
		if got := d.Route(kind, codes.ClassProfessional); !slices.Equal(got, []string{"organization", "hr", "office"}) {
			t.Errorf("route of %s: %v", kind, got)
		}
	}
	for _, gate := range policy.Gates {
		if len(d.Checklists[gate]) == 0 {
			t.Errorf("gate %s has no checklist", gate)
		}
	}
	for _, kind := range codes.PostKinds {
		if len(d.Compatibility[kind]) == 0 {
			t.Errorf("nobody fits %s", kind)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	exit := `{"kind":"exit","gates":["office"]}`
	for _, row := range []struct{ name, value, refusal, field, rule string }{
		{"no-such", `{}`, domain.FieldMalformed, "name", policy.RuleName},
		{policy.Bounds, ``, domain.FieldMissing, "value", ""},
		{policy.Bounds, `null`, domain.FieldMissing, "value", ""},
		{policy.Bounds, `{`, domain.FieldMalformed, "value", policy.RuleJSON},
		{policy.Bounds, `{"backdatingmonths":24} {}`, domain.FieldMalformed, "value", policy.RuleJSON},
		{policy.Bounds, `[24]`, domain.FieldMalformed, "value", policy.RuleJSON},
		{policy.Bounds, `{"backdatingmonths":"24"}`, domain.FieldMalformed, "value.backdatingmonths", policy.RuleJSON},
		{policy.Bounds, `{"backdatingmonths":2.5}`, domain.FieldMalformed, "value.backdatingmonths", policy.RuleJSON},
		{policy.Bounds, `{"backdatingmonths":24,"extra":1}`, domain.FieldMalformed, "value", policy.RuleUnknownField},
		{policy.Bounds, `{"backdatingmonths":24,"backdatingmonths":1}`, domain.FieldMalformed, "value", policy.RuleRepeatedField},
		{policy.Bounds, `{"backdatingmonths":24,"Backdatingmonths":1}`, domain.FieldMalformed, "value", policy.RuleRepeatedField},
		{policy.Bounds, `{}`, domain.FieldMissing, "value.backdatingmonths", ""},
		{policy.Bounds, `{"backdatingmonths":-1}`, domain.FieldMalformed, "value.backdatingmonths", policy.RuleRange},
		{policy.Bounds, `{"backdatingmonths":601}`, domain.FieldMalformed, "value.backdatingmonths", policy.RuleRange},
		{policy.Deadlines, `{"handling":10}`, domain.FieldMissing, "value.exit", ""},
		{policy.Deadlines, `{"handling":0,"exit":15}`, domain.FieldMalformed, "value.handling", policy.RuleRange},
		{policy.Deadlines, `{"handling":10,"exit":-15}`, domain.FieldMalformed, "value.exit", policy.RuleRange},
		{policy.Authority, `{"leaderpostsmax":100000}`, domain.FieldMalformed, "value.leaderpostsmax", policy.RuleRange},
		{policy.Approvals, `{"validitydays":90}`, domain.FieldMissing, "value.manners", ""},
		{policy.Approvals, `{"manners":null,"validitydays":90}`, domain.FieldMissing, "value.manners", ""},
		{policy.Approvals, `{"manners":["exam","lottery"],"validitydays":90}`, domain.FieldMalformed, "value.manners[1]", policy.RuleManner},
		{policy.Approvals, `{"manners":["exam","exam"],"validitydays":90}`, domain.FieldMalformed, "value.manners[1]", policy.RuleMannerRepeated},
		{policy.Approvals, `{"manners":[],"validitydays":0}`, domain.FieldMalformed, "value.validitydays", policy.RuleRange},
		{policy.Compatibility, `{"royal":[]}`, domain.FieldMalformed, "value", policy.RulePostKind},
		{policy.Compatibility, `{"worker":["baker"]}`, domain.FieldMalformed, "value.worker[0]", policy.RuleClass},
		{policy.Compatibility, `{"worker":["worker","worker"]}`, domain.FieldMalformed, "value.worker[1]", policy.RuleClassRepeated},
		{policy.Routes, `[]`, domain.FieldMalformed, "value", policy.RuleRouteMissing},
		{policy.Routes, `[` + exit + `]`, domain.FieldMalformed, "value", policy.RuleRouteMissing},
		{policy.Routes, `[` + exit + `,{"kind":"dance","gates":["office"]}]`, domain.FieldMalformed, "value[1].kind", policy.RuleRouteKind},
		{policy.Routes, `[` + exit + `,{"kind":"entry","class":"baker","gates":["office"]}]`, domain.FieldMalformed, "value[1].class", policy.RuleClass},
		{policy.Routes, `[` + exit + `,` + exit + `]`, domain.FieldMalformed, "value[1]", policy.RuleRouteRepeated},
		{policy.Routes, `[{"kind":"entry","gates":[]},` + exit + `]`, domain.FieldMalformed, "value[0].gates", policy.RuleRouteLength},
		{policy.Routes, `[{"kind":"entry","gates":["unit-head","supervisor","organization","hr","office","office"]},` + exit + `]`, domain.FieldMalformed, "value[0].gates", policy.RuleRouteLength},
		{policy.Routes, `[{"kind":"entry","gates":["hr","mayor"]},` + exit + `]`, domain.FieldMalformed, "value[0].gates[1]", policy.RuleGate},
		{policy.Routes, `[{"kind":"entry","gates":["hr","hr"]},` + exit + `]`, domain.FieldMalformed, "value[0].gates[1]", policy.RuleGateRepeated},
		{policy.Routes, `[{"kind":"entry","gate":["hr"]},` + exit + `]`, domain.FieldMalformed, "value", policy.RuleUnknownField},
		{policy.Checklists, `{"mayor":[{"key":"a","zh":"甲","en":"A"}]}`, domain.FieldMalformed, "value", policy.RuleGate},
		{policy.Checklists, `{"hr":[]}`, domain.FieldMalformed, "value.hr", policy.RuleChecklistEmpty},
		{policy.Checklists, `{"hr":[{"key":"","zh":"甲","en":"A"}]}`, domain.FieldMalformed, "value.hr[0].key", policy.RuleItemKey},
		{policy.Checklists, `{"hr":[{"key":"A b","zh":"甲","en":"A"}]}`, domain.FieldMalformed, "value.hr[0].key", policy.RuleItemKey},
		{policy.Checklists, `{"hr":[{"key":"a","zh":"甲","en":"A"},{"key":"a","zh":"乙","en":"B"}]}`, domain.FieldMalformed, "value.hr[1].key", policy.RuleItemRepeated},
		{policy.Checklists, `{"hr":[{"key":"a","zh":" ","en":"A"}]}`, domain.FieldMissing, "value.hr[0].zh", ""},
		{policy.Checklists, `{"hr":[{"key":"a","zh":"甲","en":"` + strings.Repeat("x", 101) + `"}]}`, domain.FieldMalformed, "value.hr[0].en", codes.RuleTextLength},
	} {
		value, r := policy.Check(row.name, []byte(row.value))
		if r == nil || value != nil {
			t.Errorf("%s %s is accepted", row.name, row.value)
			continue
		}
		if rule, _ := r.Facts["rule"].(string); r.Name != row.refusal || r.Field != row.field || rule != row.rule {
			t.Errorf("%s %s: %v", row.name, row.value, r)
		}
	}
}

func TestCheckCanonical(t *testing.T) {
	t.Parallel()
	got, r := policy.Check(policy.Checklists, []byte(` { "hr" : [ {"en":" R & D ","key":"a","zh":"甲　"} ] } `))
	if want := `{"hr":[{"key":"a","zh":"甲","en":"R & D"}]}`; r != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, r, want)
	}
}

// TestBook holds the book against the plainest definition over random
// histories, in which days pass and versions are set for today or later.
func TestBook(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		b := policy.NewBook()
		type set struct{ version, from, months int }
		var history []set
		day := int(today)
		past := map[int]*policy.Set{}
		for range 60 {
			day += rng.IntN(3)
			if rng.IntN(3) == 0 {
				s := set{len(history) + 1, day + rng.IntN(10), rng.IntN(60)}
				value := fmt.Appendf(nil, `{"backdatingmonths":%d}`, s.months)
				d, err := policy.DecideSetPolicy(policy.SetPolicy{Name: policy.Bounds, From: domain.Day(s.from), Value: value},
					policy.Facts{Today: domain.Day(day), Document: "d", DocumentKnown: true, Last: domain.Revision(len(history)) - 1})
				if err != nil {
					t.Fatal(err)
				}
				if err := b.Apply(roundTrip(t, d.Drafts[0].Payload)); err != nil {
					t.Fatal(err)
				}
				history = append(history, s)
			}
			for _, on := range []int{day, day + 4, day + 20} {
				want := set{0, 0, 24}
				for _, s := range history {
					if s.from <= on {
						want = s
					}
				}
				got := b.On(domain.Day(on))
				if got.Bounds.BackdatingMonths != want.months || got.Versions[policy.Bounds] != want.version || b.Version(policy.Bounds) != len(history) {
					t.Fatalf("seed %d: on %s %+v version %d, want %+v", seed, domain.Day(on), got.Bounds, got.Versions[policy.Bounds], want)
				}
				if got != b.On(domain.Day(on)) {
					t.Fatal("the set of a day is not shared")
				}
			}
			for on, before := range past { // what a past day had stays
				if now := b.On(domain.Day(on)); !reflect.DeepEqual(now, before) {
					t.Fatalf("seed %d: the set of %s has changed", seed, domain.Day(on))
				}
			}
			past[day-1] = b.On(domain.Day(day - 1))
		}
	}
}

func roundTrip(t *testing.T, p domain.Payload) domain.Payload {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := policy.Decode(p.EventType(), b)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestBookRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	b := policy.NewBook()
	for _, e := range []policy.PolicySet{
		{Name: "later", Version: 1, From: today, Value: []byte(`{}`)},
		{Name: policy.Bounds, Version: 1, From: today, Value: []byte(`[]`)},
		{Name: policy.Bounds, Version: 2, From: today, Value: []byte(`{"backdatingmonths":1}`)},
	} {
		if err := b.Apply(e); err == nil {
			t.Errorf("%+v is applied", e)
		}
	}
	if got := b.On(today); got.Bounds.BackdatingMonths != 24 {
		t.Errorf("bounds %+v", got.Bounds)
	}
}

func TestBookConcurrently(t *testing.T) {
	t.Parallel()
	b := policy.NewBook()
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 200 {
				if set := b.On(today + domain.Day(i*w)); set.Deadlines.Exit != 15 {
					t.Error(set.Deadlines)
				}
				_ = b.Calendar()
			}
		})
	}
	for i := range 20 {
		if err := b.Apply(policy.PolicySet{Name: policy.Bounds, Version: i + 1, From: today, Value: []byte(`{"backdatingmonths":1}`)}); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func TestDecideSetPolicyRefuses(t *testing.T) {
	t.Parallel()
	good := policy.SetPolicy{Name: policy.Bounds, From: today, Value: []byte(`{"backdatingmonths":12}`)}
	facts := policy.Facts{Today: today, Document: "d", DocumentKnown: true, Last: domain.NoStream}
	for _, row := range []struct {
		change  func(*policy.SetPolicy, *policy.Facts)
		refusal string
		field   string
	}{
		{func(*policy.SetPolicy, *policy.Facts) {}, "", ""},
		{func(c *policy.SetPolicy, _ *policy.Facts) { c.From-- }, domain.FieldMalformed, "from"},
		{func(c *policy.SetPolicy, _ *policy.Facts) { c.From = domain.NoDay }, domain.FieldMissing, "from"},
		{func(c *policy.SetPolicy, _ *policy.Facts) { c.Name = "x" }, domain.FieldMalformed, "name"},
		{func(_ *policy.SetPolicy, f *policy.Facts) { f.Document = "" }, domain.DocumentMissing, "document"},
		{func(_ *policy.SetPolicy, f *policy.Facts) { f.DocumentKnown = false }, domain.DocumentUnknown, "document"},
	} {
		c, f := good, facts
		row.change(&c, &f)
		d, err := policy.DecideSetPolicy(c, f)
		var r *domain.Refusal
		if errors.As(err, &r) != (row.refusal != "") || r != nil && (r.Name != row.refusal || r.Field != row.field) {
			t.Errorf("%+v: %v, %+v", row, err, d)
		}
		if err == nil && d.Drafts[0].Payload.(policy.PolicySet).Version != 1 {
			t.Errorf("version %+v", d.Drafts[0].Payload)
		}
	}
}

func TestDecideSetCalendar(t *testing.T) {
	t.Parallel()
	b := policy.NewBook()
	holidays, workdays, _ := b.Calendar().Year(2026)
	facts := policy.Facts{Today: today, Document: "d", DocumentKnown: true, Last: domain.NoStream}
	shift := func(days []domain.Day) (moved []domain.Day) { // 2027 begins one weekday later
		for _, d := range days {
			if m := d + 364; m.Year() == 2027 {
				moved = append(moved, m)
			}
		}
		slices.Reverse(moved)
		return moved
	}
	d, err := policy.DecideSetCalendar(policy.SetCalendar{Year: 2027, Holidays: shift(holidays), Workdays: shift(workdays)}, facts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Calendar().IsWorkingDay(domain.DayOf(2027, 6, 1)); err == nil {
		t.Error("2027 is known before it is set")
	}
	before := b.Calendar()
	if err := b.Apply(roundTrip(t, d.Drafts[0].Payload)); err != nil {
		t.Fatal(err)
	}
	if on, err := b.Calendar().IsWorkingDay(domain.DayOf(2027, 6, 1)); err != nil || !on {
		t.Errorf("2027-06-01: %t, %v", on, err)
	}
	if _, err := before.IsWorkingDay(domain.DayOf(2027, 6, 1)); err == nil {
		t.Error("a calendar handed out has changed")
	}
	_, err = policy.DecideSetCalendar(policy.SetCalendar{Year: 2027, Holidays: holidays, Workdays: workdays}, facts)
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Field != "holidays" || r.Facts["rule"] != codes.RuleCalendarYear {
		t.Errorf("days of another year: %v", err)
	}
	facts.Document = ""
	if _, err = policy.DecideSetCalendar(policy.SetCalendar{Year: 2027}, facts); !errors.As(err, &r) || r.Name != domain.FieldMalformed || r.Also[0].Name != domain.DocumentMissing {
		t.Errorf("no document: %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{`{"backdatingmonths":24}`, `[{"kind":"exit","gates":["office"]},{"kind":"entry","gates":["hr"]}]`,
		`{"hr":[{"key":"a","zh":"甲","en":"A"}]}`, `{"worker":["worker"]}`, `{"manners":["exam"],"validitydays":9}`, ` {"0":{"":"","":0`, `{"":{"":1,"":2}}`} {
		for i := range policy.Names {
			f.Add(uint8(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, value []byte) {
		name := policy.Names[int(n)%len(policy.Names)]
		once, r := policy.Check(name, value)
		if r != nil {
			return
		}
		twice, r := policy.Check(name, once)
		if r != nil || string(twice) != string(once) {
			t.Fatalf("%s %s: %s, then %s, %v", name, value, once, twice, r)
		}
		if err := policy.NewBook().Apply(policy.PolicySet{Name: name, Version: 1, From: today, Value: once}); err != nil {
			t.Fatal(err)
		}
	})
}
