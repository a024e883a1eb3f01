package randomledger

import (
	"bytes"
	"context"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
	"staffledger/eventstore/eventstoretest"
)

// every event type that exists; catalogue.Decode accepts no other.
var every = []domain.EventType{
	domain.TypeLedgerOpened,
	account.TypeUnitEstablished, account.TypeUnitRefused, account.TypePoolSet, account.TypeQuotaOffered, account.TypeQuotaGranted,
	account.TypeQuotaCut, account.TypeQuotaMoved, account.TypeQuotaRefused, account.TypeQuotaSettled, account.TypeQuotaUndone,
	account.TypeQuotaLanded, account.TypeQuotaHeldBack, account.TypeQuotaFreed, account.TypeUseApproved, account.TypeUseExpired,
	account.TypeUseRevoked, account.TypeStaffingCollected, account.TypeStaffingResubmitted, account.TypeStaffingReviewed,
	account.TypeStaffingReturned, account.TypeStaffingWithdrawn, account.TypeStaffingRecorded, account.TypeStaffingRefused,
	account.TypeOpeningStarted, account.TypeOpeningPart, account.TypeOpeningCompleted, account.TypeOpeningAbandoned,
	person.TypeRegistered, person.TypeClaimed, person.TypeHeld, person.TypeReleased,
	unitcode.TypeClaimed, unitcode.TypeHeld, unitcode.TypeReleased, document.TypeRegistered,
	user.TypeRegistered, user.TypeDisabled, user.TypeRoleProposed, user.TypeRoleGranted, user.TypeRoleRevoked,
	policy.TypeSet, policy.TypeCalendarSet,
}

func TestWriteCoversEveryType(t *testing.T) {
	t.Parallel()
	total := map[domain.EventType]int{}
	for seed := range uint64(8) {
		store := eventstoretest.NewMemory()
		info, err := Write(context.Background(), store, Options{Seed: seed, Events: 700})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for k, n := range info.Types {
			total[k] += n
		}
		for r, err := range store.All(context.Background(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			payload, err := catalogue.Decode(r.Event)
			if err != nil {
				t.Fatalf("seed %d, position %d: %v", seed, r.Position, err)
			}
			if s, ok := payload.(domain.Sealing); ok {
				for _, p := range s.Sealed() {
					if p == nil {
						continue
					}
					if _, err := Unseal(p.Key, r.ID, p.Box); err != nil {
						t.Fatalf("seed %d, position %d: %v", seed, r.Position, err)
					}
				}
			}
		}
	}
	t.Log(total)
	for _, e := range every {
		if total[e] == 0 {
			t.Errorf("%s was never written", e)
		}
		delete(total, e)
	}
	for e := range total {
		t.Errorf("%s is not listed", e)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	t.Parallel()
	a, b := eventstoretest.NewMemory(), eventstoretest.NewMemory()
	for _, s := range []*eventstoretest.Memory{a, b} {
		if _, err := Write(context.Background(), s, Options{Seed: 3, Events: 400}); err != nil {
			t.Fatal(err)
		}
	}
	for r, err := range a.All(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		other, err := b.At(context.Background(), r.Position)
		if err != nil || !bytes.Equal(r.Bytes, other.Bytes) {
			t.Fatalf("position %d differs: %v", r.Position, err)
		}
	}
}
