"""Read JSON and JSON Lines: which items there are, and the article that one of them holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from index.sources import files
from index.sources.body import with_body
from index.sources.characters import clean_lines, decode, has_words, quoted
from index.sources.facts import ReadArticle, facts_of, shape_of, strings_in, values_of
from index.sources.field_names import FIELDS
from index.sources.markup import plain
from rag.errors import ArticleUnreadable

_CUT_OFF = re.compile(r"\s*(?:…|\.\.\.)?\s*\[\+\d{1,7} chars\]\s*$")
_MEGABYTES = files.TEXT_LIMIT // 1_000_000


Item = tuple[str, object, tuple[str, ...]]
"""Where one value of a file stood, the value (or the ``ArticleUnreadable`` that reading it raised), and notices."""


def items_of_json(path: Path) -> Iterator[Item]:
    """The items of a file that is one JSON value: its list, the list inside its object, or the object itself.

    ``ArticleUnreadable`` where the file cannot be read, or holds nothing that could be articles.
    """
    text, notices = decode(files.read_whole(path, files.JSON_LIMIT, "write larger files as .jsonl, one article a line"))
    if not text.strip():
        raise ArticleUnreadable("is empty")
    value = _parsed(text)
    del text  # of a large file, memory holds one copy at a time
    if _is_article(value):
        yield "", value, notices
        return
    articles = _articles_in(value)
    if not articles:
        raise ArticleUnreadable("holds no article: expected a list of objects, each with a title and a text")
    for number, item in enumerate(articles, 1):
        yield f" item {number}", item, notices


def items_of_lines(path: Path) -> Iterator[Item]:
    """The items of a file with one JSON value a line; ``ArticleUnreadable`` where the file is none."""
    seen = False
    with files.opened(path) as stream:
        for number, line in files.lines_in(stream):
            if line is not None and not line.strip():
                continue
            if not seen and line is not None and line.strip(b"\xef\xbb\xbf \t\r\n") in (b"[", b"{"):
                raise ArticleUnreadable("is not JSON Lines but one JSON value over many lines: name it .json")
            seen = True
            yield from _items_of_line(line, f" line {number}")
    if not seen:
        raise ArticleUnreadable("is empty")


def _items_of_line(line: bytes | None, where: str) -> Iterator[Item]:
    if line is None:
        limit = files.LINE_LIMIT // 1_000_000
        yield where, ArticleUnreadable(f"longer than {limit} MB: an article's text may have {_MEGABYTES} MB"), ()
        return
    try:
        text, notices = decode(line)
        value = _parsed(text.strip(), place="column {column}")
    except ArticleUnreadable as error:
        yield where, error, ()
        return
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for position, member in enumerate(value, 1):
            yield f"{where} item {position}", member, notices
    else:
        yield where, value, notices


def article_in_record(value: object, today: date) -> ReadArticle:
    """The article that one item holds; ``ArticleUnreadable`` where it has no title or no text."""
    if isinstance(value, ArticleUnreadable):
        raise value
    if not isinstance(value, dict):
        raise ArticleUnreadable(f"is {shape_of(value)}, not an object with a title and a text")
    facts = facts_of(value, today)
    if not has_words(facts.article.title):
        raise ArticleUnreadable(_missing(value, "title"))
    text, notices = _text(value)
    draft = with_body(ReadArticle(facts.article, (*facts.notices, *notices)), text, today)
    if not draft.article.paragraphs:
        raise ArticleUnreadable(_missing(value, "text"))
    return draft


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


def _is_article(record: object) -> bool:
    if not isinstance(record, dict) or not any(values_of(record, "title")):
        return False
    texts = [value[:1] if isinstance(value, list) else [value] for _, value in values_of(record, "text")]
    return any(isinstance(text, str) for text, *_ in texts)


def _articles_in(value: object) -> list[object]:
    """The list of a file that articles are in; the first list of objects where none of them looks like one."""
    if not isinstance(value, dict):
        return value if isinstance(value, list) else []
    lists = list(_lists_in(value, 0))
    return next((one for one in lists if any(map(_is_article, one))), lists[0] if lists else [value])


def _lists_in(value: dict[str, object], depth: int) -> Iterator[list[object]]:
    members = list(value.values())
    yield from (one for one in members if isinstance(one, list) and any(isinstance(item, dict) for item in one))
    inner = [one for one in members if isinstance(one, dict)]
    if depth < 3:
        for one in inner:
            yield from _lists_in(one, depth + 1)
    if inner and len(inner) == len(members):
        yield members  # articles under their ids


def _missing(record: Mapping[str, object], field: str) -> str:
    for name, value in values_of(record, field):
        holds = "nothing that could be one" if strings_in(value) else shape_of(value)
        return f"no {field}: field {quoted(name)} holds {holds}"
    one, other, *_ = FIELDS[field]
    return f"no {field}: expected a field '{one}' or '{other}'"


def _text(record: Mapping[str, object]) -> tuple[str, tuple[str, ...]]:
    """The text as clean lines, and a notice where it is only the beginning; empty where there is none."""
    texts = ("\n\n".join(strings_in(value)) for _, value in values_of(record, "text"))
    text = next(filter(has_words, texts), "")
    if len(text) > files.TEXT_LIMIT:
        raise ArticleUnreadable(f"text of {len(text) / 1_000_000:.1f} MB: an article may have {_MEGABYTES} MB")
    notices: tuple[str, ...] = ()
    if cut := _CUT_OFF.search(text[-60:]):
        text = text[: len(text) - len(cut[0])]
        notices = (f"text is only the beginning, as its source marked it: {quoted(cut[0])}",)
    return clean_lines(plain(text)), notices
