"""Embedders that pass on to the model, and remember something of what it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.models.embedding import ModelIdentity, SentenceTransformerEmbedder


class _PassingOn:
    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
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
    """Embeds a question once, however many settings ask it."""

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        super().__init__(embedder)
        self.known: dict[str, NDArray[np.float32]] = {}

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        missing = [text for text in texts if text not in self.known]
        if missing:
            self.known.update(zip(missing, super().embed_questions(missing), strict=True))
        return np.stack([self.known[text] for text in texts])


class Timed(_PassingOn):
    """Remembers how long its last questions took, in seconds."""

    took = 0.0

    def embed_questions(self, texts: Sequence[str]) -> NDArray[np.float32]:
        started = time.perf_counter()
        vectors = super().embed_questions(texts)
        self.took = time.perf_counter() - started
        return vectors
