package vault_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/eventstore"
	"staffledger/eventstore/vault"
)

var _ usecase.Sealer = (*vault.Vault)(nil)

var master = bytes.Repeat([]byte{7}, vault.MasterBytes)

func seeded(n byte) *rand.ChaCha8 { return rand.NewChaCha8([32]byte{n}) }

func at(t *testing.T, path string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(vault.Options{Path: path, Master: master})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return v
}

func fresh(t *testing.T) (*vault.Vault, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vault.db")
	return at(t, path), path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func identity(n int) domain.Identity {
	return domain.Identity{IDNumber: fmt.Sprintf("33020319990101%03dX", n), Proposed: domain.PersonID(fmt.Sprintf("p%d", n))}
}

func TestSealUnseal(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	must(t, v.EnsureKeys(t.Context(), "unit:a", "unit:b", "unit:a"))
	box, err := v.Seal("unit:a", "e1", []byte("宁波市水务局"))
	must(t, err)
	again, err := v.Seal("unit:a", "e1", []byte("宁波市水务局"))
	must(t, err)
	if bytes.Equal(box, again) {
		t.Error("the nonce is not fresh")
	}
	clear, err := v.Unseal("unit:a", "e1", box)
	if err != nil || string(clear) != "宁波市水务局" {
		t.Fatalf("%q, %v", clear, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another event": func() ([]byte, error) { return v.Unseal("unit:a", "e2", box) },
		"another key":   func() ([]byte, error) { return v.Unseal("unit:b", "e1", box) },
		"cut":           func() ([]byte, error) { return v.Unseal("unit:a", "e1", box[:20]) },
		"empty":         func() ([]byte, error) { return v.Unseal("unit:a", "e1", nil) },
	} {
		if clear, err := open(); !errors.Is(err, vault.ErrTampered) || clear != nil {
			t.Errorf("%s: %q, %v", name, clear, err)
		}
	}
	for i := range box {
		changed := bytes.Clone(box)
		changed[i] ^= 1
		if _, err := v.Unseal("unit:a", "e1", changed); !errors.Is(err, vault.ErrTampered) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	if _, err := v.Seal("unit:c", "e1", nil); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("a key that was not made: %v", err)
	}
	for _, name := range []string{"", "vault:digest", strings.Repeat("x", 201)} {
		if err := v.EnsureKeys(t.Context(), name); !errors.Is(err, vault.ErrReserved) {
			t.Errorf("key %q: %v", name, err)
		}
		if err := v.Destroy(t.Context(), name); !errors.Is(err, vault.ErrReserved) {
			t.Errorf("destroying key %q: %v", name, err)
		}
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	v, path := fresh(t)
	part := func(s ...string) (parts [][]byte) {
		for _, p := range s {
			parts = append(parts, []byte(p))
		}
		return parts
	}
	seen := map[string]string{}
	for _, d := range []struct {
		purpose string
		parts   [][]byte
	}{{"p", nil}, {"p", part("")}, {"p", part("", "")}, {"p", part("ab", "c")}, {"p", part("a", "bc")}, {"q", part("a", "bc")}, {"pa", part("bc")}} {
		sum := v.Digest(d.purpose, d.parts...)
		if other, ok := seen[sum]; ok || len(sum) != 64 || sum != v.Digest(d.purpose, d.parts...) {
			t.Errorf("%v: %s, as %s", d, sum, other)
		}
		seen[sum] = fmt.Sprint(d)
	}
	want := v.Digest("p", part("x")...)
	must(t, v.Close())
	if got := at(t, path).Digest("p", part("x")...); got != want {
		t.Error("the digest differs after reopening")
	}
	other, _ := fresh(t)
	if other.Digest("p", part("x")...) == want {
		t.Error("two vaults give the same digest")
	}
}

func TestBind(t *testing.T) {
	t.Parallel()
	v, path := fresh(t)
	ctx := t.Context()
	a, b, c := identity(1), identity(2), identity(3)
	b2 := domain.Identity{IDNumber: b.IDNumber, Proposed: "other"}
	got, err := v.Bind(ctx, []domain.Identity{a, b, b2})
	if want := fmt.Sprint([]domain.Bound{{Person: "p1", New: true}, {Person: "p2", New: true}, {Person: "p2"}}); err != nil || fmt.Sprint(got) != want {
		t.Fatalf("%v, %v; want %s", got, err, want)
	}
	if _, err := v.Seal("person:p1", "e", []byte("x")); err != nil {
		t.Errorf("the person's key was not made: %v", err)
	}
	// all or none: p1 has another number, so c is not bound either
	if _, err := v.Bind(ctx, []domain.Identity{c, {IDNumber: "another", Proposed: "p1"}}); !errors.Is(err, vault.ErrPersonTaken) {
		t.Errorf("a person with two numbers: %v", err)
	}
	if _, found, err := v.Lookup(ctx, c.IDNumber); found || err != nil {
		t.Errorf("a refused call has bound: %v", err)
	}
	if err := v.EnsureKeys(ctx, "person:p3"); err != nil {
		t.Fatal(err)
	}
	must(t, v.Close())
	v = at(t, path)
	got, err = v.Bind(ctx, []domain.Identity{b2, c})
	if err != nil || got[0].Person != "p2" || got[0].New || got[1].Person != "p3" || !got[1].New {
		t.Errorf("after reopening: %v, %v", got, err)
	}
	if p, found, err := v.Lookup(ctx, a.IDNumber); p != "p1" || !found || err != nil {
		t.Errorf("lookup: %s, %t, %v", p, found, err)
	}
	if n, err := v.IDNumber(ctx, "p2"); n != b.IDNumber || err != nil {
		t.Errorf("number of p2: %s, %v", n, err)
	}
	must(t, v.EnsureKeys(ctx, "person:nobody"))
	if _, err := v.IDNumber(ctx, "nobody"); !errors.Is(err, vault.ErrNoIdentity) {
		t.Errorf("number of a person without: %v", err)
	}
	if _, err := v.Bind(ctx, []domain.Identity{{IDNumber: "n"}}); !errors.Is(err, vault.ErrReserved) {
		t.Errorf("no person proposed: %v", err)
	}
	if _, err := v.Bind(ctx, []domain.Identity{{Proposed: "p"}}); err == nil {
		t.Error("no number is bound")
	}
	r, err := v.Verify(ctx)
	if err != nil || r.Identities != 3 || r.Keys != 2+4 || r.Erased != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestBindRaces: the same numbers bound by many at once, each proposing a
// person of its own, always give one person.
func TestBindRaces(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	const callers, numbers = 16, 30
	answers := make([][]domain.Bound, callers)
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			order := rand.New(rand.NewPCG(uint64(c), 1)).Perm(numbers)
			answers[c] = make([]domain.Bound, numbers)
			for _, part := range [][]int{order[:7], order[7:8], order[8:]} {
				ids := make([]domain.Identity, len(part))
				for i, n := range part {
					ids[i] = domain.Identity{IDNumber: fmt.Sprint("number ", n), Proposed: domain.PersonID(fmt.Sprintf("p-%d-%d", c, n))}
				}
				got, err := v.Bind(context.Background(), ids)
				if err != nil {
					t.Error(err)
					return
				}
				for i, n := range part {
					answers[c][n] = got[i]
				}
			}
		})
	}
	wg.Wait()
	for n := range numbers {
		news := 0
		for c := range callers {
			if answers[c][n].Person != answers[0][n].Person {
				t.Errorf("number %d is %s and %s", n, answers[c][n].Person, answers[0][n].Person)
			}
			if answers[c][n].New {
				news++
			}
		}
		if news != 1 {
			t.Errorf("number %d was new %d times", n, news)
		}
	}
	if r, err := v.Verify(t.Context()); err != nil || r.Identities != numbers || r.Keys != numbers+2 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestDestroy(t *testing.T) {
	t.Parallel()
	v, path := fresh(t)
	ctx := t.Context()
	_, err := v.Bind(ctx, []domain.Identity{identity(1), identity(2)})
	must(t, err)
	box, err := v.Seal("person:p1", "e", []byte("secret"))
	must(t, err)
	kept, err := v.Seal("person:p2", "e", []byte("kept"))
	must(t, err)
	must(t, v.Destroy(ctx, "person:p1"))
	must(t, v.Destroy(ctx, "person:p1")) // again is no error
	if err := v.Destroy(ctx, "person:p9"); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("destroying what is not there: %v", err)
	}
	for _, again := range []bool{false, true} {
		if again {
			must(t, v.Close())
			v = at(t, path)
		}
		if _, err := v.Unseal("person:p1", "e", box); !errors.Is(err, vault.ErrErased) || !errors.Is(err, domain.ErrErased) {
			t.Errorf("unseal: %v", err)
		}
		if _, err := v.Seal("person:p1", "e", nil); !errors.Is(err, vault.ErrErased) {
			t.Errorf("seal: %v", err)
		}
		if err := v.EnsureKeys(ctx, "unit:x", "person:p1"); !errors.Is(err, vault.ErrErased) {
			t.Errorf("ensure: %v", err)
		}
		if _, err := v.Seal("unit:x", "e", nil); !errors.Is(err, vault.ErrNoKey) {
			t.Errorf("a refused call has made a key: %v", err)
		}
		if _, err := v.IDNumber(ctx, "p1"); !errors.Is(err, vault.ErrErased) {
			t.Errorf("number: %v", err)
		}
		if _, found, _ := v.Lookup(ctx, identity(1).IDNumber); found {
			t.Error("the identity is still there")
		}
		if clear, err := v.Unseal("person:p2", "e", kept); err != nil || string(clear) != "kept" {
			t.Errorf("another person's: %q, %v", clear, err)
		}
		if r, err := v.Verify(ctx); err != nil || r.Erased != 1 || r.Identities != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	}
	// the number may come back, as another person; not as the erased one
	if _, err := v.Bind(ctx, []domain.Identity{identity(1)}); !errors.Is(err, vault.ErrErased) {
		t.Errorf("binding to the erased person: %v", err)
	}
	got, err := v.Bind(ctx, []domain.Identity{{IDNumber: identity(1).IDNumber, Proposed: "p10"}})
	if err != nil || got[0].Person != "p10" || !got[0].New {
		t.Errorf("%v, %v", got, err)
	}
}

// TestDestroyLeavesNothing: neither the file nor its journal holds the wrapped
// key or the sealed number afterwards.
func TestDestroyLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "vault.db")
	v := at(t, path)
	ctx := t.Context()
	for n := range 40 {
		_, err := v.Bind(ctx, []domain.Identity{identity(n)})
		must(t, err)
	}
	must(t, v.Close())
	secrets := boxesOf(t, path, "p7")
	v = at(t, path)
	must(t, v.Destroy(ctx, "person:p7"))
	must(t, v.Close())
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, f := range files {
		content, err := os.ReadFile(f)
		must(t, err)
		for name, secret := range secrets {
			if bytes.Contains(content, secret) {
				t.Errorf("%s still holds the %s", filepath.Base(f), name)
			}
		}
	}
}

func TestReproducible(t *testing.T) {
	t.Parallel()
	run := func() string {
		path := filepath.Join(t.TempDir(), "vault.db")
		v, err := vault.Open(vault.Options{Path: path, Master: master, Rand: seeded(1), Bulk: true})
		must(t, err)
		defer v.Close()
		_, err = v.Bind(t.Context(), []domain.Identity{identity(1), identity(2)})
		must(t, err)
		box, err := v.Seal("person:p2", "e", []byte("x"))
		must(t, err)
		return hex.EncodeToString(box) + v.Digest("p", []byte("x"))
	}
	if a, b := run(), run(); a != b {
		t.Errorf("the same seed gives %s and %s", a, b)
	}
}

func TestBulk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	v, err := vault.Open(vault.Options{Path: path, Master: master, Bulk: true, Cached: 10})
	must(t, err)
	boxes := map[string][]byte{}
	for n := range 2_500 { // more than one transaction
		bound, err := v.Bind(t.Context(), []domain.Identity{identity(n)})
		must(t, err)
		key := "person:" + string(bound[0].Person)
		boxes[key], err = v.Seal(key, "e", []byte(key))
		must(t, err)
		if n == 100 { // a refused call takes nothing else with it
			if _, err := v.Bind(t.Context(), []domain.Identity{{IDNumber: "new", Proposed: "x"}, {IDNumber: "newer", Proposed: "p1"}}); !errors.Is(err, vault.ErrPersonTaken) {
				t.Fatal(err)
			}
		}
	}
	must(t, v.Close())
	v = at(t, path)
	for key, box := range maps.All(boxes) {
		if clear, err := v.Unseal(key, "e", box); err != nil || string(clear) != key {
			t.Fatalf("%s: %q, %v", key, clear, err)
		}
	}
	if r, err := v.Verify(t.Context()); err != nil || r.Identities != 2_500 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	v, path := fresh(t)
	if _, err := vault.Open(vault.Options{Path: path, Master: master}); !errors.Is(err, eventstore.ErrInUse) {
		t.Errorf("a second open: %v", err)
	}
	other := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	other.Env = append(os.Environ(), "VAULT_TO_FILL="+path, "VAULT_ROUND=0")
	if out, err := other.CombinedOutput(); err == nil || !strings.Contains(string(out), eventstore.ErrInUse.Error()) {
		t.Errorf("a second process: %v\n%s", err, out)
	}
	must(t, v.Close())
	must(t, v.Close())
	if err := v.EnsureKeys(t.Context(), "unit:a"); !errors.Is(err, eventstore.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
	if _, err := vault.Open(vault.Options{Path: path, Master: bytes.Repeat([]byte{8}, 32)}); !errors.Is(err, vault.ErrWrongMaster) {
		t.Errorf("another master key: %v", err)
	}
	if _, err := vault.Open(vault.Options{Path: path, Master: master[:16]}); err == nil {
		t.Error("a short master key")
	}
	content, err := os.ReadFile(path)
	must(t, err)
	newer := bytes.Clone(content)
	newer[63] = 2 // user_version
	another := filepath.Join(t.TempDir(), "other.db")
	must(t, os.WriteFile(another, newer, 0o600))
	if _, err := vault.Open(vault.Options{Path: another, Master: master}); !errors.Is(err, eventstore.ErrNewer) {
		t.Errorf("a newer format: %v", err)
	}
	var damage *vault.Damage
	for name, content := range map[string][]byte{"text": bytes.Repeat([]byte("no database "), 500), "cut": content[:5000], "another kind": func() []byte {
		c := bytes.Clone(content)
		c[68]++ // application_id
		return c
	}()} {
		must(t, os.WriteFile(another, content, 0o600))
		if _, err := vault.Open(vault.Options{Path: another, Master: master}); !errors.As(err, &damage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

func TestSnapshot(t *testing.T) {
	t.Parallel()
	for _, bulk := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "vault.db")
		v, err := vault.Open(vault.Options{Path: path, Master: master, Bulk: bulk})
		must(t, err)
		_, err = v.Bind(t.Context(), []domain.Identity{identity(1), identity(2)})
		must(t, err)
		must(t, v.Destroy(t.Context(), "person:p2"))
		box, err := v.Seal("person:p1", "e", []byte("x"))
		must(t, err)
		var copied bytes.Buffer
		must(t, v.Snapshot(t.Context(), &copied))
		must(t, v.EnsureKeys(t.Context(), "unit:later"))
		must(t, v.Close())
		other := filepath.Join(t.TempDir(), "copy.db")
		must(t, os.WriteFile(other, copied.Bytes(), 0o600))
		c := at(t, other)
		if clear, err := c.Unseal("person:p1", "e", box); err != nil || string(clear) != "x" {
			t.Errorf("%q, %v", clear, err)
		}
		if _, err := c.Unseal("person:p2", "e", box); !errors.Is(err, vault.ErrErased) {
			t.Error(err)
		}
		if _, err := c.Verify(t.Context()); err != nil {
			t.Error(err)
		}
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".snapshot*"))
		if len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestMaster(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, db := filepath.Join(dir, "master.key"), filepath.Join(dir, "vault.db")
	key, err := vault.LoadMaster(path, db, seeded(2))
	must(t, err)
	again, err := vault.LoadMaster(path, db, nil)
	if err != nil || !bytes.Equal(key, again) {
		t.Errorf("%x, %v", again, err)
	}
	text, err := os.ReadFile(path)
	must(t, err)
	for _, s := range []string{string(text), strings.TrimPrefix(string(text), "staffledger-master-1:")} {
		if parsed, err := vault.ParseMaster(s); err != nil || !bytes.Equal(parsed, key) {
			t.Errorf("%v", err)
		}
	}
	for _, s := range []string{"", "zz", string(text[:50])} {
		if _, err := vault.ParseMaster(s); err == nil || s != "" && strings.Contains(err.Error(), s) {
			t.Errorf("%q: %v", s, err)
		}
	}
	must(t, os.Chmod(path, 0o640))
	if _, err := vault.LoadMaster(path, db, nil); err == nil {
		t.Error("a key that others may read")
	}
	must(t, os.Remove(path))
	must(t, os.WriteFile(db, nil, 0o600))
	if _, err := vault.LoadMaster(path, db, nil); !errors.Is(err, vault.ErrMasterMissing) {
		t.Errorf("a vault without its key: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a new key was made for an old vault")
	}
}
