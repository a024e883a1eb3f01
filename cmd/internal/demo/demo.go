// Package demo invents a city and fills an empty ledger with six years of its
// work: docs/demo-city.md says what is in it.
//
// Everything comes through usecase.Service.Do, and what falls due through its
// sweep, on a clock of the package's own that only goes forward. Nothing else
// is read: the same seed, day and size give the same entries byte for byte, as
// long as the sealer draws keys and nonces from a source that is the same too.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/policy"
	"staffledger/domain/usecase"
)

// Config is what a city is made of and where it goes. Log, Sealer and SignIns
// must be empty.
type Config struct {
	Log     usecase.Log
	Sealer  usecase.Sealer
	SignIns usecase.SignIns
	// Documents keeps the files of some of the papers; nil: no paper has one.
	Documents usecase.Documents
	Logger    *slog.Logger

	Seed uint64
	// Until is the day on which the history ends: the last step is taken in the
	// evening of the last working day up to it.
	Until domain.Day
	// Events is about how many events there will be; 0: as many as the usual
	// city has. Fewer than EventsMin are not possible.
	Events int
	// Progress is called with the events written so far, of the number expected,
	// never backwards, and at the end with both equal. It may be nil.
	Progress func(done, total int)
}

// EventsMin is the smallest city: a unit of each sort, and every kind of event.
const EventsMin = 5_000

// No history begins before the year 2017: the ten divisions are those since
// September 2016, supervisory commissions there are since December. A history
// takes two years at least.
var (
	earliestFrom  = domain.DayOf(2017, time.January, 1)
	earliestUntil = domain.DayOf(2019, time.January, 1)
)

// Filled is what a filling has written.
type Filled struct {
	Events   int            // in the ledger
	Units    int            // founded
	People   int            // registered
	InPost   int            // holding a post at the end
	Changes  int            // collected
	Commands int            // carried out
	Refusals map[string]int // intended ones, by name
	// Users are the demo sign-ins with their user ids: the caller stores the
	// hashes of their passwords.
	Users []User
	Ended domain.Instant // the clock at the end
}

// Fill fills the ledger. It fails where the ledger is not empty, and on any
// refusal that the city did not intend. What was written before a failure stays
// written: fill into a place of its own and move it when it is whole.
func Fill(ctx context.Context, c Config) (*Filled, error) {
	if c.Log.Size() != 0 {
		return nil, errors.New("demo: the ledger has events already")
	}
	if c.Events == 0 {
		c.Events = wholeEvents
	}
	if c.Events < EventsMin {
		return nil, fmt.Errorf("demo: %d events: want %d or more", c.Events, EventsMin)
	}
	if c.Until < earliestUntil || c.Until.Year() > 2150 {
		return nil, fmt.Errorf("demo: the history cannot end on %q: want a day from %s to the year 2150", c.Until, earliestUntil)
	}
	f := &filler{ctx: ctx, c: c, rng: newRandom(c.Seed), numbers: map[string]bool{}, papers: map[string]int{},
		refusals: map[string]int{}, rare: map[string]int{}, named: map[string]*unit{}, people: map[string]*person{}, falling: map[domain.Day][]fall{},
		hands: max(c.Events/wholeEvents, 1)}
	f.plan = newPlan(c.Seed, c.Events, c.Until)
	if err := f.open(); err != nil {
		return nil, err
	}
	defer f.service.Close()
	if err := f.fill(); err != nil {
		return nil, fmt.Errorf("demo: %s: %w", f.clock.Now(), err)
	}
	return f.filled(), nil
}

// filler is a city on its way.
type filler struct {
	ctx     context.Context
	c       Config
	plan    *plan
	rng     *random
	work    *workdays
	clock   *clock
	log     *interleaved
	service *usecase.Service
	agenda  agenda
	end     moment // of the last working day
	swept   domain.Day
	fresh   bool  // the clock has just moved
	failed  error // of a reading on the way
	hands   int

	levels []*level
	units  []*unit
	named  map[string]*unit
	people map[string]*person // named ones

	admins    []*seat
	committee []*seat
	demo      []User
	seats     int // sign-ins made so far
	numbers   map[string]bool
	papers    map[string]int // last number of a document, by letters and year
	falling   map[domain.Day][]fall
	due       []domain.Stream // for the sweep that is under way
	policies  *policy.Set
	policyDay domain.Day
	calendar  *codes.Calendar

	keys, registered, changes, done int
	refusals                        map[string]int
	rare                            map[string]int // how often rare things have happened
	waterUse, collegeUse            *approval
}

// open makes the calendar, the clock and the service.
func (f *filler) open() error {
	from := f.plan.from
	f.calendar = codes.ChineseCalendar()
	for y := from.Year(); y <= f.c.Until.Year()+2; y++ {
		if _, _, known := f.calendar.Year(y); !known {
			holidays, workdays := plainYear(y)
			f.calendar = f.calendar.With(y, holidays, workdays)
		}
	}
	var err error
	if f.work, err = newWorkdays(f.calendar, from, f.c.Until+180); err != nil {
		return err
	}
	last, found := slices.BinarySearch(f.work.days, f.c.Until)
	if !found {
		last--
	}
	f.end = moment(last)*workday + workday - 10*minute
	f.clock = &clock{}
	f.clock.reach(f.work.instant(0), 0)
	f.swept = f.work.day(0)
	f.log = &interleaved{Log: f.c.Log}
	f.service, err = usecase.Open(f.ctx, usecase.Options{Log: f.log, Sealer: f.c.Sealer, SignIns: f.c.SignIns, Documents: f.c.Documents,
		Clock: f.clock, IDs: &ids{seed: f.c.Seed}, Hints: f, Logger: f.c.Logger, Parallel: 1, Demo: true})
	return err
}

// fill sets the city up, puts its years on the agenda and works it off.
func (f *filler) fill() error {
	if err := f.setUp(); err != nil {
		return err
	}
	for {
		t, any := f.agenda.take()
		if !any || t.at > f.end {
			break
		}
		if err := f.ctx.Err(); err != nil {
			return err
		}
		if err := f.at(t.at); err != nil {
			return err
		}
		if err := errors.Join(t.run(), f.failed); err != nil {
			return err
		}
	}
	if err := f.sweepTo(f.c.Until); err != nil {
		return err
	}
	f.progress(true)
	return nil
}

// later puts something on the agenda.
func (f *filler) later(at moment, run func() error) { f.agenda.add(at, run) }

// now is the working time of the clock, for what comes next.
func (f *filler) now() moment { return f.work.on(f.today()) + f.secondsToday() }

func (f *filler) secondsToday() moment {
	s := moment(f.clock.Now()-f.today().Start())/1000 - 8*hour - 30*minute
	if s > morning {
		s = max(s-hour-30*minute, morning)
	}
	return min(max(s, 0), workday-1)
}

func (f *filler) today() domain.Day { return f.clock.Now().Day() }

// dayIndex counts working days since the beginning.
func (f *filler) dayIndex() int { return int(f.now() / workday) }

// lastDay is the index of the last working day.
func (f *filler) lastDay() int { return int(f.end / workday) }

// progressEvery is how many events lie between two reports.
const progressEvery = 250

func (f *filler) progress(end bool) {
	if f.c.Progress == nil {
		return
	}
	switch size := int(f.c.Log.Size()); {
	case end:
		f.c.Progress(f.c.Events, f.c.Events)
	case size >= f.done+progressEvery && size < f.c.Events:
		f.done = size
		f.c.Progress(size, f.c.Events)
	}
}

func (f *filler) filled() *Filled {
	slices.SortFunc(f.demo, func(x, y User) int { return placeOf(x.SignIn) - placeOf(y.SignIn) })
	out := &Filled{Events: int(f.c.Log.Size()), Units: len(f.units), People: f.registered, Changes: f.changes, Commands: f.keys,
		Refusals: f.refusals, Users: f.demo, Ended: f.clock.Now()}
	for _, u := range f.units {
		for _, l := range u.lines {
			out.InPost += len(l.people)
		}
	}
	return out
}
