// Package domain is the vocabulary that every other package shares: ids, days
// and instants, the actor and its roles, the head of an event, sealed personal
// data, and refusals.
//
// It does no I/O, reads no clock and makes no id. The rules of the trade live
// in the packages below it (account, person, policy, …); the only package
// there that knows a context.Context is domain/usecase.
package domain
