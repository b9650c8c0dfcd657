"""What news is read from: a stretch of bytes with a name, wherever it lies, and the items that a reader finds in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast

from rag.errors import ArticleUnreadable

HEAD = 65_536
"""Bytes at the beginning of a source that say what it is."""


class Withdrawn(ArticleUnreadable):
    """Its publisher took the article back; ``Item.link`` says which: its address, or its publisher's id."""


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes that may hold articles: a file, a member of an archive, or what an address gave."""

    where: str
    """Its place as people read it: "folder/news.zip: items/1.xml", "https://…"; with nothing in it that could act."""
    name: str
    """The last part of its name in lower case, without ``.gz``; empty where there is none."""
    head: bytes
    """The first ``HEAD`` bytes, unpacked; fewer where there are no more."""
    open: Callable[[], AbstractContextManager[BinaryIO]]
    """Opens it from the beginning, unpacked; as often as it is needed."""
    url: str | None = None
    """The address that it was fetched from; a file has none."""

    @property
    def ending(self) -> str:
        """What follows the last dot of the name, with the dot: ".json"."""
        return "." + self.name.rpartition(".")[2] if "." in self.name else ""

    def read(self, limit: int, way_out: str) -> bytes:
        """All bytes, of which there may be ``limit``; ``way_out`` says what to do with a larger source.

        Raises:
            ArticleUnreadable: there are more.
            OSError, EOFError, zlib.error: it cannot be read, or is damaged.
        """
        with self.open() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise ArticleUnreadable(f"more than {limit // 1_000_000} MB of data: {way_out}")
        return data


def in_memory(where: str, name: str, data: bytes, url: str | None = None) -> Source:
    """The source that ``data`` is."""

    @contextmanager
    def opened() -> Iterator[BinaryIO]:
        yield cast(BinaryIO, io.BufferedReader(io.BytesIO(data)))

    return Source(where, name.lower(), data[:HEAD], opened, url)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a source that should be an article."""

    place: str
    """Where in the source, after its name: " item 3", " line 12"; empty where the source is one item."""
    value: object
    """A record of fields (``field_names.FIELDS`` names them) or, where ``is_text``, the text of a whole article with
    its title; or the ``ArticleUnreadable`` that says why there is none."""
    notices: tuple[str, ...] = ()
    is_text: bool = False
    link: str | None = None
    """Where the whole text stands, where the item has only a part of it, or nothing but the address."""


Reader = Callable[[Source], Iterator["Item | Source"]]
"""Gives the items of a source in order, and the sources in it, where it is an archive.

It raises ``ArticleUnreadable`` where the source as a whole cannot be read, before or after items; what is wrong with
one item is that item's value.
"""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of source: how it is known, and who reads it."""

    name: str
    """As ``rag-index sources`` shows it: "RSS 2.0, Atom"."""
    recognises: Callable[[Source], bool]
    """Whether a source is of this kind, from ``head`` and, where that leaves it open, ``name``; never raises."""
    items: Reader
    example: str
    """A few lines of it, or a command, to show."""
