"""Days, months, years and weekdays of a text, and whether two of them can be the same."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from rag.check.tokens import DASHES, Token

_MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if name}
_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10}
_SHORT |= {"nov": 11, "dec": 12}
_WEEKDAYS = {name: n for n, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_WEEKDAYS |= {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
_DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
_DECADES |= {"eighties": 80, "nineties": 90}
_RELATIVE_DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
_RELATIVE = {"last": -1, "previous": -1, "this": 0, "next": 1}
_YEAR = re.compile(r"1[5-9][0-9]{2}|20[0-9]{2}")
_BEFORE_A_MONTH = frozenset(
    "in of since until by from during early mid late last this next through before after to".split()
)
_BEFORE_A_YEAR = _BEFORE_A_MONTH | frozenset(
    "and or year spring summer autumn fall winter ( – - circa around than".split()
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as a text gives it."""

    first: int
    """``first`` to ``behind`` (exclusive) are its tokens."""
    behind: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    decade: int | None = None
    """The last two digits of a decade and its century where it is given: 1990, or 90."""
    offset: int | None = None
    """Days from the day of publication: yesterday is -1."""
    offset_years: int | None = None
    offset_months: int | None = None

    @property
    def known(self) -> tuple[int | None, ...]:
        """What is given of it, for comparing."""
        return (
            self.year,
            self.month,
            self.day,
            self.weekday,
            self.decade,
            self.offset,
            self.offset_years,
            self.offset_months,
        )


def same_day(claimed: Day, given: Day, published: date | None, other: date | None = None) -> bool:
    """Whether all that a sentence says of a date is what its evidence gives, or what follows from its publication.

    ``published`` is the day of the evidence's article; ``other`` that of the article by which the sentence's own
    "yesterday" counts.
    """
    if claimed.known == given.known:
        return True
    if claimed.decade is not None:
        return _in_decade(claimed, given)
    claims = _meanings(claimed, other or published) if _is_relative(claimed) else [claimed]
    return any(_covers(given_as, claim) for claim in claims for given_as in _meanings(given, published))


def can_be_the_same(one: Day, other: Day, published: date | None) -> bool:
    """Whether nothing that is known of two dates tells them apart."""
    if one.decade is not None or other.decade is not None:
        return _in_decade(one, other) or _in_decade(other, one)
    return any(
        all(mine is None or theirs is None or mine == theirs for mine, theirs in zip(a, b, strict=True))
        for a in _fullest(one, published)
        for b in _fullest(other, published)
    )


def _fullest(day: Day, published: date | None) -> list[tuple[int | None, ...]]:
    """Year, month, day and weekday of what a date means, with all that follows from its publication."""
    meanings = _meanings(day, published)
    return [meaning.known[:4] for meaning in meanings[1:] or meanings]


def _is_relative(day: Day) -> bool:
    return day.offset is not None or day.offset_years is not None or day.offset_months is not None


def _covers(given: Day, claimed: Day) -> bool:
    if not any((claimed.year, claimed.month, claimed.day)) and claimed.weekday is None:
        return False
    pairs = (
        (claimed.year, given.year),
        (claimed.month, given.month),
        (claimed.day, given.day),
        (claimed.weekday, given.weekday),
    )
    return all(one is None or one == other for one, other in pairs)


def _in_decade(claimed: Day, given: Day) -> bool:
    if given.decade is not None and claimed.decade is not None:
        return given.decade % 100 == claimed.decade % 100
    return given.year is not None and claimed.decade in (given.year // 10 * 10, given.year // 10 * 10 % 100)


def _meanings(day: Day, published: date | None) -> list[Day]:
    """The date itself, and what it means when it was written on the day ``published``."""
    found = [_full(day)]
    if published is None:
        return found
    if day.offset is not None:
        return [*found, *_shifted(day, published, day.offset)]
    if day.offset_years is not None:
        return [*found, replace(day, year=published.year + day.offset_years)]
    if day.offset_months is not None:
        months = 12 * published.year + published.month - 1 + day.offset_months
        return [*found, replace(day, year=months // 12, month=months % 12 + 1)]
    if day.weekday is not None and day.day is None:
        back = (published.weekday() - day.weekday) % 7
        for days in (-back, 7 - back, -back - 7):
            found += _shifted(day, published, days)
    elif day.month is not None and day.year is None:
        near = min(
            (published.year - 1, published.year, published.year + 1),
            key=lambda year: abs((year - published.year) * 12 + (day.month or 0) - published.month),
        )
        found.append(_full(replace(day, year=near)))
    return found


def _shifted(day: Day, published: date, days: int) -> list[Day]:
    try:
        meant = published + timedelta(days=days)
    except OverflowError:
        return []
    return [replace(day, year=meant.year, month=meant.month, day=meant.day, weekday=meant.weekday())]


def _full(day: Day) -> Day:
    if day.year and day.month and day.day and day.weekday is None:
        try:
            return replace(day, weekday=date(day.year, day.month, day.day).weekday())
        except ValueError:
            return day
    return day


def days_in(tokens: Sequence[Token]) -> tuple[Day, ...]:
    """All dates of ``tokens``, in order."""
    found, parser = list[Day](), _Parser(tokens)
    i = 0
    while i < len(tokens):
        days = list(parser.at(i)) if _may_begin(tokens[i]) else []
        found += days
        i = days[-1].behind if days else i + 1
    return tuple(found)


def _may_begin(token: Token) -> bool:
    key = token.key
    return key[0].isdigit() or token.capital or key in _RELATIVE_DAYS or key in _RELATIVE or key in _DECADES


class _Parser:
    """Reads the dates that begin at a token."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens

    def key(self, i: int) -> str:
        return self.tokens[i].key if 0 <= i < len(self.tokens) else ""

    def at(self, i: int) -> Iterator[Day]:
        key = self.key(i)
        if key in _WEEKDAYS and (self.tokens[i].capital) and (len(key) > 5 or self.key(i + 1) == "."):
            j = i + 1 + (len(key) <= 5)
            after = j + (self.key(j) == ",")
            dated = list(self._dated(after))
            if dated and dated[0].day:
                yield replace(dated[0], first=i, weekday=_WEEKDAYS[key])
                yield from dated[1:]
            else:
                yield Day(i, j, weekday=_WEEKDAYS[key])
            return
        if key in _RELATIVE_DAYS:
            yield Day(i, i + 1, offset=_RELATIVE_DAYS[key])
            return
        if key in _RELATIVE and self.key(i + 1) in ("year", "month"):
            shift = _RELATIVE[key]
            yield Day(i, i + 2, offset_years=shift) if self.key(i + 1) == "year" else Day(i, i + 2, offset_months=shift)
            return
        yield from self._dated(i)

    def _dated(self, i: int) -> Iterator[Day]:
        """What begins with a number or a month: "3 November 2021", "Nov. 3", "2021-11-03", "1998-99", "1990s"."""
        iso = self._iso(i)
        if iso:
            yield iso
            return
        month, j = self._month(i)
        if month:
            day, k = self._day_number(j)
            if day:
                year, k = self._year_behind(k)
                yield Day(i, k, year, month, day)
                if self.key(k) in DASHES and (last := self._day_number(k + 1))[0] and not year:  # April 3–5
                    year, end = self._year_behind(last[1])
                    yield Day(k, end, year, month, last[0])
                return
            year, k = self._year_behind(j)
            yield Day(i, k, year, month)
            return
        yield from self._from_a_number(i)

    def _from_a_number(self, i: int) -> Iterator[Day]:
        day, j = self._day_number(i)
        if day:
            j += self.key(j) == "of"
            month, k = self._month(j)
            if month:
                year, k = self._year_behind(k)
                yield Day(i, k, year, month, day)
                return
            if self.key(j) in DASHES or self.key(j) in ("and", "to"):  # 3–5 April, 3 and 5 April
                last = self._from_day(j + 1)
                if last:
                    yield replace(last, first=i, behind=i + 1, day=day)
                    yield replace(last, first=i + 1)
                return
        yield from self._years(i)

    def _from_day(self, i: int) -> Day | None:
        day, j = self._day_number(i)
        month, k = self._month(j) if day else (None, j)
        if not month:
            return None
        year, k = self._year_behind(k)
        return Day(i, k, year, month, day)

    def _iso(self, i: int) -> Day | None:
        parts = [self.key(i + n) for n in range(5)]
        if not _YEAR.fullmatch(parts[0]) or parts[1] != "-" or parts[3] != "-":
            return None
        if not (parts[2].isdigit() and parts[4].isdigit() and len(parts[2]) == len(parts[4]) == 2):
            return None
        return Day(i, i + 5, int(parts[0]), int(parts[2]), int(parts[4]))

    def _month(self, i: int) -> tuple[int | None, int]:
        key = self.key(i)
        if not key or not self.tokens[i].capital:
            return None, i
        if key in _MONTHS:
            number_near = self.key(i - 1).isdigit() or self.key(i + 1)[:1].isdigit()
            if key in ("may", "march", "august") and not number_near and self.key(i - 1) not in _BEFORE_A_MONTH:
                return None, i
            return _MONTHS[key], i + 1
        if key in _SHORT and (self.key(i + 1) == "." or self.key(i + 1)[:1].isdigit() or self.key(i - 1).isdigit()):
            return _SHORT[key], i + 1 + (self.key(i + 1) == ".")
        return None, i

    def _day_number(self, i: int) -> tuple[int | None, int]:
        key = self.key(i)
        if not (key.isascii() and key.isdigit()) or len(key) > 2 or not 1 <= int(key) <= 31:
            return None, i
        return int(key), i + 1 + (self.key(i + 1) in ("st", "nd", "rd", "th"))

    def _year_behind(self, i: int) -> tuple[int | None, int]:
        j = i + (self.key(i) in (",", "of"))
        return (int(self.key(j)), j + 1) if _YEAR.fullmatch(self.key(j)) else (None, i)

    def _years(self, i: int) -> Iterator[Day]:
        key, following = self.key(i), self.key(i + 1)
        if key in _DECADES:
            yield Day(i, i + 1, decade=_DECADES[key])
            return
        short = self.key(i - 1) in ("'", "’") and len(key) == 2 and key.isdigit()
        if (_YEAR.fullmatch(key) or short) and following == "s" and self.tokens[i].end == self.tokens[i + 1].start:
            yield Day(i, i + 2, decade=int(key))
            return
        if not _YEAR.fullmatch(key):
            return
        if (following in DASHES or following == "/") and re.fullmatch("[0-9]{2}", self.key(i + 2)):  # 1998–99
            yield Day(i, i + 1, year=int(key))
            if self.key(i + 3) not in DASHES:
                yield Day(i + 1, i + 3, year=int(key[:2] + self.key(i + 2)))
            return
        behind = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        counts = behind is not None and bool(behind.stem) and behind.text[:1].islower()
        if (
            int(key) >= 1900
            and self.key(i - 1) not in ("$", "€", "£")
            and (not counts or self.key(i - 1) in _BEFORE_A_YEAR or self.key(i - 1) in ("the", "a"))
        ) or (self.key(i - 1) in _BEFORE_A_YEAR and not counts):
            yield Day(i, i + 1, year=int(key))
