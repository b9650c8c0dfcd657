"""Finds the periods that a question names: written dates, and words that count from the day of asking."""

from __future__ import annotations

import contextlib
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.text.dates import WrittenDate, written_dates

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # of the northern half, by whole months
_NUMBERS = "zero one two three four five six seven eight nine ten".split()
_COUNTS = {word: number for number, word in enumerate(_NUMBERS)} | {"a": 1, "an": 1, "couple of": 2, "few": 5}
_COUNT = rf"\d{{1,3}}|(?:a\s)?(?:{'|'.join(_COUNTS)})"
_UNIT, _WEEKDAY, _SEASON = "day|week|month|quarter|year", "|".join(_WEEKDAYS), "|".join(_SEASONS)
_RELATIVE = re.compile(
    rf"\b(?:(?P<day>day\sbefore\syesterday|yesterday|last\snight|today|tonight|this\s(?:morning|afternoon|evening))"
    rf"|(?P<which>this|last|past)\s(?:(?P<count>{_COUNT})\s)?"
    rf"(?:(?P<unit>{_UNIT})s?|(?P<season>{_SEASON})|weekend)|(?:over|at)\sthe\sweekend"
    rf"|(?P<ago>{_COUNT})\s(?P<ago_unit>{_UNIT})s?\sago"
    rf"|(?:(?P<last>last)|on|this|since|after)\s(?P<weekday>{_WEEKDAY})(?!,?\s(?:the\s)?(?:\w+\.?\s)?\d)"
    rf"|(?P<owner>{_WEEKDAY})(?=['’]s)"
    rf")\b(?!\sof\b)",
    re.IGNORECASE,
)
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
# What part of the month, year or week of the day behind it is meant.
_PART_BEFORE = re.compile(
    rf"\b(?:the\s)?(?:(?:early|mid|late|(?:start|beginning|middle|end)\sof)[\s-]|(?P<week>week)\sof\s"
    rf"|(?:(?P<season>{_SEASON})|q(?P<q>[1-4])|(?P<quarter>{'|'.join(_QUARTERS)})\squarter"
    rf")\s(?:of\s)?)$",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?[-–—]\s?|\s(?:to|until|till|through)\s(?:the\s)?", re.IGNORECASE)
# "How is the dam used today" means nowadays.
_PRESENT = re.compile(r"(?:(?:how|why|what|where|who|which)\s(?:\w+\s){0,2}?)?(?:is|are|am|do|does|can|should)\b", re.I)
_NEAR = 40  # characters before a date that belong to it


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, inclusive, and the characters of the question that name them."""

    start: int
    end: int
    first: date
    last: date
    year: bool = False
    """Whether it is a written year, which is often the subject's."""
    bare: bool = False
    """Whether the last one by the day of asking is taken, and a coming one may be meant."""


def find_periods(question: str, as_of: date) -> list[Period]:
    """Find the periods of a question, in order and without overlaps; two that are the ends of a range are one.

    Raises:
        ValueError, OverflowError: a day outside the calendar.
    """
    found = list[Period]()
    periods = [*_written(question, as_of), *_relative(question, as_of)]
    for period in sorted(periods, key=lambda one: (one.start, -one.end)):
        before = found[-1] if found else None
        if before and period.start < before.end:
            continue
        between = question[before.end : period.start] if before else ""
        led = before and re.search(r"\bbetween\s(?:the\s)?$", question[max(0, before.start - 15) : before.start], re.I)
        if before and (_RANGE.fullmatch(between) or (led and re.fullmatch(r",?\sand\s(?:the\s)?", between))):
            earlier = before.bare and before.first > period.last  # "November to January 2024"
            first, last = sorted((_moved(before.first, -1, "year") if earlier else before.first, period.last))
            period = replace(found.pop(), end=period.end, first=first, last=last)
        found.append(period)
    return found


def _written(question: str, as_of: date) -> Iterator[Period]:
    """The periods of written dates; one without a year is of the only year beside it, or the last by ``as_of``."""
    dates = written_dates(question)
    years = {one.year for one in dates if one.year and one.month}
    for one in dates:
        before = question[max(0, one.start - _NEAR) : one.start]
        lead = re.search(r"\b(last|this)\s$", before, re.IGNORECASE) if not one.year else None
        part = _PART_BEFORE.search(before)
        days = _dated(one, years if len(years) == 1 and not lead else set(), as_of, lead[1].lower() if lead else "")
        if days:
            led = part or lead
            start = one.start - len(before) + led.start() if led else one.start
            days = _part(part, *days) if part else days
            yield Period(start, one.end, *days, year=not one.month and not part, bare=not one.year)


def _dated(one: WrittenDate, years: set[int], as_of: date, which: str) -> tuple[date, date] | None:
    if one.year:
        years = {one.year}
    for year in years or range(as_of.year, as_of.year - 9, -1):  # 29 February may be eight years back
        with contextlib.suppress(ValueError):
            dated = replace(one, year=year)
            first, last = dated.first or as_of, dated.last or as_of
            if years or which == "this" or (first <= as_of and not (which == "last" and last >= as_of)):
                return first, last
    return None


def _part(match: re.Match[str], first: date, last: date) -> tuple[date, date]:
    """The season, quarter or week that the words of ``match`` mean of the year or day behind them; else all of it."""
    if match["week"] and first == last:
        return _around(first, "week")
    if last - first < timedelta(days=300) or not (match["season"] or match["q"] or match["quarter"]):
        return first, last
    if match["season"]:
        return _months(first.year, _SEASONS[match["season"].lower()], 3)
    return _months(first.year, 3 * int(match["q"] or _QUARTERS[match["quarter"].lower()]) - 2, 3)


def _relative(question: str, as_of: date) -> Iterator[Period]:
    """The periods counted from the day of asking; with a capital inside a sentence it is a name: "USA Today"."""
    for match in _RELATIVE.finditer(question):
        opens = not question[: match.start()].strip(" \"“'‘")
        nowadays = match[0].lower() == "today" and question[match.end() :][:1] not in ("'", "’")
        named = match[0][0].isupper() and not opens and not match["owner"]
        if not named and not (nowadays and _PRESENT.match(question)):
            start = match.start("weekday") if match["weekday"] and not match["last"] else match.start()
            rolling = (match["which"] or "").lower() == "past" or question[:start].lower().endswith("the ")
            yield Period(start, match.end(), *_counted(match, as_of, rolling), bare=bool(match["weekday"]))


def _counted(match: re.Match[str], as_of: date, rolling: bool) -> tuple[date, date]:
    """The days that relative words mean; ``rolling`` ones end on the day of asking: "the last week"."""
    monday = as_of - timedelta(days=as_of.weekday())
    which = (match["which"] or "last").lower()
    if match["day"]:
        words = match["day"].lower().split()
        return (as_of - timedelta(days=2 if len(words) == 3 else words[0] in ("yesterday", "last")),) * 2
    if weekday := match["weekday"] or match["owner"]:
        back = (as_of.weekday() - _WEEKDAYS.index(weekday.lower())) % 7
        return (as_of - timedelta(days=7 if match["last"] and not back else back),) * 2
    if match["ago"]:
        unit = match["ago_unit"].lower()
        return _around(_moved(as_of, -_count(match["ago"]), unit), unit)
    if match["season"]:
        season = match["season"].lower()
        year = as_of.year - (season == "winter" and as_of.month < 3)
        days = _months(year, _SEASONS[season], 3)
        return _months(year - 1, _SEASONS[season], 3) if which == "last" and days[1] >= as_of else days
    if not match["unit"]:  # a weekend
        sunday = monday + timedelta(days=6 if which == "this" else -1)
        return sunday - timedelta(days=1), sunday
    unit = match["unit"].lower()
    if (match["count"] or rolling) and which != "this":
        return _moved(as_of, -_count(match["count"] or "a"), unit), as_of
    first, last = _around(as_of if which == "this" else _moved(as_of, -1, unit), unit)
    # For some a week begins on Sunday, for others it ends with it.
    return first - timedelta(days=unit == "week" and which == "this"), last


def _count(written: str) -> int:
    written = " ".join(written.lower().split())
    return int(written) if written.isdecimal() else _COUNTS.get(written) or _COUNTS[written.removeprefix("a ")]


def _moved(day: date, count: int, unit: str) -> date:
    """The day so many units later; of a longer unit the same day of the month, or the last that there is."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    year, month = divmod(12 * day.year + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit], 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _around(day: date, unit: str) -> tuple[date, date]:
    """All of the week, month, quarter or year that the day is in."""
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}.get(unit)
    first = date(day.year, month, 1) if month else day - timedelta(days=day.weekday() if unit == "week" else 0)
    return first, _moved(first, 1, unit) - timedelta(days=1)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """First and last day of so many months; they may reach into the next year."""
    first = date(year, month, 1)
    return first, _moved(first, count, "month") - timedelta(days=1)
