"""The README keeps its promises: its commands and its Python run, and what it lists is there."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from index.building import build
from rag import Answerer
from rag.models.embedding import SentenceTransformerEmbedder
from rag.record import save_answer
from rag.sample import ARTICLES
from rag.store.snapshot import IndexFolder
from tests.toy import HARBOUR, write_article

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a user's: the sample's index, an answer kept from it, and some articles of one's own."""
    folder = tmp_path_factory.mktemp("user")
    embedder = SentenceTransformerEmbedder.load()
    build([ARTICLES], IndexFolder(folder / "data" / "index"), embedder, today=date(2025, 12, 31))
    answer = Answerer.open(folder / "data" / "index", embedder=embedder).answer("Who raised the tolls?")
    save_answer(folder / "tolls.json", answer)
    write_article(folder / "news", "tolls", HARBOUR)
    (folder / "archive.jsonl.gz").write_bytes(
        gzip.compress(b'{"headline": "Tolls", "body": "The tolls rose.", "date": "2025-03-04"}\n')
    )
    return folder


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def shell_commands() -> list[str]:
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith(".venv/bin/") and " chat" not in line]


def test_there_are_commands_and_snippets_to_test() -> None:
    assert len(shell_commands()) >= 4
    assert len(blocks("python")) == 1


@pytest.mark.parametrize("command", shell_commands())
def test_a_command_of_the_readme_runs(folder: Path, command: str) -> None:
    program, *arguments = shlex.split(command)
    module = {"rag": "rag", "rag-index": "index"}[Path(program).name]
    if "build" in arguments:
        arguments[arguments.index("--index") + 1] = "other-index"
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr if module == "rag" else "") == (0, "")
    assert done.stdout.strip()


def test_the_python_of_the_readme_runs_and_answers(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", blocks("python")[0]],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^([1-3]) [01]\.\d+ ", done.stdout, flags=re.MULTILINE) == ["1", "2", "3"]
    assert "\n@article{" in done.stdout
    assert "[1]" in done.stdout  # the question of the README has an answer in the sample


def test_the_make_targets_of_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    assert (
        set(re.findall(r"\bmake ([a-z]+)", " ".join(blocks("sh"))))
        <= targets
        == {
            "setup",
            "chat",
            "test",
            "lint",
            "bench",
            "clean",
        }
    )


def test_every_module_has_its_place_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for path in (ROOT / "rag").glob("*.py"):
        if not path.stem.startswith("__"):
            assert path.name in text, path
    for room in ("snapshot", "generation", "exporting", "page", "evaluation", "sample", "sources"):
        assert f"{room}/" in text
