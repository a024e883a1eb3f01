package http

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"staffledger/domain"
)

// Bodies are strict JSON (RFC 8259, UTF-8) held against the contract before
// they are decoded: unknown, repeated, missing and null fields, wrong types,
// lengths and bounds are each named by path ("rows.3.since"). Nothing is
// repaired.

const (
	depthMax    = 16 // of arrays and objects in each other
	findingsMax = 50 // named in one answer
)

// Rules of form that stand in the fact "rule" of field-malformed.
const (
	ruleType    = "json-type"     // facts: want
	ruleNull    = "json-null"     //
	ruleUnknown = "json-unknown"  // a field that the contract does not have
	ruleTwice   = "json-twice"    // a field that is given twice
	ruleLength  = "text-length"   // facts: min, max, got
	rulePattern = "pattern"       // facts: form
	ruleRange   = "range"         // facts: min, max
	ruleCount   = "too-many-rows" // facts: rows, max
	ruleChoice  = "choice"        // facts: choices
	ruleDay     = "date-form"     // facts: form

	ruleMissing = "missing" // a parameter that is needed
)

// syntax is JSON that cannot be read at all.
type syntax struct {
	offset int
	why    string
}

func (e *syntax) Error() string { return e.why + " at byte " + strconv.Itoa(e.offset) }

// checkJSON holds a body against a schema. It fails with *syntax, or tells what
// is wrong with which field.
func checkJSON(body []byte, s *schema) (domain.Findings, error) {
	if !utf8.Valid(body) {
		at := 0
		for at < len(body) {
			r, n := utf8.DecodeRune(body[at:])
			if r == utf8.RuneError && n <= 1 {
				break
			}
			at += n
		}
		return nil, &syntax{at, "not UTF-8"}
	}
	c := checker{text: body}
	c.blanks()
	if c.at == len(body) {
		return nil, &syntax{0, "the body is empty"}
	}
	err := c.value(s, nil, 0)
	if err == nil {
		if c.blanks(); c.at < len(body) {
			err = c.fail("something stands after the JSON value")
		}
	}
	return c.found, err
}

// place is a field by the fields that hold it.
type place struct {
	up   *place
	name string
}

func (p *place) String() string {
	if p == nil {
		return ""
	}
	var parts []string
	for ; p != nil; p = p.up {
		parts = append(parts, p.name)
	}
	slices.Reverse(parts)
	return strings.Join(parts, ".")
}

type checker struct {
	text  []byte
	at    int
	found domain.Findings
}

func (c *checker) fail(why string) error { return &syntax{c.at, why} }

func (c *checker) add(name string, p *place, facts ...any) {
	if len(c.found) < findingsMax {
		c.found.Add(domain.Refuse(name, clip(p.String()), facts...))
	}
}

func (c *checker) malformed(p *place, rule string, facts ...any) {
	c.add(domain.FieldMalformed, p, append([]any{"rule", rule}, facts...)...)
}

func (c *checker) blanks() {
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

func (c *checker) peek() byte {
	if c.at < len(c.text) {
		return c.text[c.at]
	}
	return 0
}

// value reads one value; a nil schema, or one without kind, takes any.
func (c *checker) value(s *schema, p *place, depth int) error {
	if depth > depthMax {
		return c.fail("nested too deep")
	}
	kind, want := "", ""
	if s != nil {
		want = s.Kind
	}
	switch b := c.peek(); {
	case b == '{':
		kind = "object"
	case b == '[':
		kind = "array"
	case b == '"':
		kind = "string"
	case b == '-' || b >= '0' && b <= '9':
		kind = "number"
	case b == 't' || b == 'f':
		kind = "boolean"
	case b == 'n':
		if err := c.literal(); err != nil {
			return err
		}
		c.malformed(p, ruleNull)
		return nil
	default:
		return c.fail("no JSON value")
	}
	fits := want == "" || want == kind || want == "integer" && kind == "number"
	if !fits {
		c.malformed(p, ruleType, "want", want)
		s = nil
	}
	switch kind {
	case "object":
		return c.object(s, p, depth)
	case "array":
		return c.array(s, p, depth)
	case "string":
		text, err := c.text1()
		if err == nil && s != nil {
			c.checkText(s, p, text)
		}
		return err
	case "number":
		text, err := c.number()
		if err == nil && s != nil && s.Kind == "integer" {
			c.checkInteger(s, p, text)
		}
		return err
	}
	return c.literal()
}

func (c *checker) literal() error {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(string(c.text[c.at:min(c.at+5, len(c.text))]), word) {
			c.at += len(word)
			return nil
		}
	}
	return c.fail("no JSON value")
}

func (c *checker) object(s *schema, p *place, depth int) error {
	c.at++
	var seen []string
	for first := true; ; first = false {
		if c.blanks(); c.peek() == '}' {
			c.at++
			break
		}
		if !first {
			if c.peek() != ',' {
				return c.fail("a comma or } is missing")
			}
			c.at++
			c.blanks()
		}
		if c.peek() != '"' {
			return c.fail("a name is missing")
		}
		name, err := c.text1()
		if err != nil {
			return err
		}
		if c.blanks(); c.peek() != ':' {
			return c.fail("a colon is missing")
		}
		c.at++
		c.blanks()
		at := &place{p, name}
		var field *schema
		switch {
		case slices.Contains(seen, name):
			c.malformed(at, ruleTwice)
		case s == nil || s.Kind == "":
		case s.Props[name] != nil:
			field = s.Props[name]
		case s.Extra != nil:
			field = s.Extra
		case s.Closed:
			c.malformed(at, ruleUnknown)
		}
		if seen = append(seen, name); len(seen) > fieldsMax {
			return c.fail("too many fields in one object")
		}
		if err := c.value(field, at, depth+1); err != nil {
			return err
		}
	}
	if s == nil {
		return nil
	}
	for _, name := range s.Required {
		if !slices.Contains(seen, name) {
			c.add(domain.FieldMissing, &place{p, name})
		}
	}
	if s.PropsMax > 0 && len(seen) > s.PropsMax {
		c.malformed(p, ruleCount, "rows", len(seen), "max", s.PropsMax)
	}
	return nil
}

// fieldsMax bounds the fields of one object; the search for repeats is linear.
const fieldsMax = 256

func (c *checker) array(s *schema, p *place, depth int) error {
	c.at++
	var items *schema
	if s != nil {
		items = s.Items
	}
	n := 0
	for ; ; n++ {
		if c.blanks(); c.peek() == ']' {
			c.at++
			break
		}
		if n > 0 {
			if c.peek() != ',' {
				return c.fail("a comma or ] is missing")
			}
			c.at++
			c.blanks()
		}
		if s != nil && s.ItemsMax > 0 && n == s.ItemsMax {
			items = nil // too many: the rest is only read
		}
		if err := c.value(items, &place{p, strconv.Itoa(n)}, depth+1); err != nil {
			return err
		}
	}
	switch {
	case s == nil:
	case s.ItemsMax > 0 && n > s.ItemsMax:
		c.malformed(p, ruleCount, "rows", n, "max", s.ItemsMax)
	case n < s.ItemsMin:
		c.add(domain.FieldMissing, p)
	}
	return nil
}

// text1 reads a string and returns it as text.
func (c *checker) text1() (string, error) {
	start := c.at
	c.at++
	escaped := false
	for c.at < len(c.text) {
		switch b := c.text[c.at]; {
		case b == '"':
			c.at++
			if !escaped {
				return string(c.text[start+1 : c.at-1]), nil
			}
			return c.unescaped(c.text[start:c.at])
		case b == '\\':
			escaped = true
			c.at += 2
		case b < ' ':
			return "", c.fail("a control character in a string")
		default:
			c.at++
		}
	}
	return "", c.fail("a string does not end")
}

func (c *checker) unescaped(quoted []byte) (string, error) {
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return "", c.fail("a malformed escape in a string")
	}
	if strings.ContainsRune(s, utf8.RuneError) { // half a surrogate pair, which decoding replaces
		return "", c.fail("an escape that is no character")
	}
	return s, nil
}

func (c *checker) number() (string, error) {
	start := c.at
	for c.at < len(c.text) && strings.IndexByte("+-.0123456789eE", c.text[c.at]) >= 0 {
		c.at++
	}
	text := c.text[start:c.at]
	if !json.Valid(text) {
		c.at = start
		return "", c.fail("a malformed number")
	}
	return string(text), nil
}

func (c *checker) checkText(s *schema, p *place, text string) {
	if rule, facts := s.textFault(text); rule != "" {
		c.malformed(p, rule, facts...)
	}
}

// textFault tells which rule of the schema a text breaks.
func (s *schema) textFault(text string) (rule string, facts []any) {
	n := len(text)
	if s.LengthMax > 0 && n > s.LengthMax || n < s.LengthMin {
		n = utf8.RuneCountInString(text)
	}
	switch {
	case s.LengthMax > 0 && n > s.LengthMax || n < s.LengthMin:
		return ruleLength, []any{"min", s.LengthMin, "max", s.LengthMax, "got", n}
	case s.Format == "date":
		if _, err := domain.ParseDay(text); err != nil {
			return ruleDay, []any{"form", "YYYY-MM-DD", "earliest", "1900-01-01", "latest", "2199-12-31"}
		}
	case s.Pattern != nil && !s.Pattern.MatchString(text):
		return rulePattern, []any{"form", s.Pattern.String()}
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, text):
		return ruleChoice, []any{"choices", s.Enum}
	}
	return "", nil
}

func (c *checker) checkInteger(s *schema, p *place, text string) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || text == "-0" {
		c.malformed(p, ruleType, "want", "integer")
		return
	}
	if rule, facts := s.rangeFault(n); rule != "" {
		c.malformed(p, rule, facts...)
	}
}

func (s *schema) rangeFault(n int64) (rule string, facts []any) {
	if (s.Min == nil || n >= *s.Min) && (s.Max == nil || n <= *s.Max) && int64(int32(n)) == n || s.Format == "int64" && (s.Min == nil || n >= *s.Min) && (s.Max == nil || n <= *s.Max) {
		return "", nil
	}
	if s.Min != nil {
		facts = append(facts, "min", *s.Min)
	}
	if s.Max != nil {
		facts = append(facts, "max", *s.Max)
	}
	return ruleRange, facts
}

// textFault of a parameter: its value as text.
func (p *parameter) fault(text string) (rule string, facts []any) {
	switch p.Schema.Kind {
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != text {
			return ruleType, []any{"want", "integer"}
		}
		return p.Schema.rangeFault(n)
	case "boolean":
		if text != "true" && text != "false" {
			return ruleType, []any{"want", "boolean"}
		}
		return "", nil
	}
	if p.Name == "effective" || p.Name == "day" || p.Name == "dueBy" || p.Name == "from" || p.Name == "to" || p.Name == "known" && !strings.HasPrefix(text, "@") {
		if _, err := domain.ParseDay(text); err != nil {
			return ruleDay, []any{"form", "YYYY-MM-DD"}
		}
	}
	return p.Schema.textFault(text)
}

// clip bounds what an answer repeats of the caller's own words.
func clip(s string) string {
	const most = 120
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
