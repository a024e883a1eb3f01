package http

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/http/internal/gen"
	"staffledger/http/ports"
	"staffledger/projections/views"
)

const tokensMax = 20 // valid tokens of one user

func (s *Server) RegisterUser(c echo.Context, p gen.RegisterUserParams) error {
	var b gen.RegisterUser
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, "")
	return s.do(c, call, err, usecase.RegisterUser{Name: b.Name, SignIn: b.Signin, Human: b.Human}, "/v1/users/")
}

func user(u *views.User) gen.User {
	answer := gen.User{Id: u.ID, Name: u.Name, Signin: u.SignIn, Human: string(u.Human), Disabled: u.Disabled, Revision: u.Revision, Grants: make([]gen.Grant, len(u.Grants))}
	for i, g := range u.Grants {
		answer.Grants[i] = gen.Grant{Id: g.ID, Role: g.Role, Scope: gen.Scope{Level: g.Scope.Level, Unit: g.Scope.Unit}, Proposed: g.Proposed, By: g.By, Position: g.Position}
	}
	return answer
}

func (s *Server) ListUsers(c echo.Context, _ gen.ListUsersParams) error {
	users, err := s.o.Views.Users(c.Request().Context())
	if err != nil {
		return err
	}
	answer := gen.UserList{Rows: make([]gen.User, len(users))}
	for i := range users {
		answer.Rows[i] = user(&users[i])
	}
	return ok(c, answer)
}

func (s *Server) GetUser(c echo.Context, ref gen.UserParam, _ gen.GetUserParams) error {
	u, err := s.o.Views.User(c.Request().Context(), domain.UserID(ref))
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(u.Revision))
	return ok(c, user(&u))
}

func (s *Server) DisableUser(c echo.Context, ref gen.UserParam, p gen.DisableUserParams) error {
	var b gen.Empty
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	if err != nil {
		return err
	}
	// Tokens and sessions end with the next request anyway, since the user holds
	// no role any more; taking them away keeps none that a later program might
	// honour.
	return s.after(c, s.do(c, call, nil, usecase.DisableUser{User: domain.UserID(ref)}, ""), func(ctx context.Context) error {
		if call.DryRun {
			return nil
		}
		return s.o.Secrets.EndAll(ctx, domain.UserID(ref))
	})
}

// after runs f once a command has been answered well; what goes wrong then is
// logged, since the command stands.
func (s *Server) after(c echo.Context, err error, f func(context.Context) error) error {
	if err != nil {
		return err
	}
	if err := f(context.WithoutCancel(c.Request().Context())); err != nil {
		s.logFault(c, err)
	}
	return nil
}

func (s *Server) GrantRole(c echo.Context, ref gen.UserParam, p gen.GrantRoleParams) error {
	var b gen.GrantRole
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	return s.do(c, call, err, usecase.GrantRole{User: domain.UserID(ref), Role: b.Role, Scope: domain.Scope{Level: b.Scope.Level, Unit: b.Scope.Unit}},
		"/v1/users/"+ref)
}

func (s *Server) ConfirmRole(c echo.Context, ref gen.UserParam, grant gen.GrantParam, p gen.ConfirmRoleParams) error {
	var b gen.Empty
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	return s.do(c, call, err, usecase.ConfirmRole{User: domain.UserID(ref), Grant: grant}, "")
}

func (s *Server) RevokeRole(c echo.Context, ref gen.UserParam, grant gen.GrantParam, p gen.RevokeRoleParams) error {
	var b gen.Empty
	call, err := s.command(c, &b, p.DryRun, p.IdempotencyKey, p.ActingRole, p.IfMatch)
	return s.do(c, call, err, usecase.RevokeRole{User: domain.UserID(ref), Grant: grant}, "")
}

// IssuePassword gives a user a one-time password: it is no event, since the
// ledger keeps no secret.
func (s *Server) IssuePassword(c echo.Context, ref gen.UserParam) error {
	ctx := c.Request().Context()
	id := domain.UserID(ref)
	if id == who(c).user {
		return domain.Refuse(domain.OwnFile, "user", "user", ref)
	}
	_, _, active, err := s.o.Commands.Grants(ctx, id)
	if err != nil {
		return err
	}
	if !active {
		return domain.Refuse(domain.UnknownThing, "user", "user", ref)
	}
	if err := s.o.Views.AtLeast(ctx, s.o.Ledger.Size()-1); err != nil { // the sign-in name may just have been given
		return err
	}
	u, err := s.o.Views.User(ctx, id)
	if err != nil {
		return err
	}
	password, err := s.o.Secrets.IssuePassword(ctx, id, u.SignIn)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusCreated, "application/json", gen.OneTimePassword{User: id, Password: password})
}

func (s *Server) GetMe(c echo.Context) error {
	ctx, me := c.Request().Context(), who(c)
	answer := gen.Me{User: me.user, Human: string(me.human), Roles: []domain.Role{}, Grants: []gen.Grant{}, PasswordChangeNeeded: me.oneTime}
	for _, role := range domain.Roles {
		if me.has(role) {
			answer.Roles = append(answer.Roles, role)
		}
	}
	for _, g := range me.grants {
		answer.Grants = append(answer.Grants, gen.Grant{Id: g.ID, Role: g.Role, Scope: gen.Scope{Level: g.Scope.Level, Unit: g.Scope.Unit}, By: g.By})
	}
	if u, err := s.o.Views.User(ctx, me.user); err == nil {
		answer.Name = u.Name
	}
	return ok(c, answer)
}

func (s *Server) ChangePassword(c echo.Context) error {
	ctx, me := c.Request().Context(), who(c)
	var b gen.Password
	if err := decode(c, &b); err != nil {
		return err
	}
	if b.New == b.Old {
		return domain.Refuse(domain.FieldMalformed, "new", "rule", "password-same")
	}
	if err := s.o.Secrets.ChangePassword(ctx, me.user, b.Old, b.New, remote(c.Request())); err != nil {
		return signInFault(err)
	}
	return c.NoContent(http.StatusNoContent)
}

func token(t *ports.Token) gen.Token {
	return gen.Token{Id: t.ID, Name: t.Name, Created: t.Created, Expires: t.Expires, Used: t.Used}
}

// validTokens are a user's tokens that have not expired.
func (s *Server) validTokens(ctx context.Context, id domain.UserID) ([]ports.Token, error) {
	tokens, err := s.o.Secrets.Tokens(ctx, id)
	now := s.o.Commands.Now()
	return slices.DeleteFunc(tokens, func(t ports.Token) bool { return t.Expires != 0 && t.Expires <= now }), err
}

func (s *Server) ListTokens(c echo.Context) error {
	tokens, err := s.validTokens(c.Request().Context(), who(c).user)
	if err != nil {
		return err
	}
	answer := gen.TokenList{Rows: []gen.Token{}}
	for i := range tokens {
		answer.Rows = append(answer.Rows, token(&tokens[i]))
	}
	return ok(c, answer)
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// SignInForToken makes a token for a name and password, MakeToken for whoever
// is signed in.
func (s *Server) SignInForToken(c echo.Context) error { return s.MakeToken(c) }

func (s *Server) MakeToken(c echo.Context) error {
	ctx, me := c.Request().Context(), who(c)
	var b gen.NewToken
	if err := decode(c, &b); err != nil {
		return err
	}
	valid, err := s.validTokens(ctx, me.user)
	if err != nil {
		return err
	}
	if len(valid) >= tokensMax {
		return refuse(TooManyTokens, "", "max", tokensMax)
	}
	expires := s.o.Commands.Now() + domain.Instant(b.Days)*24*60*60*1000
	secret, made, err := s.o.Secrets.NewToken(ctx, me.user, b.Name, expires)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusCreated, "application/json", gen.TokenMade{Id: made.ID, Name: made.Name, Created: made.Created, Expires: made.Expires, Token: secret})
}

func (s *Server) RevokeToken(c echo.Context, ref gen.TokenParam) error {
	err := s.o.Secrets.RevokeToken(c.Request().Context(), who(c).user, ref)
	if errors.Is(err, ports.ErrSecret) {
		return refuse(NotFound, "token")
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// signInFault adds to a throttled sign-in how long to wait.
func signInFault(err error) error {
	if t, ok := err.(*ports.Throttled); ok {
		p := refuse(TooManyAttempts, "authorization")
		p.wait = max(1, int((t.Wait+time.Second-1)/time.Second))
		return p
	}
	return err
}

// remote is the caller's address, for throttling. Headers that a caller can
// set are not believed.
func remote(r *http.Request) string {
	if a, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return a.Addr().String()
	}
	return r.RemoteAddr
}
