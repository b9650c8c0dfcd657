"""Search and answers need nothing of a store but the protocol: here is one in memory, without FAISS or SQLite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Self

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import DamerauLevenshtein

from rag import Answerer, Article, Passage, Retriever, Scope, Span
from rag.answer.extractive import ExtractiveGenerator
from rag.articles import header
from rag.store.protocol import (
    Candidates,
    MonthCount,
    PassageId,
    SearchRequest,
    Store,
    StoredPassage,
    Suggestion,
    Summary,
)
from rag.store.scope import EVERYTHING
from rag.text.words import fold, terms, words
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder


class MemoryStore:
    """Each paragraph is a passage; its lexical score is the weight of the terms that it says."""

    id = location = "memory"
    model = ToyEmbedder().identity

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = list(articles)
        self._of = [article for article in articles for _ in article.paragraphs]
        self._passages = [
            Passage(article.id, (Span(number, 0, len(text)),), text)
            for article in articles
            for number, text in enumerate(article.paragraphs, start=1)
        ]
        self._vectors = ToyEmbedder().embed_passages([passage.text for passage in self._passages])
        said = zip(self._of, self._passages, strict=True)
        self._terms = [set(terms(f"{passage.text}\n{header(article)}")) for article, passage in said]
        self.passage_count = len(self._passages)

    def search(self, requests: Sequence[SearchRequest], *, limit: int) -> list[Candidates]:
        return [self._found(one, self._rows(one.scope, one.phrases)[:limit]) for one in requests]

    def _found(self, request: SearchRequest, rows: Sequence[int]) -> Candidates:
        said = [self._said(row, request) for row in rows]
        dense = (self._vectors[rows] @ request.vector).astype(np.float64)
        return Candidates(np.array(rows, np.int64), np.array(said), np.zeros(len(rows)), dense, np.zeros(len(rows)))

    def _rows(self, scope: Scope, phrases: Sequence[str]) -> list[int]:
        return [
            n
            for n, (article, passage) in enumerate(zip(self._of, self._passages, strict=True))
            if _allows(scope, article) and all(_says(passage, phrase) for phrase in phrases)
        ]

    def _said(self, number: int, request: SearchRequest) -> float:
        return sum(weight for term, weight in request.terms.items() if term in self._terms[number])

    def passages(self, ids: Sequence[PassageId]) -> list[StoredPassage]:
        return [
            StoredPassage(n, self._passages[n], self._of[n], self._near(n, n - 1), self._near(n, n + 1)) for n in ids
        ]

    def _near(self, id_: int, near: int) -> PassageId | None:
        inside = 0 <= near < self.passage_count and self._of[near] == self._of[id_]
        return PassageId(near) if inside else None

    def similarities(self, ids: Sequence[PassageId], vector: NDArray[np.float32]) -> list[float]:
        return [float(self._vectors[id_] @ vector) for id_ in ids]

    def within(self, ids: NDArray[np.int64], scope: Scope) -> NDArray[np.bool_]:
        return np.array([_allows(scope, self._of[id_]) for id_ in ids], np.bool_)

    def contains(self, scope: Scope, phrases: Sequence[str] = ()) -> bool:
        return bool(self._rows(scope, phrases))

    def passage_counts(self, terms: Iterable[str]) -> dict[str, int]:
        return {term: sum(term in said for said in self._terms) for term in terms}

    def passages_like(self, word: str, edits: int) -> list[StoredPassage]:
        near = [
            n for n, one in enumerate(self._passages) if any(_is_near(word, each, edits) for each in words(one.text))
        ]
        return self.passages([PassageId(n) for n in near])

    def article(self, article_id: str, version: str | None = None) -> Article | None:
        return next((one for one in self._articles if one.id == article_id and version in (None, one.version)), None)

    def newest(self, limit: int, scope: Scope = EVERYTHING) -> list[Article]:
        return sorted(
            (one for one in self._articles if _allows(scope, one)),
            key=lambda one: one.published or date.min,
            reverse=True,
        )[:limit]

    def listing(
        self, scope: Scope = EVERYTHING, words: str = "", offset: int = 0, limit: int = 20
    ) -> tuple[int, list[Article]]:
        wanted = set(terms(words))
        found = [
            one
            for one in self.newest(len(self._articles), scope)
            if wanted <= set(terms(" ".join((one.title, *one.paragraphs))))
        ]
        return len(found), found[offset : offset + limit]

    def months(self, scope: Scope = EVERYTHING) -> tuple[MonthCount, ...]:
        allowed = (one for one in self._articles if _allows(scope, one))
        counts = Counter((one.outlet, str(one.published or "")[:7]) for one in allowed)
        return tuple(MonthCount(*key, number) for key, number in counts.items())

    def summary(self, scope: Scope = EVERYTHING) -> Summary:
        return Summary(sum(_allows(scope, one) for one in self._articles), (), None, None)

    def outlets(self) -> list[str]:
        return sorted({one.outlet for one in self._articles if one.outlet})

    def authors_written(self, keys: Collection[str]) -> set[str]:
        return {name for one in self._articles for name in one.authors}

    def languages(self) -> list[str | None]:
        return [None]

    def suggestions(self) -> tuple[Suggestion, ...]:
        return ()

    def refreshed(self) -> Self:
        return self


def _allows(scope: Scope, article: Article) -> bool:
    day = article.published or date.min
    chosen = not scope.articles or article.id in scope.articles
    return (
        chosen and (not scope.outlets or article.outlet in scope.outlets) and day >= (scope.published_from or date.min)
    )


def _is_near(word: str, other: str, edits: int) -> bool:
    return DamerauLevenshtein.distance(fold(word), fold(other)) <= edits


def _says(passage: Passage, phrase: str) -> bool:
    return " ".join(words(phrase)) in " ".join(words(passage.text))


def test_another_backend_searches_and_answers() -> None:
    store: Store = MemoryStore([HARBOUR, PROTEST, ORCHESTRA])
    retriever = Retriever(store, ToyEmbedder())
    hits = retriever.retrieve("Who raised the harbour tolls?", limit=2)
    assert (hits[0].article, hits[0].passage.paragraphs) == (HARBOUR, (1, 2, 3))
    assert [hit.article for hit in retriever.retrieve("tolls", scope=Scope(outlets=("Strand Radio",)))] == [PROTEST]
    assert [hit.article for hit in retriever.retrieve("tolls", scope=Scope(articles=(PROTEST.id,)))] == [PROTEST]
    assert retriever.search('Who spoke of "lower tolls"?').hits[0].article == PROTEST
    answer = Answerer(retriever, ExtractiveGenerator()).answer("Who raised the tolls of Port Ellery?")
    assert answer.claims[0].citations[0].quote == HARBOUR.paragraphs[0]
    assert "Brandt" in store.passages_like("brand", 1)[0].passage.text
    assert answer.searched.articles == 3
