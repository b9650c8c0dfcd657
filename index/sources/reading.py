"""Turn files into articles, one after the other; what cannot be read becomes a reason, never an exception."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.sources import files
from index.sources.characters import escaped
from index.sources.records import Item, article_in, items_of_json, items_of_lines
from index.sources.text import article_in_text
from rag.articles import Article
from rag.errors import ArticleUnreadable


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one item that was found: an article, or the reason why there is none."""

    where: str
    """The place of the item: "folder/file.jsonl line 12", "corpus.json item 3", "x.txt"."""
    article: Article | None
    reason: str | None = None
    """Why it was skipped; None where there is an article."""
    notices: tuple[str, ...] = ()
    """What of a kept article was left out, and why."""


def read(files: Iterable[Path], *, today: date) -> Iterator[Reading]:
    """Read the articles of ``files`` in order, as they come; dates that lie after ``today`` are not believed."""
    for path in files:
        yield from _read_file(path, today)


def _read_file(path: Path, today: date) -> Iterator[Reading]:
    where = escaped(str(path))
    try:
        kind = files.kind_of(path)
        if kind == "text":
            yield _read_text(path, where, today)
        elif kind is None:
            yield Reading(where, None, f"is of no kind that is read: {', '.join(files.KINDS)}")
        else:
            for item in items_of_json(path) if kind == "json" else items_of_lines(path):
                yield _read_item(item, where, today)
    except ArticleUnreadable as error:
        yield Reading(where, None, str(error))
    except (*files.READ_ERRORS, ValueError) as error:  # ValueError: a path that no file can have
        yield Reading(where, None, files.reason_for(error))


def _read_text(path: Path, where: str, today: date) -> Reading:
    megabytes = files.TEXT_LIMIT // 1_000_000
    data = files.read_whole(path, files.TEXT_LIMIT, f"an article may have {megabytes} MB")
    text, decoding = files.decode(data)
    if not text.strip():
        raise ArticleUnreadable("is empty")
    article, notices = article_in_text(text, today)
    return Reading(where, article, notices=decoding + notices)


def _read_item(item: Item, where: str, today: date) -> Reading:
    if item.reason:
        return Reading(where + item.where, None, item.reason)
    try:
        article, notices = article_in(item.value, today)
    except ArticleUnreadable as error:
        return Reading(where + item.where, None, str(error))
    return Reading(where + item.where, article, notices=item.notices + notices)
