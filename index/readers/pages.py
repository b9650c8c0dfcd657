"""Read saved web pages, and the bytes that an address gave: HTML, and MHTML, in which browsers save a page whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from index.articles.encodings import declared_encoding
from index.readers.bounded import run
from index.readers.page_reading import read_page
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

LIMIT = 10_000_000
"""Largest page, in bytes; what pages have beside their text is elsewhere, save in MHTML."""
_MHTML_LIMIT = 40_000_000
_WAY_OUT = "save the page without its pictures, as HTML only"

_ENDINGS = (".html", ".htm", ".xhtml", ".shtml")
_PLAIN_ENDINGS = (".md", ".markdown", ".txt", ".text")
_BEFORE = re.compile(r"(?:\s+|<!--.*?-->|<\?xml[^>]{0,200}\?>)*", re.DOTALL)
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body)\b", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|h[1-6]|article|main|section|header|nav|table|ul|span|a|img|meta|link|title|script|style|br)\b[^<>]*>",
    re.IGNORECASE,
)
_SAVED_BY = re.compile(rb"^(?:from:\s*<?saved by|snapshot-content-location:)", re.IGNORECASE | re.MULTILINE)


def _is_page(source: Source) -> bool:
    """By its beginning, or by many tags where a program cut a piece out of a page."""
    head = source.head
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = head.decode("utf-16", "replace")
    else:
        text = head.removeprefix(codecs.BOM_UTF8).decode("latin-1")  # only what is ASCII is looked at
    before = _BEFORE.match(text)
    text = text[before.end() :] if before else text
    if _PAGE.match(text):
        return True
    if source.ending in _PLAIN_ENDINGS or (text.startswith("<") and not _TAG.match(text)):
        return False  # Markdown may hold HTML; XML of another kind begins with a name of its own
    tags = sum(1 for _ in islice(_TAG.finditer(text), 5))
    return tags > 0 if source.ending in _ENDINGS else tags == 5 and text.startswith("<")


def _is_mhtml(source: Source) -> bool:
    if source.ending in (".mht", ".mhtml"):
        return True
    head = source.head[:4096]
    return b"multipart/related" in head.lower() and _SAVED_BY.search(head) is not None


def _items(source: Source) -> Iterator[Item]:
    yield _item(source.read(LIMIT, _WAY_OUT), source.url)


def _mhtml_items(source: Source) -> Iterator[Item]:
    """The page is the first part that is HTML; others are its frames."""
    from email import message_from_bytes

    message = message_from_bytes(source.read(_MHTML_LIMIT, _WAY_OUT))
    for part in message.walk():
        if part.get_content_type() not in ("text/html", "application/xhtml+xml"):
            continue
        page = part.get_payload(decode=True)
        if not isinstance(page, bytes) or len(page) > LIMIT:
            raise ArticleUnreadable(f"holds a page of more than {LIMIT // 1_000_000} MB: {_WAY_OUT}")
        with suppress(LookupError, UnicodeDecodeError):  # what is declared outside counts more than what is inside
            page = codecs.BOM_UTF8 + page.decode(declared_encoding(part.get_content_charset() or "utf-8")).encode()
        places = (message.get("Snapshot-Content-Location"), part.get("Content-Location"), source.url)
        addresses = ("".join(str(place).split()) for place in places)  # headers are folded
        yield _item(page, next((address for address in addresses if address.startswith("http")), None))
        return
    raise ArticleUnreadable("holds no page: no part of it is HTML")


def _item(data: bytes, url: str | None) -> Item:
    try:
        read = run(read_page, data, url, "it is no page for readers")
    except ArticleUnreadable as error:
        return Item("", error)
    assert isinstance(read, dict)
    return Item("", read["record"], tuple(read["notices"]))


PAGE = Format("saved web pages (HTML)", _is_page, _items, "news/2025-03-04-tolls.html")
MHTML = Format("saved web pages (MHTML)", _is_mhtml, _mhtml_items, "news/2025-03-04-tolls.mhtml")
