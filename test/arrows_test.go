package test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// arrows lists what each folder may import of ours (docs/architecture.md). The
// longest matching folder counts; a prefix "x/..." means x and all below it.
var arrows = map[string][]string{
	"domain":                    {},
	"domain/codes":              {"domain"},
	"domain/policy":             {"domain", "domain/codes"},
	"domain/account":            {"domain", "domain/codes", "domain/policy"},
	"domain/person":             {"domain", "domain/codes", "domain/policy"},
	"domain/unitcode":           {"domain", "domain/codes", "domain/policy"},
	"domain/user":               {"domain", "domain/codes", "domain/policy"},
	"domain/document":           {"domain", "domain/codes", "domain/policy"},
	"domain/catalogue":          {"domain/..."},
	"domain/text":               {"domain/..."},
	"domain/usecase":            {"domain/..."},
	"domain/replay":             {"domain/..."},
	"eventstore":                {"domain"},
	"eventstore/ledger":         {"domain", "eventstore"},
	"eventstore/eventstoretest": {"domain", "eventstore"},
	"eventstore/vault":          {"domain", "eventstore/..."},
	"projections":               {"domain/...", "eventstore"},
	"projections/views":         {"domain/...", "eventstore", "projections"},
	"http":                      {"domain/...", "projections/...", "http/..."},
	"http/web":                  {"domain/...", "projections/...", "http/..."},
	"cmd":                       {"..."},
	"test":                      {"..."},
}

// only lists libraries that a single folder may import.
var only = map[string]string{
	"github.com/labstack/echo/v4":                   "http",
	"github.com/cockroachdb/pebble/v2":              "eventstore/ledger",
	"github.com/segmentio/kafka-go":                 "projections/relay",
	"github.com/EventStore/EventStore-Client-Go/v4": "eventstore/esdb",
}

// pure lists what domain packages but usecase may not touch: no I/O, no clock,
// no ids of their own, no context.
var impure = []string{"context", "net", "net/http", "os", "log", "log/slog", "database/sql", "math/rand", "math/rand/v2", "crypto/rand"}

func TestImportArrows(t *testing.T) {
	t.Parallel()
	root := ".."
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); strings.HasPrefix(name, ".") && name != ".." || name == "node_modules" || name == "testdata" || name == "data" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		folder, _ := filepath.Rel(root, filepath.Dir(path))
		folder = filepath.ToSlash(folder)
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		isTest := strings.HasSuffix(path, "_test.go")
		for _, spec := range file.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			checkImport(t, path, folder, imported, isTest)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImport(t *testing.T, path, folder, imported string, isTest bool) {
	t.Helper()
	for library, home := range only {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && !within(folder, home) && !isTest && !within(folder, "cmd") {
			t.Errorf("%s imports %s: only %s may", path, imported, home)
		}
	}
	if within(folder, "domain") && !within(folder, "domain/usecase") && !isTest {
		for _, p := range impure {
			if imported == p {
				t.Errorf("%s imports %s: domain does no I/O, reads no clock and makes no id", path, imported)
			}
		}
	}
	ours, ok := strings.CutPrefix(imported, "staffledger/")
	if !ok || isTest || ours == folder {
		return
	}
	rule, found := ruleOf(folder)
	if !found {
		t.Errorf("%s: folder %s has no rule here; say what it may import", path, folder)
		return
	}
	for _, allowed := range rule {
		if allowed == "..." || allowed == ours {
			return
		}
		if prefix, deep := strings.CutSuffix(allowed, "/..."); deep && within(ours, prefix) {
			return
		}
	}
	t.Errorf("%s imports %s: %s may import only %v of ours", path, ours, folder, rule)
}

func ruleOf(folder string) ([]string, bool) {
	for f := folder; ; f = filepath.ToSlash(filepath.Dir(f)) {
		if rule, ok := arrows[f]; ok {
			return rule, true
		}
		if f == "." || f == "/" {
			return nil, false
		}
	}
}

func within(folder, home string) bool {
	return folder == home || strings.HasPrefix(folder, home+"/")
}
