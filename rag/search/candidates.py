"""Gathers the passages that words and vectors propose for everything that is looked for."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from rag.search.fusion import Candidate, Weights
from rag.search.planning import Allowed, Lookup
from rag.store.scope import Scope
from rag.store.snapshot import Snapshot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Passages that each side proposes for a lookup; more changes nothing that was measured.
_POOL = 200
_ARTICLES = 300


def find_candidates(
    snapshot: Snapshot,
    lookups: Sequence[Lookup],
    vectors: Sequence[NDArray[np.float32]],
    *,
    limit: int,
    allowed: Allowed,
    weights: Weights,
) -> list[dict[int, Candidate]]:
    """What both sides propose for each of ``lookups``, of any number of questions: rows, with the scores of both sides.

    ``vectors`` are theirs, shape ``(dimension,)`` each; ``limit`` is how many hits are wanted at most in the end.
    """
    pool = max(_POOL, 2 * limit)
    near = _nearest(snapshot, lookups, vectors, pool, allowed)
    return [
        _scored(snapshot, lookup, vector, {row for row, _ in found}, pool, allowed, weights)
        for lookup, vector, found in zip(lookups, vectors, near, strict=True)
    ]


def _nearest(
    snapshot: Snapshot,
    lookups: Sequence[Lookup],
    vectors: Sequence[NDArray[np.float32]],
    limit: int,
    allowed: Allowed,
) -> list[list[tuple[int, float]]]:
    """The nearest passages for each lookup: one FAISS call for all that share their limits."""
    import numpy as np

    alike: dict[tuple[Scope, tuple[str, ...]], list[int]] = {}
    for place, lookup in enumerate(lookups):
        alike.setdefault((lookup.scope, lookup.phrases), []).append(place)
    found: list[list[tuple[int, float]]] = [[] for _ in lookups]
    for (scope, phrases), places in alike.items():
        rows = allowed(scope)
        if phrases:
            said = np.zeros(snapshot.vectors.rows, dtype=np.bool_)
            said[snapshot.lexical.rows_with(phrases)] = True
            rows = said if rows is None else said & rows
        near = snapshot.vectors.nearest(np.stack([vectors[place] for place in places]), limit, rows)
        for place, one in zip(places, near, strict=True):
            found[place] = one
    return found


def _scored(
    snapshot: Snapshot,
    lookup: Lookup,
    vector: NDArray[np.float32],
    near: AbstractSet[int],
    pool: int,
    allowed: Allowed,
    weights: Weights,
) -> dict[int, Candidate]:
    import numpy as np

    said = snapshot.lexical.passages(lookup.terms, pool, lookup.scope, lookup.phrases)
    words = dict(said)
    # A passage that only the vectors propose has at most the score of the last that the words do.
    least = said[-1][1] if len(said) == pool else 0.0
    rows = np.fromiter(near | words.keys(), dtype=np.int64)
    if not len(rows):
        return {}
    # What stands beside a passage says what it is about: "she", "the company", "the vote".
    known = np.unique(np.clip([rows - 1, rows, rows + 1], 0, snapshot.vectors.rows - 1))
    similar = snapshot.vectors.similarities(known.tolist(), vector.reshape(1, -1))[0]
    numbers = snapshot.coverage.numbers(known)
    before, here, behind = (np.searchsorted(known, rows + step).clip(max=len(known) - 1) for step in (-1, 0, 1))
    neighbour = [
        np.where((known[at] == rows + step) & (numbers[at] == numbers[here]), similar[at], 0.0)
        for at, step in ((before, -1), (behind, 1))
    ]
    articles = dict(snapshot.lexical.articles(lookup.terms, _ARTICLES, lookup.scope))
    of_the_days = np.zeros(len(rows), dtype=np.bool_)
    for period in lookup.days:
        within = allowed(period)
        of_the_days |= True if within is None else within[rows]
    columns = (rows, numbers[here], similar[here], np.maximum(*neighbour), of_the_days)
    return {
        row: Candidate(words.get(row, least) + weights.article * articles.get(number, 0.0), dense, other, dated)
        for row, number, dense, other, dated in zip(*(column.tolist() for column in columns), strict=True)
    }
