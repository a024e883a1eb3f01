package http_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// A table made from openapi.yaml: for every operation each field of its body
// missing, null, of a wrong type and too long, a field too many, and each
// parameter malformed or unknown. Each is a clear 4xx that names the field, and
// nothing is written.
func TestFormOfEveryOperation(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	doc, err := contractOnce()
	must(t, err)
	before := a.ledger.Size()
	cases := 0
	for _, path := range slices.Sorted(maps.Keys(doc.Paths.Map())) {
		for method, op := range doc.Paths.Value(path).Operations() {
			f := former{a: a, method: method, path: path, op: op, cases: &cases}
			f.parameters()
			f.body()
		}
	}
	if a.ledger.Size() != before {
		t.Errorf("%d events were written", a.ledger.Size()-before)
	}
	t.Logf("%d malformed requests", cases)
	if cases < 500 {
		t.Errorf("only %d cases: the table is not read", cases)
	}
}

type former struct {
	a            *api
	method, path string
	op           *openapi3.Operation
	cases        *int
}

// someone may ask for everything that is not of the use case to refuse.
func (f former) user() string {
	switch f.op.Extensions["x-access"] {
	case "admin", "checker":
		return "admin"
	case "document-registrar":
		return "c"
	}
	return "aud"
}

// target is the path with ids that are well formed.
func (f former) target() string { return f.targetWith("", "") }

// targetWith is target with one parameter as given.
func (f former) targetWith(name, value string) string {
	path := f.path
	if name != "" {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	for _, p := range f.op.Parameters {
		if p.Value.In != "path" {
			continue
		}
		value := "4f6c1c1e-8f2b-5c55-9a3e-0d6a54f1b7aa"
		switch p.Value.Name {
		case "level":
			value = "330200"
		case "year":
			value = "2026"
		case "policy":
			value = "bounds"
		case "table":
			value = "manner"
		case "event":
			value = "0"
		case "unit":
			value = "330200-0001"
		}
		path = strings.ReplaceAll(path, "{"+p.Value.Name+"}", value)
	}
	return path
}

// refused sends a request and wants a problem that names a field.
func (f former) refused(what, path, body, field string, names ...string) {
	f.a.t.Helper()
	*f.cases++
	r := f.a.request(f.user(), f.method, path, nil)
	if body != "" {
		r = f.a.request(f.user(), f.method, path, body)
	}
	if f.op.OperationID == "signInForToken" {
		r.SetBasicAuth("nobody", "nothing at all")
	}
	r.Header.Set("Idempotency-Key", f.a.key())
	got := f.a.send(r)
	var p problem
	if got.Status < 400 || got.Status >= 500 || json.Unmarshal(got.Body, &p) != nil {
		f.a.t.Errorf("%s %s, %s: %d %s", f.method, path, what, got.Status, got.Body)
		return
	}
	if f.op.OperationID == "signInForToken" {
		return // signing in comes before the body
	}
	named := p.Field == field
	for _, e := range p.Errors {
		named = named || e.Field == field
	}
	if !slices.Contains(names, p.name()) || !named {
		f.a.t.Errorf("%s %s, %s: %s of %q, want %v of %q: %s", f.method, path, what, p.name(), p.Field, names, field, got.Body)
	}
}

func (f former) parameters() {
	f.a.t.Helper()
	base := f.target()
	required := url.Values{}
	for _, p := range f.op.Parameters {
		if p.Value.In == "query" && p.Value.Required {
			required.Set(p.Value.Name, "1")
		}
	}
	with := func(name, value string) string {
		q := url.Values{}
		maps.Copy(q, required)
		q.Set(name, value)
		return base + "?" + q.Encode()
	}
	if f.path == "/livez" || f.path == "/metrics" {
		return
	}
	f.refused("unknown parameter", with("nosuch", "1"), "", "nosuch", "parameter-unknown")
	for _, p := range f.op.Parameters {
		s := p.Value.Schema.Value
		bad := []string{"\x00", strings.Repeat("x", 2000)}
		switch {
		case s.Type.Is("integer"):
			bad = []string{"", "x", "1.5", "-1", "0x1", "1e3", "99999999999999999999", " 1", "01"}
		case s.Type.Is("boolean"):
			bad = []string{"", "1", "TRUE", "yes"}
		case s.Pattern != "" || len(s.Enum) > 0:
			bad = append(bad, "no such, value", "../..", "é")
		default:
			bad = bad[1:]
		}
		for _, v := range bad {
			switch p.Value.In {
			case "query":
				f.refused(fmt.Sprintf("%s=%.20q", p.Value.Name, v), with(p.Value.Name, v), "", p.Value.Name, "parameter-malformed")
			case "path":
				if v == "" || strings.Contains(v, "..") {
					continue // another path
				}
				f.refused(fmt.Sprintf("%s=%.20q", p.Value.Name, v), f.targetWith(p.Value.Name, url.PathEscape(v)), "", p.Value.Name, "not-found")
			}
		}
	}
}

func (f former) body() {
	f.a.t.Helper()
	if f.op.RequestBody == nil {
		return
	}
	media := f.op.RequestBody.Value.Content["application/json"]
	if media == nil {
		return
	}
	path := f.target()
	for what, text := range map[string]string{"empty": " ", "no JSON": "{", "an array": "[]", "a text": `"x"`, "null": "null", "more behind": "{} {}", "a comma too many": `{"a":1,}`,
		"not UTF-8": "{\"note\":\"\xff\"}", "half a pair": `{"note":"\ud800"}`, "a control character": "{\"note\":\"\x01\"}", "deep": strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)} {
		field := "body"
		names := []string{"json-malformed"}
		if what == "an array" || what == "a text" || what == "null" {
			field, names = "", []string{"field-malformed"}
		}
		f.refused(what, path, text, field, names...)
	}
	f.object(path, media.Schema.Value, "", func(v any) any { return v })
}

// object tries every field of an object; wrap puts the object into its body.
func (f former) object(path string, s *openapi3.Schema, prefix string, wrap func(any) any) {
	f.a.t.Helper()
	try := func(what, field string, change func(map[string]any), names ...string) {
		f.a.t.Helper()
		fields := sample(s).(map[string]any)
		change(fields)
		text, err := json.Marshal(wrap(fields))
		must(f.a.t, err)
		f.refused(what+" "+field, path, string(text), prefix+field, names...)
	}
	try("unknown", "nosuch", func(m map[string]any) { m["nosuch"] = 1 }, "field-malformed")
	text, err := json.Marshal(wrap(sample(s)))
	must(f.a.t, err)
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name].Value
		if slices.Contains(s.Required, name) {
			try("missing", name, func(m map[string]any) { delete(m, name) }, "field-missing", "field-malformed")
		}
		try("null", name, func(m map[string]any) { m[name] = nil }, "field-malformed")
		if prefix == "" { // once in this spelling is enough
			twice := strings.Replace(string(text), "{", fmt.Sprintf(`{%q:1,%q:1,`, name, name), 1)
			f.refused("twice "+name, path, strings.Replace(twice, ",}", "}", 1), name, "field-malformed")
		}
		if len(p.AllOf) == 1 {
			p = p.AllOf[0].Value
		}
		if p.Type == nil {
			continue
		}
		wrong := any(map[string]any{"a": 1})
		if p.Type.Is("object") {
			wrong = "text"
		}
		try("wrong type of", name, func(m map[string]any) { m[name] = wrong }, "field-malformed")
		switch {
		case p.Type.Is("string"):
			try("number in", name, func(m map[string]any) { m[name] = 12 }, "field-malformed")
			if p.MaxLength != nil {
				try("too long", name, func(m map[string]any) { m[name] = strings.Repeat("编", int(*p.MaxLength)+1) }, "field-malformed")
			}
			if p.Format == "date" {
				try("no day", name, func(m map[string]any) { m[name] = "2026-02-30" }, "field-malformed")
				try("empty day", name, func(m map[string]any) { m[name] = "" }, "field-malformed")
			}
			if p.Pattern != "" {
				try("out of form", name, func(m map[string]any) { m[name] = "?" }, "field-malformed")
			}
		case p.Type.Is("integer"):
			try("text in", name, func(m map[string]any) { m[name] = "1" }, "field-malformed")
			try("fraction in", name, func(m map[string]any) { m[name] = 1.5 }, "field-malformed")
			if p.Min != nil {
				try("too small", name, func(m map[string]any) { m[name] = *p.Min - 1 }, "field-malformed")
			}
			if p.Max != nil {
				try("too large", name, func(m map[string]any) { m[name] = *p.Max + 1 }, "field-malformed")
			}
		case p.Type.Is("array"):
			items := p.Items.Value
			if p.MaxItems != nil {
				try("too many", name, func(m map[string]any) {
					all := make([]any, *p.MaxItems+1)
					for i := range all {
						all[i] = sample(items)
					}
					m[name] = all
				}, "field-malformed")
			}
			if items.Type.Is("object") {
				f.object(path, items, prefix+name+".0.", func(v any) any {
					outer := sample(s).(map[string]any)
					outer[name] = []any{v}
					return wrap(outer)
				})
			}
		}
	}
}

// sample is a well-formed value of a schema.
func sample(s *openapi3.Schema) any {
	if len(s.AllOf) == 1 {
		return sample(s.AllOf[0].Value)
	}
	switch {
	case s.Type == nil:
		return map[string]any{}
	case s.Type.Is("object"):
		m := map[string]any{}
		for _, name := range s.Required {
			m[name] = sample(s.Properties[name].Value)
		}
		return m
	case s.Type.Is("array"):
		return []any{sample(s.Items.Value)}
	case s.Type.Is("integer"):
		if s.Min != nil {
			return *s.Min
		}
		return 1
	case s.Type.Is("boolean"):
		return true
	case s.Example != nil:
		return s.Example
	}
	return "x"
}
