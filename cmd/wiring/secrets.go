// Package wiring fits the stores to the ports of package http: what the two
// sides call by different names, and nothing more.
package wiring

import (
	"context"
	"errors"
	"time"

	"staffledger/domain"
	"staffledger/eventstore/vault/private"
	"staffledger/http/ports"
)

// Secrets is a private.Store as package http wants one.
type Secrets struct{ Store *private.Store }

var _ ports.Secrets = Secrets{}

func said(err error) error {
	var throttled *private.Throttled
	var weak *private.WeakPassword
	switch {
	case err == nil:
		return nil
	case errors.As(err, &throttled):
		return &ports.Throttled{Wait: throttled.Wait}
	case errors.As(err, &weak):
		return &ports.WeakPassword{Rule: weak.Rule, Min: weak.Min, Max: weak.Max}
	case errors.Is(err, private.ErrSignIn), errors.Is(err, private.ErrNoUser):
		return ports.ErrSignIn
	case errors.Is(err, private.ErrToken), errors.Is(err, private.ErrSession):
		return ports.ErrSecret
	}
	return err
}

// CheckPassword implements ports.Secrets.
func (s Secrets) CheckPassword(ctx context.Context, name, password, ip string) (ports.SignedIn, error) {
	who, err := s.Store.Check(ctx, name, password, ip)
	return ports.SignedIn{User: who.User, OneTime: who.MustChange}, said(err)
}

// IssuePassword implements ports.Secrets.
func (s Secrets) IssuePassword(ctx context.Context, user domain.UserID, name string) (string, error) {
	password, err := s.Store.SetOneTime(ctx, user, name)
	if err == nil {
		err = s.Store.RevokeTokens(ctx, user)
	}
	return password, said(err)
}

// ChangePassword implements ports.Secrets.
func (s Secrets) ChangePassword(ctx context.Context, user domain.UserID, old, password, ip string) error {
	return said(s.Store.ChangePassword(ctx, user, old, password, ip))
}

// NewToken implements ports.Secrets.
func (s Secrets) NewToken(ctx context.Context, user domain.UserID, name string, expires domain.Instant) (string, ports.Token, error) {
	var until time.Time
	if expires != 0 {
		until = expires.Time()
	}
	secret, made, err := s.Store.NewToken(ctx, user, name, until)
	return secret, token(made), said(err)
}

func token(t private.Token) ports.Token {
	return ports.Token{ID: t.ID, Name: t.Label, Created: instant(t.Created), Expires: instant(t.Expires), Used: instant(t.Used)}
}

func instant(t time.Time) domain.Instant {
	if t.IsZero() {
		return 0
	}
	return domain.InstantOf(t)
}

// CheckToken implements ports.Secrets.
func (s Secrets) CheckToken(ctx context.Context, secret string) (domain.UserID, error) {
	user, err := s.Store.CheckToken(ctx, secret)
	return user, said(err)
}

// Tokens implements ports.Secrets.
func (s Secrets) Tokens(ctx context.Context, user domain.UserID) ([]ports.Token, error) {
	all, err := s.Store.Tokens(ctx, user)
	var live []ports.Token
	for _, t := range all {
		if t.Revoked.IsZero() {
			live = append(live, token(t))
		}
	}
	return live, said(err)
}

// RevokeToken implements ports.Secrets.
func (s Secrets) RevokeToken(ctx context.Context, user domain.UserID, id string) error {
	return said(s.Store.RevokeToken(ctx, user, id))
}

// NewSession implements ports.Secrets.
func (s Secrets) NewSession(ctx context.Context, in ports.SignedIn) (string, ports.Sign, error) {
	id, session, err := s.Store.StartSession(ctx, private.Checked{User: in.User, MustChange: in.OneTime}, "")
	return id, sign(session), said(err)
}

func sign(s private.Session) ports.Sign {
	return ports.Sign{SignedIn: ports.SignedIn{User: s.User, OneTime: s.MustChange}, Role: s.Role, CSRF: s.CSRF}
}

// Session implements ports.Secrets.
func (s Secrets) Session(ctx context.Context, secret string) (ports.Sign, error) {
	session, err := s.Store.Session(ctx, secret)
	return sign(session), said(err)
}

// ChooseRole implements ports.Secrets.
func (s Secrets) ChooseRole(ctx context.Context, secret string, role domain.Role) error {
	return said(s.Store.ChooseRole(ctx, secret, role))
}

// EndSession implements ports.Secrets.
func (s Secrets) EndSession(ctx context.Context, secret string) error {
	return said(s.Store.EndSession(ctx, secret))
}

// EndAll implements ports.Secrets.
func (s Secrets) EndAll(ctx context.Context, user domain.UserID) error {
	return said(errors.Join(s.Store.RevokeTokens(ctx, user), s.Store.EndSessions(ctx, user)))
}
