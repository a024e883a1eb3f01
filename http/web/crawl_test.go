package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"staffledger/http/web"
	"staffledger/test/site"
)

// walkers are users of the town that see different pages, each in the languages
// in which the crawl reads them.
var walkers = []struct {
	user  string
	langs []string
}{{"wu", []string{"zh", "en"}}, {"chen", []string{"en", "zh"}}, {"gao", []string{"zh"}}, {"wang", []string{"en"}}, {"gu", []string{"zh", "en"}},
	{"admin", []string{"zh", "en"}}, {"own", []string{"zh"}}, {"two", []string{"en"}}, {"feed", []string{"zh"}}}

var ids = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|%2F|\b\d+\b|=[^&]*`)

// Every page that a user can come to by links is well formed and answers, in
// both languages, from home on.
func TestEveryLinkLeadsToAWellFormedPage(t *testing.T) {
	t.Parallel()
	town := site.NewTown(t, site.Options{City: true})
	seen := map[string]bool{}
	read := map[string]bool{}
	for _, w := range walkers {
		for _, lang := range w.langs {
			c := as(t, town.Site, w.user).in(lang)
			c.read = read
			for pattern := range crawl(t, c, "/") {
				seen[pattern] = true
			}
		}
	}
	for _, route := range web.Routes() { // a page nobody can come to is dead
		if route.Method != http.MethodGet || slices.Contains([]string{"/signin", "/password", "/search", "/changes/balance", "/changes/:change/return",
			"/documents/:document/file"}, route.Path) { // come to by a form, a script or a sign-in
			continue
		}
		path := regexp.MustCompile(`:[a-z]+`).ReplaceAllString(route.Path, "#")
		if !slices.ContainsFunc(sorted(seen), func(p string) bool { p, _, _ = strings.Cut(p, "?"); return p == path }) {
			t.Errorf("no link leads to %s", route.Path)
		}
	}
}

func sorted(m map[string]bool) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// crawl follows links, a few of each pattern, and returns the patterns seen.
func crawl(t *testing.T, c *client, from string) map[string]bool {
	const each = 1
	visited, patterns := map[string]bool{from: true}, map[string]int{}
	queue := []string{from}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		p := c.get(path)
		for hops := 0; p.status == http.StatusSeeOther && hops < 3; hops++ {
			p = c.get(p.header.Get("Location"))
		}
		if p.status != http.StatusOK {
			t.Errorf("%s: %d for a link that was offered\n%s", path, p.status, p.text())
			continue
		}
		if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") || strings.HasPrefix(path, "/docs") {
			continue
		}
		wellFormed(t, p)
		for _, n := range p.all(func(n *html.Node) bool { return n.Data == "a" }) {
			to := attr(n, "href")
			to, _, _ = strings.Cut(to, "#")
			if !strings.HasPrefix(to, "/") || strings.Contains(to, "lang=") || visited[to] {
				continue
			}
			pattern := ids.ReplaceAllStringFunc(to, func(s string) string {
				if strings.HasPrefix(s, "=") {
					return "="
				}
				return "#"
			})
			if patterns[pattern] == each {
				continue
			}
			patterns[pattern]++
			visited[to] = true
			queue = append(queue, to)
		}
	}
	found := map[string]bool{from: true}
	for p := range patterns {
		found[p] = true
	}
	return found
}
