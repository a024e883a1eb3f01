package eventstore

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"staffledger/domain"
)

// One encoding everywhere. An event is a CloudEvents 1.0 JSON object
// (CloudEvents JSON format 1.0, structured mode) with a fixed field order, no
// blanks and one spelling of every value:
//
//	{"specversion":"1.0","id":…,"source":…,"type":…,"subject":…,"time":…,
//	 "sequence":…,"partitionkey":…,"tags":…,"authtype":…,"authid":…,
//	 "actorrole":…,"onbehalfof":…,"decidedat":…,"commandid":…,
//	 "requestdigest":…,"effective":…,"documentid":…,"reasoncode":…,
//	 "correlationid":…,"causationid":…,"traceparent":…,"dataschema":…,
//	 "data":{…}}
//
// Values of the head are strings of printable ASCII without quote and
// backslash, so that they need no escaping; tags are sorted, without repeats,
// and parted by one space. sequence and decidedat have 19 digits. An attribute
// without value is absent, never empty. decidedat is absent in the stream
// "ledger", whose first event has seen nothing. The data are a JSON object of
// UTF-8 in NFC.
//
// These exact bytes are the ledger entry, the Merkle leaf, the value on Kafka
// and the line in feed and export.

const headBytesMax = 4 << 10

// Encode appends the event's bytes to dst. It fails with ErrInvalid where the
// event is not well formed, and with ErrTooLarge beyond EventBytesMax. The
// event must carry the revision that it will have.
func Encode(dst []byte, e *domain.Event) ([]byte, error) {
	start := len(dst)
	w := headWriter{b: append(dst, `{"specversion":"1.0"`...)}
	w.must("id", string(e.ID))
	w.must("source", e.Source)
	w.must("type", string(e.Type))
	w.must("subject", string(e.Stream))
	w.must("time", e.Time.String())
	w.digits("sequence", int64(e.Revision))
	w.must("partitionkey", e.Stream.Key())
	w.tags(e.Tags)
	w.must("authtype", e.AuthType)
	w.must("authid", e.AuthID)
	w.may("actorrole", string(e.ActorRole))
	w.may("onbehalfof", e.OnBehalfOf)
	if e.Stream != domain.LedgerStream {
		w.digits("decidedat", int64(e.DecidedAt))
	}
	w.may("commandid", string(e.CommandID))
	w.may("requestdigest", e.RequestDigest)
	w.may("effective", e.Effective.String())
	w.may("documentid", string(e.DocumentID))
	w.may("reasoncode", e.ReasonCode)
	w.may("correlationid", e.CorrelationID)
	w.may("causationid", string(e.CausationID))
	w.may("traceparent", e.TraceParent)
	w.may("dataschema", e.DataSchema)
	if w.err == nil && len(e.Tags) > TagsMax {
		w.err = errors.New("too many tags")
	}
	if w.err == nil && len(e.Stream) > StreamNameMax {
		w.err = errors.New("subject is too long")
	}
	if w.err == nil {
		w.err = CheckData(e.Data)
	}
	if w.err != nil {
		return dst, fmt.Errorf("%w: %s %s: %w", ErrInvalid, e.Stream, e.Type, w.err)
	}
	out := append(append(append(w.b, `,"data":`...), e.Data...), '}')
	if n := len(out) - start; n > EventBytesMax {
		return dst, fmt.Errorf("%w: %s %s has %d bytes, at most %d are allowed", ErrTooLarge, e.Stream, e.Type, n, EventBytesMax)
	}
	return out, nil
}

type headWriter struct {
	b   []byte
	err error
}

func (w *headWriter) must(name, value string) {
	if value == "" && w.err == nil {
		w.err = fmt.Errorf("%s is empty", name)
	}
	w.may(name, value)
}

func (w *headWriter) may(name, value string) {
	if value == "" {
		return
	}
	if w.err == nil && !plain(value, name == "tags") {
		w.err = fmt.Errorf("%s %q: want printable ASCII without quote, backslash and blank", name, value)
	}
	w.b = append(append(append(append(append(w.b, `,"`...), name...), `":"`...), value...), '"')
}

func (w *headWriter) digits(name string, n int64) {
	if n < 0 {
		if w.err == nil {
			w.err = fmt.Errorf("%s is negative", name)
		}
		return
	}
	var d [19]byte
	for i := len(d) - 1; i >= 0; i-- {
		d[i], n = byte('0'+n%10), n/10
	}
	w.b = append(append(append(append(append(w.b, `,"`...), name...), `":"`...), d[:]...), '"')
}

func (w *headWriter) tags(tags []domain.Tag) {
	if len(tags) == 0 {
		return
	}
	w.b = append(w.b, `,"tags":"`...)
	for i, t := range tags {
		if i > 0 {
			w.b = append(w.b, ' ')
			if w.err == nil && tags[i-1] >= t {
				w.err = fmt.Errorf("tags %q and %q are not in order", tags[i-1], t)
			}
		}
		if w.err == nil && (t == "" || !plain(string(t), false)) {
			w.err = fmt.Errorf("tag %q is malformed", t)
		}
		w.b = append(w.b, t...)
	}
	w.b = append(w.b, '"')
}

// plain tells whether s is printable ASCII without quote and backslash, and
// without blanks unless they may be.
func plain(s string, blanks bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < '!' && !(c == ' ' && blanks) || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// Decode reads an entry's bytes. It accepts only what Encode writes, except
// that the data are looked at only as far as their first and last byte: use
// CheckData for them. The event's Data is a part of b.
func Decode(b []byte) (domain.Event, error) {
	var e domain.Event
	r := headReader{b: b}
	r.literal(`{"specversion":"1.0"`)
	e.ID = domain.EventID(r.must("id"))
	e.Source = r.must("source")
	e.Type = domain.EventType(r.must("type"))
	e.Stream = domain.Stream(r.must("subject"))
	e.Time = r.instant("time")
	e.Revision = domain.Revision(r.digits("sequence"))
	r.same("partitionkey", e.Stream.Key())
	e.Tags = r.tags()
	e.AuthType = r.must("authtype")
	e.AuthID = r.must("authid")
	e.ActorRole = domain.Role(r.may("actorrole"))
	e.OnBehalfOf = r.may("onbehalfof")
	if e.Stream != domain.LedgerStream {
		e.DecidedAt = domain.Position(r.digits("decidedat"))
	}
	e.CommandID = domain.CommandID(r.may("commandid"))
	e.RequestDigest = r.may("requestdigest")
	e.Effective = r.day("effective")
	e.DocumentID = domain.DocumentID(r.may("documentid"))
	e.ReasonCode = r.may("reasoncode")
	e.CorrelationID = r.may("correlationid")
	e.CausationID = domain.EventID(r.may("causationid"))
	e.TraceParent = r.may("traceparent")
	e.DataSchema = r.may("dataschema")
	r.literal(`,"data":`)
	if r.err == nil && (len(r.b) < 3 || r.b[0] != '{' || r.b[len(r.b)-1] != '}' || r.b[len(r.b)-2] != '}') {
		r.err = errors.New("data are not an object")
	}
	if r.err == nil && len(b) > EventBytesMax {
		r.err = fmt.Errorf("%d bytes", len(b))
	}
	if r.err != nil {
		return domain.Event{}, fmt.Errorf("%w: %w", ErrInvalid, r.err)
	}
	e.Data = r.b[: len(r.b)-1 : len(r.b)-1]
	return e, nil
}

type headReader struct {
	b   []byte
	err error
}

func (r *headReader) literal(want string) {
	if r.err != nil {
		return
	}
	if len(r.b) < len(want) || string(r.b[:len(want)]) != want {
		r.err = fmt.Errorf("want %s", want)
		return
	}
	r.b = r.b[len(want):]
}

// value reads `,"name":"…"` and returns nil where the attribute is absent.
func (r *headReader) value(name string) []byte {
	if r.err != nil {
		return nil
	}
	const around = len(`,"":"`)
	n := len(name) + around
	if len(r.b) < n || r.b[0] != ',' || r.b[1] != '"' || string(r.b[2:2+len(name)]) != name || string(r.b[2+len(name):n]) != `":"` {
		return nil
	}
	rest := r.b[n:]
	end := bytes.IndexByte(rest[:min(len(rest), headBytesMax)], '"')
	if end <= 0 {
		r.err = fmt.Errorf("%s is empty or not closed", name)
		return nil
	}
	r.b = rest[end+1:]
	return rest[:end]
}

func (r *headReader) may(name string) string {
	v := string(r.value(name))
	if r.err == nil && !plain(v, false) {
		r.err = fmt.Errorf("%s %q is malformed", name, v)
	}
	return v
}

func (r *headReader) must(name string) string {
	v := r.may(name)
	if v == "" && r.err == nil {
		r.err = fmt.Errorf("%s is missing", name)
	}
	return v
}

func (r *headReader) same(name, want string) {
	if got := r.value(name); r.err == nil && string(got) != want {
		r.err = fmt.Errorf("%s %q: want %q", name, got, want)
	}
}

func (r *headReader) digits(name string) int64 {
	v := r.value(name)
	if r.err != nil {
		return 0
	}
	n := int64(0)
	if len(v) != 19 {
		r.err = fmt.Errorf("%s %q: want 19 digits", name, v)
		return 0
	}
	for _, c := range v {
		if c < '0' || c > '9' || n > (1<<63-1-9)/10 {
			r.err = fmt.Errorf("%s %q: want 19 digits below 2^63", name, v)
			return 0
		}
		n = n*10 + int64(c-'0')
	}
	return n
}

func (r *headReader) instant(name string) domain.Instant {
	v := r.value(name)
	if r.err != nil {
		return 0
	}
	t, err := domain.ParseInstant(string(v))
	if err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
	return t
}

func (r *headReader) day(name string) domain.Day {
	v := r.value(name)
	if r.err != nil || v == nil {
		return domain.NoDay
	}
	d, err := domain.ParseDay(string(v))
	if err != nil {
		r.err = fmt.Errorf("%s: %w", name, err)
	}
	return d
}

func (r *headReader) tags() []domain.Tag {
	v := r.value("tags")
	if r.err != nil || v == nil {
		return nil
	}
	if !plain(string(v), true) {
		r.err = errors.New("tags are malformed")
		return nil
	}
	parts := strings.Split(string(v), " ")
	tags := make([]domain.Tag, len(parts))
	for i, p := range parts {
		tags[i] = domain.Tag(p)
		if p == "" || i > 0 && tags[i-1] >= tags[i] {
			r.err = errors.New("tags are not in order")
			return nil
		}
	}
	if len(tags) > TagsMax {
		r.err = errors.New("too many tags")
	}
	return tags
}

// CheckData tells why b is not a JSON object of UTF-8 in NFC without blanks
// between its parts (RFC 8259 grammar, numbers and strings as written).
func CheckData(b []byte) error {
	s := scanner{b: b}
	if len(b) == 0 || b[0] != '{' {
		return errors.New("data are not an object")
	}
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

const dataDepthMax = 32

func (s *scanner) fail(why string) {
	if s.err == nil {
		s.err = fmt.Errorf("data, byte %d: %s", s.at, why)
	}
}

func (s *scanner) peek() byte {
	if s.at < len(s.b) {
		return s.b[s.at]
	}
	return 0
}

func (s *scanner) take(c byte) bool {
	if s.peek() == c && s.at < len(s.b) {
		s.at++
		return true
	}
	return false
}

func (s *scanner) value(depth int) {
	if depth > dataDepthMax {
		s.fail("nested too deep")
		return
	}
	switch c := s.peek(); {
	case c == '{':
		s.list('}', func() {
			s.string()
			if s.err == nil && !s.take(':') {
				s.fail("want a colon")
			}
			s.value(depth + 1)
		})
	case c == '[':
		s.list(']', func() { s.value(depth + 1) })
	case c == '"':
		s.string()
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	default:
		for _, word := range []string{"true", "false", "null"} {
			if bytes.HasPrefix(s.b[min(s.at, len(s.b)):], []byte(word)) {
				s.at += len(word)
				return
			}
		}
		s.fail("want a value")
	}
}

func (s *scanner) list(end byte, item func()) {
	s.at++
	if s.take(end) {
		return
	}
	for s.err == nil {
		item()
		if s.err != nil || s.take(end) {
			return
		}
		if !s.take(',') {
			s.fail("want a comma or the end")
		}
	}
}

func (s *scanner) string() {
	if s.err != nil {
		return
	}
	if !s.take('"') {
		s.fail("want a string")
		return
	}
	for s.at < len(s.b) {
		switch c := s.b[s.at]; {
		case c == '"':
			s.at++
			return
		case c == '\\':
			s.escape()
			if s.err != nil {
				return
			}
		case c < ' ':
			s.fail("control character in a string")
			return
		default:
			s.wide = s.wide || c >= 0x80
			s.at++
		}
	}
	s.fail("string is not closed")
}

func (s *scanner) escape() {
	s.at++
	c := s.peek()
	s.at++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
	case 'u':
		for range 4 {
			d := s.peek() | 0x20
			if !(d >= '0' && d <= '9' || d >= 'a' && d <= 'f') {
				s.fail("malformed escape")
				return
			}
			s.at++
		}
	default:
		s.fail("malformed escape")
	}
}

func (s *scanner) number() {
	s.take('-')
	digits := func() {
		if c := s.peek(); c < '0' || c > '9' {
			s.fail("want a digit")
			return
		}
		for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
			s.at++
		}
	}
	if !s.take('0') {
		digits()
	}
	if s.take('.') {
		digits()
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		digits()
	}
}
