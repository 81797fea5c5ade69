# Each target is a standard command in .venv; docs/contributing.md lists the commands.

PYTHON ?= python3
BIN := .venv/bin
# Figures, feeds and archives carry this date, not that of the build.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
export NO_MKDOCS_2_WARNING = 1
export DISABLE_MKDOCS_2_WARNING = true

.PHONY: serve site test lint bench exhaustive lock clean

serve: .venv/ready
	$(BIN)/mkdocs serve

# Built beside the old site and moved into its place only when it is complete.
site: .venv/ready
	$(BIN)/mkdocs build --strict --quiet --site-dir build/site
	$(BIN)/python -m sigref._docs.finish build/site
	$(BIN)/python -m sigref._docs.check build/site
	$(BIN)/python docs/measure_peers.py --check
	rm -rf site && mv build/site site

# TESTS=tests/test_functions.py runs a part.
test: site
	SITE=site $(BIN)/pytest -n 2 $(TESTS)

lint: .venv/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/typos

bench: .venv/ready
	$(BIN)/python tests/bench.py

exhaustive: .venv/ready
	$(BIN)/python tests/exhaustive.py

lock: .venv/ready
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade \
	  --extra docs --extra test --group dev --output-file requirements.txt pyproject.toml

clean:
	rm -rf .venv build dist site

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
