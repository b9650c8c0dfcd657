"""The facts about an article, apart from its text, as a record or the lines above a text give them."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from index.articles.authors import Credits, agency_named, credits_in, is_printed_list
from index.articles.blocks import in_one_language
from index.articles.characters import one_line, quoted
from index.articles.dates import PublishedDate, parse_date, update_in
from index.articles.field_names import (
    FIELDS,
    NO_DATES,
    NOTHING,
    OPINION,
    PERSON,
    WEAK_TITLES,
    WRAPPERS,
    bare_name,
    inside,
    plain_name,
)
from index.articles.markup import plain, visible
from index.articles.outlets import is_home_page, is_host, outlet_of, web_address
from rag.articles import LABELS, Article, plain_url
from rag.text.languages import language_code

TITLE_LIMIT = 1000
_VALUE_LIMIT = 300
_MOST_FIELDS = 250  # an object with more is no record, but may be a list of them under their ids
_RANKS = {field: {name: rank for rank, name in enumerate(names)} for field, names in FIELDS.items()}
_FIELDS_OF = {
    name: [field for field, others in FIELDS.items() if name in others] for names in FIELDS.values() for name in names
}
_AUTHOR = re.compile(r"author|byline|writer|written|journalist|reporter|columnist|correspondent", re.IGNORECASE)
_DATE_NAME = re.compile(r"date|time|publi|posted|aired|_at$|_on$|created", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """An article as far as it was read, and what was not taken over of it."""

    article: Article
    notices: tuple[str, ...] = ()
    """Facts that could not be used, and why."""
    omitted: tuple[str, ...] = ()
    """Lines of the text that are no reporting."""


def facts_of(record: Mapping[str, object], today: date) -> ReadArticle:
    """Read everything but the text, as an article without paragraphs; its title is empty where none is given."""
    notices: list[str] = []
    url, outlet = _place(record, notices)
    credits_found = _credits(record, outlet, notices)
    published, updated = (_date(record, field, today, notices) for field in ("published", "updated"))
    if published and updated == published and not any(values_of(record, "updated", but="versioncreated")):
        updated = None  # an agency's only date
    lines = (update_in(_moment(value), today) for _, value in values_of(record, "published"))
    if told := next(filter(None, lines), None):
        published = told.published or (published if published != told.updated else None)
        updated = updated or told.updated
    section = _first(record, "section", notices)
    # newspaper3k's "source_url", "source: https://paper.example": all articles of an outlet would be one
    url = None if url and is_home_page(url) else url
    article = Article(
        title=_first(record, "title", notices) or "",
        paragraphs=(),
        outlet=outlet,
        url=url,
        authors=credits_found.authors,
        agency=credits_found.agency,
        published=published.day if published else None,
        published_at=published.at if published else None,
        updated=updated.day if updated else None,
        updated_at=updated.at if updated else None,
        section=section,
        language=language_code(_first(record, "language", notices) or ""),
        publisher_id=_publisher_id(record, url),
        labels=_labels(record, section),
    )
    notices.extend(_unread(record, article, today, notices))
    if (more := len(record) - _MOST_FIELDS) > 0:
        notices.append(f"has {more:,} fields more than the {_MOST_FIELDS} that are read")
    return ReadArticle(article, tuple(notices))


def values_of(record: Mapping[str, object], field: str, but: str = "") -> Iterator[tuple[str, object]]:
    """Name and value of every entry that is in use for ``field`` and holds something, the preferred name first.

    What stands in one of ``WRAPPERS`` comes behind what the record says itself, and a name as it is in ``FIELDS``
    before one with a prefix or suffix.
    """
    ranks = _RANKS[field]
    found: list[tuple[int, int, bool, str, object]] = []
    for level, name, value in entries_of(record):
        plain = plain_name(name)
        rank = ranks.get(plain)
        if rank is not None and plain != but and not is_nothing(value):
            found.append((level, rank, bare_name(name) != FIELDS[field][rank], name, value))
    found.sort(key=lambda entry: entry[:3])
    if field == "title" and not found and any(values_of(record, "published")):
        found = [(0, 0, True, name, value) for name, value in record.items() if name in WEAK_TITLES]
    return ((name, value) for *_, name, value in found)


def fields_in(record: Mapping[str, object]) -> set[str]:
    """The fields that a record has an entry for, which may hold nothing."""
    return {field for _, name, _ in entries_of(record) for field in _FIELDS_OF.get(plain_name(name), ())}


def entries_of(record: Mapping[str, object], level: int = 0) -> Iterator[tuple[int, str, object]]:
    """Every entry of a record and of the wrappers in it: how deep it stands, its name, its value."""
    for name, value in islice(record.items(), _MOST_FIELDS):
        yield level, name, value
        if isinstance(value, dict) and level < 2 and bare_name(name) in WRAPPERS:
            yield from entries_of(value, level + 1)


def strings_in(value: object, depth: int = 0) -> list[str]:
    """The texts in a value of any shape: itself, the members of a list, the name of an object."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and depth <= 3:
        main = [one for one in value if isinstance(one, dict) and one.get("role") == "main"]
        return [text for member in main or value for text in strings_in(member, depth + 1)]
    if isinstance(value, dict) and depth <= 3:
        if len(parts := _name_parts(value)) > 1:
            return [" ".join(parts)]
        texts = next((texts for one in inside(value) if (texts := strings_in(one, depth + 1))), [])
        return texts or strings_in(in_one_language(value), depth + 1)
    return []


def _name_parts(value: dict[str, object]) -> list[str]:
    parts = {bare_name(name): part.strip() for name, part in value.items() if isinstance(part, str) and part.strip()}
    return [parts[name] for name in PERSON if name in parts]


def shape_of(value: object) -> str:
    """What a JSON value is, for a message: the value itself where it is short."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    return f"the text {quoted(value)}" if isinstance(value, str) else f"{json.dumps(value)[:80]}"


def is_nothing(value: object) -> bool:
    """Whether a program wrote ``value`` for "nothing here"."""
    if isinstance(value, str):
        return len(value) < 20 and value.strip().lower() in NOTHING
    if isinstance(value, list):
        return all(map(is_nothing, value[:20])) and len(value) <= 20
    return value is None or value is False or value == {} or value != value  # the last one is NaN


def _texts_of(record: Mapping[str, object], field: str, notices: list[str]) -> Iterator[list[str]]:
    """The texts of every entry for ``field``, each on one line; a notice for an entry that cannot be meant."""
    limit = {"title": TITLE_LIMIT, "url": sys.maxsize, "authors": sys.maxsize}.get(field, _VALUE_LIMIT)
    for name, value in values_of(record, field):
        found = strings_in(value)
        if field == "authors":  # one a line; but a list that was printed is broken into lines anywhere
            found = [line for one in found for line in ([one] if is_printed_list(one) else one.splitlines())]
        texts = [text for text in (one_line(plain(line[: TITLE_LIMIT * 8])) for line in found) if text]
        if not texts:
            notices.append(f"field {quoted(name)} holds {shape_of(value)}, no text: left out")
        elif len(texts[0]) > limit:
            notices.append(f"field {quoted(name)} is longer than {limit} characters: left out")
        else:
            yield texts


def _first(record: Mapping[str, object], field: str, notices: list[str]) -> str | None:
    return next((texts[0] for texts in _texts_of(record, field, notices)), None)


def _place(record: Mapping[str, object], notices: list[str]) -> tuple[str | None, str | None]:
    """Where the article stands: the url of its page (of the site, where none names a page), and the outlet."""
    urls = [text for text, *_ in _texts_of(record, "url", notices)]
    outlet = None
    for text, *_ in _texts_of(record, "outlet", notices):
        address = "https://" + text if is_host(text) else web_address(text)
        if address is None or is_home_page(address):
            outlet = outlet_of(address) if address else text
            break
        urls.append(text)  # "source: https://…"
    addresses = list(filter(None, map(web_address, urls)))
    if urls and not addresses:
        notices.append(f"url {quoted(urls[0])} is no web address: left out")
    url = next((address for address in addresses if not is_home_page(address)), next(iter(addresses), None))
    return url, outlet or (outlet_of(url) if url else None)


def _credits(record: Mapping[str, object], outlet: str | None, notices: list[str]) -> Credits:
    found = Credits()
    problems: list[str] = []
    for texts in _texts_of(record, "authors", problems):
        # Note-taking programs put names in brackets: [[Name]], [[Page|Name]].
        names = [visible(text) for text in texts if not is_nothing(text)]
        read = credits_in(names, outlet)
        problems.extend(f"author {quoted(piece)} is no name: left out" for piece in read.unused[:3])
        found = Credits(read.authors, found.agency or read.agency)
        if found.authors:
            problems = problems if read.unused else []  # WordPress: a number, and the name elsewhere
            break
    notices.extend(problems)
    named = _first(record, "agency", notices)
    return Credits(found.authors, (agency_named(named) or named) if named else found.agency)


def _date(record: Mapping[str, object], field: str, today: date, notices: list[str]) -> PublishedDate | None:
    problems: list[str] = []
    for _, value in values_of(record, field):
        given = _moment(value)
        try:
            return parse_date(given, today)
        except ValueError as error:
            what, kept = ("date", "kept undated") if field == "published" else ("update", "left out")
            problems.append(f"{what} {quoted(given) if isinstance(given, str) else shape_of(given)} {error}: {kept}")
    notices.extend(problems[:1])
    return _day_in_parts(record) if field == "published" and not problems else None


def _day_in_parts(record: Mapping[str, object]) -> PublishedDate | None:
    numbers = (record.get(part) or record.get(part.capitalize()) for part in ("year", "month", "day"))
    try:
        return PublishedDate(date(*(int(str(number)) for number in numbers)))
    except ValueError:
        return None


def _moment(value: object) -> object:
    """What says when: of an object, the text that is in it."""
    if texts := strings_in(value):
        return one_line(texts[0][:1000])
    return value


def _publisher_id(record: Mapping[str, object], url: str | None) -> str | None:
    """What the publisher calls the article; a number that only its database knows, and the url again, is none."""
    for _, value in values_of(record, "publisher_id"):
        name = next((one_line(text[: _VALUE_LIMIT * 2]) for text in strings_in(value)), "")
        if 0 < len(name) <= _VALUE_LIMIT and not name.isdigit():
            is_url = url is not None and name.startswith("http") and plain_url(name) == plain_url(url)
            return None if is_url else name
    return None


def _labels(record: Mapping[str, object], section: str | None) -> tuple[str, ...]:
    """What the publisher says of the article in plain words, of ``LABELS``."""
    given = {text.strip().lower() for _, value in values_of(record, "labels") for text in strings_in(value)}
    kinds = {bare_name(text) for text in kinds_of(record)}
    told = {
        "excerpt": _says_so(record, "cut"),
        "corrected": _says_so(record, "correction"),
        "opinion": bool({*kinds, bare_name(section or "")} & OPINION),
        "live": bool({"liveblog", "liveblogposting"} & kinds) or _says_so(record, "live"),
    }
    return tuple(label for label in LABELS if label in given or told[label])


def kinds_of(record: Mapping[str, object]) -> list[str]:
    """What the record says that it is."""
    return [text for _, value in values_of(record, "kind") for text in strings_in(value)]


def _says_so(record: Mapping[str, object], field: str) -> bool:
    return any(str(value).strip().lower() not in ("0", "false", "no") for _, value in values_of(record, field))


def _unread(record: Mapping[str, object], article: Article, today: date, notices: list[str]) -> Iterator[str]:
    """A notice for a date or an author that the article lacks, where a field that is not read looks like one."""
    entries = [
        (name, value)
        for _, name, value in islice(entries_of(record), 100)
        if not any(plain_name(name) in names for names in FIELDS.values())
    ]
    if not article.published and not any("kept undated" in notice for notice in notices):
        dated = (name for name, value in entries if not NO_DATES.search(name) and _is_moment(name, value, today))
        yield from (f"undated; field {quoted(name)} looks like a date" for name in islice(dated, 1))
    if not article.authors and not article.agency:
        named = (name for name, value in entries if _AUTHOR.search(name) and isinstance(value, str) and _is_name(value))
        yield from (f"no author; field {quoted(name)} looks like one" for name in islice(named, 1))


def _is_moment(name: str, value: object, today: date) -> bool:
    given = _moment(value)
    is_number = isinstance(given, (int, float))
    if (is_number and not _DATE_NAME.search(name)) or not isinstance(given, (str, int, float)) or len(str(given)) > 40:
        return False
    try:
        return parse_date(given, today).day.year > 1900
    except ValueError as error:
        return str(error) != "not understood"


def _is_name(value: str) -> bool:
    return 1 < len(value.split()) <= 12 and not re.search(r"https?:|\d", value)
