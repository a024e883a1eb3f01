package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/google/uuid"

	"staffledger/cmd/internal/client"
)

// The verbs of this file each send one command of the API. They add nothing to
// it: form, rights and rules are judged by the server.

func newKey() string { return uuid.NewString() }

// print prints the answer to a command: who it made and up to which position.
func (o server) print(s *streams, raw []byte) error {
	if o.JSON {
		fmt.Fprintln(s.out, strings.TrimSpace(string(raw)))
		return nil
	}
	var r struct {
		receipt
		DryRun    bool             `json:"dryRun"`
		Process   string           `json:"process"`
		Reminders []client.Finding `json:"reminders"`
		Rows      []struct {
			Row     int             `json:"row"`
			Change  string          `json:"change"`
			Refusal *client.Finding `json:"refusal"`
		} `json:"rows"`
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return err
	}
	switch {
	case r.DryRun:
		s.say("可以办理；未写入任何数据", "nothing stands against it; nothing was written")
	case r.Process != "":
		s.say("正在办理 %s", "under way %s", r.Process)
	case r.Repeated:
		s.say("此前已写入第%d条  %s", "written before at no. %d  %s", r.Position, r.ID)
	default:
		s.say("已写入第%d条  %s", "written at no. %d  %s", r.Position, r.ID)
	}
	for _, row := range r.Rows {
		if row.Refusal != nil {
			fmt.Fprintf(s.out, "  [%d] ✕ %s %s %s\n", row.Row, row.Refusal.Label, row.Refusal.Detail, row.Refusal.WayOut)
		} else {
			fmt.Fprintf(s.out, "  [%d] ✓ %s\n", row.Row, row.Change)
		}
	}
	for _, f := range r.Reminders {
		fmt.Fprintf(s.out, "  ! %s %s %s\n", f.Label, f.Detail, f.WayOut)
	}
	return nil
}

// cites resolves a document by its id or number.
type cites struct {
	Document string `help:"Registered document that it rests on: id or number." required:""`
}

func (d cites) id(ctx context.Context, c *client.Client) (string, error) {
	var found struct {
		ID string `json:"id"`
	}
	_, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: "/v1/documents/" + url.PathEscape(d.Document)}, &found)
	return found.ID, err
}

// citing sends a command that rests on a document.
func (o server) citing(ctx context.Context, s *streams, d cites, method, target string, body map[string]any) error {
	c, err := o.client(s)
	if err != nil {
		return err
	}
	if body["document"], err = d.id(ctx, c); err != nil {
		return err
	}
	key := o.Key
	if key == "" {
		key = newKey()
	}
	query := url.Values{}
	if o.DryRun {
		query.Set("dryRun", "true")
	}
	var raw []byte
	if _, err = c.Read(ctx, client.Request{Method: method, Path: target, Query: query, Body: given(body), Key: key}, &raw); err != nil {
		return err
	}
	return o.print(s, raw)
}

// given leaves out what was not given.
func given(body map[string]any) map[string]any {
	for k, v := range body {
		if v == "" || v == nil {
			delete(body, k)
		}
		if list, ok := v.([]string); ok && len(list) == 0 {
			delete(body, k)
		}
	}
	return body
}

type tokenCmd struct {
	Create   tokenCreate   `cmd:"" help:"Make a token by name and password; it is shown once. The password comes from STAFFLEDGER_PASSWORD or standard input."`
	Password tokenPassword `cmd:"" help:"Change a password, such as the one-time password. Old and new come from STAFFLEDGER_PASSWORD and STAFFLEDGER_NEW_PASSWORD, or from standard input, a line each."`
	OneTime  tokenOneTime  `cmd:"" help:"Give a user a one-time password; it is shown once (administrators)."`
}

// secrets reads passwords from the environment, or a line each from standard
// input: never from the command line, which others can see.
func secrets(s *streams, names ...string) ([]string, error) {
	values := make([]string, len(names))
	for i, name := range names {
		if values[i] = os.Getenv(name); values[i] != "" {
			continue
		}
		line, err := readLine(s.in)
		if err != nil || line == "" {
			return nil, usage{fmt.Errorf("%s is not set and standard input has no line for it", name)}
		}
		values[i] = line
	}
	return values, nil
}

// readLine reads byte by byte, so that nothing behind the line is taken.
func readLine(in interface{ Read([]byte) (int, error) }) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for {
		n, err := in.Read(one)
		if n == 1 && one[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, one[:n]...)
		if err != nil {
			return string(line), nil
		}
	}
}

type tokenCreate struct {
	server
	SignIn string `help:"Sign-in name." required:""`
	Label  string `help:"What the token is for." default:"command line"`
	Days   int    `help:"Days of validity." default:"30"`
}

// Run prints the token alone, so that a script can take it.
func (k tokenCreate) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	password, err := secrets(s, "STAFFLEDGER_PASSWORD")
	if err != nil {
		return err
	}
	var raw []byte
	if _, err := c.Read(ctx, client.Request{Method: http.MethodPost, Path: "/v1/tokens", Body: map[string]any{"name": k.Label, "days": k.Days},
		Basic: [2]string{k.SignIn, password[0]}}, &raw); err != nil {
		return err
	}
	if k.JSON {
		fmt.Fprintln(s.out, strings.TrimSpace(string(raw)))
		return nil
	}
	var made struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		return err
	}
	fmt.Fprintln(s.out, made.Token)
	return nil
}

type tokenPassword struct {
	server
	SignIn string `help:"Sign-in name." required:""`
}

// Run changes the password.
func (k tokenPassword) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	both, err := secrets(s, "STAFFLEDGER_PASSWORD", "STAFFLEDGER_NEW_PASSWORD")
	if err != nil {
		return err
	}
	if _, err := c.Read(ctx, client.Request{Method: http.MethodPut, Path: "/v1/me/password", Body: map[string]any{"old": both[0], "new": both[1]},
		Basic: [2]string{k.SignIn, both[0]}}, nil); err != nil {
		return err
	}
	s.say("密码已更改", "the password is changed")
	return nil
}

type tokenOneTime struct {
	server
	User string `arg:"" help:"User id."`
}

// Run prints the password alone.
func (k tokenOneTime) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	var made struct {
		Password string `json:"password"`
	}
	if _, err := c.Read(ctx, client.Request{Method: http.MethodPost, Path: "/v1/users/" + url.PathEscape(k.User) + "/password"}, &made); err != nil {
		return err
	}
	fmt.Fprintln(s.out, made.Password)
	return nil
}

type userCmd struct {
	Add     userAdd     `cmd:"" help:"Name a user."`
	List    userList    `cmd:"" help:"List users and their roles."`
	Grant   userGrant   `cmd:"" help:"Grant a role, or propose it where a second administrator must confirm."`
	Confirm userConfirm `cmd:"" help:"Confirm a proposed role as the second administrator."`
	Revoke  userRevoke  `cmd:"" help:"Take a role or a proposal back."`
	Disable userDisable `cmd:"" help:"End a user."`
}

type userAdd struct {
	server
	Name   string `help:"Name of the human being." required:""`
	SignIn string `help:"Name to be typed at sign-in." required:""`
	Human  string `help:"Personal file that the user is bound to." placeholder:"PERSON"`
}

func (k userAdd) Run(ctx context.Context, s *streams) error {
	return k.send(ctx, s, "/v1/users", given(map[string]any{"name": k.Name, "signin": k.SignIn, "human": k.Human}), "")
}

type userList struct{ server }

func (k userList) Run(ctx context.Context, s *streams) error {
	return k.list(ctx, s, "/v1/users", nil, "rows", func(raw json.RawMessage) error {
		var u struct {
			ID, Name, SignIn string
			Disabled         bool
			Grants           []struct {
				ID, Role string
				Proposed bool
				Scope    struct{ Level, Unit string }
			}
		}
		if err := json.Unmarshal(raw, &u); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s  %s  %s\n", u.ID, u.SignIn, u.Name)
		for _, g := range u.Grants {
			state := ""
			if g.Proposed {
				state = "?"
			}
			fmt.Fprintf(s.out, "  %s  %s%s  %s%s\n", g.ID, g.Role, state, g.Scope.Level, g.Scope.Unit)
		}
		return nil
	})
}

// list prints the rows of a listing, page by page.
func (o server) list(ctx context.Context, s *streams, target string, query url.Values, rows string, print func(json.RawMessage) error) error {
	c, err := o.client(s)
	if err != nil {
		return err
	}
	if query == nil {
		query = url.Values{}
	}
	for {
		var page map[string]json.RawMessage
		if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: target, Query: query}, &page); err != nil {
			return err
		}
		var list []json.RawMessage
		if err := json.Unmarshal(page[rows], &list); err != nil {
			return err
		}
		for _, raw := range list {
			if o.JSON {
				fmt.Fprintln(s.out, string(raw))
			} else if err := print(raw); err != nil {
				return err
			}
		}
		var next string
		if page["next"] != nil {
			if err := json.Unmarshal(page["next"], &next); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		query.Set("after", next)
	}
}

type userGrant struct {
	server
	User  string `arg:"" help:"User id."`
	Role  string `arg:"" help:"Role, such as collector, gate:office, recorder."`
	Level string `help:"Over the units of a managing level." xor:"scope"`
	Unit  string `help:"Over a unit and those below it." xor:"scope"`
}

func (k userGrant) Run(ctx context.Context, s *streams) error {
	body := map[string]any{"role": k.Role}
	if scope := given(map[string]any{"level": k.Level, "unit": k.Unit}); len(scope) > 0 {
		body["scope"] = scope
	}
	return k.onThing(ctx, s, "/v1/users/"+url.PathEscape(k.User), "/grants", body)
}

type userConfirm struct {
	server
	User  string `arg:"" help:"User id."`
	Grant string `arg:"" help:"Grant id."`
}

func (k userConfirm) Run(ctx context.Context, s *streams) error {
	return k.onThing(ctx, s, "/v1/users/"+url.PathEscape(k.User), "/grants/"+url.PathEscape(k.Grant)+"/confirm", nil)
}

type userRevoke struct {
	server
	User  string `arg:"" help:"User id."`
	Grant string `arg:"" help:"Grant id."`
}

func (k userRevoke) Run(ctx context.Context, s *streams) error {
	return k.onThing(ctx, s, "/v1/users/"+url.PathEscape(k.User), "/grants/"+url.PathEscape(k.Grant)+"/revoke", nil)
}

type userDisable struct {
	server
	User string `arg:"" help:"User id."`
}

func (k userDisable) Run(ctx context.Context, s *streams) error {
	return k.onThing(ctx, s, "/v1/users/"+url.PathEscape(k.User), "/disable", nil)
}

type policyCmd struct {
	Set      policySet   `cmd:"" help:"Set a version of a policy from a day on."`
	Calendar calendarSet `cmd:"" help:"Set the working days of a year."`
}

type policySet struct {
	server
	cites
	Name string `arg:"" help:"Policy, such as routes or deadlines."`
	From string `help:"First day on which it holds." required:"" placeholder:"YYYY-MM-DD"`
	File string `arg:"" help:"File with the policy's JSON." type:"existingfile"`
}

func (k policySet) Run(ctx context.Context, s *streams) error {
	value, err := os.ReadFile(k.File)
	if err != nil {
		return usage{err}
	}
	if !json.Valid(value) {
		return usage{errors.New(k.File + " holds no JSON")}
	}
	return k.citing(ctx, s, k.cites, http.MethodPost, "/v1/policies/"+url.PathEscape(k.Name), map[string]any{"from": k.From, "value": json.RawMessage(value)})
}

type calendarSet struct {
	server
	cites
	Year     int      `arg:"" help:"Year."`
	Holidays []string `help:"Public holidays on weekdays, YYYY-MM-DD, parted by commas." required:""`
	Workdays []string `help:"Working days on weekends."`
}

func (k calendarSet) Run(ctx context.Context, s *streams) error {
	workdays := k.Workdays
	if workdays == nil {
		workdays = []string{}
	}
	return k.citing(ctx, s, k.cites, http.MethodPut, fmt.Sprintf("/v1/calendars/%d", k.Year), map[string]any{"holidays": k.Holidays, "workdays": any(workdays)})
}

type documentCmd struct {
	Register documentRegister `cmd:"" help:"Register a document, with its file if there is one."`
	List     documentList     `cmd:"" help:"List registered documents."`
}

type documentRegister struct {
	server
	Number string `help:"Number, such as 甬编〔2026〕3号." required:""`
	Issuer string `help:"Issuing body." required:""`
	Title  string `help:"Title." required:""`
	Date   string `help:"Date." required:"" placeholder:"YYYY-MM-DD"`
	Grants string `help:"What it grants, in words."`
	File   string `help:"The paper itself, at most 20 MB." type:"existingfile"`
}

func (k documentRegister) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	body := map[string]any{"number": k.Number, "issuer": k.Issuer, "title": k.Title, "date": k.Date, "grants": k.Grants}
	if k.File != "" && !k.DryRun {
		f, err := os.Open(k.File)
		if err != nil {
			return usage{err}
		}
		defer f.Close()
		var kept struct {
			Digest string `json:"digest"`
		}
		if _, err := c.Read(ctx, client.Request{Method: http.MethodPost, Path: "/v1/files", Raw: f, Type: "application/octet-stream"}, &kept); err != nil {
			return err
		}
		body["digest"], body["file"] = kept.Digest, path.Base(k.File)
	}
	raw, err := k.post(ctx, c, "/v1/documents", given(body), "")
	if err != nil {
		return err
	}
	return k.print(s, raw)
}

type documentList struct {
	server
	Text string `help:"Words of number, issuer or title."`
}

func (k documentList) Run(ctx context.Context, s *streams) error {
	query := url.Values{}
	if k.Text != "" {
		query.Set("q", k.Text)
	}
	return k.list(ctx, s, "/v1/documents", query, "rows", func(raw json.RawMessage) error {
		var d struct{ ID, Number, Title, Date string }
		err := json.Unmarshal(raw, &d)
		fmt.Fprintf(s.out, "%s  %s  %s  %s\n", d.ID, d.Number, d.Date, d.Title)
		return err
	})
}
