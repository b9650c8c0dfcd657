"""The local model: its file is joined whole or not at all, and what is missing is named."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rag.answer.extractive import ExtractiveGenerator
from rag.answer.generators import create_generator
from rag.answer.llm.endpoint import Endpoint
from rag.answer.llm.judge import Judged
from rag.answer.llm.local import LocalModel, joined, model_file
from rag.answer.llm.writer import Writer
from rag.errors import ModelUnavailable

ROOT = Path(__file__).parents[1]


@pytest.fixture
def parts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"part{number}" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) * 2_000_000)
    return paths


def digest(parts: list[Path]) -> str:
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def test_a_file_is_joined_once(parts: list[Path], tmp_path: Path) -> None:
    path = joined(parts, tmp_path / "cache" / "model.gguf", digest(parts))
    assert path.read_bytes() == b"".join(part.read_bytes() for part in parts)
    before = path.stat()
    assert joined(parts, path, digest(parts)) == path
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert sorted(one.name for one in path.parent.iterdir()) == [".model.gguf.lock", "model.gguf"]


def test_a_damaged_wheel_gives_no_file(parts: list[Path], tmp_path: Path) -> None:
    expected = digest(parts)
    parts[1].write_bytes(b"x" * 2_000_000)
    with pytest.raises(ModelUnavailable, match=r"the wheels of model.gguf are damaged: reinstall them"):
        joined(parts, tmp_path / "cache" / "model.gguf", expected)
    assert [one.name for one in (tmp_path / "cache").iterdir()] == [".model.gguf.lock"]


def test_a_file_cut_short_is_joined_anew(parts: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"cut short")
    assert joined(parts, path, digest(parts)).stat().st_size == 6_000_000


def test_a_killed_process_leaves_nothing_under_the_name(parts: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "cache" / "model.gguf"
    # Killed in the middle: before its second part is read, which is the moment that it opens it.
    script = (
        "import os, pathlib, sys\n"
        "from rag.answer.llm.local import joined\n"
        "parts = [pathlib.Path(one) for one in sys.argv[3:]]\n"
        "opened = pathlib.Path.open\n"
        "def open_or_die(self, *arguments, **options):\n"
        "    if self == parts[1]:\n"
        "        os.kill(os.getpid(), 9)\n"
        "    return opened(self, *arguments, **options)\n"
        "pathlib.Path.open = open_or_die\n"
        "joined(parts, pathlib.Path(sys.argv[1]), sys.argv[2])\n"
    )
    command = [sys.executable, "-c", script, str(path), digest(parts), *map(str, parts)]
    done = subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert done.returncode == -9
    assert not path.exists()
    assert joined(parts, path, digest(parts)).stat().st_size == 6_000_000


def test_without_the_wheels_it_is_said_how_to_have_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("rag.answer.llm.local.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"pip install 'news-rag\[local\]', or name a GGUF file"):
        model_file(tmp_path)
    with pytest.raises(ModelUnavailable, match=r"pip install 'news-rag\[gguf\]'"):
        LocalModel(tmp_path / "model.gguf")


def test_a_file_that_is_none_or_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="there is no model at"):
        LocalModel(tmp_path / "model.gguf")
    (tmp_path / "model.gguf").write_bytes(os.urandom(10_000))
    with pytest.raises(ModelUnavailable, match=r"model.gguf is no model that llama.cpp can load"):
        LocalModel(tmp_path / "model.gguf")


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


@pytest.mark.parametrize("name", ["", "quote", "quotes:x", "openai", "openai:", "gpt-5", "quotes+openai", "Local"])
def test_an_unknown_name_lists_what_there_is(name: str) -> None:
    with pytest.raises(ValueError, match=r"there is no generator .*: there are quotes, openai:MODEL, local"):
        create_generator(name)


def test_a_server_without_an_address() -> None:
    with pytest.raises(ValueError, match=r"openai:m needs the address of its server: set RAG_API_BASE"):
        create_generator("openai:m", environment={})
