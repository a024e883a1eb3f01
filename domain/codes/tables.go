package codes

import (
	"slices"
	"strings"

	"staffledger/domain"
)

// Names of the code tables. Codes are data: value, names, and the days from
// and to which they are valid, with their source in a comment.
const (
	TableDivision    = "division"    // GB/T 2260, of the city and what stands above it
	TableSex         = "sex"         // GB/T 2261.1
	TableEthnicity   = "ethnicity"   // GB/T 3304
	TablePolitics    = "politics"    // GB/T 4762
	TableEducation   = "education"   // GB/T 4658
	TableDegree      = "degree"      // GB/T 6864
	TableSystem      = "system"      // system group of a unit 机构类别
	TableRank        = "rank"        // institutional rank 机构规格
	TableNature      = "nature"      // party or government body, or public institution
	TablePersonClass = "personclass" // PersonClass
	TablePostKind    = "postkind"    // PostKind
	TableFunding     = "funding"     // Funding
	TableFlag        = "flag"        // Flag
	TableManner      = "manner"      // Manner
	TableExitReason  = "exitreason"  // ExitReason
)

// Tables lists the names of all code tables.
var Tables = []string{TableDivision, TableSex, TableEthnicity, TablePolitics, TableEducation, TableDegree,
	TableSystem, TableRank, TableNature, TablePersonClass, TablePostKind, TableFunding, TableFlag,
	TableManner, TableExitReason}

// Code is one row of a code table. It is valid from From up to the day before
// To; NoDay on either side means without known bound.
type Code struct {
	Value    string
	ZH, EN   string
	From, To domain.Day
}

// On tells whether the code is valid on a day; on NoDay every code is.
func (c Code) On(day domain.Day) bool {
	return day == domain.NoDay || (c.From == domain.NoDay || c.From <= day) && (c.To == domain.NoDay || day < c.To)
}

// Lookup returns the code with a value that is valid on a day. NoDay asks for
// the code whenever it was valid, the latest first: for naming what an old
// record holds. The caller refuses an unknown code code-unknown-on-date.
func Lookup(table, value string, day domain.Day) (Code, bool) {
	for _, c := range slices.Backward(tables[table].byValue[value]) {
		if c.On(day) {
			return c, true
		}
	}
	return Code{}, false
}

// List returns the codes of a table that are valid on a day, in the order of
// the documents. It is a new slice; an unknown table has no codes.
func List(table string, day domain.Day) []Code {
	var valid []Code
	for _, c := range tables[table].rows {
		if c.On(day) {
			valid = append(valid, c)
		}
	}
	return valid
}

// Check is nil where a value is valid in a table on a day, else the refusal
// code-unknown-on-date of a field.
func Check(field, table, value string, day domain.Day) *domain.Refusal {
	if _, ok := Lookup(table, value, day); ok {
		return nil
	}
	return Unknown(field, table, value, day)
}

type table struct {
	rows    []Code
	byValue map[string][]Code
}

var tables = func() map[string]table {
	all := map[string]table{}
	for name, rows := range map[string][]Code{
		TableDivision: divisions, TableSex: sexes, TableEthnicity: ethnicities, TablePolitics: politics,
		TableEducation: educations, TableDegree: degrees, TableSystem: systems, TableRank: ranks,
		TableNature: natures, TablePersonClass: personClasses, TablePostKind: postKinds,
		TableFunding: fundings, TableFlag: flags, TableManner: manners, TableExitReason: exitReasons,
	} {
		t := table{rows: rows, byValue: make(map[string][]Code, len(rows))}
		for _, c := range rows {
			t.byValue[c.Value] = append(t.byValue[c.Value], c)
		}
		all[name] = t
	}
	return all
}()

// City is the managing level of the city itself.
const City domain.Level = "330200"

// Levels returns the managing levels of a day: the city, then its districts,
// counties and county-level cities in order of code. On NoDay it returns every
// level that ever was in the table.
func Levels(day domain.Day) []domain.Level {
	var levels []domain.Level
	for _, c := range List(TableDivision, day) {
		if isLevel(c.Value) && !slices.Contains(levels, domain.Level(c.Value)) {
			levels = append(levels, domain.Level(c.Value))
		}
	}
	return levels
}

// IsLevel tells whether a managing level exists on a day.
func IsLevel(level domain.Level, day domain.Day) bool {
	if !isLevel(string(level)) {
		return false
	}
	_, ok := Lookup(TableDivision, string(level), day)
	return ok
}

// isLevel leaves out what stands above the city.
func isLevel(code string) bool { return strings.HasPrefix(code, string(City)[:4]) }
