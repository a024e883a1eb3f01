// Package catalogue decodes any event of the ledger: one closed switch over
// the kinds of streams, each of which decodes its own types. An unknown stream
// or type is an error that names the event.
package catalogue

import (
	"fmt"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/document"
	"staffledger/domain/person"
	"staffledger/domain/policy"
	"staffledger/domain/unitcode"
	"staffledger/domain/user"
)

// Decode reads the payload of an event.
func Decode(e domain.Event) (domain.Payload, error) {
	payload, err := decode(e)
	if err != nil {
		return nil, fmt.Errorf("event %s in stream %s: %w", e.ID, e.Stream, err)
	}
	return payload, nil
}

func decode(e domain.Event) (domain.Payload, error) {
	switch e.Stream.Kind() {
	case domain.AccountStream, domain.PoolStream:
		return account.Decode(e.Type, e.Data)
	case domain.PersonStream:
		return person.Decode(e.Type, e.Data)
	case domain.UnitCodeStream:
		return unitcode.Decode(e.Type, e.Data)
	case domain.DocumentStream:
		return document.Decode(e.Type, e.Data)
	case domain.UserStream:
		return user.Decode(e.Type, e.Data)
	case domain.PolicyStream, domain.CalendarStream:
		return policy.Decode(e.Type, e.Data)
	case domain.LedgerStream:
		if e.Type != domain.TypeLedgerOpened {
			return nil, fmt.Errorf("unknown event type %q", e.Type)
		}
		return domain.DecodeData[domain.LedgerOpened](e.Type, e.Data)
	}
	return nil, fmt.Errorf("unknown stream kind %q", e.Stream.Kind())
}
