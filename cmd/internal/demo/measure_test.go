package demo_test

import (
	"cmp"
	"context"
	"encoding/json"
	"iter"
	"slices"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/usecase"
)

// entries is a ledger to be measured.
type entries interface {
	All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error]
	Size() domain.Position
}

// measured is what a filled ledger shows, by the keys of the table in
// docs/demo-city.md, with what the checks beside the table need.
type measured struct {
	values   map[string]float64
	types    map[domain.EventType]int
	accounts map[domain.Stream]*account.Account
	units    map[domain.UnitID]account.UnitEstablished
	numbers  map[string]bool // ID numbers
	names    map[domain.UnitID]account.UnitText
	queue    map[string]int // live changes by where they wait
}

// changeSeen is a change as the events show it.
type changeSeen struct {
	kind                account.Kind
	manner              codes.Manner
	reason              codes.ExitReason
	collected, recorded domain.Day
	effective, due      domain.Day
	returned, withdrawn bool
	batch               string
}

// measure reads a ledger from its first entry to its last.
func measure(t testing.TB, log entries, sealer usecase.Sealer) *measured {
	t.Helper()
	m := &measured{values: map[string]float64{}, types: map[domain.EventType]int{}, accounts: map[domain.Stream]*account.Account{},
		units: map[domain.UnitID]account.UnitEstablished{}, numbers: map[string]bool{}, names: map[domain.UnitID]account.UnitText{}, queue: map[string]int{}}
	open := func(r domain.Recorded, p *domain.Personal, into any) {
		clear, err := sealer.Unseal(p.Key, r.ID, p.Box)
		if err == nil {
			err = json.Unmarshal(clear, into)
		}
		if err != nil {
			t.Fatalf("position %d: %v", r.Position, err)
		}
	}
	changes := map[domain.ChangeID]*changeSeen{}
	identities := map[domain.PersonID]codes.IDNumber{}
	batches := map[string]int{}
	var last domain.Instant
	officeHours, human := 0, 0
	calendar := codes.ChineseCalendar()
	for r, err := range log.All(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		payload, err := catalogue.Decode(r.Event)
		if err != nil {
			t.Fatalf("position %d: %v", r.Position, err)
		}
		m.types[r.Type]++
		if r.Time < last {
			t.Fatalf("position %d: time goes back from %s to %s", r.Position, last, r.Time)
		}
		last = r.Time
		if r.AuthType == domain.AuthUser {
			human++
			at := r.Time.Time()
			clock := at.Hour()*60 + at.Minute()
			working, _ := calendar.IsWorkingDay(r.Time.Day())
			if _, _, known := calendar.Year(r.Time.Day().Year()); (working || !known) && clock >= 8*60+30 && clock < 18*60 {
				officeHours++
			}
		}
		if kind := r.Stream.Kind(); kind == domain.AccountStream || kind == domain.PoolStream {
			a := m.accounts[r.Stream]
			if a == nil {
				a = account.New(r.Stream)
				m.accounts[r.Stream] = a
			}
			a.Apply(r.Head, payload)
		}
		switch e := payload.(type) {
		case person.Registered:
			var identity person.Identity
			open(r, e.Private, &identity)
			number, fault := codes.ParseIDNumber(identity.IDNumber, r.Time.Day())
			if fault != nil || m.numbers[number.Number] {
				t.Fatalf("position %d: ID number %s: %v, or used twice", r.Position, identity.IDNumber, fault)
			}
			m.numbers[number.Number] = true
			identities[domain.PersonID(r.Stream.Key())] = number
		case account.UnitEstablished:
			if _, fault := codes.ParseUnitCode(e.Code, r.Time.Day()); fault != nil {
				t.Fatalf("position %d: unit code %s: %v", r.Position, e.Code, fault)
			}
			var text account.UnitText
			open(r, e.Text, &text)
			id := domain.UnitID(r.Stream.Key())
			m.units[id], m.names[id] = e, text
		case account.StaffingCollected:
			c := &changeSeen{kind: e.Kind, manner: e.Manner, reason: e.ExitReason, collected: r.Time.Day(), effective: r.Effective, due: e.HandlingDue}
			if e.Batch != nil {
				c.batch = e.Batch.ID
				batches[e.Batch.ID]++
			}
			changes[e.Change] = c
		case account.StaffingReturned:
			changes[e.Change].returned = true
		case account.StaffingWithdrawn:
			changes[e.Change].withdrawn = true
		case account.StaffingRecorded:
			changes[e.Change].recorded, changes[e.Change].effective = r.Time.Day(), r.Effective
		}
	}
	v := m.values
	v["events"] = float64(log.Size())
	for typ, n := range m.types {
		v["event "+string(typ[:len(typ)-3])] = 1000 * float64(n) / float64(log.Size())
	}
	v["time: office hours"] = share100(officeHours, human)
	m.ofChanges(changes, batches)
	m.ofUnits(last.Day())
	m.ofPeople(identities, last.Day())
	return m
}

// fileOf is the digest of the file that a paper was registered with.
func fileOf(t testing.TB, r domain.Recorded) string {
	if r.Type != document.TypeRegistered {
		return ""
	}
	p, err := document.Decode(r.Type, r.Data)
	if err != nil {
		t.Fatal(err)
	}
	return p.(document.Registered).Digest
}

func share100(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

func median[T cmp.Ordered](list []T) T {
	var zero T
	if len(list) == 0 {
		return zero
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func (m *measured) ofChanges(changes map[domain.ChangeID]*changeSeen, batches map[string]int) {
	v := m.values
	all, entries, exits, live := len(changes), 0, 0, 0
	count := map[string]int{}
	var took []int
	for _, c := range changes {
		if c.kind == account.Entry {
			entries++
			count["manner "+string(c.manner)]++
			if c.batch != "" {
				count["batch"]++
			}
		} else {
			exits++
			count["reason "+string(c.reason)]++
		}
		if c.returned {
			count["returned"]++
		}
		if c.withdrawn {
			count["withdrawn"]++
		}
		if c.recorded == domain.NoDay && !c.withdrawn {
			live++
		}
		if c.recorded != domain.NoDay {
			took = append(took, int(c.recorded-c.collected))
			if c.recorded > c.due {
				count["late"]++
			}
			if c.recorded-c.effective >= 15 {
				count["back-dated"]++
			}
		}
	}
	v["changes: entries"] = share100(entries, all)
	v["changes: returned"] = share100(count["returned"], all)
	v["changes: withdrawn"] = share100(count["withdrawn"], all)
	v["changes: recorded after the deadline"] = share100(count["late"], len(took))
	v["changes: recorded 15 days or more after the effective date"] = share100(count["back-dated"], len(took))
	v["changes: days from collection to recording, median"] = float64(median(took))
	v["changes: live at the end"] = float64(live)
	v["entries: in batches"] = share100(count["batch"], entries)
	for _, x := range []codes.Manner{codes.Exam, codes.Recruitment, codes.Selection, codes.Assignment, codes.Resettlement, codes.OtherManner} {
		v["entries: by "+string(x)] = share100(count["manner "+string(x)], entries)
	}
	for _, x := range []codes.ExitReason{codes.Retirement, codes.TransferOut, codes.Resignation, codes.ContractEnded, codes.Death} {
		v["exits: by "+string(x)] = share100(count["reason "+string(x)], exits)
	}
	rare := exits - count["reason retirement"] - count["reason transfer-out"] - count["reason resignation"] - count["reason contract-ended"] - count["reason death"]
	v["exits: by other reasons"] = share100(rare, exits)
	largest := 0
	for _, n := range batches {
		largest = max(largest, n)
	}
	v["batches: largest"] = float64(largest)
}

func (m *measured) ofUnits(day domain.Day) {
	v := m.values
	bodies, provisional, lines, full, free, held, pools := 0, 0, 0, 0, 0, 0, 0
	posts := map[codes.PostKind]int{}
	total := 0
	levels := map[domain.Level]bool{}
	for id, u := range m.units {
		a := m.accounts[domain.AccountOf(id)]
		levels[u.Level] = true
		if codes.NatureOf(u.System) == "body" {
			bodies++
		}
		if len(u.Code) != 18 {
			provisional++
		}
		for _, key := range a.Lines() {
			b := a.BalanceOn(key, day)
			lines++
			switch {
			case b.Free() == 0:
				full++
			case b.Free() > 0:
				free++
			}
			if b[3] > 0 {
				held++
			}
			posts[key.Kind()] += b[1]
			total += b[1]
		}
	}
	for stream := range m.accounts {
		if stream.Kind() == domain.PoolStream {
			pools++
		}
	}
	v["units"], v["units: bodies"], v["units: institutions"] = float64(len(m.units)), float64(bodies), float64(len(m.units)-bodies)
	v["units: levels"], v["units: pools"] = float64(len(levels)), float64(pools)
	v["units: provisional code"] = share100(provisional, len(m.units))
	v["lines: full"], v["lines: free posts"], v["lines: over quota"] = share100(full, lines), share100(free, lines), share100(lines-full-free, lines)
	v["lines: posts held back"] = share100(held, lines)
	v["people: in post"] = float64(total)
	for _, kind := range codes.PostKinds {
		v["people: on "+string(kind)+" posts"] = share100(posts[kind], total)
	}
}

func (m *measured) ofPeople(identities map[domain.PersonID]codes.IDNumber, day domain.Day) {
	v := m.values
	var ages []int
	women := 0
	for _, a := range m.accounts {
		for _, h := range a.Holdings() {
			x := identities[h.Person]
			born, _ := time.Parse(time.DateOnly, x.Birth)
			ages = append(ages, int(day-domain.DayOf(born.Year(), born.Month(), born.Day()))*100/36525)
			if x.Sex == "2" {
				women++
			}
		}
	}
	young, old := 0, 0
	for _, age := range ages {
		if age < 30 {
			young++
		}
		if age >= 50 {
			old++
		}
	}
	v["people: registered"] = float64(len(identities))
	v["people: women"] = share100(women, len(ages))
	v["people: median age"] = float64(median(ages))
	v["people: youngest"], v["people: oldest"] = float64(ages[0]), float64(ages[len(ages)-1])
	v["people: under 30"], v["people: 50 and older"] = share100(young, len(ages)), share100(old, len(ages))
}
