package private

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"staffledger/domain"
	"staffledger/eventstore/vault/internal/dbfile"
)

// TokenPrefix begins every API token, so that scanners can find a leaked one.
const TokenPrefix = "slt_"

// usedEvery is how often the time of last use is written.
const usedEvery = time.Hour

// Token is an API token as a list shows it; the secret is not kept.
type Token struct {
	ID      string
	User    domain.UserID
	Label   string
	Created time.Time
	Expires time.Time // zero: never
	Used    time.Time // to the hour; zero: never
	Revoked time.Time // zero: not
}

// token is a token that may be used.
type token struct {
	id      string
	user    domain.UserID
	expires int64
	used    atomic.Int64 // as written
}

func hashOf(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

func (s *Store) loadTokens(t *dbfile.Tx) error {
	return t.Each("SELECT id, hash, user, expires, used FROM tokens WHERE revoked = 0", nil, func(scan func(...any) error) error {
		var k token
		var hash []byte
		var used int64
		if err := scan(&k.id, &hash, &k.user, &k.expires, &used); err != nil {
			return err
		}
		if len(hash) != 32 {
			return fmt.Errorf("private: token %s has a hash of %d bytes", k.id, len(hash))
		}
		k.used.Store(used)
		s.tokens[[32]byte(hash)] = &k
		return nil
	})
}

// NewToken makes a token for a user and returns its secret, once. Expires may
// be zero.
func (s *Store) NewToken(ctx context.Context, user domain.UserID, label string, expires time.Time) (secret string, made Token, err error) {
	id, err := s.bytes(8)
	if err != nil {
		return "", Token{}, err
	}
	if secret, err = s.secret(); err != nil {
		return "", Token{}, err
	}
	secret = TokenPrefix + secret
	hash := hashOf(secret)
	k := &token{id: hex.EncodeToString(id), user: user}
	if !expires.IsZero() {
		k.expires = expires.UnixMilli()
	}
	created := s.millis()
	err = s.file.Write(ctx, func(t *dbfile.Tx) error {
		_, err := t.Exec("INSERT INTO tokens (id, hash, user, label, created, expires, used, revoked) VALUES (?, ?, ?, ?, ?, ?, 0, 0)",
			k.id, hash[:], string(user), label, created, k.expires)
		t.OnCommit(func() { s.withTokens(func() { s.tokens[hash] = k }) })
		return err
	})
	if err != nil {
		return "", Token{}, err
	}
	return secret, Token{ID: k.id, User: user, Label: label, Created: timeOf(created), Expires: timeOf(k.expires)}, nil
}

func (s *Store) withTokens(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// CheckToken returns the user of a token, or ErrToken. It looks into memory
// only, but once an hour and token, when the time of last use is written; a
// revoked token is refused from the moment on at which RevokeToken returns.
func (s *Store) CheckToken(ctx context.Context, secret string) (domain.UserID, error) {
	if !strings.HasPrefix(secret, TokenPrefix) || len(secret) != len(TokenPrefix)+43 {
		return "", ErrToken
	}
	now := s.millis()
	hash := hashOf(secret)
	s.mu.RLock()
	k := s.tokens[hash]
	s.mu.RUnlock()
	if k == nil || k.expires != 0 && now >= k.expires {
		return "", ErrToken
	}
	if used := k.used.Load(); now-used >= usedEvery.Milliseconds() && k.used.CompareAndSwap(used, now) {
		// A time of use that cannot be written is no reason to turn anyone away.
		_ = s.file.Write(ctx, func(t *dbfile.Tx) error {
			_, err := t.Exec("UPDATE tokens SET used = ? WHERE id = ?", now, k.id)
			return err
		})
	}
	return k.user, nil
}

// RevokeToken ends a token of a user; ErrToken where the user has no such
// token. Revoking again is no error.
func (s *Store) RevokeToken(ctx context.Context, user domain.UserID, id string) error {
	return s.revoke(ctx, "user = ? AND id = ?", true, string(user), id)
}

// RevokeTokens ends all tokens of a user.
func (s *Store) RevokeTokens(ctx context.Context, user domain.UserID) error {
	return s.revoke(ctx, "user = ?", false, string(user))
}

func (s *Store) revoke(ctx context.Context, where string, must bool, args ...any) error {
	return s.file.Write(ctx, func(t *dbfile.Tx) error {
		var hashes [][32]byte
		err := t.Each("SELECT hash FROM tokens WHERE "+where, args, func(scan func(...any) error) error {
			var hash []byte
			if err := scan(&hash); err != nil {
				return err
			}
			hashes = append(hashes, [32]byte(hash))
			return nil
		})
		if err != nil {
			return err
		}
		if must && len(hashes) == 0 {
			return ErrToken
		}
		// Refused at once: should the write fail, the caller revokes again.
		s.withTokens(func() {
			for _, h := range hashes {
				delete(s.tokens, h)
			}
		})
		_, err = t.Exec("UPDATE tokens SET revoked = ? WHERE revoked = 0 AND "+where, append([]any{s.millis()}, args...)...)
		return err
	})
}

// Tokens lists the tokens of a user, newest first, revoked ones included.
func (s *Store) Tokens(ctx context.Context, user domain.UserID) ([]Token, error) {
	var list []Token
	err := s.file.Read(ctx, func(t *dbfile.Tx) error {
		return t.Each("SELECT id, label, created, expires, used, revoked FROM tokens WHERE user = ?", []any{string(user)}, func(scan func(...any) error) error {
			k := Token{User: user}
			var created, expires, used, revoked int64
			if err := scan(&k.ID, &k.Label, &created, &expires, &used, &revoked); err != nil {
				return err
			}
			k.Created, k.Expires, k.Used, k.Revoked = timeOf(created), timeOf(expires), timeOf(used), timeOf(revoked)
			list = append(list, k)
			return nil
		})
	})
	slices.SortFunc(list, func(a, b Token) int { return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID)) })
	return list, err
}
