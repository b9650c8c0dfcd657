"""Reads, without a language model, where and when a question of news asks to look."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce

from rag.query.days import find_days
from rag.query.names import Names
from rag.query.reading import COVERAGE_NOUNS, Reading, any_of
from rag.query.reading import Constraint as Constraint
from rag.query.unknown_outlets import unknown_outlets
from rag.store.scope import Scope
from rag.text.languages import CODES_BY_NAME

_QUOTED = re.compile(r'(?<!\w)(?:"([^"“”„\n]{1,200})"|[“„]([^"“”„\n]{1,200})[”“]|«([^«»\n]{1,200})»)(?!\w)')
_PHRASE_WORDS = 12
_TITLE_CUES = frozenset("titled headlined entitled headline title article story piece".split())
_COVERAGE_IN = COVERAGE_NOUNS | frozenset(
    "source sources press media outlet outlets newspaper newspapers paper papers published written reported".split()
)


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a question asks for, as far as its wording says it."""

    question: str
    as_of: date
    constraints: tuple[Constraint, ...]
    """In the order of the question; no two overlap."""
    unknown_outlets: tuple[Constraint, ...] = ()
    """Outlets whose reporting it asks for, and that the index does not hold."""

    @property
    def scope(self) -> Scope:
        """The limits that the mentions set together."""
        limiting = [constraint for constraint in self.constraints if constraint.restricts]
        first, last = _common_days([constraint for constraint in limiting if constraint.kind == "days"])
        return Scope(
            published_from=first,
            published_to=last,
            outlets=tuple(dict.fromkeys(constraint.outlet for constraint in limiting if constraint.outlet)),
            authors=tuple(dict.fromkeys(constraint.author for constraint in limiting if constraint.author)),
            languages=tuple(dict.fromkeys(constraint.language for constraint in limiting if constraint.language)),
        )

    @property
    def preferred_outlets(self) -> tuple[str, ...]:
        """Outlets that are named without tying the answer to them."""
        limiting = {constraint.outlet for constraint in self.constraints if constraint.restricts}
        named = dict.fromkeys(constraint.outlet for constraint in self.constraints if constraint.outlet)
        return tuple(name for name in named if name not in limiting)

    @property
    def phrases(self) -> tuple[str, ...]:
        """Quoted words that must be said; the title of an article, which is a preference, is only in ``mentions``."""
        return tuple(constraint.phrase for constraint in self.constraints if constraint.phrase and constraint.restricts)


def parse_question(question: str, names: Names, *, as_of: date) -> ParsedQuery:
    """Read where and when a question asks to look; days are meant as on the day ``as_of``. No text is an error."""
    as_of = date(as_of.year, as_of.month, as_of.day)
    reading = Reading(question)
    named = names.find(reading)
    outlets = {constraint.words.strip().casefold() for constraint in named}
    phrases = [phrase for phrase in _find_phrases(question) if (phrase.phrase or "").casefold() not in outlets]
    others = sorted(
        [*named, *find_days(reading, as_of), *_find_languages(reading)], key=lambda one: one.start - one.end
    )
    constraints, taken = list[Constraint](), bytearray(len(question))
    for constraint in [*phrases, *others]:
        if not any(taken[constraint.start : constraint.end]):
            taken[constraint.start : constraint.end] = b"\1" * (constraint.end - constraint.start)
            constraints.append(constraint)
    in_order = tuple(sorted(constraints, key=lambda one: one.start))
    return ParsedQuery(question, as_of, in_order, tuple(unknown_outlets(reading, in_order)))


def _find_phrases(question: str) -> list[Constraint]:
    found = list[Constraint]()
    for match in _QUOTED.finditer(question):
        phrase = " ".join(next(filter(None, match.groups())).split()).strip(" ,.;:!?")
        if not 1 <= len(phrase.split()) <= _PHRASE_WORDS or not any(c.isalnum() for c in phrase):
            continue
        before = question[max(0, match.start() - 20) : match.start()].rstrip(" ,:").casefold().split()
        titled = bool(before) and before[-1] in _TITLE_CUES
        found.append(Constraint("phrase", *match.span(), match[0], restricts=not titled, phrase=phrase))
    return found


def _find_languages(reading: Reading) -> list[Constraint]:
    """Find "in French", and "French-language" with what it describes."""
    found = list[Constraint]()
    for i, key in enumerate(reading.keys):
        code = CODES_BY_NAME.get(key)
        if not code or (key == "polish" and not reading.capital(i)):
            continue
        j = i + 1 + (reading.key(i + 1) == "-")
        if reading.key(j) == "language":
            covered = any_of(reading.keys[j + 1 : j + 4], _COVERAGE_IN)
            found.append(replace(reading.constraint("language", i, j + 1, covered), language=code))
        elif reading.key(i - 1) == "in" and (reading.key(i - 2) in _COVERAGE_IN or not reading.attributive(i + 1)):
            covered = any_of(reading.around(i - 1, i + 1), _COVERAGE_IN)
            found.append(replace(reading.constraint("language", i - 1, i + 1, covered), language=code))
    return found


def _common_days(constraints: list[Constraint]) -> tuple[date | None, date | None]:
    """The days that all mentions allow; from the earliest to the latest where they have none in common.

    Closed periods beside each other are parts of a comparison, and all of both must be reachable; of a period within a
    longer one ("in 2024 … on 3 March 2024") the longer one says nothing.
    """
    spans = [(constraint.published_from or date.min, constraint.published_to or date.max) for constraint in constraints]
    closed = [span for span in spans if span[0] > date.min and span[1] < date.max]
    narrow = [span for span in closed if not any(_is_wider(span, other) for other in closed)]
    parts = [span for span in spans if span not in closed]
    if narrow:
        parts.append((min(first for first, _ in narrow), max(last for _, last in narrow)))
    if not parts:
        return None, None
    first, last = reduce(lambda a, b: (max(a[0], b[0]), min(a[1], b[1])), parts)
    if first > last:
        first, last = min(first for first, _ in parts), max(last for _, last in parts)
    return (None if first == date.min else first), (None if last == date.max else last)


def _is_wider(span: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether ``span`` is a longer period around ``other``; the days after an event do not make it one."""
    return span != other and span[0] <= other[0] and other[1] <= span[1] and (span[1] - span[0]).days > 3
