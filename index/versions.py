"""Settles which version of an article is current, and keeps the earlier ones beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path

from index.progress import Progress
from index.sources import Reading, read
from rag.articles import Article


@dataclass(slots=True)
class Gathered:
    """What was read: each article in its newest version, the versions before it, and what was left out."""

    current: list[Article] = field(default_factory=list)
    earlier: list[Article] = field(default_factory=list)
    skipped: list[Reading] = field(default_factory=list)
    noticed: list[Reading] = field(default_factory=list)
    repeats: int = 0


def gather(files: Iterable[Path], today: date, progress: Progress) -> Gathered:
    """Read all, and settle which version of each article is current."""
    gathered = Gathered()
    versions: dict[str, dict[str, Article]] = {}
    where: dict[str, str] = {}
    progress.stage("reading", None)
    for reading in read(files, today=today):
        progress.advance(1)
        article = reading.article
        if article is None:
            gathered.skipped.append(reading)
            continue
        if reading.notices:
            gathered.noticed.append(reading)
        known = versions.setdefault(article.id, {})
        if article.version in known:
            gathered.repeats += 1
        elif any(_moment(article) == _moment(other) for other in known.values()):
            # Nothing says which came later, and a citation must not hang on the order of files.
            reason = (
                f"another text of {article.url or article.title!r} came from {where[article.id]}: "
                "give the newer one a later updated date"
            )
            gathered.skipped.append(Reading(reading.where, None, reason))
        else:
            known[article.version] = article
            where.setdefault(article.id, reading.where)
    for known in versions.values():
        *earlier, newest = sorted(known.values(), key=_moment)
        gathered.current.append(newest)
        gathered.earlier += earlier
    return gathered


def _moment(article: Article) -> tuple[str, bool, str]:
    """When this version appeared, as values that sort: the day, whether it was an update, and the time where known."""
    day = article.updated or article.published
    at = article.updated_at if article.updated else article.published_at
    # In UTC: "14:00+02:00" is before "13:00Z".
    return str(day or ""), article.updated is not None, at.astimezone(UTC).isoformat() if at else ""
