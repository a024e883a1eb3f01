package usecase

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"staffledger/domain"
	"staffledger/domain/user"
)

// Options are what a Service is built of.
type Options struct {
	Log       Log
	Sealer    Sealer
	SignIns   SignIns
	Documents Documents
	Clock     Clock
	IDs       IDs
	Hints     Hints // nil: no sweep, no recovery
	Logger    *slog.Logger
	// CacheBytes bounds the folded accounts kept in memory (least recently used
	// go first); 0 means 256 MiB.
	CacheBytes int64
	// Parallel bounds the appends to different streams that one command has
	// under way; 0 means 16. With 1 the ledger's order depends on the commands
	// alone.
	Parallel int
	Demo     bool // mark the ledger as an invented city's when it is opened first
}

// Service carries out commands and drives processes. Safe for concurrent use.
type Service struct {
	o         Options
	source    string // CloudEvents source: urn:uuid:<ledger id>
	ledger    string
	demo      bool
	directory *directory
	accounts  *accounts
	places    *places
	documents *documents
	persons   *persons
	drivers   sync.WaitGroup
}

const (
	cacheBytesDefault = 256 << 20
	parallelDefault   = 16
)

// Open loads what authorisation needs and returns the service. An empty ledger
// gets its first entry, ledger.opened. What processes and dates have left
// undone is the business of Sweep.
func Open(ctx context.Context, o Options) (*Service, error) {
	if o.CacheBytes == 0 {
		o.CacheBytes = cacheBytesDefault
	}
	if o.Parallel == 0 {
		o.Parallel = parallelDefault
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, directory: newDirectory(), places: newPlaces(), documents: newDocuments(), persons: newPersonsKept()}
	s.accounts = newAccounts(s, o.CacheBytes)
	if err := s.openLedger(ctx); err != nil {
		return nil, err
	}
	if err := s.directory.load(ctx, s); err != nil {
		return nil, fmt.Errorf("load people, units and policies: %w", err)
	}
	return s, nil
}

// openLedger reads entry 0, or writes it.
func (s *Service) openLedger(ctx context.Context) error {
	if s.o.Log.Size() == 0 {
		id := s.o.IDs.New()
		s.source = "urn:uuid:" + id
		o := origin{authType: domain.AuthSystem, authID: Setup, role: domain.SystemRole}
		opened := domain.Draft{Payload: domain.LedgerOpened{Ledger: id, Demo: s.o.Demo}}
		if _, err := s.append(ctx, domain.LedgerStream, domain.NoStream, o, []numbered{{domain.EventID(derive(id, "opened")), opened, true}}); err != nil {
			return fmt.Errorf("open the ledger: %w", err)
		}
	}
	first, err := s.o.Log.At(ctx, 0)
	if err != nil {
		return fmt.Errorf("read entry 0: %w", err)
	}
	p, err := decode(first)
	if err != nil {
		return err
	}
	opened, ok := p.(domain.LedgerOpened)
	if !ok {
		return fmt.Errorf("entry 0 is %s, want %s", first.Type, domain.TypeLedgerOpened)
	}
	s.ledger, s.source, s.demo = opened.Ledger, "urn:uuid:"+opened.Ledger, opened.Demo
	return nil
}

// Ledger is the ledger's id.
func (s *Service) Ledger() string { return s.ledger }

// Demo tells whether the ledger holds an invented city.
func (s *Service) Demo() bool { return s.demo }

// HasUsers tells whether anybody has been named yet.
func (s *Service) HasUsers() bool {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	return len(s.directory.users) > 0
}

// Close waits for the drivers that are under way.
func (s *Service) Close() { s.drivers.Wait() }

// Setup is the authid of what the first start writes.
const Setup = "setup"

// NameFirstAdmin names the one administrator of a new ledger, who may only name
// people until there is a second. It fails where there are users already.
func (s *Service) NameFirstAdmin(ctx context.Context, name, signIn string) (domain.UserID, error) {
	s.directory.mu.Lock()
	defer s.directory.mu.Unlock()
	if len(s.directory.users) > 0 {
		return "", fmt.Errorf("the ledger has users already")
	}
	id := domain.UserID(derive(s.ledger, "first-admin"))
	if err := s.o.Sealer.EnsureKeys(ctx, userKey(id)); err != nil {
		return "", err
	}
	state, facts := user.New(id), user.Facts{Setup: true}
	registered, err := state.DecideRegister(domain.HumanID(id), domain.PersonalOf(userKey(id), user.Text{Name: name, SignIn: signIn}))
	if err != nil {
		return "", err
	}
	drafts := registered.Drafts
	state.Apply(domain.Head{}, drafts[0].Payload)
	granted, err := state.DecideGrant(derive(s.ledger, "first-grant"), domain.Admin, domain.Scope{}, facts)
	if err != nil {
		return "", err
	}
	drafts = append(drafts, granted.Drafts...)
	o := origin{authType: domain.AuthSystem, authID: Setup, role: domain.SystemRole}
	stored, err := s.append(ctx, domain.UserOf(id), domain.NoStream, o, number(domain.CommandID(derive(s.ledger, "setup")), domain.UserOf(id), drafts))
	if err != nil {
		return "", err
	}
	return id, s.noteLocked(stored)
}

// noteLocked folds stored events into the directory; the caller holds its lock.
func (s *Service) noteLocked(stored []domain.Recorded) error {
	for _, r := range stored {
		p, err := decode(r)
		if err != nil {
			return err
		}
		if err := s.directory.apply(r.Head, p); err != nil {
			return err
		}
	}
	return nil
}

// number gives the drafts of one append their event ids.
func number(command domain.CommandID, stream domain.Stream, drafts []domain.Draft) []numbered {
	numberedDrafts := make([]numbered, len(drafts))
	for i, d := range drafts {
		numberedDrafts[i] = numbered{id: eventID(command, stream, i), draft: d}
	}
	return numberedDrafts
}

func userKey(id domain.UserID) string         { return "user:" + string(id) }
func personKey(id domain.PersonID) string     { return "person:" + string(id) }
func unitKey(id domain.UnitID) string         { return "unit:" + string(id) }
func documentKey(id domain.DocumentID) string { return "document:" + string(id) }

// each runs f for 0 … n−1, as many at a time as the service may; it returns the
// first error by index.
func (s *Service) each(n int, f func(i int) error) error {
	if s.o.Parallel == 1 || n < 2 {
		for i := range n {
			if err := f(i); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, n)
	gate := make(chan struct{}, s.o.Parallel)
	var wg sync.WaitGroup
	for i := range n {
		gate <- struct{}{}
		wg.Go(func() {
			defer func() { <-gate }()
			errs[i] = f(i)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
