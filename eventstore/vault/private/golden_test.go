package private

import (
	"encoding/hex"
	"testing"
	"time"
)

// TestGolden pins the forms that stand in files and cookies, so that those
// written today stay readable.
func TestGolden(t *testing.T) {
	t.Parallel()
	s := &Store{cost: DefaultCost, hashes: make(chan struct{}, 1), now: time.Now}
	// The same hash comes from the reference implementation in C: password
	// "correct horse battery", salt 16 × 0x01.
	const phc = "$argon2id$v=19$m=19456,t=2,p=1$AQEBAQEBAQEBAQEBAQEBAQ$362lCOZRHrzOdFe2YoSxV6X5o4kNv7PvQZDLxCgKgSA"
	salt := make([]byte, 16)
	for i := range salt {
		salt[i] = 1
	}
	key, err := s.argon(t.Context(), DefaultCost, "correct horse battery", salt, hashBytes)
	if err != nil {
		t.Fatal(err)
	}
	if got := DefaultCost.format(salt, key); got != phc {
		t.Errorf("hash %s", got)
	}
	if ok, weaker, err := s.matches(t.Context(), phc, "correct horse battery"); !ok || weaker || err != nil {
		t.Errorf("%t, %t, %v", ok, weaker, err)
	}
	if h := hashOf("slt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"); hex.EncodeToString(h[:]) != "4c44cc67edceb5f814f31f6170bf20e0a9107479abe0c23676188577894746a2" {
		t.Errorf("token hash %x", h)
	}
	if c := csrf("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"); c != "A_ZV8WoSjH0dow6BwiiansQ-vlm56W4U9xiug98X09c" {
		t.Errorf("csrf %s", c)
	}
	for _, bad := range []string{"", phc + "!", "$argon2id$v=18" + phc[14:], "$argon2i" + phc[9:], "$argon2id$v=19$m=19456,t=2,p=0" + phc[30:],
		"$argon2id$v=19$m=99999999,t=2,p=1" + phc[30:], "$argon2id$v=19$m=019456,t=2,p=1" + phc[30:]} {
		if _, _, _, err := parsePHC(bad); err == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		if c, salt, hash, err := parsePHC(s); err == nil && c.format(salt, hash) != s {
			t.Fatalf("%q is read as %q", s, c.format(salt, hash))
		}
	})
}
