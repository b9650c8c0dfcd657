"""Read the dates that news is published with; one that could mean two days is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rag.articles import day_in_words

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_LANGUAGES = ("en", "de", "es", "fr", "it", "pt", "nl", "ru", "uk", "pl", "sv", "tr", "zh", "ja")
# Asked after those. Without Croatian, whose "listopad" is October where it is November in Polish and Czech.
_MORE_LANGUAGES = ("cs", "sk", "ro", "hu", "el", "bg", "da", "nb", "fi", "ca", "ko", "id", "vi", "ar", "fa", "he", "hi")
# dateparser knows no summer time of the first; the others are those of several places: the day is kept, not the moment.
_AMERICAN_ZONES = {"ET": "New_York", "CT": "Chicago", "MT": "Denver", "PT": "Los_Angeles"}
_UNSURE_ZONE = re.compile(r"\(?\b([ECMP]T|IST|AST|ADT|AMT|GST|SST|WST|ECT)\b\)?")
_CLOCK = re.compile(r"\d[:.h]\d\d(?!\d|[./-]\d)|\d\s*[ap]\.?m\b", re.IGNORECASE)
_ORDERED_NUMBERS = re.compile(r"(?<!\d)\d\d?([-/. ])\d\d?\1\d{4}(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|2\d)\d\d(?!\d)|[年년]")
_EPOCH = re.compile(r"-?\d{9,19}(?:\.\d{1,9})?")
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}(?:\d\d)?)")  # 20250304080000
_DOT_NET = re.compile(r"\\?/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?/")
_PRINTED = re.compile(r"datetime\.date(?:time)?\((\d{4}), (\d\d?), (\d\d?)\b.*\)")  # as Python prints a day
_NAMED_ZONE = re.compile(r"\[([A-Za-z][\w+/-]{0,40})\]$")
_ZERO = re.compile(r"0+(?:[-/.]0+[-/.]0+(?:[T ][0:.]+Z?)?)?")  # 0000-00-00
_ONLY_TWO_DIGITS = re.compile(r"(\d[-/ ,.]{0,2}[^\W\d_]{3,12}[-/ ,.]{0,2})['’]?(\d\d)(?![\d:.])")  # 4-Mar-25
_NUMBERS = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d\d)(?![\d.:/-])")  # 3/14/25
_YEAR_FIRST = re.compile(r"((?:19|20)\d\d)\s?[-/.년]\s?(\d\d?)\s?[-/.월]\s?(\d\d?)(?:일|\.(?!\d)|(?!\d))")
# RFC 822's, with a zone that it defines: dateparser takes a hundred times as long.
_MAIL = re.compile(
    r"(?:\w{3,9},?\s+)?\d{1,2}\s+[A-Za-z]{3,9}\s+\d{2,4}\s+\d{1,2}:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)"
)
_REMARK = re.compile(r"\s*\([^()]*\)")
_MILITARY = re.compile(r"\b([01]\d|2[0-3])([0-5]\d)(?=\s*(?:GMT|UTC|[A-Z]{1,3}T|h|hrs|hours|Uhr)\b)")  # 2015 GMT
# In the languages that are asked for first; "Date of publication" and the like are for fields, whose label is any.
_LABEL = re.compile(
    r"(?:this (?:story|article|post) was )?(?:(?:date )?(?:first |originally |last )?"
    r"(?:published|posted|updated|modified|created|released|issued|aired|broadcast|filed|printed|edited|revised|reviewed)"
    r"|(?:publication |release )?date|(?:last )?update|veröffentlicht|erstellt|stand|(?:zuletzt )?aktualisiert"
    r"|publiée?|mise? à jour"
    r"|publicado|actualizado|atualizado|pubblicato|aggiornato|gepubliceerd|bijgewerkt|publicerad|uppdaterad"
    r"|opublikowano|aktualizacja|опубликовано|обновлено|опубліковано|оновлено)"
    r"(?: (?:online|on|at|am|vom|le|el|il|em|op|den))*\b\s*:?\s*",
    re.IGNORECASE,
)
_IS_UPDATE = re.compile(
    "updat|modif|edit|revis|review|aktuali|jour|actuali|atuali|aggiorn|bijge|uppdat|обнов|онов", re.I
)
# Where one date ends and the next begins, which may be no more than its label: "… 2025 and last updated 9:10 AM, …"
_BETWEEN = re.compile(
    rf"\s*[|·•;]\s*|\s[–—-]\s|(?:(?<=[\d.A-Z])|(?<=\bUhr)),?\s+(?:(?:and|und|et|y|e|i|och|и)\s+)?(?=(?i:{_LABEL.pattern}))"
)
_IN_A_SENTENCE = re.compile(r"(?:on|in|by|the)\b", re.IGNORECASE)
_LONGEST = 80
_EARLIEST = 1600  # older is a placeholder such as 0001-01-01, never news
_EPOCH_DAY = date(1970, 1, 1)
_NOT_UNDERSTOOD = "not understood"
_NO_DATE = "is what programs write for no date"


class ReadingDay(date):
    """The day on which something is read, and whether that would be read alike on every later day."""

    was_late_enough = True
    """No date was refused because it lies in the future."""


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
        ValueError: it is not understood, means two days, stands for no date, or lies more than a day after ``today``;
            says which.
    """
    if isinstance(value, (Mapping, list, tuple)):
        return _within(value, today)
    try:
        return _exact(value, today)
    except ValueError as error:
        if not isinstance(value, str) or str(error) != _NOT_UNDERSTOOD:
            raise
    line = date_line(value, today)  # "Published 4 March 2025 | Updated 5 March 2025"
    if line and (found := line.published or line.updated):
        return found
    problem = _NOT_UNDERSTOOD
    pieces = _BETWEEN.split(value[: 2 * _LONGEST])  # "Updated 2 hours ago | Published 4 March 2025"
    for piece in (value, *sorted(pieces, key=lambda piece: _IS_UPDATE.search(piece) is not None)):
        try:
            return _labelled(piece, today)
        except ValueError as error:
            problem = str(error) if problem == _NOT_UNDERSTOOD else problem
    raise ValueError(problem)


def _within(value: object, today: date, depth: int = 0) -> PublishedDate:
    """The date in what databases write for one: {"$date": …}, [2025, 3, 4, 8, 0], {"year": 2025, …}."""
    if isinstance(value, Mapping) and {"year", "month", "day"} <= value.keys():
        value = [value[part] for part in ("year", "month", "day")]
    if isinstance(value, (list, tuple)) and len(value) >= 3 and all(type(part) is int for part in value[:3]):
        parts = [part for part in value[:6] if type(part) is int]
        try:
            at = datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]
        except (ValueError, OverflowError) as error:
            raise ValueError(_NOT_UNDERSTOOD) from error
        return _believed(PublishedDate(at.date(), at if len(parts) > 3 else None), today)
    problem = _NOT_UNDERSTOOD
    if isinstance(value, (Mapping, list, tuple)) and depth < 4:
        for member in list(value.values() if isinstance(value, Mapping) else value)[:10]:
            try:
                is_nested = isinstance(member, (Mapping, list, tuple))
                return _within(member, today, depth + 1) if is_nested else _exact(member, today)
            except ValueError as error:
                problem = str(error) if problem == _NOT_UNDERSTOOD else problem
    raise ValueError(problem)


def _exact(value: object, today: date) -> PublishedDate:
    """The date that a value is, with nothing before or behind it."""
    if isinstance(value, int) and 10**7 <= value < 10**14:
        compact = str(value)  # 20250304, which a program took for a number
        value = compact if len(compact) == 8 or _COMPACT.fullmatch(compact) else value
    if isinstance(value, str):
        text = value.strip()
        if _ZERO.fullmatch(text):
            raise ValueError(_NO_DATE)
        if net := _DOT_NET.fullmatch(text):
            found = _since_1970(int(net[1]) / 1000)
        else:
            epoch = _EPOCH.fullmatch(text)
            found = _iso(text) or (_since_1970(float(text)) if epoch else _written(text))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        found = _since_1970(value)
    else:
        raise ValueError(_NOT_UNDERSTOOD)
    return _believed(found, today)


def _believed(found: PublishedDate, today: date) -> PublishedDate:
    at = found.at
    # The day zero of computers; with odd seconds milliseconds were taken for seconds: 1970-01-21T03:37:55.
    zero = found.day == _EPOCH_DAY and (at is None or not (at.hour or at.minute))
    slipped = at is not None and (at.year, at.month) == (1970, 1) and at.second != 0
    if found.day.year < _EARLIEST or zero or slipped or (at is not None and at.timestamp() == 0):
        raise ValueError(_NO_DATE)
    if (found.day - today).days > 1:
        if isinstance(today, ReadingDay):
            today.was_late_enough = False
        raise ValueError("is in the future")
    return found


def _labelled(text: str, today: date) -> PublishedDate:
    """The date in a field that has words around it: "Veröffentlicht von der Redaktion: 4. März 2025, lokale Zeit"."""
    words = text.split()
    if len(text) <= 2 * _LONGEST and _YEAR.search(text):
        for first in range(min(len(words), 7)):
            if first and re.search(r"\d", words[first - 1]):
                break
            for last in range(len(words), max(first, len(words) - 4), -1):
                if any(map(_YEAR.search, words[last:])):
                    break
                try:
                    found = _exact(" ".join(words[first:last]).strip(" ,;|"), today)
                except ValueError as error:
                    if str(error) != _NOT_UNDERSTOOD:
                        raise
                else:
                    return found if last == len(words) else PublishedDate(found.day)
    raise ValueError(_NOT_UNDERSTOOD)


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
            found = _exact(rest, today)
        except ValueError as error:
            if str(error) == _NOT_UNDERSTOOD:
                return None
            problem = f"date {rest!r} {error}"
            continue
        if label and _IS_UPDATE.search(label[0]):
            updated = updated or found
        else:
            published = published or found
    return DateLine(published, updated, problem)


def update_in(value: object, today: date) -> DateLine | None:
    """The line of dates that a field holds, if it tells of an update: "4 March 2025, updated 5 March 2025"."""
    line = date_line(value, today) if isinstance(value, str) and _IS_UPDATE.search(value) else None
    return line if line and line.updated else None


def _since_1970(number: float) -> PublishedDate:
    if number == 0:
        raise ValueError(_NO_DATE)
    if not 1e8 <= abs(number) < 1e20:
        raise ValueError(_NOT_UNDERSTOOD)
    # Seconds have nine or ten digits for the years 1973 to 2286; each finer unit has three more.
    while abs(number) >= 1e11:
        number /= 1000
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    except OverflowError:  # before the year 1
        raise ValueError(_NOT_UNDERSTOOD) from None
    return PublishedDate(at.date(), at.replace(microsecond=0))


def _iso(text: str) -> PublishedDate | None:
    """ISO 8601 as Python reads it, with slashes too: quick, and what most data holds."""
    zone = None
    if named := _NAMED_ZONE.search(text):  # "2025-03-04T08:00:00[Europe/Berlin]"
        text, zone = text[: named.start()], _zone(named[1])
    if printed := _PRINTED.fullmatch(text):
        text = "{}-{:0>2}-{:0>2}".format(*printed.groups()[:3])
    if compact := _COMPACT.fullmatch(text):
        text = f"{compact[1]}T{compact[2]}"
    try:
        at = datetime.fromisoformat(text.replace("/", "-") if re.match(r"\d{4}/\d\d/", text) else text)
    except ValueError:
        return None
    if zone and at.tzinfo is None:
        at = _with_offset(at, zone)
    if len(text) <= 10:
        return PublishedDate(at.date())
    return PublishedDate(at.date(), at.replace(microsecond=0, tzinfo=at.tzinfo or UTC))


@lru_cache(maxsize=4096)
def _written(text: str) -> PublishedDate:
    if _MAIL.fullmatch(text):
        with suppress(ValueError):
            at = parsedate_to_datetime(text)
            return PublishedDate(at.date(), at.replace(tzinfo=at.tzinfo or UTC))
    # Digits of other scripts, two digits of a year behind a month's name, years in front, 2015 GMT.
    text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text[: 2 * _LONGEST])
    if not _YEAR.search(text):
        text = _ONLY_TWO_DIGITS.sub(lambda found: f"{found[1]}{_century(found[2])}", text, count=1)
        text = _NUMBERS.sub(_with_century, text, count=1)
    text = _YEAR_FIRST.sub(lambda found: f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}", text, count=1)
    text = re.sub(r"(?<=\d{4}):(?=\d\d:\d\d)", " ", text)  # 4/Mar/2025:10:15, of logs
    text = _MILITARY.sub(r"\1:\2", text)
    if len(text) > _LONGEST or not _YEAR.search(text):
        raise ValueError(_NOT_UNDERSTOOD)
    if (iso := _iso(text)) is not None:
        return iso
    try:
        return _read(text)
    except ValueError as error:
        # "(Central European Standard Time)"; but "(GMT+1)" is a part of it, and was read.
        if str(error) != _NOT_UNDERSTOOD or (bare := _REMARK.sub("", text)) == text:
            raise
        return _read(bare)


def _century(digits: str) -> str:
    return ("19" if int(digits) > 68 else "20") + digits  # as POSIX has it


def _with_century(found: re.Match[str]) -> str:
    # 13/04/25 is 13 April 2025 to some and 25 April 2013 to others; with dots the day is always first.
    if found[2] != "." and 12 < int(found[1]) <= 31:
        raise ValueError(f"is ambiguous (20{found[1]} or 20{found[4]})")
    return f"{found[1]}{found[2]}{found[3]}{found[2]}{_century(found[4])}"


def _read(text: str) -> PublishedDate:
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
        raise ValueError(_NOT_UNDERSTOOD)
    if not _CLOCK.search(bare) or (zone and zone[1] not in _AMERICAN_ZONES):
        return PublishedDate(at.date())
    if zone:
        at = at.replace(tzinfo=ZoneInfo(f"America/{_AMERICAN_ZONES[zone[1]]}"))
    return PublishedDate(at.date(), _with_offset(at, at.tzinfo))


def _with_offset(at: datetime, zone: tzinfo | None) -> datetime:
    """The zone as a fixed offset: articles are compared and stored, which a zone's rules would not survive."""
    return at.replace(tzinfo=timezone(at.replace(tzinfo=zone).utcoffset() or timedelta()))


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # none of that name
        return None


def _parsed(text: str, order: str) -> datetime | None:
    try:
        first = _parser(order, _LANGUAGES).get_date_data(text).date_obj
        return first or _parser(order, _MORE_LANGUAGES).get_date_data(text).date_obj
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):  # what hostile text makes it raise
        return None


@cache
def _parser(order: str, languages: tuple[str, ...]) -> DateDataParser:
    from dateparser.date import DateDataParser

    settings = {
        "DATE_ORDER": order,
        "PREFER_LOCALE_DATE_ORDER": False,
        "STRICT_PARSING": True,  # day, month and year are all given
        "PARSERS": ["absolute-time"],  # "2 hours ago" counts from when a page was saved
    }
    return DateDataParser(languages=list(languages), use_given_order=True, settings=settings)
