package world

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// Sealer keeps the contract of usecase.Sealer in memory and hides nothing: a
// box names its key and its event in front of the clear text, so that a box
// opened under another key or event fails. It is for tests that need thousands
// of worlds; the vault itself is tested in its own package and end to end.
type Sealer struct {
	mu      sync.Mutex
	keys    map[string]bool
	persons map[string]domain.PersonID
	signIns map[string]domain.UserID
}

// NewSealer returns an empty sealer.
func NewSealer() *Sealer {
	return &Sealer{keys: map[string]bool{}, persons: map[string]domain.PersonID{}, signIns: map[string]domain.UserID{}}
}

// Bind implements usecase.Sealer.
func (s *Sealer) Bind(_ context.Context, identities []usecase.Identity) ([]usecase.Bound, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bound := make([]usecase.Bound, len(identities))
	for i, id := range identities {
		known, ok := s.persons[id.IDNumber]
		if !ok {
			known = id.Proposed
			s.persons[id.IDNumber] = known
			s.keys["person:"+string(known)] = true
		}
		bound[i] = usecase.Bound{Person: known, New: !ok}
	}
	return bound, nil
}

// Lookup implements usecase.Sealer.
func (s *Sealer) Lookup(_ context.Context, idNumber string) (domain.PersonID, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.persons[idNumber]
	return id, ok, nil
}

// EnsureKeys implements usecase.Sealer.
func (s *Sealer) EnsureKeys(_ context.Context, names ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range names {
		s.keys[n] = true
	}
	return nil
}

// Seal implements usecase.Sealer.
func (s *Sealer) Seal(key string, event domain.EventID, clear []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.keys[key] {
		return nil, fmt.Errorf("no key %s", key)
	}
	return append(prefix(key, event), clear...), nil
}

// Unseal implements usecase.Sealer.
func (s *Sealer) Unseal(key string, event domain.EventID, box []byte) ([]byte, error) {
	clear, ok := bytes.CutPrefix(box, prefix(key, event))
	if !ok {
		return nil, fmt.Errorf("box of %s does not open with event %s", key, event)
	}
	return clear, nil
}

func prefix(key string, event domain.EventID) []byte { return []byte(key + " " + string(event) + " ") }

// Digest implements usecase.Sealer.
func (s *Sealer) Digest(purpose string, parts ...[]byte) string {
	h := sha256.New()
	for _, p := range append([][]byte{[]byte(purpose)}, parts...) {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Reserve implements usecase.SignIns.
func (s *Sealer) Reserve(_ context.Context, signIn string, user domain.UserID) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if holder, taken := s.signIns[signIn]; taken && holder != user {
		return false, nil
	}
	s.signIns[signIn] = user
	return true, nil
}
