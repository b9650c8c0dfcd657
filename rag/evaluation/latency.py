"""How long one question takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from rag.evaluation.questions import GoldQuestion
from rag.search.retriever import Retriever
from rag.store.scope import EVERYTHING

SAMPLE = 200
WARM_UP = 5
LIMIT = 10


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds of one call of ``retrieve`` with a limit of ``LIMIT``."""

    questions: int
    median: float
    percentile_95: float

    def __str__(self) -> str:
        return (
            f"median {self.median * 1000:.1f} ms, 95th percentile {self.percentile_95 * 1000:.1f} ms "
            f"(limit {LIMIT}; {self.questions:,} questions, one at a time)"
        )


def latency(retriever: Retriever, questions: Sequence[GoldQuestion], *, scoped: bool = False) -> Latency:
    """Time at most ``SAMPLE`` questions, evenly taken from all, after a warm-up.

    To be called before the questions are evaluated: a retriever remembers the vectors of the last ones. For the same
    reason each text is timed once, and the warm-up asks questions with their words turned round.

    Raises:
        ValueError: no questions, or one that cannot be asked.
    """
    distinct = list({question.text: question for question in questions}.values())
    if not distinct:
        raise ValueError("no questions to time")
    count = min(SAMPLE, len(distinct))
    sample = [distinct[number * len(distinct) // count] for number in range(count)]
    for number in range(WARM_UP):
        words = sample[number % count].text[:1000].split()
        retriever.retrieve(" ".join([*reversed(words), "again", str(number)]), limit=LIMIT)
    seconds = []
    for question in sample:
        scope = question.scope if scoped else EVERYTHING
        started = perf_counter()
        try:
            retriever.retrieve(question.text, limit=LIMIT, scope=scope, as_of=question.asked_on)
        except ValueError as error:
            raise ValueError(f"question {question.id} cannot be asked: {error}") from error
        seconds.append(perf_counter() - started)
    median, high = np.percentile(seconds, [50, 95])
    return Latency(count, float(median), float(high))
