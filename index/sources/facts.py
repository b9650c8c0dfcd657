"""The facts about an article, apart from its text, as a record or the lines above a text give them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from index.sources.authors import Credits, agency_named, credits_in
from index.sources.characters import one_line, quoted
from index.sources.dates import PublishedDate, parse_date
from index.sources.field_names import FIELDS, INSIDE, NOTHING, plain_name
from index.sources.markup import plain, visible
from index.sources.outlets import is_home_page, is_host, outlet_of, web_address
from rag.articles import Article
from rag.text.languages import language_code

TITLE_LIMIT = 1000
_VALUE_LIMIT = 300


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
    article = Article(
        title=_first(record, "title", notices) or "",
        paragraphs=(),
        outlet=outlet,
        # newspaper3k's "source_url", "source: https://paper.example": all articles of an outlet would be one
        url=None if url and is_home_page(url) else url,
        authors=credits_found.authors,
        agency=credits_found.agency,
        published=published.day if published else None,
        published_at=published.at if published else None,
        updated=updated.day if updated else None,
        updated_at=updated.at if updated else None,
        section=_first(record, "section", notices),
        language=language_code(_first(record, "language", notices) or ""),
    )
    return ReadArticle(article, tuple(notices))


def values_of(record: Mapping[str, object], field: str) -> Iterator[tuple[str, object]]:
    """Name and value of every entry that is in use for ``field`` and holds something, the preferred name first."""
    given: dict[str, tuple[str, object]] = {}
    for name, value in record.items():
        if not _is_nothing(value):
            given.setdefault(plain_name(name), (name, value))
    return (given[plain] for plain in FIELDS[field] if plain in given)


def strings_in(value: object, depth: int = 0) -> list[str]:
    """The texts in a value of any shape: itself, the members of a list, the name of an object."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and depth <= 3:
        return [text for member in value for text in strings_in(member, depth + 1)]
    if isinstance(value, dict) and depth <= 3:
        return next((texts for name in INSIDE if (texts := strings_in(value.get(name), depth + 1))), [])
    return []


def shape_of(value: object) -> str:
    """What a JSON value is, for a message: the value itself where it is short."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    return f"the text {quoted(value)}" if isinstance(value, str) else f"{json.dumps(value)[:80]}"


def _is_nothing(value: object) -> bool:
    if isinstance(value, str):
        return len(value) < 20 and value.strip().lower() in NOTHING
    return value is None or value is False or value == [] or value == {}


def _texts_of(record: Mapping[str, object], field: str, notices: list[str]) -> Iterator[list[str]]:
    """The texts of every entry for ``field``, each on one line; a notice for an entry that cannot be meant."""
    limit = {"title": TITLE_LIMIT, "url": sys.maxsize, "authors": sys.maxsize}.get(field, _VALUE_LIMIT)
    for name, value in values_of(record, field):
        found = strings_in(value)
        lines = "\n".join(found).splitlines() if field == "authors" else found
        texts = [text for text in (one_line(plain(line[: TITLE_LIMIT * 8])) for line in lines) if text]
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
    for texts in _texts_of(record, "authors", notices):
        # Note-taking programs put names in brackets: [[Name]], [[Page|Name]].
        names = [visible(text) for text in texts if not _is_nothing(text)]
        read = credits_in(names, outlet)
        notices.extend(f"author {quoted(piece)} is no name: left out" for piece in read.unused[:3])
        found = Credits(read.authors, found.agency or read.agency)
        if found.authors:
            break
    named = _first(record, "agency", notices)
    return Credits(found.authors, (agency_named(named) or named) if named else found.agency)


def _date(record: Mapping[str, object], field: str, today: date, notices: list[str]) -> PublishedDate | None:
    problems: list[str] = []
    for _, value in values_of(record, field):
        text = next((one_line(text[:1000]) for text in strings_in(value)), None)
        try:
            return parse_date(value if text is None else text, today)
        except ValueError as error:
            what, kept = ("date", "kept undated") if field == "published" else ("update", "left out")
            problems.append(f"{what} {shape_of(value) if text is None else quoted(text)} {error}: {kept}")
    notices.extend(problems[:1])
    return None
