# Bare make lists the targets.

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BUILD   := go build -trimpath -ldflags "-X main.version=$(VERSION)"
DATA    ?= data
LISTEN  ?= 127.0.0.1:8080
LINT    := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
VULN    := go run golang.org/x/vuln/cmd/govulncheck@v1.9.0

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## serve the invented city on this machine: pages, API, users for every role
	./bin/staffledger serve --demo --data $(DATA) --listen $(LISTEN)

.PHONY: build
build: ## build bin/staffledger
	$(BUILD) -o bin/staffledger ./cmd/staffledger

.PHONY: test
test: ## all tests that need no service, no browser and no network but the module proxy
	go test ./...

.PHONY: race
race: ## the same with the race detector
	go test -race ./...

.PHONY: test-all
test-all: ## everything: race detector, the binary from outside, browsers
	./test/all.sh

.PHONY: check
check: format vet lint vuln race ## what continuous integration runs first

.PHONY: format
format: ## fail where gofmt would change something
	@out=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$out" ]; then echo "not gofmt-ed:"; echo "$$out"; exit 1; fi

.PHONY: vet
vet: ## go vet
	go vet ./...
	go vet -tags browser,outside ./test/...

.PHONY: lint
lint: ## golangci-lint
	$(LINT) run ./...

.PHONY: vuln
vuln: ## govulncheck, where its database can be reached
	@$(VULN) ./... || { if $(VULN) ./... 2>&1 | grep -qE 'no such host|connection refused|fetching vulnerabilities|dial tcp|i/o timeout'; then \
		echo "vulnerability check skipped: its database cannot be reached"; else exit 1; fi; }

.PHONY: bench
bench: ## measure; prints a table and writes bench.json
	go run ./cmd/internal/bench -out bench.json

.PHONY: docs
docs: ## write docs/events.md and docs/refusals.md anew from the code
	go run ./cmd/internal/docsgen

.PHONY: clean
clean: ## remove what was built; data stay
	rm -rf bin bench.json
