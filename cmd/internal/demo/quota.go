package demo

import (
	"fmt"
	"time"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
)

// decides is who may move that many posts: the leadership of the level's
// office, or the committee beyond its bound.
func (f *filler) decides(l *level, posts int) *sign {
	if posts > f.policy().Authority.LeaderPostsMax {
		return pick(f.rng, f.committee).now
	}
	return pick(f.rng, l.leaders).now
}

// grantPosts gives posts from the pool to a line, topping the pool up first
// where it has too few.
func (f *filler) grantPosts(l *line, posts int, effective domain.Day, doc domain.DocumentID, reason string) error {
	lv := l.unit.level
	if lv.pool[l.key] < posts {
		paper, err := f.officePaper(lv, fmt.Sprintf("关于调整%s编制总额的通知", lv.name.full), "")
		if err != nil {
			return err
		}
		if err := f.setPool(lv, l.key, posts+f.rng.between(5, 20), paper, pick(f.rng, reasonsPool)); err != nil {
			return err
		}
	}
	lv.pool[l.key] -= posts
	_, _, err := f.must(f.decides(lv, posts), frame{}, usecase.MoveQuota{Giver: domain.PoolOf(lv.name.level), Taker: l.unit.stream(),
		GiverLine: l.key, TakerLine: l.key, Posts: posts, Effective: effective, Document: doc, Reason: reason})
	f.arrives(effective, l.unit.stream(), func() { l.a += posts })
	return err
}

// arrives books what a taker gets, now or on the day on which it lands.
func (f *filler) arrives(effective domain.Day, taker domain.Stream, book func()) {
	if effective <= f.today() {
		book()
		return
	}
	f.fallsDue(effective, taker, book)
}

// cutPosts takes posts from a line back to the pool.
func (f *filler) cutPosts(l *line, posts int, effective domain.Day, doc domain.DocumentID, reason string) error {
	lv := l.unit.level
	l.a -= posts
	pool := domain.PoolOf(lv.name.level)
	_, _, err := f.must(f.decides(lv, posts), frame{}, usecase.MoveQuota{Giver: l.unit.stream(), Taker: pool,
		GiverLine: l.key, TakerLine: l.key, Posts: posts, Effective: effective, Document: doc, Reason: reason})
	f.arrives(effective, pool, func() { lv.pool[l.key] += posts })
	return err
}

// movePosts moves posts from one unit of a level to another.
func (f *filler) movePosts(from, to *line, posts int, effective domain.Day, doc domain.DocumentID, reason string) error {
	from.a -= posts
	_, _, err := f.must(f.decides(from.unit.level, posts), frame{}, usecase.MoveQuota{Giver: from.unit.stream(), Taker: to.unit.stream(),
		GiverLine: from.key, TakerLine: to.key, Posts: posts, Effective: effective, Document: doc, Reason: reason})
	f.arrives(effective, to.unit.stream(), func() { to.a += posts })
	return err
}

func (f *filler) holdBack(l *line, posts int, doc domain.DocumentID, reason string) error {
	l.h += posts
	_, _, err := f.must(pick(f.rng, l.unit.level.leaders).now, frame{}, usecase.HoldBackPosts{Unit: l.unit.id, Line: l.key, Posts: posts,
		Effective: f.today(), Document: doc, Reason: reason})
	return err
}

func (f *filler) freePosts(l *line, posts int, from domain.Day, doc domain.DocumentID, reason string) error {
	l.h -= posts
	_, _, err := f.must(pick(f.rng, l.unit.level.leaders).now, frame{}, usecase.FreePosts{Unit: l.unit.id, Line: l.key, Posts: posts,
		Effective: from, Document: doc, Reason: reason})
	return err
}

// officePaper is a paper of a level's establishment office.
func (f *filler) officePaper(l *level, title, grants string) (domain.DocumentID, error) {
	return f.register(pick(f.rng, l.office).now, l.name.letter+"编办", f.issuer(l)+"办公室", title, grants, false)
}

// whenEffective is when a decision of today on posts takes effect: at once, or
// with the next month or term.
func (f *filler) whenEffective() domain.Day {
	switch f.rng.weighted(0.7, 0.2, 0.1) {
	case 1:
		return firstOfNextMonth(f.today())
	case 2:
		return firstOfNextMonth(f.today().AddMonths(f.rng.between(1, 2)))
	}
	return f.today()
}

// quotaMonth is a level's month of decisions on posts.
func (f *filler) quotaMonth(l *level, month domain.Day) error {
	if err := f.schoolYear(l, month); err != nil {
		return err
	}
	n := float64(len(l.units))
	for range f.rng.around(n * 0.034) {
		if err := f.oneGrant(l); err != nil {
			return err
		}
	}
	for range f.rng.around(n * 0.012) {
		if err := f.oneCut(l); err != nil {
			return err
		}
	}
	for range f.rng.around(n * 0.008) {
		if err := f.oneMove(l); err != nil {
			return err
		}
	}
	for range f.rng.around(n * 0.010) {
		if err := f.oneHold(l); err != nil {
			return err
		}
	}
	return nil
}

// schoolYear gives a level's teachers new posts in the spring of every third
// year or so, for the classes that open in autumn: more than the office may
// decide, so the committee does.
func (f *filler) schoolYear(l *level, month domain.Day) error {
	if _, m, _ := month.Date(); m != time.March || !f.rng.chance(0.35) {
		return nil
	}
	for _, u := range l.units {
		x := u.lines[0]
		if u.category != categories["teachers"] || u.still || x.taken {
			continue
		}
		posts := f.rng.between(x.a/8, x.a/3)
		doc, err := f.register(pick(f.rng, l.office).now, l.name.letter+"编", f.issuer(l), fmt.Sprintf("关于增加%s教师编制的批复", u.short),
			fmt.Sprintf("增加编制%d名", posts), true)
		if err != nil {
			return err
		}
		return f.grantPosts(x, posts, f.today(), doc, "学校扩班，增加教师编制")
	}
	return nil
}

// someLine picks a line of a level on which nobody is about to decide anything
// else and that has so many free posts.
func (f *filler) someLine(l *level, free int) *line {
	for range 10 {
		u := pick(f.rng, l.units)
		if x := pick(f.rng, u.lines); u.opened && !u.still && !x.taken && x.free() >= free {
			return x
		}
	}
	return nil
}

func (f *filler) oneGrant(l *level) error {
	x := f.someLine(l, -1<<30)
	if x == nil || x.key.Kind() == codes.Worker {
		return nil // posts of support workers are no longer added
	}
	posts := f.rng.between(1, max(x.a/18, 2))
	if x.unit.category == categories["teachers"] && f.rng.chance(0.7) {
		posts = f.rng.between(8, max(x.a/6, 10))
	}
	doc, err := f.officePaper(l, fmt.Sprintf("关于增加%s编制的批复", x.unit.short), fmt.Sprintf("增加编制%d名", posts))
	if err != nil {
		return err
	}
	return f.grantPosts(x, posts, f.whenEffective(), doc, pick(f.rng, reasonsGrant))
}

func (f *filler) oneCut(l *level) error {
	x := f.someLine(l, 2)
	if x == nil {
		return nil
	}
	posts := f.rng.between(1, max(x.free()/2, 1))
	doc, err := f.officePaper(l, fmt.Sprintf("关于核减%s编制的通知", x.unit.short), fmt.Sprintf("核减编制%d名", posts))
	if err != nil {
		return err
	}
	return f.cutPosts(x, posts, f.whenEffective(), doc, pick(f.rng, reasonsCut))
}

func (f *filler) oneMove(l *level) error {
	from := f.someLine(l, 2)
	if from == nil {
		return nil
	}
	for range 10 {
		to := f.someLine(l, -1<<30)
		if to == nil || to.unit == from.unit || to.key.Kind() != from.key.Kind() || from.key.Flag() != "" && to.key.Flag() != from.key.Flag() {
			continue
		}
		posts := f.rng.between(1, max(from.free()/2, 1))
		doc, err := f.officePaper(l, fmt.Sprintf("关于从%s向%s调剂编制的通知", from.unit.short, to.unit.short), fmt.Sprintf("划转编制%d名", posts))
		if err != nil {
			return err
		}
		return f.movePosts(from, to, posts, f.whenEffective(), doc, pick(f.rng, reasonsMove))
	}
	return nil
}

// oneHold holds posts back, or frees what has been held.
func (f *filler) oneHold(l *level) error {
	x := f.someLine(l, -1<<30)
	for range 6 { // those that hold something are few: look for one
		if x == nil || x.h > 0 {
			break
		}
		x = f.someLine(l, 0)
	}
	if x == nil {
		return nil
	}
	if x.h > 0 && f.rng.chance(0.55) {
		posts := f.rng.between(1, x.h)
		doc, err := f.officePaper(l, fmt.Sprintf("关于放开%s控编的通知", x.unit.short), fmt.Sprintf("放开%d名", posts))
		if err != nil {
			return err
		}
		return f.freePosts(x, posts, f.today(), doc, pick(f.rng, reasonsFree))
	}
	if x.free() < 2 {
		return nil
	}
	posts := f.rng.between(1, max(x.free()/3, 1))
	doc, err := f.officePaper(l, fmt.Sprintf("关于%s暂缓使用部分编制的通知", x.unit.short), fmt.Sprintf("控编%d名", posts))
	if err != nil {
		return err
	}
	return f.holdBack(x, posts, doc, pick(f.rng, reasonsHold))
}
