# `make run` and `make test` do all their own set-up on a machine with Python 3.11, Java and Node.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# A uv on the PATH is used as it is; else one is installed beside the project.
UV := $(shell command -v uv || echo .tools/bin/uv)
PORT ?= 8080
# Of the tests, each with stores of its own: most of a test's time is waiting for another process.
WORKERS ?= 2
DATA_DIR ?= .playhead

.PHONY: help run test lint format bench lock clean

help:  ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(READY)  ## Start everything, with a simulated audience, on http://127.0.0.1:8080 (PORT=…)
	@exec $(BIN)/playhead up --demo --port $(PORT) --data-dir $(DATA_DIR)

test: lint  ## Lint, type-check and run every test against real services
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(ARGS)

lint: $(READY)  ## Ruff, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(READY)  ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## Measure, and write docs/benchmarks.md
	$(BIN)/python -m benchmarks

lock: $(UV)  ## Resolve the dependencies anew into requirements.lock
	$(UV) pip compile --quiet pyproject.toml --universal --upgrade --all-extras --group dev --group bench \
	  --generate-hashes --no-annotate --no-header --output-file requirements.lock

clean:  ## Remove the environment, the caches and the local stack's data
	@# run by root, the stack may have had to keep PostgreSQL's data elsewhere, behind a link
	if [ -L $(DATA_DIR)/postgres ]; then rm -rf "$$(readlink -f $(DATA_DIR)/postgres)"; fi
	rm -rf $(VENV) .tools $(DATA_DIR) .mypy_cache .ruff_cache .pytest_cache .hypothesis

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
