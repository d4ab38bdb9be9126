# Every command a user or CI needs. `make install` is shared and does nothing the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIPENV_VERSION := 2026.10.3
INSTALLED := $(VENV)/.installed
PYTEST := $(BIN)/pytest --numprocesses 2 --dist loadfile
# Node comes from the virtual environment, whatever else the machine has.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help install lock demo demo-down test test-unit terraform check format bindings goldens proofs review-plans bench install-scanners

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

install: $(INSTALLED) ## the tool chain: Python packages, Node and the CDKTF command line

.tools/bin/pipenv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another with: make install PYTHON=python3.12")'
	@echo "Installing pipenv ..."
	@$(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)

$(INSTALLED): Pipfile Pipfile.lock package.json package-lock.json | .tools/bin/pipenv
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the Python packages and Node (about a minute) ..."
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) PIPENV_VERBOSITY=-1 .tools/bin/pipenv sync --dev --quiet
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@echo "Installing the CDKTF command line ..."
	@$(BIN)/npm ci --no-audit --no-fund --loglevel=error
	@touch $@

lock: | .tools/bin/pipenv ## renew both lock files, without download addresses
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) PIPENV_VERBOSITY=-1 .tools/bin/pipenv lock --dev
	VIRTUAL_ENV=$(CURDIR)/$(VENV) PIPENV_VERBOSITY=-1 .tools/bin/pipenv sync --dev --quiet
	$(BIN)/npm install --package-lock-only --no-audit --no-fund
	$(BIN)/python -m tools.strip_lock_addresses

demo: install terraform ## deploy the example into an embedded AWS with the real tools, and look at it
	@$(BIN)/patch-policy demo

demo-down: ## remove what the demo made
	@rm -rf .demo

# Terraform and its provider live for seconds: collecting their garbage would take a third of their time.
test: export GOGC := off
test: export GOMEMLIMIT := 1GiB
test: install install-scanners terraform ## every test, the end-to-end ones included
	$(PYTEST) tests/unit
	$(PYTEST) --numprocesses 3 --ignore tests/unit --ignore tests/e2e  # deployments wait half of their time
	$(BIN)/pytest tests/e2e  # whose scenarios run side by side by themselves

test-unit: install ## the fast tests: no server, no Node, no Terraform
	$(PYTEST) tests/unit

terraform: install
	@$(BIN)/python -m modules.terraform_cli

check: install ## lint and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install ## rewrite the sources in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bindings: install ## rewrite the provider's schema subset and the bindings from modules/provider/types.py
	$(BIN)/python -m modules.provider.generate

goldens: install ## rewrite the golden configurations that the synth tests compare with
	$(BIN)/python -m tests.synth.golden_files

review-plans: install terraform ## make the labelled plans of the plan review again, and their table
	$(BIN)/python -m tests.terraform.review.plans
	$(BIN)/python -m tests.unit.review.table

proofs: install ## rewrite docs/proofs: what shows each branch, fault and permission
	$(BIN)/python -m tests.simulation.tables

install-scanners: .tools/checkov/.installed ## checkov, in an environment of its own

# It pins an older boto3 than the project's.
.tools/checkov/.installed: tests/scanners/requirements.txt
	@echo "Installing checkov (about a minute) ..."
	@$(PYTHON) -m venv .tools/checkov
	@.tools/checkov/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

bench: install ## measure the app beside others that write the same resources (benchmarks/README.md)
	$(BIN)/python -m benchmarks
