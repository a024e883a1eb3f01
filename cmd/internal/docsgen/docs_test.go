package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/text/example"
)

const root = "../../.."

// The documents are what the code says now.
func TestDocumentsAreUpToDate(t *testing.T) {
	t.Parallel()
	documents, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range documents {
		got, err := os.ReadFile(filepath.Join(root, "docs", name))
		if err != nil {
			t.Error(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("docs/%s is not what the code says; run go run ./cmd/internal/docsgen", name)
		}
	}
}

// Every field of every payload and sealed object says what it means, and every
// sealed object what it holds.
func TestEveryFieldHasAMeaning(t *testing.T) {
	t.Parallel()
	s, err := readSource(root)
	if err != nil {
		t.Fatal(err)
	}
	documents, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(documents["events.md"]), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) == 5 && strings.HasPrefix(line, "| `") && strings.TrimSpace(cells[3]) == "" {
			t.Errorf("events.md: a field without meaning: %s", line)
		}
	}
	for name, st := range s.structs {
		for _, f := range st.fields {
			if f.sealed && len(sealedTypes(s, st.pkg, f.comment)) == 0 {
				t.Errorf("%s.%s is sealed; its comment %q names no type", name, f.json, f.comment)
			}
		}
	}
}

// The table of heads is what the examples carry.
func TestHeadsAreThoseOfTheExamples(t *testing.T) {
	t.Parallel()
	for _, e := range example.Events() {
		head, ok := heads[e.Type]
		if !ok {
			t.Errorf("%s has no row in heads.go", e.Type)
			continue
		}
		kinds := strings.Split(strings.NewReplacer("<unit id>", "", "<level>", "", "<person id>", "", "<code>", "", "<user id>", "",
			"<document id>", "", "<name>", "", "<year>", "", "-", "").Replace(head.stream), " or ")
		if !slices.Contains(kinds, e.Stream.Kind()) {
			t.Errorf("%s: stream %s, the table says %s", e.Type, e.Stream, head.stream)
		}
		check := func(what, table string, carried map[string]bool) {
			for _, a := range strings.Fields(table) {
				name, may := strings.CutSuffix(a, "?")
				if !may && !carried[name] {
					t.Errorf("%s %s: the %s %s is missing in the example", e.Type, e.ID, what, name)
				}
				delete(carried, name)
			}
			for name, on := range carried {
				if on {
					t.Errorf("%s %s: the example carries the %s %s, the table does not", e.Type, e.ID, what, name)
				}
			}
		}
		check("attribute", head.attrs, map[string]bool{
			"effective": e.Effective != domain.NoDay, "documentid": e.DocumentID != "", "reasoncode": e.ReasonCode != "",
			"commandid": e.CommandID != "", "onbehalfof": e.OnBehalfOf != "", "causationid": e.CausationID != "",
			"correlationid": e.CorrelationID != "", "traceparent": e.TraceParent != "", "dataschema": e.DataSchema != ""})
		tags := map[string]bool{}
		for _, tag := range e.Tags {
			kind, _, _ := strings.Cut(string(tag), ":")
			tags[kind] = true
		}
		check("tag", head.tags, tags)
	}
}
