"""Embedders that pass on to the model, and remember something of what it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.models.embedding import Embedder, ModelIdentity


class _PassingOn:
    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    @property
    def identity(self) -> ModelIdentity:
        return self.embedder.identity

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        return self.embedder.embed_passages(texts, progress)

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embedder.embed_questions(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.embedder.count_tokens(texts)


class Remembering(_PassingOn):
    """Embeds each text once, however often it is asked."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder)
        self._passages: dict[str, NDArray[np.float32]] = {}
        self._questions: dict[str, NDArray[np.float32]] = {}

    def embed_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        return self._once(texts, self._passages, lambda missing: self.embedder.embed_passages(missing, progress))

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._once(texts, self._questions, self.embedder.embed_questions)

    def _once(
        self,
        texts: Sequence[str],
        known: dict[str, NDArray[np.float32]],
        embed: Callable[[list[str]], NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        if missing:
            known.update(zip(missing, embed(missing), strict=True))
        found = [known[text] for text in texts]
        return np.stack(found) if found else np.zeros((0, self.identity.dimension), dtype=np.float32)


class Timed(_PassingOn):
    """Remembers how long its last questions took, in seconds."""

    took = 0.0

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        started = time.perf_counter()
        vectors = super().embed_questions(texts)
        self.took = time.perf_counter() - started
        return vectors
