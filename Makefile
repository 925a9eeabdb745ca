# What a person or CI runs; `make help` lists it. Needs Python 3.11 or newer with venv.
PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
LOCKED := install --quiet --require-hashes --no-deps
CLIENTS := build/clients
AUDIT := build/audit
# What reads the words of strangers, beside tests/hostile.
PARSERS := $(addprefix tests/wechat/test_,gateway.py message.py protobuf.py signature.py)
BROWSER := build/browser
EXTRAS := --extra pdf --extra postgresql
DATA_OPTION := $(if $(DATA),--data $(DATA))
# WRITE=docs/performance.md keeps the tables.
KEPT := $(if $(WRITE),--write $(WRITE))

# Only `make lock` needs uv. Versions younger than a week are not taken, but for:
# python-multipart, whose 0.0.34 is the first that the upload reader is written for.
UV ?= uv
NEWER_THAN ?= $(shell date -u -d '7 days ago' +%F)
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --upgrade \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--exclude-newer $(NEWER_THAN) \
	--exclude-newer-package python-multipart=$(shell date -u +%F)

.DEFAULT_GOAL := help
.PHONY: help install serve test contract-test browser-test cluster-test int8-test fuzz fault-test load \
	lint check accuracy claims bench simulate read-bench soak audit lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-13s %s\n", $$1, $$2 }' Makefile

install: $(VENV)/.dev ## make .venv with everything that the project needs

serve: $(VENV)/.run ## start the server; options in ARGS="--port 9000"
	$(BIN)/shizi serve $(ARGS)

test: $(VENV)/.dev ## run the tests; options in ARGS="-k token"
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

fuzz: $(VENV)/.dev ## make up bad files, addresses and forms for long; half an hour
	$(BIN)/python -m pytest tests/hostile $(PARSERS) -m "slow or not slow" --fuzz 20 \
		$(ARGS)

fault-test: $(VENV)/.dev ## kill, fill up and overrun running servers; ten minutes
	$(BIN)/python -m pytest tests/faults -m fault $(ARGS)

load: $(VENV)/.dev ## of these the many callers alone
	$(BIN)/python -m pytest tests/faults/test_load.py tests/faults/test_cost.py -m fault $(ARGS)

lint: $(VENV)/.dev ## check format, rules, types, import floors, module length
	$(BIN)/ruff format --check src tests benchmarks examples
	$(BIN)/ruff check src tests benchmarks examples
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo
	@find src -name '*.py' -exec awk 'FNR == 401 \
		{ print FILENAME ": more than 400 lines"; long = 1 } END { exit long }' {} +

contract-test: $(CLIENTS)/.ready ## call the server with real WeChat clients
	$(BIN)/python -m pytest -m contract tests/contracts $(ARGS)

browser-test: $(BROWSER)/.ready ## use the console with Chromium; pictures of it by ARGS=--screenshots
	$(BIN)/python -m pytest -m browser tests/browser $(ARGS)

cluster-test: $(VENV)/.cluster ## several nodes, Ray, stores; 8 minutes
	$(BIN)/python -m pytest -m cluster tests/cluster $(ARGS)

int8-test: $(VENV)/.dev ## make a recogniser in int8 and read with it; five minutes
	$(BIN)/python -m pytest -m int8 tests/ocr/test_optimise.py $(ARGS)

check: lint test ## what must be clean before a change is handed in

accuracy: $(VENV)/.dev ## how well pages, licences are read; own in DATA=, LICENCES=folder
	$(if $(LICENCES)$(LICENCE_ARGS),,$(BIN)/python -m benchmarks.accuracy $(DATA_OPTION) $(ARGS))
	$(if $(DATA)$(ARGS),,$(BIN)/python -m benchmarks.licence.accuracy \
		$(if $(LICENCES),--data $(LICENCES)) $(LICENCE_ARGS))

claims: $(VENV)/.dev ## draw pictures and show on them that the claims hold
	$(BIN)/python -m benchmarks.claims $(ARGS)

bench: $(VENV)/.dev ## measure speed, start and load; own pictures in DATA=folder
	$(BIN)/python -m benchmarks.speed $(DATA_OPTION) $(KEPT) --peers all $(ARGS)
	$(BIN)/python -m benchmarks.rate $(KEPT)
	$(BIN)/python -m benchmarks.start $(KEPT)
	$(BIN)/python -m benchmarks.throughput $(DATA_OPTION) $(KEPT) $(LOAD_ARGS)

read-bench: $(VENV)/.dev ## measure how fast a folder is read; own pictures in DATA=folder
	$(BIN)/python -m benchmarks.folder $(DATA_OPTION) $(ARGS)

simulate: $(VENV)/.dev ## tell of fleets of 10, 100 and 1000 nodes; docs/scale.md
	$(BIN)/python -m benchmarks.simulation

soak: $(VENV)/.dev ## read 5000 pictures and watch the memory; more by ARGS="--count 9000"
	$(BIN)/python -m benchmarks.soak $(ARGS)

audit: $(AUDIT)/.ready ## ask an index whether holes are known in what is locked
	$(BIN)/python -m benchmarks.audit --program $(AUDIT)/bin/pip-audit \
		$(wildcard requirements*.lock)

lock: ## take newer versions of what the project is built on; needs uv
	$(COMPILE) pyproject.toml $(EXTRAS) --output-file requirements.lock
	$(COMPILE) --group audit --output-file requirements-audit.lock
	$(COMPILE) --group build --constraints requirements.lock \
		--output-file requirements-build.lock
	$(COMPILE) pyproject.toml $(EXTRAS) --group dev \
		--constraints requirements.lock --constraints requirements-build.lock \
		--output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --extra bulk --extra ray --group cluster \
		--constraints requirements-dev.lock --output-file requirements-cluster.lock
	for version in 1.8 2.0; do $(COMPILE) tests/contracts/clients/wechatpy-$$version.in \
		--output-file tests/contracts/clients/wechatpy-$$version.lock || exit; done
	for folder in contracts/clients contracts/cloud/sdk browser; do (cd tests/$$folder && npm update \
		--package-lock-only --ignore-scripts --omit-lockfile-registry-resolved) || exit; done

clean: ## remove everything that the other targets made
	rm -rf $(VENV) build dist .*_cache
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	$(PIP) $(LOCKED) -r requirements.lock
	$(PIP) $(LOCKED) -r requirements-build.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(PIP) $(LOCKED) -r requirements-dev.lock
	@touch $@

$(AUDIT)/.ready: requirements-audit.lock $(VENV)/.dev
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip --disable-pip-version-check --no-input $(LOCKED) \
		-r requirements-audit.lock
	@touch $@

$(VENV)/.cluster: requirements-cluster.lock $(VENV)/.dev
	$(PIP) $(LOCKED) -r requirements-cluster.lock
	@touch $@

$(CLIENTS)/.ready: $(VENV)/.dev $(wildcard tests/contracts/clients/*) \
		$(wildcard tests/contracts/cloud/sdk/*.json) examples/ApacheHttpClient.java
	tests/contracts/clients/install.sh $(BIN)/python $(CLIENTS)
	@touch $@

$(BROWSER)/.ready: $(VENV)/.dev tests/browser/package.json tests/browser/package-lock.json
	mkdir -p $(BROWSER)
	cp tests/browser/package.json tests/browser/package-lock.json $(BROWSER)/
	cd $(BROWSER) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@
