package text

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// refusal is the catalogue's entry of a refusal. The first ruling whose
// condition holds is taken; the last one has none.
type refusal struct {
	title   both     // short name, as it stands in a sentence
	meaning string   // what it means, for docs/refusals.md
	field   string   // field of the label where the refusal names none
	facts   []string // facts that it may carry
	source  both     // document and article of the rule
	rulings []ruling
}

// ruling is a rule and the way out, without their full stops. When lists
// conditions on the facts, parted by blanks, all of which must hold: "name"
// (there), "name=value", "name=prefix*". Beside the facts there are "field", "count"
// (of the list "missing"), and "room" where F is above zero.
type ruling struct {
	when      string
	rule, way both
}

// Refusal says a refusal in words. Facts may be as the decision made them or as
// read back from JSON. A name without entry is given as it is; nil gives the
// zero value.
func Refusal(lang Lang, r *domain.Refusal, names Names) Refused {
	if r == nil {
		return Refused{}
	}
	f := facts{newSpeaker(lang, names, domain.NoDay), r}
	entry, known := refusals[r.Name]
	if !known {
		entry = refusal{rulings: []ruling{{"", both{"不能办理（" + r.Name + "）", "not possible (" + r.Name + ")"}, both{}}}}
	}
	said := Refused{Name: r.Name, Field: r.Field, Source: entry.source.in(lang), lang: lang}
	said.Label = f.fieldLabel(r.Field, entry.field)
	rulings := entry.rulings
	if r.Name == domain.FieldMalformed {
		m := malformedBy(f.word("rule"))
		rulings = m.rulings
		if m.source.zh != "" {
			said.Source = m.source.in(lang)
		}
	}
	for _, ruling := range rulings {
		if f.meets(ruling.when) {
			said.Rule = f.sentence(ruling.rule.in(lang))
			said.WayOut = f.sentence(ruling.way.in(lang))
			break
		}
	}
	return said
}

// Refusals says a refusal and what a dry run found besides, in the order of
// judging.
func Refusals(lang Lang, r *domain.Refusal, names Names) []Refused {
	if r == nil {
		return nil
	}
	all := []Refused{Refusal(lang, r, names)}
	for _, also := range r.Also {
		all = append(all, Refusal(lang, also, names))
	}
	return all
}

// facts reads a refusal's facts as words.
type facts struct {
	speaker
	r *domain.Refusal
}

func (f facts) sentence(template string) string {
	if template == "" {
		return ""
	}
	s := plainText(fill(template, f.value, f.unnamed()))
	if f.lang == EN {
		return upperFirst(s) + "."
	}
	return s + "。"
}

// fieldLabel names the field to blame, with the row of a list in front.
func (f facts) fieldLabel(field, usual string) string {
	if field == "" {
		field = usual
	}
	if strings.HasPrefix(f.word("rule"), "policy-") {
		field = "policy." + field
	}
	if subject := f.word("subject"); subject != "" {
		field = subject + "." + field // whose name, whose title
	}
	label := ""
	if field != "" {
		label = Field(f.lang, field)
	}
	row, ok := f.number("row")
	if !ok {
		row, ok = rowOf(field)
	}
	switch {
	case !ok:
		return label
	case label == "":
		return f.say("第"+Number(row+1)+"行", "Row "+Number(row+1))
	}
	return f.say("第"+Number(row+1)+"行"+label, "Row "+Number(row+1)+", "+lowerFirst(label))
}

// rowOf reads the row, from 0, out of the path of a field: "rows.3.idnumber" or
// "rows[3].idnumber".
func rowOf(path string) (int, bool) {
	rest, ok := strings.CutPrefix(path, "rows")
	if !ok || rest == "" {
		return 0, false
	}
	end := strings.IndexAny(rest[1:]+".", ".]")
	n, err := strconv.Atoi(rest[1 : 1+end])
	return n, err == nil
}

// meets tells whether all conditions of a ruling hold.
func (f facts) meets(when string) bool {
	for _, condition := range strings.Fields(when) {
		name, want, compare := strings.Cut(condition, "=")
		have := f.word(name)
		prefix, open := strings.CutSuffix(want, "*")
		switch {
		case !compare && have == "", compare && !open && have != want, compare && open && !strings.HasPrefix(have, prefix):
			return false
		}
	}
	return true
}

// word is a fact as it came, "" where it is absent.
func (f facts) word(name string) string {
	switch name {
	case "field":
		return f.r.Field
	case "count":
		if n := len(f.list("missing")); n > 0 {
			return fmt.Sprint(n)
		}
		return ""
	case "room":
		if n, ok := f.number("F"); !ok || n <= 0 {
			return ""
		}
		return name
	}
	switch v := f.r.Facts[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		if !v {
			return ""
		}
	case float64:
		if v == math.Trunc(v) {
			return fmt.Sprintf("%.0f", v)
		}
	}
	return fmt.Sprint(f.r.Facts[name])
}

// number is a fact that is an integer: as made, or as read from JSON.
func (f facts) number(name string) (int, bool) {
	switch v := f.r.Facts[name].(type) {
	case int:
		return v, true
	case int32:
		return int(v), true
	case int64:
		return int(v), true
	case float64:
		return int(v), v == math.Trunc(v)
	case json.Number:
		n, err := v.Int64()
		return int(n), err == nil
	}
	return 0, false
}

// list is a fact that is a list of words.
func (f facts) list(name string) []string {
	switch v := f.r.Facts[name].(type) {
	case []string:
		return v
	case []domain.Role:
		words := make([]string, len(v))
		for i, role := range v {
			words[i] = string(role)
		}
		return words
	case []any:
		words := make([]string, len(v))
		for i := range v {
			words[i] = fmt.Sprint(v[i])
		}
		return words
	case string:
		if v != "" {
			return []string{v}
		}
	}
	return nil
}

// balance is A, O, R, H of the refused line.
func (f facts) balance() (b account.Balance, ok bool) {
	for i, name := range []string{"A", "O", "R", "H"} {
		if b[i], ok = f.number(name); !ok {
			return b, false
		}
	}
	return b, true
}

// value gives a name of a template its words.
func (f facts) value(name string) []Run {
	word := f.word(name)
	switch name {
	case "sum", "figures", "over":
		b, ok := f.balance()
		switch {
		case !ok:
			return nil
		case name == "sum":
			return f.text(Sum(b))
		case name == "over":
			return f.text(Count(f.lang, Posts, max(0, -b.Free())))
		}
		return f.text(Figures(f.lang, b))
	case "next":
		if n, ok := f.number("from"); ok {
			return f.text(Number(n + 1))
		}
		return nil
	case "first":
		if n, ok := f.number(name); ok {
			return f.text(Number(n + 1))
		}
		return nil
	case "known":
		return f.text(f.speaker.list(f.list(name)))
	case "missing":
		var items []string
		for _, key := range f.list(name) {
			items = append(items, lowerFirst(Label(f.lang, "item", key)))
		}
		return f.text(f.speaker.list(items))
	case "needed", "roles":
		if n, ok := f.number(name); ok {
			return f.text(Number(n))
		}
		var roles []string
		for _, role := range f.list(name) {
			roles = append(roles, f.label("role", role))
		}
		return f.text(f.speaker.list(roles))
	}
	if word == "" {
		return nil
	}
	switch name {
	case "day", "today", "earliest", "latest", "until", "validto", "from":
		return f.text(PartialDate(f.lang, word))
	case "line", "takerline":
		return f.text(f.line(codes.LineKey(word)))
	case "unit":
		return f.unit(domain.UnitID(word), "")
	case "change":
		return f.speaker.change(domain.ChangeID(word))
	case "approval":
		return f.speaker.approval(domain.ApprovalID(word))
	case "document":
		return f.speaker.document(domain.DocumentID(word), "")
	case "user":
		return f.speaker.user(domain.UserID(word))
	case "kind":
		return f.text(f.kind(account.Kind(word)))
	case "class":
		return f.text(f.label("personclass", word))
	case "manner":
		return f.text(f.label("manner", word))
	case "gate":
		return f.text(f.label("gate", word))
	case "role":
		return f.text(f.label("role", word))
	case "table":
		return f.text(f.label("codetable", word))
	case "policy":
		return f.text(f.label("policy", word))
	case "level", "takerlevel":
		return f.text(f.level(domain.Level(word)))
	case "status":
		return f.text(lowerFirst(Status(f.lang, "change", word).Label))
	case "year", "code", "want", "found", "registrar", "value", "count":
		return f.text(word)
	}
	if n, ok := f.number(name); ok {
		return f.text(Number(n))
	}
	return f.text(shortID(word))
}

// RefusalDoc is what the documents say of a refusal.
type RefusalDoc struct {
	Name     string
	Class    domain.RefusalClass
	TitleZH  string
	TitleEN  string
	Meaning  string
	Facts    []FactDoc
	SourceZH string
	SourceEN string
	Rules    []string // values of the fact "rule" that have a sentence of their own
}

// FactDoc is a fact's name and meaning.
type FactDoc struct{ Name, Meaning string }

// RefusalDocs returns the whole catalogue in the order of judging.
func RefusalDocs() []RefusalDoc {
	var docs []RefusalDoc
	for _, listed := range domain.RefusalTable {
		r := refusals[listed.Name]
		d := RefusalDoc{Name: listed.Name, Class: listed.Class, TitleZH: r.title.zh, TitleEN: r.title.en,
			Meaning: r.meaning, SourceZH: r.source.zh, SourceEN: r.source.en}
		names := slices.Clone(r.facts)
		if listed.Name == domain.FieldMalformed {
			for _, m := range malformed {
				d.Rules = append(d.Rules, m.rule)
				names = append(names, m.facts...)
			}
			slices.Sort(names)
			names = slices.Compact(names)
		}
		for _, name := range names {
			d.Facts = append(d.Facts, FactDoc{name, factMeanings[name]})
		}
		docs = append(docs, d)
	}
	return docs
}

// factMeanings say what a fact is, wherever it stands.
var factMeanings = map[string]string{
	"A": "posts authorised on that line and day", "O": "posts occupied", "R": "posts reserved", "H": "posts held back",
	"F":        "posts free: A − O − R − H, without what was asked for",
	"line":     "quota line: kind/funding, or kind/funding/flag",
	"day":      "the day that is refused, YYYY-MM-DD",
	"today":    "the day of the decision, YYYY-MM-DD",
	"earliest": "first day that is allowed, YYYY-MM-DD", "latest": "last day that is allowed, YYYY-MM-DD",
	"until": "day of the person's last exit, YYYY-MM-DD", "validto": "last day of the approval, YYYY-MM-DD",
	"months": "how many months back policy allows", "year": "the year without calendar",
	"unit": "unit id", "change": "change id", "approval": "approval id", "document": "document id", "user": "user id",
	"person": "person id", "process": "process id", "grant": "grant id", "command": "name of the command", "level": "managing level", "takerlevel": "managing level of the taker",
	"role": "role in which the command was given, or that was granted", "needed": "what is needed instead: a step or a state",
	"roles": "roles that may give the command", "step": "step that the same human being took before: collected, resubmitted, gate:<gate>, approved, …",
	"status": "state of the change", "choices": "the values allowed", "flag": "what sets the posts apart", "gate": "gate that the change waits for", "number": "its place in the route, from 1", "of": "how many there are in all",
	"kind": "kind of change", "class": "class of staff", "manner": "manner of entry", "takerline": "line that was to receive the posts",
	"posts": "posts asked for, or approved", "drawn": "posts drawn by live changes", "consumed": "posts used by recorded entries",
	"rows": "rows written so far", "row": "row of the list, from 0", "part": "part that was sent", "missing": "keys of the items not confirmed",
	"rule": "which rule of form is broken", "table": "code table", "code": "the code", "position": "place of the character, from 1",
	"found": "what stands there", "want": "what should stand there, or how many characters", "got": "how many there are",
	"registrar": "registering department", "form": "pattern of the form", "length": "how many characters there are",
	"first": "row where it stands already, from 0", "known": "values that are known", "reason": "what the reader of JSON says",
	"from": "first row that was sent", "max": "largest allowed", "min": "smallest allowed", "value": "what was sent", "workingdays": "working days of that year",
	"admins": "administrators that stand", "seen": "revision that the caller saw", "current": "revision as it is now",
}
