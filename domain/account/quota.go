package account

import (
	"maps"
	"slices"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Quota: rules
//
//  1. Every grant, cut and move is a posting with two sides and conserves the
//     sum per post kind: Σ units + pools + under way = ceiling (§3, §14.1).
//     Posts that are set apart or earmarked move only to a line with that flag.
//  2. The giver offers (F ≥ n on every day from the effective date to today;
//     its A falls at once), the taker's decision counts, the giver settles or
//     takes back (design §6 "Quota").
//  3. A future-dated posting raises the taker's A when it lands.
//  4. A cut below occupied needs a plan (cut-below-occupied); reserved and
//     held-back posts are not given away (no-free-post); a pool gives no more
//     than it has (pool-exhausted).
//  5. Holding back needs free posts, freeing needs held-back ones, on every day
//     from the effective date to today.

// Offered is an offer that the giver has not settled yet.
type Offered struct {
	QuotaOffered
	Head domain.Head // of the offer: who made it, for when, on which document
}

// Landing is what was taken for a day ahead: its posts are under way until then.
type Landing struct {
	Line     codes.LineKey
	Posts    int
	Day      domain.Day
	Document domain.DocumentID
	By       string // authid of who decided, and answers for the landing
}

// Offers returns the open offers of this giver, ordered by process id.
func (a *Account) Offers() []Offered {
	return slices.SortedFunc(maps.Values(a.offers), func(x, y Offered) int {
		if x.Process < y.Process {
			return -1
		}
		return 1
	})
}

// DecidePool fixes a pool line. What is under way or was given does not count:
// Posts is what the pool itself holds afterwards.
func (a *Account) DecidePool(c SetPool, f Facts) (domain.Decision, error) {
	today := f.Today()
	now := a.BalanceOn(c.Line, today)
	posting := Posting{c.Line, today, Balance{c.Posts - now[0]}}
	var found domain.Findings
	found.Add(Cited(f), a.spare(c.Posts, today, posting))
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{
		Payload:   PoolSet{Posts: c.Posts, Text: c.Text, Movement: a.move(today, posting)},
		Effective: today, Document: f.Document.ID,
	}), nil
}

// Landings returns what has been taken and has not landed yet, by day.
func (a *Account) Landings() []Landing {
	return slices.SortedFunc(maps.Values(a.landings), func(x, y Landing) int { return int(x.Day - y.Day) })
}

// Offer returns an open offer of this giver.
func (a *Account) Offer(p domain.ProcessID) (Offered, bool) {
	o, ok := a.offers[p]
	return o, ok
}

// DecideOffer is the giver's step.
func (a *Account) DecideOffer(c Offer, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(Cited(f), a.Open(), dated(c.Effective, f, true))
	switch flag := c.GiverLine.Flag(); {
	case c.GiverLine.Kind() != c.TakerLine.Kind():
		found.Add(domain.Refuse(domain.KindMismatch, "takerline", "line", string(c.GiverLine), "takerline", string(c.TakerLine)))
	case flag != "" && flag != c.TakerLine.Flag():
		found.Add(domain.Refuse(domain.KindMismatch, "takerline", "line", string(c.GiverLine), "takerline", string(c.TakerLine), "flag", string(flag)))
	}
	today := f.Today()
	posting := Posting{c.GiverLine, min(c.Effective, today), Balance{-c.Posts}}
	if c.Effective != domain.NoDay {
		found.Add(a.spare(c.Posts, today, posting))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{
		Payload: QuotaOffered{Process: c.Process, Taker: c.Taker, TakerLine: c.TakerLine, GiverLine: c.GiverLine,
			Posts: c.Posts, Body: c.Body, Command: c.Command, Digest: c.Digest, Text: c.Text, Movement: a.move(today, posting)},
		Effective: c.Effective, Document: f.Document.ID,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, c.Process)},
	}), nil
}

// DecideTake is the deciding step, in the taker's account.
func (a *Account) DecideTake(c Take, f Facts) (domain.Decision, error) {
	if _, decided := a.outcomes[c.Offer.Process]; decided {
		return domain.Decision{}, nil
	}
	if r := a.Open(); r != nil {
		return domain.Decision{}, r
	}
	e := QuotaTaken{Process: c.Offer.Process, Giver: c.Giver, TakerLine: c.Offer.TakerLine, Posts: c.Offer.Posts}
	switch {
	case a.IsPool():
		e.Act = TypeQuotaCut
	case c.Giver.Kind() == domain.PoolStream:
		e.Act = TypeQuotaGranted
	default:
		e.Act = TypeQuotaMoved
	}
	today := f.Today()
	if c.Effective > today {
		e.LandsOn = c.Effective
	} else {
		e.Movement = a.move(today, Posting{e.TakerLine, c.Effective, Balance{e.Posts}})
	}
	return one(domain.Draft{Payload: e, Effective: c.Effective, Document: f.Document.ID,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, e.Process)}}), nil
}

// RefuseTake writes the taker's refusal; accepted in every state.
func (a *Account) RefuseTake(p domain.ProcessID, giver domain.Stream, r *domain.Refusal) domain.Decision {
	if _, decided := a.outcomes[p]; decided {
		return domain.Decision{}
	}
	return one(domain.Draft{Payload: QuotaRefused{p, giver, r}, Tags: []domain.Tag{domain.TagOf(domain.TagProcess, p)}})
}

// Settle closes an offer that was taken; empty where it is closed already.
func (a *Account) Settle(p domain.ProcessID) domain.Decision {
	if _, open := a.offers[p]; !open {
		return domain.Decision{}
	}
	return one(domain.Draft{Payload: QuotaSettled{p}, Tags: []domain.Tag{domain.TagOf(domain.TagProcess, p)}})
}

// Undo gives a refused offer back on the days on which it was taken; empty
// where it is closed already. Call it only after reading the refusal.
func (a *Account) Undo(p domain.ProcessID, now domain.Instant) domain.Decision {
	o, open := a.offers[p]
	if !open {
		return domain.Decision{}
	}
	back := make([]Posting, len(o.Postings))
	for i, posting := range o.Postings {
		back[i] = Posting{posting.Line, posting.Day, Balance{}.Minus(posting.Change)}
	}
	return one(domain.Draft{Payload: QuotaUndone{p, a.move(now.Day(), back...)}, Effective: o.Head.Effective,
		Tags: []domain.Tag{domain.TagOf(domain.TagProcess, p)}})
}

// DecideHoldBack moves free posts to H.
func (a *Account) DecideHoldBack(c HoldBack, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(Cited(f), a.Open(), dated(c.Effective, f, false))
	posting := Posting{c.Line, c.Effective, Balance{0, 0, 0, c.Posts}}
	if c.Effective != domain.NoDay {
		found.Add(a.headroom("posts", f.Today(), posting))
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	return one(domain.Draft{Payload: QuotaHeldBack{c.Posts, c.Text, a.move(f.Today(), posting)},
		Effective: c.Effective, Document: f.Document.ID}), nil
}

// DecideFree moves held-back posts to F.
func (a *Account) DecideFree(c Free, f Facts) (domain.Decision, error) {
	var found domain.Findings
	found.Add(Cited(f), a.Open(), dated(c.Effective, f, false))
	for day := c.Effective; day != domain.NoDay && day <= f.Today(); day++ {
		if b := a.BalanceOn(c.Line, day); b[3] < c.Posts {
			found.Add(domain.Refuse(domain.FieldMalformed, "posts", append(numbers(c.Line, day, b), "posts", c.Posts, "rule", "held-back")...))
			break
		}
	}
	if err := found.Err(); err != nil {
		return domain.Decision{}, err
	}
	posting := Posting{c.Line, c.Effective, Balance{0, 0, 0, -c.Posts}}
	return one(domain.Draft{Payload: QuotaFreed{c.Posts, c.Text, a.move(f.Today(), posting)},
		Effective: c.Effective, Document: f.Document.ID}), nil
}

// spare tells why posts cannot be taken away: the pool has no more, people sit
// on them on some day, or they are reserved or held back.
func (a *Account) spare(posts int, today domain.Day, posting Posting) *domain.Refusal {
	day, before, short := a.shortfall(today, Balance.Free, posting)
	switch {
	case !short:
		return nil
	case a.IsPool():
		return domain.Refuse(domain.PoolExhausted, "posts", append(numbers(posting.Line, day, before), "posts", posts)...)
	}
	if day, before, short = a.shortfall(today, Balance.unoccupied, posting); short {
		return domain.Refuse(domain.CutBelowOccupied, "posts", append(numbers(posting.Line, day, before), "posts", posts)...)
	}
	return a.headroom("posts", today, posting)
}

// unoccupied is what could be taken away without a person losing the post.
func (b Balance) unoccupied() int { return b[0] - b[1] }

// headroom names the first day on which the postings leave no post free: today
// first (over-quota where the line stands over already), then the earliest.
func (a *Account) headroom(field string, today domain.Day, postings ...Posting) *domain.Refusal {
	day, before, short := a.shortfall(today, Balance.Free, postings...)
	switch {
	case !short:
		return nil
	case day != today:
		return domain.Refuse(domain.NoFreePostOnDate, field, numbers(postings[0].Line, day, before)...)
	case before.Free() < 0:
		return domain.Refuse(domain.OverQuota, field, numbers(postings[0].Line, day, before)...)
	}
	return domain.Refuse(domain.NoFreePost, field, numbers(postings[0].Line, day, before)...)
}

// dated checks an effective date: not missing, not too far back, and not ahead
// unless it may be (§4).
func dated(effective domain.Day, f Facts, mayLieAhead bool) *domain.Refusal {
	if effective == domain.NoDay {
		return domain.Refuse(domain.FieldMissing, "effective")
	}
	if !mayLieAhead && effective > f.Today() {
		return domain.Refuse(domain.FutureDated, "effective", "day", effective.String(), "today", f.Today().String())
	}
	if earliest := f.Today().AddMonths(-f.Policy.Bounds.BackdatingMonths); effective < earliest {
		return domain.Refuse(domain.TooFarBack, "effective", "day", effective.String(),
			"earliest", earliest.String(), "months", f.Policy.Bounds.BackdatingMonths)
	}
	return nil
}
