package demo_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"staffledger/cmd/internal/demo"
	"staffledger/domain"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/world"
)

func TestTry(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("EVENTS"))
	store, sealer := eventstoretest.NewMemory(), world.NewSealer()
	until, _ := domain.ParseDay("2026-09-30")
	start := time.Now()
	_, err := demo.Fill(t.Context(), demo.Config{Log: store, Sealer: sealer, SignIns: sealer, Seed: 1, Until: until, Events: n})
	fmt.Println(time.Since(start), store.Size())
	if err != nil {
		t.Fatal(err)
	}
	m := measure(t, store, sealer)
	for _, k := range slices.Sorted(maps.Keys(m.values)) {
		fmt.Printf("%-60s %.3f\n", k, m.values[k])
	}
}
