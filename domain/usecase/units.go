package usecase

import (
	"context"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/unitcode"
)

// establishUnit founds a unit: its code is claimed, the account decides, the
// claim is settled.
func (s *Service) establishUnit(ctx context.Context, c command, k EstablishUnit) (Result, error) {
	targets := []target{{level: k.Level, unit: k.Parent}}
	auth, err := s.authorise(c.call, RightsOf(k), targets...)
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	form.dated("effective", k.Effective, auth.policy.Bounds.BackdatingMonths)
	if k.Effective != domain.NoDay {
		form.day = min(form.day, k.Effective) // codes are those of the day on which the unit begins (§2)
	}
	text := form.unit(&k)
	s.parent(&form, k)
	if err := s.cite(ctx, &form, k.Document); err != nil {
		return Result{}, err
	}
	code, err := s.code(ctx, k.Code)
	if err != nil {
		return Result{}, err
	}
	if claimed, _, open := code.Open(); open {
		if _, err := s.detached(ctx, func(ctx context.Context) error { return s.driveCode(ctx, k.Code) }); err != nil {
			return Result{}, err
		}
		if claimed.Command == c.id {
			return Result{}, errAnew
		}
		if code, err = s.code(ctx, k.Code); err != nil {
			return Result{}, err
		}
	}
	stream := domain.StreamOf(domain.UnitCodeStream, k.Code)
	unit := domain.UnitID(c.thingID(domain.TagUnit, 0))
	claimed := unitcode.Claimed{Process: processID(c.id, stream, code.Revision()+1), Unit: unit, Level: k.Level, Parent: k.Parent,
		Division: k.Division, System: k.System, Rank: k.Rank, Command: c.id, Digest: c.call.Digest,
		Text: domain.PersonalOf(unitKey(unit), text)}
	d, err := code.DecideClaim(claimed, domain.Draft{Effective: k.Effective, Document: k.Document})
	if err = merged(form.about("unit"), nil, err); err != nil {
		return Result{}, s.lateRepeat(ctx, c, err)
	}
	if c.call.DryRun {
		return Result{}, nil
	}
	if err := s.o.Sealer.EnsureKeys(ctx, unitKey(unit)); err != nil {
		return Result{}, err
	}
	if _, err := s.append(ctx, stream, code.Revision(), c.origin(auth).causedBy(""), process(claimed.Process, stream, d, true)); err != nil {
		return Result{}, err
	}
	finished, err := s.detached(ctx, func(ctx context.Context) error { return s.driveCode(ctx, k.Code) })
	return s.outcome(ctx, c, k, claimed.Process, finished, err)
}

// parent checks that the supervising department exists and is managed by the
// same level, or by the city.
func (s *Service) parent(form *form, k EstablishUnit) {
	if k.Parent == "" {
		return
	}
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	at, known := s.directory.units[k.Parent]
	switch {
	case !known:
		form.found.Add(domain.Refuse(domain.UnknownThing, "parent", "unit", string(k.Parent)))
	case at.level != k.Level && at.level != codes.City:
		form.found.Add(domain.Refuse(domain.FieldMalformed, "parent", "rule", "parent-level", "level", string(at.level)))
	}
}

// cite checks a document where no account does.
func (s *Service) cite(ctx context.Context, form *form, id domain.DocumentID) error {
	document, err := s.document(ctx, id)
	if err != nil {
		return err
	}
	form.found.Add(account.Cited(account.Facts{Document: document}))
	return nil
}

// setPool fixes a pool line of a level.
func (s *Service) setPool(ctx context.Context, c command, k SetPool) (Result, error) {
	auth, err := s.authorise(c.call, RightsOf(k), target{level: k.Level})
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	form.level("level", k.Level)
	form.line("line", k.Line)
	form.posts("posts", k.Posts, 0)
	reason := form.note("reason", k.Reason, false)
	stream := domain.PoolOf(k.Level)
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, document: k.Document, form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			return a.DecidePool(account.SetPool{Line: k.Line, Posts: k.Posts, Text: noteOf(accountKey(stream), reason)}, f)
		},
		before: s.keys(accountKey(stream)),
	})
}

// moveQuota moves posts from one account to another.
func (s *Service) moveQuota(ctx context.Context, c command, k MoveQuota) (Result, error) {
	auth, err := s.authorisePosts(c.call, RightsOf(k), k.Posts, s.knownTargets(k.Giver, k.Taker)...)
	if err != nil {
		return Result{}, err
	}
	body := "office"
	if auth.actor.Role == domain.Committee {
		body = "committee"
	}
	form := form{day: auth.now.Day()}
	form.line("giverline", k.GiverLine)
	form.line("takerline", k.TakerLine)
	form.posts("posts", k.Posts, 1)
	form.sides(k)
	reason := form.note("reason", k.Reason, false)
	if err := s.takes(ctx, &form, k.Taker); err != nil {
		return Result{}, err
	}
	form.found.Add(s.oneLevel(k))
	if len(form.found) > 0 && (k.Giver.Kind() != domain.AccountStream && k.Giver.Kind() != domain.PoolStream) {
		return Result{}, form.found.Err()
	}
	var p domain.ProcessID
	offered, err := s.onAccount(ctx, c, k, auth, act{
		stream: k.Giver, document: k.Document, form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			for _, o := range a.Offers() {
				if o.Command == c.id { // an earlier attempt offered; its taker has not decided
					p = o.Process
					return domain.Decision{}, nil
				}
			}
			p = processID(c.id, k.Giver, a.Revision()+1)
			return a.DecideOffer(account.Offer{Process: p, Taker: k.Taker, TakerLine: k.TakerLine, GiverLine: k.GiverLine,
				Posts: k.Posts, Effective: k.Effective, Body: body, Command: c.id, Digest: c.call.Digest,
				Text: noteOf(accountKey(k.Giver), reason)}, f)
		},
		before: s.keys(accountKey(k.Giver)),
		events: func(_ *account.Account, drafts []domain.Draft) []numbered {
			return process(p, k.Giver, domain.Decision{Drafts: drafts}, true)
		},
	})
	if err != nil || c.call.DryRun {
		return offered, err
	}
	finished, err := s.detached(ctx, func(ctx context.Context) error { return s.driveQuota(ctx, k.Giver, p) })
	return s.outcome(ctx, c, k, p, finished, err)
}

// oneLevel refuses posts that would leave their managing level: each level has a
// ceiling of its own, per kind, which moving posts keeps (domain model §14.1).
func (s *Service) oneLevel(k MoveQuota) *domain.Refusal {
	targets := s.knownTargets(k.Giver, k.Taker)
	pools := k.Giver.Kind() == domain.PoolStream && k.Taker.Kind() == domain.PoolStream // quota-pools says it
	if len(targets) < 2 || targets[0].level == targets[1].level || pools {
		return nil
	}
	return domain.Refuse(domain.NotConserved, "taker", "level", string(targets[0].level), "takerlevel", string(targets[1].level))
}

// authorisePosts authorises a decision on so many posts: what exceeds the
// leader's matrix is the committee's (§10).
func (s *Service) authorisePosts(call Call, may []domain.Role, posts int, targets ...target) (authorised, error) {
	auth, err := s.authorise(call, may, targets...)
	most := 0
	if err == nil {
		most = auth.policy.Authority.LeaderPostsMax
	}
	if err != nil || auth.actor.Role == domain.Committee || posts <= most {
		return auth, err
	}
	committee := []domain.Role{domain.Committee}
	if call.Role == "" {
		if auth, err := s.authorise(call, committee, targets...); err == nil {
			return auth, nil
		}
	}
	return authorised{}, domain.Refuse(domain.NotAuthorised, "posts", "roles", committee, "posts", posts, "max", most)
}

// takes asks the taker before anything is offered, so that what it must refuse
// writes nothing: the unit does not exist, or an opening balance is under way.
func (s *Service) takes(ctx context.Context, form *form, taker domain.Stream) error {
	if taker.Kind() != domain.AccountStream {
		return nil
	}
	if !s.knows(domain.UnitID(taker.Key())) {
		form.found.Add(domain.Refuse(domain.UnknownThing, "taker", "unit", taker.Key()))
		return nil
	}
	return s.accounts.with(ctx, taker, func(e *entry) error {
		if r := e.state.Open(); r != nil {
			r.Field = "taker"
			form.found.Add(r)
		}
		return nil
	})
}

// knownTargets are the targets of two accounts; what does not exist is for the
// decision to refuse.
func (s *Service) knownTargets(streams ...domain.Stream) []target {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	var targets []target
	for _, stream := range streams {
		if _, known := s.directory.units[domain.UnitID(stream.Key())]; known || stream.Kind() == domain.PoolStream {
			targets = append(targets, s.directory.targetOfStream(stream))
		}
	}
	return targets
}

func (s *Service) knows(unit domain.UnitID) bool {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	_, known := s.directory.units[unit]
	return known
}

// holdBack moves free posts of a line to H.
func (s *Service) holdBack(ctx context.Context, c command, k HoldBackPosts) (Result, error) {
	return s.shift(ctx, c, k, account.HoldBack{Line: k.Line, Posts: k.Posts, Effective: k.Effective}, k.Unit, k.Document, k.Reason,
		func(a *account.Account, h account.HoldBack, f account.Facts) (domain.Decision, error) {
			return a.DecideHoldBack(h, f)
		})
}

// freePosts moves held-back posts of a line to F.
func (s *Service) freePosts(ctx context.Context, c command, k FreePosts) (Result, error) {
	return s.shift(ctx, c, k, account.HoldBack{Line: k.Line, Posts: k.Posts, Effective: k.Effective}, k.Unit, k.Document, k.Reason,
		func(a *account.Account, h account.HoldBack, f account.Facts) (domain.Decision, error) {
			return a.DecideFree(account.Free(h), f)
		})
}

func (s *Service) shift(ctx context.Context, c command, what Command, h account.HoldBack, unit domain.UnitID, document domain.DocumentID, reason string,
	decide func(*account.Account, account.HoldBack, account.Facts) (domain.Decision, error)) (Result, error) {
	auth, err := s.unit(c, RightsOf(what), unit)
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	form.line("line", h.Line)
	form.posts("posts", h.Posts, 1)
	stream := domain.AccountOf(unit)
	h.Text = noteOf(accountKey(stream), form.note("reason", reason, false))
	return s.onAccount(ctx, c, what, auth, act{
		stream: stream, document: document, form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) { return decide(a, h, f) },
		before: s.keys(accountKey(stream)),
	})
}

// approveUse reserves posts.
func (s *Service) approveUse(ctx context.Context, c command, k ApproveUse) (Result, error) {
	auth, err := s.unit(c, RightsOf(k), k.Unit)
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	form.line("line", k.Line)
	form.posts("posts", k.Posts, 1)
	form.code("manner", codes.TableManner, string(k.Manner), true)
	text := account.ApprovalText{Plan: form.text("plan", k.Plan, false), Note: form.note("note", k.Note, false)}
	stream := domain.AccountOf(k.Unit)
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, document: k.Document, form: form.found,
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			var sealed *domain.Personal
			if text != (account.ApprovalText{}) {
				sealed = domain.PersonalOf(accountKey(stream), text)
			}
			return a.DecideApprove(account.ApproveUse{Approval: domain.ApprovalID(c.thingID(domain.TagApproval, 0)), Line: k.Line,
				Posts: k.Posts, Manner: k.Manner, ValidTo: k.ValidTo, Text: sealed}, f)
		},
		before: s.keys(accountKey(stream)),
	})
}

// revokeUse frees what an approval has undrawn.
func (s *Service) revokeUse(ctx context.Context, c command, k RevokeUse) (Result, error) {
	stream, auth, err := s.found(ctx, c, RightsOf(k), domain.TagApproval, string(k.Approval))
	if err != nil {
		return Result{}, err
	}
	form := form{day: auth.now.Day()}
	reason := form.note("reason", k.Reason, true)
	return s.onAccount(ctx, c, k, auth, act{
		stream: stream, document: k.Document, form: form.found,
		thing: func(a *account.Account) (domain.Tag, domain.Revision, bool) {
			p, ok := a.Approval(k.Approval)
			return domain.TagOf(domain.TagApproval, k.Approval), p.Revision, ok
		},
		decide: func(a *account.Account, f account.Facts) (domain.Decision, error) {
			return a.DecideRevoke(account.RevokeUse{Approval: k.Approval, Text: noteOf(accountKey(stream), reason)}, f)
		},
	})
}

// keys makes sure that keys exist before something is sealed under them.
func (s *Service) keys(names ...string) func(context.Context) error {
	return func(ctx context.Context) error { return s.o.Sealer.EnsureKeys(ctx, names...) }
}

// accountKey is the key of free text about a unit's or a pool's account.
func accountKey(stream domain.Stream) string {
	if stream.Kind() == domain.PoolStream {
		return "pool:" + stream.Key()
	}
	return "unit:" + stream.Key()
}

func noteOf(key, text string) *domain.Personal {
	if text == "" {
		return nil
	}
	return domain.PersonalOf(key, account.ChangeNote{Note: text})
}
