import os

import pytest

from rag.text import tokens
from rag.text.tokens import count_tokens


def test_counts_without_network_and_leaves_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "/nowhere")
    tokens._encoding.cache_clear()
    assert count_tokens("The harbour master raised the tolls.") == 8
    assert os.environ["TIKTOKEN_CACHE_DIR"] == "/nowhere"


def test_special_tokens_in_an_article_are_text() -> None:
    assert count_tokens("<|endoftext|>") > 1
    assert count_tokens("") == 0
