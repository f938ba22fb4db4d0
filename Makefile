# Every command of the project. `make demo` and `make test` start from a bare clone: they make .venv themselves.

PYTHON ?= python3

BIN := .venv/bin
# Much of a test is waiting: four at a time, those of one file together.
TESTS := -m pytest -n 4 --dist loadfile
RUNNER := $(TESTS)
# What runs under every Python; the rest needs minutes and depends little on the version.
EVERYWHERE := tests/unit tests/net tests/service tests/assistant
BENCHMARKS := $(wildcard tests/benchmarks/[a-z]*.py)
STAMPS := .venv/.demo .venv/.test .venv/.browser .venv/.dev .venv/.bench

# The extra behind each stamp, and the stamps that it satisfies: a bigger set holds the smaller ones.
extra_demo := local
extra_test := test
extra_browser := browser
extra_dev := dev
extra_bench := bench
holds_demo := .venv/.demo
holds_test := .venv/.demo .venv/.test
holds_browser := .venv/.demo .venv/.test .venv/.browser
holds_dev := .venv/.demo .venv/.test .venv/.dev
holds_bench := .venv/.demo .venv/.bench

# Programs that tests start would otherwise be compiled anew, each time.
unexport PYTHONDONTWRITEBYTECODE

# All targets share one .venv, and pip must not install into it twice at once.
.NOTPARALLEL:

.PHONY: help demo test test-slow test-pythons test-sdist test-browser soak check format-check lint types imports coverage docs wheel format serve bench clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: .venv/.demo  ## five photos become out/slideshow.mp4, offline
	@mkdir -p out
	$(BIN)/nemovideo make examples/photos/*.jpg --prompt "turn these photos into a 15-second slideshow with music, smooth transitions and a title 'Small Wonders'" -o out/slideshow.mp4 --emulator

test: .venv/.test  ## run the tests but the slow ones, warnings as errors
	rm -f .coverage .coverage.*
	$(BIN)/python $(RUNNER) -m "not slow"

test-slow: .venv/.test  ## the slow tests: killed programs, bots, blocks of the docs, films, more examples
	$(BIN)/python $(TESTS) -m "slow or hypothesis" --hypothesis-profile thorough

test-browser: .venv/.browser  ## the web example's page in headless Chromium, Debian's
	@command -v chromium >/dev/null || test "$$(id -u)" -ne 0 || \
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium >/dev/null
	@command -v chromium >/dev/null || { echo "chromium is missing: apt-get install chromium, as root"; exit 1; }
	$(BIN)/python -m pytest tests/edges/test_web_page.py

test-pythons: .venv/.test  ## the tests of the client under every supported Python that is found
	$(BIN)/python scripts/try_pythons.py -n 4 --dist loadfile -m "not slow" $(EVERYWHERE)

test-sdist: wheel  ## unpack the sdist of `make wheel` and `make test` there, as a packager would
	rm -rf build/sdist && mkdir -p build/sdist
	tar -xzf dist/*.tar.gz -C build/sdist --strip-components 1
	$(MAKE) -C build/sdist test

soak: .venv/.test  ## 200 videos, 20 at a time, while everything goes wrong (about two minutes)
	$(BIN)/python -W error tests/service/soak.py

# The checks run the same tests, measured.
check: RUNNER := -m coverage run $(TESTS)
check: format-check lint types imports test coverage docs wheel  ## what must hold before a commit; before a merge, .ci/run

format-check: .venv/.dev  ## is the code formatted?
	$(BIN)/python -m ruff format --check .

lint: .venv/.dev  ## ruff, all rules
	$(BIN)/python -m ruff check .

types: .venv/.dev  ## mypy, strict
	$(BIN)/python -m mypy

imports: .venv/.dev  ## imports only go down the floor plan
	$(BIN)/lint-imports

coverage: .venv/.dev  ## what the last `make test` did not reach, with a gate
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

docs: .venv/.dev  ## build the documentation into site/, warnings as errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

wheel: .venv/.dev  ## build dist/ and try the wheel in a clean environment
	rm -rf dist
	$(BIN)/python -m build --quiet --outdir dist .
	$(BIN)/python -m twine check --strict dist/*
	$(BIN)/python scripts/check_wheel.py dist

format: .venv/.dev  ## format the code and mend what ruff can mend
	$(BIN)/python -m ruff check --fix-only .
	$(BIN)/python -m ruff format .

serve: .venv/.dev  ## the documentation on a local port, rebuilt on every change
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve

bench: .venv/.bench  ## print the figures of every script in tests/benchmarks
	@set -e; for script in $(BENCHMARKS); do echo "$$script"; $(BIN)/python "$$script"; done

clean:  ## remove everything that make made, .venv too
	rm -rf .venv build dist out site .coverage* .hypothesis .*_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(STAMPS): .venv/.%: pyproject.toml
	@echo "making .venv with the $*'s packages (about a minute)"
	@test -e .venv/.made || { $(PYTHON) -m venv .venv && touch .venv/.made; }
	@$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --editable '.[$(extra_$*)]'
	@touch $(holds_$*)
