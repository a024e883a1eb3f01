//go:build browser

// Package browser drives the pages in a real browser (Debian's chromium and
// fonts-noto-cjk; poppler-utils reads the printed paper; axe-core comes from npm
// at test time). It is built with the tag browser only:
//
//	go test -tags browser ./test/browser
//
// With the tag shots beside it, it also takes a picture of every page, into
// shots/, for looking at:
//
//	go test -tags browser,shots -run Shots ./test/browser
package browser

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"staffledger/test/site"
)

// window is a browser of its own: cookies and settings are not shared.
type window struct {
	t   testing.TB
	ctx context.Context
	url string
}

// patience bounds one step in the browser.
const patience = 30 * time.Second

func open(t testing.TB, url string, width, height int64, script bool) *window {
	t.Helper()
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // starts the browser, which lives as long as this context
		t.Fatal(err)
	}
	w := &window{t, ctx, url}
	w.size(width, height)
	if !script {
		w.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
	}
	return w
}

func (w *window) size(width, height int64) {
	w.t.Helper()
	w.do(chromedp.EmulateViewport(width, height))
}

func (w *window) do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		w.t.Fatal(err)
	}
}

// get runs an action that has a value.
func get[T any](w *window, action chromedp.Action[T]) T {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

func (w *window) goTo(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.url + path))
}

// signIn signs a user in by the form.
func (w *window) signIn(name string) {
	w.t.Helper()
	w.goTo("/signin")
	w.do(chromedp.SendKeys(chromedp.CSS("#name"), name), chromedp.SendKeys(chromedp.CSS("#password"), site.Password),
		chromedp.Click(chromedp.CSS("main button.btn.main")), chromedp.WaitVisible(chromedp.CSS("form[action='/signout']")))
}

// textSize sets the reader's own size of text; 16 is usual.
func (w *window) textSize(pixels int64) {
	w.t.Helper()
	w.do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.SetFontSizes, page.SetFontSizesParams{FontSizes: &page.FontSizes{Standard: pixels}})
		return err
	}))
}
