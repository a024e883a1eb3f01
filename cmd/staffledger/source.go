package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"staffledger/cmd/internal/app"
	"staffledger/cmd/internal/client"
)

// source is where a reading verb reads: a data directory, at rest or held by a
// running server, or a server over the network.
type source struct {
	Data   string `help:"Data directory; works also while a server holds it." type:"path" xor:"source" placeholder:"DIR"`
	Server string `help:"Server to ask in place of a directory; the token comes from STAFFLEDGER_TOKEN." xor:"source" placeholder:"URL" env:"STAFFLEDGER_SERVER"`
	Master string `help:"Master key (base64) in place of the file in the directory." env:"STAFFLEDGER_MASTER_KEY" hidden:""`
	JSON   bool   `help:"Print as JSON."`
}

// dataDefault is the directory of "make run".
const dataDefault = "data"

func (o source) dir() string {
	if o.Data == "" {
		return dataDefault
	}
	return o.Data
}

// running tells whether a server answers at the directory's socket.
func (o source) running() bool {
	conn, err := net.DialTimeout("unix", filepath.Join(o.dir(), app.SocketFile), time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// remote is a client of the server asked for, or of the one that holds the
// directory; nil where the directory is at rest.
func (o source) remote(s *streams) (*client.Client, error) {
	switch {
	case o.Server != "":
		return client.New(o.Server, os.Getenv("STAFFLEDGER_TOKEN"), s.lang)
	case o.running():
		return client.Socket(filepath.Join(o.dir(), app.SocketFile), s.lang), nil
	}
	return nil, nil
}

// with calls f with a client, which for a directory at rest is served by the
// parts opened in this process.
func (o source) with(ctx context.Context, s *streams, f func(*client.Client) error) error {
	c, err := o.remote(s)
	if err != nil {
		return usage{err}
	}
	if c != nil {
		return f(c)
	}
	if _, err := os.Stat(filepath.Join(o.dir(), app.LedgerDir)); err != nil {
		return usage{errors.New(o.dir() + ": no ledger there")}
	}
	a, err := app.Open(ctx, app.Config{Dir: o.dir(), Master: o.Master, Logger: slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Views.ToEnd(ctx); err != nil {
		return err
	}
	handler, err := operatorHandler(a)
	if err != nil {
		return err
	}
	return f(client.Handler(handler, s.lang))
}

// server is where a verb that writes sends its command.
type server struct {
	Server string `help:"Server; the token comes from STAFFLEDGER_TOKEN." default:"http://127.0.0.1:8080" env:"STAFFLEDGER_SERVER" placeholder:"URL"`
	Key    string `help:"Idempotency key: the same key never does the same thing twice; a fresh one by default." placeholder:"KEY"`
	DryRun bool   `help:"Judge everything, write nothing."`
	JSON   bool   `help:"Print the answer as JSON."`
}

func (o server) client(s *streams) (*client.Client, error) {
	c, err := client.New(o.Server, os.Getenv("STAFFLEDGER_TOKEN"), s.lang)
	if err != nil {
		return nil, usage{err}
	}
	return c, nil
}

// receipt is the answer to a command.
type receipt struct {
	ID       string `json:"id"`
	Position uint64 `json:"position"`
	Repeated bool   `json:"repeated"`
}

// send sends a command and prints its answer.
func (o server) send(ctx context.Context, s *streams, path string, body any, ifMatch string) error {
	c, err := o.client(s)
	if err != nil {
		return err
	}
	raw, err := o.post(ctx, c, path, body, ifMatch)
	if err != nil {
		return err
	}
	return o.print(s, raw)
}

func (o server) post(ctx context.Context, c *client.Client, path string, body any, ifMatch string) ([]byte, error) {
	key := o.Key
	if key == "" {
		key = uuid.NewString()
	}
	query := url.Values{}
	if o.DryRun {
		query.Set("dryRun", "true")
	}
	var raw []byte
	_, err := c.Read(ctx, client.Request{Method: http.MethodPost, Path: path, Query: query, Body: body, Key: key, IfMatch: ifMatch}, &raw)
	return raw, err
}

// etag reads the ETag of a thing, for a command on it.
func etag(ctx context.Context, c *client.Client, path string) (string, error) {
	header, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: path}, nil)
	if err != nil {
		return "", err
	}
	return header.Get("ETag"), nil
}

// onThing sends a command on an existing thing as it stands now.
func (o server) onThing(ctx context.Context, s *streams, thing, verb string, body any) error {
	c, err := o.client(s)
	if err != nil {
		return err
	}
	tag, err := etag(ctx, c, thing)
	if err != nil {
		return err
	}
	raw, err := o.post(ctx, c, thing+verb, body, tag)
	if err != nil {
		return err
	}
	return o.print(s, raw)
}
