package http

type docsPages struct{}

