"""Read JSON and JSON Lines: which articles there are, wherever they stand in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, replace

from index.articles.blocks import in_one_language, paragraphs_in
from index.articles.characters import decode, has_words, one_line, quoted
from index.articles.facts import entries_of, fields_in, is_nothing, strings_in, values_of
from index.articles.field_names import FIELDS, INSIDE, NO_ITEMS, OUTLETS, bare_name, plain_name
from index.articles.outlets import is_home_page, is_host, outlet_of, web_address
from index.articles.paragraphs import TEXT_LIMIT
from index.articles.records import names_in
from index.sources import files
from index.sources.source import Format, Item, Source
from rag.errors import ArticleUnreadable

_MEGABYTES = TEXT_LIMIT // 1_000_000
_DEEPEST = 12
_MOST_TOLD = 1000
_NESTED = 100
_MOST_VALUES = 5_000_000  # in 64 MB there may be 20 million empty objects, which fill 2 GB
_LINES_ENDINGS = frozenset((".jsonl", ".ndjson", ".jl"))
_PROSE_ENDINGS = frozenset((".md", ".markdown"))  # they begin with a link, or with front matter
_BEGINS = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]\d])")
_BETWEEN = re.compile(r"[\s,\x1e\ufeff]*")  # programs that append to a file write all of these between two values
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|[][{},]', re.DOTALL)
_ARTICLE = ("title", "text", "summary")
_WHO = frozenset((*FIELDS["authors"], *FIELDS["outlet"]))
_FACTS = ("url", "published", "updated", "authors", "outlet", "section", "language", "publisher_id")
_ARTICLE_TYPE = re.compile(r"article|posting|report|review|news|creativework$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """Something in a JSON value that is an article, or looks as if it should be one."""

    path: tuple[str, ...]
    """The names that lead to it, and the numbers of members, with "#" before them."""
    value: object
    is_article: bool = False
    notices: tuple[str, ...] = ()


def items_of_json(source: Source) -> Iterator[Item]:
    """The items of a file that is one JSON value, or several one behind the other.

    ``ArticleUnreadable`` where the file cannot be read, or holds nothing that could be articles.
    """
    text, notices = decode(source.read(files.JSON_LIMIT, "write larger files as .jsonl, one article a line"))
    if not text.strip():
        raise ArticleUnreadable("is empty")
    if max(map(text.count, ",[{")) > _MOST_VALUES:
        raise ArticleUnreadable(f"is JSON of more than {_MOST_VALUES:,} values: write it as .jsonl, one article a line")
    try:
        values: list[object] = [_parsed(text)]
    except ArticleUnreadable as error:
        values = _values_in(text, error)
    del text  # of a large file, memory holds one copy at a time
    for number, value in enumerate(values, 1):
        place = f" value {number}" if len(values) > 1 else ""
        if isinstance(value, ArticleUnreadable):
            yield Item(place, value)
            continue
        found = _search(value, (), {}) or _members(value)
        if not found and not place:
            there = f", found {names_in(value)}" if isinstance(value, dict) else ""
            raise ArticleUnreadable(
                f"holds no article: expected a list of objects, each with a title and a text{there}"
            )
        yield from _items(found or [_Found((), value)], place, notices)


def items_of_lines(source: Source) -> Iterator[Item]:
    """The items of a file with one JSON value a line; ``ArticleUnreadable`` where the file is empty."""
    seen = False
    with source.open() as stream:
        for number, line in files.lines_in(stream, source.head):
            if line is None or line.strip():
                seen = True
                yield from _items_of_line(line, f" line {number}")
    if not seen:
        raise ArticleUnreadable("is empty")


def _items_of_line(line: bytes | None, where: str) -> Iterator[Item]:
    if line is None:
        limit = files.LINE_LIMIT // 1_000_000
        yield Item(where, ArticleUnreadable(f"longer than {limit} MB: an article's text may have {_MEGABYTES} MB"))
        return
    try:
        text, notices = decode(line)
        value = _parsed(text.strip().strip("\x1e,"), place="column {column}")
    except ArticleUnreadable as error:
        yield Item(where, error)
        return
    yield from _items(_search(value, (), {}) or [_Found((), value)], where, notices)


def _items(found: list[_Found], place: str, notices: tuple[str, ...]) -> Iterator[Item]:
    in_one_list = len({one.path[:-1] for one in found}) == 1 and all(one.path[-1:] < ("$",) for one in found)
    for one in found:
        path = one.path[-1:] if in_one_list else one.path  # where all stand in one list, its name says nothing
        names = "".join(f" item {name[1:]}" if name[0] == "#" else f" {name}" for name in path)
        yield Item(place + names, one.value, (*notices, *one.notices), link=_link(one.value))


def _link(value: object) -> str | None:
    """Where the whole text of a record stands that has no text."""
    if not isinstance(value, Mapping) or _has(value, "text"):
        return None
    return next((url for url in _urls(value) if not is_home_page(url)), None)


def _urls(record: Mapping[str, object]) -> Iterator[str]:
    given = (text for _, value in values_of(record, "url") for text in strings_in(value))
    return filter(None, map(web_address, given))


def _parsed(text: str, place: str = "line {line} column {column}") -> object:
    try:
        return json.loads(text, strict=False)  # line breaks in a text are no JSON, but leave no doubt
    except (ValueError, RecursionError) as error:
        raise _fault(error, place) from error


def _fault(error: Exception, place: str = "line {line} column {column}") -> ArticleUnreadable:
    if isinstance(error, json.JSONDecodeError):
        where = place.format(line=error.lineno, column=error.colno)
        hint = f"{error.msg[:1].lower()}{error.msg[1:]}"
        return ArticleUnreadable(f"is not valid JSON at {where} ({hint}): mend it or leave it out")
    if isinstance(error, RecursionError):
        return ArticleUnreadable("is JSON nested too deeply to be an article")
    return ArticleUnreadable("is JSON with a number too long to be read")


def _values_in(text: str, error: ArticleUnreadable) -> list[object]:
    """The values of a text that is more than one, or of a list that breaks off; raises ``error`` where it is neither.

    What cannot be read is among them as its reason.
    """
    values: list[object] = []
    decoder = json.JSONDecoder(strict=False)
    faults = end = 0
    while (between := _BETWEEN.match(text, end)) and (at := between.end()) < len(text):
        value: object
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as fault:
            value, end = _fault(fault), getattr(fault, "pos", at)
        if isinstance(value, ArticleUnreadable):
            faults += 1
            whole = None if values else _whole_part(text[at:end])  # a program was stopped while it wrote
            end = text.find("\n{", end if whole else at) + 1 or len(text)
            is_all = not values and not whole and (end == len(text) or text[at] == "[")
            if is_all or faults > _MOST_TOLD:
                raise error
            if whole:
                values.append(whole)
                value = ArticleUnreadable(f"{error}; nothing behind it is read") if end == len(text) else value
        values.append(value)
        if len(values) > _MOST_TOLD * 1000:
            raise ArticleUnreadable(f"is more than {len(values) - 1:,} JSON values one behind the other")
    return values


def _whole_part(text: str) -> object | None:
    """The value that ``text`` begins, with all articles that are whole in it; None where none is."""
    opened: list[list[int]] = []  # where a list or object begins, and where the last whole member in it ends
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            opened.append([token.start(), 0])
            if len(opened) > _NESTED:  # hostile, and no articles lie so deep
                return None
        elif token[0] == "," and opened:
            opened[-1][1] = token.start()
        elif token[0] in ("]", "}") and opened[:-1]:
            opened.pop()
            opened[-1][1] = token.end()
    closing = ["]" if text[start] == "[" else "}" for start, _ in opened]
    for depth in range(min(len(opened), _DEEPEST), 0, -1):
        start, end = opened[depth - 1]
        with suppress(ArticleUnreadable):
            inner = _search(_parsed(text[start:end] + closing[depth - 1]), (), {})
            if any(one.is_article and one.path for one in inner):
                return _parsed(text[:end] + "".join(reversed(closing[:depth])))
    return None


def _search(value: object, path: tuple[str, ...], above: Mapping[str, str]) -> list[_Found]:
    """What in ``value`` is an article, or looks like one; ``above`` has fields that what it stands under gives."""
    if len(path) > _DEEPEST:
        return []
    if isinstance(value, str) and _BEGINS.match(value):  # JSON in JSON, as message queues pass it on
        try:
            value = _parsed(value)
        except ArticleUnreadable:
            return []
    rows = _rows(value)
    if rows is not None:
        return _search_list(rows, path, above)
    return _search_object(value, path, above) if isinstance(value, dict) else []


def _search_list(members: list[object], path: tuple[str, ...], above: Mapping[str, str]) -> list[_Found]:
    found: list[_Found] = []
    seen = False
    others = left_out = 0
    for number, member in enumerate(members, 1):
        here = (*path, f"#{number}")
        inner = _search(member, here, above)
        seen = seen or bool(inner)
        if len(inner) == 1 and not any(name[0] == "#" for name in inner[0].path[len(here) :]):
            inner = [replace(inner[0], path=here)]  # {"_source": {…}}: the member is that article
        inner = inner or ([] if _is_no_article(member) else [_Found(here, member)])
        if not any(one.is_article or _link(one.value) for one in inner):  # there may be millions
            others += len(inner)
            if others > _MOST_TOLD:
                left_out += len(inner)
                continue
        found += inner
    if left_out:
        more = f"{left_out:,} more members of the list are no articles: no title or no text"
        found.append(_Found(path, ArticleUnreadable(more)))
    # A list of which no member is like an article is something else: tags, authors.
    return _without_empty_pages(found, len(path) + 1) if seen else []


def _without_empty_pages(found: list[_Found], depth: int) -> list[_Found]:
    """What was found in a list, without the members that hold an empty list where others hold their articles."""
    names = {one.path[depth] for one in found if len(one.path) > depth}
    return [one for one in found if not (isinstance(one.value, dict) and names & _emptied(one.value))]


def _emptied(value: dict[str, object]) -> set[str]:
    """The names under which there is an empty list."""
    return {name for name, one in value.items() if one == [] or (isinstance(one, dict) and [] in one.values())}


def _search_object(value: dict[str, object], path: tuple[str, ...], above: Mapping[str, str]) -> list[_Found]:
    fields = fields_in(value)
    if not fields and not any(isinstance(member, (dict, list, str)) for member in value.values()):
        return []
    may_be_one = not _is_no_article(value)
    if "published" in fields:
        fields.add("title")  # there are titles that are only taken for one in a dated record
    title, text, summary = (may_be_one and field in fields and _has(value, field) for field in _ARTICLE)
    inner: list[_Found] = []
    has_inner = any(
        isinstance(one, (dict, list)) or (isinstance(one, str) and _BEGINS.match(one)) for one in value.values()
    )
    told = _told_of_all(value, path) if has_inner or title else {}
    if has_inner and (not (title and text) or _holds_articles(value)):
        for name, member in _resolved(value):
            if bare_name(name) not in NO_ITEMS:
                here = (*path, one_line(name)[:60].lstrip("#") or "?")
                inner += _search(member, here, {**above, **told, **_told_by_key(name, path)})
        text = text and not any(one.is_article for one in inner)
    within = [] if inner else _articles_within(value, path, {**above, **told}) if title and text else []
    beside = _beside(value, read={one.path[len(path)] for one in (*inner, *within) if len(one.path) > len(path)})
    # A feed has a title and a description too: what says no more is an article only where articles are expected.
    is_article = title and (text or (summary and (not path or path[-1][0] == "#" or _has_page(value))))
    if any(one.is_article for one in inner):
        is_one_too = is_article and _link(value) is not None and any(values_of(value, "published"))
        inner = [_with_facts(inner[0], value)] if len(inner) == 1 and inner[0].path[-1][0] != "#" else inner
        found = [_Found(path, value, is_article=True), *inner] if is_one_too else inner
    elif is_article:
        found = [_completed(_Found(path, value, is_article=True), {**above, **told})]
    else:
        found = [_Found(path, value)] if (title and not summary) or text else inner
    if beside and found:
        found[0] = replace(found[0], notices=(*found[0].notices, beside))
    return found + within


def _articles_within(value: dict[str, object], path: tuple[str, ...], above: Mapping[str, str]) -> list[_Found]:
    """The articles in the lists of an object that is one itself: of such, each has an address or day of its own."""
    found: list[_Found] = []
    for name, members in _lists_like_articles(value):
        dated = any(any(values_of(one, "url")) or any(values_of(one, "published")) for one in members[:20])
        if dated and bare_name(name) not in NO_ITEMS:
            found += _search(members, (*path, one_line(name)[:60].lstrip("#") or "?"), above)
    return found


def _lists_like_articles(value: dict[str, object]) -> list[tuple[str, list[dict[str, object]]]]:
    """Names and members of what lies in an object and has titles and texts, but is not its own text."""
    lists = (
        (name, [one] if bare_name(name) in NO_ITEMS and isinstance(one, dict) else one) for name, one in value.items()
    )
    named = (
        (name, [one for one in members if isinstance(one, dict)])
        for name, members in lists
        if isinstance(members, list)
    )
    return [
        (name, members)
        for name, members in named
        if plain_name(name) not in FIELDS["text"]
        and any(_has(one, "title") and _has(one, "text") for one in members[:20])
    ]


def _beside(value: dict[str, object], read: Set[str]) -> str | None:
    """What to tell where titles and texts stand under names whose articles are not ``read``: ``related``, sections."""
    held = [
        f"{quoted(name, 30)} ({len(members):,})"
        for name, members in _lists_like_articles(value)
        if (one_line(name)[:60].lstrip("#") or "?") not in read
    ]
    return f"not read, as what stands beside articles: {', '.join(held)}" if held else None


def _has_page(record: Mapping[str, object]) -> bool:
    return any(values_of(record, "published")) or (_link(record) is not None and not _home_of(record))


def _has(record: Mapping[str, object], field: str) -> bool:
    if field == "title":
        return any(map(has_words, (text for _, value in values_of(record, field) for text in strings_in(value))))
    try:
        return any(paragraphs_in(value) for _, value in values_of(record, field))
    except ArticleUnreadable:  # too much of it: told when it is read
        return True


def _is_no_article(value: object) -> bool:
    """Whether linked data says of itself that it is something else: a page, a person."""
    if not isinstance(value, dict) or not (types := strings_in(value.get("@type"))):
        return False
    return not any(map(_ARTICLE_TYPE.search, types))


def _holds_articles(record: dict[str, object]) -> bool:
    """Whether what could be the blocks of a text are articles: each with its own address or day."""
    return any(
        isinstance(one, dict) and _has(one, "title") and (_link(one | {"text": ""}) or any(values_of(one, "published")))
        for _, value in values_of(record, "text")
        if isinstance(value, list)
        for one in value[:100]
    )


def _resolved(value: dict[str, object]) -> Iterable[tuple[str, object]]:
    """The entries of an object; in a graph of linked data, who wrote and published stands where it is named."""
    graph = value.get("@graph")
    if not isinstance(graph, list):
        return value.items()
    graph = [node for node in graph if isinstance(node, dict)]
    nodes = {str(node["@id"]): node for node in graph if "@id" in node}

    def looked_up(name: str, named: object) -> object:
        if isinstance(named, list):
            return [looked_up(name, one) for one in named]
        if name in _WHO and isinstance(named, dict) and [*named] == ["@id"]:
            return nodes.get(str(named["@id"]), named)
        return named

    return (value | {"@graph": [{name: looked_up(name, one) for name, one in node.items()} for node in graph]}).items()


def _told_of_all(value: dict[str, object], path: tuple[str, ...]) -> dict[str, str]:
    """What an object says of all articles in it: their outlet. "source" may be who collected them."""
    outlets = {*FIELDS["outlet"]} - {"source"}
    among_outlets = any(bare_name(name) in OUTLETS for name in path[-2:])
    names = [text for level, name, text in entries_of(value) if level == 0 and plain_name(name) in outlets]
    names += [value.get(name) for name in ("name", "title")] if among_outlets else []
    named = next((text for text in names if isinstance(text, str) and has_words(text) and not web_address(text)), None)
    home = _home_of(value)
    outlet = named or (outlet_of(home) if home else None)
    return {"outlet": outlet} if outlet else {}


def _told_by_key(name: str, path: tuple[str, ...]) -> dict[str, str]:
    """What the name says that articles stand under: their outlet, their day, the address of one."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", name):
        return {"published": name}
    if web_address(name) and not is_home_page(name):
        return {"url": name}
    outlet = outlet_of(f"https://{name}") if is_host(name) else None
    if not outlet and path and bare_name(path[-1]) in OUTLETS and not name.isdigit():
        outlet = name if re.search(r"[^a-z0-9_-]", name) else outlet_of(f"https://{name}.org")
    return {"outlet": outlet} if outlet else {}


def _home_of(value: Mapping[str, object]) -> str | None:
    return next(filter(is_home_page, _urls(value)), None)


def _completed(found: _Found, above: Mapping[str, str]) -> _Found:
    """An article with what it does not say itself, but stands under."""
    record = found.value
    if not isinstance(record, dict):
        return found
    has = {field for field in ("outlet", "published", "url") if any(values_of(record, field))}
    has |= {"outlet"} if "url" in has else set()  # which names the outlet
    told = {field: text for field, text in above.items() if field not in has}
    notices = tuple(f"{field} {quoted(text)} is what it stands under" for field, text in told.items())
    return replace(found, value=record | told, notices=notices)


def _with_facts(found: _Found, around: dict[str, object]) -> _Found:
    """An article with the facts that the only object around it has and it lacks: {"url": …, "extracted": {…}}."""
    record = found.value
    if not isinstance(record, dict):
        return found
    lacking = {field for field in _FACTS if not any(values_of(record, field))}
    facts = {name: value for field in lacking for name, value in values_of(around, field) if name not in record}
    return replace(found, value=record | facts)


def _rows(value: object) -> list[object] | None:
    """The rows of a table that is written as columns, or as names and rows; a list as it is; else None."""
    if isinstance(value, list):
        head, *rows = value or [None]
        if isinstance(head, list) and rows and _names_articles(head) and all(isinstance(row, list) for row in rows):
            return [dict(zip(head, row, strict=False)) for row in rows]
        return value
    if not isinstance(value, dict):
        return None
    heads = ([_name_of(one) for one in member] for member in value.values() if isinstance(member, list))
    if head := next((names for names in heads if _names_articles(names)), None):
        tables = (one for one in value.values() if isinstance(one, list) and one and isinstance(one[0], list))
        for rows in tables:
            return [dict(zip(head, row, strict=False)) if isinstance(row, list) else row for row in rows]
    return _rows_of_columns(value) if _names_articles(value) else None


def _name_of(column: object) -> object:
    return column.get("name") if isinstance(column, dict) else column


def _names_articles(names: Iterable[object]) -> bool:
    plain = {plain_name(name) for name in names if isinstance(name, str)}
    return not plain.isdisjoint(FIELDS["title"]) and not plain.isdisjoint((*FIELDS["text"], *FIELDS["summary"]))


def _rows_of_columns(value: dict[str, object]) -> list[object] | None:
    """The rows of {"title": {"0": …, "1": …}, …} and of {"title": […, …], …}."""
    titles = next(column for name, column in value.items() if plain_name(name) in FIELDS["title"])
    if isinstance(titles, dict):
        if not titles.keys().isdisjoint(INSIDE) or in_one_language(titles) is not None:
            return None
        columns = {name: column for name, column in value.items() if isinstance(column, dict)}
    elif isinstance(titles, list) and len(titles) > 1:
        lists = ((name, one) for name, one in value.items() if isinstance(one, list) and len(one) == len(titles))
        columns = {name: dict(enumerate(one)) for name, one in lists}
        titles = dict(enumerate(titles))
    else:
        return None
    are_titles = all(isinstance(title, str) or is_nothing(title) for title in titles.values())
    if not are_titles or not _names_articles(columns):
        return None
    return [{name: column.get(key) for name, column in columns.items()} for key in titles]


def _members(value: object) -> list[_Found]:
    """What is named as no article where nothing is like one."""
    if isinstance(value, dict):
        lists = (one for one in value.values() if isinstance(one, list) and any(isinstance(item, dict) for item in one))
        value = next(lists, None)
    if not isinstance(value, list) or len(value) > _MOST_TOLD:  # so many of something else are told once
        return []
    return [_Found((f"#{number}",), one) for number, one in enumerate(value, 1)]


def _begins_as_json(source: Source) -> bool:
    if source.ending in _PROSE_ENDINGS:
        return False
    return source.ending == ".json" or _BEGINS.match(_head(source)) is not None


def _is_lines(source: Source) -> bool:
    first, _, rest = _head(source).lstrip().partition("\n")
    if source.ending in _LINES_ENDINGS:
        return first.strip() not in ("[", "{")  # one value over many lines
    if source.ending in _PROSE_ENDINGS or not _BEGINS.match(first) or not rest.strip():
        return False
    try:
        return isinstance(_parsed(first), dict)
    except ArticleUnreadable:
        return False


def _head(source: Source) -> str:
    return source.head.decode(json.detect_encoding(source.head[:4]), "ignore")


LINES = Format("JSON Lines", _is_lines, items_of_lines, '{"title": "River depot closed", "text": "The depot …"}')
JSON = Format("JSON", _begins_as_json, items_of_json, '[{"title": "River depot closed", "text": "The depot …"}]')
