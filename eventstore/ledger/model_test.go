package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

// TestModel runs random operations against the ledger and against Memory, with
// clean stops, crashes and other options in between. Both must say the same.
func TestModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := &modelRun{t: t, rng: rand.New(rand.NewPCG(seed, 99)), fs: vfs.NewCrashableMem(), model: eventstoretest.NewMemory()}
			m.open()
			for range max(400/thin, 80) {
				m.step()
				if t.Failed() {
					t.Fatalf("seed %d, after %d events", seed, m.model.Size())
				}
			}
			m.compare()
			m.l.Close()
		})
	}
}

type modelRun struct {
	t     *testing.T
	rng   *rand.Rand
	fs    *vfs.MemFS
	l     *Ledger
	model *eventstoretest.Memory
	sent  [][]domain.Event
	made  int
}

func (m *modelRun) open() {
	o := testOptions(m.fs, 4<<10<<m.rng.IntN(5))
	o.StreamsCached = 1 + m.rng.IntN(4)
	o.CacheBytes = 1 << m.rng.IntN(20)
	l, err := Open("ledger", o)
	if err != nil {
		m.t.Fatal(err)
	}
	m.l = l
}

func (m *modelRun) step() {
	switch n := m.rng.IntN(100); {
	case n < 70:
		m.append()
	case n < 90:
		m.read()
	case n < 94: // clean stop
		if err := m.l.Close(); err != nil {
			m.t.Fatal(err)
		}
		m.open()
	case n < 97: // crash
		after := m.fs.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 50 * m.rng.IntN(3), RNG: m.rng})
		m.l.Close()
		m.fs = after
		m.open()
		if m.rng.IntN(4) == 0 {
			m.compare()
		}
	default:
		if r, err := m.l.Verify(background, nil); err != nil || !r.Intact || r.Size != uint64(m.model.Size()) {
			m.t.Errorf("verify: %+v, %v", r, err)
		}
	}
}

func (m *modelRun) stream() domain.Stream {
	if m.rng.IntN(40) == 0 {
		return domain.LedgerStream
	}
	return domain.Stream(fmt.Sprintf("account-%d", m.rng.IntN(12)))
}

func (m *modelRun) events(s domain.Stream) []domain.Event {
	n := 1
	if m.rng.IntN(3) == 0 {
		n += m.rng.IntN(12)
	}
	out := make([]domain.Event, n)
	for i := range out {
		m.made++
		var tags []domain.Tag
		for range m.rng.IntN(4) {
			tags = append(tags, domain.TagOf(domain.TagPerson, fmt.Sprint(m.rng.IntN(9))))
		}
		out[i] = eventstoretest.Event(s, m.made, tags...)
		if m.rng.IntN(4) == 0 {
			out[i].CommandID = domain.CommandID(fmt.Sprintf("command-%d", m.made/3))
		}
	}
	return out
}

// append sends one append to both: new, repeated, conflicting, malformed.
func (m *modelRun) append() {
	s := m.stream()
	expected, _ := m.model.Last(background, s)
	events := m.events(s)
	switch m.rng.IntN(12) {
	case 0:
		expected += domain.Revision(m.rng.IntN(5)) - 2
	case 1:
		if len(m.sent) > 0 {
			events = m.sent[m.rng.IntN(len(m.sent))]
			if s = events[0].Stream; m.rng.IntN(2) == 0 {
				events = events[:1+m.rng.IntN(len(events))]
			}
		}
	case 2:
		if len(m.sent) > 0 {
			old := m.sent[m.rng.IntN(len(m.sent))]
			events[m.rng.IntN(len(events))].ID = old[m.rng.IntN(len(old))].ID
		}
	case 3:
		events[m.rng.IntN(len(events))].Data = []byte(`{"a":}`)
	case 4:
		events[len(events)-1].ID = events[0].ID
	case 5:
		events[len(events)-1].Stream = "account-other"
	}
	want, wantErr := m.model.Append(background, s, expected, events)
	got, gotErr := m.l.Append(background, s, expected, events)
	if !sameError(gotErr, wantErr) {
		m.t.Errorf("append to %s at %d: %v, the model says %v", s, expected, gotErr, wantErr)
		return
	}
	m.same("append", got, want)
	if wantErr == nil {
		m.sent = append(m.sent, events)
	}
}

func sameError(a, b error) bool {
	var x, y *domain.Conflict
	if errors.As(a, &x) && errors.As(b, &y) {
		return *x == *y
	}
	for _, e := range []error{eventstore.ErrInvalid, eventstore.ErrDuplicateID, eventstore.ErrTooLarge, eventstore.ErrNotFound} {
		if errors.Is(a, e) != errors.Is(b, e) {
			return false
		}
	}
	return (a == nil) == (b == nil)
}

func (m *modelRun) same(what string, got, want []domain.Recorded) {
	m.t.Helper()
	if len(got) != len(want) {
		m.t.Errorf("%s: %d events, the model has %d", what, len(got), len(want))
		return
	}
	for i := range got {
		if got[i].Position != want[i].Position || string(got[i].Bytes) != string(want[i].Bytes) {
			m.t.Errorf("%s: event %d is at %d, the model's at %d", what, i, got[i].Position, want[i].Position)
			return
		}
	}
}

// read asks both one question.
func (m *modelRun) read() {
	collect := func(s func(func(domain.Recorded, error) bool), limit int) (out []domain.Recorded) {
		s(func(r domain.Recorded, err error) bool {
			if err != nil {
				m.t.Errorf("read: %v", err)
				return false
			}
			out = append(out, r)
			return len(out) < limit
		})
		return out
	}
	limit := 1 + m.rng.IntN(300)
	p := domain.Position(m.rng.Uint64N(uint64(m.model.Size()) + 3))
	switch m.rng.IntN(6) {
	case 0:
		m.same("all", collect(m.l.All(background, p), limit), collect(m.model.All(background, p), limit))
	case 1:
		s, from := m.stream(), domain.Revision(m.rng.IntN(60))-1
		m.same("stream", collect(m.l.Stream(background, s, from), limit), collect(m.model.Stream(background, s, from), limit))
	case 2:
		keys := []string{fmt.Sprintf("person:%d", m.rng.IntN(10)), eventstore.AuthKey(fmt.Sprintf("user-%d", m.rng.IntN(8))), eventstore.CommandKey(domain.CommandID(fmt.Sprintf("command-%d", m.rng.IntN(m.made+1))))}
		m.rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		keys = keys[:1+m.rng.IntN(2)]
		m.same(fmt.Sprint("tagged ", keys), collect(m.l.Tagged(background, p, keys...), limit), collect(m.model.Tagged(background, p, keys...), limit))
	case 3:
		got, gotErr := m.l.At(background, p)
		want, wantErr := m.model.At(background, p)
		if !sameError(gotErr, wantErr) || string(got.Bytes) != string(want.Bytes) {
			m.t.Errorf("at %d: %v, the model says %v", p, gotErr, wantErr)
		}
	case 4:
		id := eventstoretest.Event("x", m.rng.IntN(m.made+5)).ID
		got, gotErr := m.l.ByID(background, id)
		want, wantErr := m.model.ByID(background, id)
		if !sameError(gotErr, wantErr) || string(got.Bytes) != string(want.Bytes) {
			m.t.Errorf("by id %s: %v, the model says %v", id, gotErr, wantErr)
		}
	case 5:
		s := m.stream()
		got, _ := m.l.Last(background, s)
		want, _ := m.model.Last(background, s)
		if got != want {
			m.t.Errorf("last of %s is %d, the model says %d", s, got, want)
		}
	}
}

func (m *modelRun) compare() {
	m.t.Helper()
	var want []domain.Recorded
	for r := range m.model.All(background, 0) {
		want = append(want, r)
	}
	m.same("all", checkLedger(m.t, m.l, want), want)
}
