"""Finds the days of publication that a question asks for, and tells a limit from a preference.

A question restricts publication where its wording ties days to the coverage: a word of reporting right before them
("published in March", "articles from last week"), a noun of coverage right behind ("the 3 March article"), or days that
head it ("3 to 9 May: ..."). All other days are the subject's. News follows what happens within days, so the days, month
or year in which something happened are a preference. The year of a thing ("the 2014 annexation", "since the pandemic in
2020"), days to come and days that something is compared with say nothing of publication.

A library was tried: dateparser 1.5 finds points of time where periods are meant, guesses 04/03/2025, and reads "march
on London" and "may the council" as months.
"""

from __future__ import annotations

import contextlib
import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.query.reporting import COVERAGE_NOUN, REPORTED
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
    rf"|(?:(?P<last>last)|on|this|since|after)\s(?P<weekday>{_WEEKDAY})(?!,?\s(?:the\s)?(?:\w+\.?\s)?\d)|(?P<owner>{_WEEKDAY})(?=['’]s)"
    rf")\b(?!\sof\b)",
    re.IGNORECASE,
)
_THIRDS = {"early": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
# What part of the month, year or week of the day behind it is meant.
_PART_BEFORE = re.compile(
    rf"\b(?:the\s)?(?:(?P<third>early|mid|late|(?:start|middle|end)\sof)[\s-]|(?P<week>week)\sof\s"
    rf"|(?:(?P<season>{_SEASON})|q(?P<q>[1-4])|(?P<quarter>{'|'.join(_QUARTERS)})\squarter"
    rf")\s(?:of\s)?)$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\b(?P<lead>later\sthan|earlier\sthan|prior\sto|up\sto|as\sof|since|after|before|until|till|by|between|from|dated|in|"
    r"on|during|throughout|over|within|at|of|around)\s(?P<the>the\s)?(?:\w+day,?\s)?$",
    re.IGNORECASE,
)
_FROM_THEN, _FROM_NEXT = ("since",), ("after", "later than")
_UNTIL_THEN, _UNTIL_BEFORE = ("until", "till", "by", "up to", "as of"), ("before", "prior to", "earlier than")
_RANGE = re.compile(r"\s?[-–—]\s?|\s(?:to|until|till|through)\s(?:the\s)?", re.IGNORECASE)
_NEAR = 200  # characters before a period that say what it means

# Between a word of reporting and its days stand only its outlet or author, "in", "by" and the like.
_REPORTED_BEFORE = re.compile(
    rf"\b(?:{COVERAGE_NOUN}|{REPORTED}|ones?)\s"
    r"(?:(?:by|in|from|on|of|at|the|and|dated|say|says|[-|&]|[\"'‘“]?[A-Z0-9][\w.:’'&-]*[\"”]?)\s){0,10}$"
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
    r"\b(?:than|as|unlike|versus|compared\s(?:to|with))\s(?:\w+\s(?:was|were|did|is|are|had)\s)?(?:in\s|on\s)?$", re.I
)
_ORIGIN = re.compile(r"\b(?:born|founded|established|built|created|formed|invented)\s(?:\w+\s){0,2}$", re.IGNORECASE)
# A year within what a noun names, or within a clause that tells which one is meant, is the subject's.
_OF_A_THING = re.compile(
    r"\b(?:since|after|before|from|until|during|following|over|of|by|about|behind)\s(?:the|an?|its|their|his|her)\s"
    r"(?:[\w’'-]+\s){1,3}$|\w\s(?<!\band\s)(?<!\bbut\s)(?:who|that|which|whose|where|when)\s(?:[\w’'-]+\s){1,8}$",
    re.IGNORECASE,
)
_COMING = re.compile(r"\b(?:will|plans?|planned|scheduled|due|expected|upcoming)\b", re.IGNORECASE)
_PRESENT = re.compile(r"(?:(?:how|why|what|where|who|which)\s(?:\w+\s){0,2}?)?(?:is|are|am|do|does|can|should)\b", re.I)
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
    year: bool = False
    """Whether it is a written year, which is often the subject's."""
    bare: bool = False
    """Whether the last one by the day of asking is taken, and a coming one may be meant."""


def find_days(question: str, as_of: date) -> list[NamedDays]:
    """Find the days that a question names, as it would mean them on the day ``as_of``, in order."""
    with contextlib.suppress(ValueError, OverflowError):  # a day outside the calendar
        periods = _ranges(question, [*_written(question, as_of), *_relative(question, as_of)])
        return [named for period in periods if (named := _meaning(question, period, as_of))]
    return []


def _meaning(question: str, period: _Period, as_of: date) -> NamedDays | None:
    before, behind = question[max(0, period.start - _NEAR) : period.start], question[period.end :]
    match = _LEAD.search(before)
    lead, the = (" ".join(match["lead"].lower().split()), bool(match["the"])) if match else ("", False)
    start = period.start - (len(before) - match.start() if match else 0)
    before = before[: match.start()] if match else before
    single = period.first == period.last
    attributive = bool(re.match(r"\s[^\W\d_]", behind)) and (the or not lead)
    covered = _COVERAGE_BEHIND.match(behind)
    restricts = bool(
        (covered and (single or not _VAGUE.fullmatch(covered["noun"])))
        or (_REPORTED_BEFORE.search(before) and (lead or not period.year) and not (attributive and the and not single))
        or (_REPORTED_ABOUT.search(before) and lead and not re.match(r"\s\w", behind))
        or (start == 0 and behind.startswith(":"))
        or (lead == "since" and re.search(r"\blatest\b", before, re.IGNORECASE))
    )
    restricts &= lead not in ("at", "over", "around", "within")
    if not restricts and not _prefers(period, lead, attributive, before, behind, as_of):
        return None
    first, last, day = period.first, period.last, timedelta(days=1)
    if lead in (*_FROM_THEN, *_FROM_NEXT) or (lead == "from" and re.match(r"\sonwards?\b", behind)):
        return NamedDays(start, period.end, last + day if lead in _FROM_NEXT else first, None, restricts)
    if lead in (*_UNTIL_THEN, *_UNTIL_BEFORE):
        return NamedDays(start, period.end, None, first - day if lead in _UNTIL_BEFORE else last, restricts)
    if single and not restricts:
        last = max(last, min(last + 2 * day, as_of))  # news of a day is published within days
    return NamedDays(start, period.end, first, last, restricts)


def _prefers(period: _Period, lead: str, attributive: bool, before: str, behind: str, as_of: date) -> bool:
    """Whether articles of days that restrict nothing are likelier to have the answer."""
    if not as_of.year - _YEARS_BACK <= period.first.year or period.first > as_of:
        return False
    if _COMPARED.search(f"{before}{lead} ") or _COMPARED.search(before) or _ORIGIN.search(before):
        return False
    if lead in (*_UNTIL_THEN, *_UNTIL_BEFORE) or (period.bare and _COMING.search(before + behind)):
        return False
    named = lead in ("in", "during", "throughout", "since", "between", "from", "after") and not attributive
    return not period.year or (named and not _OF_A_THING.search(before))


def _written(question: str, as_of: date) -> Iterator[_Period]:
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
            yield _Period(start, one.end, *days, year=not one.month and not part, bare=not one.year)


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
    """The part that the words of ``match`` mean of the days that are written behind them; all where there is none."""
    third = _THIRDS[match["third"].lower().split()[0]] if match["third"] else None
    if match["week"] and first == last:
        return _around(first, "week")
    if last - first > timedelta(days=300):  # a year
        if third is not None:
            return _months(first.year, 4 * third + 1, 4)
        if match["season"]:
            return _months(first.year, _SEASONS[match["season"].lower()], 3)
        if match["q"] or match["quarter"]:
            return _months(first.year, 3 * int(match["q"] or _QUARTERS[match["quarter"].lower()]) - 2, 3)
    if third is not None and first < last:
        return first.replace(day=(1, 11, 21)[third]), last if third == 2 else first.replace(day=(10, 20)[third])
    return first, last


def _relative(question: str, as_of: date) -> Iterator[_Period]:
    """The periods counted from the day of asking; with a capital inside a sentence it is a name: "USA Today"."""
    for match in _RELATIVE.finditer(question):
        opens = not question[: match.start()].strip(" \"“'‘")
        nowadays = match[0].lower() == "today" and question[match.end() :][:1] not in ("'", "’")
        named = match[0][0].isupper() and not opens and not match["owner"]
        if not named and not (nowadays and _PRESENT.match(question)):
            start = match.start("weekday") if match["weekday"] and not match["last"] else match.start()
            rolling = (match["which"] or "").lower() == "past" or question[:start].lower().endswith("the ")
            yield _Period(start, match.end(), *_counted(match, as_of, rolling), bare=bool(match["weekday"]))


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
    return _around(as_of if which == "this" else _moved(as_of, -1, unit), unit)


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
    if unit == "day":
        return day, day
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    return _months(day.year, (day.month - 1) // length * length + 1, length)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    """First and last day of so many months; they may reach into the next year."""
    first = date(year, month, 1)
    return first, _moved(first, count, "month") - timedelta(days=1)


def _ranges(question: str, periods: list[_Period]) -> list[_Period]:
    """Put periods into order, without overlaps, and make one of two that are the ends of a range."""
    found = list[_Period]()
    for period in sorted(periods, key=lambda one: (one.start, -one.end)):
        before = found[-1] if found else None
        if before and period.start < before.end:
            continue
        between = question[before.end : period.start] if before else ""
        led = before and question[max(0, before.start - 12) : before.start].lower().endswith(
            ("between ", "between the ")
        )
        if before and (_RANGE.fullmatch(between) or (led and re.fullmatch(r",?\sand\s(?:the\s)?", between))):
            earlier = before.bare and before.first > period.last  # "November to January 2024"
            first, last = sorted((_moved(before.first, -1, "year") if earlier else before.first, period.last))
            period = replace(found.pop(), end=period.end, first=first, last=last)
        found.append(period)
    return found
