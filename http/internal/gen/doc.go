// Package gen is what oapi-codegen makes of openapi.yaml: bodies, parameters
// and the interface that package http implements. Never edited by hand; a test
// of package http fails where it is not up to date.
package gen

//go:generate go tool oapi-codegen -config config.yaml ../../openapi.yaml
