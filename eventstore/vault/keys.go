package vault

import (
	"container/list"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"sync"
)

const (
	keyBytes   = 32
	nonceBytes = 12
	tagBytes   = 16
)

// newCipher makes AES-256-GCM; it fails only for a key of another length.
func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// random hands out bytes of one source, one caller at a time, so that a
// reproducible source gives the same bytes to the same order of calls.
type random struct {
	mu sync.Mutex
	r  io.Reader
}

func (r *random) fill(b []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, err := io.ReadFull(r.r, b)
	return err
}

// seal returns nonce, ciphertext and tag.
func seal(r *random, aead cipher.AEAD, clear []byte, associated string) ([]byte, error) {
	box := make([]byte, nonceBytes, nonceBytes+len(clear)+tagBytes)
	if err := r.fill(box); err != nil {
		return nil, err
	}
	return aead.Seal(box, box, clear, []byte(associated)), nil
}

// open undoes seal; false where the box is not what was sealed.
func open(aead cipher.AEAD, box []byte, associated string) ([]byte, bool) {
	if len(box) < nonceBytes+tagBytes {
		return nil, false
	}
	clear, err := aead.Open(nil, box[:nonceBytes], box[nonceBytes:], []byte(associated))
	return clear, err == nil
}

// keyed is HMAC-SHA-256 over length-framed parts, from a pool: making a new
// one costs more than a short message.
type keyed struct{ pool sync.Pool }

func newKeyed(key []byte) *keyed {
	k := &keyed{}
	k.pool.New = func() any { return hmac.New(sha256.New, key) }
	return k
}

// sum frames each part by its length in eight bytes, so that no two lists of
// parts give the same input.
func (k *keyed) sum(purpose string, parts ...[]byte) [32]byte {
	h := k.pool.Get().(hash.Hash)
	defer k.pool.Put(h)
	h.Reset()
	frame(h, []byte(purpose))
	for _, p := range parts {
		frame(h, p)
	}
	var out [32]byte
	h.Sum(out[:0])
	return out
}

func frame(h hash.Hash, part []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(part)))
	h.Write(n[:])
	h.Write(part)
}

// lru keeps the ciphers used last.
type lru struct {
	mu    sync.Mutex
	max   int
	order *list.List // front: used last
	byKey map[string]*list.Element
}

type entry struct {
	name string
	aead cipher.AEAD
}

func newLRU(max int) *lru {
	return &lru{max: max, order: list.New(), byKey: map[string]*list.Element{}}
}

func (l *lru) get(name string) cipher.AEAD {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.byKey[name]
	if e == nil {
		return nil
	}
	l.order.MoveToFront(e)
	return e.Value.(*entry).aead
}

func (l *lru) put(name string, aead cipher.AEAD) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byKey[name]; e != nil {
		e.Value.(*entry).aead = aead
		l.order.MoveToFront(e)
		return
	}
	l.byKey[name] = l.order.PushFront(&entry{name, aead})
	for l.order.Len() > l.max {
		last := l.order.Back()
		delete(l.byKey, last.Value.(*entry).name)
		l.order.Remove(last)
	}
}

func (l *lru) drop(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.byKey[name]; e != nil {
		delete(l.byKey, name)
		l.order.Remove(e)
	}
}
