package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"staffledger/cmd/internal/app"
	"staffledger/cmd/internal/client"
)

type verifyCmd struct{ source }

// checked is a check as the API tells it.
type checked struct {
	Running  bool    `json:"running"`
	Done     uint64  `json:"done"`
	Good     bool    `json:"good"`
	Size     uint64  `json:"size"`
	Root     string  `json:"root"`
	Position *uint64 `json:"position"`
	File     string  `json:"file"`
	View     string  `json:"view"`
	Reason   string  `json:"reason"`
}

// Run verifies: at rest the directory itself, also one that cannot be opened;
// otherwise by the server that holds it.
func (v verifyCmd) Run(ctx context.Context, s *streams) error {
	c, err := v.remote(s)
	if err != nil {
		return usage{err}
	}
	var check checked
	bar := newBar(s, v.JSON, "核验", "verifying")
	if c != nil {
		check, err = runCheck(ctx, c, "/v1/verify", bar)
	} else {
		var at app.Verified
		at, err = app.VerifyAtRest(ctx, v.dir(), v.Master, bar.set)
		check = checked{Good: at.Intact, Size: at.Size, Root: at.Root, Position: at.Position, File: at.File, Reason: at.Reason}
	}
	bar.end()
	if err != nil {
		return err
	}
	if v.JSON {
		out := map[string]any{"intact": check.Good}
		if check.Good {
			out["size"], out["root"] = check.Size, check.Root
		} else {
			out["reason"] = check.Reason
			if check.Position != nil {
				out["position"] = *check.Position
			}
			if check.File != "" {
				out["file"] = check.File
			}
		}
		if err := s.json(out); err != nil {
			return err
		}
	} else {
		v.say(s, check)
	}
	if !check.Good {
		return finding{}
	}
	return nil
}

func (v verifyCmd) say(s *streams, c checked) {
	switch {
	case c.Good:
		s.say("完整，%d条，根 %s", "intact, %d events, root %s", c.Size, c.Root)
	case c.Position != nil:
		s.say("不完整：第一处损坏在第%d条。%s", "not intact: the first bad position is %d. %s", *c.Position, c.where())
	default:
		s.say("不完整：%s", "not intact: %s", c.where())
	}
}

func (c checked) where() string {
	if c.File != "" {
		return c.File + ": " + c.Reason
	}
	return c.Reason
}

// runCheck starts a check on a server and waits for its end.
func runCheck(ctx context.Context, c *client.Client, path string, bar *bar) (checked, error) {
	var check checked
	if _, err := c.Read(ctx, client.Request{Method: http.MethodPost, Path: path, Key: newKey()}, &check); err != nil {
		return check, err
	}
	for check.Running {
		select {
		case <-ctx.Done():
			return check, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
		if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: path}, &check); err != nil {
			return check, err
		}
		bar.set(check.Done, check.Size)
	}
	return check, nil
}

type replayCmd struct{ source }

// Run replays and compares.
func (v replayCmd) Run(ctx context.Context, s *streams) error {
	var check checked
	bar := newBar(s, v.JSON, "回放", "replaying")
	err := v.with(ctx, s, func(c *client.Client) (err error) {
		check, err = runCheck(ctx, c, "/v1/replay", bar)
		return err
	})
	bar.end()
	if err != nil {
		return err
	}
	switch {
	case v.JSON && check.Good:
		err = s.json(map[string]any{"equal": true, "events": check.Size})
	case v.JSON:
		err = s.json(map[string]any{"equal": false, "position": check.Position, "view": check.View, "reason": check.Reason})
	case check.Good:
		s.say("一致，共回放%d条", "equal, %d events replayed", check.Size)
	default:
		position := uint64(0)
		if check.Position != nil {
			position = *check.Position
		}
		s.say("不一致：第一处差异在第%d条，视图 %s：%s", "not equal: the first difference is at position %d, view %s: %s", position, check.View, check.Reason)
	}
	if err == nil && !check.Good {
		return finding{}
	}
	return err
}

type rebuildCmd struct {
	Data   string `help:"Data directory, at rest." type:"path" default:"data" placeholder:"DIR"`
	Master string `help:"Master key (base64) in place of the file in the directory." env:"STAFFLEDGER_MASTER_KEY" hidden:""`
	JSON   bool   `help:"Print as JSON."`
}

// Run builds the views anew, at rest.
func (r rebuildCmd) Run(ctx context.Context, s *streams) error {
	if (source{Data: r.Data}).running() {
		return usage{errors.New(r.Data + ": a server holds the directory; stop it first")}
	}
	started := time.Now()
	bar := newBar(s, r.JSON, "重建", "rebuilding")
	events, err := app.RebuildAtRest(ctx, r.Data, r.Master, bar.set)
	bar.end()
	if err != nil {
		return err
	}
	took := time.Since(started).Round(time.Millisecond)
	if r.JSON {
		return s.json(map[string]any{"events": events, "seconds": took.Seconds()})
	}
	s.say("已由%d条重建视图，用时%s", "views built anew from %d events in %s", events, took)
	return nil
}

type exportCmd struct {
	source
	From uint64  `help:"First position." default:"0"`
	To   *uint64 `help:"Last position; the end by default."`
}

// Run prints the exact bytes, one event a line. An export that breaks off is
// not whole and fails.
func (e exportCmd) Run(ctx context.Context, s *streams) error {
	query := url.Values{"from": {strconv.FormatUint(e.From, 10)}}
	if e.To != nil {
		query.Set("to", strconv.FormatUint(*e.To, 10))
	}
	return e.with(ctx, s, func(c *client.Client) error {
		resp, err := c.Do(ctx, client.Request{Method: http.MethodGet, Path: "/v1/export", Query: query})
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		size, err := strconv.ParseUint(resp.Header.Get("Ledger-Size"), 10, 64)
		if err != nil {
			return fmt.Errorf("the server does not say how many events it has: %w", err)
		}
		want := size
		if e.To != nil {
			want = min(size, *e.To+1)
		}
		want -= min(want, e.From)
		lines, err := copyLines(s.out, resp.Body)
		if err == nil && lines != want {
			err = fmt.Errorf("the export broke off: %d of %d events", lines, want)
		}
		return err
	})
}

func copyLines(out io.Writer, in io.Reader) (lines uint64, err error) {
	w := bufio.NewWriterSize(out, 1<<16)
	buffer := make([]byte, 1<<16)
	for {
		n, err := in.Read(buffer)
		for _, b := range buffer[:n] {
			if b == '\n' {
				lines++
			}
		}
		if _, werr := w.Write(buffer[:n]); werr != nil {
			return lines, werr
		}
		if errors.Is(err, io.EOF) {
			return lines, w.Flush()
		}
		if err != nil {
			_ = w.Flush()
			return lines, err
		}
	}
}

type eventCmd struct {
	source
	Event string `arg:"" help:"Event id, or position."`
}

// line is an event in words, as the API tells it.
type line struct {
	Position uint64 `json:"position"`
	ID       string `json:"id"`
	Type     string `json:"type"`
	Time     string `json:"time"`
	Sentence string `json:"sentence"`
	Details  []struct {
		Label string `json:"label"`
		Runs  []struct {
			Text string `json:"text"`
		} `json:"runs"`
	} `json:"details"`
	Diffs []struct {
		Field, Before, After, Note string
	} `json:"diffs"`
}

// Run prints one event: in words and its exact bytes, or with --json the bytes
// alone.
func (e eventCmd) Run(ctx context.Context, s *streams) error {
	return e.with(ctx, s, func(c *client.Client) error {
		var raw []byte
		path := "/v1/events/" + url.PathEscape(e.Event)
		if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: path}, &raw); err != nil {
			return err
		}
		if e.JSON {
			fmt.Fprintln(s.out, strings.TrimSuffix(string(raw), "\n"))
			return nil
		}
		var described line
		if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: path + "/described"}, &described); err != nil {
			return err
		}
		described.print(s)
		for _, d := range described.Diffs {
			fmt.Fprintf(s.out, "  %s: %s → %s %s\n", d.Field, dash(d.Before), dash(d.After), d.Note)
		}
		fmt.Fprintln(s.out, strings.TrimSuffix(string(raw), "\n"))
		return nil
	})
}

func dash(v string) string {
	if v == "" {
		return "—"
	}
	return v
}

func (l line) print(s *streams) {
	s.say("第%d条  %s  %s", "no. %d  %s  %s", l.Position, l.Time, l.Sentence)
	var details []string
	for _, d := range l.Details {
		words := d.Label + " "
		for _, r := range d.Runs {
			words += r.Text
		}
		details = append(details, words)
	}
	if len(details) > 0 {
		fmt.Fprintln(s.out, "  "+strings.Join(details, "  "))
	}
}

type traceCmd struct {
	source
	Kind  string `arg:"" enum:"unit,person,change,document,approval,actor" help:"What to trace: unit, person, change, document, approval or actor."`
	ID    string `arg:"" help:"Its id; of a unit also any code."`
	Limit int    `help:"At most so many events; 0: all." default:"0"`
}

// Run prints every event of a thing, newest first.
func (t traceCmd) Run(ctx context.Context, s *streams) error {
	return t.with(ctx, s, func(c *client.Client) error {
		query := url.Values{t.Kind: {t.ID}, "limit": {"200"}}
		for left := t.Limit; ; {
			var page struct {
				Rows []json.RawMessage `json:"rows"`
				Next string            `json:"next"`
			}
			if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: "/v1/trace", Query: query}, &page); err != nil {
				return err
			}
			for _, raw := range page.Rows {
				if t.JSON {
					fmt.Fprintln(s.out, string(raw))
				} else {
					var l line
					if err := json.Unmarshal(raw, &l); err != nil {
						return err
					}
					l.print(s)
				}
				if left--; left == 0 {
					return nil
				}
			}
			if page.Next == "" {
				return nil
			}
			query.Set("after", page.Next)
		}
	})
}
