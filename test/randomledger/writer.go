package randomledger

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"staffledger/domain"
	"staffledger/domain/account"
)

// Store is where a ledger is written.
type Store interface {
	Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error)
	Size() domain.Position
}

// actor is a user in one role.
type actor struct {
	user domain.UserID
	role domain.Role
}

var clock = actor{domain.Clock, domain.SystemRole}

func (a actor) human() domain.HumanID { return domain.HumanID(a.user) }

// writer turns drafts into events and appends them, keeping the folded
// accounts and the revisions of the other streams.
type writer struct {
	ctx       context.Context
	store     Store
	rng       *rand.Rand
	now       domain.Instant
	revisions map[domain.Stream]domain.Revision
	accounts  map[domain.Stream]*account.Account
	types     map[domain.EventType]int
	command   domain.CommandID // of the next append, then empty
	err       error            // first failure of the store: nothing is written afterwards
}

// id makes a random UUID (version 4) from the seed.
func (w *writer) id() string {
	a, b := w.rng.Uint64(), w.rng.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48&0x3fff|0x8000, b&0xffffffffffff)
}

func (w *writer) account(s domain.Stream) *account.Account {
	a := w.accounts[s]
	if a == nil {
		a = account.New(s)
		w.accounts[s] = a
	}
	return a
}

// append writes one append of drafts under an actor.
func (w *writer) append(by actor, stream domain.Stream, drafts ...domain.Draft) []domain.Recorded {
	if w.err != nil || len(drafts) == 0 {
		return nil
	}
	expected, ok := w.revisions[stream]
	if !ok {
		expected = domain.NoStream
	}
	events := make([]domain.Event, len(drafts))
	for i, d := range drafts {
		events[i] = w.event(by, stream, d)
	}
	w.command = ""
	stored, err := w.store.Append(w.ctx, stream, expected, events)
	if err != nil {
		w.err = fmt.Errorf("append to %s: %w", stream, err)
		return nil
	}
	w.revisions[stream] = expected + domain.Revision(len(events))
	for i := range stored {
		w.types[stored[i].Type]++
		if k := stream.Kind(); k == domain.AccountStream || k == domain.PoolStream {
			w.account(stream).Apply(stored[i].Head, drafts[i].Payload)
		}
	}
	return stored
}

func (w *writer) event(by actor, stream domain.Stream, d domain.Draft) domain.Event {
	h := domain.Head{
		ID: domain.EventID(w.id()), Source: "urn:uuid:7a8f6a0e-3f43-4f0a-9a53-6f3f6f7d9f11", Type: d.Payload.EventType(),
		Stream: stream, Time: w.now, AuthType: domain.AuthUser, AuthID: string(by.user), ActorRole: by.role,
		OnBehalfOf: d.OnBehalfOf, CommandID: w.command, Effective: d.Effective, DocumentID: d.Document, ReasonCode: d.Reason,
	}
	if by == clock {
		h.AuthType = domain.AuthSystem
	}
	if size := w.store.Size(); size > 0 {
		h.DecidedAt = size - 1
	}
	tags := append([]domain.Tag(nil), d.Tags...)
	if stream.Kind() == domain.AccountStream {
		tags = append(tags, domain.TagOf(domain.TagUnit, stream.Key()))
	}
	if stream.Kind() == domain.PersonStream {
		tags = append(tags, domain.TagOf(domain.TagPerson, stream.Key()))
	}
	if d.Document != "" {
		tags = append(tags, domain.TagOf(domain.TagDocument, d.Document))
	}
	h.Tags = domain.SortTags(tags)
	if s, ok := d.Payload.(domain.Sealing); ok {
		for _, p := range s.Sealed() {
			if p != nil {
				p.Box, _ = Seal(p.Key, h.ID, p.Clear)
			}
		}
	}
	data, err := json.Marshal(d.Payload)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", h.Type, err)) // a payload without JSON form is a mistake in the program
	}
	return domain.Event{Head: h, Data: data}
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }
