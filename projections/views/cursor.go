package views

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// A cursor says where a page ended, as the values of the order's columns in its
// last row: pages stay right while rows come and go. It is base64url of
//
//	8 bytes of SHA-256 over query and values, then the values
//	(0x01 and a varint, or 0x02, a length and a string)
//
// so one that is damaged, or of another query, is told apart. It grants
// nothing: scope and filters come with the query each time.

type cursor []any // int64 and string

func sum(query string, body []byte) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "views cursor %d\n%s\n", schemaVersion, query)
	h.Write(body)
	return h.Sum(nil)[:8]
}

// encodeCursor makes the cursor behind a row; query is the query without After
// and Limit in one spelling.
func encodeCursor(query string, c cursor) string {
	var body []byte
	for _, v := range c {
		switch v := v.(type) {
		case int64:
			body = binary.AppendVarint(append(body, 1), v)
		case string:
			body = append(binary.AppendUvarint(append(body, 2), uint64(len(v))), v...)
		}
	}
	return base64.RawURLEncoding.EncodeToString(append(sum(query, body), body...))
}

// decodeCursor reads a cursor of a query whose order has the kinds of columns:
// 'i' for an integer, 's' for a string. Empty text is the first page.
func decodeCursor(query, text, kinds string) (cursor, error) {
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) < 8 || string(sum(query, b[8:])) != string(b[:8]) {
		return nil, ErrCursor
	}
	var c cursor
	for b = b[8:]; len(b) > 0; {
		kind := b[0]
		b = b[1:]
		switch kind {
		case 1:
			v, n := binary.Varint(b)
			if n <= 0 {
				return nil, ErrCursor
			}
			c, b = append(c, v), b[n:]
		case 2:
			v, n := binary.Uvarint(b)
			if n <= 0 || v > uint64(len(b)-n) {
				return nil, ErrCursor
			}
			c, b = append(c, string(b[n:n+int(v)])), b[n+int(v):]
		default:
			return nil, ErrCursor
		}
	}
	if len(c) != len(kinds) {
		return nil, ErrCursor
	}
	for i, v := range c {
		if _, isInt := v.(int64); isInt != (kinds[i] == 'i') {
			return nil, ErrCursor
		}
	}
	return c, nil
}
