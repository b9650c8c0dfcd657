"""The news as it lies in an index: articles, their paragraphs, and the passages cut from them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urlsplit

# Parameters that say how a reader came to a page, never which page it is.
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "igshid", "cmpid", "ref", "smid", "taid")

LABELS = ("excerpt", "corrected", "opinion", "live")
"""Only the beginning or a summary is there; its publisher says that it was corrected; it gives a view; it is still
being written."""

_MONTHS = ("January February March April May June July August September October November December").split()


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside an article. It is shown, but is no paragraph and cannot be cited."""

    text: str
    before: int
    """Number of the paragraph it stands above."""


@dataclass(frozen=True)  # no slots: id and version are digests, kept once they were made
class Article:
    """One state (version) of a published news text.

    ``paragraphs`` are the article's own words, in order, without byline, captions or promotion; paragraph *n* is
    ``paragraphs[n - 1]``, and a citation points to characters of exactly this text.
    """

    title: str
    paragraphs: tuple[str, ...]
    outlet: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published: date | None = None
    """The day of publication, as the article itself gives it."""
    published_at: datetime | None = None
    """The moment of publication, where the article gives one."""
    updated: date | None = None
    updated_at: datetime | None = None
    """The moment of the last change, where the article gives one."""
    section: str | None = None
    language: str | None = None
    subheadings: tuple[Subheading, ...] = ()
    publisher_id: str | None = None
    """What its publisher calls it (a feed's guid, an agency's uri), where it has no url of its own."""
    labels: tuple[str, ...] = ()
    """What is to be known before it is believed, of ``LABELS``, in their order."""

    @cached_property
    def id(self) -> str:
        """16 hex digits, the same in every run: from the url, else the publisher's id, else outlet, title and text."""
        if self.url:
            return _digest(["url", plain_url(self.url)])[:16]
        if self.publisher_id:
            return _digest(["id", self.outlet, self.publisher_id])[:16]
        return _digest(["text", self.outlet, self.title, *self.paragraphs])[:16]

    @cached_property
    def version(self) -> str:
        """16 hex digits that differ as soon as anything that a reader sees differs."""
        return _digest(
            [
                self.title,
                self.outlet,
                self.url,
                list(self.authors),
                self.agency,
                *(
                    str(value) if value else None
                    for value in (self.published, self.published_at, self.updated, self.updated_at)
                ),
                self.section,
                self.language,
                list(self.paragraphs),
                [[heading.before, heading.text] for heading in self.subheadings],
                # Named, and only where there are any: versions that were stored before there were these stay the same.
                *([{"publisher_id": self.publisher_id}] if self.publisher_id else []),
                *([{"labels": list(self.labels)}] if self.labels else []),
            ]
        )[:16]

    def paragraph(self, number: int) -> str:
        """Text of paragraph ``number``, counted from 1; raises ``IndexError`` outside the article."""
        if not 1 <= number <= len(self.paragraphs):
            raise IndexError(f"article {self.id} has {len(self.paragraphs)} paragraphs, not a paragraph {number}")
        return self.paragraphs[number - 1]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` up to, not including, ``end`` of one paragraph (numbered from 1)."""

    paragraph: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What is embedded and found: consecutive spans of one article, usually whole paragraphs."""

    article_id: str
    spans: tuple[Span, ...]
    text: str
    """The spans' text, joined by an empty line."""

    @property
    def paragraphs(self) -> tuple[int, ...]:
        """Numbers of the paragraphs that the passage touches, in order."""
        return tuple(span.paragraph for span in self.spans)


def header(article: Article) -> str:
    """What is embedded above each passage so that it is found by title, outlet and day; never part of a citation."""
    origin = [_shortened(article.outlet or "", 60), day_in_words(article.published) if article.published else ""]
    return "\n".join(filter(None, (_shortened(article.title, 160), " · ".join(filter(None, origin)))))


def day_in_words(day: date) -> str:
    """Write a day as "4 March 2025"; not by ``strftime``, whose month names follow the machine's language."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_in_words(day: date) -> str:
    """Write a day's month as "March 2025"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def _shortened(text: str, length: int) -> str:
    # A title as long as a passage would leave the model no room for the passage.
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0]


def plain_url(url: str) -> str:
    """Reduce ``url`` to what names the page: no scheme, ``www.``, fragment, tracking parameters or final slash."""
    parts = urlsplit(url.strip())
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not any(key.lower() == name or (name.endswith("_") and key.lower().startswith(name)) for name in _TRACKING)
    ]
    host = (parts.netloc or "").lower().removeprefix("www.")
    return host + parts.path.rstrip("/") + ("?" + urlencode(sorted(query)) if query else "")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
