"""What `rag-index` says of a build or an addition: what was done, and what was not read and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from index import building
from index.articles.characters import quoted
from index.settling import kinds_among
from rag.cli.terminal import say
from rag.text.words import counted

_LISTED = 20
_NAMED = 5


def say_what_was_done(report: building.BuildReport, index: Path) -> None:
    """Say what the index holds now, and what became of what was read."""
    counts, gathered = report.counts, report.gathered
    held = f"{counted(counts.articles, 'article')} in {counted(counts.passages, 'passage')}"
    if report.published:
        say(f"{index}: {held}, snapshot {report.snapshot}")
        say(
            f"embedded {counted(report.embedded, 'passage')}, took over {counts.passages - report.embedded:,} unchanged"
        )
    else:
        say(f"{index}: unchanged, {held}; snapshot {report.snapshot} stays in use")
    if counts.versions > counts.articles:
        earlier = counted(counts.versions - counts.articles, "earlier version")
        say(f"{earlier} of articles that changed: kept, but not searched")
    if gathered.repeats:
        say(f"{gathered.repeats:,} articles came again, unchanged")
    if gathered.stubs:
        say(f"{counted(gathered.stubs, 'excerpt')} of articles whose full text is there: left out")
    for item in gathered.removed:
        title = quoted(item.article.title) if item.article else "an article"
        say(f"removed: {title} ({item.where}): {item.reason}")
    if passed_over := gathered.passed_over:
        kinds = kinds_among(passed_over)
        if len(passed_over) <= _NAMED:
            kinds = ", ".join(Path(item.where).name for item in passed_over)
        say(f"passed over, as of other kinds: {counted(len(passed_over), 'file')} ({kinds})")


def say_what_was_skipped(report: building.BuildReport, details: Path) -> None:
    """Name what was left out, on stderr."""
    omitted = [item for item in report.gathered.noticed if item.omitted]
    told = (
        [f"note: {item.where}: {notice}" for item in report.gathered.noticed for notice in item.notices],
        [f"note: {item.where}: left out as no reporting: {_named(item.omitted)}" for item in omitted],
        [f"skipped: {item.where}: {item.reason}" for item in report.gathered.skipped],
    )
    for lines in told:
        for line in lines[:_LISTED]:
            say(line, error=True)
    if more := sum(max(0, len(lines) - _LISTED) for lines in told):
        say(f"and {more:,} more", error=True)
    if omitted or more:
        say(f"all of it is in {details}", error=True)
    if report.gathered.skipped:
        count = sum(item.count for item in report.gathered.skipped)
        say(f"could not be read: {count:,}; the others are in the index", error=True)


def _named(lines: Sequence[str]) -> str:
    return quoted(lines[0]) + (f" and {counted(len(lines) - 1, 'other line')}" if len(lines) > 1 else "")
