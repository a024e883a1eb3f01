package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"crypto/sha256"
	"encoding/hex"

	"staffledger/cmd/internal/client"
)

type unitCmd struct {
	Found  unitFound  `cmd:"" help:"Found a unit."`
	List   unitList   `cmd:"" help:"List units."`
	Lines  unitLines  `cmd:"" help:"Print a unit's quota lines."`
	Roster unitRoster `cmd:"" help:"Print a unit's roster."`
}

type unitFound struct {
	server
	cites
	Code       string   `help:"USCC, or a provisional code DDDDDD-NNNN." required:""`
	Level      string   `help:"Managing level, such as 330200." required:""`
	Division   string   `help:"Territorial division; that of the level by default."`
	Parent     string   `help:"Supervising department: unit id."`
	System     string   `help:"System group, such as government." required:""`
	Rank       string   `help:"Institutional rank (see: GET /v1/codes/rank)." required:""`
	Name       string   `help:"Full name." required:""`
	ShortName  string   `help:"Standard short name."`
	OtherNames []string `help:"Further name plates."`
	Effective  string   `help:"Day of founding." required:"" placeholder:"YYYY-MM-DD"`
}

func (k unitFound) Run(ctx context.Context, s *streams) error {
	if k.Division == "" {
		k.Division = k.Level
	}
	return k.citing(ctx, s, k.cites, http.MethodPost, "/v1/units", map[string]any{"code": k.Code, "level": k.Level, "division": k.Division, "parent": k.Parent,
		"system": k.System, "rank": k.Rank, "name": k.Name, "shortname": k.ShortName, "othernames": k.OtherNames, "effective": k.Effective})
}

type unitList struct {
	server
	Text string `help:"Words of a name, or a code."`
}

func (k unitList) Run(ctx context.Context, s *streams) error {
	query := url.Values{"limit": {"500"}}
	if k.Text != "" {
		query.Set("q", k.Text)
	}
	return k.list(ctx, s, "/v1/units", query, "rows", func(raw json.RawMessage) error {
		var u struct {
			ID, Code, Name string
			Depth          int
		}
		err := json.Unmarshal(raw, &u)
		fmt.Fprintf(s.out, "%s  %s  %s%s\n", u.ID, u.Code, strings.Repeat("  ", u.Depth), u.Name)
		return err
	})
}

type unitLines struct {
	server
	Unit string `arg:"" help:"Unit id or code."`
}

func (k unitLines) Run(ctx context.Context, s *streams) error {
	return k.list(ctx, s, "/v1/units/"+url.PathEscape(k.Unit)+"/lines", nil, "lines", func(raw json.RawMessage) error {
		var l struct {
			Name    string
			Balance struct{ A, O, R, H, F int }
		}
		err := json.Unmarshal(raw, &l)
		b := l.Balance
		s.say("%s  核定%d 实有%d 预留%d 控编%d 空余%d", "%s  authorised %d, occupied %d, reserved %d, held back %d, free %d", l.Name, b.A, b.O, b.R, b.H, b.F)
		return err
	})
}

type unitRoster struct {
	server
	Unit string `arg:"" help:"Unit id or code."`
}

func (k unitRoster) Run(ctx context.Context, s *streams) error {
	return k.list(ctx, s, "/v1/units/"+url.PathEscape(k.Unit)+"/roster", url.Values{"limit": {"500"}}, "rows", func(raw json.RawMessage) error {
		var r struct{ Person, Name, Line, From, Post string }
		err := json.Unmarshal(raw, &r)
		fmt.Fprintf(s.out, "%s  %s  %s  %s  %s\n", r.Person, r.Name, r.Line, r.From, r.Post)
		return err
	})
}

type quotaCmd struct {
	Pool quotaPool `cmd:"" help:"Fix how many posts the pool of a level holds on a line."`
	Move quotaMove `cmd:"" help:"Move posts from one account to another: pool-LEVEL or account-UNIT."`
	Hold quotaHold `cmd:"" help:"Hold free posts of a unit back."`
	Free quotaFree `cmd:"" help:"Free held-back posts of a unit."`
}

type quotaPool struct {
	server
	cites
	Level  string `arg:"" help:"Managing level."`
	Line   string `arg:"" help:"Line, such as administrative/full."`
	Posts  int    `arg:"" help:"Posts that the pool holds afterwards."`
	Reason string `help:"Why, in words."`
}

func (k quotaPool) Run(ctx context.Context, s *streams) error {
	return k.citing(ctx, s, k.cites, http.MethodPut, "/v1/pools/"+url.PathEscape(k.Level)+"/lines", map[string]any{"line": k.Line, "posts": k.Posts, "reason": k.Reason})
}

type quotaMove struct {
	server
	cites
	Giver     string `arg:"" help:"Who gives: pool-LEVEL or account-UNIT."`
	Taker     string `arg:"" help:"Who takes."`
	Line      string `arg:"" help:"The giver's line."`
	Posts     int    `arg:"" help:"How many."`
	TakerLine string `help:"The taker's line; the giver's by default."`
	Effective string `help:"Day from which they count." required:"" placeholder:"YYYY-MM-DD"`
	Reason    string `help:"Why, in words."`
}

func (k quotaMove) Run(ctx context.Context, s *streams) error {
	if k.TakerLine == "" {
		k.TakerLine = k.Line
	}
	return k.citing(ctx, s, k.cites, http.MethodPost, "/v1/quota-movements", map[string]any{"giver": k.Giver, "taker": k.Taker, "giverline": k.Line,
		"takerline": k.TakerLine, "posts": k.Posts, "effective": k.Effective, "reason": k.Reason})
}

// shift is holding back and freeing.
type shift struct {
	server
	cites
	Unit      string `arg:"" help:"Unit id or code."`
	Line      string `arg:"" help:"Line."`
	Posts     int    `arg:"" help:"How many."`
	Effective string `help:"Day." required:"" placeholder:"YYYY-MM-DD"`
	Reason    string `help:"Why, in words."`
}

func (k shift) send(ctx context.Context, s *streams, what string) error {
	return k.citing(ctx, s, k.cites, http.MethodPost, "/v1/units/"+url.PathEscape(k.Unit)+what,
		map[string]any{"line": k.Line, "posts": k.Posts, "effective": k.Effective, "reason": k.Reason})
}

type quotaHold struct{ shift }

func (k quotaHold) Run(ctx context.Context, s *streams) error { return k.send(ctx, s, "/hold-backs") }

type quotaFree struct{ shift }

func (k quotaFree) Run(ctx context.Context, s *streams) error { return k.send(ctx, s, "/releases") }

type approvalCmd struct {
	Give   approvalGive   `cmd:"" help:"Approve a use of posts."`
	Revoke approvalRevoke `cmd:"" help:"Revoke what is undrawn."`
}

type approvalGive struct {
	server
	cites
	Unit    string `arg:"" help:"Unit id or code."`
	Line    string `arg:"" help:"Line."`
	Posts   int    `arg:"" help:"How many."`
	Manner  string `help:"Manner of entry, such as exam." required:""`
	ValidTo string `help:"Last day; as long as policy allows by default." placeholder:"YYYY-MM-DD"`
	Plan    string `help:"Plan that it belongs to."`
}

func (k approvalGive) Run(ctx context.Context, s *streams) error {
	return k.citing(ctx, s, k.cites, http.MethodPost, "/v1/units/"+url.PathEscape(k.Unit)+"/approvals",
		map[string]any{"line": k.Line, "posts": k.Posts, "manner": k.Manner, "validto": k.ValidTo, "plan": k.Plan})
}

type approvalRevoke struct {
	server
	cites
	Approval string `arg:"" help:"Approval id or number."`
	Reason   string `help:"Why, in words." required:""`
}

func (k approvalRevoke) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	document, err := k.cites.id(ctx, c)
	if err != nil {
		return err
	}
	return k.onThing(ctx, s, "/v1/approvals/"+url.PathEscape(k.Approval), "/revoke", map[string]any{"reason": k.Reason, "document": document})
}

type changeCmd struct {
	Collect  changeCollect  `cmd:"" help:"Collect an entry or exit from a file with the form's JSON (see /docs)."`
	Show     changeShow     `cmd:"" help:"Print a change."`
	Pass     changePass     `cmd:"" help:"Pass the gate that the change waits for."`
	Return   changeReturn   `cmd:"" help:"Give a change back, field by field."`
	Resubmit changeResubmit `cmd:"" help:"Answer a return with new content."`
	Withdraw changeWithdraw `cmd:"" help:"End a change before it is recorded."`
	Record   changeRecord   `cmd:"" help:"Record a change that has passed its gates."`
}

func change(id string) string { return "/v1/changes/" + url.PathEscape(id) }

// readForm reads the JSON of a form from a file, or from standard input for "-".
func readForm(s *streams, file string) (json.RawMessage, error) {
	var raw []byte
	var err error
	if file == "-" {
		raw, err = io.ReadAll(io.LimitReader(s.in, 1<<20))
	} else {
		raw, err = os.ReadFile(file)
	}
	if err == nil && !json.Valid(raw) {
		err = errors.New(file + " holds no JSON")
	}
	if err != nil {
		return nil, usage{err}
	}
	return raw, nil
}

type changeCollect struct {
	server
	Unit string `arg:"" help:"Unit id or code."`
	Form string `arg:"" help:"File with the form, or - for standard input."`
}

func (k changeCollect) Run(ctx context.Context, s *streams) error {
	form, err := readForm(s, k.Form)
	if err != nil {
		return err
	}
	return k.send(ctx, s, "/v1/units/"+url.PathEscape(k.Unit)+"/changes", form, "")
}

type changeShow struct {
	server
	Change string `arg:"" help:"Change id or number."`
}

func (k changeShow) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	var raw json.RawMessage
	if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: change(k.Change)}, &raw); err != nil {
		return err
	}
	if !k.JSON {
		if raw, err = json.MarshalIndent(raw, "", "  "); err != nil {
			return err
		}
	}
	fmt.Fprintln(s.out, string(raw))
	return nil
}

type changePass struct {
	server
	Change  string   `arg:"" help:"Change id or number."`
	Items   []string `help:"Confirmed items of the gate's checklist, parted by commas."`
	Opinion string   `help:"Opinion."`
}

func (k changePass) Run(ctx context.Context, s *streams) error {
	items := k.Items
	if items == nil {
		items = []string{}
	}
	body := map[string]any{"items": any(items)}
	if k.Opinion != "" {
		body["opinion"] = k.Opinion
	}
	return k.onThing(ctx, s, change(k.Change), "/pass", body)
}

type changeReturn struct {
	server
	Change  string            `arg:"" help:"Change id or number."`
	Fields  map[string]string `help:"What is wrong, field by field: --fields degree=…;name=…" required:""`
	Opinion string            `help:"Opinion."`
}

func (k changeReturn) Run(ctx context.Context, s *streams) error {
	return k.onThing(ctx, s, change(k.Change), "/return", given(map[string]any{"fields": k.Fields, "opinion": k.Opinion}))
}

type changeResubmit struct {
	server
	Change string `arg:"" help:"Change id or number."`
	Form   string `arg:"" help:"File with the form, or - for standard input."`
}

func (k changeResubmit) Run(ctx context.Context, s *streams) error {
	form, err := readForm(s, k.Form)
	if err != nil {
		return err
	}
	return k.onThing(ctx, s, change(k.Change), "/resubmit", form)
}

type changeWithdraw struct {
	server
	Change string `arg:"" help:"Change id or number."`
	Reason string `help:"Why, in words." required:""`
}

func (k changeWithdraw) Run(ctx context.Context, s *streams) error {
	return k.onThing(ctx, s, change(k.Change), "/withdraw", map[string]any{"reason": k.Reason})
}

type changeRecord struct {
	server
	Change string `arg:"" help:"Change id or number."`
}

func (k changeRecord) Run(ctx context.Context, s *streams) error {
	return k.onThing(ctx, s, change(k.Change), "/record", nil)
}

type openingCmd struct {
	Load    openingLoad    `cmd:"" help:"Load a unit's opening balance from a CSV file whose first line names the fields (idnumber, name, line, class, since, …). A load that broke off goes on where it stood."`
	Show    openingShow    `cmd:"" help:"Print the open bracket."`
	Abandon openingAbandon `cmd:"" help:"Close the bracket without effect."`
}

type openingLoad struct {
	server
	cites
	Unit string `arg:"" help:"Unit id or code."`
	File string `arg:"" help:"CSV file (UTF-8)." type:"existingfile"`
}

// openingPartRows is how many rows one part carries.
const openingPartRows = 200

// openingState is the bracket as the API tells it.
type openingState struct {
	Open     bool   `json:"open"`
	Digest   string `json:"digest"`
	Rows     int    `json:"rows"`
	Expected int    `json:"expected"`
}

// Run starts the bracket, feeds the parts and completes it. The file's digest
// tells an interrupted load of the same file, which goes on after the rows that
// are in.
func (k openingLoad) Run(ctx context.Context, s *streams) error {
	rows, digest, err := readRows(k.File)
	if err != nil {
		return usage{err}
	}
	c, err := k.client(s)
	if err != nil {
		return err
	}
	base := "/v1/units/" + url.PathEscape(k.Unit) + "/opening"
	var state openingState
	if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: base}, &state); err != nil {
		return err
	}
	if state.Open && state.Digest != digest {
		return usage{errors.New("an opening balance from another file is open: complete or abandon it first")}
	}
	if !state.Open {
		document, err := k.cites.id(ctx, c)
		if err != nil {
			return err
		}
		if _, err := k.post(ctx, c, base, map[string]any{"rows": len(rows), "digest": digest, "document": document}, ""); err != nil {
			return err
		}
		if k.DryRun {
			s.say("可以建账；未写入任何数据", "nothing stands against it; nothing was written")
			return nil
		}
	}
	bar := newBar(s, k.JSON, "建账", "opening")
	for from := state.Rows; from < len(rows); from += openingPartRows {
		part := rows[from:min(from+openingPartRows, len(rows))]
		k.Key = ""
		if _, err := k.post(ctx, c, base+"/parts", map[string]any{"from": from, "rows": part}, ""); err != nil {
			bar.end()
			return err
		}
		bar.set(uint64(from+len(part)), uint64(len(rows)))
	}
	bar.end()
	raw, err := k.post(ctx, c, base+"/complete", nil, "")
	if err != nil {
		return err
	}
	return k.print(s, raw)
}

// readRows reads a CSV file into rows by field; the digest is SHA-256 of the
// file's bytes.
func readRows(file string) ([]map[string]string, string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(raw)
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
	all, err := r.ReadAll()
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", file, err)
	}
	if len(all) < 2 {
		return nil, "", fmt.Errorf("%s: want a line of field names and rows", file)
	}
	head := all[0]
	for _, need := range []string{"idnumber", "name", "line", "class", "since"} {
		if !slices.Contains(head, need) {
			return nil, "", fmt.Errorf("%s: the first line names no field %q", file, need)
		}
	}
	var rows []map[string]string
	for _, values := range all[1:] {
		row := map[string]string{}
		for i, v := range values {
			if v = strings.TrimSpace(v); v != "" {
				row[head[i]] = v
			}
		}
		rows = append(rows, row)
	}
	return rows, hex.EncodeToString(sum[:]), nil
}

type openingShow struct {
	server
	Unit string `arg:"" help:"Unit id or code."`
}

func (k openingShow) Run(ctx context.Context, s *streams) error {
	c, err := k.client(s)
	if err != nil {
		return err
	}
	var raw []byte
	if _, err := c.Read(ctx, client.Request{Method: http.MethodGet, Path: "/v1/units/" + url.PathEscape(k.Unit) + "/opening"}, &raw); err != nil {
		return err
	}
	fmt.Fprintln(s.out, strings.TrimSpace(string(raw)))
	return nil
}

type openingAbandon struct {
	server
	Unit   string `arg:"" help:"Unit id or code."`
	Reason string `help:"Why, in words." required:""`
}

func (k openingAbandon) Run(ctx context.Context, s *streams) error {
	return k.send(ctx, s, "/v1/units/"+url.PathEscape(k.Unit)+"/opening/abandon", map[string]any{"reason": k.Reason}, "")
}
