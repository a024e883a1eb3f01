// Package eventstore is the contract of the ledger's store, and the codec of
// its entries. It keeps and returns events without interpreting them: it never
// looks inside an event's data, and no business rule stands here.
//
// The one local implementation is package eventstore/ledger. Package
// eventstore/eventstoretest holds the conformance suite that every store and
// every fake must pass.
package eventstore

import (
	"context"
	"iter"

	"staffledger/domain"
)

// Limits of the store.
const (
	EventBytesMax  = 65_535  // one encoded event; C2SP tlog-tiles has 16-bit lengths
	AppendBytesMax = 4 << 20 // one append
	AppendCountMax = 1_000   // events of one append
	StreamNameMax  = 128     // bytes of a stream's name
	TagsMax        = 32      // tags of one event
)

// Store keeps events in streams and in one dense order.
//
// All methods may be called concurrently. Reads see a prefix of the ledger:
// no reader sees position n+1 before n, and what Append has returned is seen
// by every read that starts afterwards.
type Store interface {
	// Append adds events to one stream, all or none.
	//
	// The stream's last revision MUST equal expected (domain.NoStream: it has
	// no events), else *domain.Conflict is returned and nothing is written.
	// Append sets Revision of each event, encodes it (an event that encodes to
	// more than EventBytesMax is an error) and returns the events as recorded,
	// with positions; on return they are on stable storage.
	//
	// An append whose first event id is already stored in that stream is a
	// repeat: the stored events are returned, whatever expected says, and
	// nothing is written. An event id that is stored in another stream, occurs
	// twice, or of which only a part of the append is stored, is ErrDuplicateID.
	//
	// After a failed sync the store takes no more writes: every Append returns
	// ErrReadOnly, and whether the last group is stored is known only after
	// reopening. ErrNoSpace: nothing was written, and a later Append may succeed.
	Append(ctx context.Context, stream domain.Stream, expected domain.Revision, events []domain.Event) ([]domain.Recorded, error)

	// Stream reads one stream in order from revision from. The sequence ends
	// with an error pair, or without one at the stream's end.
	Stream(ctx context.Context, stream domain.Stream, from domain.Revision) iter.Seq2[domain.Recorded, error]

	// All reads the ledger in order from position from, up to the size at the
	// time of the call.
	All(ctx context.Context, from domain.Position) iter.Seq2[domain.Recorded, error]

	// Tagged reads, newest first, the events below position before (use
	// Size() for all) that carry every given key. A key is a domain.Tag,
	// "auth:<authid>" or "command:<command id>".
	Tagged(ctx context.Context, before domain.Position, keys ...string) iter.Seq2[domain.Recorded, error]

	// At returns the event at a position; ErrNotFound beyond the end.
	At(ctx context.Context, position domain.Position) (domain.Recorded, error)

	// ByID returns the event with an id, or ErrNotFound.
	ByID(ctx context.Context, id domain.EventID) (domain.Recorded, error)

	// Size is the number of events; the next event gets this position.
	Size() domain.Position

	// Streams lists the streams whose name starts with prefix, in order of name.
	Streams(ctx context.Context, prefix string) iter.Seq2[domain.Stream, error]

	// Last returns the revision of the stream's last event, or domain.NoStream.
	Last(ctx context.Context, stream domain.Stream) (domain.Revision, error)

	// Wait returns when Size() > seen or ctx ends.
	Wait(ctx context.Context, seen domain.Position) error
}
