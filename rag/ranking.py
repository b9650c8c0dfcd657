"""Makes one ranking of passages from what words and vectors say of each part of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.questions.parts import Part


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each side counts; the defaults are what measured best (benchmarks/retrieval.md)."""

    dense: float = 0.6
    """Vectors, beside 1 for words; both are first divided by the best of their part."""
    article: float = 0.3
    """The words of the whole article, beside 1 for those of the passage."""
    rest: float = 1.0
    """What the rest of the question counts in a part of it."""
    undivided: float = 0.9
    """The whole question, searched beside its parts, so that a wrong cut loses little."""
    preferred: float = 0.05
    """Share of its score that a passage loses where a question prefers another outlet ("like X reported"): enough to
    settle near equals, too little to bring up what does not bear on the question."""
    lexical: float = 1.0
    """Words; 0 leaves only vectors."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one part of a question found."""

    lexical: float
    """BM25 of the passage, with its article's share."""
    dense: float
    """Inner product with the vector of the part and its share of the whole question's."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in the ranking of all parts."""

    row: int
    score: float
    """0 to 1: the best of the part that found it has 1, or the weight of the part."""
    part: Part


def fuse(candidates: Mapping[int, Candidate], weights: Weights) -> dict[int, float]:
    """Score one part's candidates, the best 1: words and vectors, each as a share of the best.

    Shares keep what ranks throw away: how far the best is ahead (Lee 1997; Bruch et al. 2023, "An analysis of fusion
    functions for hybrid retrieval", found the convex combination better than reciprocal ranks).
    """
    if not candidates:
        return {}
    most_lexical = max(one.lexical for one in candidates.values())
    most_dense = max(one.dense for one in candidates.values())
    scores = {
        row: weights.lexical * (one.lexical / most_lexical if most_lexical > 0 else 0.0)
        + weights.dense * (max(0.0, one.dense) / most_dense if most_dense > 0 else 0.0)
        for row, one in candidates.items()
    }
    best = max(scores.values())
    return {row: score / best if best > 0 else 0.0 for row, score in scores.items()}


def merge(scored: Sequence[tuple[Part, Mapping[int, float]]]) -> list[Ranked]:
    """Rank what all parts found, best first: each passage by the part that values it most, equal ones by row.

    As the best passage of every part has the highest score, the parts take turns by themselves.
    """
    best: dict[int, Ranked] = {}
    for part, scores in scored:
        for row, score in scores.items():
            if row not in best or score > best[row].score:
                best[row] = Ranked(row, score, part)
    return sorted(best.values(), key=lambda one: (-one.score, one.row))
