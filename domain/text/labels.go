package text

import (
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
)

// Label names a code of one of the tables below in one language; English labels
// begin with a capital letter. What no table here knows is looked up in the code
// tables of package codes, and a code that nobody knows is given as it is.
//
// Tables: role, role-short, gate, gate-short, gate-review, changekind,
// personstate, figure, postkind-short, body, policy, process, codetable, field,
// step, event, refusal, item (of the shipped checklists), and codes.Tables. States with sign and tone come from Status, quota lines from LineName.
func Label(lang Lang, table, code string) string {
	switch table {
	case "field":
		return Field(lang, code)
	case "item":
		for _, items := range policy.Defaults().Checklists {
			for _, item := range items {
				if item.Key == code {
					return both{item.ZH, item.EN}.in(lang)
				}
			}
		}
		return code
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
// path names its last part that has a name ("rows[3].since", "othernames.2",
// "value[2].gates[0]"); "unit.name", "user.name", "document.title",
// "policy.name" and "policy.from" have names of their own. A field without name is given as it is.
func Field(lang Lang, path string) string {
	parts := strings.Split(strings.ToLower(path), ".")
	for i := range parts {
		parts[i], _, _ = strings.Cut(parts[i], "[")
	}
	for i := len(parts) - 1; i >= 0; i-- {
		if i > 0 {
			if label, ok := labels["field"][parts[i-1]+"."+parts[i]]; ok {
				return label.in(lang)
			}
		}
		if label, ok := labels["field"][parts[i]]; ok {
			return label.in(lang)
		}
	}
	return path
}

// Codes returns the codes of a table in the order of the documents: of one of
// the tables of Label, or of a code table as valid at any time; nil where there
// is none.
func Codes(table string) []string {
	if table == "step" {
		return slices.Clone(stepOrder)
	}
	if known, ok := order[table]; ok {
		return slices.Clone(known)
	}
	var values []string
	for _, c := range codes.List(table, domain.NoDay) {
		if !slices.Contains(values, c.Value) {
			values = append(values, c.Value)
		}
	}
	return values
}

// labels is the catalogue: table → code → name; order keeps the order in which
// a table was written.
var labels, order = index(tables)

type row struct{ code, zh, en string }

func index(tables map[string][]row) (map[string]map[string]both, map[string][]string) {
	names, written := make(map[string]map[string]both, len(tables)), make(map[string][]string, len(tables))
	for table, rows := range tables {
		names[table] = make(map[string]both, len(rows))
		for _, r := range rows {
			names[table][r.code] = both{r.zh, r.en}
			written[table] = append(written[table], r.code)
		}
	}
	return names, written
}
