"""Turn sources into articles, one after the other; what cannot be read becomes a reason, never an exception."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from index.sources import files
from index.sources.body import article_in_text
from index.sources.characters import escaped, mended
from index.sources.facts import shape_of
from index.sources.formats import items_of
from index.sources.records import article_in_record
from index.sources.source import Item, Source, Withdrawn
from rag.articles import Article
from rag.errors import ArticleUnreadable

_DEEPEST = 3  # archives in archives: more is no way to keep news, and a way to fill a disk


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
    """Where the whole text of the item stands, if it is not in the source."""
    withdrawn: bool = False
    """Its publisher took it back: what an index holds under ``link`` is to be removed."""
    passed_over: bool = False
    """The source is of no kind that is read; that is no fault unless it was named."""


def read_files(found: files.FoundFiles, *, today: date) -> Iterator[SourceItem]:
    """Read the articles of files in order, as they come; of those that were named, none is passed over."""
    for path in found.files:
        try:
            source = files.source_of(path)
        except (ArticleUnreadable, OSError, EOFError, zlib.error, ValueError) as error:
            yield SourceItem(escaped(str(path)), None, files.reason_for(error))
            continue
        for item in _read(source, today, 0):
            yield replace(item, passed_over=False) if item.passed_over and path in found.named else item


def read(sources: Iterable[Source], *, today: date) -> Iterator[SourceItem]:
    """Read the articles of sources in order, as they come; dates that lie after ``today`` are not believed."""
    for source in sources:
        yield from _read(source, today, 0)


def _read(source: Source, today: date, depth: int) -> Iterator[SourceItem]:
    try:
        items = items_of(source)
        if items is None:
            reason = "is empty" if not source.head else "is of a kind that is not read: see rag-index sources"
            yield SourceItem(source.where, None, reason, passed_over=True)
            return
        for item in items:
            if isinstance(item, Item):
                yield _article(source.where + item.place, item, today)
            elif depth < _DEEPEST:
                yield from _read(item, today, depth + 1)
            else:
                yield SourceItem(item.where, None, "is an archive in an archive, too deep to be read: unpack it")
    except ArticleUnreadable as error:
        yield SourceItem(source.where, None, str(error))
    except (OSError, EOFError, zlib.error, ValueError) as error:  # damaged, or a path that no file can have
        yield SourceItem(source.where, None, files.reason_for(error))


def _article(where: str, item: Item, today: date) -> SourceItem:
    try:
        if isinstance(item.value, ArticleUnreadable):
            raise item.value
        value = mended(item.value)
        if value is not item.value:
            item = replace(item, value=value, notices=(*item.notices, "UTF-8 that was read as windows-1252: mended"))
        if item.is_text:
            draft = article_in_text(str(value), today)
        elif isinstance(value, Mapping):
            draft = article_in_record(value, today)
        else:
            raise ArticleUnreadable(f"is {shape_of(item.value)}, not an object with a title and a text")
    except ArticleUnreadable as error:
        reason = str(error)
        if item.link and reason.startswith("no text"):
            reason = f"no text, only the address {escaped(item.link)}: rag-index add reads it"
        return SourceItem(where, None, reason, link=item.link, withdrawn=isinstance(error, Withdrawn))
    return SourceItem(where, draft.article, None, (*item.notices, *draft.notices), draft.omitted, item.link)
