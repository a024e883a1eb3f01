package views

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

const unitColumns = "u.n,u.id,u.code,u.level,u.parent,u.division,u.system,u.rank,u.name,u.shortname,u.othernames,u.established,u.revision,u.position,u.updated,u.children,u.under"

// scanUnit reads unitColumns; more are further columns behind them.
func scanUnit(scan func(...any) error, u *Unit, n *int64, more ...any) error {
	var others string
	err := scan(append([]any{n, &u.ID, &u.Code, &u.Level, &u.Parent, &u.Division, &u.System, &u.Rank, &u.Name, &u.ShortName, &others,
		&u.Established, &u.Revision, &u.Position, &u.Updated, &u.Children, &u.Under}, more...)...)
	if err == nil && others != "" {
		err = json.Unmarshal([]byte(others), &u.OtherNames)
	}
	return err
}

// FindUnit resolves an id, or any code past or present; ErrNotFound.
func (v *Views) FindUnit(ctx context.Context, ref string) (u Unit, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		for _, where := range []string{"u.id=?", "u.n=(SELECT unit FROM unit_code WHERE code=? ORDER BY since DESC LIMIT 1)"} {
			found := false
			err := s.each("SELECT "+unitColumns+" FROM unit u WHERE "+where, []any{ref}, func(scan func(...any) error) error {
				var n int64
				found = true
				return scanUnit(scan, &u, &n)
			})
			if err != nil || found {
				return err
			}
		}
		return ErrNotFound
	})
	return u, err
}

// Units lists units by code: those directly below q.Parent, the roots, or all
// in scope. Sums are of the unit's own lines, or with WithSubs of its subtree,
// whatever scope that reaches into.
func (v *Views) Units(ctx context.Context, q UnitQuery) (page UnitPage, err error) {
	limit, err := limitOf(q.Limit)
	if err != nil {
		return page, err
	}
	key := q
	key.After, key.Limit = "", 0
	name := fmt.Sprintf("units %+v", key)
	after, err := decodeCursor(name, q.After, "si")
	if err != nil {
		return page, err
	}
	var f filter
	f.scoped("u.n", "u.level", q.Scope, q.Scopes)
	if q.Parent != "" {
		f.add("u.parent=?", string(q.Parent))
	}
	if q.Roots {
		var inside filter
		inside.within("p.n", "p.level", q.Scope)
		inside.add("p.id=u.parent")
		f.add("NOT EXISTS(SELECT 1 FROM unit p"+inside.clause()+")", inside.args...)
	}
	if q.Text != "" {
		f.matching("u.n", searchUnit, q.Text)
	}
	if q.System != "" {
		f.add("u.system=?", q.System)
	}
	if q.Rank != "" {
		f.add("u.rank=?", q.Rank)
	}
	sums, free, over := "u.a,u.o,u.r,u.h,u.free,u.over", "u.free", "u.over"
	if q.WithSubs {
		sums, free, over = "u.sa,u.so,u.sr,u.sh,u.sfree,u.sover", "u.sfree", "u.sover"
	}
	switch q.State {
	case "":
	case "free":
		f.add(free + ">0")
	case "full":
		f.add(free + "=0 AND " + over + "=0")
	case "over":
		f.add(over + ">0")
	default:
		return page, fmt.Errorf("%w: state %q", ErrQuery, q.State)
	}
	by := orderBy("u.code", "u.n")
	err = v.reading(ctx, func(s *snapshot) error {
		if err := s.one("SELECT count(*) FROM unit u"+f.clause(), f.args, &page.Total); err != nil {
			return err
		}
		f := f.copied()
		f.after(by, after)
		query := "SELECT " + unitColumns + "," + sums + ",(SELECT max(depth) FROM unit_above WHERE unit=u.n) FROM unit u" + f.clause() + by.clause() + " LIMIT ?"
		var last cursor
		return s.each(query, append(f.args, limit+1), func(scan func(...any) error) error {
			if len(page.Rows) == limit {
				page.Next = encodeCursor(name, last)
				return nil
			}
			var r UnitRow
			var n int64
			b := &r.Balance
			if err := scanUnit(scan, &r.Unit, &n, &b[0], &b[1], &b[2], &b[3], &r.Free, &r.Over, &r.Depth); err != nil {
				return err
			}
			last = cursor{r.Code, n}
			page.Rows = append(page.Rows, r)
			return nil
		})
	})
	return page, err
}

// matching adds that the thing whose n stands in the column contains a text.
func (f *filter) matching(column string, kind int, text string) {
	match := matchOf(text)
	if match == "" {
		f.add("0")
		return
	}
	f.add(column+" IN (SELECT rowid>>2 FROM search WHERE search MATCH ? AND rowid&3=?)", match, kind)
}

func (s *snapshot) unitN(id domain.UnitID) (n int64, err error) {
	err = s.one("SELECT n FROM unit WHERE id=?", []any{string(id)}, &n)
	return n, err
}

// Lines are the lines of a unit, those that have moved by then, by key;
// ErrNotFound for an unknown unit.
func (v *Views) Lines(ctx context.Context, unit domain.UnitID, asof AsOf) (lines []LineBalance, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		n, err := s.unitN(unit)
		if err != nil {
			return err
		}
		lines, err = s.lines(n, asof)
		return err
	})
	return lines, err
}

// PoolLines are the lines of a level's pool; none for a level without pool.
func (v *Views) PoolLines(ctx context.Context, level domain.Level, asof AsOf) (lines []LineBalance, err error) {
	err = v.reading(ctx, func(s *snapshot) error {
		var n int64
		err := s.one("SELECT n FROM pool WHERE level=?", []any{string(level)}, &n)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		lines, err = s.lines(n, asof)
		return err
	})
	return lines, err
}

// Totals sums the units' lines over a scope by kind and funding, in the order
// of the documents.
func (v *Views) Totals(ctx context.Context, scope domain.Scope) (totals []TotalRow, err error) {
	type key struct {
		kind    codes.PostKind
		funding codes.Funding
	}
	sums := map[key]*TotalRow{}
	var f filter
	f.within("u.n", "u.level", scope)
	query := `SELECT l.line,sum(l.a),sum(l.o),sum(l.r),sum(l.h),sum(max(l.a-l.o-l.r-l.h,0)),sum(max(l.o+l.r+l.h-l.a,0))
		FROM unit u CROSS JOIN line l ON l.account=u.n` + f.clause() + " GROUP BY l.line"
	err = v.reading(ctx, func(s *snapshot) error {
		return s.each(query, f.args, func(scan func(...any) error) error {
			var line codes.LineKey
			var b account.Balance
			var free, over int
			if err := scan(&line, &b[0], &b[1], &b[2], &b[3], &free, &over); err != nil {
				return err
			}
			k := key{line.Kind(), line.Funding()}
			if sums[k] == nil {
				sums[k] = &TotalRow{Kind: k.kind, Funding: k.funding}
			}
			t := sums[k]
			t.Balance, t.Free, t.Over = t.Balance.Plus(b), t.Free+free, t.Over+over
			return nil
		})
	})
	for _, t := range sums {
		totals = append(totals, *t)
	}
	slices.SortFunc(totals, func(x, y TotalRow) int {
		if d := slices.Index(codes.PostKinds, x.Kind) - slices.Index(codes.PostKinds, y.Kind); d != 0 {
			return d
		}
		return slices.Index(codes.Fundings, x.Funding) - slices.Index(codes.Fundings, y.Funding)
	})
	return totals, err
}

// Movements counts entries and exits by the month in which they take effect,
// from the month of one day to that of another; months without are absent.
func (v *Views) Movements(ctx context.Context, scope domain.Scope, from, to domain.Day) (months []MonthRow, err error) {
	y, m, _ := from.Date()
	var f filter
	f.add("m.month>=? AND m.month<=?", int64(domain.DayOf(y, m, 1)), int64(to))
	f.within("u.n", "u.level", scope)
	query := "SELECT m.month,sum(m.entries),sum(m.exits) FROM unit u JOIN month m ON m.unit=u.n" + f.clause() + " GROUP BY m.month ORDER BY m.month"
	err = v.reading(ctx, func(s *snapshot) error {
		return s.each(query, f.args, func(scan func(...any) error) error {
			var r MonthRow
			err := scan(&r.Month, &r.Entries, &r.Exits)
			months = append(months, r)
			return err
		})
	})
	return months, err
}
