package views

import (
	"errors"
	"math"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// point is an AsOf in days and positions: what is effective up to day and known
// up to the position cut, both included; cut -1: nothing is known yet.
type point struct {
	day domain.Day
	cut int64
}

// point resolves an AsOf by the day table: cut(K) is the last position whose
// clock stood within K or before (domain model §4).
func (s *snapshot) point(a AsOf) (point, error) {
	p := point{day: a.Effective, cut: maxPosition - 1}
	if a.Effective == domain.NoDay {
		p.day = maxDay - 1
	}
	if a.KnownAt != nil {
		p.cut = int64(min(uint64(*a.KnownAt), maxPosition-1))
	} else if a.Known != domain.NoDay {
		var err error
		if p.cut, err = s.cut(a.Known); err != nil {
			return p, err
		}
	}
	return p, nil
}

func (s *snapshot) cut(day domain.Day) (int64, error) {
	cut := int64(-1)
	err := s.one("SELECT cut FROM day WHERE day<=? ORDER BY day DESC LIMIT 1", []any{int64(day)}, &cut)
	if errors.Is(err, ErrNotFound) {
		return -1, nil
	}
	return cut, err
}

// balance is a line's balance at a point: the sum of its postings with day ≤ D
// and position ≤ p. Let q be the smaller of p and cut(D). What was known by q
// is effective by D, but for postings ahead of their day (lag class -1); their
// sum stands in the last of them. To it come the postings that were recorded
// behind D: those of lag class k lie in the 2^k days up to D.
func (s *snapshot) balance(acc int64, line codes.LineKey, p point) (account.Balance, error) {
	q := p.cut
	if p.day < maxDay-1 {
		cut, err := s.cut(p.day)
		if err != nil {
			return account.Balance{}, err
		}
		q = min(q, cut)
	}
	b, err := s.sum("SELECT ta,t_o,tr,th FROM posting WHERE account=? AND line=? AND known_from<=? ORDER BY known_from DESC, part DESC LIMIT 1",
		acc, string(line), q)
	if err != nil || p.day >= maxDay-1 {
		return b, err
	}
	ahead, err := s.sum("SELECT sum(a),sum(o),sum(r),sum(h) FROM posting INDEXED BY posting_late WHERE lag<>0 AND account=? AND line=? AND lag=-1 AND valid_from>? AND known_from<=?",
		acc, string(line), int64(p.day), q)
	if err != nil || q == p.cut {
		return b.Minus(ahead), err
	}
	late, err := s.sum(`WITH RECURSIVE k(lag, width) AS (SELECT 1, 2 UNION ALL SELECT lag+1, width*2 FROM k WHERE lag<31)
		SELECT sum(a),sum(o),sum(r),sum(h) FROM k CROSS JOIN posting p INDEXED BY posting_late
		WHERE p.lag<>0 AND p.account=? AND p.line=? AND p.lag=k.lag AND p.valid_from>?3-k.width AND p.valid_from<=?3 AND p.known_from>? AND p.known_from<=?`,
		acc, string(line), int64(p.day), q, p.cut)
	return b.Minus(ahead).Plus(late), err
}

// sum reads a balance; no row, and NULL, are zero.
func (s *snapshot) sum(query string, args ...any) (b account.Balance, err error) {
	var v [4]*int
	err = s.one(query, args, &v[0], &v[1], &v[2], &v[3])
	if errors.Is(err, ErrNotFound) {
		return b, nil
	}
	for i := range v {
		if v[i] != nil {
			b[i] = *v[i]
		}
	}
	return b, err
}

// lines are the lines of an account that have ever moved up to a point.
func (s *snapshot) lines(acc int64, a AsOf) ([]LineBalance, error) {
	var lines []LineBalance
	err := s.each("SELECT line,a,o,r,h FROM line WHERE account=? ORDER BY line", []any{acc}, func(scan func(...any) error) error {
		var l LineBalance
		b := &l.Balance
		err := scan(&l.Line, &b[0], &b[1], &b[2], &b[3])
		lines = append(lines, l)
		return err
	})
	if err != nil || a.Now() {
		return lines, err
	}
	p, err := s.point(a)
	if err != nil {
		return nil, err
	}
	known := lines[:0]
	for _, l := range lines {
		var first int64 = math.MaxInt64
		err := s.one("SELECT known_from FROM posting WHERE account=? AND line=? ORDER BY known_from LIMIT 1", []any{acc, string(l.Line)}, &first)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if first > p.cut {
			continue
		}
		if l.Balance, err = s.balance(acc, l.Line, p); err != nil {
			return nil, err
		}
		known = append(known, l)
	}
	return known, nil
}
