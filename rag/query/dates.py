"""Finds the days of publication that a question asks for, and tells a limit from a preference.

A question restricts publication where its wording ties the days to the coverage: a word of reporting right before them
("published in March", "articles from last week"), a noun of coverage right behind ("the 3 March article"), or days that
head the question ("3 to 9 May: ..."). All other days are those of the subject. News mostly follows what happens within
days, so a day, month or year at which something happened is a preference. The year of a thing ("the 2014 annexation",
"since the pandemic in 2020"), days to come and days that are compared with say nothing of publication.

Libraries that read dates (dateparser 1.5) were tried: they give points of time instead of periods, guess 04/03/2025,
and read "march on London" and "may the council" as months.
"""

from __future__ import annotations

import calendar
import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from rag.query.reporting import COVERAGE_NOUN, REPORTED
from rag.text.dates import WrittenDate, written_dates

_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # of the northern half, by whole months
_NUMBERS = "zero one two three four five six seven eight nine ten".split()
_COUNTS = {word: number for number, word in enumerate(_NUMBERS)} | {"a": 1, "an": 1, "couple of": 2, "few": 5}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 0}
_COUNT = rf"(?P<count>\d{{1,3}}|(?:a\s)?(?:{'|'.join(_COUNTS)}))"
_RELATIVE = re.compile(
    rf"\b(?:(?P<day>the\sday\sbefore\syesterday|yesterday|last\snight|today|tonight|this\s(?:morning|afternoon|evening))"
    rf"|(?P<so_far>(?:earlier|so\sfar)\s)?(?P<which>this|last|past)\s(?:{_COUNT}\s)?"
    rf"(?P<unit>hour|day|week|weekend|month|quarter|year|{'|'.join(_SEASONS)})s?"
    rf"|over\sthe\s(?P<weekend>weekend)"
    rf"|{_COUNT.replace('count', 'ago')}\s(?P<ago_unit>hour|day|week|month|year)s?\sago"
    rf"|(?P<of>on|last|this|since|until|before|after|by)\s(?P<weekday>{'|'.join(_WEEKDAYS)})"
    rf"|(?P<possessive>{'|'.join(_WEEKDAYS)})(?=['’]s)"
    rf")\b(?!\sof\b)",
    re.IGNORECASE,
)
# Parts of the month or year that is written behind them.
_PART = re.compile(
    rf"\b(?:(?:the\s)?(?:(?P<third>early|mid|late)[\s-]|(?P<edge>start|beginning|middle|end)\sof\s)"
    rf"|(?P<season>{'|'.join(_SEASONS)})\s(?:of\s)?|(?P<q>[qh])(?P<nth>[1-4])\s(?:of\s)?"
    rf"|(?:the\s)?(?P<ordinal>{'|'.join(_ORDINALS)})\s(?P<part>quarter|half)\s(?:of\s)?)$",
    re.IGNORECASE,
)
_THIRDS = {"early": 0, "start": 0, "beginning": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_BEFORE_DAY = re.compile(
    rf"\b(?:{'|'.join(_WEEKDAYS)}|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\.?),?\s(?:the\s)?$", re.I
)
_JOIN = re.compile(r"\s?[-–—]\s?|\s(?:to|until|till|through)\s(?:the\s)?", re.IGNORECASE)
_LEAD = re.compile(
    r"\b(?P<lead>(?:no\s)?later\sthan|earlier\sthan|prior\sto|up\sto|as\sof|since|after|before|until|till|by|between|from|"
    r"dated|in|on|during|throughout|over|within|at|of|around)\s(?P<the>the\s)?$",
    re.IGNORECASE,
)
_OPEN_END = ("since", "after", "later than")
_OPEN_START = ("before", "prior to", "earlier than", "until", "till", "by", "up to", "as of", "no later than")

# Between a word of reporting and its days stand only its outlet or author, "in", "by" and the like.
_REPORTED_BEFORE = re.compile(
    rf"\b(?:{COVERAGE_NOUN}|{REPORTED}|ones?)\s"
    r"(?:(?:by|in|from|on|of|at|the|and|dated|[-|&]|[\"'‘“]?[A-Z0-9][\w.:’'&-]*[\"”]?)\s){0,10}$"
)
# "What did the Courier report about tram fares in May": a topic without "the" or "a" is no event with days of its own.
_REPORTED_ABOUT = re.compile(
    rf"\b(?:report|write|publish|{REPORTED})\s(?:about|on|of)\s"
    r"(?:(?!(?:the|an?|this|that|who|which|when|after|since|before|\w+(?:ed|ing))\b)[\w.’'&-]+\s){1,5}$",
    re.IGNORECASE,
)
_COVERAGE_BEHIND = re.compile(rf"(?:['’]s)?\s(?:[A-Z][\w.’'&-]*\s){{0,5}}(?P<noun>{COVERAGE_NOUN})\b")
_VAGUE = re.compile(r"reports?|interviews?|news|posts?|issues?|reviews?|accounts?")
_COMPARED = re.compile(
    r"\b(?:than|as|unlike|versus|vs|compared\s(?:to|with))\s(?:\w+\s(?:was|were|did|is|are|had)\s)?$", re.I
)
_ORIGIN = re.compile(r"\b(?:born|founded|established|built|created|formed|invented)\s(?:\w+\s){0,2}$", re.IGNORECASE)
# A year within what a noun names, or within a clause that tells which one is meant, is of the subject.
_OF_A_NOUN = re.compile(
    r"\b(?:since|after|before|from|until|during|following|over|of|by|about|behind)\s(?:the|an?|its|their|his|her)\s"
    r"(?:[\w’'-]+\s){1,3}$|\b(?:who|that|which|whose|where|when)\s(?:[\w’'-]+\s){1,8}$",
    re.IGNORECASE,
)
_COMING = re.compile(r"\b(?:will|plans?|planned|scheduled|due|expected|upcoming)\b", re.IGNORECASE)
_PRESENT = re.compile(
    r"\s*(?:(?:how|why|what|where|who|which)\s(?:\w+\s){0,2}?)?(?:is|are|am|do|does|can|should)\b", re.I
)
_YEARS_BACK = 25


@dataclass(frozen=True, slots=True)
class NamedDays:
    """Days of publication that a question names; inclusive, None is open."""

    start: int
    end: int
    published_from: date | None
    published_to: date | None
    restricts: bool


@dataclass(frozen=True, slots=True)
class _Period:
    start: int
    end: int
    first: date
    last: date
    size: Literal["day", "month", "year", "part"]
    how: Literal["dated", "bare", "relative"] = "dated"


def find_days(question: str, as_of: date) -> list[NamedDays]:
    """Find the days that a question names, as it would mean them on the day ``as_of``, in order."""
    found = list[NamedDays]()
    with contextlib.suppress(ValueError, OverflowError):  # a day outside the calendar
        for period in _joined(question, [*_written(question, as_of), *_relative(question, as_of)]):
            named = _meaning(question, period, as_of)
            if named:
                found.append(named)
    return found


def _meaning(question: str, period: _Period, as_of: date) -> NamedDays | None:
    before, behind = question[: period.start], question[period.end :]
    match = _LEAD.search(before)
    lead = " ".join(match["lead"].lower().split()) if match else ""
    before = before[: match.start()] if match else before
    covered = _COVERAGE_BEHIND.match(behind)
    of_a_thing = match and match["the"] and period.size != "day" and re.match(r"\s[^\W\d_]", behind)
    restricts = bool(
        (covered and (period.size == "day" or not _VAGUE.fullmatch(covered["noun"])))
        or (_REPORTED_BEFORE.search(before) and lead not in ("at", "over", "around", "within") and not of_a_thing)
        or (lead and _REPORTED_ABOUT.search(before) and not re.match(r"\s\w", behind))
        or (not before.strip() and behind.startswith(":"))
        or (lead == "since" and re.search(r"\blatest\b", before, re.IGNORECASE))
    )
    first, last = period.first, period.last
    if not restricts and not _prefers(period, lead, bool(match and match["the"]), before, behind, as_of):
        return None
    if period.size == "day" and not restricts and first == last:
        last = max(last, min(last + timedelta(days=2), as_of))  # news of a day is published within days
    start = match.start() if match else period.start
    if lead in _OPEN_END or (lead == "from" and re.match(r"\sonwards?\b", behind)):
        first = first if lead != "after" and lead != "later than" else period.last + timedelta(days=1)
        return NamedDays(start, period.end, first, None, restricts)
    if lead in _OPEN_START:
        exclusive = lead in ("before", "prior to", "earlier than")
        return NamedDays(start, period.end, None, first - timedelta(days=1) if exclusive else period.last, restricts)
    return NamedDays(start, period.end, first, last, restricts)


def _prefers(period: _Period, lead: str, the: bool, before: str, behind: str, as_of: date) -> bool:
    """Whether articles of days that restrict nothing are likelier to have the answer."""
    if period.first > as_of or _COMPARED.search(before + lead + " ") or _COMPARED.search(before):
        return False
    if lead in _OPEN_START or _ORIGIN.search(before):
        return False
    if period.how == "bare" and (_COMING.search(before) or _COMING.search(behind)):
        return False
    if period.size != "year" or period.how == "relative":
        return True
    attributive = bool(re.match(r"\s[^\W\d_]", behind)) and (the or not lead)
    named = lead in ("in", "during", "throughout", "since", "between", "from", "after")
    recent = as_of.year - _YEARS_BACK <= period.first.year
    return named and recent and not the and not attributive and not _OF_A_NOUN.search(before)


def _written(question: str, as_of: date) -> Iterator[_Period]:
    """The periods of written dates; one without a year is of the only year beside it, or the last by ``as_of``."""
    dates = written_dates(question)
    years = {one.year for one in dates if one.year and one.month}
    for one in dates:
        before = question[: one.start]
        if not one.year:
            lead = re.search(r"\b(last|this)\s$", before, re.IGNORECASE)
            year = years.copy().pop() if len(years) == 1 and not lead else None
            period = _bare(one, year, as_of, lead[1].lower() if lead else "")
            start = lead.start() if lead else one.start
        else:
            assert one.first
            assert one.last
            size: Literal["day", "month", "year"] = "day" if one.day else "month" if one.month else "year"
            period, start = _Period(one.start, one.end, one.first, one.last, size), one.start
        if not period:
            continue
        if part := _PART.search(before):
            period, start = _part(part, period), part.start()
        elif one.day and (weekday := _BEFORE_DAY.search(before)):
            start = weekday.start()
        elif one.day and (week := re.search(r"\bweek\s(?:of|ending|beginning)\s(?:the\s)?$", before, re.IGNORECASE)):
            monday, start = period.first - timedelta(days=period.first.weekday()), week.start()
            period = replace(period, first=monday, last=monday + timedelta(days=6), size="part")
        yield replace(period, start=start)


def _bare(one: WrittenDate, year: int | None, as_of: date, lead: str) -> _Period | None:
    """A date without a year: of ``year``, or the last that began by ``as_of``; "last May" is not the present one."""
    for candidate in [year] if year else range(as_of.year, as_of.year - 9, -1):  # 29 February: up to eight years back
        dated = replace(one, year=candidate)
        if one.day and one.day > calendar.monthrange(candidate, one.month or 1)[1]:
            continue
        assert dated.first
        assert dated.last
        present = lead == "last" and dated.last >= as_of
        if year or lead == "this" or (dated.first <= as_of and not present):
            return _Period(one.start, one.end, dated.first, dated.last, "day" if one.day else "month", "bare")
    return None


def _part(match: re.Match[str], whole: _Period) -> _Period:
    """The part of a month or year that the words before it name."""
    third = _THIRDS.get((match["third"] or match["edge"] or "").lower())
    first, last = whole.first, whole.last
    if third is not None and whole.size == "year":
        first, last = _months(first.year, 4 * third + 1, 4)
    elif third is not None and whole.size == "month":
        first, last = first.replace(day=(1, 11, 21)[third]), last if third == 2 else first.replace(day=(10, 20)[third])
    elif match["season"] and whole.size == "year":
        first, last = _months(first.year, _SEASONS[match["season"].lower()], 3)
    elif (match["q"] or match["part"]) and whole.size == "year":
        length = 3 if (match["q"] or match["part"]).lower() in ("q", "quarter") else 6
        number = int(match["nth"]) if match["nth"] else _ORDINALS[match["ordinal"].lower()]
        if number * length <= 12:
            first, last = _months(first.year, length * ((number or 12 // length) - 1) + 1, length)
    return replace(whole, first=first, last=last, size="part")


def _relative(question: str, as_of: date) -> Iterator[_Period]:
    for match in _RELATIVE.finditer(question):
        opens = not question[: match.start()].strip(" \"“'‘")
        if not opens and match[0][0].isupper() and not match["possessive"]:
            continue  # a title: USA Today, Last Week in Ellery
        days = _relative_days(match, question, as_of)
        if days:
            start = match.start("weekday") if match["weekday"] and match["of"].lower() not in ("last", "this") else -1
            size: Literal["day", "part"] = "day" if days[0] == days[1] else "part"
            how: Literal["bare", "relative"] = "bare" if match["weekday"] else "relative"
            yield _Period(start if start >= 0 else match.start(), match.end(), *days, size, how)


def _relative_days(match: re.Match[str], question: str, as_of: date) -> tuple[date, date] | None:
    if match["day"]:
        words = match["day"].lower().split()
        if words == ["today"] and _PRESENT.match(question):
            return None  # nowadays
        back = 2 if len(words) == 4 else words[0] in ("yesterday", "last")
        return as_of - timedelta(days=back), as_of - timedelta(days=back)
    monday = as_of - timedelta(days=as_of.weekday())
    if weekday := match["weekday"] or match["possessive"]:
        back = (as_of.weekday() - _WEEKDAYS.index(weekday.lower())) % 7
        back += 7 * (back == 0 and (match["of"] or "").lower() == "last")
        return as_of - timedelta(days=back), as_of - timedelta(days=back)
    if match["ago"]:
        return _around(_moved(as_of, -_count(match["ago"]), match["ago_unit"].lower()), match["ago_unit"].lower())
    unit, which = (match["unit"] or match["weekend"]).lower(), (match["which"] or "last").lower()
    if unit == "weekend":
        sunday = monday - timedelta(days=1) if which == "last" else monday + timedelta(days=6)
        return sunday - timedelta(days=1), sunday
    if unit in _SEASONS:
        year = as_of.year - (unit == "winter" and as_of.month < 3)
        first, last = _months(year, _SEASONS[unit], 3)
        return _months(year - 1, _SEASONS[unit], 3) if which == "last" and last >= as_of else (first, last)
    rolling = which == "past" or question[: match.start()].lower().endswith("the ")
    if (match["count"] or rolling) and which != "this" and unit != "quarter":
        return _moved(as_of, -_count(match["count"] or "a"), unit), as_of
    first, last = _around(as_of if which == "this" else _moved(as_of, -1, unit), unit)
    return first, min(last, as_of) if match["so_far"] else last


def _count(written: str) -> int:
    written = " ".join(written.lower().split())
    return int(written) if written.isdecimal() else _COUNTS.get(written) or _COUNTS[written.removeprefix("a ")]


def _moved(day: date, count: int, unit: str) -> date:
    """The day so many units later; of a longer unit the same day of the month, or the last that there is."""
    if unit in ("hour", "day", "week"):
        return day + timedelta(days={"hour": count // 24, "day": count, "week": 7 * count}[unit])
    month = 12 * day.year + day.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    return date(month // 12, month % 12 + 1, min(day.day, calendar.monthrange(month // 12, month % 12 + 1)[1]))


def _around(day: date, unit: str) -> tuple[date, date]:
    """All of the week, month, quarter or year that the day is in."""
    if unit in ("hour", "day"):
        return day, day
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    return _months(day.year, (day.month - 1) // length * length + 1, length)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """First and last day of so many months; they may reach into the next year."""
    end = 12 * year + month - 1 + count
    return date(year, month, 1), date(end // 12, end % 12 + 1, 1) - timedelta(days=1)


def _joined(question: str, periods: list[_Period]) -> list[_Period]:
    """Put periods into order, without overlaps, and make one of two that are the ends of a range."""
    ordered = list[_Period]()
    for period in sorted(periods, key=lambda one: (one.start, -one.end)):
        if not ordered or period.start >= ordered[-1].end:
            ordered.append(period)
    joined = list[_Period]()
    for period in ordered:
        before = joined[-1] if joined else None
        between = question[before.end : period.start] if before else ""
        led = before and re.search(r"\bbetween\s(?:the\s)?$", question[: before.start], re.IGNORECASE)
        if before and (_JOIN.fullmatch(between) or (led and re.fullmatch(r",?\sand\s(?:the\s)?", between))):
            first = before.first
            if before.how == "bare" and first > period.last:  # "November to January 2024"
                first = _moved(first, -1, "year")
            if first <= period.last:
                joined[-1] = replace(period, start=before.start, first=first)
                continue
        joined.append(period)
    return joined
