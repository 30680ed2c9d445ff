# Words for everything that is done with Singgah. Needs only python3 (3.11 or later), make and git; installs the rest.
# What each word really does is in backend/install/.

VENV := .venv/bin
INSTALL := backend.install
PYTHON ?= python3

PYTHON_IS_NEW = import sys; sys.exit(sys.version_info < (3, 11) and "Singgah needs Python 3.11 or later; this python3 is " + sys.version.split()[0])

.DEFAULT_GOAL := help
.PHONY: help python setup setup-tests up test lint test-python test-pwa journeys bench prove types lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

python:
	@$(PYTHON) -c '$(PYTHON_IS_NEW)'

setup: python ## Install what the program needs (each step is skipped when done)
	@$(PYTHON) -m $(INSTALL).set_up

setup-tests: python ## The same, and what the tests need: browser, databases, PDF readers
	@$(PYTHON) -m $(INSTALL).set_up --tests

up: python ## Set up, build, migrate, load the demo on the first run, and serve on PORT (8000) from DATA_DIR (./data)
	@$(PYTHON) -m $(INSTALL).set_up --bundle
	@exec $(PYTHON) -m $(INSTALL).up

test: setup-tests ## Everything: checkers, Python tests, tablet tests, journeys in a browser
	@$(PYTHON) -m $(INSTALL).suite all

lint: setup ## ruff, mypy, import directions, types of the tablet
	@$(PYTHON) -m $(INSTALL).suite lint

test-python: setup-tests ## The Python tests alone
	@$(PYTHON) -m $(INSTALL).suite python

test-pwa: setup ## The tablet's tests alone
	@$(PYTHON) -m $(INSTALL).suite pwa

journeys: setup-tests ## The journeys in a browser alone, against the built app
	@$(PYTHON) -m $(INSTALL).suite journeys

bench: setup-tests ## Measure ourselves and others side by side (half an hour; ONLY=push,pull for parts)
	@$(PYTHON) -m $(INSTALL).set_up --bundle
	@$(VENV)/python -m tests.bench

prove: setup-tests ## The long proof (hours; goes on where it stopped): make prove [ONLY="kill sweep"] [ABREAST=2]
	@$(VENV)/python -m tests.prove $(if $(ONLY),--only $(ONLY)) $(if $(ABREAST),--abreast $(ABREAST))

types: setup-tests ## Write the API description and the tablet's types from the server's schemas
	@$(VENV)/singgah openapi > build/openapi.json && mv build/openapi.json backend/openapi.json
	@cd pwa/openapi && ../../backend/install/npm exec -- openapi-typescript ../../backend/openapi.json --output ../src/net/types.ts

lock: setup ## Pin the Python packages anew from requirements.in
	@$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  requirements.in --output-file requirements.lock

clean: ## Remove all that was installed and built; data stays
	rm -rf .venv .set-up build pwa/dist pwa/node_modules pwa/openapi/node_modules backend/core/static/built
