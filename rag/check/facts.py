"""Compares the numbers and dates of a claim with those of its evidence, and with what follows by arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from rag.check.evidence import CitedText
from rag.check.statements import Item, Statement, nearness
from rag.check.verdicts import Rule, Verdict
from rag.text.quantities import Quantity

# How much closer to the claim's words another number or date must stand than the claimed one to be meant.
_DISPLACED = 0.3
# How near the day of publication counts, which no sentence needs to name.
_PUBLISHED = 0.2
_DAYS = {"second": 1 / 86_400, "minute": 1 / 1_440, "hour": 1 / 24, "day": 1.0, "month": 365.25 / 12, "year": 365.25}
# Up to here a number of things may be counted by a reader.
_FEW = 12
# Units that a text leaves out or says otherwise: "aged 41", "at 8", "champion five times", "its fifth anniversary".
_MAY_BE_BARE = frozenset({"", "year", "clock", "times", "ordinal"})
# How far below and above the number the value may lie, as a share of it.
_BOUNDS = {"about": (0.1, 0.1), "over": (0.0, 0.5), "nearly": (0.15, 0.0), "under": (0.5, 0.0)}

Given = Sequence[tuple[Statement, Item]]
"""Numbers or dates, with the sentences in which they stand."""
Span = tuple[float, float]
"""The least and the most that it may be."""


def wrong_number(claim: Statement, evidence: CitedText) -> Verdict | None:
    """A number that the cited paragraphs do not have, or have for something else, and that follows from none there."""
    given = [(said, one) for said in evidence.said for one in _measured(said)]
    for mine in claim.quantities:
        if claim.is_quoted(mine.start) or (mine.value == 1 and not mine.unit):
            continue
        same = [(said, one) for said, one in given if _agrees(mine, one)]
        rivals = [(said, one) for said, one in given if one.unit == mine.unit and said in evidence.sentences]
        others = [(said, one) for said, one in rivals if (said, one) not in same and (one.value != 1 or one.unit)]
        instead = _displaced(claim, mine, same, others)
        # "a second hearing", "the three countries": what is counted may be said in other words
        few = mine.unit in ("", "ordinal") and mine.value <= _FEW and not instead
        known = same or few or claim.text[mine.end :].startswith(" of them")
        known = known or any(_within(mine, *span) for span in _follows(mine, evidence))
        if not known or (same and instead):
            return _fault(Rule.NUMBER, claim, mine, evidence, instead)
    return None


def wrong_date(claim: Statement, evidence: CitedText) -> Verdict | None:
    """A date that the cited paragraphs do not have, or have for something else, and that is not that of publication."""
    given = [(said, one) for said in evidence.said for one in said.dates]
    published = [article.published for article in evidence.articles if article.published]
    for mine in claim.dates:
        same = [(said, one) for said, one in given if one.says(mine)]
        others = [(said, one) for said, one in given if not any(one.says(d) or d.says(one) for d in claim.dates)]
        known = bool(same) or any(first <= day <= last for first, last in mine.ranges for day in published)
        instead = _displaced(claim, mine, same, others, _PUBLISHED if known else 0.0)
        if not claim.is_quoted(mine.start) and (instead or not known):
            return _fault(Rule.DATE, claim, mine, evidence, instead)
    return None


def _displaced(claim: Statement, mine: Item, same: Given, others: Given, known: float = 0.0) -> str:
    """The one of ``others`` that stands where the claimed one should, which is as near as ``known`` at least."""
    best = max((nearness(claim, mine, *one) for one in same), default=known)
    rivals = [(nearness(claim, mine, said, one), said.text[one.start : one.end]) for said, one in others]
    near, instead = max(rivals, key=lambda rival: rival[0], default=(0.0, ""))
    if near - best > _DISPLACED:
        return instead
    # "126 skulls" of "126 skins and 16 skulls"
    what, counted = claim.counted(mine), [said.counted(one) for said, one in same]
    if not what or not all(one and not one & what for one in counted):
        return ""
    return next((said.text[one.start : one.end] for said, one in others if said.counted(one) & what), "")


def _fault(rule: Rule, claim: Statement, mine: Item, evidence: CitedText, instead: str) -> Verdict:
    written = claim.text[mine.start : mine.end]
    if instead:
        return evidence.denies(rule, f"“{instead}” here, not “{written}”")
    return evidence.lacks(rule, f"“{written}” does not stand in {evidence.where}")


def _measured(said: Statement) -> Iterator[Quantity]:
    """Its quantities; a bare number may have the unit of another: "Park on 41 per cent, Blume on 33"."""
    units = {one.unit: 100 if one.unit == "share" else 1 for one in said.quantities if one.unit}
    for one in said.quantities:
        yield one
        if not one.unit:
            yield from (replace(one, unit=unit, value=one.value / size) for unit, size in units.items())


def _same_unit(one: Quantity, other: Quantity) -> bool:
    return one.unit == other.unit or {one.unit, other.unit} <= _MAY_BE_BARE or (one.is_duration and other.is_duration)


def _agrees(claimed: Quantity, given: Quantity) -> bool:
    both = claimed.is_duration and given.is_duration
    value = given.value * (_DAYS[given.unit] / _DAYS[claimed.unit] if both else 1)
    near = given.unit != "clock" and _within(claimed, value, value)
    return _same_unit(claimed, given) and (value == claimed.value or near)


def _within(claimed: Quantity, low: float, high: float) -> bool:
    """Whether a value between two is what is claimed, as exactly as that is written: 1.23 million is 1.2 million."""
    size = abs(claimed.value)
    below, above = (size * share for share in _BOUNDS.get(claimed.bound, (0.0, 0.0)))
    if claimed.bound in ("", "about") and claimed.unit != "clock":
        below, above = (max(one, claimed.step / 2) for one in (below, above))
    little = 1e-9 * max(1.0, size)
    return low <= claimed.value + above + little and claimed.value - below - little <= high


def _follows(claimed: Quantity, evidence: CitedText) -> Iterator[Span]:
    """Sums, differences, ratios and shares of the numbers there, percentage points, time that went by, counts."""
    given = [one for said in evidence.sentences for one in said.quantities]
    shares = [one.value for one in given if one.unit == "share"]
    values = list[float]()
    if claimed.unit == "share":
        values += [1 - share for share in shares]
    for one, other in combinations(given, 2):
        both = [one.value + other.value, abs(one.value - other.value)]
        if one.unit == other.unit and claimed.unit in ("share", "times"):
            values += [a.value / b.value for a, b in ((one, other), (other, one)) if b.value]
            values += both[1:] * (claimed.unit == one.unit)
        elif one.unit == other.unit == "share" and not claimed.unit:
            values += [100 * value for value in both]
        elif one.unit == other.unit and _same_unit(claimed, one):
            values += both
    alike = [one.value for one in given if one.unit == claimed.unit != "share"]
    values += [value * share for value in alike for share in shares]
    values += [value / one.value for value in alike for one in given if claimed.unit and one.value and not one.unit]
    for said in evidence.sentences:
        values.append(sum(one.value for one in said.quantities if one.unit == claimed.unit))
    yield from ((value, value) for value in values)
    if days := _DAYS.get(claimed.unit):
        ranges = {one.ranges[0] for said in evidence.sentences for one in said.dates if one.ranges}
        ranges |= {(article.published, article.published) for article in evidence.articles if article.published}
        for (first, last), (other_first, other_last) in combinations(sorted(ranges), 2):
            # The least and the most days between the two, the last day counted or not.
            yield (other_first - last).days / days, ((other_last - first).days + 1) / days
