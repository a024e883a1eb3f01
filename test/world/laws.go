package world

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/person"
	"staffledger/domain/unitcode"
)

// Laws checks what must hold of any ledger, and where settled is true also that
// no process is left half way: it folds every stream anew.
func (w *World) Laws(settled bool) error {
	accounts := map[domain.Stream]*account.Account{}
	persons := map[domain.PersonID]*person.State{}
	codes := map[string]*unitcode.State{}
	for stream, err := range w.Store.Streams(w.Ctx, "") {
		if err != nil {
			return err
		}
		var apply func(domain.Head, domain.Payload)
		switch stream.Kind() {
		case domain.AccountStream, domain.PoolStream:
			accounts[stream] = account.New(stream)
			apply = accounts[stream].Apply
		case domain.PersonStream:
			id := domain.PersonID(stream.Key())
			persons[id] = person.New(id)
			apply = persons[id].Apply
		case domain.UnitCodeStream:
			codes[stream.Key()] = unitcode.New(stream.Key())
			apply = codes[stream.Key()].Apply
		default:
			continue
		}
		for r, err := range w.Store.Stream(w.Ctx, stream, 0) {
			if err != nil {
				return err
			}
			p, err := catalogue.Decode(r.Event)
			if err != nil {
				return err
			}
			apply(r.Head, p)
		}
	}
	if err := w.accountLaws(accounts, settled); err != nil {
		return err
	}
	holder := map[domain.PersonID]domain.Stream{}
	for stream, a := range accounts {
		for _, h := range a.Holdings() {
			if other, twice := holder[h.Person]; twice {
				return fmt.Errorf("person %s holds posts in %s and %s", h.Person, other, stream)
			}
			holder[h.Person] = stream
		}
	}
	if !settled {
		return nil
	}
	for id, x := range persons {
		if c, _, open := x.Open(); open {
			if bracket, _ := accounts[domain.AccountOf(c.Unit)].Opening(); !c.Opening || bracket.Process != c.Process {
				return fmt.Errorf("person %s: claim %s stays open", id, c.Process)
			}
			continue
		}
		held, holds := x.Holding()
		if at, in := holder[id]; in != holds || in && at != domain.AccountOf(held.Unit) {
			return fmt.Errorf("person %s: accounts say %q, the person says %q", id, at, held.Unit)
		}
	}
	for code, s := range codes {
		if _, _, open := s.Open(); open {
			return fmt.Errorf("code %s: claim stays open", code)
		}
	}
	return nil
}

// accountLaws: balances are not below zero, O counts the people, and posts are
// conserved: those of units and pools, and those under way, make the ceiling
// that the pools were set to.
func (w *World) accountLaws(accounts map[domain.Stream]*account.Account, settled bool) error {
	today := w.Clock.Now().Day()
	sum := map[string]int{}
	for stream, a := range accounts {
		occupied := map[string]int{}
		for _, h := range a.Holdings() {
			occupied[string(h.Line)]++
		}
		for _, key := range a.Lines() {
			b := a.BalanceOn(key, today)
			if b.Free() < 0 || b[0] < 0 || b[1] != occupied[string(key)] || b[2] < 0 || b[3] < 0 {
				return fmt.Errorf("%s %s stands at %v with %d people", stream, key, b, occupied[string(key)])
			}
			sum[string(key.Kind())] += b[0]
		}
		for _, o := range a.Offers() {
			if settled {
				return fmt.Errorf("%s: offer %s stays open", stream, o.Process)
			}
			if taker := accounts[o.Taker]; taker == nil {
				sum[string(o.GiverLine.Kind())] += o.Posts
			} else if done, _, _ := taker.Outcome(o.Process); !done {
				sum[string(o.GiverLine.Kind())] += o.Posts
			}
		}
		for _, l := range a.Landings() {
			sum[string(l.Line.Kind())] += l.Posts
		}
	}
	ceiling, err := w.ceiling()
	if err != nil {
		return err
	}
	for kind, posts := range sum {
		if posts != ceiling[kind] {
			return fmt.Errorf("%s: %d posts, the ceiling is %d", kind, posts, ceiling[kind])
		}
	}
	return nil
}

// ceiling adds up what pools were raised and lowered by.
func (w *World) ceiling() (map[string]int, error) {
	ceiling := map[string]int{}
	for stream, err := range w.Store.Streams(w.Ctx, domain.PoolStream+"-") {
		if err != nil {
			return nil, err
		}
		for r, err := range w.Store.Stream(w.Ctx, stream, 0) {
			if err != nil {
				return nil, err
			}
			p, err := catalogue.Decode(r.Event)
			if err != nil {
				return nil, err
			}
			if e, ok := p.(account.PoolSet); ok {
				for _, posting := range e.Postings {
					ceiling[string(posting.Line.Kind())] += posting.Change[0]
				}
			}
		}
	}
	return ceiling, nil
}
