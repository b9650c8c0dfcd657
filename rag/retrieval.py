"""Finds the passages of the coverage that bear on a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.articles import Article, Passage
from rag.embedding import Embedder, SentenceTransformerEmbedder
from rag.errors import IndexIncompatible
from rag.relevance import Sentence, rank_sentences
from rag.scope import EVERYTHING, Scope
from rag.snapshot import Snapshot

# A model reads some hundred words; a text this long is a pasted article, not a question.
LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A found passage."""

    rank: int
    """From 1, the best."""
    score: float
    """Cosine of the angle between question and passage, at most 1; higher is better."""
    passage: Passage
    article: Article

    @property
    def text(self) -> str:
        """The passage's text."""
        return self.passage.text


class Retriever:
    """Searches one snapshot; ``Retriever.open("data/index").retrieve("What did Lavrov call for?")``.

    Threads may share a retriever. It keeps the snapshot it was opened on; ``refreshed`` gives one on a newer snapshot.
    """

    def __init__(self, snapshot: Snapshot, embedder: Embedder) -> None:
        """Search ``snapshot`` with the embedder that it was built with.

        Raises:
            IndexIncompatible: another model or other weights: vectors of two models cannot be compared.
        """
        built, given = snapshot.manifest.model, embedder.identity
        if (built.digest, built.question_prompt) != (given.digest, given.question_prompt):
            raise IndexIncompatible(
                f"{snapshot.folder.path} was built with the weights {built.digest[:12]} of {built.name}, and "
                f"{given.name} has {given.digest[:12]}: rebuild with rag-index build --model {given.name}"
            )
        self.snapshot = snapshot
        self.embedder = embedder
        # Retrieval and the ranking of sentences both need the vector of one question, the costliest step of either.
        self._vector = lru_cache(maxsize=64)(lambda text: embedder.embed_questions([text])[0])

    @classmethod
    def open(cls, index: str | Path, *, embedder: Embedder | None = None) -> Retriever:
        """Open the index at ``index`` with the model that it names, or with ``embedder``.

        Raises:
            IndexNotFound, IndexCorrupt: there is no index, or it is damaged.
            IndexIncompatible: it was built with another format, model or weights.
            ModelUnavailable: the model that it names cannot be had.
        """
        snapshot = Snapshot.open(Path(index))
        model = snapshot.manifest.model
        return cls(snapshot, embedder or SentenceTransformerEmbedder.load(model.name, revision=model.revision))

    def retrieve(self, question: str, *, limit: int = 10, scope: Scope = EVERYTHING) -> list[Hit]:
        """Find the ``limit`` passages that bear most on ``question``, best first; fewer where the scope has fewer.

        The scope's limits hold before anything is ranked: an allowed passage is never lost to better ones outside.

        Raises:
            ValueError: an empty or overlong question, a limit below 1, an outlet or author that the index lacks.
        """
        text = checked_question(question)
        limit = checked_limit(limit)
        allowed = self.snapshot.coverage.allowed(scope)
        hits = []
        for rank, (row, score) in enumerate(self.snapshot.vectors.nearest(self._vector(text), limit, allowed), start=1):
            passage, article = self.snapshot.coverage.passage(row)
            hits.append(Hit(rank, score, passage, article))
        return hits

    def sentences(self, question: str, hits: Sequence[Hit]) -> list[Sentence]:
        """Return the sentences of ``hits``, those that bear most on ``question`` first."""
        text = checked_question(question)
        return rank_sentences(text, self._vector(text), hits, self.snapshot.coverage, self.embedder)

    def refreshed(self) -> Retriever:
        """Return a retriever on the index's current snapshot: this one, if that is still it.

        Raises:
            IndexCorrupt, IndexIncompatible: the current snapshot cannot be opened with this model; this retriever
                still works.
        """
        if self.snapshot.is_current():
            return self
        return Retriever(Snapshot.open(self.snapshot.folder.path), self.embedder)


def checked_limit(limit: int) -> int:
    """Return ``limit``; raises ``ValueError`` where it is below 1."""
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    return limit


def checked_question(question: str) -> str:
    """Return the question without control characters and surplus white space.

    Raises:
        ValueError: nothing is left, or it is longer than ``LONGEST_QUESTION`` characters.
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in question).split())
    if not text:
        raise ValueError("the question is empty: type a question")
    if len(text) > LONGEST_QUESTION:
        raise ValueError(
            f"the question has {len(text):,} characters and may have {LONGEST_QUESTION:,}: ask for one thing at a time"
        )
    return text
