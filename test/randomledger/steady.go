package randomledger

import (
	"staffledger/domain"
	"staffledger/domain/account"
)

// settle founds the units of a steady city, gives them posts and people.
func (g *generator) settle() {
	for len(g.units) < g.Units && g.err == nil {
		g.foundUnit(0)
	}
	for _, u := range g.units {
		a := g.account(domain.AccountOf(u))
		pool := domain.PoolOf(a.Unit().Level)
		posts := g.People/2 + 20
		for _, line := range lineKeys {
			by, p := g.by(domain.Leader), domain.ProcessID(g.id())
			g.setPool(a.Unit().Level, line, posts+g.account(pool).BalanceOn(line, g.now.Day())[0])
			offer := account.Offer{Process: p, Taker: a.Stream(), GiverLine: line, TakerLine: line, Posts: posts, Effective: g.now.Day(), Body: "office"}
			if d, err := g.account(pool).DecideOffer(offer, g.facts(by)); err == nil {
				g.append(by, pool, d.Drafts...)
				take := account.Take{Giver: pool, Offer: d.Drafts[0].Payload.(account.QuotaOffered), Effective: offer.Effective}
				if d, err := a.DecideTake(take, g.facts(by)); err == nil {
					g.append(by, a.Stream(), d.Drafts...)
				}
				g.append(by, pool, g.account(pool).Settle(p).Drafts...)
			}
		}
		g.openingBalance(a, 0, g.People)
	}
}

// steadyAct takes a change from one end to the other, or opens one.
func (g *generator) steadyAct() {
	a := g.account(domain.AccountOf(pick(g.rng, g.units...)))
	g.fallDue(a)
	switch n := g.rng.IntN(100); {
	case n < 3:
		g.registerDocument()
	case n < 6:
		g.approve(a)
	case n < 8:
		g.moveQuota(0)
	case n < 30:
		g.collectEntries(a, 1)
	case n < 50:
		g.collectExit(a)
	default:
		live := a.LiveChanges()
		for len(live) > 3 {
			g.moveStraight(a, live[0])
			live = live[1:]
		}
	}
}

// moveStraight takes a change to its end, mostly.
func (g *generator) moveStraight(a *account.Account, c account.Change) {
	if c.Status == account.StatusReturned {
		g.resubmit(a, c)
	}
	if g.rng.IntN(20) == 0 {
		g.giveBack(a, c)
		return
	}
	for range 3 {
		g.pass(a, c.ID)
	}
	g.record(a, c.ID, 0)
	if stuck, _ := a.Change(c.ID); stuck.Live() {
		g.withdraw(a, stuck)
	}
}
