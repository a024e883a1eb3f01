package text

import (
	"strings"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// codeName names a code of one of the dated code tables of package codes as of
// a day, or as it was last valid; false where the table does not know it.
func codeName(lang Lang, table, code string, day domain.Day) (string, bool) {
	for _, on := range []domain.Day{day, domain.NoDay} {
		if c, ok := codes.Lookup(table, code, on); ok {
			return both{c.ZH, c.EN}.in(lang), true
		}
	}
	return "", false
}

// Code names a code of a code table ("sex", "rank", "division", …) as of a day;
// an unknown code is given as it is.
func Code(lang Lang, table, code string, day domain.Day) string {
	if name, ok := codeName(lang, table, code, day); ok {
		return name
	}
	return code
}

// LevelName names a managing level: 市本级 for the city itself, else the district
// or county.
func LevelName(lang Lang, level domain.Level, day domain.Day) string {
	if isCity(level) {
		return both{"市本级", "City level"}.in(lang)
	}
	return Code(lang, codes.TableDivision, string(level), day)
}

func isCity(level domain.Level) bool { return level == codes.City }

// LineName names a quota line: 行政编制, 事业编制（差额）, 行政编制（单列）. Funding
// is left out where the kind of post knows only one.
func LineName(lang Lang, key codes.LineKey) string { return lineName(lang, key, "postkind") }

// LineNameShort is LineName with the short name of the kind, for table heads and chips.
func LineNameShort(lang Lang, key codes.LineKey) string { return lineName(lang, key, "postkind-short") }

func lineName(lang Lang, key codes.LineKey, table string) string {
	var marks []string
	if f := key.Funding(); f != "" && (f != codes.FullFunding || key.Kind() == codes.Institution) {
		marks = append(marks, lowerFirst(Label(lang, "funding", string(f))))
	}
	if f := key.Flag(); f != "" {
		marks = append(marks, lowerFirst(Label(lang, "flag", string(f))))
	}
	name := Label(lang, table, string(key.Kind()))
	if len(marks) == 0 {
		return name
	}
	if lang == EN {
		return name + " (" + strings.Join(marks, ", ") + ")"
	}
	return name + "（" + strings.Join(marks, "，") + "）"
}
