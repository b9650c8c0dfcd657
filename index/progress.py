"""Shows how far a build is: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich import progress as rich_progress


class Progress(Protocol):
    """Where a build says how far it is."""

    def stage(self, name: str, total: int | None) -> None:
        """A stage begins that will take ``total`` steps, where that is known."""
        ...

    def advance(self, steps: int) -> None:
        """``steps`` more are done."""
        ...


class Silent:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None) -> None:
        """See ``Progress``."""

    def advance(self, steps: int) -> None:
        """See ``Progress``."""


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


class Bars:
    """One bar a stage."""

    def __init__(self, bars: rich_progress.Progress) -> None:
        self._bars = bars
        self._task: rich_progress.TaskID | None = None

    def stage(self, name: str, total: int | None) -> None:
        """Begin a new bar; the last one is full."""
        self.finish()
        self._task = self._bars.add_task(name, total=total)

    def advance(self, steps: int) -> None:
        """Move the bar."""
        if self._task is not None:
            self._bars.advance(self._task, steps)

    def finish(self) -> None:
        """Fill the last bar."""
        if self._task is not None:
            task = self._bars.tasks[self._task]
            self._bars.update(self._task, total=task.completed, completed=task.completed)


# Stages shorter than this are over before anybody wonders how far they are.
_WORTH_TELLING = 500


class Lines:
    """A line when a stage begins, and one at each tenth of a long one."""

    def __init__(self) -> None:
        self._name = ""
        self._total: int | None = None
        self._done = self._told = 0

    def stage(self, name: str, total: int | None) -> None:
        """Write the stage's name and length."""
        self._name, self._total, self._done, self._told = name, total, 0, 0
        if total != 0:
            self._write(name if total is None else f"{name} {total:,}")

    def advance(self, steps: int) -> None:
        """Write how far it is, where that is a tenth further."""
        self._done += steps
        if self._total and self._total >= _WORTH_TELLING and (tenth := 10 * self._done // self._total) > self._told:
            self._told = tenth
            self._write(f"{self._name} {self._done:,}/{self._total:,}")

    def _write(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201
