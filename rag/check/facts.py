"""Whether the numbers, dates and names of a sentence stand in its evidence, and stand there in the same place.

A number that the paragraph has, but of something else, is the commonest error of a language model. So a number, date
or name has a rival wherever the evidence has another one among the same words, which the sentence does not say at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from rag.check.dates import Day, can_be_the_same, same_day
from rag.check.evidence import Cited, Evidence
from rag.check.names import Mentions, Name, alike, constraints, said_by, surely_name
from rag.check.quantities import Quantity, same_quantity, same_thing_counted
from rag.check.statements import Slot, Statement, closeness, closeness_on_both_sides
from rag.check.verdicts import Outcome, Rule

# What only the header names must be clear of rivals.
_IN_HEADER = 0.35
# How near a rival must stand to the words of the claim, and how much nearer than what supports it.
NEAR, _MARGIN, _BOTH_SIDES = 0.5, 0.2, 1.4


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that a sentence breaks, and how."""

    outcome: Outcome
    rule: Rule
    reason: str


@dataclass(frozen=True, slots=True)
class Rival:
    """What the evidence has in the place of something that a sentence says."""

    near: float
    words: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks for something that a sentence says in its place, and what against it."""

    support: float | None
    """How near the place stands where the evidence says the same; None where it does not."""
    rival: Rival | None

    @property
    def displaced(self) -> bool:
        """Whether the evidence has something else here."""
        return self.rival is not None and self.rival.near >= NEAR and self.rival.near > (self.support or 0.0) + _MARGIN


def standing(
    claim: Statement, slot: Slot, same: Sequence[tuple[Cited, Slot]], others: Iterable[tuple[Cited, Slot]]
) -> Standing:
    """Compare the place of ``slot`` with the places of the ``same`` in the evidence, and of ``others``."""
    context = claim.context(slot)
    support = max((closeness(context, one.said.context(other)) for one, other in same), default=None)
    neighbour = {id(one.said) for one, _ in same}
    best = None
    for one, other in others:
        near = closeness(context, one.said.context(other))
        if id(one.said) in neighbour:  # a sentence that was shortened between the two brings them together
            near = min(near, _BOTH_SIDES * closeness_on_both_sides(context, one.said.context(other)))
        if best is None or near > best.near:
            best = Rival(near, one.said.words(other), other)
    return Standing(support, best)


def _quoted(claim: Statement, slot: Slot) -> bool:
    return claim.tokens[slot.first].quoted


def wrong_number(claim: Statement, evidence: Evidence) -> Fault | None:
    """A number of the sentence that its evidence does not give, or gives of something else."""
    given = [(one, quantity) for one in evidence.sentences for quantity in one.said.quantities]
    chosen = [(one, quantity) for one in evidence.chosen for quantity in one.said.quantities]
    for quantity in claim.quantities:
        if _quoted(claim, quantity) or (quantity.implied and not quantity.kinds & {"ordinal", "percent"}):
            continue
        same = [(one, other) for one, other in given if same_quantity(quantity, other)]
        others = [
            (one, other)
            for one, other in chosen
            if not other.implied
            and quantity.kinds & other.kinds
            and not any(same_quantity(said, other) for said in claim.quantities)
        ]
        found = standing(claim, quantity, same, others)
        words, rival = claim.words(quantity), found.rival
        if found.support is None and not (quantity.implied or _number_elsewhere(quantity, evidence)):
            if rival and (rival.near >= NEAR or _counts_the_same(quantity, rival)):
                return Fault(Outcome.CONTRADICTED, Rule.NUMBER, f"{says(evidence)} “{rival.words}”, not “{words}”")
            return Fault(Outcome.UNSUPPORTED, Rule.NUMBER, f"{_has_no(evidence)} number “{words}”")
        if rival and (found.displaced or _said_twice(claim, quantity, same, rival)):
            return Fault(Outcome.CONTRADICTED, Rule.NUMBER, f"{says(evidence)} “{rival.words}” here, not “{words}”")
    swapped = _exchanged(claim, chosen)
    if swapped:
        words = " and ".join(f"“{claim.words(quantity)}”" for quantity in swapped)
        return Fault(Outcome.CONTRADICTED, Rule.NUMBER, f"{says(evidence)} {words} the other way round")
    return None


def _exchanged(claim: Statement, chosen: Sequence[tuple[Cited, Quantity]]) -> tuple[Quantity, Quantity] | None:
    """Two numbers of the sentence that stand in its evidence each in the other's place."""
    mine = [quantity for quantity in claim.quantities if not quantity.implied and not _quoted(claim, quantity)]
    for one, other in combinations(mine, 2):
        if not one.kinds & other.kinds or same_quantity(one, other):
            continue
        ones = [(cited, quantity) for cited, quantity in chosen if same_quantity(one, quantity)]
        others = [(cited, quantity) for cited, quantity in chosen if same_quantity(other, quantity)]
        if not ones or not others:
            continue
        crossed = _counts_what(one, others) and _counts_what(other, ones)
        crossed = crossed and not (_counts_what(one, ones) or _counts_what(other, others))
        if crossed or (_nearer(claim, one, others, ones) and _nearer(claim, other, ones, others)):
            return one, other
    return None


def _counts_what(quantity: Quantity, given: Sequence[tuple[Cited, Quantity]]) -> bool:
    """Whether the noun behind a number is the one behind one of those ``given``."""
    return any(quantity.counted[:1] == other.counted[:1] != () for _, other in given)


def _nearer(
    claim: Statement, slot: Slot, there: Sequence[tuple[Cited, Slot]], here: Sequence[tuple[Cited, Slot]]
) -> bool:
    """Whether a place of the sentence is like one of the places ``there`` rather than ``here``."""
    context = claim.context(slot)
    near, far = (max(closeness(context, one.said.context(other)) for one, other in places) for places in (there, here))
    return near > far + _MARGIN / 2


def _said_twice(claim: Statement, quantity: Quantity, same: Sequence[tuple[Cited, Quantity]], rival: Rival) -> bool:
    """Whether the sentence has a number twice that its evidence has once, beside one that the sentence leaves out."""
    twice = sum(one.values == quantity.values and not one.implied for one in claim.quantities) > 1
    return twice and len(same) == 1 and rival.near >= _MARGIN


def _counts_the_same(quantity: Quantity, rival: Rival) -> bool:
    return isinstance(rival.slot, Quantity) and rival.near >= 0.25 and same_thing_counted(quantity, rival.slot)


def _number_elsewhere(quantity: Quantity, evidence: Evidence) -> bool:
    """In the title, or read as a year."""
    if any(same_quantity(quantity, other) for header in evidence.headers for other in header.quantities):
        return True
    values = {value for kind, value in quantity.values if kind == "count"}
    return any(day.year in values for one in evidence.sentences for day in one.said.days if day.year)


def wrong_date(claim: Statement, evidence: Evidence) -> Fault | None:
    """A date of the sentence that its evidence does not give, or gives of something else."""
    days = sorted({article.published for article in evidence.articles if article.published})
    spoken_on = days[0] if len(days) == 1 else None
    given = [(one, day) for one in evidence.sentences for day in one.said.days]
    chosen = [(one, day) for one in evidence.chosen for day in one.said.days]

    def means(said: Day, one: Cited, other: Day) -> bool:
        return same_day(said, other, one.article.published, spoken_on)

    for day in claim.days:
        if _quoted(claim, day):
            continue
        others = [
            (one, other)
            for one, other in chosen
            if _as_fine(day, other)
            and not can_be_the_same(day, other, one.article.published)
            and not any(means(said, one, other) for said in claim.days)
        ]
        found = standing(claim, day, [(one, other) for one, other in given if means(day, one, other)], others)
        words, rival = claim.words(day), found.rival
        if found.support is None:
            elsewhere = _date_elsewhere(day, evidence, spoken_on)
            if rival and (elsewhere or rival.near >= NEAR / 2):
                return Fault(Outcome.CONTRADICTED, Rule.DATE, f"{says(evidence)} “{rival.words}”, not “{words}”")
            if not elsewhere:
                return Fault(Outcome.UNSUPPORTED, Rule.DATE, f"{_has_no(evidence)} date “{words}”")
        elif rival and found.displaced:
            return Fault(Outcome.CONTRADICTED, Rule.DATE, f"{says(evidence)} “{rival.words}” here, not “{words}”")
    return None


def _as_fine(one: Day, other: Day) -> bool:
    """Whether both are days, or both longer."""
    return _is_day(one) == _is_day(other)


def _is_day(day: Day) -> bool:
    return day.day is not None or day.weekday is not None or day.offset is not None


def _date_elsewhere(day: Day, evidence: Evidence, spoken_on: date | None) -> bool:
    """In the header, or read as a number."""
    for article in evidence.articles:
        published = evidence.publication(article)
        if published and same_day(day, published, article.published, spoken_on):
            return True
    if any(same_day(day, other, spoken_on, spoken_on) for header in evidence.headers for other in header.days):
        return True
    if day.year is None or day.month is not None:
        return False
    return any(
        ("count", float(day.year)) in quantity.values for one in evidence.sentences for quantity in one.said.quantities
    )


def wrong_name(claim: Statement, evidence: Evidence) -> Fault | None:
    """A name of the sentence that its evidence does not give, or gives in another place."""
    article_names = [constraints(article) for article in evidence.articles]
    elsewhere = frozenset[str]().union(*(known.words for known in article_names))
    numbers = {quantity.first for quantity in claim.quantities}
    given = [(one, name) for one in evidence.sentences for name in one.said.names]
    chosen = [(one, name) for one in evidence.chosen for name in one.said.names]
    for name in claim.names:
        if _quoted(claim, name) or name.first in numbers or not surely_name(name, claim.tokens, elsewhere):
            continue
        words = claim.words(name)
        same = [(one, other) for one, other in given if alike(name.words, other.words)]
        found = standing(claim, name, same, _other_names(claim, chosen))
        rival = found.rival
        missing = [word for word in name.words if not _word_given(word, evidence, article_names)]
        if missing and not _stands_for(name, missing, evidence, article_names):
            if rival and rival.near >= NEAR:
                return Fault(Outcome.CONTRADICTED, Rule.NAME, f"{says(evidence)} “{rival.words}”, not “{words}”")
            return Fault(Outcome.UNSUPPORTED, Rule.NAME, f"{_has_no(evidence)} name “{words}”")
        if _mixed(name, article_names):
            return Fault(Outcome.UNSUPPORTED, Rule.NAME, f"the article names nobody “{words}”")
        only_in_header = found.support is None and not missing and rival is not None and rival.near >= _IN_HEADER
        if rival and (found.displaced or only_in_header) and not evidence.by_office(name.words):
            return Fault(Outcome.CONTRADICTED, Rule.NAME, f"{says(evidence)} “{rival.words}” here, not “{words}”")
    return None


def _word_given(word: str, evidence: Evidence, article_names: Sequence[Mentions]) -> bool:
    if said_by(word, evidence.words):
        return True
    for known in article_names:
        expansion = known.expansion(word)
        if expansion and expansion <= evidence.words:
            return True
    return any(
        word in known.expansion(given) for known in article_names for given in evidence.words & set(known.acronyms)
    )


def _stands_for(name: Name, missing: Sequence[str], evidence: Evidence, article_names: Sequence[Mentions]) -> bool:
    """Whether the article has the whole name for what the paragraph names shortly, or means."""
    if len(missing) < len(name.words):
        return any(known.whole(name.words) for known in article_names)
    return any(known.whole(name.words) for known in article_names) and evidence.said_near(name.words)


def _mixed(name: Name, article_names: Sequence[Mentions]) -> bool:
    """Whether a name is put together of two: a first name, and the surname of somebody else."""
    words = name.words
    if len(words) < 2:
        return False
    for known in article_names:
        if not known.words.issuperset(words):
            continue
        apart = any(
            frozenset(words[:at]) in known.names and known.whole(words[at:]) for at in range(1, len(words))
        )  # "Moscow Mayor X", "United States President Y" with the title left out
        if not apart and not known.whole(words):
            return True
    return False


def _before_a_pronoun(said: Statement, name: Name) -> bool:
    """Whether what stands behind a name belongs to somebody else: "in Aldermere they beat"."""
    return name.behind < len(said.tokens) and said.tokens[name.behind].key in ("he", "she", "they", "it", "we", "i")


def _other_names(claim: Statement, chosen: Iterable[tuple[Cited, Name]]) -> list[tuple[Cited, Name]]:
    """The names that the evidence has and the sentence has not."""
    said = {token.key for token in claim.tokens}
    return [
        (one, other)
        for one, other in chosen
        if not one.said.tokens[other.first].quoted
        and not _before_a_pronoun(one.said, other)
        and said.isdisjoint(other.words)
        and not any(alike(mine.words, other.words) for mine in claim.names)
    ]


def says(evidence: Evidence) -> str:
    """Begin a reason: "paragraph 3 of “…” says"."""
    where = evidence.where()
    return "the cited paragraphs say" if where.startswith("none") else f"{where} says"


def _has_no(evidence: Evidence) -> str:
    where = evidence.where()
    return f"{where} has the" if where.startswith("none") else f"{where} has no"
