package text

import (
	"slices"
	"strings"

	"staffledger/domain"
)

// Label names a code of one of the tables below in one language; English labels
// begin with a capital letter. What no table here knows is looked up in the code
// tables of package codes, and a code that nobody knows is given as it is.
//
// Tables: role, role-short, gate, gate-short, gate-review, changekind,
// personstate, figure, postkind, postkind-short, funding, flag, personclass,
// manner, exitreason, body, policy, process, codetable, field, step, event,
// refusal. States with sign and tone come from Status, quota lines from LineName.
func Label(lang Lang, table, code string) string {
	switch table {
	case "field":
		return Field(lang, code)
	case "refusal":
		if r, ok := refusals[code]; ok {
			return upperFirst(r.title.in(lang))
		}
		return code
	case "event":
		if e, ok := sentences[domain.EventType(code)]; ok {
			return e.title.in(lang)
		}
		return code
	case "step":
		if s, ok := steps[code]; ok {
			return s.label.in(lang)
		}
		return code
	}
	if label, ok := labels[table][code]; ok {
		return label.in(lang)
	}
	return Code(lang, table, code, domain.NoDay)
}

// Field names a field of a form or command: idnumber is 证件号码, ID number. A
// path names its last part ("rows[3].since", "particulars.name"), but
// "unit.name", "user.name" and "document.title" have names of their own.
func Field(lang Lang, path string) string {
	parts := strings.Split(strings.ToLower(path), ".")
	for i := range parts {
		parts[i], _, _ = strings.Cut(parts[i], "[")
	}
	last := parts[len(parts)-1]
	if len(parts) > 1 {
		if label, ok := labels["field"][parts[len(parts)-2]+"."+last]; ok {
			return label.in(lang)
		}
	}
	if label, ok := labels["field"][last]; ok {
		return label.in(lang)
	}
	return last
}

// Codes returns the codes of a table in the order of the documents, or nil.
func Codes(table string) []string {
	if table == "step" {
		return slices.Clone(stepOrder)
	}
	return slices.Clone(order[table])
}

// labels is the catalogue: table → code → name; order keeps the order in which
// a table was written.
var labels, order = index(tables)

type row struct{ code, zh, en string }

func index(tables map[string][]row) (map[string]map[string]both, map[string][]string) {
	names, codes := make(map[string]map[string]both, len(tables)), make(map[string][]string, len(tables))
	for table, rows := range tables {
		names[table] = make(map[string]both, len(rows))
		for _, r := range rows {
			names[table][r.code] = both{r.zh, r.en}
			codes[table] = append(codes[table], r.code)
		}
	}
	return names, codes
}
