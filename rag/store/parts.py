"""The derived side of a snapshot in parts: each has the vectors and the words of passages that follow each other.

A part that a change does not touch is taken over as it lies, by a link. One that holds something that goes is written
anew without it; what comes is a part of its own, and many small parts are joined to one. So a change costs as much as
the parts that it touches, whatever else the index holds.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rag.articles import Article, Passage
from rag.store.files import link
from rag.store.lexical import LexicalWriter
from rag.store.manifest import FileRecord, Manifest, Search, Vectors
from rag.store.vectors import (
    ENOUGH,
    FIRST_CANDIDATES,
    CompressedIndex,
    Rows,
    VectorIndex,
    VectorWriter,
    compress,
    measured,
    stored_vectors,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)
_FOLDER, _VECTORS, _SIGNS, _NUMBERS = "parts", "vectors.f32", "vectors.signs", "vectors.i10"
# Up to so many passages all vectors are looked at: that takes less time than embedding the question.
_MOST_EXACT = 100_000
# Passages in a part: what has to be written anew where one of them goes, a second's work.
_PART = 32_768
# Up to so many a part is small; so many small ones may stand at the end, as each costs a little at every question.
_SMALL, _MOST_SMALL = 8_192, 8


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part of a snapshot that is there."""

    name: str
    files: dict[str, FileRecord]
    """By their names in the snapshot."""
    rows: int
    """How many passages it has."""

    def folder(self, snapshot: Path) -> Path:
        """Where it is in the folder of a snapshot."""
        return snapshot / _FOLDER / self.name

    def vectors(self, snapshot: Path) -> Path:
        """The file of its vectors."""
        return self.folder(snapshot) / _VECTORS

    def compressed(self, snapshot: Path) -> tuple[Path, Path]:
        """The files of the short forms of its vectors, where it has them."""
        return self.folder(snapshot) / _SIGNS, self.folder(snapshot) / _NUMBERS


def parts_of(manifest: Manifest) -> list[StoredPart]:
    """The parts of a snapshot, in the order of their passages."""
    return _parts(manifest.files, manifest.model.dimension)


def _parts(all_files: Mapping[str, FileRecord], dimension: int) -> list[StoredPart]:
    files: dict[str, dict[str, FileRecord]] = {}
    for name, record in all_files.items():
        if name.startswith(f"{_FOLDER}/"):
            files.setdefault(name.split("/")[1], {})[name] = record
    size = 4 * dimension
    return [
        StoredPart(name, some, some[f"{_FOLDER}/{name}/{_VECTORS}"].size // size)
        for name, some in sorted(files.items())
        if f"{_FOLDER}/{name}/{_VECTORS}" in some
    ]


def vectors_of(snapshot: Path, manifest: Manifest, rows: Sequence[int]) -> NDArray[np.float32]:
    """The vectors of passages by their places, shape ``(len(rows), dimension)``, read from the disk."""
    import numpy as np

    return _stored(snapshot, parts_of(manifest), manifest.model.dimension)[np.asarray(rows, dtype=np.int64)]


def open_vectors(snapshot: Path, manifest: Manifest) -> VectorIndex:
    """The vectors of a snapshot, to be searched; raises ``IndexCorrupt`` where a file cannot be read."""
    parts, dimension = parts_of(manifest), manifest.model.dimension
    if manifest.vectors.compressed:
        files = [part.compressed(snapshot) for part in parts]
        return CompressedIndex.open(files, dimension, manifest.vectors.candidates)
    return VectorIndex.read([part.vectors(snapshot) for part in parts], dimension)


def _stored(snapshot: Path, parts: Sequence[StoredPart], dimension: int) -> Rows:
    return Rows([stored_vectors(part.vectors(snapshot), dimension) for part in parts])


class PartsDraft:
    """The parts of a snapshot that is being made, under ``staging``; a context manager that closes its files."""

    def __init__(self, staging: Path, search: Search | None = None) -> None:
        """``search``: how vectors are to be searched; None: as in what is taken over."""
        self._staging = staging
        self._search = search
        self._before = Vectors()
        self._dimension = 0
        self._files: dict[str, FileRecord] = {}
        self._open: _OpenPart | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._open:
            self._open.vectors.close()

    def take_over(
        self,
        snapshot: Path,
        manifest: Manifest,
        rows: Collection[int] = (),
        ids: Collection[int] = (),
        articles: Collection[int] = (),
    ) -> list[StoredPart]:
        """Take the parts of ``snapshot`` over but for some passages, by their places and ids, and their articles.

        Returns those that were written anew.
        """
        import numpy as np

        ids, articles = set(ids), set(articles)
        self._before, self._dimension = manifest.vectors, manifest.model.dimension
        parts = parts_of(manifest)
        written = []
        starts = [0, *accumulate(part.rows for part in parts)]
        gone = np.zeros(starts[-1], dtype=np.bool_)
        gone[list(rows)] = True
        kept = [~gone[start : start + part.rows] for start, part in zip(starts, parts, strict=False)]
        small = 0
        while small < len(parts) and kept[-1 - small].sum() < _SMALL:
            small += 1
        joined = len(parts) - small if small > _MOST_SMALL else len(parts)
        for number, (part, keep) in enumerate(zip(parts, kept, strict=True)):
            if number <= joined:
                self._end()
            if keep.all() and number < joined:
                for name, record in part.files.items():
                    link(snapshot / name, self._staging / name)
                    self._files[name] = record
            elif keep.any():
                written.append(part)
                opened = self._opened(int(part.name))
                opened.vectors.add(stored_vectors(part.vectors(snapshot), self._dimension)[keep])
                opened.words.copy(part.folder(snapshot), ids, articles)
        self._end()
        return written

    def add(
        self, number: int, article: Article, passages: Sequence[tuple[int, Passage]], vectors: NDArray[np.float32]
    ) -> None:
        """Add an article under its number, and its passages under their ids, which are higher than all before."""
        self._dimension = vectors.shape[1]
        opened = self._opened(passages[0][0])
        opened.vectors.add(vectors)
        opened.words.add(number, article, passages)
        opened.rows += len(passages)
        if opened.rows >= _PART:
            self._end()

    def finish(self) -> tuple[dict[str, FileRecord], Vectors]:
        """Write everything, and return the files by their names in the snapshot, and how its vectors are searched."""
        self._end()
        parts = _parts(self._files, self._dimension)
        rows, asked = sum(part.rows for part in parts), self._search or self._before.asked
        if asked == "exact" or (asked == "auto" and rows <= _MOST_EXACT):
            for name in [one for one in self._files if one.endswith((_SIGNS, _NUMBERS))]:
                del self._files[name]
                (self._staging / name).unlink()
            return self._files, Vectors(asked)
        for part in parts:
            files = part.compressed(self._staging)
            names = [f"{_FOLDER}/{part.name}/{file.name}" for file in files]
            if names[0] not in part.files:
                records = compress(stored_vectors(part.vectors(self._staging), self._dimension), *files)
                self._files.update(zip(names, records, strict=True))
        # What was measured holds until there are twice as many.
        if rows <= 2 * self._before.passages:
            return self._files, replace(self._before, asked=asked)
        compressed = [part.compressed(self._staging) for part in parts]
        index = CompressedIndex.open(compressed, self._dimension, FIRST_CANDIDATES)
        recall = measured(index, _stored(self._staging, parts, self._dimension))
        if recall < ENOUGH:
            _log.warning("only %.3f of the nearest vectors are found: --vectors exact looks at all of them", recall)
        return self._files, Vectors(asked, True, index.candidates, round(recall, 4), rows)

    def _opened(self, first: int) -> _OpenPart:
        if self._open is None:
            name = f"{_FOLDER}/{first:010}"
            words = LexicalWriter(self._staging / name)
            self._open = _OpenPart(name, VectorWriter(self._staging / name / _VECTORS), words)
        return self._open

    def _end(self) -> None:
        if opened := self._open:
            self._files[f"{opened.name}/{_VECTORS}"] = opened.vectors.finish()
            self._files.update(opened.words.finish(self._staging))
            self._open = None


@dataclass(slots=True)
class _OpenPart:
    name: str
    vectors: VectorWriter
    words: LexicalWriter
    rows: int = 0
