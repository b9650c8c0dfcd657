"""Search and answers need nothing of a store but the protocol: here is one in memory, without FAISS or SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rag.answer.answerer import Answerer
from rag.answer.extractive import ExtractiveGenerator
from rag.articles import Article, Passage, Span, header
from rag.models.embedding import ModelIdentity
from rag.search.retriever import Retriever
from rag.store.protocol import Candidate, PassageId, SearchRequest, Store, StoredPassage, Summary
from rag.store.scope import EVERYTHING, Scope
from rag.text.words import terms, words
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder


class MemoryStore:
    """Each paragraph is a passage; its lexical score is the weight of the terms that it says."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = list(articles)
        self._passages = [
            (article, Passage(article.id, (Span(number, 0, len(text)),), text))
            for article in articles
            for number, text in enumerate(article.paragraphs, start=1)
        ]
        self._vectors = ToyEmbedder().embed_passages([passage.text for _, passage in self._passages])
        self._terms = [set(terms(f"{passage.text}\n{header(article)}")) for article, passage in self._passages]

    id = "memory"
    location = "memory"

    @property
    def model(self) -> ModelIdentity:
        return ToyEmbedder().identity

    @property
    def passage_count(self) -> int:
        return len(self._passages)

    def search(self, requests: Sequence[SearchRequest], *, limit: int) -> list[list[Candidate]]:
        return [
            [
                Candidate(PassageId(n), self._said(n, request), 0.0, float(self._vectors[n] @ request.vector), 0.0)
                for n, (article, passage) in enumerate(self._passages)
                if _allows(request.scope, article) and all(_says(passage, phrase) for phrase in request.phrases)
            ][:limit]
            for request in requests
        ]

    def _said(self, number: int, request: SearchRequest) -> float:
        return sum(weight for term, weight in request.terms.items() if term in self._terms[number])

    def passages(self, ids: Sequence[PassageId]) -> list[StoredPassage]:
        return [
            StoredPassage(id_, self._passages[id_][1], self._passages[id_][0], self._near(id_, -1), self._near(id_, 1))
            for id_ in ids
        ]

    def _near(self, id_: PassageId, step: int) -> PassageId | None:
        near = id_ + step
        inside = 0 <= near < len(self._passages)
        return PassageId(near) if inside and self._passages[near][0] == self._passages[id_][0] else None

    def similarities(self, ids: Sequence[PassageId], vector: NDArray[np.float32]) -> list[float]:
        return [float(self._vectors[id_] @ vector) for id_ in ids]

    def within(self, ids: Sequence[PassageId], scope: Scope) -> list[bool]:
        return [_allows(scope, self._passages[id_][0]) for id_ in ids]

    def contains(self, scope: Scope, phrases: Sequence[str] = ()) -> bool:
        return any(
            _allows(scope, article) and all(_says(passage, phrase) for phrase in phrases)
            for article, passage in self._passages
        )

    def passage_counts(self, terms: Iterable[str]) -> dict[str, int]:
        return {term: sum(term in said for said in self._terms) for term in terms}

    def article(self, article_id: str, version: str | None = None) -> Article | None:
        return next((one for one in self._articles if one.id == article_id and version in (None, one.version)), None)

    def newest(self, limit: int) -> list[Article]:
        return sorted(self._articles, key=lambda one: one.published or date.min, reverse=True)[:limit]

    def summary(self, scope: Scope = EVERYTHING) -> Summary:
        return Summary(sum(_allows(scope, one) for one in self._articles), (), None, None)

    def outlets(self) -> list[str]:
        return sorted({one.outlet for one in self._articles if one.outlet})

    def authors(self) -> list[str]:
        return sorted({name for one in self._articles for name in one.authors})

    def languages(self) -> list[str | None]:
        return [None]

    def refreshed(self) -> Self:
        return self


def _allows(scope: Scope, article: Article) -> bool:
    return (not scope.outlets or article.outlet in scope.outlets) and (
        scope.published_from is None or (article.published is not None and article.published >= scope.published_from)
    )


def _says(passage: Passage, phrase: str) -> bool:
    return " ".join(words(phrase)) in " ".join(words(passage.text))


def test_another_backend_searches_and_answers() -> None:
    store: Store = MemoryStore([HARBOUR, PROTEST, ORCHESTRA])
    retriever = Retriever(store, ToyEmbedder())
    hits = retriever.retrieve("Who raised the harbour tolls?", limit=2)
    assert (hits[0].article, hits[0].passage.paragraphs) == (HARBOUR, (1, 2, 3))
    assert [hit.article for hit in retriever.retrieve("tolls", scope=Scope(outlets=("Strand Radio",)))] == [PROTEST]
    assert retriever.search('Who spoke of "lower tolls"?').hits[0].article == PROTEST
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who raised the tolls of Port Ellery?")
    assert answer.claims[0].text == HARBOUR.paragraphs[0]
    assert answer.searched.articles == 3
