package http

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// What the checker takes for JSON is what encoding/json takes, but for what is
// not UTF-8, half surrogate pairs, and nesting beyond the limit.
func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":[1,-2.5e+3,"x\n\u00e9",true,false,null,{"b":[]}]}`, ` [ ] `, `"\ud83d\ude00"`, `{"a":1,"a":2}`, `{"a":1,}`, `01`, `-`, `1.`,
		`tru`, `nul`, `"\x"`, "\"\x01\"", `{"a" 1}`, `[1 2]`, ``, ` `, `{}x`, `"\ud800"`, "\"\xff\"", `{"":""}`, `-0`, `1e`, `"`, `{"a`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := checkJSON(body, nil)
		valid := json.Valid(body)
		switch {
		case err == nil && !valid:
			t.Errorf("%q was taken for JSON", body)
		case err != nil && valid && utf8.Valid(body) && !strings.Contains(err.Error(), "nested too deep") &&
			!strings.Contains(err.Error(), "no character") && !strings.Contains(err.Error(), "too many fields"):
			t.Errorf("%q: %v", body, err)
		}
	})
}

// Faults are named by path, several at once.
func TestFindingsNameTheirFields(t *testing.T) {
	t.Parallel()
	s := theContract().Schemas["OpeningPart"]
	found, err := checkJSON([]byte(`{"from":-1,"rows":[{"idnumber":"x","name":7,"line":"l","class":"c","since":"2026-13-01","nosuch":null},{}]}`), s)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range found {
		got = append(got, r.Field)
	}
	want := "from rows.0.name rows.0.since rows.0.nosuch rows.0.nosuch rows.1.idnumber rows.1.name rows.1.line rows.1.class rows.1.since"
	if strings.Join(got, " ") != want {
		t.Errorf("got %v\nwant %s", got, want)
	}
}

// Every problem has a status and words in both languages.
func TestProblemsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, p := range Problems {
		if seen[p.Name] || p.Status < 400 {
			t.Errorf("%s: twice, or status %d", p.Name, p.Status)
		}
		seen[p.Name] = true
		for lang, words := range p.words {
			for _, w := range words {
				if w == "" {
					t.Errorf("%s: a word is missing in %s", p.Name, lang)
				}
			}
		}
	}
}
