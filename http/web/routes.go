package web

import (
	"bytes"
	"fmt"
	"net/http"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// routes is the one table of pages: address, who may open it, what answers.
func (p *Pages) routes() []route {
	get := func(path string, a access, h func(*request) error) route {
		return route{method: http.MethodGet, path: path, access: a, handle: h}
	}
	post := func(path string, a access, h func(*request) error) route {
		return route{method: http.MethodPost, path: path, access: a, handle: h}
	}
	owned := func(r route, commands ...usecase.Command) route {
		r.access = ownersOnly
		for _, c := range commands {
			r.rights = append(r.rights, usecase.RightsOf(c)...)
		}
		return r
	}
	large := func(r route, most int64) route { r.bytesMax = most; return r }
	gates := []domain.Role{domain.UnitHead, domain.Supervisor, domain.GateOrganization, domain.GateHR, domain.GateOffice}
	reviewers := func(r route) route { r.access, r.rights = ownersOnly, gates; return r }
	return []route{
		get("/signin", nobodyYet, (*request).showSignIn),
		post("/signin", nobodyYet, (*request).signIn),
		post("/signout", oneTime, (*request).signOut),
		get("/password", oneTime, (*request).showPassword),
		post("/password", oneTime, (*request).changePassword),
		post("/role", signedIn, (*request).chooseRole),

		get("/", signedIn, (*request).home),
		get("/queue", signedIn, (*request).queue),
		get("/units", reader, (*request).units),
		get("/units/:unit", reader, (*request).account),
		get("/units/:unit/posts", reader, (*request).posts),
		get("/units/:unit/roster", reader, (*request).roster),
		get("/units/:unit/changes", reader, (*request).unitChanges),
		get("/people", reader, (*request).people),
		post("/people", reader, (*request).findPeople),
		get("/people/:person", reader, (*request).personPage),

		get("/changes", reader, (*request).changesPage),
		owned(get("/changes/new", 0, (*request).newChange), usecase.Collect{}),
		owned(post("/changes/new", 0, (*request).collect), usecase.Collect{}),
		get("/changes/balance", reader, (*request).balance),
		get("/changes/:change", reader, (*request).changePage),
		reviewers(post("/changes/:change/opinion", 0, (*request).opinion)),
		reviewers(get("/changes/:change/return", 0, (*request).showReturn)),
		reviewers(post("/changes/:change/return", 0, (*request).returnChange)),
		owned(post("/changes/:change/record", 0, (*request).record), usecase.Record{}),
		owned(get("/changes/:change/withdraw", 0, (*request).showWithdraw), usecase.Withdraw{}),
		owned(post("/changes/:change/withdraw", 0, (*request).withdraw), usecase.Withdraw{}),
		owned(get("/changes/:change/resubmit", 0, (*request).showResubmit), usecase.Resubmit{}),
		owned(post("/changes/:change/resubmit", 0, (*request).resubmit), usecase.Resubmit{}),

		owned(get("/batch/new", 0, (*request).newBatch), usecase.CollectBatch{}),
		large(owned(post("/batch/new", 0, (*request).collectBatch), usecase.CollectBatch{}), batchBytesMax),
		get("/batches/:batch", reader, (*request).batchPage),
		reviewers(post("/batches/:batch/pass", 0, (*request).actOnBatch)),
		owned(post("/batches/:batch/record", 0, (*request).actOnBatch), usecase.RecordBatch{}),

		get("/approvals", reader, (*request).approvals),
		owned(get("/approvals/new", 0, (*request).newApproval), usecase.ApproveUse{}),
		owned(post("/approvals/new", 0, (*request).approve), usecase.ApproveUse{}),
		get("/approvals/:approval", reader, (*request).approval),
		owned(get("/approvals/:approval/revoke", 0, (*request).showRevoke), usecase.RevokeUse{}),
		owned(post("/approvals/:approval/revoke", 0, (*request).revoke), usecase.RevokeUse{}),
		owned(get("/quota/new", 0, (*request).newQuota), usecase.MoveQuota{}, usecase.HoldBackPosts{}),
		owned(post("/quota/new", 0, (*request).moveQuota), usecase.MoveQuota{}, usecase.HoldBackPosts{}),

		get("/documents", reader, (*request).documents),
		owned(get("/documents/new", 0, (*request).newDocument), usecase.RegisterDocument{}),
		large(owned(post("/documents/new", 0, (*request).registerDocument), usecase.RegisterDocument{}), fileBytesMax),
		get("/documents/:document", reader, (*request).document),
		get("/documents/:document/file", reader, (*request).documentFile),

		get("/trace", eventsOnly, (*request).trace),
		get("/events/:event", eventsOnly, (*request).eventPage),
		get("/verify", signedIn, (*request).verify),
		post("/verify", checker, (*request).startCheck),
		post("/search", signedIn, (*request).search),
		get("/search", signedIn, (*request).showSearch),
		get("/admin/users", adminOnly, (*request).users),
		get("/ops", operators, (*request).operations),
	}
}

// fragment answers the page's script with a part of a page.
func (r *request) fragment(name string, v any) error {
	var b bytes.Buffer
	if err := r.p.templates[r.lang].ExecuteTemplate(&b, name, v); err != nil {
		return fmt.Errorf("web: template %s: %w", name, err)
	}
	return r.c.HTMLBlob(http.StatusOK, b.Bytes())
}
