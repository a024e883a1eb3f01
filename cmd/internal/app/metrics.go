package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"staffledger/eventstore/ledger"
)

// Collector tells Prometheus how the ledger is.
type Collector struct{ app *App }

// NewCollector returns the collector of an open directory.
func NewCollector(a *App) *Collector { return &Collector{a} }

var (
	descSize    = prometheus.NewDesc("staffledger_ledger_events", "Events in the ledger.", nil, nil)
	descGroups  = prometheus.NewDesc("staffledger_ledger_commit_groups_total", "Commit groups since the start.", nil, nil)
	descWritten = prometheus.NewDesc("staffledger_ledger_events_written_total", "Events written since the start.", nil, nil)
	descSync    = prometheus.NewDesc("staffledger_ledger_sync_seconds", "Syncs of the log by latency.", nil, nil)
	descRO      = prometheus.NewDesc("staffledger_ledger_read_only", "1 where the ledger takes no more writes.", nil, nil)
	descPending = prometheus.NewDesc("staffledger_ledger_segments_pending", "Finished segments that wait for index and compression.", nil, nil)
	descFilter  = prometheus.NewDesc("staffledger_ledger_filter_bytes", "Memory of the id filter.", nil, nil)
)

// Describe implements prometheus.Collector.
func (c *Collector) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

// Collect implements prometheus.Collector.
func (c *Collector) Collect(out chan<- prometheus.Metric) {
	s := c.app.Ledger.Stats()
	gauge := func(d *prometheus.Desc, v float64) { out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v) }
	counter := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v)
	}
	gauge(descSize, float64(s.Size))
	counter(descGroups, float64(s.Groups))
	counter(descWritten, float64(s.Events))
	readOnly := 0.0
	if s.ReadOnly {
		readOnly = 1
	}
	gauge(descRO, readOnly)
	gauge(descPending, float64(s.Pending))
	gauge(descFilter, float64(s.FilterBytes))
	buckets, sum := map[float64]uint64{}, uint64(0)
	for i, bound := range ledger.SyncBounds {
		sum += s.Syncs[i]
		buckets[bound.Seconds()] = sum
	}
	sum += s.Syncs[len(ledger.SyncBounds)]
	out <- prometheus.MustNewConstHistogram(descSync, sum, s.SyncTime.Seconds(), buckets)
}
