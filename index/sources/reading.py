"""Turn sources into articles, one after the other; what cannot be read becomes a reason, never an exception."""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from index.articles.body import article_in_text
from index.articles.characters import escaped, mended
from index.articles.dates import ReadingDay
from index.articles.facts import ReadArticle, shape_of, values_of
from index.articles.records import article_in_record
from index.sources import files
from index.sources.formats import items_of
from index.sources.source import Item, Source, Withdrawn
from rag.articles import Article
from rag.errors import ArticleUnreadable

_MOST_ALIKE = 1000  # items of one source that are refused for the same reason; what is told of more is their number
_DEEPEST = 3  # archives in archives: more is no way to keep news, and a way to fill a disk

Recall = Callable[[bytes], ReadArticle | None]
"""Gives what the same program made before of an item of this ``SourceItem.record``; None where it is not known."""


@dataclass(frozen=True, slots=True)
class SourceItem:
    """What became of one item that was found: an article, or the reason why there is none."""

    where: str
    """The place of the item: "folder/file.jsonl line 12", "corpus.json item 3", "x.txt"."""
    article: Article | None
    reason: str | None = None
    """Why it was skipped; None where there is an article."""
    notices: tuple[str, ...] = ()
    """What of a kept article could not be used, and why."""
    omitted: tuple[str, ...] = ()
    """Lines of a kept article's text that are no reporting: captions, promotion, furniture of the page."""
    link: str | None = None
    """Where the whole text of the item stands, if the source has only a part of it, or nothing."""
    withdrawn: bool = False
    """Its publisher took it back: what an index holds under ``link`` is to be removed."""
    passed_over: bool = False
    """The source is of no kind that is read; that is no fault unless it was named."""
    count: int = 1
    """How many items it stands for, where many were refused for one reason."""
    record: bytes | None = None
    """Digest of all that made it this article, whatever the day; None where that is not known."""


def read_files(found: files.FoundFiles, *, today: date, recall: Recall = lambda record: None) -> Iterator[SourceItem]:
    """Read the articles of files in order, as they come; of those that were named, none is passed over."""
    for path in found.files:
        try:
            source = files.source_of(path)
        except (ArticleUnreadable, OSError, EOFError, zlib.error, ValueError) as error:
            yield SourceItem(escaped(str(path)), None, files.reason_for(error))
            continue
        for item in _read(source, today, 0, recall):
            yield replace(item, passed_over=False) if item.passed_over and path in found.named else item


def read(sources: Iterable[Source], *, today: date) -> Iterator[SourceItem]:
    """Read the articles of sources in order, as they come; dates that lie after ``today`` are not believed."""
    for source in sources:
        yield from _read(source, today, 0, lambda record: None)


def _read(source: Source, today: date, depth: int, recall: Recall) -> Iterator[SourceItem]:
    """The items of a source; of those that were refused like many before them, none but how many they are."""
    alike = Counter[str]()
    for item in _each(source, today, depth, recall):
        reason = item.reason if not (item.link or item.passed_over or item.count > 1) else None
        if reason and (reason in alike or len(alike) < _MOST_ALIKE):
            alike[reason] += 1
            if alike[reason] > _MOST_ALIKE:
                continue
        yield item
    for reason, seen in alike.items():
        if more := max(0, seen - _MOST_ALIKE):
            told = f"{more:,} more items like the first {_MOST_ALIKE:,}: {reason}"
            yield SourceItem(source.where, None, told, count=more)


def _each(source: Source, today: date, depth: int, recall: Recall) -> Iterator[SourceItem]:
    try:
        items = items_of(source)
        if items is None:
            reason = "is empty" if not source.head else "is of a kind that is not read: see rag-index sources"
            yield SourceItem(source.where, None, reason, passed_over=True)
            return
        for item in items:
            if isinstance(item, Item):
                yield _article(source, item, today, recall)
            elif depth < _DEEPEST:
                yield from _read(item, today, depth + 1, recall)
            else:
                yield SourceItem(item.where, None, "is an archive in an archive, too deep to be read: unpack it")
    except ArticleUnreadable as error:
        yield SourceItem(source.where, None, str(error))
    except (OSError, EOFError, zlib.error, ValueError) as error:  # damaged, or a path that no file can have
        yield SourceItem(source.where, None, files.reason_for(error))


def _article(source: Source, item: Item, today: date, recall: Recall) -> SourceItem:
    where = source.where + item.place
    record = _record(item)
    try:
        draft = recall(record) if record else None
        if draft is None:
            day = ReadingDay(today.year, today.month, today.day)
            draft = _made(item, day)
            record = record if day.was_late_enough else None
    except ArticleUnreadable as error:
        return SourceItem(where, None, str(error), link=item.link, withdrawn=isinstance(error, Withdrawn))
    # Of a page that was fetched, there is no more at its address.
    is_part = "excerpt" in draft.article.labels and (item.place or not source.url)
    link = item.link or (draft.article.url if is_part else None)
    return SourceItem(where, draft.article, None, draft.notices, draft.omitted, link, record=record)


def _record(item: Item) -> bytes | None:
    """Digest of an item apart from its place: values are what parsers make of data, and print as what they are."""
    try:
        return hashlib.sha256(repr((item.value, item.notices, item.is_text, item.link)).encode()).digest()
    except RecursionError:  # lists in lists in lists
        return None


def _made(item: Item, today: date) -> ReadArticle:
    """What is made of an item; raises ``ArticleUnreadable`` where it is no article."""
    if isinstance(item.value, ArticleUnreadable):
        raise item.value
    value, notices = mended(item.value), item.notices
    if value is not item.value:
        notices = (*notices, "UTF-8 that was read as windows-1252: mended")
    if item.is_text:
        draft = article_in_text(str(value), today)
    elif isinstance(value, Mapping):
        if item.link and not any(any(values_of(value, field)) for field in ("text", "summary")):
            raise ArticleUnreadable(f"no text, only the address {escaped(item.link)}: rag-index add reads it")
        draft = article_in_record(value, today)
    else:
        raise ArticleUnreadable(f"is {shape_of(item.value)}, not an object with a title and a text")
    return replace(draft, notices=(*notices, *draft.notices))
