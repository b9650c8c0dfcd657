"""Finds the dates of a sentence, the relative ones too, and the days that they mean as of the day of publication."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.text.dates import WrittenDate, written_dates
from rag.text.names import weekdays
from rag.text.quantities import quantities

Range = tuple[date, date]
"""First and last day, inclusive."""

_DAYS = {"yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1}
_RELATIVE = re.compile(
    r"(?i:\b(?P<day>yesterday|today|tonight|tomorrow)\b|\bthis (?P<now>morning|afternoon|evening)\b"
    r"|\b(?P<before>(?:the )?(?:day before|previous day))\b"
    r"|\b(?P<which>last|this|next|past|previous) (?P<period>week|weekend|month|year)\b)"
    r"|\b(?P<decade>1[5-9]\d0|20\d0)['’]?s\b|\b(?P<weekday>[A-Z][a-z]+day)s?\b"
)
_YEAR_BEHIND = re.compile(r"(?: of)? (last|this) year\b")
_AGO = re.compile(r"\W+(?:ago|earlier)\b")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a sentence; ``start`` and ``end`` are its characters, the end exclusive."""

    start: int
    end: int
    ranges: tuple[Range, ...]
    """What it may mean: "Friday" the last one or the next. Empty where only the day of publication, which nobody knows,
    would tell."""
    words: str
    """In lower case."""

    def says(self, claimed: Dated) -> bool:
        """Whether it says at least as exactly what is claimed: 4 March says March, and March does not say 4 March."""
        if not self.ranges or not claimed.ranges:
            return self.words == claimed.words
        return any(one[0] <= other[0] and other[1] <= one[1] for one in claimed.ranges for other in self.ranges)


def dates(text: str, published: date | None) -> list[Dated]:
    """Find the dates of an English sentence: written ones, weekdays, "yesterday", "last month", "two years ago"."""
    if published and not 1500 < published.year < 9000:
        published = None
    found = list[Dated]()
    for one in written_dates(text):
        year = _YEAR_BEHIND.match(text, one.end) if published and not one.year and one.month else None
        if year and published:  # "in October last year"
            one = replace(one, year=published.year - (year[1] != "this"))
        found.append(_dated(text, one.start, one.end, _written(one, published)))
    for match in _RELATIVE.finditer(text):
        if match["decade"]:
            first = int(match["decade"])
            found.append(_dated(text, *match.span(), [(date(first, 1, 1), date(first + 9, 12, 31))]))
        elif not match["weekday"] or match["weekday"].casefold() in weekdays():
            found.append(_dated(text, *match.span(), _relative(match, published) if published else []))
    for time in quantities(text):
        ago = _AGO.match(text, time.end)
        if ago and time.unit in ("day", "month", "year"):
            ranges = _ago(time.value, time.unit, published) if published else []
            found.append(_dated(text, time.start, ago.end(), ranges))
    return sorted(found, key=lambda one: one.start)


def _dated(text: str, start: int, end: int, ranges: list[Range]) -> Dated:
    return Dated(start, end, tuple(ranges), text[start:end].casefold())


def _written(one: WrittenDate, published: date | None) -> list[Range]:
    if one.first and one.last:
        return [(one.first, one.last)]
    if not published or not one.month:
        return []
    years = (WrittenDate(one.start, one.end, published.year + n, one.month, one.day) for n in (-1, 0, 1))
    ranges = [(year.first, year.last) for year in years if _exists(year) and year.first and year.last]
    # the nearest; what lies ahead counts as twice as far, since most news is of what has been
    return [min(ranges, key=lambda pair: max((published - pair[1]).days, 2 * (pair[0] - published).days))]


def _exists(one: WrittenDate) -> bool:
    return (one.month, one.day) != (2, 29) or (one.year or 0) % 4 == 0


def _relative(match: re.Match[str], published: date) -> list[Range]:
    if match["day"] or match["now"]:
        day = published + timedelta(days=_DAYS[(match["day"] or "today").casefold()])
        return [(day, day)]
    if match["before"]:
        return [(published - timedelta(days=n),) * 2 for n in (1, 2)]
    if match["weekday"]:
        back = (published.weekday() - weekdays()[match["weekday"].casefold()]) % 7
        return [(day, day) for day in (published - timedelta(days=back), published + timedelta(days=7 - back))]
    step = {"this": 0, "next": 1}.get(match["which"].casefold(), -1)
    if match["period"].casefold() == "year":
        return [(date(published.year + step, 1, 1), date(published.year + step, 12, 31))]
    if match["period"].casefold() == "month":
        return [_month(published, step)]
    monday = published + timedelta(days=7 * step - published.weekday())
    return [(monday, monday + timedelta(days=6))]


def _month(day: date, step: int) -> Range:
    first = date(day.year + (day.month - 1 + step) // 12, (day.month - 1 + step) % 12 + 1, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _ago(number: float, unit: str, published: date) -> list[Range]:
    if number > 1_000:
        return []
    if unit == "day":
        day = published - timedelta(days=round(number))
        about = timedelta(days=3 if number >= 7 else 0)  # "two weeks ago" is seldom meant to the day
        return [(day - about, day + about)]
    if unit == "month":
        return [_month(published, -round(number))]
    return [(date(published.year - round(number), 1, 1), date(published.year - round(number), 12, 31))]
