package views

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
)

const rosterColumns = `h.id,p.id,h.name,h.sex,h.birth,p.masked,h.body,h.post,h.postrank,h.line,h.class,h.valid_from,h.valid_to,h.document,
	coalesce((SELECT number FROM document WHERE id=h.document),''),
	coalesce((SELECT c.id FROM change c WHERE c.person=h.person AND c.kind='exit' AND c.state IN ('review','returned','to-record') AND h.known_to=9223372036854775807 AND h.valid_to=2147483647),'')`

func scanRoster(scan func(...any) error, r *RosterRow, more ...any) error {
	err := scan(append([]any{&r.Holding, &r.Person, &r.Name, &r.Sex, &r.Birth, &r.IDMasked, &r.InternalBody, &r.Post, &r.PostRank,
		&r.Line, &r.Class, &r.From, &r.To, &r.Document, &r.DocumentNo, &r.ExitUnderway}, more...)...)
	if r.To == maxDay {
		r.To = domain.NoDay
	}
	return err
}

// at adds that a version of a holding is valid and known at a point.
func (f *filter) at(p point) {
	f.add("h.valid_from<=? AND h.valid_to>? AND h.known_from<=? AND h.known_to>?", int64(p.day), int64(p.day), p.cut, p.cut)
}

// Roster lists the people in post of a unit on a day as known on another, in
// the order of q.Sort and then of when they came into the ledger; ErrNotFound
// for an unknown unit.
func (v *Views) Roster(ctx context.Context, q RosterQuery) (page RosterPage, err error) {
	limit, err := limitOf(q.Limit)
	if err != nil {
		return page, err
	}
	key := q
	key.After, key.Limit, key.AsOf.KnownAt = "", 0, nil
	name := fmt.Sprintf("roster %+v", key)
	if q.AsOf.KnownAt != nil {
		name += fmt.Sprintf(" @%d", *q.AsOf.KnownAt)
	}
	sort, desc := strings.CutPrefix(q.Sort, "-")
	column, kinds := "", "sii"
	switch sort {
	case "", "from":
		column, kinds = "h.valid_from", "ii"
	case "name":
		column = "h.name"
	case "post":
		column = "h.post"
	case "line":
		column = "h.line"
	default:
		return page, fmt.Errorf("%w: sort %q", ErrQuery, q.Sort)
	}
	by := orderBy(column, "h.valid_from", "h.n")
	if kinds == "ii" {
		by = orderBy(column, "h.n")
	}
	if desc {
		for i := range by {
			by[i].desc = true
		}
	}
	after, err := decodeCursor(name, q.After, kinds)
	if err != nil {
		return page, err
	}
	err = v.reading(ctx, func(s *snapshot) error {
		unit, err := s.unitN(q.Unit)
		if err != nil {
			return err
		}
		var f filter
		f.add("h.unit=?", unit)
		if q.AsOf.Now() {
			f.add("h.known_to=9223372036854775807 AND h.valid_to=2147483647")
		} else {
			p, err := s.point(q.AsOf)
			if err != nil {
				return err
			}
			f.at(p)
		}
		if q.Line != "" {
			f.add("h.line=?", string(q.Line))
		}
		if q.Kind != "" {
			f.add("(h.line>=? AND h.line<?)", string(q.Kind)+"/", string(q.Kind)+"0")
		}
		if q.Text != "" {
			f.add("(instr(h.name,?)>0 OR instr(h.post,?)>0 OR instr(h.body,?)>0)", q.Text, q.Text, q.Text)
		}
		if err := s.countRoster(&page, q, unit, f); err != nil {
			return err
		}
		f.after(by, after)
		query := "SELECT " + rosterColumns + ",h.n FROM holding h JOIN person p ON p.n=h.person" + f.clause() + by.clause() + " LIMIT ?"
		if kinds == "sii" { // sort keys only, then fetch the page's rows
			query = "SELECT " + rosterColumns + ",h.n FROM (SELECT h.n,h.known_from k FROM holding h" + f.clause() + by.clause() + " LIMIT ?) x" +
				" CROSS JOIN holding h ON h.n=x.n AND h.known_from=x.k JOIN person p ON p.n=h.person" + by.clause()
		}
		var last cursor
		return s.each(query, append(f.args, limit+1), func(scan func(...any) error) error {
			if len(page.Rows) == limit {
				page.Next = encodeCursor(name, last)
				return nil
			}
			var r RosterRow
			var n int64
			if err := scanRoster(scan, &r, &n); err != nil {
				return err
			}
			last = cursor{int64(r.From), n}
			switch sort {
			case "name":
				last = append(cursor{r.Name}, last...)
			case "post":
				last = append(cursor{r.Post}, last...)
			case "line":
				last = append(cursor{string(r.Line)}, last...)
			}
			page.Rows = append(page.Rows, r)
			return nil
		})
	})
	return page, err
}

// countRoster counts a roster by kind. Without a text it is what the lines say
// is occupied: each holding moves O of its line by one, on the same days.
func (s *snapshot) countRoster(page *RosterPage, q RosterQuery, unit int64, f filter) error {
	page.ByKind = map[codes.PostKind]int{}
	count := func(line codes.LineKey, n int) {
		if n != 0 {
			page.Total += n
			page.ByKind[line.Kind()] += n
		}
	}
	if q.Text == "" {
		lines, err := s.lines(unit, q.AsOf)
		for _, l := range lines {
			if (q.Line == "" || q.Line == l.Line) && (q.Kind == "" || q.Kind == l.Line.Kind()) {
				count(l.Line, l.Balance[1])
			}
		}
		return err
	}
	return s.each("SELECT h.line,count(*) FROM holding h"+f.clause()+" GROUP BY h.line", f.args, func(scan func(...any) error) error {
		var line codes.LineKey
		var n int
		err := scan(&line, &n)
		count(line, n)
		return err
	})
}

// FindPerson returns a personal file: the particulars of the present or last
// holding, all holdings and changes, newest first (the newest 500 of each).
func (v *Views) FindPerson(ctx context.Context, ref domain.PersonID) (x Person, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		var n, holding int64
		err := s.one("SELECT n,id,name,masked,holding FROM person WHERE id=?", []any{string(ref)}, &n, &x.ID, &x.Particulars.Name, &x.IDMasked, &holding)
		if err != nil {
			return err
		}
		query := "SELECT " + rosterColumns + ",u.id,u.name,h.n,h.particulars FROM holding h JOIN person p ON p.n=h.person JOIN unit u ON u.n=h.unit" +
			" WHERE h.person=? AND h.known_to=9223372036854775807 ORDER BY h.n DESC LIMIT 500"
		err = s.each(query, []any{n}, func(scan func(...any) error) error {
			var h PersonHolding
			var hn int64
			var particulars string
			if err := scanRoster(scan, &h.RosterRow, &h.Unit, &h.UnitName, &hn, &particulars); err != nil {
				return err
			}
			if len(x.Holdings) == 0 {
				name := x.Particulars.Name
				if err := json.Unmarshal([]byte(particulars), &x.Particulars); err != nil {
					return err
				}
				if x.Particulars.Name == "" {
					x.Particulars.Name = name
				}
			}
			x.Holdings = append(x.Holdings, h)
			if hn == holding {
				x.Holding, x.Unit, x.UnitName = &h.RosterRow, h.Unit, h.UnitName
			}
			return nil
		})
		if err != nil {
			return err
		}
		var f filter
		f.add("c.person=?", n)
		x.Changes, _, err = s.changes(&f, orderBy("-c.n"), 500)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return Person{}, err
	}
	return x, err
}
