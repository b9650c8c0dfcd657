"""Puts what is read into the draft of a snapshot, as an article, a version or a repeat, and takes out what is gone."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from index.articles.facts import ReadArticle
from index.progress import Progress
from index.sources.reading import SourceItem
from index.versions import Fate, Gathered, settle
from rag.articles import Article, day_in_words
from rag.errors import ArticleUnreadable
from rag.store.draft import CoverageDraft
from rag.store.rows import Removal
from rag.text.words import counted

# What readers write behind the name of a source.
_PLACE = re.compile(r" (?:(?:item|lines?|value|document|message) \d+(?=$|[ :])|(?:end|damaged records|other records)$)")


def take_in(
    draft: CoverageDraft, removals: Sequence[Removal], items: Iterable[SourceItem], progress: Progress
) -> tuple[Gathered, set[str]]:
    """Read all, settle which version of each article is current or gone; and of which places old lines are outdated.

    What is in ``removals`` is kept out, and taken out where the draft still holds it.
    """
    gathered, seen = Gathered(), set[str]()
    draft.refuse(removals)
    for gone in {one.article_id: one for one in removals}.values():
        if draft.known(gone.article_id):  # a snapshot from before its removal was gone back to
            seen |= _take_out(draft, [gone.article_id], SourceItem("the index", None, _why(gone)), gathered)
    now = datetime.now(UTC).replace(microsecond=0)
    progress.stage("reading", None)
    for item in items:
        progress.advance(1)
        seen.add(source_of(item.where))
        if item.withdrawn:
            gathered.withdrawn.append(item)
        elif item.article is None:
            (gathered.passed_over if item.passed_over else gathered.skipped).append(item)
        elif removal := draft.removal_of(item.article):
            # It could be read, and is kept out on purpose: no fault, and so no reason for an exit code.
            gathered.noticed.append(replace(item, notices=(_why(removal),), omitted=()))
        elif reason := _take(draft, item, item.article, now, gathered):
            gathered.skipped.append(SourceItem(item.where, None, reason))
        elif item.notices or item.omitted:
            gathered.noticed.append(item)
    for item in gathered.withdrawn:
        ids = draft.named(item.link) if item.link else []
        if len({draft.known(id_)[-1].article.outlet for id_ in ids}) > 1:
            several = f"{item.reason}, but several outlets have a {item.link!r} ({', '.join(ids)})"
            gathered.skipped.append(
                SourceItem(item.where, None, f"{several}: rag-index remove takes out the right one")
            )
        else:
            seen |= _take_out(draft, ids, item, gathered)
    return gathered, seen


def _take_out(draft: CoverageDraft, ids: Sequence[str], item: SourceItem, gathered: Gathered) -> set[str]:
    """Take all versions of articles out, and what was noted of them; where they had been read."""
    versions = [one for id_ in ids for one in draft.known(id_)]
    gathered.removed += [replace(item, article=one.article) for one in versions if one.current]
    draft.drop(one.number for one in versions)
    origins = {one.origin for one in versions}
    gathered.noticed = [one for one in gathered.noticed if one.where not in origins]
    return origins


def _why(removal: Removal) -> str:
    day = day_in_words(date.fromisoformat(removal.day))
    why = f"was removed on {day} ({removal.reason})" if removal.reason else f"was removed on {day}"
    return f"{why}: rag-index remove --forget {removal.article_id} lets it in again"


def source_of(where: str) -> str:
    """The file or address that a place is in."""
    place = _PLACE.search(where)
    return where[: place.start()] if place else where


def told(item: SourceItem) -> str | None:
    """What is stored with the article of an item, for ``as_read``."""
    return json.dumps([item.notices, item.omitted]) if item.notices or item.omitted else None


def as_read(article: Article, told: str | None) -> ReadArticle:
    """The article as it was when it was read, with what was told of it."""
    notices, omitted = json.loads(told) if told else ((), ())
    return ReadArticle(article, tuple(notices), tuple(omitted))


def _take(draft: CoverageDraft, item: SourceItem, article: Article, now: datetime, gathered: Gathered) -> str | None:
    """Store the article of an item as what it is, beside what is there of it; the reason where it is not taken in."""
    known = draft.known(article.id)
    settled = settle(article, known, [draft.is_new(one.number) for one in known])
    match settled.fate:
        case Fate.REPEAT:
            gathered.repeats += 1
        case Fate.STUB:
            gathered.stubs += 1
        case Fate.CONFLICT if settled.beside:
            other = f"another text of {article.url or article.title!r} came from {settled.beside.origin}"
            return f"{other}: give the newer one a later updated date"
        case _:
            draft.drop(settled.replaced)
            gathered.stubs += len(settled.replaced)
            gathered.taken += 1
            is_current = settled.fate is Fate.CURRENT
            draft.take(article, item.where, now, current=is_current, record=item.record, told=told(item))
            stay = [one for one in known if one.number not in settled.replaced]
            if settled.fate is Fate.EARLIER and settled.beside and not any(one.current for one in stay):
                draft.make_current(settled.beside.number)
    return None


def nothing_taken(gathered: Gathered, named: str) -> ArticleUnreadable:
    """Why no article is left after all of ``named`` was read."""
    if gathered.removed:
        item = gathered.removed[-1]
        return ArticleUnreadable(
            f"no article would be left: the last {item.reason} ({item.where}); delete the index instead"
        )
    if gathered.withdrawn and not gathered.skipped:
        withdrawn = f"{counted(len(gathered.withdrawn), 'withdrawal')}, the first is {gathered.withdrawn[0].where}"
        return ArticleUnreadable(f"no articles in {named}: only {withdrawn}")
    if not gathered.skipped and gathered.noticed:  # what was removed before
        first = gathered.noticed[0]
        return ArticleUnreadable(f"no article in {named} that may come in: {first.where} {first.notices[0]}")
    if not gathered.skipped:
        others = f"only files of other kinds are there ({kinds_among(gathered.passed_over)})"
        return ArticleUnreadable(f"no articles in {named}: {others}")
    first = gathered.skipped[0]
    skipped = f"{sum(item.count for item in gathered.skipped):,} skipped, the first is {first.where} ({first.reason})"
    return ArticleUnreadable(f"no readable article in {named}: {skipped}")


def kinds_among(items: Sequence[SourceItem]) -> str:
    """How many files of which kinds, the most frequent first: "3 .png, 1 .mp3"."""
    kinds = Counter(path.suffix or path.name for path in (Path(item.where) for item in items))
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.most_common(5))
