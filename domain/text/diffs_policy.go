package text

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
)

// policy adds the content of a policy or calendar, spelled out by its name. The
// event tells the new content only.
func (d *differ) policy(payload domain.Payload) {
	switch e := payload.(type) {
	case policy.PolicySet:
		d.field("version", strconv.Itoa(e.Version-1), strconv.Itoa(e.Version))
		d.new("policy.from", Date(d.lang, e.From))
		if !d.policyValue(e.Name, e.Value) {
			d.new("value", oneLine(e.Value))
		}
	case policy.CalendarSet:
		d.new("year", strconv.Itoa(e.Year))
		d.new("holidays", d.days(e.Holidays))
		d.new("workdays", d.days(e.Workdays))
	}
}

// policyValue spells a policy out; false where the value is not of the policy's
// form.
func (d *differ) policyValue(name string, value json.RawMessage) bool {
	switch name {
	case policy.Routes:
		var rules []policy.RouteRule
		return d.decoded(value, &rules, func() {
			for _, r := range rules {
				field := Label(d.lang, "changekind", r.Kind)
				if r.Class != "" {
					field += d.say("（"+Label(ZH, "personclass", string(r.Class))+"）", " ("+d.label("personclass", string(r.Class))+")")
				}
				route := ""
				for i, g := range r.Gates {
					if i > 0 {
						route += "→"
					}
					route += Label(d.lang, "gate-short", g)
				}
				d.add(field, "", route)
			}
		})
	case policy.Checklists:
		var lists map[string][]policy.ChecklistItem
		return d.decoded(value, &lists, func() {
			for _, gate := range inOrder(lists, Codes("gate")) {
				words := make([]string, len(lists[gate]))
				for i, item := range lists[gate] {
					words[i] = both{item.ZH, item.EN}.in(d.lang)
				}
				d.add(Label(d.lang, "gate-review", gate), "", d.list(words))
			}
		})
	case policy.Compatibility:
		var fits map[string][]codes.PersonClass
		return d.decoded(value, &fits, func() {
			for _, kind := range inOrder(fits, Codes(codes.TablePostKind)) {
				words := make([]string, len(fits[kind]))
				for i, class := range fits[kind] {
					words[i] = d.label("personclass", string(class))
				}
				d.add(Label(d.lang, "postkind", kind), "", d.list(words))
			}
		})
	case policy.Approvals:
		var p policy.ApprovalPolicy
		return d.decoded(value, &p, func() {
			words := make([]string, len(p.Manners))
			for i, m := range p.Manners {
				words[i] = d.label("manner", string(m))
			}
			d.add(d.say("须核准的进入方式", "Manners that need an approval"), "", d.list(words))
			d.add(d.say("核准有效期", "Valid for at most"), "", Count(d.lang, Days, p.ValidityDays))
		})
	case policy.Deadlines:
		var p policy.DeadlinePolicy
		return d.decoded(value, &p, func() {
			d.add(d.say("变动办理期限", "Handling of a change"), "", Count(d.lang, WorkingDays, p.Handling))
			d.add(d.say("出编办理期限", "Recording of an exit"), "", Count(d.lang, WorkingDays, p.Exit))
		})
	case policy.Bounds:
		var p policy.BoundPolicy
		return d.decoded(value, &p, func() {
			d.add(d.say("可追溯", "Back-dating"), "", Count(d.lang, Months, p.BackdatingMonths))
		})
	case policy.Authority:
		var p policy.AuthorityPolicy
		return d.decoded(value, &p, func() {
			d.add(d.say("编办领导一次最多决定", "Most that a leader decides at once"), "", Count(d.lang, Posts, p.LeaderPostsMax))
		})
	}
	return false
}

// decoded reads a value strictly and calls then where it fits.
func (d *differ) decoded(value json.RawMessage, into any, then func()) bool {
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.DisallowUnknownFields()
	if decoder.Decode(into) != nil {
		return false
	}
	then()
	return true
}

// inOrder returns the keys of a map in the given order, others last.
func inOrder[V any](m map[string]V, order []string) []string {
	keys := slices.Sorted(maps.Keys(m))
	place := func(key string) int {
		if i := slices.Index(order, key); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(keys, func(a, b string) int { return place(a) - place(b) })
	return keys
}

func (d *differ) days(days []domain.Day) string {
	words := make([]string, len(days))
	for i, day := range days {
		words[i] = Date(d.lang, day)
	}
	return d.list(words)
}

// oneLine is JSON without blanks between its parts.
func oneLine(value json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return string(value)
	}
	return b.String()
}
