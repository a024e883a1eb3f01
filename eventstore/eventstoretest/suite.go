package eventstoretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"sync"

	"staffledger/domain"
	"staffledger/eventstore"
)

// TB is what the suite needs of a *testing.T. Failures are told through Errorf,
// so that a broken store can be shown to fail; nothing is skipped.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Harness gives the suite stores.
type Harness struct {
	// Open returns an empty store.
	Open func() (eventstore.Store, error)
	// Reopen stops a store and opens its data again. It may be nil for a
	// store that keeps nothing.
	Reopen func(eventstore.Store) (eventstore.Store, error)
	// Close stops a store.
	Close func(eventstore.Store) error
}

// Case is one case of the suite.
type Case struct {
	Name string
	run  func(*check)
}

// Cases lists the suite.
func Cases() []Case {
	return []Case{
		{"empty store", emptyStore},
		{"whole envelopes byte for byte", wholeEnvelopes},
		{"atomic appends", atomicAppends},
		{"conflict values", conflictValues},
		{"repeats", repeats},
		{"duplicate ids", duplicateIDs},
		{"limits", limits},
		{"malformed events", malformedEvents},
		{"stream from a revision", streamFrom},
		{"all from a position", allFrom},
		{"tagged", tagged},
		{"tagged over many events", taggedMany},
		{"streams by prefix", streamsByPrefix},
		{"read your writes", readYourWrites},
		{"reads see a prefix", readsSeeAPrefix},
		{"reads are pinned at the call", readsArePinned},
		{"interrupted reads", interruptedReads},
		{"cancelled contexts", cancelledContexts},
		{"wait", waiting},
		{"twenty racers", twentyRacers},
		{"racing repeats", racingRepeats},
		{"dense positions under load", densePositions},
		{"inputs are left alone", inputsLeftAlone},
		{"reopen", reopen},
	}
}

// Run checks that a store keeps the contract of eventstore.Store.
func Run(t TB, h Harness) {
	t.Helper()
	for _, c := range Cases() {
		c.Run(t, h)
	}
}

// Run runs one case on a store of its own.
func (c Case) Run(t TB, h Harness) {
	t.Helper()
	k := &check{t: t, name: c.Name, h: h}
	defer func() {
		if r := recover(); r != nil {
			if r != (giveUp{}) {
				t.Errorf("%s: panic: %v", c.Name, r)
			}
		}
		if k.s != nil {
			if err := h.Close(k.s); err != nil {
				t.Errorf("%s: close: %v", c.Name, err)
			}
		}
	}()
	s, err := h.Open()
	if err != nil {
		t.Errorf("%s: open: %v", c.Name, err)
		return
	}
	k.s = s
	c.run(k)
}

// giveUp ends a case that cannot go on.
type giveUp struct{}

// check is one case at work.
type check struct {
	t    TB
	name string
	h    Harness
	s    eventstore.Store
	made int
}

func (k *check) errorf(format string, args ...any) {
	k.t.Helper()
	k.t.Errorf("%s: %s", k.name, fmt.Sprintf(format, args...))
}

func (k *check) need(err error, format string, args ...any) {
	k.t.Helper()
	if err != nil {
		k.errorf("%s: %v", fmt.Sprintf(format, args...), err)
		panic(giveUp{})
	}
}

func (k *check) want(ok bool, format string, args ...any) bool {
	k.t.Helper()
	if !ok {
		k.errorf(format, args...)
	}
	return ok
}

var background = context.Background()

// Event is a well-formed event of a stream; n makes its id.
func Event(stream domain.Stream, n int, tags ...domain.Tag) domain.Event {
	return domain.Event{
		Head: domain.Head{
			ID:       domain.EventID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)),
			Source:   "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
			Type:     "staffing.recorded.v1",
			Stream:   stream,
			Time:     1_770_000_000_000 + domain.Instant(n),
			Tags:     domain.SortTags(tags),
			AuthType: domain.AuthUser,
			AuthID:   fmt.Sprintf("user-%d", n%7),
		},
		Data: fmt.Appendf(nil, `{"row":%d,"note":"第%d行"}`, n, n),
	}
}

func (k *check) event(stream domain.Stream, tags ...domain.Tag) domain.Event {
	k.made++
	return Event(stream, k.made, tags...)
}

func (k *check) events(stream domain.Stream, n int, tags ...domain.Tag) []domain.Event {
	out := make([]domain.Event, n)
	for i := range out {
		out[i] = k.event(stream, tags...)
	}
	return out
}

// append appends and must succeed.
func (k *check) append(stream domain.Stream, expected domain.Revision, events ...domain.Event) []domain.Recorded {
	k.t.Helper()
	out, err := k.s.Append(background, stream, expected, events)
	k.need(err, "append of %d events to %s at %d", len(events), stream, expected)
	if !k.want(len(out) == len(events), "append of %d events returned %d", len(events), len(out)) {
		panic(giveUp{})
	}
	return out
}

func collect(seq iter.Seq2[domain.Recorded, error]) ([]domain.Recorded, error) {
	var out []domain.Recorded
	for r, err := range seq {
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

// recorded compares what was read with what was recorded.
func (k *check) recorded(what string, got, want []domain.Recorded) {
	k.t.Helper()
	if len(got) != len(want) {
		k.errorf("%s: %d events, want %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i].Position != want[i].Position || !bytes.Equal(got[i].Bytes, want[i].Bytes) || !sameEvent(got[i].Event, want[i].Event) {
			k.errorf("%s: event %d is\n %d %s\nwant\n %d %s", what, i, got[i].Position, got[i].Bytes, want[i].Position, want[i].Bytes)
			return
		}
	}
}

func sameEvent(a, b domain.Event) bool {
	if len(a.Tags) == 0 && len(b.Tags) == 0 {
		a.Tags, b.Tags = nil, nil
	}
	return bytes.Equal(a.Data, b.Data) && reflect.DeepEqual(a.Head, b.Head)
}

// Check compares every way of reading a store with the events that it should
// hold, in order of position.
func Check(t TB, s eventstore.Store, want []domain.Recorded) {
	t.Helper()
	k := &check{t: t, name: "check", s: s}
	defer func() {
		if r := recover(); r != nil && r != (giveUp{}) {
			panic(r)
		}
	}()
	k.whole(want)
}

// whole checks that every way of reading gives exactly these events.
func (k *check) whole(want []domain.Recorded) {
	k.t.Helper()
	k.want(k.s.Size() == domain.Position(len(want)), "size is %d, want %d", k.s.Size(), len(want))
	all, err := collect(k.s.All(background, 0))
	k.need(err, "all")
	k.recorded("all", all, want)
	streams := map[domain.Stream][]domain.Recorded{}
	keys := map[string][]domain.Recorded{}
	for i, r := range want {
		k.want(r.Position == domain.Position(i), "event %d has position %d", i, r.Position)
		at, err := k.s.At(background, r.Position)
		k.need(err, "at %d", i)
		k.recorded(fmt.Sprintf("at %d", i), []domain.Recorded{at}, []domain.Recorded{r})
		byID, err := k.s.ByID(background, r.ID)
		k.need(err, "by id %s", r.ID)
		k.recorded("by id "+string(r.ID), []domain.Recorded{byID}, []domain.Recorded{r})
		streams[r.Stream] = append(streams[r.Stream], r)
		for _, key := range eventstore.Keys(&r.Event) {
			keys[key] = append([]domain.Recorded{r}, keys[key]...)
		}
	}
	var names []domain.Stream
	for s, events := range streams {
		names = append(names, s)
		got, err := collect(k.s.Stream(background, s, 0))
		k.need(err, "stream %s", s)
		k.recorded("stream "+string(s), got, events)
		last, err := k.s.Last(background, s)
		k.need(err, "last of %s", s)
		k.want(last == domain.Revision(len(events))-1, "last of %s is %d, want %d", s, last, len(events)-1)
		for i, r := range events {
			k.want(r.Revision == domain.Revision(i), "event %d of %s has revision %d", i, s, r.Revision)
		}
	}
	slices.Sort(names)
	k.want(slices.Equal(k.names(""), names), "streams are %v, want %v", k.names(""), names)
	for key, events := range keys {
		got, err := collect(k.s.Tagged(background, k.s.Size(), key))
		k.need(err, "tagged %s", key)
		k.recorded("tagged "+key, got, events)
	}
}

func (k *check) names(prefix string) []domain.Stream {
	k.t.Helper()
	var out []domain.Stream
	for s, err := range k.s.Streams(background, prefix) {
		k.need(err, "streams %q", prefix)
		out = append(out, s)
	}
	return out
}

func (k *check) conflict(err error, stream domain.Stream, expected, actual domain.Revision) {
	k.t.Helper()
	var c *domain.Conflict
	if !errors.As(err, &c) {
		k.errorf("append to %s at %d: %v, want a conflict", stream, expected, err)
		return
	}
	want := domain.Conflict{Stream: stream, Expected: expected, Actual: actual}
	k.want(*c == want, "conflict is %+v, want %+v", *c, want)
}

func (k *check) fails(err, want error, format string, args ...any) {
	k.t.Helper()
	k.want(errors.Is(err, want), "%s: %v, want %v", fmt.Sprintf(format, args...), err, want)
}

// race runs n functions at once and waits for them.
func race(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}

// FullEvent is an event that uses every attribute of the head.
func FullEvent(stream domain.Stream, n int) domain.Event {
	e := Event(stream, n, domain.TagOf(domain.TagUnit, "u-1"), domain.TagOf(domain.TagPerson, "p-1"))
	e.ActorRole, e.OnBehalfOf, e.DecidedAt = domain.GateOffice, "user-9", 1_234_567
	e.CommandID = domain.CommandID(fmt.Sprintf("command-%d", n))
	e.RequestDigest, e.Effective = "9f86d081", domain.DayOf(2026, 3, 16)
	e.DocumentID, e.ReasonCode, e.CorrelationID = "document-1", "resettlement", "correlation-1"
	e.CausationID, e.TraceParent = "00000000-0000-4000-8000-000000000001", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	e.DataSchema = "https://staffledger.example/schema/1"
	return e
}

// LargestEvent has exactly the most bytes that an event may have, at a revision.
func LargestEvent(stream domain.Stream, n int, revision domain.Revision) domain.Event {
	e := Event(stream, n)
	e.Revision, e.Data = revision, []byte(`{"x":""}`)
	b, err := eventstore.Encode(nil, &e)
	if err != nil {
		panic(err)
	}
	e.Data = []byte(`{"x":"` + strings.Repeat("a", eventstore.EventBytesMax-len(b)) + `"}`)
	return e
}
