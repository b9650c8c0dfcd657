"""`rag-index watch`: keeps an index current by looking again and again at where news comes from."""

from __future__ import annotations

import re
import time
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from index import building
from index.articles.characters import escaped
from index.bases import SKIPPED_FILE, last_manifest
from index.changes import AllowPrivate, NoSuggestions, embedder_for, suggester
from index.intake import Intake
from index.progress import Progress
from index.publishing import Suggest
from index.reporting import say_what_was_done, say_what_was_skipped
from rag.cli.terminal import DEFAULT_INDEX, IndexOption, say
from rag.errors import IndexBusy, RagError
from rag.models.embedding import Embedder
from rag.store.folder import IndexFolder

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def look(
    intake: Intake, folder: IndexFolder, embedder: Embedder, today: date, suggest: Suggest | None = None
) -> building.BuildReport:
    """Take in what has come since the last look, and take out what its publisher withdrew.

    Raises:
        As ``building.add``.
    """
    report = building.add(intake.items(today), folder, embedder, progress=Progress(), suggest=suggest)
    intake.done()
    return report


def watch(
    places: Annotated[list[str], typer.Argument(metavar="PATH|URL…", help="Folders, files, feeds, pages, sitemaps.")],
    index: IndexOption = DEFAULT_INDEX,
    every: Annotated[str, typer.Option(metavar="TIME", help="Time between two looks: 90s, 10m, 1h, 1d.")] = "10m",
    keep: Annotated[int, typer.Option(metavar="N", help="Snapshots to keep.", min=1)] = 10,
    looks: Annotated[int | None, typer.Option(metavar="N", help="Stop after so many looks.  [default: never]")] = None,
    allow_private: AllowPrivate = False,
    no_suggestions: NoSuggestions = False,
) -> None:
    """Add what is new under PATH and at URL, again and again, until Ctrl-C.

    An article that changed becomes a new version; one that its publisher withdrew (an answer 410, a deleted entry of a
    feed) leaves the index. A file that is deleted does not. A chat on the same index answers from each new state.

    Example: rag-index watch https://courier.example/feed.xml inbox/ --every 10m --index data/index
    """
    pause = _seconds(every)
    folder = IndexFolder(index)
    intake = Intake(places, folder, allow_private=allow_private)
    embedder = embedder_for(folder)
    suggest = None if no_suggestions else suggester(embedder, Progress())
    held = last_manifest(folder) is not None
    done = 0
    while True:
        try:
            _look(intake, folder, embedder, index, keep, suggest)
            held = True
        except IndexBusy as error:
            say(f"{error}", error=True)
        except (RagError, OSError) as error:
            held = held or last_manifest(folder) is not None
            if not held:
                raise
            # Of what is there nothing is lost: the next look may do.
            say(f"this look failed: {escaped(str(error))}", error=True)
        done += 1
        if done == looks:
            return
        time.sleep(pause)


def _look(
    intake: Intake, folder: IndexFolder, embedder: Embedder, index: Path, keep: int, suggest: Suggest | None
) -> None:
    report = look(intake, folder, embedder, date.today(), suggest)
    if report.published:
        say(f"{datetime.now():%Y-%m-%d %H:%M}")
        say_what_was_done(report, index)
        with folder.changing():
            folder.prune(keep)
    say_what_was_skipped(report, folder.snapshot_path(folder.current().id) / SKIPPED_FILE)


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d{1,6})\s*([smhd])", text.strip())
    if not found or not int(found[1]):
        raise typer.BadParameter(f"{text!r} is no time: write 90s, 10m, 1h or 1d", param_hint="--every")
    return int(found[1]) * _UNITS[found[2]]
