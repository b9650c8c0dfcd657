"""Reads the days that a question of news asks for: a small grammar of periods, and of the words that lead to them.

A single day of an event gives that day and the two after it, as far as they are not after the day of asking, since news
follows what happens; a day of publishing ("reported on", "the 3 March article") gives exactly that day. What dates the
subject and not the news is left alone ("the 2014 annexation", "born in 1980"), and so is what cannot be told from it: a
year without a month counts only behind "in", "since" and their like, within the last 25 years, in a question about what
was and not what is. A coming day is not when news of it is published: "will vote on" and "by 2030" give nothing.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from rag.query.calendar_words import DASHES, DAYTIMES, SEASONS, STARTERS, Period
from rag.query.periods import JOINS, Periods
from rag.query.reading import COVERAGE_NOUNS, REPORTED, Constraint, Reading, any_of

_Role = Literal["at", "near", "of", "dated", "between", "from", "since", "after", "before", "until"]
_LEADS: dict[str, _Role] = {
    **dict.fromkeys(("in", "on", "during", "throughout", "over", "within", "at"), "at"),
    **{"of": "of", "dated": "dated", "between": "between", "from": "from", "since": "since"},
    **{"after": "after", "later than": "after", "before": "before", "prior to": "before", "earlier than": "before"},
    **dict.fromkeys(("until", "till", "through", "up to", "by", "no later than", "as of"), "until"),
    **dict.fromkeys(("towards", "toward", "around", "near"), "near"),
}
_JOINS = {"between": frozenset(("and",)), "from": DASHES | {"to", "until", "till", "through"}}
_STARTERS = STARTERS | {lead.split()[0] for lead in _LEADS}

_NAMELIKE = frozenset("march april may june august".split())  # also names of people, or verbs
_PUBLISHED = COVERAGE_NOUNS | frozenset(
    "published publish reported posted printed print ran aired wrote write written".split()
)
_HAPPENED = frozenset("happened happen happening did was were had said announced latest".split())
_PRESENT = frozenset("is are am does do can should would will must".split())
_FUTURE = frozenset("will upcoming scheduled".split())
_COMING = frozenset(
    "will plan plans planned scheduled due expected expects upcoming going target forecast next".split()
)
_ORIGINS = frozenset("born founded established built created formed invented incorporated constructed".split())
_RELATIVES = frozenset("that which who whose where when".split())
_COMPARED = frozenset("than as unlike".split())
# "The morning of 3 May" is that day, and "the deadline of 3 May" is no event that news follows.
_PARTS_OF_TIME = DAYTIMES | {"events", "day", "days", "month"}
_APPOINTED = frozenset("deadline date target anniversary end start beginning eve".split())
# Before a date that no lead belongs to, these make it part of something else: "the 3 March vote", "for 3 March".
_BINDING = frozenset(
    "the a an this that these those 's of for to from with than as after before until since by".split()
)
_SPANS = frozenset("day days week weeks month months year years hours shortly soon immediately".split())


def find_days(reading: Reading, as_of: date) -> list[Constraint]:
    """The days that the question asks for, as it would mean them on the day ``as_of``."""
    grammar, found, i = _Grammar(reading, as_of), list[Constraint](), 0
    while i < len(reading):
        end, constraint = i + 1, None
        if reading.key(i) in _STARTERS or reading.key(i)[:1].isdigit():
            with contextlib.suppress(ValueError, OverflowError):  # 31 February, or a day outside the calendar
                end, constraint = grammar.at(i)
        if constraint:
            found.append(constraint)
        i = end
    # "Higher than in March" needs March too, once there are limits.
    limits = any(constraint.restricts for constraint in found)
    return [replace(constraint, restricts=limits) for constraint in found]


class _Grammar:
    def __init__(self, reading: Reading, as_of: date) -> None:
        self.reading, self.key, self.as_of = reading, reading.key, as_of
        self.periods = Periods(reading, as_of)

    def at(self, i: int) -> tuple[int, Constraint | None]:
        """The mention that begins with token ``i``, if one does, and the token where to read on."""
        for length in (3, 2, 1):
            role = _LEADS.get(" ".join(self.reading.keys[i : i + length]))
            if role:
                j = i + length + (self.key(i + length) == "the")
                period = self.periods.stretch(j, _JOINS.get(role, JOINS))
                if period and role == "from":
                    role = "between"
                elif not period and role != "between":
                    period = self.periods.unit(j)
                return (period.end, self._led(i, j, role, period)) if period else (i + 1, None)
        period = self.periods.stretch(i, JOINS) or self.periods.unit(i)
        return (period.end, self._unled(i, period)) if period else (i + 1, None)

    # What a period means where it stands

    def _led(self, i: int, j: int, role: _Role, period: Period) -> Constraint | None:
        """Read a period behind a lead: tokens ``i`` until ``j`` are the lead and perhaps "the"."""
        the = self.key(j - 1) == "the"
        covered = self._coverage_behind(period)
        exact = covered or role == "dated" or self._published_before(i)
        if period.size == "decade" and not exact:
            return None
        if not covered:
            the_third = not self.key(j).isdigit() and self.key(j)[:1].isdigit()  # "the 3rd of March" is the day itself
            if the and period.size in ("day", "month", "year") and period.how != "relative" and not the_third:
                return None
            if role == "of" and not exact and self.key(i - 1) not in _PARTS_OF_TIME:
                return self._since_event(i, period)
            if role == "from" and not exact:
                if self.key(period.end) not in ("on", "onward", "onwards"):
                    return None
                role = "since"
            if not self._asks_when(i, role, period):
                return None
        if role in ("after", "before") and self.key(i - 1) in _SPANS:
            return None
        first, last = period.first, period.last
        if role == "after":
            return self._mention(i, period, last + timedelta(days=1), None)
        if role == "before":
            return self._mention(i, period, None, first - timedelta(days=1))
        if role == "until":
            return self._mention(i, period, None, last)
        if role == "since":
            return self._mention(i, period, first, None)
        return self._mention(i, period, first, last if exact else self._with_days_after(first, last))

    def _since_event(self, i: int, period: Period) -> Constraint | None:
        """Read "the fire of 3 March 2025": it is reported from that day on, and nobody knows until when."""
        named = {"the", "that", "this", "'s"} & set(self.reading.before(i, 4))
        dated = period.size == "day" or (period.size == "month" and period.how == "dated")
        if not named or not dated or period.first > self.as_of or period.how in ("relative", "weekday"):
            return None
        if not self.reading.attributive(i - 1) or self.key(i - 1) in _APPOINTED:
            return None
        return self._mention(i, period, period.first, None)

    def _asks_when(self, i: int, role: _Role, period: Period) -> bool:
        """Whether a led period is of the news, and not of the subject."""
        reading = self.reading
        before, near = reading.before(i), reading.around(i, period.end)
        if period.how != "relative" and any_of(before[-4:], _ORIGINS):
            return False
        if period.first > self.as_of and any_of(near, _COMING):
            return False
        if period.how in ("bare", "weekday") and any_of(near, _FUTURE):
            return False  # the coming one, which is not read
        if role == "near" and period.how != "dated" and period.size != "part":
            return False
        modifies = reading.attributive(period.end) and not reading.starts_sentence(i)
        if period.size == "year" and period.how == "dated":
            # In "did it cost in 2021" the verb stands before the year or right behind it; a noun there is a subject's.
            modifies = modifies and ("did" not in before or reading.capital(period.end))
            return not modifies and self._asks_for_year(i, role, period, near)
        if period.how == "bare" and period.size == "month" and self.key(period.end - 1) in _NAMELIKE:
            if role in ("before", "after", "until") and (self.key(i) == "by" or self.key(period.end)[:1].isalnum()):
                return False  # "before May resigned", "by June"
            return role != "near" and not modifies and self.key(period.end) != "'s"
        if period.how == "bare" and self.key(period.end - 1) in SEASONS and self._is_custom(near):
            return False
        if period.how in ("bare", "weekday") and period.size != "day":
            return not modifies
        return not (modifies and (period.size == "part" or period.how == "weekday"))

    def _is_custom(self, near: list[str]) -> bool:
        """Whether the question is of what is and not of what was: "how do eels sleep in winter"."""
        return any_of(near, _PRESENT) and not any_of(near, COVERAGE_NOUNS | REPORTED)

    def _asks_for_year(self, i: int, role: _Role, period: Period, near: list[str]) -> bool:
        if not self.as_of.year - 25 <= period.first.year <= period.last.year <= self.as_of.year:
            return False
        if role == "at" and self.key(i) not in ("in", "during", "throughout"):
            return False
        if self._is_custom(near):
            return False
        if role in ("before", "until") and not any_of(near, COVERAGE_NOUNS | REPORTED):
            return False
        before = self.reading.before(i, 8)
        return not any(
            key in _RELATIVES and previous not in ("and", "or", "but", ",") for previous, key in pairwise(before)
        )

    def _unled(self, i: int, period: Period) -> Constraint | None:
        """Read a period that no lead stands before."""
        reading, before = self.reading, self.key(i - 1)
        if period.how == "relative":
            return self._relative_limits(i, period)
        if self._coverage_behind(period):
            return self._mention(i, period, period.first, period.last)
        exact = self._published_before(i)
        modifies = reading.attributive(period.end) or self.key(period.end) == "'s"
        opens = reading.starts_sentence(i) or before in (",", "(", ":", ";", *DASHES)
        match period.size, period.how:
            case "day", "dated":
                taken = before not in _BINDING and not modifies
            case "day", "bare":
                taken = exact and not modifies
            case "day", "weekday":
                taken = self.key(period.end) == "'s" and (i == 0 or not reading.capital(i - 1))
            case "week", "dated":
                taken = True
            case "month" | "part", "dated":
                closes = not self.key(period.end)[:1].isalnum() and before.isalpha() and before not in _BINDING
                named = reading.capital(i - 1) and not reading.starts_sentence(i - 1)  # Vogue May 2024
                taken = (opens or (closes and not named)) and not modifies
            case _:
                taken = False
        if not taken or any_of(reading.before(i, 4), _ORIGINS):
            return None
        if period.first > self.as_of and any_of(reading.around(i, period.end), _COMING):
            return None
        last = period.last if exact else self._with_days_after(period.first, period.last)
        return self._mention(i, period, period.first, last)

    def _relative_limits(self, i: int, period: Period) -> Constraint | None:
        # "How is the dam used today" means nowadays.
        if self.key(period.end - 1) == "today" and not self.reading.starts_sentence(i) and self.key(period.end) != "'s":
            near = self.reading.around(i, period.end)
            if not any_of(near, COVERAGE_NOUNS | REPORTED | _HAPPENED):
                return None
        return self._mention(i, period, period.first, self._with_days_after(period.first, period.last))

    def _mention(self, i: int, period: Period, first: date | None, last: date | None) -> Constraint:
        constraint = self.reading.constraint("days", i, period.end, limits=self.key(i - 1) not in _COMPARED)
        return replace(constraint, published_from=first, published_to=last)

    def _with_days_after(self, first: date, last: date) -> date:
        if first != last:
            return last
        return max(last, min(last + timedelta(days=2), self.as_of))

    def _published_before(self, i: int) -> bool:
        """Whether a word of publishing stands before token ``i``, with no more between than who published it."""
        for n in range(i - 1, max(i - 9, -1), -1):
            if self.key(n) in _PUBLISHED or self.key(n) in ("one", "ones"):
                return True
            if not (self.key(n) in ("by", "in", "the", "and", "'s") or self.reading.capital(n)):
                return False
        return False

    def _coverage_behind(self, period: Period) -> bool:
        """Whether the period says of which coverage: "the 3 March Strand Radio article"."""
        j = period.end
        while j < period.end + 6 and (self.key(j) in ("'s", "the") or self.reading.capital(j)):
            j += 1
        # A report or an interview of a month, or news of a year, is as often the subject.
        vague = ("report", "reports", "interview", "news", "post", "posts")
        return self.key(j) in COVERAGE_NOUNS and (period.size == "day" or self.key(j) not in vague)
