# Words for everything that is done with Singgah. Needs only python3 (3.11 or later), make and git; installs the rest.
# What each word really does is in backend/install/.

VENV := .venv/bin
INSTALL := backend/install

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests up test lint test-python test-pwa journeys bench types lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: ## Install what the program needs (each step is skipped when done)
	@python3 $(INSTALL)/set_up.py

setup-tests: ## The same, and what the tests need: browser, databases, PDF readers
	@python3 $(INSTALL)/set_up.py --tests

up: ## Set up, build, migrate, load the demo on the first run, and serve on PORT (8000) from DATA_DIR (./data)
	@python3 $(INSTALL)/set_up.py --bundle
	@exec python3 $(INSTALL)/up.py

test: setup-tests ## Everything: checkers, Python tests, tablet tests, journeys in a browser
	@python3 $(INSTALL)/suite.py all

lint: setup ## ruff, mypy, import directions, types of the tablet
	@python3 $(INSTALL)/suite.py lint

test-python: setup-tests ## The Python tests alone
	@python3 $(INSTALL)/suite.py python

test-pwa: setup ## The tablet's tests alone
	@python3 $(INSTALL)/suite.py pwa

journeys: setup-tests ## The journeys in a browser alone, against the built app
	@python3 $(INSTALL)/suite.py journeys

bench: setup-tests ## Measure speed (takes minutes; not part of make test)
	@python3 $(INSTALL)/set_up.py --bundle
	@$(VENV)/python -m tests.bench

types: setup-tests ## Write the API description and the tablet's types from the server's schemas
	@$(VENV)/singgah openapi > build/openapi.json && mv build/openapi.json backend/openapi.json
	@cd pwa/openapi && ../../$(INSTALL)/npm exec -- openapi-typescript ../../backend/openapi.json --output ../src/net/types.ts

lock: setup ## Pin the Python packages anew from requirements.in
	@$(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  requirements.in --output-file requirements.lock

clean: ## Remove all that was installed and built; data stays
	rm -rf .venv .set-up build pwa/dist pwa/node_modules pwa/openapi/node_modules backend/core/static/built
