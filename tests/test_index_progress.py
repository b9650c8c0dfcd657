from io import StringIO

import pytest
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn

from index.progress import Bars, Lines, shown_progress


def test_lines_are_written_when_a_stage_begins_and_at_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines.stage("reading", None)
    lines.advance(3)
    lines.stage("chunking", 60)
    lines.advance(30)
    lines.stage("embedding", 0)
    lines.stage("embedding", 2_000)
    for _ in range(8):
        lines.advance(250)
    assert capsys.readouterr().err.splitlines() == [
        "reading",
        "chunking 60",
        "embedding 2,000",
        *(f"embedding {done:,}/2,000" for done in range(250, 2_001, 250)),
    ]


def test_what_is_no_terminal_gets_lines() -> None:
    with shown_progress() as progress:
        assert isinstance(progress, Lines)


def test_bars_are_full_when_their_stage_is_over() -> None:
    console = Console(file=StringIO(), width=80)
    with Progress(TextColumn("{task.description}"), MofNCompleteColumn(), console=console) as shown:
        bars = Bars(shown)
        bars.stage("chunking", 9)
        bars.advance(9)
        bars.stage("publishing", None)
        bars.finish()
        assert [(task.description, task.finished) for task in shown.tasks] == [("chunking", True), ("publishing", True)]
