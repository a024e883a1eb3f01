package ledger

import (
	"sync"
	"time"
)

// Stats are figures of a running ledger, for /metrics.
type Stats struct {
	Size        uint64        // events
	Indexed     uint64        // events that the index on disk holds; the rest are indexed in memory
	Groups      uint64        // commit groups since open
	Events      uint64        // events committed since open
	Syncs       [13]uint64    // syncs of the log by latency: SyncBounds[i-1] < latency ≤ SyncBounds[i], the last is all above
	SyncTime    time.Duration // sum of their latencies
	CommitTime  time.Duration // sum of the latencies of groups, write to visible
	Pending     int           // finished segments that wait for index and compression
	FilterBytes int64         // memory of the id filter
	ReadOnly    bool          // no more writes are taken
	LastError   string        // the newest error of writing, index or head; "" if none since open
}

// SyncBounds are the upper bounds of the buckets of Stats.Syncs but the last.
var SyncBounds = [12]time.Duration{
	50 * time.Microsecond, 100 * time.Microsecond, 200 * time.Microsecond, 400 * time.Microsecond,
	800 * time.Microsecond, 1600 * time.Microsecond, 3200 * time.Microsecond, 6400 * time.Microsecond,
	12800 * time.Microsecond, 25600 * time.Microsecond, 102400 * time.Microsecond, 409600 * time.Microsecond,
}

// stats collects them.
type stats struct {
	mu sync.Mutex
	s  Stats
}

func (s *stats) synced(d time.Duration) {
	i := 0
	for i < len(SyncBounds) && d > SyncBounds[i] {
		i++
	}
	s.mu.Lock()
	s.s.Syncs[i]++
	s.s.SyncTime += d
	s.mu.Unlock()
}

func (s *stats) committed(events int, d time.Duration) {
	s.mu.Lock()
	s.s.Groups++
	s.s.Events += uint64(events)
	s.s.CommitTime += d
	s.mu.Unlock()
}

func (s *stats) fail(err error) {
	s.mu.Lock()
	s.s.LastError = err.Error()
	s.mu.Unlock()
}

// Stats returns the figures of now.
func (l *Ledger) Stats() Stats {
	l.stats.mu.Lock()
	s := l.stats.s
	l.stats.mu.Unlock()
	s.Size = l.size.Load()
	s.Indexed = l.index.mark.Load()
	s.FilterBytes = l.filter.bytes()
	s.ReadOnly = l.poison.Load() != nil
	l.work.mu.Lock()
	s.Pending = len(l.work.pending)
	l.work.mu.Unlock()
	return s
}
