"""Compares the numbers and dates of a claim with those of its evidence, and with what follows from them by arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Protocol

from rag.check.dating import Dated
from rag.check.evidence import Evidence, Fault
from rag.check.statements import Statement, closeness
from rag.check.verdicts import Outcome, Rule
from rag.text.quantities import Quantity

# How much closer to the claim's words another number, date or name must stand than the claimed one to be meant.
_DISPLACED = 0.3
# From here on another one is named as what the evidence says instead; from the second on, arithmetic does not help.
_NEAR, _SAME_PLACE = 0.2, 0.75
# Words that hold a number, enough to support one but not to claim one.
_IMPLIED = {"both": 2.0, "couple": 2.0, "pair": 2.0, "trio": 3.0, "no": 0.0, "none": 0.0}
# Units that a text leaves out: "aged 41", "at 8".
_MAY_BE_BARE = frozenset({"", "year", "clock"})


@dataclass(frozen=True, slots=True)
class Place:
    """A number, date or name of a sentence, and how close it stands to the words around the claimed one."""

    near: float
    written: str

    @classmethod
    def of(cls, claim: Statement, mine: Spot, said: Statement, one: Spot) -> Place:
        """Compare the words around ``mine`` in the claim with those around ``one`` in a sentence."""
        near = closeness(claim.context(mine.start, mine.end), said.context(one.start, one.end))
        return cls(near, said.text[one.start : one.end])


class Spot(Protocol):
    """What has a place in a sentence."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


def displaced(same: list[Place], others: list[Place], known: float = 0.0) -> Place | None:
    """The one of ``others`` that stands where the claimed one should; ``known`` is how near that is counted at least."""
    rival = max(others, key=lambda place: place.near, default=None)
    best = max((place.near for place in same), default=known)
    return rival if rival and rival.near - best > _DISPLACED else None


def wrong_number(claim: Statement, evidence: Evidence) -> Fault | None:
    """A number that the cited paragraphs do not have, or have for something else, and that follows from none there."""
    implied = {value for said in evidence.all_said() for word, value in _IMPLIED.items() if _has(said, word)}
    for mine in claim.quantities:
        if claim.is_quoted(mine.start) or (mine.value == 1 and not mine.unit) or mine.value in implied:
            continue
        same, others = list[Place](), list[Place]()
        for said in evidence.all_said():
            for one in said.quantities:
                place = Place.of(claim, mine, said, one)
                if _agrees(mine, one) or _agrees(mine, _with_unit(one, mine, said)):
                    same.append(place)
                elif one.unit == mine.unit and said not in evidence.headers:
                    others.append(place)
        rival = displaced(same, others)
        if not same:
            follows = claim.text[mine.end :].startswith(" of them")  # "three decades, two of them": two of what?
            follows = follows or any(_within(mine, value) for value in _follows(mine, evidence))
            if follows and not (rival and rival.near >= _SAME_PLACE):
                continue
        elif not rival:
            continue
        written = claim.text[mine.start : mine.end]
        if rival and rival.near >= _NEAR:
            reason = f"{evidence.says} “{rival.written}” here, not “{written}”"
            return Fault(Outcome.CONTRADICTED, Rule.NUMBER, reason)
        return Fault(Outcome.UNSUPPORTED, Rule.NUMBER, f"“{written}” does not stand in {evidence.where}")
    return None


def _with_unit(one: Quantity, mine: Quantity, said: Statement) -> Quantity:
    """A bare number with the unit that another one of its sentence has: "Park on 41 per cent, Blume on 33"."""
    if one.unit or not mine.unit or not any(other.unit == mine.unit for other in said.quantities):
        return one
    return replace(one, unit=mine.unit, value=one.value / (100 if mine.unit == "share" else 1))


def _has(said: Statement, word: str) -> bool:
    return any(token.key == word for token in said.tokens)


def _same_unit(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit or {one.unit, other.unit} <= _MAY_BE_BARE


def _agrees(claimed: Quantity, given: Quantity) -> bool:
    if not _same_unit(claimed, given):
        return False
    return abs(claimed.value - given.value) <= 1e-9 * max(1.0, abs(given.value)) or _within(claimed, given.value)


def _within(claimed: Quantity, value: float) -> bool:
    """Whether a value is what is claimed, as exactly as the claim is written: 1.23 million is 1.2 million."""
    number, size = claimed.value, abs(claimed.value)
    match claimed.bound:
        case "about":
            return abs(value - number) <= max(0.1 * size, claimed.step / 2)
        case "over":
            return number < value <= number + 0.5 * size
        case "nearly":
            return number - 0.15 * size <= value <= number
        case "under":
            return number - 0.5 * size <= value < number
        case _:
            return abs(value - number) <= claimed.step / 2 * (1 + 1e-9)


def _follows(claimed: Quantity, evidence: Evidence) -> Iterator[float]:
    """What numbers and years of the cited paragraphs make: sums, differences, ratios, and time that went by."""
    given = [(cited, one) for cited in evidence.sentences for one in cited.said.quantities]
    for (here, one), (there, other) in combinations(given, 2):
        if one.unit != other.unit:
            continue
        if claimed.unit in ("share", "times"):
            yield from (a.value / b.value for a, b in ((one, other), (other, one)) if b.value)
        elif _same_unit(claimed, one) and (here is there or here.paragraph != there.paragraph):
            yield from (one.value + other.value, abs(one.value - other.value))
    for cited in evidence.sentences:
        yield sum(one.value for one in cited.said.quantities if one.unit == claimed.unit)
    if claimed.unit == "year":
        years = {one.ranges[0][0].year for cited in evidence.sentences for one in cited.said.dates if one.ranges}
        years |= {article.published.year for article in evidence.articles if article.published}
        yield from (abs(one - other) for one, other in combinations(years, 2))


def wrong_date(claim: Statement, evidence: Evidence) -> Fault | None:
    """A date that the cited paragraphs do not have, or have for something else, and that is not that of publication."""
    for mine in claim.dates:
        if claim.is_quoted(mine.start):
            continue
        same, others = list[Place](), list[Place]()
        for said in evidence.all_said():
            for one in said.dates:
                (same if one.says(mine) else others).append(Place.of(claim, mine, said, one))
        known = same or _published(mine, evidence)
        rival = displaced(same, others, known=_NEAR if known else 0.0)
        if known and not rival:
            continue
        written = claim.text[mine.start : mine.end]
        if rival:
            return Fault(Outcome.CONTRADICTED, Rule.DATE, f"{evidence.says} “{rival.written}” here, not “{written}”")
        return Fault(Outcome.UNSUPPORTED, Rule.DATE, f"“{written}” does not stand in {evidence.where}")
    return None


def _published(mine: Dated, evidence: Evidence) -> bool:
    days = [article.published for article in evidence.articles if article.published]
    return any(first <= day <= last for first, last in mine.ranges for day in days)
