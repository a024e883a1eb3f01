package vault

import (
	"context"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"fmt"

	"staffledger/domain"
	"staffledger/eventstore/vault/internal/dbfile"
)

// ErrNoIdentity: the person has no ID number here.
var ErrNoIdentity = errors.New("vault: no ID number of that person")

// PersonKey names a person's key.
func PersonKey(p domain.PersonID) string { return "person:" + string(p) }

func (v *Vault) hash(idNumber string) []byte {
	sum := v.identity.sum("idnumber", []byte(idNumber))
	return sum[:]
}

func identityData(hash []byte) string { return "identity:" + hex.EncodeToString(hash) }

// Bind gives each ID number its person: the one it has, or the proposed one,
// whose key is made, all in one durable step. The same number always gives the
// same person, in one call and under concurrency; a number given twice is new
// once. Numbers are compared as they are: check and fold them before.
//
// A proposed person who already has another number is ErrPersonTaken, one
// whose key was destroyed ErrErased; nothing is bound then.
func (v *Vault) Bind(ctx context.Context, identities []domain.Identity) ([]domain.Bound, error) {
	bound := make([]domain.Bound, len(identities))
	made := map[string]cipher.AEAD{}
	err := v.change(ctx, func(t *dbfile.Tx, s *state) error {
		for i, id := range identities {
			if id.IDNumber == "" {
				return fmt.Errorf("vault: identity %d has no ID number", i)
			}
			var err error
			if bound[i], err = v.bind(t, s, made, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bound, nil
}

func (v *Vault) bind(t *dbfile.Tx, s *state, made map[string]cipher.AEAD, id domain.Identity) (domain.Bound, error) {
	hash := v.hash(id.IDNumber)
	var person string
	found, err := t.Get("SELECT person FROM identities WHERE hash = ?", []any{hash}, &person)
	if err != nil || found {
		return domain.Bound{Person: domain.PersonID(person)}, err
	}
	key := PersonKey(id.Proposed)
	if id.Proposed == "" || len(key) > nameMax {
		return domain.Bound{}, fmt.Errorf("%w: %q", ErrReserved, key)
	}
	if found, err = t.Get("SELECT person FROM identities WHERE person = ?", []any{string(id.Proposed)}, &person); err != nil {
		return domain.Bound{}, err
	} else if found {
		return domain.Bound{}, fmt.Errorf("%w: %s", ErrPersonTaken, id.Proposed)
	}
	aead, err := v.ensure(t, s, made, key)
	if err != nil {
		return domain.Bound{}, err
	}
	box, err := seal(v.random, aead, []byte(id.IDNumber), identityData(hash))
	if err != nil {
		return domain.Bound{}, err
	}
	if _, err := t.Exec("INSERT INTO identities (hash, person, box) VALUES (?, ?, ?)", hash, string(id.Proposed), box); err != nil {
		return domain.Bound{}, err
	}
	s.Identities++
	s.toggle("identity", string(id.Proposed), hash, box)
	return domain.Bound{Person: id.Proposed, New: true}, nil
}

// Lookup finds the person of an ID number.
func (v *Vault) Lookup(ctx context.Context, idNumber string) (domain.PersonID, bool, error) {
	var person string
	var found bool
	err := v.file.Read(ctx, func(t *dbfile.Tx) (err error) {
		found, err = t.Get("SELECT person FROM identities WHERE hash = ?", []any{v.hash(idNumber)}, &person)
		return err
	})
	return domain.PersonID(person), found && err == nil, err
}

// IDNumber returns the ID number of a person, for display (codes.MaskID).
// ErrErased where the person's key was destroyed, ErrNoIdentity where the
// person has none.
func (v *Vault) IDNumber(ctx context.Context, person domain.PersonID) (string, error) {
	aead, err := v.cipherOf(PersonKey(person))
	if err != nil {
		return "", err
	}
	var number string
	err = v.file.Read(ctx, func(t *dbfile.Tx) error {
		var hash, box []byte
		found, err := t.Get("SELECT hash, box FROM identities WHERE person = ?", []any{string(person)}, &hash, &box)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("%w: %s", ErrNoIdentity, person)
		}
		number, err = v.numberOf(aead, string(person), hash, box)
		return err
	})
	return number, err
}

// numberOf opens an identity's box and checks it against its hash.
func (v *Vault) numberOf(aead cipher.AEAD, person string, hash, box []byte) (string, error) {
	number, ok := open(aead, box, identityData(hash))
	if !ok || string(v.hash(string(number))) != string(hash) {
		return "", v.damage("the ID number of person %s is not what was bound", person)
	}
	return string(number), nil
}

// forget erases the ID numbers of a person.
func forget(t *dbfile.Tx, s *state, person string) error {
	rows := int64(0)
	err := t.Each("SELECT hash, box FROM identities WHERE person = ?", []any{person}, func(scan func(...any) error) error {
		var hash, box []byte
		if err := scan(&hash, &box); err != nil {
			return err
		}
		s.toggle("identity", person, hash, box)
		rows++
		return nil
	})
	if err != nil {
		return err
	}
	s.Identities -= rows
	_, err = t.Exec("DELETE FROM identities WHERE person = ?", person)
	return err
}
