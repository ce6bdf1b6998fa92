# Every developer command. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format messages lock postgres coverage bench clean \
	test-sqlite test-postgres style types imports migrations messages-check requirements-check formats-check \
	templates requirements formats
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

# Python keeps what it has compiled, whatever the machine says: else every start reads everything anew.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
UV_VERSION := 0.13.9
PORT ?=
DATA ?=
# Arguments passed on to pytest: make test ARGS="-k credit"
ARGS ?=
# Test processes on each database: one per core, or as many as said
WORKERS ?= auto
PYTEST := $(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)
TEMPLATES := find src -path '*/templates/*' -name '*.html'
MESSAGES := $(patsubst %.po,%.mo,$(wildcard src/kvitt/locale/*/LC_MESSAGES/*.po))

# $(call step,name,command): says what runs and how long it took.
step = @echo "== $(1)"; start=$$SECONDS; $(2); echo "   $(1): $$((SECONDS - start)) s"

help: ## list these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' \
		| awk -F'|' '{ printf "  make %-13s %s\n", $$1, $$2 }'

# Start --------------------------------------------------------------------------------------------

setup: $(VENV)/.installed $(MESSAGES) ## make the environment in .venv; does nothing when it is up to date
	@true

demo: setup ## serve the system with demonstration data (PORT=8000, DATA=directory)
	@$(BIN)/kvitt demo $(if $(PORT),--port $(PORT)) $(if $(DATA),--data "$(DATA)")

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing: install python3."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; this is $$($(PYTHON) --version). Set PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv is missing: install python3-venv."; exit 1; }
	@echo "== making $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.installed: requirements.txt build-constraints.txt pyproject.toml | $(UV)
	@echo "== installing packages"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes \
		--build-constraints build-constraints.txt requirements.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps \
		--build-constraints build-constraints.txt --editable .
	@touch $@

%.mo: %.po | $(VENV)/.installed
	@$(BIN)/pybabel --quiet compile --domain $(basename $(notdir $<)) --input-file $< --output-file $@

# Prove --------------------------------------------------------------------------------------------

# Both databases at once, each told of when it is done: what one waits for, a browser or a last long test,
# the other works in.
test: setup ## run the tests on SQLite, and on PostgreSQL when KVITT_TEST_DATABASE_URL is set (ARGS="-k word")
	@if [ -z "$${KVITT_TEST_DATABASE_URL:-}" ]; then $(MAKE) test-sqlite; \
	else $(MAKE) --jobs=2 --output-sync=target test-sqlite test-postgres; fi

test-sqlite: setup
	$(call step,tests on SQLite,env -u KVITT_TEST_DATABASE_URL $(PYTEST))

test-postgres: setup
	$(call step,tests on PostgreSQL,$(PYTEST))

check: setup ## everything that CI checks
	@$(MAKE) --jobs=2 style types imports migrations messages-check templates requirements-check formats-check
	@$(MAKE) test

style: setup
	$(call step,ruff format,$(BIN)/ruff format --check --quiet .)
	$(call step,ruff,$(BIN)/ruff check --quiet --output-format concise .)

types: setup
	$(call step,mypy,KVITT_DEBUG=1 $(BIN)/mypy)

imports: setup
	$(call step,import contracts,$(BIN)/lint-imports --no-logo)

migrations: setup
	@mkdir -p build
	$(call step,migrations,KVITT_DATA=build $(BIN)/kvitt makemigrations --check --dry-run)

messages-check: setup
	$(call step,messages,$(BIN)/python tools/messages.py --check)

templates: setup
	$(call step,djade,$(TEMPLATES) | xargs --no-run-if-empty $(BIN)/djade --check --target-version 5.2)

requirements-check: setup
	$(call step,requirements,$(BIN)/python tools/requirements.py --check)

formats-check: setup
	$(call step,formats,$(BIN)/python -m tools.formats --check)

coverage: setup ## run the tests on SQLite and show which lines they miss
	@env -u KVITT_TEST_DATABASE_URL $(BIN)/coverage run -m pytest $(ARGS)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

bench: setup ## measure speed on SQLite and a PostgreSQL of its own (ARGS="--lines 1000000 --write")
	@scratch=$$(mktemp -d /tmp/kvitt-bench.XXXXXX); \
	trap 'tools/postgres.sh stop "$$scratch"; rm -rf "$$scratch"' EXIT; \
	address=$$(tools/postgres.sh start "$$scratch"); \
	KVITT_DATA=$$scratch KVITT_DATABASE_URL=$$address $(BIN)/python -m bench $(ARGS)

# Make ---------------------------------------------------------------------------------------------

format: setup ## put code and templates in order
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@$(TEMPLATES) | xargs --no-run-if-empty $(BIN)/djade --target-version 5.2 || true

messages: setup ## find new texts for translation (needs GNU gettext) and compile them
	@$(BIN)/python tools/messages.py
	@$(MAKE) setup

requirements: setup ## make docs/requirements.md anew from docs/requirements.toml and the tests
	@$(BIN)/python tools/requirements.py

formats: setup ## make the schema, examples and fault codes in docs/formats anew from the code
	@$(BIN)/python -m tools.formats

lock: $(VENV)/.installed ## choose package versions anew: requirements.txt, build-constraints.txt
	@echo 'setuptools<81' | $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--output-file build-constraints.txt -
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--build-constraints build-constraints.txt --extra dev --output-file requirements.txt pyproject.toml
	@$(MAKE) setup

postgres: ## start a PostgreSQL of your own in data/postgres (stop: tools/postgres.sh stop data/postgres)
	@tools/postgres.sh start data/postgres

clean: ## remove everything that these commands made, but not data/
	@rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage* \
		src/*.egg-info $(MESSAGES)
	@find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
