from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.errors import IndexIncompatible
from rag.search.fusion import Weights
from rag.search.hits import Hit
from rag.search.retriever import Retriever
from rag.store.protocol import PassageId
from rag.store.scope import Scope
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, TODAY, ToyEmbedder, build_index


@pytest.fixture
def index(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA])
    return tmp_path / "index"


@pytest.fixture
def retriever(index: Path) -> Retriever:
    return Retriever.open(index, embedder=ToyEmbedder())


def test_hits_are_whole_and_ranked(retriever: Retriever) -> None:
    hits = retriever.retrieve("Vellmar orchestra tram depot")
    [found] = retriever.store.passages([PassageId(2)])
    # The passage has "the" twice and ten words once: the lengths are sqrt(4 + 10) and, of the four words asked, 2.
    assert hits[0].explain.dense == pytest.approx(4 / (14**0.5 * 2))
    assert hits[0] == Hit(1, 1.0, found.passage, found.article, hits[0].explain)
    assert (hits[0].explain.subquery, hits[0].explain.reranked) == ("Vellmar orchestra tram depot", None)
    assert hits[0].explain.lexical > 0 == hits[-1].explain.lexical
    assert (hits[0].article, hits[0].text) == (ORCHESTRA, ORCHESTRA.paragraphs[0])
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]


def test_words_of_the_header_find_a_passage_that_says_none_of_them(retriever: Retriever) -> None:
    [hit] = retriever.retrieve("quay radio", limit=1)
    assert hit.article == PROTEST
    assert hit.explain.lexical > 0


def test_a_limit_in_the_question_holds_before_ranking_and_can_be_undone(retriever: Retriever) -> None:
    question = "What did Strand Radio report about the Vellmar orchestra?"
    found = retriever.search(question, as_of=date(2026, 1, 1))
    assert [(one.kind, one.words, one.outlet) for one in found.parsed.constraints] == [
        ("outlet", "Strand Radio", "Strand Radio")
    ]
    assert found.scope == Scope(outlets=("Strand Radio",))
    assert [hit.article for hit in found.hits] == [PROTEST]
    literal = retriever.search(question, parse_query=False)
    assert (literal.parsed.constraints, literal.scope, literal.hits[0].article) == ((), Scope(), ORCHESTRA)
    dated = retriever.search("Which articles were published in March 2025?", as_of=date(2026, 1, 1))
    assert dated.scope == Scope(published_from=date(2025, 3, 1), published_to=date(2025, 3, 31))
    assert [hit.article for hit in dated.hits] == [HARBOUR]


def test_a_preferred_outlet_comes_first_among_near_equals(tmp_path: Path) -> None:
    wire = "The night train to Vellmar {} again in July after two years."
    first = replace(HARBOUR, title="Night train", paragraphs=(wire.format("runs"),), url=None)
    second = replace(PROTEST, title="Night train", paragraphs=(wire.format("will run") + " It is slow.",), url=None)
    build_index(tmp_path / "index", [first, second, ORCHESTRA])
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    plain = retriever.retrieve("When does the night train to Vellmar run again?", limit=1)
    assert plain[0].article == first
    asked = "When does the night train to Vellmar run again, like Strand Radio reported?"
    found = retriever.search(asked, limit=1)
    assert found.scope == Scope()
    assert found.hits[0].article == second
    # What bears on the question stays ahead of what only the preferred outlet has.
    other = retriever.search("Where does the Vellmar orchestra move, like Strand Radio reported?", limit=1)
    assert other.hits[0].article == ORCHESTRA
    indifferent = Retriever(retriever.store, ToyEmbedder(), weights=Weights(named=0.0))
    unweighed = indifferent.retrieve("Where does the Vellmar orchestra move, like Strand Radio reported?", limit=1)
    assert 0.9 * unweighed[0].score < other.hits[0].score <= unweighed[0].score


def test_days_that_a_question_prefers_come_first(tmp_path: Path) -> None:
    story = "The night train to Vellmar derailed, and {} were hurt; the driver had slept badly in {}."
    days = {date(2025, 2, 4): ("nine", "the depot"), date(2025, 8, 2): ("forty", "a siding near the bridge")}
    trains = [
        replace(HARBOUR, paragraphs=(story.format(*said),), url=None, published=day) for day, said in days.items()
    ]
    build_index(tmp_path / "index", [*trains, PROTEST])
    retriever = Retriever.open(tmp_path / "index", embedder=ToyEmbedder())
    for month, day in (("February", date(2025, 2, 4)), ("August", date(2025, 8, 2))):
        found = retriever.search(f"Who was hurt in the night train in {month} 2025?", as_of=TODAY)
        assert (found.scope, len(found.hits)) == (Scope(), 3)  # preferred, and nothing is shut out
        assert found.hits[0].article.published == day


def test_what_a_person_set_goes_before_what_was_read(retriever: Retriever) -> None:
    scope = Scope(outlets=("The Ellery Courier",))
    found = retriever.search("What did Strand Radio report about the tolls?", scope=scope)
    assert found.scope == scope
    assert {hit.article.outlet for hit in found.hits} == {"The Ellery Courier"}


def test_a_limit_that_would_leave_nothing_is_relaxed_visibly(retriever: Retriever) -> None:
    found = retriever.search("What did Strand Radio report on 3 May 2019?", as_of=date(2026, 1, 1))
    assert [(one.kind, one.words) for one in found.relaxed] == [("days", "on 3 May 2019")]
    assert found.scope == Scope(outlets=("Strand Radio",))
    assert [hit.article for hit in found.hits] == [PROTEST]
    phrase = retriever.search('Who said "the tolls are free"?')
    assert [(one.kind, one.words) for one in phrase.relaxed] == [("phrase", '"the tolls are free"')]
    assert len(phrase.hits) == 3


def test_a_quoted_phrase_must_be_said(retriever: Retriever) -> None:
    found = retriever.search('Who spoke of "lower tolls" in the harbour?')
    assert [hit.article for hit in found.hits] == [PROTEST]
    assert found.relaxed == ()


def test_each_side_of_a_comparison_brings_its_evidence(retriever: Retriever) -> None:
    question = "Did The Ellery Courier article mention the orchestra, while the Strand Radio article mentioned tolls?"
    hits = retriever.retrieve(question, limit=2)
    assert [(hit.article, hit.score) for hit in hits] == [(PROTEST, 1.0), (ORCHESTRA, 1.0)]
    assert sorted(hit.explain.subquery for hit in hits) == [
        "Did The Ellery Courier article mention the orchestra",
        "while the Strand Radio article mentioned tolls?",
    ]


class Counting(ToyEmbedder):
    """Counts how often questions are embedded."""

    calls = 0

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        return super().embed_questions(texts)


def test_many_questions_are_embedded_at_once_and_found_as_alone(index: Path, retriever: Retriever) -> None:
    questions = ["harbour tolls", "quay blocked", "What did Strand Radio report?", "harbour tolls"]
    embedder = Counting()
    many = Retriever.open(index, embedder=embedder).retrieve_many(questions, limit=2)
    assert embedder.calls == 1
    assert many == [retriever.retrieve(question, limit=2) for question in questions]
    assert retriever.retrieve_many([]) == []
    with pytest.raises(ValueError, match="the question is empty"):
        retriever.retrieve_many(["harbour", " "])


def test_a_reranker_reads_the_best_hits_anew(index: Path) -> None:
    def shorter_is_better(question: str, texts: Sequence[str]) -> list[float]:
        return [1 / len(text) for text in texts]

    store = Retriever.open(index, embedder=ToyEmbedder()).store
    hits = Retriever(store, ToyEmbedder(), reranker=shorter_is_better).retrieve("harbour tolls", limit=2)
    assert [(hit.rank, hit.article) for hit in hits] == [(1, ORCHESTRA), (2, PROTEST)]
    assert hits[0].score == hits[0].explain.reranked == 1 / len(hits[0].text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_no_question_raises_anything_but_a_clear_error(retriever: Retriever, question: str) -> None:
    try:
        hits = retriever.retrieve(question)
    except ValueError as error:
        assert "the question" in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        assert all(0 <= hit.score <= 1 for hit in hits)


def test_limits_hold_before_ranking(retriever: Retriever) -> None:
    question = "harbour master of Port Ellery raised the tolls"
    assert retriever.retrieve(question, limit=1)[0].article == HARBOUR
    [hit] = retriever.retrieve(question, limit=1, scope=Scope(published_from=date(2025, 5, 1)))
    assert (hit.rank, hit.article) == (1, ORCHESTRA)
    assert [hit.article for hit in retriever.retrieve(question, scope=Scope(outlets=("strand radio",)))] == [PROTEST]
    assert retriever.retrieve(question, scope=Scope(published_from=date(2026, 1, 1))) == []


@pytest.mark.parametrize(
    ("question", "limit", "message"),
    [
        ("", 10, "the question is empty: type a question"),
        ("x" * 100_000, 10, "the question has 100,000 characters and may have 2,000: ask for one thing at a time"),
        ("harbour", 0, "limit must be at least 1, not 0"),
    ],
)
def test_bad_questions(retriever: Retriever, question: str, limit: int, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message + "$"):
        retriever.retrieve(question, limit=limit)


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
