//go:build browser && shots

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"staffledger/test/site"
)

// shoot takes a picture of the first screen, or of the whole page.
func (w *window) shoot(name string, whole bool) {
	w.t.Helper()
	take := chromedp.CaptureScreenshot()
	if whole {
		take = chromedp.FullScreenshot(100)
	}
	picture := get(w, take)
	if err := os.WriteFile(filepath.Join(shotsDir(w.t), name+".png"), picture, 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// TestShots takes a picture of every page at both widths in both languages. It
// judges nothing: it is for looking. SHOTS narrows it to names that contain the text.
func TestShots(t *testing.T) {
	town := site.NewTown(t, site.Options{City: true, Demo: site.DemoUsers()})
	pages := townPages(town)
	only := os.Getenv("SHOTS")
	byUser := map[string]*window{}
	for _, p := range pages {
		if only != "" && !strings.Contains(p.name, only) {
			continue
		}
		w := byUser[p.user]
		if w == nil {
			w = open(t, town.URL, 1440, 900, true)
			byUser[p.user] = w
			if p.user != "" {
				w.signIn(town.SignIn(p.user))
			}
		}
		for _, lang := range []string{"zh", "en"} {
			sep := "?"
			if strings.Contains(p.path, "?") {
				sep = "&"
			}
			for _, width := range []int64{1440, 390} {
				height := int64(900)
				if width == 390 {
					height = 844
				}
				w.size(width, height)
				w.goTo(p.path + sep + "lang=" + lang)
				w.shoot(fmt.Sprintf("%s-%d-%s", p.name, width, lang), os.Getenv("WHOLE") != "")
			}
		}
	}
}
