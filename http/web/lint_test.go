package web_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// wellFormed checks what holds of every page: one heading, unique ids, a label
// for each field, forms with their token, totals that equal their rows, no raw
// key or Go error, and the punctuation of the language.
func wellFormed(t testing.TB, p *page) {
	t.Helper()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s [%s]: "+format, append([]any{p.path, p.c.lang}, args...)...)
	}
	if n := len(p.all(func(n *html.Node) bool { return n.Data == "h1" })); n != 1 {
		fail("%d h1", n)
	}
	if title := p.find(func(n *html.Node) bool { return n.Data == "title" }); title == nil || strings.TrimSpace(textOf(title)) == "" {
		fail("no title")
	}
	ids := map[string]bool{}
	for _, n := range p.all(func(n *html.Node) bool { return has(n, "id") }) {
		if id := attr(n, "id"); ids[id] {
			fail("id %q stands twice", id)
		} else {
			ids[id] = true
		}
	}
	for _, n := range p.all(func(n *html.Node) bool { return has(n, "style") || has(n, "onclick") }) {
		fail("inline style or script on %s", n.Data)
	}
	labelled := map[string]bool{}
	for _, n := range p.all(func(n *html.Node) bool { return n.Data == "label" }) {
		labelled[attr(n, "for")] = true
		if !ids[attr(n, "for")] {
			fail("label for %q, which is not there", attr(n, "for"))
		}
	}
	for _, n := range p.all(func(n *html.Node) bool { return n.Data == "input" || n.Data == "select" || n.Data == "textarea" }) {
		if attr(n, "type") != "hidden" && !labelled[attr(n, "id")] && attr(n, "aria-label") == "" {
			fail("field %q has no label", attr(n, "name"))
		}
	}
	for _, n := range p.all(func(n *html.Node) bool { return n.Data == "button" || n.Data == "a" }) {
		if strings.TrimSpace(textOf(n)) == "" && attr(n, "aria-label") == "" {
			fail("a %s without words", n.Data)
		}
	}
	for _, n := range p.all(func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "#") }) {
		if !ids[strings.TrimPrefix(attr(n, "href"), "#")] {
			fail("link to %s, which is not there", attr(n, "href"))
		}
	}
	forms(p, fail)
	tables(p, fail)
	mains := p.all(func(n *html.Node) bool { return class("main")(n) && class("btn")(n) })
	if n := len(mains); n > 1 {
		fail("%d main buttons", n)
	}
	words(p, fail)
}

// forms checks that each POST carries the token, and each command a key; what
// addresses an existing thing its revision.
func forms(p *page, fail func(string, ...any)) {
	signedIn := p.find(func(n *html.Node) bool { return attr(n, "action") == "/signout" }) != nil
	for _, n := range p.all(func(n *html.Node) bool { return n.Data == "form" }) {
		if attr(n, "method") != "post" {
			continue
		}
		have := map[string]string{}
		walk(n, func(n *html.Node) { have[attr(n, "name")] = attr(n, "value") })
		action := attr(n, "action")
		if have["csrf"] == "" && signedIn {
			fail("form %s without token", action)
		}
		plain := []string{"/search", "/signout", "/role", "/signin", "/password", "/verify", "/people"}
		command := true
		for _, x := range plain {
			command = command && action != x
		}
		if command && have["key"] == "" {
			fail("form %s without key", action)
		}
		for _, act := range []string{"/opinion", "/return", "/record", "/withdraw", "/resubmit", "/revoke"} {
			if strings.HasSuffix(action, act) && strings.HasPrefix(action, "/batches/") == false && have["etag"] == "" {
				fail("form %s without revision", action)
			}
		}
	}
}

var figure = regexp.MustCompile(`^−?[\d,]+$`)

// tables checks that heads have a scope and that totals equal their rows.
func tables(p *page, fail func(string, ...any)) {
	for _, table := range p.all(func(n *html.Node) bool { return n.Data == "table" }) {
		var rows [][]int
		var total []int
		walk(table, func(n *html.Node) {
			if n.Data == "th" && attr(n, "scope") == "" {
				fail("a head without scope: %q", textOf(n))
			}
			if n.Type != html.ElementNode || n.Data != "tr" {
				return
			}
			var figures []int
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				if said := strings.TrimSpace(textOf(c)); c.Type == html.ElementNode && c.Data == "td" && class("r")(c) && figure.MatchString(said) {
					v, _ := strconv.Atoi(strings.NewReplacer(",", "", "−", "-").Replace(said))
					figures = append(figures, v)
				}
			}
			switch n.Parent.Data {
			case "tbody":
				name := n.FirstChild
				for name != nil && name.Type != html.ElementNode {
					name = name.NextSibling
				}
				if name == nil || !strings.Contains(attr(name, "class"), " d") { // rows of a tree are in their parents' sums
					rows = append(rows, figures)
				}
			case "tfoot":
				total = figures
			}
		})
		if total == nil {
			continue
		}
		sums := make([]int, len(total))
		for _, r := range rows {
			if len(r) != len(total) {
				fail("a row of %d figures under a total of %d", len(r), len(total))
				continue
			}
			for i, v := range r {
				sums[i] += v
			}
		}
		for i := range sums {
			if sums[i] != total[i] {
				fail("total %v, rows sum to %v", total, sums)
				break
			}
		}
	}
}

var (
	asciiBesideHan = regexp.MustCompile(`\p{Han}[,;:!?()]|[,;:!?()]\p{Han}`)
	han            = regexp.MustCompile(`[\p{Han}，。；：！？（）“”]`)
	rawKey         = regexp.MustCompile(`\b[a-z]+\.[a-z]+(?:\.[a-z0-9]+)*\b`)
	goish          = []string{"%!", "<nil>", "map[", "{}", "runtime error", "ZgotmplZ", "<no value>"}
	refusalName    = regexp.MustCompile(`\b(?:no-free-post|not-authorised|wrong-step|field-missing|over-quota|same-person|own-file|document-unknown)\b`)
)

// words checks the visible text: no key of the catalogue, no Go error, no bare
// code; full-width punctuation in Chinese, and in English no Chinese but what
// is marked as such.
func words(p *page, fail func(string, ...any)) {
	var look func(n *html.Node, foreign, code bool)
	look = func(n *html.Node, foreign, code bool) {
		switch {
		case n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "textarea"):
			return
		case n.Type == html.ElementNode:
			if l := attr(n, "lang"); n.Data != "html" && l != "" {
				foreign = true
			}
			code = code || class("mono")(n) || n.Data == "pre" || n.Data == "option" && p.c.lang == "en"
			for _, name := range []string{"placeholder", "aria-label", "title"} {
				if said := attr(n, name); p.c.lang == "en" && !foreign && han.MatchString(strings.ReplaceAll(said, "甬编〔2026〕3号", "")) && n.Data != "a" && n.Data != "input" {
					fail("Chinese in %s of an English page: %q", name, said)
				}
			}
		case n.Type == html.TextNode:
			said := strings.TrimSpace(n.Data)
			if code || said == "" {
				return
			}
			key := p.c.lang + strconv.FormatBool(foreign) + said
			if p.c.read[key] {
				return
			}
			if p.c.read != nil {
				p.c.read[key] = true // a bad one is told once
			}
			for _, bad := range goish {
				if strings.Contains(said, bad) {
					fail("%q in %q", bad, said)
				}
			}
			if refusalName.MatchString(said) || rawKey.MatchString(said) && !strings.Contains(said, "staffledger") {
				fail("a raw key in %q", said)
			}
			if p.c.lang == "zh" && !foreign && asciiBesideHan.MatchString(said) {
				fail("ASCII punctuation in %q", said)
			}
			if p.c.lang == "en" && !foreign && han.MatchString(said) {
				fail("unmarked Chinese in %q", said)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			look(c, foreign, code)
		}
	}
	if body := p.find(func(n *html.Node) bool { return n.Data == "body" }); body != nil {
		look(body, false, false)
	}
}
