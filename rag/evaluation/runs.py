"""Writes what was found as a run, the format of TREC that evaluation tools read (`ir_measures`, `trec_eval`)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.retrieval import Hit


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
    target = checked_run_path(path)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with aside.open("x", encoding="utf-8", errors="backslashreplace") as stream:
            for result in results:
                before: int | None = None
                for rank, (document, score) in enumerate(result.documents, start=1):
                    units = round(score * 100_000)
                    before = units if before is None else min(units, before - 1)
                    stream.write(f"{result.question} Q0 {document} {rank} {before / 100_000:.5f} {tag}\n")
        aside.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        aside.unlink(missing_ok=True)


def checked_run_path(path: Path) -> Path:
    """Return where a run for ``path`` goes, links followed; to be called before an evaluation that takes minutes.

    Raises:
        OSError: nothing can be written there, or something other than a file is there; it names ``path``.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        number = errno.EISDIR if target.is_dir() else errno.EINVAL
        raise OSError(number, os.strerror(number), str(path))
    if not target.parent.is_dir():
        raise OSError(errno.ENOENT, "No such folder to write to", str(path))
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return target
