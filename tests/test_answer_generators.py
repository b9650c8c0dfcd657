"""A name makes its generator, and what is missing for one is said with its way out."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from rag.answer.extractive import ExtractiveGenerator
from rag.answer.generators import create_generator, followup_rewriter, shown_name
from rag.answer.llm.endpoint import Endpoint
from rag.answer.llm.judge import Judged
from rag.answer.llm.prompt import Prompt
from rag.answer.llm.rewriter import Rewriter
from rag.answer.llm.writer import Writer
from rag.errors import ModelUnavailable
from rag.query.followups import rewrite_followup


def test_a_name_makes_its_generator() -> None:
    settings = {"RAG_API_BASE": "http://127.0.0.1:9/v1/", "RAG_API_KEY": "sk-harbour"}
    assert isinstance(create_generator("quotes"), ExtractiveGenerator)
    guarded = create_generator("openai:qwen3:8b", environment=settings)
    assert isinstance(guarded, Judged)
    writer = guarded.generator
    assert isinstance(writer, Writer)
    assert isinstance(writer.model, Endpoint)
    assert (writer.model.base, writer.model.model) == ("http://127.0.0.1:9/v1", "qwen3:8b")
    judged = create_generator("quotes+openai:m", environment=settings)
    assert isinstance(judged, Judged)
    assert isinstance(judged.generator, ExtractiveGenerator)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("", "quote", "quotes:x", "openai", "openai:", "gpt-5", "quotes+openai", "Local", "+"),
            r"there is no generator .*: there are quotes, openai:MODEL, local:FILE.gguf",
        ),
        (("local", "local:"), r"^local needs the file of a model, as local:FILE.gguf: .* or use quotes"),
        (("quotes+local",), r"^quotes\+local needs the file of a model, as quotes\+local:FILE.gguf"),
        (("openai:m",), r"openai:m needs the address of its server: set RAG_API_BASE"),
    ],
)
def test_what_is_wrong_with_a_name_is_told(names: tuple[str, ...], message: str) -> None:
    for name in names:
        with pytest.raises(ValueError, match=message):
            create_generator(name, environment={})


def test_an_answer_does_not_tell_in_which_folder_a_model_lies() -> None:
    names = [shown_name(name) for name in ("quotes", "openai:a/b", " local:/home/me/m.gguf ", "quotes+local:x/m.gguf")]
    assert names == ["quotes", "openai:a/b", "local:m.gguf", "quotes+local:m.gguf"]


def test_a_file_that_is_none_or_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="there is no model at"):
        create_generator(f"local:{tmp_path}/model.gguf")
    (tmp_path / "model.gguf").write_bytes(os.urandom(10_000))
    with pytest.raises(ModelUnavailable, match=r"model.gguf is no model that llama.cpp can load"):
        create_generator(f"local:{tmp_path}/model.gguf")


@pytest.mark.parametrize(
    ("library", "extra", "name"), [("xllamacpp", "local", "local:m"), ("openai", "openai", "openai:m")]
)
def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, library: str, extra: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.delitem(sys.modules, "rag.answer.llm.endpoint")
    monkeypatch.delitem(sys.modules, "rag.answer.llm.local")
    with pytest.raises(ModelUnavailable, match=rf"is not installed: pip install 'news-rag\[{extra}\]'"):
        create_generator(name, environment={"RAG_API_BASE": "http://127.0.0.1:9/v1"})


def test_the_model_that_writes_is_the_one_that_rewrites() -> None:
    def model(prompt: Prompt) -> Generator[str]:
        yield "Aye."

    for writing in (Writer(model), Judged(Writer(model), lambda prompt: 1.0)):
        found = followup_rewriter(writing)
        assert isinstance(found, Rewriter)
        assert found.model is model
    for quoting in (ExtractiveGenerator(), Judged(ExtractiveGenerator(), lambda prompt: 1.0)):
        assert followup_rewriter(quoting) is rewrite_followup
