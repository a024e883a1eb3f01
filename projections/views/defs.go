package views

import (
	"strings"

	"staffledger/domain"
)

// allTables is every table that the fold writes.
type allTables struct {
	units     table[domain.UnitID, unitRow]
	above     table[aboveKey, aboveRow]
	codes     table[codeKey, codeRow]
	pools     table[domain.Level, poolRow]
	lines     table[lineKey, lineRow]
	postings  table[int, postingRow]
	landings  table[domain.ProcessID, landingRow]
	persons   table[domain.PersonID, personRow]
	holdings  table[int64, holdingRow] // the versions known now
	past      table[int, holdingRow]   // versions that are superseded
	changes   table[domain.ChangeID, changeRow]
	touches   table[int, touchRow]
	tallies   table[tallyKey, tallyRow]
	months    table[monthKey, monthRow]
	approvals table[domain.ApprovalID, approvalRow]
	documents table[domain.DocumentID, documentRow]
	users     table[domain.UserID, userRow]
	grants    table[grantKey, grantRow]
	processes table[processKey, processRow]
	openings  table[int64, openingRow]
	items     table[openingKey, openingItem]
	counters  table[string, counterRow]
	days      table[domain.Day, dayRow]
}

func list(names string) []string { return strings.Fields(names) }

const sumColumns = "a o r h free over sa so sr sh sfree sover"

func newTables() *allTables {
	t := &allTables{
		units: table[domain.UnitID, unitRow]{name: "unit", keys: 1, fixed: 12, keep: true,
			columns: list("n id code level parent division system rank name shortname othernames established updated revision position children under " + sumColumns),
			values: func(r *unitRow, a []any) []any {
				a = append(a, r.n, string(r.id), r.code, r.level, r.parent, r.division, r.system, r.rank, r.name, r.shortname, r.othernames,
					int64(r.established), r.updated, r.revision, r.position, int64(r.children), int64(r.under))
				return r.all.values(r.own.values(a))
			},
			scan: func(r *unitRow) []any {
				return append(append([]any{&r.n, &r.id, &r.code, &r.level, &r.parent, &r.division, &r.system, &r.rank, &r.name, &r.shortname, &r.othernames,
					&r.established, &r.updated, &r.revision, &r.position, &r.children, &r.under}, r.own.scan()...), r.all.scan()...)
			}},
		above: table[aboveKey, aboveRow]{name: "unit_above", keys: 2, fixed: 2, keep: true, columns: list("above unit depth"),
			values: func(r *aboveRow, a []any) []any { return append(a, r.above, r.unit, int64(r.depth)) },
			scan:   func(r *aboveRow) []any { return []any{&r.above, &r.unit, &r.depth} }},
		codes: table[codeKey, codeRow]{name: "unit_code", keys: 2, fixed: 2, keep: true, columns: list("code unit since"),
			values: func(r *codeRow, a []any) []any { return append(a, r.code, r.unit, r.since) },
			scan:   func(r *codeRow) []any { return []any{&r.code, &r.unit, &r.since} }},
		pools: table[domain.Level, poolRow]{name: "pool", keys: 1, fixed: 2, keep: true, columns: list("n level revision position updated"),
			values: func(r *poolRow, a []any) []any {
				return append(a, r.n, string(r.level), r.revision, r.position, r.updated)
			},
			scan: func(r *poolRow) []any { return []any{&r.n, &r.level, &r.revision, &r.position, &r.updated} }},
		lines: table[lineKey, lineRow]{name: "line", keys: 2, fixed: 2, keep: true, columns: list("account line a o r h position"),
			values: func(r *lineRow, a []any) []any {
				return append(balanceOf(append(a, r.account, string(r.line)), r.balance), r.position)
			},
			scan: func(r *lineRow) []any {
				b := &r.balance
				return []any{&r.account, &r.line, &b[0], &b[1], &b[2], &b[3], &r.position}
			}},
		postings: table[int, postingRow]{name: "posting", keys: 4, columns: list("account line known_from part valid_from lag a o r h ta t_o tr th"),
			values: func(r *postingRow, a []any) []any {
				a = append(a, r.account, string(r.line), r.known, int64(r.part), int64(r.day), int64(r.lag))
				return balanceOf(balanceOf(a, r.change), r.total)
			}},
		landings: table[domain.ProcessID, landingRow]{name: "landing", keys: 1, fixed: 1, lookup: "process=?",
			columns: list("process account line posts day document"),
			args:    func(k domain.ProcessID) []any { return []any{string(k)} },
			values: func(r *landingRow, a []any) []any {
				return append(a, string(r.process), r.account, string(r.line), int64(r.posts), int64(r.day), string(r.document))
			},
			scan: func(r *landingRow) []any {
				return []any{&r.process, &r.account, &r.line, &r.posts, &r.day, &r.document}
			}},
		persons: table[domain.PersonID, personRow]{name: "person", keys: 1, fixed: 4, lookup: "id=?",
			columns: list("n id name masked unit holding process position"),
			args:    func(k domain.PersonID) []any { return []any{string(k)} },
			values: func(r *personRow, a []any) []any {
				return append(a, r.n, string(r.id), r.name, r.masked, r.unit, r.holding, string(r.process), r.position)
			},
			scan: func(r *personRow) []any {
				return []any{&r.n, &r.id, &r.name, &r.masked, &r.unit, &r.holding, &r.process, &r.position}
			}},
		holdings: table[int64, holdingRow]{lookup: "n=? AND known_to=9223372036854775807", args: func(k int64) []any { return []any{k} }},
		changes: table[domain.ChangeID, changeRow]{name: "change", keys: 1, fixed: 9, lookup: "id=?",
			columns: list("n id number unit kind person collected collector batch route line class effective state gate passed due handlingdue manner exitreason approval hash particulars note document users humans revision position"),
			args:    func(k domain.ChangeID) []any { return []any{string(k)} },
			values: func(r *changeRow, a []any) []any {
				return append(a, r.n, string(r.id), r.number, r.unit, string(r.kind), r.person, r.collected, r.collector, r.batch, r.route,
					string(r.line), string(r.class), int64(r.effective), string(r.state), r.gate, int64(r.passed), int64(r.due), int64(r.handlingDue),
					string(r.manner), string(r.exitReason), string(r.approval), r.hash, r.particulars, r.note, string(r.document), r.users, r.humans, r.revision, r.position)
			},
			scan: func(r *changeRow) []any {
				return []any{&r.n, &r.id, &r.number, &r.unit, &r.kind, &r.person, &r.collected, &r.collector, &r.batch, &r.route,
					&r.line, &r.class, &r.effective, &r.state, &r.gate, &r.passed, &r.due, &r.handlingDue,
					&r.manner, &r.exitReason, &r.approval, &r.hash, &r.particulars, &r.note, &r.document, &r.users, &r.humans, &r.revision, &r.position}
			}},
		touches: table[int, touchRow]{name: "touch", keys: 2, fixed: 2, columns: list("user change"),
			values: func(r *touchRow, a []any) []any { return append(a, r.user, r.change) }},
		tallies: table[tallyKey, tallyRow]{name: "tally", keys: 3, fixed: 3, keep: true, columns: list("unit kind state n"),
			args: func(k tallyKey) []any { return []any{k.unit, string(k.kind), string(k.state)} },
			values: func(r *tallyRow, a []any) []any {
				return append(a, r.unit, string(r.kind), string(r.state), int64(r.n))
			},
			scan: func(r *tallyRow) []any { return []any{&r.unit, &r.kind, &r.state, &r.n} }},
		months: table[monthKey, monthRow]{name: "month", keys: 2, fixed: 2, lookup: "unit=? AND month=?", columns: list("unit month entries exits"),
			args: func(k monthKey) []any { return []any{k.unit, int64(k.month)} },
			values: func(r *monthRow, a []any) []any {
				return append(a, r.unit, int64(r.month), int64(r.entries), int64(r.exits))
			},
			scan: func(r *monthRow) []any { return []any{&r.unit, &r.month, &r.entries, &r.exits} }},
		approvals: table[domain.ApprovalID, approvalRow]{name: "approval", keys: 1, fixed: 11, lookup: "id=?",
			columns: list("n id number account line manner posts day validto document plan drawn consumed ended revision position"),
			args:    func(k domain.ApprovalID) []any { return []any{string(k)} },
			values: func(r *approvalRow, a []any) []any {
				return append(a, r.n, string(r.id), r.number, r.account, string(r.line), string(r.manner), int64(r.posts), int64(r.day), int64(r.validTo),
					string(r.document), r.plan, int64(r.drawn), int64(r.consumed), flag(r.ended), r.revision, r.position)
			},
			scan: func(r *approvalRow) []any {
				return []any{&r.n, &r.id, &r.number, &r.account, &r.line, &r.manner, &r.posts, &r.day, &r.validTo,
					&r.document, &r.plan, &r.drawn, &r.consumed, &r.ended, &r.revision, &r.position}
			}},
		documents: table[domain.DocumentID, documentRow]{name: "document", keys: 1, fixed: 8, lookup: "id=?",
			columns: list("n id number issuer title date digest size cited position"),
			args:    func(k domain.DocumentID) []any { return []any{string(k)} },
			values: func(r *documentRow, a []any) []any {
				return append(a, r.n, string(r.id), r.number, r.issuer, r.title, int64(r.date), r.digest, r.size, int64(r.cited), r.position)
			},
			scan: func(r *documentRow) []any {
				return []any{&r.n, &r.id, &r.number, &r.issuer, &r.title, &r.date, &r.digest, &r.size, &r.cited, &r.position}
			}},
		users: table[domain.UserID, userRow]{name: "user", keys: 1, fixed: 5, keep: true, columns: list("n id name signin human disabled revision position"),
			values: func(r *userRow, a []any) []any {
				return append(a, r.n, string(r.id), r.name, r.signin, r.human, flag(r.disabled), r.revision, r.position)
			},
			scan: func(r *userRow) []any {
				return []any{&r.n, &r.id, &r.name, &r.signin, &r.human, &r.disabled, &r.revision, &r.position}
			}},
		grants: table[grantKey, grantRow]{name: "user_grant", keys: 2, fixed: 2, lookup: "user=? AND id=?", columns: list("user id role level unit proposed by position"),
			args: func(k grantKey) []any { return []any{k.user, k.id} },
			values: func(r *grantRow, a []any) []any {
				return append(a, r.user, r.id, string(r.role), r.level, r.unit, flag(r.proposed), r.by, r.position)
			},
			scan: func(r *grantRow) []any {
				return []any{&r.user, &r.id, &r.role, &r.level, &r.unit, &r.proposed, &r.by, &r.position}
			}},
		processes: table[processKey, processRow]{name: "process", keys: 2, fixed: 2, lookup: "id=? AND stream=?", columns: list("id stream kind change since position"),
			args: func(k processKey) []any { return []any{string(k.id), string(k.stream)} },
			values: func(r *processRow, a []any) []any {
				return append(a, string(r.id), string(r.stream), r.kind, string(r.change), r.since, r.position)
			},
			scan: func(r *processRow) []any {
				return []any{&r.id, &r.stream, &r.kind, &r.change, &r.since, &r.position}
			}},
		openings: table[int64, openingRow]{name: "opening", keys: 1, fixed: 1, lookup: "account=?", columns: list("account process expected document rows position"),
			args: func(k int64) []any { return []any{k} },
			values: func(r *openingRow, a []any) []any {
				return append(a, r.account, string(r.process), int64(r.expected), string(r.document), int64(r.rows), r.position)
			},
			scan: func(r *openingRow) []any {
				return []any{&r.account, &r.process, &r.expected, &r.document, &r.rows, &r.position}
			}},
		items: table[openingKey, openingItem]{name: "opening_row", keys: 2, fixed: 2, lookup: "account=? AND row=?",
			columns: list("account row holding person line class since particulars position"),
			args:    func(k openingKey) []any { return []any{k.account, int64(k.row)} },
			values: func(r *openingItem, a []any) []any {
				return append(a, r.account, int64(r.row), string(r.holding), string(r.person), string(r.line), string(r.class), int64(r.since), r.particulars, r.position)
			},
			scan: func(r *openingItem) []any {
				return []any{&r.account, &r.row, &r.holding, &r.person, &r.line, &r.class, &r.since, &r.particulars, &r.position}
			}},
		counters: table[string, counterRow]{name: "counter", keys: 1, fixed: 1, lookup: "name=?", columns: list("name n"),
			args:   func(k string) []any { return []any{k} },
			values: func(r *counterRow, a []any) []any { return append(a, r.name, r.n) },
			scan:   func(r *counterRow) []any { return []any{&r.name, &r.n} }},
		days: table[domain.Day, dayRow]{name: "day", keys: 1, fixed: 1, lookup: "day=?", columns: list("day cut"),
			args:   func(k domain.Day) []any { return []any{int64(k)} },
			values: func(r *dayRow, a []any) []any { return append(a, int64(r.day), r.cut) },
			scan:   func(r *dayRow) []any { return []any{&r.day, &r.cut} }},
	}
	h := &t.holdings
	h.name, h.keys, h.fixed = "holding", 2, 16
	h.columns = list("n known_from id unit person line class valid_from valid_to name sex birth body post postrank document particulars known_to")
	h.values = func(r *holdingRow, a []any) []any {
		return append(a, r.n, r.known, string(r.id), r.unit, r.person, string(r.line), string(r.class), int64(r.from), int64(r.to),
			r.name, r.sex, r.birth, r.body, r.post, r.rank, string(r.document), r.particulars, r.until)
	}
	h.scan = func(r *holdingRow) []any {
		return []any{&r.n, &r.known, &r.id, &r.unit, &r.person, &r.line, &r.class, &r.from, &r.to,
			&r.name, &r.sex, &r.birth, &r.body, &r.post, &r.rank, &r.document, &r.particulars, &r.until}
	}
	t.past = table[int, holdingRow]{name: h.name, keys: h.keys, fixed: h.fixed, columns: h.columns, values: h.values}
	t.reset()
	return t
}

// flushable is what the fold needs of every table.
type flushable interface {
	flush(w *writer)
	reset()
	known(empty bool)
}

func (t *allTables) all() []flushable {
	return []flushable{&t.units, &t.above, &t.codes, &t.pools, &t.lines, &t.postings, &t.landings, &t.persons, &t.past, &t.holdings,
		&t.changes, &t.touches, &t.tallies, &t.months, &t.approvals, &t.documents, &t.users, &t.grants, &t.processes, &t.openings,
		&t.items, &t.counters, &t.days}
}

func (t *allTables) reset() {
	for _, f := range t.all() {
		f.reset()
	}
}

// load reads the tables that are kept in memory.
func (t *allTables) load(w *writer) {
	t.units.load(w, func(r *unitRow) domain.UnitID { return r.id })
	t.above.load(w, func(r *aboveRow) aboveKey { return r.aboveKey })
	t.codes.load(w, func(r *codeRow) codeKey { return r.codeKey })
	t.pools.load(w, func(r *poolRow) domain.Level { return r.level })
	t.lines.load(w, func(r *lineRow) lineKey { return r.lineKey })
	t.tallies.load(w, func(r *tallyRow) tallyKey { return r.tallyKey })
	t.users.load(w, func(r *userRow) domain.UserID { return r.id })
}
