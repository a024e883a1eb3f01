package http_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"staffledger/domain"
	ledgerhttp "staffledger/http"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

// raw speaks to the server byte by byte and returns the first line of its
// answer with its headers and body, as far as they come.
func (a *api) raw(text string) string {
	a.t.Helper()
	conn, err := net.Dial("tcp", a.server.Addr().String())
	must(a.t, err)
	defer conn.Close()
	must(a.t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	if _, err := io.WriteString(conn, text); err != nil && !errors.Is(err, net.ErrClosed) {
		a.t.Logf("write: %v", err) // the server may have hung up already
	}
	answer, _ := io.ReadAll(bufio.NewReader(conn))
	return string(answer)
}

// What no honest client sends: each is turned away with a clear status, nothing
// is written, and the server goes on.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	a := newAPIWith(t, "2026-03-02", func(o *ledgerhttp.Options) { o.BodyTime = 300 * time.Millisecond })
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	path := "/v1/units/" + string(u1) + "/changes"
	before := a.ledger.Size()
	auth := "Authorization: Bearer " + a.token("c") + "\r\nIdempotency-Key: k1\r\n"
	head := func(method, path, more string) string {
		return method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + auth + more + "\r\n"
	}
	for what, c := range map[string]struct{ request, want string }{
		"a huge body that is announced":     {head("POST", path, "Content-Type: application/json\r\nContent-Length: 99999999\r\n"), "413 "},
		"a huge body in chunks":             {head("POST", path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n") + strings.Repeat("8000\r\n"+strings.Repeat("x", 0x8000)+"\r\n", 3) + "0\r\n\r\n", "413 "},
		"a body that does not come":         {head("POST", path, "Content-Type: application/json\r\nContent-Length: 10\r\n") + "{", "408 "},
		"a body where none belongs":         {head("GET", "/v1/me", "Content-Length: 2\r\n") + "{}", "413 "},
		"a compressed body":                 {head("POST", path, "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n") + "{}", "415 "},
		"another content type":              {head("POST", path, "Content-Type: text/plain\r\nContent-Length: 2\r\n") + "{}", "415 "},
		"another charset":                   {head("POST", path, "Content-Type: application/json; charset=gb18030\r\nContent-Length: 2\r\n") + "{}", "415 "},
		"no content type":                   {head("POST", path, "Content-Length: 2\r\n") + "{}", "415 "},
		"two lengths":                       {head("POST", path, "Content-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n") + "{}", "400 "},
		"huge headers":                      {head("GET", "/v1/me", "X-Long: "+strings.Repeat("x", 60<<10)+"\r\n"), "431 "},
		"a long address":                    {head("GET", "/v1/me?x="+strings.Repeat("x", 9<<10), ""), "400 "},
		"a path that climbs":                {head("GET", "/v1/units/../../etc/passwd", ""), "404 "},
		"a path that climbs, escaped":       {head("GET", "/v1/units/..%2f..%2fetc%2fpasswd", ""), "404 "},
		"NUL in an id":                      {head("GET", "/v1/units/%00", ""), "404 "},
		"a line break in an id":             {head("GET", "/v1/units/x%0d%0aSet-Cookie:%20a=b", ""), "404 "},
		"a broken escape":                   {head("GET", "/v1/units/%zz", ""), "400 "},
		"a semicolon in the query":          {head("GET", "/v1/units?roots=true;limit=1", ""), "400 "},
		"a parameter twice":                 {head("GET", "/v1/units?limit=1&limit=2", ""), "400 "},
		"an unknown method":                 {head("BREW", "/v1/units", ""), "405 "},
		"an unknown address":                {head("GET", "/v1/nothing", ""), "404 "},
		"a method that is not taken":        {head("DELETE", "/v1/units", ""), "405 "},
		"two keys":                          {head("POST", path, "Idempotency-Key: k2\r\nContent-Type: application/json\r\nContent-Length: 2\r\n") + "{}", "400 "},
		"two tokens":                        {head("GET", "/v1/me", "Authorization: Bearer x\r\n"), "401 "},
		"a control character in a header":   {head("GET", "/v1/me", "Acting-Role: a\x01b\r\n"), "400 "},
		"a document of a thousand brackets": {head("POST", path, "Content-Type: application/json\r\nContent-Length: 2000\r\n") + strings.Repeat("[", 2000), "400 "},
	} {
		got := a.raw(c.request)
		status, _, _ := strings.Cut(strings.TrimPrefix(got, "HTTP/1.1 "), "\r\n")
		if !strings.HasPrefix(status, c.want) || strings.Contains(got, "Set-Cookie") {
			t.Errorf("%s: %q, want %s", what, got, c.want)
		}
		if strings.HasPrefix(c.want, "405") && !strings.Contains(got, "\r\nAllow: ") {
			t.Errorf("%s: no Allow in %q", what, got)
		}
	}
	if a.ledger.Size() != before {
		t.Errorf("%d events were written", a.ledger.Size()-before)
	}
	a.get("c", "/v1/me").ok()
	if got := a.send(a.request("c", "HEAD", "/v1/me", nil)); got.Status != 200 || len(got.Body) != 0 || got.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %v", got.Status, got.Header)
	}
	if got := a.send(a.request("", "OPTIONS", "/v1/units", nil)); got.Status != http.StatusNoContent || got.Header.Get("Allow") == "" || got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("OPTIONS: %d %v", got.Status, got.Header)
	}
	// A file of more than 20 MiB, and an empty one.
	big := bytes.NewReader(make([]byte, 20<<20+1))
	r := a.request("c", "POST", "/v1/files", io.MultiReader(big), "Content-Type", "application/octet-stream")
	if answer, err := a.transport.RoundTrip(r); err == nil { // the server may hang up before all is sent
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("a file too large: %d", answer.StatusCode)
		}
		_ = answer.Body.Close()
	}
	a.send(a.request("c", "POST", "/v1/files", "", "Content-Type", "application/octet-stream")).refused("field-missing")
}

// Sessions by cookie: closed to other sites, ended by signing out, bound to
// what the user may do now.
func TestSessions(t *testing.T) {
	t.Parallel()
	a := newAPI(t, "2026-03-02")
	u1 := a.Unit("U1", "administrative/full", 5, 0)
	sessions := a.server.Sessions()
	one, err := a.secrets.IssuePassword(t.Context(), a.User("c"), "u-c")
	must(t, err)
	if _, _, err := sessions.SignIn(t.Context(), "u-c", "wrong password", "127.0.0.1"); !errors.Is(err, ports.ErrSignIn) {
		t.Errorf("wrong password: %v", err)
	}
	session, cookie, err := sessions.SignIn(t.Context(), "u-c", one, "127.0.0.1")
	must(t, err)
	if !session.OneTime || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || session.CSRF == "" || session.Role != domain.Collector {
		t.Errorf("session %+v, cookie %+v", session, cookie)
	}
	with := func(r *http.Request, cookie *http.Cookie) *http.Request { r.AddCookie(cookie); return r }
	a.send(with(a.request("", "GET", "/v1/units", nil), cookie)).refused("password-change-needed")
	a.send(with(a.request("", "GET", "/v1/me", nil), cookie)).ok()
	if _, _, err := sessions.ChangePassword(with(a.request("", "POST", "/", nil), cookie), one, "short", "127.0.0.1"); !errors.As(err, new(*ports.WeakPassword)) {
		t.Errorf("a short password: %v", err)
	}
	session, fresh, err := sessions.ChangePassword(with(a.request("", "POST", "/", nil), cookie), one, "a long enough one", "127.0.0.1")
	must(t, err)
	if session.OneTime {
		t.Error("still a one-time session")
	}
	a.send(with(a.request("", "GET", "/v1/me", nil), cookie)).refused("not-signed-in")
	path := "/v1/units/" + string(u1) + "/changes"
	from := func(origin, site string) reply {
		return a.send(with(a.request("", "POST", path, a.entry(1, "administrative/full", "2026-03-02"), "Idempotency-Key", "k", "Origin", origin, "Sec-Fetch-Site", site), fresh))
	}
	from("http://elsewhere.example", "cross-site").refused("cross-origin")
	from(a.url, "same-origin").ok()
	r := with(a.request("", "GET", "/", nil), fresh)
	if got, ok := sessions.Current(r); !ok || got.User != a.User("c") {
		t.Errorf("current: %+v %v", got, ok)
	}
	if err := sessions.Choose(r, domain.Leader); err == nil {
		t.Error("a role that is not held was chosen")
	}
	must(t, sessions.Choose(r, domain.Collector))
	gone, err := sessions.SignOut(r)
	must(t, err)
	if gone.MaxAge >= 0 || gone.Name != fresh.Name {
		t.Errorf("cookie that removes: %+v", gone)
	}
	if _, ok := sessions.Current(r); ok {
		t.Error("signed out and still there")
	}
	// Too many failures: how long to wait.
	for range 30 {
		r := a.request("", "POST", "/v1/tokens", map[string]any{"name": "x", "days": 1})
		r.SetBasicAuth("u-h1", "guess upon guess")
		if got := a.send(r); got.Status == http.StatusTooManyRequests {
			got.refused("too-many-attempts")
			if got.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("thirty wrong passwords were not slowed down")
}

// brokenViews puts an error in the way.
type brokenViews struct {
	ledgerhttp.Views
	err error
}

func (b *brokenViews) FindUnit(context.Context, string) (views.Unit, error) {
	return views.Unit{}, b.err
}

func (b *brokenViews) AtLeast(context.Context, domain.Position) error { return b.err }

// Faults of store and views have statuses of their own, say nothing of the
// inside, and are logged once with the request's id.
func TestFaults(t *testing.T) {
	t.Parallel()
	fault := &brokenViews{}
	a := newAPIWith(t, "2026-03-02", func(o *ledgerhttp.Options) {
		fault.Views = o.Views
		o.Views = fault
	})
	for _, c := range []struct {
		err    error
		name   string
		logged bool
	}{
		{fmt.Errorf("append: %w", domain.ErrNoSpace), "no-space", true},
		{fmt.Errorf("append: %w", domain.ErrReadOnly), "read-only", true},
		{fmt.Errorf("read: %w", &domain.Corrupt{Position: 17, File: "secret-path", Reason: "checksum"}), "ledger-damaged", true},
		{fmt.Errorf("wait: %w", views.ErrBehind), "views-behind", false},
		{views.ErrNotFound, "not-found", false},
		{views.ErrClosed, "shutting-down", false},
		{errors.New("secret-path is on fire"), "internal", true},
	} {
		fault.err = c.err
		got := a.do("L", "POST", "/v1/units/330200-0001/hold-backs", map[string]any{"line": "administrative/full", "posts": 1, "effective": "2026-03-02", "document": "x"})
		p := got.refused(c.name)
		if strings.Contains(string(got.Body), "secret-path") {
			t.Errorf("%v: the answer tells of the inside: %s", c.err, got.Body)
		}
		if n := strings.Count(a.log.String(), p.RequestID); c.logged != (n == 2) || n == 0 {
			t.Errorf("%v: %d lines in the log", c.err, n)
		}
	}
	fault.err = views.ErrBehind
	a.get("aud", "/v1/units?atLeast=0").refused("views-behind")
	a.get("aud", "/v1/units?atLeast="+itoa(a.ledger.Size())).refused("parameter-malformed")
}

// What oapi-codegen makes of the contract is what is committed.
func TestGeneratedIsUpToDate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, err := os.ReadFile("internal/gen/config.yaml")
	must(t, err)
	out := filepath.Join(dir, "gen.go")
	must(t, os.WriteFile(filepath.Join(dir, "config.yaml"), bytes.Replace(config, []byte("output: gen.go"), []byte("output: "+out), 1), 0o600))
	made, err := exec.CommandContext(t.Context(), "go", "tool", "oapi-codegen", "-config", filepath.Join(dir, "config.yaml"), "openapi.yaml").CombinedOutput()
	if err != nil {
		t.Fatalf("oapi-codegen: %v\n%s", err, made)
	}
	same(t, out, "internal/gen/gen.go")
}
