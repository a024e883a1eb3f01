package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"staffledger/domain"
	"staffledger/domain/account"
	"staffledger/domain/usecase"
)

// newEvents holds what was written against what must be: the act's own events,
// none where it was refused, and what had fallen due, before them.
func (g *game) newEvents(v *verdict, result usecase.Result) error {
	accepted := v.accepted()
	var events []domain.Recorded
	for r := range g.events() {
		events = append(events, r)
	}
	w, err := newWritten(result, events)
	if err != nil {
		return err
	}
	var got []string
	own := map[domain.Stream]bool{}
	for i, r := range events {
		if want := g.m.lastOf(r.Stream) + 1; r.Revision != want {
			return fmt.Errorf("%s has revision %d, want %d", r.Stream, r.Revision, want)
		}
		g.m.streams[r.Stream] = r.Revision
		g.touched[r.Stream] = true
		if key := dueKey(w.payloads[i]); key != "" {
			if err := g.m.wroteDue(key, r, own[r.Stream]); err != nil {
				return err
			}
			continue
		}
		own[r.Stream] = true
		got = append(got, string(r.Stream)+" "+string(r.Type))
	}
	g.seen = g.store.Size()
	if want := v.events; !accepted {
		if len(got) > 0 {
			return fmt.Errorf("refused, but written: %v", got)
		}
	} else if !sameEvents(got, want) {
		return fmt.Errorf("events\n got  %v\n want %v", got, want)
	}
	for key, due := range g.m.due {
		if own[due.stream] {
			return fmt.Errorf("%s had fallen due on %s and was not written first", key, due.stream)
		}
	}
	if accepted && v.apply != nil {
		v.apply(w)
	}
	if len(g.m.wrong) > 0 {
		return errors.New(strings.Join(g.m.wrong, "; "))
	}
	return nil
}

func dueKey(p domain.Payload) string {
	switch e := p.(type) {
	case account.UseExpired:
		return string(account.TypeUseExpired) + " " + string(e.Approval)
	case account.QuotaLanded:
		return string(account.TypeQuotaLanded) + " " + string(e.Process)
	}
	return ""
}

// wroteDue notes that what had fallen due is written.
func (m *Model) wroteDue(key string, r domain.Recorded, late bool) error {
	due, is := m.due[key]
	switch {
	case !is:
		return fmt.Errorf("%s is written on %s but has not fallen due, or is written already", key, r.Stream)
	case late:
		return fmt.Errorf("%s is written after what was decided on %s", key, r.Stream)
	case due.stream != r.Stream || due.day != r.Effective || r.AuthType != domain.AuthSystem || r.OnBehalfOf == "":
		return fmt.Errorf("%s: stream %s, day %s, by %s for %q; want %s, %s, by the system for somebody", key, r.Stream, r.Effective, r.AuthType, r.OnBehalfOf, due.stream, due.day)
	}
	due.known = r.Position
	delete(m.due, key)
	if id, is := strings.CutPrefix(key, string(account.TypeUseExpired)+" "); is {
		m.approvals[domain.ApprovalID(id)].revision = r.Revision
	}
	return nil
}

// sameEvents compares in any order; "kind-*" stands for any stream of a kind.
func sameEvents(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	left := slices.Clone(got)
	for _, exact := range []bool{true, false} {
		for _, w := range want {
			stream, t, _ := strings.Cut(w, " ")
			prefix, any := strings.CutSuffix(stream, "*")
			if exact == any {
				continue
			}
			i := slices.IndexFunc(left, func(g string) bool {
				return g == w || any && strings.HasPrefix(g, prefix) && strings.HasSuffix(g, " "+t)
			})
			if i < 0 {
				return false
			}
			left = slices.Delete(left, i, i+1)
		}
	}
	return true
}
