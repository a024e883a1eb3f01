// Package ledger is the local ledger: events in append-only segment files of
// its own, with a Merkle tree over their exact bytes and indexes that can be
// derived from them at any time.
package ledger
