# Every command of the project. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run install test test-postgres lint format messages locks docs clean
MAKEFLAGS += --no-print-directory

PY := .venv/bin/python
CADRAN := .venv/bin/cadran
CATALOGUES := $(wildcard src/cadran/*/locale/*/LC_MESSAGES/*.po src/cadran/*/*/locale/*/LC_MESSAGES/*.po)

help: ## List the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

run: install ## Set up if need be, then serve with a demo company on http://127.0.0.1:8000
	@exec $(CADRAN) serve --demo-if-empty

install: .venv/.stamp-runtime .venv/.stamp-command .venv/.stamp-messages ## Set up what running needs, in .venv

test: install .venv/.stamp-test ## Set up if need be, then run every test that can run here
	@sh tools/test.sh $(ARGS)

test-postgres: install .venv/.stamp-test ## The same tests on PostgreSQL (DATABASE_URL, or the local port 5432)
	@sh tools/test.sh --postgres $(ARGS)

lint: install .venv/.stamp-test .venv/.stamp-lint ## Style, types, import arrows, translations
	@sh tools/lint.sh

format: .venv/.stamp-lint ## Put the code into the house style
	$(PY) -m ruff check --fix src tests tools
	$(PY) -m ruff format src tests tools

messages: install ## Collect the texts to translate into the catalogues and compile them
	@$(CADRAN) messages

docs: install ## Write the generated pages of docs/ again
	@$(CADRAN) settings-table > docs/configuration.md

# A lock keeps the versions it has; to move one: make locks UPGRADE="--upgrade-package django"
locks: .venv/.stamp-uv ## Write requirements/*.txt again from requirements/*.in
	@cd requirements && for name in uv runtime test lint; do \
	    ../.venv/bin/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	        --no-emit-index-url --no-header $(UPGRADE) $$name.in -o $$name.txt || exit 1; done

clean: ## Remove the virtual environment and caches (never the data folder)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

# --- set-up, one stamp per step: a step runs again only when what it is made from changed ----------------

.venv/bin/python:
	@python=$$(sh tools/find-python.sh) || exit 1; \
	echo "Setting up Cadran in .venv with $$python; this happens once and takes a minute or two ..."; \
	"$$python" -m venv .venv

.venv/.stamp-uv: requirements/uv.txt | .venv/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.stamp-runtime: requirements/runtime.txt .venv/.stamp-uv
	@sh tools/install-layer.sh runtime
	@touch $@

.venv/.stamp-test: requirements/test.txt .venv/.stamp-runtime
	@sh tools/install-layer.sh test
	@touch $@

.venv/.stamp-lint: requirements/lint.txt .venv/.stamp-runtime
	@sh tools/install-layer.sh lint
	@touch $@

# The checkout itself: a relative path, so that a moved checkout still runs.
.venv/.stamp-command: Makefile | .venv/bin/python
	@site=$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && \
	echo ../../../../src > "$$site/cadran.pth"
	@printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m cadran "$$@"\n' > $(CADRAN) && chmod +x $(CADRAN)
	@touch $@

.venv/.stamp-messages: $(CATALOGUES) .venv/.stamp-runtime .venv/.stamp-command
	@$(CADRAN) messages --compile
	@touch $@
