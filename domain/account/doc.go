// Package account holds the rules of unit and pool accounts: quota lines,
// approvals of use, staffing changes with their gates, holdings and
// opening balances. An account's stream is the only place where its rules
// are decided.
//
// Each area has a file: its rules as a numbered comment at the top, then its
// sub-state, apply and decide. events.go names and decodes the events,
// commands.go the commands.
//
// Decide functions are pure: they read the account, the command and the Facts,
// and return drafts or a *domain.Refusal. Apply never fails and never judges.
package account
