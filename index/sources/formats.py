"""Every kind of source that is read, in the order in which they are tried: one place to add another."""

from __future__ import annotations

from collections.abc import Iterator

from index.sources import database_export, json_files, texts
from index.sources.source import Format, Item, Source

FORMATS: tuple[Format, ...] = (
    texts.BRACKETED,
    json_files.LINES,
    json_files.JSON,
    database_export.EXPORT,
    texts.TEXT,
)
"""The first that recognises a source reads it, so what is surest to be known by its content stands first."""


def format_of(source: Source) -> Format | None:
    """The kind that a source is of, or None."""
    return next((one for one in FORMATS if one.recognises(source)), None)


def items_of(source: Source) -> Iterator[Item | Source] | None:
    """What a source holds; None where it is of no kind that is read. Raises as ``Reader``, while it is gone through."""
    found = format_of(source)
    return found.items(source) if found else None
