// Package private keeps what is neither provable nor disposable: password
// hashes, API tokens, browser sessions and the counters that slow down
// guessing. It is a SQLite file beside the vault and in every backup; nothing
// of it is in the ledger, and no secret stands in it: passwords as argon2id
// hashes, tokens and session ids as SHA-256 of 256 random bits.
package private

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"staffledger/domain"
	"staffledger/eventstore/vault/internal/dbfile"
)

// Errors; compare with errors.Is or errors.As.
var (
	// ErrSignIn is a wrong name or password; it never says which.
	ErrSignIn = errors.New("private: sign-in failed")
	// ErrToken is a token that is unknown, revoked or expired.
	ErrToken = errors.New("private: no such token")
	// ErrSession is a session that is unknown, ended or expired.
	ErrSession   = errors.New("private: no such session")
	ErrNameTaken = errors.New("private: another user has this sign-in name")
	ErrNoUser    = errors.New("private: the user has no password")
)

// Throttled answers a sign-in after too many failures; nothing was checked.
type Throttled struct{ Wait time.Duration }

func (t *Throttled) Error() string {
	return "private: too many failed sign-ins; wait " + t.Wait.String()
}

// WeakPassword is a password that is not taken; Rule is "length" or "name".
type WeakPassword struct {
	Rule     string
	Min, Max int // characters
}

func (w *WeakPassword) Error() string {
	return fmt.Sprintf("private: password refused (%s): want %d to %d characters, unlike the name", w.Rule, w.Min, w.Max)
}

// Damage is what was found wrong in the file.
type Damage = dbfile.Damage

const (
	appID     = 0x534C5056 // "SLPV"
	formatNow = 1
)

// Format 1. Times are milliseconds since the Unix epoch, 0: never.
const schema = `
CREATE TABLE passwords (
	user TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL,
	onetime INTEGER NOT NULL, changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tokens (
	id TEXT PRIMARY KEY NOT NULL, hash BLOB NOT NULL UNIQUE, user TEXT NOT NULL, label TEXT NOT NULL,
	created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL, revoked INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_user ON tokens (user);
CREATE TABLE sessions (
	hash BLOB PRIMARY KEY NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, mustchange INTEGER NOT NULL,
	created INTEGER NOT NULL, seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user);
CREATE TABLE failures (
	subject TEXT PRIMARY KEY NOT NULL, count INTEGER NOT NULL, last INTEGER NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX failures_last ON failures (last);
`

// Options of Open.
type Options struct {
	Path string
	Now  func() time.Time // nil: time.Now
	Rand io.Reader        // nil: crypto/rand
	Cost Cost             // zero: DefaultCost
	Bulk bool             // no syncs until Close
}

// Store is the open file. Safe for concurrent use. What its methods have
// written is on stable storage when they return, but the times of last use.
type Store struct {
	file   *dbfile.File
	now    func() time.Time
	random io.Reader
	randMu sync.Mutex
	cost   Cost
	dummy  string        // a hash that no password has: an unknown name costs as much
	hashes chan struct{} // bounds the memory of hashing at once

	mu       sync.RWMutex // guards the maps, which mirror the file
	tokens   map[[32]byte]*token
	sessions map[[32]byte]*session
}

// Open opens or makes the file. Errors as vault.Open.
func Open(o Options) (*Store, error) {
	s := &Store{now: o.Now, random: o.Rand, cost: o.Cost, hashes: make(chan struct{}, runtime.GOMAXPROCS(0)),
		tokens: map[[32]byte]*token{}, sessions: map[[32]byte]*session{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.cost == (Cost{}) {
		s.cost = DefaultCost
	}
	salt, err := s.bytes(16)
	if err != nil {
		return nil, err
	}
	s.dummy = s.cost.format(salt, make([]byte, 32))
	s.file, err = dbfile.Open(dbfile.Options{Path: o.Path, AppID: appID, Version: formatNow, Schema: schema, Bulk: o.Bulk})
	if err != nil {
		return nil, err
	}
	if err := s.file.Read(context.Background(), s.load); err != nil {
		_ = s.file.Close()
		return nil, err
	}
	return s, nil
}

// load fills the maps.
func (s *Store) load(t *dbfile.Tx) error {
	if err := s.loadTokens(t); err != nil {
		return err
	}
	return s.loadSessions(t)
}

// Close closes the file.
func (s *Store) Close() error { return s.file.Close() }

// Snapshot writes a consistent copy of the file while it is open.
func (s *Store) Snapshot(ctx context.Context, w io.Writer) error { return s.file.Snapshot(ctx, w) }

// Verify reads the whole file; *Damage where it is not whole.
func (s *Store) Verify(ctx context.Context) error { return s.file.Check(ctx) }

// Drop ends all that lets a user in: password, tokens, sessions. It is called
// when a user is disabled.
func (s *Store) Drop(ctx context.Context, user domain.UserID) error {
	if err := s.EndSessions(ctx, user); err != nil {
		return err
	}
	if err := s.RevokeTokens(ctx, user); err != nil {
		return err
	}
	return s.file.Write(ctx, func(t *dbfile.Tx) error {
		_, err := t.Exec("DELETE FROM passwords WHERE user = ?", string(user))
		return err
	})
}

func (s *Store) bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	s.randMu.Lock()
	defer s.randMu.Unlock()
	_, err := io.ReadFull(s.random, b)
	return b, err
}

// secret is 256 random bits as 43 characters that need no escaping anywhere.
func (s *Store) secret() (string, error) {
	b, err := s.bytes(32)
	return base64.RawURLEncoding.EncodeToString(b), err
}

func (s *Store) millis() int64 { return s.now().UnixMilli() }

func timeOf(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis)
}
