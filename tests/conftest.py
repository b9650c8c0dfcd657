"""What all tests share: no network, no index of the user's, and how a missing thing is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure() -> None:
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
