package http

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"staffledger/domain/text"
	"staffledger/http/internal/gen"
)

// The contract as a page, made from the same document that the server keeps:
// operations with their parameters, bodies and answers, the bodies' fields, and
// every problem with its status. One file, no script, nothing from outside.

//go:embed docs.html
var docsHTML string

//go:embed docs.css
var docsCSS string

// docsPages are the page in each language, made at first use.
type docsPages struct {
	mu   sync.Mutex
	made map[text.Lang][]byte
}

type docsTag struct {
	Name       string
	Operations []*operation
}

type docsProblem struct {
	Name, Title, Detail, WayOut string
	Status                      int
}

type docsData struct {
	Lang     text.Lang
	Other    text.Lang
	CSS      template.CSS
	Contract *contract
	Intro    []template.HTML
	Tags     []docsTag
	Bodies   []*schema
	Answers  []*schema
	Problems []docsProblem
}

// Docs serves the page.
func (s *Server) Docs(c echo.Context, p gen.DocsParams) error {
	lang := language(c.Request())
	if p.Lang != "" {
		lang = text.Lang(p.Lang)
	}
	page, err := s.docs.in(lang, s.contract)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Content-Language", string(lang))
	h.Set("Vary", "Accept-Language")
	h.Set(echo.HeaderCacheControl, "public, max-age=300")
	return c.HTMLBlob(http.StatusOK, page)
}

func (d *docsPages) in(lang text.Lang, c *contract) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if page := d.made[lang]; page != nil {
		return page, nil
	}
	say := func(zh, en string) string {
		if lang == text.EN {
			return en
		}
		return zh
	}
	tmpl, err := template.New("docs").Funcs(template.FuncMap{
		"say": say, "kind": func(s *schema) template.HTML { return template.HTML(kindOf(s)) }, "limits": limits, "example": exampleOf,
		"required": func(s *schema, name string) bool {
			for _, r := range s.Required {
				if r == name {
					return true
				}
			}
			return false
		},
		"prose": func(s string) template.HTML { return prose(s) },
		"link":  func(name string, c *contract) bool { return c.Schemas[name] != nil },
	}).Parse(docsHTML)
	if err != nil {
		return nil, err
	}
	data := docsData{Lang: lang, Other: text.EN, CSS: template.CSS(docsCSS), Contract: c}
	if lang == text.EN {
		data.Other = text.ZH
	}
	for paragraph := range strings.SplitSeq(c.Description, "\n\n") {
		data.Intro = append(data.Intro, prose(paragraph))
	}
	data.Tags = byTag(c)
	for _, name := range sortedNames(c.Schemas) {
		switch s := c.Schemas[name]; {
		case s.Kind == "object" && s.Closed:
			data.Bodies = append(data.Bodies, s)
		case s.Kind == "object":
			data.Answers = append(data.Answers, s)
		}
	}
	for _, row := range Problems {
		p := docsProblem{Name: row.Name, Status: row.Status, Title: row.words[lang][0], Detail: row.words[lang][1], WayOut: row.words[lang][2]}
		if row.words == nil {
			p.Title = text.Label(lang, "refusal", row.Name)
		}
		data.Problems = append(data.Problems, p)
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, data); err != nil {
		return nil, err
	}
	if d.made == nil {
		d.made = map[text.Lang][]byte{}
	}
	d.made[lang] = b.Bytes()
	return d.made[lang], nil
}

// byTag groups the operations in the document's order of tags.
func byTag(c *contract) []docsTag {
	tags := make([]docsTag, len(c.Tags))
	for i, name := range c.Tags {
		tags[i].Name = name
		for _, o := range c.Operations {
			if o.Tag == name {
				tags[i].Operations = append(tags[i].Operations, o)
			}
		}
	}
	return tags
}

// prose turns the little Markdown of the document into HTML: bold and code.
func prose(s string) template.HTML {
	s = template.HTMLEscapeString(s)
	for _, mark := range [][3]string{{"**", "<b>", "</b>"}, {"`", "<code>", "</code>"}} {
		var b strings.Builder
		for i, part := range strings.Split(s, mark[0]) {
			if i > 0 {
				b.WriteString(mark[1+(i+1)%2])
			}
			b.WriteString(part)
		}
		s = b.String()
	}
	return template.HTML(s)
}

func kindOf(s *schema) string {
	switch {
	case s == nil || s.Kind == "":
		return "JSON"
	case s.Kind == "array":
		return "[ " + kindOf(s.Items) + " ]"
	case s.Kind == "object" && s.Name != "":
		return fmt.Sprintf(`<a href="#%s">%s</a>`, s.Name, s.Name)
	case s.Format == "date":
		return "YYYY-MM-DD"
	}
	return s.Kind
}

func limits(s *schema) string {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	if s.LengthMax > 0 && s.Format != "date" {
		add("≤ %d", s.LengthMax)
	}
	if s.LengthMin > 0 {
		add("≥ %d", s.LengthMin)
	}
	if s.Min != nil {
		add("min %d", *s.Min)
	}
	if s.Max != nil {
		add("max %d", *s.Max)
	}
	if s.ItemsMax > 0 {
		add("≤ %d rows", s.ItemsMax)
	}
	if len(s.Enum) > 0 {
		add("%s", strings.Join(s.Enum, " | "))
	}
	if s.Pattern != nil && len(s.Enum) == 0 {
		add("%s", s.Pattern)
	}
	if s.HasDefault != "" {
		add("default %s", s.HasDefault)
	}
	return strings.Join(parts, " · ")
}

func exampleOf(s *schema) string {
	if s == nil || s.Example == nil {
		return ""
	}
	b, err := json.MarshalIndent(s.Example, "", "  ")
	if err != nil {
		return ""
	}
	return string(b)
}
