from io import StringIO

import pytest
from rich.console import Console
from rich.progress import MofNCompleteColumn, TextColumn
from rich.progress import Progress as RichProgress

from index.progress import Progress, shown_progress


def test_what_is_no_terminal_gets_a_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress() as progress:
        progress.stage("reading", None)
        progress.advance(3)
        progress.stage("embedding", 0)
        progress.stage("embedding", 2_000)
    assert capsys.readouterr().err.splitlines() == ["reading", "embedding 2,000"]


def test_a_terminal_gets_a_bar_a_stage() -> None:
    console = Console(file=StringIO(), width=80)
    with RichProgress(TextColumn("{task.description}"), MofNCompleteColumn(), console=console) as shown:
        progress = Progress(shown)
        for name in ("chunking", "embedding"):
            progress.stage(name, 9)
            progress.advance(9)
        assert [(task.description, task.finished) for task in shown.tasks] == [("chunking", True), ("embedding", True)]
