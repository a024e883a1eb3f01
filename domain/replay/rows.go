package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"staffledger/domain"
	"staffledger/domain/account"
)

// Views lists the read models that are compared, Columns the fields of each.
// Keys are: of unit, person, change, approval, document, user, pool, landing,
// opening their id, level, process or account; of the others the parts of
// their key, joined by "|"; positions and counts in keys have 19 digits.
var Views = []string{"meta", "day", "counter", "unit", "unit_above", "unit_code", "pool", "line", "posting", "landing", "person", "holding",
	"change", "touch", "tally", "month", "approval", "document", "user", "user_grant", "process", "opening", "opening_row", "search"}

// Columns names the fields of each view's rows.
var Columns = map[string][]string{
	"meta":    {"value"},
	"day":     {"cut"},
	"counter": {"n"},
	"unit": strings.Fields("n code level parent division system rank name shortname othernames established revision position updated children under " +
		"a o r h free over sa so sr sh sfree sover"),
	"unit_above":  {"depth"},
	"unit_code":   {"since"},
	"pool":        strings.Fields("n revision position updated"),
	"line":        strings.Fields("a o r h position"),
	"posting":     strings.Fields("account line day lag a o r h ta to tr th"),
	"landing":     strings.Fields("account line posts day document"),
	"person":      strings.Fields("name masked unit holding process position"),
	"holding":     strings.Fields("id unit person line class valid_from valid_to name sex birth body post postrank particulars document known_to"),
	"change":      strings.Fields("n number unit kind person collected collector batch route line class effective state gate passed due handlingdue manner exitreason approval hash particulars note document users humans revision position"),
	"touch":       {"there"},
	"tally":       {"n"},
	"month":       {"entries", "exits"},
	"approval":    strings.Fields("n number account line manner posts day validto document plan drawn consumed ended revision position"),
	"document":    strings.Fields("number issuer title date digest size cited position"),
	"user":        strings.Fields("n name signin human disabled revision position"),
	"user_grant":  strings.Fields("role level unit proposed by position"),
	"process":     strings.Fields("kind change since position"),
	"opening":     strings.Fields("process expected document rows position"),
	"opening_row": strings.Fields("holding person line class since particulars position"),
	"search":      {"grams"},
}

// Digest stands for a long text in a row, so that a comparison need not keep it.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// Digits is how positions and counts stand in keys.
func Digits[N ~int | ~int64 | ~uint64](n N) string { return fmt.Sprintf("%019d", int64(n)) }

func fields(values ...any) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		switch v := v.(type) {
		case account.Balance:
			for _, n := range v {
				out = append(out, fmt.Sprint(n))
			}
		case domain.Day:
			out = append(out, fmt.Sprint(int32(v)))
		case domain.Instant:
			out = append(out, fmt.Sprint(int64(v)))
		case bool:
			out = append(out, map[bool]string{false: "0", true: "1"}[v])
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}

func key(parts ...any) string {
	s := make([]string, len(parts))
	for i, p := range parts {
		s[i] = fmt.Sprint(p)
	}
	return strings.Join(s, "|")
}

func particulars(p account.Particulars) string {
	b, _ := json.Marshal(p) // strings only: it has a JSON form
	return Digest(string(b))
}

// movedRows are the postings of the event applied last.
func (r *Replay) movedRows() []Row {
	rows := make([]Row, len(r.moved))
	pos := r.lastPosition()
	for i, m := range r.moved {
		lag, days := 0, int(r.clock.Day()-m.Day)
		if days < 0 {
			lag = -1
		}
		for ; days > 0; days /= 2 {
			lag++
		}
		rows[i] = Row{key(Digits(pos), Digits(m.part)), fields(m.stream, m.Line, m.Day, lag, m.Change, m.total), pos}
	}
	return rows
}

// rows are the expected rows of a view but posting.
func (r *Replay) rows(view string) (rows []Row) {
	add := func(at domain.Position, key string, values ...any) {
		rows = append(rows, Row{key, fields(values...), at})
	}
	switch view {
	case "meta":
		if r.next > 0 {
			last := r.lastPosition()
			add(last, "next", r.next)
			add(last, "clock", r.clock)
			add(last, "last", r.last)
			add(last, "lastid", r.lastID)
		}
	case "day":
		for day, cut := range r.days {
			add(cut, Digits(int(day)), cut)
		}
	case "counter":
		for name, n := range r.numbers {
			add(r.lastPosition(), name, n)
		}
		if r.holdingCount > 0 {
			add(r.holdings[len(r.holdings)-1].known, "holding", r.holdingCount)
		}
	case "unit":
		r.unitRows(add)
	case "unit_above":
		for _, b := range r.units() {
			for i, above := range append([]*book{b}, r.above(b)...) {
				add(b.founded, key(above.stream.Key(), b.stream.Key()), i)
			}
		}
	case "unit_code":
		for k, since := range r.codes {
			add(since, key(k[0], k[1]), since)
		}
	case "pool":
		for _, b := range r.accounts {
			if b.pool() {
				add(b.at, b.stream.Key(), b.founded, b.revision, b.at, b.time)
			}
		}
	case "line":
		for _, b := range r.accounts {
			for k, l := range b.lines {
				add(l.at, key(b.stream, k), l.total, l.at)
			}
		}
	case "landing":
		for _, b := range r.accounts {
			for p, l := range b.landings {
				add(l.at, string(p), b.stream, l.line, l.posts, l.day, l.document)
			}
		}
	case "opening":
		for _, b := range r.accounts {
			if o := b.opening; o != nil {
				add(o.at, string(b.stream), o.process, o.expected, o.document, len(o.rows), r.openedAt(b))
			}
		}
	case "opening_row":
		for _, b := range r.accounts {
			if b.opening != nil {
				for i, o := range b.opening.rows {
					add(o.at, key(b.stream, Digits(i)), o.Holding, o.Person, o.LineKey, o.Class, o.Since, particulars(o.particulars), o.at)
				}
			}
		}
	case "search":
		r.searchRows(add)
	default:
		r.fileRows(view, add)
	}
	return rows
}

// openedAt is where the account's open bracket began.
func (r *Replay) openedAt(b *book) domain.Position {
	return r.processes[[2]string{string(b.opening.process), string(b.stream)}].at
}

func (r *Replay) units() (units []*book) {
	for _, b := range r.accounts {
		if b.unit != nil {
			units = append(units, b)
		}
	}
	slices.SortFunc(units, func(x, y *book) int { return int(int64(x.founded) - int64(y.founded)) })
	return units
}

// above are the units over one, nearest first; a circle ends before it closes.
func (r *Replay) above(b *book) (above []*book) {
	for next := b; next.unit.Parent != ""; {
		next = r.accounts[domain.AccountOf(next.unit.Parent)]
		if next == nil || next.unit == nil || next == b || slices.Contains(above, next) {
			break
		}
		above = append(above, next)
	}
	return above
}

type lineSums struct {
	balance    account.Balance
	free, over int
}

func (s *lineSums) add(t lineSums) {
	s.balance, s.free, s.over = s.balance.Plus(t.balance), s.free+t.free, s.over+t.over
}

func (r *Replay) unitRows(add func(domain.Position, string, ...any)) {
	own, all := map[*book]lineSums{}, map[*book]lineSums{}
	children, under, touched := map[*book]int{}, map[*book]int{}, map[*book]domain.Position{}
	for _, b := range r.units() {
		var sums lineSums
		for _, l := range b.lines {
			f := l.total.Free()
			sums.add(lineSums{l.total, max(f, 0), max(-f, 0)})
		}
		own[b] = sums
		for i, u := range append([]*book{b}, r.above(b)...) {
			s := all[u]
			s.add(sums)
			all[u] = s
			touched[u] = max(touched[u], b.at)
			if i > 0 {
				under[u]++
			}
			if i == 1 {
				children[u]++
			}
		}
	}
	for _, b := range r.units() {
		others := ""
		if len(b.text.OtherNames) > 0 {
			j, _ := json.Marshal(b.text.OtherNames)
			others = string(j)
		}
		u := b.unit
		add(touched[b], b.stream.Key(), b.founded, u.Code, u.Level, u.Parent, u.Division, u.System, u.Rank, b.text.Name, b.text.ShortName, others,
			b.effective, b.revision, b.at, b.time, children[b], under[b],
			own[b].balance, own[b].free, own[b].over, all[b].balance, all[b].free, all[b].over)
	}
}

const (
	endless = 1<<31 - 1 // no last day
)

func (r *Replay) fileRows(view string, add func(domain.Position, string, ...any)) {
	switch view {
	case "person":
		for id, h := range r.persons {
			unit, holding := domain.UnitID(""), 0
			if h.holding != nil {
				unit, holding = h.holding.unit, h.holding.number
			}
			add(h.at, string(id), h.name, h.masked, unit, holding, h.process, h.at)
		}
	case "holding":
		for _, x := range r.holdings {
			version := func(known, until domain.Position, to int32) {
				p := x.particulars
				whole := particulars(p)
				if until != forever {
					whole = Digest("")
				}
				add(known, key(Digits(x.number), Digits(known)), x.id, x.unit, x.person, x.line, x.class, x.from, to, x.name, p.Sex, p.Birth,
					p.InternalBody, p.Post, p.PostRank, whole, x.document, until)
			}
			if !x.ended {
				version(x.known, forever, endless)
				continue
			}
			version(x.known, x.endKnown, endless)
			version(x.endKnown, forever, int32(x.to))
		}
	case "change":
		for id, c := range r.changes {
			gate, state, due := account.Gate(""), c.state, domain.NoDay
			if c.state == "review" {
				due = c.handlingDue
				if c.passed < len(c.route) {
					gate = c.route[c.passed]
				} else {
					state = "to-record"
				}
			}
			text := Digest("")
			if c.Kind == account.Entry {
				text = particulars(c.particulars)
			}
			var route []string
			for _, g := range c.route {
				route = append(route, string(g))
			}
			add(c.at, string(id), c.opened, c.number, c.unit, c.Kind, c.Person, c.time, c.collector, c.batch, strings.Join(route, " "), c.LineKey, c.Class,
				c.effective, state, gate, c.passed, due, c.handlingDue, c.Manner, c.ExitReason, c.Approval, c.Hash, text, c.note, c.document,
				strings.Join(c.users, " "), strings.Join(c.humans, " "), c.revision, c.at)
		}
	case "touch":
		for id, c := range r.changes {
			for _, u := range c.users {
				if r.users[domain.UserID(u)] != nil {
					add(c.at, key(u, id), "1")
				}
			}
		}
	case "tally":
		count, at := map[string]int{}, map[string]domain.Position{}
		for _, c := range r.changes {
			state := c.state
			if state == "review" && c.passed == len(c.route) {
				state = "to-record"
			}
			k := key(c.unit, c.Kind, state)
			count[k]++
			at[k] = max(at[k], c.at)
		}
		for k, n := range count {
			add(at[k], k, n)
		}
	case "month":
		entries, exits, at := map[string]int{}, map[string]int{}, map[string]domain.Position{}
		for _, c := range r.changes {
			if c.state != "recorded" {
				continue
			}
			y, m, _ := c.effective.Date()
			k := key(c.unit, Digits(int(domain.DayOf(y, m, 1))))
			if c.Kind == account.Entry {
				entries[k]++
			} else {
				exits[k]++
			}
			at[k] = max(at[k], c.at)
		}
		for k := range at {
			add(at[k], k, entries[k], exits[k])
		}
	case "approval":
		for id, a := range r.approvals {
			add(a.at, string(id), a.opened, a.number, a.stream, a.LineKey, a.Manner, a.Posts, a.day, a.ValidTo, a.document, a.plan,
				a.drawn, a.consumed, a.ended, a.revision, a.at)
		}
	case "document":
		for id, d := range r.documents {
			add(d.at, string(id), d.text.Number, d.text.Issuer, d.text.Title, d.date, d.hash, d.size, d.cited, d.at)
		}
	case "user":
		for id, m := range r.users {
			add(m.at, string(id), m.order, m.text.Name, m.text.SignIn, m.human, m.disabled > 0, m.revision, m.at)
		}
	case "user_grant":
		for id, m := range r.users {
			for g, x := range m.grants {
				if !x.gone {
					add(x.at, key(id, g), x.role, x.scope.Level, x.scope.Unit, x.proposed, x.by, x.at)
				}
			}
		}
	case "process":
		for k, p := range r.processes {
			add(p.at, key(k[0], k[1]), p.kind, p.change, p.since, p.at)
		}
	}
}

// searchRows are the bigrams of what can be searched, of each in the order of
// its texts.
func (r *Replay) searchRows(add func(domain.Position, string, ...any)) {
	grams := func(at domain.Position, key string, texts ...string) {
		var all []string
		for _, t := range texts {
			var letters []rune
			for _, c := range norm.NFKC.String(t) {
				if unicode.In(c, unicode.L, unicode.Nd, unicode.M) {
					letters = append(letters, unicode.ToLower(c))
				}
			}
			for i := range letters {
				all = append(all, string(letters[i:min(i+2, len(letters))]))
			}
		}
		if len(all) > 0 {
			add(at, key, strings.Join(all, " "))
		}
	}
	for _, b := range r.units() {
		grams(b.founded, key("unit", b.stream.Key()), append([]string{b.text.Name, b.text.ShortName, b.unit.Code}, b.text.OtherNames...)...)
	}
	for id, h := range r.persons {
		grams(h.at, key("person", id), h.name)
	}
	for id, d := range r.documents {
		grams(d.at, key("document", id), d.text.Number, d.text.Title, d.text.Issuer)
	}
}
