# Five commands, the same here and in CI. Nothing is written outside this checkout and the data folder.
.PHONY: help up down test check bench shots build images examples clean

NAME ?=
ARGS ?=
RUNTIME ?=

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

up: ## Set everything up and start the lab on http://localhost:8080 (RUNTIME=docker ARGS="--port 9000")
	@scripts/setup run
	@scripts/web
	@exec .venv/bin/mllab up $(if $(RUNTIME),--runtime $(RUNTIME)) $(ARGS)

down: ## Stop the lab and everything that it runs
	@exec .venv/bin/mllab down $(ARGS)

test: ## Run the whole suite that this machine can run (ARGS="-k walk")
	@scripts/setup dev
	@scripts/web
	@scripts/test $(ARGS)

check: ## Lint, format, types, layers, sizes
	@scripts/setup dev
	@scripts/check
	@scripts/web check

bench: ## Measure one thing: make bench NAME=start
	@scripts/setup dev
	@scripts/web
	@test -f benchmarks/$(NAME).py || { echo "Which one? make bench NAME=<one of: $$(ls benchmarks | sed -n 's/^\([a-z].*\)\.py$$/\1/p' | tr '\n' ' ')>"; exit 2; }
	@exec .venv/bin/python benchmarks/$(NAME).py $(ARGS)

shots: ## Take pictures of every page into shots/, to look at (ARGS="home job")
	@scripts/setup dev
	@scripts/web
	@exec .venv/bin/python scripts/shots.py $(ARGS)

build: ## Build wheel and source archive into dist/
	@scripts/setup dev
	@scripts/web
	@scripts/uv build --quiet --out-dir dist && ls dist

images: ## Build the images of the lab, its workspaces and model services (needs a Docker Engine)
	@scripts/images $(ARGS)

clean: ## Remove what was built, never the data folder
	rm -rf .venv .cache dist web/node_modules src/mllab/gateway/webapp .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
