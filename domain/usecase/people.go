package usecase

import (
	"context"
	"slices"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/document"
	"staffledger/domain/policy"
	"staffledger/domain/user"
)

// onDirectory carries out a command on a stream that authorisation itself rests
// on (users, policies, calendars): under the directory's lock, so that no
// authorisation is under way while it changes. A refusal of class 1 comes first.
func (s *Service) onDirectory(ctx context.Context, c command, what Command, stream domain.Stream, form domain.Findings, ifMatch bool,
	before func(context.Context) error, decide func(*user.State, user.Facts, authorised, domain.Revision) (domain.Decision, error)) (Result, error) {
	auth, err := s.authorise(c.call, RightsOf(what))
	if err != nil {
		return Result{}, err
	}
	if before != nil && !c.call.DryRun && len(form) == 0 {
		if err := before(ctx); err != nil {
			return Result{}, err
		}
	}
	d := s.directory
	d.mu.Lock()
	defer d.mu.Unlock()
	state := d.users[domain.UserID(stream.Key())]
	if state == nil || stream.Kind() != domain.UserStream {
		state = user.New(domain.UserID(stream.Key()))
	}
	if actor := d.users[c.call.User]; actor == nil || !actor.Has(domain.Admin) {
		return Result{}, errAnew // revoked meanwhile: authorise again
	}
	revision, err := s.o.Log.Last(ctx, stream)
	if err != nil {
		return Result{}, err
	}
	decision, err := decide(state, user.Facts{Actor: auth.actor, Admins: d.admins}, auth, revision)
	err = merged(form, nil, err)
	if ifMatch && revision != domain.NoStream {
		err = s.precondition(ctx, c, "", stream, revision, err)
	}
	if err != nil {
		return Result{}, s.lateRepeat(ctx, c, err)
	}
	if c.call.DryRun {
		return Result{}, nil
	}
	stored, err := s.append(ctx, stream, revision, c.origin(auth), number(c.id, stream, decision.Drafts))
	if err != nil {
		return Result{}, err
	}
	if err := s.noteLocked(stored); err != nil {
		return Result{}, err
	}
	return s.resultOf(what, stored)
}

// registerUser names a person of the system.
func (s *Service) registerUser(ctx context.Context, c command, k RegisterUser) (Result, error) {
	var form form
	id := domain.UserID(c.thingID("user", 0))
	name, fault := codes.PersonName(k.Name)
	form.add("name", fault)
	signIn := form.signIn("signin", k.SignIn)
	human := domain.HumanID(id)
	if k.Human != "" {
		human = domain.HumanID(k.Human)
		x, err := s.person(ctx, k.Human)
		if err != nil {
			return Result{}, err
		}
		if !x.Registered() {
			form.found.Add(domain.Refuse(domain.UnknownThing, "human", "person", clip(string(k.Human))))
		}
	}
	before := func(ctx context.Context) error {
		if err := s.o.Sealer.EnsureKeys(ctx, userKey(id)); err != nil {
			return err
		}
		free, err := s.o.SignIns.Reserve(ctx, signIn, id)
		if err == nil && !free {
			err = domain.Refuse(domain.FieldMalformed, "signin", "rule", "signin-taken")
		}
		return err
	}
	return s.onDirectory(ctx, c, k, domain.UserOf(id), form.about("user"), false, before,
		func(u *user.State, f user.Facts, _ authorised, _ domain.Revision) (domain.Decision, error) {
			return u.DecideRegister(human, domain.PersonalOf(userKey(id), user.Text{Name: name, SignIn: signIn}))
		})
}

func (s *Service) disableUser(ctx context.Context, c command, k DisableUser) (Result, error) {
	return s.onDirectory(ctx, c, k, domain.UserOf(k.User), nil, true, nil,
		func(u *user.State, f user.Facts, _ authorised, _ domain.Revision) (domain.Decision, error) {
			return u.DecideDisable(f)
		})
}

func (s *Service) grantRole(ctx context.Context, c command, k GrantRole) (Result, error) {
	var form form
	switch {
	case k.Role == "":
		form.missing("role")
	case !slices.Contains(domain.Roles, k.Role):
		form.found.Add(domain.Refuse(domain.FieldMalformed, "role", "rule", "role", "value", clip(string(k.Role))))
	}
	if k.Scope.Level != "" {
		form.level("level", k.Scope.Level)
	}
	if k.Scope.Unit != "" && !s.knows(k.Scope.Unit) {
		form.found.Add(domain.Refuse(domain.UnknownThing, "unit", "unit", clip(string(k.Scope.Unit))))
	}
	return s.onDirectory(ctx, c, k, domain.UserOf(k.User), form.found, true, nil,
		func(u *user.State, f user.Facts, _ authorised, _ domain.Revision) (domain.Decision, error) {
			return u.DecideGrant(c.thingID("grant", 0), k.Role, k.Scope, f)
		})
}

func (s *Service) confirmRole(ctx context.Context, c command, k ConfirmRole) (Result, error) {
	return s.onDirectory(ctx, c, k, domain.UserOf(k.User), nil, true, nil,
		func(u *user.State, f user.Facts, _ authorised, _ domain.Revision) (domain.Decision, error) {
			return u.DecideConfirm(k.Grant, f)
		})
}

func (s *Service) revokeRole(ctx context.Context, c command, k RevokeRole) (Result, error) {
	return s.onDirectory(ctx, c, k, domain.UserOf(k.User), nil, true, nil,
		func(u *user.State, f user.Facts, _ authorised, _ domain.Revision) (domain.Decision, error) {
			return u.DecideRevoke(k.Grant, f)
		})
}

// setPolicy sets a version of a policy from a day on.
func (s *Service) setPolicy(ctx context.Context, c command, k SetPolicy) (Result, error) {
	document, err := s.document(ctx, k.Document)
	if err != nil {
		return Result{}, err
	}
	stream := domain.StreamOf(domain.PolicyStream, policyKey(k.Name))
	return s.onDirectory(ctx, c, k, stream, nil, false, nil,
		func(_ *user.State, f user.Facts, auth authorised, last domain.Revision) (domain.Decision, error) {
			return alone(f, func() (domain.Decision, error) {
				return policy.DecideSetPolicy(policy.SetPolicy{Name: k.Name, From: k.From, Value: k.Value}, policyFacts(auth, document, last))
			})
		})
}

// setCalendar fixes the working days of a year.
func (s *Service) setCalendar(ctx context.Context, c command, k SetCalendar) (Result, error) {
	document, err := s.document(ctx, k.Document)
	if err != nil {
		return Result{}, err
	}
	stream := domain.StreamOf(domain.CalendarStream, strconv.Itoa(k.Year))
	return s.onDirectory(ctx, c, k, stream, nil, false, nil,
		func(_ *user.State, f user.Facts, auth authorised, last domain.Revision) (domain.Decision, error) {
			return alone(f, func() (domain.Decision, error) {
				return policy.DecideSetCalendar(policy.SetCalendar{Year: k.Year, Holidays: k.Holidays, Workdays: k.Workdays},
					policyFacts(auth, document, last))
			})
		})
}

func policyFacts(auth authorised, document account.DocumentFact, last domain.Revision) policy.Facts {
	return policy.Facts{Today: auth.now.Day(), Document: document.ID, DocumentKnown: document.Known, Last: last}
}

// alone refuses what one administrator alone may not do.
func alone(f user.Facts, decide func() (domain.Decision, error)) (domain.Decision, error) {
	if f.Admins < 2 {
		return domain.Decision{}, domain.Refuse(domain.SecondAdminNeeded, "actor", "admins", f.Admins)
	}
	return decide()
}

// registerDocument registers a paper.
func (s *Service) registerDocument(ctx context.Context, c command, k RegisterDocument) (Result, error) {
	auth, err := s.authorise(c.call, RightsOf(k))
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	docNumber, fault := codes.DocumentNumber(k.Number)
	form.add("number", fault)
	text := document.Text{Number: docNumber, Issuer: form.text("issuer", k.Issuer, true), Title: form.text("title", k.Title, true),
		Grants: form.note("grants", k.Grants, false), File: form.text("file", k.File, false)}
	switch {
	case k.Date == domain.NoDay:
		form.missing("date")
	case k.Date > form.day:
		form.found.Add(domain.Refuse(domain.FutureDated, "date", "day", k.Date.String(), "today", form.day.String()))
	}
	if k.Digest != "" && (!isDigest(k.Digest) || k.Size <= 0 || k.Size > DocumentBytesMax) {
		form.found.Add(domain.Refuse(domain.FieldMalformed, "digest", "rule", "digest"))
	}
	if err := form.about("document").Err(); err != nil || c.call.DryRun {
		return Result{}, err
	}
	id := domain.DocumentID(c.thingID(domain.TagDocument, 0))
	if err := s.o.Sealer.EnsureKeys(ctx, documentKey(id)); err != nil {
		return Result{}, err
	}
	stream := domain.DocumentOf(id)
	drafts := []domain.Draft{{
		Payload: document.Registered{Date: k.Date, Digest: k.Digest, Size: k.Size, Text: domain.PersonalOf(documentKey(id), text)},
		Tags:    []domain.Tag{domain.TagOf(domain.TagDocument, id)},
	}}
	stored, err := s.append(ctx, stream, domain.NoStream, c.origin(auth), number(c.id, stream, drafts))
	if err != nil {
		return Result{}, err
	}
	return s.resultOf(k, stored)
}

// policyKey keeps a malformed name out of the names of streams; the decision
// refuses it.
func policyKey(name string) string {
	if slices.Contains(policy.Names, name) {
		return name
	}
	return "unknown"
}
