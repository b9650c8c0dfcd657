"""What the machine itself allows: ``python -m benchmarks.limits`` measures how fast memory is read, copied and added.

The other limit, how many operations a second the cores do for the model, is measured by ``benchmarks.embedding``.
The figures go to ``data/bench/limits.jsonl``; ``python -m benchmarks.tables`` sets them beside the time of a question.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.peers.running import Results
from benchmarks.side_by_side import FOLDER

SIZE, TIMES = 64 * 2**20, 7
"""Numbers in each array of a quarter of a gigabyte, which no cache holds; the best of so many is taken."""


def main() -> None:
    one, other, third = (np.full(SIZE, value, dtype=np.float32) for value in (1, 2, 0))

    def triad() -> None:
        # McCalpin's STREAM reads two arrays and writes one at a time; numpy has to go over the third twice.
        np.multiply(other, 3, out=third)
        np.add(third, one, out=third)

    read = _rate(lambda: one.sum(), SIZE * 4)
    # An inner product is what an exact search does with each vector: a row of 384 at a time, by one core.
    rows = one.reshape(-1, 384) if SIZE % 384 == 0 else one[: SIZE // 384 * 384].reshape(-1, 384)
    scanned = _rate(lambda: rows @ other[:384], rows.nbytes)
    told = {
        "read": read,
        "scanned": scanned,
        "copied": _rate(lambda: np.copyto(third, one), 2 * SIZE * 4),
        "triad": _rate(triad, 5 * SIZE * 4),
    }
    Results(FOLDER / "limits.jsonl").keep(told)
    for name, rate in told.items():
        print(f"{name}: {rate / 1e9:.1f} GB/s")


def _rate(what: Callable[[], object], size: int) -> float:
    """Bytes a second, at best."""
    best = float("inf")
    for _ in range(TIMES):
        started = time.perf_counter()
        what()
        best = min(best, time.perf_counter() - started)
    return size / best


if __name__ == "__main__":
    main()
