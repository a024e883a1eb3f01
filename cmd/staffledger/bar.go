package main

import (
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar shows how far a long piece of work is: a bar on a terminal, a line every
// tenth elsewhere, nothing where JSON is asked for. It goes to standard error.
type bar struct {
	s     *streams
	name  string
	quiet bool
	shown *progressbar.ProgressBar
	tenth uint64
}

func newBar(s *streams, quiet bool, zh, en string) *bar {
	name := en
	if s.zh() {
		name = zh
	}
	return &bar{s: s, name: name, quiet: quiet}
}

// set tells how much of how much is done.
func (b *bar) set(done, total uint64) {
	if b.quiet || total == 0 {
		return
	}
	if f, ok := b.s.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if b.shown == nil {
			b.shown = progressbar.NewOptions64(int64(total), progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(b.name),
				progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		b.shown.ChangeMax64(int64(total))
		_ = b.shown.Set64(int64(done))
		return
	}
	if tenth := done * 10 / total; tenth > b.tenth {
		b.tenth = tenth
		fmt.Fprintf(b.s.err, "%s %d%%\n", b.name, tenth*10)
	}
}

// end takes the bar away.
func (b *bar) end() {
	if b.shown != nil {
		_ = b.shown.Finish()
	}
}
