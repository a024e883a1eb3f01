// Package client speaks to the API by openapi.yaml for the command line: over
// the network, through the owner-only socket of a running server, or to a
// server in the same process.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Client sends requests to one server.
type Client struct {
	http  *http.Client
	base  string
	token string
	lang  string
}

// New speaks to a server by its URL. The token may be empty.
func New(base, token, lang string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("server %q: want http://HOST:PORT or https://HOST", base)
	}
	return &Client{http: &http.Client{}, base: strings.TrimSuffix(base, "/"), token: token, lang: lang}, nil
}

// Socket speaks to a running server through its socket.
func Socket(path, lang string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}, base: "http://control", lang: lang}
}

// Handler speaks to a handler in this process.
func Handler(h http.Handler, lang string) *Client {
	return &Client{http: &http.Client{Transport: inProcess{h}}, base: "http://control", lang: lang}
}

// Problem is an answer that turns a request down (RFC 9457).
type Problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Detail string    `json:"detail"`
	WayOut string    `json:"wayOut"`
	Label  string    `json:"label"`
	Errors []Finding `json:"errors"`
	Also   []Finding `json:"also"`
	Rows   []struct {
		Row     int      `json:"row"`
		Refusal *Finding `json:"refusal"`
	} `json:"rows"`
	RequestID string `json:"requestId"`
	Raw       []byte `json:"-"`
}

// Finding is one of several reasons.
type Finding struct {
	Name   string `json:"name"`
	Field  string `json:"field"`
	Label  string `json:"label"`
	Detail string `json:"detail"`
	WayOut string `json:"wayOut"`
}

func (p *Problem) Error() string {
	var b strings.Builder
	line := func(label, detail, way string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		if label != "" {
			b.WriteString(label + ": ")
		}
		b.WriteString(strings.TrimSpace(detail + " " + way))
	}
	if len(p.Errors) == 0 {
		detail := p.Detail
		if detail == "" {
			detail = p.Title
		}
		line(p.Label, detail, p.WayOut)
	}
	for _, f := range append(append([]Finding{}, p.Errors...), p.Also...) {
		line(f.Label, f.Detail, f.WayOut)
	}
	for _, r := range p.Rows {
		if r.Refusal != nil {
			line(fmt.Sprintf("[%d] %s", r.Row, r.Refusal.Label), r.Refusal.Detail, r.Refusal.WayOut)
		}
	}
	return b.String()
}

// Request is one call of the API.
type Request struct {
	Method  string
	Path    string
	Query   url.Values
	Body    any       // marshalled as JSON; nil: none
	Raw     io.Reader // in place of Body
	Type    string    // content type of Raw
	Key     string    // Idempotency-Key
	IfMatch string
	Basic   [2]string // name and password, in place of the token
}

// Do sends a request and returns the answer's body and headers. A status of 400
// or more is a *Problem.
func (c *Client) Do(ctx context.Context, r Request) (*http.Response, error) {
	var body io.Reader
	contentType := r.Type
	switch {
	case r.Raw != nil:
		body = r.Raw
	case r.Body != nil:
		b, err := json.Marshal(r.Body)
		if err != nil {
			return nil, err
		}
		body, contentType = bytes.NewReader(b), "application/json"
	}
	target := c.base + r.Path
	if len(r.Query) > 0 {
		target += "?" + r.Query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, target, body)
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	set("Content-Type", contentType)
	set("Idempotency-Key", r.Key)
	set("If-Match", r.IfMatch)
	set("Accept-Language", c.lang)
	switch {
	case r.Basic[0] != "":
		req.SetBasicAuth(r.Basic[0], r.Basic[1])
	case c.token != "":
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 400 {
		return resp, nil
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	p := &Problem{Raw: raw, Status: resp.StatusCode}
	if json.Unmarshal(raw, p) != nil || p.Title == "" {
		return nil, fmt.Errorf("%s %s: %s", r.Method, r.Path, resp.Status)
	}
	return nil, p
}

// Read sends a request and decodes the answer into out, unless out is nil. It
// returns the answer's headers.
func (c *Client) Read(ctx context.Context, r Request, out any) (http.Header, error) {
	resp, err := c.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if out == nil {
		_, err := io.Copy(io.Discard, resp.Body)
		return resp.Header, err
	}
	if raw, ok := out.(*[]byte); ok {
		*raw, err = io.ReadAll(resp.Body)
		return resp.Header, err
	}
	return resp.Header, json.NewDecoder(resp.Body).Decode(out)
}

// inProcess serves requests by a handler; the body streams.
type inProcess struct{ h http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	reader, writer := io.Pipe()
	w := &pipeWriter{header: http.Header{}, body: writer, started: make(chan struct{})}
	go func() {
		defer func() {
			if v := recover(); v != nil {
				w.start(http.StatusInternalServerError)
				_ = writer.CloseWithError(fmt.Errorf("the answer broke off: %v", v))
				return
			}
			w.start(http.StatusOK)
			_ = writer.Close()
		}()
		if r.Body == nil {
			r.Body = http.NoBody
		}
		r.RemoteAddr = "@"
		r.RequestURI = r.URL.RequestURI()
		t.h.ServeHTTP(w, r)
	}()
	select {
	case <-w.started:
	case <-r.Context().Done():
		_ = reader.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	return &http.Response{Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status, Header: w.sent,
		Body: reader, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1}, nil
}

type pipeWriter struct {
	header  http.Header
	status  int
	sent    http.Header // as it stood when the body began
	body    *io.PipeWriter
	started chan struct{}
	begun   bool
}

func (w *pipeWriter) start(status int) {
	if !w.begun {
		w.begun, w.status, w.sent = true, status, w.header.Clone()
		close(w.started)
	}
}

func (w *pipeWriter) Header() http.Header         { return w.header }
func (w *pipeWriter) WriteHeader(status int)      { w.start(status) }
func (w *pipeWriter) Flush()                      { w.start(http.StatusOK) }
func (w *pipeWriter) Write(b []byte) (int, error) { w.start(http.StatusOK); return w.body.Write(b) }

// ErrNoServer tells that nobody serves at a socket.
var ErrNoServer = errors.New("no server is running there")
