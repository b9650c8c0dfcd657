"""Reads periods that are counted from the day of asking: "yesterday", "the past two weeks", "a month ago"."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from rag.query.calendar_words import DAYTIMES, MONTHS, NUMBERS, SEASONS, WEEKDAYS, Period, days_of_month, months
from rag.query.dates import Dates
from rag.query.reading import Reading


class Relative:
    """The periods of one question that depend on the day of asking."""

    def __init__(self, reading: Reading, as_of: date, dates: Dates) -> None:
        self.reading, self.key, self.as_of, self.dates = reading, reading.key, as_of, dates

    def period(self, i: int) -> Period | None:
        """The period that begins with token ``i``, weekdays apart."""
        key, behind = self.key(i), self.key(i + 1)
        if self.reading.capital(i) and not self.reading.starts_sentence(i):
            return None  # a title: USA Today, Last Week in Ellery
        if key in ("today", "tonight"):
            return self._days_ago(0, i + 1)
        if key == "yesterday":
            return self._days_ago(1, i + 1 + (behind in DAYTIMES))
        if [key, behind, self.key(i + 2)] == ["day", "before", "yesterday"]:
            return self._days_ago(2, i + 3)
        if key == "weekend" and self.key(i - 1) == "the" and self.key(i - 2) in ("over", "at", "during"):
            return self._weekend(i + 1, self.as_of)
        if key in ("earlier", "so"):
            j = i + 1 + (key == "so" and behind == "far")
            this = self.period(j) if self.key(j) in ("this", "today") else None
            return replace(this, last=self.as_of) if this and this.first <= self.as_of else None
        if key == "this":
            return self._this(i + 1)
        if key in ("last", "past"):
            return self._last(i)
        return self._ago(i) or self._around(i)

    def weekday(self, i: int) -> Period | None:
        """The day of a weekday: the last one by the day of asking, or one of last week."""
        weekday = WEEKDAYS.get(self.key(i))
        if weekday is None:
            return None
        j = i + 1 + (self.key(i + 1) in DAYTIMES)
        if self.key(j) == "the":  # Friday the 13th
            return None
        k = j + (self.key(j) == "of")
        if self.key(k) in ("last", "this") and self.key(k + 1) == "week":
            day = self._monday() + timedelta(days=weekday - 7 * (self.key(k) == "last"))
            return Period(day, day, k + 2, "day", "relative")
        day = self.as_of - timedelta(days=(self.as_of.weekday() - weekday) % 7)
        return Period(day, day, j, "day", "weekday")

    def _this(self, i: int) -> Period | None:
        key = self.key(i)
        if key in DAYTIMES:
            return self._days_ago(0, i + 1)
        if key == "week":
            # For some the week begins on Sunday, for others it ends with it.
            return Period(
                self._monday() - timedelta(days=1), self._monday() + timedelta(days=6), i + 1, "week", "relative"
            )
        if key == "weekend":
            return self._weekend(i + 1, self._monday() + timedelta(days=6))
        if key in WEEKDAYS:
            day = self._monday() + timedelta(days=WEEKDAYS[key])
            return Period(day, day, i + 1, "day", "relative")
        if self.key(i + 1) == "of":
            return None
        winter_began = key == "winter" and self.as_of.month < 3  # last year
        return self._named(i, self.as_of.year - winter_began)

    def _last(self, i: int) -> Period | None:
        rolling = self.key(i) == "past" or self.key(i - 1) == "the"
        number, j = self._count(i + 1)
        unit, end = self.key(j), j + 1
        if self.key(end) == "of":  # the last week of the strike
            return None
        if (number or rolling) and unit.rstrip("s") in ("hour", "day", "week", "month", "year"):
            return Period(_moved(self.as_of, -(number or 1), unit.rstrip("s")), self.as_of, end, "part", "relative")
        if number or self.key(i) == "past":
            return None
        if unit == "night":
            return self._days_ago(1, end)
        if unit == "week":
            return Period(self._monday(-1), self._monday() - timedelta(days=1), end, "week", "relative")
        if unit == "weekend":
            return self._weekend(end, self.as_of - timedelta(days=2))
        if unit in WEEKDAYS:
            return self._days_ago((self.as_of.weekday() - WEEKDAYS[unit] - 1) % 7 + 1, end)
        if unit == "month":
            last = self.as_of.replace(day=1) - timedelta(days=1)
            return replace(months(last.year, last.month, 1, end), how="relative")
        if unit in ("year", "quarter"):
            return self._named(j, self.as_of.year - (unit == "year"), quarters_back=1)
        for year in range(self.as_of.year, self.as_of.year - 3, -1):
            named = self._named(j, year)
            if not named or named.last < self.as_of:
                return named
        return None

    def _named(self, i: int, year: int, quarters_back: int = 0) -> Period | None:
        """The month, season, quarter or year named at token ``i``, in ``year``."""
        key = self.key(i)
        if key == "year":
            return replace(months(year, 1, 12, i + 1, "year"), how="relative")
        if key == "quarter":
            quarter = 4 * year + (self.as_of.month - 1) // 3 - quarters_back
            return replace(months(quarter // 4, 3 * (quarter % 4) + 1, 3, i + 1, "part"), how="relative")
        if key == "month":
            return replace(months(year, self.as_of.month, 1, i + 1), how="relative")
        if key in MONTHS and self.dates.month_name(i)[0]:
            return replace(months(year, MONTHS[key], 1, i + 1), how="relative")
        if key in SEASONS:
            return replace(months(year, SEASONS[key], 3, i + 1, "part"), how="relative")
        return None

    def _ago(self, i: int) -> Period | None:
        """A period so many days, weeks, months or years back: all of the calendar week, month or year."""
        number, j = self._count(i)
        if not number or self.key(j + 1) != "ago":
            return None
        unit, end = self.key(j).rstrip("s"), j + 2
        if unit not in ("hour", "day", "week", "month", "year"):
            return None
        if unit == "year" and number > 25:
            return None
        return _calendar_unit(_moved(self.as_of, -number, unit), unit, end)

    def _around(self, i: int) -> Period | None:
        """A period counted from a day that is named: "two weeks before 3 May 2025", "in the week after 3 May".

        With "the" it is all the days until or from then, like "the last two weeks"; without, like "two weeks ago".
        """
        the = self.key(i - 1) == "the"
        number, j = self._count(i)
        unit = self.key(j).rstrip("s")
        if not (number or the) or unit not in ("day", "week", "month", "year"):
            return None
        sign = {"before": -1, "after": 1}.get(self.key(j + 1))
        day = self.dates.day(j + 2 + (self.key(j + 2) == "the")) if sign else None
        if not day or not sign:
            return None
        other = _moved(day.first, sign * (number or 1), unit)
        if not the or (unit == "day" and not number):
            return _calendar_unit(other, unit, day.end)
        neighbour = day.first + timedelta(days=sign)
        return Period(min(other, neighbour), max(other, neighbour), day.end, "part", "relative")

    def _count(self, i: int) -> tuple[int | None, int]:
        """The number at token ``i`` and the token behind it: "3", "three", "a couple of", "few"."""
        key = self.key(i)
        if key in ("a", "the") and self.key(i + 1) in ("couple", "few"):
            key, i = self.key(i + 1), i + 1
        number = int(key) if key.isdecimal() and len(key) <= 3 else NUMBERS.get(key)
        if not number:
            return None, i
        return number, i + 1 + (key == "couple" and self.key(i + 1) == "of")

    def _days_ago(self, days: int, end: int) -> Period:
        day = self.as_of - timedelta(days=days)
        return Period(day, day, end, "day", "relative")

    def _monday(self, weeks: int = 0) -> date:
        return self.as_of - timedelta(days=self.as_of.weekday() - 7 * weeks)

    def _weekend(self, end: int, until: date) -> Period:
        """The last weekend that began by the day ``until``."""
        saturday = until - timedelta(days=(until.weekday() - 5) % 7)
        return Period(saturday, saturday + timedelta(days=1), end, "week", "relative")


def _moved(day: date, number: int, unit: str) -> date:
    """The day so many units later, or earlier; of a month or year it is the same day, or the last one there is."""
    if unit in ("month", "year"):
        month_count = 12 * day.year + day.month - 1 + number * (12 if unit == "year" else 1)
        year, month = month_count // 12, month_count % 12 + 1
        return date(year, month, min(day.day, days_of_month(year, month)))
    days = {"hour": -(-abs(number) // 24) * (1 if number > 0 else -1), "day": number, "week": 7 * number}[unit]
    return day + timedelta(days=days)


def _calendar_unit(day: date, unit: str, end: int) -> Period:
    """All of the week, month or year that the day is in."""
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6), end, "week", "relative")
    if unit == "month":
        return replace(months(day.year, day.month, 1, end), how="relative")
    if unit == "year":
        return replace(months(day.year, 1, 12, end, "year"), how="relative")
    return Period(day, day, end, "day", "relative")
