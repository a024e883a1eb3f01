package demo

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// yearlyApprovals approves what a unit may recruit in the year.
func (f *filler) yearlyApprovals(u *unit) error {
	for _, l := range u.lines {
		kind := l.key.Kind()
		if l.taken || l.free() < 1 || kind == codes.Worker || l.key.Flag() == codes.Earmarked {
			continue
		}
		posts := f.rng.around(float64(l.free()) * (0.6 + 0.4*f.rng.Float64()))
		if posts == 0 {
			continue
		}
		manner, plans := codes.Recruitment, plansRecruit
		if kind != codes.Institution {
			manner, plans = codes.Exam, plansExam
		}
		if f.rng.chance(0.1) {
			manner, plans = codes.Selection, plansSelect
		}
		if posts > 400 {
			posts = 400
		}
		f.later(f.now()+moment(f.rng.IntN(int(8*workday))), func() error { return f.approve(l, posts, manner, pick(f.rng, plans)) })
	}
	return nil
}

// approve reserves posts and plans what becomes of them.
func (f *filler) approve(l *line, posts int, manner codes.Manner, plan string) error {
	if posts = min(posts, l.free()); posts < 1 || l.taken || l.unit.noApprovals {
		return nil
	}
	a, err := f.approvePosts(l, posts, manner, plan, domain.NoDay)
	if err != nil {
		return err
	}
	last := int(a.validTo - f.today())
	day := f.today() + domain.Day(f.rng.between(min(52, last/2), last-8))
	switch {
	case f.rng.chance(0.03):
		f.later(f.work.on(f.today()+domain.Day(f.rng.between(15, 45)))+moment(f.rng.IntN(int(workday))), func() error { return f.revoke(a) })
	case f.rng.chance(0.03): // nobody is found
	default:
		f.later(f.work.on(day)+moment(f.rng.IntN(int(workday))), func() error { return f.recruit(a) })
	}
	return nil
}

// approvePosts approves the use of posts; validTo NoDay: as long as policy allows.
func (f *filler) approvePosts(l *line, posts int, manner codes.Manner, plan string, validTo domain.Day) (*approval, error) {
	lv := l.unit.level
	doc, err := f.officePaper(lv, fmt.Sprintf("关于同意%s使用编制的批复", l.unit.short), fmt.Sprintf("同意使用编制%d名", posts))
	if err != nil {
		return nil, err
	}
	if validTo == domain.NoDay {
		validTo = f.today() + domain.Day(f.policy().Approvals.ValidityDays)
	}
	by := pick(f.rng, lv.approvers).now
	result, _, err := f.must(by, frame{}, usecase.ApproveUse{Unit: l.unit.id, Line: l.key, Posts: posts, Manner: manner, Plan: plan,
		ValidTo: validTo, Document: doc})
	if err != nil {
		return nil, err
	}
	l.r += posts
	a := &approval{id: domain.ApprovalID(result.ID), line: l, posts: posts, manner: manner, day: f.today(), validTo: validTo,
		rev: result.Events[0].Revision}
	f.fallsDue(a.validTo+1, l.unit.stream(), func() {
		if !a.ended {
			a.end()
		}
	})
	return a, nil
}

// revoke frees what an approval has undrawn.
func (f *filler) revoke(a *approval) error {
	if a.ended {
		return nil
	}
	doc, err := f.officePaper(a.line.unit.level, fmt.Sprintf("关于收回%s用编核准的通知", a.line.unit.short), "")
	if err != nil {
		return err
	}
	_, _, err = f.must(pick(f.rng, a.line.unit.level.approvers).now, frame{ifMatch: a.rev},
		usecase.RevokeUse{Approval: a.id, Reason: pick(f.rng, reasonsRevoke), Document: doc})
	a.end()
	return err
}

// recruit collects those who were found for an approval: many as a batch, few
// one by one.
func (f *filler) recruit(a *approval) error {
	if a.ended {
		return nil
	}
	l := a.line
	n := 0
	for range a.undrawn() {
		if !f.rng.chance(0.08) {
			n++
		}
	}
	effective := f.today() + domain.Day(f.rng.between(-2, 12))
	effective = max(effective, a.day)
	var rows []*change
	for range n {
		class := f.classOn(l.unit.unitPlan, l.key)
		high := 34
		if a.manner == codes.Selection {
			high = 38
		}
		p := f.newPerson(hire{unit: l.unit.unitPlan, line: l.key, class: class, low: 22, high: high, today: f.today(), menShare: -1})
		rows = append(rows, f.newEntry(l, p, a.manner, a, effective))
	}
	if n >= 5 && f.rng.chance(0.9) {
		return f.recruitBatches(l, rows)
	}
	for i, c := range rows {
		wait := moment(i) * moment(f.rng.IntN(int(3*hour)))
		f.later(f.now()+wait, func() error {
			if a.ended || f.today() > a.validTo {
				return nil
			}
			return f.collect(c)
		})
	}
	return nil
}

// recruitBatches makes one batch of each route: a batch is passed as one act.
func (f *filler) recruitBatches(l *line, rows []*change) error {
	byClass := map[codes.PersonClass][]*change{}
	for _, c := range rows {
		byClass[c.form.Class] = append(byClass[c.form.Class], c)
	}
	for _, class := range []codes.PersonClass{codes.ClassCivilServant, codes.ClassCivilServantManaged, codes.ClassProfessional,
		codes.ClassManagement, codes.ClassWorker} {
		switch own := byClass[class]; {
		case len(own) == 0:
		case len(own) < 3:
			for _, c := range own {
				if err := f.collect(c); err != nil {
					return err
				}
			}
		default:
			if err := f.collectBatch(&batch{unit: l.unit, rows: own}); err != nil {
				return err
			}
		}
	}
	return nil
}
