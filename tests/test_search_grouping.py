"""Neighbouring passages become one hit, and one story in several outlets takes one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.articles import Article
from rag.query.parsed_query import ParsedQuery
from rag.query.subqueries import SubQuery
from rag.search.fusion import Ranked
from rag.search.grouping import group
from rag.search.retriever import Retriever
from rag.store.protocol import PassageId
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, ORCHESTRA, ToyEmbedder, build_index

SUBQUERY = SubQuery("tolls", ParsedQuery("tolls", date(2026, 1, 1), ()))
TOLLS = (
    "The harbour master of Port Ellery raised the tolls by nine per cent on Tuesday morning.",
    "Fishermen called the rise unfair and announced a protest at the quay on Saturday.",
    "The council of the town will vote on the sea wall in the autumn of this year.",
)


def by_text(store: Snapshot) -> dict[str, PassageId]:
    return {one.passage.text: one.id for one in store.passages([PassageId(n) for n in range(store.passage_count)])}


def ranking(*ids: PassageId) -> list[Ranked]:
    return [Ranked(id_, 1 - place / 10, SUBQUERY) for place, id_ in enumerate(ids)]


def test_neighbours_are_joined_and_near_duplicates_take_no_place(tmp_path: Path) -> None:
    original = Article(title="Tolls", paragraphs=TOLLS, outlet="Strand Radio", url="https://a.example/1")
    copied = TOLLS[0].replace("on Tuesday morning", "Tuesday")
    copy = Article(title="Port", paragraphs=(copied,), outlet="Vellmar Post", url="https://b.example/2")
    build_index(tmp_path / "index", [original, copy], budget=20)
    store = Snapshot.open(tmp_path / "index")
    ids = by_text(store)
    first, second, third = (ids[sentence] for sentence in TOLLS)
    order = ranking(third, first, ids[copied], second)
    groups = group(order, store, limit=5, joined=10)
    assert [[member.id for member in one.members] for one in groups] == [[second, third], [first]]
    assert [one.passage.text for one in groups] == [f"{TOLLS[1]}\n\n{TOLLS[2]}", TOLLS[0]]
    assert [[one.article.outlet for one in each.near_duplicates] for each in groups] == [[], ["Vellmar Post"]]
    apart = group(order, store, limit=5, joined=0)
    assert [[member.id for member in one.members] for one in apart] == [[third], [first], [second]]


def test_a_copy_of_all_that_was_joined_comes_again_nowhere(tmp_path: Path) -> None:
    original = Article(title="Tolls", paragraphs=TOLLS, outlet="Strand Radio", url="https://a.example/1")
    copy = replace(original, title="Port", outlet="Vellmar Post", url="https://b.example/2")
    build_index(tmp_path / "index", [original, copy], budget=20)
    store = Snapshot.open(tmp_path / "index")
    every = [PassageId(n) for n in range(store.passage_count)]
    [only] = group(ranking(*every), store, limit=5, joined=10)
    assert [one.passage.text for one in only.members] == list(TOLLS)
    assert [one.article.outlet for one in only.near_duplicates] == ["Vellmar Post"] * 3


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (
            "At least 7 people died when the ferry to Strand sank in the storm on Friday night.",
            "At least 19 people died when the ferry to Strand sank in the storm on Friday night.",
        ),
        (
            "At least seven people died when the ferry to Strand sank in the storm on Friday night.",
            "At least nineteen people died when the ferry to Strand sank in the storm on Friday night.",
        ),
        (
            "Our guide to the cafes of Vellmar: where to sit, what to drink and what a cup costs.",
            "Our guide to the beaches of Strand: where to lie, what to rent and what a chair costs.",
        ),
    ],
)
def test_what_says_something_else_is_no_near_duplicate(tmp_path: Path, text: str, other: str) -> None:
    one = replace(HARBOUR, paragraphs=(text,))
    two = replace(one, outlet="Vellmar Post", url="https://b.example/2", paragraphs=(other,))
    build_index(tmp_path / "index", [one, two])
    store = Snapshot.open(tmp_path / "index")
    groups = group(ranking(PassageId(0), PassageId(1)), store, limit=5, joined=10)
    assert [len(each.near_duplicates) for each in groups] == [0, 0]


def test_the_first_hits_are_accompanied(tmp_path: Path) -> None:
    sentences = [f"The {word} of Port Ellery met on the quay that morning." for word in "one two three four".split()]
    build_index(tmp_path / "index", [replace(HARBOUR, paragraphs=tuple(sentences)), ORCHESTRA], budget=20)
    store = Snapshot.open(tmp_path / "index")
    ids = by_text(store)
    first, second, third, fourth = (ids[sentence] for sentence in sentences)
    hall = ids[ORCHESTRA.paragraphs[0]]

    def rows(order: list[PassageId], *, limit: int = 9, joined: int = 1, accompanied: int = 1) -> list[list[PassageId]]:
        found = group(ranking(*order), store, limit=limit, joined=joined, accompanied=accompanied)
        return [[member.id for member in one.members] for one in found]

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
