package demo

import (
	"errors"
	"fmt"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// race lets two people meet at the last post of a line. Both changes pass all
// gates, for passing reserves nothing; both are recorded at the same moment,
// and the second comes between the first one's claim and its decision. So the
// first is refused in writing: staffing.refused, and its person is released.
func (f *filler) race(l *level) error {
	for range 12 {
		x := f.someLine(l, 1)
		if x == nil || x.pending > 0 || x.unit.desk.collectors == nil || x.key.Kind() == codes.Worker || x.key.Flag() != "" {
			continue
		}
		x.taken = true
		var waiting *change
		for range 2 {
			class := f.classOn(x.unit.unitPlan, x.key)
			if class == codes.ClassManagement || class == codes.ClassWorker {
				class = codes.ClassProfessional // on the short route
			}
			p := f.newPerson(hire{unit: x.unit.unitPlan, line: x.key, class: class, low: 27, high: 42, today: f.today(), menShare: 0.9})
			c := f.newEntry(x, p, codes.Resettlement, nil, f.today())
			c.steady = true
			c.ready = func(c *change) error {
				if waiting == nil {
					waiting = c
					f.later(f.now()+25*workday, func() error {
						if c.ended || c.met {
							return nil
						}
						x.taken = false // nobody has come to meet it
						return f.record(c)
					})
					return nil
				}
				return f.meet(waiting, c)
			}
			if err := f.collect(c); err != nil {
				return err
			}
		}
		return nil
	}
	f.rare["race"] = 0 // another level, another month
	return nil
}

// meet records both changes of a race at once, for one post.
func (f *filler) meet(slow, fast *change) error {
	l, today := slow.line, f.today()
	slow.met = true
	if free := l.a - l.o - l.r - l.h; free > 1 {
		doc, err := f.officePaper(l.unit.level, fmt.Sprintf("关于%s暂缓使用部分编制的通知", l.unit.short), fmt.Sprintf("控编%d名", free-1))
		if err != nil {
			return err
		}
		if err := f.holdBack(l, free-1, doc, pick(f.rng, reasonsHold)); err != nil {
			return err
		}
	}
	first, second := f.another(l.unit.level.recorders, slow), f.another(l.unit.level.recorders, fast)
	var inner error
	f.log.next = func() { _, _, inner = f.must(second, frame{ifMatch: fast.rev}, usecase.Record{Change: fast.id}) }
	_, refused, err := f.must(first, frame{ifMatch: slow.rev}, usecase.Record{Change: slow.id}, domain.NoFreePost)
	switch {
	case err != nil:
		return err
	case inner != nil:
		return inner
	case !refused:
		return errors.New("two people were recorded on one post")
	}
	if err := f.recorded(fast); err != nil {
		return err
	}
	f.later(f.soon(6), func() error { return f.afterMeeting(slow, today) })
	return nil
}

// afterMeeting finds the loser a post, by freeing one that is held back, or
// lets the change go.
func (f *filler) afterMeeting(c *change, met domain.Day) error {
	l := c.line
	l.taken = false
	switch {
	case l.free() >= 0: // its own pending place is free by now
	case l.h > 0:
		doc, err := f.officePaper(l.unit.level, fmt.Sprintf("关于放开%s控编的通知", l.unit.short), "放开1名")
		if err != nil {
			return err
		}
		if err := f.freePosts(l, 1, met, doc, pick(f.rng, reasonsFree)); err != nil {
			return err
		}
	default:
		return f.withdraw(c)
	}
	if f.lowest(l, c.form.Effective) < 0 {
		return f.withdraw(c)
	}
	return f.record(c)
}
