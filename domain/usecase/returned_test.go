package usecase_test

import (
	"errors"
	"testing"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/codes"
	"staffledger/domain/usecase"
	"staffledger/test/world"
)

func changeOf(w *world.World, unit string, id domain.ChangeID) (c account.Change) {
	w.T.Helper()
	if err := w.Service.ReadAccount(w.Ctx, domain.AccountOf(w.UnitID(unit)), func(a *account.Account) { c, _ = a.Change(id) }); err != nil {
		w.T.Fatal(err)
	}
	return c
}

// A gate is one step, however often a change comes back to it: who returned a
// change passes it when it was put right, and who passed what is void passes
// the new content. No other step is open to him.
func TestAReturnedChangeComesBackToTheSameReviewer(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	w.Unit("U1", adm, 3, 0)
	change := w.Collect("U1", w.EntryForm(1, adm, "2026-03-02"))
	w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"post": "请填写"}})
	f := w.EntryForm(1, adm, "2026-03-02")
	f.Particulars.Post = "科员"
	w.Must("c1", usecase.Resubmit{Change: change, ChangeForm: f})
	w.Pass(change, "o1")
	w.Must("h1", usecase.Return{Change: change, Fields: map[string]string{"post": "有误"}})
	f.Particulars.Post = "一级科员"
	w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f})
	if c := changeOf(w, "U1", change); c.Passed != 0 {
		t.Fatalf("%d passes stand on changed content", c.Passed)
	}
	w.Grant("o1", domain.GateHR, domain.Scope{})
	w.Pass(change, "o1")
	w.Refused(domain.SamePerson, "o1", usecase.Pass{Change: change, Items: w.Items("h1")})
	w.Must("h1", usecase.Return{Change: change, Fields: map[string]string{"post": "再核"}})
	w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f}) // the same content: the pass stands
	if c := changeOf(w, "U1", change); c.Passed != 1 {
		t.Fatalf("%d passes stand on the same content, want 1", c.Passed)
	}
	w.Pass(change, "h1", "f1")
	w.Must("e1", usecase.Record{Change: change})
	w.Want("U1", adm, [5]int{3, 1, 0, 0, 2})
}

// A change that no longer names its approval gives the post back: to an approval
// that stands, else to the line from that day on.
func TestAResubmissionGivesThePostOfItsApprovalBack(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 2, 0)
	b := domain.ApprovalID(w.Must("f2", usecase.ApproveUse{Unit: u1, Line: adm, Posts: 1, Manner: codes.Exam, ValidTo: w.Day("2026-03-31"), Document: w.Document()}).ID)
	f := w.EntryForm(1, adm, "2026-03-02")
	f.Manner, f.Approval = codes.Exam, b
	change := w.Collect("U1", f)
	w.Want("U1", adm, [5]int{2, 0, 1, 0, 1})

	w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"approval": "不需要"}})
	f.Manner, f.Approval = codes.Resettlement, ""
	w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f}) // the approval stands
	w.Want("U1", adm, [5]int{2, 0, 1, 0, 1})
	if p := w.Approval(b); p.Drawn != 0 {
		t.Fatalf("%d drawn, want 0", p.Drawn)
	}
	w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"approval": "需要"}})
	f.Manner, f.Approval = codes.Exam, b
	w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f})

	w.At("2026-04-01") // it expires; the drawn post stays
	w.Want("U1", adm, [5]int{2, 0, 1, 0, 1})
	w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"approval": "已失效"}})
	w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f}) // it is kept by the change that holds it
	w.Want("U1", adm, [5]int{2, 0, 1, 0, 1})
	w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"approval": "已失效"}})
	w.Must("L", usecase.HoldBackPosts{Unit: u1, Line: adm, Posts: 1, Effective: w.Day("2026-04-01"), Document: w.Document()})
	f.Manner, f.Approval = codes.Resettlement, ""
	result := w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f})
	if len(result.Reminders) > 0 {
		t.Errorf("reminders %v, but the post given back is free", result.Reminders)
	}
	w.Want("U1", adm, [5]int{2, 0, 0, 1, 1})
}

// What is given back to one line is not free on another.
func TestAResubmissionToAnotherLineIsRemindedOfThatLine(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 1, 0)
	w.Posts("U1", inst, 1, 1)
	b := domain.ApprovalID(w.Must("f2", usecase.ApproveUse{Unit: u1, Line: adm, Posts: 1, Manner: codes.Exam, ValidTo: w.Day("2026-03-20"), Document: w.Document()}).ID)
	f := w.EntryForm(1, adm, "2026-03-02")
	f.Manner, f.Approval = codes.Exam, b
	change := w.Collect("U1", f)
	w.At("2026-03-23")
	w.Must("o1", usecase.Return{Change: change, Fields: map[string]string{"line": "应占事业编制"}})
	f.Manner, f.Approval, f.Line, f.Class = codes.Resettlement, "", inst, codes.ClassProfessional
	result := w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f})
	if len(result.Reminders) != 1 || result.Reminders[0].Name != domain.NoFreePost {
		t.Errorf("reminders %v, want no-free-post", result.Reminders)
	}
	w.Want("U1", adm, [5]int{1, 0, 0, 0, 1})
}

// The route is that of the class of person, also when the class is corrected.
func TestAResubmissionTakesTheRouteOfItsClass(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	w.Unit("U1", inst, 3, 0)
	w.Must("admin", usecase.SetPolicy{Name: "routes", From: w.Day("2026-03-02"), Document: w.Document(), Value: []byte(`[
		{"kind":"entry","gates":["organization","hr","office"]},{"kind":"entry","class":"worker","gates":["hr"]},{"kind":"exit","gates":["hr"]}]`)})
	f := w.EntryForm(1, inst, "2026-03-02")
	f.Class = codes.ClassWorker
	change := w.Collect("U1", f)
	w.Must("h1", usecase.Return{Change: change, Fields: map[string]string{"class": "应为专技"}})
	f.Class = codes.ClassProfessional
	w.Must("c", usecase.Resubmit{Change: change, ChangeForm: f})
	w.Refused(domain.WrongStep, "e1", usecase.Record{Change: change})
	w.Refused(domain.WrongStep, "h1", usecase.Pass{Change: change, Items: w.Items("h1")})
	w.Pass(change, world.Gates...)
	w.Must("e1", usecase.Record{Change: change})
}

// Whoever revokes an approval has seen what is drawn on it.
func TestAnApprovalIsNotTheSameOnceDrawn(t *testing.T) {
	t.Parallel()
	w := world.New(t, "2026-03-02")
	u1 := w.Unit("U1", adm, 2, 0)
	b := domain.ApprovalID(w.Must("f2", usecase.ApproveUse{Unit: u1, Line: adm, Posts: 2, Manner: codes.Exam, Document: w.Document()}).ID)
	revoke := usecase.RevokeUse{Approval: b, Reason: "计划取消", Document: w.Document()}
	call := w.Call("f2", revoke)
	f := w.EntryForm(1, adm, "2026-03-02")
	f.Manner, f.Approval = codes.Exam, b
	change := w.Collect("U1", f)
	var failed *usecase.PreconditionFailed
	if _, err := w.Service.Do(w.Ctx, call, revoke); !errors.As(err, &failed) {
		t.Fatalf("revoked unseen: %v", err)
	}
	if len(failed.Since) != 1 || failed.Since[0].Type != account.TypeStaffingCollected {
		t.Errorf("shown %v, want the collection", failed.Since)
	}
	w.Must("c", usecase.Withdraw{Change: change, Reason: "放弃"})
	w.Must("f2", revoke)
	w.Want("U1", adm, [5]int{2, 0, 0, 0, 2})
}
