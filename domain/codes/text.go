package codes

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits in characters (runes).
const (
	NameRunesMin           = 2
	NameRunesMax           = 50
	DocumentNumberRunesMax = 100
)

const middleDot = '·' // U+00B7, the one that GB 18030 names and ID cards use

// PersonName returns a person's name in its one spelling, or what is wrong
// with it: 2 to 50 letters, "·" only between letters, NFC, no blanks. Other
// middle dots are folded to "·", outer blanks trimmed. Ideographs of every
// plane are letters (GB 18030-2022 amendment 1 adds 9,793).
func PersonName(s string) (string, *Fault) {
	s, f := clean(s)
	if f != nil {
		return "", f
	}
	s = strings.Map(func(r rune) rune {
		switch r {
		case '•', '‧', '⋅', '・', '･', '∙':
			return middleDot
		}
		return r
	}, s)
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case blank(r) || r == '\n':
			return "", fault(RuleNameBlank, "position", i+1)
		case r == middleDot:
			if i == 0 || i == len(runes)-1 || runes[i-1] == middleDot {
				return "", fault(RuleNameDot, "position", i+1)
			}
		case !letter(r):
			return "", fault(RuleNameCharacter, "position", i+1)
		}
	}
	if len(runes) < NameRunesMin || len(runes) > NameRunesMax {
		return "", length(NameRunesMin, NameRunesMax, len(runes))
	}
	return s, nil
}

// letter tells whether r may stand in a name. 〇 is a number in Unicode and a
// character in names; planes 2 and 3 hold ideographs only, also such as
// Go's tables do not know yet.
func letter(r rune) bool {
	return unicode.IsLetter(r) || r == '〇' || r >= 0x20000 && r < 0x3FFFE && r&0xFFFE != 0xFFFE
}

// OneLine returns a one-line text in NFC without outer blanks, or what is
// wrong with it: control or format characters, line breaks, or a length
// outside minRunes to maxRunes. With minRunes 0 it may be empty.
func OneLine(s string, minRunes, maxRunes int) (string, *Fault) {
	s, f := clean(s)
	if f != nil {
		return "", f
	}
	for i, r := range []rune(s) {
		if r == '\n' {
			return "", fault(RuleTextLine, "position", i+1)
		}
	}
	return limited(s, minRunes, maxRunes)
}

// Note is OneLine for texts that may have several lines; line breaks become
// "\n".
func Note(s string, minRunes, maxRunes int) (string, *Fault) {
	s, f := clean(s)
	if f != nil {
		return "", f
	}
	return limited(s, minRunes, maxRunes)
}

// DocumentNumber returns the number of a document 文号 in its one spelling,
// such as 甬编〔2026〕3号: brackets around a year become 〔〕 (GB/T 9704), letters
// and digits half-width, blanks go.
func DocumentNumber(s string) (string, *Fault) {
	s, f := OneLine(s, 1, DocumentNumberRunesMax)
	if f != nil {
		return "", f
	}
	runes := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case blank(r):
			continue
		case r >= '！' && r <= '～' && (unicode.IsDigit(r) || unicode.IsLetter(r) || r == '－'):
			r -= '！' - '!'
		}
		runes = append(runes, r)
	}
	const opening, closing = "〔[(（【［", "〕])）】］"
	for i := range runes {
		if !strings.ContainsRune(opening, runes[i]) {
			continue
		}
		for _, n := range []int{4, 2} { // 〔2026〕, and 〔96〕 on old papers
			end := i + n + 1
			if end < len(runes) && digits(string(runes[i+1:end])) && strings.ContainsRune(closing, runes[end]) {
				runes[i], runes[end] = '〔', '〕'
			}
		}
	}
	return limited(string(runes), 1, DocumentNumberRunesMax)
}

// clean brings a text into NFC, takes outer blanks off, writes line breaks as
// "\n" and other inner blanks than the ideographic one as " ". It refuses what
// is not text.
func clean(s string) (string, *Fault) {
	if !utf8.ValidString(s) {
		at := 1
		for len(s) > 0 {
			r, n := utf8.DecodeRuneInString(s)
			if r == utf8.RuneError && n <= 1 {
				break
			}
			s, at = s[n:], at+1
		}
		return "", fault(RuleTextEncoding, "position", at)
	}
	s = strings.ReplaceAll(norm.NFC.String(s), "\r\n", "\n")
	s = strings.TrimFunc(s, outer)
	var b strings.Builder
	at := 0
	for _, r := range s {
		at++
		switch {
		case r == utf8.RuneError:
			return "", fault(RuleTextEncoding, "position", at)
		case r == '\n', r == '\u3000':
		case r == '\r' || r == '\u2028' || r == '\u2029':
			r = '\n'
		case blank(r):
			r = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) || r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF:
			return "", fault(RuleTextControl, "position", at)
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

// blank tells whether r is a blank within a line.
func blank(r rune) bool { return r == '\t' || unicode.Is(unicode.Zs, r) }

// outer tells whether r is taken off the ends of a text: blanks, line breaks,
// and what copying from files and pages leaves there unseen.
func outer(r rune) bool {
	return blank(r) || strings.ContainsRune("\n\r\u2028\u2029\uFEFF\u200B", r)
}

func limited(s string, minRunes, maxRunes int) (string, *Fault) {
	n := utf8.RuneCountInString(s)
	if n == 0 && minRunes > 0 {
		return "", fault(RuleTextEmpty)
	}
	if n < minRunes || n > maxRunes {
		return "", length(minRunes, maxRunes, n)
	}
	return s, nil
}

func length(minRunes, maxRunes, got int) *Fault {
	if got == 0 && minRunes > 0 {
		return fault(RuleTextEmpty)
	}
	return fault(RuleTextLength, "min", minRunes, "max", maxRunes, "got", got)
}
