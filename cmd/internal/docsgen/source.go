package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

// source is what the doc comments of the domain's packages say, by qualified
// name such as "account.UnitEstablished".
type source struct {
	structs map[string]*structure
	named   map[string]named
	types   []string // wire names of events, in the order of the source
}

// structure is a struct type.
type structure struct {
	pkg, name, doc string
	fields         []field // in the order of the source, embedded ones expanded
}

// field is a field of a struct as its JSON has it.
type field struct {
	json     string
	optional bool
	typ      string // of the value, in words
	inner    string // qualified name of the struct that it holds, or ""
	comment  string // as written; "" where there is none
	meaning  string // the comment, else what the type's says
	sealed   bool
}

// named is a type with a name of its own that is no struct.
type named struct{ underlying, doc string }

var packages = []string{"domain", "domain/account", "domain/person", "domain/unitcode", "domain/user", "domain/document", "domain/policy", "domain/codes"}

func readSource(root string) (*source, error) {
	s := &source{structs: map[string]*structure{}, named: map[string]named{}}
	declared := map[string]*ast.StructType{}
	aliases := map[string]string{}
	for _, folder := range packages {
		pkg := filepath.Base(folder)
		notTest := func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }
		entries, err := os.ReadDir(filepath.Join(root, folder))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil || entry.IsDir() || !strings.HasSuffix(entry.Name(), ".go") || !notTest(info) {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, folder, entry.Name()), nil, parser.ParseComments)
			if err != nil {
				return nil, err
			}
			for _, decl := range file.Decls {
				group, ok := decl.(*ast.GenDecl)
				if !ok {
					continue
				}
				s.types = append(s.types, eventTypes(pkg, group)...)
				if group.Tok != token.TYPE {
					continue
				}
				for _, spec := range group.Specs {
					t := spec.(*ast.TypeSpec)
					name := pkg + "." + t.Name.Name
					doc := firstText(t.Doc, t.Comment, group.Doc)
					switch body := t.Type.(type) {
					case *ast.StructType:
						s.structs[name] = &structure{pkg: pkg, name: t.Name.Name, doc: doc}
						declared[name] = body
					case *ast.SelectorExpr:
						if t.Assign.IsValid() {
							aliases[name] = qualified(pkg, body)
						}
					default:
						s.named[name] = named{words(pkg, t.Type), strip(t.Name.Name, doc)}
					}
				}
			}
		}
	}
	for alias, target := range aliases {
		s.structs[alias], declared[alias] = s.structs[target], declared[target]
	}
	for name, body := range declared {
		if s.structs[name].fields == nil {
			s.structs[name].fields = s.fieldsOf(s.structs[name].pkg, body, declared)
		}
	}
	return s, nil
}

// eventTypes are the constants of type domain.EventType in a declaration.
func eventTypes(pkg string, group *ast.GenDecl) []string {
	var found []string
	for _, spec := range group.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok || group.Tok != token.CONST || value.Type == nil || qualified(pkg, value.Type) != "domain.EventType" {
			continue
		}
		for _, v := range value.Values {
			if lit, ok := v.(*ast.BasicLit); ok {
				found = append(found, strings.Trim(lit.Value, `"`))
			}
		}
	}
	return found
}

func (s *source) fieldsOf(pkg string, body *ast.StructType, declared map[string]*ast.StructType) []field {
	fields := []field{}
	for _, f := range body.Fields.List {
		if len(f.Names) == 0 { // embedded: its fields stand beside the others
			name := qualified(pkg, f.Type)
			if inner, ok := declared[name]; ok {
				fields = append(fields, s.fieldsOf(strings.Split(name, ".")[0], inner, declared)...)
			}
			continue
		}
		tag := ""
		if f.Tag != nil {
			tag = reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json")
		}
		name, options, _ := strings.Cut(tag, ",")
		if name == "" || name == "-" {
			continue
		}
		one := field{json: name, optional: strings.Contains(options, "omit"), typ: words(pkg, f.Type), comment: firstText(f.Doc, f.Comment)}
		one.meaning = one.comment
		elem := f.Type
		if list, ok := elem.(*ast.ArrayType); ok {
			elem = list.Elt
		}
		q := qualified(pkg, elem)
		if _, ok := declared[q]; ok {
			one.inner = q
			if one.meaning == "" {
				one.meaning, _, _ = strings.Cut(strip(s.structs[q].name, s.structs[q].doc), ". ")
			}
		}
		if q == "domain.Personal" {
			one.inner, one.sealed = "", true
		}
		if n, ok := s.named[q]; ok {
			one.typ = strings.Replace(one.typ, q, n.underlying, 1)
			if one.meaning == "" {
				one.meaning = n.doc
			}
		}
		fields = append(fields, one)
	}
	return fields
}

// qualified names a type with its package; pointers are looked through.
func qualified(pkg string, expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return qualified(pkg, e.X)
	case *ast.Ident:
		return pkg + "." + e.Name
	case *ast.SelectorExpr:
		return e.X.(*ast.Ident).Name + "." + e.Sel.Name
	}
	return ""
}

// words says what a type is in JSON. A name that is not known here stays and is
// replaced by what it stands for.
func words(pkg string, expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		switch e.Name {
		case "string":
			return "string"
		case "int", "int32", "int64", "uint64":
			return "integer"
		case "bool":
			return "true or absent"
		case "any":
			return "value"
		}
	case *ast.ArrayType:
		if e.Len != nil {
			return "list of " + e.Len.(*ast.BasicLit).Value + " integers"
		}
		return "list of " + words(pkg, e.Elt)
	case *ast.MapType:
		return fmt.Sprintf("object: %s → %s", words(pkg, e.Key), words(pkg, e.Value))
	case *ast.StarExpr:
		return words(pkg, e.X)
	}
	switch q := qualified(pkg, expr); q {
	case "domain.Day":
		return "day"
	case "domain.Personal":
		return "sealed"
	case "json.RawMessage":
		return "JSON"
	default:
		return q
	}
}

func firstText(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.TrimSpace(g.Text()); text != "" {
			return strings.Join(strings.Fields(text), " ")
		}
	}
	return ""
}

// strip takes the subject off a doc comment: "UnitEstablished founds a unit"
// becomes "Founds a unit", "Kind of a change" becomes "Kind of a change".
func strip(name, doc string) string {
	rest, ok := strings.CutPrefix(doc, name+" ")
	if !ok {
		return doc
	}
	for _, verb := range []string{"is ", "are "} {
		rest = strings.TrimPrefix(rest, verb)
	}
	if strings.HasPrefix(rest, "of ") {
		return doc
	}
	return strings.ToUpper(rest[:1]) + rest[1:]
}
