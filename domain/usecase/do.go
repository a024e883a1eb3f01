package usecase

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/user"
)

// attemptsMax bounds how often a command is decided anew after conflicts.
const attemptsMax = 16

// command is a command under way: the call and the id that comes from it.
type command struct {
	call Call
	id   domain.CommandID
}

// errAnew makes Do begin the next attempt: something that stood in the way was
// driven to its end.
var errAnew = errors.New("decide anew")

// Do carries out a command: authenticate → look the command up → authorise →
// load → decide → append, in every attempt anew (design §5).
//
// It answers with a Result built from stored entries; with a *domain.Refusal
// where a rule stands against it; with *KeyReused, *PreconditionFailed,
// PreconditionRequired; or with an error of the store or the vault, after which
// the same call may be repeated under the same key. A dry run judges everything
// and writes nothing.
func (s *Service) Do(ctx context.Context, call Call, what Command) (Result, error) {
	if call.Key == "" && !call.DryRun {
		return Result{}, domain.Refuse(domain.FieldMissing, "idempotency-key")
	}
	if !isKey(call.Key) {
		return Result{}, domain.Refuse(domain.FieldMalformed, "idempotency-key", "rule", "idempotency-key")
	}
	c := command{call: call, id: CommandIDOf(call.User, call.Key)}
	var conflict *domain.Conflict
	for attempt := 0; ; attempt++ {
		result, err := s.attempt(ctx, c, what)
		if err == nil || attempt == attemptsMax || !errors.As(err, &conflict) && !errors.Is(err, errAnew) {
			return result, err
		}
	}
}

func isKey(key string) bool {
	for i := range len(key) {
		if key[i] < '!' || key[i] > '~' {
			return false
		}
	}
	return len(key) <= 255
}

func (s *Service) attempt(ctx context.Context, c command, what Command) (Result, error) {
	if !s.active(c.call.User) {
		return Result{}, domain.Refuse(domain.NotAuthorised, "actor", "roles", RightsOf(what))
	}
	if !c.call.DryRun {
		events, err := s.stored(ctx, c)
		if err != nil {
			return Result{}, err
		}
		if len(events) > 0 && !s.resumes(what, events) {
			result, err := s.resultOf(what, events)
			result.Repeated = true
			return result, err
		}
	}
	return s.carryOut(ctx, c, what)
}

// carryOut is the one switch from commands to what carries them out.
func (s *Service) carryOut(ctx context.Context, c command, what Command) (Result, error) {
	switch k := what.(type) {
	case EstablishUnit:
		return s.establishUnit(ctx, c, k)
	case SetPool:
		return s.setPool(ctx, c, k)
	case MoveQuota:
		return s.moveQuota(ctx, c, k)
	case HoldBackPosts:
		return s.holdBack(ctx, c, k)
	case FreePosts:
		return s.freePosts(ctx, c, k)
	case ApproveUse:
		return s.approveUse(ctx, c, k)
	case RevokeUse:
		return s.revokeUse(ctx, c, k)
	case Collect:
		return s.collect(ctx, c, k)
	case CollectBatch:
		return s.collectBatch(ctx, c, k)
	case Resubmit:
		return s.resubmit(ctx, c, k)
	case Pass:
		return s.pass(ctx, c, k)
	case PassBatch:
		return s.passBatch(ctx, c, k)
	case Return:
		return s.returnChange(ctx, c, k)
	case Withdraw:
		return s.withdraw(ctx, c, k)
	case Record:
		return s.record(ctx, c, k)
	case RecordBatch:
		return s.recordBatch(ctx, c, k)
	case StartOpening:
		return s.startOpening(ctx, c, k)
	case AddOpeningPart:
		return s.addOpeningPart(ctx, c, k)
	case CompleteOpening:
		return s.closeOpening(ctx, c, k, k.Unit, "", true)
	case AbandonOpening:
		return s.closeOpening(ctx, c, k, k.Unit, k.Reason, false)
	case RegisterDocument:
		return s.registerDocument(ctx, c, k)
	case RegisterUser:
		return s.registerUser(ctx, c, k)
	case DisableUser:
		return s.disableUser(ctx, c, k)
	case GrantRole:
		return s.grantRole(ctx, c, k)
	case ConfirmRole:
		return s.confirmRole(ctx, c, k)
	case RevokeRole:
		return s.revokeRole(ctx, c, k)
	case SetPolicy:
		return s.setPolicy(ctx, c, k)
	case SetCalendar:
		return s.setCalendar(ctx, c, k)
	}
	return Result{}, fmt.Errorf("usecase: unknown command %T", what)
}

// stored returns the deciding events of a command that was carried out before,
// in ledger order. The same id with another request is *KeyReused.
func (s *Service) stored(ctx context.Context, c command) ([]domain.Recorded, error) {
	var events []domain.Recorded
	for r, err := range s.o.Log.Tagged(ctx, s.o.Log.Size(), "command:"+string(c.id)) {
		if err != nil {
			return nil, err
		}
		if r.RequestDigest != c.call.Digest {
			return nil, &KeyReused{c.id}
		}
		events = append(events, r)
	}
	slices.Reverse(events)
	return events, nil
}

// resumes tells whether a repeated command has work left: a batch of which
// some rows were neither decided nor set aside when it broke off.
func (s *Service) resumes(what Command, events []domain.Recorded) bool {
	batch, ok := what.(RecordBatch)
	if !ok {
		return false
	}
	done, err := batchRows(events)
	return err == nil && len(done) < len(batch.Rows)
}

func (s *Service) active(id domain.UserID) bool {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	u := s.directory.users[id]
	return u != nil && u.Active()
}

// resultOf builds the answer to a command from its stored deciding events.
func (s *Service) resultOf(what Command, events []domain.Recorded) (Result, error) {
	result := Result{Events: events}
	for _, r := range events {
		result.Position = max(result.Position, r.Position)
	}
	p, err := decode(events[0])
	if err != nil {
		return Result{}, err
	}
	stream := events[0].Stream
	switch e := p.(type) {
	case account.UnitEstablished, document.Registered, user.Registered:
		result.ID = stream.Key()
	case account.QuotaTaken:
		result.ID = string(e.Process)
	case account.UseApproved:
		result.ID = string(e.Approval)
	case account.UseRevoked:
		result.ID = string(e.Approval)
	case account.StaffingCollected:
		result.ID = string(e.Change)
	case account.StaffingResubmitted:
		result.ID = string(e.Change)
	case account.StaffingReviewed:
		result.ID = string(e.Change)
	case account.StaffingReturned:
		result.ID = string(e.Change)
	case account.StaffingWithdrawn:
		result.ID = string(e.Change)
	case account.StaffingRecorded:
		result.ID = string(e.Change)
	case account.OpeningStarted:
		result.ID = string(e.Process)
	case account.OpeningPart:
		result.ID = string(e.Process)
	case account.OpeningCompleted:
		result.ID = string(e.Process)
	case account.OpeningAbandoned:
		result.ID = string(e.Process)
	case user.RoleProposed:
		result.ID = e.Grant
	case user.RoleGranted:
		result.ID = e.Grant
	case user.RoleRevoked:
		result.ID = e.Grant
	}
	switch what.(type) {
	case CollectBatch, PassBatch, RecordBatch:
		result.ID = batchOf(p).ID
		if result.Rows, err = rowResults(events); err != nil {
			return Result{}, err
		}
	}
	return result, nil
}

// origin is where the events of this command come from.
func (c command) origin(a authorised) origin {
	return origin{authType: domain.AuthUser, authID: string(a.actor.User), role: a.actor.Role, onBehalfOf: a.actor.OnBehalfOf,
		decidedAt: a.seen, command: c.id, digest: c.call.Digest, correlationID: string(c.id), trace: c.call.Trace}
}

// merged puts the findings of the form (class 3, found by the use case) beside
// those of the account, or beside what later steps would refuse, where the
// account has nothing against it. What the account says of a field that could not be read
// is left out: it would judge something that nobody has said.
func merged(form, later domain.Findings, err error) error {
	if len(form) == 0 {
		return err
	}
	r, ok := asRefusal(err)
	if err != nil && !ok {
		return err
	}
	all, said := slices.Clone(form), later
	if ok {
		said = apart(r)
	}
	for _, x := range said {
		if !unread(form, x) {
			all = append(all, x)
		}
	}
	return all.Err()
}

// apart takes a refusal and what it lists besides apart again.
func apart(r *domain.Refusal) domain.Findings {
	all := make(domain.Findings, 0, 1+len(r.Also))
	for _, x := range append([]*domain.Refusal{r}, r.Also...) {
		x := *x
		x.Also = nil
		all = append(all, &x)
	}
	return all
}

// unread tells whether the form could not read the field that a finding names,
// or another that its rule looks at. Who acts, and on whose file, is always said.
func unread(form domain.Findings, x *domain.Refusal) bool {
	if domain.ClassOf(x.Name) < domain.ClassForm {
		return false
	}
	rule, _ := x.Facts["rule"].(string)
	needed, _ := x.Facts["needed"].(string)
	row := x.Field[:strings.LastIndexByte(x.Field, '.')+1] // "rows.3." in a list
	for _, f := range form {
		if domain.ClassOf(f.Name) > domain.ClassState {
			continue // such as a person who is busy: the field could be read
		}
		if f.Field == x.Field || slices.ContainsFunc(looksAt[cmp.Or(rule, needed, x.Name)], func(field string) bool { return f.Field == row+field }) {
			return true
		}
	}
	return false
}

// looksAt lists the fields that rules of the account look at beside the one that
// they name, by the rule of form or the refusal's name. What a refusal says is
// needed instead names a rule of its own, which looks at nothing else.
var looksAt = map[string][]string{
	domain.NotHeldHere:        {"idnumber"},
	domain.ApprovalRequired:   {"manner"},
	domain.ApprovalMismatch:   {"manner", "line"},
	domain.HoldsPostElsewhere: {"person", "idnumber"},
	domain.PersonBusy:         {"idnumber"},
	domain.KindMismatch:       {"line", "giverline"},
	domain.CutBelowOccupied:   {"giverline"},
	domain.PoolExhausted:      {"giverline"},
	domain.OverQuota:          {"line", "giverline"},
	domain.NoFreePost:         {"line", "giverline"},
	domain.NoFreePostOnDate:   {"line", "giverline"},
	"held-back":               {"line"},
	"same-person-and-kind":    {"idnumber", "kind"},
	"person-twice":            {"idnumber"},
}

// precondition puts the If-Match of a thing in its place: after who and whose
// (classes 1 and 2), before everything else.
func (s *Service) precondition(ctx context.Context, c command, thing domain.Tag, stream domain.Stream, current domain.Revision, err error) error {
	if r, ok := asRefusal(err); ok && domain.ClassOf(r.Name) <= domain.ClassSame {
		return err
	}
	switch c.call.IfMatch {
	case current:
		return err
	case domain.NoStream:
		if c.call.DryRun {
			return err
		}
		return PreconditionRequired{}
	}
	failed := &PreconditionFailed{Seen: c.call.IfMatch, Current: current}
	for r, rerr := range s.o.Log.Tagged(ctx, s.o.Log.Size(), string(thing)) {
		if rerr != nil {
			return rerr
		}
		if r.Stream != stream || r.Revision <= c.call.IfMatch || len(failed.Since) >= sinceMax {
			break
		}
		failed.Since = append(failed.Since, r)
	}
	slices.Reverse(failed.Since)
	return failed
}

// sinceMax bounds the events that a failed precondition shows.
const sinceMax = 20
