"""Read an article as a person saved it: plain text or Markdown, with what a page puts around the reporting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from index.sources.authors import Credits, agency_named, byline, is_same_name, signed_off
from index.sources.blocks import paragraphs_of
from index.sources.characters import has_words, lines_of, one_line, quoted
from index.sources.dates import DateLine, PublishedDate, date_line
from index.sources.fields import TITLE_LIMIT, Facts, facts_of
from index.sources.front_matter import split_front_matter
from index.sources.lines import (
    after_url_label,
    dateline_agency,
    is_caption,
    is_credit,
    is_furniture,
    is_hanging_dateline,
    is_only_url,
    is_promotion,
)
from index.sources.markup import visible
from index.sources.outlets import is_home_page, outlet_of, web_address
from index.sources.records import article_from
from rag.articles import Article, Subheading
from rag.errors import ArticleUnreadable

# Bylines, dates and the outlet stand near the title; further down the same words are reporting.
_HEAD = 8
_TITLE_AS_PARAGRAPH = 300
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"^(?:[-*+]|>+)\s+(?=\S)")
_ONLY_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,150})\1:?")
_ONLY_LINK = re.compile(r"(?:[-*+>»→]\s*)?(?:\*\*|\*|_)?!?\[[^\[\]]*\]\([^()]*\)(?:\*\*|\*|_)?[.\s]*")
_REFERENCE = re.compile(r"\[[^\[\]]{1,100}\]:\s*<?https?://\S+")
_SENTENCE_END = re.compile(r"[.!?…:;,][\"”’'»)\]]*$")
_LIST_MEMBER = re.compile(r"[-*+•] |\d{1,3}[.)] ")
_LONG_PARAGRAPH = 90
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’", "«": "»", "„": "“"}


@dataclass(slots=True)
class _Line:
    """A line of the text: as it stands, and as a reader sees it."""

    raw: str
    words: str
    heading: int = 0
    """Depth of a Markdown heading, 0 for any other line."""


@dataclass(slots=True)
class _Page:
    """What has been read of a saved page so far."""

    labelled_urls: list[str] = field(default_factory=list)
    bare_urls: list[str] = field(default_factory=list)
    outlet: str | None = None
    credits: Credits | None = None
    signed_off: Credits | None = None
    agency: str | None = None
    published: PublishedDate | None = None
    updated: PublishedDate | None = None
    notices: list[str] = field(default_factory=list)


def article_in_text(text: str, today: date) -> tuple[Article, tuple[str, ...]]:
    """The article that ``text`` holds, and notices of what was left out.

    Raises:
        ArticleUnreadable: there is no title or no text.
    """
    given, body = split_front_matter(lines_of(text))
    # Programs that save pages write the day of saving under "created".
    given = {name: value for name, value in given.items() if not name.lower().startswith(("created", "date created"))}
    facts = facts_of(given, today)
    page = _Page(notices=list(facts.notices))
    lines = _lines(body)
    lines = _without_addresses(lines, page)
    title, lines = _title(facts, lines)
    lines = _without_head(lines, page, today, facts)
    # With facts above it the text is known to begin with the article: only what cannot be reporting is dropped.
    lines = [line for line in lines if not _is_around(line, careful=bool(facts.title))]
    lines = _without_sign_off(lines, page)
    paragraphs, subheadings = _reporting(lines, guess=not facts.title)
    if not paragraphs:
        raise ArticleUnreadable("no text: nothing below the title is reporting")
    page.agency = next(filter(None, map(dateline_agency, paragraphs[:2])), None)
    facts, agency = _completed(facts, page)
    return article_from(facts, title, paragraphs, subheadings, agency), tuple(page.notices)


def _lines(body: str) -> list[_Line]:
    lines: list[_Line] = []
    for raw in paragraphs_of(body):
        heading = _HEADING.fullmatch(raw) if len(raw) < 1000 else None
        words = one_line(visible(heading[2] if heading else _BULLET.sub("", raw, count=1)))
        if has_words(words) and not _REFERENCE.fullmatch(raw[:2000]):
            lines.append(_Line(raw, words, len(heading[1]) if heading else 0))
    return lines


def _without_addresses(lines: list[_Line], page: _Page) -> list[_Line]:
    """Take out the lines that only say where the article stands, and remember what they say."""
    kept: list[_Line] = []
    labelled = False
    for number, line in enumerate(lines):
        if is_only_url(line.words):
            (page.labelled_urls if labelled else page.bare_urls).append(line.words.strip(" ()[]"))
            labelled = False
            continue
        if labelled:
            kept.append(lines[number - 1])  # the label was none: no address followed it
        behind = after_url_label(line.words)
        labelled = behind == ""
        if behind and is_only_url(behind):
            page.labelled_urls.append(behind.strip(" ()[]"))
        elif behind and number >= len(lines) - 3 and (target := re.search(r"\]\((https?://[^()\s]+)\)", line.raw)):
            page.labelled_urls.append(target[1])  # "Source: [The Paper](https://…)"
        elif (
            behind
            and len(behind) <= 60
            and line.words.lower().startswith("source:")
            and _at_the_edge(number, len(lines))
        ):
            page.outlet = page.outlet or behind.rstrip(".")
        elif not labelled:
            kept.append(line)
    return kept


def _at_the_edge(number: int, count: int) -> bool:
    return number < 5 or number >= count - 2


def _title(facts: Facts, lines: list[_Line]) -> tuple[str, list[_Line]]:
    if facts.title:
        if not has_words(facts.title):
            raise ArticleUnreadable(f"no title: the front matter gives {quoted(facts.title)}")
        first = next((number for number, line in enumerate(lines[:3]) if line.words == facts.title), None)
        return facts.title, lines if first is None else lines[:first] + lines[first + 1 :]
    top = next((number for number, line in enumerate(lines[:20]) if line.heading == 1), None)
    if top is None:
        top = next((number for number, line in enumerate(lines) if not _is_no_title(line)), None)
    if top is None:
        raise ArticleUnreadable("no title: no line of the text could be one" if lines else "no title and no text")
    title = lines[top].words
    if len(title) > (TITLE_LIMIT if lines[top].heading else _TITLE_AS_PARAGRAPH):
        raise ArticleUnreadable(
            f"no title: the first line has {len(title):,} characters; put the title on a line of its own above it"
        )
    return title, lines[:top] + lines[top + 1 :]


def _is_no_title(line: _Line) -> bool:
    return (
        is_furniture(line.words)
        or is_credit(line.words)
        or byline(line.words) is not None
        or date_line(line.words, date.max) is not None
    )


def _without_head(lines: list[_Line], page: _Page, today: date, facts: Facts) -> list[_Line]:
    """Take bylines, dates and agencies out of the lines around the title."""
    kept: list[_Line] = []
    for number, line in enumerate(lines):
        # With facts above the text, its first paragraph ends the head: what follows is the article's own.
        if number >= _HEAD or line.heading or (facts.title and kept):
            kept.append(line)
            continue
        rest: list[str] = []
        # "By Jane Doe | December 2, 2021 | 5 min read" is taken if every piece is understood.
        pieces = [line.words] if len(line.words) > 250 else re.split(r"\s+[|·•]\s+", line.words)
        whole = byline(line.words) or date_line(line.words, today)
        parsed = [whole] if whole else [byline(piece) or date_line(piece, today) for piece in pieces]
        for piece, meaning in zip(pieces, parsed, strict=False):
            if meaning is None and not (len(pieces) > 1 and (is_promotion(piece) or agency_named(piece))):
                rest.append(piece)
        if rest and not (rest == [line.words] and agency_named(line.words)) and line.words not in facts.authors:
            kept.append(line)
            continue
        for piece, meaning in zip(pieces, parsed, strict=False):
            _remember(page, meaning, agency_named(piece))
    return kept


def _remember(page: _Page, meaning: Credits | DateLine | None, agency: str | None) -> None:
    if isinstance(meaning, Credits):
        page.credits = page.credits or meaning
    elif isinstance(meaning, DateLine):
        page.published = page.published or meaning.published
        page.updated = page.updated or meaning.updated
        if meaning.problem and not meaning.published and not page.published:
            page.notices.append(f"{meaning.problem}: kept undated")
    elif agency:
        page.signed_off = page.signed_off or Credits(agency=agency)


def _is_around(line: _Line, *, careful: bool) -> bool:
    """Whether the line belongs to the page around the article."""
    if is_promotion(line.words) or (_ONLY_LINK.fullmatch(line.raw[:3000]) is not None and len(line.words) < 250):
        return True
    if line.heading:
        return False
    return is_credit(line.words) or (not careful and is_caption(line.words, line.raw))


def _without_sign_off(lines: list[_Line], page: _Page) -> list[_Line]:
    """Take out "(Reporting by …; Editing by …)" below the article."""
    kept: list[_Line] = []
    for number, line in enumerate(lines):
        found = signed_off(line.words) if number >= len(lines) - 5 and len(line.words) < 600 else None
        if found is None:
            kept.append(line)
        else:
            page.signed_off = page.signed_off or found
    return kept


def _reporting(lines: list[_Line], *, guess: bool) -> tuple[list[str], list[Subheading]]:
    paragraphs: list[str] = []
    subheadings: list[Subheading] = []
    waiting: list[str] = []
    torn_off = ""
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else None
        after = lines[number + 1] if number + 1 < len(lines) else None
        if line.heading or _is_bold_heading(line, after) or (guess and _is_plain_heading(line, before, after)):
            waiting.append(line.words.rstrip(":") if not line.heading else line.words)
        elif not paragraphs and after and is_hanging_dateline(line.words):
            if torn_off:
                paragraphs.append(torn_off)  # two hang: only the last can be the dateline
            torn_off = line.words
        else:
            subheadings += [Subheading(text=words, before=len(paragraphs) + 1) for words in waiting]
            waiting.clear()
            paragraphs.append(f"{torn_off} {line.words}" if torn_off else line.words)
            torn_off = ""
    return paragraphs, subheadings


def _is_bold_heading(line: _Line, after: _Line | None) -> bool:
    if after is None or after.heading or len(line.words) > 120 or not _ONLY_BOLD.fullmatch(line.raw):
        return False
    return line.words[-1] not in ".,;…" and not _is_speech(line.words)


def _is_plain_heading(line: _Line, before: _Line | None, after: _Line | None) -> bool:
    """A few words without a full stop between two paragraphs; when in doubt it is a paragraph."""
    words = line.words
    if before is None or after is None or before.heading or after.heading:
        return False
    if (
        len(words) > 70
        or len(words.split()) > 9
        or _LIST_MEMBER.match(line.raw)
        or _SENTENCE_END.search(words)
        or _is_speech(words)
    ):
        return False
    # Results and lists have short neighbours; a subheading stands between paragraphs.
    return min(len(before.words), len(after.words)) >= max(_LONG_PARAGRAPH, len(words) * 3 // 2) and (
        words[0].isupper() or words[0].isdigit() or words[0] in _QUOTES
    )


def _is_speech(words: str) -> bool:
    """Whether somebody says it: quotation marks around a part, or around a sentence."""
    inner = words[1:-1]
    if words[0] in _QUOTES and words[-1] == _QUOTES[words[0]]:
        return words[0] in inner or bool(inner and inner[-1] in ".!?,…")
    return words[0] in '"“«„' or words[-1] in '"”»'


def _completed(facts: Facts, page: _Page) -> tuple[Facts, str | None]:
    """The facts above the text, filled up with what the page itself says."""
    url = facts.url
    for text in (*page.labelled_urls, *reversed(page.bare_urls)):
        url = url or web_address(text)
    found = page.credits or Credits()
    closing = page.signed_off or Credits()
    outlet = facts.outlet or page.outlet or (outlet_of(url) if url else None)
    url = url if url and not is_home_page(url) else None
    authors = facts.authors or found.authors or closing.authors
    return replace(
        facts,
        url=url,
        outlet=outlet,
        authors=tuple(author for author in authors if not is_same_name(author, outlet)),
        published=facts.published or page.published,
        updated=facts.updated or page.updated,
    ), facts.agency or found.agency or closing.agency or page.agency
