"""How fast passages become vectors, beside sentence-transformers and beside what the cores could do at most.

``python -m benchmarks.embedding [INDEX] [HOW_MANY] [ROUNDS]`` embeds HOW_MANY passages (default 1,000) of INDEX, chosen
by a fixed seed, or invented ones where INDEX is "-" or absent, in ROUNDS rounds (default 3). In each round each way has
its turn, and the cores multiply large matrices in single precision: the best of these products is the peak. A share is
the model's operations, those for padding not counted, in a second of processor time, of the peak's: others on the same
cores disturb both alike. Medians; torch is given the cores that we take.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from benchmarks.invented import articles
from rag.models.embedding import load_embedder
from rag.models.loading import DEFAULT_MODEL, INT8_MODEL
from rag.models.packaged import model_folder
from rag.store.snapshot import Snapshot

LAYERS, WIDTH, INNER = 6, 384, 1536
MATRIX, PRODUCTS = 2_048, 4
Vectors = NDArray[np.float32]


def operations(tokens: int) -> int:
    """Multiplications and additions in the layers' products, for a text of so many tokens."""
    weights = 4 * WIDTH * WIDTH + 2 * WIDTH * INNER  # query, key, value and what follows attention; the two beside it
    return LAYERS * (2 * weights * tokens + 2 * 2 * WIDTH * tokens * tokens)


def peak(chance: np.random.Generator) -> float:
    """Operations in a second of processor time, of the best product by the better of numpy's and torch's libraries."""
    left, right = (chance.random((MATRIX, MATRIX), dtype=np.float32) for _ in range(2))
    multiply = (lambda: left @ right, lambda: torch.from_numpy(left) @ torch.from_numpy(right))
    return 2 * MATRIX**3 / min(timed(one)[1] for one in multiply for _ in range(PRODUCTS))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and seconds of processor time."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started, time.process_time() - worked


def texts_of(index: str, how_many: int) -> list[str]:
    chance = random.Random(0)
    if index == "-":
        paragraphs = [text.split() for one in articles(how_many) for text in one.paragraphs]
        return [" ".join(words[: chance.randint(6, 24)]) for words in paragraphs]
    snapshot = Snapshot.open(Path(index))
    rows = chance.sample(range(snapshot.passage_count), min(how_many, snapshot.passage_count))
    return [one.passage.text for one in snapshot.passages(rows)]


def main(index: str, how_many: int, rounds: int) -> None:
    texts = texts_of(index, how_many)
    reference = SentenceTransformer(str(model_folder()), local_files_only=True)
    half = SentenceTransformer(
        str(model_folder()), local_files_only=True, model_kwargs={"dtype": torch.bfloat16}, device="cpu"
    )
    ours, ours_in_bytes = load_embedder(DEFAULT_MODEL), load_embedder(INT8_MODEL)

    def encoded(model: SentenceTransformer) -> Callable[[], Vectors]:
        return lambda: np.asarray(model.encode(texts, batch_size=32, show_progress_bar=False), dtype=np.float32)

    ways: dict[str, Callable[[], Vectors]] = {
        "sentence-transformers (torch)": encoded(reference),
        "the same in bfloat16": encoded(half),
        "ours": lambda: ours.embed_passages(texts),
        "ours, int8": lambda: ours_in_bytes.embed_passages(texts),
    }
    counts = [min(count, ours.identity.window) for count in ours.count_tokens(texts)]
    work, right = sum(map(operations, counts)), ways["sentence-transformers (torch)"]()
    print(f"{len(texts):,} passages of {median(counts):.0f} tokens, {work / 1e9:,.0f} G operations; median of {rounds}")
    near = {name: cosines(embed(), right) for name, embed in ways.items()}
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    peaks = []
    for _ in range(rounds):
        peaks.append(peak(np.random.default_rng(0)))
        for name, embed in ways.items():
            took[name].append(timed(embed))
    best = max(peaks)
    print(f"peak of a core: {best / 1e9:.0f} G operations/s in single precision")
    heads = ("s", "core s", "tokens/s", "of peak", "faster", "by core", "cosine", "mean")
    print(" " * 32 + "".join(f"{head:>10}" for head in heads))
    first = took[next(iter(ways))]
    for name, times in took.items():
        wall, core = (median(one[kind] for one in times) for kind in (0, 1))
        faster, by_core = (median(a[kind] / b[kind] for a, b in zip(first, times, strict=True)) for kind in (0, 1))
        print(
            f"{name:32}{wall:10.2f}{core:10.2f}{sum(counts) / wall:10,.0f}{work / core / best:10.0%}"
            f"{faster:9.2f}×{by_core:9.2f}×{near[name].min():10.6f}{near[name].mean():10.6f}"
        )


def cosines(found: Vectors, right: Vectors) -> Vectors:
    products: Vectors = (found * right).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(right, axis=1)
    return products


if __name__ == "__main__":
    given = [*sys.argv[1:], *("-", "1000", "3")[len(sys.argv) - 1 :]]
    main(given[0], int(given[1]), int(given[2]))
