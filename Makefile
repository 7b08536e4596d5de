# Everything a fresh machine needs: each goal makes .venv and installs callplan into it, editable, when its build has changed.
#
#   make demo    a national hotline at work        make lint    linters, type checks, stubs
#   make test    the tests                         make wheel   build a wheel, look at it, install it afresh
#   make full    the tests, slow ones too          make bench   measurements
#   make mutants deliberate mistakes against the tests, or FEW=6 of them, others every day
#   make fuzz    hostile files for SECONDS=60, or INPUTS=5000 of each kind
#   make test-asan   the tests with the C parts under AddressSanitizer and UBSan
#   make differential  random plans on the engine and the reference, for a minute or SECONDS=600
#   make clean   remove all that was made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
BUILD := pyproject.toml setup.py $(wildcard compiler/*.pyx compiler/*.pxd runtime/*.pyx runtime/*.pxd runtime/*.h)
# The links under callplan/ are named one by one: ruff does not follow links, and the tops would count as bare packages.
LINTED := callplan callplan/compiler callplan/runtime callplan/grammar tests examples scripts benchmarks setup.py
STUBBED = $(subst /,.,$(basename $(wildcard callplan/runtime/*.pyi callplan/compiler/*.pyi)))

.PHONY: demo test full mutants differential fuzz test-asan lint wheel bench clean
.DELETE_ON_ERROR:

demo: $(INSTALLED)
	@$(BIN)/python examples/demo.py

test: $(INSTALLED)
	$(BIN)/python -m pytest -m "not slow"

full: $(INSTALLED)
	$(BIN)/python -m pytest
	$(BIN)/python scripts/mutants.py
	$(BIN)/python scripts/differential.py --seconds 600
	$(BIN)/python scripts/sanitize.py
	$(BIN)/python scripts/fuzz.py

mutants: $(INSTALLED)
	$(BIN)/python scripts/mutants.py $(if $(FEW),--few $(FEW))

fuzz: $(INSTALLED)
	$(BIN)/python scripts/fuzz.py $(if $(INPUTS),--inputs $(INPUTS),--seconds $(or $(SECONDS),60))

test-asan: $(INSTALLED)
	$(BIN)/python scripts/sanitize.py

differential: $(INSTALLED)
	$(BIN)/python scripts/differential.py $(if $(SECONDS),--seconds $(SECONDS))

lint: $(INSTALLED)
	$(BIN)/ruff check $(LINTED)
	$(BIN)/ruff format --check $(LINTED)
	$(BIN)/python -m mypy callplan
	$(BIN)/python -m mypy.stubtest --mypy-config-file pyproject.toml --allowlist .ci/stubtest-allowed --ignore-unused-allowlist $(STUBBED)
	$(BIN)/python scripts/check_cython.py

wheel: $(INSTALLED)
	$(BIN)/python scripts/check_wheel.py

bench: $(INSTALLED)
	$(BIN)/python -m pytest benchmarks

$(INSTALLED): $(BUILD)
	@PYTHON="$(PYTHON)" sh scripts/check_machine.sh
	@$(BIN)/python -c 'import pip' 2>/dev/null || "$(PYTHON)" -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[test,lint,bench,data]'
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find compiler runtime \( -name '*.so' -o -name '*.c' \) -delete
