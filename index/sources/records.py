"""Read JSON and JSON Lines: which items there are, and the article that one of them holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from index.sources import files
from index.sources.blocks import paragraphs_of
from index.sources.characters import decode_entities, has_words, lines_of, quoted
from index.sources.dates import date_line
from index.sources.fields import Facts, facts_of, shape_of, strings_in, values_of
from index.sources.lines import dateline_agency, is_credit, is_hanging_dateline, is_only_url, is_promotion
from index.sources.markup import html_to_lines, looks_like_html, without_web_links
from rag.articles import Article, Subheading
from rag.errors import ArticleUnreadable

LINE_LIMIT = 32_000_000
"""Longest line of JSON Lines, in bytes: a text at its limit with every character written as an escape."""
_GIVE_UP = 1_000_000_000

# Lists of articles go by these names; in an object with several lists of objects, they decide.
_LIST_NAMES = (
    "articles", "items", "data", "docs", "documents", "results", "stories", "entries", "news", "records",
    "response", "hits",
    "feed", "posts", "rows", "corpus", "@graph", "value",
)  # fmt: skip
_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d{1,7} chars\]\s*$")


@dataclass(frozen=True, slots=True)
class Item:
    """One value of a file: where it stood, and itself or the reason why it cannot be read."""

    where: str
    value: object = None
    reason: str | None = None
    notices: tuple[str, ...] = ()


def items_of_json(path: Path) -> Iterator[Item]:
    """The items of a file that is one JSON value: its list, the list inside its object, or the object itself.

    Raises:
        ArticleUnreadable: the file cannot be read, or holds nothing that could be articles.
    """
    data = files.read_whole(path, files.JSON_LIMIT, "write larger files as .jsonl, one article a line")
    text, notices = files.decode(data)
    del data
    if not text.strip():
        raise ArticleUnreadable("is empty")
    value = _parsed(text)
    del text
    if isinstance(value, dict) and _is_article(value):
        yield Item("", value, notices=notices)
        return
    articles = _list_in(value)
    if not articles:
        raise ArticleUnreadable("holds no article: expected a list of objects, each with a title and a text")
    for number, item in enumerate(articles, 1):
        yield Item(f" item {number}", item, notices=notices)


def items_of_lines(path: Path) -> Iterator[Item]:
    """The items of a file with one JSON value a line; empty lines are none.

    Raises:
        ArticleUnreadable: the file cannot be read, or is JSON that is not line by line.
    """
    seen = False
    with files.opened(path) as stream:
        for number, line in files.lines_in(stream, LINE_LIMIT, _GIVE_UP):
            where = f" line {number}"
            if line is None:
                seen = True
                yield Item(where, reason=f"longer than {LINE_LIMIT // 1_000_000} MB: an article's text may have 5 MB")
                continue
            if not line.strip():
                continue
            if not seen and line.strip(b"\xef\xbb\xbf \t\r\n") in (b"[", b"{"):
                raise ArticleUnreadable("is not JSON Lines but one JSON value over many lines: name it .json")
            seen = True
            try:
                text, notices = files.decode(line)
                value = _parsed(text.strip(), place="column {column}")
            except ArticleUnreadable as error:
                yield Item(where, reason=str(error))
                continue
            if isinstance(value, list) and value and isinstance(value[0], dict):
                for position, member in enumerate(value, 1):
                    yield Item(f"{where} item {position}", member, notices=notices)
            else:
                yield Item(where, value, notices=notices)
    if not seen:
        raise ArticleUnreadable("is empty")


def article_in(value: object, today: date) -> tuple[Article, tuple[str, ...]]:
    """The article that one item holds, and notices of what was left out.

    Raises:
        ArticleUnreadable: it is no object, or has no title or no text.
    """
    if not isinstance(value, dict):
        raise ArticleUnreadable(f"is {shape_of(value)}, not an object with a title and a text")
    facts = facts_of(value, today)
    if facts.title is None or not has_words(facts.title):
        raise ArticleUnreadable(_missing(value, "title", "headline"))
    notices = list(facts.notices)
    text = _text(value, notices)
    paragraphs, subheadings, agency = _reporting(text, facts, today)
    if not paragraphs:
        raise ArticleUnreadable(_missing(value, "text", "body"))
    return article_from(facts, facts.title, paragraphs, subheadings, agency), tuple(notices)


def article_from(
    facts: Facts, title: str, paragraphs: list[str], subheadings: list[Subheading], agency: str | None = None
) -> Article:
    """Put an article together from what was read."""
    return Article(
        title=title,
        paragraphs=tuple(paragraphs),
        outlet=facts.outlet,
        url=facts.url,
        authors=facts.authors,
        agency=facts.agency or agency,
        published=facts.published.day if facts.published else None,
        published_at=facts.published.at if facts.published else None,
        updated=facts.updated.day if facts.updated else None,
        updated_at=facts.updated.at if facts.updated else None,
        section=facts.section,
        language=facts.language,
        subheadings=tuple(subheadings),
    )


def _parsed(text: str, place: str = "line {line} column {column}") -> object:
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and error.lineno > 1:
            hint = ": one JSON value a line is named .jsonl"
        else:
            hint = f" ({error.msg[:1].lower()}{error.msg[1:]}): mend it or leave it out"
        where = place.format(line=error.lineno, column=error.colno)
        raise ArticleUnreadable(f"is not valid JSON at {where}{hint}") from error
    except RecursionError as error:
        raise ArticleUnreadable("is JSON nested too deeply to be an article") from error
    except ValueError as error:  # a number of more digits than Python converts
        raise ArticleUnreadable("is JSON with a number too long to be read") from error
    return value


def _is_article(record: Mapping[str, object]) -> bool:
    return any(True for _ in values_of(record, "title")) and any(
        isinstance(value, str) or _paragraph_list(value) for _, value in values_of(record, "text")
    )


def _paragraph_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def _list_in(value: object, depth: int = 0) -> list[object]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or depth > 2:
        return []
    names = sorted(value, key=lambda name: _LIST_NAMES.index(name.lower()) if name.lower() in _LIST_NAMES else 99)
    for name in names:
        if isinstance(value[name], list) and any(isinstance(member, dict) for member in value[name]):
            return list(value[name])
    for name in names:
        if isinstance(value[name], dict) and (found := _list_in(value[name], depth + 1)):
            return found
    members = list(value.values())
    if members and all(isinstance(member, dict) for member in members):
        return members  # articles under their ids
    return [value] if depth == 0 else []


def _missing(record: Mapping[str, object], field: str, other: str) -> str:
    for name, value in values_of(record, field):
        texts = strings_in(value)
        if not texts:
            return f"no {field}: field {quoted(name)} holds {shape_of(value)}"
        if field == "title" and len(texts[0]) > 1000:
            return f"no title: field {quoted(name)} is longer than 1000 characters"
        if field == "text" and any(has_words(text) for text in texts):
            return f"no text: field {quoted(name)} holds no line of reporting"
        return f"no {field}: field {quoted(name)} is blank"
    return f"no {field}: expected a field '{field}' or '{other}'"


def _text(record: Mapping[str, object], notices: list[str]) -> str:
    for _, value in values_of(record, "text"):
        texts = strings_in(value)
        if sum(map(len, texts)) > files.TEXT_LIMIT:
            megabytes = sum(map(len, texts)) / 1_000_000
            raise ArticleUnreadable(
                f"text of {megabytes:.1f} MB: an article may have {files.TEXT_LIMIT // 1_000_000} MB"
            )
        text = "\n\n".join(texts)
        if not has_words(text):
            continue
        if cut := _CUT_OFF.search(text[-60:]):
            text = text[: len(text) - len(cut[0])]
            notices.append(f"text is only the beginning, as its source marked it: {quoted(cut[0])}")
        return lines_of(decode_entities(html_to_lines(text) if looks_like_html(text) else text))
    return ""


def _reporting(text: str, facts: Facts, today: date) -> tuple[list[str], list[Subheading], str | None]:
    """The paragraphs that are reporting, as far as a line by itself can tell; the rest stays."""
    paragraphs: list[str] = []
    subheadings: list[Subheading] = []
    waiting: list[str] = []
    torn_off = ""
    agency: str | None = None
    for line in paragraphs_of(text):
        heading = re.match(r"#{2,6} +(.*)", line)
        line = " ".join(without_web_links(heading[1] if heading else line).split())
        if not has_words(line) or is_promotion(line) or is_only_url(line) or is_credit(line):
            continue
        at_the_head = len(paragraphs) < 2
        if at_the_head and (line == facts.title or line in facts.authors or date_line(line, today)):
            continue
        if heading:
            waiting.append(line)
            continue
        if not paragraphs and is_hanging_dateline(line):
            if torn_off:
                paragraphs.append(torn_off)  # two hang: only the last can be the dateline
            torn_off = line
            continue
        if torn_off:
            line, torn_off = f"{torn_off} {line}", ""
        if at_the_head:
            agency = agency or dateline_agency(line)
        subheadings += [Subheading(text=words, before=len(paragraphs) + 1) for words in waiting]
        waiting.clear()
        paragraphs.append(line)
    if torn_off:
        paragraphs.append(torn_off)
    return paragraphs, subheadings, agency
