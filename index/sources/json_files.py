"""Read JSON and JSON Lines: which items there are."""

from __future__ import annotations

import json
from collections.abc import Iterator

from index.sources import files
from index.sources.characters import decode
from index.sources.facts import values_of
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

_MEGABYTES = files.TEXT_LIMIT // 1_000_000


def items_of_json(source: Source) -> Iterator[Item]:
    """The items of a file that is one JSON value: its list, the list inside its object, or the object itself.

    ``ArticleUnreadable`` where the file cannot be read, or holds nothing that could be articles.
    """
    text, notices = decode(source.read(files.JSON_LIMIT, "write larger files as .jsonl, one article a line"))
    if not text.strip():
        raise ArticleUnreadable("is empty")
    value = _parsed(text)
    del text  # of a large file, memory holds one copy at a time
    if _is_article(value):
        yield Item("", value, notices)
        return
    articles = _articles_in(value)
    if not articles:
        raise ArticleUnreadable("holds no article: expected a list of objects, each with a title and a text")
    for number, item in enumerate(articles, 1):
        yield Item(f" item {number}", item, notices)


def items_of_lines(source: Source) -> Iterator[Item]:
    """The items of a file with one JSON value a line; ``ArticleUnreadable`` where the file is none."""
    seen = False
    with source.open() as stream:
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
        yield Item(where, ArticleUnreadable(f"longer than {limit} MB: an article's text may have {_MEGABYTES} MB"), ())
        return
    try:
        text, notices = decode(line)
        value = _parsed(text.strip(), place="column {column}")
    except ArticleUnreadable as error:
        yield Item(where, error, ())
        return
    if isinstance(value, list) and value and isinstance(value[0], dict):
        for position, member in enumerate(value, 1):
            yield Item(f"{where} item {position}", member, notices)
    else:
        yield Item(where, value, notices)


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


def _begins_as_json(source: Source) -> bool:
    return source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") or source.ending == ".json"


def _is_lines(source: Source) -> bool:
    return source.ending in (".jsonl", ".ndjson")


LINES = Format("JSON Lines", _is_lines, items_of_lines, '{"title": "River depot closed", "text": "The depot …"}')
JSON = Format("JSON", _begins_as_json, items_of_json, '[{"title": "River depot closed", "text": "The depot …"}]')
