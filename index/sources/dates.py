"""Understand the dates that news is published with; refuse those that could mean two days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTHS = (
    "jan january januar janvier enero gennaio janeiro januari",
    "feb february februar février fevrier febrero febbraio fevereiro februari",
    "mar march märz maerz mars marzo março maart",
    "apr april avril abril aprile",
    "may mai mayo maggio maio mei",
    "jun june juni juin junio giugno junho",
    "jul july juli juillet julio luglio julho",
    "aug august août aout agosto augustus",
    "sep sept september septembre septiembre settembre setembro",
    "oct october oktober octobre octubre ottobre outubro okt",
    "nov november novembre noviembre novembro",
    "dec december dezember décembre decembre diciembre dicembre dezembro dez",
)
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}

# Hours from UTC. Left out: IST (India, Israel, Ireland), AST, CST of China and others that mean several places; with
# those the day is kept and the moment is not. In news in English, CST is America's and BST is Britain's.
_ZONE_HOURS = {
    "z": 0, "utc": 0, "gmt": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "sast": 2, "est": -5,
    "edt": -4,
    "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
}  # fmt: skip
_ZONE_PLACES = {"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles"}

_MONTH = r"(?:" + "|".join(sorted(_MONTH_NUMBER, key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b\.?,?\s*)?"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|\.|º)?"
_YEAR = r"(?:1[5-9]|2\d)\d\d(?!\d)"
_DATES = (
    rf"(?P<d1>{_DAY})(?:\s+(?:of|de)\s+|[\s/-]*)(?P<m1>{_MONTH})(?:\s+(?:of|de|del)\s+|[\s,/-]*)(?P<y1>{_YEAR})",
    rf"(?P<m2>{_MONTH})\s*(?P<d2>{_DAY})(?:\s*,\s*|\s+)(?P<y2>{_YEAR})",
    rf"(?P<y3>{_YEAR})(?P<s3>[-/.])(?P<m3>\d\d?)(?P=s3)(?P<d3>\d\d?)(?!\d)",
    rf"(?P<a4>\d\d?)(?P<s4>[-/.])(?P<b4>\d\d?)(?P=s4)(?P<y4>{_YEAR})",
)
_ZONE = (
    r"(?:\s*\(?(?P<{0}>(?:utc|gmt)?[+-]\d\d?:?(?:\d\d)?|(?:"
    + "|".join(sorted({*_ZONE_HOURS, *_ZONE_PLACES}, key=len, reverse=True))
    + r"|(?-i:[A-Z]{{2,5}}))(?![^\W\d_]))\)?)?"
)
_CLOCK = r"(?P<h{0}>\d\d?)(?:[:.h](?P<n{0}>\d\d)(?::(?P<c{0}>\d\d)(?:[.,]\d+)?)?)?(?:\s*(?P<p{0}>[ap])\.?m\b\.?)?(?!\d)"
_TIME_AFTER = r"(?:(?:\s*[,|–—-]\s*|\s+|t)?(?:\s*(?:at|um|à)\s+)?" + _CLOCK.format("a") + _ZONE.format("za") + ")?"
_TIME_BEFORE = "(?:" + _CLOCK.format("b") + _ZONE.format("zb") + r"(?:\s*[,|–—-]\s*|\s+)(?:(?:on|am)\s+)?)?"
_MOMENT = re.compile(_TIME_BEFORE + _WEEKDAY + "(?:" + "|".join(_DATES) + ")" + _TIME_AFTER + r"\s*", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:(?:this (?:story|article|post) was )?"
    r"(?P<label>(?:first |originally |last )?(?:published|posted|updated|modified|created|released|issued)|date"
    r"|last update|update)"
    r"(?: (?:on|at))?\s*:?\s*)(?=\S)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:[|·•;,/–—-]|\d{1,2} min(?:ute)?s?(?: read)?)?\s*", re.IGNORECASE)
_LONGEST = 200
_EARLIEST = 1600  # older is a placeholder such as 0001-01-01, never news


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, as the writer's own clock gives it, and the moment where a time was given with it."""

    day: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a line says that holds dates and nothing else."""

    published: Moment | None = None
    updated: Moment | None = None
    problem: str | None = None
    """A date in it could not be used: what and why."""


def parse_question(value: object, today: date) -> Moment:
    """The moment that ``value`` (text, or seconds or milliseconds since 1970) names.

    Raises:
        ValueError: it is not understood, means two days, or lies more than a day after ``today``; says which.
    """
    if isinstance(value, bool):
        raise ValueError("not understood")
    if isinstance(value, int) and 10**7 <= value < 10**8:
        return _not_later(_compact(str(value)), today)  # 20250304, which a program took for a number
    if isinstance(value, (int, float)):
        return _not_later(_since_1970(value), today)
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("not understood")
    text = value.strip()
    if re.fullmatch(r"\d{9,13}(?:\.\d{1,9})?", text):
        return _not_later(_since_1970(float(text)), today)
    match = _MOMENT.fullmatch(text)
    return _not_later(_moment(match) if match else _compact(text), today)


def date_line(text: str, today: date) -> DateLine | None:
    """Read ``text`` as a line of dates ("Published: 2 Dec 2021 14:05 GMT | Updated 3 Dec 2021"), if it is one."""
    if len(text) > _LONGEST:
        return None
    published: Moment | None = None
    updated: Moment | None = None
    problem: str | None = None
    position, found = 0, False
    while position < len(text):
        label = _LABEL.match(text, position)
        match = _MOMENT.match(text, label.end() if label else position)
        if match is None or (match[0][-1].isalnum() and text[match.end() : match.end() + 1].isalnum()):
            return None  # no date, or one that ends inside a word
        try:
            moment = _not_later(_moment(match), today)
        except ValueError as error:
            problem = f"date {match.group().strip()!r} {error}"
        else:
            name = label["label"].lower() if label else ""
            if "updat" in name or "modif" in name:
                updated = updated or moment
            else:
                published = published or moment
        found = True
        position = match.end()
        between = _BETWEEN.match(text, position)
        position = between.end() if between else position
    return DateLine(published, updated, problem) if found else None


def _not_later(moment: Moment, today: date) -> Moment:
    if moment.day - timedelta(days=1) > today:
        raise ValueError("is in the future")
    return moment


def _since_1970(number: float) -> Moment:
    # Seconds have nine or ten digits for the years 1973 to 2286, milliseconds twelve or thirteen.
    if not 1e8 <= abs(number) < 1e13:
        raise ValueError("not understood")
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number / 1000 if abs(number) >= 1e11 else number)
    return Moment(at.date(), at)


def _compact(text: str) -> Moment:
    """ISO 8601 without separators ("20211202T140500Z") and by week; Python reads both."""
    if not re.fullmatch(r"\d{4}-?(?:W\d\d-?\d|\d{4})(?:[T ][\d:.,]+(?:Z|[+-][\d:]+)?)?", text, re.ASCII):
        raise ValueError("not understood")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("not understood") from None
    if at.year < _EARLIEST:
        raise ValueError("not understood")
    return Moment(at.date(), _aware(at) if "T" in text or " " in text else None)


def _moment(match: re.Match[str]) -> Moment:
    part = match.groupdict()
    year = int(next(filter(None, (part["y1"], part["y2"], part["y3"], part["y4"]))))
    if part["a4"]:
        day, month = _day_and_month(int(part["a4"]), int(part["b4"]), part["s4"])
    elif part["y3"]:
        day, month = int(part["d3"]), int(part["m3"])
    else:
        day = int(re.sub(r"\D", "", part["d1"] or part["d2"]))
        month = _MONTH_NUMBER[(part["m1"] or part["m2"]).lower().rstrip(".")]
    try:
        when = date(year, month, day)
    except ValueError:
        raise ValueError("not understood") from None
    if when.year < _EARLIEST:
        raise ValueError("not understood")
    for clock, zone in (("a", "za"), ("b", "zb")):
        if part["h" + clock]:
            hour, minute = _clock(part, clock)
            clock_time = time(hour, minute, int(part["c" + clock] or 0) % 60)
            return Moment(when, _at(datetime.combine(when, clock_time), part[zone]))
    return Moment(when)


def _day_and_month(first: int, second: int, separator: str) -> tuple[int, int]:
    # Dots are written only where the day comes first. With a slash or hyphen both orders are in use.
    if separator == "." or first > 12 or first == second:
        return first, second
    if second > 12:
        return second, first
    names = [_MONTHS[month - 1].split()[1].capitalize() for month in (first, second) if 1 <= month <= 12]
    if len(names) < 2:
        raise ValueError("not understood")
    raise ValueError(f"is ambiguous ({first} {names[1]} or {second} {names[0]})")


def _clock(part: dict[str, str], which: str) -> tuple[int, int]:
    hour, half = int(part["h" + which]), part["p" + which]
    if part["n" + which] is None and half is None:
        raise ValueError("not understood")  # a bare number after a date is no time of day
    minute = int(part["n" + which] or 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("not understood")
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if hour > 23 or minute > 59:
        raise ValueError("not understood")
    return hour, minute


def _at(naive: datetime, zone: str | None) -> datetime | None:
    if zone is None:
        return _aware(naive)
    tz = _zone(zone.lower(), naive)
    return naive.replace(tzinfo=tz) if tz else None


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _zone(name: str, naive: datetime) -> tzinfo | None:
    if name in _ZONE_HOURS:
        return timezone(timedelta(hours=_ZONE_HOURS[name])) if _ZONE_HOURS[name] else UTC
    if name in _ZONE_PLACES:
        try:
            # As a fixed offset: articles are compared and stored, which a zone's rules would not survive.
            return timezone(naive.replace(tzinfo=ZoneInfo(_ZONE_PLACES[name])).utcoffset() or timedelta())
        except ZoneInfoNotFoundError:  # no zone data on this system
            return None
    offset = re.fullmatch(r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?", name)
    if offset is None:
        return None
    delta = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    if delta >= timedelta(hours=24):
        return None
    return timezone(-delta if offset[1] == "-" else delta) if delta else UTC
