//go:build browser && shots

package browser

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestCityShots takes pictures of a running server with the invented city, at
// CITY_URL (staffledger serve --demo). Without it there is nothing to look at.
func TestCityShots(t *testing.T) {
	url := os.Getenv("CITY_URL")
	if url == "" {
		return
	}
	only := os.Getenv("SHOTS")
	first := func(w *window, in, prefix string) string {
		return get(w, chromedp.Evaluate[string](fmt.Sprintf(`(document.querySelector("%s a[href^='%s']")||{getAttribute:function(){return "/"}}).getAttribute("href")`, in, prefix)))
	}
	shoot := func(w *window, name, path string) {
		if only != "" && !strings.Contains(name, only) {
			return
		}
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		for _, lang := range []string{"zh", "en"} {
			for _, width := range []int64{1440, 390} {
				w.size(width, 900)
				w.goTo(path + sep + "lang=" + lang)
				w.shoot(fmt.Sprintf("city-%s-%d-%s", name, width, lang), os.Getenv("WHOLE") != "")
			}
		}
	}
	for _, user := range []string{"office", "collector", "hr", "auditor", "head", "leader", "committee", "inspector", "admin", "subscriber", "recorder", "supervisor"} {
		w := open(t, url, 1440, 900, true)
		w.goTo("/signin")
		w.do(chromedp.SendKeys(chromedp.CSS("#name"), user), chromedp.SendKeys(chromedp.CSS("#password"), "staffledger-demo"),
			chromedp.Click(chromedp.CSS("main button.btn.main")), chromedp.WaitVisible(chromedp.CSS("form[action='/signout']")))
		shoot(w, "home-"+user, "/")
		switch user {
		case "office", "recorder":
			shoot(w, "queue-"+user, "/queue")
			w.goTo("/queue")
			shoot(w, "change-"+user, first(w, "main tbody", "/changes/"))
		case "hr":
			shoot(w, "queue-"+user, "/queue")
			w.goTo("/queue")
			shoot(w, "batch", first(w, "main", "/batches/"))
		case "collector":
			shoot(w, "queue-"+user, "/queue")
			w.goTo("/units?q=水务协调局")
			unit := first(w, "main tbody", "/units/")
			shoot(w, "account", unit)
			shoot(w, "posts", unit+"/posts")
			shoot(w, "roster", unit+"/roster")
			shoot(w, "entry", "/changes/new?kind=entry&unit="+strings.TrimPrefix(unit, "/units/"))
			shoot(w, "exit", "/changes/new?kind=exit&unit="+strings.TrimPrefix(unit, "/units/"))
			shoot(w, "trace", "/trace?unit="+strings.TrimPrefix(unit, "/units/"))
			w.goTo(unit + "/roster")
			shoot(w, "person", first(w, "main tbody", "/people/"))
		case "auditor":
			shoot(w, "units", "/units?open=330200")
			shoot(w, "traceall", "/trace")
			shoot(w, "verify", "/verify")
			shoot(w, "changes", "/changes")
			shoot(w, "event", "/events/160000")
		case "admin":
			shoot(w, "users", "/admin/users")
		}
	}
}
