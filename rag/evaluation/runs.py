"""Writes what was found as a run, the format of TREC that evaluation tools read (`ir_measures`, `trec_eval`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.search.hits import Hit
from rag.store.files import atomic_write, checked_target


@dataclass(frozen=True, slots=True)
class Result:
    """What was found for one question."""

    question: str
    """The question's id."""
    documents: tuple[tuple[str, float], ...]
    """Id and score of each passage, best first."""

    @classmethod
    def of(cls, question: str, hits: Sequence[Hit]) -> Result:
        """Note the passages; one that comes again is left out, since a run may not name it twice."""
        documents: dict[str, float] = {}
        for hit in hits:
            documents.setdefault(document_id(hit), hit.score)
        return cls(question, tuple(documents.items()))


def document_id(hit: Hit) -> str:
    """Name a passage by its place: ``ARTICLE#FIRST.START-LAST.END``, paragraphs and characters in them.

    The paragraphs alone would not do: a long paragraph is cut into several passages.
    """
    first, last = hit.passage.spans[0], hit.passage.spans[-1]
    return f"{hit.article.id}#{first.paragraph}.{first.start}-{last.paragraph}.{last.end}"


def write_run(path: Path, results: Iterable[Result], *, tag: str = "news-rag") -> None:
    """Write ``question Q0 document rank score tag`` lines, completely or not at all.

    Tools order by score and forget the rank, and `trec_eval` reads the score as a 32-bit number. So a score that is
    not lower than the one before it is written as 0.00001 less than that: the order is always the one of the results.

    Raises:
        OSError: the file cannot be written; it names ``path``.
    """
    atomic_write(checked_target(path), _lines(results, tag), named=path, errors="backslashreplace")


def _lines(results: Iterable[Result], tag: str) -> Iterator[str]:
    for result in results:
        before: int | None = None
        for rank, (document, score) in enumerate(result.documents, start=1):
            units = round(score * 100_000)
            before = units if before is None else min(units, before - 1)
            yield f"{result.question} Q0 {document} {rank} {before / 100_000:.5f} {tag}\n"
