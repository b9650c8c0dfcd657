"""Reads in a question where and when it asks to look: days, outlets, authors, quoted words and a language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Literal

from rag.query.dates import find_days
from rag.query.names import NamedSource, Names
from rag.query.reporting import COVERAGE_NOUN, REPORTED
from rag.store.scope import Scope
from rag.text.languages import codes_by_name

_QUOTED = re.compile(r'(?<!\w)(?:"([^"“”„\n]{1,200})"|[“„]([^"“”„\n]{1,200})[”“]|«([^«»\n]{1,200})»)(?!\w)')
_PHRASE_WORDS = 12
_TITLE_BEFORE = re.compile(r"\b(?:(?:head)?lined?|titled?|entitled|article|story|piece)[\s,:]{1,3}$", re.IGNORECASE)
# "Articles in Turkish", "reported in Turkish?" and "Turkish-language press", but not "reported in Turkish prisons".
_MEDIA = rf"(?:{COVERAGE_NOUN}|{REPORTED}|sources?|press|media|outlets?|newspapers?|papers?)"
_IN_LANGUAGE = re.compile(r"\bin\s(?P<name>[^\W\d_]+)\b(?!-)")
_OF_LANGUAGE = re.compile(rf"\b(?P<name>[^\W\d_]+)[-\s]language\b(?=\s(?:\w+\s){{0,2}}{_MEDIA}\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Constraint:
    """Words of a question that say where or when to look."""

    kind: Literal["days", "outlet", "author", "phrase", "language"]
    start: int
    end: int
    """``start`` and ``end`` are characters of the question, the end exclusive."""
    words: str
    restricts: bool
    """Whether nothing else may be searched; otherwise it is a preference."""
    outlet: str | None = None
    author: str | None = None
    """The names are as the index holds them."""
    published_from: date | None = None
    published_to: date | None = None
    """Inclusive; None is open."""
    phrase: str | None = None
    language: str | None = None


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
        """What the restricting constraints leave to be searched."""
        restricting = [one for one in self.constraints if one.restricts]
        first, last = _common_days([one for one in restricting if one.kind == "days"])
        return Scope(
            published_from=first,
            published_to=last,
            outlets=tuple(dict.fromkeys(one.outlet for one in restricting if one.outlet)),
            authors=tuple(dict.fromkeys(one.author for one in restricting if one.author)),
            languages=tuple(dict.fromkeys(one.language for one in restricting if one.language)),
        )

    @property
    def preferred_outlets(self) -> tuple[str, ...]:
        """Outlets that are named without tying the answer to them."""
        named = dict.fromkeys(one.outlet for one in self.constraints if one.outlet)
        return tuple(name for name in named if name not in self.scope.outlets)

    @property
    def phrases(self) -> tuple[str, ...]:
        """Quoted words that must be said; the title of an article is only a preference."""
        return tuple(one.phrase for one in self.constraints if one.phrase and one.restricts)


def parse_question(question: str, names: Names, *, as_of: date) -> ParsedQuery:
    """Read where and when a question asks to look; days are meant as on the day ``as_of``. No text is an error."""
    as_of = date(as_of.year, as_of.month, as_of.day)
    sources = names.find(question)
    outlets = {question[one.start : one.end].casefold() for one in sources}
    phrases = [one for one in _phrases(question) if (one.phrase or "").casefold() not in outlets]
    others = [*(_source(question, one) for one in sources), *_days(question, as_of), *_languages(question)]
    others.sort(key=lambda one: one.start - one.end)
    constraints = list[Constraint]()
    for constraint in [*phrases, *others]:
        if all(constraint.end <= one.start or one.end <= constraint.start for one in constraints):
            constraints.append(constraint)
    constraints.sort(key=lambda one: one.start)
    unknown = names.find_unknown(question, [(one.start, one.end) for one in constraints])
    return ParsedQuery(question, as_of, tuple(constraints), tuple(_source(question, one) for one in unknown))


def _source(question: str, named: NamedSource) -> Constraint:
    outlet, author = (named.name, None) if named.kind == "outlet" else (None, named.name)
    words = question[named.start : named.end]
    return Constraint(named.kind, named.start, named.end, words, named.restricts, outlet, author)


def _days(question: str, as_of: date) -> list[Constraint]:
    return [
        Constraint("days", one.start, one.end, question[one.start : one.end], one.restricts, None, None, *one.published)
        for one in find_days(question, as_of)
    ]


def _phrases(question: str) -> list[Constraint]:
    found = list[Constraint]()
    for match in _QUOTED.finditer(question):
        phrase = " ".join(next(filter(None, match.groups())).split()).strip(" ,.;:!?")
        if 1 <= len(phrase.split()) <= _PHRASE_WORDS and any(c.isalnum() for c in phrase):
            titled = _TITLE_BEFORE.search(question, 0, match.start())
            found.append(Constraint("phrase", *match.span(), match[0], restricts=not titled, phrase=phrase))
    return found


def _languages(question: str) -> list[Constraint]:
    found = list[Constraint]()
    for match in [*_IN_LANGUAGE.finditer(question), *_OF_LANGUAGE.finditer(question)]:
        code = codes_by_name().get(match["name"].lower())
        if not code or not (match["name"][0].isupper() or question.islower()):
            continue
        before, ends = question[: match.start()], not re.match(r"\s[^\W_]", question[match.end() :])
        of_coverage = re.search(rf"\b{COVERAGE_NOUN}\s$", before, re.IGNORECASE)
        reported = ends and re.search(rf"\b{_MEDIA}\b", before, re.IGNORECASE)
        if match.re is _OF_LANGUAGE or of_coverage or reported:
            found.append(Constraint("language", *match.span(), match[0], restricts=True, language=code))
    return found


def _common_days(constraints: Sequence[Constraint]) -> tuple[date | None, date | None]:
    """The days that all constraints allow; from the earliest to the latest where they have none in common.

    Closed periods beside each other are parts of a comparison, and all of both must be reachable; of a period within a
    longer one ("in 2024 … on 3 March 2024") the longer one says nothing.
    """
    spans = [(one.published_from or date.min, one.published_to or date.max) for one in constraints]
    closed = [span for span in spans if span[0] > date.min and span[1] < date.max]
    narrow = [
        one for one in closed if not any(one != other and one[0] <= other[0] and other[1] <= one[1] for other in closed)
    ]
    parts = [span for span in spans if span not in closed]
    if narrow:
        parts.append((min(first for first, _ in narrow), max(last for _, last in narrow)))
    if not parts:
        return None, None
    first, last = reduce(lambda a, b: (max(a[0], b[0]), min(a[1], b[1])), parts)
    if first > last:
        first, last = min(first for first, _ in parts), max(last for _, last in parts)
    return (None if first == date.min else first), (None if last == date.max else last)
