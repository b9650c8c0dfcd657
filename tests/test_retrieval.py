from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from rag.errors import IndexIncompatible
from rag.retrieval import Hit, Retriever, checked_question
from rag.scope import Scope
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA])
    return tmp_path / "index"


@pytest.fixture
def retriever(index: Path) -> Retriever:
    return Retriever.open(index, embedder=ToyEmbedder())


def test_hits_are_whole_and_ranked(retriever: Retriever) -> None:
    hits = retriever.retrieve("Vellmar orchestra tram depot")
    passage, article = retriever.snapshot.coverage.passage(2)
    # Embedded with its header the passage has "the" three times, "orchestra" twice and 18 words once: the lengths are
    # sqrt(9 + 4 + 18) and, of the four words asked, 2; the product is 2 for "orchestra" and 1 for each other.
    assert hits[0].score == pytest.approx(5 / (31**0.5 * 2))
    assert hits[0] == Hit(1, hits[0].score, passage, article)
    assert (hits[0].article, hits[0].text) == (ORCHESTRA, ORCHESTRA.paragraphs[0])
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]


def test_score_is_the_cosine(tmp_path: Path) -> None:
    from rag.articles import Article

    build_index(tmp_path / "one", [Article(title="Alpha beta", paragraphs=("Gamma delta.",))])
    retriever = Retriever.open(tmp_path / "one", embedder=ToyEmbedder())
    # Four words are embedded (title and text); the question shares one of its two: 1 / (sqrt(4) * sqrt(2)).
    assert retriever.retrieve("gamma unheard")[0].score == pytest.approx(1 / (2 * 2**0.5))


def test_limits_hold_before_ranking(retriever: Retriever) -> None:
    question = "harbour master of Port Ellery raised the tolls"
    assert retriever.retrieve(question, limit=1)[0].article == HARBOUR
    [hit] = retriever.retrieve(question, limit=1, scope=Scope(published_from=date(2025, 5, 1)))
    assert (hit.rank, hit.article) == (1, ORCHESTRA)
    assert [hit.article for hit in retriever.retrieve(question, scope=Scope(outlets=("strand radio",)))] == [PROTEST]
    assert retriever.retrieve(question, scope=Scope(published_from=date(2026, 1, 1))) == []


def test_limit_of_more_than_there_is_gives_all(retriever: Retriever) -> None:
    assert len(retriever.retrieve("harbour", limit=1_000)) == 3


@pytest.mark.parametrize(
    ("question", "limit", "message"),
    [
        ("", 10, "the question is empty: type a question"),
        (" \n\t\x00", 10, "the question is empty: type a question"),
        ("x" * 100_000, 10, "the question has 100,000 characters and may have 2,000: ask for one thing at a time"),
        ("harbour", 0, "limit must be at least 1, not 0"),
        ("harbour", -3, "limit must be at least 1, not -3"),
    ],
)
def test_bad_questions(retriever: Retriever, question: str, limit: int, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message + "$"):
        retriever.retrieve(question, limit=limit)


def test_unknown_names(retriever: Retriever) -> None:
    with pytest.raises(ValueError, match="no outlet 'Elery Courier' in the index: did you mean 'The Ellery Courier'"):
        retriever.retrieve("harbour", scope=Scope(outlets=("Elery Courier",)))
    with pytest.raises(ValueError, match="no author 'Mara Quil' in the index: did you mean 'Mara Quill'"):
        retriever.retrieve("harbour", scope=Scope(authors=("Mara Quil",)))


def test_a_question_is_stripped_of_what_nobody_typed() -> None:
    assert checked_question("  Who\x00 owns\n the\u202e harbour? ") == "Who owns the harbour?"


def test_another_model_is_refused_with_the_way_out(index: Path) -> None:
    with pytest.raises(IndexIncompatible) as caught:
        Retriever.open(index, embedder=ToyEmbedder("other"))
    assert str(caught.value).startswith(f"{index} was built with the weights ")
    assert str(caught.value).endswith("rebuild with rag-index build --model other")


def test_refreshed_moves_to_the_new_snapshot_and_only_then(index: Path, retriever: Retriever) -> None:
    assert retriever.refreshed() is retriever
    build_index(index, [HARBOUR])
    fresh = retriever.refreshed()
    assert len(fresh.retrieve("harbour")) == 1
    assert len(retriever.retrieve("harbour")) == 3
    build_index(index, [HARBOUR], ToyEmbedder("other"))
    with pytest.raises(IndexIncompatible):
        fresh.refreshed()
    assert len(fresh.retrieve("harbour")) == 1


def test_threads_share_a_retriever(retriever: Retriever) -> None:
    questions = ["harbour tolls", "quay blocked", "orchestra hall"] * 20
    alone = [retriever.retrieve(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(retriever.retrieve, questions)) == alone


def test_sentences_rank_what_was_asked(retriever: Retriever) -> None:
    question = "What did Odile Brandt rule out?"
    sentences = retriever.sentences(question, retriever.retrieve(question))
    assert sentences[0].text == "Odile Brandt offered to talk, but ruled out lower tolls."
    assert (sentences[0].article, sentences[0].paragraph, sentences[0].start, sentences[0].end) == (PROTEST, 2, 0, 56)
    assert 0 <= sentences[-1].relevance <= sentences[0].relevance <= 1
