// Package example holds one realistic example of every event type and refusal:
// for the golden file of package text, the generated documents and the tests of
// the pages. Everybody and every number in it is invented.
package example

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"staffledger/domain"
)

// Event is an example: the entry as the ledger would hold it, without its bytes,
// and its payload with the sealed parts open.
type Event struct {
	domain.Recorded
	Payload domain.Payload
}

// ID makes the id of an invented thing, always the same for the same name.
func ID[T ~string](name string) T {
	h := sha256.Sum256([]byte("staffledger example " + name))
	h[6], h[8] = h[6]&0x0f|0x40, h[8]&0x3f|0x80
	return T(fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16]))
}

func digest(name string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(name))) }

// The invented city.
var (
	Ledger = ID[string]("ledger")

	Water   = ID[domain.UnitID]("unit water")   // 市水务协调局
	Harbour = ID[domain.UnitID]("unit harbour") // 市港航事务中心

	Zhao = ID[domain.PersonID]("person 赵启明")
	Li   = ID[domain.PersonID]("person 李芸")
	Ma   = ID[domain.PersonID]("person 马骏")

	Collector    = ID[domain.UserID]("user 吴敏")
	Organization = ID[domain.UserID]("user 周宁")
	HR           = ID[domain.UserID]("user 沈慧")
	Office       = ID[domain.UserID]("user 陈立")
	Recorder     = ID[domain.UserID]("user 郑录")
	Approver     = ID[domain.UserID]("user 王建国")
	Leader       = ID[domain.UserID]("user 何川")
	Committee    = ID[domain.UserID]("user 孙婕")
	Admin        = ID[domain.UserID]("user 冯雨")
	SecondAdmin  = ID[domain.UserID]("user 罗素英")

	EntryChange = ID[domain.ChangeID]("change entry")
	ExitChange  = ID[domain.ChangeID]("change exit")
	Approval    = ID[domain.ApprovalID]("approval 1")
	Other       = ID[domain.ApprovalID]("approval 2")

	Paper     = ID[domain.DocumentID]("document 33")
	Plan      = ID[domain.DocumentID]("document 41")
	Authority = ID[domain.DocumentID]("document 3")
)

// WaterCode is the invented USCC of the unit Water.
const WaterCode = "113302000029999973"

// Names names the things of the invented city; it satisfies text.Names.
type Names struct{}

var (
	units     = map[domain.UnitID]string{Water: "市水务协调局", Harbour: "市港航事务中心"}
	people    = map[domain.PersonID]string{Zhao: "赵启明", Li: "李芸", Ma: "马骏"}
	changes   = map[domain.ChangeID]string{EntryChange: "C-2026-01894", ExitChange: "C-2026-01880"}
	approvals = map[domain.ApprovalID]string{Approval: "Y-2026-0093", Other: "Y-2026-0094"}
	documents = map[domain.DocumentID]string{Paper: "甬水协〔2026〕33号", Plan: "甬编办〔2026〕41号", Authority: "甬编〔2026〕3号"}
	users     = map[domain.UserID]string{Collector: "吴敏", Organization: "周宁", HR: "沈慧", Office: "陈立", Recorder: "郑录",
		Approver: "王建国", Leader: "何川", Committee: "孙婕", Admin: "冯雨", SecondAdmin: "罗素英"}
)

func (Names) User(id domain.UserID) string         { return users[id] }
func (Names) Person(id domain.PersonID) string     { return people[id] }
func (Names) Unit(id domain.UnitID) string         { return units[id] }
func (Names) Document(id domain.DocumentID) string { return documents[id] }
func (Names) Change(id domain.ChangeID) string     { return changes[id] }
func (Names) Approval(id domain.ApprovalID) string { return approvals[id] }

// Closed returns the example as a reader sees it who may read none of its
// sealed parts.
func (e Event) Closed(decode func(domain.Event) (domain.Payload, error)) (Event, error) {
	payload, err := decode(e.Event)
	e.Payload = payload
	return e, err
}

// step is what an example says beside its payload.
type step struct {
	stream    domain.Stream
	at        string // 2026-11-16 10:22:05
	by        domain.UserID
	role      domain.Role
	behalf    string
	effective domain.Day
	document  domain.DocumentID
	reason    string
	tags      []domain.Tag
	deciding  bool // carries the command
	cause     domain.EventType
	payload   domain.Payload
}

// Day reads YYYY-MM-DD.
func Day(s string) domain.Day {
	d, err := domain.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Events returns the examples in the order of an invented history. Every event
// type has at least one; the first of a type is the one that documents show.
func Events() []Event {
	revisions := map[domain.Stream]domain.Revision{}
	commands := map[string]string{} // process or event → command that all its steps belong to
	byType := map[domain.EventType]domain.EventID{}
	var all []Event
	for i, s := range history() {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", s.at, domain.Shanghai)
		if err != nil {
			panic(err)
		}
		name := fmt.Sprintf("event %d", i)
		tags := slices.Clone(s.tags)
		switch s.stream.Kind() {
		case domain.AccountStream:
			tags = append(tags, domain.TagOf(domain.TagUnit, s.stream.Key()))
		case domain.DocumentStream:
			tags = append(tags, domain.TagOf(domain.TagDocument, s.stream.Key()))
		}
		domain.SortTags(tags)
		head := domain.Head{
			ID: ID[domain.EventID](name), Source: "urn:uuid:" + Ledger, Type: s.payload.EventType(), Stream: s.stream,
			Time: domain.InstantOf(at.Add(317 * time.Millisecond)), Revision: revisions[s.stream], Tags: slices.Compact(tags),
			AuthType: domain.AuthUser, AuthID: string(s.by), ActorRole: s.role, OnBehalfOf: s.behalf,
			DecidedAt: domain.Position(max(i-1, 0)), Effective: s.effective, DocumentID: s.document, ReasonCode: s.reason,
			CausationID: byType[s.cause],
		}
		if s.by == "" {
			head.AuthType, head.AuthID, head.ActorRole = domain.AuthSystem, domain.Clock, domain.SystemRole
			if s.stream.Kind() == domain.UserStream || s.stream == domain.LedgerStream {
				head.AuthID = "setup"
			}
		} else {
			act := name
			for _, t := range s.tags {
				if strings.HasPrefix(string(t), domain.TagProcess+":") {
					act = string(t)
				}
			}
			if commands[act] == "" {
				commands[act] = string(ID[domain.CommandID]("command of " + act))
			}
			head.CorrelationID = commands[act]
			if s.deciding {
				head.CommandID = domain.CommandID(commands[act])
				head.RequestDigest = digest("request of " + act)
			}
		}
		revisions[s.stream]++
		if _, known := byType[head.Type]; !known {
			byType[head.Type] = head.ID
		}
		seal(head.ID, s.payload)
		all = append(all, Event{domain.Recorded{Position: domain.Position(i), Event: domain.Event{Head: head, Data: encode(s.payload)}}, s.payload})
	}
	return all
}

// seal fills the boxes with bytes that look like sealed ones.
func seal(id domain.EventID, payload domain.Payload) {
	sealing, ok := payload.(domain.Sealing)
	if !ok {
		return
	}
	for _, p := range sealing.Sealed() {
		if p == nil {
			continue
		}
		const nonceAndTag = 12 + 16
		for block := 0; len(p.Box) < len(p.Clear)+nonceAndTag; block++ {
			h := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", id, p.Key, block))
			p.Box = append(p.Box, h[:]...)
		}
		p.Box = p.Box[:len(p.Clear)+nonceAndTag]
	}
}

func encode(payload domain.Payload) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(payload); err != nil {
		panic(fmt.Sprintf("example: %s: %v", payload.EventType(), err))
	}
	return bytes.TrimSpace(b.Bytes())
}
