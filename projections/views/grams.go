package views

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Full text by bigrams of our own: SQLite's trigram index finds no name of two
// characters. A text is folded to letters and digits (width, case and
// punctuation do not count), and each character is indexed with the one behind
// it, the last one alone. So a phrase of bigrams is a substring, a single
// character is a prefix search, and no match runs over the end of a text. The
// index's tokenizer is "ascii", which takes every character above ASCII for a
// letter, rare ones too.

// folded is a text as it is indexed and searched.
func folded(text string) []rune {
	var out []rune
	for _, r := range norm.NFKC.String(text) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			out = append(out, unicode.ToLower(r))
		}
	}
	return out
}

// gramsOf are the tokens of texts, parted by blanks.
func gramsOf(texts ...string) string {
	var b strings.Builder
	for _, t := range texts {
		runes := folded(t)
		for i := range runes {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(string(runes[i:min(i+2, len(runes))]))
		}
	}
	return b.String()
}

// matchOf is the full-text query for texts that contain every word of text;
// empty where it has no letter or digit.
func matchOf(text string) string {
	var b strings.Builder
	for _, word := range strings.Fields(text) {
		runes := folded(word)
		if len(runes) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" AND ")
		}
		if len(runes) == 1 {
			b.WriteString(`"` + string(runes) + `"*`)
			continue
		}
		b.WriteByte('"')
		for i := 0; i+1 < len(runes); i++ {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(string(runes[i : i+2]))
		}
		b.WriteByte('"')
	}
	return b.String()
}
