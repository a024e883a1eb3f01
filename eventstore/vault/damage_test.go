package vault_test

import (
	"bufio"
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"staffledger/domain"
	"staffledger/eventstore/vault"
)

func run(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func boxesOf(t *testing.T, path, person string) map[string][]byte {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	must(t, err)
	defer db.Close()
	var key, number, hash []byte
	must(t, db.QueryRow("SELECT box FROM keys WHERE name = ?", "person:"+person).Scan(&key))
	must(t, db.QueryRow("SELECT box, hash FROM identities WHERE person = ?", person).Scan(&number, &hash))
	return map[string][]byte{"wrapped key": key, "sealed number": number, "hash": hash}
}

// TestTampering: whatever is done to the rows with SQLite's own tools, Verify
// or Open names it.
func TestTampering(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "vault.db")
	v := at(t, path)
	for n := range 6 {
		_, err := v.Bind(t.Context(), []domain.Identity{identity(n)})
		must(t, err)
	}
	must(t, v.Close())
	before := boxesOf(t, path, "p5")
	v = at(t, path)
	must(t, v.Destroy(t.Context(), "person:p5"))
	must(t, v.Close())
	whole, err := os.ReadFile(path)
	must(t, err)
	for name, statement := range map[string]string{
		"a key dropped":                    "DELETE FROM keys WHERE name = 'person:p1'",
		"an identity dropped":              "DELETE FROM identities WHERE person = 'p1'",
		"a person dropped whole":           "DELETE FROM keys WHERE name = 'person:p1'; DELETE FROM identities WHERE person = 'p1'",
		"a tombstone dropped":              "DELETE FROM keys WHERE name = 'person:p5'",
		"a tombstone renamed":              "UPDATE keys SET name = 'person:p6' WHERE name = 'person:p5'",
		"two keys swapped":                 "UPDATE keys SET box = (SELECT box FROM keys k WHERE k.name = CASE keys.name WHEN 'person:p1' THEN 'person:p2' ELSE 'person:p1' END) WHERE name IN ('person:p1', 'person:p2')",
		"a key made a tombstone":           "UPDATE keys SET box = (SELECT box FROM keys WHERE name = 'person:p5') WHERE name = 'person:p1'",
		"an identity given to another":     "UPDATE identities SET person = 'p2' WHERE person = 'p1'",
		"two numbers swapped":              "UPDATE identities SET box = (SELECT box FROM identities i WHERE i.person = CASE identities.person WHEN 'p1' THEN 'p2' ELSE 'p1' END) WHERE person IN ('p1', 'p2')",
		"an identity put in":               "INSERT INTO identities VALUES (randomblob(32), 'p1', randomblob(46))",
		"a key put in":                     "INSERT INTO keys VALUES ('unit:x', randomblob(60))",
		"the state dropped":                "DELETE FROM meta WHERE name = 'state'",
		"the check dropped":                "DELETE FROM meta WHERE name = 'check'",
		"the state replaced":               "UPDATE meta SET box = (SELECT box FROM meta WHERE name = 'check') WHERE name = 'state'",
		"the hash key dropped":             "DELETE FROM keys WHERE name = 'vault:identity'",
		"the vault's own two keys swapped": "UPDATE keys SET box = (SELECT box FROM keys k WHERE k.name = CASE keys.name WHEN 'vault:digest' THEN 'vault:identity' ELSE 'vault:digest' END) WHERE name LIKE 'vault:%'",
		"a destroyed key put back":         fmt.Sprintf("UPDATE keys SET box = X'%x' WHERE name = 'person:p5'", before["wrapped key"]),
		"a table dropped":                  "DROP TABLE identities",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "vault.db")
			must(t, os.WriteFile(path, whole, 0o600))
			run(t, path, strings.Split(statement, "; ")...)
			v, err := vault.Open(vault.Options{Path: path, Master: master})
			if err == nil {
				defer v.Close()
				_, err = v.Verify(t.Context())
			}
			var damage *vault.Damage
			if !errors.As(err, &damage) && !errors.Is(err, vault.ErrNoKey) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestFlippedBytes flips bytes of a small vault, all over the file: it is
// detected, or without effect on any answer.
func TestFlippedBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "vault.db")
	v := at(t, path)
	const persons = 5
	var boxes [persons][]byte
	for n := range persons {
		_, err := v.Bind(t.Context(), []domain.Identity{identity(n)})
		must(t, err)
		boxes[n], err = v.Seal(fmt.Sprintf("person:p%d", n), "e", fmt.Append(nil, n))
		must(t, err)
	}
	must(t, v.Destroy(t.Context(), "person:p4"))
	digest := v.Digest("p", []byte("x"))
	must(t, v.Close())
	whole, err := os.ReadFile(path)
	must(t, err)

	places := make([]int, 0, 1200)
	for i := range 108 { // SQLite's header and the first page's
		places = append(places, i)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var used []int // bytes that are not empty space
	for i, b := range whole {
		if b != 0 {
			used = append(used, i)
		}
	}
	for range 700 {
		places = append(places, used[rng.IntN(len(used))])
	}
	detected := 0
	for _, i := range places {
		flipped := bytes.Clone(whole)
		flipped[i] ^= 1 << rng.IntN(8)
		must(t, os.WriteFile(path, flipped, 0o600))
		_ = os.Remove(path + "-journal")
		v, err := vault.Open(vault.Options{Path: path, Master: master})
		if err != nil {
			detected++
			continue
		}
		if _, err := v.Verify(t.Context()); err != nil {
			detected++
			must(t, v.Close())
			continue
		}
		for n := range persons {
			clear, err := v.Unseal(fmt.Sprintf("person:p%d", n), "e", boxes[n])
			p, found, lookup := v.Lookup(t.Context(), identity(n).IDNumber)
			if n == 4 {
				if !errors.Is(err, vault.ErrErased) || found || lookup != nil {
					t.Fatalf("byte %d: the erased person gives %q, %v, %t", i, clear, err, found)
				}
			} else if err != nil || string(clear) != fmt.Sprint(n) || !found || p != identity(n).Proposed {
				t.Fatalf("byte %d: person %d gives %q, %v, %s", i, n, clear, err, p)
			}
		}
		if v.Digest("p", []byte("x")) != digest {
			t.Fatalf("byte %d: another digest", i)
		}
		must(t, v.Close())
	}
	if detected < len(places)/2 {
		t.Errorf("only %d of %d flips were detected", detected, len(places))
	}
}

// TestKilled kills a process that binds and destroys without pause, and opens
// what it left: what a call had returned is there, what was under way is there
// whole or not at all.
func TestKilled(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("VAULT_TO_FILL"); path != "" {
		fill(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "vault.db")
	for round := range 12 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "VAULT_TO_FILL="+path, fmt.Sprint("VAULT_ROUND=", round))
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		lines := bufio.NewScanner(out)
		last := -1
		for lines.Scan() {
			if _, err := fmt.Sscanf(lines.Text(), "bound %d", &last); err == nil && last >= round*3 {
				break
			}
		}
		must(t, child.Process.Kill())
		for lines.Scan() { // what it had still said
			_, _ = fmt.Sscanf(lines.Text(), "bound %d", &last)
		}
		_ = child.Wait()
		v, err := vault.Open(vault.Options{Path: path, Master: master})
		must(t, err)
		r, err := v.Verify(t.Context())
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		// A call binds two and destroys the first, in two steps.
		if alive := r.Keys - 2 - r.Erased; r.Identities != alive {
			t.Errorf("round %d: %d identities of %d living persons", round, r.Identities, alive)
		}
		for n := range last + 1 {
			p, found, err := v.Lookup(t.Context(), number(round, n, 1))
			if err != nil || !found || p != domain.PersonID(number(round, n, 1)) {
				t.Errorf("round %d: binding %d is lost: %v", round, n, err)
			}
			if _, found, _ := v.Lookup(t.Context(), number(round, n, 0)); found {
				t.Errorf("round %d: person %d is back", round, n)
			}
		}
		must(t, v.Close())
	}
}

func number(round, n, i int) string { return fmt.Sprintf("r%d-%d-%d", round, n, i) }

func fill(t *testing.T, path string) {
	var round int
	_, err := fmt.Sscan(os.Getenv("VAULT_ROUND"), &round)
	must(t, err)
	v, err := vault.Open(vault.Options{Path: path, Master: master})
	must(t, err)
	for n := range 100_000 { // killed long before
		a, b := number(round, n, 0), number(round, n, 1)
		_, err := v.Bind(t.Context(), []domain.Identity{{IDNumber: a, Proposed: domain.PersonID(a)}, {IDNumber: b, Proposed: domain.PersonID(b)}})
		must(t, err)
		must(t, v.Destroy(t.Context(), "person:"+a))
		fmt.Println("bound", n)
	}
}
