"""Fusing both sides, merging parts, and putting together what belongs together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.articles import Article
from rag.query import Names, SubQuery, decompose, parse_question
from rag.search.fusion import Candidate, Ranked, Weights, fuse, merge
from rag.search.grouping import group
from rag.search.retriever import Retriever
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, ORCHESTRA, ToyEmbedder, build_index

NAMES = Names(["The Ellery Courier", "Strand Radio", "Vellmar Post"], [])


def parsed(question: str) -> SubQuery:
    return SubQuery(question, parse_question(question, NAMES, as_of=date(2026, 1, 1)))


def parts(question: str) -> list[tuple[str, tuple[str, ...]]]:
    found = decompose(parse_question(question, NAMES, as_of=date(2026, 1, 1)))
    return [(part.text, part.limits.scope.outlets) for part in found]


def test_both_sides_are_shares_of_their_best() -> None:
    candidates = {1: Candidate(8.0, 0.4), 2: Candidate(4.0, 0.8), 3: Candidate(0.0, -0.2)}
    # 1: 1 + 0.6 * 0.5; 2: 0.5 + 0.6; 3: nothing; divided by the best.
    assert fuse(candidates, Weights(dense=0.6)) == pytest.approx({1: 1.0, 2: 1.1 / 1.3, 3: 0.0})
    assert fuse(candidates, Weights(dense=1.0, lexical=0.0)) == pytest.approx({1: 0.5, 2: 1.0, 3: 0.0})
    of_the_days = {1: Candidate(8.0, 0.4), 2: Candidate(8.0, 0.4, of_the_days=True)}
    # 1: 1 + 0.6; 2: 0.4 more; divided by the best, so that a part loses nothing where no article is of its days.
    assert fuse(of_the_days, Weights(dense=0.6, days=0.4)) == pytest.approx({1: 1.6 / 2, 2: 1.0})
    assert fuse({}, Weights()) == {}
    assert fuse({1: Candidate(0.0, -1.0)}, Weights()) == {1: 0.0}


def test_a_passage_counts_as_the_part_that_values_it_most() -> None:
    one, other = parsed("one"), parsed("other")
    assert merge([(one, {1: 1.0, 2: 0.5}), (other, {2: 0.9, 3: 0.9})]) == [
        Ranked(1, 1.0, one),
        Ranked(2, 0.9, other),
        Ranked(3, 0.9, other),
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who raised the tolls?", [("Who raised the tolls?", ())]),
        (
            "Did the Strand Radio article praise the tolls, while the Vellmar Post article criticised them?",
            [
                ("Did the Strand Radio article praise the tolls", ("Strand Radio",)),
                ("while the Vellmar Post article criticised them?", ("Vellmar Post",)),
            ],
        ),
        (
            "Who raised the tolls, as both Strand Radio and The Ellery Courier report?",
            [
                ("Who raised the tolls, as both Strand Radio and The Ellery Courier report?", ("Strand Radio",)),
                ("Who raised the tolls, as both Strand Radio and The Ellery Courier report?", ("The Ellery Courier",)),
            ],
        ),
        (
            "Did the harbour master raise the port tolls, while the town council lowered the market fees?",
            [
                ("Did the harbour master raise the port tolls", ()),
                ("while the town council lowered the market fees?", ()),
            ],
        ),
        ("Who sang while he walked?", [("Who sang while he walked?", ())]),
    ],
)
def test_questions_are_cut_into_parts(question: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert parts(question) == expected


def test_neighbours_are_joined_and_copies_hang_on_the_better(tmp_path: Path) -> None:
    sentences = [
        "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday morning.",
        "Fishermen called the rise unfair and announced a protest at the quay on Saturday.",
        "The council of the town will vote on the sea wall in the autumn of this year.",
    ]
    original = Article(title="Tolls", paragraphs=tuple(sentences), outlet="Strand Radio", url="https://a.example/1")
    copied = sentences[0].replace("on Tuesday morning", "Tuesday")
    copy = Article(title="Port", paragraphs=(copied,), outlet="Vellmar Post", url="https://b.example/2")
    build_index(tmp_path / "index", [original, copy], budget=20)
    coverage = Snapshot.open(tmp_path / "index").coverage
    rows = {coverage.passage(row)[0].text: row for row in range(coverage.rows)}
    first, second, third = (rows[sentence] for sentence in sentences)
    part = parsed("tolls")
    ranking = [
        Ranked(row, score, part) for row, score in ((third, 1.0), (first, 0.9), (rows[copied], 0.8), (second, 0.7))
    ]
    groups = group(ranking, coverage, limit=5, joined=10)
    assert [(one.rows, one.passage.text) for one in groups] == [
        ([second, third], f"{sentences[1]}\n\n{sentences[2]}"),
        ([first], sentences[0]),
    ]
    assert [[article.outlet for _, article in one.near_duplicates] for one in groups] == [[], ["Vellmar Post"]]
    apart = group(ranking, coverage, limit=5, joined=0)
    assert [one.rows for one in apart] == [[third], [first], [second]]


def test_the_first_hits_are_accompanied(tmp_path: Path) -> None:
    sentences = [f"The {word} of Port Ellery met on the quay that morning." for word in "one two three four".split()]
    build_index(tmp_path / "index", [replace(HARBOUR, paragraphs=tuple(sentences)), ORCHESTRA], budget=20)
    coverage = Snapshot.open(tmp_path / "index").coverage
    texts = [coverage.passage(row)[0].text for row in range(coverage.rows)]
    first, second, third, fourth = map(texts.index, sentences)
    hall = texts.index(ORCHESTRA.paragraphs[0])
    part = parsed("quay")

    def rows(ranking: list[int], *, limit: int = 9, joined: int = 1, accompanied: int = 1) -> list[list[int]]:
        ranked = [Ranked(row, 1 - place / 10, part) for place, row in enumerate(ranking)]
        found = group(ranked, coverage, limit=limit, joined=joined, accompanied=accompanied)
        assert all(one.passage.text == "\n\n".join(texts[row] for row in one.rows) for one in found)
        return [one.rows for one in found]

    # It takes the better of its neighbours, and only one; another may be a hit of its own.
    assert rows([second, hall, third, first]) == [[second, third], [hall], [first]]
    # How many hits are wanted changes nothing about those that are.
    assert rows([second, hall, third, first], limit=1) == [[second, third]]
    assert rows([second, hall], limit=1) == [[first, second]]  # of two that nothing proposed, the one before
    assert rows([first], limit=1) == [[first, second]]
    assert rows([hall, fourth], limit=2) == [[hall], [fourth]]  # no neighbours, and not among the first
    assert rows([second, third], joined=2) == [[second, third]]  # has one already
    assert rows([hall, first, fourth], accompanied=3) == [[hall], [first, second], [third, fourth]]
    assert rows([second, hall, third], accompanied=0) == [[second], [hall], [third]]


def test_joined_pieces_of_a_paragraph_are_one_span(tmp_path: Path) -> None:
    text = "The harbour master raised the tolls. The fishermen of Port Ellery blocked the quay. The council met on it."
    build_index(tmp_path / "index", [replace(HARBOUR, paragraphs=(text,))], budget=20)
    [hit] = Retriever.open(tmp_path / "index", embedder=ToyEmbedder()).retrieve("harbour tolls quay council")
    assert (hit.text, hit.passage.paragraphs) == (text, (1,))
    assert (hit.passage.spans[0].start, hit.passage.spans[0].end) == (0, len(text))
