# umkm-stats: two commands do everything on a fresh machine (python3 >= 3.11 and make):
#   make demo    make test
PYTHON ?= python3
VENV   ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
PY     := $(BIN)/python
JOBS   ?= 2
STAMP  := $(VENV)/.installed
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast snapshots lint types docs screenshots bench native wheels native-check wine-check dist newest lock resolve fuzz forms findings clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(STAMP): requirements/lock.txt pyproject.toml hatch_build.py $(wildcard src/umkm_stats/native/cpp/*)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "umkm-stats needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(PY) || { echo "creating $(VENV) and installing (a few minutes, once)"; $(PYTHON) -m venv $(VENV); }
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP) ## run the whole job on the bundled demo answers; says where the report is
	@$(PY) -m umkm_stats demo --out out

test: $(STAMP) ## the whole test suite
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile

test-fast: $(STAMP) ## the tests that take no more than seconds
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile -m "not slow"

snapshots: $(STAMP) ## write the texts of the reports anew (tests/report/snapshots); read the change with git diff
	$(PY) -m pytest -q tests/report/test_snapshots.py --snapshots
	git --no-pager diff --stat -- tests/report/snapshots

lint: $(STAMP) ## style (ruff) and layers (import-linter)
	$(BIN)/ruff check src tests examples benchmarks instruments docs/_build packaging
	$(BIN)/ruff format --check src tests examples benchmarks instruments docs/_build packaging
	$(BIN)/lint-imports

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

docs: $(STAMP) ## build the documentation into site/, with fresh pictures where the programs for them are installed
	$(BIN)/mkdocs build --strict --quiet
	$(PY) docs/_build/screenshots.py --into site/img

screenshots: $(STAMP) ## make the pictures of docs/img anew (needs chromium and LibreOffice)
	$(PY) docs/_build/screenshots.py

bench: $(STAMP) ## the speed table, beside the peers that are installed
	$(PY) benchmarks/engine_speed.py --quick

native: $(STAMP) ## compile the kernels in place (installation does it too); says which one computes
	@$(PY) -m umkm_stats.native build

wheels: $(STAMP) ## wheels with compiled kernels for Windows, macOS and Linux, cross-compiled by the package ziglang
	$(PY) -m pip install --quiet --disable-pip-version-check ziglang
	@for target in windows-x86_64 macos-arm64 linux-x86_64 linux-aarch64; do \
	  UMKM_WHEEL_TARGET=$$target $(PY) -m build --wheel --no-isolation --outdir dist . || exit 1; done

native-check: $(STAMP) ## the compiled kernels with sanitizers, random shapes
	$(PY) tests/kernels/native_fuzz.py 200

wine-check: $(STAMP) ## the wheel's Windows kernels under Wine, their numbers beside this machine's (needs wine64)
	$(PY) -m pip install --quiet --disable-pip-version-check ziglang
	@$(PY) -m umkm_stats.native build
	$(PY) tests/kernels/native_wine.py
	@$(PY) tests/kernels/native_wine.py --arm || test $$? -eq 3

forms: $(STAMP) ## outside checks of the questionnaires (needs node, npm and chromium)
	npm install --prefix tests/questionnaire/node --no-package-lock --ignore-scripts --no-audit --no-fund
	$(PY) -m pytest -q -s tests/questionnaire/test_questionnaire_outside.py tests/questionnaire/test_questionnaire_engines.py tests/questionnaire/test_questionnaire_tabs.py

findings: ## run every script of findings/ (needs the network; no part of the tests)
	@failed=; for script in findings/*.sh; do echo "== $$script"; bash "$$script" || failed="$$failed $$script"; done; \
	  test -z "$$failed" || { echo "changed or not runnable:$$failed"; exit 1; }

fuzz: $(STAMP) ## damaged answer files by the hundred thousand, other files by the ten thousand
	$(PY) tests/responses/test_responses_fuzz.py 100000
	UMKM_FUZZ_FILES=20000 $(PY) -m pytest -q tests/shared/test_guarded.py -k damaged_files_are

dist: $(STAMP) ## wheel and source archive, checked, and used from an empty folder on each Python found (needs the network)
	$(PY) packaging/dist.py

newest: $(STAMP) ## every source compiles without a warning on CPython 3.14 and 3.15 (needs node and npm)
	npm install --prefix tests/repo/node --no-package-lock --ignore-scripts --no-audit --no-fund
	$(PY) -m pytest -q -s tests/repo/test_newest_python.py

lock: ## compile requirements/lock.txt anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --all-extras \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -o requirements/lock.txt

resolve: ## every dependency as a wheel on Python 3.11-3.15, three systems (needs uv; two packages are source only)
	@for version in 3.11 3.12 3.13 3.14 3.15; do for system in windows macos linux; do \
	  printf '%s %s: ' $$version $$system; \
	  uv pip compile pyproject.toml --quiet --python-version $$version --python-platform $$system \
	    --only-binary :all: --no-binary semopy --no-binary factor_analyzer 2>/dev/null | grep -c == || exit 1; \
	done; done

clean: ## remove what make made
	rm -rf $(VENV) out site .pytest_cache .mypy_cache .ruff_cache .hypothesis
