package http

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"
)

// The contract, openapi.yaml, is enforced by the server itself: what a path,
// parameter or body may be is read from the document once, and what the
// document does not name is not served. So the document cannot promise more
// than the server keeps.

//go:embed openapi.yaml
var document []byte

// contract is the document as the server uses it.
type contract struct {
	Title, Description string
	Operations         []*operation
	Tags               []string
	Statuses           map[string]string // of components/responses: what an answer means
	Schemas            map[string]*schema
}

// operation is one method on one path.
type operation struct {
	ID, Method, Path     string // Path as in the document: /v1/units/{unit}
	Tag, Summary, About  string
	Access               access
	PathParams           []*parameter
	Query                map[string]*parameter
	Headers              []*parameter
	Body                 *schema // of a JSON body
	BodyName             string
	Binary               bool // the body is a file
	BodyMax              int64
	Answers              []answer
	Commands             bool // carries an Idempotency-Key: writes events
	Precondition, AtLast bool
}

type answer struct{ Status, About, Schema string }

type parameter struct {
	Name, In, About string
	Required        bool
	Schema          *schema
}

const bodyBytesMax = 64 << 10 // where the document says nothing else

// echoPath is the path as echo writes it.
func (o *operation) echoPath() string {
	return strings.NewReplacer("{", ":", "}", "").Replace(o.Path)
}

// theContract is read once; a document that cannot be read is a mistake in the
// program.
var theContract = sync.OnceValue(func() *contract {
	c, err := readContract(document)
	if err != nil {
		panic("http: openapi.yaml: " + err.Error())
	}
	return c
})

type tree = map[string]any

type reader struct {
	doc     tree
	schemas map[string]*schema
}

func readContract(text []byte) (*contract, error) {
	var doc tree
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	r := reader{doc, map[string]*schema{}}
	info := sub(doc, "info")
	c := &contract{Title: str(info, "title"), Description: str(info, "description"), Statuses: map[string]string{}, Schemas: r.schemas}
	tags, _ := doc["tags"].([]any)
	for _, t := range tags {
		c.Tags = append(c.Tags, str(t.(tree), "name"))
	}
	for name, v := range sub(sub(doc, "components"), "responses") {
		c.Statuses[name] = str(v.(tree), "description")
	}
	for name := range sub(sub(doc, "components"), "schemas") {
		r.named(name)
	}
	for path, item := range sub(doc, "paths") {
		for method, v := range item.(tree) {
			o, err := r.operation(strings.ToUpper(method), path, v.(tree))
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			c.Operations = append(c.Operations, o)
		}
	}
	slices.SortFunc(c.Operations, func(a, b *operation) int {
		if d := strings.Compare(a.Path, b.Path); d != 0 {
			return d
		}
		return strings.Compare(a.Method, b.Method)
	})
	return c, nil
}

func (r reader) operation(method, path string, v tree) (*operation, error) {
	o := &operation{ID: str(v, "operationId"), Method: method, Path: path, Summary: str(v, "summary"), About: str(v, "description"),
		Access: access(str(v, "x-access")), Query: map[string]*parameter{}, BodyMax: bodyBytesMax}
	if tags, _ := v["tags"].([]any); len(tags) > 0 {
		o.Tag = tags[0].(string)
	}
	if !o.Access.known() {
		return nil, fmt.Errorf("x-access %q says nobody", o.Access)
	}
	if n, ok := v["x-body-limit"].(int); ok {
		o.BodyMax = int64(n)
	}
	list, _ := v["parameters"].([]any)
	for _, raw := range list {
		t := r.follow(raw.(tree))
		p := &parameter{Name: str(t, "name"), In: str(t, "in"), About: str(t, "description"), Schema: r.schema(sub(t, "schema"))}
		p.Required, _ = t["required"].(bool)
		switch p.In {
		case "path":
			o.PathParams = append(o.PathParams, p)
		case "query":
			o.Query[p.Name] = p
			o.AtLast = o.AtLast || p.Name == "atLeast"
		case "header":
			o.Headers = append(o.Headers, p)
			o.Commands = o.Commands || p.Name == "Idempotency-Key"
			o.Precondition = o.Precondition || p.Name == "If-Match"
		default:
			return nil, fmt.Errorf("parameter in %q", p.In)
		}
	}
	for media, t := range sub(sub(v, "requestBody"), "content") {
		if media != "application/json" {
			o.Binary = true
			continue
		}
		schema := sub(t.(tree), "schema")
		o.Body, o.BodyName = r.schema(schema), refName(schema)
	}
	for status, t := range sub(v, "responses") {
		response := r.follow(t.(tree))
		a := answer{Status: status, About: str(response, "description")}
		for media, m := range sub(response, "content") {
			if a.Schema = refName(sub(m.(tree), "schema")); a.Schema == "" {
				a.Schema = media
			}
		}
		o.Answers = append(o.Answers, a)
	}
	slices.SortFunc(o.Answers, func(a, b answer) int { return strings.Compare(a.Status, b.Status) })
	return o, nil
}

// schema is what a value must be.
type schema struct {
	Name       string
	Kind       string // object, array, string, integer, number, boolean; "": anything
	About      string
	Format     string
	Props      map[string]*schema
	Order      []string // names of Props
	Required   []string
	Closed     bool
	Extra      *schema // of the values of an open object
	PropsMax   int
	Items      *schema
	ItemsMin   int
	ItemsMax   int
	LengthMin  int
	LengthMax  int
	Pattern    *regexp.Regexp
	Min, Max   *int64
	Enum       []string
	Example    any
	HasDefault string
}

func (r reader) named(name string) *schema {
	if s := r.schemas[name]; s != nil {
		return s
	}
	s := &schema{}
	r.schemas[name] = s
	*s = *r.schema(sub(sub(sub(r.doc, "components"), "schemas"), name))
	s.Name = name
	return s
}

func (r reader) schema(t tree) *schema {
	if name := refName(t); name != "" {
		return r.named(name)
	}
	s := &schema{Kind: str(t, "type"), About: str(t, "description"), Format: str(t, "format"), Example: t["example"]}
	if all, ok := t["allOf"].([]any); ok {
		r.merge(s, all)
		return s
	}
	if props := sub(t, "properties"); props != nil {
		s.Props = map[string]*schema{}
		for name, p := range props {
			s.Props[name] = r.schema(p.(tree))
			s.Order = append(s.Order, name)
		}
		slices.Sort(s.Order)
	}
	switch extra := t["additionalProperties"].(type) {
	case bool:
		s.Closed = !extra
	case tree:
		s.Extra = r.schema(extra)
	}
	s.Required = words(t, "required")
	s.Enum = words(t, "enum")
	if items := sub(t, "items"); items != nil {
		s.Items = r.schema(items)
	}
	s.ItemsMin, s.ItemsMax = number(t, "minItems"), number(t, "maxItems")
	s.LengthMin, s.LengthMax, s.PropsMax = number(t, "minLength"), number(t, "maxLength"), number(t, "maxProperties")
	if p := str(t, "pattern"); p != "" {
		s.Pattern = regexp.MustCompile(p)
	}
	s.Min, s.Max = bound(t, "minimum"), bound(t, "maximum")
	if d, ok := t["default"]; ok {
		s.HasDefault = fmt.Sprint(d)
	}
	return s
}

// merge puts the parts of an allOf together.
func (r reader) merge(s *schema, all []any) {
	about := s.About
	for _, part := range all {
		p := r.schema(part.(tree))
		if p.Kind != "object" {
			*s = *p
			continue
		}
		s.Kind, s.Closed, s.Name = "object", s.Closed || p.Closed, p.Name
		if s.Props == nil {
			s.Props = map[string]*schema{}
		}
		for _, name := range p.Order {
			s.Props[name] = p.Props[name]
			s.Order = append(s.Order, name)
		}
		s.Required = append(s.Required, p.Required...)
	}
	if about != "" {
		s.About = about
	}
}

func (r reader) follow(t tree) tree {
	ref := str(t, "$ref")
	if ref == "" {
		return t
	}
	at := r.doc
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at = sub(at, part)
	}
	return at
}

func refName(t tree) string { return strings.TrimPrefix(str(t, "$ref"), "#/components/schemas/") }

func sub(t tree, key string) tree   { v, _ := t[key].(tree); return v }
func str(t tree, key string) string { v, _ := t[key].(string); return v }
func number(t tree, key string) int { v, _ := t[key].(int); return v }

func bound(t tree, key string) *int64 {
	if v, ok := t[key].(int); ok {
		n := int64(v)
		return &n
	}
	return nil
}

func words(t tree, key string) []string {
	list, _ := t[key].([]any)
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

func sortedNames(schemas map[string]*schema) []string {
	return slices.Sorted(maps.Keys(schemas))
}
