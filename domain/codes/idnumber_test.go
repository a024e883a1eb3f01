package codes_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
)

func TestParseIDNumber(t *testing.T) {
	t.Parallel()
	today := domain.DayOf(2026, 3, 2)
	make18 := func(first17 string) string {
		s, ok := codes.MakeIDNumber(first17)
		if !ok {
			t.Fatal(first17)
		}
		return s
	}
	for _, row := range []struct {
		number, birth, sex, rule string
		name                     string
		fact                     any
	}{
		{"33020319990101001X", "1999-01-01", "1", "", "", nil},
		{"330204197001010011", "1970-01-01", "1", "", "", nil}, // abolished division, and the day that Day cannot hold
		{make18("33020319000101002"), "1900-01-01", "2", "", "", nil},
		{make18("83000019900229001"), "", "", codes.RuleIDBirth, "position", 7},
		{make18("83000019920229001"), "1992-02-29", "2", "", "", nil},
		{make18("33020320260302001"), "2026-03-02", "2", "", "", nil},
		{make18("33020320260303001"), "", "", codes.RuleIDBirthFuture, "latest", "2026-03-02"},
		{make18("33020318991231001"), "", "", codes.RuleIDBirthEarly, "earliest", "1900-01-01"},
		{make18("33020319991301001"), "", "", codes.RuleIDBirth, "position", 7},
		{make18("03020319990101001"), "", "", codes.RuleIDProvince, "position", 1},
		{make18("15230119990101001"), "1999-01-01", "2", "", "", nil},
		{make18("12345619990101001"), "1999-01-01", "2", "", "", nil},
		{make18("16000019990101001"), "", "", codes.RuleIDProvince, "position", 1},
		{"330203990101001", "", "", codes.RuleIDOld, "got", 15},
		{"", "", "", codes.RuleTextEmpty, "", nil},
		{"33020319990101001", "", "", codes.RuleIDLength, "got", 17},
		{"33020319990101001x", "", "", codes.RuleIDCharacter, "position", 18},
		{"3302031999010100XX", "", "", codes.RuleIDCharacter, "position", 17},
		{"330203199901010019", "", "", codes.RuleIDCheck, "want", "X"},
		{"330204197001010012", "", "", codes.RuleIDCheck, "want", "1"},
	} {
		id, f := codes.ParseIDNumber(row.number, today)
		if row.birth != "" {
			row.sex = map[bool]string{true: "1", false: "2"}[(row.number[16]-'0')%2 == 1]
		}
		if id.Birth != row.birth || id.Sex != row.sex || ruleOf(f) != row.rule || f != nil && fact(f, row.name) != row.fact {
			t.Errorf("ParseIDNumber(%q) = %+v, %v; want %s %s, %s with %s %v", row.number, id, f, row.birth, row.sex, row.rule, row.name, row.fact)
		}
		if f != nil && len(row.number) > 6 && strings.Contains(fmt.Sprint(f.Refusal("idnumber"), f), row.number[6:10]) && row.rule != codes.RuleIDBirthFuture {
			t.Errorf("the fault of %q repeats it: %v", row.number, f)
		}
	}
}

// TestIDNumberAgainstOracle recomputes the check character as 2^(18-i) mod 11.
func TestIDNumberAgainstOracle(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		birth := time.Date(1930, 1, 1+rng.IntN(34000), 0, 0, 0, 0, time.UTC)
		number, _ := codes.MakeIDNumber(fmt.Sprintf("330203%s%03d", birth.Format("20060102"), rng.IntN(1000)))
		sum := 0
		for i, c := range number {
			value := strings.IndexRune("0123456789X", c)
			sum += value * (1 << (17 - i))
		}
		if sum%11 != 1 {
			t.Fatalf("%s: Σ mod 11 = %d, want 1", number, sum%11)
		}
		id, f := codes.ParseIDNumber(number, domain.DayOf(2030, 1, 1))
		if f != nil || id.Birth != birth.Format(time.DateOnly) {
			t.Fatalf("%s: %+v, %v", number, id, f)
		}
		i, digit := rng.IntN(17), byte('0'+rng.IntN(10))
		if number[i] != digit {
			if _, f := codes.ParseIDNumber(number[:i]+string(digit)+number[i+1:], domain.DayOf(2030, 1, 1)); f == nil {
				t.Fatalf("%s passes with character %d changed", number, i+1)
			}
		}
	}
}

func TestMaskAndFold(t *testing.T) {
	t.Parallel()
	if got := codes.MaskID("330203199901011000"); got != "3302**********1000" {
		t.Errorf("MaskID = %s", got)
	}
	if got := codes.MaskID("33020319990"); got != "***********" {
		t.Errorf("MaskID of a short number = %s", got)
	}
	for in, want := range map[string]string{
		"３３０２０３１９９９０１０１００１ｘ":        "33020319990101001X",
		"　33020319990101001x\u00a0": "33020319990101001X",
		"330200－0147":               "330200-0147",
		"330200–0147":               "330200-0147",
	} {
		if got := codes.FoldCode(in); got != want {
			t.Errorf("FoldCode(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCheckDate(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{"1985-10": true, "1985-10-03": true, "1970-01-01": true, "2026-03-02": true, "2026-03": true,
		"2026-03-03": false, "2026-04": false, "1985-13": false, "1985-02-30": false, "1985": false, "1985-1": false,
		"1985.10": false, "1899-12": false, "": false, "1985-10-3": false} {
		if f := codes.CheckDate(s, domain.DayOf(2026, 3, 2)); (f == nil) != ok {
			t.Errorf("CheckDate(%q) = %v", s, f)
		}
	}
}

func FuzzParseIDNumber(f *testing.F) {
	for _, s := range []string{"33020319990101001X", "330204197001010011", "330203990101001", "", "３３"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, fault := codes.ParseIDNumber(s, day2026)
		if fault != nil {
			return
		}
		if again, ok := codes.MakeIDNumber(s[:17]); !ok || again != s || id.Number != s || codes.FoldCode(s) != s {
			t.Fatalf("%q: %+v, made again %q", s, id, again)
		}
		if f := codes.CheckDate(id.Birth, day2026); f != nil || s[6:14] != strings.ReplaceAll(id.Birth, "-", "") {
			t.Fatalf("%q: birth %q, %v", s, id.Birth, f)
		}
	})
}
