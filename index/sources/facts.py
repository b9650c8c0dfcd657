"""The facts about an article, apart from its text, as a record or the lines above a text give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from index.sources.authors import Credits, agency_named, credits_in
from index.sources.characters import decode_entities, one_line, quoted
from index.sources.dates import PublishedDate, parse_date
from index.sources.field_names import FIELDS, INSIDE, NOTHING, plain_name
from index.sources.markup import html_to_lines, looks_like_html
from index.sources.outlets import is_home_page, is_host, outlet_of, web_address
from index.sources.paragraphs import Reporting
from rag.articles import Article
from rag.text.languages import language_code

TITLE_LIMIT = 1000
_VALUE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record or front matter says about an article, apart from its text."""

    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    authors: tuple[str, ...] = ()
    agency: str | None = None
    published: PublishedDate | None = None
    updated: PublishedDate | None = None
    section: str | None = None
    language: str | None = None
    notices: tuple[str, ...] = ()
    """What could not be used, and why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as it was read, and what was not taken over of it."""

    article: Article
    notices: tuple[str, ...] = ()
    """Facts that could not be used, and why."""
    omitted: tuple[str, ...] = ()
    """Lines of the text that are no reporting."""


def draft_of(
    facts: Facts, title: str, body: Reporting, notices: Sequence[str] = (), omitted: Sequence[str] = ()
) -> Draft:
    """Put an article together from what was read."""
    published, updated = facts.published, facts.updated
    article = Article(
        title=title,
        paragraphs=tuple(body.paragraphs),
        outlet=facts.outlet,
        url=facts.url,
        authors=facts.authors,
        agency=facts.agency or body.agency,
        published=published.day if published else None,
        published_at=published.at if published else None,
        updated=updated.day if updated else None,
        updated_at=updated.at if updated else None,
        section=facts.section,
        language=facts.language,
        subheadings=tuple(body.subheadings),
    )
    return Draft(article, tuple(notices), tuple(omitted))


def facts_of(record: Mapping[str, object], today: date) -> Facts:
    """Read everything but the text; what cannot be used is left out, with a notice."""
    notices: list[str] = []
    url = _url(record, notices)
    outlet, source_url = _outlet(record, notices)
    url = source_url if source_url and (url is None or is_home_page(url)) else url
    outlet = outlet or (outlet_of(url) if url else None)
    credits_found = _credits(record, outlet, notices)
    return Facts(
        title=_first(record, "title", notices, limit=TITLE_LIMIT),
        outlet=outlet,
        # newspaper3k's "source_url", "source: https://paper.example": all articles of an outlet would be one
        url=None if url and is_home_page(url) else url,
        authors=credits_found.authors,
        agency=credits_found.agency,
        published=_date(record, "published", today, notices),
        updated=_date(record, "updated", today, notices),
        section=_first(record, "section", notices),
        language=language_code(_first(record, "language", notices) or ""),
        notices=tuple(notices),
    )


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
    """Name the type of a JSON value in words, with the value where it is short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {quoted(repr(value)[:100])[1:-1]}"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "nothing"


def _is_nothing(value: object) -> bool:
    if isinstance(value, str):
        return len(value) < 20 and value.strip().lower() in NOTHING
    return value is None or value is False or value == [] or value == {}


def _plain(value: str) -> str:
    text = html_to_lines(value) if len(value) < 100_000 and looks_like_html(value) else value
    return one_line(decode_entities(text[: TITLE_LIMIT * 8]))


def _first(record: Mapping[str, object], field: str, notices: list[str], limit: int = _VALUE_LIMIT) -> str | None:
    for name, value in values_of(record, field):
        texts = [text for text in map(_plain, strings_in(value)) if text]
        if not texts:
            notices.append(f"field {quoted(name)} holds {shape_of(value)}, no text: left out")
        elif len(texts[0]) > limit:
            notices.append(f"field {quoted(name)} is longer than {limit} characters: left out")
        else:
            return texts[0]
    return None


def _url(record: Mapping[str, object], notices: list[str]) -> str | None:
    """The address of the page; of the site, where none names a page."""
    refused: list[str] = []
    home: str | None = None
    for name, value in values_of(record, "url"):
        for text in strings_in(value)[:1]:
            url = web_address(one_line(text[:4000]))
            if url and not is_home_page(url):
                return url
            home = home or url
            if url is None:
                refused.append(f"{name[:80]} {quoted(text)} is no web address: left out")
    if home is None:
        notices.extend(map(one_line, refused[:1]))
    return home


def _outlet(record: Mapping[str, object], notices: list[str]) -> tuple[str | None, str | None]:
    """The outlet, and the url where a field that should name the outlet holds it ("source: https://…")."""
    url: str | None = None
    for name, value in values_of(record, "outlet"):
        texts = [text for text in map(_plain, strings_in(value)) if text]
        for text in texts:
            if re.match(r"https?://", text):
                url = url or web_address(text)
            elif is_host(text):
                return outlet_of("https://" + text), url
            elif len(text) <= _VALUE_LIMIT:
                return text, url
            else:
                notices.append(f"field {quoted(name)} is longer than {_VALUE_LIMIT} characters: left out")
        if not texts:
            notices.append(f"field {quoted(name)} holds {shape_of(value)}, no name: left out")
    return None, url


def _credits(record: Mapping[str, object], outlet: str | None, notices: list[str]) -> Credits:
    agency: str | None = None
    authors: tuple[str, ...] = ()
    for name, value in values_of(record, "authors"):
        texts = [_bare(text) for text in strings_in(value)]
        found = credits_in([text for text in texts if not _is_nothing(text)], outlet)
        notices.extend(f"author {quoted(piece)} is no name: left out" for piece in found.unused[:3])
        if not texts:
            notices.append(f"field {quoted(name)} holds {shape_of(value)}, no name: left out")
        agency = agency or found.agency
        if found.authors:
            authors = found.authors
            break
    named = _first(record, "agency", notices)
    return Credits(authors, (agency_named(named) or named) if named else agency)


def _bare(author: str) -> str:
    """An author's name without the brackets that note-taking programs put around it (``[[Name]]``)."""
    lines = "\n".join(map(_plain, author.splitlines()[:100]))
    return re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", lines)


def _date(record: Mapping[str, object], field: str, today: date, notices: list[str]) -> PublishedDate | None:
    problems: list[str] = []
    for _, value in values_of(record, field):
        text = next((one_line(text[:1000]) for text in strings_in(value)), None)
        try:
            return parse_date(value if text is None else text, today)
        except ValueError as error:
            shown = shape_of(value) if text is None else quoted(text)
            what, kept = ("date", "kept undated") if field == "published" else ("update", "left out")
            problems.append(f"{what} {shown} {error}: {kept}")
    notices.extend(problems[:1])
    return None
