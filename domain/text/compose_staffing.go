package text

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
)

// staffing tells the steps of a change. Unit and change come last among the
// details: a page that shows one unit or one change leaves them out.
func (c *composer) staffing(payload domain.Payload) {
	var change domain.ChangeID
	switch e := payload.(type) {
	case account.StaffingCollected:
		change = e.Change
		// Particulars of an entry and the note of an exit share the member "note".
		particulars, _ := unseal[account.Particulars](e.Private)
		c.content(e.Content, particulars.Name)
		c.field("note", "note", c.quote(particulars.Note)...)
		c.field("approval", "approval", c.drawn(e.Approval)...)
		c.detailText("route", both{"审核路线", "Route"}, c.route(e.Route))
		c.due(e.HandlingDue)
		c.batch(e.Batch)
	case account.StaffingResubmitted:
		change = e.Change
		again, open := unseal[account.Resubmission](e.Private)
		c.content(e.Content, again.Name)
		if open {
			names := make([]string, len(again.Changed))
			for i, f := range again.Changed {
				names[i] = f.Field
			}
			c.setText("changed", c.fields(names))
		}
		c.field("approval", "approval", c.drawn(e.Approval)...)
		c.due(e.HandlingDue)
	case account.StaffingReviewed:
		change = e.Change
		c.at(e.Person, e.Kind, e.Number, e.Of)
		opinion, open := unseal[account.Opinion](e.Opinion)
		c.words("opinion", both{"意见", "Opinion"}, e.Opinion, opinion.Text, open)
		c.batch(e.Batch)
	case account.StaffingReturned:
		change = e.Change
		c.at(e.Person, e.Kind, e.Number, e.Of)
		c.returned(e)
	case account.StaffingWithdrawn:
		change = e.Change
		c.at(e.Person, e.Kind, 0, 0)
		if line, n := moved(e.Movement, 2); n > 0 {
			c.setText("freed", c.posts(line, n))
		}
		c.reason(e.Text)
	case account.StaffingRecorded:
		change = e.Change
		c.content(e.Content, "")
		c.set("effective", c.date(c.event.Effective)...)
		c.field("approval", "approval", c.drawn(e.Approval)...)
		c.batch(e.Batch)
	case account.StaffingRefused:
		change = e.Change
		c.at(e.Person, e.Kind, 0, 0)
		c.refused(e.Refusal)
	}
	c.field("change", "change", c.change(change)...)
	c.field("unit", "unit", c.values["unit"]...)
}

func (c *composer) content(content account.Content, name string) {
	c.set("person", c.person(content.Person, name)...)
	c.setText("kind", c.kind(content.Kind))
	c.flag("entry", content.Kind == account.Entry)
	if content.LineKey != "" {
		c.setText("posts", c.posts(content.LineKey, 1))
	}
}

func (c *composer) at(person domain.PersonID, kind account.Kind, number, of int) {
	c.set("person", c.person(person, "")...)
	c.setText("kind", c.kind(kind))
	if of > 0 {
		c.setText("number", Number(number))
		c.setText("of", Number(of))
	}
}

// returned says what is wrong: the opinion in the sentence, or the fields named
// in clear where the reader may not see it; field by field below.
func (c *composer) returned(e account.StaffingReturned) {
	opinion, open := unseal[account.Opinion](e.Opinion)
	c.set("opinion", c.quote(opinion.Text)...)
	if len(c.values["opinion"]) == 0 {
		c.setText("opinion", c.fields(e.Fields))
	}
	if !open && e.Opinion != nil {
		c.detail("opinion", both{"意见", "Opinion"}, c.hidden())
	}
	var wrong []Run
	for i, name := range e.Fields {
		if i > 0 {
			wrong = join(wrong, Run{Text: c.say("；", "; ")})
		}
		wrong = join(wrong, Run{Text: lowerFirst(Field(c.lang, name))})
		if words := c.quote(opinion.Fields[name]); len(words) > 0 {
			wrong = join(join(wrong, Run{Text: c.say("：", ": ")}), words...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(opinion.Fields)) {
		if !slices.Contains(e.Fields, name) {
			wrong = join(wrong, Run{Text: c.say("；", "; ") + lowerFirst(Field(c.lang, name)) + c.say("：", ": ")})
			wrong = join(wrong, c.quote(opinion.Fields[name])...)
		}
	}
	c.detail("fields", both{"需补正", "To mend"}, wrong...)
	c.detailText("gate", both{"关口", "Gate"}, c.say("第"+Number(e.Number)+"道共"+Number(e.Of)+"道", Number(e.Number)+" of "+Number(e.Of)))
}

func (c *composer) drawn(id domain.ApprovalID) []Run {
	if id == "" {
		return nil
	}
	return c.approval(id)
}

func (c *composer) route(gates []account.Gate) string {
	text := ""
	for i, g := range gates {
		if i > 0 {
			text += "→"
		}
		text += Label(c.lang, "gate-short", string(g))
	}
	return text
}

func (c *composer) due(day domain.Day) {
	c.detail("due", both{"办理期限", "Due"}, c.date(day)...)
}
