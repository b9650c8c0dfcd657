"""News-rag itself: it reads the articles, cuts and checks them, where the others get texts that are ready."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.peers import Found, Limits, Text
from index import building, removing
from index.chunking import DEFAULT_BUDGET
from index.sources.files import find_files
from index.sources.reading import read_files
from rag.models.embedding import Embedder, load_embedder
from rag.search.retriever import Retriever
from rag.store.folder import IndexFolder
from rag.store.protocol import SearchRequest
from rag.store.scope import EVERYTHING, Scope

BUDGET = 195
"""Tokens of a passage that give MultiHop-RAG's 609 articles some 9,000: the size at which the peers are at home."""


class System:
    """The index, made and asked as the command line does."""

    reads_articles = True

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        self._folder = IndexFolder(folder)
        self._budget = DEFAULT_BUDGET if embedder else BUDGET
        self._embedder = embedder or load_embedder()

    def build(self, articles: Path, texts: Sequence[Text]) -> None:
        building.build([articles], self._folder, self._embedder, budget=self._budget)

    def open(self) -> None:
        self._retriever = Retriever.open(self._folder.path, embedder=self._embedder)

    def ask(self, question: str, limit: int, within: Limits | None) -> list[Found]:
        hits = self._retriever.retrieve(question, limit=limit, scope=_scope(within))
        return [Found(one.text, one.article.outlet or "", day_number(one.article.published)) for one in hits]

    def nearest(self, question: str, limit: int, within: Limits | None) -> list[str]:
        [vector] = self._embedder.embed_questions([question])
        store = self._retriever.store
        [found] = store.search([SearchRequest(vector, {}, _scope(within))], limit=limit)
        best = found.ids[np.argsort(-found.dense, kind="stable")[:limit]]
        return [one.passage.text for one in store.passages(best.tolist())]

    def add(self, articles: Path, texts: Sequence[Text]) -> None:
        building.add(read_files(find_files([articles]), today=date.today()), self._folder, self._embedder)

    def remove(self, outlet: str) -> None:
        removing.remove(self._folder, removing.Selection(scope=Scope(outlets=(outlet,))), "benchmark")


def day_number(day: date | None) -> int:
    return int(f"{day:%Y%m%d}") if day else 0


def _scope(within: Limits | None) -> Scope:
    if within is None:
        return EVERYTHING
    first, last = (date.fromisoformat(str(day)) for day in (within.first, within.last))
    return Scope(first, last, (within.outlet,) if within.outlet else ())
