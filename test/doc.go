// Package test holds what concerns the whole: the import arrows, and tests of
// the built binary from outside (end to end, browser, faults, load).
package test
