package model

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"staffledger/domain"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// Who may begin what (domain model §10); nobody else may.
var begins = map[string][]usecase.Command{
	"leader":           {usecase.EstablishUnit{}, usecase.HoldBackPosts{}, usecase.FreePosts{}},
	"leader committee": {usecase.MoveQuota{}},
	"committee": {usecase.SetPool{}, usecase.StartOpening{}, usecase.AddOpeningPart{}, usecase.CompleteOpening{},
		usecase.AbandonOpening{}},
	"approver":             {usecase.ApproveUse{}, usecase.RevokeUse{}},
	"collector supervisor": {usecase.Collect{}, usecase.CollectBatch{}, usecase.Resubmit{}, usecase.Withdraw{}},
	"gate:organization gate:hr gate:office head supervisor":      {usecase.Pass{}, usecase.PassBatch{}, usecase.Return{}},
	"gate:organization gate:hr gate:office collector supervisor": {usecase.RegisterDocument{}},
	"recorder": {usecase.Record{}, usecase.RecordBatch{}},
	"admin": {usecase.RegisterUser{}, usecase.DisableUser{}, usecase.GrantRole{}, usecase.ConfirmRole{}, usecase.RevokeRole{},
		usecase.SetPolicy{}, usecase.SetCalendar{}},
}

// Every role tries every command, named and not; a command without content gets
// past nothing but the rights.
func TestEveryRoleTriesEveryCommand(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	user := func(role domain.Role) string { return "try-" + strings.ReplaceAll(string(role), ":", "-") }
	for _, role := range domain.Roles {
		w.Name(user(role), "试办人", "")
		w.Grant(user(role), role, domain.Scope{})
	}
	w.Name(user("none"), "试办人", "")
	before := eventsBut(w)
	for who, commands := range begins {
		for _, what := range commands {
			for _, role := range append(slices.Clone(domain.Roles), "none") {
				for _, as := range []domain.Role{"", role} {
					call := w.Call(user(role), what)
					if call.Role = as; as == "none" {
						call.Role = domain.Recorder
					}
					_, err := w.Service.Do(w.Ctx, call, what)
					var r *domain.Refusal
					refused := errors.As(err, &r) && r.Name == domain.NotAuthorised
					if may := slices.Contains(strings.Fields(who), string(role)); refused == may {
						t.Errorf("%T by %s as %q: %v", what, role, as, err)
					}
				}
			}
		}
	}
	if after := eventsBut(w); after != before {
		t.Errorf("%d events were written", after-before)
	}
}
