"""Turn files into articles, one after the other; what cannot be read becomes a reason, never an exception."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.sources import files
from index.sources.body import article_in_text
from index.sources.characters import decode, escaped
from index.sources.facts import ReadArticle
from index.sources.json_files import article_in_record, items_of_json, items_of_lines
from rag.articles import Article
from rag.errors import ArticleUnreadable


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


def read(paths: Iterable[Path], *, today: date) -> Iterator[SourceItem]:
    """Read the articles of files in order, as they come; dates that lie after ``today`` are not believed."""
    for path in paths:
        where = escaped(str(path))
        try:
            yield from _read_file(path, where, today)
        except ArticleUnreadable as error:
            yield SourceItem(where, None, str(error))
        except (OSError, EOFError, zlib.error, ValueError) as error:  # damaged, or a path that no file can have
            yield SourceItem(where, None, files.reason_for(error))


def _read_file(path: Path, where: str, today: date) -> Iterator[SourceItem]:
    kind = files.kind_of(path)
    if kind is None:
        raise ArticleUnreadable(f"is of a kind that is not read; these are: {', '.join(files.KINDS)}")
    if kind == "text":
        limit = files.TEXT_LIMIT
        text, notices = decode(files.read_whole(path, limit, f"an article may have {limit // 1_000_000} MB"))
        if not text.strip():
            raise ArticleUnreadable("is empty")
        yield _item(where, article_in_text(text, today), notices)
        return
    for place, value, notices in items_of_json(path) if kind == "json" else items_of_lines(path):
        try:
            yield _item(where + place, article_in_record(value, today), notices)
        except ArticleUnreadable as error:
            yield SourceItem(where + place, None, str(error))


def _item(where: str, draft: ReadArticle, notices: tuple[str, ...]) -> SourceItem:
    return SourceItem(where, draft.article, None, (*notices, *draft.notices), draft.omitted)
