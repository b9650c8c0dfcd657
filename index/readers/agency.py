"""Read what agencies send as XML: NITF, NewsML-G2 and NewsML 1, alone or many in a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from index.articles.authors import agency_named
from index.articles.characters import one_line, quoted
from index.readers.xml import (
    attribute,
    children,
    descendants,
    first_text,
    html_of,
    language_of,
    name_of,
    read_items,
    root_of,
    text_of,
)
from index.sources.source import Format, Item, Source, Withdrawn
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOTS = frozenset("nitf newsItem newsMessage packageItem NewsML NewsItem".split())
# Pictures, notes to editors and what describes the file: no words of the article.
_NO_TEXT = frozenset("head media note style script figure caption media-caption media-producer".split())
_AS_HTML = {"hl1": "h2", "hl2": "h3", "nitf-table": "table", "body.content": "div", "block": "div", "bq": "blockquote"}
_WITHDRAWN = frozenset("canceled cancelled withdrawn killed kill".split())
_WITHHELD = frozenset("withheld embargoed".split())
_CORRECTION = re.compile(r"\b(?:correct(?:s|ed|ion|ions|ive)?|corr)\b", re.IGNORECASE)
_ENDS_AS_DATELINE = re.compile(r"\s*[–—-]+\s*$")


def _items(source: Source) -> Iterator[Item]:
    root = root_of(source)
    single = root in ("nitf", "newsItem", "packageItem", "NewsItem")
    wanted = "nitf" if root == "nitf" else "newsItem packageItem NewsItem"
    for item in read_items(source, wanted, _item, "is a message of an agency without a news item in it"):
        yield replace(item, place="") if single else item


def _item(element: _Element) -> Iterator[Item]:
    name = name_of(element)
    inner = next(iter(descendants(element, "nitf")), None)
    record: dict[str, object] = {} if inner is None else _nitf(inner)
    if name != "nitf":
        around = _news_item(element)
        if not record:
            record["text"] = _content(element)
        record |= {field: value for field, value in around.items() if value}
    guid = str(record.get("guid") or "")
    status = str(record.pop("status", "")).lower()
    if status in _WITHDRAWN:
        yield Item("", Withdrawn(f"was withdrawn by its publisher (status {quoted(status)})"), link=guid or None)
        return
    if status in _WITHHELD:
        raise ArticleUnreadable(f"is withheld by its publisher (status {quoted(status)}): it may not be published yet")
    if not record.get("text"):
        raise ArticleUnreadable(_without_text(element, name))
    record["text"] = _with_dateline(str(record["text"]), str(record.pop("dateline", "")))
    provider = str(record.get("outlet") or "")
    if not record.get("agency") and agency_named(provider):
        record["agency"] = provider
    yield Item("", record)


def _without_text(element: _Element, name: str) -> str:
    if name == "packageItem":
        return f"is a package that refers to {len(descendants(element, 'itemRef'))} items, and has no text of its own"
    kinds = [attribute(one, "qcode", "FormalName") for one in descendants(element, "itemClass", "NewsItemType")]
    kind = next(filter(None, kinds), "")
    what = f" ({quoted(kind)})" if kind else ""
    return f"no text: the news item{what} holds none, as pictures and alerts do"


def _nitf(element: _Element) -> dict[str, object]:
    """The record of a NITF document."""
    head = next(iter(descendants(element, "docdata")), element)
    places = descendants(element, "pubdata")
    published = [attribute(one, "norm") for one in descendants(head, "date.issue", "date.release")]
    published += [attribute(one, "date.publication") for one in places]
    notes = [attribute(one, "info") for one in descendants(head, "ed-msg", "correction")]
    content = next(iter(descendants(element, "body.content")), None)
    record: dict[str, object] = {
        "title": first_text(descendants(element, "hl1", "title")),
        "author": [name for one in descendants(element, "byline") if (name := _byline(one))],
        "dateline": one_line(" ".join(map(text_of, descendants(element, "dateline")[:1]))),
        "published": next(filter(None, published), ""),
        "updated": next((attribute(one, "norm") for one in descendants(element, "revision-history")), ""),
        "outlet": next(filter(None, (attribute(one, "name") for one in places)), ""),
        "agency": agency_named(first_text(descendants(element, "distributor"))) or "",
        "guid": next(filter(None, (attribute(one, "id-string") for one in descendants(head, "doc-id"))), ""),
        "url": next(filter(None, (attribute(one, "ex-ref") for one in places)), ""),
        "section": next(filter(None, (attribute(one, "position.section") for one in places)), ""),
        "language": language_of(element),
        "status": attribute(head, "management-status"),
        "labels": ["corrected"] if any(map(_CORRECTION.search, notes)) or descendants(head, "correction") else [],
    }
    return record | {"text": "" if content is None else html_of(content, _AS_HTML, _NO_TEXT)}


def _news_item(element: _Element) -> dict[str, object]:
    """What a news item says about its content: NewsML-G2's names first, then those of NewsML 1."""
    identifier = attribute(element, "guid") or first_text(descendants(element, "PublicIdentifier", "NewsItemId"))
    status = [attribute(one, "qcode", "FormalName") for one in descendants(element, "pubStatus", "Status")]
    notes = [text_of(one) for one in descendants(element, "edNote")]
    notes += [attribute(one, "qcode").rpartition(":")[2] for one in descendants(element, "signal")]
    notes += [attribute(one, "FormalName") for one in descendants(element, "Instruction", "Update")]
    # The date of the version is the update; where nothing else was ever published, it is the publication.
    first = first_text(descendants(element, "firstCreated", "contentCreated", "FirstCreated"))
    version = first_text(descendants(element, "versionCreated", "contentModified", "ThisRevisionCreated"))
    languages = [attribute(one, "tag", "FormalName") for one in descendants(element, "language", "Language")]
    people = [name for one in descendants(element, "by", "ByLine") if (name := _byline(one))]
    return {
        "title": first_text(descendants(element, "headline", "HeadLine", "title")),
        "author": people or _creators(element),
        "dateline": one_line(first_text(descendants(element, "dateline", "DateLine"))),
        "published": first or version,
        "updated": version if first and version[:16] != first[:16] else "",
        "outlet": _party(element, "provider", "Provider") or _party(element, "creditline", "CreditLine"),
        "guid": identifier,
        "language": next(filter(None, languages), "") or language_of(element),
        "section": next((text_of(one) for one in descendants(element, "subject") if text_of(one)), ""),
        "status": next((one.rpartition(":")[2] for one in status if one), ""),
        "labels": ["corrected"] if any(map(_CORRECTION.search, notes)) else [],
    }


def _content(element: _Element) -> str:
    """The text of a news item that holds no NITF: XHTML, or lines."""
    for content in descendants(element, "inlineXML", "inlineData", "DataContent"):
        page = next(iter(descendants(content, "body", "html")), content)
        if text := html_of(page, _AS_HTML, _NO_TEXT) if len(page) else text_of(page):
            return text
    return ""


def _byline(element: _Element) -> str:
    """The names of a byline, without the titles of those who have them."""
    people = [one_line(text_of(one)) for one in descendants(element, "person")]
    return ", ".join(filter(None, people)) or one_line(text_of(element))


def _creators(element: _Element) -> list[str]:
    about = descendants(element, "contentMeta")[:1]
    people = [one for meta in about for one in children(meta, "creator", "contributor")]
    return [name for one in people if (name := first_text(children(one, "name")))]


def _party(element: _Element, *names: str) -> str:
    for one in descendants(element, *names):
        parties = (attribute(party, "FormalName") for party in descendants(one, "Party"))
        named = first_text(children(one, "name")) or next(parties, "") or text_of(one)
        named = named or attribute(one, "literal") or attribute(one, "qcode").rpartition(":")[2]
        if named:
            return one_line(named)
    return ""


def _with_dateline(text: str, dateline: str) -> str:
    """The dateline hung on the first paragraph, as papers print it, where it is not there already."""
    place = _ENDS_AS_DATELINE.sub("", dateline)
    beginning = one_line(re.sub(r"<[^<>]*>", " ", text[:4000]))[: len(place) + 20].casefold()
    if not place or place.split(",")[0].casefold() in beginning:
        return text
    return f"<p>{place} —</p>{text}" if text.startswith("<") else f"{place} —\n\n{text}"


NEWS_ITEM = Format(
    "NITF, NewsML-G2, NewsML 1",
    lambda source: root_of(source) in _ROOTS,
    _items,
    '<nitf><head><docdata><doc-id id-string="vna-7"/><date.issue norm="20250304T093000Z"/></docdata></head><body>'
    "<body.head><hedline><hl1>River depot closed</hl1></hedline><byline>By Ines Corvath</byline></body.head>"
    "<body.content><p>The river depot of Port Ellery closed on Tuesday.</p></body.content></body></nitf>",
)
