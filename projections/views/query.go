package views

import (
	"fmt"
	"strings"

	"staffledger/domain"
)

// filter collects the conditions of a query.
type filter struct {
	where []string
	args  []any
}

func (f *filter) add(condition string, args ...any) {
	f.where = append(f.where, condition)
	f.args = append(f.args, args...)
}

func (f *filter) clause() string {
	if len(f.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(f.where, " AND ")
}

// copied can be added to without changing f.
func (f *filter) copied() *filter {
	return &filter{append([]string(nil), f.where...), append([]any(nil), f.args...)}
}

// within adds that a unit, whose n and level stand in the named columns, lies
// in any of the scopes.
func (f *filter) within(unit, level string, scopes ...domain.Scope) {
	var any []string
	var args []interface{}
	for _, s := range scopes {
		var all []string
		if s.Whole() {
			return
		}
		if s.Level != "" {
			all = append(all, level+"=?")
			args = append(args, string(s.Level))
		}
		if s.Unit != "" {
			all = append(all, unit+" IN (SELECT a.unit FROM unit_above a JOIN unit top ON top.n=a.above WHERE top.id=?)")
			args = append(args, string(s.Unit))
		}
		any = append(any, strings.Join(all, " AND "))
	}
	if len(any) > 0 {
		f.add("("+strings.Join(any, " OR ")+")", args...)
	}
}

// scopesOf merges the two ways to say a scope: Scopes, where given, are what
// the reader may see, and Scope narrows them.
func (f *filter) scoped(unit, level string, scope domain.Scope, scopes []domain.Scope) {
	f.within(unit, level, scope)
	if len(scopes) > 0 {
		f.within(unit, level, scopes...)
	}
}

// order is the order of a list: columns with their direction. The last one is
// unique, so that every row has its place.
type order []struct {
	column string
	desc   bool
}

func orderBy(columns ...string) order {
	var o order
	for _, c := range columns {
		name, desc := strings.CutPrefix(c, "-")
		o = append(o, struct {
			column string
			desc   bool
		}{name, desc})
	}
	return o
}

func (o order) clause() string {
	parts := make([]string, len(o))
	for i, c := range o {
		parts[i] = c.column
		if c.desc {
			parts[i] += " DESC"
		}
	}
	return " ORDER BY " + strings.Join(parts, ",")
}

// after adds that rows come behind the cursor in the order.
func (f *filter) after(o order, c cursor) {
	if c == nil {
		return
	}
	same := true
	for _, x := range o {
		same = same && x.desc == o[0].desc
	}
	if same { // a row comparison, which SQLite takes from an index
		columns := make([]string, len(o))
		for i, x := range o {
			columns[i] = x.column
		}
		op := ">"
		if o[0].desc {
			op = "<"
		}
		f.add("("+strings.Join(columns, ",")+")"+op+"(?"+strings.Repeat(",?", len(o)-1)+")", c...)
		return
	}
	var any []string
	var args []interface{}
	for i := range o {
		var all []string
		for j := range i {
			all = append(all, o[j].column+"=?")
			args = append(args, c[j])
		}
		op := ">?"
		if o[i].desc {
			op = "<?"
		}
		all = append(all, o[i].column+op)
		args = append(args, c[i])
		any = append(any, "("+strings.Join(all, " AND ")+")")
	}
	f.add("("+strings.Join(any, " OR ")+")", args...)
}

// limitOf is 1–500, 50 where none is given.
func limitOf(n int) (int, error) {
	switch {
	case n == 0:
		return 50, nil
	case n < 0 || n > 500:
		return 0, fmt.Errorf("%w: limit %d is not between 1 and 500", ErrQuery, n)
	}
	return n, nil
}
