"""A snapshot: one complete, immutable build of an index, opened for reading; the ``Store`` that lies on disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rag.articles import Article
from rag.errors import IndexCorrupt, IndexNotFound
from rag.models.embedding import ModelIdentity
from rag.store.coverage import Coverage
from rag.store.folder import IndexFolder
from rag.store.lexical import LexicalIndex
from rag.store.manifest import Manifest
from rag.store.parts import open_vectors, parts_of
from rag.store.protocol import Candidates, PassageId, SearchRequest, StoredPassage, Suggestion
from rag.store.scope import EVERYTHING, Scope
from rag.store.suggested import read_suggested
from rag.store.vectors import VectorIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Articles whose words are ranked beside those of their passages.
_ARTICLES = 300
# Passages that are looked through for words like another.
_LIKE = 200


class Snapshot:
    """One snapshot held open, a ``Store``. A passage's id is its row; SQLite and tantivy have ids that stay."""

    def __init__(
        self,
        folder: IndexFolder,
        manifest: Manifest,
        at: Path,
        coverage: Coverage,
        vectors: VectorIndex,
        lexical: LexicalIndex,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.coverage = coverage
        self.vectors = vectors
        self.lexical = lexical
        self.passages = coverage.passages
        self.article = coverage.article
        self.newest = coverage.newest
        self.outlets = coverage.outlets
        self.authors = coverage.authors
        self.authors_written = coverage.authors_written
        self.languages = coverage.languages
        self._suggestions: tuple[Suggestion, ...] | None = None
        self._at = at
        # Asked again by every question with the same limits, and by every lookup of one.
        self.months = lru_cache(maxsize=32)(coverage.months)
        self.summary = lru_cache(maxsize=32)(coverage.summary)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the current snapshot of the index at ``path``.

        Raises:
            IndexNotFound: there is no index.
            IndexCorrupt: a file is missing, cut short, or cannot be read.
            IndexIncompatible: it was written in another format.
        """
        folder = IndexFolder(path)
        while True:
            pointer = folder.current()
            try:
                manifest = folder.manifest(pointer.id, pointer.manifest)
                folder.check_sizes(manifest)
                return cls.load(folder, manifest, folder.snapshot_path(manifest.id))
            except (IndexCorrupt, IndexNotFound) as error:
                # A build and a prune may have passed since CURRENT was read; whoever comes second reads it again.
                if folder.current() != pointer:
                    continue
                if isinstance(error, IndexNotFound):
                    raise IndexCorrupt(
                        f"{path} has lost its current snapshot {pointer.id}: rebuild with rag-index build"
                    ) from error
                raise

    @classmethod
    def load(cls, folder: IndexFolder, manifest: Manifest, at: Path) -> Self:
        """Open the snapshot in the folder ``at``: a published one, or one that is staged and complete.

        Raises:
            IndexCorrupt: a file cannot be read.
        """
        coverage = Coverage(at / "coverage.sqlite")
        parts = parts_of(manifest)
        if not parts:
            raise IndexCorrupt(f"{at} holds no passages: rebuild with rag-index build")
        vectors = open_vectors(at, manifest)
        lexical = LexicalIndex.read([part.folder(at) for part in parts], coverage.rows_of, coverage.extents)
        if {coverage.rows, vectors.rows, lexical.rows} != {manifest.counts.passages}:
            raise IndexCorrupt(
                f"{at} has passages, vectors and words that do not belong together: rebuild with rag-index build"
            )
        return cls(folder, manifest, at, coverage, vectors, lexical)

    @property
    def id(self) -> str:
        """Name of the snapshot."""
        return self.manifest.id

    @property
    def location(self) -> str:
        """The index folder."""
        return str(self.folder.path)

    @property
    def model(self) -> ModelIdentity:
        """The embedding model that it was built with."""
        return self.manifest.model

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        return self.manifest.counts.passages

    def search(self, requests: Sequence[SearchRequest], *, limit: int) -> list[Candidates]:
        """See ``Store``; FAISS is asked once for all requests that share their limits."""
        import numpy as np

        found = dict[int, Candidates]()
        alike: dict[tuple[Scope, tuple[str, ...]], list[int]] = {}
        for number, request in enumerate(requests):
            alike.setdefault((request.scope, request.phrases), []).append(number)
        for (scope, phrases), numbers in alike.items():
            allowed = self._rows_within(scope, phrases)
            share = 1.0 if allowed is None else np.count_nonzero(allowed) / len(allowed)
            vectors = np.stack([requests[number].vector for number in numbers])
            nearest = self.vectors.nearest(vectors, limit, allowed)
            for number, near in zip(numbers, nearest, strict=True):
                found[number] = self._scored(requests[number], [row for row, _ in near], limit, share=share)
        return [found[number] for number in range(len(requests))]

    def _scored(self, request: SearchRequest, near: Sequence[int], limit: int, *, share: float) -> Candidates:
        """Score what vectors (``near``) and words propose for a request by both."""
        import numpy as np

        saying, said = self.lexical.passages(request.terms, limit, request.scope, request.phrases, share=share)
        rows = np.array(sorted({*near, *saying.tolist()}), np.int64)
        words = np.full(len(rows), said[-1] if len(said) == limit else 0.0)
        words[np.searchsorted(rows, saying)] = said
        # What stands next to a passage says what it is about: "she", "the company", "the vote".
        beside = rows + np.array([[-1], [0], [1]])
        held = beside.clip(0, self.vectors.rows - 1)
        similar = self.vectors.similarities(held.ravel().tolist(), request.vector.reshape(1, -1))
        dense = similar.reshape(beside.shape).astype(np.float64)
        article_of = self.coverage.numbers(held)
        neighbour = np.where((held == beside) & (article_of == article_of[1]), dense, 0.0)[[0, 2]].max(axis=0)
        best = self.lexical.articles(request.terms, _ARTICLES, request.scope, share=share)
        score_of = dict(zip(*(column.tolist() for column in best), strict=True))
        articles = np.array([score_of.get(number, 0.0) for number in article_of[1].tolist()])
        return Candidates(rows, words, articles, dense[1], neighbour)

    def similarities(self, ids: Sequence[PassageId], vector: NDArray[np.float32]) -> list[float]:
        """See ``Store``."""
        return [float(one) for one in self.vectors.similarities(ids, vector.reshape(1, -1))[0]]

    def within(self, ids: NDArray[np.int64], scope: Scope) -> NDArray[np.bool_]:
        """See ``Store``."""
        return self.coverage.within(ids, scope)

    def contains(self, scope: Scope, phrases: Sequence[str] = ()) -> bool:
        """See ``Store``."""
        if not phrases:
            return self.coverage.contains(scope)
        rows = self._rows_within(scope, phrases)
        return rows is None or bool(rows.any())

    def _rows_within(self, scope: Scope, phrases: Sequence[str]) -> NDArray[np.bool_] | None:
        """Mark the rows that limits allow, shape ``(rows,)``; None where they allow all."""
        rows = self.coverage.allowed(scope)
        if not phrases:
            return rows
        import numpy as np

        said = np.zeros(self.vectors.rows, dtype=np.bool_)
        said[self.lexical.rows_with(phrases)] = True
        return said if rows is None else said & rows

    def passage_counts(self, terms: Iterable[str]) -> dict[str, int]:
        """See ``Store``."""
        return {term: self.lexical.passages_with(term) for term in terms}

    def passages_like(self, word: str, edits: int) -> list[StoredPassage]:
        """See ``Store``."""
        return self.passages([PassageId(row) for row in self.lexical.rows_like(word, edits, _LIKE)])

    def listing(
        self, scope: Scope = EVERYTHING, words: str = "", offset: int = 0, limit: int = 20
    ) -> tuple[int, list[Article]]:
        """See ``Store``."""
        return self.coverage.listing(scope, self.lexical.articles_saying(words, self.languages()), offset, limit)

    def suggestions(self) -> tuple[Suggestion, ...]:
        """See ``Store``; read once."""
        if self._suggestions is None:
            self._suggestions = read_suggested(self._at, self.manifest)
        return self._suggestions

    def refreshed(self) -> Self:
        """Open the index's current snapshot, unless this is it; also this where the index points to nothing readable.

        Raises:
            IndexCorrupt, IndexIncompatible: the current snapshot cannot be opened; this one still works.
        """
        try:
            if self.folder.current().id == self.id:
                return self
        except (IndexCorrupt, IndexNotFound):
            return self  # what is held is better than nothing
        return self.open(self.folder.path)

    def close(self) -> None:
        """Close its files; it cannot be asked afterwards."""
        self.coverage.close()
