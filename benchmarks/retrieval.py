"""What each part of the retrieval brings: a table of ablations on questions whose evidence is known.

``python -m benchmarks.retrieval INDEX QUESTIONS [HOW_MANY]`` asks HOW_MANY questions with evidence (default all, else
chosen by a fixed seed) with everything, with one part taken away at a time, and by plain BM25.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.embedders import Remembering
from rag.evaluation.measures import Score, evaluate, mean
from rag.evaluation.questions import GoldQuestion, read_questions
from rag.models.embedding import load_embedder
from rag.query.parsed_query import ParsedQuery
from rag.query.subqueries import SubQuery
from rag.search.fusion import Weights
from rag.search.retriever import Retriever

SHOWN = ("fact recall", "all facts", "articles@10", "Hits@4", "Hits@10", "MRR@10")
_WIDTH = 36


@dataclass(frozen=True, slots=True)
class Setting:
    """A retriever to be measured, by its name in the table."""

    name: str
    retriever: Retriever
    parse_query: bool = True


def undivided(parsed: ParsedQuery) -> tuple[SubQuery, ...]:
    return (SubQuery(parsed.question, parsed),)


def plain_bm25(given: Retriever) -> Setting:
    """BM25 over our own passages, with title, outlet and day, by the words of the whole question and nothing else."""
    weights = Weights(dense=0.0, neighbour=0.0, article=0.0, clause=0.0)
    retriever = Retriever(given.store, given.embedder, decompose=undivided, weights=weights)
    return Setting("plain BM25", retriever, parse_query=False)


def plain_vectors(given: Retriever) -> Setting:
    """The vectors of our own passages, by the vector of the whole question and nothing else."""
    weights = Weights(lexical=0.0, neighbour=0.0, article=0.0, clause=0.0)
    retriever = Retriever(given.store, given.embedder, decompose=undivided, weights=weights)
    return Setting("plain vectors", retriever, parse_query=False)


def settings(everything: Retriever) -> list[Setting]:
    def weighted(name: str, weights: Weights) -> Setting:
        return Setting(name, Retriever(everything.store, everything.embedder, weights=weights))

    usual = Weights()
    return [
        Setting("everything", everything),
        weighted("words only", replace(usual, dense=0.0, neighbour=0.0)),
        weighted("vectors only", replace(usual, lexical=0.0)),
        weighted("without whole articles", replace(usual, article=0.0)),
        weighted("without neighbours' vectors", replace(usual, neighbour=0.0)),
        weighted("without clauses", replace(usual, clause=0.0)),
        weighted("without preferences", replace(usual, days=0.0, named=0.0)),
        weighted("sub-queries without the rest", replace(usual, rest=0.0)),
        Setting("question not decomposed", Retriever(everything.store, everything.embedder, decompose=undivided)),
        Setting("nothing read in the question", everything, parse_query=False),
        plain_bm25(everything),
        plain_vectors(everything),
    ]


def print_heading(measures: tuple[str, ...]) -> None:
    print(f"{'':{_WIDTH}}" + "".join(f"{measure:>13}" for measure in measures))


def print_row(name: str, scores: list[Score], measures: tuple[str, ...]) -> None:
    means = [mean(scores, measure) for measure in measures]
    print(f"{name:{_WIDTH}}" + "".join(f"{'-' if one is None else f'{one:.3f}':>13}" for one in means), flush=True)


def main(index: Path, questions: Path, how_many: int | None) -> None:
    asked: list[GoldQuestion] = [one for one in read_questions(questions) if one.answerable]
    if how_many is not None and how_many < len(asked):
        asked = random.Random(0).sample(asked, how_many)
    print(f"{len(asked)} questions")
    print_heading(SHOWN)
    everything = Retriever.open(index, embedder=Remembering(load_embedder()))
    for one in settings(everything):
        print_row(one.name, evaluate(one.retriever, asked, parse_query=one.parse_query), SHOWN)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m benchmarks.retrieval INDEX QUESTIONS [HOW_MANY]")
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
