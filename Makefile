# `make help` lists the targets. All tools are pinned here and live in .tools/, which is not part of the repository.

GOLANGCI_VERSION := v2.15.0
GOFUMPT_VERSION  := v0.12.0
GRPC_GEN_VERSION := v1.6.2
GOLANGCI := .tools/golangci-lint-$(GOLANGCI_VERSION)
GOFUMPT  := .tools/gofumpt-$(GOFUMPT_VERSION)

FUZZTIME ?= 30s # for each fuzz function
CASES    ?= 200000 # generated queries on which engine and reference must agree
BENCH    ?= .   # which benchmarks to run, as a regular expression

.DEFAULT_GOAL := help
.PHONY: help all build demo test spec spec-update fuzz soak bench generate lint fmt cover clean tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

all: build test lint ## build, test and lint

build: ## build bin/manifold
	go build -trimpath -o bin/manifold ./cmd/manifold

demo: ## start the demo shop and its gateway on :8080
	@go run ./cmd/manifold demo

test: ## run every test under the race detector; installs node, chromium and redis-server if they are missing
	go vet ./...
	@e2e/setup.sh >/dev/null
	go test -race ./...

spec: ## run the behaviour specs
	go test ./spec

spec-update: ## rewrite the expected parts of the specs; read the diff before you commit it
	go test ./spec -update

fuzz: ## compare engine and reference on CASES queries (200000), then run each fuzz function for FUZZTIME (30s)
	MANIFOLD_CASES=$(strip $(CASES)) go test ./internal/gatewaytest -run '^TestEngineAgainstReference$$' -count=1 -timeout 2h
	@set -e; for pkg in $$(go list ./...); do \
		for name in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "== $$pkg $$name for $(FUZZTIME)"; \
			go test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) $$pkg; \
		done; \
	done

soak: ## check the figures of the reliability plan at their load: five minutes on a quiet machine
	MANIFOLD_SOAK=1 go test ./internal/gateway -run '^TestSoak' -count=1 -v -timeout 20m
	MANIFOLD_CHECKS=1000 go test ./internal/breaker ./upstreams -run 'Propert|TestNobodyMeets' -count=1

bench: ## run the benchmarks (BENCH=regexp picks some)
	go test -run '^$$' -bench '$(strip $(BENCH))' -benchmem ./...

# The plugin for messages and gqlgen have the versions of go.mod.
generate: ## make the demo shop's code again: gRPC, GraphQL, and the page's client
	go run ./examples/shop/catalog/gen -out examples/shop/catalog/catalogpb \
		-plugin 'go run google.golang.org/protobuf/cmd/protoc-gen-go' \
		-plugin 'go run google.golang.org/grpc/cmd/protoc-gen-go-grpc@$(GRPC_GEN_VERSION)' \
		examples/shop/catalog/catalog.proto
	go run ./cmd/manifold codegen typescript --bff web -o examples/shop/page/client.ts
	cd examples/shop/page && node $$(../../../e2e/setup.sh | head -1)/typescript/bin/tsc --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess \
		--noUnusedLocals --target es2022 --module es2022 --moduleResolution bundler --lib es2022,dom,dom.iterable page.ts
	cd examples/shop/reviews && go run github.com/99designs/gqlgen@$$(go list -m -f '{{.Version}}' github.com/99designs/gqlgen) generate

lint: $(GOLANGCI) ## check the code, formatting and the import rows included
	$(GOLANGCI) run --allow-parallel-runners

fmt: $(GOFUMPT) ## format the code
	$(GOFUMPT) -w .

cover: ## measure test coverage; .cover/index.html shows it line by line
	@mkdir -p .cover
	go test -coverpkg=./... -coverprofile=.cover/profile ./...
	go tool cover -html=.cover/profile -o .cover/index.html
	@go tool cover -func=.cover/profile | tail -1

clean: ## remove what was built, tools included
	rm -rf bin .cover .tools

tools: $(GOLANGCI) $(GOFUMPT) ## install the pinned tools into .tools/

# A golangci-lint of the right version that is on the PATH is taken: building it takes minutes.
$(GOLANGCI):
	@mkdir -p .tools
	@found=$$(command -v golangci-lint || true); \
	if [ -n "$$found" ] && "$$found" version 2>/dev/null | grep -q "version $(GOLANGCI_VERSION:v%=%) "; then \
		ln -sf "$$found" $@; \
	else \
		echo "installing golangci-lint $(GOLANGCI_VERSION) into .tools/ (this takes a few minutes, once)"; \
		GOBIN=$(CURDIR)/.tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION) && \
		mv .tools/golangci-lint $@; \
	fi

$(GOFUMPT):
	@mkdir -p .tools
	GOBIN=$(CURDIR)/.tools go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
	@mv .tools/gofumpt $@
