package text

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
)

// staffing adds what a step of a change changed.
func (d *differ) staffing(payload domain.Payload) {
	switch e := payload.(type) {
	case account.StaffingCollected:
		d.collected(e)
	case account.StaffingResubmitted:
		d.resubmitted(e)
	case account.StaffingReviewed:
		d.state(d.atGate(e.Gate), d.beyond(e.Number, e.Of))
		d.progress(e.Number, e.Of)
		items := make([]string, len(e.Items))
		for i, key := range e.Items {
			items[i] = lowerFirst(Label(d.lang, "item", key))
		}
		d.new("items", upperFirst(d.list(items)))
	case account.StaffingReturned:
		d.state(d.atGate(e.Gate), Status(d.lang, "change", "returned").Label)
		opinion, _ := unseal[account.Opinion](e.Opinion)
		named := slices.Concat(e.Fields, slices.Collect(maps.Keys(opinion.Fields)))
		slices.Sort(named)
		for _, name := range slices.Compact(named) {
			d.noted(Field(d.lang, name), "", d.say("需补正", "To mend"), opinion.Fields[name])
		}
	case account.StaffingWithdrawn:
		d.state(d.say("在办", "Under way"), Status(d.lang, "change", "withdrawn").Label)
		d.movement(e.Movement)
	case account.StaffingRecorded:
		d.recorded(e)
	case account.StaffingRefused:
		d.refused(e.Refusal)
	}
}

func (d *differ) state(before, after string) {
	d.add(d.say("变动状态", "State of the change"), before, after)
}

func (d *differ) atGate(gate account.Gate) string {
	return ChangeStatus(d.lang, "review", gate).Label
}

// beyond is the state after a pass: the next gate by number, or recording.
func (d *differ) beyond(number, of int) string {
	if number >= of {
		return Status(d.lang, "change", "to-record").Label
	}
	return d.say("待第"+Number(number+1)+"道审核", "At gate "+Number(number+1))
}

func (d *differ) progress(number, of int) {
	d.add(d.say("已过关口", "Gates passed"), Number(number-1)+"/"+Number(of), Number(number)+"/"+Number(of))
}

func (d *differ) collected(e account.StaffingCollected) {
	first := account.Gate("")
	if len(e.Route) > 0 {
		first = e.Route[0]
	}
	d.state("", d.atGate(first))
	particulars, open := unseal[account.Particulars](e.Private)
	d.newRuns("person", d.person(e.Person, particulars.Name))
	d.content(e.Content)
	if open {
		d.particulars(particulars)
	} else if e.Private != nil {
		d.new("particulars", d.hidden().Text)
	}
	gates := ""
	for i, g := range e.Route {
		if i > 0 {
			gates += "→"
		}
		gates += Label(d.lang, "gate-short", string(g))
	}
	d.add(d.say("审核路线", "Route"), "", gates)
	d.add(d.say("办理期限", "Handling due"), "", Date(d.lang, e.HandlingDue))
	if e.Approval != "" {
		d.noted(d.say("用编核准", "Approval ")+plainText(d.approval(e.Approval)), "", d.say("占用1名", "1 post drawn"), "")
	}
}

// content adds the clear codes of a change.
func (d *differ) content(c account.Content) {
	d.new("kind", Label(d.lang, "changekind", string(c.Kind)))
	if c.LineKey != "" {
		d.new("line", LineName(d.lang, c.LineKey))
	}
	for _, f := range []struct{ name, value string }{{"class", string(c.Class)}, {"manner", string(c.Manner)}, {"exitreason", string(c.ExitReason)}} {
		if f.value != "" {
			d.new(f.name, d.spell(f.name, f.value))
		}
	}
	if c.Kind == account.Entry && c.Approval != "" {
		d.newRuns("approval", d.approval(c.Approval))
	}
	d.new("effective", Date(d.lang, d.event.Effective))
	if d.event.DocumentID != "" {
		d.newRuns("document", d.document(d.event.DocumentID, ""))
	}
}

// particulars adds the sealed fields of an entry, or the note of an exit.
func (d *differ) particulars(p account.Particulars) {
	for _, f := range []struct{ name, value string }{
		{"name", p.Name}, {"sex", p.Sex}, {"birth", p.Birth}, {"ethnicity", p.Ethnicity}, {"nativeplace", p.NativePlace},
		{"politics", p.Politics}, {"education", p.Education}, {"degree", p.Degree}, {"school", p.School},
		{"workstart", p.WorkStart}, {"internalbody", p.InternalBody}, {"post", p.Post}, {"postrank", p.PostRank},
		{"title", p.Title}, {"note", p.Note}} {
		d.new(f.name, d.spell(f.name, f.value))
	}
}

// resubmitted adds each changed field with its old and new value.
func (d *differ) resubmitted(e account.StaffingResubmitted) {
	d.state(Status(d.lang, "change", "returned").Label, Status(d.lang, "change", "review").Label)
	again, open := unseal[account.Resubmission](e.Private)
	if !open && e.Private != nil {
		d.noted(d.say("变更的字段", "Changed fields"), "", d.hidden().Text, "")
	}
	for _, f := range again.Changed {
		d.field(f.Field, d.spell(f.Field, f.Old), d.spell(f.Field, f.New))
	}
	d.add(d.say("办理期限", "Handling due"), "", Date(d.lang, e.HandlingDue))
}

// recorded adds the person's state and the line.
func (d *differ) recorded(e account.StaffingRecorded) {
	d.state(Status(d.lang, "change", "to-record").Label, Status(d.lang, "change", "recorded").Label)
	none, held := Label(d.lang, "personstate", "none"), Label(d.lang, "personstate", "held")
	state := d.say("人员状态", "State of the person")
	day := Date(d.lang, d.event.Effective)
	if e.Kind == account.Exit {
		left := none
		if e.ExitReason != "" {
			reason := Label(d.lang, "exitreason", string(e.ExitReason))
			left = d.say(reason+"出编", "Left ("+lowerFirst(reason)+")")
		}
		d.add(state, held, left)
		d.add(d.say("出编日期", "Day of exit"), "", day)
	} else {
		d.add(state, none, held)
		d.add(d.say("入编日期", "Day of entry"), "", day)
		if e.Approval != "" {
			d.add(d.say("用编核准", "Approval ")+plainText(d.approval(e.Approval)), d.say("占用1名", "1 post drawn"), d.say("使用1名", "1 post used"))
		}
	}
	d.movement(e.Movement)
}

// spell writes a value of a change's form for people: codes by their tables,
// ids by their names, dates as dates.
func (d *differ) spell(field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "sex", "ethnicity", "politics", "education", "degree":
		return Code(d.lang, field, value, d.day)
	case "line", "linekey":
		return LineName(d.lang, codes.LineKey(value))
	case "kind":
		return Label(d.lang, "changekind", value)
	case "class":
		return Label(d.lang, "personclass", value)
	case "manner", "exitreason":
		return Label(d.lang, field, value)
	case "birth", "workstart", "effective":
		return PartialDate(d.lang, value)
	case "approval":
		return plainText(d.approval(domain.ApprovalID(value)))
	case "document":
		return plainText(d.document(domain.DocumentID(value), ""))
	case "person":
		return plainText(d.person(domain.PersonID(value), ""))
	case "idnumber":
		return codes.MaskID(value)
	}
	return value
}
