"""Which suggested questions are shown, at the start and after an answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag import Answerer, Retriever
from rag.answer.extractive import ExtractiveGenerator
from rag.answer.suggestions import suggestions
from rag.store.protocol import Store, Suggestion
from rag.store.snapshot import Snapshot
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder

QUESTIONS = (
    ("What is the latest on Port Ellery?", HARBOUR),
    ("What is the latest on Vellmar?", ORCHESTRA),
    ("Who raised the tolls of Port Ellery by nine per cent?", HARBOUR),
    ("How many fishermen blocked the quay of Port Ellery?", PROTEST),
    ("When will the Vellmar orchestra move into the old tram depot?", ORCHESTRA),
)


@pytest.fixture
def store(toy_index: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    snapshot = Snapshot.open(toy_index)
    told = tuple(Suggestion(question, article.id, article.version) for question, article in QUESTIONS)
    monkeypatch.setattr(snapshot, "suggestions", lambda: told)
    return snapshot


def test_the_first_are_of_different_wordings_and_none_was_asked(store: Store) -> None:
    every = [question for question, _ in QUESTIONS]
    assert suggestions(store) == [every[0], every[2], every[3]]
    assert suggestions(store, limit=9) == [every[0], *every[2:], every[1]]
    assert suggestions(store, limit=2, asked=["what is the latest on PORT ELLERY"]) == [every[1], every[2]]


def test_after_an_answer_come_its_articles_and_then_its_names(store: Store) -> None:
    every = [question for question, _ in QUESTIONS]
    answer = Answerer(Retriever(store, ToyEmbedder()), ExtractiveGenerator()).answer("Who raised the tolls?")
    assert answer.citations[0].article == HARBOUR
    near = replace(answer, hits=tuple(hit for hit in answer.hits if hit.article == HARBOUR))
    assert suggestions(store, near, 3) == [every[0], every[2], every[3]]
    assert suggestions(store, replace(near, question=every[2].upper()), 3) == [every[0], every[3]]
    assert suggestions(store, replace(near, rewritten=every[0]), 1) == [every[2]]
    far = replace(answer, question="Which trees?", claims=(), hits=())
    assert suggestions(store, far, 3) == []


def test_a_store_without_any_suggests_nothing(toy_index: Path) -> None:
    assert suggestions(Snapshot.open(toy_index)) == []
