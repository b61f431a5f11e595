# Nazorat. `make` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
TESTS = scripts/in-memory.sh $(GO) test -vet=off
CASES ?= 400
SEED ?= 1
ADDR ?= localhost:8080

include assets.mk

.PHONY: help run demo build setup test check lint vuln secrets scan fuzz-api unit raced plain cut race postgres browser scripts-test fuzz bench bench-data screens torture clean

help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: build ## serve a synthetic office at http://localhost:8080 (CASES, SEED, ADDR; DB to keep it there, with PostgreSQL DOCUMENTS for its files)
	bin/nazorat demo --cases $(CASES) --seed $(SEED) --addr $(ADDR) $(if $(DB),--db '$(DB)') $(if $(DOCUMENTS),--documents '$(DOCUMENTS)')

demo: build ## build that office, say how long it took, and serve nothing (CASES, SEED; DB to keep it, with PostgreSQL DOCUMENTS for its files)
	bin/nazorat demo --cases $(CASES) --seed $(SEED) --no-serve $(if $(DB),--db '$(DB)') $(if $(DOCUMENTS),--documents '$(DOCUMENTS)')

build: assets ## build bin/nazorat
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/nazorat ./cmd/nazorat

setup: ## install what the tests need beside Go, Node and make: a browser, PostgreSQL
	scripts/setup.sh

# Two things at a time where one of them waits for something most of its time, or works on one core. The longest, the browser's, begins first.
test: setup assets check ## everything that must hold before a change lands
	$(MAKE) -j2 --output-sync=target --no-print-directory lint secrets vuln
	$(MAKE) -j2 --output-sync=target --no-print-directory browser raced plain cut postgres fuzz

check: ## generated code is up to date, gofmt, go vet
	@$(TEMPL) generate -path internal >/dev/null 2>&1
	@changed=$$(git diff --name-only -- '*_templ.go'); test -z "$$changed" || { echo "generated code was out of date, and is written anew: $$changed"; exit 1; }
	@bad=$$(gofmt -l cmd internal laws); test -z "$$bad" || { echo "gofmt would change: $$bad"; exit 1; }
	$(GO) vet ./...

lint: ## golangci-lint, with the settings of .golangci.yaml
	$(GO) tool -modfile=tools/go.mod golangci-lint run

vuln: ## known vulnerabilities of dependencies, where the database can be reached
	scripts/vuln.sh

secrets: ## secrets in the tree and its history, with gitleaks
	scripts/secrets.sh

scan: build ## look for holes in a demonstration that runs, with a scanner of others (SCAN_SECONDS)
	scripts/scan.sh

fuzz-api: build ## let a fuzzer of others loose on the API of a demonstration (FUZZ_EXAMPLES, FUZZ_SECONDS)
	scripts/fuzz-api.sh

# With the race detector runs what does much at once, with its matrices of faults and its random rounds cut short (-short); without it and in full runs the
# rest, and once more the tests that were cut (app.TestWhatIsCutShortRunsInFullToo holds CUT to the code). All of it under the detector is `make race`.
# The command is tried as it is shipped. The walk over all pages (e2e) is in postgres and browser.
RACED := internal/(bundle|client|db|db/dbtest|desk|docket|duty|identity|look|proceedings|publiclog|seal|signin|telemetry|web|whatif)
TWICE := ./internal/bundle ./internal/docket ./internal/look ./internal/proceedings
CUT := KilledProcessLosesNoLook|ListsShow|ListsThatAreWrong|ChangedByte|EveryStepOfACommit|StepsOfALargeBatch|BatchLeavesWhatItsActs|DirectoryIsWhatItsActs
unit: raced ## all tests but those of the browser, with the race detector where it counts
	$(MAKE) -j2 --output-sync=target --no-print-directory plain cut

raced: assets # with the detector
	NAZORAT_REQUIRE_BROWSER= NAZORAT_CHROMIUM=none $(TESTS) -p 3 -race -short -timeout 20m $$($(GO) list ./... | grep -E '/$(RACED)$$')

plain: # what needs no detector
	NAZORAT_REQUIRE_BROWSER= NAZORAT_CHROMIUM=none $(TESTS) -p 3 -parallel 6 -timeout 20m $$($(GO) list ./... | grep -vE '/($(RACED)|internal/e2e)$$')

cut: # what was cut short under the detector
	$(TESTS) -parallel 6 -timeout 20m -run '$(CUT)' $(TWICE)

race: assets ## everything under the race detector and in full, on both databases; no part of make test
	$(GO) test -race -timeout 2h ./...
	NAZORAT_TEST_DATABASE=postgres $(GO) test -race -timeout 2h ./internal/api/... ./internal/web ./internal/publiclog ./internal/app ./internal/e2e

# What lies near the database tries both kinds by itself; this is for what stands far above it.
postgres: assets ## the office's pages, API and public log once more, on PostgreSQL
	NAZORAT_TEST_DATABASE=postgres NAZORAT_REQUIRE_BROWSER= NAZORAT_CHROMIUM=none $(TESTS) -parallel 4 -timeout 20m ./internal/api/... ./internal/web ./internal/publiclog ./internal/e2e
	NAZORAT_TEST_DATABASE=postgres $(TESTS) -timeout 20m -run 'LetsIn|TellsByItsWork|TakesHold' ./internal/app

browser: assets ## the pages in a real browser, with axe on each
	$(TESTS) -parallel 4 -timeout 20m ./internal/e2e ./internal/web/ui ./internal/browsertest

fuzz: ## every fuzz target for a short while (FUZZTIME: inputs such as 200x, or a time)
	scripts/fuzz.sh $(or $(FUZZTIME),200x)

bench: assets ## measure what DESIGN's budgets ask for and write docs/benchmarks.md
	scripts/bench.sh

bench-data: assets ## build the large databases of bench, to be kept and found again (DIR)
	mkdir -p $(or $(DIR),build/bench)
	NAZORAT_BENCH_DIR=$(abspath $(or $(DIR),build/bench)) $(GO) test ./internal/bench -run '^$$' -bench '^BenchmarkData$$' -benchtime 1x -timeout 2h
	@echo "now: NAZORAT_BENCH_DIR=$(abspath $(or $(DIR),build/bench)) make bench"

screens: assets ## take the pictures of docs/screens anew; WHOLE=folder takes whole pages for people to look at instead
	$(if $(WHOLE),NAZORAT_PICTURES='$(abspath $(WHOLE))',NAZORAT_SCREENS='$(abspath docs/screens)') $(GO) test -vet=off -count=1 -timeout 30m -run '^TestScreens$$' ./internal/e2e

torture: ## kill an office KILLS times on each database and write docs/reliability.md (SEED)
	KILLS=$(or $(KILLS),1000) SEED=$(or $(SEED),0) scripts/torture.sh

clean: ## remove what was built
	rm -rf bin build $(DIST)/* test-results
