"""Which of two indices finds more: ``python -m benchmarks.compare QUESTIONS INDEX OTHER_INDEX``.

Asks all questions with evidence of both and prints, by measure, both means and the difference, question by question,
with its 95 % bootstrap interval: above 0, the first is better.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.evaluation.measures import MEASURES, Score, evaluate
from rag.evaluation.questions import read_questions
from rag.search.retriever import Retriever

RESAMPLES = 1_000
_SEED = 20_240_101


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where 95 % of the means of resampled questions lie."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better (above 0) the first of two settings is than the second by one measure."""

    measure: str
    questions: int
    first: float
    second: float
    difference: Interval


def interval(values: Sequence[float]) -> Interval:
    """Bootstrap the mean of ``values``: percentile method (Efron 1979), the same result in every run.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to take a mean of")
    given = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(_SEED)
    means = [given[random.integers(0, len(given), len(given))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(given.mean()), float(low), float(high))


def compare(first: Sequence[Score], second: Sequence[Score]) -> list[Difference]:
    """Compare two settings on the same questions: the first minus the second, by measure.

    Raises:
        ValueError: they are not scores of the same questions in the same order.
    """
    if [one.question for one in first] != [one.question for one in second]:
        raise ValueError("the two lists of scores are not of the same questions in the same order")
    differences = []
    for measure in MEASURES:
        pairs = [
            (one.values[measure], other.values[measure])
            for one, other in zip(first, second, strict=True)
            if measure in one.values and measure in other.values
        ]
        if pairs:
            means = (sum(one for one, _ in pairs) / len(pairs), sum(other for _, other in pairs) / len(pairs))
            between = interval([one - other for one, other in pairs])
            differences.append(Difference(measure, len(pairs), *means, between))
    return differences


def main(questions: Path, index: str, other: str) -> None:
    asked = read_questions(questions)
    scores = [evaluate(Retriever.open(one), asked) for one in (index, other)]
    print(f"{'':12}{'questions':>10}{'first':>8}{'second':>8}  difference")
    for one in compare(*scores):
        print(f"{one.measure:12}{one.questions:>10,}{one.first:>8.3f}{one.second:>8.3f}  {one.difference}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python -m benchmarks.compare QUESTIONS INDEX OTHER_INDEX")
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
