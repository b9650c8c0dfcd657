"""Compares the numbers and dates of a claim with those of its evidence, and with what follows by arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from rag.check.evidence import Evidence, Fault
from rag.check.statements import Item, Statement, nearness
from rag.check.verdicts import Outcome, Rule
from rag.text.quantities import Quantity

# How much closer to the claim's words another number, date or name must stand than the claimed one to be meant.
_DISPLACED = 0.3
# From here on another one is named as what the evidence says instead; from the second on, arithmetic does not help.
_NEAR, SAME_PLACE = 0.2, 0.75
# Words that hold a number, enough to support one but not to claim one.
_IMPLIED = {"both": 2.0, "couple": 2.0, "pair": 2.0, "trio": 3.0, "no": 0.0, "none": 0.0}
# Units that a text leaves out: "aged 41", "at 8".
_MAY_BE_BARE = frozenset({"", "year", "clock"})


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


def wrong_number(claim: Statement, evidence: Evidence) -> Fault | None:
    """A number that the cited paragraphs do not have, or have for something else, and that follows from none there."""
    given = [(said, one) for said in evidence.all_said() for one in said.quantities]
    implied = {_IMPLIED[one.key] for said in evidence.all_said() for one in said.tokens if one.key in _IMPLIED}
    for mine in claim.quantities:
        if claim.is_quoted(mine.start) or (mine.value == 1 and not mine.unit) or mine.value in implied:
            continue
        same = [(said, one) for said, one in given if _agrees(mine, one) or _agrees(mine, _completed(one, mine, said))]
        others = [
            (said, one)
            for said, one in given
            if one.unit == mine.unit and said not in evidence.headers and (said, one) not in same
        ]
        near, instead = displaced(claim, mine, same, others)
        follows = claim.text[mine.end :].startswith(" of them")  # "three decades, two of them": two of what?
        follows = follows or any(_within(mine, value) for value in _follows(mine, evidence))
        if (same and not instead) or (not same and follows and near < SAME_PLACE):
            continue
        return _fault(Rule.NUMBER, claim, mine, evidence, instead if near >= _NEAR else "")
    return None


def _fault(rule: Rule, claim: Statement, mine: Item, evidence: Evidence, instead: str) -> Fault:
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
    return one.unit == other.unit or {one.unit, other.unit} <= _MAY_BE_BARE


def _agrees(claimed: Quantity, given: Quantity) -> bool:
    same = abs(claimed.value - given.value) <= 1e-9 * max(1.0, abs(given.value))
    return _same_unit(claimed, given) and (same or _within(claimed, given.value))


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
    return abs(value - number) <= claimed.step / 2 * (1 + 1e-9)


def _follows(claimed: Quantity, evidence: Evidence) -> Iterator[float]:
    """What numbers and dates of the cited paragraphs make: sums, differences, ratios, and time that went by."""
    given = [(cited, one) for cited in evidence.sentences for one in cited.said.quantities]
    for (here, one), (there, other) in combinations(given, 2):
        if one.unit == other.unit and claimed.unit in ("share", "times"):
            yield from (a.value / b.value for a, b in ((one, other), (other, one)) if b.value)
        elif (
            one.unit == other.unit and _same_unit(claimed, one) and (here is there or here.paragraph != there.paragraph)
        ):
            yield from (one.value + other.value, abs(one.value - other.value))
    for cited in evidence.sentences:
        yield sum(one.value for one in cited.said.quantities if one.unit == claimed.unit)
    dated = [one.ranges[0] for cited in evidence.sentences for one in cited.said.dates if one.ranges]
    if claimed.unit == "day":
        for one_day, other_day in combinations({first for first, last in dated if first == last}, 2):
            days = abs((other_day - one_day).days)
            yield from (days, days + 1)  # the last day counted, or not
    if claimed.unit == "year":
        years = {first.year for first, _ in dated}
        years |= {article.published.year for article in evidence.articles if article.published}
        yield from (abs(one_year - other_year) for one_year, other_year in combinations(years, 2))


def wrong_date(claim: Statement, evidence: Evidence) -> Fault | None:
    """A date that the cited paragraphs do not have, or have for something else, and that is not that of publication."""
    given = [(said, one) for said in evidence.all_said() for one in said.dates]
    published = [article.published for article in evidence.articles if article.published]
    for mine in claim.dates:
        if claim.is_quoted(mine.start):
            continue
        same = [(said, one) for said, one in given if one.says(mine)]
        others = [(said, one) for said, one in given if not one.says(mine)]
        known = bool(same) or any(first <= day <= last for first, last in mine.ranges for day in published)
        known = known or any(mine.ranges[0][0].year == year for year in _years(evidence) if mine.ranges)
        _, instead = displaced(claim, mine, same, others, known=_NEAR if known else 0.0)
        if instead or not known:
            return _fault(Rule.DATE, claim, mine, evidence, instead)
    return None


def _years(evidence: Evidence) -> Iterator[int]:
    """Years that follow from a date and a number of years beside it: "in 2019, on the 110th anniversary"."""
    for cited in evidence.sentences:
        spans = [one.value for one in cited.said.quantities if one.unit in ("year", "ordinal")]
        yield from (int(one.ranges[0][0].year - span) for one in cited.said.dates if one.ranges for span in spans)
