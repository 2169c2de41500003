# The few commands of this repository. `make demo` and `make test` set up what they need.

.PHONY: help setup demo test check format docs bench lock
.DEFAULT_GOAL := help

BIN := .venv/bin
ARGS ?=

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

setup: ## everything for working on the program, in .venv
	@scripts/setup dev

demo: ## a real batch on the bundled workspace, in the control room; ARGS=--headless without it
	@scripts/setup run
	@exec $(BIN)/factory-tui demo $(ARGS)

test: ## all tests; those that need a container engine are skipped without one
	@scripts/setup dev
	@exec $(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

check: ## format, lint, types, import contracts, dead code, stale reference
	@scripts/setup dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/dead_code.py
	$(BIN)/python -m scripts.reference --check

format: ## format and mend what can be mended
	@scripts/setup dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: ## the reference in docs/reference, from the code
	@scripts/setup dev
	$(BIN)/python -m scripts.reference

bench: ## every benchmark, into bench/results.json
	@scripts/setup dev
	@exec $(BIN)/python bench/run.py $(ARGS)

lock: ## pin the newest packages that pyproject.toml allows
	@scripts/setup dev
	@scripts/lock
