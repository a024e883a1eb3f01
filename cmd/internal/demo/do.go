package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"staffledger/domain"
	"staffledger/domain/policy"
	"staffledger/domain/usecase"
)

// ids draws the ids that the service asks for from the seed.
type ids struct {
	seed uint64
	n    int
}

// New implements usecase.IDs.
func (g *ids) New() string {
	g.n++
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "staffledger demo %d %d", g.seed, g.n)).String()
}

// interleaved is the log with a place for one colleague who is faster: next
// runs once, after the next append, before whoever appended goes on. So two
// people meet at the same post as they do in an office, and always alike.
type interleaved struct {
	usecase.Log
	next func()
}

// Append implements usecase.Log.
func (l *interleaved) Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error) {
	stored, err := l.Log.Append(ctx, stream, expected, events)
	if next := l.next; next != nil && err == nil {
		l.next = nil
		next()
	}
	return stored, err
}

// at moves the clock to a moment of working time and writes what has fallen due
// on the way.
func (f *filler) at(m moment) error {
	at := f.work.instant(m) + domain.Instant(f.rng.IntN(1000))
	if err := f.sweepTo(max(at, f.clock.Now()+1000).Day()); err != nil {
		return err
	}
	f.clock.reach(at, time.Second)
	f.fresh = true
	return nil
}

// pause lets some seconds pass between two commands of the same piece of work:
// fewer in a large city, where more hands are at work.
func (f *filler) pause() {
	if !f.fresh {
		f.clock.reach(0, time.Duration(f.rng.between(6_000, 45_000)/f.hands)*time.Millisecond)
	}
	f.fresh = false
}

// role under which a call is made, and the revision of the thing it names.
type frame struct {
	role    domain.Role
	ifMatch domain.Revision
	behalf  domain.UnitID
	key     string // Idempotency-Key; empty: a new one
	body    string // sets a request apart from another under the same key
}

// do carries out a command.
func (f *filler) do(by *sign, how frame, what usecase.Command) (usecase.Result, error) {
	if how.key == "" {
		f.keys++
		how.key = "demo-" + strconv.Itoa(f.keys)
	}
	call := usecase.Call{User: by.id, Role: how.role, OnBehalf: how.behalf, Key: how.key, IfMatch: how.ifMatch,
		Digest: f.c.Sealer.Digest("request", []byte("demo"), []byte(how.body), []byte(how.key))}
	f.pause()
	result, err := f.service.Do(f.ctx, call, what)
	if err == nil && result.Pending != "" {
		err = fmt.Errorf("%T: process %s was left under way", what, result.Pending)
	}
	f.progress(false)
	return result, err
}

// must is do where nothing but the intended refusals may stand against it;
// refused tells that one of them did.
func (f *filler) must(by *sign, how frame, what usecase.Command, intended ...string) (result usecase.Result, refused bool, err error) {
	result, err = f.do(by, how, what)
	var r *domain.Refusal
	if errors.As(err, &r) && slices.Contains(intended, r.Name) {
		f.refusals[r.Name]++
		return usecase.Result{}, true, nil
	}
	if err != nil {
		return result, false, fmt.Errorf("%T by %s (%s): %w", what, by.id, by.seat.role, err)
	}
	return result, false, nil
}

// policy is the set of policies of the day.
func (f *filler) policy() *policy.Set {
	if day := f.today(); f.policies == nil || f.policyDay != day {
		set, err := f.service.Policy(f.ctx, day)
		f.failed = errors.Join(f.failed, err)
		f.policies, f.policyDay = set, day
	}
	return f.policies
}

// fall is something that will fall due on a day.
type fall struct {
	stream domain.Stream
	apply  func() // to the filler's own books
}

// fallsDue notes it down.
func (f *filler) fallsDue(day domain.Day, stream domain.Stream, apply func()) {
	f.falling[day] = append(f.falling[day], fall{stream, apply})
}

// sweepTo writes what falls due up to a day, each on its own morning: the
// service's sweep with what the filler knows as its hints.
func (f *filler) sweepTo(day domain.Day) error {
	for f.swept < day {
		f.swept++
		fallen := f.falling[f.swept]
		if len(fallen) == 0 {
			continue
		}
		delete(f.falling, f.swept)
		f.due = f.due[:0]
		for _, x := range fallen {
			if !slices.Contains(f.due, x.stream) {
				f.due = append(f.due, x.stream)
			}
		}
		f.clock.reach(f.swept.Start()+5_000, time.Second)
		if err := f.service.Sweep(f.ctx); err != nil {
			return err
		}
		for _, x := range fallen {
			x.apply()
		}
	}
	return nil
}

// Unfinished implements usecase.Hints: nothing is ever left.
func (f *filler) Unfinished(context.Context) ([]domain.ProcessID, error) { return nil, nil }

// FallenDue implements usecase.Hints.
func (f *filler) FallenDue(context.Context, domain.Day) ([]domain.Stream, error) { return f.due, nil }
