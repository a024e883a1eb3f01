package blobs

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A file is
//
//	"SLBLOB1\n"  the format
//	68 bytes     its own random key and the size of the document, sealed by the
//	             vault under the key "blob:<digest>" for the "event" <digest>
//	chunks       64 KiB of the document each, the last one shorter, sealed by
//	             AES-256-GCM under the file's key, 16 bytes longer each
//
// The nonce of a chunk is its number in eight bytes, three zero bytes, and 1
// for the last chunk: a file that was cut, or whose chunks were moved, does not
// open. A document of no bytes, or of whole chunks, ends with an empty chunk.
const (
	magic      = "SLBLOB1\n"
	keyBytes   = 32
	tagBytes   = 16
	chunkBytes = 64 << 10
	boxBytes   = 12 + keyBytes + 8 + tagBytes
	headBytes  = len(magic) + boxBytes
)

func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func nonceOf(chunk uint64, last bool) []byte {
	nonce := make([]byte, 12)
	binary.BigEndian.PutUint64(nonce, chunk)
	if last {
		nonce[11] = 1
	}
	return nonce
}

// sealChunks copies a document into sealed chunks.
func sealChunks(w io.Writer, r io.Reader, aead cipher.AEAD) error {
	clear := make([]byte, chunkBytes)
	box := make([]byte, 0, chunkBytes+tagBytes)
	for chunk := uint64(0); ; chunk++ {
		n, err := io.ReadFull(r, clear)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return err
		}
		if _, err := w.Write(aead.Seal(box, nonceOf(chunk, last), clear[:n], nil)); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// damaged is what is wrong with a file's bytes, as against a failing disk.
type damaged string

func (d damaged) Error() string { return string(d) }

// chunkReader opens chunks one by one.
type chunkReader struct {
	r     io.Reader
	aead  cipher.AEAD
	chunk uint64
	box   []byte
	clear []byte // opened and not read yet
	last  bool
}

func (c *chunkReader) Read(p []byte) (int, error) {
	for len(c.clear) == 0 {
		if c.last {
			return 0, io.EOF
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.clear)
	c.clear = c.clear[n:]
	return n, nil
}

func (c *chunkReader) next() error {
	if c.box == nil {
		c.box = make([]byte, chunkBytes+tagBytes)
	}
	n, err := io.ReadFull(c.r, c.box)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		c.last = true
	case errors.Is(err, io.EOF):
		return damaged("it was cut")
	case err != nil:
		return err
	}
	// A whole chunk is never the last one: that is always shorter.
	c.clear, err = c.aead.Open(c.box[:0], nonceOf(c.chunk, c.last), c.box[:n], nil)
	if err != nil {
		return damaged(fmt.Sprintf("chunk %d was changed or cut", c.chunk))
	}
	c.chunk++
	return nil
}
