"""What speaks for or against a sentence as the answer to a question, and the probability that follows from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from rag.check.statements import Statement
from rag.check.units import PEOPLE
from rag.query.answer_type import AnswerType, Kind
from rag.text.words import terms

_TIME_MEASURES = frozenset("second minute hour day week month year decade century".split())
_SIZE_MEASURES = frozenset("km m cm mm mile foot inch yard kg gram tonne litre hectare acre degree megawatt".split())
_PEOPLE_STEMS = frozenset(term for word in PEOPLE for term in terms(word))
_PRONOUNS = frozenset("he she his her they their it its".split())
# Words between an age and whose age it is.
_NEAR = 3
_OLD = frozenset("old aged age born".split())
_IN_PLACES = frozenset("in at near from to into on onto off outside inside behind under below between through".split())
_BECAUSE = frozenset(
    """because since due owing caused cause causes blamed blame blames reason reasons therefore so thanks after over
    fear feared fears""".split()
)


@dataclass(frozen=True, slots=True)
class AnswerFeatures:
    """What speaks for or against a sentence as the answer to a question; all from 0 to 1."""

    similarity: float
    """Cosine of the angle between question and sentence, none counted as less than 0."""
    passage_similarity: float
    """The same for the passage: what stands around a sentence says what it is about."""
    missing_nearby: float
    """Share of the question's terms, the rarer the weightier (inverse passage frequency), that neither the sentence nor
    its paragraph, title or outlet says."""
    missing_in_article: float
    """Share of them that the whole article does not say: the question is about something else, or asks more."""
    unnamed: float
    """1 where the question says a name that neither the sentence says nor its paragraph, title or outlet."""
    unknown_name: float
    """1 where a name in the question stands nowhere in the coverage."""
    unknown_outlet: float
    """1 where the question asks for the reporting of an outlet that the index does not hold."""
    gives: float
    """How far the sentence holds something of the kind that is sought: a number, a name, a day."""
    gives_nothing: float
    """1 where it holds nothing of that kind."""


# Below this probability a sentence is no answer: the operating point. What others cost is measured by
# benchmarks/refusal.py.
ANSWER_THRESHOLD = 0.08
# Fitted by `python -m benchmarks.refusal --fit`.
_INTERCEPT = -2.34
_COEFFICIENTS = AnswerFeatures(
    similarity=3.7,
    passage_similarity=1.3,
    missing_nearby=-2.33,
    missing_in_article=-1.0,
    unnamed=-0.51,
    unknown_name=-1.63,
    unknown_outlet=-3.23,
    gives=0.29,
    gives_nothing=-2.59,
)


def probability(features: AnswerFeatures) -> float:
    """Probability that a sentence answers the question (logistic regression, Cox 1958)."""
    total = _INTERCEPT + sum(
        coefficient * sign for coefficient, sign in zip(values(_COEFFICIENTS), values(features), strict=True)
    )
    return 1 / (1 + math.exp(-total))


def values(features: AnswerFeatures) -> tuple[float, ...]:
    """The signs as numbers, in the order of their fields."""
    return tuple(float(getattr(features, one.name)) for one in fields(AnswerFeatures))


def gives(answer_type: AnswerType | None, said: Statement, asked: frozenset[str]) -> float:
    """How far a sentence holds what is sought: 1 it does, 0 it holds nothing of the kind, between where that is open.

    ``asked`` are the words of the question as keys: a name that it says itself is no answer to it.
    """
    if answer_type is None:
        return 0.5
    measures = {one.measure for one in said.quantities if one.measure}
    kinds = {kind for one in said.quantities if not one.implied for kind in one.kinds}
    keys = [token.key for token in said.tokens]
    match answer_type.kind:
        case Kind.MONEY:
            return float("money" in kinds or "free" in keys)
        case Kind.SHARE:
            return float("percent" in kinds or any(not value.is_integer() for value in _values(said)))
        case Kind.NUMBER:
            return _number(answer_type, said)
        case Kind.AGE:
            return _age(said, keys, asked)
        case Kind.DURATION:
            return float(not measures.isdisjoint(_TIME_MEASURES) or bool(said.days))
        case Kind.SIZE:
            return 1.0 if not measures.isdisjoint(_SIZE_MEASURES) else 0.6 if kinds else 0.0
        case Kind.TIME:
            return float(bool(said.days) or "clock" in kinds or not measures.isdisjoint(_TIME_MEASURES))
        case Kind.NAME:
            return float(any(not asked.issuperset(name.words) for name in said.names))
        case Kind.PLACE:
            return float(any(key in _IN_PLACES for key in keys))
        case Kind.REASON:
            return 1.0 if not _BECAUSE.isdisjoint(keys) else 0.5
    raise AssertionError(answer_type.kind)


def _values(said: Statement) -> list[float]:
    return [value for one in said.quantities for _, value in one.values]


def _number(answer_type: AnswerType, said: Statement) -> float:
    """1 for a number of what is counted, less for another number."""
    counts = [one for one in said.quantities if one.kinds & {"count", "percent"}]
    if not counts:
        return 0.0
    if not answer_type.counted:
        return 1.0 if any(not one.implied for one in counts) else 0.5
    people = not _PEOPLE_STEMS.isdisjoint(answer_type.counted)
    for one in counts:
        behind = {token.stem for token in said.tokens[one.first : one.behind + 4] if token.stem}
        if answer_type.counted & behind or (people and not _PEOPLE_STEMS.isdisjoint(behind)):
            return 1.0
    return 0.3 if any(not one.implied for one in counts) else 0.1


def _age(said: Statement, keys: list[str], asked: frozenset[str]) -> float:
    """1 for an age beside a word of the question: "Ana Ruhl, 41, won", "the 41-year-old Ruhl", "Ruhl is 41 years old".

    Half of that where only a pronoun says whose age it may be.
    """
    meant = [i for i, token in enumerate(said.tokens) if token.stem and token.key in asked and token.key not in _OLD]
    found = 0.0
    for one in said.quantities:
        behind = keys[one.behind : one.behind + 4]
        apposed = keys[one.first - 1 : one.first] == [","] and behind[:1] in ([], [","], ["."], [";"], [")"])
        old = next((n for n, key in enumerate(behind) if key in _OLD), None)
        if not apposed and old is None and _OLD.isdisjoint(keys[max(0, one.first - 2) : one.first]):
            continue
        last = one.behind + (old or 0)
        if any(one.first - _NEAR <= i <= last + _NEAR for i in meant):
            return 1.0
        if not meant and not _PRONOUNS.isdisjoint(keys):
            found = 0.5
    return found
