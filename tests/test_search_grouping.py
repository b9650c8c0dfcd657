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
from rag.store.protocol import PassageId
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, build_index

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


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (
            "At least 7 people died when the ferry to Strand sank in the storm on Friday night.",
            "At least 19 people died when the ferry to Strand sank in the storm on Friday night.",
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


@pytest.mark.parametrize("known", [False, True])
def test_of_a_copy_only_what_it_alone_says_takes_a_place(
    tmp_path: Path, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "Readers in Vellmar will hear more of the tolls at their own town hall on Thursday evening."
    original = Article(title="Tolls", paragraphs=TOLLS, outlet="Strand Radio", url="https://a.example/1")
    copy = replace(original, outlet="Vellmar Post", url="https://b.example/2", paragraphs=(*TOLLS, own))
    other = replace(original, outlet="Lindmoor Gull", url="https://c.example/3", paragraphs=(own, TOLLS[2]))
    build_index(tmp_path / "index", [original, copy, other], budget=20)
    store = Snapshot.open(tmp_path / "index")
    if known:
        passages, stories = store.passages, {original.id: 0, copy.id: 0, other.id: 2}
        told = lambda rows: [replace(one, story=stories[one.article.id]) for one in passages(rows)]  # noqa: E731
        monkeypatch.setattr(store, "passages", told)
    ids = {(one.article.outlet, one.passage.text): one.id for one in store.passages([*map(PassageId, range(9))])}
    order = ranking(ids["Strand Radio", TOLLS[0]], *(ids["Vellmar Post", said] for said in (*TOLLS[1:], own)))
    groups = group(order, store, limit=5, joined=0)
    assert [(one.article.outlet, one.passage.text) for one in groups] == [
        ("Strand Radio", TOLLS[0]),
        ("Vellmar Post", own),
    ]
    assert [one.article.outlet for one in groups[0].near_duplicates] == ["Vellmar Post"]
    order = ranking(ids["Strand Radio", TOLLS[0]], ids["Lindmoor Gull", TOLLS[2]])
    assert len(group(order, store, limit=5, joined=0)) == 2  # another story, though it uses the same words
