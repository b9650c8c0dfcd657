"""Makes one ranking of passages from what words, vectors and preferences say of each sub-query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.query.subqueries import SubQuery
from rag.store.protocol import Candidate, PassageId


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each side counts, words 1; the defaults are what measured best (benchmarks/retrieval.md)."""

    lexical: float = 1.0
    """Words; 0 leaves only vectors. All are first divided by the best of their sub-query."""
    dense: float = 0.8
    neighbour: float = 0.3
    """Vectors of the neighbouring passages."""
    article: float = 0.3
    """The words of the whole article, beside 1 for those of the passage."""
    rest: float = 1.0
    """What the rest of the question counts in a sub-query."""
    undivided: float = 0.9
    """The whole question, searched beside its sub-queries, so that a wrong cut loses little."""
    clause: float = 0.5
    """The best clause of the question, beside 1 for the sub-queries."""
    clause_rest: float = 0.3
    """What the rest of the question counts in a clause of it."""
    days: float = 0.4
    """That an article is of days that the question prefers."""
    named: float = 0.1
    """The same for an outlet, author or language: enough to settle near equals."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in the ranking of all sub-queries."""

    id: PassageId
    score: float
    """0 to 1: the best of the sub-query that found it has 1, or the weight of the sub-query."""
    subquery: SubQuery


def lexical_score(candidate: Candidate, weights: Weights) -> float:
    """BM25 of a passage, with its article's share."""
    return candidate.lexical + weights.article * candidate.article_lexical


def fuse(
    candidates: Sequence[Candidate], weights: Weights, preferred: Mapping[PassageId, float] | None = None
) -> dict[PassageId, float]:
    """Score each candidate, 0 to 1: a weighted sum of its shares of the best in words and vectors, and preferences.

    ``preferred`` is what each passage gains by what the question prefers. Shares keep what ranks throw away: how far
    the best is ahead (Lee 1997; Bruch et al. 2023, "An analysis of fusion functions for hybrid retrieval", found the
    convex combination better than reciprocal ranks).
    """
    if not candidates:
        return {}
    lexical = _shares(lexical_score(one, weights) for one in candidates)
    dense = _shares(one.dense for one in candidates)
    neighbour = _shares(one.neighbour for one in candidates)
    gains = preferred or {}
    scores = {
        one.id: weights.lexical * words + weights.dense * vector + weights.neighbour * near + gains.get(one.id, 0.0)
        for one, words, vector, near in zip(candidates, lexical, dense, neighbour, strict=True)
    }
    best = max(scores.values())
    return {id_: score / best if best > 0 else 0.0 for id_, score in scores.items()}


def _shares(scores: Iterable[float]) -> list[float]:
    values = [max(0.0, score) for score in scores]
    most = max(values)
    return [value / most if most > 0 else 0.0 for value in values]


def merge(
    scored: Sequence[tuple[SubQuery, Mapping[PassageId, float]]],
    clauses: Sequence[tuple[SubQuery, Mapping[PassageId, float]]] = (),
    weight: float = 0.5,
) -> list[Ranked]:
    """Rank what all sub-queries found, best first: each passage by the one that values it most, ties by id.

    As the best passage of every sub-query has the highest score, they take turns by themselves. To that the clause that
    values a passage most adds ``weight`` (1 for the sub-queries): of two passages that suit a sub-query alike, the one
    that answers a clause of it goes first. Where one side did not find a passage, it counts as the last that it found.
    """
    best, said = _best(scored), _best(clauses)
    if best and said:
        last, least = (min(one.score for one in found.values()) for found in (best, said))
        both = {id_: best.get(id_) or replace(one, score=last) for id_, one in (said | best).items()}
        for id_, one in both.items():
            clause = said[id_].score if id_ in said else least
            best[id_] = replace(one, score=(one.score + weight * clause) / (1 + weight))
    return sorted(best.values(), key=lambda one: (-one.score, one.id))


def _best(scored: Sequence[tuple[SubQuery, Mapping[PassageId, float]]]) -> dict[PassageId, Ranked]:
    best: dict[PassageId, Ranked] = {}
    for subquery, scores in scored:
        for id_, score in scores.items():
            if id_ not in best or score > best[id_].score:
                best[id_] = Ranked(id_, score, subquery)
    return best
