"""Read feeds, RSS of every version, Atom and JSON Feed: their items, and what the feed itself says of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from index.articles.characters import decode, quoted
from index.articles.facts import strings_in
from index.articles.markup import plain
from index.readers.xml import (
    attribute,
    children,
    first_text,
    html_of,
    language_of,
    name_of,
    read_items,
    root_of,
    text_of,
)
from index.sources import files
from index.sources.source import Format, Item, Source, Withdrawn
from rag.errors import ArticleUnreadable

if TYPE_CHECKING:
    from lxml.etree import _Element

# By field, the elements of an item that give it, the preferred first.
_PUBLISHED = "pubDate published dc:date dcterms:issued issued dcterms:created created prism:publicationDate".split()
_UPDATED = "updated dcterms:modified modified prism:modificationDate".split()
_WHOLE_TEXT = ("content:encoded", "content")
_SUMMARY = ("description", "summary")
_AUTHORS = ("author", "dc:creator")
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

_MAILBOX = re.compile(r"[^\s@]+@[^\s@]+\s*\((.{1,200})\)|(?:mailto:)?[^\s@<>]+@[^\s@<>]+")
_BREAKS = re.compile(r"\s+[|»>·•–—-]+\s+|\s*:\s+")
_CUT_SHORT = re.compile(r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\])\s*$")
# A description is a summary or the whole text, and says nowhere which; longer than this nobody summarises.
_SUMMARY_CHARACTERS = 1200
_SUMMARY_PARAGRAPHS = 2
_NOTHING = "is a feed without items"


@dataclass(frozen=True, slots=True)
class _Channel:
    """What a feed says of all its items."""

    outlet: str
    link: str
    language: str
    authors: tuple[str, ...] = ()


def _recognises(source: Source) -> bool:
    root = root_of(source)
    if root.lower() == "html":
        return source.ending in (".rss", ".atom", ".xml", ".rdf")
    if root == "feed":
        return re.search(rb"www\.w3\.org/2005/Atom|purl\.org/atom", source.head) is not None
    if root == "RDF":
        return re.search(rb"purl\.org/(?:net/)?rss|my\.netscape\.com/rdf", source.head) is not None
    return root in ("rss", "channel")


def _items(source: Source) -> Iterator[Item]:
    if root_of(source).lower() == "html":
        raise ArticleUnreadable("is an HTML page, not a feed, as errors often are: if it is news, name it .html")
    channel: _Channel | None = None

    def read(element: _Element) -> Iterator[Item]:
        nonlocal channel
        channel = channel or _channel(element, source.url or "")
        yield _withdrawn(element) if name_of(element) == "at:deleted-entry" else _item(element, channel)

    yield from read_items(source, "item entry at:deleted-entry", read, _NOTHING)


def _channel(element: _Element, address: str) -> _Channel:
    root = element.getroottree().getroot()
    channel = next(iter(children(root, "channel")), root)
    link = _link_in(channel, address)
    language = first_text(children(channel, "language", "dc:language")) or language_of(channel)
    authors = tuple(_authors(channel)) if name_of(root) == "feed" else ()  # Atom's entries inherit them
    return _Channel(_outlet(first_text(children(channel, "title")), link or address), link, language, authors)


def _outlet(title: str, link: str) -> str:
    """The outlet that a feed's title names: of "Port news | The Ellery Courier" the part that its host has too."""
    title = plain(title)
    host = re.sub(r"[^a-z0-9.]", "", (_host(link) or "").lower())
    parts = [part for part in _BREAKS.split(title) if part.strip()]
    folded = {part: re.sub(r"[\W_]|^the\s", "", part.lower()) for part in parts}
    return next((part for part, plain_part in folded.items() if len(plain_part) > 2 and plain_part in host), title)


def _host(link: str) -> str | None:
    try:
        return urlsplit(link).hostname
    except ValueError:
        return None


def _item(element: _Element, channel: _Channel) -> Item:
    link = _link_in(element, channel.link)
    guid = first_text(children(element, "guid", "id")) or (attribute(element, _ABOUT) if not link else "")
    if not link and guid.startswith(("http://", "https://")):
        is_permalink = all(attribute(one, "isPermaLink").lower() != "false" for one in children(element, "guid"))
        link = guid if is_permalink else ""
    if children(element, "thr:in-reply-to"):
        raise ArticleUnreadable("is a comment on an article, no article")
    source = next(iter(children(element, "source")), None)
    carried = "" if source is None else first_text(children(source, "title")) or text_of(source)
    title = next(iter(children(element, "title")), None)
    named = "" if title is None else _markup(title)
    whole, summary = (
        next(filter(None, map(_markup, children(element, *names))), "") for names in (_WHOLE_TEXT, _SUMMARY)
    )
    text, labels = _with_labels(named, whole, summary)
    categories = (
        text_of(one) or attribute(one, "label", "term") for one in children(element, "category", "dc:subject")
    )
    record = {
        "title": named,
        "text": text,
        "outlet": plain(carried) or channel.outlet,
        "author": _authors(element) or list(channel.authors),
        "published": first_text(children(element, *_PUBLISHED)),
        "updated": first_text(children(element, *_UPDATED)),
        "url": link,
        "guid": guid,
        "category": [*filter(None, categories)],
        "language": first_text(children(element, "dc:language", "language"))
        or language_of(element)
        or channel.language,
        "labels": labels,
    }
    return Item("", record, link=link if link and (labels or not text) else None)


def _withdrawn(element: _Element) -> Item:
    """A tombstone (RFC 6721): the entry ``ref`` is no longer there."""
    comment, when = first_text(children(element, "at:comment")), attribute(element, "when")
    reason = f"was withdrawn by its publisher{f' on {quoted(when)}' if when else ''}"
    reason += f": {quoted(comment)}" if comment else ""
    return Item("", Withdrawn(reason), link=attribute(element, "ref") or None)


def _with_labels(title: str, whole: str, summary: str) -> tuple[str, list[str]]:
    """The text that counts, and ``excerpt`` where it is only a part; a long summary is the whole text."""
    text = whole or summary
    seen = plain(text).strip()
    if re.sub(r"[\W_]", "", seen) == re.sub(r"[\W_]", "", plain(title)):
        return "", []  # the title once more: aggregators have nothing else
    paragraphs = sum(1 for part in seen.split("\n\n") if part.strip())
    is_summary = not whole and len(seen) < _SUMMARY_CHARACTERS and paragraphs <= _SUMMARY_PARAGRAPHS
    return text, ["excerpt"] if text and (is_summary or _CUT_SHORT.search(seen[-20:])) else []


def _markup(element: _Element) -> str:
    """What an element holds, as text or HTML: escaped, in CDATA, or as elements of XHTML."""
    if attribute(element, "src") or re.match(r"(?:image|audio|video)/", attribute(element, "type")):
        return ""  # Atom: the content stands elsewhere, or is none of words
    return html_of(element, {}, frozenset()) if len(element) else text_of(element)


def _link_in(element: _Element, base: str) -> str:
    """The address of the page that an item or a channel is about; the original where a service counts the clicks."""
    for link in children(element, "feedburner:origLink", "link"):
        if attribute(link, "rel") in ("", "alternate") and (written := text_of(link) or attribute(link, "href")):
            return _joined(_joined(base, link.base or ""), written)
    return ""


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # unbalanced brackets and the like: the address is refused where it is read
        return address


def _authors(element: _Element) -> list[str]:
    written = (first_text(children(one, "name")) or text_of(one) for one in children(element, *_AUTHORS))
    return [name for one in written if (name := _without_mailbox(one))]


def _without_mailbox(author: str) -> str:
    """RSS asks for "desk@paper.example (Jane Doe)"."""
    mailbox = _MAILBOX.fullmatch(author)
    return (mailbox[1] or "") if mailbox else author


def _is_json_feed(source: Source) -> bool:
    return re.search(rb'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/', source.head) is not None


def _items_of_json(source: Source) -> Iterator[Item]:
    text, notices = decode(source.read(files.JSON_LIMIT, "a feed holds the newest items only"))
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ArticleUnreadable(f"is a JSON Feed, but not valid JSON ({quoted(str(error))}): fetch it again") from error
    entries = feed.get("items") if isinstance(feed, Mapping) else None
    if not isinstance(entries, list) or not entries:
        raise ArticleUnreadable(_NOTHING)
    for number, entry in enumerate(entries, 1):
        item = _json_item(entry, feed, source.url or "") if isinstance(entry, Mapping) else Item("", entry)
        yield Item(f" item {number}", item.value, notices, link=item.link)


def _json_item(entry: Mapping[str, object], feed: Mapping[str, object], address: str) -> Item:
    """An entry as the record that it is, with what JSON Feed means by a name that records use otherwise."""
    base = _string(feed, "home_page_url") or _string(feed, "feed_url") or address
    guid = _string(entry, "id")
    link = _string(entry, "url") or _string(entry, "external_url")
    link = _joined(base, link) if link else guid if guid.startswith(("http://", "https://")) else ""
    whole = _string(entry, "content_html") or _string(entry, "content_text")
    text, labels = _with_labels(_string(entry, "title"), whole, _string(entry, "summary"))
    who = (one.get(name) for one in (entry, feed) for name in ("authors", "author"))
    record = {name: value for name, value in entry.items() if name in ("title", "date_published", "date_modified")} | {
        "text": text,
        "outlet": _outlet(_string(feed, "title"), base),
        "author": next(filter(None, who), None),
        "url": link,
        "guid": guid,
        "category": entry.get("tags"),
        "language": _string(entry, "language") or _string(feed, "language"),
        "labels": labels,
    }
    return Item("", record, link=link if link and (labels or not text) else None)


def _string(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    return next(iter(strings_in(value)), "") if not isinstance(value, (int, float)) else str(value)


FEED = Format(
    "RSS 0.9 to 2.0, Atom",
    _recognises,
    _items,
    '<rss version="2.0"><channel><title>Ellery Courier</title><item><title>River depot closed</title>'
    "<link>https://courier.example/depot</link><pubDate>Tue, 04 Mar 2025 09:30:00 GMT</pubDate>"
    "<description>The river depot of Port Ellery closed on Tuesday.</description></item></channel></rss>",
)
JSON_FEED = Format(
    "JSON Feed",
    _is_json_feed,
    _items_of_json,
    '{"version": "https://jsonfeed.org/version/1.1", "title": "Ellery Courier", "items": [{"id": "7",'
    ' "url": "https://courier.example/depot", "title": "River depot closed", "date_published": "2025-03-04T09:30:00Z",'
    ' "content_text": "The river depot of Port Ellery closed on Tuesday."}]}',
)
