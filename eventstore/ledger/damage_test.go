package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

// files is a directory tree as bytes.
type files map[string][]byte

func readTree(t testing.TB, fs vfs.FS, dir string, into files) {
	names, err := fs.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		p := path.Join(dir, name)
		info, err := fs.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			readTree(t, fs, p, into)
			continue
		}
		b, err := readFile(fs, p, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		into[p] = b
	}
}

// write lays the tree out, with one file changed, or without it where changed is nil.
func (f files) write(t testing.TB, fs vfs.FS, name string, changed []byte) {
	for p, b := range f {
		if p == name {
			if b = changed; b == nil {
				continue
			}
		}
		if err := fs.MkdirAll(path.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		file, err := fs.Create(p, writeCategory)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Write(slices.Clone(b)); err != nil {
			t.Fatal(err)
		}
		file.Close()
	}
}

// whole builds a closed ledger of 200 events, with sealed segments and one
// that takes appends.
func whole(t testing.TB) (files, []domain.Recorded, answers) {
	mem := vfs.NewMem()
	o := testOptions(mem, 32<<10)
	l, err := Open("ledger", o)
	if err != nil {
		t.Fatal(err)
	}
	var all []domain.Recorded
	for i := 0; len(all) < 200; i++ {
		stream := domain.Stream(fmt.Sprintf("account-%d", i%3))
		events := []domain.Event{eventstoretest.Event(stream, 2*i, "unit:u-1"), eventstoretest.Event(stream, 2*i+1, domain.TagOf(domain.TagPerson, fmt.Sprint(i%9)))}
		events[0].CommandID = domain.CommandID(fmt.Sprintf("command-%d", i))
		out, err := l.Append(background, stream, domain.Revision(i/3*2)-1, events)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, out...)
	}
	want := ask(l, all)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	f := files{}
	readTree(t, mem, "ledger", f)
	kinds := ""
	for name := range f {
		kinds += path.Ext(name)
	}
	if !strings.Contains(kinds, ".zst") || !strings.Contains(kinds, ".sst") || !strings.Contains(kinds, ".log") {
		t.Fatalf("the directory has no sealed segment, no table or no log: %v", kinds)
	}
	return f, all, want
}

// answers is all that a ledger says, in one text.
type answers string

// ask asks a ledger everything. An error is a part of the answer.
func ask(l *Ledger, events []domain.Recorded) answers {
	var b strings.Builder
	say := func(what string, r domain.Recorded, err error) {
		fmt.Fprintf(&b, "%s %d %s %v\n", what, r.Position, r.Bytes, err)
	}
	seq := func(what string, s func(func(domain.Recorded, error) bool)) {
		s(func(r domain.Recorded, err error) bool {
			say(what, r, err)
			return true
		})
	}
	size, root, err := l.Root()
	fmt.Fprintln(&b, size, root, err)
	seq("all", l.All(background, 0))
	keys := map[string]bool{}
	streams := map[domain.Stream]bool{}
	for i, e := range events {
		at, err := l.At(background, e.Position)
		say("at", at, err)
		byID, err := l.ByID(background, e.ID)
		say("id", byID, err)
		streams[e.Stream] = true
		for _, k := range eventstore.Keys(&e.Event) {
			keys[k] = true
		}
		if i%7 == 0 {
			root, err := l.RootAt(uint64(i))
			fmt.Fprintln(&b, root, err)
			proof, err := l.ProveInclusion(e.Position, uint64(len(events)))
			fmt.Fprintln(&b, proof, err)
			proof, err = l.ProveConsistency(uint64(i), uint64(len(events)))
			fmt.Fprintln(&b, proof, err)
		}
	}
	for _, k := range sorted(keys) {
		seq(k, l.Tagged(background, 1<<40, k))
	}
	for _, s := range sorted(streams) {
		seq(string(s), l.Stream(background, s, 0))
		last, err := l.Last(background, s)
		fmt.Fprintln(&b, last, err)
	}
	for s, err := range l.Streams(background, "") {
		fmt.Fprintln(&b, s, err)
	}
	return answers(b.String())
}

func sorted[K ~string](m map[K]bool) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// judge opens a damaged directory: Verify names the damage, or every answer is
// what it was. It returns whether Verify named it.
func judge(t *testing.T, fs vfs.FS, what string, events []domain.Recorded, want answers) bool {
	t.Helper()
	o := testOptions(fs, 32<<10)
	report, err := Verify(background, "ledger", o, nil)
	if err != nil {
		t.Errorf("%s: verify: %v", what, err)
		return false
	}
	if !report.Intact {
		if report.File == "" || report.Reason == "" {
			t.Errorf("%s: verify does not say what is damaged: %+v", what, report)
		}
		return true
	}
	l, err := Open("ledger", o)
	if err != nil {
		t.Errorf("%s: verify found nothing, and open says %v", what, err)
		return false
	}
	if got := ask(l, events); got != want {
		t.Errorf("%s: verify found nothing, and answers differ", what)
	}
	if err := l.Close(); err != nil {
		t.Errorf("%s: close: %v", what, err)
	}
	return false
}

// parallel runs f for each job on all cores.
func parallel[T any](jobs []T, f func(T)) {
	var wg sync.WaitGroup
	next := make(chan T)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for j := range next {
				f(j)
			}
		})
	}
	for _, j := range jobs {
		next <- j
	}
	close(next)
	wg.Wait()
}

// TestFlippedBytes flips a bit of each byte of every file in turn: all eight
// of small files, one of the others; of the zeros behind the log's last frame
// and the filter's words, which are alike, each 61st byte, and of the index's
// tables, whose blocks have checksums, each 11th.
func TestFlippedBytes(t *testing.T) {
	t.Parallel()
	tree, events, want := whole(t)
	type flip struct {
		name    string
		at, bit int
	}
	var flips []flip
	for name, b := range tree {
		if path.Base(name) == lockName || strings.HasPrefix(path.Base(name), "OPTIONS") {
			continue // OPTIONS is text that Pebble reads only to compare it
		}
		for at := range b {
			switch {
			case b[at] == 0 && isZero(b[max(at-64, 0):min(at+64, len(b))]) && at%61 != 0:
				continue
			case path.Ext(name) == ".sst" && at%11 != 0:
				continue // Pebble looks for the flipped bit by trying them all
			case path.Base(name) == filterName && at > 200 && at%61 != 0:
				continue
			case len(b) < 200:
				for bit := range 8 {
					flips = append(flips, flip{name, at, bit})
				}
			default:
				flips = append(flips, flip{name, at, (at*5 + at/8) % 8})
			}
		}
	}
	if thin > 1 {
		flips = slices.DeleteFunc(flips, func(f flip) bool { return len(tree[f.name]) >= 100 && (f.at+f.bit)%thin != 0 })
	}
	var mu sync.Mutex
	named, unnoticed := map[string]int{}, map[string]int{}
	disks := sync.Pool{New: func() any {
		fs := vfs.NewMem()
		tree.write(t, fs, "", nil)
		return fs
	}}
	parallel(flips, func(f flip) {
		fs := disks.Get().(*vfs.MemFS)
		changed := slices.Clone(tree[f.name])
		changed[f.at] ^= 1 << f.bit
		files{f.name: changed}.write(t, fs, "", nil)
		found := judge(t, fs, fmt.Sprintf("%s, byte %d, bit %d", f.name, f.at, f.bit), events, want)
		if found { // nothing else was touched
			files{f.name: tree[f.name]}.write(t, fs, "", nil)
			disks.Put(fs)
		}
		mu.Lock()
		defer mu.Unlock()
		if found {
			named[f.name]++
		} else {
			unnoticed[f.name]++
		}
	})
	for name := range tree {
		t.Logf("%s: %d bytes, %d flips named, %d without effect", name, len(tree[name]), named[name], unnoticed[name])
	}
}

// TestMissingTruncatedSwapped removes, cuts and exchanges files.
func TestMissingTruncatedSwapped(t *testing.T) {
	t.Parallel()
	tree, events, want := whole(t)
	other := files{}
	{
		mem := vfs.NewMem()
		l, err := Open("ledger", testOptions(mem, 32<<10))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 250 {
			e := eventstoretest.Event("account-x", 5000+i, "unit:u-1")
			if _, err := l.Append(background, e.Stream, domain.Revision(i)-1, []domain.Event{e}); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		readTree(t, mem, "ledger", other)
	}
	type change struct {
		what, name string
		bytes      []byte
	}
	var changes []change
	for name, b := range tree {
		changes = append(changes, change{"without " + name, name, nil})
		for _, n := range []int{0, 1, len(b) / 3, len(b) / 2, len(b) - 1} {
			if n >= 0 && n < len(b) {
				changes = append(changes, change{fmt.Sprintf("%s cut to %d bytes", name, n), name, b[:n]})
			}
		}
		changes = append(changes, change{name + " with bytes behind it", name, append(slices.Clone(b), "more"...)})
		if o, ok := other[name]; ok && !bytes.Equal(o, b) {
			changes = append(changes, change{name + " of another ledger", name, o})
		}
		for second, o := range tree {
			if path.Dir(name) == path.Dir(second) && path.Ext(name) == path.Ext(second) && name != second {
				changes = append(changes, change{name + " with the bytes of " + second, name, o})
			}
		}
	}
	parallel(changes, func(c change) {
		fs := vfs.NewMem()
		tree.write(t, fs, c.name, c.bytes)
		if path.Base(c.name) == formatName || len(c.bytes) == 0 {
			// An empty or missing file may make it no ledger at all; then both say so.
			if _, err := Verify(background, "ledger", testOptions(fs, 32<<10), nil); errors.Is(err, os.ErrNotExist) {
				return
			}
		}
		judge(t, fs, c.what, events, want)
	})
	// The whole index, and the whole filter, of another ledger.
	for _, part := range []string{"ledger/index/", "ledger/filter"} {
		mixed := files{}
		for name, b := range tree {
			if !strings.HasPrefix(name, part) {
				mixed[name] = b
			}
		}
		for name, b := range other {
			if strings.HasPrefix(name, part) {
				mixed[name] = b
			}
		}
		fs := vfs.NewMem()
		mixed.write(t, fs, "", nil)
		if !judge(t, fs, part+" of another ledger", events, want) {
			t.Errorf("verify does not notice %s of another ledger", part)
		}
		l, err := Open("ledger", testOptions(fs, 32<<10))
		if err != nil {
			t.Fatalf("%s of another ledger: open: %v", part, err)
		}
		if ask(l, events) != want {
			t.Errorf("%s of another ledger: answers differ", part)
		}
		l.Close()
	}
}

func TestNewerFormat(t *testing.T) {
	t.Parallel()
	tree, _, _ := whole(t)
	name := "ledger/" + formatName
	for what, b := range map[string][]byte{"format file": formatLine(2)} {
		fs := vfs.NewMem()
		tree.write(t, fs, name, b)
		if _, err := Open("ledger", testOptions(fs, 32<<10)); !errors.Is(err, eventstore.ErrNewer) {
			t.Errorf("%s: open: %v", what, err)
		}
		if _, err := Verify(background, "ledger", testOptions(fs, 32<<10), nil); !errors.Is(err, eventstore.ErrNewer) {
			t.Errorf("%s: verify: %v", what, err)
		}
		after := files{}
		readTree(t, fs, "ledger", after)
		for n := range tree {
			if n != name && !bytes.Equal(after[n], tree[n]) {
				t.Errorf("%s: a refused open changed %s", what, n)
			}
		}
	}
	for n, b := range tree {
		if ext := path.Ext(n); strings.HasPrefix(n, "ledger/log/") && (ext == ".log" || ext == ".zst") {
			newer := slices.Clone(b)
			newer[15]++
			sum := checksum(newer[:28])
			newer[28], newer[29], newer[30], newer[31] = byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum)
			fs := vfs.NewMem()
			tree.write(t, fs, n, newer)
			if _, err := Open("ledger", testOptions(fs, 32<<10)); !errors.Is(err, eventstore.ErrNewer) {
				t.Errorf("%s: open: %v", n, err)
			}
		}
	}
}

func TestInUse(t *testing.T) {
	t.Parallel()
	for name, fs := range map[string]vfs.FS{"memory": vfs.NewMem(), "disk": vfs.Default} {
		dir := "ledger"
		if fs == vfs.Default {
			dir = t.TempDir()
		}
		o := testOptions(fs, 32<<10)
		l, err := Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir+"/.", o); fs == vfs.Default && !errors.Is(err, eventstore.ErrInUse) {
			t.Errorf("%s: second open by another name: %v", name, err)
		}
		if _, err := Open(dir, o); !errors.Is(err, eventstore.ErrInUse) {
			t.Errorf("%s: second open: %v", name, err)
		}
		if _, err := Verify(background, dir, o, nil); !errors.Is(err, eventstore.ErrInUse) {
			t.Errorf("%s: verify of an open ledger's directory: %v", name, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if l, err = Open(dir, o); err != nil {
			t.Fatal(err)
		}
		l.Close()
	}
}

// TestTornTail cuts and spoils the bytes of the last frame, which the head
// file does not cover: it is cut off. Where the head covers it, open refuses.
func TestTornTail(t *testing.T) {
	t.Parallel()
	build := func(head bool) (files, string, int, int) {
		mem := vfs.NewCrashableMem()
		o := testOptions(mem, 8<<10)
		l, err := Open("ledger", o)
		if err != nil {
			t.Fatal(err)
		}
		var before []byte
		for i := range 5 {
			if i == 4 {
				if before, err = readFile(mem, "ledger/head", 1<<20); err != nil {
					t.Fatal(err)
				}
			}
			e := eventstoretest.Event("account-1", i)
			if _, err := l.Append(background, "account-1", domain.Revision(i)-1, []domain.Event{e}); err != nil {
				t.Fatal(err)
			}
		}
		f := files{}
		readTree(t, mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 0}), "ledger", f)
		if f["ledger/head"] = before; head {
			if f["ledger/head"], err = readFile(mem, "ledger/head", 1<<20); err != nil {
				t.Fatal(err)
			}
		}
		log := "ledger/log/" + rawName(0)
		tail := l.leader.tail
		l.Close()
		r := int64(segmentHeaderBytes)
		last := r
		scan := rawScan{file: vfs.NewMemFile(f[log]), size: int64(len(f[log])), at: r}
		for {
			at := scan.at
			if _, _, err := scan.next(); err != nil {
				break
			}
			last = at
		}
		return f, log, int(last), int(tail)
	}
	for _, covered := range []bool{false, true} {
		tree, log, from, to := build(covered)
		for at := from; at < to; at += thin {
			for _, torn := range []bool{false, true} {
				changed := slices.Clone(tree[log])
				if torn {
					clear(changed[at:to])
				} else {
					changed[at] ^= 0x10
				}
				if bytes.Equal(changed, tree[log]) {
					continue
				}
				fs := vfs.NewMem()
				tree.write(t, fs, log, changed)
				l, err := Open("ledger", testOptions(fs, 8<<10))
				var c *eventstore.Corrupt
				switch {
				case at >= to-frameAlign && err == nil && l.Size() == 5:
					// padding behind the frame
				case covered && (!errors.As(err, &c) || c.Position != 4):
					t.Errorf("byte %d of a frame that the head covers: %v", at, err)
				case !covered && err != nil:
					t.Errorf("byte %d of a torn frame: %v", at, err)
				case !covered && l.Size() != 4:
					t.Errorf("byte %d of a torn frame: %d events", at, l.Size())
				}
				if l != nil {
					e := eventstoretest.Event("account-2", 100)
					if _, err := l.Append(background, "account-2", domain.NoStream, []domain.Event{e}); err != nil {
						t.Errorf("append after a torn tail: %v", err)
					}
					l.Close()
				}
				if t.Failed() {
					return
				}
			}
		}
	}
}
