package eventstore

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

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
// backslash, so that they need no escaping, of at most AttributeBytesMax;
// tags are "kind:id", sorted, without repeats, and parted by one space. time is
// of the years 0000 to 9999, effective of 1900 to 2199. sequence and decidedat
// have 19 digits. An attribute without value is absent, never empty. decidedat
// is absent in the stream "ledger", whose first event has seen nothing. The
// data are a JSON object of UTF-8 in NFC, at most DataDepthMax deep.
//
// These exact bytes are the ledger entry, the Merkle leaf, the value on Kafka
// and the line in feed and export.

// AttributeBytesMax is the length of the longest value in an event's head.
const AttributeBytesMax = 4<<10 - 1

// Encode appends the event's bytes to dst. It fails with ErrInvalid where the
// event is not well formed, and with ErrTooLarge beyond EventBytesMax; dst is
// then returned as it was. The event must carry the revision that it will have.
func Encode(dst []byte, e *domain.Event) ([]byte, error) {
	start := len(dst)
	w := headWriter{b: append(dst, `{"specversion":"1.0"`...)}
	w.must(`,"id":"`, string(e.ID))
	w.must(`,"source":"`, e.Source)
	w.must(`,"type":"`, string(e.Type))
	w.must(`,"subject":"`, string(e.Stream))
	w.time(e.Time)
	w.digits(`,"sequence":"`, int64(e.Revision))
	w.must(`,"partitionkey":"`, e.Stream.Key())
	w.tags(e.Tags)
	w.must(`,"authtype":"`, e.AuthType)
	w.must(`,"authid":"`, e.AuthID)
	w.may(`,"actorrole":"`, string(e.ActorRole))
	w.may(`,"onbehalfof":"`, e.OnBehalfOf)
	if e.Stream != domain.LedgerStream {
		w.digits(`,"decidedat":"`, int64(e.DecidedAt))
	}
	w.may(`,"commandid":"`, string(e.CommandID))
	w.may(`,"requestdigest":"`, e.RequestDigest)
	w.day(e.Effective)
	w.may(`,"documentid":"`, string(e.DocumentID))
	w.may(`,"reasoncode":"`, e.ReasonCode)
	w.may(`,"correlationid":"`, e.CorrelationID)
	w.may(`,"causationid":"`, string(e.CausationID))
	w.may(`,"traceparent":"`, e.TraceParent)
	w.may(`,"dataschema":"`, e.DataSchema)
	if len(e.Stream) > StreamNameMax {
		w.fail("subject has %d bytes, at most %d are allowed", len(e.Stream), StreamNameMax)
	}
	if w.err == nil && len(e.Data) <= EventBytesMax {
		w.err = CheckData(e.Data)
	}
	if w.err != nil {
		return dst, fmt.Errorf("%w: %s %s: %w", ErrInvalid, e.Stream, e.Type, w.err)
	}
	if n := len(w.b) - start + len(`,"data":`) + len(e.Data) + 1; n > EventBytesMax {
		return dst, fmt.Errorf("%w: %s %s has %d bytes, at most %d are allowed", ErrTooLarge, e.Stream, e.Type, n, EventBytesMax)
	}
	return append(append(append(w.b, `,"data":`...), e.Data...), '}'), nil
}

type headWriter struct {
	b   []byte
	err error
}

func (w *headWriter) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// nameOf is the attribute's name in a prefix such as `,"id":"`.
func nameOf(prefix string) string { return prefix[2 : len(prefix)-3] }

func (w *headWriter) must(prefix, value string) {
	if value == "" {
		w.fail("%s is empty", nameOf(prefix))
	}
	w.may(prefix, value)
}

func (w *headWriter) may(prefix, value string) {
	if value == "" {
		return
	}
	if len(value) > AttributeBytesMax {
		w.fail("%s has %d bytes, at most %d are allowed", nameOf(prefix), len(value), AttributeBytesMax)
	} else if !plain(value) {
		w.fail("%s %q: want printable ASCII without quote, backslash and blank", nameOf(prefix), value)
	}
	w.b = append(append(append(w.b, prefix...), value...), '"')
}

func (w *headWriter) digits(prefix string, n int64) {
	if n < 0 {
		w.fail("%s is negative or too large", nameOf(prefix))
		return
	}
	var d [19]byte
	for i := len(d) - 1; i >= 0; i-- {
		d[i], n = byte('0'+n%10), n/10
	}
	w.b = append(append(append(w.b, prefix...), d[:]...), '"')
}

const instantBytes = len("2006-01-02T15:04:05.000+08:00")

func (w *headWriter) time(t domain.Instant) {
	w.b = append(w.b, `,"time":"`...)
	at := len(w.b)
	w.b, _ = t.AppendText(w.b)
	if len(w.b)-at != instantBytes || w.b[at] == '-' {
		w.fail("time %d is not in the years 0000 to 9999", t)
	}
	w.b = append(w.b, '"')
}

func (w *headWriter) day(d domain.Day) {
	if d == domain.NoDay {
		return
	}
	if d < domain.FirstDay || d > domain.LastDay {
		w.fail("effective %d is not in the years 1900 to 2199", d)
	}
	w.b = append(w.b, `,"effective":"`...)
	w.b, _ = d.AppendText(w.b)
	w.b = append(w.b, '"')
}

func (w *headWriter) tags(tags []domain.Tag) {
	if len(tags) == 0 {
		return
	}
	if len(tags) > TagsMax {
		w.fail("%d tags, at most %d are allowed", len(tags), TagsMax)
	}
	w.b = append(w.b, `,"tags":"`...)
	at := len(w.b)
	for i, t := range tags {
		if i > 0 {
			w.b = append(w.b, ' ')
			if tags[i-1] >= t {
				w.fail("tags %q and %q are not in order", tags[i-1], t)
			}
		}
		if !plain(string(t)) || !tagForm(string(t)) {
			w.fail("tag %q: want kind:id", t)
		}
		w.b = append(w.b, t...)
	}
	if len(w.b)-at > AttributeBytesMax {
		w.fail("tags have %d bytes, at most %d are allowed", len(w.b)-at, AttributeBytesMax)
	}
	w.b = append(w.b, '"')
}

// tagForm tells whether t is "kind:id". The kinds "auth" and "command" name
// keys that are no tags (see Keys), so that no tag can pass for one.
func tagForm(t string) bool {
	kind, id, ok := strings.Cut(t, ":")
	return ok && kind != "" && id != "" && kind != "auth" && kind != "command"
}

// plainByte marks printable ASCII but quote, backslash and blank.
var plainByte = func() (t [256]bool) {
	for c := '!'; c <= '~'; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

func plain[S string | []byte](s S) bool {
	for i := 0; i < len(s); i++ {
		if !plainByte[s[i]] {
			return false
		}
	}
	return true
}

var dataMark = []byte(`,"data":`)

// Decode reads an entry's bytes. It accepts only what Encode writes, except
// that the data are looked at only as far as their first and last byte: use
// CheckData for them. The event's Data is a part of b; the head is copied.
func Decode(b []byte) (domain.Event, error) {
	var e domain.Event
	if len(b) > EventBytesMax {
		return e, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrInvalid, len(b), EventBytesMax)
	}
	// No value of the head holds a quote, so the first mark is the data's.
	at := bytes.Index(b, dataMark)
	if at < 0 {
		return e, fmt.Errorf("%w: data is missing", ErrInvalid)
	}
	data := b[at+len(dataMark):]
	if len(data) < 3 || data[0] != '{' || data[len(data)-1] != '}' || data[len(data)-2] != '}' {
		return e, fmt.Errorf("%w: data are not an object", ErrInvalid)
	}
	r := headReader{s: string(b[:at])}
	r.literal(`{"specversion":"1.0"`)
	e.ID = domain.EventID(r.must(`,"id":"`))
	e.Source = r.must(`,"source":"`)
	e.Type = domain.EventType(r.must(`,"type":"`))
	e.Stream = domain.Stream(r.must(`,"subject":"`))
	if len(e.Stream) > StreamNameMax {
		r.fail("subject has %d bytes, at most %d are allowed", len(e.Stream), StreamNameMax)
	}
	e.Time = r.instant(`,"time":"`)
	e.Revision = domain.Revision(r.digits(`,"sequence":"`))
	if got, want := r.must(`,"partitionkey":"`), e.Stream.Key(); got != want {
		r.fail("partitionkey %q: want %q", got, want)
	}
	e.Tags = r.tags(`,"tags":"`)
	e.AuthType = r.must(`,"authtype":"`)
	e.AuthID = r.must(`,"authid":"`)
	e.ActorRole = domain.Role(r.may(`,"actorrole":"`))
	e.OnBehalfOf = r.may(`,"onbehalfof":"`)
	if e.Stream != domain.LedgerStream {
		e.DecidedAt = domain.Position(r.digits(`,"decidedat":"`))
	}
	e.CommandID = domain.CommandID(r.may(`,"commandid":"`))
	e.RequestDigest = r.may(`,"requestdigest":"`)
	e.Effective = r.day(`,"effective":"`)
	e.DocumentID = domain.DocumentID(r.may(`,"documentid":"`))
	e.ReasonCode = r.may(`,"reasoncode":"`)
	e.CorrelationID = r.may(`,"correlationid":"`)
	e.CausationID = domain.EventID(r.may(`,"causationid":"`))
	e.TraceParent = r.may(`,"traceparent":"`)
	e.DataSchema = r.may(`,"dataschema":"`)
	if r.s != "" {
		r.fail("attribute %.40q is unknown, twice, empty or out of order", r.s)
	}
	if r.err != nil {
		return domain.Event{}, fmt.Errorf("%w: %w", ErrInvalid, r.err)
	}
	e.Data = data[: len(data)-1 : len(data)-1]
	return e, nil
}

// headReader takes attributes off the front of s. After an error it takes
// nothing more.
type headReader struct {
	s   string
	err error
}

func (r *headReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.s = ""
}

func (r *headReader) literal(want string) {
	if !strings.HasPrefix(r.s, want) {
		r.fail("want %s", want)
		return
	}
	r.s = r.s[len(want):]
}

// value takes the attribute with a prefix such as `,"id":"` and returns "" where
// it is absent.
func (r *headReader) value(prefix string) string {
	if !strings.HasPrefix(r.s, prefix) {
		return ""
	}
	rest := r.s[len(prefix):]
	end := strings.IndexByte(rest, '"')
	if end <= 0 || end > AttributeBytesMax {
		r.fail("%s is empty, too long or not closed", nameOf(prefix))
		return ""
	}
	r.s = rest[end+1:]
	return rest[:end]
}

func (r *headReader) may(prefix string) string {
	v := r.value(prefix)
	if !plain(v) {
		r.fail("%s %q is malformed", nameOf(prefix), v)
	}
	return v
}

func (r *headReader) must(prefix string) string {
	v := r.may(prefix)
	if v == "" {
		r.fail("%s is missing", nameOf(prefix))
	}
	return v
}

func (r *headReader) digits(prefix string) int64 {
	v := r.value(prefix)
	if len(v) != 19 {
		r.fail("%s %q: want 19 digits", nameOf(prefix), v)
		return 0
	}
	n := uint64(0)
	for i := 0; i < len(v); i++ {
		c := v[i] - '0'
		if c > 9 {
			r.fail("%s %q: want 19 digits", nameOf(prefix), v)
			return 0
		}
		n = n*10 + uint64(c)
	}
	if n > 1<<63-1 { // nineteen digits do not overflow 64 bits
		r.fail("%s %q: want a number below 2^63", nameOf(prefix), v)
		return 0
	}
	return int64(n)
}

func (r *headReader) instant(prefix string) domain.Instant {
	v := r.value(prefix)
	if r.err != nil {
		return 0
	}
	t, err := domain.ParseInstant(v)
	if err != nil {
		r.fail("%s: %w", nameOf(prefix), err)
	}
	return t
}

func (r *headReader) day(prefix string) domain.Day {
	v := r.value(prefix)
	if v == "" {
		return domain.NoDay
	}
	d, err := domain.ParseDay(v)
	if err != nil {
		r.fail("%s: %w", nameOf(prefix), err)
	}
	return d
}

func (r *headReader) tags(prefix string) []domain.Tag {
	v := r.value(prefix)
	if v == "" {
		return nil
	}
	n := strings.Count(v, " ") + 1
	if n > TagsMax {
		r.fail("%d tags, at most %d are allowed", n, TagsMax)
		return nil
	}
	tags := make([]domain.Tag, 0, n)
	for more := true; more; {
		var t string
		t, v, more = strings.Cut(v, " ")
		if !plain(t) || !tagForm(t) || len(tags) > 0 && tags[len(tags)-1] >= domain.Tag(t) {
			r.fail("tag %q is malformed or not in order", t)
			return nil
		}
		tags = append(tags, domain.Tag(t))
	}
	return tags
}

var errNotObject = errors.New("data are not an object")
