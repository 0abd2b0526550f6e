# make maps  the main job on data/sample   make test  all tests      make lab    notebooks
# make lint  style and types               make bench measure speed  make quality  measure tags
# make clean start afresh

PYTHON ?= python3
SURVEY ?= data/sample
OUT ?= maps
VENV := .venv
BIN := $(VENV)/bin

.PHONY: maps test lab lint bench quality clean

maps: $(VENV)/.maps
	$(BIN)/watamachi build $(SURVEY) --out $(OUT)

test: $(VENV)/.test
	sh tests/install_browser.sh
	$(BIN)/python -m pytest
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env notebooks

lab: $(VENV)/.lab
	$(BIN)/jupyter lab notebooks

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/oxlint --deny correctness watamachi_analysis/resources

bench: $(VENV)/.test
	$(BIN)/python bench/bench.py

quality: $(VENV)/.test
	$(BIN)/python tests/quality/measure.py

clean:
	rm -rf $(VENV)

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 以上が必要です")'
	$(PYTHON) -m venv $(VENV)

# Each stamp says which extras stand in the environment; a change of the list installs again.
$(VENV)/.maps: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.lab: $(VENV)/.maps
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[lab]'
	touch $@

$(VENV)/.test: $(VENV)/.maps
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fast,lab,test]'
	touch $@ $(VENV)/.lab
