// Package http serves the API by openapi.yaml and, with package http/web, the
// pages. It is imported as ledgerhttp. It decodes, calls and encodes: rules
// stand in package domain, reading in package projections. Only this package
// and those below it import echo.
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
	Session   = ports.Session
	Sessions  = ports.Sessions
	Throttled = ports.Throttled
	DemoUser  = ports.DemoUser
)

// ErrSignIn is a wrong name or password.
var ErrSignIn = ports.ErrSignIn
