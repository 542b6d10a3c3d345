# Everything a fresh machine needs: Python 3.11, make and git. `make demo` shows Tværs; `make test` proves it.
# Options:  make demo SERVE=0                            build the demo and stop before the dashboard
#           make demo DATA="--inhabitants 20000 --messy" other invented people (see: tvaers demo --help)
#           make demo COUNTRY=norway                   another country's region, with its own pack
#           make test WORKERS=4                          more test processes

PYTHON  ?= $(shell command -v python3.11 || echo python3)
VENV    ?= .venv
WORKERS ?= 2
SERVE   ?= 1
PORT    ?= 8501
DATA    ?=
COUNTRY ?=
BENCH   ?=

# Other invented people live in a home of their own, so that one demo does not stand in the way of the next.
PEOPLE       := $(strip $(if $(COUNTRY),--country $(COUNTRY)) $(DATA))
HOME_OF_DEMO := .demo$(if $(PEOPLE),$(shell echo '$(PEOPLE)' | tr -cs 'A-Za-z0-9\n' '-'))

BIN       := $(VENV)/bin
INSTALLED := $(VENV)/installed
FOLDERS   := data_contracts ingest warehouse indicators dashboard synthetic packs attacks research tvaers

.PHONY: demo test suite browser check format docs proof definition-lock bench lock install clean help
.DEFAULT_GOAL := help

help:            ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

install: $(INSTALLED)   ## Make .venv from the lock file (again only when the lock changes)

# The lock file is the only source of versions, and every archive is checked against its hash. The libraries are
# compiled on all cores, which pip would do on one; a template among them that is no Python is passed over.
$(INSTALLED): requirements.lock
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" || { echo "Python 3.11 is needed. Name it: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

demo: install    ## Invent a region, run the whole job on it, and open the dashboard on 127.0.0.1
	$(BIN)/tvaers demo --home $(HOME_OF_DEMO) --port $(PORT) $(if $(filter 0,$(SERVE)),--no-serve) $(PEOPLE)

# Style and types are looked at while the tests begin: they need one core, and the first tests wait for the disk.
test: browser install   ## Everything: style, types, and every test
	@$(MAKE) --no-print-directory -j 2 check suite

# One process runs all tests of a file, so that what a file prepares for its tests is made once: the groups of
# pytest-xdist 3.8 are passed over by pytest 9.2 without a word. The files come as tests/conftest.py orders them.
suite: install   ## Every test, without style and types
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

browser:         ## Are there the browser that the tests of the pages open, and the web server before them?
	@command -v nginx >/dev/null || { echo "The tests of the guide's web server run nginx, and there is none: sudo apt-get install nginx-light"; exit 1; } >&2
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { echo "The tests of the pages open a real Chromium, and there is none: sudo apt-get install chromium"; exit 1; } >&2

check: install   ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## Put every file into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-%: install  ## One category of tests: make test-unit, test-contracts, test-spec, …
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/$*

docs: install    ## Write the generated pages (dictionary, indicators, commands) anew
	$(BIN)/python docs/generate.py

proof: install   ## Try every small mistake on the definitions, and write docs/reference/proof*.md anew
	$(BIN)/python -m tests.proof.page

definition-lock: install   ## Lock what every definition means (SAME_NUMBERS="why", when no number changes)
	$(BIN)/python -m tests.proof.definition_lock $(if $(SAME_NUMBERS),--same-numbers "$(SAME_NUMBERS)")

bench: install   ## Measure against the bare engine; writes benchmarks/RESULTS.md
	$(BIN)/python -m benchmarks.run $(BENCH)

lock: install    ## Choose versions anew and write requirements.lock
	$(BIN)/python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb')); g = p['dependency-groups']; \
	  w = lambda n: [x for e in g[n] for x in (w(e['include-group']) if isinstance(e, dict) else [e])]; \
	  print(*p['project']['dependencies'], *w('dev'), sep='\n')" > $(VENV)/wanted.in
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-annotate \
	  --output-file=requirements.lock $(VENV)/wanted.in

clean:           ## Remove the environment and the demo
	rm -rf $(VENV) .demo .demo-* dist
