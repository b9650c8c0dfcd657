"""A name makes its generator, and what is missing for one is said with its way out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.answer.extractive import ExtractiveGenerator
from rag.answer.generators import create_generator, shown_name
from rag.answer.llm.endpoint import Endpoint
from rag.answer.llm.judge import Judged
from rag.answer.llm.local import LocalModel
from rag.answer.llm.writer import Writer
from rag.errors import ModelUnavailable


def test_a_name_makes_its_generator() -> None:
    settings = {"RAG_API_BASE": "http://127.0.0.1:9/v1/", "RAG_API_KEY": "sk-harbour"}
    assert isinstance(create_generator("quotes"), ExtractiveGenerator)
    writer = create_generator("openai:qwen3:8b", environment=settings)
    assert isinstance(writer, Writer)
    assert isinstance(writer.model, Endpoint)
    assert (writer.model.base, writer.model.model) == ("http://127.0.0.1:9/v1", "qwen3:8b")
    judged = create_generator("quotes+openai:m", environment=settings)
    assert isinstance(judged, Judged)
    assert isinstance(judged.generator, ExtractiveGenerator)


@pytest.mark.parametrize("name", ["", "quote", "quotes:x", "openai", "openai:", "gpt-5", "quotes+openai", "Local", "+"])
def test_an_unknown_name_lists_what_there_is(name: str) -> None:
    with pytest.raises(ValueError, match=r"there is no generator .*: there are quotes, openai:MODEL, local:FILE.gguf"):
        create_generator(name)


@pytest.mark.parametrize("name", ["local", "local:", "quotes+local"])
def test_a_local_model_needs_its_file(name: str) -> None:
    kind = name.rstrip(":").replace("+", r"\+")
    with pytest.raises(ValueError, match=rf"^{kind} needs the file of a model, as {kind}:FILE.gguf: .* or use quotes"):
        create_generator(name)


def test_a_server_without_an_address() -> None:
    with pytest.raises(ValueError, match=r"openai:m needs the address of its server: set RAG_API_BASE"):
        create_generator("openai:m", environment={})


def test_an_answer_does_not_tell_in_which_folder_a_model_lies() -> None:
    names = [shown_name(name) for name in ("quotes", "openai:a/b", " local:/home/me/m.gguf ", "quotes+local:x/m.gguf")]
    assert names == ["quotes", "openai:a/b", "local:m.gguf", "quotes+local:m.gguf"]


def test_a_file_that_is_none_or_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelUnavailable, match="there is no model at"):
        create_generator(f"local:{tmp_path}/model.gguf")
    (tmp_path / "model.gguf").write_bytes(os.urandom(10_000))
    with pytest.raises(ModelUnavailable, match=r"model.gguf is no model that llama.cpp can load"):
        LocalModel(tmp_path / "model.gguf")
    monkeypatch.setattr("rag.answer.llm.local.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'news-rag\[local\]'"):
        LocalModel(tmp_path / "model.gguf")
