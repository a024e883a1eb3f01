package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/text"
)

//go:embed templates
var templateFiles embed.FS

// parse reads the templates once per language: words, dates and figures are
// then functions without a language argument.
func (p *Pages) parse() (map[text.Lang]*template.Template, error) {
	all := map[text.Lang]*template.Template{}
	for _, lang := range []text.Lang{text.ZH, text.EN} {
		set, err := template.New("").Funcs(functions(lang)).ParseFS(templateFiles, "templates/*.html")
		if err != nil {
			return nil, err
		}
		all[lang] = set
	}
	return all, nil
}

func functions(lang text.Lang) template.FuncMap {
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return say(lang, key, args...) },
		"lang":     func() text.Lang { return lang },
		"asset":    assetPath,
		"label":    func(table string, code any) string { return text.Label(lang, table, fmt.Sprint(code)) },
		"field":    func(path string) string { return text.Field(lang, path) },
		"code":     func(table string, code any) string { return text.Code(lang, table, fmt.Sprint(code), domain.NoDay) },
		"linename": func(k codes.LineKey) string { return text.LineName(lang, k) },
		"levelname": func(l domain.Level) string {
			return text.LevelName(lang, l, domain.NoDay)
		},
		"status":   func(table, code string) text.Step { return text.Status(lang, table, code) },
		"date":     func(d domain.Day) string { return text.Date(lang, d) },
		"isodate":  func(d domain.Day) string { return d.String() },
		"monthday": text.MonthDay,
		"partial":  func(s string) string { return text.PartialDate(lang, s) },
		"datetime": func(i domain.Instant) string { return text.DateTime(lang, i) },
		"dayof":    func(i domain.Instant) domain.Day { return i.Day() },
		"clock":    func(i domain.Instant) string { return text.TimeOfDay(i) },
		"hm":       func(i domain.Instant) string { return i.Time().Format("15:04") },
		"when":     func(i domain.Instant) string { return text.MonthDay(i.Day()) + " " + i.Time().Format("15:04") },
		"rfc3339":  func(i domain.Instant) string { return i.String() },
		"nth":      func(p domain.Position) string { return text.Nth(lang, p) },
		"num":      number,
		"count":    func(unit string, n any) string { return text.Count(lang, text.Unit(unit), toInt(n)) },
		"sum":      text.Sum,
		"bar":      quotaBar,
		"runs":     func(runs []text.Run) []text.Run { return runs },
		"href":     hrefOf,
		"foreign":  func(kind string) bool { return lang == text.EN && kind != "" && kind != "event" },
		"inc":      func(n any) int { return toInt(n) + 1 },
		"dated":    func(s string) template.HTML { return dated(lang, s) },
		"list":     func(v ...any) []any { return v },
		"dict":     dict,
		"join":     func(words []string) string { return strings.Join(words, say(lang, "list.comma")) },
		"short":    shortHash,
		"add":      func(a, b int) int { return a + b },
		"zero":     func(n int) bool { return n == 0 },
		"mod":      func(a, b int) int { return a % b },
		"path":     url.PathEscape,
		"q":        url.QueryEscape,
	}
}

// dict makes a map of the arguments of a partial template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: odd number of arguments")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

func toInt(n any) int {
	switch v := n.(type) {
	case int:
		return v
	case int64:
		return int(v)
	case uint64:
		return int(v)
	case domain.Position:
		return int(v)
	case domain.Revision:
		return int(v)
	}
	return 0
}

func number(n any) string { return text.Number(toInt(n)) }

// shortHash shortens a hash in the middle.
func shortHash(s string) string {
	if len(s) <= 18 {
		return s
	}
	return s[:8] + "…" + s[len(s)-8:]
}

// hrefOf is where a run of a sentence leads; "" where to nothing.
func hrefOf(kind, id string) string {
	switch kind {
	case "unit":
		return "/units/" + url.PathEscape(id)
	case "person":
		return "/people/" + url.PathEscape(id)
	case "change":
		return "/changes/" + url.PathEscape(id)
	case "user":
		return "/trace?actor=" + url.QueryEscape(id)
	case "document":
		return "/documents/" + url.PathEscape(id)
	case "approval":
		return "/approvals/" + url.PathEscape(id)
	case "event":
		return "/events/" + url.PathEscape(id)
	}
	return ""
}

// quotaBar draws a line's use, 150 × 10: occupied, reserved, held back, free,
// and what is over.
func quotaBar(b account.Balance) template.HTML {
	const width = 150
	total := max(b[0], b[1]+b[2]+b[3], 1)
	var s strings.Builder
	s.WriteString(`<svg class="bar" viewBox="0 0 150 10" aria-hidden="true" focusable="false">`)
	x := 0.0
	part := func(n int, attributes string) {
		if n <= 0 {
			return
		}
		w := float64(n) * width / float64(total)
		fmt.Fprintf(&s, `<rect x="%s" y="0" width="%s" height="10" %s/>`, pixels(x), pixels(w), attributes)
		x += w
	}
	within := min(b[1], b[0])
	part(within, `class="o"`)
	part(b[1]-within, `fill="url(#h-over)"`)
	part(b[2], `fill="url(#h-reserved)"`)
	part(b[3], `class="h"`)
	if free := b.Free(); free > 0 {
		w := float64(free) * width / float64(total)
		fmt.Fprintf(&s, `<rect x="%s" y="0.5" width="%s" height="9" class="f"/>`, pixels(min(x+0.5, 146)), pixels(max(w-1, 3)))
	}
	s.WriteString(`</svg>`)
	return template.HTML(s.String()) // figures only
}

func pixels(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// datesIn and chineseIn find what is set apart in a text: dates, and in English
// the names and words that stay Chinese.
var (
	datesIn   = regexp.MustCompile(`\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{4}-\d{2}(?:-\d{2})?`)
	chineseIn = regexp.MustCompile(`[\p{Han}“（〔《](?:[\p{Han}〔〕（）、，。；：！？“”《》·\d]*[\p{Han}〔〕（）、，。；：！？“”《》])?`)
)

// dated marks the dates in a text, which are set without the space that else
// parts digits from characters; in English it marks what is Chinese.
func dated(lang text.Lang, s string) template.HTML {
	find, open := datesIn, `<span class="date">`
	if lang == text.EN {
		find, open = chineseIn, `<span lang="zh">`
	}
	var b strings.Builder
	last := 0
	for _, m := range find.FindAllStringIndex(s, -1) {
		b.WriteString(template.HTMLEscapeString(s[last:m[0]]))
		b.WriteString(open + template.HTMLEscapeString(s[m[0]:m[1]]) + `</span>`)
		last = m[1]
	}
	b.WriteString(template.HTMLEscapeString(s[last:]))
	return template.HTML(b.String()) // every part is escaped
}

// viewer is what a template is given: the frame, and the page's own view.
type viewer struct {
	Frame frame
	V     any
}

// render writes a page: the body of the named template in the frame. Whole or
// not at all.
func (r *request) render(name string, f frame, v any) error {
	f.Template = name
	f.Printed = text.DateTime(r.lang, r.now())
	var body bytes.Buffer
	set := r.p.templates[r.lang]
	if set.Lookup(name) == nil {
		return fmt.Errorf("web: no template %q", name)
	}
	if err := set.ExecuteTemplate(&body, name, viewer{f, v}); err != nil {
		return fmt.Errorf("web: template %s: %w", name, err)
	}
	var whole bytes.Buffer
	err := set.ExecuteTemplate(&whole, "frame", struct {
		Frame frame
		Body  template.HTML
	}{f, template.HTML(body.String())}) // made by a template: escaped already
	if err != nil {
		return fmt.Errorf("web: frame: %w", err)
	}
	status := r.status
	if status == 0 {
		status = http.StatusOK
	}
	r.c.Response().Header().Set("Content-Language", string(r.lang))
	return r.c.HTMLBlob(status, whole.Bytes())
}

// t is a word of the pages in the reader's language.
func (r *request) t(key string, args ...any) string { return say(r.lang, key, args...) }
