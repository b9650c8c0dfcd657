"""`rag evaluate` on an index of three articles, and the figures of answers worked out by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.answer.answerer import Answerer
from rag.answer.drafts import Draft, Evidence
from rag.answer.sentences import Sentence
from rag.evaluation.measures import evaluate_answers, mean
from rag.evaluation.questions import GoldArticle, GoldQuestion
from rag.models.embedding import SentenceTransformerEmbedder
from rag.search.retriever import Retriever
from tests.conftest import Ran
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder

TOLLS, BLOCKED, HALL = HARBOUR.paragraphs[0], PROTEST.paragraphs[0], ORCHESTRA.paragraphs[0]
BRANDT = HARBOUR.paragraphs[1]


@pytest.fixture
def evaluate(
    run_command: Callable[..., Ran], toy_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """`rag evaluate` of some questions, with the toy embedder."""
    monkeypatch.setattr(SentenceTransformerEmbedder, "load", lambda *_, **__: ToyEmbedder())

    def call(items: object, *options: str) -> Ran:
        (tmp_path / "q.json").write_text(json.dumps(items), encoding="utf-8")
        return run_command("rag", "evaluate", tmp_path / "q.json", "--index", toy_index, *options)

    return call


NEVER = {"url": "https://nowhere.example/a", "fact": "Never."}
QUESTIONS = [
    {"question": "orchestra hall", "type": "single", "gold": [{"url": ORCHESTRA.url, "fact": HALL}]},
    {"question": "raised the tolls", "type": "single", "gold": [{"url": HARBOUR.url, "fact": TOLLS}, NEVER]},
    {"question": "blocked the quay", "type": "several", "gold": [{"fact": BLOCKED}]},
    {"question": "Who won?", "type": "unanswerable", "gold": []},
]


def test_the_command_prints_a_row_for_each_type(evaluate: Callable[..., Ran]) -> None:
    done = evaluate(QUESTIONS)
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert lines[:5] == [
        "type     asked  fact recall  all facts  articles@10  Hits@4  Hits@10  MRR@10",
        "several      1        1.000      1.000            -   1.000    1.000   1.000",
        "single       2        0.750      0.500        0.750   1.000    1.000   1.000",
        "all          3        0.833      0.667        0.750   1.000    1.000   1.000",
        "",
    ]
    assert lines[5] == "fact recall: share of a question's evidence sentences within the first 2,000 words"
    assert "left out because they name no evidence: 1" in lines
    done = evaluate(QUESTIONS, "--answers")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert (done.code, lines[0]) == (0, "type          asked  declined  refused  in place")
    assert lines[3].split() == ["unanswerable", "1", "1.000", "-", "-"]
    name, asked, *_, in_place = lines[4].split()
    assert (name, asked, in_place) == ("all", "4", "1.000")


def test_questions_that_the_index_cannot_answer_end_with_an_error(
    evaluate: Callable[..., Ran], toy_index: Path
) -> None:
    none = f"error: {toy_index} brings none of the evidence: ask questions about the articles that it holds\n"
    assert evaluate([{"question": "x", "type": "single", "gold": [NEVER]}]) == (1, "", none)
    done = evaluate(QUESTIONS[3:])
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("q.json has no question with facts or articles to be found\n")


def scripted(question: str, sentences: Sequence[Sentence]) -> Iterator[Draft]:
    """Says two true sentences about the harbour, and nothing about anything else."""
    if "harbour" in question:
        yield Draft(BRANDT, (Evidence(HARBOUR, 2, 0, len(BRANDT), BRANDT),))
        yield Draft(HALL, (Evidence(ORCHESTRA, 1, 0, len(HALL), HALL),))


def gold(text: str, *facts: str, **more: Any) -> GoldQuestion:
    return GoldQuestion(text, text, "who", facts, **more)


LACKING = GoldArticle("https://nowhere.example/a")
MEASURED: list[tuple[GoldQuestion, dict[str, float]]] = [
    (
        gold("Who needs money in the harbour?", BRANDT, answers=("Odile Brandt",)),
        {"refused": 0, "in place": 1, "says gold": 1},
    ),
    (
        gold("What is a harbour for?", "A fact of another article.", answers=("ships",)),
        {"refused": 0, "in place": 1, "says gold": 0},
    ),
    (gold("Where will the orchestra go?", HALL, answers=("the old tram depot",)), {"refused": 1, "says gold": 0}),
    (gold("Is there a harbour?", BRANDT, answers=("Yes",)), {"refused": 0, "in place": 1}),
    (gold("Who is the harbour's owner?"), {"declined": 0, "in place": 1}),
    (gold("Who won the race?"), {"declined": 1}),
    # What can be answered depends on the articles that the index holds.
    (gold("Who needs a harbour?", BRANDT, articles=(LACKING, GoldArticle(HARBOUR.url))), {"refused": 0, "in place": 1}),
    (gold("Where is the harbour's orchestra?", HALL, articles=(LACKING,)), {"declined": 0, "in place": 1}),
]


def test_answers_are_measured(toy_index: Path) -> None:
    answerer = Answerer(Retriever.open(toy_index, embedder=ToyEmbedder()), scripted)
    unsettled = gold("Who owns the harbour?", settled=False)  # nobody knows, so it is not asked
    scores = evaluate_answers(answerer, [*(question for question, _ in MEASURED), unsettled])
    assert [one.values for one in scores] == [values for _, values in MEASURED]
    assert (mean(scores[:6], "declined"), mean(scores[:6], "refused")) == (0.5, 0.25)
