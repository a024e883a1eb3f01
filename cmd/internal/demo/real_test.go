package demo_test

import (
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"testing"
	"time"

	"staffledger/cmd/internal/app"
	"staffledger/cmd/internal/demo"
	"staffledger/domain"
)

func TestReal(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("EVENTS"))
	dir := t.TempDir()
	until, _ := domain.ParseDay("2026-09-30")
	start := time.Now()
	a, err := app.Open(t.Context(), app.Config{Dir: dir, Bulk: true, Rand: demo.Randomness(1), NoService: true})
	if err != nil {
		t.Fatal(err)
	}
	if f := os.Getenv("PROF"); f != "" {
		w, _ := os.Create(f)
		pprof.StartCPUProfile(w)
	}
	_, err = demo.Fill(t.Context(), demo.Config{Log: a.Ledger, Sealer: a.Vault, SignIns: a.Private, Documents: a.Blobs, Seed: 1, Until: until, Events: n})
	pprof.StopCPUProfile()
	fmt.Println("fill", time.Since(start), a.Ledger.Size())
	if err != nil {
		t.Fatal(err)
	}
	size, root, err := a.Ledger.Root()
	fmt.Printf("%d %x %v\n", size, root, err)
	fmt.Println(a.Close(), time.Since(start))
	a, err = app.Open(t.Context(), app.Config{Dir: dir})
	fmt.Println("views", time.Since(start), err)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(a.Verify(t.Context(), nil))
	fmt.Println(time.Since(start))
	fmt.Println(a.Replay(t.Context(), nil))
	fmt.Println(time.Since(start))
	a.Close()
}
