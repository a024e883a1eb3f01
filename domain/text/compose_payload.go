package text

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// tell sets the values and details that a payload gives.
func (c *composer) tell(payload domain.Payload) {
	c.set("unit", c.account(c.event.Stream)...)
	switch e := payload.(type) {
	case domain.LedgerOpened:
		c.setText("ledger", shortID(e.Ledger))
		if e.Demo {
			c.setText("demo", c.say("演示数据", "demo data"))
		}
	case account.UnitEstablished:
		c.unitEstablished(e)
	case account.UnitRefused:
		c.refused(e.Refusal)
	case account.PoolSet:
		c.quota(e.Movement, 0, e.Posts)
		c.reason(e.Text)
	case account.QuotaOffered:
		c.setText("posts", c.posts(e.GiverLine, e.Posts))
		c.set("taker", c.account(e.Taker)...)
		c.figures(e.Movement, 0)
		if e.TakerLine != e.GiverLine {
			c.field("takerline", "takerline", c.text(LineName(c.lang, e.TakerLine))...)
		}
		c.detailText("body", both{"决定机关", "Decided by"}, Label(c.lang, "body", e.Body))
		c.reason(e.Text)
	case account.QuotaTaken:
		c.setText("posts", c.posts(e.TakerLine, e.Posts))
		c.set("giver", c.account(e.Giver)...)
		c.set("landson", c.date(e.LandsOn)...)
		c.figures(e.Movement, 0)
	case account.QuotaRefused:
		c.set("giver", c.account(e.Giver)...)
		c.refused(e.Refusal)
	case account.QuotaUndone:
		if line, n := moved(e.Movement, 0); n > 0 {
			c.quota(e.Movement, 0, n)
			c.setText("posts", c.posts(line, n))
		}
	case account.QuotaLanded:
		c.quota(e.Movement, 0, e.Posts)
	case account.QuotaHeldBack:
		c.quota(e.Movement, 3, e.Posts)
		c.reason(e.Text)
	case account.QuotaFreed:
		c.quota(e.Movement, 3, e.Posts)
		c.reason(e.Text)
	case account.UseApproved:
		c.useApproved(e)
	case account.UseExpired:
		c.useEnded(e.Approval, e.Freed, e.Kept)
	case account.UseRevoked:
		c.useEnded(e.Approval, e.Freed, e.Kept)
		c.reason(e.Text)
	case account.StaffingCollected, account.StaffingResubmitted, account.StaffingReviewed, account.StaffingReturned,
		account.StaffingWithdrawn, account.StaffingRecorded, account.StaffingRefused:
		c.staffing(payload)
	case account.OpeningStarted:
		c.setText("people", Count(c.lang, People, e.Rows))
		c.detailText("digest", both{"名单摘要值", "Digest of the list"}, shortID(e.Digest))
	case account.OpeningPart:
		c.setText("people", Count(c.lang, People, len(e.Rows)))
		c.setText("part", Number(e.Part+1))
	case account.OpeningCompleted:
		c.setText("people", Count(c.lang, People, e.Rows))
		for _, l := range e.Lines {
			c.detailText("line", both{LineName(ZH, l.Key), LineName(EN, l.Key)}, c.say("实有", "occupied ")+Number(l.Before[1])+"→"+Number(l.After[1]))
		}
	case person.Registered:
		identity, _ := unseal[person.Identity](e.Private)
		c.set("person", c.person(domain.PersonID(c.event.Stream.Key()), identity.Name)...)
	case person.Claimed:
		c.personStep(e.Unit)
		c.flag("opening", e.Opening)
		if !e.Opening {
			c.field("change", "change", c.change(e.Change)...)
		}
	case person.Held:
		c.personStep(e.Unit)
	case person.Released:
		c.personStep(e.Unit)
		c.flag("holding", e.Holding != "")
	case unitcode.Claimed:
		c.codeStep(e.Unit)
	case unitcode.Held:
		c.codeStep(e.Unit)
	case unitcode.Released:
		c.codeStep(e.Unit)
	case document.Registered:
		c.documentRegistered(e)
	case user.Registered:
		text, open := unseal[user.Text](e.Text)
		c.userStep(text.Name)
		if e.Human != "" && string(e.Human) != c.event.Stream.Key() {
			c.field("human", "human", c.person(domain.PersonID(e.Human), "")...)
		}
		c.words("signin", both{Field(ZH, "signin"), Field(EN, "signin")}, e.Text, text.SignIn, open)
	case user.Disabled:
		c.userStep("")
	case user.RoleProposed:
		c.grant(e.Grant, e.Role, e.Scope)
	case user.RoleGranted:
		c.grant(e.Grant, e.Role, e.Scope)
	case user.RoleRevoked:
		c.userStep("")
		c.setText("grant", shortID(e.Grant))
	case policy.PolicySet:
		c.setText("policy", c.say("“", `"`)+c.label("policy", e.Name)+c.say("”", `"`))
		c.setText("version", strconv.Itoa(e.Version))
		c.set("from", c.date(e.From)...)
	case policy.CalendarSet:
		c.setText("year", strconv.Itoa(e.Year))
		c.setText("holidays", Count(c.lang, Days, len(e.Holidays)))
		c.setText("workdays", Count(c.lang, Days, len(e.Workdays)))
	}
}

func (c *composer) unitEstablished(e account.UnitEstablished) {
	text, open := unseal[account.UnitText](e.Text)
	c.set("unit", c.unit(domain.UnitID(c.event.Stream.Key()), text.Name)...)
	c.setText("code", e.Code)
	c.field("level", "level", c.text(LevelName(c.lang, e.Level, c.day))...)
	if e.Parent != "" {
		c.field("parent", "parent", c.unit(e.Parent, "")...)
	}
	c.field("system", "system", c.text(Code(c.lang, "system", e.System, c.day))...)
	c.field("rank", "rank", c.text(Code(c.lang, "rank", e.Rank, c.day))...)
	if open {
		c.field("othernames", "othernames", c.quote(c.list(text.OtherNames))...)
	}
}

// quota sets posts and figures of an event that moves one component of a line.
func (c *composer) quota(m account.Movement, component, n int) {
	line, _ := moved(m, component)
	c.setText("posts", c.posts(line, n))
	c.figures(m, component)
}

func (c *composer) useApproved(e account.UseApproved) {
	c.setText("n", Count(c.lang, Posts, e.Posts))
	c.set("validto", c.date(e.ValidTo)...)
	c.field("approval", "approval", c.approval(e.Approval)...)
	c.detailText("line", both{"编制类别", "Post kind"}, LineName(c.lang, e.LineKey))
	c.field("manner", "manner", c.text(Label(c.lang, "manner", string(e.Manner)))...)
	text, open := unseal[account.ApprovalText](e.Text)
	if open {
		c.field("plan", "plan", c.quote(text.Plan)...)
		c.field("note", "note", c.quote(text.Note)...)
	} else if e.Text != nil {
		c.field("note", "note", c.hidden())
	}
}

func (c *composer) useEnded(id domain.ApprovalID, freed, kept int) {
	c.set("approval", c.approval(id)...)
	if freed > 0 {
		c.setText("freed", Count(c.lang, Posts, freed))
	}
	if kept > 0 {
		c.setText("kept", Count(c.lang, Posts, kept))
	}
}

func (c *composer) personStep(unit domain.UnitID) {
	c.set("person", c.person(domain.PersonID(c.event.Stream.Key()), "")...)
	c.set("unit", c.unit(unit, "")...)
}

func (c *composer) codeStep(unit domain.UnitID) {
	c.setText("code", c.event.Stream.Key())
	c.set("unit", c.unit(unit, "")...)
}

func (c *composer) userStep(fallback string) {
	id := domain.UserID(c.event.Stream.Key())
	name := c.names.User(id)
	if name == "" {
		name = fallback
	}
	c.set("user", c.run("user", string(id), name)...)
}

func (c *composer) grant(id string, role domain.Role, scope domain.Scope) {
	c.userStep("")
	c.setText("role", c.say("“", `"`)+c.label("role", string(role))+c.say("”", `"`))
	c.set("scope", c.scope(scope)...)
	c.field("grant", "grant", c.text(shortID(id))...)
}

func (c *composer) documentRegistered(e document.Registered) {
	text, open := unseal[document.Text](e.Text)
	c.set("document", c.document(domain.DocumentID(c.event.Stream.Key()), text.Number)...)
	c.field("date", "date", c.date(e.Date)...)
	if open {
		c.set("title", c.quote(text.Title)...)
		c.field("issuer", "issuer", c.quote(text.Issuer)...)
		c.field("grants", "grants", c.quote(text.Grants)...)
		c.field("file", "file", c.quote(text.File)...)
	} else if e.Text != nil {
		c.field("title", "document.title", c.hidden())
	}
}

// refused names the refusal in the sentence and gives its numbers below.
func (c *composer) refused(r *domain.Refusal) {
	if r == nil {
		return
	}
	c.setText("refusal", c.label("refusal", r.Name))
	c.detailText("rule", both{"规则", "Rule"}, r.Name)
	if domain.ClassOf(r.Name) > domain.ClassSame { // those speak to the actor
		c.detailText("why", both{"原因", "Why"}, strings.TrimRight(Refusal(c.lang, r, c.names).Rule, "。."))
	}
}

func (c *composer) batch(b *account.Batch) {
	if b == nil {
		return
	}
	c.detailText("batch", both{"批次", "Batch"}, c.say("第"+Number(b.Row+1)+"行，共"+Number(b.Rows)+"行",
		"row "+Number(b.Row+1)+" of "+Number(b.Rows)))
	const shown = 10
	var aside []string
	for i, n := range slices.Sorted(maps.Keys(b.SetAside)) {
		if i == shown {
			aside = append(aside, c.say("等"+Number(len(b.SetAside))+"行", Number(len(b.SetAside))+" rows in all"))
			break
		}
		why := c.label("refusal", b.SetAside[n])
		aside = append(aside, c.say("第"+Number(n+1)+"行（"+why+"）", "row "+Number(n+1)+" ("+why+")"))
	}
	c.detailText("setaside", both{"未受理", "Set aside"}, c.list(aside))
}
