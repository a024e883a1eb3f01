package codes

import (
	"strings"

	"staffledger/domain"
)

// The unified social credit code (USCC, GB 32100-2015) has 18 characters:
// 1 registering department, 2 class, 3–8 division (GB/T 2260), 9–17 the inner
// code of GB 11714 with its own check character, 18 check character.

// usccAlphabet gives each character its value, 0 to 30: digits and letters
// without I, O, S, V and Z.
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var (
	usccWeights  = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28} // 3^i mod 31
	innerWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}
)

// usccClasses lists the classes of each registering department (GB 32100-2015,
// table 1, with amendment 1): 1 establishment, 2 foreign affairs, 3 justice,
// 4 culture, 5 civil affairs, 6 tourism, 7 religion, 8 trade unions, 9 market
// regulation, A military, N agriculture, Y other.
var usccClasses = map[byte]string{'1': "1239", '2': "19", '3': "123459", '4': "19", '5': "1239", '6': "129",
	'7': "129", '8': "19", '9': "123", 'A': "19", 'N': "1239", 'Y': "1"}

// CheckUSCC tells why s is not a USCC, or returns nil. The division must be
// valid on day in the table of divisions; NoDay leaves it unchecked, for codes
// that stand in other places' registers.
func CheckUSCC(s string, day domain.Day) *Fault {
	if len(s) != 18 {
		return fault(RuleUSCCLength, "want", 18, "got", len([]rune(s)))
	}
	sum := 0
	for i := range 18 {
		value := strings.IndexByte(usccAlphabet, s[i])
		if value < 0 || i >= 2 && i < 8 && value > 9 {
			return fault(RuleUSCCCharacter, "position", i+1)
		}
		if i < 17 {
			sum += value * usccWeights[i]
		}
	}
	classes, ok := usccClasses[s[0]]
	if !ok {
		return fault(RuleUSCCRegistrar, "position", 1, "found", s[:1])
	}
	if strings.IndexByte(classes, s[1]) < 0 {
		return fault(RuleUSCCClass, "position", 2, "found", s[1:2], "registrar", s[:1])
	}
	if day != domain.NoDay {
		if _, ok := Lookup(TableDivision, s[2:8], day); !ok {
			return fault(RuleUSCCDivision, "table", TableDivision, "code", s[2:8], "day", day.String())
		}
	}
	if want := innerCheck(s[8:16]); s[16] != want {
		return fault(RuleUSCCInnerCheck, "position", 17, "found", s[16:17], "want", string(want))
	}
	if want := usccAlphabet[(31-sum%31)%31]; s[17] != want {
		return fault(RuleUSCCCheck, "position", 18, "found", s[17:], "want", string(want))
	}
	return nil
}

// CheckInnerCode tells why s is not an organization code of GB 11714 (eight
// characters and a check character, without hyphen), or returns nil.
func CheckInnerCode(s string) *Fault {
	if len(s) != 9 {
		return fault(RuleInnerLength, "want", 9, "got", len([]rune(s)))
	}
	for i := range 9 {
		if digit := s[i] >= '0' && s[i] <= '9'; !digit && (s[i] < 'A' || s[i] > 'Z' || i == 8 && s[i] != 'X') {
			return fault(RuleInnerCharacter, "position", i+1)
		}
	}
	if want := innerCheck(s[:8]); s[8] != want {
		return fault(RuleInnerCheck, "position", 9, "found", s[8:], "want", string(want))
	}
	return nil
}

// innerCheck is the check character of eight characters: 11 − Σ mod 11, where
// 10 is X and 11 is 0 (GB 11714). Letters count from A = 10.
func innerCheck(s string) byte {
	sum := 0
	for i := range 8 {
		value := int(s[i] - '0')
		if s[i] >= 'A' {
			value = int(s[i]-'A') + 10
		}
		sum += value * innerWeights[i]
	}
	return "0X987654321"[sum%11]
}

// MakeUSCC completes the first 16 characters of a USCC (up to the inner code's
// eighth) with both check characters. It fails where they could not begin one.
func MakeUSCC(first16 string) (string, *Fault) {
	if len(first16) != 16 {
		return "", fault(RuleUSCCLength, "want", 16, "got", len([]rune(first16)))
	}
	sum := 0
	for i := range 16 {
		value := strings.IndexByte(usccAlphabet, first16[i])
		if value < 0 {
			return "", fault(RuleUSCCCharacter, "position", i+1)
		}
		sum += value * usccWeights[i]
	}
	inner := innerCheck(first16[8:])
	sum += strings.IndexByte(usccAlphabet, inner) * usccWeights[16]
	code := first16 + string(inner) + string(usccAlphabet[(31-sum%31)%31])
	return code, CheckUSCC(code, domain.NoDay)
}

// UnitCodeKind says what a unit code is.
type UnitCodeKind string

const (
	USCC UnitCodeKind = "uscc" // 统一社会信用代码
	// Provisional is a form of our own, "<division>-<4 to 6 digits>" such as
	// "330200-0147", for a unit whose USCC has not been issued yet.
	Provisional UnitCodeKind = "provisional" // 临时代码
)

const provisionalForm = "DDDDDD-NNNN"

// ParseUnitCode says what kind of unit code s is on a day, or why it is none.
// It accepts one spelling; FoldCode brings what people type into it.
func ParseUnitCode(s string, day domain.Day) (UnitCodeKind, *Fault) {
	if division, number, ok := strings.Cut(s, "-"); ok {
		if len(division) != 6 || !digits(division) || len(number) < 4 || len(number) > 6 || !digits(number) {
			return "", fault(RuleProvisional, "form", provisionalForm)
		}
		if day != domain.NoDay {
			if _, known := Lookup(TableDivision, division, day); !known {
				return "", fault(RuleUSCCDivision, "table", TableDivision, "code", division, "day", day.String())
			}
		}
		return Provisional, nil
	}
	switch len(s) {
	case 18:
		if f := CheckUSCC(s, day); f != nil {
			return "", f
		}
		return USCC, nil
	case 9:
		if CheckInnerCode(s) == nil {
			return "", fault(RuleUnitCodeInner)
		}
	case 0:
		return "", fault(RuleTextEmpty)
	}
	return "", fault(RuleUnitCode, "length", len([]rune(s)))
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
