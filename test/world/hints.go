package world

import (
	"context"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// Hints points at everything: every process that ever was, and every account.
// A hint too many does no harm, so this must be as good as the views' hints.
type Hints struct{ Log usecase.Log }

// Unfinished implements usecase.Hints.
func (h Hints) Unfinished(ctx context.Context) ([]domain.ProcessID, error) {
	var all []domain.ProcessID
	seen := map[domain.ProcessID]bool{}
	for stream, err := range h.Log.Streams(ctx, "") {
		if err != nil {
			return nil, err
		}
		for r, err := range h.Log.Stream(ctx, stream, 0) {
			if err != nil {
				return nil, err
			}
			for _, t := range r.Tags {
				if p, ok := cutTag(t, domain.TagProcess); ok && !seen[domain.ProcessID(p)] {
					seen[domain.ProcessID(p)] = true
					all = append(all, domain.ProcessID(p))
				}
			}
		}
	}
	return all, nil
}

// FallenDue implements usecase.Hints.
func (h Hints) FallenDue(ctx context.Context, _ domain.Day) ([]domain.Stream, error) {
	var all []domain.Stream
	for _, kind := range []string{domain.AccountStream, domain.PoolStream} {
		for stream, err := range h.Log.Streams(ctx, kind+"-") {
			if err != nil {
				return nil, err
			}
			all = append(all, stream)
		}
	}
	return all, nil
}

func cutTag(t domain.Tag, kind string) (string, bool) {
	if len(t) > len(kind) && string(t[:len(kind)]) == kind && t[len(kind)] == ':' {
		return string(t[len(kind)+1:]), true
	}
	return "", false
}
