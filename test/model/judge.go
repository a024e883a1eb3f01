package model

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/catalogue"
	"staffledger/domain/usecase"
)

// judge says what a command must answer, in the order of design §5:
// authenticate, look the command up, authorise, If-Match, the rest.
func (m *Model) judge(call usecase.Call, what usecase.Command) verdict {
	if call.Key == "" && !call.DryRun {
		return refused(missing("idempotency-key"))
	}
	for _, c := range call.Key {
		if c <= ' ' || c > '~' || len(call.Key) > 255 {
			return refused(malformed("idempotency-key"))
		}
	}
	if u := m.users[call.User]; u == nil || !u.active {
		return refused(rule(domain.NotAuthorised, "actor"))
	}
	if before, is := m.keys[keyOf(call)]; is && !call.DryRun {
		return verdict{repeated: before.digest == call.Digest, reused: before.digest != call.Digest}
	}
	return m.carryOut(call, what)
}

func keyOf(call usecase.Call) string { return string(call.User) + " " + call.Key }

func (m *Model) carryOut(call usecase.Call, what usecase.Command) verdict {
	switch k := what.(type) {
	case usecase.EstablishUnit:
		return m.establish(call, k)
	case usecase.SetPool:
		return m.setPool(call, k)
	case usecase.MoveQuota:
		return m.moveQuota(call, k)
	case usecase.HoldBackPosts:
		return m.holdBack(call, k)
	case usecase.FreePosts:
		return m.freePosts(call, k)
	case usecase.ApproveUse:
		return m.approveUse(call, k)
	case usecase.RevokeUse:
		return m.revokeUse(call, k)
	case usecase.Collect:
		return m.collect(call, k)
	case usecase.CollectBatch:
		return m.collectBatch(call, k)
	case usecase.Resubmit:
		return m.resubmit(call, k)
	case usecase.Pass:
		return m.pass(call, k)
	case usecase.PassBatch:
		return m.passBatch(call, k)
	case usecase.Return:
		return m.giveBack(call, k)
	case usecase.Withdraw:
		return m.withdraw(call, k)
	case usecase.Record:
		return m.record(call, k)
	case usecase.RecordBatch:
		return m.recordBatch(call, k)
	case usecase.StartOpening:
		return m.startOpening(call, k)
	case usecase.AddOpeningPart:
		return m.addPart(call, k)
	case usecase.CompleteOpening:
		return m.completeOpening(call, k)
	case usecase.AbandonOpening:
		return m.abandonOpening(call, k)
	case usecase.RegisterDocument:
		return m.registerDocument(call, k)
	case usecase.RegisterUser:
		return m.registerUser(call, k)
	case usecase.DisableUser:
		return m.disableUser(call, k)
	case usecase.GrantRole:
		return m.grantRole(call, k)
	case usecase.ConfirmRole:
		return m.confirmRole(call, k)
	case usecase.RevokeRole:
		return m.revokeRole(call, k)
	case usecase.SetPolicy:
		return m.setPolicy(call, k)
	case usecase.SetCalendar:
		return m.setCalendar(call, k)
	}
	panic(fmt.Sprintf("model: unknown command %T", what))
}

// written is what a command has written: its answer and the new events.
type written struct {
	result   usecase.Result
	events   []domain.Recorded
	payloads []domain.Payload
}

func newWritten(result usecase.Result, events []domain.Recorded) (*written, error) {
	w := &written{result: result, events: events}
	for _, e := range events {
		p, err := catalogue.Decode(e.Event)
		if err != nil {
			return nil, err
		}
		w.payloads = append(w.payloads, p)
	}
	return w, nil
}

// nth is the place of the n-th new event of a type in a stream.
func (w *written) nth(stream domain.Stream, t domain.EventType, n int) (domain.Position, domain.Revision) {
	for _, e := range w.events {
		if e.Stream == stream && e.Type == t {
			if n == 0 {
				return e.Position, e.Revision
			}
			n--
		}
	}
	return unknown, -3 // the comparison of events has said so
}

func (w *written) at(stream domain.Stream, t domain.EventType) domain.Position {
	p, _ := w.nth(stream, t, 0)
	return p
}

func (w *written) revision(stream domain.Stream, t domain.EventType) domain.Revision {
	_, r := w.nth(stream, t, 0)
	return r
}

// personOf is the person whom the n-th row written is about.
func (w *written) personOf(n int) domain.PersonID {
	for _, p := range w.payloads {
		switch e := p.(type) {
		case account.StaffingCollected:
			if n == 0 {
				return e.Person
			}
			n--
		case account.OpeningPart:
			if n < len(e.Rows) {
				return e.Rows[n].Person
			}
			n -= len(e.Rows)
		}
	}
	return ""
}
