package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"

	"staffledger/domain"
	"staffledger/domain/text"
)

type eventPage struct {
	Event    eventView
	Sentence string
	Head     []inputLink
	Diffs    []text.Diff
	Proof    proofView
	JSON     string
	Prev     string
	Next     string
	Reason   string
}

type inputLink struct {
	Label, Text, Href string
	Mono, Name        bool
}

type proofView struct {
	Leaf string
	Size uint64
	Root string
	Path []string
}

func (r *request) eventOf(ref string) (domain.Recorded, error) {
	if n, err := strconv.ParseUint(ref, 10, 63); err == nil {
		if n >= uint64(r.p.Ledger.Size()) {
			return domain.Recorded{}, errNotFound
		}
		return r.p.Ledger.At(r.ctx, domain.Position(n))
	}
	return r.p.Ledger.ByID(r.ctx, domain.EventID(ref))
}

// headFacts lists what stands in the head of an event.
func (r *request) headFacts(e opened) []inputLink {
	h := e.Head
	rows := []inputLink{
		{Label: text.Field(r.lang, "position"), Text: text.Nth(r.lang, e.Position)},
		{Label: r.t("event.type"), Text: text.Label(r.lang, "event", string(h.Type))},
		{Label: r.t("event.wire"), Text: string(h.Type), Mono: true},
		{Label: r.t("event.id"), Text: string(h.ID), Mono: true},
		{Label: r.t("event.stream"), Text: string(h.Stream), Mono: true},
		{Label: r.t("event.revision"), Text: text.Number(h.Revision)},
		{Label: r.t("event.recorded"), Text: text.DateTime(r.lang, h.Time)},
	}
	if h.Effective != domain.NoDay {
		rows = append(rows, inputLink{Label: r.t("event.effective"), Text: text.Date(r.lang, h.Effective)})
	}
	actor := inputLink{Label: text.Field(r.lang, "actor"), Text: r.t("trust.system")}
	if h.AuthType == domain.AuthUser {
		actor.Text, actor.Name = cmpOr(r.names.User(domain.UserID(h.AuthID)), h.AuthID), true
		actor.Href = "/trace?actor=" + url.QueryEscape(h.AuthID)
	}
	rows = append(rows, actor)
	if h.ActorRole != "" {
		rows = append(rows, inputLink{Label: text.Field(r.lang, "role"), Text: text.Label(r.lang, "role", string(h.ActorRole))})
	}
	if h.DocumentID != "" {
		rows = append(rows, inputLink{Label: text.Field(r.lang, "document"), Text: cmpOr(r.names.Document(h.DocumentID), string(h.DocumentID)), Href: "/documents/" + string(h.DocumentID), Name: true})
	}
	rows = append(rows, inputLink{Label: r.t("event.decidedat"), Text: text.Nth(r.lang, h.DecidedAt)})
	if h.CommandID != "" {
		rows = append(rows, inputLink{Label: r.t("event.command"), Text: string(h.CommandID), Mono: true})
	}
	if h.CausationID != "" {
		rows = append(rows, inputLink{Label: r.t("event.cause"), Text: string(h.CausationID), Mono: true, Href: "/events/" + string(h.CausationID)})
	}
	if b := batchMark(e.payload); b != nil {
		rows = append(rows, inputLink{Label: text.Field(r.lang, "batch"), Text: r.t("event.batchrow", text.Number(b.Row+1), text.Number(b.Rows)), Href: "/batches/" + b.ID})
	}
	return rows
}

// proof is the inclusion path of an entry in the tree as it is now (RFC 6962),
// unsigned.
func (r *request) proof(e domain.Recorded) (proofView, error) {
	size, root, err := r.p.Ledger.Root()
	if err != nil {
		return proofView{}, err
	}
	path, err := r.p.Ledger.ProveInclusion(e.Position, size)
	if err != nil {
		return proofView{}, err
	}
	leaf := sha256.Sum256(slices.Concat([]byte{0}, e.Bytes)) // RFC 6962 §2.1
	p := proofView{Leaf: base64.StdEncoding.EncodeToString(leaf[:]), Size: size, Root: base64.StdEncoding.EncodeToString(root[:])}
	for _, h := range path {
		p.Path = append(p.Path, base64.StdEncoding.EncodeToString(h[:]))
	}
	return p, nil
}
