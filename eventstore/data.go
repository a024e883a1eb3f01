package eventstore

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// DataDepthMax is how deep an event's data may be nested.
const DataDepthMax = 32

// CheckData tells why b is not a JSON object of UTF-8 in NFC without blanks
// between its parts (RFC 8259 grammar; numbers and strings as written), at
// most DataDepthMax deep.
func CheckData(b []byte) error {
	if len(b) == 0 || b[0] != '{' {
		return errNotObject
	}
	s := scanner{b: b}
	if s.value(0); s.err == nil && s.at != len(b) {
		s.fail("bytes after the object")
	}
	if s.err != nil {
		return s.err
	}
	if s.wide && (!utf8.Valid(b) || !norm.NFC.IsNormal(b)) {
		return errors.New("data are not UTF-8 in NFC")
	}
	return nil
}

// scanner walks compact JSON; it builds nothing.
type scanner struct {
	b    []byte
	at   int
	wide bool // a byte above ASCII was seen
	err  error
}

func (s *scanner) fail(why string) {
	if s.err == nil {
		s.err = fmt.Errorf("data, byte %d: %s", s.at, why)
	}
}

// peek returns the next byte, or 0, which is nowhere allowed, at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.b) {
		return s.b[s.at]
	}
	return 0
}

func (s *scanner) take(c byte) bool {
	if s.at < len(s.b) && s.b[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) value(depth int) {
	switch c := s.peek(); {
	case c == '{' || c == '[':
		if depth == DataDepthMax {
			s.fail("nested too deep")
			return
		}
		s.at++
		s.list(c, depth+1)
	case c == '"':
		s.string()
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case c == 't':
		s.word("true")
	case c == 'f':
		s.word("false")
	case c == 'n':
		s.word("null")
	default:
		s.fail("want a value")
	}
}

func (s *scanner) word(w string) {
	if len(s.b)-s.at < len(w) || string(s.b[s.at:s.at+len(w)]) != w {
		s.fail("want a value")
		return
	}
	s.at += len(w)
}

// list walks the members of an object or array behind its opening bracket.
func (s *scanner) list(open byte, depth int) {
	end := open + 2 // in ASCII, '}' is '{' + 2 and ']' is '[' + 2
	if s.take(end) {
		return
	}
	for s.err == nil {
		if open == '{' {
			if s.string(); s.err == nil && !s.take(':') {
				s.fail("want a colon")
			}
			if s.err != nil {
				return
			}
		}
		s.value(depth)
		switch {
		case s.err != nil || s.take(end):
			return
		case !s.take(','):
			s.fail("want a comma or the end")
		}
	}
}

// special marks the bytes of a string that are not taken as they are.
var special = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

func (s *scanner) string() {
	if !s.take('"') {
		s.fail("want a string")
		return
	}
	b, at, wide := s.b, s.at, byte(0)
	for at < len(b) {
		c := b[at]
		if !special[c] {
			wide |= c
			at++
			continue
		}
		s.at = at
		switch c {
		case '"':
			s.at++
			s.wide = s.wide || wide >= 0x80
			return
		case '\\':
			if s.escape(); s.err != nil {
				return
			}
			at = s.at
		default:
			s.fail("control character in a string")
			return
		}
	}
	s.at = at
	s.fail("string is not closed")
}

func (s *scanner) escape() {
	s.at++
	c := s.peek()
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
	case 'u':
		s.at++
		for range 4 {
			d := s.peek()
			if !(d >= '0' && d <= '9' || d >= 'a' && d <= 'f' || d >= 'A' && d <= 'F') {
				s.fail("malformed escape")
				return
			}
			s.at++
		}
	default:
		s.fail("malformed escape")
	}
}

func (s *scanner) digits() {
	if c := s.peek(); c < '0' || c > '9' {
		s.fail("want a digit")
		return
	}
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
}

func (s *scanner) number() {
	s.take('-')
	if !s.take('0') {
		s.digits()
	}
	if s.err == nil && s.take('.') {
		s.digits()
	}
	if s.err == nil && (s.take('e') || s.take('E')) {
		if !s.take('+') {
			s.take('-')
		}
		s.digits()
	}
}
