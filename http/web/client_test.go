package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"staffledger/test/site"
)

// client is somebody at a browser without scripts.
type client struct {
	t    testing.TB
	site *site.Site
	http *http.Client
	lang string
	read map[string]bool // texts that were judged and found good; nil: none
}

func visitor(t testing.TB, s *site.Site) *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, site: s, lang: "zh", http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs a user of the world in.
func as(t testing.TB, s *site.Site, user string) *client {
	t.Helper()
	c := visitor(t, s)
	p := c.get("/signin").submit("/signin", "name", s.SignIn(user), "password", site.Password)
	if p.status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", user, p.status)
	}
	return c
}

// in switches the language.
func (c *client) in(lang string) *client {
	c.t.Helper()
	c.lang = lang
	if p := c.get("/signin?lang=" + lang); p.status != http.StatusSeeOther {
		c.t.Fatalf("language: %d", p.status)
	}
	return c
}

// page is an answer, parsed.
type page struct {
	c      *client
	path   string
	status int
	header http.Header
	body   string
	doc    *html.Node
}

func (c *client) get(path string) *page {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.site.URL+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(r, path)
}

func (c *client) send(r *http.Request, path string) *page {
	c.t.Helper()
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	answer, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	p := &page{c: c, path: path, status: answer.StatusCode, header: answer.Header, body: string(body)}
	if p.doc, err = html.Parse(bytes.NewReader(body)); err != nil {
		c.t.Fatalf("%s: %v", path, err)
	}
	return p
}

func (c *client) post(path string, values url.Values) *page {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.site.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.send(r, path)
}

// faults are the errors that the server has logged.
func (c *client) faults() string {
	var lines []string
	for line := range strings.Lines(c.site.Log.String()) {
		if strings.Contains(line, `"ERROR"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// ok fails unless the page was found.
func (p *page) ok() *page {
	p.c.t.Helper()
	if p.status != http.StatusOK {
		p.c.t.Fatalf("%s: %d\n%s\n%s", p.path, p.status, p.text(), p.c.faults())
	}
	return p
}

// to fails unless the answer leads on, and goes there.
func (p *page) to() *page {
	p.c.t.Helper()
	if p.status != http.StatusSeeOther {
		p.c.t.Fatalf("%s: %d, want 303\n%s", p.path, p.status, p.text())
	}
	return p.c.get(p.header.Get("Location"))
}

// form reads the fields of a form by its action, as a browser would send them.
func (p *page) form(action string) (values url.Values, multi bool) {
	p.c.t.Helper()
	node := p.find(func(n *html.Node) bool { return n.Data == "form" && attr(n, "action") == action })
	if node == nil {
		p.c.t.Fatalf("%s has no form for %s\n%s", p.path, action, p.text())
	}
	values = url.Values{}
	walk(node, func(n *html.Node) {
		name := attr(n, "name")
		switch {
		case name == "" || n.Type != html.ElementNode:
		case n.Data == "input" && (attr(n, "type") == "checkbox" && !has(n, "checked") || attr(n, "type") == "file"):
		case n.Data == "input":
			values.Add(name, attr(n, "value"))
		case n.Data == "textarea":
			values.Add(name, textOf(n))
		case n.Data == "select":
			first, chosen := "", ""
			picked := false
			walk(n, func(o *html.Node) {
				if o.Data == "option" {
					if first == "" {
						first = attr(o, "value")
					}
					if has(o, "selected") {
						chosen, picked = attr(o, "value"), true
					}
				}
			})
			if !picked {
				chosen = first
			}
			values.Add(name, chosen)
		}
	})
	return values, attr(node, "enctype") == "multipart/form-data"
}

// submit fills a form in by pairs and sends it; a name that begins with + adds
// a value beside those there.
func (p *page) submit(action string, pairs ...string) *page {
	p.c.t.Helper()
	values, multi := p.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, more := strings.CutPrefix(pairs[i], "+"); more {
			values.Add(name, pairs[i+1])
		} else {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if !multi {
		return p.c.post(action, values)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range []string{"csrf", "key"} {
		_ = w.WriteField(name, values.Get(name))
		values.Del(name)
	}
	for name, all := range values {
		for _, v := range all {
			if content, file := strings.CutPrefix(v, "file:"); file {
				part, _ := w.CreateFormFile(name, "批复.pdf")
				_, _ = part.Write([]byte(content))
				continue
			}
			_ = w.WriteField(name, v)
		}
	}
	_ = w.Close()
	r, err := http.NewRequestWithContext(p.c.t.Context(), http.MethodPost, p.c.site.URL+action, &b)
	if err != nil {
		p.c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return p.c.send(r, action)
}

func (p *page) find(match func(*html.Node) bool) (found *html.Node) {
	walk(p.doc, func(n *html.Node) {
		if found == nil && n.Type == html.ElementNode && match(n) {
			found = n
		}
	})
	return found
}

func (p *page) all(match func(*html.Node) bool) (found []*html.Node) {
	walk(p.doc, func(n *html.Node) {
		if n.Type == html.ElementNode && match(n) {
			found = append(found, n)
		}
	})
	return found
}

// text is the text of the page's own part.
func (p *page) text() string {
	if main := p.find(func(n *html.Node) bool { return n.Data == "main" }); main != nil {
		return strings.Join(strings.Fields(textOf(main)), " ")
	}
	return p.body
}

// says fails unless the page's text contains all of some words.
func (p *page) says(words ...string) *page {
	p.c.t.Helper()
	have := p.text()
	for _, w := range words {
		if !strings.Contains(have, w) {
			p.c.t.Errorf("%s does not say %q:\n%s", p.path, w, have)
		}
	}
	return p
}

func (p *page) lacks(words ...string) *page {
	p.c.t.Helper()
	for _, w := range words {
		if strings.Contains(p.text(), w) {
			p.c.t.Errorf("%s says %q", p.path, w)
		}
	}
	return p
}

func class(name string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		for _, c := range strings.Fields(attr(n, "class")) {
			if c == name {
				return true
			}
		}
		return false
	}
}

func walk(n *html.Node, f func(*html.Node)) {
	f(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func textOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	})
	return b.String()
}
