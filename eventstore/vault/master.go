package vault

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// MasterBytes is the length of the master key.
const MasterBytes = 32

// ErrMasterMissing: there is a vault, but no master key to open it. Without the
// key, what the vault seals is lost; it is never replaced by a new one.
var ErrMasterMissing = errors.New("vault: the master key file is missing")

const masterPrefix = "staffledger-master-1:"

// ParseMaster reads a master key as its file or the environment carries it:
// "staffledger-master-1:" and 64 hexadecimal digits, or the digits alone.
func ParseMaster(s string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(s), masterPrefix))
	if err != nil || len(key) != MasterBytes {
		return nil, fmt.Errorf("vault: master key is malformed: want 64 hexadecimal digits") // never print it
	}
	return key, nil
}

// LoadMaster reads the master key from a file that only its owner may read. At
// first start, when neither the file nor the vault exists, it makes one of
// random bytes from r (nil: crypto/rand).
func LoadMaster(path, vaultPath string, r io.Reader) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if _, err := os.Stat(vaultPath); !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("%w: %s", ErrMasterMissing, path)
		}
		return makeMaster(path, r)
	case err != nil:
		return nil, err
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("vault: %s may be read by others (mode %04o); want 0600", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := ParseMaster(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

func makeMaster(path string, r io.Reader) ([]byte, error) {
	if r == nil {
		r = rand.Reader
	}
	key := make([]byte, MasterBytes)
	if _, err := io.ReadFull(r, key); err != nil {
		return nil, err
	}
	// Written aside and renamed, so that a crash leaves a whole key or none.
	f, err := os.CreateTemp(filepath.Dir(path), ".master-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(masterPrefix + hex.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return nil, err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return key, errors.Join(dir.Sync(), dir.Close())
}
