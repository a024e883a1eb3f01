package vault

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"staffledger/eventstore/vault/internal/dbfile"
)

// state is kept sealed beside the rows: how many there are, and the sum (XOR)
// of the hashes of all of them. It changes with every row, in one transaction,
// so that a row that was dropped, or put in, is seen.
type state struct {
	Keys       int64  `json:"keys"` // erased ones included
	Identities int64  `json:"identities"`
	Sum        []byte `json:"sum"`
}

// toggle adds a row to the sum, or takes it out.
func (s *state) toggle(table, name string, columns ...[]byte) {
	h := sha256.New()
	frame(h, []byte(table))
	frame(h, []byte(name))
	for _, c := range columns {
		frame(h, c)
	}
	sum := h.Sum(nil)
	if s.Sum == nil {
		s.Sum = make([]byte, len(sum))
	}
	for i := range s.Sum {
		s.Sum[i] ^= sum[i]
	}
}

func (v *Vault) loadState(t *dbfile.Tx) (state, error) {
	var box []byte
	found, err := t.Get("SELECT box FROM meta WHERE name = 'state'", nil, &box)
	if err != nil {
		return state{}, err
	}
	var s state
	clear, ok := open(v.master, box, "state")
	if !found || !ok || json.Unmarshal(clear, &s) != nil || len(s.Sum) != sha256.Size {
		return state{}, v.damage("its state is missing or changed")
	}
	return s, nil
}

func (v *Vault) saveState(t *dbfile.Tx, s state) error {
	clear, err := json.Marshal(s)
	if err != nil {
		return err
	}
	box, err := seal(v.random, v.master, clear, "state")
	if err != nil {
		return err
	}
	_, err = t.Exec("INSERT INTO meta (name, box) VALUES ('state', ?) ON CONFLICT (name) DO UPDATE SET box = excluded.box", box)
	return err
}

// change runs do in a transaction that keeps rows and state together. Where do
// changes no row, nothing is written.
func (v *Vault) change(ctx context.Context, do func(*dbfile.Tx, *state) error) error {
	return v.file.Write(ctx, func(t *dbfile.Tx) error {
		before, err := v.loadState(t)
		if err != nil {
			return err
		}
		after := before
		after.Sum = append([]byte(nil), before.Sum...)
		if err := do(t, &after); err != nil {
			return err
		}
		if string(after.Sum) == string(before.Sum) {
			return nil
		}
		return v.saveState(t, after)
	})
}

// Report is what Verify has looked at.
type Report struct {
	Keys       int64 // erased ones included
	Erased     int64
	Identities int64
}

// Verify reads the whole file: its pages, every key, which it unwraps, every
// ID number, which it opens and hashes again, and the sum over all rows. It
// returns *Damage for the first thing that is wrong.
func (v *Vault) Verify(ctx context.Context) (Report, error) {
	var r Report
	if err := v.file.Check(ctx); err != nil {
		return r, err
	}
	err := v.file.Read(ctx, func(t *dbfile.Tx) error {
		want, err := v.loadState(t)
		if err != nil {
			return err
		}
		got := state{Sum: make([]byte, sha256.Size)}
		err = t.Each("SELECT name, box FROM keys", nil, func(scan func(...any) error) error {
			var name string
			var box []byte
			if err := errors.Join(scan(&name, &box), ctx.Err()); err != nil {
				return err
			}
			got.Keys++
			got.toggle("key", name, box)
			_, err := v.unwrapBox(name, box)
			if errors.Is(err, ErrErased) {
				r.Erased++
				return nil
			}
			return err
		})
		if err != nil {
			return err
		}
		err = t.Each("SELECT hash, person, box FROM identities", nil, func(scan func(...any) error) error {
			var person string
			var hash, box []byte
			if err := errors.Join(scan(&hash, &person, &box), ctx.Err()); err != nil {
				return err
			}
			got.Identities++
			got.toggle("identity", person, hash, box)
			key, err := v.unwrap(t, "person:"+person)
			if err != nil {
				return v.damage("an ID number is bound to person %s: %v", person, err)
			}
			aead, err := newCipher(key)
			if err != nil {
				return err
			}
			_, err = v.numberOf(aead, person, hash, box)
			return err
		})
		if err != nil {
			return err
		}
		r.Keys, r.Identities = got.Keys, got.Identities
		if got.Keys != want.Keys || got.Identities != want.Identities || string(got.Sum) != string(want.Sum) {
			return v.damage("it holds %s, and should hold %s", got, want)
		}
		return nil
	})
	return r, err
}

func (s state) String() string {
	return fmt.Sprintf("%d keys and %d ID numbers (sum %.4x)", s.Keys, s.Identities, s.Sum)
}
