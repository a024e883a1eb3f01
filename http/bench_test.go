package http_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/usecase"
	ledgerhttp "staffledger/http"
)

// BenchmarkOfficePasses sends single-event commands, office passes over many
// accounts, signed in by token, over real connections. Clients run in the same
// process and share its cores.
//
//	go test ./http -run '^$' -bench OfficePasses -benchtime 20000x
func BenchmarkOfficePasses(b *testing.B) {
	for _, clients := range []int{1, 8, 32} {
		b.Run(strconv.Itoa(clients), func(b *testing.B) { officePasses(b, clients) })
	}
}

func officePasses(b *testing.B, clients int) {
	a := newAPIWith(b, "2026-03-02", func(o *ledgerhttp.Options) { o.Logger = slog.New(slog.DiscardHandler) })
	const perUnit = 20
	units := (b.N + perUnit - 1) / perUnit
	names := make([]string, units)
	for i := range names {
		names[i] = fmt.Sprintf("U%d", i)
		a.Unit(names[i], "administrative/full", perUnit, 0)
	}
	bodies := map[string][]string{"o1": a.Items("o1"), "h1": a.Items("h1")}
	type target struct{ path, tag string }
	targets := make([]target, b.N)
	var wg sync.WaitGroup
	next := atomic.Int64{}
	for range 64 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				must := func(user string, call usecase.Command, revision domain.Revision) usecase.Result {
					c := usecase.Call{User: a.User(user), Key: fmt.Sprintf("%s-%d", user, i), Digest: "d", IfMatch: revision}
					r, err := a.Service.Do(a.Ctx, c, call)
					if err != nil {
						b.Error(err)
					}
					return r
				}
				r := must("c", usecase.Collect{Unit: a.UnitID(names[i/perUnit]), ChangeForm: a.EntryForm(i, "administrative/full", "2026-03-02")}, domain.NoStream)
				id := domain.ChangeID(r.ID)
				for _, user := range []string{"o1", "h1"} {
					r = must(user, usecase.Pass{Change: id, Items: bodies[user]}, r.Events[len(r.Events)-1].Revision)
				}
				targets[i] = target{a.url + "/v1/changes/" + r.ID + "/pass", fmt.Sprintf(`"r%d"`, r.Events[0].Revision)}
			}
		})
	}
	wg.Wait()
	if err := a.views.AtLeast(b.Context(), a.ledger.Size()-1); err != nil {
		b.Fatal(err)
	}
	body := []byte(`{"items":["approval","kind","headroom"],"opinion":"同意"}`)
	token := "Bearer " + a.token("f1")
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	took := make([][]time.Duration, clients)
	next.Store(0)
	b.ResetTimer()
	started := time.Now()
	for n := range clients {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= b.N {
					return
				}
				r, _ := http.NewRequest("POST", targets[i].path, bytes.NewReader(body))
				r.Header.Set("Authorization", token)
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Idempotency-Key", strconv.Itoa(i))
				r.Header.Set("If-Match", targets[i].tag)
				begun := time.Now()
				answer, err := client.Do(r)
				if err != nil {
					b.Error(err)
					return
				}
				text, _ := io.ReadAll(answer.Body)
				_ = answer.Body.Close()
				if answer.StatusCode != 200 {
					b.Errorf("%d %s", answer.StatusCode, text)
					return
				}
				took[n] = append(took[n], time.Since(begun))
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(started)
	b.StopTimer()
	client.CloseIdleConnections()
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(float64(len(all))/elapsed.Seconds(), "commands/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}
