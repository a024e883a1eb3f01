package text

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"staffledger/domain/catalogue"
	"staffledger/domain/text/example"
)

var update = flag.Bool("update", false, "write testdata anew")

// The golden files show everything that is said of the examples: a change of
// wording is seen in review.
func TestGolden(t *testing.T) {
	t.Parallel()
	golden(t, "events.txt", goldenEvents(t))
	golden(t, "refusals.txt", goldenRefusals())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w string
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("%s line %d:\n got %s\nwant %s\n(go test ./domain/text -update writes it anew)", path, i+1, g, w)
		}
	}
}

func goldenEvents(t *testing.T) []byte {
	var b bytes.Buffer
	for _, e := range example.Events() {
		closed, err := e.Closed(catalogue.Decode)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", e.Type)
		for _, lang := range langs {
			line := Sentence(lang, e.Recorded, e.Payload, example.Names{})
			fmt.Fprintf(&b, "  %s %s%s (%s, %s): %s\n", lang, line.Step.Sign, line.Step.Label, line.Step.Code, line.Step.Tone, marked(line.Runs))
			if sealed := Sentence(lang, closed.Recorded, closed.Payload, example.Names{}); marked(sealed.Runs) != marked(line.Runs) {
				fmt.Fprintf(&b, "     sealed: %s\n", marked(sealed.Runs))
			}
			for _, d := range line.Details {
				fmt.Fprintf(&b, "     %s (%s) %s\n", d.Label, d.Code, marked(d.Runs))
			}
			for _, d := range Diffs(lang, e.Recorded, e.Payload, example.Names{}) {
				fmt.Fprintf(&b, "     | %s | %s | %s | %s\n", d.Field, d.Before, d.After, d.Note)
			}
		}
	}
	return b.Bytes()
}

// marked shows which runs are links or quotes.
func marked(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		if r.Kind == "" {
			b.WriteString(r.Text)
			continue
		}
		fmt.Fprintf(&b, "<%s %s>", r.Kind, r.Text)
	}
	return b.String()
}

func goldenRefusals() []byte {
	var b bytes.Buffer
	for _, r := range example.Refusals() {
		fmt.Fprintf(&b, "%s\n", r.Error())
		for _, lang := range langs {
			words := Refusal(lang, r, example.Names{})
			fmt.Fprintf(&b, "  %s %s\n     %s\n", lang, words, words.Source)
		}
	}
	return b.Bytes()
}
