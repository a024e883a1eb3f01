package codes_test

import (
	"slices"
	"testing"

	"golang.org/x/text/unicode/norm"

	"staffledger/domain"
	"staffledger/domain/codes"
)

func TestTables(t *testing.T) {
	t.Parallel()
	count := map[string]int{codes.TableSex: 4, codes.TableEthnicity: 58, codes.TablePolitics: 13, codes.TableEducation: 40,
		codes.TableDegree: 1 + 3*13 + 3 + 12 + 1, codes.TableDivision: 12, codes.TableRank: 10}
	for _, name := range codes.Tables {
		for _, day := range []domain.Day{domain.NoDay, domain.DayOf(2010, 1, 1), day2026} {
			rows := codes.List(name, day)
			if len(rows) == 0 {
				t.Errorf("table %s is empty on %s", name, day)
			}
			if n, ok := count[name]; ok && day == day2026 && len(rows) != n {
				t.Errorf("table %s has %d codes, want %d", name, len(rows), n)
			}
			seen := map[string]bool{}
			for _, c := range rows {
				if c.ZH == "" || c.EN == "" || c.Value == "" || !norm.NFC.IsNormalString(c.ZH) {
					t.Errorf("table %s: %+v", name, c)
				}
				if seen[c.Value] && day != domain.NoDay {
					t.Errorf("table %s has %s twice on %s", name, c.Value, day)
				}
				seen[c.Value] = true
				if got, ok := codes.Lookup(name, c.Value, day); !ok || got != c {
					t.Errorf("Lookup(%s, %s, %s) = %+v, %t", name, c.Value, day, got, ok)
				}
			}
		}
		if r := codes.Check("f", name, "no such code", day2026); r == nil || r.Name != domain.CodeUnknownOnDate {
			t.Errorf("table %s: %v", name, r)
		}
	}
	if codes.List("no such table", day2026) != nil {
		t.Error("an unknown table has codes")
	}
}

// TestConstantsAreCodes: the typed constants and the tables are one list.
func TestConstantsAreCodes(t *testing.T) {
	t.Parallel()
	same := func(table string, values ...string) {
		t.Helper()
		var have []string
		for _, c := range codes.List(table, day2026) {
			have = append(have, c.Value)
		}
		if !slices.Equal(have, values) {
			t.Errorf("table %s = %v, want %v", table, have, values)
		}
	}
	same(codes.TablePostKind, texts(codes.PostKinds)...)
	same(codes.TableFunding, texts(codes.Fundings)...)
	same(codes.TableFlag, texts(codes.Flags)...)
	same(codes.TablePersonClass, "civil-servant", "civil-servant-managed", "management", "professional", "worker")
	same(codes.TableManner, "exam", "recruitment", "selection", "assignment", "resettlement", "other")
	same(codes.TableExitReason, "retirement", "death", "resignation", "dismissal", "contract-ended", "expulsion", "transfer-out", "enterprise", "missing")
}

func texts[S ~string](list []S) []string {
	var out []string
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

func TestLevels(t *testing.T) {
	t.Parallel()
	now := []domain.Level{"330200", "330203", "330205", "330206", "330211", "330212", "330213", "330225", "330226", "330281", "330282"}
	if got := codes.Levels(day2026); !slices.Equal(got, now) {
		t.Errorf("levels of 2026: %v", got)
	}
	before := []domain.Level{"330200", "330203", "330204", "330205", "330206", "330211", "330212", "330225", "330226", "330281", "330282", "330283"}
	if got := codes.Levels(domain.DayOf(2016, 1, 1)); !slices.Equal(got, before) {
		t.Errorf("levels of 2016: %v", got)
	}
	if codes.IsLevel("330000", day2026) || !codes.IsLevel("330203", day2026) || codes.IsLevel("330204", day2026) || codes.IsLevel("", day2026) {
		t.Error("IsLevel")
	}
}

func TestRulesAreListed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range codes.Rules {
		if r == "" || seen[r] {
			t.Errorf("rule %q", r)
		}
		seen[r] = true
	}
	var none *codes.Fault
	if none.Refusal("x") != nil {
		t.Error("no fault is refused")
	}
}

func FuzzParseLineKey(f *testing.F) {
	for _, s := range []string{"administrative/full", "institution/partial/earmarked", "a/b", "administrative/full/", "/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := codes.ParseLineKey(s)
		if err != nil {
			return
		}
		again := string(k.Kind()) + "/" + string(k.Funding())
		if k.Flag() != "" {
			again += "/" + string(k.Flag())
		}
		if again != s {
			t.Fatalf("%q is %q", s, again)
		}
	})
}
