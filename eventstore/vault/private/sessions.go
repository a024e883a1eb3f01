package private

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"sync/atomic"
	"time"

	"staffledger/domain"
	"staffledger/eventstore/vault/internal/dbfile"
)

// Limits of a session in the browser.
const (
	SessionIdle = 30 * time.Minute // without a request
	SessionLast = 12 * time.Hour   // in all
)

// seenEvery is how often the time of the last request is written: after a
// restart a session may end a minute early, never late.
const seenEvery = time.Minute

// Session is a signed-in browser.
type Session struct {
	User       domain.UserID
	Role       domain.Role // the one last chosen, or empty
	MustChange bool        // signed in with a one-time password: only its change is open
	CSRF       string      // what every form of this session carries
	Created    time.Time
}

// session mirrors a row; user, mustChange and created never change.
type session struct {
	user       domain.UserID
	mustChange bool
	created    int64
	role       atomic.Pointer[domain.Role]
	seen       atomic.Int64 // last request
	written    atomic.Int64 // last request as written
}

func (e *session) over(now int64) bool {
	return now-e.seen.Load() >= SessionIdle.Milliseconds() || now-e.created >= SessionLast.Milliseconds()
}

func (s *Store) loadSessions(t *dbfile.Tx) error {
	return t.Each("SELECT hash, user, role, mustchange, created, seen FROM sessions", nil, func(scan func(...any) error) error {
		var e session
		var hash []byte
		var role domain.Role
		var seen int64
		if err := scan(&hash, &e.user, &role, &e.mustChange, &e.created, &seen); err != nil {
			return err
		}
		if len(hash) != 32 {
			return fmt.Errorf("private: a session has a hash of %d bytes", len(hash))
		}
		e.role.Store(&role)
		e.seen.Store(seen)
		e.written.Store(seen)
		s.sessions[[32]byte(hash)] = &e
		return nil
	})
}

// StartSession opens a session for a checked user and returns its id, for the
// cookie. The id is not kept, only its hash.
func (s *Store) StartSession(ctx context.Context, who Checked, role domain.Role) (id string, opened Session, err error) {
	if id, err = s.secret(); err != nil {
		return "", Session{}, err
	}
	now := s.millis()
	e := &session{user: who.User, mustChange: who.MustChange, created: now}
	e.role.Store(&role)
	e.seen.Store(now)
	e.written.Store(now)
	hash := hashOf(id)
	err = s.file.Write(ctx, func(t *dbfile.Tx) error {
		// What has expired goes with the next sign-in.
		if _, err := t.Exec("DELETE FROM sessions WHERE seen <= ? OR created <= ?",
			now-SessionIdle.Milliseconds()-seenEvery.Milliseconds(), now-SessionLast.Milliseconds()); err != nil {
			return err
		}
		_, err := t.Exec("INSERT INTO sessions (hash, user, role, mustchange, created, seen) VALUES (?, ?, ?, ?, ?, ?)",
			hash[:], string(who.User), string(role), who.MustChange, now, now)
		t.OnCommit(func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			for h, old := range s.sessions {
				if old.over(now) {
					delete(s.sessions, h)
				}
			}
			s.sessions[hash] = e
		})
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	return id, e.public(id), nil
}

func (e *session) public(id string) Session {
	return Session{User: e.user, Role: *e.role.Load(), MustChange: e.mustChange, CSRF: csrf(id), Created: timeOf(e.created)}
}

// csrf comes from the id, which only the browser has.
func csrf(id string) string {
	h := sha256.Sum256([]byte("staffledger csrf\x00" + id))
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// Session returns the session with an id and counts the request as its last,
// or ErrSession: unknown, ended, idle for SessionIdle or older than SessionLast.
func (s *Store) Session(ctx context.Context, id string) (Session, error) {
	e, hash, err := s.find(id)
	if err != nil {
		return Session{}, err
	}
	now := s.millis()
	if e.over(now) {
		return Session{}, ErrSession
	}
	if seen := e.seen.Load(); now > seen {
		e.seen.CompareAndSwap(seen, now)
	}
	if written := e.written.Load(); now-written >= seenEvery.Milliseconds() && e.written.CompareAndSwap(written, now) {
		// A request that cannot be noted is no reason to turn anyone away.
		_ = s.file.Write(ctx, func(t *dbfile.Tx) error {
			_, err := t.Exec("UPDATE sessions SET seen = max(seen, ?) WHERE hash = ?", now, hash[:])
			return err
		})
	}
	return e.public(id), nil
}

func (s *Store) find(id string) (*session, [32]byte, error) {
	hash := hashOf(id)
	s.mu.RLock()
	defer s.mu.RUnlock()
	if e := s.sessions[hash]; e != nil {
		return e, hash, nil
	}
	return nil, hash, ErrSession
}

// ChooseRole notes the role that a session works in.
func (s *Store) ChooseRole(ctx context.Context, id string, role domain.Role) error {
	e, hash, err := s.find(id)
	if err != nil {
		return err
	}
	return s.file.Write(ctx, func(t *dbfile.Tx) error {
		_, err := t.Exec("UPDATE sessions SET role = ? WHERE hash = ?", string(role), hash[:])
		t.OnCommit(func() { e.role.Store(&role) })
		return err
	})
}

// EndSession ends a session; ending one that is not there is no error.
func (s *Store) EndSession(ctx context.Context, id string) error {
	hash := hashOf(id)
	s.mu.Lock()
	delete(s.sessions, hash)
	s.mu.Unlock()
	return s.file.Write(ctx, func(t *dbfile.Tx) error {
		_, err := t.Exec("DELETE FROM sessions WHERE hash = ?", hash[:])
		return err
	})
}

// EndSessions ends all sessions of a user.
func (s *Store) EndSessions(ctx context.Context, user domain.UserID) error {
	return s.file.Write(ctx, func(t *dbfile.Tx) error {
		s.mu.Lock()
		for h, e := range s.sessions {
			if e.user == user {
				delete(s.sessions, h)
			}
		}
		s.mu.Unlock()
		_, err := t.Exec("DELETE FROM sessions WHERE user = ?", string(user))
		return err
	})
}
