package demo_test

import (
	"fmt"
	"strings"
	"testing"

	"staffledger/cmd/internal/demo"
	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

func TestLook(t *testing.T) {
	store, sealer := eventstoretest.NewMemory(), world.NewSealer()
	until, _ := domain.ParseDay("2026-09-30")
	_, err := demo.Fill(t.Context(), demo.Config{Log: store, Sealer: sealer, SignIns: sealer, Seed: 1, Until: until, Events: 160000})
	fmt.Println(store.Size())
	if err != nil {
		t.Fatal(err)
	}
	m := measure(t, store, sealer)
	for id, n := range m.names {
		if strings.Contains(n.Name, "水") || strings.Contains(n.Name, "港航") || strings.Contains(n.Name, "听澜职") || strings.Contains(n.Name, "林场服") || strings.Contains(n.Name, "遗产院") || strings.Contains(n.Name, "慈溪市审计") || strings.Contains(n.Name, "人才") {
			a := m.accounts[domain.AccountOf(id)]
			fmt.Println(n.Name, n.OtherNames, m.units[id].Code, m.units[id].Rank)
			for _, k := range a.Lines() {
				b := a.BalanceOn(k, until)
				fmt.Println("   ", k, b, b.Free())
			}
			for _, c := range a.LiveChanges() {
				g, ok := c.NextGate()
				fmt.Println("       ", c.Content.Kind, c.Content.Manner, c.Content.ExitReason, c.Status, g, ok, c.Passed, c.Route, c.CollectedOn, c.HandlingDue, c.Effective)
			}
		}
	}
	st := map[string]int{}
	for _, a := range m.accounts {
		for _, c := range a.LiveChanges() {
			g, ok := c.NextGate()
			k := string(c.Status) + " " + string(g)
			if !ok {
				k += " record"
			}
			st[k]++
			if c.HandlingDue < until {
				st["overdue"]++
			}
			if c.HandlingDue == until {
				st["due"]++
			}
		}
	}
	fmt.Println(st)
	_ = account.Entry
	i := 0
	for id, n := range m.names {
		if i++; i > 40 {
			break
		}
		fmt.Println(m.units[id].Code, n.Name, n.ShortName, m.units[id].System, m.units[id].Rank, m.units[id].Level)
	}
}
