"""Read saved web pages, and the bytes that an address gave: HTML, and MHTML, in which browsers save a page whole."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from index.sources.bounded import run
from index.sources.page_reading import read_page
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

LIMIT = 10_000_000
"""Largest page, in bytes; what pages have beside their text is elsewhere, save in MHTML."""
_MHTML_LIMIT = 40_000_000

_ENDINGS = (".html", ".htm", ".xhtml", ".shtml")
_BEFORE = re.compile(r"(?:\s|<!--.*?-->|<\?xml[^>]{0,200}\?>)*", re.DOTALL)
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body)\b", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:p|div|h[1-6]|article|main|section|header|nav|table|ul|span|a|img|meta|link|title|script|style|br)\b[^<>]*>",
    re.IGNORECASE,
)
_SAVED_BY = re.compile(rb"^(?:from:\s*<?saved by|snapshot-content-location:)", re.IGNORECASE | re.MULTILINE)


def _is_page(source: Source) -> bool:
    head = _begin(source.head)
    rest = head[_BEFORE.match(head).end() :] if "<" in head else ""  # type: ignore[union-attr]
    if _PAGE.match(rest):
        return True
    # A piece of a page, as programs cut it out; XML of any other kind begins with a name of its own.
    few = 1 if source.ending in _ENDINGS else 5
    return (rest.startswith("<") or few == 1) and bool(_TAG.match(rest) or few == 1) and _many_tags(rest, few)


def _many_tags(text: str, few: int) -> bool:
    return sum(1 for _, _ in zip(range(few), _TAG.finditer(text), strict=False)) >= few


def _begin(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    return head.removeprefix(codecs.BOM_UTF8).decode("latin-1")  # only what is ASCII is looked at


def _is_mhtml(source: Source) -> bool:
    if source.ending in (".mht", ".mhtml"):
        return True
    head = source.head[:4096]
    return b"multipart/related" in head.lower() and _SAVED_BY.search(head) is not None


def _items(source: Source) -> Iterator[Item]:
    data = source.read(LIMIT, "save the page without its pictures, as HTML only")
    yield _item(data, source.url, None)


def _mhtml_items(source: Source) -> Iterator[Item]:
    """The first HTML part of the message is the page; the others are its frames."""
    from email import message_from_bytes
    from email.policy import compat32

    data = source.read(_MHTML_LIMIT, "save the page without its pictures, as HTML only")
    message = message_from_bytes(data, policy=compat32)
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            page = part.get_payload(decode=True)
            places = (message.get("Snapshot-Content-Location"), part.get("Content-Location"), source.url)
            url = next((str(place).strip() for place in places if place and str(place).startswith("http")), None)
            if not isinstance(page, bytes) or len(page) > LIMIT:
                raise ArticleUnreadable(f"holds a page of more than {LIMIT // 1_000_000} MB: save it as HTML only")
            charset = part.get_content_charset()
            yield _item(page, url, charset)
            return
    raise ArticleUnreadable("holds no page: no part of it is HTML")


def _item(data: bytes, url: str | None, charset: str | None) -> Item:
    try:
        read = run(read_page, data, f"{charset or ''} {url or ''}")
    except ArticleUnreadable as error:
        return Item("", error)
    assert isinstance(read, dict)
    return Item("", read["record"], tuple(read["notices"]))


PAGE = Format("saved web pages (HTML)", _is_page, _items, "news/2025-03-04-tolls.html")
MHTML = Format("saved web pages (MHTML)", _is_mhtml, _mhtml_items, "news/2025-03-04-tolls.mhtml")
