"""How vectors are found, exactly and by short forms: ``python -m benchmarks.vectors [PASSAGES …] [--like INDEX]``.

The vectors are those of ``benchmarks.invented``'s passages, or of an index's, each copied with as much noise as it
takes to be .9 alike; questions are such vectors with as much noise that they are .7 alike. One table: milliseconds of a
search for 200 rows (median and 95th percentile, for one question, and for four together), the recall of the ten
nearest, bytes a vector beside its own, memory that the process gained, seconds to make the form and to open it.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.invented import InventedEmbedder, articles
from rag.store.folder import IndexFolder
from rag.store.parts import parts_of
from rag.store.vectors import (
    FIRST_CANDIDATES,
    CompressedIndex,
    Rows,
    VectorIndex,
    VectorWriter,
    compress,
    stored_vectors,
)
from rag.store.vectors import measured as measure

PART, QUESTIONS, LIMIT = 32_768, 60, 200
SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)

Vectors = NDArray[np.float32]


def noisy(vectors: Vectors, alike: float, seed: int) -> Vectors:
    """The vectors turned away from themselves at random, by the angle of that cosine."""
    noise = np.random.default_rng(seed).standard_normal(vectors.shape, dtype=np.float32)
    noise *= np.sqrt(1 / alike**2 - 1) / np.linalg.norm(noise, axis=1, keepdims=True)
    turned = vectors + noise.astype(np.float32)
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    return turned


def invented(passages: int) -> Iterator[Vectors]:
    embedder, texts = InventedEmbedder(), list[str]()
    for article in articles(passages):
        texts += article.paragraphs
        if len(texts) >= PART:
            yield embedder.embed_passages(texts)
            texts = []
    if texts:
        yield embedder.embed_passages(texts)


def like(index: Path, passages: int) -> Iterator[Vectors]:
    folder = IndexFolder(index)
    manifest = folder.manifest(folder.current().id)
    at, dimension = folder.snapshot_path(manifest.id), manifest.model.dimension
    held = np.concatenate([stored_vectors(part.vectors(at), dimension) for part in parts_of(manifest)])
    for first in range(0, passages, PART):
        rows = np.arange(first, min(first + PART, passages))
        yield held[rows] if rows[-1] < len(held) else noisy(held[rows % len(held)], 0.9, first)


def megabytes() -> float:
    gc.collect()
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def best_of(stored: Rows, questions: Vectors, allowed: NDArray[np.bool_] | None) -> Vectors:
    """The score of the tenth of each question."""
    best, first = np.zeros((len(questions), 0), dtype=np.float32), 0
    for piece in stored.pieces:
        chosen = piece if allowed is None else piece[allowed[first : first + len(piece)]]
        first += len(piece)
        best = np.sort(np.hstack([best, questions @ chosen.T]), axis=1)[:, -10:]
    return best[:, :1] - np.float32(1e-6)


def table(passages: int, pieces: Iterator[Vectors]) -> None:
    chance = np.random.default_rng(9)
    with tempfile.TemporaryDirectory() as name:
        folder, paths = Path(name), list[Path]()
        for piece in pieces:
            paths.append(folder / f"{len(paths)}.f32")
            writer = VectorWriter(paths[-1])
            writer.add(piece)
            writer.finish()
            dimension = piece.shape[1]
        files = [(path.with_suffix(".signs"), path.with_suffix(".i10")) for path in paths]
        made = timed(
            lambda: [compress(stored_vectors(path, dimension), *some) for path, some in zip(paths, files, strict=True)]
        )
        beside = sum(file.stat().st_size for some in files for file in some) / passages
        stored = Rows([stored_vectors(path, dimension) for path in paths])
        questions = noisy(stored[chance.integers(len(stored), size=QUESTIONS)], 0.7, 8)
        limits = [None if share == 1 else chance.random(len(stored)) < share for share in SHARES]
        least = [best_of(stored, questions, allowed) for allowed in limits]
        for kind in ("compressed", "exact"):
            lines(kind, paths, files, questions, limits, least)
        print(f"  {beside:.0f} bytes a vector, made in {made:.1f} s", flush=True)


def lines(
    kind: str,
    paths: list[Path],
    files: list[tuple[Path, Path]],
    questions: Vectors,
    limits: list[NDArray[np.bool_] | None],
    least: list[Vectors],
) -> None:
    dimension = questions.shape[1]
    stored = Rows([stored_vectors(path, dimension) for path in paths])  # what was mapped is given back
    before, started = megabytes(), time.perf_counter()
    index: VectorIndex
    if kind == "exact":
        index = VectorIndex.read(paths, dimension)
    else:
        index = CompressedIndex.open(files, dimension, FIRST_CANDIDATES)
    opened = time.perf_counter() - started
    costs, found = list[str](), list[list[list[tuple[int, float]]]]()
    for share, allowed in zip(SHARES, limits, strict=True):
        costs.append(f"{share:7.1%}")
        for together in (1, 4):
            seconds, some = list[float](), list[list[tuple[int, float]]]()
            for at in range(0, QUESTIONS, together):
                started = time.perf_counter()
                some += index.nearest(questions[at : at + together], LIMIT, allowed)
                seconds.append(time.perf_counter() - started)
            costs[-1] += " and".join(f"{1000 * one:6.1f}" for one in np.percentile(seconds, (50, 95)))
            costs[-1] += " ms, four" * (together == 1)
        found.append(some)
    gained = megabytes() - before  # the recall reads the vectors themselves
    print(f"{index.rows:,} {kind}: opened in {opened:.2f} s, {gained:,.0f} MB more")
    for cost, some, tenth in zip(costs, found, least, strict=True):
        right = sum(
            int((stored[np.array([row for row, _ in near[:10]])] @ one >= limit).sum())
            for near, one, limit in zip(some, questions, tenth, strict=True)
        )
        print(f"  {cost} ms, recall {right / (10 * QUESTIONS):.4f}", flush=True)
    if isinstance(index, CompressedIndex):
        seconds_measured = timed(lambda: measure(index, stored))
        print(f"  {index.candidates} candidates are enough, measured in {seconds_measured:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("passages", nargs="*", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--like", type=Path, help="an index whose vectors are taken, and copied with noise")
    chosen = parser.parse_args()
    for passages in chosen.passages:
        table(passages, like(chosen.like, passages) if chosen.like else invented(passages))


if __name__ == "__main__":
    main()
