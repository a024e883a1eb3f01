// Command bench measures the ledger beside a floor, in one run on one disk, and
// prints a table; -out writes the figures as JSON. Trust the ratios more than
// the figures: the floor is measured in the same minute. See docs/measurements.md.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"
)

// figure is one row of the table.
type figure struct {
	Name   string             `json:"name"`
	Value  float64            `json:"value"`
	Unit   string             `json:"unit"`
	Goal   string             `json:"goal,omitempty"`
	Of     string             `json:"of,omitempty"` // the floor that Ratio compares with
	Ratio  float64            `json:"ratio,omitempty"`
	Detail map[string]float64 `json:"detail,omitempty"` // p50 and p99 in milliseconds, and the like
}

// bench is a run.
type bench struct {
	ctx     context.Context
	dir     string
	seconds time.Duration
	events  int
	figures []figure
	out     io.Writer
}

func main() {
	out := flag.String("out", "", "write the figures to this file as JSON")
	dir := flag.String("dir", "", "directory on the disk to be measured; a temporary one by default")
	seconds := flag.Duration("each", 3*time.Second, "how long each writing figure is measured")
	events := flag.Int("events", 1_000_000, "events of the large ledger")
	only := flag.String("only", "", "append, city or http: one part alone")
	profile := flag.String("cpuprofile", "", "write a CPU profile of the measured parts to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := run(ctx, *dir, *out, *only, *seconds, *events); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, out, only string, seconds time.Duration, events int) error {
	work, err := os.MkdirTemp(dir, "staffledger-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	b := &bench{ctx: ctx, dir: work, seconds: seconds, events: events, out: os.Stdout}
	fmt.Fprintf(b.out, "%s, %d cores, Go %s\n\n", time.Now().Format("2006-01-02 15:04"), runtime.GOMAXPROCS(0), runtime.Version())
	fmt.Fprintf(b.out, "%-44s %14s %-9s %7s  %-28s %s\n", "", "", "", "×floor", "", "goal")
	for _, part := range []struct {
		name string
		f    func() error
	}{{"append", b.appends}, {"http", b.http}, {"city", b.city}} {
		if only != "" && only != part.name {
			continue
		}
		if err := part.f(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if out == "" {
		return nil
	}
	raw, err := json.MarshalIndent(map[string]any{"time": time.Now().Format(time.RFC3339), "cores": runtime.GOMAXPROCS(0), "go": runtime.Version(), "figures": b.figures}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(out, append(raw, '\n'), 0o644)
}

// add prints a figure and keeps it.
func (b *bench) add(f figure) {
	for _, floor := range b.figures {
		if f.Of != "" && floor.Name == f.Of && floor.Value > 0 {
			f.Ratio = f.Value / floor.Value
		}
	}
	b.figures = append(b.figures, f)
	ratio, detail := "", ""
	if f.Ratio > 0 {
		ratio = fmt.Sprintf("%.2f", f.Ratio)
	}
	for _, key := range []string{"p50 ms", "p99 ms", "cold ms", "bytes/event", "spread %"} {
		if v, ok := f.Detail[key]; ok {
			detail += fmt.Sprintf("%s %.2f  ", key, v)
		}
	}
	fmt.Fprintf(b.out, "%-44s %14s %-9s %7s  %-28s %s\n", f.Name, number(f.Value), f.Unit, ratio, detail, f.Goal)
}

func number(v float64) string {
	if v >= 1000 {
		return thousands(int64(v))
	}
	return fmt.Sprintf("%.2f", v)
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// quantiles sorts latencies and returns p50 and p99 in milliseconds.
func quantiles(took []time.Duration) map[string]float64 {
	if len(took) == 0 {
		return nil
	}
	slices.Sort(took)
	at := func(q float64) float64 {
		return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	return map[string]float64{"p50 ms": at(0.50), "p99 ms": at(0.99)}
}

// fresh is a new directory of the run.
func (b *bench) fresh(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	return dir, os.MkdirAll(dir, 0o700)
}

// bytesBelow sums the sizes of the files in a directory.
func bytesBelow(dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}
