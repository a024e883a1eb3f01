package account

import (
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Lines: rules
//
//  1. A balance on day D is the sum of the postings with day ≤ D (§4).
//  2. F = A − O − R − H, never netted across lines (§3).
//  3. An act that lowers F leaves F ≥ 0 on every day from its effective date to
//     today (§4, §14.2). The first bad day is named.

type delta struct {
	day    domain.Day
	change Balance
}

// line keeps one aggregated delta per day, in order of day. Acts are dated
// near today, so sums are taken from the tail: total minus what comes later.
type line struct {
	key    codes.LineKey
	total  Balance
	deltas []delta
}

func (l *line) post(day domain.Day, change Balance) {
	l.total = l.total.Plus(change)
	at, found := slices.BinarySearchFunc(l.deltas, day, func(d delta, day domain.Day) int { return int(d.day - day) })
	if found {
		l.deltas[at].change = l.deltas[at].change.Plus(change)
		return
	}
	l.deltas = slices.Insert(l.deltas, at, delta{day, change})
}

func (l *line) on(day domain.Day) Balance {
	b := l.total
	for i := len(l.deltas) - 1; i >= 0 && l.deltas[i].day > day; i-- {
		b = b.Minus(l.deltas[i].change)
	}
	return b
}

// post applies postings to the account's lines.
func (a *Account) post(postings []Posting) {
	for _, p := range postings {
		l := a.lines[p.Line]
		if l == nil {
			l = &line{key: p.Line}
			a.lines[p.Line] = l
		}
		l.post(p.Day, p.Change)
	}
}

// Lines returns the keys of all lines, sorted.
func (a *Account) Lines() []codes.LineKey {
	keys := make([]codes.LineKey, 0, len(a.lines))
	for k := range a.lines {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// BalanceOn returns a line's balance on a day, as now known.
func (a *Account) BalanceOn(key codes.LineKey, day domain.Day) Balance {
	if l := a.lines[key]; l != nil {
		return l.on(day)
	}
	return Balance{}
}

// move packs postings of one line with the line's balance before and after on
// the day of the event's time.
func (a *Account) move(today domain.Day, postings ...Posting) Movement {
	if len(postings) == 0 {
		return Movement{}
	}
	key := postings[0].Line
	before := a.BalanceOn(key, today)
	after := before
	for _, p := range postings {
		if p.Day <= today {
			after = after.Plus(p.Change)
		}
	}
	m := Movement{Postings: postings}
	if after != before {
		m.Line = &Line{key, before, after}
	}
	return m
}

// shortfall finds the days from the first posting's day to today on which what
// is left of the line (its free posts, say) would be below zero after the
// postings. Today is looked at first. Before is the balance of that day without
// the postings.
func (a *Account) shortfall(today domain.Day, left func(Balance) int, postings ...Posting) (day domain.Day, before Balance, short bool) {
	if len(postings) == 0 {
		return
	}
	key, from := postings[0].Line, postings[0].Day
	for _, p := range postings {
		from = min(from, p.Day)
	}
	sum := func(day domain.Day) (s Balance) {
		for _, p := range postings {
			if p.Day <= day {
				s = s.Plus(p.Change)
			}
		}
		return s
	}
	negative := func(day domain.Day) bool {
		change := sum(day)
		return change != (Balance{}) && left(a.BalanceOn(key, day).Plus(change)) < 0
	}
	if negative(today) {
		return today, a.BalanceOn(key, today), true
	}
	days := []domain.Day{from}
	for _, p := range postings {
		if p.Day > from && p.Day <= today {
			days = append(days, p.Day)
		}
	}
	if l := a.lines[key]; l != nil {
		for i := len(l.deltas) - 1; i >= 0 && l.deltas[i].day > from; i-- {
			if l.deltas[i].day <= today {
				days = append(days, l.deltas[i].day)
			}
		}
	}
	slices.Sort(days)
	for _, d := range slices.Compact(days) {
		if d <= today && negative(d) {
			return d, a.BalanceOn(key, d), true
		}
	}
	return domain.NoDay, Balance{}, false
}

// numbers are the facts of a quota refusal, always A, O, R, H and F.
func numbers(key codes.LineKey, day domain.Day, b Balance) []any {
	return []any{"line", string(key), "day", day.String(), "A", b[0], "O", b[1], "R", b[2], "H", b[3], "F", b.Free()}
}
