package codes

import (
	"fmt"

	"staffledger/domain"
)

// Fault is why a string is not what it should be: the rule that it breaks and
// the facts that a sentence about it needs, as pairs of name and value. It
// never repeats the string itself, which may be personal.
type Fault struct {
	Rule  string // one of the Rule constants
	Facts []any
}

// Rules that a Fault can name. Facts are given in brackets; position counts
// characters from 1.
const (
	RuleUSCCLength       = "uscc-length"       // [want, got]
	RuleUSCCCharacter    = "uscc-character"    // [position]
	RuleUSCCRegistrar    = "uscc-registrar"    // [position, found]
	RuleUSCCClass        = "uscc-class"        // [position, found, registrar]
	RuleUSCCDivision     = "uscc-division"     // [table, code, day]
	RuleUSCCInnerCheck   = "uscc-inner-check"  // [position, found, want]
	RuleUSCCCheck        = "uscc-check"        // [position, found, want]
	RuleInnerLength      = "inner-length"      // [want, got]
	RuleInnerCharacter   = "inner-character"   // [position]
	RuleInnerCheck       = "inner-check"       // [position, found, want]
	RuleProvisional      = "provisional-form"  // [form]
	RuleUnitCode         = "unit-code-form"    // [length]
	RuleUnitCodeInner    = "unit-code-inner"   // an organization code alone: its unit has a USCC
	RuleIDOld            = "id-old"            // [want, got]: a 15-digit number
	RuleIDLength         = "id-length"         // [want, got]
	RuleIDCharacter      = "id-character"      // [position]
	RuleIDProvince       = "id-province"       // [position]
	RuleIDBirth          = "id-birth"          // [position]: no such date
	RuleIDBirthEarly     = "id-birth-early"    // [earliest]
	RuleIDBirthFuture    = "id-birth-future"   // [latest]
	RuleIDCheck          = "id-check"          // [position, want]
	RuleTextEmpty        = "text-empty"        //
	RuleTextLength       = "text-length"       // [min, max, got]: in characters
	RuleTextEncoding     = "text-encoding"     // [position]: not UTF-8, or a replacement character
	RuleTextControl      = "text-control"      // [position]: control, format or private character
	RuleTextLine         = "text-line"         // [position]: a line break in a one-line text
	RuleNameBlank        = "name-blank"        // [position]
	RuleNameCharacter    = "name-character"    // [position]
	RuleNameDot          = "name-dot"          // [position]: · first, last or twice
	RuleDateForm         = "date-form"         // [form]
	RuleCalendarYear     = "calendar-year"     // [year, day]: a day of another year; or [year, earliest, latest]
	RuleCalendarHoliday  = "calendar-holiday"  // [day]: a holiday on a weekend
	RuleCalendarWorkday  = "calendar-workday"  // [day]: a make-up working day on a weekday
	RuleCalendarRepeated = "calendar-repeated" // [day]
	RuleCalendarCount    = "calendar-count"    // [workingdays, min, max]
)

// Rules lists every rule that a Fault can name, for the catalogue of sentences.
var Rules = []string{RuleUSCCLength, RuleUSCCCharacter, RuleUSCCRegistrar, RuleUSCCClass, RuleUSCCDivision,
	RuleUSCCInnerCheck, RuleUSCCCheck, RuleInnerLength, RuleInnerCharacter, RuleInnerCheck, RuleProvisional,
	RuleUnitCode, RuleUnitCodeInner, RuleIDOld, RuleIDLength, RuleIDCharacter, RuleIDProvince, RuleIDBirth,
	RuleIDBirthEarly, RuleIDBirthFuture, RuleIDCheck, RuleTextEmpty, RuleTextLength, RuleTextEncoding,
	RuleTextControl, RuleTextLine, RuleNameBlank, RuleNameCharacter, RuleNameDot, RuleDateForm,
	RuleCalendarYear, RuleCalendarHoliday, RuleCalendarWorkday, RuleCalendarRepeated, RuleCalendarCount}

func fault(rule string, facts ...any) *Fault { return &Fault{rule, facts} }

func (f *Fault) Error() string { return fmt.Sprintf("%s %v", f.Rule, f.Facts) }

// Refusal is the fault as the refusal of a field: code-unknown-on-date for a
// division that is not valid on the day, field-malformed with the rule's name
// otherwise. The refusal of no fault is nil.
func (f *Fault) Refusal(field string) *domain.Refusal {
	switch {
	case f == nil:
		return nil
	case f.Rule == RuleUSCCDivision:
		return domain.Refuse(domain.CodeUnknownOnDate, field, f.Facts...)
	case f.Rule == RuleTextEmpty:
		return domain.Refuse(domain.FieldMissing, field)
	}
	return domain.Refuse(domain.FieldMalformed, field, append([]any{"rule", f.Rule}, f.Facts...)...)
}

// Unknown is the refusal of a code that its table does not hold on a day.
func Unknown(field, table, code string, day domain.Day) *domain.Refusal {
	return domain.Refuse(domain.CodeUnknownOnDate, field, "table", table, "code", code, "day", day.String())
}
