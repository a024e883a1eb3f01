package person_test

import (
	"errors"
	"testing"

	"staffledger/domain"
	"staffledger/domain/person"
)

// A claim is taken only by somebody who is registered, holds nothing, has
// nothing open, and from no day before the last exit. Commands judge this
// before; here it holds also when two of them are at the same person.
func TestGuardsOfTheClaim(t *testing.T) {
	t.Parallel()
	day := domain.DayOf(2026, 3, 6)
	registered := []domain.Payload{person.Registered{}}
	claimed := append(registered[:1:1], person.Claimed{Process: "p1", Unit: "U1", Change: "h1"})
	held := append(claimed[:2:2], person.Held{Process: "p1", Unit: "U1", Holding: "h1"})
	left := append(held[:3:3], person.Released{Process: "p2", Unit: "U1", Holding: "h1"})
	for _, c := range []struct {
		what        string
		events      []domain.Payload
		from        domain.Day
		name, field string
	}{
		{"nobody", nil, day, domain.UnknownThing, "person"},
		{"somebody new", registered, day, "", ""},
		{"claimed", claimed, day, domain.PersonBusy, "person"},
		{"in post", held, day, domain.HoldsPostElsewhere, "person"},
		{"left, from the day of leaving", left, day, "", ""},
		{"left, from a day before", left, day - 1, domain.HoldsPostElsewhere, "effective"},
		{"released", append(claimed[:2:2], person.Released{Process: "p1", Unit: "U1"}), day, "", ""},
	} {
		x := person.New("X")
		for i, p := range c.events {
			x.Apply(domain.Head{Revision: domain.Revision(i), Effective: day}, p)
		}
		_, err := x.DecideClaim(person.Claimed{Process: "p9"}, c.from)
		var r *domain.Refusal
		if errors.As(err, &r); c.name == "" != (err == nil) || r != nil && (r.Name != c.name || r.Field != c.field) {
			t.Errorf("%s: %v, want %q (%s)", c.what, err, c.name, c.field)
		}
	}
}

// What settles a claim, or ends a holding, does so only with that very claim
// and holding.
func TestOnlyItsOwnProcessSettlesAClaim(t *testing.T) {
	t.Parallel()
	x := person.New("X")
	x.Apply(domain.Head{Revision: 0}, person.Registered{})
	x.Apply(domain.Head{Revision: 1}, person.Claimed{Process: "p1", Unit: "U1", Change: "h1"})
	if d := x.Hold("p2", "h1"); len(d.Drafts) > 0 {
		t.Error("another process held the claim")
	}
	if d := x.Release("p2"); len(d.Drafts) > 0 {
		t.Error("another process released the claim")
	}
	if d := x.ReleaseHolding("p3", "h1", 1); len(d.Drafts) > 0 {
		t.Error("a post not held yet was released")
	}
	x.Apply(domain.Head{Revision: 2}, person.Held{Process: "p1", Unit: "U1", Holding: "h1"})
	if d := x.ReleaseHolding("p3", "h2", 1); len(d.Drafts) > 0 {
		t.Error("another holding was released")
	}
	if d := x.ReleaseHolding("p3", "h1", 1); len(d.Drafts) != 1 {
		t.Error("the holding was not released")
	}
}
