package web_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"staffledger/http/web"
)

// Every word stands in both languages with the same places for values; every
// key that a template or the code names is there, and none is left over.
func TestWords(t *testing.T) {
	t.Parallel()
	words := web.Words()
	for key, w := range words {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s: %q, %q", key, w[0], w[1])
		}
		if strings.Count(w[0], "{}") != strings.Count(w[1], "{}") {
			t.Errorf("%s has other places for values in English", key)
		}
		if asciiBesideHan.MatchString(w[0]) {
			t.Errorf("%s: ASCII punctuation in %q", key, w[0])
		}
		if han.MatchString(strings.ReplaceAll(w[1], "甬编〔2026〕3号", "")) && key != "lang.other" {
			t.Errorf("%s: Chinese in %q", key, w[1])
		}
	}
	used := map[string]bool{}
	named := regexp.MustCompile(`\(?(?:\bt|r\.t|say)[ (](?:lang, )?"([a-z0-9.]+)"`)
	built := regexp.MustCompile(`"([a-z]+(?:\.[a-z]+)*\.)"? ?(?:\+|%s)|printf "([a-z]+\.)%s"`)
	var prefixes []string
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllStringSubmatch(string(source), -1) {
				if key := m[1]; !strings.HasSuffix(key, ".") {
					used[key] = true
					if _, ok := words[key]; !ok {
						t.Errorf("%s: no word %q", file, key)
					}
				}
			}
			for _, m := range built.FindAllStringSubmatch(string(source), -1) {
				prefixes = append(prefixes, m[1]+m[2])
			}
			for key := range words { // as an argument, such as set(404, "err.404.todo", …)
				if !strings.HasPrefix(filepath.Base(file), "words") && strings.Contains(string(source), `"`+key+`"`) {
					used[key] = true
				}
			}
		}
	}
next:
	for key := range words {
		if used[key] {
			continue
		}
		for _, p := range prefixes {
			if p != "" && strings.HasPrefix(key, p) {
				continue next
			}
		}
		t.Errorf("nobody says %q", key)
	}
}
