"""The words of the calendar, and the days in a row that some of them name."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

MONTHS = {
    name: n
    for n, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
SHORT_MONTHS = {name[:3]: n for name, n in MONTHS.items()} | {"sept": 9}
WEEKDAYS = {name: n for n, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
SHORT_WEEKDAYS = frozenset("mon tue tues wed thu thur thurs fri sat sun".split())
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # of the northern half, by whole months
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
NUMBERS = {word: n for n, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)}
NUMBERS |= {"a": 1, "an": 1, "couple": 2, "few": 5, "several": 7}
THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
QUARTERS = {f"q{n}": n for n in range(1, 5)}
HALVES = {"h1": 1, "h2": 2}
DAYTIMES = frozenset("morning afternoon evening night".split())
DASHES = frozenset("-–—")
YEAR = re.compile(r"(?:19|20)[0-9]{2}")

STARTERS = frozenset("day week weekend yesterday today tonight last past this earlier so".split()).union(
    MONTHS, SHORT_MONTHS, WEEKDAYS, SHORT_WEEKDAYS, SEASONS, NUMBERS, THIRDS, ORDINALS, QUARTERS, HALVES
)
"""What a period can begin with, numbers in digits apart."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, as words of a question name them."""

    first: date
    last: date
    end: int
    """The token behind it."""
    size: Literal["day", "week", "month", "year", "decade", "part"]
    how: Literal["dated", "bare", "weekday", "relative"] = "dated"
    """Bare: without the year that it is of."""


def months(year: int, month: int, count: int, end: int, size: Literal["month", "year", "part"] = "month") -> Period:
    """The ``count`` months from ``month`` on; they may reach into the next year."""
    year_of_last, month_of_last = divmod(12 * year + month - 1 + count - 1, 12)
    last_day = calendar.monthrange(year_of_last, month_of_last + 1)[1]
    return Period(date(year, month, 1), date(year_of_last, month_of_last + 1, last_day), end, size)


def days_of_month(year: int, month: int) -> int:
    """How many days the month has."""
    return calendar.monthrange(year, month)[1]


def in_year(period: Period, year: int) -> Period:
    """The same period of another year."""
    if period.size == "month":
        return replace(months(year, period.first.month, 1, period.end), how=period.how)
    return replace(period, first=period.first.replace(year=year), last=period.last.replace(year=year))
