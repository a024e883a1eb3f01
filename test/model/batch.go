package model

import (
	"fmt"
	"slices"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/usecase"
)

// Batches: each row is judged for itself, on what the rows before it left; bad
// ones are set aside with their reasons (§5).

func size(n int) []finding {
	switch {
	case n == 0:
		return []finding{missing("rows")}
	case n > usecase.BatchRowsMax:
		return []finding{malformed("rows")}
	}
	return nil
}

func (m *Model) collectBatch(call usecase.Call, k usecase.CollectBatch) verdict {
	who, found := m.mayIn(call, collectors, k.Unit)
	if found != nil {
		return refused(found...)
	}
	found = size(len(k.Rows))
	if slices.ContainsFunc(k.Rows, func(r usecase.ChangeForm) bool { return r.Kind != k.Rows[0].Kind }) {
		found = append(found, malformed("kind"))
	}
	if len(found) > 0 {
		return refused(found...)
	}
	v := verdict{batch: true}
	try := m.scratch()
	rows := make([]reading, len(k.Rows))
	for i, f := range k.Rows {
		r := try.read(f)
		row := answer(try.collecting(who, k.Unit, &r))
		v.rows = append(v.rows, row.found)
		if !row.accepted() {
			continue
		}
		m.writesCollected(&v, &r)
		rows[i] = r
		p := r.person
		if r.fresh {
			p = domain.PersonID(fmt.Sprint("row ", i))
		}
		try.collected(who, &r, domain.ChangeID("row "+strconv.Itoa(i)), p, unknown, 0)
		try.people[p].tried = r.fresh
	}
	stream := domain.AccountOf(k.Unit)
	v.apply = func(w *written) {
		for n, i := range v.goodRows() {
			at, revision := w.nth(stream, account.TypeStaffingCollected, n)
			m.collected(who, &rows[i], w.result.Rows[i].Change, w.personOf(n), at, revision)
		}
	}
	return v
}

// goodRows are the rows that nothing stands against.
func (v *verdict) goodRows() (good []int) {
	for i, found := range v.rows {
		if len(found) == 0 {
			good = append(good, i)
		}
	}
	return good
}

// listed judges the list of rows itself, not what it names.
func listed(rows []usecase.BatchRow) []finding {
	found, seen := size(len(rows)), map[domain.ChangeID]bool{}
	for i, r := range rows {
		switch {
		case r.Change == "":
			found = append(found, missing("rows."+strconv.Itoa(i)+".change"))
		case seen[r.Change]:
			found = append(found, malformed("rows"))
		}
		seen[r.Change] = true
	}
	return found
}

// named is the change of a row where it is one of the unit, and the first such.
func (m *Model) named(u domain.UnitID, rows []usecase.BatchRow) (first *change) {
	for _, r := range rows {
		if c := m.changes[r.Change]; c != nil && c.unit == u {
			return c
		}
	}
	return nil
}

// eachRow judges the rows of passing or recording: the change is one of the
// unit, and stands as the caller saw it.
func (m *Model) eachRow(v *verdict, u domain.UnitID, rows []usecase.BatchRow, judge func(try *Model, c *change) []finding, carryOut func(try *Model, c *change, id domain.ChangeID)) {
	v.batch = true
	try := m.scratch()
	for _, r := range rows {
		c := try.changes[r.Change]
		if c == nil || c.unit != u {
			v.rows = append(v.rows, judged(append(m.open(domain.AccountOf(u)), rule(domain.UnknownThing, "change"))))
			continue
		}
		found := judge(try, c)
		if c.revision != r.Revision {
			found = append(found, rule(domain.ContentChanged, "change"))
		}
		found = judged(found)
		v.rows = append(v.rows, found)
		if len(found) == 0 {
			carryOut(try, c, r.Change)
		}
	}
}

func (m *Model) passBatch(call usecase.Call, k usecase.PassBatch) verdict {
	if _, found := m.mayIn(call, gates, k.Unit); found != nil {
		return refused(found...)
	}
	if found := slices.Concat(listed(k.Rows), note("opinion", k.Opinion, false), keys(k.Items)); len(found) > 0 {
		return refused(found...)
	}
	who, gate, found := m.atGate(call, m.named(k.Unit, k.Rows), k.Unit)
	if found != nil {
		return refused(found...)
	}
	stream := domain.AccountOf(k.Unit)
	v := verdict{}
	m.eachRow(&v, k.Unit, k.Rows, func(try *Model, c *change) []finding { return try.passing(who, c, gate, k.Items) },
		func(_ *Model, c *change, _ domain.ChangeID) {
			v.write(stream, account.TypeStaffingReviewed)
			c.passedBy(who, gate, -1)
		})
	v.apply = func(w *written) {
		for n, i := range v.goodRows() {
			_, revision := w.nth(stream, account.TypeStaffingReviewed, n)
			m.changes[k.Rows[i].Change].passedBy(who, gate, revision)
		}
	}
	return v
}

func (m *Model) recordBatch(call usecase.Call, k usecase.RecordBatch) verdict {
	who, found := m.mayIn(call, []domain.Role{domain.Recorder}, k.Unit)
	if found != nil {
		return refused(found...)
	}
	if found := listed(k.Rows); len(found) > 0 {
		return refused(found...)
	}
	stream := domain.AccountOf(k.Unit)
	first := m.named(k.Unit, k.Rows)
	v := verdict{}
	m.eachRow(&v, k.Unit, k.Rows, func(try *Model, c *change) []finding {
		if c.kind == first.kind {
			return try.recording(who, c)
		}
		// what the person's stream says is read before the act
		try.people[c.person].freeFrom = m.people[c.person].freeFrom
		return append(try.recording(who, c), rule(domain.FieldMalformed, "kind"))
	}, func(try *Model, c *change, id domain.ChangeID) {
		m.writesRecorded(&v, c)
		try.recorded(who, c, id, unknown, -1)
	})
	v.apply = func(w *written) {
		for n, i := range v.goodRows() {
			at, revision := w.nth(stream, account.TypeStaffingRecorded, n)
			m.recorded(who, m.changes[k.Rows[i].Change], k.Rows[i].Change, at, revision)
		}
	}
	return v
}
