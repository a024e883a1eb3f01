package usecase

import (
	"strconv"

	"github.com/google/uuid"

	"staffledger/domain"
)

// Every id that a command needs is derived from the command's own id (UUIDv5,
// RFC 9562 §5.5), so that any attempt at the same command makes the same ids
// and no attempt makes anything twice.

// commandSpace is the name space of command ids.
var commandSpace = uuid.MustParse("8d1f7a86-6f0e-5e1c-9a53-0d0a6a4b7c11")

// CommandIDOf is the id of the command that a user sent with an
// Idempotency-Key. Users have key spaces of their own.
func CommandIDOf(user domain.UserID, key string) domain.CommandID {
	return domain.CommandID(uuid.NewSHA1(commandSpace, []byte(string(user)+"\x00"+key)).String())
}

func derive(from string, parts ...string) string {
	space, err := uuid.Parse(from)
	if err != nil {
		space = uuid.NewSHA1(commandSpace, []byte(from))
	}
	name := make([]byte, 0, 128)
	for _, p := range parts {
		name = append(append(name, p...), 0)
	}
	return uuid.NewSHA1(space, name).String()
}

// thingID is the id of the n-th thing of a kind that a command makes.
func (c command) thingID(kind string, n int) string {
	return derive(string(c.id), kind, strconv.Itoa(n))
}

// eventID is the id of the n-th event that a command appends to a stream.
func eventID(command domain.CommandID, stream domain.Stream, n int) domain.EventID {
	return domain.EventID(derive(string(command), string(stream), strconv.Itoa(n)))
}

// processID is new in each attempt and the same in identical retries: it comes
// from the command and the place of step 1 (design §6).
func processID(command domain.CommandID, first domain.Stream, at domain.Revision) domain.ProcessID {
	return domain.ProcessID(derive(string(command), string(first), "@"+strconv.FormatInt(int64(at), 10)))
}

// stepID is the id of a process's event. Two outcomes of one step have two
// ids: a store that compares ids only must not take one for the other.
func stepID(p domain.ProcessID, stream domain.Stream, outcome domain.EventType) domain.EventID {
	return domain.EventID(derive(string(p), string(stream), string(outcome)))
}

// dueID is the id of what has fallen due: from subject, rule and due date, so
// that it is written once by whatever sweeper.
func dueID(stream domain.Stream, subject, rule string, due domain.Day) domain.EventID {
	return domain.EventID(derive("due", string(stream), subject, rule, due.String()))
}
