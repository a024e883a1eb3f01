package usecase

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"staffledger/domain"
)

// origin is where the events of one append come from: what their heads say
// beside what the draft says.
type origin struct {
	authType      string
	authID        string
	role          domain.Role
	onBehalfOf    string
	decidedAt     domain.Position
	command       domain.CommandID // on deciding events that accept; empty on all others
	digest        string
	correlationID string
	causationID   domain.EventID
	trace         string
}

// accepting returns o with the command and its digest, for the event that
// decides it.
func (o origin) accepting(id domain.CommandID, digest string) origin {
	o.command, o.digest = id, digest
	return o
}

// causedBy returns o without a command, for a step that follows an event.
func (o origin) causedBy(e domain.EventID) origin {
	o.command, o.digest, o.causationID = "", "", e
	return o
}

// numbered is a draft with the id of its event.
type numbered struct {
	id    domain.EventID
	draft domain.Draft
	plain bool // carries no command although the append's origin does: a written refusal
}

// append seals, encodes and appends drafts to a stream at revision expected.
// What it returns is what the store holds: after an "ok" the stored event
// counts, not the bytes sent.
func (s *Service) append(ctx context.Context, stream domain.Stream, expected domain.Revision, o origin, drafts []numbered) ([]domain.Recorded, error) {
	now := s.o.Clock.Now()
	events := make([]domain.Event, len(drafts))
	for i, d := range drafts {
		e := &events[i]
		e.Head = domain.Head{
			ID: d.id, Source: s.source, Type: d.draft.Payload.EventType(), Stream: stream, Time: now,
			Tags: tagsOf(stream, d.draft), AuthType: o.authType, AuthID: o.authID, ActorRole: o.role,
			OnBehalfOf: o.onBehalfOf, DecidedAt: o.decidedAt, Effective: d.draft.Effective, DocumentID: d.draft.Document,
			ReasonCode: d.draft.Reason, CorrelationID: o.correlationID, CausationID: o.causationID, TraceParent: o.trace,
		}
		if d.draft.OnBehalfOf != "" {
			e.OnBehalfOf = d.draft.OnBehalfOf
		}
		if !d.plain {
			e.CommandID, e.RequestDigest = o.command, o.digest
		}
		if sealing, ok := d.draft.Payload.(domain.Sealing); ok {
			if err := s.seal(d.id, sealing.Sealed()); err != nil {
				return nil, err
			}
		}
		data, err := marshal(d.draft.Payload)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", e.Type, err)
		}
		e.Data = data
	}
	return s.o.Log.Append(ctx, stream, expected, events)
}

func (s *Service) seal(event domain.EventID, objects []*domain.Personal) error {
	for _, p := range objects {
		if p == nil {
			continue
		}
		box, err := s.o.Sealer.Seal(p.Key, event, p.Clear)
		if err != nil {
			return fmt.Errorf("seal for %s: %w", p.Key, err)
		}
		p.Box = box
	}
	return nil
}

// tagsOf adds the unit of an account stream and the document that is cited, and
// brings the tags in order.
func tagsOf(stream domain.Stream, d domain.Draft) []domain.Tag {
	tags := d.Tags
	if stream.Kind() == domain.AccountStream {
		tags = append(tags, domain.TagOf(domain.TagUnit, stream.Key()))
	}
	if d.Document != "" {
		tags = append(tags, domain.TagOf(domain.TagDocument, d.Document))
	}
	return domain.SortTags(tags)
}

// marshal writes the JSON of a payload as the ledger keeps it: no HTML
// escaping, no blanks, no line end.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}
