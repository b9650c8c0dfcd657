"""Settles what becomes of an article that is read, beside the versions of it that are there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum, auto

from index.sources.reading import SourceItem
from rag.articles import Article
from rag.store.rows import Known


class Fate(Enum):
    """What becomes of an article."""

    CURRENT = auto()
    """It is the newest state."""
    EARLIER = auto()
    """It is kept as a state that was before."""
    REPEAT = auto()
    """It is there already."""
    STUB = auto()
    """A fuller text of it is there."""
    CONFLICT = auto()
    """It is another text than one that was read beside it, and nothing says which came later."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of an article, and what follows from it."""

    fate: Fate
    beside: Known | None = None
    """The version that decided."""
    replaced: tuple[int, ...] = ()
    """Versions that were no more than beginnings or summaries of this one, or said less of when it appeared."""


@dataclass(slots=True)
class Gathered:
    """What was read, beside the articles that went into the index."""

    skipped: list[SourceItem] = field(default_factory=list)
    noticed: list[SourceItem] = field(default_factory=list)
    """Items whose article is kept although something of it could not be used, or was left out."""
    withdrawn: list[SourceItem] = field(default_factory=list)
    """What its publisher took back, held or not."""
    removed: list[SourceItem] = field(default_factory=list)
    """Articles that were held, or had just been read, and are gone: where they came from, and why."""
    passed_over: list[SourceItem] = field(default_factory=list)
    """Files of kinds that are not read, beside those that are."""
    repeats: int = 0
    """Articles that were found more than once, or were there already."""
    stubs: int = 0
    """Beginnings and summaries of articles whose full text is there."""
    taken: int = 0
    """Articles and versions of them that came in."""


def settle(article: Article, known: Sequence[Known], fresh: Sequence[bool]) -> Settled:
    """Decide what becomes of ``article``; ``fresh`` says which of the ``known`` came in with the same command.

    Within one command a citation must not hang on the order of files, so only what the articles say of themselves
    counts. What comes with a later command is the later state, unless it says that it is not.
    """
    together = dict(zip((one.number for one in known), fresh, strict=True))
    for one in known:
        if article.version == one.article.version:
            return Settled(Fate.REPEAT, one)
    for one in known:
        if one.current and not together[one.number] and _corrects(article, one.article):
            return Settled(Fate.CURRENT, one)
    for one in known:
        if _same(article, one.article, together[one.number]):
            return Settled(Fate.REPEAT, one)
    for one in known:
        # What comes later, and whole, may be what its publisher left of it.
        if is_stub(article, one.article) and (together[one.number] or _is_cut(article)):
            return Settled(Fate.STUB, one)
    stubs = [
        one
        for one in known
        if (is_stub(one.article, article) and (together[one.number] or _is_cut(one.article)))
        # The same text, of which it is now known better when it was published.
        or (_text(article) == _text(one.article) and together[one.number] and article.updated is None)
    ]
    others = [one for one in known if one not in stubs]
    replaced = tuple(one.number for one in stubs)
    if not others:
        return Settled(Fate.CURRENT, replaced=replaced)
    for one in others:
        if together[one.number] and _appeared(article) == _appeared(one.article):
            return Settled(Fate.CONFLICT, one)
    latest = max(others, key=lambda one: _appeared(one.article))
    is_later = _appeared(article) > _appeared(latest.article)
    if not any(together[one.number] for one in others):
        is_later |= _appeared(article) == _appeared(latest.article) or not _is_dated(article)
    return Settled(Fate.CURRENT if is_later else Fate.EARLIER, latest, replaced)


def is_stub(article: Article, full: Article) -> bool:
    """Whether ``article`` is no more than the beginning or a summary of what ``full`` tells in full."""
    said, told = _flat(article), _flat(full)
    if len(said) >= len(told) and "excerpt" not in article.labels:
        return False
    is_update = _is_update(article, full)
    if "excerpt" in article.labels:
        return "excerpt" not in full.labels or (len(said) < len(told) and not is_update)
    # A story that grew, or was cut, says so by its date.
    return not (is_update or _is_update(full, article)) and bool(said) and told.startswith(said)


def _same(article: Article, other: Article, together: bool) -> bool:
    """Whether a reader of ``article`` reads nothing that ``other`` does not say, and it is no later state of it."""
    if _text(article) != _text(other):
        return False
    marked = "corrected" in article.labels and "corrected" not in other.labels and not together
    return not marked and _appeared(article) <= _appeared(other)


def _corrects(article: Article, other: Article) -> bool:
    """Whether ``article`` says of the same text who wrote it and when in another way, and no less."""
    facts, before = ((one.published, one.updated, one.outlet, *one.authors) for one in (article, other))
    return (
        _text(article) == _text(other)
        and facts != before
        and len(facts) >= len(before)
        and all(new or not old for new, old in zip(facts, before, strict=False))
        and (article.updated or date.min) >= (other.updated or date.min)
        and not is_stub(article, other)
    )


def _text(article: Article) -> tuple[str, ...]:
    return article.title, *article.paragraphs


def _flat(article: Article) -> str:
    """The text in one line, without what a cut left of a word at its end."""
    text = " ".join(" ".join(article.paragraphs).split())
    if _is_cut(article):
        text = text.rstrip(" .…[]").rpartition(" ")[0]
    return text


def _is_cut(article: Article) -> bool:
    """Whether the text ends where no sentence does."""
    last = article.paragraphs[-1].rstrip()
    return "excerpt" in article.labels or last.endswith(("...", "…")) or last[-1:].isalnum()


def _is_update(article: Article, other: Article) -> bool:
    return article.updated is not None and _appeared(article) > _appeared(other)


def _is_dated(article: Article) -> bool:
    return article.published is not None or article.updated is not None


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
