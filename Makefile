# The verbs. Each sets up what it needs the first time and starts at once the second time.
#   make demo          a real pipeline under procscope, live in the browser, until Ctrl-C
#   make test          everything that CI runs
#   make check         lint, formatting and types only
#   make bench         overhead, ingest and page timings of this machine
#   make conformance   CPython's own suites and a corpus of programs, bare and instrumented
#   make faults        every call of ours fails in turn, in every way, and no program may notice

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?=
VENV := .venv
PY := $(VENV)/bin/python
APP := $(VENV)/.app
DEV := $(VENV)/.dev
PAGES := node_modules/.vendored

.PHONY: help demo test check bench conformance faults clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(APP) $(PAGES)
	@exec $(PY) examples/demo.py

test: $(DEV) $(PAGES)
	@.ci/chromium
	@.ci/check tests

check: $(DEV) $(PAGES)
	@.ci/check

bench: $(DEV)
	@for bench in overhead ingest pages; do $(PY) -m benchmarks.$$bench; done

conformance: $(DEV)
	@.ci/testsuite
	@$(PY) -m tests.conformance

faults: $(DEV)
	@$(PY) -m tests.faults

clean:
	rm -rf $(VENV) node_modules static/vendor build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(APP): pyproject.toml setup.py procscope_boot.pth
	@PYTHON='$(PYTHON)' .ci/venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(DEV): $(APP)
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# A vendor folder that was deleted is copied again.
ifeq ($(wildcard static/vendor/*),)
.PHONY: $(PAGES)
endif
$(PAGES): package.json package-lock.json $(wildcard scripts/*.mjs)
	@command -v npm >/dev/null || { echo 'npm is missing: install Node.js 20 or later with npm' >&2; exit 1; }
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@npm run --silent vendor
	@touch $@
