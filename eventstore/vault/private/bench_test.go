package private_test

import (
	"testing"
	"time"

	"staffledger/eventstore/vault/private"
)

func BenchmarkCheckToken(b *testing.B) {
	s, err := private.Open(private.Options{Path: b.TempDir() + "/private.db", Cost: cheap})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	secret, _, err := s.NewToken(b.Context(), "u1", "", time.Time{})
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.CheckToken(b.Context(), secret); err != nil {
				b.Fatal(err)
			}
		}
	})
}
