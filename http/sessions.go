package http

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"staffledger/domain"
	"staffledger/http/ports"
)

// sessions of browsers: ports.Sessions over ports.Secrets. The cookie holds
// 256 random bits and nothing else; what it stands for is kept here. Pages
// compare the form's csrf with Session.CSRF; requests from other sites are
// turned away by http.CrossOriginProtection.
type sessions struct{ s *Server }

func (x *sessions) cookieName() string {
	if x.s.o.TLS {
		return "__Host-staffledger"
	}
	return "staffledger"
}

func (x *sessions) cookie(value string) *http.Cookie {
	c := &http.Cookie{Name: x.cookieName(), Value: value, Path: "/", HttpOnly: true, Secure: x.s.o.TLS, SameSite: http.SameSiteLaxMode}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

func (x *sessions) secret(r *http.Request) string {
	c, err := r.Cookie(x.cookieName())
	if err != nil || len(c.Value) > 256 {
		return ""
	}
	return c.Value
}

func (x *sessions) of(r *http.Request) (ports.Sign, error) {
	secret := x.secret(r)
	if secret == "" {
		return ports.Sign{}, ports.ErrSecret
	}
	return x.s.o.Secrets.Session(r.Context(), secret)
}

// SignIn implements ports.Sessions.
func (x *sessions) SignIn(ctx context.Context, name, password, ip string) (Session, *http.Cookie, error) {
	in, err := x.s.o.Secrets.CheckPassword(ctx, name, password, ip)
	if err != nil {
		return Session{}, nil, err
	}
	return x.start(ctx, in)
}

func (x *sessions) start(ctx context.Context, in ports.SignedIn) (Session, *http.Cookie, error) {
	if _, _, active, err := x.s.o.Commands.Grants(ctx, in.User); err != nil || !active {
		return Session{}, nil, cmpErr(err, ErrSignIn)
	}
	secret, sign, err := x.s.o.Secrets.NewSession(ctx, in)
	if err != nil {
		return Session{}, nil, err
	}
	session, ok := x.session(ctx, sign)
	if !ok { // disabled at this very moment
		return Session{}, nil, errors.Join(ErrSignIn, x.s.o.Secrets.EndSession(ctx, secret))
	}
	return session, x.cookie(secret), nil
}

// SignOut implements ports.Sessions.
func (x *sessions) SignOut(r *http.Request) (*http.Cookie, error) {
	if secret := x.secret(r); secret != "" {
		if err := x.s.o.Secrets.EndSession(r.Context(), secret); err != nil {
			return nil, err
		}
	}
	return x.cookie(""), nil
}

// Current implements ports.Sessions.
func (x *sessions) Current(r *http.Request) (Session, bool) {
	sign, err := x.of(r)
	if err != nil {
		return Session{}, false
	}
	return x.session(r.Context(), sign)
}

// Choose implements ports.Sessions.
func (x *sessions) Choose(r *http.Request, role domain.Role) error {
	session, ok := x.Current(r)
	switch {
	case !ok:
		return ports.ErrSecret
	case !session.Has(role):
		return domain.Refuse(domain.NotAuthorised, "role", "role", string(role), "roles", []domain.Role{role})
	}
	return x.s.o.Secrets.ChooseRole(r.Context(), x.secret(r), role)
}

// ChangePassword implements ports.Sessions.
func (x *sessions) ChangePassword(r *http.Request, old, password, ip string) (Session, *http.Cookie, error) {
	sign, err := x.of(r)
	if err != nil {
		return Session{}, nil, err
	}
	if err := x.s.o.Secrets.ChangePassword(r.Context(), sign.User, old, password, ip); err != nil {
		return Session{}, nil, err
	}
	return x.start(r.Context(), ports.SignedIn{User: sign.User})
}

func (x *sessions) session(ctx context.Context, sign ports.Sign) (Session, bool) {
	grants, _, ok, err := x.s.o.Commands.Grants(ctx, sign.User)
	if err != nil || !ok {
		return Session{}, false
	}
	session := Session{User: sign.User, CSRF: sign.CSRF, OneTime: sign.OneTime}
	if u, err := x.s.o.Views.User(ctx, sign.User); err == nil {
		session.Name = u.Name
	}
	for _, role := range domain.Roles {
		if slices.ContainsFunc(grants, func(g grant) bool { return g.Role == role }) {
			session.Roles = append(session.Roles, role)
		}
	}
	if session.Has(sign.Role) {
		session.Role = sign.Role
	} else if len(session.Roles) > 0 {
		session.Role = session.Roles[0]
	}
	return session, true
}
