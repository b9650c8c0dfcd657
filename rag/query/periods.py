"""Reads periods of days as questions write them, such as "early March 2025", "3 to 9 May" and "Q3 2023"."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from rag.query.calendar_words import (
    DASHES,
    HALVES,
    ORDINALS,
    QUARTERS,
    SEASONS,
    THIRDS,
    YEAR,
    Period,
    in_year,
    months,
)
from rag.query.dates import Dates
from rag.query.reading import Reading
from rag.query.relative import Relative

_LIST = 11  # months named before the last one
JOINS = DASHES | {"to", "and", "or"}
"""What joins two periods behind most words that lead to one."""


class Periods:
    """The periods that stand in one question, as they are meant on the day of asking."""

    def __init__(self, reading: Reading, as_of: date) -> None:
        self.reading, self.key, self.as_of = reading, reading.key, as_of
        self.dates = Dates(reading, as_of)
        self.relative = Relative(reading, as_of, self.dates)

    def stretch(self, i: int, joins: Collection[str]) -> Period | None:
        """A period from one day, month or year to another, joined by one of ``joins``: "3–5 April 2025"."""
        number = self.dates.number(i)
        start = self._listed(self.unit(i))
        j = start.end if start else i + 1
        if self.key(j) not in joins or not (start or number) or (start and start.how == "relative"):
            return None
        apart = self.key(j) in ("and", "or")
        j += 1 + (self.key(j + 1) == "the")
        stop = self.unit(j)
        if not stop and start and start.size == "day" and (day := self.dates.number(j)):  # "March 3 and 5, 2025"
            year, j = self.dates.year_at(j + 1)
            stop = replace(start, first=start.first.replace(day=day), last=start.last.replace(day=day), end=j)
            if year:
                stop = replace(in_year(stop, year), how="dated")
            elif joins is JOINS:
                return None
        if not stop or stop.how == "relative":
            return None
        if not start:
            if stop.size != "day" or stop.how == "weekday" or not number:
                return None
            start = replace(stop, first=stop.first.replace(day=number), last=stop.first.replace(day=number))
        elif start.size != stop.size or (joins is JOINS and apart and start.size == "day" and start.how == "dated"):
            return None
        elif start.how == "bare":
            start = in_year(start, stop.first.year)
            if start.first > stop.first:
                start = in_year(start, stop.first.year - 1)
        elif start.how == "weekday" and start.first > stop.first:
            start = replace(start, first=start.first - timedelta(days=7))
        if start.first > stop.last:
            return None
        return replace(stop, first=start.first)

    def _listed(self, start: Period | None) -> Period | None:
        """The first month of a list, up to the one before "and": "March, April and May"."""
        for _ in range(_LIST):
            if not start or start.size != "month" or start.how != "bare" or self.key(start.end) != ",":
                break
            following = self.dates.month(start.end + 1)
            if not following or following.how != "bare":
                break
            oxford = self.key(following.end) == "," and self.key(following.end + 1) in ("and", "or")
            start = replace(start, end=following.end + oxford)
        return start

    def unit(self, i: int) -> Period | None:
        """The one period that begins with token ``i``."""
        dates, relative = self.dates, self.relative
        for read in (dates.week, self._part, relative.period, dates.day, relative.weekday, dates.month, dates.year):
            period = read(i)
            if period:
                return period
        return None

    def _part(self, i: int) -> Period | None:
        """A part of a year or month: a season, a quarter, a half, "early March", "the first week of March"."""
        key, behind = self.key(i), self.key(i + 1)
        if key in SEASONS:
            year, j = self.dates.year_at(i + 1)
            if not year and YEAR.fullmatch(self.key(i + 1 + (behind == "of"))):  # winter 2023-24
                j = i + 2 + (behind == "of")
                year, j = int(self.key(j - 1)), j + 2
            return months(year, SEASONS[key], 3, j, "part") if year else self._bare_season(i)
        if key in QUARTERS or key in HALVES:
            year, j = self.dates.year_at(i + 1)
            if not year:
                return None
            if key in HALVES:
                return months(year, 6 * HALVES[key] - 5, 6, j, "part")
            return months(year, 3 * QUARTERS[key] - 2, 3, j, "part")
        if key in ("week", "weekend"):
            led = behind in ("of", "beginning", "starting", "ending", "ended")
            day = self.dates.day(i + 2 + (self.key(i + 2) in ("the", "on"))) if led else None
            if not day:
                return None
            if key == "week" and behind in ("ending", "ended"):
                return Period(day.first - timedelta(days=6), day.last, day.end, "week")
            monday = day.first - timedelta(days=day.first.weekday())
            first = monday + timedelta(days=5) if key == "weekend" else monday
            return Period(first, monday + timedelta(days=6), day.end, "week")
        if (key in ORDINALS or key in ("last", "final")) and self.key(i + 2) == "of":
            return self._counted_part(ORDINALS.get(key, 0), behind, self._whole(i + 3))
        if key not in THIRDS:
            return None
        short = key in ("early", "mid", "late")
        if not short and behind != "of":
            return None
        whole = self._whole(i + 1 + (not short or behind in ("in", "-")))
        if not whole:
            return None
        third = THIRDS[key]
        if whole.size == "year":
            return replace(months(whole.first.year, 4 * third + 1, 4, whole.end), size="part", how=whole.how)
        first = whole.first.replace(day=(1, 11, 21)[third])
        last = whole.last if third == 2 else whole.first.replace(day=(10, 20)[third])
        return replace(whole, first=first, last=last, size="part")

    def _bare_season(self, i: int) -> Period | None:
        """The last season that has begun, unless it is named with what is no year, or "fall" may be no season."""
        key, behind = self.key(i), self.key(i + 1)
        if behind in ("of", "-") or (key == "fall" and self.key(i - 1) != "in"):
            return None
        first_month = SEASONS[key]
        season = months(self.as_of.year - (first_month > self.as_of.month), first_month, 3, i + 1, "part")
        return replace(season, how="bare")

    def _whole(self, i: int) -> Period | None:
        whole = self.relative.period(i) or self.dates.month(i) or self.dates.year(i)
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
        length = 12 // count
        part_of_year = months(whole.first.year, length * ((n or count) - 1) + 1, length, whole.end, "part")
        return replace(part_of_year, how=whole.how)
