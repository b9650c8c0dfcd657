"""Reads periods of days as questions write them, such as "early March 2025", "the past two weeks" and "Q3 2023"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from rag.questions.reading import Reading

_MONTH_NAMES = "january february march april may june july august september october november december".split()
_MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES, start=1)}
_SHORT_MONTHS = {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}
_WEEKDAY_NAMES = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAYS = {name: n for n, name in enumerate(_WEEKDAY_NAMES)}
_SHORT_WEEKDAYS = frozenset("mon tue tues wed thu thur thurs fri sat sun".split())
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # of the northern half, by whole months
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_NUMBERS = {word: n for n, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)}
_NUMBERS |= {"a": 1, "an": 1, "couple": 2, "few": 5, "several": 7}
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_DAY = re.compile(r"(\d{1,2})(st|nd|rd|th)?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
DASHES = frozenset("-–—")
JOINS = DASHES | {"to", "and"}
_DAYTIMES = frozenset("morning afternoon evening night".split())

STARTERS = frozenset("q1 q2 q3 q4 day week weekend yesterday today tonight last past this earlier so".split()).union(
    _MONTHS, _SHORT_MONTHS, _WEEKDAYS, _SHORT_WEEKDAYS, _SEASONS, _NUMBERS, _THIRDS, _ORDINALS
)
"""What a period can begin with, numbers in digits apart."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days in a row, as words of a question name them."""

    first: date
    last: date
    end: int
    """The token behind it."""
    size: Literal["day", "week", "month", "year", "part"]
    how: Literal["dated", "bare", "weekday", "relative"] = "dated"
    """Bare: without the year that it is of."""


class Periods:
    """The periods that stand in one question, as they are meant on the day of asking."""

    def __init__(self, reading: Reading, as_of: date) -> None:
        self.reading, self.key, self.as_of = reading, reading.key, as_of

    def stretch(self, i: int, joins: Collection[str]) -> Period | None:
        """A period from one day, month or year to another, joined by one of ``joins``: "3–5 April 2025"."""
        number = self._number(i)
        start = self.unit(i)
        j = start.end if start else i + 1
        if self.key(j) not in joins or not (start or number) or (start and start.how == "relative"):
            return None
        j += 1 + (self.key(j + 1) == "the")
        stop = self.unit(j)
        if not stop and start and start.size == "day" and (day := self._number(j)):  # "March 3 and 5, 2025"
            year, j = self._year_at(j + 1)
            stop = replace(start, first=start.first.replace(day=day), last=start.last.replace(day=day), end=j)
            if year:
                stop = replace(_in_year(stop, year), how="dated")
            elif joins is JOINS:
                return None
        if not stop or stop.how == "relative":
            return None
        if not start:
            if stop.size != "day" or stop.how == "weekday" or not number:
                return None
            start = replace(stop, first=stop.first.replace(day=number), last=stop.first.replace(day=number))
        elif start.size != stop.size or (joins is JOINS and self.key(j - 1) == "and" and _is_dated_day(start)):
            return None
        elif start.how == "bare":
            start = _in_year(start, stop.first.year)
            if start.first > stop.first:
                start = _in_year(start, stop.first.year - 1)
        elif start.how == "weekday" and start.first > stop.first:
            start = replace(start, first=start.first - timedelta(days=7))
        if start.first > stop.last:
            return None
        return replace(stop, first=start.first)

    def unit(self, i: int) -> Period | None:
        """The one period that begins with token ``i``."""
        for read in (self._part, self._relative, self._day, self._weekday, self._month, self._year):
            period = read(i)
            if period:
                return period
        return None

    def _number(self, i: int) -> int | None:
        match = _DAY.fullmatch(self.key(i))
        return int(match[1]) if match else None

    def _month_name(self, i: int) -> tuple[int | None, int]:
        """The number of the month named at token ``i``, and the token behind it and its full stop."""
        key = self.key(i)
        month, end = _MONTHS.get(key), i + 1
        if not month and (month := _SHORT_MONTHS.get(key)) and self.key(end) == ".":
            end += 1
        if key in ("may", "march") and not self.reading.capital(i) and not self._year_at(end)[0]:
            month = None
        return month, end

    def _year_at(self, i: int) -> tuple[int | None, int]:
        """The year that follows at token ``i``, behind "of" or a comma too; and the token behind it, or ``i``."""
        j = i + (self.key(i) in (",", "of"))
        if not _YEAR.fullmatch(self.key(j)) or (self.key(j + 1) in DASHES and self.reading.touches(j + 1)):
            return None, i
        return int(self.key(j)), j + 1

    def _day(self, i: int) -> Period | None:
        key = self.key(i)
        if _ISO.fullmatch(key):
            day = date(*(int(part) for part in key.split("-")))
            return Period(day, day, i + 1, "day")
        if key in _WEEKDAYS or key in _SHORT_WEEKDAYS:
            j = i + 1 + (self.key(i + 1) == ".")
            j += self.key(j) == ","
            j += self.key(j) == "the"
            period = self._day(j) if self.key(j)[:1].isdigit() or self._month_name(j)[0] else None
            return period if period and (key in _WEEKDAYS or period.how == "dated") else None
        number = self._number(i)
        if number:
            j = i + 1
            j += self.key(j) == "of"
            month, j = self._month_name(j)
        else:
            month, j = self._month_name(i)
            number = self._number(j) if month else None
            j += 1
        if not month or not number:
            return None
        year, j = self._year_at(j)
        if year:
            day = date(year, month, number)
            return Period(day, day, j, "day")
        for year in range(self.as_of.year, self.as_of.year - 9, -1):  # 29 February may be eight years back
            if number <= calendar.monthrange(year, month)[1] and date(year, month, number) <= self.as_of:
                return Period(date(year, month, number), date(year, month, number), j, "day", "bare")
        return None

    def _month(self, i: int) -> Period | None:
        month, j = self._month_name(i)
        if not month:
            return None
        year, j = self._year_at(j)
        if year:
            return _months(year, month, 1, j)
        if self.key(i) not in _MONTHS or self.key(j)[:1].isdigit():
            return None
        year = self.as_of.year - (month > self.as_of.month)
        return replace(_months(year, month, 1, j), how="bare")

    def _year(self, i: int) -> Period | None:
        if not _YEAR.fullmatch(self.key(i)) or self.reading.touches(i) or self.key(i + 1) in ("/", "%"):
            return None
        return replace(_months(int(self.key(i)), 1, 12, i + 1), size="year")

    def _weekday(self, i: int) -> Period | None:
        weekday = _WEEKDAYS.get(self.key(i))
        if weekday is None:
            return None
        j = i + 1 + (self.key(i + 1) in _DAYTIMES)
        if self.key(j) == "the":  # Friday the 13th
            return None
        k = j + (self.key(j) == "of")
        if self.key(k) in ("last", "this") and self.key(k + 1) == "week":
            day = self._monday() + timedelta(days=weekday - 7 * (self.key(k) == "last"))
            return Period(day, day, k + 2, "day", "relative")
        day = self.as_of - timedelta(days=(self.as_of.weekday() - weekday) % 7)
        return Period(day, day, j, "day", "weekday")

    def _part(self, i: int) -> Period | None:
        """A part of a year or month: a season, a quarter, a half, "early March", "the first week of March"."""
        key, behind = self.key(i), self.key(i + 1)
        if key in _SEASONS:
            year, j = self._year_at(i + 1)
            if not year and _YEAR.fullmatch(self.key(i + 1 + (behind == "of"))):  # winter 2023-24
                j = i + 2 + (behind == "of")
                year, j = int(self.key(j - 1)), j + 2
            return _months(year, _SEASONS[key], 3, j, "part") if year else None
        if key in ("q1", "q2", "q3", "q4"):
            year, j = self._year_at(i + 1)
            return _months(year, 3 * int(key[1]) - 2, 3, j, "part") if year else None
        if key in ("week", "weekend"):
            day = self._day(i + 2 + (self.key(i + 2) == "the")) if behind in ("of", "beginning", "starting") else None
            if not day:
                return None
            monday = day.first - timedelta(days=day.first.weekday())
            first = monday + timedelta(days=5) if key == "weekend" else monday
            return Period(first, monday + timedelta(days=6), day.end, "week")
        if (key in _ORDINALS or key in ("last", "final")) and self.key(i + 2) == "of":
            return self._counted_part(_ORDINALS.get(key, 0), behind, self._whole(i + 3))
        if key not in _THIRDS:
            return None
        short = key in ("early", "mid", "late")
        if not short and behind != "of":
            return None
        whole = self._whole(i + 1 + (not short or behind in ("in", "-")))
        if not whole:
            return None
        third = _THIRDS[key]
        if whole.size == "year":
            return replace(_months(whole.first.year, 4 * third + 1, 4, whole.end), size="part", how=whole.how)
        first = whole.first.replace(day=(1, 11, 21)[third])
        last = whole.last if third == 2 else whole.first.replace(day=(10, 20)[third])
        return replace(whole, first=first, last=last, size="part")

    def _whole(self, i: int) -> Period | None:
        whole = self._relative(i) or self._month(i) or self._year(i)
        return whole if whole and whole.size in ("month", "year") else None

    def _counted_part(self, n: int, part: str, whole: Period | None) -> Period | None:
        """The ``n``-th part of a period; 0 is its last."""
        if not whole:
            return None
        if part == "week" and whole.size == "month":
            first = whole.first + timedelta(days=7 * (n - 1)) if n else whole.last - timedelta(days=6)
            return replace(whole, first=first, last=first + timedelta(days=6), size="part")
        count = {"half": 2, "quarter": 4}.get(part)
        if not count or whole.size != "year" or n > count:
            return None
        months = 12 // count
        part_of_year = _months(whole.first.year, months * ((n or count) - 1) + 1, months, whole.end, "part")
        return replace(part_of_year, how=whole.how)

    # The periods that are counted from the day of asking

    def _relative(self, i: int) -> Period | None:
        key, behind = self.key(i), self.key(i + 1)
        if self.reading.capital(i) and not self.reading.starts_sentence(i):
            return None  # a title: USA Today, Last Week in Ellery
        if key in ("today", "tonight"):
            return self._days_ago(0, i + 1)
        if key == "yesterday":
            return self._days_ago(1, i + 1 + (behind in _DAYTIMES))
        if [key, behind, self.key(i + 2)] == ["day", "before", "yesterday"]:
            return self._days_ago(2, i + 3)
        if key == "weekend" and self.key(i - 1) == "the" and self.key(i - 2) in ("over", "at", "during"):
            return self._weekend(i + 1, self.as_of)
        if key in ("earlier", "so"):
            j = i + 1 + (key == "so" and behind == "far")
            this = self._relative(j) if self.key(j) in ("this", "today") else None
            return replace(this, last=self.as_of) if this and this.first <= self.as_of else None
        if key == "this":
            return self._this(i + 1)
        if key in ("last", "past"):
            return self._last(i)
        return self._ago(i)

    def _this(self, i: int) -> Period | None:
        key = self.key(i)
        if key in _DAYTIMES:
            return self._days_ago(0, i + 1)
        if key == "week":
            return Period(self._monday(), self._monday() + timedelta(days=6), i + 1, "week", "relative")
        if key == "weekend":
            return self._weekend(i + 1, self._monday() + timedelta(days=6))
        if key in _WEEKDAYS:
            day = self._monday() + timedelta(days=_WEEKDAYS[key])
            return Period(day, day, i + 1, "day", "relative")
        return self._named(i, self.as_of.year) if self.key(i + 1) != "of" else None

    def _last(self, i: int) -> Period | None:
        rolling = self.key(i) == "past" or self.key(i - 1) == "the"
        number, j = self._count(i + 1)
        unit, end = self.key(j), j + 1
        if self.key(end) == "of":  # the last week of the strike
            return None
        if (number or rolling) and unit.rstrip("s") in ("hour", "day", "week", "month", "year"):
            return Period(self._back(number or 1, unit), self.as_of, end, "part", "relative")
        if number or self.key(i) == "past":
            return None
        if unit == "night":
            return self._days_ago(1, end)
        if unit == "week":
            return Period(self._monday(-1), self._monday() - timedelta(days=1), end, "week", "relative")
        if unit == "weekend":
            return self._weekend(end, self.as_of - timedelta(days=2))
        if unit in _WEEKDAYS:
            return self._days_ago((self.as_of.weekday() - _WEEKDAYS[unit] - 1) % 7 + 1, end)
        if unit == "month":
            last = self.as_of.replace(day=1) - timedelta(days=1)
            return replace(_months(last.year, last.month, 1, end), how="relative")
        if unit in ("year", "quarter"):
            return self._named(j, self.as_of.year - (unit == "year"), quarters_back=1)
        this = self._named(j, self.as_of.year)
        return self._named(j, self.as_of.year - 1) if this and this.last >= self.as_of else this

    def _named(self, i: int, year: int, quarters_back: int = 0) -> Period | None:
        """The month, season, quarter or year named at token ``i``, in ``year``."""
        key = self.key(i)
        if key == "year":
            return replace(_months(year, 1, 12, i + 1), size="year", how="relative")
        if key == "quarter":
            quarter = 4 * year + (self.as_of.month - 1) // 3 - quarters_back
            return replace(_months(quarter // 4, 3 * (quarter % 4) + 1, 3, i + 1, "part"), how="relative")
        if key == "month":
            return replace(_months(year, self.as_of.month, 1, i + 1), how="relative")
        if key in _MONTHS and self._month_name(i)[0]:
            return replace(_months(year, _MONTHS[key], 1, i + 1), how="relative")
        if key in _SEASONS:
            return replace(_months(year, _SEASONS[key], 3, i + 1, "part"), how="relative")
        return None

    def _ago(self, i: int) -> Period | None:
        """A period so many days, weeks, months or years back: all of the calendar week, month or year."""
        number, j = self._count(i)
        if not number or self.key(j + 1) != "ago":
            return None
        unit, end = self.key(j).rstrip("s"), j + 2
        if unit not in ("hour", "day", "week", "month", "year"):
            return None
        day = self._back(number, unit)
        if unit == "week":
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6), end, "week", "relative")
        if unit == "month":
            return replace(_months(day.year, day.month, 1, end), how="relative")
        if unit == "year":
            return replace(_months(day.year, 1, 12, end), size="year", how="relative") if number <= 25 else None
        return Period(day, day, end, "day", "relative")

    def _count(self, i: int) -> tuple[int | None, int]:
        """The number at token ``i`` and the token behind it: "3", "three", "a couple of", "few"."""
        key = self.key(i)
        if key in ("a", "the") and self.key(i + 1) in ("couple", "few"):
            key, i = self.key(i + 1), i + 1
        number = int(key) if key.isdecimal() and len(key) <= 3 else _NUMBERS.get(key)
        if not number:
            return None, i
        return number, i + 1 + (key == "couple" and self.key(i + 1) == "of")

    def _back(self, number: int, unit: str) -> date:
        unit = unit.rstrip("s")
        if unit in ("month", "year"):
            months = 12 * self.as_of.year + self.as_of.month - 1 - number * (12 if unit == "year" else 1)
            year, month = months // 12, months % 12 + 1
            return date(year, month, min(self.as_of.day, calendar.monthrange(year, month)[1]))
        days = {"hour": -(-number // 24), "day": number, "week": 7 * number}[unit]
        return self.as_of - timedelta(days=days)

    def _days_ago(self, days: int, end: int) -> Period:
        day = self.as_of - timedelta(days=days)
        return Period(day, day, end, "day", "relative")

    def _monday(self, weeks: int = 0) -> date:
        return self.as_of - timedelta(days=self.as_of.weekday() - 7 * weeks)

    def _weekend(self, end: int, until: date) -> Period:
        """The last weekend that began by the day ``until``."""
        saturday = until - timedelta(days=(until.weekday() - 5) % 7)
        return Period(saturday, saturday + timedelta(days=1), end, "week", "relative")


def _months(year: int, month: int, count: int, end: int, size: Literal["month", "part"] = "month") -> Period:
    """The ``count`` months from ``month`` on; they may reach into the next year."""
    year_of_last, month_of_last = divmod(12 * year + month - 1 + count - 1, 12)
    last_day = calendar.monthrange(year_of_last, month_of_last + 1)[1]
    return Period(date(year, month, 1), date(year_of_last, month_of_last + 1, last_day), end, size)


def _in_year(period: Period, year: int) -> Period:
    if period.size == "month":
        return replace(_months(year, period.first.month, 1, period.end), how=period.how)
    return replace(period, first=period.first.replace(year=year), last=period.last.replace(year=year))


def _is_dated_day(period: Period) -> bool:
    return period.size == "day" and period.how == "dated"
