package codes

import (
	"strings"

	"staffledger/domain"
)

// IDNumber is what an ID number of GB 11643-1999 says of its holder.
type IDNumber struct {
	Number string
	// Birth is YYYY-MM-DD. It is not a domain.Day: somebody may be born on the
	// day that stands for "no day".
	Birth string
	Sex   string // table "sex": "1" where digit 17 is odd, "2" where it is even
}

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const (
	idCheck        = "10X98765432" // by Σ mod 11
	idBirthEarly   = "1900-01-01"
	idProvinceList = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83"
)

// ParseIDNumber reads an ID number of 18 characters, or tells why it is none
// (GB 11643): a province, a real birth date from 1900 to today, a sequence of
// three digits, a check character. The division inside is that of the place
// and time of issue: an abolished one is legal, so only the province is looked
// at (81, 82 and 83 stand on residence permits of Hong Kong, Macao and Taiwan
// residents). Numbers of 15 digits are refused by name: none is valid since
// 2013-01-01. The parser accepts one spelling; FoldCode brings what people type
// into it.
func ParseIDNumber(s string, today domain.Day) (IDNumber, *Fault) {
	if len(s) == 15 && digits(s) {
		return IDNumber{}, fault(RuleIDOld, "want", 18, "got", 15)
	}
	if s == "" {
		return IDNumber{}, fault(RuleTextEmpty)
	}
	if len(s) != 18 {
		return IDNumber{}, fault(RuleIDLength, "want", 18, "got", len([]rune(s)))
	}
	sum := 0
	for i := range 18 {
		if digit := s[i] >= '0' && s[i] <= '9'; !digit && (i < 17 || s[i] != 'X') {
			return IDNumber{}, fault(RuleIDCharacter, "position", i+1)
		}
		if i < 17 {
			sum += int(s[i]-'0') * idWeights[i]
		}
	}
	if !strings.Contains(idProvinceList, s[:2]) {
		return IDNumber{}, fault(RuleIDProvince, "position", 1)
	}
	birth := s[6:10] + "-" + s[10:12] + "-" + s[12:14]
	if birth < idBirthEarly {
		return IDNumber{}, fault(RuleIDBirthEarly, "earliest", idBirthEarly)
	}
	if !realDate(birth) {
		return IDNumber{}, fault(RuleIDBirth, "position", 7)
	}
	if latest := dayText(today); birth > latest {
		return IDNumber{}, fault(RuleIDBirthFuture, "latest", latest)
	}
	if want := idCheck[sum%11]; s[17] != want {
		return IDNumber{}, fault(RuleIDCheck, "position", 18, "want", string(want))
	}
	sex := "2"
	if (s[16]-'0')%2 == 1 {
		sex = "1"
	}
	return IDNumber{Number: s, Birth: birth, Sex: sex}, nil
}

// MakeIDNumber completes 17 digits with their check character.
func MakeIDNumber(first17 string) (string, bool) {
	if len(first17) != 17 || !digits(first17) {
		return "", false
	}
	sum := 0
	for i := range 17 {
		sum += int(first17[i]-'0') * idWeights[i]
	}
	return first17 + idCheck[sum%11:sum%11+1], true
}

// MaskID shows the first and last four characters of an ID number, such as
// "3302**********1000". Anything shorter than twelve characters is hidden whole.
func MaskID(s string) string {
	runes := []rune(s)
	if len(runes) < 12 {
		return strings.Repeat("*", len(runes))
	}
	return string(runes[:4]) + strings.Repeat("*", len(runes)-8) + string(runes[len(runes)-4:])
}

// FoldCode brings a code as people type it into its one spelling: outer blanks
// go, full-width letters, digits and hyphens become half-width, small letters
// capital. The caller keeps the original where it differs.
func FoldCode(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '－' || r == '‐' || r == '‑' || r == '–' || r == '—':
			r = '-'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, strings.TrimFunc(s, outer))
}
