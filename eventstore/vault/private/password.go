package private

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"staffledger/domain"
	"staffledger/eventstore/vault/internal/dbfile"
)

// Cost is the work of one password hash (argon2id, RFC 9106).
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultCost is 19 MiB, 2 passes, 1 thread (OWASP Password Storage).
var DefaultCost = Cost{MemoryKiB: 19 << 10, Passes: 2, Threads: 1}

// Lengths of passwords in characters.
const (
	PasswordRunesMin = 10
	PasswordRunesMax = 128
)

const saltBytes, hashBytes = 16, 32

// format writes the PHC string, such as
// "$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>".
func (c Cost) format(salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}

func parsePHC(s string) (c Cost, salt, hash []byte, err error) {
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, errors.New("not an argon2id hash")
	}
	if _, err = fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &c.MemoryKiB, &c.Passes, &c.Threads); err != nil {
		return c, nil, nil, err
	}
	salt, err1 := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	hash, err2 := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err := errors.Join(err1, err2); err != nil {
		return c, nil, nil, err
	}
	const memoryMax, passesMax = 4 << 20, 100 // a damaged hash must not ask for all memory
	if version != argon2.Version || c.Passes < 1 || c.Passes > passesMax || c.Threads < 1 || c.MemoryKiB < 8 || c.MemoryKiB > memoryMax ||
		len(salt) < 8 || len(hash) < 16 || c.format(salt, hash) != s {
		return c, nil, nil, errors.New("hash has impossible parameters")
	}
	return c, salt, hash, nil
}

// hash makes the PHC string of a password at the present cost.
func (s *Store) hash(ctx context.Context, password string) (string, error) {
	salt, err := s.bytes(saltBytes)
	if err != nil {
		return "", err
	}
	key, err := s.argon(ctx, s.cost, password, salt, hashBytes)
	if err != nil {
		return "", err
	}
	return s.cost.format(salt, key), nil
}

// argon hashes, a bounded number at a time.
func (s *Store) argon(ctx context.Context, c Cost, password string, salt []byte, n int) ([]byte, error) {
	select {
	case s.hashes <- struct{}{}:
		defer func() { <-s.hashes }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.Passes, c.MemoryKiB, c.Threads, uint32(n)), nil
}

// matches compares in constant time; weaker tells that the hash was made at
// another, lower cost than the present.
func (s *Store) matches(ctx context.Context, phc, password string) (ok, weaker bool, err error) {
	c, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, false, fmt.Errorf("private: stored password: %w", err)
	}
	got, err := s.argon(ctx, c, password, salt, len(want))
	if err != nil {
		return false, false, err
	}
	weaker = c.MemoryKiB < s.cost.MemoryKiB || c.Passes < s.cost.Passes || c.Threads != s.cost.Threads
	return subtle.ConstantTimeCompare(got, want) == 1, weaker, nil
}

// fold brings a sign-in name into its one spelling.
func fold(name string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(name))) }

func checkPassword(name, password string) error {
	if n := utf8.RuneCountInString(password); n < PasswordRunesMin || n > PasswordRunesMax || !utf8.ValidString(password) {
		return &WeakPassword{"length", PasswordRunesMin, PasswordRunesMax}
	}
	if fold(password) == fold(name) {
		return &WeakPassword{"name", PasswordRunesMin, PasswordRunesMax}
	}
	return nil
}

// Reserve takes a sign-in name for a user who has no password yet: until one is
// set, nobody signs in under it. free is false where the name is another
// user's; the same user may take the same name again.
func (s *Store) Reserve(ctx context.Context, name string, user domain.UserID) (free bool, err error) {
	if name = fold(name); name == "" || user == "" {
		return false, errors.New("private: a sign-in name needs a user and a name")
	}
	err = s.file.Write(ctx, func(t *dbfile.Tx) error {
		var holder string
		found, err := t.Get("SELECT user FROM passwords WHERE name = ?", []any{name}, &holder)
		if free = !found || holder == string(user); err != nil || found {
			return err
		}
		_, err = t.Exec(`INSERT INTO passwords (user, name, hash, onetime, changed) VALUES (?1, ?2, ?3, 1, ?4)
			ON CONFLICT (user) DO UPDATE SET name = ?2`, string(user), name, s.dummy, s.millis())
		return err
	})
	return free, err
}

// SetPassword gives a user a sign-in name and a password, in place of those he
// had, and ends his sessions. It fails with *WeakPassword or ErrNameTaken.
func (s *Store) SetPassword(ctx context.Context, user domain.UserID, name, password string) error {
	if err := checkPassword(name, password); err != nil {
		return err
	}
	return s.setPassword(ctx, user, name, password, false)
}

// SetOneTime gives a user a sign-in name and a random password, which it
// returns once. It must be changed at the first sign-in.
func (s *Store) SetOneTime(ctx context.Context, user domain.UserID, name string) (password string, err error) {
	const alphabet = "abcdefghjkmnpqrstuvwxyz23456789" // 31 characters that are not mistaken for each other
	var b strings.Builder
	for b.Len() < 19 { // 16 characters in groups of four: 79 bits
		r, err := s.bytes(1)
		if err != nil {
			return "", err
		}
		if int(r[0]) >= len(alphabet)*8 {
			continue // no character more likely than another
		}
		if b.Len()%5 == 4 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[int(r[0])%len(alphabet)])
	}
	password = b.String()
	return password, s.setPassword(ctx, user, name, password, true)
}

func (s *Store) setPassword(ctx context.Context, user domain.UserID, name, password string, oneTime bool) error {
	if name = fold(name); name == "" || user == "" {
		return errors.New("private: a password needs a user and a sign-in name")
	}
	phc, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.file.Write(ctx, func(t *dbfile.Tx) error {
		var other string
		if found, err := t.Get("SELECT user FROM passwords WHERE name = ? AND user <> ?", []any{name, string(user)}, &other); err != nil {
			return err
		} else if found {
			return fmt.Errorf("%w: %s", ErrNameTaken, name)
		}
		_, err := t.Exec(`INSERT INTO passwords (user, name, hash, onetime, changed) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (user) DO UPDATE SET name = ?2, hash = ?3, onetime = ?4, changed = ?5`, string(user), name, phc, oneTime, s.millis())
		return err
	})
	if err != nil {
		return err
	}
	return s.EndSessions(ctx, user)
}

// ChangePassword replaces a password by a signed-in user, who gives the old
// one; ErrSignIn where it is wrong. It ends all his sessions.
func (s *Store) ChangePassword(ctx context.Context, user domain.UserID, old, password, ip string) error {
	var name string
	err := s.file.Read(ctx, func(t *dbfile.Tx) error {
		found, err := t.Get("SELECT name FROM passwords WHERE user = ?", []any{string(user)}, &name)
		if err == nil && !found {
			err = fmt.Errorf("%w: %s", ErrNoUser, user)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := checkPassword(name, password); err != nil {
		return err
	}
	if _, err := s.Check(ctx, name, old, ip); err != nil {
		return err
	}
	return s.setPassword(ctx, user, name, password, false)
}

// Checked is whom a name and password belong to.
type Checked struct {
	User       domain.UserID
	MustChange bool // a one-time password
}

// Check checks a name and a password, from an address. It fails with ErrSignIn
// or *Throttled. The failure is counted before the password is looked at, so
// that guesses at once do not slip through; an unknown name costs as much as a
// known one.
func (s *Store) Check(ctx context.Context, name, password, ip string) (Checked, error) {
	name = fold(name)
	subjects := throttled(name, ip)
	if err := s.charge(ctx, subjects); err != nil {
		return Checked{}, err
	}
	var user, phc string
	var oneTime bool
	found := false
	err := s.file.Read(ctx, func(t *dbfile.Tx) (err error) {
		found, err = t.Get("SELECT user, hash, onetime FROM passwords WHERE name = ?", []any{name}, &user, &phc, &oneTime)
		return err
	})
	if err != nil {
		return Checked{}, err
	}
	if !found {
		phc = s.dummy
	}
	if utf8.RuneCountInString(password) > PasswordRunesMax {
		password = ""
	}
	ok, weaker, err := s.matches(ctx, phc, password)
	if err != nil {
		return Checked{}, err
	}
	if !ok || !found {
		return Checked{}, ErrSignIn
	}
	fresh := ""
	if weaker {
		if fresh, err = s.hash(ctx, password); err != nil {
			return Checked{}, err
		}
	}
	err = s.file.Write(ctx, func(t *dbfile.Tx) error {
		if fresh != "" { // unless it was changed meanwhile
			if _, err := t.Exec("UPDATE passwords SET hash = ? WHERE user = ? AND hash = ?", fresh, user, phc); err != nil {
				return err
			}
		}
		return s.forgive(t, subjects)
	})
	return Checked{domain.UserID(user), oneTime}, err
}
