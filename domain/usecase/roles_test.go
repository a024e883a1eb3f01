package usecase_test

import (
	"context"
	"errors"
	"testing"

	"staffledger/domain"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

// Who leads the office and sits on the committee decides as the committee what
// exceeds the leader's matrix, unless he names the role.
func TestTheRoleIsTheOneThatFitsThePosts(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 60, 0)
	w.Name("lk", "双职", "")
	w.Grant("lk", domain.Leader, domain.Scope{})
	w.Grant("lk", domain.Committee, domain.Scope{})
	cut := usecase.MoveQuota{Giver: domain.AccountOf(u1), Taker: domain.PoolOf(codes.City), GiverLine: adm, TakerLine: adm, Posts: 21,
		Effective: w.Day("2026-03-02"), Document: w.Document()}
	for _, c := range []struct {
		posts int
		want  domain.Role
	}{{20, domain.Leader}, {21, domain.Committee}} {
		cut.Posts = c.posts
		if got := w.Must("lk", cut).Events[0].ActorRole; got != c.want {
			t.Errorf("%d posts were decided as %s, want %s", c.posts, got, c.want)
		}
	}
	call := w.Call("lk", cut)
	call.Role = domain.Leader
	var r *domain.Refusal
	if _, err := w.Service.Do(w.Ctx, call, cut); !errors.As(err, &r) || r.Name != domain.NotAuthorised || r.Field != "posts" {
		t.Errorf("as leader: %v", err)
	}
}

// Two rows about somebody new to the ledger are about one person, and a dry run
// says so too.
func TestOneNewPersonTwiceInABatch(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 3, 0)
	bad, good := w.EntryForm(1, adm, "2026-03-02"), w.EntryForm(1, adm, "2026-03-02")
	bad.Document = ""
	what := usecase.CollectBatch{Unit: u1, Rows: []usecase.ChangeForm{bad, good, good}}
	call := w.Call("c", what)
	for _, call.DryRun = range []bool{true, false} {
		result, err := w.Service.Do(w.Ctx, call, what)
		if err != nil {
			t.Fatal(err)
		}
		rows := result.Rows
		if rows[0].Refusal == nil || rows[1].Refusal != nil || rows[2].Refusal == nil || rows[2].Refusal.Name != domain.WrongStep {
			t.Errorf("dry %v: rows %v", call.DryRun, rows)
		}
	}
}

// meanwhile takes the right to act from whoever is about to use it.
type meanwhile struct {
	usecase.SignIns
	act func()
}

func (m *meanwhile) Reserve(ctx context.Context, signIn string, user domain.UserID) (bool, error) {
	if act := m.act; act != nil {
		m.act = nil
		act()
	}
	return m.SignIns.Reserve(ctx, signIn, user)
}

// An administrator whose right is taken while the command is under way is
// refused: rights count where the event is written.
func TestARightThatIsTakenMeanwhile(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	w.Name("admin3", "管理丙", "")
	w.Grant("admin3", domain.Admin, domain.Scope{})
	grants, _, _, err := w.Service.Grants(w.Ctx, w.User("admin3"))
	if err != nil {
		t.Fatal(err)
	}
	signIns := &meanwhile{SignIns: w.Sealer}
	w.Service, err = usecase.Open(w.Ctx, usecase.Options{Log: w.Store, Sealer: w.Sealer, SignIns: signIns, Clock: w.Clock, IDs: &world.IDs{}})
	if err != nil {
		t.Fatal(err)
	}
	signIns.act = func() { w.Must("admin", usecase.RevokeRole{User: w.User("admin3"), Grant: grants[0].ID}) }
	w.Refused(domain.NotAuthorised, "admin3", usecase.RegisterUser{Name: "新人甲", SignIn: "new"})
}
