package codes_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"staffledger/domain/codes"
)

func TestPersonName(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ in, want, rule string }{
		{"吴敏", "吴敏", ""},
		{"　吴敏\u00a0", "吴敏", ""},
		{"阿卜杜拉·买买提", "阿卜杜拉·买买提", ""},
		{"阿卜杜拉•买买提", "阿卜杜拉·买买提", ""},
		{"王〇", "王〇", ""},
		{"李\U0002A6D6", "李\U0002A6D6", ""},
		{"李\U000323B0", "李\U000323B0", ""}, // extension J, younger than Go's tables
		{"Ivan", "Ivan", ""},
		{strings.Repeat("买", 50), strings.Repeat("买", 50), ""},
		{strings.Repeat("买", 51), "", codes.RuleTextLength},
		{"吴", "", codes.RuleTextLength},
		{"", "", codes.RuleTextEmpty},
		{" \u3000", "", codes.RuleTextEmpty},
		{"吴 敏", "", codes.RuleNameBlank},
		{"吴\u3000敏", "", codes.RuleNameBlank},
		{"吴\n敏", "", codes.RuleNameBlank},
		{"吴敏1", "", codes.RuleNameCharacter},
		{"吴敏（女）", "", codes.RuleNameCharacter},
		{"吴?敏", "", codes.RuleNameCharacter},
		{"⿰吴敏", "", codes.RuleNameCharacter},
		{"·吴敏", "", codes.RuleNameDot},
		{"吴敏·", "", codes.RuleNameDot},
		{"吴··敏", "", codes.RuleNameDot},
		{"吴\u0000敏", "", codes.RuleTextControl},
		{"吴\u200d敏", "", codes.RuleTextControl},
		{"吴\ue000敏", "", codes.RuleTextControl},
		{"吴\ufffd", "", codes.RuleTextEncoding},
		{"吴\xff", "", codes.RuleTextEncoding},
		{"José", "José", ""},
	} {
		got, f := codes.PersonName(row.in)
		if got != row.want || ruleOf(f) != row.rule {
			t.Errorf("PersonName(%q) = %q, %v; want %q, %q", row.in, got, f, row.want, row.rule)
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		in, line, lineRule, note, noteRule string
	}{
		{"宁波市水务局", "宁波市水务局", "", "宁波市水务局", ""},
		{"\ufeff 一\u00a0二\t ", "一 二", "", "一 二", ""},
		{"一　二", "一　二", "", "一　二", ""},
		{"一\r\n二\r三", "", codes.RuleTextLine, "一\n二\n三", ""},
		{"\n一\n", "一", "", "一", ""},
		{"一\u0007", "", codes.RuleTextControl, "", codes.RuleTextControl},
		{"一\u202e二", "", codes.RuleTextControl, "", codes.RuleTextControl},
		{"  ", "", codes.RuleTextEmpty, "", codes.RuleTextEmpty},
		{"一二三四五六七八九", "", codes.RuleTextLength, "", codes.RuleTextLength},
		{"e\u0301", "é", "", "é", ""},
	} {
		if got, f := codes.OneLine(row.in, 1, 8); got != row.line || ruleOf(f) != row.lineRule {
			t.Errorf("OneLine(%q) = %q, %v; want %q, %q", row.in, got, f, row.line, row.lineRule)
		}
		if got, f := codes.Note(row.in, 1, 8); got != row.note || ruleOf(f) != row.noteRule {
			t.Errorf("Note(%q) = %q, %v; want %q, %q", row.in, got, f, row.note, row.noteRule)
		}
	}
	if got, f := codes.OneLine(" ", 0, 8); got != "" || f != nil {
		t.Errorf("an empty text is refused: %v", f)
	}
}

func TestDocumentNumber(t *testing.T) {
	t.Parallel()
	const want = "甬编〔2026〕3号"
	for _, in := range []string{want, "甬编[2026]3号", "甬编(2026)3号", "甬编（2026）3号", "甬编【2026】3号", "甬编［２０２６］３号", " 甬编 〔2026〕 3 号　", "甬编[2026）3号"} {
		if got, f := codes.DocumentNumber(in); got != want || f != nil {
			t.Errorf("DocumentNumber(%q) = %q, %v", in, got, f)
		}
	}
	for in, want := range map[string]string{
		"甬编[96]3号":         "甬编〔96〕3号",
		"会议纪要第３期（秘）":       "会议纪要第3期（秘）",
		"甬编〔2026〕3号（附件1）":  "甬编〔2026〕3号（附件1）",
		"国办发明电(2025)7号、8号": "国办发明电〔2025〕7号、8号",
		"甬编(2026)(2025)1号": "甬编〔2026〕〔2025〕1号",
		"Ｚ〔2026〕1－2":       "Z〔2026〕1-2",
	} {
		if got, f := codes.DocumentNumber(in); got != want || f != nil {
			t.Errorf("DocumentNumber(%q) = %q, %v; want %q", in, got, f, want)
		}
	}
	if _, f := codes.DocumentNumber("　"); ruleOf(f) != codes.RuleTextEmpty || f.Refusal("number").Name != "field-missing" {
		t.Errorf("an empty number: %v", f)
	}
}

// FuzzTexts: what comes out is in its one spelling, so it comes out again.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"吴敏", "阿卜杜拉•买买提", "甬编[２０２６]3号", "e\u0301", "\ufeffa\r\nb", "\u1100\u1161", "ｶﾞ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, fold := range map[string]func(string) (string, *codes.Fault){
			"name":   codes.PersonName,
			"line":   func(s string) (string, *codes.Fault) { return codes.OneLine(s, 0, 500) },
			"note":   func(s string) (string, *codes.Fault) { return codes.Note(s, 0, 2000) },
			"number": codes.DocumentNumber,
		} {
			once, f := fold(s)
			if f != nil {
				if once != "" {
					t.Fatalf("%s of %q: fault with text %q", name, s, once)
				}
				continue
			}
			twice, f := fold(once)
			if f != nil || twice != once {
				t.Fatalf("%s of %q: %q, then %q, %v", name, s, once, twice, f)
			}
			if !utf8.ValidString(once) || !norm.NFC.IsNormalString(once) {
				t.Fatalf("%s of %q is not NFC: %q", name, s, once)
			}
		}
	})
}
