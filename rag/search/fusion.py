"""Makes one ranking of passages from what words, vectors and preferences say of each sub-query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from rag.query.subqueries import SubQuery
from rag.store.protocol import Candidates, PassageId

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


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


class Ranked(NamedTuple):
    """A passage in the ranking of all sub-queries."""

    id: PassageId
    score: float
    """0 to 1: the best of the sub-query that found it has 1, or the weight of the sub-query."""
    subquery: SubQuery
    lexical: float = 0.0
    """BM25 for that sub-query, with the article's share."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """What a sub-query found, in columns."""

    subquery: SubQuery
    ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    lexical: NDArray[np.float64]


def lexical_scores(found: Candidates, weights: Weights) -> NDArray[np.float64]:
    """BM25 of each passage, with its article's share."""
    return found.lexical + weights.article * found.article_lexical


def fuse(found: Candidates, weights: Weights, gains: NDArray[np.float64] | float = 0.0) -> NDArray[np.float64]:
    """Score each candidate, 0 to 1: a weighted sum of its shares of the best in words and vectors, and preferences.

    ``gains`` is what each passage gains by what the question prefers. Shares keep what ranks throw away: how far the
    best is ahead (Lee 1997; Bruch et al. 2023, "An analysis of fusion functions for hybrid retrieval", found the convex
    combination better than reciprocal ranks).
    """
    words, vectors, near = map(_shares, (lexical_scores(found, weights), found.dense, found.neighbour))
    return _shares(weights.lexical * words + weights.dense * vectors + weights.neighbour * near + gains)


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    values = scores.clip(min=0.0)
    most = values.max(initial=0.0)
    return values / most if most > 0 else values


def merge(scored: Sequence[Scored], clauses: Sequence[Scored] = (), weight: float = 0.5) -> list[Ranked]:
    """Rank what all sub-queries found, best first: each passage by the one that values it most, ties by id.

    As the best passage of every sub-query has the highest score, they take turns by themselves. To that the clause that
    values a passage most adds ``weight`` (1 for the sub-queries): of two passages that suit a sub-query alike, the one
    that answers a clause of it goes first. Where one side did not find a passage, it counts as the last that it found.
    """
    import numpy as np

    found = (*scored, *clauses)
    ids = np.unique(np.concatenate([one.ids for one in found]))
    scores, lexical = np.full((2, len(found), len(ids)), -1.0)  # a row a sub-query; below 0: it did not find that one
    for row, one in enumerate(found):
        at = np.searchsorted(ids, one.ids)
        scores[row, at], lexical[row, at] = one.scores, one.lexical
    by, best = scores[: len(scored)].argmax(0), scores[: len(scored)].max(0)
    if not (asked := best >= 0).any():
        return []
    if (said := scores[len(scored) :].max(0, initial=-1.0)).max() >= 0:
        by = np.where(asked, by, len(scored) + scores[len(scored) :].argmax(0))
        best = np.where(asked, best, best[asked].min())
        best = (best + weight * np.where(said >= 0, said, said[said >= 0].min())) / (1 + weight)
    order = np.lexsort((ids, -best))
    columns = (ids[order], best[order], by[order], lexical[by, np.arange(len(ids))][order])
    ranked = zip(*(column.tolist() for column in columns), strict=True)
    return [Ranked(PassageId(id_), score, found[row].subquery, words) for id_, score, row, words in ranked]
