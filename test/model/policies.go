package model

import (
	"encoding/json"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/usecase"
)

// policies are the versions of each policy, oldest first.
type policies map[string][]policyVersion

type policyVersion struct {
	from domain.Day
	set  func(*rules)
}

// rules are the policies of one day.
type rules struct {
	routes        []policy.RouteRule
	checklists    map[string][]policy.ChecklistItem
	compatibility map[codes.PostKind][]codes.PersonClass
	approvals     policy.ApprovalPolicy
	deadlines     policy.DeadlinePolicy
	bounds        policy.BoundPolicy
	authority     policy.AuthorityPolicy
}

// policy is what holds today: of each policy the last version whose day has
// come, over what is shipped.
func (m *Model) policy() rules {
	r := m.shipped
	for _, versions := range m.policies {
		for _, v := range versions {
			if v.from <= m.today() {
				v.set(&r)
			}
		}
	}
	return r
}

// route is that of the person class, or the general one.
func (r *rules) route(kind account.Kind, class codes.PersonClass) (gates []account.Gate) {
	for _, specific := range []bool{true, false} {
		for _, rule := range r.routes {
			if rule.Kind != string(kind) || specific != (rule.Class != "") || specific && rule.Class != class {
				continue
			}
			for _, g := range rule.Gates {
				gates = append(gates, account.Gate(g))
			}
			return gates
		}
	}
	return nil
}

// asks is what a gate must confirm on a change, and all that it ever asks.
func (r *rules) asks(g account.Gate, c *change) (must, ever []string) {
	for _, item := range r.checklists[string(g)] {
		ever = append(ever, item.Key)
		kind := len(item.Kinds) == 0 || slices.Contains(item.Kinds, string(c.kind))
		class := len(item.Classes) == 0 || slices.Contains(item.Classes, c.class)
		if kind && class {
			must = append(must, item.Key)
		}
	}
	return must, ever
}

// setter replaces one policy by a value that is known to be well formed.
func setter(name string, value []byte) func(*rules) {
	var read rules
	parts := map[string]struct {
		into any
		take func(*rules)
	}{
		policy.Routes:        {&read.routes, func(r *rules) { r.routes = read.routes }},
		policy.Checklists:    {&read.checklists, func(r *rules) { r.checklists = read.checklists }},
		policy.Compatibility: {&read.compatibility, func(r *rules) { r.compatibility = read.compatibility }},
		policy.Approvals:     {&read.approvals, func(r *rules) { r.approvals = read.approvals }},
		policy.Deadlines:     {&read.deadlines, func(r *rules) { r.deadlines = read.deadlines }},
		policy.Bounds:        {&read.bounds, func(r *rules) { r.bounds = read.bounds }},
		policy.Authority:     {&read.authority, func(r *rules) { r.authority = read.authority }},
	}
	if err := json.Unmarshal(value, parts[name].into); err != nil {
		panic(err)
	}
	return parts[name].take
}

// setPolicy knows which values are malformed by what the generator says of them
// (badPolicies): how each policy is read is tested in package policy.
func (m *Model) setPolicy(call usecase.Call, k usecase.SetPolicy) verdict {
	_, found := m.may(call, []domain.Role{domain.Admin})
	if found != nil {
		return refused(found...)
	}
	if found = m.alone(); found != nil {
		return refused(found...)
	}
	found = m.cited(k.Document)
	switch bad, is := badPolicies[string(k.Value)]; {
	case !slices.Contains(policy.Names, k.Name):
		found = append(found, malformed("name"))
	case is:
		found = append(found, bad)
	}
	switch {
	case k.From == domain.NoDay:
		found = append(found, missing("from"))
	case k.From < m.today():
		found = append(found, rule(domain.FieldMalformed, "from"))
	}
	if len(found) > 0 {
		return refused(found...)
	}
	v := verdict{apply: func(*written) {
		m.policies[k.Name] = append(m.policies[k.Name], policyVersion{k.From, setter(k.Name, k.Value)})
	}}
	v.write(domain.StreamOf(domain.PolicyStream, k.Name), policy.TypeSet)
	return v
}

// badPolicies are the malformed values that the generator sends.
var badPolicies = map[string]finding{
	"":                              missing("value"),
	"null":                          missing("value"),
	"{":                             malformed("value"),
	`{"backdatingmonths":-1}`:       malformed("value.backdatingmonths"),
	`{"backdatingmonths":1,"x":2}`:  malformed("value"),
	`{}`:                            missing("value.backdatingmonths"),
	`[{"kind":"entry","gates":[]}]`: malformed("value[0].gates"),
}

func (m *Model) setCalendar(call usecase.Call, k usecase.SetCalendar) verdict {
	_, found := m.may(call, []domain.Role{domain.Admin})
	if found != nil {
		return refused(found...)
	}
	if found = m.alone(); found != nil {
		return refused(found...)
	}
	found = m.cited(k.Document)
	if field, fault := codes.CheckCalendar(k.Year, k.Holidays, k.Workdays); fault != nil {
		found = append(found, faulty(field, fault))
	}
	if len(found) > 0 {
		return refused(found...)
	}
	v := verdict{apply: func(*written) { m.calendars[k.Year] = calendar{setOf(k.Holidays), setOf(k.Workdays)} }}
	v.events = []string{"calendar-* " + string(policy.TypeCalendarSet)}
	return v
}

func (m *Model) registerDocument(call usecase.Call, k usecase.RegisterDocument) verdict {
	_, found := m.may(call, registrars)
	if found != nil {
		return refused(found...)
	}
	if _, fault := codes.DocumentNumber(k.Number); fault != nil {
		found = append(found, faulty("number", fault))
	}
	found = append(found, oneLine("issuer", k.Issuer, true)...)
	found = append(found, oneLine("title", k.Title, true)...)
	switch {
	case k.Date == domain.NoDay:
		found = append(found, missing("date"))
	case k.Date > m.today():
		found = append(found, rule(domain.FutureDated, "date"))
	}
	if k.Digest != "" && (len(k.Digest) != 64 || k.Size <= 0) {
		found = append(found, malformed("digest"))
	}
	if len(found) > 0 {
		return refused(found...)
	}
	v := verdict{apply: func(w *written) { m.documents[domain.DocumentID(w.result.ID)] = true }}
	v.events = []string{"document-* document.registered.v1"}
	return v
}
