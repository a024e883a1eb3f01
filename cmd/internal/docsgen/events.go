package main

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/text"
	"staffledger/domain/text/example"
	"staffledger/eventstore"
)

// areas are the parts of the page, by the first word of a type, in the order of
// the domain model.
var areas = []struct{ title, words string }{
	{"Ledger", "ledger"}, {"Units", "unit unitcode"}, {"Quota", "pool quota"}, {"Approvals of use", "use"},
	{"Staffing", "staffing"}, {"Opening balance", "opening"}, {"Persons", "person"}, {"Documents", "document"},
	{"People of the system", "user role"}, {"Policies and calendars", "policy calendar"},
}

// shared are the objects that several payloads hold.
var shared = []string{"account.Line", "account.Posting", "domain.Batch", "account.OpeningRow", "domain.Scope", "domain.Refusal"}

func eventsPage(s *source) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(eventsIntro)
	b.WriteString("\n## Head\n\nWhat every event carries, in this order. An attribute without value is absent.\n\n| attribute | meaning |\n|---|---|\n")
	for _, a := range attributes {
		fmt.Fprintf(&b, "| `%s` | %s |\n", a.name, a.meaning)
	}
	b.WriteString("\n## Objects that several events hold\n")
	for _, name := range shared {
		st := s.structs[name]
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", strings.ToLower(st.name), sentenceOf(strip(st.name, st.doc)))
		writeFields(&b, s, st.fields)
	}
	byType := map[domain.EventType]example.Event{}
	for _, e := range example.Events() {
		if _, ok := byType[e.Type]; !ok {
			byType[e.Type] = e
		}
	}
	types := make([]domain.EventType, len(s.types))
	for i, t := range s.types {
		types[i] = domain.EventType(t)
		if _, ok := byType[types[i]]; !ok {
			return nil, fmt.Errorf("%s has no example", t)
		}
	}
	b.WriteString("\n## Types\n\n| type | 中文 | English | stream |\n|---|---|---|---|\n")
	for _, area := range areas {
		for _, t := range inArea(types, area.words) {
			fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s | %s |\n", t, anchor(string(t)), text.Label(text.ZH, "event", string(t)),
				text.Label(text.EN, "event", string(t)), codeWords(heads[t].stream))
		}
	}
	for _, area := range areas {
		fmt.Fprintf(&b, "\n## %s\n", area.title)
		for _, t := range inArea(types, area.words) {
			if err := writeEvent(&b, s, byType[t]); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), nil
}

const eventsIntro = `# Events

Written by ` + "`go run ./cmd/internal/docsgen`" + ` from the code; do not edit.

Every step is one event, and nothing else is ever written to the ledger. An
event is a CloudEvents 1.0 JSON object with a fixed field order, no blanks, one
spelling of every value and at most 65,535 bytes. Those exact bytes are the
entry of the ledger, the Merkle leaf, and the line in feed and export.

The head stands in clear and holds codes and opaque ids only, never a name or a
free text. Personal data and free text are sealed in ` + "`data`" + `:
` + "`{\"key\":…,\"box\":…}`" + ` is AES-256-GCM under the key of the subject, with a fresh
nonce in front and the event's id as associated data. Destroying the key erases
the words everywhere, and every proof still holds. "Sealed" below lists what the
box holds. The boxes of the examples are made up and open with no key.

**Versions.** The last part of a type is its version. A type's meaning and
fields never change: a new form of an event is a new version with a new name.
Old versions stay readable for ever; they are brought into the present form when
they are read, and never rewritten. A reader that meets a type it does not know
stops and names the position.

Sections (§) are those of the domain model; files are those that decide.
`

func inArea(types []domain.EventType, words string) []domain.EventType {
	var found []domain.EventType
	for _, word := range strings.Fields(words) {
		for _, t := range types {
			if strings.HasPrefix(string(t), word+".") {
				found = append(found, t)
			}
		}
	}
	return found
}

func writeEvent(b *bytes.Buffer, s *source, e example.Event) error {
	payload := reflect.TypeOf(e.Payload)
	name := payload.PkgPath()[strings.LastIndex(payload.PkgPath(), "/")+1:] + "." + payload.Name()
	st, ok := s.structs[name]
	if !ok {
		return fmt.Errorf("%s: no struct %s in the source", e.Type, name)
	}
	head, ok := heads[e.Type]
	if !ok {
		return fmt.Errorf("%s has no row in heads.go", e.Type)
	}
	fmt.Fprintf(b, "\n### %s\n\n%s · %s. %s\n\n", e.Type, text.Label(text.ZH, "event", string(e.Type)), text.Label(text.EN, "event", string(e.Type)),
		sentenceOf(jsonNames(payload, strip(st.name, st.doc))))
	for _, lang := range []text.Lang{text.ZH, text.EN} {
		fmt.Fprintf(b, "> %s\n", text.Sentence(lang, e.Recorded, e.Payload, example.Names{}))
		if lang == text.ZH {
			b.WriteString(">\n")
		}
	}
	fmt.Fprintf(b, "\n- stream: %s\n", codeWords(head.stream))
	fmt.Fprintf(b, "- head: %s\n", attributeWords(head))
	fmt.Fprintf(b, "- rule: domain model %s\n", codeFile(head.rule))
	if len(st.fields) > 0 {
		b.WriteString("\n")
		writeFields(b, s, st.fields)
	}
	for _, f := range st.fields {
		if f.sealed {
			writeSealed(b, s, st.pkg, f)
		}
	}
	encoded, err := eventstore.Encode(nil, &e.Event)
	if err != nil {
		return fmt.Errorf("%s: %w", e.Type, err)
	}
	fmt.Fprintf(b, "\n```json\n%s\n```\n", encoded)
	return nil
}

func writeFields(b *bytes.Buffer, s *source, fields []field) {
	b.WriteString("| field | type | meaning |\n|---|---|---|\n")
	for _, f := range fields {
		typ := f.typ
		if f.inner != "" {
			inner := s.structs[f.inner]
			typ = strings.Replace(typ, f.inner, fmt.Sprintf("[%s](#%s)", strings.ToLower(inner.name), anchor(inner.name)), 1)
			if !slices.ContainsFunc(shared, func(name string) bool { return s.structs[name] == inner }) {
				typ = strings.Replace(f.typ, f.inner, strings.ToLower(inner.name), 1)
			}
		}
		if f.optional && !strings.HasSuffix(typ, "absent") {
			typ += ", or absent"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", f.json, typ, cell(f.meaning))
	}
}

// sealedTypes are the types that a comment on a sealed field names.
func sealedTypes(s *source, pkg, comment string) []*structure {
	var found []*structure
	for _, word := range regexp.MustCompile(`[A-Za-z]+(\.[A-Z][A-Za-z]+)?`).FindAllString(comment, -1) {
		if !strings.Contains(word, ".") {
			word = pkg + "." + word
		}
		if st, ok := s.structs[word]; ok {
			found = append(found, st)
		}
	}
	return found
}

func writeSealed(b *bytes.Buffer, s *source, pkg string, f field) {
	for _, st := range sealedTypes(s, pkg, f.comment) {
		fmt.Fprintf(b, "\nSealed in `%s` (%s):\n\n", f.json, st.name)
		writeFields(b, s, st.fields)
		for _, inner := range st.fields {
			if nested, ok := s.structs[inner.inner]; ok {
				fmt.Fprintf(b, "\nEach of `%s`:\n\n", inner.json)
				writeFields(b, s, nested.fields)
			}
		}
	}
}

// attributeWords says what the head of a type carries beside what all have.
func attributeWords(h headOf) string {
	var always, where []string
	for _, a := range strings.Fields(h.attrs) {
		if name, may := strings.CutSuffix(a, "?"); may {
			where = append(where, "`"+name+"`")
		} else {
			always = append(always, "`"+name+"`")
			if name == "commandid" {
				always = append(always, "`requestdigest`")
			}
		}
	}
	var parts []string
	if len(always) > 0 {
		parts = append(parts, strings.Join(always, " "))
	}
	if len(where) > 0 {
		parts = append(parts, "where it applies "+strings.Join(where, " "))
	}
	if h.tags != "" {
		parts = append(parts, "tags `"+strings.ReplaceAll(h.tags, "?", "` (where it applies) `")+"`")
	}
	if len(parts) == 0 {
		return "nothing beside what every event carries"
	}
	words := strings.Join(parts, "; ")
	return strings.ReplaceAll(strings.ReplaceAll(words, "` (where it applies) ` ", "` (where it applies) `"), " (where it applies) ``", " (where it applies)")
}

// jsonNames writes the Go names of fields in a doc comment as the names of the
// JSON.
func jsonNames(t reflect.Type, doc string) string {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || f.Anonymous {
			continue
		}
		doc = regexp.MustCompile(`\b`+f.Name+`\b( names| counts| says| is| are| and|,)`).ReplaceAllString(doc, "`"+name+"`$1")
	}
	return doc
}

func sentenceOf(doc string) string {
	if doc != "" && !strings.HasSuffix(doc, ".") {
		return doc + "."
	}
	return doc
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(heading))
}

func codeWords(stream string) string {
	return "`" + strings.ReplaceAll(stream, " or ", "` or `") + "`"
}

// codeFile marks the file at the end of a rule.
func codeFile(rule string) string {
	place, file, ok := strings.Cut(rule, "; ")
	if !ok {
		return rule
	}
	return place + "; `" + file + "`"
}
