package text

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/text/example"
)

// tellAll makes everything that can be said of an event, as one text.
func tellAll(e domain.Recorded, p domain.Payload, names Names) (string, []Run) {
	var b strings.Builder
	var runs []Run
	for _, lang := range langs {
		line := Sentence(lang, e, p, names)
		runs = append(runs, line.Runs...)
		for _, d := range line.Details {
			b.WriteString(d.Label)
			runs = append(runs, d.Runs...)
		}
		for _, d := range Diffs(lang, e, p, names) {
			b.WriteString(d.Field + "|" + d.Before + "|" + d.After + "|" + d.Note + "\n")
		}
	}
	b.WriteString(plainText(runs))
	return b.String(), runs
}

// Whoever may not read the sealed parts reads none of their words, and sees
// where an opinion was given.
func TestSealedWordsStaySealed(t *testing.T) {
	t.Parallel()
	for _, e := range example.Events() {
		sealing, ok := e.Payload.(domain.Sealing)
		if !ok {
			continue
		}
		closed, err := e.Closed(catalogue.Decode)
		if err != nil {
			t.Fatal(err)
		}
		told, _ := tellAll(closed.Recorded, closed.Payload, noNames{})
		var secret []string
		for _, p := range sealing.Sealed() {
			if p != nil {
				var v any
				if err := json.Unmarshal(p.Clear, &v); err != nil {
					t.Fatal(err)
				}
				secret = append(secret, stringsIn(v)...)
			}
		}
		for _, words := range secret {
			if strings.Contains(told, words) {
				t.Errorf("%s tells %q", e.Type, words)
			}
		}
	}
	opinion := account.StaffingReviewed{Person: example.Li, Kind: account.Exit, Gate: account.GateOffice, Number: 1, Of: 3,
		Opinion: &domain.Personal{Key: "person:x", Box: []byte("box")}}
	line := Sentence(ZH, domain.Recorded{Event: domain.Event{Head: domain.Head{Type: account.TypeStaffingReviewed}}}, opinion, example.Names{})
	if at := slices.IndexFunc(line.Details, func(d Detail) bool { return d.Code == "opinion" }); at < 0 || plainText(line.Details[at].Runs) != "〔无权查看〕" {
		t.Errorf("details %+v: want the opinion marked as not open", line.Details)
	}
}

// Nobody's name, an empty payload, the wrong payload: something is said, and no
// run is empty.
func TestUnknownNamesAndEmptyPayloads(t *testing.T) {
	t.Parallel()
	whole := func(typ domain.EventType, e domain.Recorded, p domain.Payload, names Names) {
		told, runs := tellAll(e, p, names)
		for _, r := range runs {
			if r.Text == "" {
				t.Errorf("%s: an empty run in %q", typ, told)
			}
		}
		if Sentence(ZH, e, p, names).String() == "" || strings.ContainsAny(told, "{}") {
			t.Errorf("%s: told as %q", typ, told)
		}
	}
	for _, e := range example.Events() {
		whole(e.Type, e.Recorded, e.Payload, nil)
		line := Sentence(EN, e.Recorded, e.Payload, nil)
		for _, r := range line.Runs {
			if r.ID != "" && len(r.ID) > 12 && r.Text == r.ID {
				t.Errorf("%s: the whole id in %q", e.Type, line)
			}
		}
	}
	types := eventTypes(t)
	for i, typ := range types {
		head := domain.Head{Type: typ, Stream: streamOf(typ)}
		e := domain.Recorded{Event: domain.Event{Head: head, Data: []byte("{}")}}
		p, err := catalogue.Decode(e.Event)
		if err != nil {
			t.Fatal(err)
		}
		whole(typ, e, p, nil)
		other := types[(i+1)%len(types)]
		e.Type = other
		whole(other, e, p, nil)
		e.Type = "never.heard-of.v9"
		whole(e.Type, e, p, nil)
		whole(e.Type, e, nil, nil)
	}
}

// What is told of an event read back from the ledger is what is told of the
// event as it was decided.
func TestToldAlikeAfterDecoding(t *testing.T) {
	t.Parallel()
	for _, e := range example.Events() {
		again, err := e.Closed(catalogue.Decode)
		if err != nil {
			t.Fatal(err)
		}
		if sealing, ok := e.Payload.(domain.Sealing); ok {
			for i, p := range again.Payload.(domain.Sealing).Sealed() {
				if p != nil {
					p.Clear = sealing.Sealed()[i].Clear
				}
			}
		}
		decided, _ := tellAll(e.Recorded, e.Payload, example.Names{})
		decoded, _ := tellAll(again.Recorded, again.Payload, example.Names{})
		if decided != decoded {
			t.Errorf("%s:\n%s\nafter decoding:\n%s", e.Type, decided, decoded)
		}
	}
	for _, r := range example.Refusals() {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again *domain.Refusal
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		for _, lang := range langs {
			if decided, decoded := Refusal(lang, r, example.Names{}), Refusal(lang, again, example.Names{}); !reflect.DeepEqual(decided, decoded) {
				t.Errorf("%v:\n%+v\nafter decoding:\n%+v", r, decided, decoded)
			}
		}
	}
}

// The exemplary sentences of the pages' specification.
func TestExemplarySentences(t *testing.T) {
	t.Parallel()
	want := []struct {
		typ    domain.EventType
		zh, en string
	}{
		{account.TypeStaffingCollected, "吴敏（采集）采集赵启明入编，占行政编制1名", "吴敏 (collector) collected the entry of 赵启明, 1 administrative post"},
		{account.TypeStaffingReviewed, "陈立（编办审核）通过李芸出编，第3道共3道", "陈立 (office) passed the exit of 李芸, gate 3 of 3"},
		{account.TypeStaffingReturned, "周宁（组织部审核）退回赵启明入编：学历与证明不符", "周宁 (organization) returned the entry of 赵启明: 学历与证明不符"},
		{account.TypeStaffingRecorded, "郑录（录入）录入李芸出编，自2026年11月24日生效，腾出行政编制1名", "郑录 (recorder) recorded the exit of 李芸 from 24 Nov 2026, freeing 1 administrative post"},
		{account.TypeUseApproved, "王建国（用编核准）核准市水务协调局用编2名，2026年12月31日前有效", "王建国 (approver) approved 2 posts for 市水务协调局 until 31 Dec 2026"},
		{account.TypeQuotaGranted, "何川（编办领导）增加市水务协调局行政编制3名（47→50）", "何川 (leader) granted 市水务协调局 3 administrative posts (47→50)"},
		{account.TypeUseExpired, "系统（到期）终止用编核准Y-2026-0093，恢复空余1名", "System (due) ended approval Y-2026-0093, restoring 1 post"},
	}
	events := example.Events()
	for _, w := range want {
		e := events[slices.IndexFunc(events, func(e example.Event) bool { return e.Type == w.typ })]
		if got := Sentence(ZH, e.Recorded, e.Payload, example.Names{}).String(); got != w.zh {
			t.Errorf("%s: %s\nwant %s", w.typ, got, w.zh)
		}
		if got := Sentence(EN, e.Recorded, e.Payload, example.Names{}).String(); got != w.en {
			t.Errorf("%s: %s\nwant %s", w.typ, got, w.en)
		}
	}
}

// A run names what it links to.
func TestRunsLink(t *testing.T) {
	t.Parallel()
	linked := map[string]bool{}
	for _, e := range example.Events() {
		_, runs := tellAll(e.Recorded, e.Payload, example.Names{})
		for _, r := range runs {
			switch r.Kind {
			case "user", "person", "unit", "document", "change", "approval", "event":
				linked[r.Kind] = true
				if r.ID == "" {
					t.Errorf("%s: %+v links nowhere", e.Type, r)
				}
			case "", Quote:
				if r.ID != "" {
					t.Errorf("%s: %+v has an id", e.Type, r)
				}
			default:
				t.Errorf("%s: unknown kind %+v", e.Type, r)
			}
		}
	}
	if len(linked) != 7 {
		t.Errorf("kinds of links: %v", linked)
	}
}
