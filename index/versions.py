"""Settles which version of an article is current, and keeps the earlier ones beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from index.progress import Progress
from index.sources.files import FoundFiles
from index.sources.reading import SourceItem, read_files
from rag.articles import Article


@dataclass(slots=True)
class Gathered:
    """What was read: each article in its newest version, the versions before it, and what was skipped."""

    current: list[Article] = field(default_factory=list)
    earlier: list[Article] = field(default_factory=list)
    skipped: list[SourceItem] = field(default_factory=list)
    noticed: list[SourceItem] = field(default_factory=list)
    """Items whose article is kept although something of it could not be used, or was left out."""
    passed_over: list[SourceItem] = field(default_factory=list)
    """Files of kinds that are not read, beside those that are."""
    repeats: int = 0
    """Articles that were found more than once, word for word."""


def gather(found: FoundFiles, today: date, progress: Progress) -> Gathered:
    """Read all, and settle which version of each article is current."""
    gathered = Gathered()
    versions: dict[str, dict[str, Article]] = {}
    where: dict[str, str] = {}
    progress.stage("reading", None)
    for item in read_files(found, today=today):
        progress.advance(1)
        article = item.article
        if article is None:
            (gathered.passed_over if item.passed_over else gathered.skipped).append(item)
            continue
        known = versions.setdefault(article.id, {})
        if article.version in known:
            gathered.repeats += 1
            continue
        if any(_appeared(article) == _appeared(other) for other in known.values()):
            # Nothing says which came later, and a citation must not hang on the order of files.
            other_text = f"another text of {article.url or article.title!r} came from {where[article.id]}"
            reason = f"{other_text}: give the newer one a later updated date"
            gathered.skipped.append(SourceItem(item.where, None, reason))
            continue
        known[article.version] = article
        where.setdefault(article.id, item.where)
        if item.notices or item.omitted:
            gathered.noticed.append(item)
    for known in versions.values():
        *earlier, newest = sorted(known.values(), key=_appeared)
        gathered.current.append(newest)
        gathered.earlier += earlier
    return gathered


def _appeared(article: Article) -> tuple[datetime, bool]:
    """When this version appeared, in UTC, and whether it was an update.

    Where only a day is known, a publication counts from its beginning and an update from its end: an update on the day
    of publication is the later of the two.
    """
    published = _moment(article.published, article.published_at, time.min)
    updated = _moment(article.updated, article.updated_at, time.max)
    return max(published, updated), article.updated is not None


def _moment(day: date | None, at: datetime | None, otherwise: time) -> datetime:
    if day is None:
        return datetime.min.replace(tzinfo=UTC)
    return at.astimezone(UTC) if at else datetime.combine(day, otherwise, UTC)
