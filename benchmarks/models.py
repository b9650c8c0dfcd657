"""What another embedding model brings or costs: one set of questions, asked of indexes of the same articles.

``python -m benchmarks.models QUESTIONS INDEX…`` asks each index with the model that it was built with, and prints how
much of the evidence is found, and what is lost of it beside the first index, with the range that holds 95 of 100 such
differences (bootstrap over the questions, Efron 1979).

Each is built before: ``rag-index build ARTICLES --model NAME --index INDEX``.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.embedders import Remembering
from benchmarks.retrieval import SHOWN
from rag.evaluation.measures import evaluate, mean
from rag.evaluation.questions import read_questions
from rag.models.embedding import load_embedder
from rag.search.retriever import Retriever
from rag.store.snapshot import Snapshot

DRAWN = 2_000
ALLOWED = 0.01
"""Fact recall that the packaged model in bytes may lose; it is offered only as long as it does not lose more."""


def main(questions: Path, indexes: Sequence[Path]) -> None:
    asked = [one for one in read_questions(questions) if one.answerable]
    print(f"{len(asked)} questions")
    print(f"{'model':44}{'passages':>9}" + "".join(f"{measure:>13}" for measure in SHOWN) + f"{'loss':>24}")
    first = None
    for index in indexes:
        model = Snapshot.open(index).model
        retriever = Retriever.open(index, embedder=Remembering(load_embedder(model.name, revision=model.revision)))
        scores = evaluate(retriever, asked)
        recall = np.array([score.values[SHOWN[0]] for score in scores])
        first = recall if first is None else first
        lost = first - recall
        drawn = lost[np.random.default_rng(0).integers(0, len(lost), (DRAWN, len(lost)))].mean(1)
        low, high = np.quantile(drawn, [0.025, 0.975])
        print(
            f"{model.name[-43:]:44}{retriever.store.passage_count:9,}"
            + "".join(f"{mean(scores, measure) or 0:13.3f}" for measure in SHOWN)
            + f"{lost.mean():8.4f} ({low:.4f}–{high:.4f}) {'within' if lost.mean() <= ALLOWED else 'above'} {ALLOWED}",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m benchmarks.models QUESTIONS INDEX…")
    main(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
