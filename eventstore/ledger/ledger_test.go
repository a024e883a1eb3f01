package ledger

import (
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func testOptions(fs vfs.FS, segment int64) Options {
	return Options{FS: fs, SegmentBytes: segment, Logger: silent, CacheBytes: 1 << 20, IndexCacheBytes: 1 << 20, FilterBytes: 8 << 10}
}

// harness runs the suite on ledgers in memory or on disk, with segments so
// small that they roll and are sealed all the time, or large enough to stay.
func harness(t *testing.T, fs func() vfs.FS, segment int64) eventstoretest.Harness {
	dir := map[eventstore.Store]Options{}
	return eventstoretest.Harness{
		Open: func() (eventstore.Store, error) {
			o := testOptions(fs(), segment)
			l, err := Open("ledger", o)
			dir[l] = o
			return l, err
		},
		Reopen: func(s eventstore.Store) (eventstore.Store, error) {
			if err := s.(*Ledger).Close(); err != nil {
				return nil, err
			}
			l, err := Open("ledger", dir[s])
			dir[l] = dir[s]
			return l, err
		},
		Close: func(s eventstore.Store) error { return s.(*Ledger).Close() },
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, segment := range []int64{8 << 10, 1 << 20} {
		for _, c := range eventstoretest.Cases() {
			t.Run(fmt.Sprintf("%d/%s", segment, c.Name), func(t *testing.T) {
				t.Parallel()
				c.Run(t, harness(t, func() vfs.FS { return vfs.NewMem() }, segment))
			})
		}
	}
}
