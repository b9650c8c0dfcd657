"""The README keeps its promises: its commands and its Python run, and what it lists is there."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ran
from tests.toy import HARBOUR, write_article

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like a user's: the sample's index and some articles of one's own."""
    folder = tmp_path_factory.mktemp("user")
    shutil.copytree(sample_index, folder / "data" / "index")
    write_article(folder / "news", "tolls", HARBOUR)
    (folder / "archive.jsonl.gz").write_bytes(
        gzip.compress(b'{"headline": "Tolls", "body": "The tolls rose.", "date": "2025-03-04"}\n')
    )
    (folder / "today.csv").write_text("title,text,date\nTolls again,The tolls rose once more.,2025-03-05\n")
    return folder


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def shell_commands() -> list[str]:
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    # What serves or watches does not end, and no example address answers.
    endless = (" chat", " watch", "https://")
    return [line for line in lines if line.startswith(".venv/bin/") and not any(one in line for one in endless)]


def test_the_commands_of_the_readme_run_in_its_order(
    folder: Path, run_command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    commands = shell_commands()
    assert len(commands) >= 4
    for command in commands:
        program, *arguments = shlex.split(command)
        if {"build", "add"} & {*arguments}:
            arguments[arguments.index("--index") + 1] = "other-index"
        done = run_command(Path(program).name, *arguments)
        assert (done.code, done.out.strip() != "") == (0, True), (command, done)
        assert done.err == "" or Path(program).name == "rag-index", command


def test_the_python_of_the_readme_runs_and_answers(folder: Path) -> None:
    [snippet] = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", snippet],
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
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", " ".join(blocks("sh"))))
    benches = {"peers", "bench", "bench-quality", "bench-ingest"}
    assert named <= targets == {"setup", "chat", "test", "lint", "screenshots", "clean"} | benches


def test_the_architecture_has_a_place_for_every_room_and_every_module_outside_of_them() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    modules = [path.name for path in (ROOT / "rag").glob("*.py") if not path.stem.startswith("__")]
    rooms = [f"{path.parent.name}/" for path in (ROOT / "rag").glob("*/__init__.py")]
    assert [one for one in (*modules, *rooms, "index/", "sources/") if one not in text] == []
