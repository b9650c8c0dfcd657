"""Puts the limits of a follow-up into the question before it: "in April" in the place of "in March"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from rag.query.calendar_words import MONTHS, YEAR
from rag.query.days import find_days
from rag.query.names import Names
from rag.query.parsed_query import parse_question
from rag.query.reading import COVERAGE_NOUNS, Constraint, Reading
from rag.store.scope import name_key
from rag.text.languages import language_name

_FRAME = "What happened "
# Words around limits that say nothing of their own: "only in articles from The Ellery Courier, please".
_AROUND = COVERAGE_NOUNS | frozenset(
    "only just in on from of by the and according to per at with what does do did says say said please source".split()
)
_LEADS = frozenset(
    """in on during throughout over within at since until till through before after by from between dated up as last
    this past yesterday today towards around near earlier prior""".split()
)
_ACCORDING = re.compile(r"(?:only\s)?according to (?P<name>(?:the )?[^\s,;?]+(?: [^\s,;?]+){0,4})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limit:
    """What a follow-up limits the question before it to."""

    kind: Literal["days", "outlet", "author", "language"]
    words: str
    """As they can stand in a question: "in April", the name of the outlet or author, "in French"."""


def bare_limits(text: str, names: Names, as_of: date) -> tuple[Limit, ...]:
    """The limits that ``text`` is made of; none where it says anything else."""
    for lead in ("", "in ", "on "):
        shift = len(_FRAME)
        question = f"{_FRAME}{lead}{text}?"
        left, found = lead + text, list[Limit]()
        constraints = [*find_days(Reading(question), as_of)]
        constraints += [
            one for one in parse_question(question, names, as_of=as_of).constraints if one.kind == "language"
        ]
        for one in sorted(constraints, key=lambda one: -one.start):
            kind: Literal["days", "language"] = "days" if one.kind == "days" else "language"
            said = f"in {language_name(one.language)}" if one.language else one.words
            found.insert(0, Limit(kind, said))
            left = left[: one.start - shift] + left[one.end - shift :]
        rest = Reading(left)
        words = [i for i, key in enumerate(rest.keys) if key[:1].isalnum() and key not in _AROUND]
        if not words and found:
            return tuple(found)
        if words and (who := _who(left, rest, words, names)):
            return (*found, who)
    return ()


def _who(text: str, reading: Reading, words: list[int], names: Names) -> Limit | None:
    """The outlet or author that is all that ``text`` names."""
    first, last = words[0], words[-1]
    while reading.key(first - 1) == "the":
        first -= 1
    name = reading.text(first, last + 1)
    several = [outlet_called(one, names) for one in re.split(r"\s(?:and|or)\s", name)]
    joined = " and ".join(one for one in several if one) if all(several) else None
    if outlet := outlet_called(name, names) or joined:
        return Limit("outlet", outlet)
    if named := [
        one.author for one in parse_question(f"articles by {name}", names, as_of=date.max).constraints if one.author
    ]:
        return Limit("author", named[0])
    match = _ACCORDING.fullmatch(text.strip(" ,.?!"))
    return Limit("outlet", match["name"]) if match else None


def outlet_called(name: str, names: Names) -> str | None:
    """The one outlet whose name is ``name``, or ends with it: "the Courier"."""
    key = name_key(name)
    if not key:
        return None
    same = [one for one in names.outlets if name_key(one) == key]
    short = [one for one in names.outlets if name_key(one).endswith(f" {key}")]
    found = same or short
    return found[0] if len(found) == 1 else None


def limited(question: str, limits: tuple[Limit, ...], names: Names, as_of: date) -> str | None:
    """The question with ``limits`` in the places of its own of the same kinds, or behind it; None where none fits."""
    for limit in limits:
        constraints = [
            one for one in parse_question(question, names, as_of=as_of).constraints if one.kind == limit.kind
        ]
        if len(constraints) > 1 and not _adjacent(question, constraints):
            return None  # of a comparison, nobody can tell which one is meant
        words = _dated(limit.words, constraints) if limit.kind == "days" else limit.words
        if not constraints:
            question = added(question, Limit(limit.kind, words))
            continue
        start, end = constraints[0].start, constraints[-1].end
        old = question[start:end]
        if limit.kind == "days" and old.casefold().split()[0] not in _LEADS:
            # "the 3 March article": another lead would not fit there.
            question = added(_without(question, start, end), Limit("days", words))
            continue
        if start == 0:
            words = words[:1].upper() + words[1:]
        elif old[:1].islower() and limit.kind == "outlet" and old.casefold().startswith("the ") and words[:4] == "The ":
            words = "the " + words[4:]
        question = question[:start] + words + question[end:]
    return question


def added(question: str, limit: Limit) -> str:
    """The question with a limit behind it."""
    body, mark = _body(question)
    match limit.kind:
        case "outlet":
            return f"{body}, according to {limit.words}{mark}"
        case "author":
            return f"{body}, in articles by {limit.words}{mark}"
        case "language":
            return f"{body} in articles {limit.words}{mark}"
        case _:
            # Before whose report it is: "in March, according to Radio Velmora".
            head, according, who = body.partition(", according to ")
            return f"{head} {limit.words[:1].lower() + limit.words[1:]}{according}{who}{mark}"


def carried(question: str, before: str, names: Names, as_of: date, *, days: bool = True) -> str:
    """The question with those limits of the one before it that it has none of its own kind for."""
    own = {one.kind for one in parse_question(question, names, as_of=as_of).constraints}
    for one in sorted(parse_question(before, names, as_of=as_of).constraints, key=lambda one: one.kind):
        if one.kind in own or not one.restricts:
            continue
        if one.kind == "days" and days and one.words.casefold().split()[0] in _LEADS:
            question = added(question, Limit("days", one.words))
        elif one.kind == "outlet" and one.outlet:
            question = added(question, Limit("outlet", one.words))
    return question


def days_of(question: str, names: Names, as_of: date) -> str | None:
    """The one mention of days in a question, in its words, where it can stand in another."""
    found = [one.words for one in parse_question(question, names, as_of=as_of).constraints if one.kind == "days"]
    return found[0] if len(found) == 1 and found[0].casefold().split()[0] in _LEADS else None


def _adjacent(question: str, constraints: list[Constraint]) -> bool:
    between = [question[one.end : other.start] for one, other in pairwise(constraints)]
    return all(words.strip().casefold() in ("and", "or", ",", "&") for words in between)


def _dated(words: str, before: list[Constraint]) -> str:
    """Give a month or day the year that the question before named: "in April" after "in March 2025"."""
    years = {year for one in before for year in YEAR.findall(one.words)}
    keys = Reading(words).keys
    bare = any(key in MONTHS for key in keys) and not YEAR.search(words)
    return f"{words} {years.pop()}" if bare and len(years) == 1 else words


def _without(question: str, start: int, end: int) -> str:
    return " ".join((question[:start] + " " + question[end:]).split())


def _body(question: str) -> tuple[str, str]:
    body = question.rstrip(" ?!.")
    return body, "?" if question.rstrip().endswith("?") else question.rstrip()[len(body) :].strip()
