package usecase_test

import (
	"fmt"
	"testing"

	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// BenchmarkPass is the use case's share of one command: the first gate's pass
// of changes that wait in many accounts, on a store in memory.
func BenchmarkPass(b *testing.B) {
	w := world.New(b, "2026-03-02")
	const units = 50
	for u := range units {
		w.Unit(fmt.Sprint(u), adm, 100_000/units, 0)
	}
	passes := make([]usecase.Pass, b.N)
	calls := make([]usecase.Call, b.N)
	for i := range passes {
		passes[i] = usecase.Pass{Change: w.Collect(fmt.Sprint(i%units), w.EntryForm(i, adm, "2026-03-02")), Items: w.Items("o1")}
	}
	for i := range passes {
		calls[i] = w.Call("o1", passes[i])
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range passes {
		if _, err := w.Service.Do(w.Ctx, calls[i], passes[i]); err != nil {
			b.Fatal(err)
		}
	}
}
