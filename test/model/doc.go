// Package model is the rules of the ledger written a second time, from the
// domain model alone: plain maps, and loops over days. It predicts what every
// command must answer and what must be true afterwards, and a test holds the
// service against it over long random sequences of commands. It takes values
// (days, ids, codes, the commands themselves) from the domain, and no rule.
//
// Rules are judged for what they say, one day after the other, and never by the
// short cuts that the code under test takes: what is occupied on a day is
// counted from the people in post on that day, not summed up from movements.
package model
