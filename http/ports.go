// Package http serves the API by openapi.yaml and, with package http/web, the
// pages. It is imported as ledgerhttp. It decodes, calls and encodes: rules
// stand in package domain, reading in package projections. Only this package
// and those below it import echo.
//
//	s, err := ledgerhttp.New(ledgerhttp.Options{Commands: service, Views: views, Ledger: store, …})
//	err = s.Open("127.0.0.1:0")   // s.URL() tells where
//	defer s.Close(ctx)            // stops accepting, finishes what is under way
//
// The way of a request: request id and log → what the contract says of path,
// parameters and body (contract.go, body.go) → who asks (guard.go) → may he
// (access.go) → handler → answer, or a problem by the one table (problems.go).
package http

import "staffledger/http/ports"

// What this package needs from the rest stands in package ports, which the
// pages share.
type (
	Commands  = ports.Commands
	Views     = ports.Views
	Ledger    = ports.Ledger
	Check     = ports.Check
	Checks    = ports.Checks
	Files     = ports.Files
	DemoClock = ports.DemoClock
	Secrets   = ports.Secrets
	Session   = ports.Session
	Sessions  = ports.Sessions
	Throttled = ports.Throttled
	DemoUser  = ports.DemoUser
)

// ErrSignIn is a wrong name or password.
var ErrSignIn = ports.ErrSignIn
