"""How long one question takes, and how much of it embedding is.

``python -m benchmarks.latency INDEX QUESTIONS [HOW_MANY]`` asks HOW_MANY questions (default 100, chosen by a fixed
seed) one after the other, each for the first time, and prints the median and the 95th percentile.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from statistics import median, quantiles

from benchmarks.embedders import Timed
from rag.evaluation.questions import read_questions
from rag.models.embedding import load_embedder
from rag.search.retriever import Retriever


def main(index: Path, questions: Path, how_many: int) -> None:
    timed = Timed(load_embedder())
    retriever = Retriever.open(index, embedder=timed)
    asked = [one.text for one in read_questions(questions)]
    asked = random.Random(0).sample(asked, min(how_many, len(asked)))
    retriever.retrieve("A first question, after which everything is loaded.")
    whole, embedding = [], []
    for question in asked:
        started = time.perf_counter()
        retriever.retrieve(question)
        whole.append(1000 * (time.perf_counter() - started))
        embedding.append(1000 * timed.took)
    words = median(len(question.split()) for question in asked)
    print(f"{retriever.store.passage_count:,} passages, {len(asked)} questions of {words:.0f} words (median)")
    print(f"median {median(whole):.1f} ms, of it embedding {median(embedding):.1f} ms")
    print(f"95th percentile {quantiles(whole, n=20)[-1]:.1f} ms")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m benchmarks.latency INDEX QUESTIONS [HOW_MANY]")
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 100)
