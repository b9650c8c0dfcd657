"""Every figure of retrieval against values worked out by hand, on an index of three articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rag.evaluation import measures
from rag.evaluation.matching import find_articles, says
from rag.evaluation.measures import evaluate, mean, score
from rag.evaluation.questions import GoldArticle, GoldQuestion
from rag.search.hits import Hit
from rag.search.retriever import Retriever
from rag.store.scope import Scope
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index

# Words of their only passages: 37, 21 and 12.
TOLLS, BLOCKED, HALL = HARBOUR.paragraphs[0], PROTEST.paragraphs[0], ORCHESTRA.paragraphs[0]
IN_HARBOUR, IN_PROTEST, LOST = GoldArticle(HARBOUR.url), GoldArticle(PROTEST.url), GoldArticle("https://n.example/a")
FOUND = {IN_HARBOUR: HARBOUR.id, IN_PROTEST: PROTEST.id}


@pytest.fixture(scope="module")
def retriever(toy_index: Path) -> Retriever:
    return Retriever.open(toy_index, embedder=ToyEmbedder())


@pytest.fixture(scope="module")
def hits(retriever: Retriever) -> dict[str, Hit]:
    return {hit.article.title: hit for hit in retriever.retrieve("Odile Brandt and the orchestra hall", limit=9)}


def question(*facts: str, name: str = "q", text: str = "Who raised the tolls?", **more: Any) -> GoldQuestion:
    return GoldQuestion(name, text, "single", facts, **more)


def test_facts_count_within_the_words_and_everything_counts_by_rank(
    hits: dict[str, Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question("About 200\nfishermen  blocked", TOLLS, articles=(IN_PROTEST, IN_HARBOUR, LOST))
    # 21 and 12 words fit into 40; with the 37 of the third passage the walk ends.
    monkeypatch.setattr(measures, "WORDS", 40)
    result = score(asked, [hits[one.title] for one in (PROTEST, ORCHESTRA, HARBOUR)], FOUND)
    assert (result.question, result.type) == ("q", "single")
    expected = {"fact recall": 1 / 2, "all facts": 0, "articles@10": 2 / 3, "Hits@4": 1, "Hits@10": 1, "MRR@10": 1}
    assert dict(result.values) == pytest.approx(expected)
    for words, recall in ((36, 0), (49, 1)):  # the first passage is over 36, though the second would have fitted
        monkeypatch.setattr(measures, "WORDS", words)
        values = score(question(HALL), [hits[HARBOUR.title], hits[ORCHESTRA.title]], {}).values
        assert values["fact recall"] == values["all facts"] == recall


@pytest.mark.parametrize(("before", "four", "ten", "reciprocal"), [(3, 1, 1, 1 / 4), (5, 0, 1, 1 / 6), (10, 0, 0, 0)])
def test_ranks(hits: dict[str, Hit], before: int, four: int, ten: int, reciprocal: float) -> None:
    ranking = [hits[ORCHESTRA.title]] * before + [hits[HARBOUR.title]]
    values = score(question(TOLLS, articles=(IN_HARBOUR,)), ranking, FOUND).values
    assert (values["Hits@4"], values["Hits@10"], values["MRR@10"]) == pytest.approx((four, ten, reciprocal))
    assert values["articles@10"] == 1  # ten passages of one article are one article
    nothing = score(question(TOLLS, articles=(IN_HARBOUR, LOST)), ranking[:before], FOUND).values
    assert (len(nothing), set(nothing.values())) == (6, {0.0})


def test_articles_alone_as_gold(hits: dict[str, Hit]) -> None:
    asked = question(articles=(IN_PROTEST,), answers=("200 fishermen",))
    values = score(asked, [hits[one.title] for one in (ORCHESTRA, HARBOUR, PROTEST)], FOUND).values
    assert dict(values) == {"articles@10": 1, "article@1": 0, "article@5": 1, "article@10": 1, "answer@5": 1}
    late = score(asked, [hits[ORCHESTRA.title]] * 5 + [hits[PROTEST.title]], FOUND).values
    assert (late["article@5"], late["answer@5"]) == (1, 0)  # the second article, the sixth passage


@pytest.mark.parametrize(
    ("text", "answer", "stands"),
    [
        ("It cost “about” $5, they said.", "$5", True),
        ("It cost $5.50 or $500.", "$5", False),
        ("the rank of 10.6 and 61", "6", False),
        ("in a Café\nRoyal in Idaho", "cafe royal", True),
        ("They watched Squid Game.", "“Squid Game”", True),
        ("Idahoans", "Idaho", False),
        ("anything", "“”", False),
        ("a (b", "(b", True),
    ],
)
def test_an_answer_stands_in_a_text(text: str, answer: str, stands: bool) -> None:
    assert says(text, answer) is stands


def test_articles_are_found_by_url_else_by_a_title_that_one_article_of_the_outlet_has(tmp_path: Path) -> None:
    again = replace(HARBOUR, url="https://www.ellery-courier.example/again")
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA, again])
    wanted = {
        GoldArticle("http://www.ellery-courier.example/2025/03/04/tolls/?utm_source=x"): HARBOUR,
        GoldArticle("https://moved.example/q", "fishermen  block the Quay", "strand radio"): PROTEST,
        GoldArticle(None, ORCHESTRA.title): ORCHESTRA,
        GoldArticle(None, ORCHESTRA.title, "Strand Radio"): None,
        GoldArticle(None, HARBOUR.title, HARBOUR.outlet): None,
        LOST: None,
    }
    found = find_articles(Retriever.open(tmp_path / "index", embedder=ToyEmbedder()).store, wanted)
    assert found == {one: article.id for one, article in wanted.items() if article}


def test_evaluation_of_an_index(retriever: Retriever) -> None:
    questions = [
        question(HALL, name="1", articles=(GoldArticle(ORCHESTRA.url),)),
        question(name="none"),
        question(TOLLS, BLOCKED, "Nobody said this.", name="2", articles=(IN_HARBOUR, LOST)),
    ]
    scores = evaluate(retriever, questions)
    assert [(one.question, one.values["fact recall"]) for one in scores] == [("1", 1), ("2", pytest.approx(2 / 3))]
    names = ("fact recall", "articles@10", "answer@5")
    assert [mean(scores, name) for name in names] == [pytest.approx(5 / 6), 0.75, None]


def test_scope_and_day_of_a_question_are_used(retriever: Retriever) -> None:
    inside = question(TOLLS, text="tolls", scope=Scope(outlets=("Strand Radio",)))
    assert mean(evaluate(retriever, [inside]), "fact recall") == 1
    assert mean(evaluate(retriever, [inside], scoped=True), "fact recall") == 0
    with pytest.raises(ValueError, match="no outlet 'Zeta'"):
        evaluate(retriever, [question(TOLLS, scope=Scope(outlets=("Zeta",)))], scoped=True)
    asked = question(BLOCKED, text="Which articles published last month are about a protest?")
    for month, parse_query, recall in ((4, True, 0), (5, True, 1), (4, False, 1)):  # the quay was blocked in April
        dated = replace(asked, asked_on=date(2025, month, 10))
        assert mean(evaluate(retriever, [dated], parse_query=parse_query), "fact recall") == recall
