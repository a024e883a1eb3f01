package vault_test

import (
	"fmt"
	"testing"

	"staffledger/domain"
	"staffledger/eventstore/vault"
)

func benched(b *testing.B, o vault.Options) *vault.Vault {
	b.Helper()
	o.Path, o.Master = b.TempDir()+"/vault.db", master
	v, err := vault.Open(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = v.Close() })
	return v
}

func BenchmarkBind(b *testing.B) {
	for name, o := range map[string]vault.Options{"durable": {}, "bulk": {Bulk: true}} {
		for _, rows := range []int{1, 500} {
			b.Run(fmt.Sprintf("%s/%d", name, rows), func(b *testing.B) {
				v := benched(b, o)
				ids := make([]domain.Identity, rows)
				for n := 0; b.Loop(); n++ {
					for i := range ids {
						ids[i] = identity(n*rows + i)
					}
					if _, err := v.Bind(b.Context(), ids); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N*rows)/b.Elapsed().Seconds(), "persons/s")
			})
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	clear := make([]byte, 300)
	for name, cached := range map[string]int{"cached": 1000, "missed": 1} {
		b.Run(name, func(b *testing.B) {
			v := benched(b, vault.Options{Cached: cached})
			var names []string
			for i := range 100 {
				names = append(names, fmt.Sprint("unit:", i))
			}
			if err := v.EnsureKeys(b.Context(), names...); err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if _, err := v.Seal(names[i%len(names)], "e", clear); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDigest(b *testing.B) {
	v, body := benched(b, vault.Options{}), make([]byte, 300)
	for b.Loop() {
		v.Digest("request", []byte("POST /v1/changes"), body)
	}
}
