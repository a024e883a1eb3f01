package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Rules that the refusal of a policy value can name, beside those of package
// codes.
const (
	RuleName           = "policy-name"            // [known]
	RuleFrom           = "policy-from"            // [day, earliest]
	RuleJSON           = "policy-json"            // [reason]
	RuleUnknownField   = "policy-unknown-field"   // [found]
	RuleRepeatedField  = "policy-repeated-field"  // [found]
	RuleRange          = "policy-range"           // [min, max, got]
	RuleRouteKind      = "policy-route-kind"      // [found, known]
	RuleRouteRepeated  = "policy-route-repeated"  // [kind, class]
	RuleRouteMissing   = "policy-route-missing"   // [kind]: no rule for the other classes
	RuleRouteLength    = "policy-route-length"    // [min, max, got]
	RuleGate           = "policy-gate"            // [found, known]
	RuleGateRepeated   = "policy-gate-repeated"   // [found]
	RuleItemKey        = "policy-item-key"        // [form]
	RuleItemRepeated   = "policy-item-repeated"   // [found]
	RuleClass          = "policy-class"           // [found]
	RuleClassRepeated  = "policy-class-repeated"  // [found]
	RulePostKind       = "policy-postkind"        // [found]
	RuleManner         = "policy-manner"          // [found]
	RuleMannerRepeated = "policy-manner-repeated" // [found]
	RuleChecklistEmpty = "policy-checklist-empty" // a gate without items
)

// Rules lists them, for the catalogue of sentences.
var Rules = []string{RuleName, RuleFrom, RuleJSON, RuleUnknownField, RuleRepeatedField, RuleRange, RuleRouteKind,
	RuleRouteRepeated, RuleRouteMissing, RuleRouteLength, RuleGate, RuleGateRepeated, RuleItemKey, RuleItemRepeated,
	RuleClass, RuleClassRepeated, RulePostKind, RuleManner, RuleMannerRepeated, RuleChecklistEmpty}

// Bounds of policy values.
const (
	RouteLengthMax     = 5
	ValidityDaysMax    = 3 * 366
	DeadlineDaysMax    = 250 // working days: a year
	BackdatingMax      = 50 * 12
	LeaderPostsMaxMax  = 99_999
	ChecklistItemsMax  = 30
	ChecklistKeyMax    = 40
	ChecklistTextMax   = 100 // runes
	ValueBytesMax      = 32 << 10
	checklistKeyFormat = "[a-z][a-z0-9-]*, at most 40 characters"
)

// Check judges the value of a policy strictly and returns it in its one
// spelling, or the first fault as a refusal. Fields are named from "value" on:
// "value[2].gates[0]".
func Check(name string, value []byte) (json.RawMessage, *domain.Refusal) {
	var set Set
	part := set.part(name)
	if part == nil {
		return nil, malformed("name", RuleName, "known", Names)
	}
	if len(value) == 0 {
		return nil, domain.Refuse(domain.FieldMissing, "value")
	}
	if len(value) > ValueBytesMax {
		return nil, malformed("value", RuleRange, "min", 1, "max", ValueBytesMax, "got", len(value))
	}
	if r := decodeStrict(value, part); r != nil {
		return nil, r
	}
	if r := complete(value, part); r != nil {
		return nil, r
	}
	if r := set.check(name); r != nil {
		return nil, r
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(part); err != nil {
		panic("policy: " + name + ": " + err.Error()) // the types of this package always have a JSON form
	}
	return bytes.TrimSpace(b.Bytes()), nil
}

func malformed(field, rule string, facts ...any) *domain.Refusal {
	return domain.Refuse(domain.FieldMalformed, field, append([]any{"rule", rule}, facts...)...)
}

// decodeStrict decodes one JSON value: no unknown and no repeated field,
// nothing behind it.
func decodeStrict(value []byte, into any) *domain.Refusal {
	if !json.Valid(value) {
		return malformed("value", RuleJSON, "reason", "not one JSON value")
	}
	if key, repeated := repeatedKey(json.NewDecoder(bytes.NewReader(value))); repeated {
		return malformed("value", RuleRepeatedField, "found", key)
	}
	d := json.NewDecoder(bytes.NewReader(value))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if bytes.Equal(bytes.TrimSpace(value), []byte("null")) {
			return domain.Refuse(domain.FieldMissing, "value")
		}
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return malformed("value", RuleUnknownField, "found", strings.Trim(name, `"`))
	}
	field := "value"
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		field += "." + wrongType.Field
	}
	return malformed(field, RuleJSON, "reason", strings.TrimPrefix(err.Error(), "json: "))
}

// repeatedKey finds a field that an object of valid JSON names twice; Go's
// decoder would silently take the last.
func repeatedKey(d *json.Decoder) (key string, repeated bool) {
	t, err := d.Token()
	delim, nested := t.(json.Delim)
	if err != nil || !nested {
		return "", false
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			t, err := d.Token()
			if err != nil {
				return "", false
			}
			name := strings.ToLower(t.(string)) // the decoder takes either case
			if seen[name] {
				return name, true
			}
			seen[name] = true
		}
		if key, repeated := repeatedKey(d); repeated {
			return key, true
		}
	}
	_, _ = d.Token() // the closing bracket
	return "", false
}

// complete wants every field of a policy that is one object: what is left out
// would silently become 0 or "none".
func complete(value []byte, part any) *domain.Refusal {
	t := reflect.TypeOf(part).Elem()
	if t.Kind() != reflect.Struct {
		return nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(value, &fields); err != nil {
		return malformed("value", RuleJSON, "reason", err.Error())
	}
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("json")
		if v, ok := fields[name]; !ok || string(v) == "null" {
			return domain.Refuse(domain.FieldMissing, "value."+name)
		}
	}
	return nil
}

func (s *Set) check(name string) *domain.Refusal {
	switch name {
	case Routes:
		return checkRoutes(s.Routes)
	case Checklists:
		return checkChecklists(s.Checklists)
	case Compatibility:
		return checkCompatibility(s.Compatibility)
	case Approvals:
		if r := checkManners(s.Approvals.Manners); r != nil {
			return r
		}
		return inRange("value.validitydays", s.Approvals.ValidityDays, 1, ValidityDaysMax)
	case Deadlines:
		if r := inRange("value.handling", s.Deadlines.Handling, 1, DeadlineDaysMax); r != nil {
			return r
		}
		return inRange("value.exit", s.Deadlines.Exit, 1, DeadlineDaysMax)
	case Bounds:
		return inRange("value.backdatingmonths", s.Bounds.BackdatingMonths, 0, BackdatingMax)
	}
	return inRange("value.leaderpostsmax", s.Authority.LeaderPostsMax, 0, LeaderPostsMaxMax)
}

func inRange(field string, got, low, high int) *domain.Refusal {
	if got < low || got > high {
		return malformed(field, RuleRange, "min", low, "max", high, "got", got)
	}
	return nil
}

// checkRoutes wants a rule for every kind without class, each rule once, and
// 1 to 5 known gates without repeats (domain model §5).
func checkRoutes(rules []RouteRule) *domain.Refusal {
	type key struct {
		kind  string
		class codes.PersonClass
	}
	seen := map[key]bool{}
	for i, rule := range rules {
		field := fmt.Sprintf("value[%d]", i)
		if !slices.Contains(Kinds, rule.Kind) {
			return malformed(field+".kind", RuleRouteKind, "found", rule.Kind, "known", Kinds)
		}
		if rule.Class != "" && !known(codes.TablePersonClass, rule.Class) {
			return malformed(field+".class", RuleClass, "found", string(rule.Class))
		}
		k := key{rule.Kind, rule.Class}
		if seen[k] {
			return malformed(field, RuleRouteRepeated, "kind", rule.Kind, "class", string(rule.Class))
		}
		seen[k] = true
		if n := len(rule.Gates); n < 1 || n > RouteLengthMax {
			return malformed(field+".gates", RuleRouteLength, "min", 1, "max", RouteLengthMax, "got", n)
		}
		for j, gate := range rule.Gates {
			at := fmt.Sprintf("%s.gates[%d]", field, j)
			if !slices.Contains(Gates, gate) {
				return malformed(at, RuleGate, "found", gate, "known", Gates)
			}
			if slices.Contains(rule.Gates[:j], gate) {
				return malformed(at, RuleGateRepeated, "found", gate)
			}
		}
	}
	for _, kind := range Kinds {
		if !seen[key{kind, ""}] {
			return malformed("value", RuleRouteMissing, "kind", kind)
		}
	}
	return nil
}

// checkChecklists wants items of unique key and both texts under known gates. A
// gate that is left out has no checklist; one that is named has items.
func checkChecklists(lists map[string][]ChecklistItem) *domain.Refusal {
	for _, gate := range slices.Sorted(maps.Keys(lists)) {
		items, field := lists[gate], "value."+gate
		if !slices.Contains(Gates, gate) {
			return malformed("value", RuleGate, "found", gate, "known", Gates)
		}
		if len(items) == 0 {
			return malformed(field, RuleChecklistEmpty)
		}
		if r := inRange(field, len(items), 1, ChecklistItemsMax); r != nil {
			return r
		}
		seen := map[string]bool{}
		for i := range items {
			item, at := &items[i], fmt.Sprintf("%s[%d]", field, i)
			if !itemKey(item.Key) {
				return malformed(at+".key", RuleItemKey, "form", checklistKeyFormat)
			}
			if seen[item.Key] {
				return malformed(at+".key", RuleItemRepeated, "found", item.Key)
			}
			seen[item.Key] = true
			for n, kind := range item.Kinds {
				if !slices.Contains(Kinds, kind) {
					return malformed(fmt.Sprintf("%s.kinds[%d]", at, n), RuleRouteKind, "found", kind, "known", Kinds)
				}
			}
			for n, class := range item.Classes {
				if !known(codes.TablePersonClass, class) {
					return malformed(fmt.Sprintf("%s.classes[%d]", at, n), RuleClass, "found", string(class))
				}
			}
			var f *codes.Fault
			if item.ZH, f = codes.OneLine(item.ZH, 1, ChecklistTextMax); f != nil {
				return f.Refusal(at + ".zh")
			}
			if item.EN, f = codes.OneLine(item.EN, 1, ChecklistTextMax); f != nil {
				return f.Refusal(at + ".en")
			}
		}
	}
	return nil
}

func itemKey(s string) bool {
	for i, c := range s {
		if letter := c >= 'a' && c <= 'z'; !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= ChecklistKeyMax
}

// checkCompatibility wants known kinds and classes; a kind that is left out, or
// has an empty list, takes nobody.
func checkCompatibility(table map[codes.PostKind][]codes.PersonClass) *domain.Refusal {
	for _, kind := range slices.Sorted(maps.Keys(table)) {
		if !known(codes.TablePostKind, kind) {
			return malformed("value", RulePostKind, "found", string(kind))
		}
		for i, class := range table[kind] {
			at := fmt.Sprintf("value.%s[%d]", kind, i)
			if !known(codes.TablePersonClass, class) {
				return malformed(at, RuleClass, "found", string(class))
			}
			if slices.Contains(table[kind][:i], class) {
				return malformed(at, RuleClassRepeated, "found", string(class))
			}
		}
	}
	return nil
}

func checkManners(manners []codes.Manner) *domain.Refusal {
	for i, m := range manners {
		at := fmt.Sprintf("value.manners[%d]", i)
		if !known(codes.TableManner, m) {
			return malformed(at, RuleManner, "found", string(m))
		}
		if slices.Contains(manners[:i], m) {
			return malformed(at, RuleMannerRepeated, "found", string(m))
		}
	}
	return nil
}

func known[S ~string](table string, value S) bool {
	_, ok := codes.Lookup(table, string(value), domain.NoDay)
	return ok
}
