package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"staffledger/cmd/internal/app"
	"staffledger/cmd/wiring"
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	ledgerhttp "staffledger/http"
)

const (
	httpAccounts = 1_000
	httpLine     = codes.LineKey("administrative/full")
)

// phases are how many passes are sent by how many clients.
var phases = []struct{ clients, passes int }{{1, 4_000}, {8, 12_000}, {32, 36_000}}

// http measures single-event commands over HTTP with the whole domain: office
// passes over 1,000 accounts, signed in, synced before the answer, the views
// following. Clients run in this process and share its cores.
func (b *bench) http() error {
	dir, err := b.fresh("http")
	if err != nil {
		return err
	}
	office, changes, err := b.fillHTTP(dir)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	a, err := app.Open(b.ctx, app.Config{Dir: dir})
	if err != nil {
		return err
	}
	defer a.Close()
	token, _, err := a.Private.NewToken(b.ctx, office, "bench", time.Now().Add(time.Hour))
	if err != nil {
		return err
	}
	server, err := ledgerhttp.New(ledgerhttp.Options{Commands: a.Service, Views: a.Views, Ledger: a.Ledger, Checks: a.Checks, Files: a.Blobs,
		Secrets: wiring.Secrets{Store: a.Private}})
	if err != nil {
		return err
	}
	if err := server.Open("127.0.0.1:0"); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(b.ctx)
	var wg sync.WaitGroup
	wg.Go(func() { _ = a.Run(ctx) })
	err = b.passes(server.URL(), "Bearer "+token, changes)
	stop()
	wg.Wait()
	closing, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, server.Close(closing))
}

func (b *bench) passes(url, token string, changes []waiting) error {
	body := []byte(`{"items":["approval","kind","headroom"]}`)
	for _, phase := range phases {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: phase.clients}}
		part := changes[:phase.passes]
		changes = changes[phase.passes:]
		took, errs := make([][]time.Duration, phase.clients), make([]error, phase.clients)
		var next atomic.Int64
		var wg sync.WaitGroup
		started := time.Now()
		for w := range phase.clients {
			wg.Go(func() {
				for {
					i := int(next.Add(1)) - 1
					if i >= len(part) || b.ctx.Err() != nil {
						return
					}
					at := time.Now()
					if errs[w] = send(b.ctx, client, url, token, part[i], body); errs[w] != nil {
						return
					}
					took[w] = append(took[w], time.Since(at))
				}
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		rate := float64(len(part)) / time.Since(started).Seconds()
		var all []time.Duration
		for _, t := range took {
			all = append(all, t...)
		}
		goal := ""
		if phase.clients == 32 {
			goal = "≥ 12,000, p99 ≤ 8 ms"
		}
		b.add(figure{Name: fmt.Sprintf("HTTP commands, %d clients, 1,000 accounts", phase.clients), Value: rate, Unit: "/s", Goal: goal, Of: floorName, Detail: quantiles(all)})
		client.CloseIdleConnections()
	}
	return nil
}

func send(ctx context.Context, client *http.Client, url, token string, w waiting, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/changes/"+string(w.change)+"/pass", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", string(w.change))
	r.Header.Set("If-Match", fmt.Sprintf(`"r%d"`, w.revision))
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		why, _ := io.ReadAll(answer.Body)
		return fmt.Errorf("status %d: %s", answer.StatusCode, why)
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// waiting is a change that waits for the office gate.
type waiting struct {
	change   domain.ChangeID
	revision domain.Revision
}

// fillHTTP makes 1,000 accounts with changes that wait for the office, through
// the use cases, and returns them in an order that spreads over the accounts.
func (b *bench) fillHTTP(dir string) (office domain.UserID, changes []waiting, err error) {
	a, err := app.Open(b.ctx, app.Config{Dir: dir, Bulk: true, NoViews: true})
	if err != nil {
		return "", nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	f := &filler{ctx: b.ctx, service: a.Service}
	if office, err = f.people(); err != nil {
		return "", nil, err
	}
	total := 0
	for _, p := range phases {
		total += p.passes
	}
	perAccount := (total + httpAccounts - 1) / httpAccounts
	byAccount := make([][]waiting, httpAccounts)
	for i := range byAccount {
		if byAccount[i], err = f.account(i, perAccount); err != nil {
			return "", nil, err
		}
	}
	for row := range perAccount {
		for i := range byAccount {
			changes = append(changes, byAccount[i][row])
		}
	}
	return office, changes[:total], nil
}

// filler gives commands under fresh keys.
type filler struct {
	ctx       context.Context
	service   *usecase.Service
	n, person int

	admin, admin2, collector, leader, committee domain.UserID
	document                                    domain.DocumentID
}

func (f *filler) do(user domain.UserID, revision domain.Revision, what usecase.Command) (usecase.Result, error) {
	f.n++
	r, err := f.service.Do(f.ctx, usecase.Call{User: user, Key: fmt.Sprint("fill-", f.n), Digest: "-", IfMatch: revision}, what)
	if err != nil {
		err = fmt.Errorf("%T: %w", what, err)
	}
	return r, err
}

// people names who is needed; each user's stream has one event before a grant.
func (f *filler) people() (office domain.UserID, err error) {
	if f.admin, err = f.service.NameFirstAdmin(f.ctx, "管理员", "admin"); err != nil {
		return "", err
	}
	name := func(signIn string, role domain.Role) domain.UserID {
		var named, granted usecase.Result
		if err == nil {
			named, err = f.do(f.admin, domain.NoStream, usecase.RegisterUser{Name: "办事员", SignIn: signIn})
		}
		id := domain.UserID(named.ID)
		if err == nil {
			granted, err = f.do(f.admin, 0, usecase.GrantRole{User: id, Role: role})
		}
		if err == nil && role.NeedsSecondAdmin() && f.admin2 != "" {
			_, err = f.do(f.admin2, 1, usecase.ConfirmRole{User: id, Grant: granted.ID})
		}
		return id
	}
	f.admin2 = name("admin2", domain.Admin)
	f.collector, office = name("collector", domain.Collector), name("office", domain.GateOffice)
	f.leader, f.committee = name("leader", domain.Leader), name("committee", domain.Committee)
	if err != nil {
		return "", err
	}
	today := f.service.Now().Day()
	made, err := f.do(f.collector, domain.NoStream, usecase.RegisterDocument{Number: "甬编〔2026〕1号", Issuer: "市委编委", Title: "通知", Date: today})
	if err != nil {
		return "", err
	}
	f.document = domain.DocumentID(made.ID)
	routes, err := json.Marshal([]map[string]any{{"kind": "entry", "gates": []string{"office"}}, {"kind": "exit", "gates": []string{"office"}}})
	if err != nil {
		return "", err
	}
	if _, err = f.do(f.admin, domain.NoStream, usecase.SetPolicy{Name: "routes", From: today, Value: routes, Document: f.document}); err != nil {
		return "", err
	}
	_, err = f.do(f.committee, domain.NoStream, usecase.SetPool{Level: codes.City, Line: httpLine, Posts: usecase.PostsMax, Document: f.document})
	return office, err
}

// account founds a unit with enough posts and collects entries there.
func (f *filler) account(n, entries int) ([]waiting, error) {
	today := f.service.Now().Day()
	made, err := f.do(f.leader, domain.NoStream, usecase.EstablishUnit{Code: fmt.Sprintf("330200-%05d", n+1), Division: "330200", Level: codes.City,
		System: "government", Rank: codes.List(codes.TableRank, today)[2].Value, Name: fmt.Sprint("单位", n), Effective: today, Document: f.document})
	if err != nil {
		return nil, err
	}
	unit := domain.UnitID(made.ID)
	if _, err := f.do(f.committee, domain.NoStream, usecase.MoveQuota{Giver: domain.PoolOf(codes.City), Taker: domain.AccountOf(unit), GiverLine: httpLine,
		TakerLine: httpLine, Posts: entries, Effective: today, Document: f.document}); err != nil {
		return nil, err
	}
	batch := usecase.CollectBatch{Unit: unit}
	for range entries {
		f.person++
		number, _ := codes.MakeIDNumber(fmt.Sprintf("330203%s%03d", time.Date(1950, 1, 1+f.person/999, 0, 0, 0, 0, time.UTC).Format("20060102"), f.person%999+1))
		batch.Rows = append(batch.Rows, usecase.ChangeForm{Kind: account.Entry, IDNumber: number, Particulars: account.Particulars{Name: "张三丰"},
			Line: httpLine, Class: codes.ClassCivilServant, Manner: codes.Resettlement, Effective: today, Document: f.document})
	}
	collected, err := f.do(f.collector, domain.NoStream, batch)
	if err != nil {
		return nil, err
	}
	var rows []waiting
	for _, r := range collected.Rows {
		if r.Refusal != nil {
			return nil, r.Refusal
		}
		rows = append(rows, waiting{r.Change, r.Event.Revision})
	}
	return rows, nil
}
