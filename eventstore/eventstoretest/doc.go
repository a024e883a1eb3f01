// Package eventstoretest holds the conformance suite that every store and
// every fake must pass, and Memory, the plainest store that passes it.
package eventstoretest
