package usecase

import (
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// form collects what class 3 finds in the fields of a command: form, codes,
// documents. Fields are brought into their one spelling on the way.
type form struct {
	day   domain.Day // today: codes are judged by it
	found domain.Findings
}

// formFields are the fields of a ChangeForm by their names in the API: what a
// return may name.
var formFields = []string{"person", "idnumber", "name", "sex", "birth", "ethnicity", "nativeplace", "politics", "education",
	"degree", "school", "workstart", "internalbody", "post", "postrank", "title", "line", "class", "manner", "approval",
	"exitreason", "effective", "document", "note"}

func (f *form) add(field string, fault *codes.Fault) bool {
	if fault != nil {
		f.found.Add(fault.Refusal(field))
	}
	return fault == nil
}

// about returns the findings of a form whose fields share their names with a
// person's: the subject tells whose name, whose title.
func (f *form) about(subject string) domain.Findings {
	for _, r := range f.found {
		if r.Facts == nil {
			r.Facts = map[string]any{}
		}
		r.Facts["subject"] = subject
	}
	return f.found
}

func (f *form) missing(field string) { f.found.Add(domain.Refuse(domain.FieldMissing, field)) }

// text reads a one-line text.
func (f *form) text(field, s string, required bool) string {
	folded, fault := codes.OneLine(s, 0, TextRunesMax)
	if f.add(field, fault) && required && folded == "" {
		f.missing(field)
	}
	return folded
}

// note reads a text that may have several lines.
func (f *form) note(field, s string, required bool) string {
	folded, fault := codes.Note(s, 0, NoteRunesMax)
	if f.add(field, fault) && required && folded == "" {
		f.missing(field)
	}
	return folded
}

// keys reads a list of short keys, such as confirmed checklist items.
func (f *form) keys(field string, keys []string) {
	const most = 64
	if len(keys) > most {
		f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "too-many-rows", "rows", len(keys), "max", most))
	}
	for _, k := range keys {
		if k == "" || len(k) > most || strings.Trim(k, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "item-key", "value", clip(k)))
			return
		}
	}
}

// repeats refuses a batch that names a change twice.
func (f *form) repeats(field string, rows []BatchRow) {
	seen := make(map[domain.ChangeID]int, len(rows))
	for i, r := range rows {
		if r.Change == "" {
			f.found.Add(domain.Refuse(domain.FieldMissing, field+"."+strconv.Itoa(i)+".change"))
			continue
		}
		if first, twice := seen[r.Change]; twice {
			f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "change-twice", "change", clip(string(r.Change)), "row", i, "first", first))
		}
		seen[r.Change] = i
	}
}

// signIn reads the name typed at sign-in: small letters, digits and . _ -.
func (f *form) signIn(field, s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	switch {
	case s == "":
		f.missing(field)
	case len(s) < signInMin || len(s) > signInMax || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "":
		f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "signin-form", "min", signInMin, "max", signInMax))
	}
	return s
}

const signInMin, signInMax = 2, 32

// posts reads a number of posts.
func (f *form) posts(field string, n, least int) {
	if n < least || n > PostsMax {
		f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "posts", "posts", n, "min", least, "max", PostsMax))
	}
}

// line reads the key of a quota line.
func (f *form) line(field string, key codes.LineKey) {
	if key == "" {
		f.missing(field)
		return
	}
	if _, err := codes.ParseLineKey(string(key)); err != nil {
		f.found.Add(domain.Refuse(domain.CodeUnknownOnDate, field, "table", "line", "code", clip(string(key)), "day", f.day.String()))
	}
}

// code reads a value of a code table.
func (f *form) code(field, table, value string, required bool) {
	switch {
	case value != "":
		f.found.Add(codes.Check(field, table, clip(value), f.day))
	case required:
		f.missing(field)
	}
}

// level reads a managing level.
func (f *form) level(field string, level domain.Level) {
	switch {
	case level == "":
		f.missing(field)
	case !codes.IsLevel(level, f.day):
		f.found.Add(codes.Unknown(field, codes.TableDivision, clip(string(level)), f.day))
	}
}

// dated checks an effective day where no account does.
func (f *form) dated(field string, day domain.Day, backMonths int) {
	if day == domain.NoDay {
		f.missing(field)
		return
	}
	if day > f.day {
		f.found.Add(domain.Refuse(domain.FutureDated, field, "day", day.String(), "today", f.day.String()))
	}
	if earliest := f.day.AddMonths(-backMonths); day < earliest {
		f.found.Add(domain.Refuse(domain.TooFarBack, field, "day", day.String(), "earliest", earliest.String(), "months", backMonths))
	}
}

// unit reads the names and codes of a unit to be founded.
func (f *form) unit(k *EstablishUnit) account.UnitText {
	k.Code = codes.FoldCode(k.Code)
	if k.Code == "" {
		f.missing("code")
	} else {
		_, fault := codes.ParseUnitCode(k.Code, f.day)
		f.add("code", fault)
	}
	f.level("level", k.Level)
	f.code("division", codes.TableDivision, k.Division, true)
	f.code("system", codes.TableSystem, k.System, true)
	f.code("rank", codes.TableRank, k.Rank, true)
	text := account.UnitText{Name: f.text("name", k.Name, true), ShortName: f.text("shortname", k.ShortName, false)}
	if len(k.OtherNames) > otherNamesMax {
		f.found.Add(domain.Refuse(domain.FieldMalformed, "othernames", "rule", "too-many-rows", "rows", len(k.OtherNames), "max", otherNamesMax))
		return text
	}
	for i, name := range k.OtherNames {
		text.OtherNames = append(text.OtherNames, f.text("othernames."+strconv.Itoa(i), name, true))
	}
	return text
}

const otherNamesMax = 20

// sides checks who gives to whom.
func (f *form) sides(k MoveQuota) {
	for i, stream := range []domain.Stream{k.Giver, k.Taker} {
		field := []string{"giver", "taker"}[i]
		switch stream.Kind() {
		case domain.PoolStream:
			f.level(field, domain.Level(stream.Key()))
		case domain.AccountStream:
		case "":
			f.missing(field)
		default:
			f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "quota-side"))
		}
	}
	switch {
	case k.Giver == k.Taker && (k.Giver.Kind() == domain.AccountStream || k.Giver.Kind() == domain.PoolStream):
		f.found.Add(domain.Refuse(domain.FieldMalformed, "taker", "rule", "quota-self"))
	case k.Giver.Kind() == domain.PoolStream && k.Taker.Kind() == domain.PoolStream:
		f.found.Add(domain.Refuse(domain.FieldMalformed, "taker", "rule", "quota-pools"))
	}
}

// change reads a change form: the content in codes, and what is to be sealed.
func (f *form) change(in ChangeForm) (account.Content, account.Particulars) {
	c := account.Content{Kind: in.Kind, Person: in.Person}
	var p account.Particulars
	switch in.Kind {
	case account.Entry:
		c.LineKey, c.Class, c.Manner, c.Approval = in.Line, in.Class, in.Manner, in.Approval
		f.line("line", in.Line)
		f.code("class", codes.TablePersonClass, string(in.Class), true)
		f.code("manner", codes.TableManner, string(in.Manner), true)
		f.unused("exitreason", string(in.ExitReason))
		p = f.particulars(in.Particulars, in.Person == "")
	case account.Exit:
		c.ExitReason = in.ExitReason
		f.code("exitreason", codes.TableExitReason, string(in.ExitReason), true)
		f.unused("line", string(in.Line))
		f.unused("class", string(in.Class))
		f.unused("manner", string(in.Manner))
		f.unused("approval", string(in.Approval))
		if in.Particulars != (account.Particulars{}) {
			f.found.Add(domain.Refuse(domain.FieldMalformed, "name", "rule", "not-of-this-kind"))
		}
	case "":
		f.missing("kind")
	default:
		f.found.Add(domain.Refuse(domain.FieldMalformed, "kind", "rule", "kind", "value", clip(string(in.Kind))))
	}
	p.Note = f.note("note", in.Note, false)
	return c, p
}

func (f *form) unused(field, value string) {
	if value != "" {
		f.found.Add(domain.Refuse(domain.FieldMalformed, field, "rule", "not-of-this-kind"))
	}
}

// particulars reads the sealed fields of an entry or an opening row.
func (f *form) particulars(in account.Particulars, nameRequired bool) account.Particulars {
	p := account.Particulars{
		Sex: in.Sex, Birth: in.Birth, Ethnicity: in.Ethnicity, Politics: in.Politics, Education: in.Education, Degree: in.Degree,
		NativePlace: f.text("nativeplace", in.NativePlace, false), School: f.text("school", in.School, false),
		WorkStart: in.WorkStart, InternalBody: f.text("internalbody", in.InternalBody, false), Post: f.text("post", in.Post, false),
		PostRank: f.text("postrank", in.PostRank, false), Title: f.text("title", in.Title, false),
	}
	switch {
	case in.Name != "":
		name, fault := codes.PersonName(in.Name)
		f.add("name", fault)
		p.Name = name
	case nameRequired:
		f.missing("name")
	}
	f.code("sex", codes.TableSex, in.Sex, false)
	f.code("ethnicity", codes.TableEthnicity, in.Ethnicity, false)
	f.code("politics", codes.TablePolitics, in.Politics, false)
	f.code("education", codes.TableEducation, in.Education, false)
	f.code("degree", codes.TableDegree, in.Degree, false)
	if in.WorkStart != "" {
		f.add("workstart", codes.CheckDate(in.WorkStart, f.day))
	}
	return p
}

// identity reads the ID number by which a form names a person; "" where the
// person is named by id, or where it is malformed.
func (f *form) identity(in ChangeForm) string {
	switch {
	case in.IDNumber != "":
		return f.idNumber("idnumber", in.IDNumber, nil)
	case in.Person == "" && in.Kind == account.Exit:
		f.missing("person")
	case in.Person == "":
		f.missing("idnumber")
	}
	return ""
}

// idNumber reads an ID number; p, where given, gets what the number says.
func (f *form) idNumber(field, s string, p *account.Particulars) string {
	number, fault := codes.ParseIDNumber(codes.FoldCode(s), f.day)
	if !f.add(field, fault) {
		return ""
	}
	if p != nil {
		f.derive(p, number.Number)
	}
	return number.Number
}

// derive fills in what the ID number says. A birth date that contradicts it is
// refused: one of the two is wrong, and both would be on record.
func (f *form) derive(p *account.Particulars, idNumber string) {
	number, fault := codes.ParseIDNumber(idNumber, f.day)
	if fault != nil {
		return
	}
	if p.Birth != "" && p.Birth != number.Birth {
		f.found.Add(domain.Refuse(domain.FieldMalformed, "birth", "rule", "birth-idnumber"))
	}
	p.Birth = number.Birth
	if p.Sex == "" {
		p.Sex = number.Sex
	}
}

// changedFields lists what a resubmission changes, codes included.
func changedFields(old oldContent, row *formRow) []account.FieldChange {
	before := fieldValues(old.content, old.particulars, old.effective, old.document)
	after := fieldValues(row.content, row.particulars, row.form.Effective, row.form.Document)
	var changed []account.FieldChange
	for _, field := range formFields {
		if before[field] != after[field] {
			changed = append(changed, account.FieldChange{Field: field, Old: before[field], New: after[field]})
		}
	}
	return changed
}

func fieldValues(c account.Content, p account.Particulars, effective domain.Day, document domain.DocumentID) map[string]string {
	values := map[string]string{
		"name": p.Name, "sex": p.Sex, "birth": p.Birth, "ethnicity": p.Ethnicity, "nativeplace": p.NativePlace,
		"politics": p.Politics, "education": p.Education, "degree": p.Degree, "school": p.School, "workstart": p.WorkStart,
		"internalbody": p.InternalBody, "post": p.Post, "postrank": p.PostRank, "title": p.Title, "note": p.Note,
		"manner": string(c.Manner), "approval": string(c.Approval), "exitreason": string(c.ExitReason),
		"effective": effective.String(), "document": string(document),
	}
	if c.Kind == account.Entry { // an exit's line and class are those of the holding
		values["line"], values["class"] = string(c.LineKey), string(c.Class)
	}
	return values
}

// clip bounds what a refusal repeats of the caller's own words.
func clip(s string) string {
	const most = 64
	runes := []rune(s)
	if len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
