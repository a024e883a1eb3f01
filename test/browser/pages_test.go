//go:build browser

package browser

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"staffledger/test/site"
	"staffledger/test/world"
)

// measures looks at a page as it is laid out: what scrolls sideways, what is
// too small to read or to touch, what breaks one character a line.
const measures = `(function (phone) {
	var out = [], doc = document.documentElement;
	if (doc.scrollWidth > window.innerWidth) {
		var wide = [];
		document.querySelectorAll("body *").forEach(function (e) {
			var r = e.getBoundingClientRect();
			if (r.right > window.innerWidth + 1 && r.width > 0 && !e.closest(".scroll, .tabs, pre")) { wide.push(e.tagName + "." + e.className); }
		});
		out.push("scrolls sideways: " + doc.scrollWidth + " > " + window.innerWidth + " by " + wide.slice(0, 4).join(" "));
	}
	document.querySelectorAll("body *").forEach(function (e) {
		var r = e.getBoundingClientRect(), style = getComputedStyle(e);
		if (r.width === 0 || r.height === 0 || style.visibility === "hidden") { return; }
		var own = Array.prototype.some.call(e.childNodes, function (n) { return n.nodeType === 3 && n.data.trim() !== ""; });
		if (own && parseFloat(style.fontSize) < 11.99) { out.push("small text " + style.fontSize + ": " + e.textContent.trim().slice(0, 20)); }
		if (own && style.fontStyle === "italic") { out.push("italic: " + e.textContent.trim().slice(0, 20)); }
		if (own && e.closest("th, label, .tag, .btn, .nav a") && r.width < 26 && r.height > 60) { out.push("one character a line: " + e.textContent.trim().slice(0, 20)); }
		if (phone && /^(BUTTON|INPUT|SELECT|TEXTAREA)$/.test(e.tagName) && e.type !== "checkbox" && !e.classList.contains("linkbutton") && r.height < 43.5) {
			out.push("only " + r.height + "px high: " + e.tagName + " " + (e.name || e.textContent));
		}
		if (phone && e.classList.contains("btn") && r.height < 43.5) { out.push("only " + r.height + "px high: " + e.textContent.trim()); }
	});
	return out.slice(0, 6).join("\n");
})`

// Every page at both widths, in both languages, at twice the text, by axe.
func TestPagesAreSoundAndAccessible(t *testing.T) {
	town := site.NewTown(t, site.Options{City: true, Demo: site.DemoUsers()})
	windows := map[string]*window{}
	only := os.Getenv("PAGES")
	for _, p := range townPages(town) {
		if only != "" && !strings.Contains(p.name, only) {
			continue
		}
		w := windows[p.user]
		if w == nil {
			w = open(t, town.URL, 1440, 900, true)
			windows[p.user] = w
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
				name := fmt.Sprintf("%s %d %s", p.name, width, lang)
				w.size(width, 900)
				w.goTo(p.path + sep + "lang=" + lang)
				if found := get(w, chromedp.Evaluate[string](fmt.Sprintf("%s(%v)", measures, width == 390))); found != "" {
					t.Errorf("%s: %s", name, found)
				}
				w.accessible(name)
				// The reader's own text size, doubled.
				w.textSize(32)
				if found := get(w, chromedp.Evaluate[string](measures+"(false)")); found != "" {
					t.Errorf("%s at 200%%: %s", name, found)
				}
				w.textSize(16)
			}
		}
	}
}

// fill types into the fields of a form.
func (w *window) fill(values map[string]string) {
	w.t.Helper()
	for name, v := range values {
		selector := chromedp.CSS("form[method=post] [name='" + name + "']:not([type=hidden])")
		if name == "line" || name == "class" || name == "manner" || name == "exitreason" || name == "person" {
			w.do(chromedp.SetValue(selector, v))
			continue
		}
		w.do(chromedp.SendKeys(selector, v))
	}
}

func (w *window) text() string {
	w.t.Helper()
	return get(w, chromedp.Text(chromedp.CSS("main")))
}

func (w *window) says(words ...string) {
	w.t.Helper()
	have := w.text()
	for _, x := range words {
		if !strings.Contains(have, x) {
			w.t.Fatalf("the page does not say %q:\n%s", x, have)
		}
	}
}

// press clicks a button and waits for the page behind it.
func (w *window) press(selector string) {
	w.t.Helper()
	w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector)))
		return err
	}))
}

// Sign-in → collect → gates → record → trace → verify as different people, with
// scripts and without, on a desk and on a phone.
func TestOneChangeThroughTheBrowser(t *testing.T) {
	for i, c := range []struct {
		name   string
		width  int64
		script bool
	}{{"desk", 1440, true}, {"phone without scripts", 390, false}} {
		t.Run(c.name, func(t *testing.T) {
			town := site.NewTown(t, site.Options{City: true})
			n := 90 + i
			wu := open(t, town.URL, c.width, 900, c.script)
			wu.signIn(town.SignIn("wu"))
			wu.goTo("/changes/new?kind=entry&unit=" + string(town.Water))
			entry := town.Entry(n)
			delete(entry, "unit")
			delete(entry, "kind")
			wu.fill(entry)
			if c.script { // the balance follows the choice
				wu.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=line]").dispatchEvent(new Event("change"))`), chromedp.WaitVisible(chromedp.CSS("#balance dl")))
			}
			wu.press("button[value=check]")
			wu.says("检查通过")
			wu.do(chromedp.WaitVisible(chromedp.CSS("#balance dl")))
			wu.press("button[value=submit]")
			wu.says("已写入第", world.PersonName(n), "待组织部审核")
			path, _, _ := strings.Cut(strings.TrimPrefix(get(wu, chromedp.Location()), town.URL), "?")
			for _, user := range []string{"zhou", "shen", "chen"} {
				w := open(t, town.URL, c.width, 900, c.script)
				w.signIn(town.SignIn(user))
				w.goTo("/queue")
				w.press("a[href='" + path + "']")
				for _, id := range strings.Fields(get(w, chromedp.Evaluate[string](`Array.from(document.querySelectorAll("[name=item]")).map(function (e) { return e.id }).join(" ")`))) {
					w.do(chromedp.Click(chromedp.CSS("#" + id)))
				}
				w.do(chromedp.SendKeys(chromedp.CSS("#f-opinion"), "材料齐全"))
				w.press("button[value=pass]")
				w.says("已写入第")
			}
			w := open(t, town.URL, c.width, 900, c.script)
			w.signIn(town.SignIn("zheng"))
			w.goTo(path)
			w.says("录入后行政编制实有")
			w.press("form[action$='/record'] button")
			w.says("已写入第")
			gu := open(t, town.URL, c.width, 900, c.script)
			gu.signIn(town.SignIn("gu"))
			gu.goTo("/trace?change=" + strings.TrimPrefix(path, "/changes/"))
			gu.says("录入"+world.PersonName(n)+"入编", "第3道共3道")
			gu.do(chromedp.Click(chromedp.CSS(".event details summary")), chromedp.WaitVisible(chromedp.CSS(".event .diff")))
			gu.goTo("/verify")
			gu.press("button[value=verify]")
			for range 50 {
				if strings.Contains(gu.text(), "没有发现改动") {
					return
				}
				gu.goTo("/verify")
			}
			t.Errorf("the check has not ended:\n%s", gu.text())
		})
	}
}

// The keyboard alone takes a change through a gate; focus is always visible and
// never under the bar at the foot.
func TestKeyboardAlone(t *testing.T) {
	town := site.NewTown(t, site.Options{})
	w := open(t, town.URL, 1440, 900, true)
	w.goTo("/signin")
	tab := func() { w.do(chromedp.KeyEvent(kb.Tab)) }
	to := func(what string) {
		t.Helper()
		for range 80 {
			at := get(w, chromedp.Evaluate[string](`(function () { var e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e), bar = document.querySelector(".trust").getBoundingClientRect();
				var ring = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
				return [(e.id || e.value || e.textContent || "").trim(), e.tagName === "BODY" || ring, e.closest(".trust") !== null || r.top < bar.top || e.tagName === "BODY"].join("|"); })()`))
			parts := strings.Split(at, "|")
			if parts[1] != "true" || parts[2] != "true" {
				t.Errorf("focus on %q is not seen: %s", parts[0], at)
			}
			if parts[0] == what {
				return
			}
			tab()
		}
		t.Fatalf("the keyboard does not come to %q", what)
	}
	to("name")
	w.do(chromedp.KeyEvent(town.SignIn("chen")))
	tab()
	w.do(chromedp.KeyEvent(site.Password))
	w.enter()
	w.says("我的待办")
	w.do(chromedp.KeyEvent("j"))
	w.enter()
	w.says("我的意见")
	to("item-0")
	w.do(chromedp.KeyEvent(" "))
	to("f-opinion")
	w.do(chromedp.KeyEvent("同意"))
	to("pass")
	w.enter()
	w.says("已写入第")
}

// enter presses Enter and waits for the page behind it.
func (w *window) enter() {
	w.t.Helper()
	w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter))
		return err
	}))
}

// A printed trace is a paper of its own: no navigation, the position and root
// at its end, readable without colour.
func TestPrintedTrace(t *testing.T) {
	town := site.NewTown(t, site.Options{City: true})
	w := open(t, town.URL, 1440, 900, true)
	w.signIn(town.SignIn("gu"))
	w.goTo("/trace?unit=" + string(town.Water))
	paper := get(w, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if !bytes.HasPrefix(paper, []byte("%PDF")) {
		t.Fatal("no PDF")
	}
	file := filepath.Join(shotsDir(t), "trace.pdf")
	if err := os.WriteFile(file, paper, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (package poppler-utils): %v", err)
	}
	said := strings.Join(strings.Fields(string(out)), "")
	for _, want := range []string{"追溯：市水务协调局", "演示数据", "退回", "打印时间", "打印人：顾清", fmt.Sprintf("数据至第%d条", town.Ledger.Size()-1), "根："} {
		if !strings.Contains(said, want) {
			t.Errorf("the paper does not say %q", want)
		}
	}
	for _, not := range []string{"退出", "筛选", "复制本页链接", "下一页"} {
		if strings.Contains(said, not) {
			t.Errorf("the paper says %q", not)
		}
	}
}
