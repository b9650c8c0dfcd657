"""Read the dates that news is published with; one that could mean two days is refused, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rag.articles import day_in_words

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "nl", "ru", "uk", "pl", "sv", "tr", "zh", "ja")
# dateparser knows no summer time of the first; the others are those of several places: the day is kept, not the moment.
_AMERICAN_ZONES = {"ET": "New_York", "CT": "Chicago", "MT": "Denver", "PT": "Los_Angeles"}
_UNSURE_ZONE = re.compile(r"\(?\b([ECMP]T|IST|AST|ADT|AMT|GST|SST|WST|ECT)\b\)?")
_CLOCK = re.compile(r"\d[:.h]\d\d(?!\d|[./-]\d)|\d\s*[ap]\.?m\b", re.IGNORECASE)
_ORDERED_NUMBERS = re.compile(r"(?<!\d)\d\d?([-/. ])\d\d?\1\d{4}(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|2\d)\d\d(?!\d)|年")
_EPOCH = re.compile(r"\d{9,13}(?:\.\d{1,9})?")
_LABEL = re.compile(
    r"(?:this (?:story|article|post) was )?((?:first |originally |last )?"
    r"(?:published|posted|updated|modified|created|released|issued)|date|(?:last )?update)(?: (?:on|at))?\b\s*:?\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[|·•;]\s*|\s[–—-]\s|(?<=[\d.A-Z]),?\s+(?=(?i:published|posted|updated|modified)\b)")
_IN_A_SENTENCE = re.compile(r"(?:on|in|by|the)\b", re.IGNORECASE)
_LONGEST = 80
_EARLIEST = 1600  # older is a placeholder such as 0001-01-01, never news


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """A day, as the writer's own clock gives it, and the moment where a time was given with it."""

    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a line says that holds dates and nothing else."""

    published: PublishedDate | None = None
    updated: PublishedDate | None = None
    problem: str | None = None
    """A date in it could not be used: what and why."""


def parse_date(value: object, today: date) -> PublishedDate:
    """The date that ``value`` names: text in one of many languages, or seconds or milliseconds since 1970.

    A time without a zone is taken for UTC.

    Raises:
        ValueError: it is not understood, means two days, or lies more than a day after ``today``; says which.
    """
    if isinstance(value, int) and 10**7 <= value < 10**8:
        value = str(value)  # 20250304, which a program took for a number
    if isinstance(value, str):
        text = value.strip()
        found = _since_1970(float(text)) if _EPOCH.fullmatch(text) else _iso(text) or _written(text)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = _since_1970(value)
    else:
        raise ValueError("not understood")
    if found.day.year < _EARLIEST:
        raise ValueError("not understood")
    if found.day - timedelta(days=1) > today:
        raise ValueError("is in the future")
    return found


def date_line(text: str, today: date) -> DateLine | None:
    """Read ``text`` as a line of dates ("Published: 2 Dec 2021 14:05 GMT | Updated 3 Dec 2021"), if it is one."""
    if len(text) > 2 * _LONGEST or not _YEAR.search(text):
        return None
    published, updated, problem = None, None, None
    for piece in filter(None, _BETWEEN.split(text)):
        label = _LABEL.match(piece)
        rest = piece[label.end() :] if label else piece
        if _IN_A_SENTENCE.match(rest):
            return None
        try:
            found = parse_date(rest, today)
        except ValueError as error:
            if str(error) == "not understood":
                return None
            problem = f"date {rest!r} {error}"
            continue
        if label and re.search("updat|modif", label[1], re.IGNORECASE):
            updated = updated or found
        else:
            published = published or found
    return DateLine(published, updated, problem)


def _since_1970(number: float) -> PublishedDate:
    # Seconds have nine or ten digits for the years 1973 to 2286, milliseconds twelve or thirteen.
    if not 1e8 <= abs(number) < 1e13:
        raise ValueError("not understood")
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / 1000 if abs(number) >= 1e11 else number)
    return PublishedDate(at.date(), at)


def _iso(text: str) -> PublishedDate | None:
    """ISO 8601 as Python reads it, with slashes too: quick, and what most data holds."""
    try:
        at = datetime.fromisoformat(text.replace("/", "-") if re.match(r"\d{4}/\d\d/", text) else text)
    except ValueError:
        return None
    if len(text) <= 10:
        return PublishedDate(at.date())
    return PublishedDate(at.date(), at.replace(microsecond=0, tzinfo=at.tzinfo or UTC))


@lru_cache(maxsize=4096)
def _written(text: str) -> PublishedDate:
    if len(text) > _LONGEST or not _YEAR.search(text):
        raise ValueError("not understood")
    zone = _UNSURE_ZONE.search(text)
    bare = _UNSURE_ZONE.sub("", text)
    readings = [_parsed(bare, order) for order in (("DMY", "MDY") if _ORDERED_NUMBERS.search(bare) else ("DMY",))]
    first, last = readings[0], readings[-1]
    # Dots are written only where the day comes first; with a slash or hyphen both orders are in use.
    dotted = re.search(r"\d\.\d\d?\.\d{4}", bare) is not None
    if first and last and first.date() != last.date() and not dotted:
        one, other = (day_in_words(reading.date()).rpartition(" ")[0] for reading in (first, last))
        raise ValueError(f"is ambiguous ({one} or {other})")
    at = first or last
    if at is None:
        raise ValueError("not understood")
    if not _CLOCK.search(bare) or (zone and zone[1] not in _AMERICAN_ZONES):
        return PublishedDate(at.date())
    if zone:
        at = at.replace(tzinfo=ZoneInfo(f"America/{_AMERICAN_ZONES[zone[1]]}"))
    # The zone as a fixed offset: articles are compared and stored, which a zone's rules would not survive.
    return PublishedDate(at.date(), at.replace(tzinfo=timezone(at.utcoffset() or timedelta())))


def _parsed(text: str, order: str) -> datetime | None:
    try:
        return _parser(order).get_date_data(text).date_obj
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):  # what hostile text makes it raise
        return None


@cache
def _parser(order: str) -> DateDataParser:
    from dateparser.date import DateDataParser

    settings = {
        "DATE_ORDER": order,
        "PREFER_LOCALE_DATE_ORDER": False,
        "STRICT_PARSING": True,  # day, month and year are all given
        "PARSERS": ["absolute-time"],  # "2 hours ago" counts from when a page was saved
    }
    return DateDataParser(languages=list(_LANGUAGES), use_given_order=True, settings=settings)
