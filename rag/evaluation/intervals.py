"""How sure a mean over questions is, and a difference between two: bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.measures import Measure, Score

RESAMPLES = 1_000
_SEED = 20_240_101


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and where 95 % of the means of resampled questions lie."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better (above 0) the first of two settings is than the second by one measure."""

    measure: Measure
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


def compare(scores_a: Sequence[Score], scores_b: Sequence[Score]) -> list[Difference]:
    """Compare two settings on the same questions, question by question: the first minus the second, by measure.

    Raises:
        ValueError: they are not scores of the same questions in the same order.
    """
    if [one.question for one in scores_a] != [one.question for one in scores_b]:
        raise ValueError("the two lists of scores are not of the same questions in the same order")
    differences = []
    for measure in Measure:
        pairs = [
            (a.values[measure], b.values[measure])
            for a, b in zip(scores_a, scores_b, strict=True)
            if measure in a.values and measure in b.values
        ]
        if pairs:
            first, second = (sum(values) / len(pairs) for values in zip(*pairs, strict=True))
            between = interval([a - b for a, b in pairs])
            differences.append(Difference(measure, len(pairs), first, second, between))
    return differences
