package text

import (
	"encoding/json"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// Sentence says what an event is: who did what to whom, on what document, why.
// Sealed parts stand in it where their Clear is set; an opinion that is not
// open to the reader is marked as such, other sealed words are left out. A type
// without entry in the catalogue is named by its wire name.
func Sentence(lang Lang, e domain.Recorded, p domain.Payload, names Names) Line {
	c := &composer{speaker: newSpeaker(lang, names, e.Time.Day()), event: e, values: map[string][]Run{}}
	entry, known := sentences[e.Type]
	c.set("actor", c.actor()...)
	c.tell(p)
	c.common()
	line := Line{Details: c.details, Step: stepOf(lang, e.Type)}
	if !known {
		line.Runs = join(c.actor(), Run{Text: c.say("：", ": ") + string(e.Type)})
		return line
	}
	for _, f := range entry.forms {
		if f.needs == "" || len(c.values[f.needs]) > 0 {
			value := func(name string) []Run { return c.values[name] }
			line.Runs = fill(both{f.zh, f.en}.in(lang), value, c.unnamed())
			break
		}
	}
	return line
}

func stepOf(lang Lang, t domain.EventType) Step {
	entry := sentences[t]
	code := entry.step
	if code == "" {
		code = "system"
	}
	tag := steps[code]
	step := Step{Code: code, Label: tag.label.in(lang), Sign: tag.sign, Tone: tag.tone}
	if entry.tag.zh != "" {
		step.Label = entry.tag.in(lang)
	}
	if entry.sign != "" {
		step.Sign = entry.sign
	}
	return step
}

// composer gathers the values of a sentence's names and its details.
type composer struct {
	speaker
	event   domain.Recorded
	values  map[string][]Run
	details []Detail
}

func (c *composer) set(name string, runs ...Run) { c.values[name] = runs }

func (c *composer) setText(name, text string) { c.values[name] = c.text(text) }

// flag sets a name that only decides which form is taken.
func (c *composer) flag(name string, on bool) {
	if on {
		c.setText(name, name)
	}
}

// detail adds a fact of the second line; without value it adds nothing.
func (c *composer) detail(code string, label both, runs ...Run) {
	if runs = join(nil, runs...); len(runs) > 0 {
		c.details = append(c.details, Detail{Code: code, Label: label.in(c.lang), Runs: runs})
	}
}

func (c *composer) detailText(code string, label both, text string) {
	c.detail(code, label, c.text(text)...)
}

func (c *composer) field(code, field string, runs ...Run) {
	c.detail(code, both{Field(ZH, field), Field(EN, field)}, runs...)
}

// words adds sealed words as a detail: as they are, or marked as not open.
func (c *composer) words(code string, label both, p *domain.Personal, words string, open bool) {
	switch {
	case open:
		c.detail(code, label, c.quote(words)...)
	case p != nil:
		c.detail(code, label, c.hidden())
	}
}

func (c *composer) reason(p *domain.Personal) {
	note, open := unseal[account.ChangeNote](p)
	c.words("why", both{"事由", "Reason"}, p, note.Note, open)
}

// unseal reads an open sealed object.
func unseal[T any](p *domain.Personal) (T, bool) {
	var v T
	if p == nil || p.Clear == nil || json.Unmarshal(p.Clear, &v) != nil {
		var none T
		return none, false
	}
	return v, true
}

// actor names who took the step, with the role: 吴敏（采集）. What falls due by
// itself, and what the first start writes, says so.
func (c *composer) actor() []Run {
	if c.event.AuthType == domain.AuthSystem {
		if c.event.AuthID == domain.Clock {
			return c.text(c.say("系统（到期）", "System (due)"))
		}
		return c.text(c.say("系统（首次启动）", "System (first start)"))
	}
	runs := c.user(domain.UserID(c.event.AuthID))
	if c.event.ActorRole == "" {
		return runs
	}
	role := c.label("role-short", string(c.event.ActorRole))
	return join(runs, Run{Text: c.say("（"+role+"）", " ("+role+")")})
}

// common adds the details that the head gives.
func (c *composer) common() {
	h := c.event.Head
	var first []Detail
	rest := c.details
	c.details = nil
	if h.DocumentID != "" {
		c.detail("basis", both{"依据", "Basis"}, c.document(h.DocumentID, "")...)
	}
	if h.ReasonCode != "" {
		c.detailText("reason", both{"事由", "Reason"}, reasonLabel(c.lang, h.ReasonCode))
	}
	said := len(c.values["effective"]) > 0 || len(c.values["landson"]) > 0 || len(c.values["from"]) > 0
	if h.Effective != domain.NoDay && h.Effective != h.Time.Day() && !said {
		label := both{"生效", "Effective"}
		if h.AuthType == domain.AuthSystem {
			label = both{"到期日", "Due"}
		}
		c.detail("effective", label, c.date(h.Effective)...)
	}
	first = c.details
	c.details = append(first, rest...)
	if h.OnBehalfOf != "" {
		c.onBehalf(h)
	}
	if h.CausationID != "" {
		c.detail("cause", both{"起因", "Cause"}, Run{Text: shortID(string(h.CausationID)), Kind: "event", ID: string(h.CausationID)})
	}
}

// onBehalf says for whom a step was taken: the owner of a policy answers for
// what falls due, a supervisor collects for a unit, a delegate acts for a user.
func (c *composer) onBehalf(h domain.Head) {
	user := c.names.User(domain.UserID(h.OnBehalfOf))
	switch {
	case h.AuthType == domain.AuthSystem:
		c.detail("answers", both{"负责人", "Answers for it"}, c.user(domain.UserID(h.OnBehalfOf))...)
	case h.ActorRole == domain.Supervisor || user == "" && c.names.Unit(domain.UnitID(h.OnBehalfOf)) != "":
		c.detail("onbehalfof", both{"代办单位", "For"}, c.unit(domain.UnitID(h.OnBehalfOf), "")...)
	default:
		c.detail("onbehalfof", both{"受托于", "For"}, c.user(domain.UserID(h.OnBehalfOf))...)
	}
}

// reasonLabel names a reason code: an exit reason or a manner of entry.
func reasonLabel(lang Lang, code string) string {
	if name, ok := codeName(lang, codes.TableExitReason, code, domain.NoDay); ok {
		return name
	}
	return Code(lang, codes.TableManner, code, domain.NoDay)
}

// figures writes how one component of a line changed: 47→50.
func (c *composer) figures(m account.Movement, component int) {
	if m.Line != nil && m.Line.Before[component] != m.Line.After[component] {
		c.setText("figures", Number(m.Line.Before[component])+"→"+Number(m.Line.After[component]))
	}
}

// moved is the line of a movement and how many posts its first posting moves in
// one component.
func moved(m account.Movement, component int) (codes.LineKey, int) {
	if len(m.Postings) == 0 {
		return "", 0
	}
	n := m.Postings[0].Change[component]
	return m.Postings[0].Line, max(n, -n)
}
