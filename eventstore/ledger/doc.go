// Package ledger is the local ledger: events in append-only segment files of
// its own, with a Merkle tree over their exact bytes and indexes that can be
// derived from them at any time. The log is the truth.
//
// # Layout
//
//	format             the layout's version
//	head               size and root, rewritten after each commit group
//	log/<first>.log    a raw segment: frames, one per commit group (frame.go)
//	log/<first>.zst    a finished segment, compressed by blocks (sealed.go)
//	index/             Pebble: positions by id, key and stream; tiles (index.go)
//	filter             what ids, commands and streams were ever stored (filter.go)
//	LOCK               one process per directory
//
// # An append
//
// The caller encodes and hashes its events and queues them. The first in the
// queue leads: it checks the queued appends in order against what is stored and
// against each other, writes those that pass as one frame, syncs it, and makes
// them visible; then it hands the baton to the next. Nothing in it waits for
// the index: what the active segment holds is indexed in memory, and a segment
// goes into the index as one batch when it is finished. So the index on disk is
// never ahead of the log, and what it lacks is read again from the log at open.
// Stream revisions come from memory with the index behind it; an id, command or
// stream that was never stored is known from the filter.
//
// # A crash
//
// A frame is written only when the one before it is on stable storage. At open
// the raw segments are read and hashed whole: positions must be dense, each
// frame and the head must have the root that the entries have, and the log must
// be as long as the head says. Else the ledger is damaged (eventstore.Corrupt)
// and is not opened. Behind the last good frame there may be one torn frame,
// whose append was not acknowledged: it is cut off. A good frame behind a
// damaged one proves that the damaged one was once whole; that is refused.
//
// What remains possible: the last frame was acknowledged, the power failed
// before the head file was synced (half a second at most), and that very frame
// was damaged on the medium. It then looks like a torn one. No earlier frame
// can be lost that way. An outside checkpoint, or a later head, covers it.
//
// # Failures
//
// After a failed sync, of the log or of the head, no more writes are taken
// until the ledger is reopened (ErrReadOnly); the sync is never repeated. On a
// full disk an append fails with ErrNoSpace, nothing of it is visible or comes
// back after a crash, reads go on, and the same append succeeds once there is
// space. One case is weaker: where a file system fails a write into space that
// is already there, has stored it all the same, and fails to overwrite it, too,
// a crash before the next append may bring that append back. An index that
// cannot be written is opened for reading only and tried again; one that is
// damaged is built anew from the log at the next open.
package ledger
