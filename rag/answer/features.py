"""What speaks for or against a sentence as the answer to a question, and the probability that follows from it."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import astuple, dataclass

from rag.query.answer_type import AnswerKind, AnswerType
from rag.text.periods import periods
from rag.text.proper_names import names
from rag.text.quantities import Quantity, quantities
from rag.text.words import terms, words

_PRONOUNS = frozenset("he she his her they their it its".split())
# People are counted under many names; any of them may stand for another. Stems, as all that is counted.
_PEOPLE = frozenset(
    """person peopl men women children resid citizen victim passeng patient member worker employe survivor dead die kill
    injur wound hurt""".split()
)
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
    other_days: float
    """1 where the question names days, and the article is of none of them."""
    gives: float
    """How far the sentence holds something of the kind that is sought: a number, a name, a day."""
    gives_nothing: float
    """1 where it holds nothing of that kind."""


# Below this probability a sentence is no answer: the operating point. What others cost is measured by
# benchmarks/refusal.py.
ANSWER_THRESHOLD = 0.08
# Fitted by `python -m benchmarks.refusal --fit`; other_days by hand, between two fits (benchmarks/refusal.md).
_INTERCEPT = -2.34
_COEFFICIENTS = AnswerFeatures(
    similarity=3.7,
    passage_similarity=1.3,
    missing_nearby=-2.33,
    missing_in_article=-1.0,
    unnamed=-0.51,
    unknown_name=-1.63,
    unknown_outlet=-3.23,
    other_days=-1.2,
    gives=0.29,
    gives_nothing=-2.59,
)


def probability(features: AnswerFeatures) -> float:
    """Probability that a sentence answers the question (logistic regression, Cox 1958)."""
    total = _INTERCEPT + sum(map(operator.mul, astuple(_COEFFICIENTS), astuple(features)))
    return 1 / (1 + math.exp(-total))


def gives(answer_type: AnswerType | None, text: str, asked: frozenset[str]) -> float:
    """How far a sentence holds what is sought: 1 it does, 0 it holds nothing of the kind, between where that is open.

    ``asked`` are the words of the question as ``rag.text.words.words`` gives them: a name that it says itself is no
    answer to it.
    """
    if answer_type is None:
        return 0.5
    said, found = words(text), quantities(text)
    match answer_type.kind:
        case AnswerKind.MONEY:
            return float(any(one.is_money for one in found) or "free" in said)
        case AnswerKind.SHARE:
            return float(any(one.unit == "share" or not one.value.is_integer() for one in found))
        case AnswerKind.NUMBER:
            return _number(answer_type, text, found)
        case AnswerKind.AGE:
            return _age(text, found, asked)
        case AnswerKind.DURATION:
            return float(any(one.is_duration for one in found) or bool(periods(text, None)))
        case AnswerKind.SIZE | AnswerKind.EXTENT:
            long = answer_type.kind is AnswerKind.EXTENT
            fits = any(one.is_size or (long and one.is_duration) for one in found)
            return 1.0 if fits else 0.6 if any(not one.unit for one in found) else 0.0
        case AnswerKind.TIME:
            return float(bool(periods(text, None)) or any(one.is_duration or one.unit == "clock" for one in found))
        case AnswerKind.NAME:
            # The first word of a sentence has a capital anyway: "Regulator Hanneke Roos said" names nobody new.
            named = (name.words[1:] if name.start <= 1 else name.words for name in names(text))
            return float(any(not asked.issuperset(words) for words in named))
        case AnswerKind.PLACE:
            return float(not _IN_PLACES.isdisjoint(said))
        case AnswerKind.REASON:
            return 1.0 if not _BECAUSE.isdisjoint(said) else 0.5
    raise AssertionError(answer_type.kind)


def _number(answer_type: AnswerType, text: str, found: list[Quantity]) -> float:
    """1 for a number of what is counted, less for another number."""
    counts = [one for one in found if one.unit in ("", "share", "times")]
    if not counts or not answer_type.counted:
        return float(bool(counts))
    people = not _PEOPLE.isdisjoint(answer_type.counted)
    for one in counts:
        behind = set(terms(" ".join(text[one.end :].split()[:4])))
        if answer_type.counted & behind or (people and not _PEOPLE.isdisjoint(behind)):
            return 1.0
    return 0.3


def _age(text: str, found: list[Quantity], asked: frozenset[str]) -> float:
    """1 for an age next to a word of the question: "Ana Ruhl, 41, won", "the 41-year-old Ruhl", "Ruhl is 41 years old".

    Half of that where only a pronoun says whose age it may be.
    """
    meant, said = set(terms(" ".join(asked - _OLD))), words(text)
    best = 0.0
    for one in found:
        before, behind = words(text[: one.start])[-3:], words(text[one.end :])
        apposed = text[: one.start].rstrip().endswith(",") and re.match(r"\s*(?:[,.;)]|$)", text[one.end :]) is not None
        old = next((n for n, word in enumerate(behind[:2]) if word in _OLD), -1)
        if not apposed and old < 0 and _OLD.isdisjoint(before[-2:]):
            continue
        if meant & set(terms(" ".join([*before, *behind[old + 1 : old + 4]]))):
            return 1.0
        if not meant & set(terms(text)) and not _PRONOUNS.isdisjoint(said):
            best = 0.5
    return best
