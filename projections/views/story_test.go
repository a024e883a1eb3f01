package views

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/person"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/randomledger"
)

// hand writes a ledger event by event.
type hand struct {
	t     *testing.T
	store *eventstoretest.Memory
	n     int
}

const (
	u1   = domain.UnitID("u1")
	line = "institution/full"
)

func on(month time.Month, day int) domain.Day { return domain.DayOf(2026, month, day) }

// write appends an event at noon of a day.
func (h *hand) write(day, effective domain.Day, stream domain.Stream, p domain.Payload) {
	h.t.Helper()
	h.n++
	head := domain.Head{ID: domain.EventID(fmt.Sprint("e", h.n)), Source: "urn:uuid:x", Type: p.EventType(), Stream: stream, Time: day.Start() + 12*3600_000,
		AuthType: domain.AuthSystem, AuthID: domain.Clock, Effective: effective}
	if s, ok := p.(domain.Sealing); ok {
		for _, x := range s.Sealed() {
			if x != nil {
				x.Box, _ = randomledger.Seal(x.Key, head.ID, x.Clear)
			}
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		h.t.Fatal(err)
	}
	last, _ := h.store.Last(context.Background(), stream)
	if _, err := h.store.Append(context.Background(), stream, last, []domain.Event{{Head: head, Data: data}}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hand) post(day domain.Day, change account.Balance) account.Movement {
	return account.Movement{Postings: []account.Posting{{Line: line, Day: day, Change: change}}}
}

// unit founds U1 with a posts, o people in post (o1, o2, …) and h held back.
func (h *hand) unit(a, o, held int) {
	acc := domain.AccountOf(u1)
	start := on(1, 5)
	h.write(start, start, acc, account.UnitEstablished{Code: "330200-0001", Level: "330200", Text: domain.PersonalOf("unit:u1", account.UnitText{Name: "市水务协调局"})})
	h.write(start, start, acc, account.QuotaTaken{Act: account.TypeQuotaGranted, Process: "q", Posts: a, Movement: h.post(start, account.Balance{a})})
	h.write(start, start, acc, account.OpeningStarted{Process: "o", Rows: o})
	var rows []account.OpeningRow
	for i := 1; i <= o; i++ {
		id := domain.PersonID(fmt.Sprint("o", i))
		h.person(id)
		rows = append(rows, account.OpeningRow{Holding: domain.ChangeID("h" + id), Person: id, LineKey: line, Since: on(1, 1),
			Private: domain.PersonalOf("person:"+string(id), account.Particulars{Name: string(id)})})
	}
	h.write(start, domain.NoDay, acc, account.OpeningPart{Process: "o", Rows: rows})
	h.write(start, domain.NoDay, acc, account.OpeningCompleted{Process: "o", Rows: o})
	h.write(start, start, acc, account.QuotaHeldBack{Posts: held, Movement: h.post(start, account.Balance{0, 0, 0, held})})
}

func (h *hand) person(id domain.PersonID) {
	h.write(on(1, 5), domain.NoDay, domain.PersonOf(id), person.Registered{Private: domain.PersonalOf("person:"+string(id), person.Identity{Name: string(id), IDNumber: "330203198001011234"})})
}

func (h *hand) collect(day, effective domain.Day, id domain.PersonID, kind account.Kind, approval domain.ApprovalID) account.Content {
	c := account.Content{Kind: kind, Person: id, LineKey: line, Approval: approval, Hash: "h"}
	h.write(day, effective, domain.AccountOf(u1), account.StaffingCollected{Change: domain.ChangeID("c" + id), Content: c, Route: []account.Gate{account.GateOffice},
		HandlingDue: day + 14, Human: "c", Private: domain.PersonalOf("person:"+string(id), account.Particulars{Name: string(id)})})
	return c
}

func (h *hand) record(day, effective domain.Day, c account.Content, holding domain.ChangeID, change account.Balance) {
	id := domain.ChangeID("c" + c.Person)
	h.write(day, domain.NoDay, domain.AccountOf(u1), account.StaffingReviewed{Change: id, Person: c.Person, Gate: account.GateOffice, Number: 1, Of: 1, Hash: "h", Human: "f1"})
	h.write(day, effective, domain.AccountOf(u1), account.StaffingRecorded{Process: domain.ProcessID("p" + c.Person), Change: id, Content: c, Holding: holding,
		Human: "e1", Movement: h.post(effective, change)})
}

// told checks what U1 looked like: its line, and who was there.
func told(t *testing.T, v *Views, effective, known domain.Day, want account.Balance, there, away domain.PersonID) {
	t.Helper()
	ctx := context.Background()
	asof := AsOf{Effective: effective, Known: known}
	lines, err := v.Lines(ctx, u1, asof)
	if err != nil || len(lines) != 1 || lines[0].Balance != want {
		t.Errorf("(%s,%s): %v %v, want %v", effective, known, lines, err, want)
	}
	page, err := v.Roster(ctx, RosterQuery{Unit: u1, AsOf: asof, Limit: 500})
	if err != nil || page.Total != want[1] || len(page.Rows) != want[1] {
		t.Errorf("(%s,%s): %d people of %d, want %d: %v", effective, known, len(page.Rows), page.Total, want[1], err)
	}
	in := func(p domain.PersonID) bool {
		return slices.ContainsFunc(page.Rows, func(r RosterRow) bool { return r.Person == p })
	}
	if there != "" && !in(there) || away != "" && in(away) {
		t.Errorf("(%s,%s): %s there %v, %s there %v", effective, known, there, in(there), away, in(away))
	}
}

// Story S1 without its correction.
func TestStoryS1(t *testing.T) {
	t.Parallel()
	h := &hand{t: t, store: eventstoretest.NewMemory()}
	h.unit(10, 9, 1)
	h.person("p1")
	exit := h.collect(on(3, 5), on(3, 6), "o1", account.Exit, "")
	h.record(on(3, 9), on(3, 6), exit, "ho1", account.Balance{0, -1})
	entry := h.collect(on(3, 12), on(3, 16), "p1", account.Entry, "")
	h.record(on(3, 16), on(3, 16), entry, "cp1", account.Balance{0, 1})
	v := open(t, h.store, t.TempDir())
	told(t, v, on(3, 10), on(3, 20), account.Balance{10, 8, 0, 1}, "", "p1")
	told(t, v, on(3, 8), on(3, 8), account.Balance{10, 9, 0, 1}, "o1", "p1")
	told(t, v, on(3, 8), on(3, 20), account.Balance{10, 8, 0, 1}, "", "o1")
	told(t, v, domain.NoDay, domain.NoDay, account.Balance{10, 9, 0, 1}, "p1", "o1")
}

// Story S9: an approval expires.
func TestStoryS9(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	h := &hand{t: t, store: eventstoretest.NewMemory()}
	acc := domain.AccountOf(u1)
	h.unit(20, 17, 1)
	h.person("p1")
	h.person("p2")
	h.write(on(3, 2), on(3, 2), acc, account.UseApproved{Approval: "b", LineKey: line, Posts: 2, Manner: "exam", ValidTo: on(3, 31), Movement: h.post(on(3, 2), account.Balance{0, 0, 2})})
	v := open(t, h.store, t.TempDir())
	told(t, v, domain.NoDay, domain.NoDay, account.Balance{20, 17, 2, 1}, "", "p1")
	p1 := h.collect(on(3, 10), on(3, 16), "p1", account.Entry, "b")
	h.record(on(3, 16), on(3, 16), p1, "cp1", account.Balance{0, 1, -1})
	h.collect(on(3, 30), on(3, 30), "p2", account.Entry, "b")
	due := func(day domain.Day) int {
		t.Helper()
		if err := v.ToEnd(ctx); err != nil {
			t.Fatal(err)
		}
		streams, err := v.FallenDue(ctx, day)
		if err != nil {
			t.Fatal(err)
		}
		return len(streams)
	}
	if due(on(3, 31)) != 0 || due(on(4, 1)) != 1 {
		t.Error("B falls due on 04-01")
	}
	h.write(on(4, 1), on(4, 1), acc, account.UseExpired{Approval: "b", Kept: 1})
	if due(on(4, 1)) != 0 {
		t.Error("B has expired")
	}
	h.write(on(4, 2), domain.NoDay, acc, account.StaffingReturned{Change: "cp2", Person: "p2", Gate: account.GateOffice, Number: 1, Of: 1, Fields: []string{"degree"}, Human: "o1"})
	h.write(on(4, 3), domain.NoDay, acc, account.StaffingWithdrawn{Change: "cp2", Person: "p2", Human: "c1", Movement: h.post(on(4, 3), account.Balance{0, 0, -1})})
	if err := v.ToEnd(ctx); err != nil {
		t.Fatal(err)
	}
	told(t, v, on(3, 5), on(3, 5), account.Balance{20, 17, 2, 1}, "", "p1")
	told(t, v, on(3, 31), on(4, 3), account.Balance{20, 18, 1, 1}, "p1", "p2")
	told(t, v, domain.NoDay, domain.NoDay, account.Balance{20, 18, 0, 1}, "p1", "p2")
	b, err := v.Approval(ctx, "Y-2026-0001")
	if err != nil || !b.Ended || b.Drawn != 0 || b.Consumed != 1 || b.Rest != 0 {
		t.Errorf("%+v %v", b, err)
	}
}
