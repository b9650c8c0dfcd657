"""One ranking of what words, vectors and preferences say of several sub-queries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from rag.query.parsed_query import ParsedQuery
from rag.query.subqueries import SubQuery
from rag.search.fusion import Scored, Weights, fuse, lexical_scores, merge
from rag.store.protocol import Candidates


def sub_query(text: str) -> SubQuery:
    return SubQuery(text, ParsedQuery(text, date(2026, 1, 1), ()))


def scored(text: str, scores: dict[int, float]) -> Scored:
    values = np.array([*scores.values()])
    return Scored(sub_query(text), np.array([*scores], np.int64), values, 10 * values)


def test_a_score_is_a_weighted_sum_of_shares_of_the_best() -> None:
    columns = ([4.0, 2.0, 0.0], [0.0, 2.0, 1.0], [0.5, 0.25, -0.5], [0.0, 0.0, 0.0])
    found = Candidates(np.array([7, 3, 9]), *map(np.array, columns))
    weights = Weights(lexical=1.0, dense=0.5, neighbour=1.0, article=0.5)
    assert lexical_scores(found, weights).tolist() == [4.0, 3.0, 0.5]
    assert fuse(found, weights).tolist() == pytest.approx([1.0, 1.0 / 1.5, 0.125 / 1.5])
    assert fuse(found, weights, np.array([0.0, 1.5, 0.0])).tolist() == pytest.approx([0.6, 1.0, 0.05])
    nothing = Candidates(np.array([], np.int64), *[np.array([])] * 4)
    assert fuse(nothing, weights).tolist() == []
    silent = Candidates(np.array([1]), *[np.zeros(1)] * 4)
    assert fuse(silent, weights).tolist() == [0.0]


def test_a_passage_counts_by_the_sub_query_that_values_it_most_and_gains_by_its_best_clause() -> None:
    asked = [scored("tolls", {5: 1.0, 2: 0.5, 8: 0.25}), scored("quay", {2: 0.75, 8: 0.25})]
    plain = merge(asked)
    assert [(one.id, one.score, one.subquery.text, one.lexical) for one in plain] == [
        (5, 1.0, "tolls", 10.0),
        (2, 0.75, "quay", 7.5),
        (8, 0.25, "tolls", 2.5),
    ]
    # What no clause finds counts as the last that one finds, and what only a clause finds as the last of the others.
    clauses = [scored("the sea wall", {8: 1.0, 1: 0.5}), scored("the vote", {1: 0.75})]
    assert [(one.id, one.score, one.subquery.text) for one in merge(asked, clauses, weight=1.0)] == [
        (5, (1 + 0.75) / 2, "tolls"),
        (2, 0.75, "quay"),
        (8, (0.25 + 1) / 2, "tolls"),
        (1, (0.25 + 0.75) / 2, "the vote"),
    ]
    assert merge([scored("tolls", {})], clauses) == []
    assert merge(asked, [scored("the vote", {})]) == plain
    assert merge([scored("tolls", {3: 0.5, 1: 0.5})])[0].id == 1


def test_many_sub_queries_are_merged_as_one_by_one() -> None:
    chance = np.random.default_rng(0)

    def invented(text: str, count: int) -> Scored:
        ids = chance.choice(60, count, replace=False)
        return scored(text, dict(zip(ids.tolist(), chance.integers(0, 9, count) / 8, strict=True)))

    def best(found: Sequence[Scored]) -> dict[int, tuple[float, str]]:
        most: dict[int, tuple[float, str]] = {}
        for one in found:
            for id_, score in zip(one.ids.tolist(), one.scores.tolist(), strict=True):
                if id_ not in most or score > most[id_][0]:
                    most[id_] = score, one.subquery.text
        return most

    for _ in range(50):
        asked = [invented(f"sub-query {n}", 30) for n in range(3)]
        clauses = [invented(f"clause {n}", 20) for n in range(2)]
        most, said = best(asked), best(clauses)
        last, least = (min(score for score, _ in found.values()) for found in (most, said))
        expected = {
            id_: ((most.get(id_, (last,))[0] + 0.5 * said.get(id_, (least,))[0]) / 1.5, (most | said)[id_][1])
            for id_ in said | most
        }
        expected = {id_: (score, most[id_][1] if id_ in most else text) for id_, (score, text) in expected.items()}
        order = sorted(expected, key=lambda id_: (-expected[id_][0], id_))
        assert [(one.id, (one.score, one.subquery.text)) for one in merge(asked, clauses)] == [
            (id_, expected[id_]) for id_ in order
        ]
