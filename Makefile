# The menu. Each target calls one tool; nothing here holds logic beyond finding a Python.
.DEFAULT_GOAL := help
.PHONY: help demo test check lint types imports bench soak docs lock new app clean

# A Python of at least 3.11, by name from the newest; PYTHON=... overrides.
PYTHON ?= $(firstword $(foreach p,python3.14 python3.13 python3.12 python3.11 python3 python,$(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $(p))))
BIN := .venv/bin
PLANS ?= 400
READY := .venv/.ready

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(READY)  ## set up everything, load the starter facts, weigh them, serve the app
	$(BIN)/indicia demo $(DEMO)

test: check  ## set up everything, check style, types and imports, run all tests
	$(BIN)/pytest -n auto --dist worksteal $(TESTS)

check: lint types imports

lint: $(READY)  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)  ## types
	$(BIN)/mypy

imports: $(READY)  ## directions of imports
	$(BIN)/lint-imports

bench: $(READY)  ## time and memory; prints figures, asserts nothing about them
	$(BIN)/pytest tests/bench -m bench -s $(TESTS)

soak: $(READY)  ## refresh from publishers that misbehave, PLANS=400 times; writes docs/validation/faults.md
	PYTHONPATH=tests $(BIN)/python -m simulator.soak $(PLANS) docs/validation/faults.md

docs: $(READY)  ## write the generated pages anew
	$(BIN)/python -m indicia.schema.dictionary docs/dictionary.md
	$(BIN)/python -m indicia.cli.source_table docs/sources.md
	$(BIN)/python -m indicia.scoring.ledger.table_page docs/validation/compute_table.md

app: $(READY)  ## serve the app on the current store
	$(BIN)/indicia app

lock:  ## resolve requirements.lock anew (needs uv)
	uv pip compile pyproject.toml --group dev --generate-hashes --no-emit-index-url --no-annotate --universal --python-version 3.11 -o requirements.lock --custom-compile-command "make lock"

clean:  ## remove the environment and caches, keep data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "indicia needs Python 3.11 or newer; none was found. Install one, or run: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "indicia needs Python 3.11 or newer; $(PYTHON) is older or cannot be run."; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@rm -rf $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/indicia  # an editable install leaves a stale copy of what a wheel bundles
	@touch $(READY)
