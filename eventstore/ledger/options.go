package ledger

import (
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options configure a ledger. The zero value is right for a server.
type Options struct {
	// FS is the file system; nil means that of the host.
	FS vfs.FS

	// SegmentBytes is the size of a segment file before compression. A young
	// ledger begins with smaller ones, so that its directory stays small.
	// 0 means 32 MiB; at most 1 GiB.
	SegmentBytes int64

	// CacheBytes bounds the cache of decompressed blocks; 0 means 64 MiB.
	CacheBytes int64

	// IndexCacheBytes bounds the block cache of the index; 0 means 64 MiB.
	IndexCacheBytes int64

	// FilterBytes bounds the filter of known ids; 0 means 256 MiB, enough for
	// 100 million events at one false alarm in a hundred. Beyond the bound
	// false alarms become more frequent; each costs one look at the index.
	FilterBytes int64

	// StreamsCached bounds the number of streams whose last revision is kept
	// in memory; 0 means 131,072.
	StreamsCached int

	// Logger gets what an operator should know; nil means slog.Default.
	Logger *slog.Logger

	// Bulk is for filling a directory that nobody relies on yet: appends
	// return before they are on stable storage, Close makes everything so.
	// A directory whose filling was cut off by a power cut may be refused.
	Bulk bool

	// HeadTick tells when the head file is to be synced; nil means a ticker
	// of half a second.
	HeadTick <-chan time.Time

	// Now is the clock of the latency figures in Stats; nil means time.Now.
	Now func() time.Time
}

const (
	segmentBytesMax   = 1 << 30
	segmentBytesFirst = 1 << 20 // a young ledger's segments
	groupBytesMax     = 1 << 20 // a commit group takes no more requests beyond this
	pendingMax        = 4       // finished segments that wait for index and compression
)

func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = 32 << 20
	}
	o.SegmentBytes = min(max(o.SegmentBytes, 4<<10), segmentBytesMax)
	if o.CacheBytes <= 0 {
		o.CacheBytes = 64 << 20
	}
	if o.IndexCacheBytes <= 0 {
		o.IndexCacheBytes = 64 << 20
	}
	if o.FilterBytes <= 0 {
		o.FilterBytes = 256 << 20
	}
	if o.StreamsCached <= 0 {
		o.StreamsCached = 131_072
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}
