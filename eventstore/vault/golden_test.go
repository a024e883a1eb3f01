package vault_test

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"staffledger/eventstore/vault"
)

// TestGolden opens a vault of format 1 from its rows, as they were once written.
func TestGolden(t *testing.T) {
	t.Parallel()
	dump, err := os.ReadFile("testdata/vault-v1.sql")
	must(t, err)
	path := filepath.Join(t.TempDir(), "vault.db")
	run(t, path, string(dump))
	v := at(t, path)
	if r, err := v.Verify(t.Context()); err != nil || r != (vault.Report{Keys: 4, Erased: 1, Identities: 1}) {
		t.Errorf("%+v, %v", r, err)
	}
	box, err := hex.DecodeString("a8f7ab7e56eef8b74dba768bb3dcf69373ef781e1836d6063c91adb28e54d44775ea")
	must(t, err)
	if clear, err := v.Unseal("person:p1", "e1", box); err != nil || string(clear) != "吴敏" {
		t.Errorf("%q, %v", clear, err)
	}
	if _, err := v.Unseal("person:p2", "e1", box); !errors.Is(err, vault.ErrErased) {
		t.Errorf("%v", err)
	}
	if p, found, err := v.Lookup(t.Context(), identity(1).IDNumber); p != "p1" || !found || err != nil {
		t.Errorf("%s, %t, %v", p, found, err)
	}
	if n, err := v.IDNumber(t.Context(), "p1"); n != identity(1).IDNumber || err != nil {
		t.Errorf("%s, %v", n, err)
	}
	if d := v.Digest("request", []byte("a"), []byte("b")); d != "01b6e17035d79eefa4e344ca4d3fc4bfcf9586dce07f821f25cd99e869f0e3a2" {
		t.Errorf("digest %s", d)
	}
}
