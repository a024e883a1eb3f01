// Package vault keeps what must be erasable: the keys that seal personal data
// and free texts in the ledger, and the index from ID numbers to persons. The
// ledger itself holds sealed boxes only; destroying a key erases what it sealed
// everywhere, while every proof still holds.
//
// Keys are random and stand wrapped under a master key, which is kept outside
// the file. An ID number is found by its keyed hash, whose key lives here too;
// the number itself is sealed under its person's key.
//
// The file is SQLite, one writer, deleted content overwritten. Every row is
// authenticated, and so is the set of rows: Verify names what was changed, and
// tells of rows that were dropped or put in.
package vault

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"staffledger/domain"
	"staffledger/eventstore/vault/internal/dbfile"
)

// Errors of the vault; compare with errors.Is.
var (
	ErrErased      = domain.ErrErased
	ErrNoKey       = errors.New("vault: no such key")
	ErrTampered    = errors.New("vault: the sealed object is not what was sealed for this event")
	ErrWrongMaster = errors.New("vault: the master key does not belong to this vault")
	ErrReserved    = errors.New("vault: key name is empty, too long or reserved")
	ErrPersonTaken = errors.New("vault: the proposed person already has another ID number")
)

// Damage is what was found wrong in the vault's file.
type Damage = dbfile.Damage

const (
	appID      = 0x534C5654 // "SLVT"
	formatNow  = 1
	nameMax    = 200
	cachedKeys = 32_768 // by default: about 30 MB of ciphers
)

// Format 1. A key's box is its key wrapped under the master key (associated
// data "key:<name>"), or a tombstone: nothing wrapped under "erased:<name>". A
// number's box is the ID number sealed under its person's key with
// "identity:<hash in hex>". The boxes of meta: "check" wraps nothing, "state"
// the counts and the sum over all rows.
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL, box BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keys (name TEXT PRIMARY KEY NOT NULL, box BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE identities (hash BLOB PRIMARY KEY NOT NULL, person TEXT NOT NULL, box BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX identities_person ON identities (person);
`

// Names of the vault's own keys.
const (
	identityKey = "vault:identity" // hashes ID numbers
	digestKey   = "vault:digest"   // hashes contents and requests
)

// Options of Open.
type Options struct {
	Path   string
	Master []byte    // MasterBytes
	Rand   io.Reader // keys and nonces; nil: crypto/rand. Anything else is for invented data only.
	Cached int       // unwrapped ciphers kept in memory; 0: a sensible number
	// Bulk leaves out syncs until Close, for filling a new directory.
	Bulk bool
}

// Vault is an open vault. Safe for concurrent use. What its methods have
// written is on stable storage when they return.
type Vault struct {
	file     *dbfile.File
	path     string
	master   cipher.AEAD
	random   *random
	cache    *lru
	identity *keyed
	digest   *keyed
}

// Open opens or makes a vault. It fails with ErrWrongMaster for another master
// key, eventstore.ErrInUse, eventstore.ErrNewer, or *Damage.
func Open(o Options) (*Vault, error) {
	if len(o.Master) != MasterBytes {
		return nil, fmt.Errorf("vault: master key has %d bytes, want %d", len(o.Master), MasterBytes)
	}
	master, err := newCipher(o.Master)
	if err != nil {
		return nil, err
	}
	v := &Vault{path: o.Path, master: master, random: &random{r: o.Rand}, cache: newLRU(cachedKeys)}
	if o.Rand == nil {
		v.random.r = rand.Reader
	}
	if o.Cached > 0 {
		v.cache.max = o.Cached
	}
	v.file, err = dbfile.Open(dbfile.Options{Path: o.Path, AppID: appID, Version: formatNow, Schema: schema, Init: v.init, Bulk: o.Bulk})
	if err != nil {
		return nil, err
	}
	if err := v.unlock(); err != nil {
		_ = v.file.Close()
		return nil, err
	}
	return v, nil
}

// init fills a new file.
func (v *Vault) init(t *dbfile.Tx) error {
	check, err := seal(v.random, v.master, nil, "check")
	if err != nil {
		return err
	}
	if _, err := t.Exec("INSERT INTO meta (name, box) VALUES ('check', ?)", check); err != nil {
		return err
	}
	s := state{}
	for _, name := range []string{identityKey, digestKey} {
		if _, err := v.makeKey(t, &s, name); err != nil {
			return err
		}
	}
	return v.saveState(t, s)
}

// unlock checks the master key and unwraps the vault's own keys.
func (v *Vault) unlock() error {
	return v.file.Read(context.Background(), func(t *dbfile.Tx) error {
		var check []byte
		found, err := t.Get("SELECT box FROM meta WHERE name = 'check'", nil, &check)
		switch {
		case err != nil:
			return err
		case !found:
			return v.damage("the check value is missing")
		}
		if _, ok := open(v.master, check, "check"); !ok {
			return ErrWrongMaster
		}
		if _, err := v.loadState(t); err != nil {
			return err
		}
		for name, into := range map[string]**keyed{identityKey: &v.identity, digestKey: &v.digest} {
			key, err := v.unwrap(t, name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			*into = newKeyed(key)
		}
		return nil
	})
}

// Close closes the file; in bulk it also makes everything durable.
func (v *Vault) Close() error { return v.file.Close() }

// Snapshot writes a consistent copy of the file while the vault is open. The
// copy opens with the same master key.
func (v *Vault) Snapshot(ctx context.Context, w io.Writer) error { return v.file.Snapshot(ctx, w) }

func (v *Vault) damage(format string, args ...any) error {
	return &Damage{File: v.path, Reason: fmt.Sprintf(format, args...)}
}

// unwrap reads a key: ErrNoKey, ErrErased, or *Damage where its row was changed.
func (v *Vault) unwrap(t *dbfile.Tx, name string) ([]byte, error) {
	var box []byte
	found, err := t.Get("SELECT box FROM keys WHERE name = ?", []any{name}, &box)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, fmt.Errorf("%w: %s", ErrNoKey, name)
	}
	return v.unwrapBox(name, box)
}

func (v *Vault) unwrapBox(name string, box []byte) ([]byte, error) {
	if key, ok := open(v.master, box, "key:"+name); ok && len(key) == keyBytes {
		return key, nil
	}
	if rest, ok := open(v.master, box, "erased:"+name); ok && len(rest) == 0 {
		return nil, fmt.Errorf("%w: %s", ErrErased, name)
	}
	return nil, v.damage("the key %s cannot be unwrapped", name)
}

// makeKey makes a new random key.
func (v *Vault) makeKey(t *dbfile.Tx, s *state, name string) ([]byte, error) {
	key := make([]byte, keyBytes)
	if err := v.random.fill(key); err != nil {
		return nil, err
	}
	box, err := seal(v.random, v.master, key, "key:"+name)
	if err != nil {
		return nil, err
	}
	if _, err := t.Exec("INSERT INTO keys (name, box) VALUES (?, ?)", name, box); err != nil {
		return nil, err
	}
	s.Keys++
	s.toggle("key", name, box)
	return key, nil
}

func checkName(name string) error {
	if name == "" || len(name) > nameMax || strings.HasPrefix(name, "vault:") {
		return fmt.Errorf("%w: %q", ErrReserved, name)
	}
	return nil
}

// EnsureKeys makes the named keys that do not exist yet. A destroyed key is
// not made again: ErrErased, and nothing is made.
func (v *Vault) EnsureKeys(ctx context.Context, names ...string) error {
	missing := make([]string, 0, len(names))
	for _, name := range names {
		if err := checkName(name); err != nil {
			return err
		}
		if v.cache.get(name) == nil {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return ctx.Err()
	}
	made := map[string]cipher.AEAD{}
	return v.change(ctx, func(t *dbfile.Tx, s *state) error {
		for _, name := range missing {
			if _, err := v.ensure(t, s, made, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// ensure returns the cipher of a key, which it makes where there is none. It is
// cached once the key is durable.
func (v *Vault) ensure(t *dbfile.Tx, s *state, made map[string]cipher.AEAD, name string) (cipher.AEAD, error) {
	if aead := made[name]; aead != nil {
		return aead, nil
	}
	key, err := v.unwrap(t, name)
	if errors.Is(err, ErrNoKey) {
		key, err = v.makeKey(t, s, name)
	}
	if err != nil {
		return nil, err
	}
	aead, err := newCipher(key)
	if err != nil {
		return nil, err
	}
	made[name] = aead
	t.OnCommit(func() { v.cache.put(name, aead) })
	return aead, nil
}

// cipherOf returns the cipher of an existing key.
func (v *Vault) cipherOf(name string) (cipher.AEAD, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if aead := v.cache.get(name); aead != nil {
		return aead, nil
	}
	var aead cipher.AEAD
	err := v.file.Read(context.Background(), func(t *dbfile.Tx) error {
		key, err := v.unwrap(t, name)
		if err != nil {
			return err
		}
		// Within Read, so that no Destroy comes between reading and keeping.
		if aead, err = newCipher(key); err == nil {
			v.cache.put(name, aead)
		}
		return err
	})
	return aead, err
}

// Seal seals clear under a key for one event: nonce, ciphertext and tag of
// AES-256-GCM with the event's id as associated data. The key must exist.
func (v *Vault) Seal(key string, event domain.EventID, clear []byte) ([]byte, error) {
	aead, err := v.cipherOf(key)
	if err != nil {
		return nil, err
	}
	return seal(v.random, aead, clear, string(event))
}

// Unseal opens what Seal sealed for the same event. It fails with ErrErased
// where the key was destroyed, and with ErrTampered where the box was changed
// or belongs to another event or key.
func (v *Vault) Unseal(key string, event domain.EventID, box []byte) ([]byte, error) {
	aead, err := v.cipherOf(key)
	if err != nil {
		return nil, err
	}
	clear, ok := open(aead, box, string(event))
	if !ok {
		return nil, fmt.Errorf("%w: key %s, event %s", ErrTampered, key, event)
	}
	return clear, nil
}

// Digest is a keyed hash (HMAC-SHA-256, as hex) of parts for a purpose: for
// contents that a pass binds and requests that an Idempotency-Key stands for,
// which must not be guessed from an unkeyed hash.
func (v *Vault) Digest(purpose string, parts ...[]byte) string {
	sum := v.digest.sum(purpose, parts...)
	return hex.EncodeToString(sum[:])
}

// Destroy erases a key, and the ID numbers of the person if it is a person's.
// What it sealed cannot be opened by anyone any more: ErrErased. It is not
// undone by making the key again. ErrNoKey: there was none.
func (v *Vault) Destroy(ctx context.Context, key string) error {
	if err := checkName(key); err != nil {
		return err
	}
	err := v.change(ctx, func(t *dbfile.Tx, s *state) error {
		var old []byte
		found, err := t.Get("SELECT box FROM keys WHERE name = ?", []any{key}, &old)
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("%w: %s", ErrNoKey, key)
		}
		if _, err := v.unwrapBox(key, old); errors.Is(err, ErrErased) {
			return nil
		}
		tombstone, err := seal(v.random, v.master, nil, "erased:"+key)
		if err != nil {
			return err
		}
		if _, err := t.Exec("UPDATE keys SET box = ? WHERE name = ?", tombstone, key); err != nil {
			return err
		}
		s.toggle("key", key, old)
		s.toggle("key", key, tombstone)
		if person, ok := strings.CutPrefix(key, "person:"); ok {
			if err := forget(t, s, person); err != nil {
				return err
			}
		}
		v.cache.drop(key)
		return nil
	})
	if err != nil {
		return err
	}
	return v.file.Scrub()
}
