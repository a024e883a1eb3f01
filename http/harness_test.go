package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"staffledger/cmd/wiring"
	"staffledger/domain"
	"staffledger/eventstore/ledger"
	"staffledger/eventstore/vault"
	"staffledger/eventstore/vault/blobs"
	"staffledger/eventstore/vault/private"
	ledgerhttp "staffledger/http"
	"staffledger/http/ports"
	"staffledger/projections/views"
	"staffledger/test/world"
)

// api is a running server over a real ledger, real views and the real use
// cases, with a token for every user of the world. Every answer that its
// clients get is held against openapi.yaml.
type api struct {
	*world.World
	t       testing.TB
	ledger  *ledger.Ledger
	views   *views.Views
	secrets wiring.Secrets
	server  *ledgerhttp.Server
	url     string
	log     *syncBuffer
	checks  *checks
	good    sync.Map

	transport *http.Transport

	mu     sync.Mutex
	tokens map[string]string
	keys   int
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// demoClock moves the world's clock forward.
type demoClock struct{ *world.Clock }

func (c demoClock) Advance(to domain.Instant) error {
	if to < c.Now() {
		return ports.ErrBackward
	}
	c.Set(to)
	return nil
}

// checks remembers one outcome; the real ones are tested where they stand.
type checks struct {
	mu   sync.Mutex
	last map[string]ports.Check
}

func (c *checks) Start(_ context.Context, kind string, by domain.UserID) (ports.Check, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, k := range c.last {
		if k.Running && other != kind {
			return ports.Check{}, ports.ErrCheckBusy
		}
	}
	c.last[kind] = ports.Check{Kind: kind, By: by, Running: true}
	return c.last[kind], nil
}

func (c *checks) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for kind, k := range c.last {
		k.Running, k.Good = false, true
		c.last[kind] = k
	}
}

func (c *checks) Last(kind string) (ports.Check, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.last[kind]
	return k, ok
}

func newAPI(t testing.TB, day string) *api { return newAPIWith(t, day, nil) }

func newAPIWith(t testing.TB, day string, change func(*ledgerhttp.Options)) *api {
	t.Helper()
	dir := t.TempDir()
	_, measured := t.(*testing.B)
	store, err := ledger.Open(filepath.Join(dir, "ledger"), ledger.Options{Bulk: !measured, Logger: slog.New(slog.DiscardHandler), FilterBytes: 1 << 20, CacheBytes: 1 << 20, IndexCacheBytes: 4 << 20})
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	w := world.On(t, day, store)
	return serve(t, w, dir, store, w.Sealer.Unseal, nil, change)
}

// serve opens the rest over a world: views, files, sign-ins, the server. keys
// is nil where the test has no vault of its own.
func serve(t testing.TB, w *world.World, dir string, store *ledger.Ledger, unseal views.Unseal, keys *vault.Vault, change func(*ledgerhttp.Options)) *api {
	t.Helper()
	a := &api{World: w, t: t, ledger: store, tokens: map[string]string{}, log: &syncBuffer{}, checks: &checks{last: map[string]ports.Check{}},
		transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	t.Cleanup(a.Service.Close)
	var err error
	a.views, err = views.Open(t.Context(), views.Options{Dir: filepath.Join(dir, "views"), Ledger: store, Unseal: unseal, Patience: 20 * time.Second})
	must(t, err)
	t.Cleanup(func() { _ = a.views.Close() })
	following, stop := context.WithCancel(context.Background())
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		if err := a.views.Run(following); err != nil {
			t.Errorf("views: %v", err)
		}
	}()
	t.Cleanup(func() { stop(); <-followed })
	a.secrets = wiring.Secrets{Store: openPrivate(t, dir, w.Clock)}
	if keys == nil {
		keys = openVault(t, dir)
	}
	files, err := blobs.Open(blobs.Dir(filepath.Join(dir, "blobs")), keys, nil)
	must(t, err)
	o := ledgerhttp.Options{Commands: a.Service, Views: a.views, Ledger: store, Checks: a.checks, Files: files, Secrets: a.secrets, Clock: demoClock{a.Clock},
		Logger: slog.New(slog.NewJSONHandler(a.log, nil)), Version: "test"}
	if change != nil {
		change(&o)
	}
	a.server, err = ledgerhttp.New(o)
	must(t, err)
	must(t, a.server.Open("127.0.0.1:0"))
	t.Cleanup(func() {
		a.transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := a.server.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	a.url = a.server.URL()
	return a
}

func openVault(t testing.TB, dir string) *vault.Vault {
	t.Helper()
	keys, err := vault.Open(vault.Options{Path: filepath.Join(dir, "vault.db"), Master: bytes.Repeat([]byte{7}, 32), Bulk: true})
	must(t, err)
	t.Cleanup(func() { _ = keys.Close() })
	return keys
}

// openPrivate opens the file of sign-ins, once for a directory.
func openPrivate(t testing.TB, dir string, clock *world.Clock) *private.Store {
	t.Helper()
	if kept, ok := privates.Load(dir); ok {
		return kept.(*private.Store)
	}
	signIns, err := private.Open(private.Options{Path: filepath.Join(dir, "private.db"), Now: func() time.Time { return clock.Now().Time() },
		Cost: private.Cost{MemoryKiB: 64, Passes: 1, Threads: 1}, Bulk: true})
	must(t, err)
	privates.Store(dir, signIns)
	t.Cleanup(func() { privates.Delete(dir); _ = signIns.Close() })
	return signIns
}

var privates sync.Map // of *private.Store, by directory

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// token is that of a user of the world, made at first need.
func (a *api) token(user string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tokens[user] == "" {
		secret, _, err := a.secrets.NewToken(a.t.Context(), a.User(user), user, 0)
		must(a.t, err)
		a.tokens[user] = secret
	}
	return a.tokens[user]
}

// contractOnce reads the document as kin-openapi does.
var contractOnce = sync.OnceValues(func() (*openapi3.T, error) {
	openapi3filter.RegisterBodyDecoder("application/x-ndjson", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/yaml", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/cloudevents+json", openapi3filter.RegisteredBodyDecoder("application/json"))
	doc, err := openapi3.NewLoader().LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
})

var routerOnce = sync.OnceValues(func() (routers.Router, error) {
	doc, err := contractOnce()
	if err != nil {
		return nil, err
	}
	doc.Servers = nil
	return gorillamux.NewRouter(doc)
})

// checked holds every request that was accepted, and every answer, against the
// contract.
type checked struct {
	t    testing.TB
	real *http.Transport
	good *sync.Map // "METHOD /path" of operations that were answered well
}

func (c checked) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	answer, err := c.real.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	_ = answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(got))
	if answer.Header.Get("X-Request-Id") == "" {
		c.t.Errorf("%s %s: no X-Request-Id", r.Method, r.URL.Path)
	}
	router, err := routerOnce()
	if err != nil {
		return nil, err
	}
	route, params, err := router.FindRoute(r)
	if err != nil { // not of the contract: a problem all the same
		if answer.StatusCode < 400 && r.Method != http.MethodHead && r.Method != http.MethodOptions {
			c.t.Errorf("%s %s: %d, but the contract has no such route", r.Method, r.URL.Path, answer.StatusCode)
		}
		return answer, nil
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true}}
	if answer.StatusCode < 400 {
		c.good.Store(route.Method+" "+route.Path, true)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			c.t.Errorf("%s %s was accepted, but: %v", r.Method, r.URL, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: answer.StatusCode, Header: answer.Header, Options: in.Options}
	out.SetBodyBytes(got)
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		c.t.Errorf("%s %s: answer %d is not of the contract: %v\n%s", r.Method, r.URL, answer.StatusCode, err, got)
	}
	return answer, nil
}

// reply is an answer, read.
type reply struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   []byte
}

func (r reply) json(into any) {
	r.t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		r.t.Fatalf("%s: %v: %s", r.what, err, r.Body)
	}
}

func (r reply) ok() reply {
	r.t.Helper()
	if r.Status >= 300 {
		r.t.Fatalf("%s: %d %s", r.what, r.Status, r.Body)
	}
	return r
}

func (r reply) etag() string { return r.Header.Get("ETag") }

func (r reply) id() string {
	r.t.Helper()
	var receipt struct{ ID string }
	r.json(&receipt)
	return receipt.ID
}

func (r reply) position() string { return r.Header.Get("Ledger-Position") }

// problem is a problem, read.
type problem struct {
	Type, Title, Detail, WayOut, Field, RequestID string
	Status                                        int
	Facts                                         map[string]any
	Errors, Also                                  []struct{ Name, Field, Detail, WayOut string }
	Seen, Current                                 *int
	Since                                         []struct{ Sentence string }
	Rows                                          []struct {
		Row     int
		Refusal struct{ Name string }
	}
}

func (p problem) name() string { return strings.TrimPrefix(p.Type, ports.ProblemPrefix) }

// refused fails unless the answer is a problem with a name.
func (r reply) refused(name string) problem {
	r.t.Helper()
	var p problem
	if r.Status < 400 {
		r.t.Fatalf("%s: %d %s, want %s", r.what, r.Status, r.Body, name)
	}
	r.json(&p)
	if p.name() != name || p.Status != r.Status || p.Title == "" || p.RequestID != r.Header.Get("X-Request-Id") || r.Status != ledgerhttp.StatusOf(name) {
		r.t.Fatalf("%s: %d %s, want %s", r.what, r.Status, r.Body, name)
	}
	return p
}

// request makes one; user "" is nobody. header are pairs.
func (a *api) request(user, method, path string, body any, header ...string) *http.Request {
	a.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	case []byte:
		reader = bytes.NewReader(b)
	case io.Reader:
		reader = b
	default:
		text, err := json.Marshal(b)
		must(a.t, err)
		reader = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.url+path, reader)
	must(a.t, err)
	if user != "" {
		r.Header.Set("Authorization", "Bearer "+a.token(user))
	}
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (a *api) send(r *http.Request) reply {
	a.t.Helper()
	answer, err := (&http.Client{Transport: checked{a.t, a.transport, &a.good}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	must(a.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(a.t, err)
	return reply{a.t, r.Method + " " + r.URL.Path, answer.StatusCode, answer.Header, body}
}

func (a *api) get(user, path string, header ...string) reply {
	a.t.Helper()
	return a.send(a.request(user, "GET", path, nil, header...))
}

func (a *api) key() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys++
	return "http-" + strconv.Itoa(a.keys)
}

// do sends a command under a fresh key.
func (a *api) do(user, method, path string, body any, header ...string) reply {
	a.t.Helper()
	return a.send(a.request(user, method, path, body, append([]string{"Idempotency-Key", a.key()}, header...)...))
}

// on sends a command on a change, with its ETag as it stands.
func (a *api) on(user, change, act string, body any) reply {
	a.t.Helper()
	tag := a.get("aud", "/v1/changes/"+change+"?atLeast="+a.newest()).ok().etag()
	return a.do(user, "POST", "/v1/changes/"+change+"/"+act, body, "If-Match", tag)
}

func (a *api) newest() string { return strconv.FormatUint(uint64(a.ledger.Size()-1), 10) }

func (a *api) entry(n int, line, effective string) map[string]any {
	return map[string]any{"kind": "entry", "idnumber": world.IDNumber(n), "name": world.PersonName(n), "line": line, "class": "civil-servant",
		"manner": "resettlement", "effective": effective, "document": string(a.Document())}
}

// passGates passes the gates of the default route.
func (a *api) passGates(change string) {
	a.t.Helper()
	for _, reviewer := range world.Gates {
		a.on(reviewer, change, "pass", map[string]any{"items": a.Items(reviewer)}).ok()
	}
}

// wantLine checks [A O R H F] of a line as the API tells it.
func (a *api) wantLine(unit domain.UnitID, query string, want [5]int) {
	a.t.Helper()
	var answer struct {
		Lines []struct {
			Line    string
			Balance struct{ A, O, R, H, F int }
		}
	}
	sep := "?"
	if query != "" {
		sep = "&"
	}
	a.get("aud", fmt.Sprintf("/v1/units/%s/lines%s%satLeast=%s", unit, query, sep, a.newest())).ok().json(&answer)
	var got [5]int
	for _, l := range answer.Lines {
		if b := l.Balance; l.Line == "administrative/full" {
			got = [5]int{b.A, b.O, b.R, b.H, b.F}
		}
	}
	if got != want {
		a.t.Errorf("%s%s: %v, want %v", unit, query, got, want)
	}
}

// setClock moves the demo clock to 09:00 of a day, over HTTP.
func (a *api) setClock(day string) {
	a.t.Helper()
	a.send(a.request("", "POST", "/v1/demo/clock", map[string]any{"now": day + "T09:00:00.000+08:00"})).ok()
}

func itoa[N ~uint64](n N) string { return strconv.FormatUint(uint64(n), 10) }

// nameOf is a person's name as an auditor reads it.
func nameOf(a *api, id domain.PersonID) string {
	a.t.Helper()
	var x struct{ Particulars struct{ Name string } }
	a.get("aud", "/v1/people/"+string(id)).ok().json(&x)
	return x.Particulars.Name
}

func same(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(a)
	must(t, err)
	y, err := os.ReadFile(b)
	must(t, err)
	if !bytes.Equal(x, y) {
		t.Errorf("%s is not up to date: run go generate", b)
	}
}
