"""Read an article as a person saved it: plain text or Markdown, with what a page puts around the reporting."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from index.sources.authors import Credits, agency_named, byline, is_same_name
from index.sources.characters import clean_lines, has_words, one_line, quoted
from index.sources.dates import DateLine, PublishedDate, date_line
from index.sources.facts import TITLE_LIMIT, Draft, facts_of
from index.sources.front_matter import split_front_matter
from index.sources.markup import visible
from index.sources.outlets import is_home_page, outlet_of, web_address
from index.sources.page_furniture import is_caption, is_credit, is_furniture, is_only_url, is_promotion
from index.sources.paragraphs import Line, paragraphs_of, with_text
from rag.articles import Article
from rag.errors import ArticleUnreadable

# Bylines, dates and the outlet stand near the title; further down the same words are reporting.
_HEAD = 8
_TITLE_AS_PARAGRAPH = 300
_URL_LABEL = re.compile(
    r"(?:(?:original|article|source|page|canonical|short|perma)?(?: article)?[ -]?(?:url|link|source)|source|permalink"
    r"|via|from|web(?: ?site)?|(?:originally )?published (?:at|on)|first appeared (?:at|on)|retrieved from"
    r"|available at|archived(?: at| from)?|read the (?:original|full) (?:article|story)(?: at| here)?)\s*:\s*",
    re.IGNORECASE,
)
# "(Reporting by A in Kyiv; Editing by B)"
_SIGNED_OFF = re.compile(r"[\s(–—-]*((?:additional )?(?:report|writ)[^;()]{3,200}?)[\s.]*(?:[;)]|$)", re.IGNORECASE)
_LINK_TARGET = re.compile(r"\]\((https?://[^()\s]+)\)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"^(?:[-*+]|>+)\s+(?=\S)")
_ONLY_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,120})\1:?")
_ONLY_LINK = re.compile(r"(?:[-*+>»→]\s*)?(?:\*\*|\*|_)?!?\[[^\[\]]*\]\([^()]*\)(?:\*\*|\*|_)?[.\s]*")
_REFERENCE = re.compile(r"\[[^\[\]]{1,100}\]:\s*<?https?://\S+")
_SENTENCE_END = re.compile(r"[.!?…:;,][\"”’'»)\]]*$")
_LIST_MEMBER = re.compile(r"[-*+•] |\d{1,3}[.)] ")
_LONG_PARAGRAPH = 90
_QUOTATION_MARKS = '"“”«»„'


@dataclass(slots=True)
class _Page:
    """What a saved page says about its article outside of the text."""

    labelled_urls: list[str] = field(default_factory=list)
    bare_urls: list[str] = field(default_factory=list)
    outlet: str | None = None
    credits: Credits = field(default_factory=Credits)
    published: PublishedDate | None = None
    updated: PublishedDate | None = None
    notices: list[str] = field(default_factory=list)
    omitted: list[str] = field(default_factory=list)


def article_in_text(text: str, today: date) -> Draft:
    """The article that ``text`` holds.

    Raises:
        ArticleUnreadable: there is no title or no text.
    """
    given, rest = split_front_matter(clean_lines(text))
    # Programs that save pages write the day of saving under "created".
    given = {name: value for name, value in given.items() if not name.lower().startswith(("created", "date created"))}
    given_facts = facts_of(given, today)
    facts = given_facts.article
    page = _Page(notices=list(given_facts.notices))
    lines = _without_addresses(_lines(rest), page)
    title, lines = _title(facts, lines)
    lines = _without_page(_without_head(lines, page, today, facts), page, careful=bool(facts.title))
    if not facts.title:
        for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
            line.is_heading = line.is_heading or _is_plain_heading(line, before, after)
    article = with_text(_completed(replace(facts, title=title), page), lines)
    if not article.paragraphs:
        raise ArticleUnreadable("no text: nothing below the title is reporting")
    return Draft(article, tuple(page.notices), tuple(page.omitted))


def _lines(body: str) -> list[Line]:
    lines: list[Line] = []
    for raw in paragraphs_of(body):
        heading = _HEADING.fullmatch(raw) if len(raw) < 1000 else None
        words = one_line(visible(heading[2] if heading else _BULLET.sub("", raw, count=1)))
        if has_words(words) and not _REFERENCE.fullmatch(raw[:2000]):
            lines.append(Line(raw, words, is_heading=heading is not None))
    return lines


def _without_addresses(lines: list[Line], page: _Page) -> list[Line]:
    """Take out the lines that only say where the article stands, and remember what they say."""
    kept: list[Line] = []
    label: Line | None = None
    for number, line in enumerate(lines):
        match = _URL_LABEL.match(line.words)
        value = line.words[match.end() :].strip() if match else ""
        at_the_edge = number < 5 or number >= len(lines) - 3
        if is_only_url(line.words):
            (page.labelled_urls if label else page.bare_urls).append(line.words.strip(" ()[]"))
            label = None
            continue
        if label:
            kept.append(label)  # it was none: no address followed it
        label = line if match and not value else None
        if value and is_only_url(value):
            page.labelled_urls.append(value.strip(" ()[]"))
        elif value and at_the_edge and (target := _LINK_TARGET.search(line.raw)):
            page.labelled_urls.append(target[1])  # "Source: [The Paper](https://…)"
        elif value and at_the_edge and len(value) <= 60 and line.words.lower().startswith("source:"):
            page.outlet = page.outlet or value.rstrip(".")
        elif not label:
            kept.append(line)
    return kept


def _title(facts: Article, lines: list[Line]) -> tuple[str, list[Line]]:
    """The title, and the lines without it."""
    if facts.title:
        if not has_words(facts.title):
            raise ArticleUnreadable(f"no title: the front matter gives {quoted(facts.title)}")
        again = next((number for number, line in enumerate(lines[:3]) if line.words == facts.title), None)
        return facts.title, lines if again is None else lines[:again] + lines[again + 1 :]
    top = next((number for number, line in enumerate(lines[:20]) if re.match(r"# ", line.raw)), None)
    if top is None:
        top = next((number for number, line in enumerate(lines) if _may_be_title(line.words)), None)
    if top is None:
        raise ArticleUnreadable("no title: no line of the text could be one" if lines else "no title and no text")
    title = lines[top].words
    if len(title) > (TITLE_LIMIT if lines[top].is_heading else _TITLE_AS_PARAGRAPH):
        raise ArticleUnreadable(
            f"no title: the first line has {len(title):,} characters; put the title on a line of its own above it"
        )
    return title, lines[:top] + lines[top + 1 :]


def _may_be_title(words: str) -> bool:
    return not (is_furniture(words) or is_credit(words) or byline(words) or date_line(words, date.max))


def _without_head(lines: list[Line], page: _Page, today: date, facts: Article) -> list[Line]:
    """Take bylines, dates and agencies out of the lines around the title, and the line that closes a report."""
    kept: list[Line] = []
    for number, line in enumerate(lines):
        if number >= len(lines) - 5 and (closing := _SIGNED_OFF.match(line.words)):
            _remember(page, signed := byline(closing[1]))
            if signed:
                continue
        # With facts above the text, its first paragraph ends the head: what follows is the article's own.
        if number >= _HEAD or line.is_heading or len(line.words) > 250 or (facts.title and kept):
            kept.append(line)
            continue
        # "By Jane Doe | December 2, 2021 | 5 min read" is taken if every piece is understood.
        found = [_meaning(line.words, today)]
        if found == [None]:
            pieces = re.split(r"\s+[|·•]\s+", line.words)
            if len(pieces) > 1:
                found = [_meaning(piece, today) for piece in pieces if not is_promotion(piece)]
        if None in found and line.words not in facts.authors:
            kept.append(line)
        else:
            for meaning in found:
                _remember(page, meaning)
    return kept


def _meaning(words: str, today: date) -> Credits | DateLine | None:
    agency = agency_named(words)
    return Credits(agency=agency) if agency else byline(words) or date_line(words, today)


def _remember(page: _Page, meaning: Credits | DateLine | None) -> None:
    if isinstance(meaning, Credits):
        known = page.credits
        page.credits = Credits(known.authors or meaning.authors, known.agency or meaning.agency)
    elif meaning:
        page.published = page.published or meaning.published
        page.updated = page.updated or meaning.updated
        if meaning.problem and not page.published:
            page.notices.append(f"{meaning.problem}: kept undated")


def _without_page(lines: list[Line], page: _Page, *, careful: bool) -> list[Line]:
    """Take out what belongs to the page around the article, and mark bold lines that are headings.

    With facts above it the text is known to begin with the article: only what cannot be reporting is taken out.
    """
    kept: list[Line] = []
    for number, line in enumerate(lines):
        only_link = len(line.words) < 250 and _ONLY_LINK.fullmatch(line.raw[:3000]) is not None
        around = not line.is_heading and (is_credit(line.words) or (not careful and is_caption(line.words, line.raw)))
        if only_link or around or is_promotion(line.words):
            page.omitted.append(line.words)
            continue
        if _ONLY_BOLD.fullmatch(line.raw) and number + 1 < len(lines) and not lines[number + 1].is_heading:
            heading = line.words.rstrip(":")
            if heading[-1] not in ".,;…" and not _is_speech(heading):
                line = Line(line.raw, heading, is_heading=True)
        kept.append(line)
    return kept


def _is_plain_heading(line: Line, before: Line, after: Line) -> bool:
    """A few words without a full stop between two paragraphs; when in doubt it is a paragraph."""
    words = line.words
    if before.is_heading or after.is_heading or len(words) > 70 or len(words.split()) > 9:
        return False
    if _LIST_MEMBER.match(line.raw) or _SENTENCE_END.search(words) or _is_speech(words):
        return False
    # Results and lists have short neighbours; a subheading stands between paragraphs.
    return min(len(before.words), len(after.words)) >= max(_LONG_PARAGRAPH, len(words) * 3 // 2) and (
        words[0].isupper() or words[0].isdigit() or words[0] in "'‘"
    )


def _is_speech(words: str) -> bool:
    return words[0] in _QUOTATION_MARKS or words[-1] in _QUOTATION_MARKS


def _completed(facts: Article, page: _Page) -> Article:
    """The facts above the text, filled up with what the page itself says."""
    addresses = map(web_address, (*page.labelled_urls, *reversed(page.bare_urls)))
    url = facts.url or next(filter(None, addresses), None)
    outlet = facts.outlet or page.outlet or (outlet_of(url) if url else None)
    authors = facts.authors or page.credits.authors
    if page.published and not facts.published:
        facts = replace(facts, published=page.published.day, published_at=page.published.at)
    if page.updated and not facts.updated:
        facts = replace(facts, updated=page.updated.day, updated_at=page.updated.at)
    return replace(
        facts,
        url=url if url and not is_home_page(url) else None,
        outlet=outlet,
        authors=tuple(author for author in authors if not is_same_name(author, outlet)),
        agency=facts.agency or page.credits.agency,
    )
