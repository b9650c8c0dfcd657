"""Measuring answers: figures worked out by hand on a toy index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rag.answer.answerer import Answerer
from rag.answer.drafts import Draft, Evidence
from rag.answer.sentences import Sentence
from rag.evaluation.answers import examine_answers, figures
from rag.evaluation.questions import GoldArticle, GoldQuestion
from rag.evaluation.tables import answer_table
from rag.search.retriever import Retriever
from rag.store.scope import EVERYTHING
from tests.toy import HARBOUR, ORCHESTRA, ToyEmbedder, build_index

BRANDT = '"We need the money for the sea wall," said harbour master Odile Brandt.'
DEPOT = ORCHESTRA.paragraphs[0]


def scripted(question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
    """Says two true sentences about the harbour, an invented one, and nothing about anything else."""
    if "harbour" not in question:
        return
    yield Draft(BRANDT, (Evidence(HARBOUR, 2, 0, len(BRANDT), BRANDT),))
    yield Draft(DEPOT, (Evidence(ORCHESTRA, 1, 0, len(DEPOT), DEPOT),))
    yield Draft("The harbour has 900 berths.", (Evidence(HARBOUR, 2, 0, len(BRANDT), BRANDT),))


def gold(text: str, type_: str, *facts: str, answers: tuple[str, ...] = ()) -> GoldQuestion:
    return GoldQuestion(text, type_, facts, EVERYTHING, id=text, answers=answers)


def test_answers_are_measured(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, ORCHESTRA])
    answerer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), scripted)
    asked = [
        gold("Who needs money in the harbour?", "who", BRANDT, answers=("Odile Brandt",)),
        gold("What is a harbour for?", "what", "A fact of another article.", answers=("ships",)),
        gold("Where will the orchestra go?", "where", DEPOT, answers=("the old tram depot",)),
        gold("Who is the harbour's owner?", "unanswerable"),
        gold("Who won the race?", "unanswerable"),
    ]
    found = examine_answers(answerer, asked)
    assert [(one.claims, one.on_gold, one.says_gold, one.cut, one.refused) for one in found] == [
        (2, 1, True, 1, False),
        (2, 0, False, 1, False),
        (0, None, False, 0, True),
        (2, None, None, 1, False),
        (0, None, None, 0, True),
    ]
    total = figures(found)
    assert (total.questions, total.cut, total.in_place) == (5, 3, 1.0)
    assert total.declined == 0.5
    assert total.refused == pytest.approx(1 / 3)
    assert total.on_gold == 0.25
    assert total.says_gold == pytest.approx(1 / 3)
    nothing = figures([])
    assert (nothing.declined, nothing.refused, nothing.in_place, nothing.first) == (None, None, None, None)


def test_a_question_of_which_nobody_knows_whether_it_is_answered_is_not_asked(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    answerer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), scripted)
    open_one = replace(gold("Who owns the harbour?", "who"), settled=False)
    assert [one.refused for one in examine_answers(answerer, [open_one, gold("Who won?", "who")])] == [True]


def test_a_question_whose_article_the_index_lacks_is_not_answered_by_it(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR])
    answerer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), scripted)
    harbour, lacking = GoldArticle(url=HARBOUR.url), GoldArticle(url=ORCHESTRA.url)
    asked = [
        replace(
            gold("Who needs money in the harbour?", "held", BRANDT, answers=("Brandt",)), articles=(lacking, harbour)
        ),
        replace(gold("Where is the harbour's orchestra?", "lacking", DEPOT, answers=("depot",)), articles=(lacking,)),
    ]
    found = examine_answers(answerer, asked)
    assert [(one.answerable, one.says_gold, one.on_gold) for one in found] == [(True, True, 1), (False, None, None)]


def test_the_table_of_answers_fits_a_terminal_of_80_columns(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, ORCHESTRA])
    answerer = Answerer(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()), scripted)
    found = examine_answers(
        answerer, [gold("Who needs money in the harbour?", "comparison", BRANDT), gold("Who won?", "null")]
    )
    console = Console(width=80, file=StringIO())
    console.print(answer_table(found))
    assert isinstance(console.file, StringIO)
    heading, *rows = console.file.getvalue().splitlines()
    assert heading.split() == [
        "type",
        "asked",
        "declined",
        "refused",
        "in",
        "place",
        "on",
        "gold",
        "gold",
        "passage",
        "cut",
    ]
    assert [row.split()[:2] for row in rows] == [["comparison", "1"], ["null", "1"], ["all", "2"]]
