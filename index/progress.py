"""Shows how far a build is: bars on a terminal, a line a stage elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich import progress as rich_progress


class Progress:
    """Where a build says how far it is; without ``bars`` it tells nobody."""

    def __init__(self, bars: rich_progress.Progress | None = None) -> None:
        self._bars = bars
        self._task: rich_progress.TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins that will take ``total`` steps, where that is known."""
        if self._bars is None or total == 0:
            self._task = None
        elif self._bars.disable:
            self._bars.console.print(name if total is None else f"{name} {total:,}", markup=False, highlight=False)
        else:
            self._task = self._bars.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """``steps`` more are done."""
        if self._bars and self._task is not None:
            self._bars.advance(self._task, steps)


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Lend a progress that writes to stderr, so that a command's output can be piped."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield Progress(bars)
