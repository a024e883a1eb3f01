package ledger

import (
	"container/list"
	"sync"

	"staffledger/domain"
)

// blockCache keeps the blocks read last, up to a number of bytes.
type blockCache struct {
	mu    sync.Mutex
	max   int64
	bytes int64
	order list.List // of *cachedBlock, newest first
	byKey map[domain.Position]*list.Element
}

type cachedBlock struct {
	run
	bytes int64
}

func newBlockCache(max int64) *blockCache {
	return &blockCache{max: max, byKey: map[domain.Position]*list.Element{}}
}

func (c *blockCache) get(first domain.Position) (run, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[first]
	if !ok {
		return run{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedBlock).run, true
}

func (c *blockCache) put(r run) {
	n := int64(64 + 24*len(r.entries))
	for _, e := range r.entries {
		n += int64(len(e)) + 2
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[r.first]; ok || n > c.max {
		return
	}
	c.byKey[r.first] = c.order.PushFront(&cachedBlock{r, n})
	for c.bytes += n; c.bytes > c.max; {
		old := c.order.Remove(c.order.Back()).(*cachedBlock)
		delete(c.byKey, old.first)
		c.bytes -= old.bytes
	}
}

// revisions keeps the last revisions of streams in two generations: when the
// young one is full it becomes the old one, whose streams come back on use.
type revisions struct {
	mu         sync.Mutex
	max        int
	young, old map[domain.Stream]domain.Revision
}

func newRevisions(max int) *revisions {
	return &revisions{max: max, young: map[domain.Stream]domain.Revision{}}
}

func (r *revisions) get(s domain.Stream) (domain.Revision, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rev, ok := r.young[s]; ok {
		return rev, true
	}
	rev, ok := r.old[s]
	if ok {
		r.putLocked(s, rev)
	}
	return rev, ok
}

// put keeps the higher revision: a reader may bring an older one late.
func (r *revisions) put(s domain.Stream, rev domain.Revision) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if had, ok := r.young[s]; ok && had >= rev {
		return
	}
	if had, ok := r.old[s]; ok && had > rev {
		rev = had
	}
	r.putLocked(s, rev)
}

func (r *revisions) putLocked(s domain.Stream, rev domain.Revision) {
	if len(r.young) >= max(r.max/2, 1) {
		r.young, r.old = make(map[domain.Stream]domain.Revision, r.max/2), r.young
	}
	r.young[s] = rev
}
