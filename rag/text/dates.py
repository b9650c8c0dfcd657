"""Finds the dates that are written out in a text: days, months and years."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import cache

# Month names alone are read only behind one of these: "May", "March", "April", "June", "August" are other words too.
_BEFORE_MONTH = (
    "in of since until till by during before after from to through between and early mid late last next this"
)
_YEAR = r"(?:1[5-9]|20)[0-9]{2}"
_YEAR_ENDS = rf"(?![\w%])(?![-–](?!{_YEAR}\b)\w)(?![.,/]\d)"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
_NTH = r"(?:st|nd|rd|th)?"
_OF = r"(?:,?\s|\sof\s|,\sof\s)"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as a text writes it; ``start`` and ``end`` are its characters, the end exclusive."""

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None

    @property
    def first(self) -> date | None:
        """The first day that is meant; None without a year."""
        return date(self.year, self.month or 1, self.day or 1) if self.year else None

    @property
    def last(self) -> date | None:
        """The last day that is meant, inclusive; None without a year."""
        if not self.year:
            return None
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


def written_dates(text: str) -> list[WrittenDate]:
    """Find the dates in an English text, in order; none overlap, and none is outside the calendar (31 February).

    Read are "4 March 2025", "the 4th of March", "March 4, 2025", "March 2025", "2025" (from 1500 on), "2025-03-04" and
    "2025-03"; "3 to 9 May 2025" is two dates, each with the month and year. A month alone is read behind a preposition
    ("in March"). Figures with strokes or points ("04/03/2025") are not read, as their order is a guess, nor are
    "1990s", "2019-20" and "2000-metre".
    """
    found = list[WrittenDate]()
    for match in _pattern().finditer(text):
        found += [one for one in _dates(match) if _exists(one)]
    return found


def month_number(name: str) -> int | None:
    """Return the number of a month by its English name, in full or shortened; None for any other word."""
    return _months().get(name.casefold().rstrip("."))


@cache
def weekdays() -> dict[str, int]:
    """Numbers of the weekdays, Monday is 0, by their English names in lower case."""
    from babel import Locale  # and not babel.dates, which looks through all time zones first

    return {name.lower(): number for number, name in Locale("en").days["format"]["wide"].items()}


def _dates(match: re.Match[str]) -> list[WrittenDate]:
    part = {name: value for name, value in match.groupdict().items() if value}
    if "iso" in part:
        return [WrittenDate(*match.span(), *(int(number) for number in part["iso"].split("-")))]
    year = next((int(part[name]) for name in ("year2", "year3", "year4", "year5") if name in part), None)
    month_name = next((part[name] for name in ("month1", "month2", "month3", "month4") if name in part), "")
    days = [name for name in ("day1", "day2", "day3", "day4") if name in part]
    if not days:
        return [WrittenDate(*match.span(), year, month_number(month_name))]
    # "3 to 9 May" is two dates, which share their month and year.
    starts = [match.start(), *(match.start(day) for day in days[1:])]
    ends = [*(match.end(day) for day in days[:-1]), match.end()]
    numbers = [int(part[day].rstrip("stndrhSTNDRH")) for day in days]
    return [
        WrittenDate(start, end, year, month_number(month_name), number)
        for start, end, number in zip(starts, ends, numbers, strict=True)
    ]


def _exists(written: WrittenDate) -> bool:
    if written.month is None:
        return True
    return written.month <= 12 and (written.day or 1) <= calendar.monthrange(written.year or 2000, written.month)[1]


@cache
def _months() -> dict[str, int]:
    from babel import Locale

    return {
        name.casefold().rstrip("."): number
        for country in ("US", "GB")
        for width in ("wide", "abbreviated")
        for number, name in Locale("en", country).months["format"][width].items()
    }


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(_months(), key=len, reverse=True)
    month = rf"(?:{'|'.join(names)})(?![^\W\d_])\.?"
    full = "|".join(name for name in names if len(name) > 4 or name in ("may", "june", "july"))
    behind = "|".join(rf"(?<=\b{word}[\s-])" for word in _BEFORE_MONTH.split())
    join = r"(?:\s?[-–—/]\s?|\s(?:to|and|or|until|through)\s(?:the\s)?)"
    day_ends = r"(?![\w:%]|[,.]\d)"
    return re.compile(
        rf"(?<![\w/$€£#])(?<![\d.,-][-.,])(?:"
        rf"(?P<iso>{_YEAR}-(?:0[1-9]|1[0-2])(?:-{_DAY})?)(?![\w/]|-\w)"
        rf"|(?:(?P<day1>{_DAY}{_NTH}){join})?(?P<day2>{_DAY}{_NTH})(?:\s|-|\sof\s)(?P<month1>{month})"
        rf"(?:{_OF}(?P<year2>{_YEAR}){_YEAR_ENDS})?"
        rf"|(?P<month2>{month})\s(?P<day3>{_DAY}{_NTH}){day_ends}(?:{join}(?P<day4>{_DAY}{_NTH}){day_ends})?"
        rf"(?:{_OF}(?P<year3>{_YEAR}){_YEAR_ENDS})?"
        rf"|(?P<month3>{month}){_OF}(?P<year4>{_YEAR}){_YEAR_ENDS}"
        rf"|(?:{behind})(?P<month4>{full})(?![\w'’-]|\s(?-i:[A-Z]))"
        rf"|(?P<year5>{_YEAR}){_YEAR_ENDS}"
        rf")",
        re.IGNORECASE,
    )
