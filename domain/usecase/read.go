package usecase

import (
	"context"
	"fmt"
	"slices"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/user"
)

// Grant is a role that a user holds over a scope.
type Grant = user.Grant

// ReadAccount calls f with an account's state as of its last event, with what
// has fallen due up to now applied. f must neither change nor keep it.
func (s *Service) ReadAccount(ctx context.Context, stream domain.Stream, f func(*account.Account)) error {
	return s.accounts.with(ctx, stream, func(e *entry) error {
		f(s.current(e.state, true))
		return nil
	})
}

// Grants returns the roles of a user as they stand, without proposals; ok is
// false for a user who is unknown or disabled.
func (s *Service) Grants(_ context.Context, id domain.UserID) (grants []Grant, human domain.HumanID, ok bool, err error) {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	u := s.directory.users[id]
	if u == nil || !u.Active() {
		return nil, "", false, nil
	}
	for _, g := range u.Grants() {
		if !g.Proposed {
			grants = append(grants, g)
		}
	}
	return grants, u.Human(), true, nil
}

// MayRead tells whether one of the user's grants lets him read a unit's file;
// the empty unit asks for the whole city.
func (s *Service) MayRead(_ context.Context, id domain.UserID, unit domain.UnitID) (bool, error) {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	u := s.directory.users[id]
	if u == nil || !u.Active() {
		return false, nil
	}
	var targets []target
	if unit != "" {
		targets = []target{s.directory.targetOf(unit)}
	} else {
		targets = []target{{}}
	}
	_, refusal := s.directory.role(u, "", readers, targets)
	return refusal == nil, nil
}

// Reads tells whether a role sees units and people within its scope.
func Reads(role domain.Role) bool { return slices.Contains(readers, role) }

// Policy is the set of policies on a day.
func (s *Service) Policy(_ context.Context, day domain.Day) (*policy.Set, error) {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	return s.directory.book.On(day), nil
}

// Calendar is the working-day calendar as it stands.
func (s *Service) Calendar() *codes.Calendar {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	return s.directory.book.Calendar()
}

// Now is the service's clock.
func (s *Service) Now() domain.Instant { return s.o.Clock.Now() }

// Digest is the keyed digest of a request, for Call.Digest.
func (s *Service) Digest(route, target string, body []byte) string {
	return s.o.Sealer.Digest("request", []byte(route), []byte(target), body)
}

// Unseal opens a sealed object of an event.
func (s *Service) Unseal(event domain.EventID, p *domain.Personal) ([]byte, error) {
	clear, err := s.o.Sealer.Unseal(p.Key, event, p.Box)
	if err != nil {
		return nil, fmt.Errorf("open what is sealed for %s: %w", p.Key, err)
	}
	return clear, nil
}
