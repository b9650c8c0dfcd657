"""Prints what was measured of a retriever, or of answers, as `rag evaluate` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from rag.answer.answerer import Answerer
from rag.cli.terminal import say
from rag.errors import IndexIncompatible
from rag.evaluation import intervals, tables
from rag.evaluation.answers import examine_answers, figures
from rag.evaluation.latency import latency
from rag.evaluation.measures import examine
from rag.evaluation.questions import GoldQuestion
from rag.evaluation.runs import write_run
from rag.search.retriever import Retriever
from rag.store.files import checked_target
from rag.text.words import counted


def report_retrieval(
    everything: Sequence[GoldQuestion], index: Path, *, scoped: bool, compare: Path | None, run_file: Path | None
) -> None:
    """Print how much of the evidence the index at ``index`` brings, beside that at ``compare``, and write a run.

    Raises as ``Retriever.open``, ``examine`` and ``write_run`` do.
    """
    asked = [question for question in everything if question.answerable]
    if run_file:
        checked_target(run_file)
    retriever = Retriever.open(index)
    other = _neighbour(retriever, compare) if compare else None
    took = latency(retriever, asked, scoped=scoped)
    found = examine(retriever, asked, scoped=scoped)
    if run_file:
        write_run(run_file, found.results)
    console = Console(markup=False, highlight=False)
    console.print(tables.fact_table(found.scores))
    say()
    console.print(tables.standard_table(found.scores))
    say(f"\n{tables.legend(found.scores)}")
    say(f"latency of one question: {took}")
    say(f"left out because they name no evidence: {len(everything) - len(asked):,}")
    if found.missing:
        named = len({article for question in asked for article in question.articles})
        say(
            f"not in this index, and so not found: {len(found.missing):,} of {counted(named, 'article')} that the "
            f"questions name, the first {found.missing[0]}",
            error=True,
        )
    if not any(any(one.values.values()) for one in found.scores):
        raise ValueError(f"none of the evidence was found: these questions are not about the articles of {index}")
    say(f"snapshot {retriever.store.id}, model {retriever.store.model.name}")
    if other:
        before = latency(other, asked, scoped=scoped)
        differences = intervals.compare(found.scores, examine(other, asked, scoped=scoped).scores)
        say()
        console.print(tables.difference_table(differences, "this", "other"))
        say(f"other: {compare}, snapshot {other.store.id}, model {other.store.model.name}")
        say(f"its latency: {before}")


def report_answers(questions: Sequence[GoldQuestion], index: Path, generator: str, *, scoped: bool) -> None:
    """Print how the answers of a generator fare; raises as ``Answerer.open`` and ``examine_answers`` do."""
    answerer = Answerer.open(index, generator=generator)
    found = examine_answers(answerer, questions, scoped=scoped)
    Console(markup=False, highlight=False).print(tables.answer_table(found))
    say(f"\n{tables.ANSWER_LEGEND}")
    first = figures(found).first
    if first is not None:
        say(f"first sentence after {1000 * first:.0f} ms (median)")
    snapshot = answerer.retriever.store
    say(f"generator {generator}, snapshot {snapshot.id}, model {snapshot.model.name}")


def _neighbour(retriever: Retriever, index: Path) -> Retriever:
    """Open another index, with the model that is loaded already if it is the same."""
    try:
        return Retriever.open(index, embedder=retriever.embedder)
    except IndexIncompatible:
        return Retriever.open(index)
