package private

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"staffledger/eventstore/vault/internal/dbfile"
)

// Failed sign-ins are counted per name and per address, and survive a restart.
// After the free ones the wait doubles with each failure, from one second to
// fifteen minutes; a day without failures forgets them, and an address, which a
// whole office may share, is forgiven one every five minutes. A name is never
// locked for good: nobody can shut another person out for longer than that.
const (
	freePerName   = 3
	freePerIP     = 20
	leakPerIP     = 5 * time.Minute
	waitFirst     = time.Second
	waitMax       = 15 * time.Minute
	forgetAfter   = 24 * time.Hour
	prunedAtOnce  = 100
	subjectsAlive = 200_000 // rows; beyond, the oldest go
)

type subject struct {
	key  string
	free int
	leak time.Duration // one failure is forgiven each; 0: none
}

// throttled names what a sign-in counts against. Names stand hashed: what
// people type there may be a password.
func throttled(name, ip string) []subject {
	h := sha256.Sum256([]byte(name))
	return []subject{{"name:" + hex.EncodeToString(h[:16]), freePerName, 0}, {"ip:" + ip, freePerIP, leakPerIP}}
}

// charge counts a failure for each subject, or answers *Throttled and counts
// nothing.
func (s *Store) charge(ctx context.Context, subjects []subject) error {
	now := s.millis()
	return s.file.Write(ctx, func(t *dbfile.Tx) error {
		counts := make([]int, len(subjects))
		var wait time.Duration
		for i, sub := range subjects {
			var last, until int64
			found, err := t.Get("SELECT count, last, until FROM failures WHERE subject = ?", []any{sub.key}, &counts[i], &last, &until)
			if err != nil {
				return err
			}
			past := time.Duration(now-last) * time.Millisecond
			if found && past >= forgetAfter {
				counts[i], until = 0, 0
			}
			if sub.leak > 0 && past > 0 {
				counts[i] = max(counts[i]-int(past/sub.leak), 0)
			}
			wait = max(wait, time.Duration(until-now)*time.Millisecond)
		}
		if wait > 0 {
			return &Throttled{wait}
		}
		for i, sub := range subjects {
			counts[i]++
			until := int64(0)
			if over := counts[i] - sub.free; over >= 0 {
				until = now + min(waitMax, waitFirst<<min(over, 20)).Milliseconds()
			}
			if _, err := t.Exec(`INSERT INTO failures (subject, count, last, until) VALUES (?1, ?2, ?3, ?4)
				ON CONFLICT (subject) DO UPDATE SET count = ?2, last = ?3, until = ?4`, sub.key, counts[i], now, until); err != nil {
				return err
			}
		}
		_, err := t.Exec(`DELETE FROM failures WHERE subject IN (SELECT subject FROM failures WHERE last <= ? ORDER BY last LIMIT ?)`,
			now-forgetAfter.Milliseconds(), prunedAtOnce)
		if err != nil {
			return err
		}
		return prune(t)
	})
}

// prune keeps the table bounded under a flood of made-up names.
func prune(t *dbfile.Tx) error {
	var rows int
	if _, err := t.Get("SELECT count(*) FROM failures", nil, &rows); err != nil || rows <= subjectsAlive {
		return err
	}
	_, err := t.Exec("DELETE FROM failures WHERE subject IN (SELECT subject FROM failures ORDER BY last LIMIT ?)", rows-subjectsAlive)
	return err
}

// forgive takes back what a good sign-in was charged: the name is clean again,
// the address has one failure less, so that one known password does not wash
// off the guesses at others.
func (s *Store) forgive(t *dbfile.Tx, subjects []subject) error {
	if _, err := t.Exec("DELETE FROM failures WHERE subject = ?", subjects[0].key); err != nil {
		return err
	}
	for _, sub := range subjects[1:] {
		if _, err := t.Exec("UPDATE failures SET count = max(count - 1, 0), until = 0 WHERE subject = ?", sub.key); err != nil {
			return err
		}
	}
	return nil
}
