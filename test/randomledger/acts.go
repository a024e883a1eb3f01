package randomledger

import (
	"errors"
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/person"
)

func (g *generator) takePost(h *human, unit domain.UnitID) {
	h.unit = unit
	g.posted[unit] = append(g.posted[unit], h)
}

func (g *generator) leavePost(h *human) {
	all := g.posted[h.unit]
	i := slices.Index(all, h)
	all[i] = all[len(all)-1]
	g.posted[h.unit] = all[:len(all)-1]
	h.unit = ""
}

// act takes one random step, or one whole process.
func (g *generator) act() {
	if len(g.units) == 0 {
		g.foundUnit(0)
		return
	}
	a := g.account(domain.AccountOf(pick(g.rng, g.units...)))
	g.fallDue(a)
	switch n := g.rng.IntN(100); {
	case n < 3:
		if len(g.units) < g.Units {
			g.foundUnit(pick(g.rng, 0, 0, 0, 1))
		}
	case n < 5:
		g.registerDocument()
	case n < 6:
		g.userAct()
	case n < 7:
		g.setPool(pick(g.rng, Levels...), pick(g.rng, lineKeys...), g.rng.IntN(30*g.Posts))
	case n < 8:
		g.setPolicy()
	case n < 20:
		g.moveQuota(pick(g.rng, 0, 0, 0, 0, 0, 0, 0, 1))
	case n < 24:
		g.holdBack(a)
	case n < 27:
		g.approve(a)
	case n < 28:
		g.revoke(a)
	case n < 30:
		g.openingBalance(a, pick(g.rng, 0, 0, 1), 1+g.rng.IntN(4))
	case n < 33:
		g.collectEntries(a, 2+g.rng.IntN(3))
	case n < 42:
		g.collectEntries(a, 1)
	case n < 50:
		g.collectExit(a)
	default:
		g.moveOn(a)
	}
}

// leaveOpen ends the ledger with one process of each kind unfinished.
func (g *generator) leaveOpen() {
	if len(g.units) == 0 || g.err != nil {
		return
	}
	g.foundUnit(2)
	g.moveQuota(2)
	a := g.account(domain.AccountOf(g.units[0]))
	g.fallDue(a)
	for range 6 {
		g.collectEntries(a, 1)
	}
	for _, c := range a.LiveChanges() {
		for range 3 {
			g.pass(a, c.ID)
		}
		g.record(a, c.ID, 2)
	}
	g.openingBalance(g.account(domain.AccountOf(g.units[len(g.units)-1])), 2, 3)
}

// fallDue appends what has fallen due, as every command does first.
func (g *generator) fallDue(a *account.Account) {
	for _, f := range a.Due(g.now) {
		f.Draft.OnBehalfOf = string(g.admins[0].user)
		g.append(clock, a.Stream(), f.Draft)
	}
}

func (g *generator) setPool(level domain.Level, line codes.LineKey, posts int) {
	a, by := g.account(domain.PoolOf(level)), g.by(domain.Committee)
	g.fallDue(a)
	if d, err := a.DecidePool(account.SetPool{Line: line, Posts: posts}, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

// moveQuota runs the quota process between two random accounts: outcome 0
// takes, 1 refuses, 2 stops after the offer.
func (g *generator) moveQuota(outcome int) {
	by := g.by(domain.Leader)
	level := pick(g.rng, Levels...)
	var local []domain.UnitID // conservation is per level: posts stay in theirs
	for _, u := range g.units {
		if g.account(domain.AccountOf(u)).Unit().Level == level {
			local = append(local, u)
		}
	}
	pool := domain.PoolOf(level)
	if len(local) == 0 {
		return
	}
	giver, taker := pool, domain.AccountOf(pick(g.rng, local...))
	switch g.rng.IntN(6) {
	case 0:
		giver, taker = taker, pool
	case 1:
		giver = domain.AccountOf(pick(g.rng, local...))
	}
	if giver == taker {
		return
	}
	a, b := g.account(giver), g.account(taker)
	g.fallDue(a)
	line := pick(g.rng, lineKeys...)
	takerLine := line
	if line.Kind() == codes.Institution {
		takerLine = pick(g.rng, lineKeys[1:]...)
	}
	p, effective := domain.ProcessID(g.id()), g.now.Day()+domain.Day(pick(g.rng, 0, 0, -3, -20, -20, 5, 30))
	d, err := a.DecideOffer(account.Offer{Process: p, Taker: taker, GiverLine: line, TakerLine: takerLine,
		Posts: 1 + g.rng.IntN(2*g.Posts), Effective: effective, Body: "office"}, g.facts(by))
	if err != nil {
		return
	}
	offer := g.append(by, giver, d.Drafts...)
	if outcome == 2 || offer == nil {
		return
	}
	g.fallDue(b)
	take := account.Take{Giver: giver, Offer: d.Drafts[0].Payload.(account.QuotaOffered), Effective: effective}
	taken, err := b.DecideTake(take, g.facts(by))
	if outcome == 1 || err != nil {
		var refusal *domain.Refusal
		errors.As(err, &refusal)
		if refusal == nil {
			refusal = domain.Refuse(domain.BulkOpen, "unit")
		}
		g.append(by, taker, b.RefuseTake(p, giver, refusal).Drafts...)
		g.append(by, giver, a.Undo(p, g.now).Drafts...)
		return
	}
	g.append(by, taker, taken.Drafts...)
	g.append(by, giver, a.Settle(p).Drafts...)
}

func (g *generator) holdBack(a *account.Account) {
	by, line := g.by(domain.Leader), pick(g.rng, lineKeys...)
	held := false
	for _, k := range a.Lines() {
		if a.BalanceOn(k, g.now.Day()-10)[3] > 0 {
			line, held = k, true
		}
	}
	c := account.HoldBack{Line: line, Posts: 1 + g.rng.IntN(2), Effective: g.now.Day() - domain.Day(g.rng.IntN(10))}
	d, err := a.DecideHoldBack(c, g.facts(by))
	if held && g.rng.IntN(3) > 0 {
		c.Posts = 1
		d, err = a.DecideFree(account.Free(c), g.facts(by))
	}
	if err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

func (g *generator) approve(a *account.Account) {
	by := g.by(domain.Approver)
	c := account.ApproveUse{Approval: domain.ApprovalID(g.id()), Line: pick(g.rng, lineKeys...), Posts: 1 + g.rng.IntN(3),
		Manner: pick(g.rng, codes.Exam, codes.Recruitment), ValidTo: g.now.Day() + domain.Day(g.rng.IntN(40)),
		Text: domain.PersonalOf("unit:"+string(a.UnitID()), account.ApprovalText{Plan: "年度用编计划"})}
	if d, err := a.DecideApprove(c, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

func (g *generator) revoke(a *account.Account) {
	for _, p := range a.Approvals() {
		if !p.Ended {
			by := g.by(domain.Approver)
			if d, err := a.DecideRevoke(account.RevokeUse{Approval: p.ID}, g.facts(by)); err == nil {
				g.append(by, a.Stream(), d.Drafts...)
			}
			return
		}
	}
}

// particulars of an entry or opening row.
func (g *generator) particulars(h *human) *domain.Personal {
	return domain.PersonalOf("person:"+string(h.id), account.Particulars{Name: h.name, Sex: pick(g.rng, "1", "2"), Birth: "1980-05",
		Education: "bachelor", InternalBody: pick(g.rng, "办公室", "教务处", ""), Post: pick(g.rng, "科员", "教师", "主任"),
		PostRank: pick(g.rng, "一级科员", ""), Note: "n"})
}

// free finds somebody without holding and change, or registers somebody new.
func (g *generator) free() *human {
	if g.rng.IntN(3) == 0 {
		for range 5 {
			if len(g.order) == 0 {
				break
			}
			if h := pick(g.rng, g.order...); h.unit == "" && !h.busy {
				return h
			}
		}
	}
	return g.newPerson()
}

func (g *generator) entryContent(a *account.Account, h *human) (account.Content, domain.Day) {
	line := pick(g.rng, lineKeys...)
	for _, k := range a.Lines() { // mostly a line with a free post
		if a.BalanceOn(k, g.now.Day()).Free() > 0 && g.rng.IntN(2) == 0 {
			line = k
		}
	}
	c := account.Content{Kind: account.Entry, Person: h.id, LineKey: line, Manner: pick(g.rng, codes.Resettlement, codes.Assignment), Hash: g.id()}
	c.Class = pick(g.rng, g.policy.Compatibility[line.Kind()]...)
	effective := g.now.Day() - domain.Day(g.rng.IntN(25))
	var approvals []account.Approval
	if !g.Steady || g.rng.IntN(20) == 0 {
		approvals = a.Approvals()
	}
	for _, p := range approvals {
		if !p.Ended && p.Undrawn() > 0 && g.rng.IntN(2) == 0 {
			c.Approval, c.LineKey, c.Manner = p.ID, p.Line, p.Manner
			c.Class = pick(g.rng, g.policy.Compatibility[p.Line.Kind()]...)
			break
		}
	}
	return c, max(effective, h.freeFrom)
}

// collectEntries opens n entries as one append; more than one are a batch.
func (g *generator) collectEntries(a *account.Account, n int) {
	by := g.by(domain.Collector)
	g.command = domain.CommandID(g.id())
	batch, work := g.id(), a
	if n > 1 {
		work = a.Clone()
	}
	var drafts []domain.Draft
	for i := range n {
		h := g.free()
		content, effective := g.entryContent(work, h)
		c := account.Collect{Change: domain.ChangeID(g.id()), Content: content, Effective: effective, Private: g.particulars(h),
			Person: account.PersonFact{HoldsElsewhere: h.unit, FreeFrom: h.freeFrom}}
		if n > 1 {
			c.Batch = &account.Batch{ID: batch, Row: i, Rows: n}
		}
		d, err := work.DecideCollect(c, g.facts(by))
		if err != nil {
			continue
		}
		h.busy = true
		drafts = append(drafts, d.Drafts...)
		if n > 1 {
			work.Apply(domain.Head{Effective: effective, Time: g.now, Revision: work.Revision() + 1}, d.Drafts[0].Payload)
		}
	}
	g.append(by, a.Stream(), drafts...)
}

func (g *generator) collectExit(a *account.Account) {
	posted := g.posted[a.UnitID()]
	if len(posted) == 0 {
		return
	}
	h, ok := a.Holding(pick(g.rng, posted...).id)
	if !ok {
		return
	}
	by := g.by(domain.Collector)
	c := account.Collect{Change: domain.ChangeID(g.id()), Effective: max(h.Since, g.now.Day()-domain.Day(g.rng.IntN(30))),
		Content: account.Content{Kind: account.Exit, Person: h.Person, ExitReason: pick(g.rng, codes.Retirement, codes.Resignation), Hash: g.id()},
		Private: domain.PersonalOf("person:"+string(h.Person), account.ChangeNote{Note: "到龄"})}
	if d, err := a.DecideCollect(c, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

// moveOn takes the next step of a random live change.
func (g *generator) moveOn(a *account.Account) {
	live := a.LiveChanges()
	if len(live) == 0 {
		return
	}
	c := pick(g.rng, live...)
	for range 4 { // mostly one that is further on
		if other := pick(g.rng, live...); other.Passed > c.Passed {
			c = other
		}
	}
	switch n := g.rng.IntN(20); {
	case c.Status == account.StatusReturned && n < 15:
		g.resubmit(a, c)
	case n == 0:
		g.withdraw(a, c)
	case c.Status == account.StatusReturned:
	case n < 3:
		g.giveBack(a, c)
	default:
		for range 1 + g.rng.IntN(3) {
			g.pass(a, c.ID)
		}
		if g.rng.IntN(3) > 0 {
			g.record(a, c.ID, 0)
		}
	}
}

func (g *generator) resubmit(a *account.Account, c account.Change) {
	by := g.by(domain.Collector)
	content, h := c.Content, g.people[c.Content.Person]
	if g.rng.IntN(2) == 0 {
		content.Hash = g.id()
	}
	r := account.Resubmit{Change: c.ID, Content: content, Effective: c.Effective,
		Person: account.PersonFact{FreeFrom: h.freeFrom}}
	if c.Content.Kind == account.Entry {
		r.Person.HoldsElsewhere = h.unit
	}
	r.Private = domain.PersonalOf("person:"+string(h.id), account.Resubmission{
		Particulars: account.Particulars{Name: h.name, Sex: "1", Post: "科员", Note: "resubmitted"},
		Changed:     []account.FieldChange{{Field: "post", Old: "教师", New: "科员"}}})
	if d, err := a.DecideResubmit(r, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

func (g *generator) withdraw(a *account.Account, c account.Change) {
	by := g.by(domain.Collector)
	w := account.Withdraw{Change: c.ID, Text: domain.PersonalOf("person:"+string(c.Content.Person), account.ChangeNote{Note: "不再需要"})}
	if d, err := a.DecideWithdraw(w, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
		if c.Content.Kind == account.Entry {
			g.people[c.Content.Person].busy = false
		}
	}
}

// gateRole is the role that sits at a gate.
func gateRole(gate account.Gate) domain.Role { return domain.Role("gate:" + string(gate)) }

func (g *generator) giveBack(a *account.Account, c account.Change) {
	gate, ok := c.NextGate()
	if !ok {
		return
	}
	by := g.by(gateRole(gate))
	r := account.Return{Change: c.ID, Gate: gate, Fields: []string{"education"},
		Opinion: domain.PersonalOf("person:"+string(c.Content.Person), account.Opinion{Text: "学历与证明不符", Fields: map[string]string{"education": "缺证明"}})}
	if d, err := a.DecideReturn(r, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

func (g *generator) pass(a *account.Account, id domain.ChangeID) {
	c, _ := a.Change(id)
	gate, ok := c.NextGate()
	if !ok {
		return
	}
	by := g.by(gateRole(gate))
	h := g.people[c.Content.Person]
	var items []string
	for _, item := range g.policy.Checklists[string(gate)] {
		items = append(items, item.Key)
	}
	p := account.Pass{Change: id, Gate: gate, Items: items, Hash: c.Content.Hash,
		Opinion: domain.PersonalOf("person:"+string(h.id), account.Opinion{Text: "同意"}), Person: account.PersonFact{FreeFrom: h.freeFrom}}
	if d, err := a.DecidePass(p, g.facts(by)); err == nil {
		g.append(by, a.Stream(), d.Drafts...)
	}
}

// record runs the process of an entry or exit whose gates are passed: outcome 2
// stops it half way. An entry whose recording is refused has its claim released.
func (g *generator) record(a *account.Account, id domain.ChangeID, outcome int) {
	c, _ := a.Change(id)
	if c.Status != account.StatusReview || c.Passed < len(c.Route) {
		return
	}
	by, p, h := g.by(domain.Recorder), domain.ProcessID(g.id()), g.people[c.Content.Person]
	stream, unit := domain.PersonOf(h.id), a.UnitID()
	tags := []domain.Tag{domain.TagOf(domain.TagProcess, p)}
	r := account.Record{Process: p, Change: id, Hash: c.Content.Hash, Person: account.PersonFact{FreeFrom: h.freeFrom}}
	f := g.facts(by)
	if c.Content.Kind == account.Exit {
		d, err := a.DecideRecord(r, f)
		if err != nil {
			return
		}
		holding, _ := a.Holding(h.id)
		g.append(by, a.Stream(), d.Drafts...)
		h.freeFrom = c.Effective
		g.leavePost(h)
		if outcome != 2 {
			g.append(by, stream, domain.Draft{Payload: person.Released{Process: p, Unit: unit, Holding: holding.ID}, Tags: tags})
			h.busy = false
		}
		return
	}
	if h.unit != "" {
		return
	}
	g.append(by, stream, domain.Draft{Payload: person.Claimed{Process: p, Unit: unit, Change: id, Hash: c.Content.Hash,
		Revision: c.Revision, Human: by.human()}, Tags: tags})
	if outcome == 2 {
		return
	}
	if g.rng.IntN(4) == 0 { // meanwhile somebody else may take the post
		g.act()
		f = g.facts(by)
	}
	d, err := a.DecideRecord(r, f)
	if err == nil && g.rng.IntN(8) == 0 {
		err = domain.Refuse(domain.ContentChanged, "change", "change", string(id))
	}
	var refusal *domain.Refusal
	if errors.As(err, &refusal) {
		g.append(by, a.Stream(), a.RefuseRecord(p, id, h.id, refusal).Drafts...)
		g.append(by, stream, domain.Draft{Payload: person.Released{Process: p, Unit: unit}, Tags: tags})
		return
	}
	g.append(by, a.Stream(), d.Drafts...)
	g.takePost(h, unit)
	g.append(by, stream, domain.Draft{Payload: person.Held{Process: p, Unit: unit, Holding: id}, Tags: tags})
}

// openingBalance runs the bracket: outcome 0 completes (or abandons where no
// posts are free), 1 abandons, 2 stops half way.
func (g *generator) openingBalance(a *account.Account, outcome, rows int) {
	by, p := g.by(domain.Committee), domain.ProcessID(g.id())
	d, err := a.DecideStartOpening(account.StartOpening{Process: p, Rows: rows, Digest: g.id()}, g.facts(by))
	if err != nil {
		return
	}
	g.append(by, a.Stream(), d.Drafts...)
	tags := []domain.Tag{domain.TagOf(domain.TagProcess, p)}
	claimed := map[domain.PersonID]domain.ChangeID{}
	for part := 0; len(claimed) < rows; part++ {
		var chunk []account.OpeningRow
		for range min(2+rows/50, 40, rows-len(claimed)) {
			h := g.newPerson()
			line := pick(g.rng, lineKeys...)
			for _, k := range a.Lines() {
				if a.BalanceOn(k, g.now.Day()).Free() > rows {
					line = k
				}
			}
			since := g.now.Day()
			if !g.Steady {
				since -= domain.Day(g.rng.IntN(20))
			}
			row := account.OpeningRow{Holding: domain.ChangeID(g.id()), Person: h.id, LineKey: line,
				Class: pick(g.rng, g.policy.Compatibility[line.Kind()]...), Since: since, Private: g.particulars(h)}
			g.append(by, domain.PersonOf(h.id), domain.Draft{Payload: person.Claimed{Process: p, Unit: a.UnitID(), Change: row.Holding, Opening: true}, Tags: tags})
			h.busy, claimed[h.id] = true, row.Holding
			chunk = append(chunk, row)
		}
		if d, err = a.DecideAddPart(account.AddPart{Process: p, Part: part, Rows: chunk}, g.facts(by)); err != nil {
			break
		}
		g.append(by, a.Stream(), d.Drafts...)
		if outcome == 2 {
			return
		}
	}
	c := account.CloseOpening{Process: p}
	if d, err = a.DecideCompleteOpening(c, g.facts(by)); err != nil || outcome == 1 {
		d, _ = a.DecideAbandonOpening(c, g.facts(by))
		outcome = 1
	}
	g.append(by, a.Stream(), d.Drafts...)
	for _, id := range slices.Sorted(maps.Keys(claimed)) {
		if outcome == 1 {
			g.append(by, domain.PersonOf(id), domain.Draft{Payload: person.Released{Process: p, Unit: a.UnitID()}, Tags: tags})
		} else {
			g.append(by, domain.PersonOf(id), domain.Draft{Payload: person.Held{Process: p, Unit: a.UnitID(), Holding: claimed[id]}, Tags: tags})
			g.takePost(g.people[id], a.UnitID())
		}
		g.people[id].busy = false
	}
}
