"""What each part of the retrieval brings: a table of ablations on questions whose evidence is known.

``python -m benchmarks.retrieval INDEX QUESTIONS [HOW_MANY]`` asks HOW_MANY questions with evidence (default all, else
chosen by a fixed seed) with everything, and with one part taken away at a time.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.embedders import Remembering
from rag.evaluation.measures import Measure, examine, mean
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.models.embedding import SentenceTransformerEmbedder
from rag.query.subqueries import whole
from rag.search.fusion import Weights
from rag.search.retriever import Retriever

SHOWN = (
    Measure.FACT_RECALL,
    Measure.ALL_FACTS,
    Measure.ARTICLE_RECALL,
    Measure.HITS_4,
    Measure.HITS_10,
    Measure.MRR,
)


# The words of a passage and its header alone; limits are still read in the question.
PLAIN = Weights(dense=0.0, neighbour=0.0, article=0.0, clause=0.0, days=0.0)


def retrievers(index: Path) -> list[tuple[str, Retriever]]:
    all_of_it = Retriever.open(index, embedder=Remembering(SentenceTransformerEmbedder.load()))
    snapshot, embedder, weights = all_of_it.snapshot, all_of_it.embedder, Weights()
    return [
        ("everything", all_of_it),
        ("words only", Retriever(snapshot, embedder, weights=replace(weights, dense=0.0, neighbour=0.0))),
        ("vectors only", Retriever(snapshot, embedder, weights=replace(weights, lexical=0.0))),
        ("without whole articles", Retriever(snapshot, embedder, weights=replace(weights, article=0.0))),
        ("without neighbours' vectors", Retriever(snapshot, embedder, weights=replace(weights, neighbour=0.0))),
        ("without clauses", Retriever(snapshot, embedder, weights=replace(weights, clause=0.0))),
        ("without preferred days", Retriever(snapshot, embedder, weights=replace(weights, days=0.0))),
        ("parts without the rest", Retriever(snapshot, embedder, weights=replace(weights, rest=0.0))),
        ("question not divided", Retriever(snapshot, embedder, decompose=whole)),
        ("plain BM25", Retriever(snapshot, embedder, decompose=whole, weights=PLAIN)),
    ]


def main(index: Path, questions: Path, how_many: int | None) -> None:
    asked: list[GoldQuestion] = [one for one in read_questions(questions) if one.answerable]
    if how_many is not None and how_many < len(asked):
        asked = random.Random(0).sample(asked, how_many)
    print(f"{len(asked)} questions")
    print(f"{'':28}" + "".join(f"{measure.value:>13}" for measure in SHOWN))
    for name, retriever in retrievers(index):
        scores = examine(retriever, asked).scores
        figures = [mean(scores, measure) for measure in SHOWN]
        shown = "".join(f"{'-' if figure is None else f'{figure:.3f}':>13}" for figure in figures)
        print(f"{name:28}{shown}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m benchmarks.retrieval INDEX QUESTIONS [HOW_MANY]")
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
