"""What each step of a question costs, and how it grows with the index; embedding apart.

``python -m benchmarks.questions INDEX… [--questions FILE] [--count N] [--share S…]`` asks indexes of invented words
(``benchmarks.invented``) or, with ``--questions``, of real news and its model: N questions (default 100) without a
filter, then with one of days that allows each share S of the articles (.1, .01, .001). Figures are milliseconds of the
asking thread's processor time, which others on a busy machine do not lengthen: the median of each step, without
what it calls of the others, and of the whole question with its 95th percentile. Where several indexes are given, the
exponent *e* is fitted by which each grows: time ~ passages ** *e*.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.invented import InventedEmbedder, questions
from rag.evaluation.questions import read_questions
from rag.models.embedding import load_embedder
from rag.search import retriever as searching
from rag.search.planning import Planner
from rag.search.retriever import Retriever
from rag.store.coverage import Coverage
from rag.store.lexical import LexicalIndex
from rag.store.scope import EVERYTHING, Scope
from rag.store.snapshot import Snapshot
from rag.store.vectors import VectorIndex

Asked = Sequence[tuple[str, Scope]]
_STEPS: tuple[tuple[str, Any, str], ...] = (
    ("parse", searching, "parse_question"),
    ("plan", Planner, "plan"),
    ("limits", Coverage, "allowed"),
    ("embed", Retriever, "embed_questions"),
    ("words of passages", LexicalIndex, "passages"),
    ("words of articles", LexicalIndex, "articles"),
    ("nearest vectors", VectorIndex, "nearest"),
    ("vectors by row", VectorIndex, "similarities"),
    ("candidates", Snapshot, "search"),
    ("fuse", Retriever, "_scores"),
    ("group", searching, "group"),
    ("read", Coverage, "passages"),
)
_EMBEDDING, _REST = "embed", "rest"


class Watch:
    """Counts the processor time of a question by steps, each without those that it calls."""

    def __init__(self) -> None:
        self._took = defaultdict[str, float](float)
        self._inside = [_REST]
        self._since = 0.0
        for step, owner, name in _STEPS:
            setattr(owner, name, self._watched(step, getattr(owner, name)))

    def _watched(self, step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def watched(*args: object, **kwargs: object) -> object:
            self._turn()
            self._inside.append(step)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._inside.pop()

        return watched

    def _turn(self) -> None:
        now = time.thread_time()
        self._took[self._inside[-1]] += now - self._since
        self._since = now

    def measure(self, asked: Asked, retriever: Retriever) -> list[dict[str, float]]:
        """Milliseconds of each step for each question."""
        found = []
        for text, scope in asked:
            self._took.clear()
            self._since = time.thread_time()
            retriever.search(text, scope=scope)
            self._turn()
            found.append({step: 1000 * took for step, took in self._took.items()})
        return found


def table(measured: Sequence[tuple[int, Sequence[dict[str, float]]]]) -> str:
    """One line a step, one column an index, and the exponent by which the step grows."""
    sizes = [size for size, _ in measured]
    lines = [f"{'ms':24}" + "".join(f"{size:>14,}" for size in sizes) + "  exponent"]
    for step in [*(step for step, *_ in _STEPS), _REST]:
        lines.append(_line(step, sizes, [[one.get(step, 0.0) for one in some] for _, some in measured], 50))
    whole = [[sum(one.values()) - one.get(_EMBEDDING, 0.0) for one in some] for _, some in measured]
    lines += [_line(f"all but {_EMBEDDING}, p{share}", sizes, whole, share) for share in (50, 95)]
    return "\n".join(lines)


def _line(name: str, sizes: Sequence[int], took: Sequence[Sequence[float]], share: int) -> str:
    values = [float(np.percentile(one, share)) for one in took]
    line = f"{name:24}" + "".join(f"{value:14.2f}" for value in values)
    if len(sizes) > 1 and min(values) > 0.01:
        line += f"{np.polyfit(np.log(sizes), np.log(values), 1)[0]:10.2f}"
    return line


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("indexes", nargs="+", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--share", type=float, nargs="*", default=[1, 0.1, 0.01, 0.001])
    given = parser.parse_args()
    embedder = load_embedder() if given.questions else InventedEmbedder()
    watch = Watch()
    opened = [Retriever.open(index, embedder=embedder) for index in given.indexes]
    for share in given.share:
        measured = []
        for one in opened:
            size, scope = one.store.passage_count, EVERYTHING
            if given.questions:
                texts = [question.text for question in read_questions(given.questions)]
                asked = [(text, scope) for text in random.Random(0).sample(texts, min(given.count, len(texts)))]
            else:
                invented = questions(size, given.count)
                asked = [(each.text, each.scope(share) if share < 1 else scope) for each in invented]
            watch.measure(asked[:5], one)
            measured.append((size, watch.measure(asked, one)))
        print(f"\nfilter that allows {share:.1%}\n{table(measured)}", flush=True)


if __name__ == "__main__":
    main()
