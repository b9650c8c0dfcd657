"""Read sitemaps, lists of them, and the news sitemaps that Google asks for: addresses, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from index.articles.characters import quoted
from index.articles.outlets import web_address
from index.readers.xml import children, descendants, first_text, name_of, read_items, root_of
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from lxml.etree import _Element


def _items(source: Source) -> Iterator[Item]:
    return read_items(source, "url sitemap", _item, "is a sitemap without addresses")


def _item(element: _Element) -> Iterator[Item]:
    written = first_text(children(element, "loc"))
    address = web_address(written)
    if address is None:
        raise ArticleUnreadable(f"address {quoted(written)} is no web address" if written else "has no address")
    if name_of(element) == "sitemap":
        way_out = f"rag-index add {quoted(address, 2000)} reads it"
        yield Item("", ArticleUnreadable(f"is the address of another sitemap: {way_out}"), link=address)
        return
    record = {
        "title": first_text(descendants(element, "news:title")),
        "outlet": first_text(descendants(element, "news:name")),
        "published": first_text(descendants(element, "news:publication_date")),
        "updated": first_text(children(element, "lastmod")),
        "url": address,
        "language": first_text(descendants(element, "news:language")),
    }
    yield Item("", record, link=address)


SITEMAP = Format(
    "sitemaps, news sitemaps",
    lambda source: root_of(source) in ("urlset", "sitemapindex"),
    _items,
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://courier.example/depot</loc>'
    "<news:news><news:publication><news:name>Ellery Courier</news:name><news:language>en</news:language>"
    "</news:publication><news:publication_date>2025-03-04</news:publication_date>"
    "<news:title>River depot closed</news:title></news:news></url></urlset>",
)
