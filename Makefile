# Two commands on a fresh machine (Python >= 3.11 and make): `make demo` and `make test`.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: install demo run test check torture bench lint pictures lock clean

# --no-deps: the lock names everything; resolving again would let one new release of an extra break an old lock.
install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which with: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

# The bots that the bench compares with: other versions of what the product uses, so a folder of their own.
.venv-bench/.installed: requirements-bench.lock
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	@touch $@

demo: install
	@$(BIN)/python -m bot demo --port $(PORT)

run: install
	@$(BIN)/python -m bot run

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Side by side: the tests leave a fifth of two cores to it. Bytecode is kept: each worker would compile everything anew.
test: .venv/.installed-dev
	@$(MAKE) --no-print-directory --jobs=2 lint check

check: .venv/.installed-dev
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest

# Takes the pictures of the README anew; needs `chromium` and an emoji font (Debian: fonts-noto-color-emoji).
pictures: .venv/.installed-dev
	$(BIN)/python -m tests.pictures

# The long forms of the proofs under tests/torture. KILLS kills under load for each way in, on both databases.
KILLS ?= 1000
torture: .venv/.installed-dev
	$(BIN)/python -m tests.torture --kills $(KILLS) --by polling
	$(BIN)/python -m tests.torture --kills $(KILLS) --by webhook
	$(BIN)/python -m tests.torture --kills $(KILLS) --by polling --on postgresql
	$(BIN)/python -m tests.torture --kills $(KILLS) --by webhook --on postgresql
	$(BIN)/python -m tests.torture.full
	$(BIN)/python -m tests.torture.full --disk tablespace
	$(BIN)/python -m tests.torture.locked
	$(BIN)/python -m tests.torture.clocks
	$(BIN)/python -m tests.torture.setclock
	$(BIN)/python -m tests.torture.badday
	$(BIN)/python -m tests.torture.fuzz
	$(BIN)/python -m tests.torture.restore
	$(BIN)/python -m tests.torture.province
	$(BIN)/python -m tests.torture.figures --tips 10000000

# This bot beside others that do the same job, in one run; writes docs/benchmarks.md. Best on a machine that does nothing else.
bench: .venv/.installed-dev .venv-bench/.installed
	$(BIN)/python -m tests.bench

# Pins and hashes of everything, for every platform; needs `uv` on the path.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group build pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group build --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group pyproject.toml:bench -o requirements-bench.lock

clean:
	rm -rf .venv .venv-bench build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
