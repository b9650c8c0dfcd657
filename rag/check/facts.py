"""Compares the numbers and dates of a claim with those of its evidence, and with what follows by arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

from rag.check.evidence import CitedText, Fault
from rag.check.statements import Item, Statement, nearness
from rag.check.verdicts import Outcome, Rule
from rag.text.quantities import Quantity

# How much closer to the claim's words another number or date must stand than the claimed one to be meant.
_DISPLACED = 0.3
# From here on another one is named as what the evidence says instead.
_NEAR = 0.2
_DAYS = {"second": 1 / 86_400, "minute": 1 / 1_440, "hour": 1 / 24, "day": 1.0, "month": 365.25 / 12, "year": 365.25}
# Units that a text leaves out: "aged 41", "at 8".
_MAY_BE_BARE = frozenset({"", "year", "clock"})

Counted = tuple[Statement, Quantity]
Span = tuple[float, float]
"""The least and the most that it may be."""


def displaced(
    claim: Statement,
    mine: Item,
    same: Iterable[tuple[Statement, Item]],
    others: Iterable[tuple[Statement, Item]],
    known: float = 0.0,
) -> tuple[float, str]:
    """How near the one of ``others`` stands that stands where the claimed one should, and its words; 0.0 for none.

    ``known`` is how near the claimed one counts at least.
    """
    best = max((nearness(claim, mine, *one) for one in same), default=known)
    rivals = [(nearness(claim, mine, said, one), said.text[one.start : one.end]) for said, one in others]
    rival = max(rivals, key=lambda rival: rival[0], default=(0.0, ""))
    return rival if rival[0] - best > _DISPLACED else (0.0, "")


def wrong_number(claim: Statement, evidence: CitedText) -> Fault | None:
    """A number that the cited paragraphs do not have, or have for something else, and that follows from none there."""
    given = [(said, one) for said in evidence.all_said() for one in said.quantities]
    for mine in claim.quantities:
        if claim.is_quoted(mine.start) or (mine.value == 1 and not mine.unit):
            continue
        same = [(said, one) for said, one in given if _agrees(mine, one) or _agrees(mine, _completed(one, mine, said))]
        others = [
            (said, one)
            for said, one in given
            if one.unit == mine.unit and said not in evidence.headers and (said, one) not in same
        ]
        near, instead = displaced(claim, mine, same, others)
        instead = instead or _of_others(claim, mine, same, others)
        if not same:
            instead = instead if near >= _NEAR else ""
            # "a second hearing", "three decades, two of them": what is counted may be said in other words
            loose = claim.text[mine.end :].startswith(" of them") or (mine.unit == "ordinal" and not instead)
            if loose or any(_within(mine, *span) for span in _follows(mine, evidence)):
                continue
        if not same or instead:
            return _fault(Rule.NUMBER, claim, mine, evidence, instead)
    return None


def _of_others(claim: Statement, mine: Quantity, same: Iterable[Counted], others: Iterable[Counted]) -> str:
    """The number that counts what the claim counts, where the claimed one counts other things only."""
    what = claim.counted(mine)
    counted = [said.counted(one) for said, one in same]
    if mine.unit or not what or not all(one and not one & what for one in counted):
        return ""
    return next((said.text[one.start : one.end] for said, one in others if said.counted(one) & what), "")


def _fault(rule: Rule, claim: Statement, mine: Item, evidence: CitedText, instead: str) -> Fault:
    written = claim.text[mine.start : mine.end]
    if instead:
        return Fault(Outcome.CONTRADICTED, rule, f"{evidence.says} “{instead}” here, not “{written}”")
    return Fault(Outcome.UNSUPPORTED, rule, f"“{written}” does not stand in {evidence.where}")


def _completed(one: Quantity, mine: Quantity, said: Statement) -> Quantity:
    """A bare number with the unit that another one of its sentence has: "Park on 41 per cent, Blume on 33"."""
    if one.unit or not mine.unit or not any(other.unit == mine.unit for other in said.quantities):
        return one
    return replace(one, unit=mine.unit, value=one.value / (100 if mine.unit == "share" else 1))


def _same_unit(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit or {one.unit, other.unit} <= _MAY_BE_BARE or (one.is_duration and other.is_duration)


def _agrees(claimed: Quantity, given: Quantity) -> bool:
    if not _same_unit(claimed, given):
        return False
    both = claimed.is_duration and given.is_duration
    value = given.value * (_DAYS[given.unit] / _DAYS[claimed.unit] if both else 1)
    exact = abs(claimed.value - value) <= 1e-9 * max(1.0, abs(value))
    return exact or (given.unit != "clock" and _within(claimed, value, value))


def _within(claimed: Quantity, low: float, high: float) -> bool:
    """Whether a value between two is what is claimed, as exactly as that is written: 1.23 million is 1.2 million."""
    number, size = claimed.value, abs(claimed.value)
    match claimed.bound:
        case "about":
            around = max(0.1 * size, claimed.step / 2)
            return low - around <= number <= high + around
        case "over":
            return number < high and low <= number + 0.5 * size
        case "nearly":
            return number - 0.15 * size <= high and low <= number
        case "under":
            return number - 0.5 * size <= high and low < number
    around = claimed.step / 2 * (1 + 1e-9)
    return low - around <= number <= high + around


def _follows(claimed: Quantity, evidence: CitedText) -> Iterator[Span]:
    """What numbers, dates and lists of the cited paragraphs make: sums, differences, ratios, time that went by, counts.

    In the unit of the claim; without one it may mean percentage points, or how many are listed.
    """
    given = [one for cited in evidence.sentences for one in cited.said.quantities]
    if claimed.unit == "share":
        yield from ((1 - one.value,) * 2 for one in given if one.unit == "share")
    for one, other in combinations(given, 2):
        if one.unit != other.unit:
            continue
        values = [one.value + other.value, abs(one.value - other.value)]
        if claimed.unit in ("share", "times"):
            ratios = [a.value / b.value for a, b in ((one, other), (other, one)) if b.value]
            values = ratios + values[1:] * (claimed.unit == one.unit)
        elif not claimed.unit and one.unit == "share":
            values = [100 * value for value in values]
        elif not _same_unit(claimed, one):
            continue
        yield from ((value, value) for value in values)
    for cited in evidence.sentences:
        total = sum(one.value for one in cited.said.quantities if one.unit == claimed.unit)
        listed = sum(not one.opens for one in cited.said.names) if not claimed.unit else 0
        yield from ((value, value) for value in (total, listed))
    if claimed.unit in _DAYS:
        yield from ((low / _DAYS[claimed.unit], high / _DAYS[claimed.unit]) for low, high in _days_between(evidence))


def _days_between(evidence: CitedText) -> Iterator[Span]:
    """The least and the most days between two dates of the cited paragraphs, the day of publication among them."""
    ranges = {one.ranges[0] for cited in evidence.sentences for one in cited.said.dates if one.ranges}
    ranges |= {(article.published, article.published) for article in evidence.articles if article.published}
    for (first, last), (other_first, other_last) in combinations(sorted(ranges), 2):
        if abs((last - first) - (other_last - other_first)) <= timedelta(days=3):  # years, or months, or days
            days = (other_first - first).days
            yield days, days + (first == last)  # the last day counted, or not
        else:
            yield max(0, (other_first - last).days), (other_last - first).days


def wrong_date(claim: Statement, evidence: CitedText) -> Fault | None:
    """A date that the cited paragraphs do not have, or have for something else, and that is not that of publication."""
    given = [(said, one) for said in evidence.all_said() for one in said.dates]
    published = [article.published for article in evidence.articles if article.published]
    for mine in claim.dates:
        if claim.is_quoted(mine.start):
            continue
        same = [(said, one) for said, one in given if one.says(mine)]
        others = [
            (said, one)
            for said, one in given
            if not any(a.says(b) for d in claim.dates for a, b in ((one, d), (d, one)))
        ]
        known = bool(same) or any(first <= day <= last for first, last in mine.ranges for day in published)
        _, instead = displaced(claim, mine, same, others, known=_NEAR if known else 0.0)
        if instead or not known:
            return _fault(Rule.DATE, claim, mine, evidence, instead)
    return None
