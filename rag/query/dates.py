"""Reads dates as questions write them: days, months, years and weeks of the year."""

from __future__ import annotations

import re
from datetime import date

from rag.query.calendar_words import (
    DASHES,
    MONTHS,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
    YEAR,
    Period,
    days_of_month,
    months,
)
from rag.query.reading import Reading

_DAY = re.compile(r"(\d{1,2})(st|nd|rd|th)?")
_DIGITS = re.compile(r"[0-9]{1,2}")
_ISO = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")
_ISO_WEEK = re.compile(r"w([0-9]{2})")
_DECADE = re.compile(r"((?:19|20)[0-9]0)s")


class Dates:
    """The dates that stand in one question."""

    def __init__(self, reading: Reading, as_of: date) -> None:
        self.reading, self.key, self.as_of = reading, reading.key, as_of

    def number(self, i: int) -> int | None:
        """The number of a day, written at token ``i``: "3", "3rd"."""
        match = _DAY.fullmatch(self.key(i))
        return int(match[1]) if match else None

    def month_name(self, i: int) -> tuple[int | None, int]:
        """The number of the month named at token ``i``, and the token behind it and its full stop."""
        key = self.key(i)
        month, end = MONTHS.get(key), i + 1
        if not month and (month := SHORT_MONTHS.get(key)) and self.key(end) == ".":
            end += 1
        if key in ("may", "march") and not self.reading.capital(i) and not self.year_at(end)[0]:
            month = month if self._is_month_in_small(i) else None
        return month, end

    def _is_month_in_small(self, i: int) -> bool:
        """Whether "may" or "march", in a question without capitals, is a month: "on may 3", "in march?"."""
        before, behind = self.key(i - 1), self.key(i + 1)
        if not self.reading.careless:
            return False
        return (before == "on" and self.number(i + 1) is not None) or (before == "in" and behind in ("", "?", ".", ","))

    def year_at(self, i: int) -> tuple[int | None, int]:
        """The year that follows at token ``i``, behind "of" or a comma too; and the token behind it, or ``i``."""
        j = i + (self.key(i) in (",", "of"))
        if not YEAR.fullmatch(self.key(j)) or (self.key(j + 1) in DASHES and self.reading.touches(j + 1)):
            return None, i
        return int(self.key(j)), j + 1

    def day(self, i: int) -> Period | None:
        """A single day; one without a year is the last one by the day of asking."""
        key = self.key(i)
        if _ISO.fullmatch(key):
            day = date(*(int(part) for part in key.split("-")))
            return Period(day, day, i + 1, "day")
        if key in WEEKDAYS or key in SHORT_WEEKDAYS:
            j = i + 1 + (self.key(i + 1) == ".")
            j += self.key(j) == ","
            j += self.key(j) == "the"
            period = self.day(j) if self.key(j)[:1].isdigit() or self.month_name(j)[0] else None
            return period if period and (key in WEEKDAYS or period.how == "dated") else None
        return self._day_in_digits(i) or self._day_of_month(i)

    def _day_in_digits(self, i: int) -> Period | None:
        """A day such as 2025/05/03, 13/5/2025 or 3.5.2025.

        With strokes and the year last, both orders of day and month are common. It counts only where one of them is no
        date, or both are the same day; with points, the day goes first wherever that is written.
        """
        mark = self.key(i + 1)
        if mark not in ("/", ".") or self.key(i + 3) != mark or self._glued(i) or self._glued(i + 5):
            return None
        if not all(self.reading.touches(j) for j in range(i + 1, i + 5)):
            return None
        first, middle, last = (self.key(j) for j in (i, i + 2, i + 4))
        if not _DIGITS.fullmatch(middle):
            return None
        if YEAR.fullmatch(first) and _DIGITS.fullmatch(last):
            day = date(int(first), int(middle), int(last))
        elif _DIGITS.fullmatch(first) and YEAR.fullmatch(last):
            day_number, month = int(first), int(middle)
            if mark == "/" and month > 12:
                day_number, month = month, day_number
            elif mark == "/" and day_number <= 12 and day_number != month:
                return None
            day = date(int(last), month, day_number)
        else:
            return None
        return Period(day, day, i + 5, "day")

    def _glued(self, i: int) -> bool:
        """Whether token ``i`` belongs to the same number or path as the one before it: "1.3.5.2025", "3/5/2025/a"."""
        if not self.reading.touches(i):
            return False
        before, key = self.key(i - 1), self.key(i)
        if key in ("/", ".", "-", "%"):
            return key != "." or (self.reading.touches(i + 1) and self.key(i + 1)[:1].isalnum())
        return before in ("/", ".", "-", "$", "€", "£", "#") or key[:1].isalnum()

    def _day_of_month(self, i: int) -> Period | None:
        number = self.number(i)
        if number:
            j = i + 1
            j += self.key(j) == "of"
            month, j = self.month_name(j)
        else:
            month, j = self.month_name(i)
            number = self.number(j) if month else None
            j += 1
        if not month or not number:
            return None
        year, j = self.year_at(j)
        if year:
            day = date(year, month, number)
            return Period(day, day, j, "day")
        if self.key(j + (self.key(j) in (",", "of"))).isdecimal():  # 3 May 1791
            return None
        for year in range(self.as_of.year, self.as_of.year - 9, -1):  # 29 February may be eight years back
            if number <= days_of_month(year, month) and date(year, month, number) <= self.as_of:
                day = date(year, month, number)
                return Period(day, day, j, "day", "bare")
        return None

    def week(self, i: int) -> Period | None:
        """A week by its number, as ISO 8601 counts them: "week 12 of 2025", "2025-W12"."""
        if self.key(i) == "week" and _DIGITS.fullmatch(self.key(i + 1)):
            week: int = int(self.key(i + 1))
            year, end = self.year_at(i + 2)
        elif match := self._behind_dash(i, _ISO_WEEK):
            year, week, end = int(self.key(i)), int(match[1]), i + 3
        else:
            return None
        if not year:
            return None
        return Period(date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7), end, "week")

    def month(self, i: int) -> Period | None:
        """A month; one without a year is the last one that has begun by the day of asking."""
        if match := self._behind_dash(i, _DIGITS):
            # 2024-05; but 2011-12 is as often two years.
            year, month = int(self.key(i)), int(match[0])
            return months(year, month, 1, i + 3) if len(match[0]) == 2 and month <= min(year % 100, 12) else None
        named, j = self.month_name(i)
        if not named:
            return None
        dated, j = self.year_at(j)
        if dated:
            return months(dated, named, 1, j)
        if self.key(i) not in MONTHS or self.key(j)[:1].isdigit():
            return None
        bare = months(self.as_of.year - (named > self.as_of.month), named, 1, j)
        return Period(bare.first, bare.last, j, "month", "bare")

    def _behind_dash(self, i: int, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What stands behind a year and a hyphen, all without spaces."""
        if not YEAR.fullmatch(self.key(i)) or self.key(i + 1) != "-" or self.reading.touches(i) or self._glued(i + 3):
            return None
        if not (self.reading.touches(i + 1) and self.reading.touches(i + 2)):
            return None
        return pattern.fullmatch(self.key(i + 2))

    def year(self, i: int) -> Period | None:
        """A year, or a decade ("1990s")."""
        key = self.key(i)
        if decade := _DECADE.fullmatch(key):
            first = int(decade[1])
            return Period(date(first, 1, 1), date(first + 9, 12, 31), i + 1, "decade")
        in_part = self.key(i - 1) == "-" and self.key(i - 2) in ("early", "mid", "late")  # mid-2024
        if not YEAR.fullmatch(key) or (self.reading.touches(i) and not in_part) or self.key(i + 1) in ("/", "%"):
            return None
        return months(int(key), 1, 12, i + 1, "year")
