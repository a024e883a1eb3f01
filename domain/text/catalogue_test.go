package text

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"staffledger/domain"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/text/example"
)

var langs = []Lang{ZH, EN}

// streamOf gives each area of types a stream that decodes it.
func streamOf(t domain.EventType) domain.Stream {
	area, _, _ := strings.Cut(string(t), ".")
	switch area {
	case "ledger":
		return domain.LedgerStream
	case "person", "unitcode", "document", "user", "policy", "calendar":
		return domain.StreamOf(area, "x")
	case "role":
		return domain.StreamOf(domain.UserStream, "x")
	}
	return domain.StreamOf(domain.AccountStream, "x")
}

// eventTypes are all types that the source declares.
func eventTypes(t *testing.T) []domain.EventType {
	t.Helper()
	var types []domain.EventType
	for _, c := range constants(sources(t, "domain"), "EventType", "domain.EventType") {
		types = append(types, domain.EventType(c.value))
	}
	slices.Sort(types)
	if len(types) < 30 {
		t.Fatalf("found only %d event types in the source", len(types))
	}
	return types
}

func TestEveryEventTypeHasItsSentenceAndExample(t *testing.T) {
	t.Parallel()
	shown := map[domain.EventType]bool{}
	for _, e := range example.Events() {
		shown[e.Type] = true
	}
	types := eventTypes(t)
	for _, typ := range types {
		if _, err := catalogue.Decode(domain.Event{Head: domain.Head{Type: typ, Stream: streamOf(typ)}, Data: []byte("{}")}); err != nil {
			t.Errorf("%s is declared but not decoded: %v", typ, err)
		}
		entry, ok := sentences[typ]
		if !ok {
			t.Errorf("%s has no sentence", typ)
			continue
		}
		if entry.title.zh == "" || entry.title.en == "" || len(entry.forms) == 0 {
			t.Errorf("%s: the entry is not whole", typ)
		}
		if _, ok := steps[entry.step]; !ok || !slices.Contains(stepOrder, entry.step) {
			t.Errorf("%s: unknown step %q", typ, entry.step)
		}
		if last := entry.forms[len(entry.forms)-1]; last.needs != "" {
			t.Errorf("%s: the last form needs %q", typ, last.needs)
		}
		if !shown[typ] {
			t.Errorf("%s has no example", typ)
		}
	}
	for typ := range sentences {
		if !slices.Contains(types, typ) {
			t.Errorf("sentence of %s, which no package declares", typ)
		}
	}
}

// Every form of every sentence, and every ruling of every refusal, is met by an
// example, so that the golden file shows them all.
func TestExamplesMeetEveryForm(t *testing.T) {
	t.Parallel()
	met := map[string]bool{}
	for _, e := range example.Events() {
		c := &composer{speaker: newSpeaker(ZH, example.Names{}, e.Time.Day()), event: e.Recorded, values: map[string][]Run{}}
		c.tell(e.Payload)
		for _, f := range sentences[e.Type].forms {
			if f.needs == "" || len(c.values[f.needs]) > 0 {
				met[string(e.Type)+f.zh] = true
				break
			}
		}
	}
	for typ, entry := range sentences {
		for _, f := range entry.forms {
			// An exit always knows its line once the account has completed it.
			if typ == "staffing.collected.v1" && f.needs == "" {
				continue
			}
			if !met[string(typ)+f.zh] {
				t.Errorf("%s: no example is told as %q", typ, f.zh)
			}
		}
	}
	ruled := map[string]bool{}
	for _, r := range example.Refusals() {
		rulings, scope := refusals[r.Name].rulings, r.Name
		f := facts{newSpeaker(ZH, example.Names{}, domain.NoDay), r}
		if r.Name == domain.FieldMalformed {
			m := malformedBy(f.word("rule"))
			rulings, scope = m.rulings, r.Name+m.rule
		}
		for _, x := range rulings {
			if f.meets(x.when) {
				ruled[scope+x.when] = true
				break
			}
		}
	}
	check := func(scope string, rulings []ruling) {
		for i, x := range rulings {
			if !ruled[scope+x.when] {
				t.Errorf("%s: no example meets %q", scope, x.when)
			}
			if last := i == len(rulings)-1; last != (x.when == "") {
				t.Errorf("%s: ruling %d of %d has the condition %q", scope, i+1, len(rulings), x.when)
			}
		}
	}
	for name, r := range refusals {
		check(name, r.rulings)
	}
	for _, m := range append(malformed, malformedOtherwise) {
		check(domain.FieldMalformed+m.rule, m.rulings)
	}
}

// said is a text and the parts of it that are names or the words of people.
type said struct {
	where, text string
	names       []string
}

// allSaid is everything that the examples make this package say.
func allSaid(lang Lang) []said {
	var all []said
	for _, e := range example.Events() {
		names := wordsOfPeople(e)
		line := Sentence(lang, e.Recorded, e.Payload, example.Names{})
		add := func(where, text string) {
			all = append(all, said{string(e.Type) + " " + where, text, names})
		}
		add("sentence", line.String())
		add("step", line.Step.Label)
		for _, d := range line.Details {
			add("label", d.Label)
			add("detail "+d.Code, plainText(d.Runs))
		}
		for _, d := range Diffs(lang, e.Recorded, e.Payload, example.Names{}) {
			for _, text := range []string{d.Field, d.Before, d.After, d.Note} {
				add("diff of "+d.Field, text)
			}
		}
	}
	for _, r := range example.Refusals() {
		for _, text := range []string{Refusal(lang, r, example.Names{}).String(), Refusal(lang, r, example.Names{}).Source, Label(lang, "refusal", r.Name)} {
			all = append(all, said{r.Name + " " + r.Error(), text, exampleNames()})
		}
	}
	return all
}

func exampleNames() []string {
	return []string{"市水务协调局", "市港航事务中心", "赵启明", "李芸", "马骏", "吴敏", "周宁", "沈慧", "陈立", "郑录", "王建国",
		"何川", "孙婕", "冯雨", "罗素英", "甬水协〔2026〕33号", "甬编办〔2026〕41号", "甬编〔2026〕3号"}
}

// wordsOfPeople are the names and the sealed strings of an example, longest
// first.
func wordsOfPeople(e example.Event) []string {
	words := exampleNames()
	if sealing, ok := e.Payload.(domain.Sealing); ok {
		for _, p := range sealing.Sealed() {
			if p != nil {
				var v any
				if json.Unmarshal(p.Clear, &v) == nil {
					words = append(words, stringsIn(v)...)
				}
			}
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
}

func stringsIn(v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		if strings.ContainsFunc(v, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			found = append(found, v)
		}
	case []any:
		for _, x := range v {
			found = append(found, stringsIn(x)...)
		}
	case map[string]any:
		for _, x := range v {
			found = append(found, stringsIn(x)...)
		}
	}
	return found
}

// without takes names, ids, codes and figures out of a text.
func (s said) without() string {
	text := s.text
	for _, name := range s.names {
		text = strings.ReplaceAll(text, name, "§")
	}
	return text
}

var (
	figures   = regexp.MustCompile(`[0-9]+(,[0-9]{3})+|[0-9]+/[0-9]+|[A-Za-z0-9]+([-/][A-Za-z0-9]+)+|GB(/T)? [0-9]+(\.[0-9])?(-[0-9]{4})?|[0-9]+\*+[0-9X]+|[a-z]+-[a-z-]+`)
	gap       = regexp.MustCompile(`\p{Han} [0-9A-Za-z]|[0-9A-Za-z] \p{Han}`)
	signsOnly = "✓✕!←→+−=~…●○■▸▾"
)

func TestNothingIsLeftUnresolved(t *testing.T) {
	t.Parallel()
	for _, lang := range langs {
		for _, s := range allSaid(lang) {
			if strings.ContainsAny(s.text, "{}[]") || strings.Contains(s.text, "〔未注明〕") || strings.Contains(s.text, "%!") {
				t.Errorf("%s: %q", s.where, s.text)
			}
			if strings.Contains(s.text, "  ") || strings.TrimSpace(s.text) != s.text {
				t.Errorf("%s: blanks in %q", s.where, s.text)
			}
		}
	}
}

func TestChineseHasFullWidthPunctuation(t *testing.T) {
	t.Parallel()
	for _, s := range allSaid(ZH) {
		text := figures.ReplaceAllString(s.without(), "0")
		for _, r := range text {
			if r < unicode.MaxASCII && unicode.IsPunct(r) {
				t.Errorf("%s: %q has %q", s.where, s.text, r)
			}
		}
		if gap.MatchString(s.without()) {
			t.Errorf("%s: a hand-typed blank in %q", s.where, s.text)
		}
	}
}

func TestEnglishHasNoChinese(t *testing.T) {
	t.Parallel()
	for _, s := range allSaid(EN) {
		for _, r := range s.without() {
			if unicode.Is(unicode.Han, r) || r >= 0x3000 && r < 0x3040 || r >= 0xFF00 && r < 0xFFF0 || r == '“' || r == '”' {
				t.Errorf("%s: %q has %q", s.where, s.text, r)
				break
			}
		}
	}
}

func TestStepsHaveSignAndTone(t *testing.T) {
	t.Parallel()
	tones := []string{"blue", "green", "amber", "red", "slate", "dark", "violet"}
	check := func(where string, s Step) {
		if s.Label == "" || !slices.Contains(tones, s.Tone) || s.Sign != "" && (!strings.Contains(signsOnly, s.Sign) || len([]rune(s.Sign)) != 1) {
			t.Errorf("%s: %+v", where, s)
		}
	}
	for _, lang := range langs {
		for typ := range sentences {
			check(string(typ), stepOf(lang, typ))
		}
		for table, states := range statuses {
			for code := range states {
				check(table+" "+code, Status(lang, table, code))
			}
		}
		for _, n := range []int{-3, 0, 1, 4} {
			check("remaining", Remaining(lang, n))
		}
	}
}

// Every refusal is whole, and everything that the source says about one is in
// the catalogue: its facts, the rules of form, what is needed instead.
func TestEveryRefusalHasItsWords(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, row := range domain.RefusalTable {
		listed[row.Name] = true
		r, ok := refusals[row.Name]
		if !ok {
			t.Errorf("%s has no entry", row.Name)
			continue
		}
		if r.title.zh == "" || r.title.en == "" || r.meaning == "" || r.source.zh == "" || r.source.en == "" {
			t.Errorf("%s: the entry is not whole", row.Name)
		}
		for _, fact := range r.facts {
			if factMeanings[fact] == "" {
				t.Errorf("%s: fact %q has no meaning", row.Name, fact)
			}
		}
	}
	for name := range refusals {
		if !listed[name] {
			t.Errorf("entry of %s, which domain.RefusalTable does not list", name)
		}
	}
	for _, m := range malformed {
		for _, fact := range m.facts {
			if factMeanings[fact] == "" {
				t.Errorf("%s: fact %q has no meaning", m.rule, fact)
			}
		}
	}
	said := map[string]bool{}
	for _, r := range example.Refusals() {
		said[r.Name] = true
		known := refusals[r.Name].facts
		if rule, ok := r.Facts["rule"].(string); ok {
			known = append(slices.Clone(known), malformedBy(rule).facts...)
		}
		for fact := range r.Facts {
			if !slices.Contains(known, fact) && r.Facts["rule"] != "unheard-of" && !(r.Name == domain.FieldMalformed && r.Facts["rule"] == nil) {
				t.Errorf("%v: the fact %q is not in the catalogue", r, fact)
			}
		}
		for _, lang := range langs {
			words := Refusal(lang, r, example.Names{})
			if words.Rule == "" || words.WayOut == "" || words.Source == "" {
				t.Errorf("%v: %+v", r, words)
			}
		}
	}
	for name := range listed {
		if !said[name] {
			t.Errorf("%s has no example", name)
		}
	}
}

func TestCatalogueKnowsWhatTheSourceRefuses(t *testing.T) {
	t.Parallel()
	calls := refuseCalls(t, "domain/account", "domain/person", "domain/unitcode", "domain/user", "domain/document",
		"domain/policy", "domain/usecase", "http")
	if len(calls) < 40 {
		t.Fatalf("found only %d calls of domain.Refuse", len(calls))
	}
	for _, call := range calls {
		r, ok := refusals[call.name]
		if !ok {
			continue // computed name
		}
		known := r.facts
		if rule := call.facts["rule"]; call.name == domain.FieldMalformed && rule != "" {
			m := malformedBy(rule)
			if m.rule != rule {
				t.Errorf("field-malformed: the rule %q has no words", rule)
			}
			known = append(slices.Clone(known), m.facts...)
		}
		for fact := range call.facts {
			if !slices.Contains(known, fact) {
				t.Errorf("%s: the fact %q is not in the catalogue", call.name, fact)
			}
		}
		if needed, ok := call.facts["needed"]; ok && needed != "" && call.name != domain.NotAuthorised {
			if !slices.ContainsFunc(r.rulings, func(x ruling) bool { return strings.Contains(x.when+" ", "needed="+needed+" ") }) {
				t.Errorf("%s: needed %q has no words", call.name, needed)
			}
		}
		if step := call.facts["step"]; step != "" && call.name == domain.SamePerson {
			if !slices.ContainsFunc(r.rulings, func(x ruling) bool { return x.when == "step="+step }) {
				t.Errorf("%s: step %q has no words", call.name, step)
			}
		}
		if call.field != "" {
			if _, ok := labels["field"][call.field]; !ok {
				t.Errorf("%s: the field %q has no name", call.name, call.field)
			}
		}
	}
	for _, rule := range policy.Rules {
		if malformedBy(rule).rule != rule {
			t.Errorf("field-malformed: the rule %q of package policy has no words", rule)
		}
	}
	for _, rule := range codes.Rules {
		r := (&codes.Fault{Rule: rule}).Refusal("")
		if r.Name == domain.FieldMalformed && malformedBy(rule).rule != rule {
			t.Errorf("field-malformed: the rule %q of package codes has no words", rule)
		}
	}
}
