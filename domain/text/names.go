package text

import (
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// Quote is the kind of a run that holds words which people wrote (an opinion, a
// reason, a title): they stay in their own language and link to nothing.
const Quote = "quote"

// speaker names things in one language.
type speaker struct {
	lang  Lang
	names Names
	day   domain.Day // for dated code tables
}

func newSpeaker(lang Lang, names Names, day domain.Day) speaker {
	if names == nil {
		names = noNames{}
	}
	return speaker{lang, names, day}
}

type noNames struct{}

func (noNames) User(domain.UserID) string         { return "" }
func (noNames) Person(domain.PersonID) string     { return "" }
func (noNames) Unit(domain.UnitID) string         { return "" }
func (noNames) Document(domain.DocumentID) string { return "" }
func (noNames) Change(domain.ChangeID) string     { return "" }
func (noNames) Approval(domain.ApprovalID) string { return "" }

// say picks the language.
func (s speaker) say(zh, en string) string { return both{zh, en}.in(s.lang) }

// hidden stands for what the reader may not see, or what was erased.
func (s speaker) hidden() Run { return Run{Text: s.say("〔无权查看〕", "[not open to you]")} }

// unnamed stands for a name that an event does not give.
func (s speaker) unnamed() Run { return Run{Text: s.say("〔未注明〕", "[not given]")} }

// run names a thing: by its name, else by the short form of its id.
func (s speaker) run(kind, id, name string) []Run {
	switch {
	case id == "" && name == "":
		return []Run{s.unnamed()}
	case name == "":
		name = shortID(id)
	}
	return []Run{{Text: name, Kind: kind, ID: id}}
}

// shortID is the first eight characters of an id.
func shortID(id string) string {
	if len(id) > 12 {
		return id[:8]
	}
	return id
}

func (s speaker) user(id domain.UserID) []Run {
	return s.run("user", string(id), s.names.User(id))
}

func (s speaker) person(id domain.PersonID, fallback string) []Run {
	name := s.names.Person(id)
	if name == "" {
		name = fallback
	}
	return s.run("person", string(id), name)
}

func (s speaker) unit(id domain.UnitID, fallback string) []Run {
	name := s.names.Unit(id)
	if name == "" {
		name = fallback
	}
	return s.run("unit", string(id), name)
}

func (s speaker) document(id domain.DocumentID, fallback string) []Run {
	name := s.names.Document(id)
	if name == "" {
		name = fallback
	}
	return s.run("document", string(id), name)
}

func (s speaker) change(id domain.ChangeID) []Run {
	return s.run("change", string(id), s.names.Change(id))
}

func (s speaker) approval(id domain.ApprovalID) []Run {
	return s.run("approval", string(id), s.names.Approval(id))
}

// account names the unit or pool of an account stream.
func (s speaker) account(stream domain.Stream) []Run {
	if stream.Kind() == domain.PoolStream {
		return s.text(s.pool(domain.Level(stream.Key())))
	}
	return s.unit(domain.UnitID(stream.Key()), "")
}

func (s speaker) pool(level domain.Level) string {
	if s.lang != EN {
		return LevelName(ZH, level, s.day) + "机动池"
	}
	if isCity(level) {
		return "the city pool"
	}
	return "the pool of " + LevelName(EN, level, s.day)
}

// level is a managing level as it stands inside a sentence.
func (s speaker) level(level domain.Level) string {
	if isCity(level) {
		return s.say("市本级", "the city level")
	}
	return LevelName(s.lang, level, s.day)
}

// scope names where a role holds.
func (s speaker) scope(scope domain.Scope) []Run {
	var runs []Run
	if scope.Level != "" {
		runs = join(runs, Run{Text: s.level(scope.Level)})
	}
	if scope.Unit != "" {
		if len(runs) > 0 {
			runs = join(runs, Run{Text: s.say("、", ", ")})
		}
		runs = join(runs, s.unit(scope.Unit, "")...)
		runs = join(runs, Run{Text: s.say("及所属单位", " and the units below it")})
	}
	if scope.Whole() {
		runs = s.text(s.say("全市", "the whole city"))
	}
	return runs
}

// text is a value without a link; empty text is no value.
func (s speaker) text(t string) []Run {
	if t == "" {
		return nil
	}
	return []Run{{Text: t}}
}

// quote is a value in the words of people.
func (s speaker) quote(t string) []Run {
	if t = strings.TrimSpace(t); t == "" {
		return nil
	}
	return []Run{{Text: t, Kind: Quote}}
}

func (s speaker) date(d domain.Day) []Run { return s.text(Date(s.lang, d)) }

// label is a label as it stands inside a sentence.
func (s speaker) label(table, code string) string {
	if code == "" {
		return ""
	}
	return lowerFirst(Label(s.lang, table, code))
}

// line is a quota line as it stands inside a sentence, in English in front of
// "post".
func (s speaker) line(key codes.LineKey) string {
	switch {
	case key == "":
		return ""
	case s.lang == EN:
		return adjective(key)
	}
	return LineName(s.lang, key)
}

// list joins words: 甲、乙 or a, b.
func (s speaker) list(words []string) string { return strings.Join(words, s.say("、", ", ")) }

// posts writes 行政编制3名 or 3 administrative posts.
func (s speaker) posts(key codes.LineKey, n int) string {
	if key == "" {
		return s.say("编制", "") + Count(s.lang, Posts, n)
	}
	if s.lang != EN {
		return LineName(ZH, key) + Count(ZH, Posts, n)
	}
	word := " posts"
	if n == 1 {
		word = " post"
	}
	return Number(n) + " " + s.line(key) + word
}

// adjective is the English name of a line in front of "post".
func adjective(key codes.LineKey) string {
	name := lowerFirst(LineName(EN, key))
	switch key.Kind() {
	case codes.CivilServantManaged:
		return strings.Replace(name, "managed as civil servants", "civil-servant-managed", 1)
	case codes.Worker:
		return strings.Replace(name, "worker", "support-staff", 1)
	}
	return name
}

// kind names a kind of change; an event without it speaks of a change.
func (s speaker) kind(k account.Kind) string {
	if k == "" {
		return s.say("变动", "change")
	}
	return s.label("changekind", string(k))
}

// fields names fields of a form.
func (s speaker) fields(names []string) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = lowerFirst(Field(s.lang, n))
	}
	return s.list(words)
}

// lowerFirst makes a label fit the middle of an English sentence: "Reason"
// becomes "reason", "HR" and "ID number" stay.
func lowerFirst(label string) string {
	if len(label) > 1 && label[0] >= 'A' && label[0] <= 'Z' && (label[1] == ' ' || label[1] >= 'a' && label[1] <= 'z') {
		return string(label[0]+'a'-'A') + label[1:]
	}
	return label
}

// upperFirst makes the start of an English sentence.
func upperFirst(sentence string) string {
	if sentence != "" && sentence[0] >= 'a' && sentence[0] <= 'z' {
		return string(sentence[0]-'a'+'A') + sentence[1:]
	}
	return sentence
}
