"""Prints what was measured of an index as a table, a row for each type of question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rag.answer.answerer import Answerer
from rag.cli.terminal import printable, say
from rag.evaluation.answers import ANSWER_MEASURES, evaluate_answers
from rag.evaluation.measures import MEASURES, Score, evaluate, mean
from rag.evaluation.questions import GoldQuestion
from rag.search.retriever import Retriever


def report_retrieval(questions: Sequence[GoldQuestion], index: Path, *, scoped: bool) -> None:
    """Print how much of the evidence the index at ``index`` brings.

    Raises:
        ValueError: none of it was found; else as ``Retriever.open`` and ``evaluate`` do.
    """
    retriever = Retriever.open(index)
    scores = evaluate(retriever, questions, scoped=scoped)
    _print_table(scores, MEASURES)
    say(f"\nleft out because they name no evidence: {len(questions) - len(scores):,}")
    say(f"snapshot {retriever.snapshot.id}, model {retriever.snapshot.manifest.model.name}")
    if not any(any(one.values.values()) for one in scores):
        raise ValueError("none of the evidence was found: ask questions about the articles of this index")


def report_answers(questions: Sequence[GoldQuestion], index: Path, generator: str, *, scoped: bool) -> None:
    """Print how the answers of a generator fare; raises as ``Answerer.open`` and ``evaluate_answers`` do."""
    answerer = Answerer.open(index, generator=generator)
    _print_table(evaluate_answers(answerer, questions, scoped=scoped), ANSWER_MEASURES)
    snapshot = answerer.retriever.snapshot
    say(f"\ngenerator {generator}, snapshot {snapshot.id}, model {snapshot.manifest.model.name}")


def _print_table(scores: Sequence[Score], measures: Mapping[str, str]) -> None:
    shown = [name for name in measures if mean(scores, name) is not None]
    table = Table("type", box=None, pad_edge=False)
    for heading in ("asked", *shown):
        table.add_column(heading, justify="right", no_wrap=True)
    types = sorted({one.type for one in scores})
    for name, group in [*((name, [one for one in scores if one.type == name]) for name in types), ("all", scores)]:
        means = [mean(group, measure) for measure in shown]
        table.add_row(printable(name), f"{len(group):,}", *("-" if one is None else f"{one:.3f}" for one in means))
    Console(markup=False, highlight=False).print(table)
    say("\n" + "\n".join(f"{name}: {measures[name]}" for name in shown))
