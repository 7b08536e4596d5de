# Everything a fresh machine needs: each goal makes .venv and installs callplan into it, editable, when its build has changed.
#
#   make demo    a national hotline at work        make lint    linters, type checks, stubs
#   make test    the tests                         make wheel   sdist and wheel, tried, into dist/
#   make full    the tests, slow ones too
#   make wheels  the same for each CPython at hand, or PYTHONS='python3.11 python3.12'
#   make mutants deliberate mistakes against the tests, or FEW=6 of them, others every day
#   make fuzz    hostile files for SECONDS=60, or INPUTS=5000 of each kind
#   make test-asan   the tests with the C parts under AddressSanitizer and UBSan
#   make test-kill   processes killed at random moments and after every step of a call; KILLS=300 or SECONDS=600
#   make differential  random plans on the engine and the reference, for a minute or SECONDS=600; what fails is cut down
#                for at most a minute more or SHRINK=300
#   make bench   every row of benchmarks/rows.py, saved; RUNS=3 PLANS=100000 LISTED=10000000, KEEP=folder of built plans
#   make bench-quick    the rows that the watch compares, saved, in two minutes
#   make bench-compare  is this slower than the last one saved? or AGAINST=file MARGIN=15 RUN=file
#   make bench-check    does the watch find a runtime that is slowed down on purpose?
#   make results        benchmarks/RESULTS.md from the last runs of `make bench` and `make peers`, three at most
#   make peers   the same plan decided by other means, timed, drawn; medians of RUNS=3
#   make docs    the pages of docs/ as a site, into build/site
#   make clean   remove all that was made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
BUILD := pyproject.toml setup.py $(wildcard compiler/*.pyx compiler/*.pxd runtime/*.pyx runtime/*.pxd runtime/*.h)
# The links under callplan/ are named one by one: ruff does not follow links, and the tops would count as bare packages.
LINTED := callplan callplan/compiler callplan/runtime callplan/grammar tests examples scripts benchmarks setup.py
STUBBED = $(subst /,.,$(basename $(wildcard callplan/runtime/*.pyi callplan/compiler/*.pyi)))

.PHONY: demo test full mutants differential fuzz test-asan test-kill lint wheel wheels bench bench-quick bench-compare bench-check results peers docs clean
.DELETE_ON_ERROR:

demo: $(INSTALLED)
	@$(BIN)/python -m callplan.demo

test: $(INSTALLED)
	$(BIN)/python -m pytest -m "not slow" -n auto --dist worksteal

full: $(VENV)/with-release $(VENV)/with-docs
	$(BIN)/python -m pytest
	$(BIN)/python scripts/mutants.py
	$(BIN)/python scripts/differential.py --seconds 600
	$(BIN)/python scripts/sanitize.py
	$(BIN)/python scripts/kill.py
	$(BIN)/python scripts/fuzz.py

mutants: $(INSTALLED)
	$(BIN)/python scripts/mutants.py $(if $(FEW),--few $(FEW))

fuzz: $(INSTALLED)
	$(BIN)/python scripts/fuzz.py $(if $(INPUTS),--inputs $(INPUTS),--seconds $(or $(SECONDS),60))

test-asan: $(INSTALLED)
	$(BIN)/python scripts/sanitize.py

test-kill: $(INSTALLED)
	$(BIN)/python scripts/kill.py $(if $(KILLS),--kills $(KILLS)) $(if $(SECONDS),--seconds $(SECONDS))

differential: $(INSTALLED)
	$(BIN)/python scripts/differential.py $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SHRINK),--shrink $(SHRINK))

lint: $(INSTALLED)
	$(BIN)/ruff check $(LINTED)
	$(BIN)/ruff format --check $(LINTED)
	$(BIN)/python -m mypy callplan
	$(BIN)/python -m mypy.stubtest --mypy-config-file pyproject.toml --allowlist .ci/stubtest-allowed --ignore-unused-allowlist $(STUBBED)
	$(BIN)/python scripts/check_cython.py

wheel: $(VENV)/with-release
	$(BIN)/python scripts/wheels.py $(BIN)/python

wheels: $(VENV)/with-release
	$(BIN)/python scripts/wheels.py $(PYTHONS)

bench: $(INSTALLED)
	$(BIN)/python -m benchmarks $(if $(RUNS),--runs $(RUNS)) $(if $(PLANS),--plans $(PLANS)) $(if $(LISTED),--listed $(LISTED)) $(if $(KEEP),--keep $(KEEP))

bench-quick: $(INSTALLED)
	$(BIN)/python -m benchmarks.quick

bench-compare: $(INSTALLED)
	$(BIN)/python -m benchmarks.compare $(if $(AGAINST),--against $(AGAINST)) $(if $(MARGIN),--margin $(MARGIN)) $(if $(RUN),--run $(RUN))

bench-check: $(INSTALLED)
	$(BIN)/python scripts/check_watch.py $(if $(CLEAN),--clean $(CLEAN))

results: $(INSTALLED)
	$(BIN)/python -m benchmarks.results

peers: $(INSTALLED)
	$(BIN)/python -m benchmarks.peers $(if $(RUNS),--runs $(RUNS))

docs: $(VENV)/with-docs
	$(BIN)/python -m mkdocs build --strict

$(INSTALLED): $(BUILD)
	@PYTHON="$(PYTHON)" sh scripts/check_machine.sh
	@$(BIN)/python -c 'import pip' 2>/dev/null || "$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test,lint,bench,data,peers]'
	@touch $@

# What only some goals need: callplan is there, so pip adds the extra's packages.
$(VENV)/with-%: $(INSTALLED)
	$(BIN)/python -m pip install --quiet 'callplan[$*]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find compiler runtime \( -name '*.so' -o -name '*.c' \) -delete
