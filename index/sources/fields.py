"""The names that news data gives its fields, in one table, and the facts about an article read through it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from index.sources.authors import Credits, agency_named, credits_in
from index.sources.characters import decode_entities, one_line, quoted
from index.sources.dates import PublishedDate, parse_date
from index.sources.markup import html_to_lines, looks_like_html
from index.sources.outlets import is_home_page, is_host, outlet_of, web_address
from rag.text.languages import language_code

# By article field; earlier names are preferred. Case, "_", "-", "." and spaces don't count: "published_at" is
# "publishedAt".
FIELDS: dict[str, tuple[str, ...]] = {
    # Left out: "name" (often the file's), "subtitle", "kicker", "seo title".
    "title": ("title", "headline", "webtitle", "articletitle", "newstitle", "ogtitle", "head", "heading"),
    # Left out: "description", "summary", "abstract", "lead", "snippet": about the article, not its text.
    "text": (
        "text", "body", "articletext", "articlebody", "content", "maintext", "fulltext", "paragraphs", "bodytext",
        "plaintext",
        "cleantext", "cleanedtext", "textcontent", "contenttext", "articlecontent", "newscontent", "story", "bodyhtml",
        "contenthtml", "html",
    ),
    # Left out: "id" and "country" of a source, "feed", "domain" (the url says it), "copyright".
    "outlet": (
        "outlet", "source", "publisher", "sitename", "sourcename", "ogsitename", "publication", "newspaper",
        "outletname",
        "publishername", "newsoutlet", "newssource", "medium", "provider", "website", "site", "sourcetitle",
    ),
    # Left out: "name" inside "author" is read, its "url" and "email" are not; "editor" and "photographer" did not
    # write it.
    "authors": (
        "authors", "author", "byline", "bylines", "creator", "creators", "writer", "writers", "journalist",
        "journalists",
        "reporter", "reporters", "authorname", "authornames", "articleauthor", "dccreator",
    ),
    # Left out: "credit" (pictures).
    "agency": ("agency", "newsagency", "wire", "newswire", "wireservice"),
    # Left out: "first seen", "crawled", "scraped", "downloaded", "indexed" and anything "inferred": not what the
    # article says.
    "published": (
        "publishedat", "published", "publisheddate", "datepublished", "publishdate", "datepublish", "publicationdate",
        "publishedon", "pubdate", "publishtime", "publishedtime", "publicationtime", "articlepublishedtime",
        "firstpublished",
        "firstpublicationdate", "firstpublishedat", "webpublicationdate", "date", "datetime", "dateposted",
        "posted", "postedat",
        "issued", "timestamp", "created", "createdat", "datecreated", "creationdate",
    ),
    "updated": (
        "updated", "updatedat", "lastupdated", "dateupdated", "updateddate", "updatedate", "modified", "modifiedat",
        "datemodified", "datemodify", "lastmodified", "modificationdate", "articlemodifiedtime", "modifieddate",
    ),
    # Left out: "id", "guid", "image url", "short url".
    "url": (
        "url", "canonicalurl", "canonical", "link", "articleurl", "sourceurl", "weburl", "permalink", "originalurl",
        "pageurl",
        "href", "ogurl", "mainentityofpage", "articlelink", "newsurl",
    ),
    # Left out: "tags" and "keywords": what it is about, not where it stood.
    "section": ("section", "sectionname", "category", "categories", "articlesection", "newssection", "rubric", "desk"),
    # Left out: "locale" and "country" of the reader.
    "language": ("language", "lang", "inlanguage", "languagecode", "langcode"),
}  # fmt: skip

TITLE_LIMIT = 1000
_VALUE_LIMIT = 300
_FIELD_BY_NAME = {name: field for field, names in FIELDS.items() for name in names}
# What programs write for "nothing here".
_NOTHING = frozenset(("", "none", "null", "nan", "n/a", "na", "nil", "undefined", "unknown", "-", "[]", "{}"))
_INNER_NAMES = ("name", "rendered", "title", "text", "#text", "content", "value", "@value", "url", "@id", "$date")


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


def field_named(name: str) -> str | None:
    """The article field that ``name`` is in common use for; None for all other names."""
    return _FIELD_BY_NAME.get(_plain_name(name))


def values_of(record: Mapping[str, object], field: str) -> Iterator[tuple[str, object]]:
    """Name and value of every entry that is in use for ``field`` and holds something, the preferred name first."""
    given: dict[str, tuple[str, object]] = {}
    for name, value in record.items():
        given.setdefault(_plain_name(name), (name, value))
    for plain in FIELDS[field]:
        if plain in given and not _is_nothing(given[plain][1]):
            yield given[plain]


def facts_of(record: Mapping[str, object], today: date) -> Facts:
    """Read everything but the text; what cannot be used is left out, with a notice."""
    notices: list[str] = []
    url = _url(record, notices)
    outlet, source_url = _outlet(record, notices)
    url = source_url if source_url and (url is None or is_home_page(url)) else url
    outlet = outlet or (outlet_of(url) if url else None)
    if url and is_home_page(url):
        url = None  # newspaper3k's "source_url", "source: https://paper.example": all of its articles would be one
    found = _credits(record, outlet, notices)
    return Facts(
        title=_first(record, "title", notices, limit=TITLE_LIMIT),
        outlet=outlet,
        url=url,
        authors=found.authors,
        agency=found.agency,
        published=_moment(record, "published", today, notices),
        updated=_moment(record, "updated", today, notices),
        section=_first(record, "section", notices),
        language=language_code(_first(record, "language", notices) or ""),
        notices=tuple(notices),
    )


def strings_in(value: object, depth: int = 0) -> list[str]:
    """The texts in a value of any shape: itself, the members of a list, the name of an object."""
    if isinstance(value, str):
        return [value]
    if depth > 3:
        return []
    if isinstance(value, list):
        return [text for member in value for text in strings_in(member, depth + 1)]
    if isinstance(value, dict):
        for name in _INNER_NAMES:
            if texts := strings_in(value.get(name), depth + 1):
                return texts
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


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name[:100].lower())


def _is_nothing(value: object) -> bool:
    if isinstance(value, str):
        return len(value) < 20 and value.strip().lower() in _NOTHING
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
    refused: list[str] = []
    home: str | None = None
    for name, value in values_of(record, "url"):
        for text in strings_in(value):
            if url := web_address(one_line(text[:4000])):
                if not is_home_page(url):
                    return url
                home = home or url
                break
            refused.append(f"{name[:80]} {quoted(text)} is no web address: left out")
            break
    if home is None:
        notices.extend(one_line(refusal) for refusal in refused[:1])
    return home


def _outlet(record: Mapping[str, object], notices: list[str]) -> tuple[str | None, str | None]:
    """The outlet, and the url where a field that should name the outlet holds it ("source: https://…")."""
    url: str | None = None
    for name, value in values_of(record, "outlet"):
        for text in map(_plain, strings_in(value)):
            if re.match(r"https?://", text):
                url = url or web_address(text)
            elif is_host(text):
                return outlet_of("https://" + text), url
            elif text and len(text) <= _VALUE_LIMIT:
                return text, url
            elif text:
                notices.append(f"field {quoted(name)} is longer than {_VALUE_LIMIT} characters: left out")
        if not strings_in(value):
            notices.append(f"field {quoted(name)} holds {shape_of(value)}, no name: left out")
    return None, url


def _credits(record: Mapping[str, object], outlet: str | None, notices: list[str]) -> Credits:
    agency: str | None = None
    authors: tuple[str, ...] = ()
    for name, value in values_of(record, "authors"):
        texts = [_bare(text) for text in strings_in(value)]
        found = credits_in([text for text in texts if not _is_nothing(text)], outlet)
        notices.extend(f"author {quoted(left)} is no name: left out" for left in found.left_out[:3])
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
    author = _plain(author) if "\n" not in author else "\n".join(map(_plain, author.splitlines()[:100]))
    return re.sub(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]", r"\1", author)


def _moment(record: Mapping[str, object], field: str, today: date, notices: list[str]) -> PublishedDate | None:
    problem: str | None = None
    for _, value in values_of(record, field):
        texts = [value] if isinstance(value, (int, float)) else [one_line(text[:1000]) for text in strings_in(value)]
        try:
            return parse_date(texts[0] if texts else value, today)
        except ValueError as error:
            shown = quoted(str(texts[0])) if texts else shape_of(value)
            what, kept = ("date", "kept undated") if field == "published" else ("update", "left out")
            problem = problem or f"{what} {shown} {error}: {kept}"
    if problem:
        notices.append(problem)
    return None
