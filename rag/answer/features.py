"""What speaks for or against a sentence as the answer to a question, and the probability that follows from it."""

from __future__ import annotations

import math
import operator
from dataclasses import astuple, dataclass

from rag.query.answer_type import AnswerKind
from rag.text.periods import periods
from rag.text.proper_names import names
from rag.text.quantities import quantities
from rag.text.words import words

_IN_PLACES = frozenset("in at near from to into on onto off outside inside behind under below between through".split())


@dataclass(frozen=True, slots=True)
class AnswerFeatures:
    """What speaks for or against a sentence as the answer to a question; all but the first from 0 to 1."""

    read: float
    """Log odds that it answers, as a reader finds, or without one the share of the words that it says."""
    similarity: float
    """Cosine of the angle between question and passage, none counted as less than 0."""
    missing: float
    """Share of the question's terms, the rarer the weightier (inverse passage frequency), that the article does not
    say: the question is about something else, or asks more."""
    unnamed: float
    """1 where the question says a name that neither the sentence says nor its paragraph, title or outlet."""
    unknown_name: float
    """1 where a name in the question stands nowhere in the coverage."""
    unknown_outlet: float
    """1 where the question asks for the reporting of an outlet that the index does not hold."""
    other_days: float
    """1 where the question names days, and the article is of none of them."""
    wrong_kind: float
    """1 where it holds nothing of the kind that is sought: a number, a name, a day."""


# Below this probability a sentence is no answer: the operating point. What others cost is measured by
# benchmarks/refusal.py.
ANSWER_THRESHOLD = 0.08
# Fitted by `python -m benchmarks.refusal --fit`; wrong_kind by hand, the mildest of fits from -2 to -5.
_INTERCEPT = -1.66
_COEFFICIENTS = AnswerFeatures(
    read=0.7,
    similarity=2.49,
    missing=-1.47,
    unnamed=-0.9,
    unknown_name=-1.05,
    unknown_outlet=-3.98,
    other_days=-1.81,
    wrong_kind=-2.0,
)


def probability(features: AnswerFeatures) -> float:
    """Probability that a sentence answers the question (logistic regression, Cox 1958)."""
    total = _INTERCEPT + sum(map(operator.mul, astuple(_COEFFICIENTS), astuple(features)))
    return 1 / (1 + math.exp(-total))


def holds(sought: AnswerKind | None, text: str, asked: frozenset[str]) -> bool:
    """Whether a sentence holds anything of the kind that is sought; True where the question leaves the kind open.

    ``asked`` are the words of the question as ``rag.text.words.words`` gives them: a name that it says itself is no
    answer to it.
    """
    if sought is None:
        return True
    said, found = words(text), quantities(text)
    match sought:
        case AnswerKind.MONEY:
            return any(one.is_money for one in found) or "free" in said
        case AnswerKind.SHARE:
            return any(one.unit == "share" or not one.value.is_integer() for one in found)
        case AnswerKind.NUMBER:
            return bool(found)
        case AnswerKind.DURATION:
            return any(one.is_duration for one in found) or bool(periods(text, None))
        case AnswerKind.TIME:
            return bool(periods(text, None)) or any(one.is_duration or one.unit == "clock" for one in found)
        case AnswerKind.NAME:
            # The first word of a sentence has a capital anyway: "Regulator Hanneke Roos said" names nobody new.
            named = (name.words[1:] if name.start <= 1 else name.words for name in names(text))
            return any(not asked.issuperset(words) for words in named)
        case AnswerKind.PLACE:
            return not _IN_PLACES.isdisjoint(said)
        case AnswerKind.REASON:
            return True
    raise AssertionError(sought)
