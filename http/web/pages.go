// Package web serves the pages: server-rendered HTML that works whole without
// JavaScript, in Chinese and English, over the same ports as the API.
//
//	pages, err := web.New(web.Options{Commands: service, Views: views, Ledger: store, …})
//	server, err := ledgerhttp.New(ledgerhttp.Options{…, Pages: pages.Mount})
//
// The way of a request: route (routes.go) → session and rights (request.go) →
// handler → a view of its own → one template of templates/, in the frame. A
// form carries the session's token, a key (so that a double click writes once)
// and, where it is about an existing thing, the revision that was seen. What is
// written is answered by 303 to a page that names the entry's number.
//
// Sentences about events and refusals come from package domain/text; words of
// the pages themselves stand in words.go.
package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"staffledger/domain/text"
	"staffledger/http/ports"
)

// Options are what the pages are built of. All ports but Clock are needed.
type Options struct {
	Commands ports.Commands
	Views    ports.Views
	Ledger   ports.Ledger
	Checks   ports.Checks
	Files    ports.Files
	Clock    ports.DemoClock  // nil: the clock cannot be set, nothing is said of it
	Demo     []ports.DemoUser // listed at sign-in; nil: none
	Logger   *slog.Logger     // nil: silent
	Version  string
	Random   io.Reader // for the keys of forms; nil: crypto/rand
}

// Pages serves the pages. Safe for concurrent use.
type Pages struct {
	Options
	sessions  ports.Sessions
	templates map[text.Lang]*template.Template
	origin    *http.CrossOriginProtection
	assets    map[string]asset
	random    sync.Mutex // Random need not be safe for concurrent use
}

// New reads the templates; it serves nothing before Mount.
func New(o Options) (*Pages, error) {
	if o.Commands == nil || o.Views == nil || o.Ledger == nil || o.Checks == nil || o.Files == nil {
		return nil, errors.New("web: a port is missing")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	p := &Pages{Options: o, origin: http.NewCrossOriginProtection(), assets: loadAssets()}
	var err error
	p.templates, err = p.parse()
	return p, err
}

// Mount registers every page with the server's echo. It is called once.
func (p *Pages) Mount(e *echo.Echo, sessions ports.Sessions) {
	p.sessions = sessions
	for _, r := range p.routes() {
		h := p.serve(r)
		e.Add(r.method, r.path, h)
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, r.path, h)
		}
	}
	for path := range p.assets {
		e.GET(path, p.asset)
		e.HEAD(path, p.asset)
	}
	e.RouteNotFound("/*", p.unknown)
}

// key makes the Idempotency-Key of a form.
func (p *Pages) key() string {
	b := make([]byte, 16)
	p.random.Lock()
	defer p.random.Unlock()
	if _, err := io.ReadFull(p.Random, b); err != nil {
		panic("web: no randomness: " + err.Error())
	}
	return hex.EncodeToString(b)
}
