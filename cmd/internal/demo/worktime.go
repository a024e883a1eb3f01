package demo

import (
	"sync/atomic"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
)

// moment is a point of working time: seconds of working hours since the first
// working day of the history began. People work from 8:30 to 12:00 and from
// 13:30 to 17:30 on working days.
type moment int64

const (
	minute  moment = 60
	hour    moment = 60 * minute
	workday moment = 7*hour + 30*minute
	morning moment = 3*hour + 30*minute
)

// workdays turns working time into instants.
type workdays struct {
	first domain.Day   // of the calendar below
	days  []domain.Day // working days in order
	next  []int32      // by day since first: index of the first working day on or after
}

// newWorkdays lists the working days from one day up to another.
func newWorkdays(c *codes.Calendar, from, to domain.Day) (*workdays, error) {
	w := &workdays{first: from}
	for d := from; d <= to; d++ {
		w.next = append(w.next, int32(len(w.days)))
		working, err := c.IsWorkingDay(d)
		if err != nil {
			return nil, err
		}
		if working {
			w.days = append(w.days, d)
		}
	}
	return w, nil
}

// day is the working day on which a moment lies.
func (w *workdays) day(m moment) domain.Day {
	return w.days[min(max(int(m/workday), 0), len(w.days)-1)]
}

// instant is the moment on the clock.
func (w *workdays) instant(m moment) domain.Instant {
	s := m % workday
	if s >= morning {
		s += hour + 30*minute // lunch
	}
	s += 8*hour + 30*minute
	return w.day(m).Start() + domain.Instant(s*1000)
}

// on is the moment at which the first working day on or after a day begins.
func (w *workdays) on(d domain.Day) moment {
	i := min(max(int(d-w.first), 0), len(w.next)-1)
	return moment(w.next[i]) * workday
}

// clock is the service's clock while the city is filled. It only goes forward.
type clock struct{ now atomic.Int64 }

// Now implements usecase.Clock.
func (c *clock) Now() domain.Instant { return domain.Instant(c.now.Load()) }

// reach moves the clock to an instant, and by at least the gap.
func (c *clock) reach(at domain.Instant, gap time.Duration) domain.Instant {
	next := max(at, c.Now()+domain.Instant(gap.Milliseconds()))
	c.now.Store(int64(next))
	return next
}

// agenda is what people are going to do, by moment; what was put down first
// comes first among equals.
type agenda struct {
	heap []task
	seq  int
}

type task struct {
	at  moment
	seq int
	run func() error
}

func (t task) before(u task) bool { return t.at < u.at || t.at == u.at && t.seq < u.seq }

func (a *agenda) add(at moment, run func() error) {
	a.seq++
	a.heap = append(a.heap, task{at, a.seq, run})
	for i := len(a.heap) - 1; i > 0; {
		up := (i - 1) / 2
		if !a.heap[i].before(a.heap[up]) {
			break
		}
		a.heap[i], a.heap[up] = a.heap[up], a.heap[i]
		i = up
	}
}

func (a *agenda) take() (task, bool) {
	if len(a.heap) == 0 {
		return task{}, false
	}
	top, last := a.heap[0], len(a.heap)-1
	a.heap[0] = a.heap[last]
	a.heap[last] = task{}
	a.heap = a.heap[:last]
	for i := 0; ; {
		least := i
		for _, down := range []int{2*i + 1, 2*i + 2} {
			if down < last && a.heap[down].before(a.heap[least]) {
				least = down
			}
		}
		if least == i {
			return top, true
		}
		a.heap[i], a.heap[least] = a.heap[least], a.heap[i]
		i = least
	}
}
