# Everything a new user needs: `make limit` draws the first figure, `make test` checks the package.
PYTHON ?= python3
VENV ?= .venv
OUT ?= out/na64e-2016-2022
LOWEST ?= build/lowest
BIN := $(VENV)/bin
PYTEST_ARGS ?= -n auto
FUZZ ?= 10000
MUTANTS ?= 300
SEED ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: limit test slow fuzz lowest lint docs bench mutants catalogue numbers clean

$(VENV)/core: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/test: $(VENV)/core
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch $@

$(VENV)/dev: $(VENV)/test
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

limit: $(VENV)/core
	$(BIN)/emiss limit na64e-2016-2022 -o $(OUT)

test: $(VENV)/test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

slow: $(VENV)/test
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

# 10,000 command lines, 10,000 damaged files of each kind and 500 calls of each function; FUZZ=100 for a short try.
fuzz: $(VENV)/test
	EMISS_FUZZ=$(FUZZ) $(BIN)/python -m pytest tests/property/test_cli_fuzz.py tests/property/test_cli_options.py tests/property/test_file_fuzz.py tests/property/test_public_functions.py -m "" $(PYTEST_ARGS)

# The lowest versions that pyproject.toml allows, in an environment of their own; PYTHON=python3.13 for another Python.
lowest:
	rm -rf $(LOWEST)
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip install --quiet uv
	VIRTUAL_ENV=$(LOWEST) $(LOWEST)/bin/uv pip install --quiet --resolution lowest-direct .
	$(LOWEST)/bin/emiss --help > $(LOWEST)/help.txt
	$(LOWEST)/bin/emiss limit; test $$? -eq 2
	$(LOWEST)/bin/emiss limit na64e-2016-2022 -o $(LOWEST)/out

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/dev
	$(BIN)/sphinx-build -W --keep-going -b html docs docs/_build/html

bench: $(VENV)/dev
	$(BIN)/python -m pytest benchmarks -m "" --benchmark-only

$(VENV)/mutants: $(VENV)/test
	$(BIN)/python -m pip install --quiet --editable '.[test,mutants]'
	@touch $@

# A random sample of small changes to the physics, and those that no test noticed. The first call runs
# the suite once to learn which tests run which lines; rm -r build/mutants to learn it anew.
mutants: $(VENV)/mutants
	cd benchmarks && ../$(BIN)/python -m mutants --mutants $(MUTANTS) --seed $(SEED)

# Keeps the experiments of the catalogue as they are read, after one of their files has changed.
catalogue: $(VENV)/core
	$(BIN)/python -c "from emiss.experiments import compiled, load; compiled.write_all(load)"

# Records the numbers of tests/recorded anew; the difference of numbers.json shows what a change moved.
numbers: $(VENV)/test
	PYTHONPATH=tests $(BIN)/python -m recorded

clean:
	rm -rf $(VENV) out build dist docs/_build
