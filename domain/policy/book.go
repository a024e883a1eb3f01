package policy

import (
	"encoding/json"
	"fmt"
	"sync"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// Book is all policies and calendars through time, folded from policy.set and
// calendar.set events over the shipped defaults. It is safe for concurrent use.
//
// On a day the highest version of a name holds whose From has come. A version
// may not start before the day on which it was decided, so the set of a past
// day never changes.
type Book struct {
	mu       sync.RWMutex
	versions map[string][]version // by name, in order of version
	calendar *codes.Calendar
	byDay    map[domain.Day]*Set // cache, dropped by Apply
	bySum    map[string]*Set     // sets shared by the days on which the same versions hold
}

type version struct {
	number int
	from   domain.Day
	value  json.RawMessage
}

const cachedDaysMax = 4_096

// NewBook returns the shipped defaults with the Chinese calendar.
func NewBook() *Book {
	b := &Book{versions: map[string][]version{}, calendar: codes.ChineseCalendar()}
	b.forget()
	return b
}

func (b *Book) forget() {
	b.byDay, b.bySum = map[domain.Day]*Set{}, map[string]*Set{}
}

// Apply folds an event of a policy or calendar stream; events of one stream
// come in order. It fails on a value that this program cannot read, which was
// written by another version of it: such a policy must not be passed over.
func (b *Book) Apply(payload domain.Payload) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := payload.(type) {
	case PolicySet:
		var probe Set
		part := probe.part(e.Name)
		if part == nil {
			return fmt.Errorf("policy: unknown policy %q", e.Name)
		}
		if err := json.Unmarshal(e.Value, part); err != nil {
			return fmt.Errorf("policy: version %d of %s: %w", e.Version, e.Name, err)
		}
		if want := len(b.versions[e.Name]) + 1; e.Version != want {
			return fmt.Errorf("policy: version %d of %s where %d should come", e.Version, e.Name, want)
		}
		b.versions[e.Name] = append(b.versions[e.Name], version{e.Version, e.From, e.Value})
		b.forget()
	case CalendarSet:
		b.calendar = b.calendar.With(e.Year, e.Holidays, e.Workdays)
	}
	return nil
}

// Calendar returns the working-day calendar as it is known.
func (b *Book) Calendar() *codes.Calendar {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.calendar
}

// Version returns the number of the last version of a name; 0 is the default.
func (b *Book) Version(name string) int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.versions[name])
}

// On returns the policies of a day. The set is shared and must not be changed.
func (b *Book) On(day domain.Day) *Set {
	b.mu.RLock()
	set := b.byDay[day]
	b.mu.RUnlock()
	if set != nil {
		return set
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	held := map[string]version{}
	sum := ""
	for _, name := range Names {
		for _, v := range b.versions[name] {
			if v.from <= day {
				held[name] = v
			}
		}
		sum += fmt.Sprintf("%d ", held[name].number)
	}
	if set = b.bySum[sum]; set == nil {
		set = fold(held)
		b.bySum[sum] = set
	}
	if len(b.byDay) >= cachedDaysMax {
		clear(b.byDay)
	}
	b.byDay[day] = set
	return set
}

// fold lays the versions that hold over the defaults.
func fold(held map[string]version) *Set {
	set := Defaults()
	for name, v := range held {
		var fresh Set
		if err := json.Unmarshal(v.value, fresh.part(name)); err != nil {
			panic("policy: " + err.Error()) // Apply has read it
		}
		set.take(name, &fresh)
		set.Versions[name] = v.number
	}
	return set
}

func (s *Set) take(name string, from *Set) {
	switch name {
	case Routes:
		s.Routes = from.Routes
	case Checklists:
		s.Checklists = from.Checklists
	case Compatibility:
		s.Compatibility = from.Compatibility
	case Approvals:
		s.Approvals = from.Approvals
	case Deadlines:
		s.Deadlines = from.Deadlines
	case Bounds:
		s.Bounds = from.Bounds
	case Authority:
		s.Authority = from.Authority
	}
}
