"""The vectors of a snapshot in a FAISS index; vector *n* belongs to passage row *n*."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import IndexCorrupt
from rag.store.manifest import FileRecord, write_file

if TYPE_CHECKING:
    import faiss
    import numpy as np
    from numpy.typing import NDArray


def write_vectors(path: Path, vectors: NDArray[np.float32]) -> FileRecord:
    """Store unit vectors, shape ``(rows, dimension)``.

    FAISS serialises; the bytes are written here, because its own writer reports success on a full disk.
    """
    import faiss

    # Exact search: up to some hundred thousand passages it is faster than the embedding of the question.
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return write_file(path, faiss.serialize_index(index).tobytes())


class VectorIndex:
    """Finds the rows whose vectors are nearest to a question's."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def read(cls, path: Path) -> VectorIndex:
        """Load the vectors; raises ``IndexCorrupt`` where FAISS, or the disk, cannot read them."""
        import faiss
        import numpy as np

        try:
            return cls(faiss.deserialize_index(np.fromfile(path, dtype=np.uint8)))
        except (OSError, RuntimeError) as error:
            raise IndexCorrupt(f"{path} cannot be read as vectors: rebuild with rag-index build") from error

    @property
    def rows(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Numbers in each vector."""
        return int(self._index.d)

    def all(self) -> NDArray[np.float32]:
        """Every vector, shape ``(rows, dimension)``, to be taken over by the next build."""
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
