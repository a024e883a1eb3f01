package web

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"staffledger/domain"
	"staffledger/http/ports"
)

type signInView struct {
	To, Name, Error string
	Demo            []ports.DemoUser
	Password        string // of all demo users, where it is the same
}

func (r *request) signInPage(v signInView) error {
	v.Demo = r.p.Demo
	for i, u := range v.Demo {
		if i == 0 {
			v.Password = u.Password
		} else if v.Password != u.Password {
			v.Password = ""
		}
	}
	f := r.page(r.t("signin.title"), "")
	f.Session, f.Nav, f.Notes = viewSession{}, nil, nil
	return r.render("signin", f, v)
}

func (r *request) showSignIn() error {
	if r.in {
		return r.see("/")
	}
	name := r.query("name")
	if len(name) > 64 {
		name = ""
	}
	return r.signInPage(signInView{To: ownAddress(r.query("to")), Name: name})
}

// ownAddress is an address of ours, or "": nobody is sent elsewhere by a link.
func ownAddress(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\n\r") {
		return ""
	}
	return to
}

func (r *request) signIn() error {
	v := signInView{To: ownAddress(r.field("to")), Name: r.field("name")}
	password := r.form.Get("password")
	session, cookie, err := ports.Session{}, (*http.Cookie)(nil), ports.ErrSignIn
	if len(v.Name) <= 64 && len(password) <= 512 {
		session, cookie, err = r.p.sessions.SignIn(r.ctx, v.Name, password, remote(r.c.Request()))
	}
	var waits *ports.Throttled
	switch {
	case errors.As(err, &waits):
		r.status, v.Error = http.StatusTooManyRequests, r.t("signin.wait", r.duration(waits.Wait))
		r.c.Response().Header().Set("Retry-After", itoa(max(int(waits.Wait.Seconds()), 1)))
		return r.signInPage(v)
	case errors.Is(err, ports.ErrSignIn):
		r.status, v.Error = http.StatusUnauthorized, r.t("signin.failed")
		return r.signInPage(v)
	case err != nil:
		return err
	}
	r.c.SetCookie(cookie)
	switch {
	case session.OneTime:
		return r.see("/password")
	case v.To != "" && v.To != "/":
		return r.see(v.To)
	}
	return r.see(r.firstSight(session))
}

// firstSight is where a role begins: reviewers and recorders with their queue,
// the head of a unit with its account, everybody else at home.
func (r *request) firstSight(s ports.Session) string {
	switch s.Role {
	case domain.GateOrganization, domain.GateHR, domain.GateOffice, domain.Recorder, domain.Supervisor:
		return "/queue"
	case domain.UnitHead:
		grants, _, _, err := r.p.Commands.Grants(r.ctx, s.User)
		for _, g := range grants {
			if err == nil && g.Role == domain.UnitHead && g.Scope.Unit != "" {
				return "/units/" + string(g.Scope.Unit)
			}
		}
	}
	return "/"
}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (r *request) signOut() error {
	cookie, err := r.p.sessions.SignOut(r.c.Request())
	if err != nil {
		return err
	}
	r.c.SetCookie(cookie)
	return r.see("/signin")
}

func (r *request) chooseRole() error {
	if err := r.p.sessions.Choose(r.c.Request(), domain.Role(r.field("role"))); err != nil {
		return err
	}
	if to := ownAddress(r.field("to")); to != "" {
		return r.see(to)
	}
	return r.see("/")
}

func (r *request) showPassword() error { return r.passwordPage(map[string]string{}) }

func (r *request) passwordPage(wrong map[string]string) error {
	var v struct{ Fields []input }
	for _, name := range []string{"old", "new", "again"} {
		in := input{ID: name, Name: name, Label: r.t("password." + name), Kind: "password", Required: true, Max: 512, Auto: "new-password", Error: wrong[name]}
		if name == "old" {
			in.Auto = "current-password"
		}
		if name == "new" {
			in.Hint = r.t("password.hint")
		}
		v.Fields = append(v.Fields, in)
	}
	title := r.t("password.change")
	if r.session.OneTime {
		title = r.t("password.title")
	}
	return r.render("password", r.page(title, ""), v)
}

func (r *request) changePassword() error {
	fresh := r.form.Get("new")
	if fresh != r.form.Get("again") {
		r.status = http.StatusUnprocessableEntity
		return r.passwordPage(map[string]string{"again": r.t("password.differ")})
	}
	session, cookie, err := r.p.sessions.ChangePassword(r.c.Request(), r.form.Get("old"), fresh, remote(r.c.Request()))
	var weak *ports.WeakPassword
	switch {
	case errors.As(err, &weak):
		r.status = http.StatusUnprocessableEntity
		said := r.t("password.same")
		switch weak.Rule {
		case "length":
			said = r.t("password.length", weak.Min, weak.Max)
		case "name":
			said = r.t("password.name")
		}
		return r.passwordPage(map[string]string{"new": said})
	case errors.Is(err, ports.ErrSignIn):
		r.status = http.StatusUnprocessableEntity
		return r.passwordPage(map[string]string{"old": r.t("password.wrong")})
	case err != nil:
		return err
	}
	r.c.SetCookie(cookie)
	return r.see(r.firstSight(session))
}
