package http

import (
	"context"
	"net/http"

	"staffledger/domain"
	"staffledger/domain/usecase"
)

// Operator serves the same API to whoever may open the data directory's files
// anyhow: the owner-only socket, and verbs of the command line at rest. Such a
// caller reads like an auditor of the whole city, may start verifications and
// replays, and may give no command: commands come from human beings with a
// sign-in (domain model §10).
func (s *Server) Operator() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), operatorKey{}, true)))
	})
}

type operatorKey struct{}

// operator is the principal of a request that came through Operator; nil for
// all others.
func operator(r *http.Request, o *operation) (*principal, *domain.Refusal) {
	if r.Context().Value(operatorKey{}) == nil {
		return nil, nil
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !reads && o.Access != checkerOnly {
		return nil, domain.Refuse(domain.NotAuthorised, "actor", "roles", domain.Roles)
	}
	return &principal{grants: []usecase.Grant{{Role: domain.Auditor}}}, nil
}
