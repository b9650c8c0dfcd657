"""Names with slips are searched for as the coverage writes them, and nothing else is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answer.answerer import Answerer
from rag.answer.extractive import ExtractiveGenerator
from rag.query.parsed_query import Constraint
from rag.query.spelling import correct_names
from rag.search.retriever import Retriever
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, PROTEST, ToyEmbedder, build_index

ROWING = replace(
    HARBOUR,
    title="Regatta",
    url="https://news.example/regatta",
    paragraphs=(
        "Fans cheered when Marisol Tevarin of Brenhaven won, and when Marisol Tevarin wept.",
        "The rower Dario Tevaren of Quarrendonby came last, and the harvest festival followed in Harvest Lane.",
    ),
)


class Spelling(ToyEmbedder):
    """Its vocabulary holds letters, and so no word whole."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names") / "index"
    build_index(folder, [ROWING, PROTEST])
    return folder


MEANT = [
    ("Who is Marisol Tevarin?", ""),
    ("Who is Marysol Tevarinn?", "Marysol Marisol, Tevarinn Tevarin"),
    ("what did marissol tavarin win?", "marissol Marisol, tavarin Tevarin"),
    ("When did Brenhavn's crew win?", "Brenhavn Brenhaven"),  # the genitive stays
    ("Who is Merisol Tevarim?", "Merisol Marisol, Tevarim Tevarin"),  # the oftener named of two that are as near
    ('Who is "Marysol" Tevarin?', ""),  # quotation marks keep a word
    ("Did the harvist fail?", ""),  # no name of the coverage: "harvest" is a word there
    ("Who is Brant?", "Brant Brandt"),
    ("Who is Tavorin?", ""),  # two slips in seven letters make another name
    ("Who rowed for Qarendonby?", "Qarendonby Quarrendonby"),
    ("Who rowed for Quarrendonia?", ""),
    ("Who are the Brandts?", ""),  # known to be a name of its own
    ("Who is Brat?", ""),  # so short a word may be any other
    ("Who is Kestrel Bainbridge?", ""),
]


@pytest.mark.parametrize(("question", "meant"), MEANT)
def test_only_a_name_that_is_lacking_and_near_another_is_replaced(index: Path, question: str, meant: str) -> None:
    corrected, found = correct_names(question, Snapshot.open(index), {"Brandts"}.__contains__)
    assert ", ".join(f"{one.said} {one.meant}" for one in found) == meant
    for one in found:
        question = question.replace(one.said, one.meant)
    assert corrected == question


def test_an_outlet_that_was_read_stays_and_an_answer_says_what_it_searched_for(index: Path) -> None:
    store = Snapshot.open(index)
    question = "What did Marysol Tevarin win, according to Strand Radio?"
    kept = Constraint("outlet", question.index("Marysol"), question.index(" win"), "Marysol Tevarin", True)
    assert correct_names(question, store, lambda word: False, [kept]) == (question, ())
    answer = Answerer(Retriever(store, Spelling()), ExtractiveGenerator()).answer("Who cheered Marysol Tevarin?")
    assert answer.notes[0] == "Searched for “Marisol” instead of “Marysol”; quotation marks keep a word as it is."
    assert (answer.question, answer.lead) == ("Who cheered Marysol Tevarin?", ROWING.paragraphs[0])
    literal = Answerer(Retriever(store, Spelling()), ExtractiveGenerator())
    assert literal.answer("Who cheered Marysol Tevarin?", parse_query=False).corrections == ()
