"""txtai: one hybrid index with its content in SQLite, asked in SQL; filters hold among the candidates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from txtai import Embeddings

from benchmarks.peers import Found, Limits, Text, fetched
from rag.models.embedding import Embedder
from rag.models.packaged import model_folder

_given: Embedder | None = None


class System:
    """Its one index."""

    reads_articles = False

    def __init__(self, folder: Path, embedder: Embedder | None) -> None:
        global _given
        _given = embedder
        os.environ["ALLOW_RESOLVE_TRANSFORM"] = "True"
        self._path = str(folder / "index")
        model = {"transform": f"{__name__}.vectors"} if embedder else {"path": str(model_folder())}
        self._index = Embeddings(hybrid=True, content=True, **model)
        # One connection to SQLite with tables for what is being asked: threads take turns.
        self._one_at_a_time = Lock()

    def build(self, articles: Path, texts: Sequence[Text]) -> None:
        self._index.index(_rows(texts))
        self._index.save(self._path)

    def open(self) -> None:
        self._index.load(self._path)

    def ask(self, question: str, limit: int, within: Limits | None) -> list[Found]:
        found = self._search(question, limit, within, None)
        return [Found(one["text"], one["outlet"], one["day"]) for one in found]

    def nearest(self, question: str, limit: int, within: Limits | None) -> list[str]:
        return [one["text"] for one in self._search(question, limit, within, 1.0)]

    def add(self, articles: Path, texts: Sequence[Text]) -> None:
        self._index.upsert(_rows(texts))
        self._index.save(self._path)

    def remove(self, outlet: str) -> None:
        total = self._index.count()
        query = f"select id from txtai where outlet = :outlet limit {total}"
        self._index.delete([one["id"] for one in self._index.search(query, total, parameters={"outlet": outlet})])
        self._index.save(self._path)

    def _search(self, question: str, limit: int, within: Limits | None, weights: float | None) -> list[dict[str, Any]]:
        where, values = "similar(:question)", dict[str, Any](question=question)
        if within:
            where = f"similar(:question, {fetched(limit, within, self._index.count())})"
            where += " and day >= :first and day <= :last"
            values |= {"first": within.first, "last": within.last}
            if within.outlet:
                where += " and outlet = :outlet"
                values["outlet"] = within.outlet
        query = f"select text, outlet, day, score from txtai where {where} limit {limit}"
        with self._one_at_a_time:
            found: list[dict[str, Any]] = self._index.search(query, limit, weights=weights, parameters=values)
        return found


def vectors(texts: list[str]) -> NDArray[np.float32]:
    """What the given embedder makes of texts; txtai looks it up by its name."""
    assert _given
    return _given.embed_passages(texts)


def _rows(texts: Sequence[Text]) -> list[tuple[str, dict[str, Any], None]]:
    return [(one.id, {"text": one.text, **one.metadata}, None) for one in texts]
