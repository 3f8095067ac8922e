# Every target sets up what it needs. Python, git and make are all that must be there.
SHELL := /bin/bash
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --quiet --frozen
BENCH := PYTHONPATH=tests/support $(RUN) python -m
# Airflow starts twice as fast with its bytecode cached, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test test-fast test-slow test-targets torture lint format docs bench bench-alerts bench-authoring bench-check bench-test bench-releases bench-secrets bench-scale bench-worker-pod clean

help: ## Show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: .venv/ready ## The main job: a real Airflow, a release, a rollback, each step verified
	$(RUN) airside demo .demo

test: .venv/ready ## The tests, with real Airflow, Postgres, S3 server, git and sops; of the slow ones a fifth, by turns
	$(RUN) pytest -n 2 --dist loadgroup

test-fast: .venv/ready ## The tests that start no Airflow and no S3 server
	$(RUN) pytest -n 2 -m "not platform and not objectstore"

test-slow: .venv/ready ## All tests, the slow ones too, at their full size
	$(RUN) pytest -n 2 --dist loadgroup --slow=all

test-targets: .venv/ready ## What is rendered, run in real containers: as root, with podman, runc and debootstrap
	$(RUN) pytest -n 0 -m targets --slow=all tests/targets

ROUNDS ?= 1000

torture: .venv/ready ## Kill processes that work on a store, ROUNDS times, and check what they leave
	$(RUN) python -m airside.conformance.torture --rounds $(ROUNDS) --races 200

lint: .venv/ready ## Format, lint, types, layers
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) lint-imports

format: .venv/ready ## Format and fix what can be fixed
	$(RUN) ruff format
	$(RUN) ruff check --fix

docs: .venv/ready ## Build the documentation into site/
	$(UV) run --quiet --frozen --group docs zensical build --strict

bench: .venv/ready ## Measure the speed targets, against Airflow's own tools in the same run; a few minutes
	$(BENCH) bench.local_platform
	$(BENCH) bench.releases --quick
	$(BENCH) bench.scale --files 2000 --releases 100

bench-alerts: .venv/ready ## Storms of failing tasks: without alerts, with alerts, with dead channels; twelve minutes
	$(BENCH) bench.alerts

bench-authoring: .venv/ready ## What importing Airside costs a DAG file; half a minute
	$(BENCH) bench.authoring

bench-check: .venv/ready ## Checks of 300 DAG files and the planted defects, against Airflow's own command and ruff; two minutes
	$(BENCH) bench.check
	$(BENCH) bench.plan

bench-test: .venv/ready ## Functional tests, 50 and 1,000, against `airflow dags test` and `dag.test()`; five minutes
	$(BENCH) bench.functional_tests

bench-releases: .venv/ready ## Releases on their way to workers, all sizes and many workers; ten minutes
	$(BENCH) bench.releases

bench-secrets: .venv/ready ## Look-ups of secrets, against sops for each; the verbs with 500 + 500 names; configs; half a minute
	$(BENCH) bench.secrets
	$(BENCH) bench.secret_verbs
	$(BENCH) bench.configs

bench-worker-pod: .venv/ready ## Pods of tasks from their start until the code is there, against git-sync; as root, with podman
	$(BENCH) bench.worker_pod

bench-scale: .venv/ready ## A store with 1,000 releases of 10,000 files
	$(BENCH) bench.scale

clean: ## Remove what these targets made
	rm -rf .venv .tools .demo .bench site .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/ready: uv.lock pyproject.toml | $(UV)
	$(UV) sync --quiet --frozen --compile-bytecode
	@touch $@

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv
