"""Read WordPress's export (WXR): the published posts and pages of a site, with its writers' names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from index.readers.xml import attribute, children, first_text, read_items, root_of, text_of
from index.sources.source import Format, Item, Source

if TYPE_CHECKING:
    from lxml.etree import _Element

_NO_MOMENT = "0000-00-00"


def _recognises(source: Source) -> bool:
    return root_of(source) == "rss" and (b"wordpress.org/export/" in source.head or b"wxr_version" in source.head)


def _items(source: Source) -> Iterator[Item]:
    writers: dict[str, str] = {}

    def read(element: _Element) -> Iterator[Item | str]:
        if element.tag == "item":
            yield from _post(element, writers)
        else:
            parts = (_one(element, f"wp:author_{part}_name") for part in ("first", "last"))
            name = _one(element, "wp:author_display_name") or " ".join(filter(None, parts))
            writers[_one(element, "wp:author_login")] = name

    return read_items(source, "item", read, "is a WordPress export without a published post or page", "wp:author")


def _post(element: _Element, writers: dict[str, str]) -> Iterator[Item | str]:
    yield from ("comments" for _ in children(element, "wp:comment"))
    kind, status = _one(element, "wp:post_type"), _one(element, "wp:status")
    if kind not in ("post", "page"):
        yield f"of type {kind or 'none'}"
    elif status != "publish":
        yield f"{kind}s of status {status or 'none'}"
    elif _one(element, "wp:post_password"):
        yield f"{kind}s behind a password"
    else:
        yield Item("", _record(element, writers))


def _record(element: _Element, writers: dict[str, str]) -> dict[str, object]:
    channel = element.getparent()
    assert channel is not None  # recognised as rss, in which it stands
    logins = [text_of(one) for one in children(element, "dc:creator")]
    return {
        "title": _one(element, "title"),
        "text": _html(_one(element, "content:encoded")),
        "outlet": _one(channel, "title"),
        "author": [writers.get(login) or login for login in logins],
        "published": _moment(element, "wp:post_date") or _one(element, "pubDate"),
        "updated": _moment(element, "wp:post_modified"),
        "url": _one(element, "link"),
        "guid": _one(element, "guid"),
        "category": [text_of(one) for one in children(element, "category") if attribute(one, "domain") == "category"],
        "language": _one(channel, "language"),
    }


def _one(element: _Element, name: str) -> str:
    return first_text(children(element, name))


def _html(content: str) -> str:
    """Content as it is shown: an empty line begins a paragraph."""
    return re.sub(r"\n[^\S\n]*\n", "\n<p>", content.replace("\r\n", "\n"))


def _moment(element: _Element, name: str) -> str:
    """A moment with the site's own clock and its distance from Greenwich, of which the export gives the difference."""
    local, greenwich = _one(element, name), _one(element, name + "_gmt")
    if not local or local.startswith(_NO_MOMENT):
        return "" if greenwich.startswith(_NO_MOMENT) else greenwich
    try:
        at = datetime.fromisoformat(local)
        zone = timezone(timedelta(minutes=round((at - datetime.fromisoformat(greenwich)).total_seconds() / 60)))
    except (ValueError, TypeError):  # none that is a date, or no zone a day wide
        return local
    return at.replace(tzinfo=zone).isoformat()


WXR = Format(
    "WordPress export (WXR)",
    _recognises,
    _items,
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Ellery Courier</title>'
    "<wp:wxr_version>1.2</wp:wxr_version><item><title>River depot closed</title>"
    "<link>https://courier.example/depot</link><wp:post_date>2025-03-04 09:30:00</wp:post_date>"
    "<content:encoded><![CDATA[The river depot of Port Ellery closed on Tuesday.]]></content:encoded>"
    "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>",
)
