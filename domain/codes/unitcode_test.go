package codes_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/codes"
)

var day2026 = domain.DayOf(2026, 3, 2)

func fact(f *codes.Fault, name string) any {
	for i := 0; i+1 < len(f.Facts); i += 2 {
		if f.Facts[i] == name {
			return f.Facts[i+1]
		}
	}
	return nil
}

func ruleOf(f *codes.Fault) string {
	if f == nil {
		return ""
	}
	return f.Rule
}

func TestCheckUSCC(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		code string
		day  domain.Day
		rule string
		name string
		fact any
	}{
		{"91110000600037341L", domain.NoDay, "", "", nil},
		{"113302000029999973", day2026, "", "", nil},
		{"11330200ME99999904", day2026, "", "", nil},
		{"113302000000001740", day2026, "", "", nil}, // remainder 0
		{"91110000600037341L", day2026, codes.RuleUSCCDivision, "code", "110000"},
		{"11330200002999997", day2026, codes.RuleUSCCLength, "got", 17},
		{"", day2026, codes.RuleUSCCLength, "got", 0},
		{"1133020000299999731", day2026, codes.RuleUSCCLength, "want", 18},
		{"11330200002999997３", day2026, codes.RuleUSCCLength, "got", 18}, // full-width: fold first
		{"11330200ME9999990I", day2026, codes.RuleUSCCCharacter, "position", 18},
		{"11330200mE99999904", day2026, codes.RuleUSCCCharacter, "position", 9},
		{"1133020A0029999973", day2026, codes.RuleUSCCCharacter, "position", 8},
		{"B13302000029999973", day2026, codes.RuleUSCCRegistrar, "found", "B"},
		{"153302000029999973", day2026, codes.RuleUSCCClass, "found", "5"},
		{"113302000029999983", day2026, codes.RuleUSCCInnerCheck, "want", "7"},
		{"113302000029999974", day2026, codes.RuleUSCCCheck, "want", "3"},
		{"113302000000001741", day2026, codes.RuleUSCCCheck, "want", "0"},
	} {
		f := codes.CheckUSCC(row.code, row.day)
		if ruleOf(f) != row.rule || f != nil && fact(f, row.name) != row.fact {
			t.Errorf("CheckUSCC(%q) = %v, want %s with %s %v", row.code, f, row.rule, row.name, row.fact)
		}
	}
}

// TestUSCCDivisionOnDay: a division is valid on the days it exists.
func TestUSCCDivisionOnDay(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		division string
		day      domain.Day
		ok       bool
	}{
		{"330204", domain.DayOf(2016, 9, 13), true}, {"330204", domain.DayOf(2016, 9, 14), false},
		{"330283", domain.DayOf(2016, 9, 13), true}, {"330283", domain.DayOf(2016, 9, 14), false},
		{"330213", domain.DayOf(2016, 9, 13), false}, {"330213", domain.DayOf(2016, 9, 14), true},
		{"330203", domain.DayOf(2010, 1, 1), true}, {"330299", day2026, false},
	} {
		code, f := codes.MakeUSCC("12" + row.division + "00000012")
		if f != nil {
			t.Fatal(f)
		}
		if f := codes.CheckUSCC(code, row.day); (f == nil) != row.ok {
			t.Errorf("division %s on %s: %v", row.division, row.day, f)
		}
		if _, f := codes.ParseUnitCode(row.division+"-0147", row.day); (f == nil) != row.ok {
			t.Errorf("provisional %s on %s: %v", row.division, row.day, f)
		} else if f != nil && f.Refusal("code").Name != domain.CodeUnknownOnDate {
			t.Errorf("provisional %s on %s: refused %s", row.division, row.day, f.Refusal("code").Name)
		}
	}
}

// oracle recomputes both check characters from the text of the standards, by
// polynomial evaluation instead of tables of weights.
func oracleUSCC(s string) bool {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum, power := 0, 1
	for _, c := range s[:17] {
		sum += strings.IndexRune(alphabet, c) * power
		power = power * 3 % 31
	}
	sum += strings.IndexByte(alphabet, s[17])
	inner := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		inner += strings.Index("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", s[8+i:9+i]) * w
	}
	last := strings.IndexByte("0123456789X", s[16])
	return sum%31 == 0 && last >= 0 && (inner+last)%11 == 0
}

// TestUSCCAgainstOracle: valid codes and every single changed character.
func TestUSCCAgainstOracle(t *testing.T) {
	t.Parallel()
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		body := []byte("11330200")
		for range 8 {
			body = append(body, alphabet[rng.IntN(31)])
		}
		code, f := codes.MakeUSCC(string(body))
		if f != nil || !oracleUSCC(code) {
			t.Fatalf("MakeUSCC(%s) = %s, %v", body, code, f)
		}
		i := 8 + rng.IntN(10)
		changed := code[:i] + alphabet[rng.IntN(31):][:1] + code[i+1:]
		if got, want := codes.CheckUSCC(changed, day2026) == nil, oracleUSCC(changed); got != want {
			t.Fatalf("CheckUSCC(%s) ok = %t, want %t", changed, got, want)
		}
		if changed != code && codes.CheckUSCC(changed, day2026) == nil {
			t.Fatalf("%s passes with character %d changed", changed, i+1)
		}
	}
}

func TestCheckInnerCode(t *testing.T) {
	t.Parallel()
	for code, rule := range map[string]string{
		"000000190": "", "000000191": codes.RuleInnerCheck, "00000019": codes.RuleInnerLength,
		"00000019-0": codes.RuleInnerLength, "0000001x0": codes.RuleInnerCharacter, "00000019A": codes.RuleInnerCharacter,
		"002999997": "",
	} {
		if f := codes.CheckInnerCode(code); ruleOf(f) != rule {
			t.Errorf("CheckInnerCode(%q) = %v, want %q", code, f, rule)
		}
	}
}

func TestParseUnitCode(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		code string
		kind codes.UnitCodeKind
		rule string
	}{
		{"113302000029999973", codes.USCC, ""},
		{"330200-0147", codes.Provisional, ""},
		{"330203-123456", codes.Provisional, ""},
		{"330200-147", "", codes.RuleProvisional},
		{"330200-1234567", "", codes.RuleProvisional},
		{"330200-01a7", "", codes.RuleProvisional},
		{"330200-01-47", "", codes.RuleProvisional},
		{"33020-01477", "", codes.RuleProvisional},
		{"000000190", "", codes.RuleUnitCodeInner},
		{"000000191", "", codes.RuleUnitCode},
		{"", "", codes.RuleTextEmpty},
		{"市水务局", "", codes.RuleUnitCode},
	} {
		kind, f := codes.ParseUnitCode(row.code, day2026)
		if kind != row.kind || ruleOf(f) != row.rule {
			t.Errorf("ParseUnitCode(%q) = %q, %v; want %q, %q", row.code, kind, f, row.kind, row.rule)
		}
	}
}

func FuzzParseUnitCode(f *testing.F) {
	for _, s := range []string{"113302000029999973", "11330200ME99999904", "330200-0147", "000000190", "", "１１", "330200-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		kind, fault := codes.ParseUnitCode(s, day2026)
		if (kind == "") != (fault != nil) {
			t.Fatalf("%q: %q and %v", s, kind, fault)
		}
		if kind == codes.USCC {
			if again, f := codes.MakeUSCC(s[:16]); f != nil || again != s || !oracleUSCC(s) {
				t.Fatalf("%q is made as %q, %v", s, again, f)
			}
		}
		if fault == nil && codes.FoldCode(s) != s {
			t.Fatalf("%q is accepted and folded to %q", s, codes.FoldCode(s))
		}
		if folded := codes.FoldCode(s); codes.FoldCode(folded) != folded {
			t.Fatalf("folding %q twice differs", s)
		}
	})
}
