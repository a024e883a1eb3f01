package text

import (
	"strconv"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// Diffs are the fields that an event changed, before and after, as far as the
// event itself tells. An empty side stands for "nothing" or "not told here".
// Events that only settle a process of two streams change nothing else and give
// none.
func Diffs(lang Lang, e domain.Recorded, p domain.Payload, names Names) []Diff {
	d := &differ{speaker: newSpeaker(lang, names, e.Time.Day()), event: e}
	d.read(p)
	return d.rows
}

type differ struct {
	speaker
	event domain.Recorded
	rows  []Diff
}

// add keeps a row whose sides differ.
func (d *differ) add(field, before, after string) { d.noted(field, before, after, "") }

func (d *differ) noted(field, before, after, note string) {
	if before != after {
		d.rows = append(d.rows, Diff{field, before, after, note})
	}
}

// field adds a row for a field of a form.
func (d *differ) field(name, before, after string) { d.add(Field(d.lang, name), before, after) }

// new adds a field that had no value before.
func (d *differ) new(name, after string) { d.field(name, "", after) }

func (d *differ) newRuns(name string, after []Run) { d.new(name, plainText(after)) }

func (d *differ) read(payload domain.Payload) {
	switch e := payload.(type) {
	case domain.LedgerOpened:
		d.add(d.say("账本编号", "Ledger id"), "", e.Ledger)
	case account.UnitEstablished:
		d.unitEstablished(e)
	case account.UnitRefused:
		d.refused(e.Refusal)
	case account.PoolSet:
		d.movement(e.Movement)
	case account.QuotaOffered:
		d.movement(e.Movement)
		d.field("taker", "", plainText(d.account(e.Taker)))
		d.underWay(0, e.Posts)
	case account.QuotaTaken:
		d.movement(e.Movement)
		if e.LandsOn != domain.NoDay {
			d.add(d.say("待到位", "To land"), "", d.posts(e.TakerLine, e.Posts))
			d.add(d.say("到位日期", "Lands on"), "", Date(d.lang, e.LandsOn))
		} else {
			d.underWay(e.Posts, 0)
		}
	case account.QuotaRefused:
		d.refused(e.Refusal)
	case account.QuotaUndone:
		d.movement(e.Movement)
		if _, n := moved(e.Movement, 0); n > 0 {
			d.underWay(n, 0)
		}
	case account.QuotaLanded:
		d.movement(e.Movement)
		d.underWay(e.Posts, 0)
	case account.QuotaHeldBack:
		d.movement(e.Movement)
	case account.QuotaFreed:
		d.movement(e.Movement)
	case account.UseApproved:
		d.useApproved(e)
	case account.UseExpired:
		d.useEnded(e.Approval, "expired", e.Freed, e.Kept, e.Movement)
	case account.UseRevoked:
		d.useEnded(e.Approval, "revoked", e.Freed, e.Kept, e.Movement)
	case account.StaffingCollected, account.StaffingResubmitted, account.StaffingReviewed, account.StaffingReturned,
		account.StaffingWithdrawn, account.StaffingRecorded, account.StaffingRefused:
		d.staffing(payload)
	case account.OpeningStarted:
		d.opening(d.say("未建账", "Not opened"), d.say("建账中", "Under way"))
		d.new("rows", Number(e.Rows))
		d.new("digest", e.Digest)
	case account.OpeningPart:
		d.openingPart(e)
	case account.OpeningCompleted:
		d.opening(d.say("建账中", "Under way"), d.say("已建账", "Opened"))
		for _, l := range e.Lines {
			d.line(l, domain.NoDay)
		}
	case account.OpeningAbandoned:
		d.opening(d.say("建账中", "Under way"), d.say("已放弃", "Abandoned"))
	case person.Registered:
		identity, open := unseal[person.Identity](e.Private)
		d.sealed("name", e.Private, identity.Name, open)
		d.sealed("idnumber", e.Private, codes.MaskID(identity.IDNumber), open)
	case person.Claimed:
		d.claim(d.say("无", "None"), plainText(d.unit(e.Unit, "")))
	case person.Held:
		d.claim(plainText(d.unit(e.Unit, "")), d.say("无", "None"))
		d.add(d.say("占编单位", "Holds a post in"), "", plainText(d.unit(e.Unit, "")))
	case person.Released:
		if e.Holding == "" {
			d.claim(plainText(d.unit(e.Unit, "")), d.say("无", "None"))
		} else {
			d.add(d.say("占编单位", "Holds a post in"), plainText(d.unit(e.Unit, "")), d.say("无", "None"))
		}
	case unitcode.Claimed:
		d.codeState("", "open", e.Unit)
	case unitcode.Held:
		d.codeState("open", "held", e.Unit)
	case unitcode.Released:
		d.codeState("open", "free", e.Unit)
	case document.Registered:
		d.documentRegistered(e)
	case user.Registered:
		text, open := unseal[user.Text](e.Text)
		d.sealed("user.name", e.Text, text.Name, open)
		d.sealed("signin", e.Text, text.SignIn, open)
		d.add(d.say("状态", "State"), "", Status(d.lang, "user", "active").Label)
	case user.Disabled:
		d.add(d.say("状态", "State"), Status(d.lang, "user", "active").Label, Status(d.lang, "user", "disabled").Label)
	case user.RoleProposed:
		d.grant(e.Role, e.Scope, "", "proposed")
	case user.RoleGranted:
		d.grant(e.Role, e.Scope, "", "granted")
	case user.RoleRevoked:
		d.add(d.say("授权", "Grant")+d.say("", " ")+shortID(e.Grant), "", Status(d.lang, "grant", "revoked").Label)
	default:
		d.policy(payload)
	}
}

// movement adds a row for each figure of the line that changed on the day of
// the event, or the postings where nothing changed on that day.
func (d *differ) movement(m account.Movement) {
	if m.Line != nil {
		from := domain.NoDay
		for _, p := range m.Postings {
			if p.Day != d.event.Time.Day() && (from == domain.NoDay || p.Day < from) {
				from = p.Day
			}
		}
		d.line(*m.Line, from)
		return
	}
	for _, p := range m.Postings {
		for i, n := range p.Change {
			if n != 0 {
				d.noted(d.figure(p.Line, i), "", Signed(n), d.say("自"+Date(ZH, p.Day)+"起", "from "+Date(EN, p.Day)))
			}
		}
	}
}

// line adds the changed figures of a line with the sum of the free ones:
// 实有 46→45（核定50，余3）, 空余 2→3（50−2−45−0=3）. From is the first day on which
// the figures changed, where that is not the day of the event.
func (d *differ) line(l account.Line, from domain.Day) {
	since := ""
	if from != domain.NoDay {
		since = d.say("，自"+Date(ZH, from)+"起", ", from "+Date(EN, from))
	}
	free := l.After.Free()
	for i := range l.After {
		note := d.say("核定"+Number(l.After[0])+"，余"+Number(free), "authorised "+Number(l.After[0])+", free "+Number(free))
		if i == 0 {
			note = d.say("实有"+Number(l.After[1])+"，余"+Number(free), "occupied "+Number(l.After[1])+", free "+Number(free))
		}
		d.noted(d.figure(l.Key, i), Number(l.Before[i]), Number(l.After[i]), note+since)
	}
	d.noted(d.figure(l.Key, 4), Number(l.Before.Free()), Number(free), Sum(l.After))
}

// figure names a component of a line: 行政编制实有, "Administrative, occupied".
func (d *differ) figure(key codes.LineKey, component int) string {
	figure := Label(d.lang, "figure", [...]string{"A", "O", "R", "H", "F"}[component])
	if d.lang == EN {
		return LineName(EN, key) + ", " + lowerFirst(figure)
	}
	return LineName(ZH, key) + figure
}

// underWay counts posts between giver and taker.
func (d *differ) underWay(before, after int) {
	d.add(d.say("在途编制", "Posts under way"), Number(before), Number(after))
}

func (d *differ) refused(r *domain.Refusal) {
	if r != nil {
		d.noted(d.say("结果", "Outcome"), "", Status(d.lang, "process", "refused").Label, Label(d.lang, "refusal", r.Name))
	}
}

func (d *differ) opening(before, after string) {
	d.add(d.say("建账状态", "Opening balance"), before, after)
}

func (d *differ) claim(before, after string) {
	d.add(d.say("预占单位", "Claimed by"), before, after)
}

// sealed adds a sealed value: as it is, or marked as not open.
func (d *differ) sealed(field string, p *domain.Personal, value string, open bool) {
	switch {
	case open:
		d.new(field, value)
	case p != nil:
		d.new(field, d.hidden().Text)
	}
}

func (d *differ) unitEstablished(e account.UnitEstablished) {
	text, open := unseal[account.UnitText](e.Text)
	d.sealed("unit.name", e.Text, text.Name, open)
	if open {
		d.new("shortname", text.ShortName)
		d.new("othernames", d.list(text.OtherNames))
	}
	d.new("code", e.Code)
	d.new("level", LevelName(d.lang, e.Level, d.day))
	if e.Parent != "" {
		d.newRuns("parent", d.unit(e.Parent, ""))
	}
	d.new("division", Code(d.lang, "division", e.Division, d.day))
	d.new("system", Code(d.lang, "system", e.System, d.day))
	d.new("rank", Code(d.lang, "rank", e.Rank, d.day))
}

func (d *differ) useApproved(e account.UseApproved) {
	d.newRuns("approval", d.approval(e.Approval))
	d.new("line", LineName(d.lang, e.LineKey))
	d.new("posts", Number(e.Posts))
	d.new("manner", Label(d.lang, "manner", string(e.Manner)))
	d.new("validto", Date(d.lang, e.ValidTo))
	d.movement(e.Movement)
}

func (d *differ) useEnded(id domain.ApprovalID, state string, freed, kept int, m account.Movement) {
	field := d.say("用编核准", "Approval ") + plainText(d.approval(id))
	d.add(field, Status(d.lang, "approval", "active").Label, Status(d.lang, "approval", state).Label)
	d.add(d.say("未占用名额", "Undrawn posts"), Number(freed), Number(0))
	if kept > 0 {
		d.noted(d.say("在办名额", "Drawn posts"), "", Number(kept), d.say("保留至变动办结", "kept until their changes end"))
	}
	d.movement(m)
}

func (d *differ) codeState(before, after string, unit domain.UnitID) {
	states := map[string]both{"": {}, "open": {"办理中", "Under way"}, "held": {"使用中", "In use"}, "free": {"空闲", "Free"}}
	d.noted(Field(d.lang, "code")+d.say("", " ")+d.event.Stream.Key(), states[before].in(d.lang), states[after].in(d.lang),
		plainText(d.unit(unit, "")))
}

func (d *differ) documentRegistered(e document.Registered) {
	text, open := unseal[document.Text](e.Text)
	d.sealed("number", e.Text, text.Number, open)
	if open {
		d.new("document.title", text.Title)
		d.new("issuer", text.Issuer)
		d.new("grants", text.Grants)
		d.new("file", text.File)
	}
	d.new("date", Date(d.lang, e.Date))
	if e.Size > 0 {
		d.add(d.say("附件大小", "Size of the file"), "", Number(e.Size)+d.say("字节", " bytes"))
	}
	d.add("SHA-256", "", e.Digest)
}

func (d *differ) grant(role domain.Role, scope domain.Scope, before, after string) {
	d.new("role", Label(d.lang, "role", string(role)))
	d.new("scope", upperFirst(plainText(d.scope(scope))))
	d.add(d.say("状态", "State"), before, Status(d.lang, "grant", after).Label)
}

func (d *differ) openingPart(e account.OpeningPart) {
	d.add(d.say("批次", "Part"), "", strconv.Itoa(e.Part+1))
	for i, r := range e.Rows {
		particulars, _ := unseal[account.Particulars](r.Private)
		field := d.say("第"+Number(i+1)+"行", "Row "+Number(i+1))
		d.noted(field, "", plainText(d.person(r.Person, particulars.Name)),
			d.say(LineName(ZH, r.LineKey)+"，"+Label(ZH, "personclass", string(r.Class))+"，自"+Date(ZH, r.Since)+"在编",
				d.speaker.line(r.LineKey)+", "+d.label("personclass", string(r.Class))+", in post since "+Date(EN, r.Since)))
	}
}
