"""What is found as a run, which `trec_eval` reads: ``python -m benchmarks.runs QUESTIONS INDEX FILE``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.evaluation.questions import read_questions
from rag.search.hits import Hit
from rag.search.retriever import Retriever

LIMIT = 120


def passage_id(hit: Hit) -> str:
    """Name a passage by its place: ``ARTICLE#FIRST.START-LAST.END``, paragraphs and characters in them."""
    first, last = hit.passage.spans[0], hit.passage.spans[-1]
    return f"{hit.article.id}#{first.paragraph}.{first.start}-{last.paragraph}.{last.end}"


def run_lines(question: str, hits: Sequence[Hit], *, tag: str = "news-rag") -> Iterator[str]:
    """Yield ``question Q0 passage rank score tag`` lines.

    `trec_eval` orders by score, read as a 32-bit number, and forgets the rank. So a score that is not lower than the
    one before it is written as 0.00001 less than that.
    """
    units = sys.maxsize
    for rank, hit in enumerate(hits, start=1):
        units = min(round(hit.score * 100_000), units - 1)
        yield f"{question} Q0 {passage_id(hit)} {rank} {units / 100_000:.5f} {tag}"


def main(questions: Path, index: str, file: Path) -> None:
    retriever = Retriever.open(index)
    lines: list[str] = []
    for one in read_questions(questions):
        if one.answerable:
            name = "_".join(one.id.split())
            lines += run_lines(name, retriever.retrieve(one.text, limit=LIMIT, as_of=one.asked_on))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: python -m benchmarks.runs QUESTIONS INDEX FILE")
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
