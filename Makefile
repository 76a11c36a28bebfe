# The targets call what CI calls, so that both mean the same. `make help` is made from the ## comments.
.DEFAULT_GOAL := help
.PHONY: help test services race lint fmt bench contract foreign mutants fuzz quickstart readme tidy-check ci clean

FUZZTIME ?= 10s

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: ## the tests of the root module
	go test ./...

services: ## whether MariaDB, PostgreSQL, Redis and Chromium are there for the tests; root with CI=true installs them by apt-get
	bash .ci/run services

race: ## every module's tests, with the race detector and in random order
	bash .ci/run race

lint: ## gofmt, go vet and golangci-lint, every module
	bash .ci/run format private dependencies lint

fmt: ## gofmt all files
	gofmt -w .

bench: ## the benchmarks, in bench/
	cd bench && go test -run '^$$' -bench . -benchmem ./...

contract: ## the exchanges of the tests against Zoho's OpenAPI files, in ../shared/oas/v8.0 or where ZOHO_OAS says
	bash .ci/run contract

foreign: ## Zoho's own Node SDK against the fake; npm installs it into integration/node
	bash .ci/run foreign

mutants: ## the library and the fake broken in more than six hundred ways, which takes hours; each must turn a test red
	go run ./internal/mutants

fuzz: ## each fuzz target for FUZZTIME (10s)
	@set -e; grep -rl --include='*_test.go' '^func Fuzz' . | while read -r file; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' "$$file"); do \
			echo "== $$name ($$file)"; \
			(cd "$$(dirname "$$file")" && go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) .); \
		done; \
	done

quickstart: ## the main job, on the fake CRM or with the credentials in .env
	go run ./examples/quickstart

readme: ## run README's commands and Go code
	go run ./internal/readme

tidy-check: ## go.mod and go.sum of every module are tidy
	bash .ci/run modules

ci: ## everything CI runs; bash .ci/run STEP… runs some: format private modules dependencies lint tests services race alone contract foreign mutants quickstart readme
	bash .ci/run

clean: ## remove what the checks leave behind
	rm -rf .cache bin coverage.out
	go clean -testcache
