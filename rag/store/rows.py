"""Articles as rows of SQLite: how a version is read, found and known, by whoever holds a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rag.articles import Article, Subheading

Read = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""Runs a query, and gives all of its rows."""
# An article's own fields, as they are columns of a version.
TEXTS = ("title", "outlet", "url", "agency", "section", "language", "publisher_id")
DAYS = ("published", "updated")
MOMENTS = ("published_at", "updated_at")
FIELDS = ", ".join((*TEXTS, *DAYS, *MOMENTS, "labels"))
REMOVAL = "article_id, text, day, reason"


@dataclass(frozen=True, slots=True)
class Known:
    """A version of an article that is there already."""

    number: int
    article: Article
    current: bool
    origin: str
    """Where it was read: a file and a place in it, an address."""
    taken: datetime
    """When it was taken in."""


@dataclass(frozen=True, slots=True)
class Removal:
    """That an article was removed, told by digests alone."""

    article_id: str
    """Itself a digest of the canonical address, or of what else names the article."""
    text: str
    """Digest of outlet, title and text, under whatever address they come again."""
    day: str
    reason: str


def read_article(read: Read, number: int) -> tuple[Article, str, str]:
    """The article that a version holds, and the id and version it was stored under; ``ValueError`` for bad values."""
    [(article_id, version, *values)] = read(
        f"SELECT article_id, version, {FIELDS} FROM versions WHERE number = ?",  # noqa: S608
        (number,),
    )
    fields = dict(zip((*TEXTS, *DAYS, *MOMENTS, "labels"), values, strict=True))
    fields["labels"] = tuple(fields["labels"].split())
    fields |= {name: fields[name] and date.fromisoformat(fields[name]) for name in DAYS}
    fields |= {name: fields[name] and datetime.fromisoformat(fields[name]) for name in MOMENTS}

    def column(sql: str) -> list[tuple[Any, ...]]:
        return read(sql, (number,))

    article = Article(
        paragraphs=tuple(text for (text,) in column("SELECT text FROM paragraphs WHERE version = ? ORDER BY number")),
        authors=tuple(name for (name,) in column("SELECT name FROM authors WHERE version = ? ORDER BY position")),
        subheadings=tuple(
            Subheading(text, before)
            for before, text in column("SELECT before, text FROM subheadings WHERE version = ? ORDER BY position")
        ),
        **fields,
    )
    return article, article_id, version


def known(read: Read, article_id: str) -> list[Known]:
    """Every version of an article that a coverage holds, the current one last."""
    found = read(
        "SELECT number, current, origin, taken FROM versions WHERE article_id = ? ORDER BY current, taken, number",
        (article_id,),
    )
    return [
        Known(number, read_article(read, number)[0], bool(current), origin, datetime.fromisoformat(taken))
        for number, current, origin, taken in found
    ]


def ids_named(read: Read, name: str) -> list[str]:
    """Ids of the articles that are held under ``name``: an id or address, else a publisher's id or what was fetched."""
    ids = (name, Article("", (), url=name).id)
    for condition, values in (
        ("article_id IN (?, ?)", ids),
        ("publisher_id = ?", (name,)),
        # A page may say that its address is another than the one it stands at.
        ("origin = ?", (name,)),
    ):
        found = read(f"SELECT DISTINCT article_id FROM versions WHERE {condition} ORDER BY 1", values)  # noqa: S608
        if found:
            return [id_ for (id_,) in found]
    return []


def batched(values: Iterable[int]) -> Iterator[list[int]]:
    """Values in lists of at most 900: SQLite takes at most 999 of them in older builds."""
    every = list(values)
    return (every[start : start + 900] for start in range(0, len(every), 900))


def marks(values: Sequence[object]) -> str:
    """Place holders for values in SQL."""
    return ", ".join("?" * len(values))
