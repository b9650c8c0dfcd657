"""The vectors of a snapshot, in files and in a FAISS index; vector *n* belongs to passage row *n*.

Few are searched as they are. Of many, two shorter forms are kept beside them. The signs of their numbers are held in
memory, and all of them are looked at for every question; the rows that look best by them are then compared by 10 bits a
number, which are read from the disk as they are looked at.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import IndexCorrupt
from rag.store.manifest import FileRecord, write_file

if TYPE_CHECKING:
    import faiss
    import numpy as np
    from numpy.typing import NDArray

FIRST_CANDIDATES, ENOUGH = 800, 0.98
"""Rows that are looked at more closely for a question, at least, and how many of the best ten must be among them."""
_MOST_CANDIDATES = 12_800
_QUESTIONS, _FIRST, _ALIKE = 200, 10, 1e-6
# What a number of 10 bits can be, the least that is divided by, and where its last two bits lie in a byte.
_LARGEST, _TINY, _PLACES = 511, 1e-30, (0, 2, 4, 6)


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


class Rows:
    """Arrays that lie one behind the other, as one: indexed by rows, in any order."""

    def __init__(self, pieces: Sequence[NDArray[Any]]) -> None:
        self.pieces = pieces
        self._starts = [0, *accumulate(map(len, pieces))]

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        import numpy as np

        found = np.empty((len(rows), *self.pieces[0].shape[1:]), dtype=self.pieces[0].dtype)
        at = np.searchsorted(self._starts, rows, side="right") - 1
        for number in np.unique(at):
            here = at == number
            found[here] = self.pieces[number][rows[here] - self._starts[number]]
        return found


class VectorIndex:
    """Finds the rows whose vectors are nearest to a question's: every vector is looked at."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def read(cls, paths: Sequence[Path], dimension: int) -> VectorIndex:
        """Load vectors from files, one behind the other; raises ``IndexCorrupt`` where one cannot be read."""
        import faiss

        index = faiss.IndexFlatIP(dimension)
        for path in paths:
            index.add(stored_vectors(path, dimension))
        return cls(index)

    @property
    def rows(self) -> int:
        """How many vectors there are."""
        return int(self._index.ntotal)

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
        import numpy as np

        available = self.rows if allowed is None else int(np.count_nonzero(allowed))
        limit = min(limit, available)
        if limit == 0:
            return [[] for _ in vectors]
        scores, rows = self._best(vectors, limit, available, allowed)
        return [
            [(int(row), float(score)) for row, score in zip(found, near, strict=True) if row >= 0]
            for found, near in zip(rows, scores, strict=True)
        ]

    def _best(
        self, vectors: NDArray[np.float32], limit: int, available: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Scores and rows, the best first, shape ``(questions, limit)``; ``available`` rows are allowed."""
        import faiss

        return _searched(self._index, vectors, limit, allowed, faiss.SearchParameters)


class CompressedIndex(VectorIndex):
    """Looks at the signs of every vector, and at more of those that look best by them."""

    def __init__(self, signs: faiss.IndexIVFPQFastScan, numbers: Rows, dimension: int, candidates: int) -> None:
        super().__init__(signs)
        self.candidates = candidates
        """Rows that are looked at more closely for each vector."""
        self._numbers = numbers
        self._turn = _turn(dimension)

    @classmethod
    def open(cls, parts: Sequence[tuple[Path, Path]], dimension: int, candidates: int) -> CompressedIndex:
        """Open what ``compress`` wrote, two files for each part; raises ``IndexCorrupt`` where one cannot be read."""
        import faiss
        import numpy as np

        numbers = []
        signs = _empty(dimension, len(parts))
        for part, (signs_at, numbers_at) in enumerate(parts):
            try:
                numbers.append(np.memmap(numbers_at, dtype=_numbers(dimension), mode="r"))
                packed = np.fromfile(signs_at, dtype=np.uint8)
            except (OSError, ValueError) as error:
                raise IndexCorrupt(f"{numbers_at} cannot be read as vectors: rebuild with rag-index build") from error
            rows = np.arange(signs.ntotal, signs.ntotal + len(numbers[-1]), dtype=np.int64)
            if len(packed) != _packed_size(signs, len(rows)):
                raise IndexCorrupt(f"{signs_at} holds other vectors than {numbers_at}: rebuild with rag-index build")
            _lists(signs).add_entries(part, len(rows), faiss.swig_ptr(rows), faiss.swig_ptr(packed))
            signs.ntotal += len(rows)
        return cls(signs, Rows(numbers), dimension, candidates)

    def similarities(self, rows: Sequence[int], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """See ``VectorIndex``; by 10 bits a number, which is right to about .0001."""
        import numpy as np

        return self._products(np.asarray(rows, dtype=np.int64), vectors @ self._turn)

    def _products(self, rows: NDArray[np.int64], turned: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        held = self._numbers[rows]
        low = _last_bits()[held["low"]].view(np.uint8)
        numbers = (np.left_shift(held["high"], 2, dtype=np.int16) | low).astype(np.float32)
        return np.asarray(turned @ numbers.T * held["unit"], dtype=np.float32)

    def _best(
        self, vectors: NDArray[np.float32], limit: int, available: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        import faiss
        import numpy as np

        turned = vectors @ self._turn
        candidates = max(self.candidates, 2 * limit)
        if available <= candidates:
            rows = np.arange(self.rows) if allowed is None else np.flatnonzero(allowed)
        else:
            lists = self._index.nlist  # type: ignore[attr-defined]
            found = _searched(self._index, turned, candidates, allowed, faiss.SearchParametersIVF, nprobe=lists)[1]
            rows = np.unique(found[found >= 0])
        products = self._products(rows, turned)  # questions that are asked together also share what they found
        best = np.argsort(-products, axis=1, kind="stable")[:, :limit]
        return np.take_along_axis(products, best, axis=1), rows[best]


def compress(vectors: NDArray[np.float32], signs_at: Path, numbers_at: Path) -> tuple[FileRecord, FileRecord]:
    """Write what ``CompressedIndex`` reads of the vectors of a part: ``(signs, numbers)``."""
    import faiss
    import numpy as np

    turned = np.ascontiguousarray(vectors @ _turn(vectors.shape[1]))
    index = _empty(vectors.shape[1], 1)
    index.add(turned)
    packed = faiss.rev_swig_ptr(_lists(index).get_codes(0), _packed_size(index, len(vectors)))
    numbers = np.empty(len(vectors), dtype=_numbers(vectors.shape[1]))
    numbers["unit"] = np.abs(turned).max(axis=1) / _LARGEST
    whole = np.rint(turned / np.maximum(numbers["unit"], _TINY)[:, None]).astype(np.int16)
    numbers["high"] = whole >> 2
    numbers["low"] = ((whole & 3).reshape(*numbers["low"].shape, 4) << _PLACES).sum(axis=2)
    return write_file(signs_at, packed.tobytes()), write_file(numbers_at, numbers.tobytes())


def measured(index: CompressedIndex, stored: Rows) -> float:
    """Raise the candidates of an index until it finds enough of what looking at every vector does; what it finds.

    The questions are vectors of passages, to each of which as much is added by chance as it is long, so that they are
    as near to it (.7) as a question may be to what answers it.
    """
    import numpy as np

    chance = np.random.default_rng(len(stored))
    questions = stored[chance.integers(len(stored), size=_QUESTIONS)]
    added = chance.standard_normal(questions.shape, dtype=np.float32)
    questions = questions + added / np.linalg.norm(added, axis=1, keepdims=True)
    questions /= np.linalg.norm(questions, axis=1, keepdims=True)
    best = np.full((_QUESTIONS, 0), 0, dtype=np.float32)
    for piece in stored.pieces:
        best = np.sort(np.hstack([best, questions @ piece.T]), axis=1)[:, -_FIRST:]
    while True:
        found = 0
        for question, least in zip(questions, best[:, 0], strict=True):
            rows = [row for row, _ in index.nearest(question[None], _FIRST)[0]]
            # Copies are alike: any of them will do.
            found += int((stored[np.array(rows)] @ question >= least - _ALIKE).sum())
        recall = found / best.size
        if recall >= ENOUGH or index.candidates >= _MOST_CANDIDATES:
            return recall
        index.candidates *= 2


def _numbers(dimension: int) -> np.dtype[np.void]:
    """How a turned vector lies in a file: multiples of a unit, the last two bits of four of them in a byte."""
    import numpy as np

    width = _turn(dimension).shape[1]
    return np.dtype([("high", np.int8, (width,)), ("low", np.uint8, (width // 4,)), ("unit", "<f4")])


@cache
def _last_bits() -> NDArray[np.uint32]:
    """The last bits of four numbers, a byte each, by the byte that they lie in."""
    import numpy as np

    return (np.arange(256)[:, None] >> _PLACES & 3).astype(np.uint8).view(np.uint32).ravel()


@cache
def _turn(dimension: int) -> NDArray[np.float32]:
    """Turns vectors so that their numbers are alike in size and their signs say much: a cosine transform.

    As some of the numbers are negated before, by chance, it does so whatever they are. Zeros fill them up to whole
    bytes of signs.
    """
    import numpy as np

    # RandomState gives the same numbers for ever, and what was written is read by this.
    negated = np.random.RandomState(14).randint(0, 2, dimension) * 2 - 1
    waves = np.cos(np.pi / dimension * np.outer(np.arange(dimension) + 0.5, np.arange(dimension)))
    waves[:, 0] /= np.sqrt(2)
    turn = np.zeros((dimension, -(-dimension // 8) * 8), dtype=np.float32)
    turn[:, :dimension] = negated[:, None] * waves * np.sqrt(2 / dimension)
    return turn


def _empty(dimension: int, lists: int) -> faiss.IndexIVFPQFastScan:
    """An index of signs, four to a code, that compares 32 vectors at once, in lists that are all looked through.

    FAISS has this kind with lists only where it takes limits: a row is asked for only where it would be among the best,
    so that a search within limits costs less than one without. It does not train: codes are signs.
    """
    import faiss
    import numpy as np

    width = _turn(dimension).shape[1]
    start = faiss.IndexFlatIP(width)
    start.add(np.zeros((lists, width), dtype=np.float32))
    index = faiss.IndexIVFPQFastScan(start, width, lists, width // 4, 4, faiss.METRIC_INNER_PRODUCT)
    index.by_residual = False
    signs = (np.arange(16)[:, None] >> np.arange(4) & 1) * 2.0 - 1
    faiss.copy_array_to_vector(np.tile(signs.ravel(), width // 4).astype(np.float32), index.pq.centroids)
    index.is_trained = True
    return index


def _lists(index: faiss.IndexIVF) -> faiss.InvertedLists:
    assert index.invlists
    return index.invlists


def _packed_size(index: faiss.IndexIVFPQFastScan, rows: int) -> int:
    return -(-rows // index.bbs) * index.bbs * index.code_size


def _searched(
    index: faiss.Index,
    vectors: NDArray[np.float32],
    limit: int,
    allowed: NDArray[np.bool_] | None,
    parameters: Callable[..., faiss.SearchParameters],
    **options: object,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Search by one thread: a second gains nothing here, and on busy cores the two wait for each other."""
    import faiss
    import numpy as np

    if allowed is not None:
        bits = np.packbits(allowed, bitorder="little")
        # Its stubs know only the C++ constructors; the Python ones take an array and keywords.
        options["sel"] = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
    # The bound is set back, as torch counts its threads by the same runtime.
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        return index.search(vectors, limit, params=parameters(**options))
    finally:
        faiss.omp_set_num_threads(threads)
