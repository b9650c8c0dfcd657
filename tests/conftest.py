"""What all tests share: no network, no index of the user's, one loaded model, one index of the sample."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from benchmarks.embedders import Remembering
from rag.models.embedding import Embedder

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure() -> None:
    settings.register_profile("unhurried", deadline=None)  # busy cores are no fault of the code
    settings.load_profile("unhurried")
    # Set before anything imports the libraries that read them.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for setting in ("RAG_INDEX", "RAG_GENERATOR", "RAG_API_BASE", "RAG_API_KEY"):
        os.environ.pop(setting, None)


def missing(reason: str) -> None:
    """Skip, saying why; in CI, where nothing may be missing, fail."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real news data beside the repository."""
    if not SHARED.is_dir():
        missing("the real news data (../shared/data) is not here")
    return SHARED


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real model, loaded once; it embeds each text once in all tests together."""
    from rag.models.embedding import load_embedder

    return Remembering(load_embedder())


@pytest.fixture(scope="session")
def sample_index(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the sample coverage, built with the real model; not to be written to."""
    from index.building import build
    from rag.sample import ARTICLES
    from rag.store.folder import IndexFolder

    folder = tmp_path_factory.mktemp("sample") / "index"
    build([ARTICLES], IndexFolder(folder), embedder, today=date(2026, 1, 1))
    return folder


@pytest.fixture(scope="session")
def toy_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of three articles, built with the toy embedder; not to be written to."""
    from tests.toy import HARBOUR, ORCHESTRA, PROTEST, build_index

    folder = tmp_path_factory.mktemp("toy") / "index"
    build_index(folder, [HARBOUR, PROTEST, ORCHESTRA])
    return folder


class Ran(NamedTuple):
    """How a command ended."""

    code: object
    out: str
    err: str


@pytest.fixture
def run_command(
    embedder: Embedder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Run `rag` or `rag-index` in this process, where the model is loaded already: ``run_command("rag", "ask", …)``."""
    from index import commands as index_commands
    from rag.cli import main as rag_commands
    from rag.models import embedding

    mains = {"rag": rag_commands.main, "rag-index": index_commands.main}
    monkeypatch.setattr(embedding, "load_embedder", lambda *_, **__: embedder)
    monkeypatch.setenv("COLUMNS", "120")

    def run(program: str, *arguments: object) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            mains[program]([str(one) for one in arguments])
        return Ran(ended.value.code, *capsys.readouterr())

    return run
