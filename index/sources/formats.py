"""Every kind of source that is read, in the order in which they are tried: one place to add another."""

from __future__ import annotations

from collections.abc import Iterator

from index.readers import (
    agency,
    archives,
    csv_files,
    database_export,
    feeds,
    json_files,
    mail,
    pages,
    parquet,
    pdf,
    sitemaps,
    texts,
    warc,
    wiki_dump,
    word_press,
)
from index.sources.source import Format, Item, Source

FORMATS: tuple[Format, ...] = (
    *archives.FORMATS,
    parquet.PARQUET,
    pdf.PDF,
    warc.WARC,
    texts.BRACKETED,
    pages.MHTML,
    mail.MAILBOX,
    mail.MESSAGE,
    word_press.WXR,
    feeds.FEED,
    feeds.JSON_FEED,
    sitemaps.SITEMAP,
    agency.NEWS_ITEM,
    wiki_dump.WIKI,
    pages.PAGE,
    json_files.LINES,
    json_files.JSON,
    database_export.EXPORT,
    csv_files.TABLE,
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
