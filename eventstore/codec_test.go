package eventstore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"staffledger/domain"
	"staffledger/eventstore"
	"staffledger/eventstore/eventstoretest"
)

func mustEncode(t testing.TB, e domain.Event) []byte {
	t.Helper()
	b, err := eventstore.Encode(nil, &e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shapes are events with golden bytes: every attribute, as few as may be, the
// ledger's own stream, one tag.
func shapes() map[string]struct {
	event domain.Event
	bytes string
} {
	full := eventstoretest.FullEvent("account-u-1", 7)
	full.Revision = 3
	least := eventstoretest.Event("person-p-1", 8)
	least.Data = []byte(`{}`)
	opened := eventstoretest.Event(domain.LedgerStream, 9)
	opened.DecidedAt = 0
	clock := eventstoretest.Event("pool-330200", 10, "document:d-1")
	clock.AuthType, clock.AuthID, clock.Effective, clock.DecidedAt, clock.Revision = domain.AuthSystem, domain.Clock, domain.DayOf(2199, 12, 31), 1<<63-1, 1<<63-1
	type shape = struct {
		event domain.Event
		bytes string
	}
	return map[string]shape{
		"full":   {full, `{"specversion":"1.0","id":"00000000-0000-4000-8000-000000000007","source":"urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8","type":"staffing.recorded.v1","subject":"account-u-1","time":"2026-02-02T10:40:00.007+08:00","sequence":"0000000000000000003","partitionkey":"u-1","tags":"person:p-1 unit:u-1","authtype":"user","authid":"user-0","actorrole":"gate:office","onbehalfof":"user-9","decidedat":"0000000000001234567","commandid":"command-7","requestdigest":"9f86d081","effective":"2026-03-16","documentid":"document-1","reasoncode":"resettlement","correlationid":"correlation-1","causationid":"00000000-0000-4000-8000-000000000001","traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","dataschema":"https://staffledger.example/schema/1","data":{"row":7,"note":"第7行"}}`},
		"least":  {least, `{"specversion":"1.0","id":"00000000-0000-4000-8000-000000000008","source":"urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8","type":"staffing.recorded.v1","subject":"person-p-1","time":"2026-02-02T10:40:00.008+08:00","sequence":"0000000000000000000","partitionkey":"p-1","authtype":"user","authid":"user-1","decidedat":"0000000000000000000","data":{}}`},
		"opened": {opened, `{"specversion":"1.0","id":"00000000-0000-4000-8000-000000000009","source":"urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8","type":"staffing.recorded.v1","subject":"ledger","time":"2026-02-02T10:40:00.009+08:00","sequence":"0000000000000000000","partitionkey":"ledger","authtype":"user","authid":"user-2","data":{"row":9,"note":"第9行"}}`},
		"clock":  {clock, `{"specversion":"1.0","id":"00000000-0000-4000-8000-000000000010","source":"urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8","type":"staffing.recorded.v1","subject":"pool-330200","time":"2026-02-02T10:40:00.010+08:00","sequence":"9223372036854775807","partitionkey":"330200","tags":"document:d-1","authtype":"system","authid":"clock","decidedat":"9223372036854775807","effective":"2199-12-31","data":{"row":10,"note":"第10行"}}`},
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, s := range shapes() {
		if got := string(mustEncode(t, s.event)); got != s.bytes {
			t.Errorf("%s encodes to\n%s\nwant\n%s", name, got, s.bytes)
		}
		got, err := eventstore.Decode([]byte(s.bytes))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(s.event.Tags) == 0 {
			s.event.Tags = nil
		}
		if !reflect.DeepEqual(got, s.event) {
			t.Errorf("%s decodes to\n%+v\nwant\n%+v", name, got, s.event)
		}
		if !json.Valid([]byte(s.bytes)) {
			t.Errorf("%s is no JSON", name)
		}
		out, err := eventstore.Encode([]byte("before"), &s.event)
		if err != nil || string(out) != "before"+s.bytes {
			t.Errorf("%s does not append", name)
		}
	}
}

// TestMalformed spoils the golden bytes in every way that keeps them near.
func TestMalformed(t *testing.T) {
	t.Parallel()
	full := shapes()["full"].bytes
	replace := func(old, new string) string {
		if strings.Count(full, old) != 1 {
			t.Fatalf("%q stands %d times in the example", old, strings.Count(full, old))
		}
		return strings.Replace(full, old, new, 1)
	}
	bad := map[string]string{
		"nothing":               "",
		"another specversion":   replace(`"1.0"`, `"1.1"`),
		"blank at the start":    " " + full,
		"blank at the end":      full + " ",
		"newline at the end":    full + "\n",
		"another object behind": full + full,
		"blank after a colon":   replace(`"type":`, `"type": `),
		"blank after a comma":   replace(`,"type"`, `, "type"`),
		"order":                 replace(`,"source":"urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8","type":"staffing.recorded.v1"`, `,"type":"staffing.recorded.v1","source":"urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8"`),
		"late order":            replace(`,"correlationid":"correlation-1","causationid":"00000000-0000-4000-8000-000000000001"`, `,"causationid":"00000000-0000-4000-8000-000000000001","correlationid":"correlation-1"`),
		"attribute twice":       replace(`,"authtype":"user"`, `,"authtype":"user","authtype":"user"`),
		"optional twice":        replace(`,"reasoncode":"resettlement"`, `,"reasoncode":"resettlement","reasoncode":"resettlement"`),
		"unknown attribute":     replace(`,"authtype":"user"`, `,"authtype":"user","extra":"x"`),
		"unknown before data":   replace(`,"data":`, `,"extra":"x","data":`),
		"attribute after data":  full[:len(full)-1] + `,"extra":"x"}`,
		"empty value":           replace(`"reasoncode":"resettlement"`, `"reasoncode":""`),
		"empty required":        replace(`"authid":"user-0"`, `"authid":""`),
		"missing required":      replace(`,"authid":"user-0"`, ``),
		"missing time":          replace(`,"time":"2026-02-02T10:40:00.007+08:00"`, ``),
		"missing sequence":      replace(`,"sequence":"0000000000000000003"`, ``),
		"missing decidedat":     replace(`,"decidedat":"0000000000001234567"`, ``),
		"missing partitionkey":  replace(`,"partitionkey":"u-1"`, ``),
		"missing data":          replace(`,"data":{"row":7,"note":"第7行"}`, ``),
		"digits short":          replace(`"0000000000000000003"`, `"000000000000000003"`),
		"digits long":           replace(`"0000000000000000003"`, `"00000000000000000003"`),
		"digits with a letter":  replace(`"0000000000000000003"`, `"000000000000000000a"`),
		"digits with a sign":    replace(`"0000000000000000003"`, `"-000000000000000003"`),
		"digits too large":      replace(`"0000000000000000003"`, `"9223372036854775808"`),
		"digits far too large":  replace(`"0000000000000000003"`, `"9999999999999999999"`),
		"digits as a number":    replace(`"0000000000000000003"`, `3`),
		"unsorted tags":         replace(`"person:p-1 unit:u-1"`, `"unit:u-1 person:p-1"`),
		"tag twice":             replace(`"person:p-1 unit:u-1"`, `"person:p-1 person:p-1"`),
		"two blanks in tags":    replace(`"person:p-1 unit:u-1"`, `"person:p-1  unit:u-1"`),
		"blank before tags":     replace(`"person:p-1 unit:u-1"`, `" person:p-1 unit:u-1"`),
		"blank after tags":      replace(`"person:p-1 unit:u-1"`, `"person:p-1 unit:u-1 "`),
		"empty tags":            replace(`"person:p-1 unit:u-1"`, `""`),
		"tag without kind":      replace(`"person:p-1 unit:u-1"`, `":p-1 unit:u-1"`),
		"tag without id":        replace(`"person:p-1 unit:u-1"`, `"person: unit:u-1"`),
		"tag without colon":     replace(`"person:p-1 unit:u-1"`, `"person unit:u-1"`),
		"tag that says auth":    replace(`"person:p-1 unit:u-1"`, `"auth:user-1 unit:u-1"`),
		"tag that says command": replace(`"person:p-1 unit:u-1"`, `"command:c-1 unit:u-1"`),
		"another partitionkey":  replace(`"partitionkey":"u-1"`, `"partitionkey":"u-2"`),
		"time in UTC":           replace(`2026-02-02T10:40:00.007+08:00`, `2026-02-02T02:40:00.007Z`),
		"time without millis":   replace(`10:40:00.007+08:00`, `10:40:00+08:00`),
		"time of no day":        replace(`2026-02-02T`, `2026-02-30T`),
		"hour 24":               replace(`T10:40:00.007`, `T24:00:00.000`),
		"effective of no day":   replace(`"2026-03-16"`, `"2026-03-32"`),
		"effective with time":   replace(`"2026-03-16"`, `"2026-03-16T00:00:00"`),
		"effective too early":   replace(`"2026-03-16"`, `"1899-12-31"`),
		"effective 1970-01-01":  replace(`"2026-03-16"`, `"1970-01-01"`),
		"escaped head":          replace(`"authid":"user-0"`, `"authid":"user\u002d0"`),
		"control in the head":   replace(`"authid":"user-0"`, "\"authid\":\"user\x000\""),
		"blank in the head":     replace(`"authid":"user-0"`, `"authid":"user 0"`),
		"wide head":             replace(`"authid":"user-0"`, `"authid":"用户"`),
		"null in the head":      replace(`"authid":"user-0"`, `"authid":null`),
		"subject too long":      strings.ReplaceAll(full, `u-1"`, strings.Repeat("u", 130)+`"`),
		"value too long":        replace(`"correlation-1"`, `"`+strings.Repeat("c", eventstore.AttributeBytesMax+1)+`"`),
		"data a list":           replace(`{"row":7,"note":"第7行"}`, `[7]`),
		"data a string":         replace(`{"row":7,"note":"第7行"}`, `"x"`),
		"data empty":            replace(`{"row":7,"note":"第7行"}`, ``),
		"data null":             replace(`{"row":7,"note":"第7行"}`, `null`),
		"cut off":               full[:len(full)-1],
	}
	for name, b := range bad {
		e, err := eventstore.Decode([]byte(b))
		if err == nil && eventstore.CheckData(e.Data) != nil {
			continue // what stands inside the data is CheckData's to refuse
		}
		if !errors.Is(err, eventstore.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid; decoded %+v", name, err, e)
		}
	}
	for n := range len(full) {
		if _, err := eventstore.Decode([]byte(full[:n])); err == nil && eventstore.CheckData(dataOf(full[:n])) == nil {
			t.Errorf("the first %d bytes decode", n)
		}
	}
	over := replace(`"第7行"`, `"`+strings.Repeat("x", eventstore.EventBytesMax)+`"`)
	if _, err := eventstore.Decode([]byte(over)); !errors.Is(err, eventstore.ErrInvalid) {
		t.Errorf("too large: %v", err)
	}
}

func dataOf(s string) []byte {
	_, data, _ := strings.Cut(s, `,"data":`)
	return []byte(strings.TrimSuffix(data, "}"))
}

// TestEncodeRefuses: what Encode writes, Decode must read; so Encode refuses
// what Decode would.
func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*domain.Event){
		"no key":               func(e *domain.Event) { e.Stream = "account-" },
		"no stream":            func(e *domain.Event) { e.Stream = "" },
		"a long stream":        func(e *domain.Event) { e.Stream = domain.Stream("account-" + strings.Repeat("x", 121)) },
		"a long value":         func(e *domain.Event) { e.TraceParent = strings.Repeat("x", eventstore.AttributeBytesMax+1) },
		"long tags":            func(e *domain.Event) { e.Tags = []domain.Tag{domain.Tag("unit:" + strings.Repeat("x", 4200))} },
		"a time before year 0": func(e *domain.Event) { e.Time = -62_167_248_000_001 },
		"a time in year 10000": func(e *domain.Event) { e.Time = 253_402_272_000_000 },
		"a time far out":       func(e *domain.Event) { e.Time = 1 << 61 },
		"an early effective":   func(e *domain.Event) { e.Effective = domain.DayOf(1899, 12, 31) },
		"a late effective":     func(e *domain.Event) { e.Effective = domain.DayOf(2200, 1, 1) },
		"a negative revision":  func(e *domain.Event) { e.Revision = -1 },
		"decidedat too large":  func(e *domain.Event) { e.DecidedAt = 1 << 63 },
		"a tag named auth":     func(e *domain.Event) { e.Tags = []domain.Tag{"auth:x"} },
		"a tag named command":  func(e *domain.Event) { e.Tags = []domain.Tag{"command:x"} },
		"a tag without kind":   func(e *domain.Event) { e.Tags = []domain.Tag{"x"} },
		"a NUL in the data":    func(e *domain.Event) { e.Data = []byte("{\"a\":\"\x00\"}") },
		"bytes after data":     func(e *domain.Event) { e.Data = []byte(`{}{}`) },
		"a brace after data":   func(e *domain.Event) { e.Data = []byte(`{}}`) },
	} {
		e := eventstoretest.FullEvent("account-u-1", 1)
		spoil(&e)
		before := []byte("kept")
		out, err := eventstore.Encode(before, &e)
		if !errors.Is(err, eventstore.ErrInvalid) || string(out) != "kept" {
			t.Errorf("event with %s: %v, %q", name, err, out)
		}
	}
	e := eventstoretest.LargestEvent("account-1", 1, 0)
	if b := mustEncode(t, e); len(b) != eventstore.EventBytesMax {
		t.Errorf("largest event has %d bytes", len(b))
	}
	e.Data = []byte(`{"y":` + string(e.Data[4:len(e.Data)-1]) + `0}`)
	e.Data[4] = ':'
	if _, err := eventstore.Encode(nil, &e); err == nil {
		t.Error("an event one byte larger is encoded")
	}
	for at, edge := range map[string]domain.Instant{"0000-01-01T00:00:00.000+08:00": -62_167_248_000_000, "9999-12-31T23:59:59.999+08:00": 253_402_271_999_999} {
		e := eventstoretest.Event("account-1", 1)
		e.Time = edge
		if b := mustEncode(t, e); !strings.Contains(string(b), at) {
			t.Errorf("%s is not in %s", at, b)
		}
	}
}

func TestCheckData(t *testing.T) {
	t.Parallel()
	good := []string{`{}`, `{"a":1}`, `{"a":-0.5e+10,"b":[],"c":{"d":null},"e":[true,false,[1,2]]}`, `{"a":"\"\\\/\b\f\n\r\t\u00e9\uD800"}`, `{"":""}`, `{"a":1,"a":2}`, `{"姓名":"张三"}`, `{"a":1E-9}`, `{"a":0}`, "{\"a\":\"\x7f\"}",
		strings.Repeat(`{"a":`, eventstore.DataDepthMax-1) + `{}` + strings.Repeat(`}`, eventstore.DataDepthMax-1)}
	for _, s := range good {
		if err := eventstore.CheckData([]byte(s)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	bad := []string{``, ` {}`, `{} `, `{}x`, `[]`, `null`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{a:1}`, `{'a':1}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e}`, `{"a":-}`, `{"a":tru}`, `{"a":nul}`, `{"a":NaN}`,
		`{"a" :1}`, `{"a": 1}`, `{"a":1 }`, "{\"a\":\"\n\"}", `{"a":"\x"}`, `{"a":"\u12"}`, "{\"a\":\"\\u\x10\x11\x12\x13\"}", `{"a":"\u12G4"}`, `{"a":"`, `{"a":"b`, `{"a":"\`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[}`, `{"a":{]}`,
		"{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"e\u0301\"}", "{\"\u00e9e\u0301\":1}", "{\"a\":\x00}", "{\"a\":1}\x00", "{\"\x00\":1}",
		strings.Repeat(`{"a":`, eventstore.DataDepthMax) + `{}` + strings.Repeat(`}`, eventstore.DataDepthMax), strings.Repeat(`{"a":`, 100_000)}
	for _, s := range bad {
		if eventstore.CheckData([]byte(s)) == nil {
			t.Errorf("%.100q is taken", s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range shapes() {
		f.Add([]byte(s.bytes))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := eventstore.Decode(b)
		if err != nil {
			if !errors.Is(err, eventstore.ErrInvalid) {
				t.Fatalf("error %v is not ErrInvalid", err)
			}
			return
		}
		wrong := eventstore.CheckData(e.Data)
		again, err := eventstore.Encode(nil, &e)
		if (wrong == nil) != (err == nil) {
			t.Fatalf("data: %v, encode: %v\n%s", wrong, err, b)
		}
		if err == nil && !bytes.Equal(again, b) {
			t.Fatalf("decoded\n%s\nencodes to\n%s", b, again)
		}
		if err == nil && !json.Valid(b) {
			t.Fatalf("no JSON: %s", b)
		}
	})
}

// FuzzCheckData holds CheckData against encoding/json: for text that is
// already compact, an object, UTF-8 and NFC, and not too deep, both agree.
func FuzzCheckData(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":-0.5e+10,"b":[],"c":{"d":null},"e":[true,false,[1,2]]}`, `{"a":"\"\\\/\b\f\n\r\t\u00e9\uD800"}`, `{"姓名":"张三"}`, `{"a":01}`, "{\"a\":\"\\u\x10\x11\x12\x13\"}", "{\"e\u0301\":1}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got := eventstore.CheckData(b)
		valid := json.Valid(b)
		if got == nil && !valid {
			t.Fatalf("taken, and no JSON: %q", b)
		}
		if !valid || got == nil {
			return
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, b); err != nil {
			t.Fatal(err)
		}
		depth, deepest, quoted := 0, 0, false
		for i := 0; i < len(b); i++ {
			switch c := b[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case !quoted && (c == '{' || c == '['):
				depth++
				deepest = max(deepest, depth)
			case !quoted && (c == '}' || c == ']'):
				depth--
			}
		}
		if bytes.Equal(compact.Bytes(), b) && b[0] == '{' && norm.NFC.IsNormal(b) && bytes.Equal(bytes.ToValidUTF8(b, nil), b) && deepest <= eventstore.DataDepthMax {
			t.Fatalf("refused (%v), and compact JSON: %q", got, b)
		}
	})
}

func FuzzEncode(f *testing.F) {
	f.Add("account-u-1", "unit:u-1", int64(1_770_000_000_000), int32(20000), int64(3), []byte(`{"a":1}`))
	f.Fuzz(func(t *testing.T, stream, tag string, at int64, day int32, revision int64, data []byte) {
		e := eventstoretest.FullEvent(domain.Stream(stream), 1)
		e.Tags, e.Time, e.Effective, e.Revision, e.Data = []domain.Tag{domain.Tag(tag)}, domain.Instant(at), domain.Day(day), domain.Revision(revision), data
		b, err := eventstore.Encode(nil, &e)
		if err != nil {
			return
		}
		got, err := eventstore.Decode(b)
		if e.Stream == domain.LedgerStream {
			e.DecidedAt = 0
		}
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("%v\n%+v\nwant\n%+v", err, got, e)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e := shapes()["full"].event
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = eventstore.Encode(buf[:0], &e)
	}
}

func BenchmarkDecode(b *testing.B) {
	bytes := []byte(shapes()["full"].bytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := eventstore.Decode(bytes); err != nil {
			b.Fatal(err)
		}
	}
}
