package eventstoretest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"staffledger/domain"
	"staffledger/eventstore"
)

func emptyStore(k *check) {
	k.whole(nil)
	last, err := k.s.Last(background, "account-1")
	k.need(err, "last")
	k.want(last == domain.NoStream, "last of no stream is %d", last)
	_, err = k.s.At(background, 0)
	k.fails(err, eventstore.ErrNotFound, "at 0 of an empty store")
	_, err = k.s.ByID(background, "00000000-0000-4000-8000-000000000001")
	k.fails(err, eventstore.ErrNotFound, "by an id of an empty store")
	for _, key := range []string{"unit:u-1", eventstore.AuthKey("user-1"), eventstore.CommandKey("c-1")} {
		got, err := collect(k.s.Tagged(background, 10, key))
		k.need(err, "tagged %s", key)
		k.want(len(got) == 0, "tagged %s: %d events", key, len(got))
	}
	got, err := collect(k.s.Stream(background, "account-1", 0))
	k.need(err, "stream")
	k.want(len(got) == 0, "stream: %d events", len(got))
}

func wholeEnvelopes(k *check) {
	var want []domain.Recorded
	least := Event("person-1", 900)
	least.Data, least.Tags = []byte(`{}`), nil
	opened := Event(domain.LedgerStream, 901)
	for i, e := range []domain.Event{FullEvent("account-1", 902), least, opened, FullEvent("account-1", 903)} {
		expected := domain.NoStream
		if i == 3 {
			expected = 0
		}
		given := e
		got := k.append(e.Stream, expected, e)
		given.Revision = expected + 1
		b, err := eventstore.Encode(nil, &given)
		k.need(err, "encode")
		decoded, err := eventstore.Decode(b)
		k.need(err, "decode")
		r := domain.Recorded{Position: domain.Position(i), Event: decoded, Bytes: b}
		k.recorded("append's answer", got, []domain.Recorded{r})
		want = append(want, r)
	}
	k.whole(want)
}

func atomicAppends(k *check) {
	want := k.append("account-1", domain.NoStream, k.events("account-1", 5)...)
	want = append(want, k.append("account-1", 4, k.events("account-1", 100, "unit:u-1")...)...)
	k.whole(want)
	bad := k.events("account-1", 3)
	bad[2].Data = []byte(`{"not":json}`)
	_, err := k.s.Append(background, "account-1", 104, bad)
	k.fails(err, eventstore.ErrInvalid, "append whose last event is malformed")
	double := k.events("account-1", 3)
	double[2].ID = want[1].ID
	_, err = k.s.Append(background, "account-1", 104, double)
	k.fails(err, eventstore.ErrDuplicateID, "append whose last event is stored")
	large := k.events("account-1", 2)
	large[1].Data = fmt.Appendf(nil, `{"x":"%s"}`, strings.Repeat("x", eventstore.EventBytesMax))
	_, err = k.s.Append(background, "account-1", 104, large)
	k.fails(err, eventstore.ErrTooLarge, "append whose last event is too large")
	k.whole(want)
}

func conflictValues(k *check) {
	_, err := k.s.Append(background, "account-1", 0, k.events("account-1", 1))
	k.conflict(err, "account-1", 0, domain.NoStream)
	want := k.append("account-1", domain.NoStream, k.events("account-1", 3)...)
	for _, expected := range []domain.Revision{domain.NoStream, 0, 1, 3, 1000} {
		_, err := k.s.Append(background, "account-1", expected, k.events("account-1", 2))
		k.conflict(err, "account-1", expected, 2)
	}
	want = append(want, k.append("account-10", domain.NoStream, k.events("account-10", 1)...)...)
	_, err = k.s.Append(background, "account-10", 2, k.events("account-10", 1))
	k.conflict(err, "account-10", 2, 0)
	want = append(want, k.append("account-1", 2, k.events("account-1", 1)...)...)
	k.whole(want)
}

func repeats(k *check) {
	one, two := k.events("account-1", 1), k.events("account-1", 3)
	first := k.append("account-1", domain.NoStream, one...)
	second := k.append("account-1", 0, two...)
	other := k.append("account-2", domain.NoStream, k.events("account-2", 1)...)
	want := slices.Concat(first, second, other)
	for _, expected := range []domain.Revision{domain.NoStream, 0, 1, 3, 77} {
		got, err := k.s.Append(background, "account-1", expected, two)
		k.need(err, "repeat at %d", expected)
		k.recorded("repeat", got, second)
		got, err = k.s.Append(background, "account-1", expected, one)
		k.need(err, "repeat at %d", expected)
		k.recorded("repeat of one", got, first)
	}
	// The ids make the repeat, not the rest.
	changed := slices.Clone(two)
	changed[0].Data = []byte(`{"other":true}`)
	got, err := k.s.Append(background, "account-1", 3, changed)
	k.need(err, "repeat with other data")
	k.recorded("repeat with other data", got, second)
	// A shorter repeat is stored as a whole, too.
	got, err = k.s.Append(background, "account-1", 3, two[:2])
	k.need(err, "shorter repeat")
	k.recorded("shorter repeat", got, second[:2])
	k.whole(want)
}

func duplicateIDs(k *check) {
	stored := k.events("account-1", 2)
	want := k.append("account-1", domain.NoStream, stored...)
	// In another stream.
	for i := range stored {
		moved := stored[i]
		moved.Stream = "account-2"
		_, err := k.s.Append(background, "account-2", domain.NoStream, []domain.Event{moved})
		k.fails(err, eventstore.ErrDuplicateID, "id that another stream has")
		_, err = k.s.Append(background, "account-2", domain.NoStream, []domain.Event{k.event("account-2"), moved})
		k.fails(err, eventstore.ErrDuplicateID, "second id that another stream has")
	}
	// Twice in the append.
	twice := k.events("account-1", 3)
	twice[2].ID = twice[0].ID
	_, err := k.s.Append(background, "account-1", 1, twice)
	k.fails(err, eventstore.ErrDuplicateID, "id that occurs twice")
	// Only a part is stored.
	_, err = k.s.Append(background, "account-1", 1, []domain.Event{stored[0], stored[1], k.event("account-1")})
	k.fails(err, eventstore.ErrDuplicateID, "append of which a part is stored")
	_, err = k.s.Append(background, "account-1", 1, []domain.Event{stored[0], k.event("account-1")})
	k.fails(err, eventstore.ErrDuplicateID, "append of which the first is stored")
	_, err = k.s.Append(background, "account-1", 1, []domain.Event{k.event("account-1"), stored[1]})
	k.fails(err, eventstore.ErrDuplicateID, "append of which the second is stored")
	k.whole(want)
}

func limits(k *check) {
	fails := func(stream domain.Stream, events []domain.Event, want error, what string) {
		_, err := k.s.Append(background, stream, domain.NoStream, events)
		k.fails(err, want, "%s", what)
	}
	fails("account-1", nil, eventstore.ErrInvalid, "append of nothing")
	fails("account-1", k.events("account-1", eventstore.AppendCountMax+1), eventstore.ErrTooLarge, "append of too many events")
	large := LargestEvent("account-1", 700, 0)
	over := large
	over.Data = append([]byte(`{"xx":`), large.Data[5:]...)
	fails("account-1", []domain.Event{over}, eventstore.ErrTooLarge, "event one byte too large")
	heavy := make([]domain.Event, eventstore.AppendBytesMax/eventstore.EventBytesMax+1)
	for i := range heavy {
		heavy[i] = LargestEvent("account-1", 800+i, domain.Revision(i))
	}
	fails("account-1", heavy, eventstore.ErrTooLarge, "append of too many bytes")
	long := domain.Stream("account-" + strings.Repeat("n", eventstore.StreamNameMax-len("account-")+1))
	fails(long, k.events(long, 1), eventstore.ErrInvalid, "stream name that is too long")
	tags := make([]domain.Tag, eventstore.TagsMax+1)
	for i := range tags {
		tags[i] = domain.TagOf(domain.TagChange, fmt.Sprintf("c-%03d", i))
	}
	fails("account-1", k.events("account-1", 1, tags...), eventstore.ErrInvalid, "event with too many tags")
	k.whole(nil)

	want := k.append("account-1", domain.NoStream, large)
	want = append(want, k.append("account-2", domain.NoStream, k.events("account-2", eventstore.AppendCountMax)...)...)
	longest := long[:eventstore.StreamNameMax]
	want = append(want, k.append(longest, domain.NoStream, k.events(longest, 1, tags[1:]...)...)...)
	for i := range heavy {
		heavy[i] = LargestEvent("account-3", 800+i, domain.Revision(i))
	}
	want = append(want, k.append("account-3", domain.NoStream, heavy[1:]...)...)
	k.whole(want)
}

func malformedEvents(k *check) {
	for what, spoil := range map[string]func(*domain.Event){
		"no id":             func(e *domain.Event) { e.ID = "" },
		"no source":         func(e *domain.Event) { e.Source = "" },
		"no type":           func(e *domain.Event) { e.Type = "" },
		"another stream":    func(e *domain.Event) { e.Stream = "account-9" },
		"no authtype":       func(e *domain.Event) { e.AuthType = "" },
		"no authid":         func(e *domain.Event) { e.AuthID = "" },
		"a blank in an id":  func(e *domain.Event) { e.ID = "a b" },
		"a quote":           func(e *domain.Event) { e.ReasonCode = `x"y` },
		"a control":         func(e *domain.Event) { e.CommandID = "x\ny" },
		"unsorted tags":     func(e *domain.Event) { e.Tags = []domain.Tag{"unit:b", "unit:a"} },
		"tags twice":        func(e *domain.Event) { e.Tags = []domain.Tag{"unit:a", "unit:a"} },
		"a negative time":   func(e *domain.Event) { e.Time = -1 << 60 },
		"no data":           func(e *domain.Event) { e.Data = nil },
		"data with blanks":  func(e *domain.Event) { e.Data = []byte(`{ "a":1}`) },
		"data that is list": func(e *domain.Event) { e.Data = []byte(`[1]`) },
		"data not NFC":      func(e *domain.Event) { e.Data = []byte("{\"a\":\"e\u0301\"}") },
		"data not UTF-8":    func(e *domain.Event) { e.Data = []byte("{\"a\":\"\xff\"}") },
	} {
		e := k.event("account-1")
		spoil(&e)
		_, err := k.s.Append(background, "account-1", domain.NoStream, []domain.Event{e})
		k.fails(err, eventstore.ErrInvalid, "event with %s", what)
	}
	k.whole(nil)
}

func streamFrom(k *check) {
	var want []domain.Recorded
	for i := range 60 {
		stream := domain.Stream(fmt.Sprintf("account-%d", i%3))
		want = append(want, k.append(stream, domain.Revision(i/3)-1, k.event(stream))...)
	}
	for from := domain.Revision(-2); from < 25; from++ {
		got, err := collect(k.s.Stream(background, "account-1", from))
		k.need(err, "stream from %d", from)
		var own []domain.Recorded
		for _, r := range want {
			if r.Stream == "account-1" && r.Revision >= from {
				own = append(own, r)
			}
		}
		k.recorded(fmt.Sprintf("stream from %d", from), got, own)
	}
}

func allFrom(k *check) {
	want := k.append("account-1", domain.NoStream, k.events("account-1", 150)...)
	for _, from := range []int{0, 1, 63, 64, 65, 149, 150, 151, 10_000} {
		got, err := collect(k.s.All(background, domain.Position(from)))
		k.need(err, "all from %d", from)
		k.recorded(fmt.Sprintf("all from %d", from), got, want[min(from, len(want)):])
	}
	_, err := k.s.At(background, 150)
	k.fails(err, eventstore.ErrNotFound, "at the end")
	_, err = k.s.At(background, 1<<62)
	k.fails(err, eventstore.ErrNotFound, "far behind the end")
}

// tagModel answers Tagged by looking at every event.
func tagModel(all []domain.Recorded, before domain.Position, keys []string) (out []domain.Recorded) {
	for i := int(min(before, domain.Position(len(all)))) - 1; i >= 0; i-- {
		if carries(&all[i], keys) {
			out = append(out, all[i])
		}
	}
	return out
}

func tagged(k *check) {
	tags := []domain.Tag{"change:c-1", "person:p-1", "person:p-2", "unit:u-1", "unit:u-10"}
	var all []domain.Recorded
	for i := range 64 {
		stream := domain.Stream(fmt.Sprintf("account-%d", i%4))
		var own []domain.Tag
		for b, t := range tags {
			if i>>b&1 == 1 {
				own = append(own, t)
			}
		}
		e := k.event(stream, own...)
		if i%5 == 0 {
			e.CommandID = domain.CommandID(fmt.Sprintf("command-%d", i/10))
		}
		all = append(all, k.append(stream, domain.Revision(i/4)-1, e)...)
	}
	keys := []string{eventstore.AuthKey("user-1"), eventstore.AuthKey("user-2"), eventstore.CommandKey("command-3"), eventstore.CommandKey("command-99"), "unit:u", "unit:u-100", "user-1"}
	for _, t := range tags {
		keys = append(keys, string(t))
	}
	for _, a := range keys {
		for _, b := range keys {
			for _, before := range []domain.Position{0, 1, 31, 32, 33, 63, 64, 65, 1 << 60} {
				set := []string{a, b}
				got, err := collect(k.s.Tagged(background, before, set...))
				k.need(err, "tagged %v before %d", set, before)
				k.recorded(fmt.Sprintf("tagged %v before %d", set, before), got, tagModel(all, before, set))
			}
		}
	}
	three := []string{"person:p-1", "unit:u-1", "unit:u-10"}
	got, err := collect(k.s.Tagged(background, k.s.Size(), three...))
	k.need(err, "tagged %v", three)
	k.recorded("three tags", got, tagModel(all, 64, three))
	_, err = collect(k.s.Tagged(background, k.s.Size()))
	k.fails(err, eventstore.ErrInvalid, "tagged without a key")
}

func taggedMany(k *check) {
	var all []domain.Recorded
	for batch := range 4 {
		events := make([]domain.Event, 500)
		for i := range events {
			n := batch*500 + i
			tags := []domain.Tag{"unit:common", domain.TagOf(domain.TagChange, fmt.Sprint(n%3))}
			if n%97 == 5 {
				tags = append(tags, "person:rare")
			}
			events[i] = k.event("account-1", tags...)
		}
		all = append(all, k.append("account-1", domain.Revision(batch*500)-1, events...)...)
	}
	for _, set := range [][]string{{"unit:common"}, {"person:rare"}, {"unit:common", "person:rare"}, {"change:1", "person:rare", "unit:common"}, {"change:1", "change:2"}} {
		for _, before := range []domain.Position{2000, 1999, 777} {
			got, err := collect(k.s.Tagged(background, before, set...))
			k.need(err, "tagged %v", set)
			k.recorded(fmt.Sprintf("tagged %v before %d", set, before), got, tagModel(all, before, set))
		}
	}
}

func streamsByPrefix(k *check) {
	var names []domain.Stream
	for i := range 300 {
		for _, kind := range []string{"account", "person", "accounts"} {
			if s := domain.Stream(fmt.Sprintf("%s-%d", kind, i)); i%3 == len(kind)%3 {
				k.append(s, domain.NoStream, k.event(s))
				names = append(names, s)
			}
		}
	}
	k.append("ledger", domain.NoStream, k.event("ledger"))
	k.append(names[0], 0, k.event(names[0]))
	names = append(names, "ledger")
	slices.Sort(names)
	for _, prefix := range []string{"", "account-", "account", "person-1", "person-299", "ledger", "nothing", "person-30x"} {
		var want []domain.Stream
		for _, n := range names {
			if strings.HasPrefix(string(n), prefix) {
				want = append(want, n)
			}
		}
		k.want(slices.Equal(k.names(prefix), want), "streams with prefix %q: %d, want %d in order", prefix, len(k.names(prefix)), len(want))
	}
}

func readYourWrites(k *check) {
	for i := range 40 {
		stream := domain.Stream(fmt.Sprintf("account-%d", i%8))
		e := k.event(stream, domain.TagOf(domain.TagChange, fmt.Sprint(i)))
		e.CommandID = domain.CommandID(fmt.Sprintf("command-%d", i))
		r := k.append(stream, domain.Revision(i/8)-1, e)
		k.want(k.s.Size() == r[0].Position+1, "size after append")
		at, err := k.s.At(background, r[0].Position)
		k.need(err, "at")
		k.recorded("at", []domain.Recorded{at}, r)
		byID, err := k.s.ByID(background, e.ID)
		k.need(err, "by id")
		k.recorded("by id", []domain.Recorded{byID}, r)
		for _, key := range []string{fmt.Sprintf("change:%d", i), string(eventstore.CommandKey(e.CommandID))} {
			got, err := collect(k.s.Tagged(background, k.s.Size(), key))
			k.need(err, "tagged")
			k.recorded("tagged "+key, got, r)
		}
		got, err := collect(k.s.Stream(background, stream, domain.Revision(i/8)))
		k.need(err, "stream")
		k.recorded("stream", got, r)
		got, err = collect(k.s.All(background, r[0].Position))
		k.need(err, "all")
		k.recorded("all", got, r)
		last, err := k.s.Last(background, stream)
		k.need(err, "last")
		k.want(last == domain.Revision(i/8), "last is %d, want %d", last, i/8)
		k.want(slices.Contains(k.names(string(stream)), stream), "stream %s is not listed", stream)
		k.need(k.s.Wait(background, r[0].Position), "wait")
	}
}

// readsSeeAPrefix reads while others append: what is seen is whole and dense.
func readsSeeAPrefix(k *check) {
	writing, done := context.WithCancel(background)
	defer done()
	var readers, writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			stream := domain.Stream(fmt.Sprintf("account-%d", w))
			for i := range 50 {
				e := []domain.Event{Event(stream, 10_000+w*1000+2*i, "unit:u-1"), Event(stream, 10_001+w*1000+2*i, "unit:u-1")}
				if _, err := k.s.Append(background, stream, domain.Revision(2*i)-1, e); err != nil {
					k.errorf("append: %v", err)
					return
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			seen := domain.Position(0)
			for seen < 400 {
				over := writing.Err() != nil
				size := k.s.Size()
				if size < seen {
					k.errorf("size went from %d back to %d", seen, size)
					return
				}
				all, err := collect(k.s.All(background, seen))
				if err != nil {
					k.errorf("all: %v", err)
					return
				}
				if domain.Position(len(all)) < size-seen {
					k.errorf("all from %d gives %d events at size %d", seen, len(all), size)
					return
				}
				for i, r := range all {
					if r.Position != seen+domain.Position(i) {
						k.errorf("position %d follows %d", r.Position, seen+domain.Position(i)-1)
						return
					}
				}
				if len(all) > 0 { // all earlier ones must be seen by every other way
					r := all[len(all)-1]
					if tags, err := collect(k.s.Tagged(background, r.Position+1, "unit:u-1")); err != nil || len(tags) != int(r.Position)+1 {
						k.errorf("tagged before %d gives %d events, %v", r.Position+1, len(tags), err)
						return
					}
					if got, err := k.s.ByID(background, r.ID); err != nil || got.Position != r.Position {
						k.errorf("by id of position %d: %d, %v", r.Position, got.Position, err)
					}
					if last, err := k.s.Last(background, r.Stream); err != nil || last < r.Revision {
						k.errorf("last of %s is %d, %v; revision %d was read", r.Stream, last, err, r.Revision)
					}
				}
				seen += domain.Position(len(all))
				if over {
					k.want(seen >= 400, "%d events were read of 400", seen)
					return
				}
				if err := k.s.Wait(writing, seen); err != nil && writing.Err() == nil {
					k.errorf("wait: %v", err)
					return
				}
			}
		})
	}
	writers.Wait()
	done()
	readers.Wait()
	all, err := collect(k.s.All(background, 0))
	k.need(err, "all")
	k.whole(all)
	for i := 0; i+1 < len(all); i++ { // appends are not torn apart
		if all[i].Revision%2 == 0 && (all[i+1].Stream != all[i].Stream || all[i+1].Revision != all[i].Revision+1) {
			k.errorf("append of %s at %d is torn apart", all[i].Stream, all[i].Position)
		}
	}
}

func readsArePinned(k *check) {
	first := k.append("account-1", domain.NoStream, k.events("account-1", 10, "unit:u-1")...)
	all, stream, tags := k.s.All(background, 0), k.s.Stream(background, "account-1", 0), k.s.Tagged(background, 1<<60, "unit:u-1")
	k.append("account-1", 9, k.events("account-1", 10, "unit:u-1")...)
	got, err := collect(all)
	k.need(err, "all")
	k.recorded("all as of the call", got, first)
	got, err = collect(tags)
	k.need(err, "tagged")
	slices.Reverse(got)
	k.recorded("tagged as of the call", got, first)
	got, err = collect(stream)
	k.need(err, "stream")
	if len(got) > len(first) { // a stream may be read to its end at either time
		got = got[:len(first)]
	}
	k.recorded("stream as of the call", got, first)
}

func interruptedReads(k *check) {
	want := k.append("account-1", domain.NoStream, k.events("account-1", 200, "unit:u-1")...)
	reads := map[string]func() func(func(domain.Recorded, error) bool){
		"all":    func() func(func(domain.Recorded, error) bool) { return k.s.All(background, 0) },
		"stream": func() func(func(domain.Recorded, error) bool) { return k.s.Stream(background, "account-1", 0) },
		"tagged": func() func(func(domain.Recorded, error) bool) { return k.s.Tagged(background, 200, "unit:u-1") },
	}
	for what, read := range reads {
		for _, stop := range []int{1, 2, 65, 199} {
			n := 0
			for _, err := range read() {
				k.need(err, "%s", what)
				if n++; n == stop {
					break
				}
			}
			k.want(n == stop, "%s stopped after %d events, want %d", what, n, stop)
		}
		got, err := collect(read())
		k.need(err, "%s after interruptions", what)
		k.want(len(got) == len(want), "%s after interruptions: %d events", what, len(got))
	}
	for range k.s.Streams(background, "") {
		break
	}
	want = append(want, k.append("account-1", 199, k.event("account-1"))...)
	k.whole(want)
}

func cancelledContexts(k *check) {
	want := k.append("account-1", domain.NoStream, k.events("account-1", 200, "unit:u-1")...)
	gone, cancel := context.WithCancel(background)
	cancel()
	_, err := k.s.Append(gone, "account-1", 199, k.events("account-1", 1))
	k.fails(err, context.Canceled, "append with a cancelled context")
	for what, seq := range map[string]func(func(domain.Recorded, error) bool){
		"all":    k.s.All(gone, 0),
		"stream": k.s.Stream(gone, "account-1", 0),
		"tagged": k.s.Tagged(gone, 200, "unit:u-1"),
	} {
		got, err := collect(seq)
		k.fails(err, context.Canceled, "%s with a cancelled context", what)
		k.want(len(got) == 0, "%s with a cancelled context gives %d events", what, len(got))
	}
	k.fails(k.s.Wait(gone, 200), context.Canceled, "wait with a cancelled context")
	// Cancelled on the way: an error must follow, the end must not look like one.
	for _, what := range []string{"all", "stream", "tagged"} {
		ctx, cancel := context.WithCancel(background)
		seq := k.s.All(ctx, 0)
		switch what {
		case "stream":
			seq = k.s.Stream(ctx, "account-1", 0)
		case "tagged":
			seq = k.s.Tagged(ctx, 200, "unit:u-1")
		}
		n := 0
		var last error
		for _, err := range seq {
			if last = err; err != nil {
				break
			}
			if n++; n == 3 {
				cancel()
			}
		}
		cancel()
		k.want(errors.Is(last, context.Canceled) && n < 200, "%s cancelled after 3 events: %d events, %v", what, n, last)
	}
	k.whole(want)
}

func waiting(k *check) {
	k.append("account-1", domain.NoStream, k.events("account-1", 3)...)
	k.need(k.s.Wait(background, 0), "wait for what is there")
	k.need(k.s.Wait(background, 2), "wait for what is there")
	ctx, cancel := context.WithCancel(background)
	results := make(chan error, 4)
	for range 3 {
		go func() {
			err := k.s.Wait(background, 3)
			if err == nil && k.s.Size() <= 3 {
				err = errors.New("returned before the size grew")
			}
			results <- err
		}()
	}
	go func() { results <- k.s.Wait(ctx, 100) }()
	k.append("account-1", 2, k.event("account-1"))
	for range 3 {
		k.need(<-results, "wait")
	}
	cancel()
	k.fails(<-results, context.Canceled, "wait whose context ends")
}

func twentyRacers(k *check) {
	k.append("account-1", domain.NoStream, k.event("account-1"))
	for round := range 10 {
		var won, lost atomic.Int32
		race(20, func(i int) {
			e := Event("account-1", 20_000+round*100+i)
			out, err := k.s.Append(background, "account-1", domain.Revision(round), []domain.Event{e})
			var c *domain.Conflict
			switch {
			case err == nil:
				won.Add(1)
				k.want(len(out) == 1 && out[0].Revision == domain.Revision(round)+1, "winner got %v", out)
			case errors.As(err, &c):
				lost.Add(1)
				k.conflict(err, "account-1", domain.Revision(round), domain.Revision(round)+1)
			default:
				k.errorf("racer: %v", err)
			}
		})
		k.want(won.Load() == 1 && lost.Load() == 19, "%d of 20 racers won, %d lost", won.Load(), lost.Load())
	}
	all, err := collect(k.s.All(background, 0))
	k.need(err, "all")
	k.want(len(all) == 11, "%d events after 10 races", len(all))
	k.whole(all)
}

// racingRepeats sends one append many times at once: it is stored once, and
// everyone gets the same answer.
func racingRepeats(k *check) {
	for round := range 5 {
		events := []domain.Event{Event("account-1", 30_000+round*10), Event("account-1", 30_001+round*10)}
		answers := make([][]domain.Recorded, 10)
		race(10, func(i int) {
			out, err := k.s.Append(background, "account-1", domain.Revision(2*round)-1, events)
			if err != nil {
				k.errorf("repeat in a race: %v", err)
			}
			answers[i] = out
		})
		for _, a := range answers[1:] {
			k.recorded("answer of a racing repeat", a, answers[0])
		}
		k.want(k.s.Size() == domain.Position(2*round+2), "size is %d after %d appends of two", k.s.Size(), round+1)
	}
}

func densePositions(k *check) {
	const writers, each = 16, 12
	var mu sync.Mutex
	var answers []domain.Recorded
	race(writers, func(w int) {
		stream := domain.Stream(fmt.Sprintf("person-%d", w))
		next := domain.NoStream
		for i := range each {
			n := 1 + (w+i)%3
			events := make([]domain.Event, n)
			for j := range events {
				events[j] = Event(stream, 40_000+w*1000+i*10+j, "unit:u-1", domain.TagOf(domain.TagPerson, fmt.Sprint(w)))
			}
			out, err := k.s.Append(background, stream, next, events)
			if err != nil {
				k.errorf("append: %v", err)
				return
			}
			next += domain.Revision(n)
			mu.Lock()
			answers = append(answers, out...)
			mu.Unlock()
		}
	})
	slices.SortFunc(answers, func(a, b domain.Recorded) int { return int(a.Position) - int(b.Position) })
	k.whole(answers)
}

// inputsLeftAlone checks that the store keeps nothing of the caller's and
// changes nothing of it.
func inputsLeftAlone(k *check) {
	events := k.events("account-1", 2, "unit:u-1", "person:p-1")
	events[0].Revision, events[1].Revision = 77, 78
	got := k.append("account-1", domain.NoStream, events...)
	k.want(events[0].Revision == 77 && events[1].Revision == 78, "the caller's events were changed")
	want := make([]domain.Recorded, len(got))
	for i, r := range got {
		b := slices.Clone(r.Bytes)
		e, err := eventstore.Decode(b)
		k.need(err, "decode")
		want[i] = domain.Recorded{Position: r.Position, Event: e, Bytes: b}
	}
	for i := range events {
		clear(events[i].Data)
		events[i].Tags[0] = "unit:changed"
	}
	k.recorded("append's answer after the caller changed his events", got, want)
	k.whole(want)
}

func reopen(k *check) {
	if k.h.Reopen == nil {
		return
	}
	var want []domain.Recorded
	for round := range 5 {
		for i := range 6 {
			stream := domain.Stream(fmt.Sprintf("account-%d", i))
			want = append(want, k.append(stream, domain.Revision(3*round)-1, k.events(stream, 3, "unit:u-1", domain.TagOf(domain.TagUnit, fmt.Sprint(i)))...)...)
		}
		s, err := k.h.Reopen(k.s)
		if err != nil {
			k.s = nil
		} else {
			k.s = s
		}
		k.need(err, "reopen")
		k.whole(want)
		first := want[0].Event
		got, err := k.s.Append(background, first.Stream, 5000, []domain.Event{first})
		k.need(err, "repeat after reopening")
		k.recorded("repeat after reopening", got, want[:1])
		_, err = k.s.Append(background, "account-1", 5000, k.events("account-1", 1))
		k.conflict(err, "account-1", 5000, domain.Revision(3*round)+2)
	}
}
