"""The vectors of a snapshot, in files and in a FAISS index; vector *n* belongs to passage row *n*."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import IndexCorrupt
from rag.store.manifest import FileRecord

if TYPE_CHECKING:
    import faiss
    import numpy as np
    from numpy.typing import NDArray


class VectorWriter:
    """Writes unit vectors one behind the other into a file, as little-endian 32 bit floats and nothing else."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._digest = hashlib.sha256()

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Append vectors, shape ``(rows, dimension)``; raises ``OSError`` when the disk is full."""
        data = vectors.astype("<f4", copy=False).tobytes()
        self._file.write(data)
        self._digest.update(data)

    def finish(self) -> FileRecord:
        """Close the file, and say what is in it."""
        with self._file as file:
            file.flush()
            os.fsync(file.fileno())
            return FileRecord(file.tell(), self._digest.hexdigest())

    def close(self) -> None:
        """Close the file, finished or not."""
        with suppress(OSError):
            self._file.close()


def stored_vectors(path: Path, dimension: int) -> NDArray[np.float32]:
    """The vectors of a file that ``VectorWriter`` wrote, shape ``(rows, dimension)``, read as they are looked at.

    Raises:
        IndexCorrupt: it cannot be read, or holds no whole number of vectors.
    """
    import numpy as np

    try:
        return np.memmap(path, dtype="<f4", mode="r").reshape(-1, dimension)
    except (OSError, ValueError) as error:
        raise IndexCorrupt(f"{path} cannot be read as vectors: rebuild with rag-index build") from error


class VectorIndex:
    """Finds the rows whose vectors are nearest to a question's."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def read(cls, paths: Sequence[Path], dimension: int) -> VectorIndex:
        """Load vectors from files, one behind the other; raises ``IndexCorrupt`` where one cannot be read."""
        import faiss

        # Exact search: up to some hundred thousand passages it is faster than the embedding of the question.
        index = faiss.IndexFlatIP(dimension)
        for path in paths:
            index.add(stored_vectors(path, dimension))
        return cls(index)

    @property
    def rows(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Numbers in each vector."""
        return int(self._index.d)

    def all(self) -> NDArray[np.float32]:
        """Every vector, shape ``(rows, dimension)``."""
        import numpy as np

        return np.asarray(self._index.reconstruct_n(0, self.rows), dtype=np.float32)

    def similarities(self, rows: Sequence[int], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Inner products of ``vectors``, shape ``(n, dimension)``, with the vectors of ``rows``: ``(n, len(rows))``."""
        import numpy as np

        if not rows:
            return np.zeros((len(vectors), 0), dtype=np.float32)
        held = self._index.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return np.asarray(vectors @ np.asarray(held, dtype=np.float32).T, dtype=np.float32)

    def nearest(
        self, vectors: NDArray[np.float32], limit: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[list[tuple[int, float]]]:
        """Rows and inner products of the ``limit`` nearest to each of ``vectors``, shape ``(questions, dimension)``.

        Only rows marked in ``allowed`` (shape ``(rows,)``) are looked at, all where it is None: the limits of a scope
        hold inside the search, so that ``limit`` rows come back as long as the scope has them.
        """
        import faiss
        import numpy as np

        available = self.rows if allowed is None else int(np.count_nonzero(allowed))
        limit = min(limit, available)
        if limit == 0:
            return [[] for _ in vectors]
        parameters: faiss.SearchParameters | None = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            # Its stubs know only the C++ constructors; the Python ones take an array and keywords.
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # A second thread gains nothing here, and on busy cores the two wait for each other. The bound is set back, as
        # torch counts its threads by the same runtime.
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)
        try:
            scores, rows = self._index.search(vectors, limit, params=parameters)
        finally:
            faiss.omp_set_num_threads(threads)
        return [
            [(int(row), float(score)) for row, score in zip(found, near, strict=True) if row >= 0]
            for found, near in zip(rows, scores, strict=True)
        ]
