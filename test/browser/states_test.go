//go:build browser && shots

package browser

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"staffledger/http/ports"
	"staffledger/test/site"
)

// TestStateShots takes pictures of what only an act brings: a form with errors,
// a check, a note of what was written, both sides of a stale form, a broken
// ledger. Like TestShots it judges nothing.
func TestStateShots(t *testing.T) {
	town := site.NewTown(t, site.Options{City: true})
	both := func(w *window, name string) {
		for _, width := range []int64{390, 1440} {
			w.size(width, 900)
			w.shoot(fmt.Sprintf("state-%s-%d", name, width), false)
		}
	}
	wu := open(t, town.URL, 1440, 900, true)
	wu.signIn(town.SignIn("wu"))
	wu.goTo("/changes/new?kind=entry&unit=" + string(town.Water))
	entry := town.Entry(80)
	delete(entry, "unit")
	delete(entry, "kind")
	wu.fill(entry)
	wu.do(chromedp.SetValue(chromedp.CSS("[name=line]"), string(site.Enforcement)), chromedp.SetValue(chromedp.CSS("[name=idnumber]"), "330203199901010011"),
		chromedp.SetValue(chromedp.CSS("[name=document]"), " "))
	wu.press("button[value=submit]")
	both(wu, "errors")
	wu.do(chromedp.SetValue(chromedp.CSS("[name=idnumber]"), entry["idnumber"]), chromedp.SetValue(chromedp.CSS("[name=document]"), entry["document"]))
	wu.press("button[value=check]")
	both(wu, "checked")
	wu.press("button[value=submit]")
	both(wu, "written")
	wu.goTo("/batch/new?kind=entry&unit=" + string(town.School))
	wu.do(chromedp.SetValue(chromedp.CSS("[name=rows]"), "赵明\t330203199901010011\n钱多多\t\n孙\t1"), chromedp.SetValue(chromedp.CSS("[name=line]"), string(site.Institution)))
	wu.press("button[value=check]")
	both(wu, "batch")
	chen := open(t, town.URL, 1440, 900, true)
	chen.signIn(town.SignIn("chen"))
	chen.goTo("/changes/" + string(town.AtOffice))
	chen.do(chromedp.SendKeys(chromedp.CSS("#f-opinion"), "同意"))
	wu.goTo("/changes/" + string(town.AtOffice) + "/withdraw")
	wu.do(chromedp.SendKeys(chromedp.CSS("#f-reason"), "当事人放弃"))
	both(wu, "withdraw")
	wu.press("button.danger")
	chen.press("button[value=pass]")
	both(chen, "stale")
	zheng := open(t, town.URL, 1440, 900, true)
	zheng.signIn(town.SignIn("zheng"))
	zheng.goTo("/changes/" + string(town.ToRecord))
	zheng.press("form[action$='/record'] button")
	both(zheng, "recorded")
	gu := open(t, town.URL, 1440, 900, true)
	gu.signIn(town.SignIn("gu"))
	gu.goTo("/trace?unit=" + string(town.Water) + "&step=returned&from=2026-11-01")
	gu.do(chromedp.Click(chromedp.CSS(".event details summary")))
	both(gu, "trace")
	town.Checks.Put(ports.Check{Kind: "verify", Running: true, Size: 1000, Done: 420, Started: town.Clock.Now(), By: town.User("gu")})
	gu.goTo("/verify")
	both(gu, "running")
	town.Checks.Put(ports.Check{Kind: "verify", Position: 98, Reason: "leaf 98 does not hash to the tree", Started: town.Clock.Now(), Ended: town.Clock.Now(), By: town.User("gu")})
	gu.goTo("/verify")
	both(gu, "broken")
}
