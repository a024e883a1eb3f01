package demo

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
)

// random is the one source of chance of a city: a PCG seeded once, drawn from
// in the order of the work, so that the same seed makes the same city.
type random struct{ *rand.Rand }

func newRandom(seed uint64) *random {
	const stream = 0x737461_66666c_6564 // "staffled"
	return &random{rand.New(rand.NewPCG(seed, stream))}
}

// chance is true with probability p.
func (r *random) chance(p float64) bool { return r.Float64() < p }

// between is a number from low to high, both included.
func (r *random) between(low, high int) int { return low + r.IntN(high-low+1) }

// around rounds x up or down so that the mean stays x.
func (r *random) around(x float64) int {
	n := int(x)
	if r.chance(x - float64(n)) {
		n++
	}
	return n
}

// pick draws one of a list.
func pick[T any](r *random, list []T) T { return list[r.IntN(len(list))] }

// weighted draws an index with the given weights.
func (r *random) weighted(weights ...float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// Randomness is a source for the vault's keys and nonces that gives the same
// bytes for the same seed. It is for invented data only: whoever knows the seed
// knows the keys.
func Randomness(seed uint64) io.Reader {
	var key [32]byte
	copy(key[:], "staffledger demo, not secret")
	binary.BigEndian.PutUint64(key[24:], seed)
	return rand.NewChaCha8(key)
}
