"""Make an article of a text and the facts beside it: what is reporting, and what the lines around it say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date

from index.articles.authors import Credits, agency_named, byline, is_same_name
from index.articles.characters import clean_lines, has_words, one_line, quoted
from index.articles.dates import DateLine, date_line
from index.articles.facts import TITLE_LIMIT, ReadArticle, facts_of
from index.articles.front_matter import split_front_matter
from index.articles.markup import plain, visible
from index.articles.outlets import is_home_page, outlet_of, web_address
from index.articles.page_furniture import is_caption, is_credit, is_furniture, is_only_url, is_promotion
from index.articles.paragraphs import Line, paragraphs_of, with_text
from index.articles.template_marks import without_marks
from rag.articles import Article
from rag.errors import ArticleUnreadable

# Bylines, dates and the outlet stand near the title; further down the same words are reporting.
_HEAD = 8
_LONGEST_IN_HEAD = 250
_TITLE_AS_PARAGRAPH = 300
_URL_LABEL = re.compile(
    r"(?:(?:original|article|page|canonical|short)?[ -]?(?:url|link|source)|permalink|via|from|web(?: ?site)?"
    r"|(?:originally )?published (?:at|on)|first appeared (?:at|on)|retrieved from|available at"
    r"|archived(?: at| from)?|read the (?:original|full) (?:article|story)(?: at| here)?)\s*:\s*",
    re.IGNORECASE,
)
_OUTLET_LABEL = re.compile(r"(?:source|outlet|publisher|publication)\s*:\s*(?=.{1,60}$)", re.IGNORECASE)
_TITLE_LABEL = re.compile(r"(?:title|headline)\s*:\s*(?=\w)", re.IGNORECASE)
_LINK_TARGET = re.compile(r"\]\((https?://[^()\s]+)\)")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_BULLET = re.compile(r"^(?:[-*+|]|>+)\s+(?=\S)")
_ONLY_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,120})\1:?")
_ONLY_LINK = re.compile(r"(?:[-*+>»→]\s*)?(?:\*\*|\*|_)?!?\[[^\[\]]*\]\([^()]*\)(?:\*\*|\*|_)?[.\s]*")
_REFERENCE = re.compile(r"\[[^\[\]]{1,100}\]:\s*<?https?://\S+")
_SENTENCE_END = re.compile(r"[.!?…:;,][\"”’'»)\]]*$")
_LIST_MEMBER = re.compile(r"[-*+•|] |\d{1,3}[.)] ")
# HTML of a page in Markdown; "<b>" alone may be what an article is about.
_PAGE_TAG = re.compile(
    r"</(?:p|div|li|[uo]l|h[1-6]|blockquote|fig\w+|section|span)\s*>|<br\s*/?>|<a\s[^<>]{0,500}href", re.IGNORECASE
)
_LONG_PARAGRAPH = 90
_QUOTATION_MARKS = '"“”«»„'


@dataclass(slots=True)
class _Page:
    """An article while its page is read."""

    article: Article
    """The facts so far; those that were given with the text are never overwritten."""
    has_title: bool
    """The title was given with the text, which then begins with the article itself."""
    has_date: bool
    bare_url: str | None = None
    notices: list[str] = field(default_factory=list)
    omitted: list[str] = field(default_factory=list)


def article_in_text(text: str, today: date) -> ReadArticle:
    """The article that plain text or Markdown holds; ``ArticleUnreadable`` where it has no title or no text."""
    given, body = split_front_matter(clean_lines(text))
    # Programs that save pages write the day of saving under "created".
    given = {name: value for name, value in given.items() if not name.lower().startswith(("created", "date created"))}
    facts = facts_of(given, today)
    if facts.article.title and not has_words(facts.article.title):
        raise ArticleUnreadable(f"no title: the front matter gives {quoted(facts.article.title)}")
    draft = with_body(facts, body, today)
    if not draft.article.paragraphs:
        raise ArticleUnreadable("no text: nothing below the title is reporting")
    return draft


def with_body(facts: ReadArticle, body: str, today: date) -> ReadArticle:
    """The article of ``facts`` with the clean text ``body``; it may come without paragraphs.

    The title is looked for in the text where none is given: ``ArticleUnreadable`` where there is none either.
    """
    known = facts.article
    page = _Page(known, bool(known.title), bool(known.published or known.updated))
    body, holes = without_marks(body)
    if holes:
        page.notices.append(f"{quoted(holes[0])} was never filled in: '…' stands for it")
    lines = _without_addresses(_lines(body), page)
    if not page.has_title:
        lines = _without_title(lines, page)
    lines = _reporting(lines, page, today)
    if not page.has_title:
        for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
            line.is_heading = line.is_heading or _is_plain_heading(line, before, after)
    article = with_text(_with_url(page), lines)
    if article.updated and not article.published:
        # Who asks for a month must find it; its first publication is not known.
        article = replace(article, published=article.updated, published_at=article.updated_at)
        page.notices.append("only the day of an update is given: taken for the day of publication")
    return ReadArticle(article, (*facts.notices, *page.notices), tuple(page.omitted))


def _lines(body: str) -> list[Line]:
    lines: list[Line] = []
    paragraphs = (plain(raw).split("\n") if _PAGE_TAG.search(raw) else (raw,) for raw in paragraphs_of(body))
    for raw in (line.strip() for lines_of_one in paragraphs for line in lines_of_one):
        heading = _HEADING.fullmatch(raw) if len(raw) < 1000 else None
        words = one_line(visible(heading[2] if heading else _BULLET.sub("", raw, count=1)))
        if has_words(words) and not _REFERENCE.fullmatch(raw[:2000]):
            lines.append(Line(raw, words, is_heading=heading is not None))
    return lines


def _without_addresses(lines: list[Line], page: _Page) -> list[Line]:
    """Take out the lines that only say where the article stands, and remember what they say."""
    kept: list[Line] = []
    labelled = False
    for number, line in enumerate(lines):
        label = _URL_LABEL.match(line.words)
        value = line.words[label.end() :] if label else line.words
        if label and not value and number + 1 < len(lines) and is_only_url(lines[number + 1].words):
            labelled = True  # "Original url:", and the address on a line of its own
            continue
        at_the_edge = number < 5 or number >= len(lines) - 3
        link = _LINK_TARGET.search(line.raw) if label and at_the_edge else None  # "Source: [The Paper](https://…)"
        if is_only_url(value) or link:
            url = web_address(link[1] if link else value.strip(" ()[]"))
            if url and (label or labelled) and page.article.url in (None, url):
                page.article = replace(page.article, url=url)
            elif url and at_the_edge and not page.has_title:
                page.bare_url = url
            else:
                page.omitted.append(line.words)
        elif at_the_edge and not page.article.outlet and (label := _OUTLET_LABEL.match(line.words)):
            page.article = replace(page.article, outlet=line.words[label.end() :].rstrip("."))
        else:
            kept.append(line)
        labelled = False
    return kept


def _without_title(lines: list[Line], page: _Page) -> list[Line]:
    """Take the title out: a heading near the top, or else the first line that can be one."""
    headings = (number for number, line in enumerate(lines[:20]) if line.raw.startswith("# "))
    others = (number for number, line in enumerate(lines) if _may_be_title(line.words))
    top = next(headings, next(others, None))
    if top is None:
        way_out = "put the title on a line of its own at the top"
        raise ArticleUnreadable(f"no title: no line could be one; {way_out}" if lines else "no title and no text")
    title = _TITLE_LABEL.sub("", lines[top].words)
    if len(title) > (TITLE_LIMIT if lines[top].is_heading else _TITLE_AS_PARAGRAPH):
        way_out = "put the title on a line of its own above it"
        raise ArticleUnreadable(f"no title: the first line has {len(title):,} characters; {way_out}")
    page.article = replace(page.article, title=title)
    return lines[:top] + lines[top + 1 :]


def _may_be_title(words: str) -> bool:
    return not (is_furniture(words) or is_credit(words) or byline(words) or date_line(words, date.max))


def _reporting(lines: list[Line], page: _Page, today: date) -> list[Line]:
    """The lines that are reporting; of the others, what says something about the article is remembered."""
    kept: list[Line] = []
    for number, line in enumerate(lines):
        # Below given facts the head is short: what follows the first paragraphs is the article's own.
        in_head = number < _HEAD and not line.is_heading and len(line.words) <= _LONGEST_IN_HEAD
        if in_head and (not page.has_title or len(kept) < 2):
            meanings = _meanings(line.words, today)
            if meanings and None not in meanings and not (page.has_title and agency_named(line.words)):
                for meaning in meanings:
                    _remember(meaning, line.words, page)
                continue
            if line.words in page.article.authors:
                continue
        if page.has_title and line.words == page.article.title and len(kept) < 2:
            continue
        if _is_around(line, page) or (in_head and all(map(is_promotion, re.split(r"\s+[|·•]\s+", line.words)))):
            page.omitted.append(line.words)
            continue
        if _ONLY_BOLD.fullmatch(line.raw) and number + 1 < len(lines) and not lines[number + 1].is_heading:
            heading = line.words.rstrip(":")
            if heading[-1] not in ".,;…" and not _is_speech(heading):
                line = Line(line.raw, heading, is_heading=True)
        kept.append(line)
    return kept


def _meanings(words: str, today: date) -> list[Credits | DateLine | None]:
    """What a line of the head says, piece by piece: "By Jane Doe | December 2, 2021"; None for what is no such fact."""
    if whole := _meaning(words, today):
        return [whole]
    pieces = re.split(r"\s+[|·•]\s+", words)  # "5 min read" says nothing
    return [_meaning(piece, today) for piece in pieces if len(pieces) == 1 or not is_promotion(piece)]


def _meaning(words: str, today: date) -> Credits | DateLine | None:
    agency = agency_named(words)
    return Credits(agency=agency) if agency else byline(words) or date_line(words, today)


def _remember(meaning: Credits | DateLine | None, words: str, page: _Page) -> None:
    """Complete the facts with what a line says; a line that says anything else than them is one that is left out."""
    known = page.article
    if isinstance(meaning, Credits):
        if known.authors and meaning.authors and not {*meaning.authors} <= {*known.authors}:
            page.omitted.append(words)
        page.article = replace(known, authors=known.authors or meaning.authors, agency=known.agency or meaning.agency)
    elif meaning and page.has_date:
        days = {found.day for found in (meaning.published, meaning.updated) if found}
        if meaning.problem or not days <= {known.published, known.updated}:
            page.omitted.append(words)
    elif meaning:
        if (found := meaning.published) and not known.published:
            page.article = replace(page.article, published=found.day, published_at=found.at)
        if (found := meaning.updated) and not known.updated:
            page.article = replace(page.article, updated=found.day, updated_at=found.at)
        if meaning.problem and not page.article.published:
            page.notices.append(f"{meaning.problem}: kept undated")


def _is_around(line: Line, page: _Page) -> bool:
    """Whether a line belongs to the page around the article; with facts above it, only what is sure to."""
    words = line.words
    if is_promotion(words) or (len(words) < 250 and _ONLY_LINK.fullmatch(line.raw[:3000])):
        return True
    if line.is_heading:
        return False
    return is_credit(words) or words.startswith("Caption: ") or (not page.has_title and is_caption(words, line.raw))


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


def _with_url(page: _Page) -> Article:
    """The facts with the page's address, and the outlet that it names where nothing else does."""
    article = page.article
    url = article.url or page.bare_url
    outlet = article.outlet or (outlet_of(url) if url else None)
    authors = tuple(author for author in article.authors if not is_same_name(author, outlet))
    return replace(article, url=url if url and not is_home_page(url) else None, outlet=outlet, authors=authors)
