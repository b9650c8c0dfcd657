"""Cut text into paragraphs, and make an article's text of those that are reporting."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.articles.authors import agency_named
from index.articles.page_furniture import without_gallery_marks
from index.articles.tables import with_rows_as_words
from rag.articles import Article, Subheading
from rag.errors import ArticleUnreadable

TEXT_LIMIT = 5_000_000
"""Longest text of one article, in characters; a file of text may have as many bytes."""
PARAGRAPH_LIMIT = 20_000
"""Most paragraphs of one article; a book has fewer, and a file with more is no article."""

_SENTENCE_END = re.compile(r"[.!?:…][\"”’')\]]*$")
_OWN_LINE = re.compile(r"#{1,6} |[-*+•] |\d{1,2}[.)] |>|<?https?://|\||\*\*[^*]+\*\*$")
_RULE = re.compile(r"(?:[-=*_~—]\s*){3,}")
_DATELINE = re.compile(r"[^\W\d_a-z][^\n()]{1,75}?\s*\(([A-Za-z][A-Za-z -]{1,30})\)\s*[–—-]{1,2}\s")
_HANGING_DATELINE = re.compile(r"[^\W\d_a-z][^.!?:;\n]{1,60}\s*[–—]")


@dataclass(slots=True)
class Line:
    """A line of a text: as it stands, and as a reader sees it."""

    raw: str
    words: str
    is_heading: bool = False


def with_text(article: Article, lines: Sequence[Line]) -> Article:
    """``article`` with the paragraphs and subheadings that ``lines`` are, and the agency that a dateline names.

    A dateline that was torn off ("London CNN —") is hung back on its paragraph.
    """
    paragraphs: list[str] = []
    subheadings: list[Subheading] = []
    waiting: list[str] = []
    torn_off = ""
    for number, line in enumerate(lines):
        text = torn_off + without_gallery_marks(line.words)
        if line.is_heading:
            waiting.append(line.words)
        elif not (paragraphs or torn_off) and number + 1 < len(lines) and _is_hanging_dateline(text):
            torn_off = text + " "
        else:
            torn_off = ""
            subheadings += [Subheading(words, before=len(paragraphs) + 1) for words in waiting]
            waiting.clear()
            paragraphs.append(text)
    if torn_off:
        paragraphs.append(torn_off.rstrip())
    agency = article.agency or next(filter(None, map(_dateline_agency, paragraphs[:2])), None)
    return replace(article, paragraphs=tuple(paragraphs), subheadings=tuple(subheadings), agency=agency)


def _dateline_agency(paragraph: str) -> str | None:
    """The agency in a dateline: "AP" for "SANTOS, Brazil (AP) — …"."""
    match = _DATELINE.match(paragraph[:120])
    return agency_named(match[1]) if match else None


def _is_hanging_dateline(line: str) -> bool:
    return _HANGING_DATELINE.fullmatch(line) is not None and len(line.split()) <= 8


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of ``text``, each on one line; underlined headings become ``#`` headings, rules are dropped.

    Lines that were all wrapped to one width are joined; else each line is a paragraph. ``ArticleUnreadable`` where
    there are more than ``PARAGRAPH_LIMIT``.
    """
    blocks = [_block(block) for block in re.split(r"\n[^\S\n]*\n", text) for block in with_rows_as_words(block)]
    width = _width(blocks)
    paragraphs: list[str] = []
    for block in blocks:
        for line, following in pairwise(["", *block]):
            if line and _is_wrapped(line, following, width):
                paragraphs[-1] += " " + following
            else:
                paragraphs.append(following)
    if len(paragraphs) > PARAGRAPH_LIMIT:
        raise ArticleUnreadable(f"text of {len(paragraphs):,} paragraphs: an article may have {PARAGRAPH_LIMIT:,}")
    return paragraphs


def _block(text: str) -> list[str]:
    lines: list[str] = []
    for line in filter(None, (" ".join(line.split()) for line in text.split("\n"))):
        if not _RULE.fullmatch(line):
            lines.append(line)
        elif lines and len(lines[-1]) <= 150 and re.fullmatch("=+|-+", line) and not lines[-1].startswith("#"):
            lines[-1] = ("# " if line[0] == "=" else "## ") + lines[-1]  # it was underlined
    return lines


def _width(blocks: list[list[str]]) -> int:
    """The width that all lines were wrapped to; beyond every line's if each line is a paragraph."""
    breaks = [pair for block in blocks for pair in pairwise(block) if not any(map(_OWN_LINE.match, pair))]
    width = max((len(line) for pair in breaks for line in pair), default=0)
    full = [pair for pair in breaks if _is_wrapped(*pair, width)]
    # Wrapped lines end anywhere, mostly before a small letter; lines that are paragraphs or headlines do not.
    open_ended = sum(not _SENTENCE_END.search(line) for line, _ in full)
    going_on = sum(not following[0].isupper() for _, following in full)
    wrapped = len(full) >= 0.6 * len(breaks) and open_ended >= 0.6 * len(full) and going_on >= 0.4 * len(full)
    return width if wrapped and 40 <= width <= 100 else sys.maxsize


def _is_wrapped(line: str, following: str, width: int) -> bool:
    """Whether ``line`` is full, so that the first word of the next one would not have fitted."""
    # A little slack: some wrap at a hyphen, some at 72 and some at 76.
    full = len(line) + 1 + len(following.split(" ", 1)[0]) > width - 3
    return full and not _OWN_LINE.match(line) and not _OWN_LINE.match(following)
