// Package blobs keeps the files of registered documents, by the SHA-256 of
// what they hold. They are sealed on disk under keys of the vault, so that a
// document can be erased like everything else; the ledger holds only digest
// and size.
package blobs

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"staffledger/domain"
	"staffledger/eventstore"
)

// SizeMax is the size of the largest document (20 MiB; design §4).
const SizeMax = 20 << 20

// TooLarge is a document of more than SizeMax bytes; nothing is kept of it.
type TooLarge struct{ Max int64 }

func (e *TooLarge) Error() string {
	return fmt.Sprintf("blobs: document is larger than %d bytes", e.Max)
}

// Damage is a stored file that does not hold what its name says.
type Damage struct{ Digest, Reason string }

func (d *Damage) Error() string { return fmt.Sprintf("document %s is damaged: %s", d.Digest, d.Reason) }

// Sealer is what this package needs of the vault.
type Sealer interface {
	EnsureKeys(ctx context.Context, names ...string) error
	Seal(key string, event domain.EventID, clear []byte) ([]byte, error)
	Unseal(key string, event domain.EventID, box []byte) ([]byte, error)
	Destroy(ctx context.Context, key string) error
}

// Store keeps documents. Safe for concurrent use.
type Store struct {
	fs     FS
	sealer Sealer
	random io.Reader
	randMu sync.Mutex
	temp   atomic.Uint64
	place  sync.Mutex // one document is put in its place at a time
}

const tempPrefix = "tmp-"

// Open opens the store and removes what a crash has left half-written. random
// may be nil: crypto/rand.
func Open(fs FS, sealer Sealer, random io.Reader) (*Store, error) {
	if random == nil {
		random = rand.Reader
	}
	s := &Store{fs: fs, sealer: sealer, random: random}
	if err := fs.MkdirAll("."); err != nil {
		return nil, err
	}
	names, err := fs.List(".")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasPrefix(name, tempPrefix) {
			if err := fs.Remove(name); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// keyOf names a document's key in the vault; place is where its file stands.
func keyOf(digest string) string   { return "blob:" + digest }
func placeOf(digest string) string { return path.Join(digest[:2], digest) }

func isDigest(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size && s == strings.ToLower(s)
}

// Put keeps a document and returns its SHA-256, as hex, and its size. It is
// durable on return; the same document is stored once. It fails with *TooLarge,
// with eventstore.ErrNoSpace, with domain.ErrErased where this very document
// was destroyed before, or with what the reader fails with; nothing is kept then.
func (s *Store) Put(ctx context.Context, r io.Reader) (digest string, size int64, err error) {
	temp := fmt.Sprintf("%s%d", tempPrefix, s.temp.Add(1))
	defer func() {
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w: %w", eventstore.ErrNoSpace, err)
		}
	}()
	f, err := s.fs.Create(temp)
	if err != nil {
		return "", 0, err
	}
	kept := false
	defer func() {
		if !kept {
			_ = s.fs.Remove(temp)
		}
	}()
	digest, size, err = s.write(ctx, f, r)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", 0, err
	}
	s.place.Lock()
	defer s.place.Unlock()
	dir := path.Dir(placeOf(digest))
	if !s.whole(digest) { // a damaged one is replaced
		if err := s.fs.MkdirAll(dir); err != nil {
			return "", 0, err
		}
		if err := s.fs.Rename(temp, placeOf(digest)); err != nil {
			return "", 0, err
		}
		kept = true
	}
	// Also where it was there: an earlier Put may have failed right here.
	if err := errors.Join(s.fs.SyncDir(dir), s.fs.SyncDir(".")); err != nil {
		return "", 0, err
	}
	return digest, size, nil
}

// write fills and syncs a file.
func (s *Store) write(ctx context.Context, f File, r io.Reader) (digest string, size int64, err error) {
	fileKey := make([]byte, keyBytes)
	s.randMu.Lock()
	_, err = io.ReadFull(s.random, fileKey)
	s.randMu.Unlock()
	if err != nil {
		return "", 0, err
	}
	aead, err := newCipher(fileKey)
	if err != nil {
		return "", 0, err
	}
	if _, err := f.Write(make([]byte, headBytes)); err != nil { // filled in below
		return "", 0, err
	}
	in := &limited{ctx: ctx, r: r, sum: sha256.New()}
	if err := sealChunks(f, in, aead); err != nil {
		return "", 0, err
	}
	digest = hex.EncodeToString(in.sum.Sum(nil))
	if err := s.sealer.EnsureKeys(ctx, keyOf(digest)); err != nil {
		return "", 0, err
	}
	box, err := s.sealer.Seal(keyOf(digest), domain.EventID(digest), binary.BigEndian.AppendUint64(fileKey, uint64(in.size)))
	if err != nil {
		return "", 0, err
	}
	if len(box) != boxBytes {
		return "", 0, fmt.Errorf("blobs: sealed key has %d bytes, want %d", len(box), boxBytes)
	}
	if _, err := f.WriteAt(append([]byte(magic), box...), 0); err != nil {
		return "", 0, err
	}
	return digest, in.size, f.Sync()
}

// limited hashes and counts what passes, and stops at SizeMax.
type limited struct {
	ctx  context.Context
	r    io.Reader
	sum  hash.Hash
	size int64
}

func (l *limited) Read(p []byte) (int, error) {
	if err := l.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := l.r.Read(p)
	l.sum.Write(p[:n])
	if l.size += int64(n); l.size > SizeMax {
		return 0, &TooLarge{SizeMax}
	}
	return n, err
}

// whole tells whether a document is stored and undamaged.
func (s *Store) whole(digest string) bool {
	r, err := s.Open(context.Background(), digest)
	if err != nil {
		return false
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err == nil
}

// Open reads a document. Each chunk is checked before any of it is handed out,
// and the digest at the end: the reader fails with *Damage instead of io.EOF
// where the file does not hold what its name says. Open fails with
// eventstore.ErrNotFound, and with domain.ErrErased where it was destroyed.
func (s *Store) Open(ctx context.Context, digest string) (io.ReadCloser, error) {
	if !isDigest(digest) {
		return nil, fmt.Errorf("document %q: %w", digest, eventstore.ErrNotFound)
	}
	f, err := s.fs.Open(placeOf(digest))
	if errors.Is(err, fs.ErrNotExist) {
		// Only the vault knows whether it was destroyed.
		if _, err := s.sealer.Unseal(keyOf(digest), "", nil); errors.Is(err, domain.ErrErased) {
			return nil, err
		}
		return nil, fmt.Errorf("document %s: %w", digest, eventstore.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	r, err := s.reader(ctx, digest, f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}

func (s *Store) reader(ctx context.Context, digest string, f io.ReadCloser) (*reader, error) {
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(f, head); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &Damage{digest, "it was cut"}
	} else if err != nil {
		return nil, err
	}
	if got := string(head[:len(magic)]); got != magic {
		if strings.HasPrefix(got, "SLBLOB") {
			return nil, fmt.Errorf("document %s has format %q: %w", digest, got[:len(got)-1], eventstore.ErrNewer)
		}
		return nil, &Damage{digest, "it is another kind of file"}
	}
	clear, err := s.sealer.Unseal(keyOf(digest), domain.EventID(digest), head[len(magic):])
	if errors.Is(err, domain.ErrErased) {
		return nil, err
	}
	if err != nil || len(clear) != keyBytes+8 {
		return nil, &Damage{digest, fmt.Sprintf("its key cannot be opened: %v", err)}
	}
	aead, err := newCipher(clear[:keyBytes])
	if err != nil {
		return nil, err
	}
	return &reader{ctx: ctx, digest: digest, file: f, sum: sha256.New(), want: int64(binary.BigEndian.Uint64(clear[keyBytes:])),
		chunks: chunkReader{r: f, aead: aead}}, nil
}

type reader struct {
	ctx    context.Context
	digest string
	file   io.Closer
	chunks chunkReader
	sum    hash.Hash
	size   int64
	want   int64
	err    error
}

func (r *reader) Read(p []byte) (int, error) {
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.chunks.Read(p)
	r.sum.Write(p[:n])
	r.size += int64(n)
	var wrong damaged
	switch {
	case errors.As(err, &wrong):
		err = &Damage{r.digest, string(wrong)}
	case errors.Is(err, io.EOF):
		if r.size != r.want || hex.EncodeToString(r.sum.Sum(nil)) != r.digest {
			err = &Damage{r.digest, "it holds another document"}
		}
	}
	r.err = err
	return n, err
}

func (r *reader) Close() error { return r.file.Close() }

// Destroy erases a document: its key, then its file. Nobody can open it any
// more, nor put the same one again.
func (s *Store) Destroy(ctx context.Context, digest string) error {
	if !isDigest(digest) {
		return fmt.Errorf("document %q: %w", digest, eventstore.ErrNotFound)
	}
	if err := s.sealer.Destroy(ctx, keyOf(digest)); err != nil {
		return err
	}
	s.place.Lock()
	defer s.place.Unlock()
	if err := s.fs.Remove(placeOf(digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Verify reads every document whole and calls bad for each that is damaged or
// stands in a wrong place; it returns how many it has read. A file whose key
// was destroyed is what a crash has left of Destroy, and no damage.
func (s *Store) Verify(ctx context.Context, bad func(*Damage)) (read int, err error) {
	dirs, err := s.fs.List(".")
	if err != nil {
		return 0, err
	}
	for _, dir := range dirs {
		if strings.HasPrefix(dir, tempPrefix) {
			continue
		}
		names, err := s.fs.List(dir)
		if err != nil {
			return read, err
		}
		for _, name := range names {
			if !isDigest(name) || placeOf(name) != path.Join(dir, name) {
				bad(&Damage{path.Join(dir, name), "it is no document of this place"})
				continue
			}
			err := s.verify(ctx, name)
			var damage *Damage
			switch {
			case errors.Is(err, domain.ErrErased):
				continue
			case errors.As(err, &damage):
				bad(damage)
			case err != nil:
				return read, err
			}
			read++
		}
	}
	return read, nil
}

func (s *Store) verify(ctx context.Context, digest string) error {
	r, err := s.Open(ctx, digest)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}
