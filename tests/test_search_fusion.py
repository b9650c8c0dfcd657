"""One ranking from what words, vectors and preferences say of each sub-query."""

from __future__ import annotations

from datetime import date

import pytest

from rag.query.parsed_query import ParsedQuery
from rag.query.subqueries import SubQuery
from rag.search.fusion import Weights, fuse, merge
from rag.store.protocol import Candidate, PassageId


def candidate(number: int, lexical: float, dense: float) -> Candidate:
    return Candidate(PassageId(number), lexical, 0.0, dense, 0.0)


def subquery(text: str) -> SubQuery:
    return SubQuery(text, ParsedQuery(text, date(2026, 1, 1), ()))


def test_both_sides_are_shares_of_their_best() -> None:
    candidates = [candidate(1, 8.0, 0.4), candidate(2, 4.0, 0.8), candidate(3, 0.0, -0.2)]
    # 1: 1 + 0.6 * 0.5; 2: 0.5 + 0.6; 3: nothing; divided by the best.
    assert fuse(candidates, Weights(dense=0.6)) == pytest.approx({1: 1.0, 2: 1.1 / 1.3, 3: 0.0})
    assert fuse(candidates, Weights(dense=1.0, lexical=0.0)) == pytest.approx({1: 0.5, 2: 1.0, 3: 0.0})
    assert fuse([], Weights()) == {}
    assert fuse([candidate(1, 0.0, -1.0)], Weights()) == {1: 0.0}


def test_what_a_question_prefers_is_added() -> None:
    alike = [candidate(1, 8.0, 0.4), candidate(2, 8.0, 0.4)]
    # 1: 1 + 0.6; 2: 0.4 more; divided by the best, so that nothing is lost where nothing is preferred.
    assert fuse(alike, Weights(dense=0.6), {PassageId(2): 0.4}) == pytest.approx({1: 1.6 / 2, 2: 1.0})


def test_a_clause_decides_between_passages_that_suit_alike() -> None:
    whole, clause = subquery("whole"), subquery("clause")
    merged = merge([(whole, {PassageId(1): 1.0, PassageId(2): 1.0})], [(clause, {PassageId(2): 1.0})], 0.5)
    # Passage 1 counts, for the clause, as the last that the clause found: here the same.
    assert {one.id: one.score for one in merged} == {1: 1.0, 2: 1.0}
    further = [(clause, {PassageId(2): 1.0, PassageId(3): 0.4})]
    merged = merge([(whole, {PassageId(1): 1.0, PassageId(2): 1.0})], further, 0.5)
    assert [one.id for one in merged] == [2, 1, 3]
    assert [one.score for one in merged] == pytest.approx([1.0, 0.8, 0.8])
