# Two commands matter: `make demo` and `make test`. CI runs the same recipes.

PYTHON ?= python3
RESIDENTS ?= 20000
EXAMPLES ?= 3000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Tests start many processes; each would compile our modules anew where compiled ones are not kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test test-long generative lint types imports packs check bench load clean

help:
	@echo "make demo [RESIDENTS=20000]  build the demonstration network and serve it at http://127.0.0.1:8000"
	@echo "make test                    set up and run the tests (five to seven minutes on two cores)"
	@echo "make check                   lint, types, import directions, packs"
	@echo "make test-long               the generative and other long tests"
	@echo "make generative [EXAMPLES=3000]  random rules over random data: the evaluators agree"
	@echo "make load                    200 users at once on a demonstration of 500,000 residents (built once: half an hour; then 8 minutes)"
	@echo "make bench                   measure against peers (a million residents; needs PostgreSQL 15)"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Wangdi needs Python 3.11 or newer: make PYTHON=python3.11 setup")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $(READY)

demo: setup
	$(BIN)/wangdi demo --residents $(RESIDENTS)

test: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not long"

test-long: setup
	$(BIN)/python -m pytest -n 2 --dist worksteal -m long

generative: setup
	WANGDI_EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n 2 --dist worksteal -m long tests/generative

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

packs: setup
	$(BIN)/wangdi packs check
	$(BIN)/wangdi packs test

check: lint types imports packs

bench: setup
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	$(BIN)/python -m bench

load: setup
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	$(BIN)/python -m bench --load

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
