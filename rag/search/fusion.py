"""Makes one ranking of passages from what words and vectors say of each part of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.query.subqueries import SubQuery


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each side counts; the defaults are what measured best (benchmarks/retrieval.md)."""

    dense: float = 0.8
    """Vectors, beside 1 for words; both are first divided by the best of their part."""
    neighbour: float = 0.3
    """Vectors of the neighbouring passages, divided in the same way."""
    article: float = 0.3
    """The words of the whole article, beside 1 for those of the passage."""
    rest: float = 1.0
    """What the rest of the question counts in a part of it."""
    undivided: float = 0.9
    """The whole question, searched beside its parts, so that a wrong cut loses little."""
    clause: float = 0.5
    """What the best clause of the question says of a passage, beside 1 for the parts."""
    clause_rest: float = 0.3
    """What the rest of the question counts in a clause of it."""
    preferred: float = 0.05
    """Share of its score that a passage loses where a question prefers another outlet ("like X reported"): enough to
    settle near equals, too little to bring up what does not bear on the question."""
    days: float = 0.4
    """What it counts that an article is of the days that a part of a question names and that do not limit it, beside 1
    for words."""
    lexical: float = 1.0
    """Words; 0 leaves only vectors."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one part of a question found."""

    lexical: float
    """BM25 of the passage, with its article's share."""
    dense: float
    """Inner product with the vector of the part and its share of the whole question's."""
    neighbour: float = 0.0
    """The same for the better one of the passages before and behind it in the article."""
    of_the_days: bool = False
    """Whether the article was published on days that the part prefers."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in the ranking of all parts."""

    row: int
    score: float
    """0 to 1: the best of the part that found it has 1, or the weight of the part."""
    part: SubQuery


def fuse(candidates: Mapping[int, Candidate], weights: Weights) -> dict[int, float]:
    """Score one part's candidates, the best 1: words and vectors, each as a share of the best, and days.

    Shares keep what ranks throw away: how far the best is ahead (Lee 1997; Bruch et al. 2023, "An analysis of fusion
    functions for hybrid retrieval", found the convex combination better than reciprocal ranks).
    """
    if not candidates:
        return {}
    most_lexical = max(one.lexical for one in candidates.values())
    most_dense = max(one.dense for one in candidates.values())
    most_neighbour = max(one.neighbour for one in candidates.values())
    scores = {
        row: weights.lexical * _share(one.lexical, most_lexical)
        + weights.dense * _share(one.dense, most_dense)
        + weights.neighbour * _share(one.neighbour, most_neighbour)
        + weights.days * one.of_the_days
        for row, one in candidates.items()
    }
    best = max(scores.values())
    return {row: score / best if best > 0 else 0.0 for row, score in scores.items()}


def _share(score: float, most: float) -> float:
    return max(0.0, score) / most if most > 0 else 0.0


def merge(
    scored: Sequence[tuple[SubQuery, Mapping[int, float]]],
    clauses: Sequence[tuple[SubQuery, Mapping[int, float]]] = (),
    weight: float = 0.5,
) -> list[Ranked]:
    """Rank what all parts found, best first: each passage by the part that values it most, equal ones by row.

    As the best passage of every part has the highest score, the parts take turns by themselves. To that the clause that
    values a passage most adds ``weight`` (1 for the parts): of two passages that suit a part alike, the one
    that answers a clause of it goes first. Where one side did not find a passage, it counts as the last that it found.
    """
    best, said = _best(scored), _best(clauses)
    if best and said:
        last, least = (min(one.score for one in found.values()) for found in (best, said))
        both = {row: best.get(row) or replace(one, score=last) for row, one in (said | best).items()}
        for row, one in both.items():
            clause = said[row].score if row in said else least
            best[row] = replace(one, score=(one.score + weight * clause) / (1 + weight))
    return sorted(best.values(), key=lambda one: (-one.score, one.row))


def _best(scored: Sequence[tuple[SubQuery, Mapping[int, float]]]) -> dict[int, Ranked]:
    best: dict[int, Ranked] = {}
    for part, scores in scored:
        for row, score in scores.items():
            if row not in best or score > best[row].score:
                best[row] = Ranked(row, score, part)
    return best
