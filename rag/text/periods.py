"""Finds the periods that a text names, and the days that they mean as of the day on which it was written."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import Literal

from rag.text.dates import WrittenDate, weekdays, written_dates
from rag.text.quantities import quantities

Range = tuple[date, date]
"""First and last day, inclusive."""
Kind = Literal["date", "year", "weekday", "relative"]
"""A written year or decade is often that of a thing, and not of what is told."""

_DAYS = {"yesterday": -1, "last night": -1, "tomorrow": 1}
_RELATIVE = re.compile(
    r"\b(?:(?P<day>yesterday|last\snight|today|tonight|tomorrow|this\s(?:morning|afternoon|evening))"
    r"|(?P<which>this|next|last|past)\s(?P<unit>week|weekend|month|year)"
    r"|(?P<before>previous\sday|day\sbefore)(?!\s\w)|(?:over|at)\sthe\s(?P<weekend>weekend)|an?\s(?P<ago>week|month|year)\sago|(?P<decade>1[5-9]\d0|20\d0)['’]?s"
    r"|(?:(?P<side>last|next|this)\s)?(?P<weekday>\w{3,6}day)s?(?!,?\s(?:the\s)?(?:(?-i:[A-Z])\w+\.?\s)?\d)"
    r")\b(?!\sof\b)",
    re.IGNORECASE,
)
_YEAR_BEHIND = re.compile(r"(?:\sof)?\s(last|this|next)\syear\b", re.IGNORECASE)
_AGO, _ROLLING = re.compile(r"\W+(?:ago|earlier)\b", re.I), re.compile(r"\b(?:last|past)\s$", re.I)
_STEPS = {"this": 0, "next": 1, "last": -1, "past": -1}
_LENGTHS = {"day": 1, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row that a text names; ``start`` and ``end`` are its characters, the end exclusive."""

    start: int
    end: int
    words: str
    """In lower case."""
    kind: Kind
    ranges: tuple[Range, ...]
    """What it may mean, the likeliest first: "Friday" is the last one or the next. Empty where only the day of writing
    would tell, and nobody knows it."""

    def says(self, claimed: Period) -> bool:
        """Whether it says at least as exactly what is claimed: 4 March says March, and March does not say 4 March."""
        if not self.ranges or not claimed.ranges:
            return self.words == claimed.words
        return any(one[0] <= other[0] and other[1] <= one[1] for one in claimed.ranges for other in self.ranges)


def periods(text: str, written: date | None) -> list[Period]:
    """Find the periods of an English text in order and without overlaps, as they are meant on the day ``written``.

    Read are written dates, weekdays, "yesterday", "last month", "the past two weeks",
    "two years ago" and "the 1990s". With a capital inside a sentence a relative one is a name: "USA Today".
    """
    if written and not 1500 < written.year < 9000:
        written = None
    found = list[Period]()
    every = chain(_dates(text, written), _relative(text, written), _counted(text, written))
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
    return found


def _dates(text: str, written: date | None) -> Iterator[Period]:
    """Written dates; one without a year is of the only year beside it, the last by ``written``, or the next."""
    dates = written_dates(text)
    beside = {one.year for one in dates if one.year and one.month}
    for one in dates:
        end = one.end
        ranges = list[Range]()
        if one.year:
            ranges = _in_years(one, [one.year])
        elif written and (year := _YEAR_BEHIND.match(text, end)):  # "in October last year"
            end, ranges = year.end(), _in_years(one, [written.year + _STEPS[year[1].lower()]])
        elif written:
            near = _in_years(one, range(written.year - 8, written.year + 9))
            last = [days for days in near if days[0] <= written][-1:]
            ranges = [
                *(_in_years(one, beside) if len(beside) == 1 else ()),
                *last,
                *near[near.index(last[0]) + 1 :][:1],
            ]
        yield Period(one.start, end, text[one.start : end].lower(), "date" if one.month else "year", tuple(ranges))


def _in_years(one: WrittenDate, years: Iterable[int | None]) -> list[Range]:
    found = list[Range]()
    for year in years:
        with contextlib.suppress(ValueError):  # 29 February
            dated = replace(one, year=year)
            if dated.first and dated.last:
                found.append((dated.first, dated.last))
    return found


def _relative(text: str, written: date | None) -> Iterator[Period]:
    for match in _RELATIVE.finditer(text):
        start, words = match.start(), match[0].lower()
        if match["weekday"]:
            weekday = weekdays().get(match["weekday"].lower())
            if weekday is not None:
                ranges = _weekday(weekday, (match["side"] or "").lower(), written) if written else []
                yield Period(start, match.end(), words, "weekday", tuple(ranges))
        elif match["decade"]:
            year = int(match["decade"])
            yield Period(start, match.end(), words, "year", (_months(year, 1, 120),))
        elif words[0] == match[0][0] or _opens(text, start):
            rolling = words.startswith("past") or text[:start].lower().endswith("the ")
            ranges = _days_of(match, written, rolling) if written else []
            yield Period(start, match.end(), words, "relative", tuple(ranges))


def _opens(text: str, at: int) -> bool:
    """Whether a sentence begins at a character: before it stands nothing, or the end of another."""
    before = text[max(0, at - 20) : at].rstrip(" \"'“”‘’([")
    return not before or before[-1] in ".?!:"


def _weekday(weekday: int, side: str, written: date) -> list[Range]:
    back = (written.weekday() - weekday) % 7
    last = written - timedelta(days=7 if side == "last" and not back else back)
    next_ = last + timedelta(days=7)
    return {"last": [(last, last)], "next": [(next_, next_)]}.get(side, [(last, last), (next_, next_)])


def _days_of(match: re.Match[str], written: date, rolling: bool) -> list[Range]:
    """The days that relative words mean; ``rolling`` ones end on the day of writing: "the past week"."""
    if match["day"]:
        return [_ago(-_DAYS.get(" ".join(match["day"].lower().split()), 0), "day", written)]
    if match["before"]:
        return [_ago(1, "day", written), _ago(2, "day", written)]
    if match["ago"]:
        unit = match["ago"].lower()
        return [_ago(7, "day", written) if unit == "week" else _ago(1, unit, written)]
    unit, step = (match["unit"] or "weekend").lower(), _STEPS[(match["which"] or "last").lower()]
    if rolling and step < 0 and unit in _LENGTHS:
        return [(written - timedelta(days=_LENGTHS[unit]), written)]
    if unit in ("week", "weekend"):
        monday = written + timedelta(days=7 * step - written.weekday())
        # For some a week begins on Sunday, for others it ends with it.
        first = 5 if unit == "weekend" else -1 if step == 0 else 0
        return [(monday + timedelta(days=first), monday + timedelta(days=6))]
    if unit == "month":
        return [_months(written.year, written.month + step, 1)]
    return [_months(written.year + step, 1, 12)]


def _counted(text: str, written: date | None) -> Iterator[Period]:
    """Periods that are counted from the day of writing: "two years ago", "the past three days"."""
    for time in quantities(text):
        ago, rolling = _AGO.match(text, time.end), _ROLLING.search(text, 0, time.start)
        if time.unit not in _LENGTHS or time.value > 1_000 or not (ago or rolling):
            continue
        ranges = list[Range]()
        if written:
            first = written - timedelta(days=round(time.value * _LENGTHS[time.unit]))
            ranges = [(first, written) if rolling else _ago(time.value, time.unit, written)]
        start, end = rolling.start() if rolling else time.start, ago.end() if ago else time.end
        yield Period(start, end, text[start:end].lower(), "relative", tuple(ranges))


def _ago(number: float, unit: str, written: date) -> Range:
    if unit == "day":
        day, about = written - timedelta(days=round(number)), timedelta(days=3 if number >= 7 else 0)
        return day - about, day + about  # "two weeks ago" is seldom meant to the day
    if unit == "month":
        return _months(written.year, written.month - round(number), 1)
    return _months(written.year - round(number), 1, 12)


def _months(year: int, month: int, count: int) -> Range:
    """First and last day of ``count`` months; ``month`` may lie outside the year."""
    first, behind = (12 * year + one - 1 for one in (month, month + count))
    return date(first // 12, first % 12 + 1, 1), date(behind // 12, behind % 12 + 1, 1) - timedelta(days=1)
