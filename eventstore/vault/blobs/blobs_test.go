package blobs_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/eventstore"
	"staffledger/eventstore/vault"
	"staffledger/eventstore/vault/blobs"
)

var _ usecase.Documents = (*blobs.Store)(nil)

const chunk = 64 << 10

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openVault(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := vault.Open(vault.Options{Path: filepath.Join(t.TempDir(), "vault.db"), Master: make([]byte, vault.MasterBytes)})
	must(t, err)
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func fresh(t *testing.T) (*blobs.Store, *vault.Vault, string) {
	t.Helper()
	dir, v := t.TempDir(), openVault(t)
	s, err := blobs.Open(blobs.Dir(dir), v, nil)
	must(t, err)
	return s, v, dir
}

func document(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size), byte(size >> 8)}).Read(b)
	return b
}

func put(t *testing.T, s *blobs.Store, content []byte) string {
	t.Helper()
	digest, size, err := s.Put(t.Context(), bytes.NewReader(content))
	must(t, err)
	sum := sha256.Sum256(content)
	if digest != hex.EncodeToString(sum[:]) || size != int64(len(content)) {
		t.Fatalf("digest %s, size %d of %d bytes", digest, size, len(content))
	}
	return digest
}

func read(s *blobs.Store, digest string) ([]byte, error) {
	r, err := s.Open(context.Background(), digest)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

func TestPutOpen(t *testing.T) {
	t.Parallel()
	s, v, dir := fresh(t)
	digests := map[string][]byte{}
	for _, size := range []int{0, 1, 100, chunk - 1, chunk, chunk + 1, 3 * chunk, 3*chunk + 7, blobs.SizeMax} {
		content := document(size)
		digests[put(t, s, content)] = content
	}
	again, err := blobs.Open(blobs.Dir(dir), v, nil)
	must(t, err)
	for digest, content := range digests {
		got, err := read(again, digest)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes come back as %d, %v", len(content), len(got), err)
		}
	}
	before := files(t, dir)
	for _, content := range digests {
		put(t, s, content)
	}
	if after := files(t, dir); len(after) != len(digests) || strings.Join(after, "") != strings.Join(before, "") {
		t.Errorf("%d documents in %d files", len(digests), len(after))
	}
	for _, name := range before {
		content, err := os.ReadFile(name)
		must(t, err)
		info, err := os.Stat(name)
		must(t, err)
		if clear := digests[filepath.Base(name)]; len(clear) > 30 && bytes.Contains(content, clear[:30]) || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is readable on disk (%o)", name, info.Mode().Perm())
		}
	}
	n, err := s.Verify(t.Context(), func(d *blobs.Damage) { t.Error(d) })
	if err != nil || n != len(digests) {
		t.Errorf("verified %d, %v", n, err)
	}
}

func TestLimitsAndNames(t *testing.T) {
	t.Parallel()
	s, _, dir := fresh(t)
	var large *blobs.TooLarge
	endless := io.LimitReader(rand.NewChaCha8([32]byte{}), 1<<40)
	for _, r := range []io.Reader{bytes.NewReader(document(blobs.SizeMax + 1)), endless} {
		if digest, _, err := s.Put(t.Context(), r); !errors.As(err, &large) || large.Max != blobs.SizeMax || digest != "" {
			t.Errorf("%s, %v", digest, err)
		}
	}
	broken := errors.New("the client has gone")
	if _, _, err := s.Put(t.Context(), io.MultiReader(bytes.NewReader(document(100)), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, bytes.NewReader(document(100))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for _, digest := range []string{"", "x", "../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("0", 64), strings.Repeat("0", 62) + "/."} {
		if _, err := s.Open(t.Context(), digest); !errors.Is(err, eventstore.ErrNotFound) {
			t.Errorf("open %q: %v", digest, err)
		}
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestDestroy(t *testing.T) {
	t.Parallel()
	s, _, dir := fresh(t)
	secret, other := put(t, s, []byte("secret")), put(t, s, []byte("other"))
	kept, err := os.ReadFile(filepath.Join(dir, secret[:2], secret))
	must(t, err)
	must(t, s.Destroy(t.Context(), secret))
	must(t, s.Destroy(t.Context(), secret))
	if _, err := read(s, secret); !errors.Is(err, domain.ErrErased) {
		t.Errorf("%v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, secret[:2], secret), kept, 0o600)) // from a backup
	if _, err := read(s, secret); !errors.Is(err, domain.ErrErased) {
		t.Errorf("from a backup: %v", err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("secret")); !errors.Is(err, domain.ErrErased) {
		t.Errorf("put again: %v", err)
	}
	if got, err := read(s, other); string(got) != "other" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if n, err := s.Verify(t.Context(), func(d *blobs.Damage) { t.Error(d) }); n != 1 || err != nil {
		t.Errorf("verified %d, %v", n, err)
	}
	if err := s.Destroy(t.Context(), strings.Repeat("0", 64)); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("destroying nothing: %v", err)
	}
}

// TestDamage: every byte flipped, every cut, moved chunks and swapped files are
// found, and nothing false is handed out as if it were whole.
func TestDamage(t *testing.T) {
	t.Parallel()
	s, _, dir := fresh(t)
	content := document(200)
	digest := put(t, s, content)
	name := filepath.Join(dir, digest[:2], digest)
	whole, err := os.ReadFile(name)
	must(t, err)
	long := document(3*chunk + 9)
	longDigest := put(t, s, long)
	longName := filepath.Join(dir, longDigest[:2], longDigest)
	longWhole, err := os.ReadFile(longName)
	must(t, err)
	head, box := len(whole)-200-16, chunk+16
	bad := func(what, name, digest string, file []byte) {
		t.Helper()
		must(t, os.WriteFile(name, file, 0o600))
		var damage *blobs.Damage
		got, err := read(s, digest)
		if !errors.As(err, &damage) && !errors.Is(err, eventstore.ErrNewer) {
			t.Errorf("%s: %d bytes, %v", what, len(got), err)
		}
		found := 0
		if _, err := s.Verify(t.Context(), func(d *blobs.Damage) {
			if d.Digest == digest {
				found++
			}
		}); err == nil && found != 1 || err != nil && !errors.Is(err, eventstore.ErrNewer) {
			t.Errorf("%s: verify finds %d, %v", what, found, err)
		}
	}
	for i := range whole {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1 << (i % 8)
		bad(fmt.Sprint("byte ", i), name, digest, flipped)
	}
	for i := range whole {
		bad(fmt.Sprint("cut at ", i), name, digest, whole[:i])
	}
	bad("longer", name, digest, append(bytes.Clone(whole), 0))
	bad("another document's file", name, digest, longWhole)
	must(t, os.WriteFile(name, whole, 0o600))
	swapped := bytes.Clone(longWhole)
	copy(swapped[head:], longWhole[head+box:head+2*box])
	copy(swapped[head+box:], longWhole[head:head+box])
	bad("chunks swapped", longName, longDigest, swapped)
	bad("cut after a chunk", longName, longDigest, longWhole[:head+2*box])
	bad("a chunk dropped", longName, longDigest, append(bytes.Clone(longWhole[:head+box]), longWhole[head+2*box:]...))
	put(t, s, long) // mends it
	if got, err := read(s, longDigest); err != nil || !bytes.Equal(got, long) {
		t.Errorf("put again over damage: %v", err)
	}
	must(t, os.WriteFile(filepath.Join(dir, digest[:2], "stray"), nil, 0o600))
	strays := 0
	if n, err := s.Verify(t.Context(), func(*blobs.Damage) { strays++ }); n != 2 || err != nil || strays != 1 {
		t.Errorf("verified %d, %d strays, %v", n, strays, err)
	}
}

func TestPutAtOnce(t *testing.T) {
	t.Parallel()
	s, _, dir := fresh(t)
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			content := document(1000 + i%3)
			digest, _, err := s.Put(context.Background(), bytes.NewReader(content))
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := read(s, digest); err != nil || !bytes.Equal(got, content) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if names := files(t, dir); len(names) != 3 {
		t.Errorf("%d files", len(names))
	}
}

// faulty fails at the n-th step, and with all true at every later one too, as
// a full disk and a crash do.
type faulty struct {
	blobs.Dir
	left int
	err  error
	all  bool
	at   string
}

func (f *faulty) step(name string) error {
	f.left--
	if f.left == 0 || f.left < 0 && f.all {
		if f.left == 0 {
			f.at = name
		}
		return f.err
	}
	return nil
}

func (f *faulty) MkdirAll(name string) error {
	if err := f.step("mkdir"); err != nil {
		return err
	}
	return f.Dir.MkdirAll(name)
}

func (f *faulty) Create(name string) (blobs.File, error) {
	if err := f.step("create"); err != nil {
		return nil, err
	}
	file, err := f.Dir.Create(name)
	return &faultyFile{file, f}, err
}

func (f *faulty) Rename(from, to string) error {
	if err := f.step("rename"); err != nil {
		return err
	}
	return f.Dir.Rename(from, to)
}

func (f *faulty) Remove(name string) error {
	if f.all && f.left < 0 && !errors.Is(f.err, syscall.ENOSPC) { // a full disk still removes
		return f.err
	}
	return f.Dir.Remove(name)
}

func (f *faulty) SyncDir(name string) error {
	if err := f.step("syncdir"); err != nil {
		return err
	}
	return f.Dir.SyncDir(name)
}

type faultyFile struct {
	blobs.File
	fs *faulty
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.fs.step("write"); err != nil {
		n, _ := f.File.Write(p[:len(p)/2]) // a short write
		return n, err
	}
	return f.File.Write(p)
}

func (f *faultyFile) WriteAt(p []byte, at int64) (int, error) {
	if err := f.fs.step("writeat"); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, at)
}

func (f *faultyFile) Sync() error {
	if err := f.fs.step("sync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultyFile) Close() error {
	err := f.fs.step("close")
	return errors.Join(err, f.File.Close())
}

// TestFaults lets each step of Put fail in turn: the answer is an error,
// nothing half-written can be read, and with the fault gone the same Put
// succeeds, also after reopening.
func TestFaults(t *testing.T) {
	t.Parallel()
	content := document(chunk + 100)
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	for _, fault := range []struct {
		err error
		all bool
	}{{syscall.ENOSPC, false}, {syscall.ENOSPC, true}, {syscall.EIO, false}, {syscall.EIO, true}} {
		seen := map[string]bool{}
		for n := 1; ; n++ {
			dir, v := t.TempDir(), openVault(t)
			fs := &faulty{Dir: blobs.Dir(dir)}
			s, err := blobs.Open(fs, v, nil)
			must(t, err)
			fs.left, fs.err, fs.all = n, fault.err, fault.all
			_, _, err = s.Put(t.Context(), bytes.NewReader(content))
			if fs.left > 0 { // no step was left to fail
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			seen[fs.at] = true
			if err == nil || errors.Is(fault.err, syscall.ENOSPC) != errors.Is(err, eventstore.ErrNoSpace) {
				t.Errorf("%v at step %d (%s): %v", fault.err, n, fs.at, err)
			}
			fs.left = 1 << 30
			if got, err := read(s, digest); err == nil && !bytes.Equal(got, content) || err != nil && !errors.Is(err, eventstore.ErrNotFound) {
				t.Errorf("%v at step %d (%s): half a document is read: %v", fault.err, n, fs.at, err)
			}
			if !fault.all || errors.Is(fault.err, syscall.ENOSPC) {
				for _, name := range files(t, dir) {
					if strings.HasPrefix(filepath.Base(name), "tmp-") {
						t.Errorf("%v at step %d (%s) leaves %s", fault.err, n, fs.at, name)
					}
				}
			}
			if n%2 == 0 { // as after a crash
				if s, err = blobs.Open(fs, v, nil); err != nil {
					t.Fatal(err)
				}
			}
			if got := put(t, s, content); got != digest {
				t.Error(got)
			}
			if got, err := read(s, digest); err != nil || !bytes.Equal(got, content) {
				t.Errorf("after %v at step %d (%s): %v", fault.err, n, fs.at, err)
			}
			if bad, err := s.Verify(t.Context(), func(d *blobs.Damage) { t.Error(d) }); bad != 1 || err != nil {
				t.Errorf("verified %d, %v", bad, err)
			}
		}
		if len(seen) != 8 {
			t.Errorf("steps that failed: %v", seen)
		}
	}
}

// TestGolden reads a file written by the first version of the format.
func TestGolden(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := blobs.Open(blobs.Dir(dir), plain{}, bytes.NewReader(bytes.Repeat([]byte{3}, 32)))
	must(t, err)
	digest := put(t, s, []byte("甬编〔2026〕3号"))
	const wantDigest = "d0acdb17d788e2063b099ddacaa06e46f270339d908b4598099ee37cce6d3320"
	const golden = "534c424c4f42310a0000000000000000000000000303030303030303030303030303030303030303030303030303030303030303" +
		"0000000000000014000000000000000000000000000000001f51d859a32f952714f3fcc0c23bed067daff80948226f881edc4c9dbe6fded1be415e64"
	file, err := os.ReadFile(filepath.Join(dir, digest[:2], digest))
	must(t, err)
	if got := hex.EncodeToString(file); digest != wantDigest || got != golden {
		t.Errorf("%s\n%s", digest, got)
	}
	old, err := hex.DecodeString(golden)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, digest[:2], digest), old, 0o600))
	if got, err := read(s, digest); err != nil || string(got) != "甬编〔2026〕3号" {
		t.Errorf("%q, %v", got, err)
	}
}

// plain is a sealer that hides nothing, for the layout of the file.
type plain struct{}

func (plain) EnsureKeys(context.Context, ...string) error { return nil }
func (plain) Destroy(context.Context, string) error       { return nil }

func (plain) Seal(_ string, _ domain.EventID, clear []byte) ([]byte, error) {
	return append(append(make([]byte, 12), clear...), make([]byte, 16)...), nil
}

func (plain) Unseal(_ string, _ domain.EventID, box []byte) ([]byte, error) {
	if len(box) < 28 {
		return nil, errors.New("short")
	}
	return bytes.Clone(box[12 : len(box)-16]), nil
}
