package replay_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/person"
	"staffledger/domain/replay"
	"staffledger/domain/user"
	"staffledger/eventstore/eventstoretest"
	"staffledger/test/randomledger"
)

func ledger(t *testing.T, seed uint64, events int) []domain.Recorded {
	t.Helper()
	store := eventstoretest.NewMemory()
	if _, err := randomledger.Write(context.Background(), store, randomledger.Options{Seed: seed, Events: events}); err != nil {
		t.Fatal(err)
	}
	var all []domain.Recorded
	for r, err := range store.All(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// verdict replays and returns the first violation.
func verdict(events []domain.Recorded) *replay.Violation {
	r := replay.New(nil)
	for _, e := range events {
		if r.Apply(e) != nil {
			break
		}
	}
	return r.Violation()
}

// state is what a test needs to know to break a ledger in the right place.
type state struct {
	holding map[domain.PersonID]bool // in post now
	entered domain.PersonID          // somebody in post
}

// edit changes the payload of the first event that it wants to change; it
// returns nil for the others.
type edit func(s state, h *domain.Head, p domain.Payload) domain.Payload

// broken returns the ledger with one event changed, and its position.
func broken(t *testing.T, events []domain.Recorded, change edit) ([]domain.Recorded, domain.Position) {
	t.Helper()
	s := state{holding: map[domain.PersonID]bool{}}
	for i, e := range events {
		p, err := catalogue.Decode(e.Event)
		if err != nil {
			t.Fatal(err)
		}
		h := e.Head
		if next := change(s, &h, p); next != nil {
			data, err := json.Marshal(next)
			if err != nil {
				t.Fatal(err)
			}
			out := slices.Clone(events)
			out[i].Head, out[i].Data = h, data
			return out, e.Position
		}
		if x, ok := p.(account.StaffingRecorded); ok {
			s.holding[x.Person] = x.Kind == account.Entry
			for id, in := range s.holding {
				if in {
					s.entered = id
				}
			}
		}
	}
	t.Fatal("no event to change")
	return nil, 0
}

// Every check notices the ledger that is broken for it, at the very event.
func TestEveryCheckNotices(t *testing.T) {
	t.Parallel()
	events := ledger(t, 3, 1500)
	if v := verdict(events); v != nil {
		t.Fatal(v)
	}
	for name, c := range map[string]struct {
		check  string
		change edit
	}{
		"after": {"line", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.UseApproved); ok && x.Line != nil {
				x.Line.After[2]++
				return x
			}
			return nil
		}},
		"before": {"line", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingRecorded); ok && x.Line != nil {
				x.Line.Before[1]++
				return x
			}
			return nil
		}},
		"line left out": {"line", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.QuotaOffered); ok && x.Line != nil {
				x.Line = nil
				return x
			}
			return nil
		}},
		"line of an opening": {"line", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.OpeningCompleted); ok {
				x.Lines = x.Lines[1:]
				return x
			}
			return nil
		}},
		"line stated without movement": {"line", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.UseExpired); ok && x.Line == nil {
				x.Line = &account.Line{Key: "administrative/full"}
				return x
			}
			return nil
		}},
		"more taken than offered": {"conservation", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.QuotaTaken); ok && len(x.Postings) == 1 && x.Line != nil {
				x.Postings[0].Change[0]++
				x.Line.After[0]++
				return x
			}
			return nil
		}},
		"offered more than taken away": {"conservation", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.QuotaOffered); ok {
				x.Posts++
				return x
			}
			return nil
		}},
		"taken without offer": {"conservation", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.QuotaTaken); ok {
				x.Process = "nobody"
				return x
			}
			return nil
		}},
		"lands twice": {"conservation", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.QuotaLanded); ok {
				x.Process = "nobody"
				return x
			}
			return nil
		}},
		"second holding": {"one-holding", func(s state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingRecorded); ok && x.Kind == account.Entry && s.entered != "" {
				x.Person, x.Process = s.entered, ""
				return x
			}
			return nil
		}},
		"exit of another holding": {"one-holding", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingRecorded); ok && x.Kind == account.Exit {
				x.Holding = "another"
				return x
			}
			return nil
		}},
		"gate skipped": {"gate-order", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingReviewed); ok && x.Number == 1 && x.Of > 1 {
				x.Number = 2
				return x
			}
			return nil
		}},
		"route of another length": {"gate-order", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingReturned); ok {
				x.Of++
				return x
			}
			return nil
		}},
		"other content passed": {"gate-order", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingReviewed); ok {
				x.Hash = "another"
				return x
			}
			return nil
		}},
		"other content recorded": {"gate-order", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingRecorded); ok {
				x.Hash = "another"
				return x
			}
			return nil
		}},
		"recorded without gates": {"gate-order", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingCollected); ok && len(x.Route) == 3 {
				x.Route = append(x.Route, account.GateSupervisor)
				return x
			}
			return nil
		}},
		"human being of another user": {"separation", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingReviewed); ok {
				x.Human = "somebody else"
				return x
			}
			return nil
		}},
		"own file": {"separation", func(_ state, _ *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingReturned); ok {
				x.Human = domain.HumanID(x.Person)
				return x
			}
			return nil
		}},
		"wrong role": {"authority", func(_ state, h *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingCollected); ok {
				h.ActorRole = domain.Recorder
				return x
			}
			return nil
		}},
		"role not held": {"authority", func(_ state, h *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingCollected); ok {
				h.ActorRole = domain.Supervisor
				return x
			}
			return nil
		}},
		"nobody": {"authority", func(_ state, h *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.StaffingResubmitted); ok {
				h.AuthID = "nobody"
				return x
			}
			return nil
		}},
		"before the grant": {"authority", func(_ state, h *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(person.Claimed); ok && !x.Opening {
				h.DecidedAt = 3
				return x
			}
			return nil
		}},
		"from the future": {"authority", func(_ state, h *domain.Head, p domain.Payload) domain.Payload {
			if x, ok := p.(account.UseApproved); ok {
				h.DecidedAt = 1 << 40
				return x
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			edited, at := broken(t, events, c.change)
			v := verdict(edited)
			if v == nil || v.Check != c.check {
				t.Fatalf("got %v, want %s at %d", v, c.check, at)
			}
			if v.Position != at && name != "recorded without gates" {
				t.Errorf("got %v, want position %d", v, at)
			}
		})
	}
}

// One human being behind two sign-ins does not pass as two, and a role counts
// only over its scope; both follow from events long before the step.
func TestChecksThatLookBack(t *testing.T) {
	t.Parallel()
	events := ledger(t, 3, 1500)
	bind := func(users map[string]bool) []domain.Recorded {
		out := slices.Clone(events)
		for i, e := range out {
			p, _ := catalogue.Decode(e.Event)
			switch x := p.(type) {
			case user.Registered:
				if users[e.Stream.Key()] {
					x.Human = "one and the same"
					out[i].Data, _ = json.Marshal(x)
				}
			case account.StaffingCollected:
				if users[e.AuthID] {
					x.Human = "one and the same"
					out[i].Data, _ = json.Marshal(x)
				}
			case account.StaffingReviewed:
				if users[e.AuthID] {
					x.Human = "one and the same"
					out[i].Data, _ = json.Marshal(x)
				}
			case account.StaffingReturned:
				if users[e.AuthID] {
					x.Human = "one and the same"
					out[i].Data, _ = json.Marshal(x)
				}
			}
		}
		return out
	}
	same := map[string]bool{}
	for _, e := range events {
		if e.Type == account.TypeStaffingReviewed || e.Type == account.TypeStaffingCollected {
			same[e.AuthID] = true
		}
	}
	if v := verdict(bind(same)); v == nil || v.Check != "separation" {
		t.Errorf("got %v", v)
	}
	narrowed := slices.Clone(events)
	for i, e := range narrowed {
		p, _ := catalogue.Decode(e.Event)
		if x, ok := p.(user.RoleGranted); ok && x.Role == domain.Collector && x.Scope.Whole() {
			x.Scope = domain.Scope{Level: "330299"}
			narrowed[i].Data, _ = json.Marshal(x)
		}
	}
	if v := verdict(narrowed); v == nil || v.Check != "authority" {
		t.Errorf("got %v", v)
	}
	if err := replay.New(nil).Apply(events[1]); err == nil {
		t.Error("a gap was not noticed")
	}
	unknown := events[5]
	unknown.Type = "unit.dreamt.v9"
	r := replay.New(nil)
	for _, e := range events[:5] {
		if err := r.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Apply(unknown); err == nil {
		t.Error("an unknown event was not noticed")
	}
}
