"""Shows how far a build is: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich import progress as rich_progress


class Progress:
    """Where a build says how far it is; this one tells nobody."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins that will take ``total`` steps, where that is known."""

    def advance(self, steps: int) -> None:
        """``steps`` more are done."""


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Lend a progress that writes to stderr, so that a command's output can be piped."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with RichProgress(*columns, console=Console(stderr=True)) as bars:
        shown = Bars(bars)
        yield shown
        shown.finish()


class Bars(Progress):
    """One bar a stage."""

    def __init__(self, bars: rich_progress.Progress) -> None:
        self._bars = bars
        self._task: rich_progress.TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:  # noqa: D102
        self.finish()
        self._task = self._bars.add_task(name, total=total)

    def advance(self, steps: int) -> None:  # noqa: D102
        if self._task is not None:
            self._bars.advance(self._task, steps)

    def finish(self) -> None:
        """Fill the last bar."""
        if self._task is not None:
            self._bars.update(self._task, total=(done := self._bars.tasks[self._task].completed), completed=done)


class Lines(Progress):
    """A line when a stage begins, and one at each tenth of a stage that is long enough to wonder about."""

    _long = 500

    def stage(self, name: str, total: int | None) -> None:  # noqa: D102
        self._name, self._total, self._done = name, total or 0, 0
        if total != 0:
            self._write(name if total is None else f"{name} {total:,}")

    def advance(self, steps: int) -> None:  # noqa: D102
        before, self._done = self._done, self._done + steps
        if self._total >= self._long and 10 * before // self._total < 10 * self._done // self._total:
            self._write(f"{self._name} {self._done:,}/{self._total:,}")

    def _write(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201
