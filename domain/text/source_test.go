package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the repository seen from this package.
const root = "../.."

// sources parses the Go files below a folder of the repository that are not
// tests.
func sources(t *testing.T, folder string) []*ast.File {
	t.Helper()
	var files []*ast.File
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// constant is a string constant of the source.
type constant struct{ name, value string }

// constants returns the string constants declared with one of the named types
// ("EventType", "domain.EventType"), or without type.
func constants(files []*ast.File, types ...string) []constant {
	var found []constant
	for _, file := range files {
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				value := spec.(*ast.ValueSpec)
				for i, name := range value.Names {
					if i < len(value.Values) && (value.Type == nil && len(types) == 0 || isOneOf(value.Type, types)) {
						if s, ok := literal(value.Values[i]); ok {
							found = append(found, constant{name.Name, s})
						}
					}
				}
			}
		}
	}
	return found
}

func isOneOf(expr ast.Expr, types []string) bool {
	name := ""
	switch e := expr.(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.SelectorExpr:
		name = e.X.(*ast.Ident).Name + "." + e.Sel.Name
	}
	for _, t := range types {
		if t == name {
			return true
		}
	}
	return false
}

func literal(expr ast.Expr) (string, bool) {
	lit, ok := expr.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// refused is a call of domain.Refuse as the source has it.
type refused struct {
	name  string            // of the refusal
	field string            // "" where it is computed
	facts map[string]string // name → literal value, a prefix with "*" where only its start is literal, "" where it is computed
}

// refuseCalls finds the calls of domain.Refuse in the source. Facts that are
// appended or kept in a slice first count for every call of that function.
func refuseCalls(t *testing.T, folders ...string) []refused {
	t.Helper()
	names := map[string]string{}
	for _, c := range constants(sources(t, "domain")) {
		names[c.name] = c.value
	}
	var calls []refused
	for _, folder := range folders {
		for _, file := range sources(t, folder) {
			for _, decl := range file.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Body == nil {
					continue
				}
				calls = append(calls, callsIn(fn, names)...)
			}
		}
	}
	return calls
}

func callsIn(fn *ast.FuncDecl, names map[string]string) []refused {
	var calls []refused
	kept := map[string]string{}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit: // facts := []any{…}
			if array, ok := n.Type.(*ast.ArrayType); ok && isOneOf(array.Elt, []string{"any"}) {
				pairs(n.Elts, kept)
			}
		case *ast.CallExpr:
			switch called(n) {
			case "append":
				pairs(n.Args[1:], kept)
			case "numbers":
				for _, fact := range quotaFacts {
					kept[fact] = ""
				}
			case "Refuse", "domain.Refuse":
				call := refused{facts: map[string]string{}}
				switch name := n.Args[0].(type) {
				case *ast.SelectorExpr:
					call.name = names[name.Sel.Name]
				case *ast.Ident:
					call.name = names[name.Name]
				}
				call.field, _ = literal(n.Args[1])
				if !n.Ellipsis.IsValid() {
					pairs(n.Args[2:], call.facts)
				} else {
					call.facts = kept
				}
				calls = append(calls, call)
			}
		}
		return true
	})
	return calls
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// pairs reads name, value, name, value, …
func pairs(args []ast.Expr, into map[string]string) {
	for i := 0; i < len(args); i += 2 {
		name, ok := literal(args[i])
		if !ok {
			return
		}
		into[name] = ""
		if i+1 < len(args) {
			if value, ok := literal(args[i+1]); ok {
				into[name] = value
			}
			if sum, ok := args[i+1].(*ast.BinaryExpr); ok {
				if start, ok := literal(sum.X); ok {
					into[name] = start + "*"
				}
			}
		}
	}
}
