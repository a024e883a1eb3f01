package codes

import (
	"fmt"
	"slices"
	"strings"
)

// PostKinds, Fundings and Flags in the order of the documents.
var (
	PostKinds = []PostKind{Administrative, Justice, Enforcement, CivilServantManaged, Institution, Worker}
	Fundings  = []Funding{FullFunding, PartialFunding, SelfFunding}
	Flags     = []Flag{Separate, Earmarked}
)

// ParseLineKey reads the one spelling of a line key.
func ParseLineKey(s string) (LineKey, error) {
	parts := strings.Split(s, "/")
	if len(parts) < 2 || len(parts) > 3 || !slices.Contains(PostKinds, PostKind(parts[0])) ||
		!slices.Contains(Fundings, Funding(parts[1])) || len(parts) == 3 && !slices.Contains(Flags, Flag(parts[2])) {
		return "", fmt.Errorf("line %q: want kind/funding or kind/funding/flag", s)
	}
	return LineKey(s), nil
}

func (k LineKey) part(n int) string {
	parts := strings.Split(string(k), "/")
	if n < len(parts) {
		return parts[n]
	}
	return ""
}

// Kind is the establishment kind of the line.
func (k LineKey) Kind() PostKind { kind, _, _ := strings.Cut(string(k), "/"); return PostKind(kind) }

// Funding is the funding form of the line.
func (k LineKey) Funding() Funding { return Funding(k.part(1)) }

// Flag is the special flag of the line, or empty.
func (k LineKey) Flag() Flag { return Flag(k.part(2)) }
