"""Writes what was measured of an index as a table, a row for each type of question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rag.answer.answerer import Answerer
from rag.evaluation.measures import ANSWER_MEASURES, MEASURES, Score, evaluate, evaluate_answers, mean
from rag.evaluation.questions import GoldQuestion
from rag.search.retriever import Retriever


def report_retrieval(questions: Sequence[GoldQuestion], index: Path, *, scoped: bool) -> str:
    """Measure how much of the evidence the index at ``index`` brings.

    Raises:
        ValueError: none of it was found; else as ``Retriever.open`` and ``evaluate`` do.
    """
    retriever = Retriever.open(index)
    scores = evaluate(retriever, questions, scoped=scoped)
    if not any(any(one.values.values()) for one in scores):
        raise ValueError(f"{index} brings none of the evidence: ask questions about the articles that it holds")
    store = retriever.store
    return (
        f"{_table(scores, MEASURES)}\n\nleft out because they name no evidence: {len(questions) - len(scores):,}\n"
        f"snapshot {store.id}, model {store.model.name}"
    )


def report_answers(questions: Sequence[GoldQuestion], index: Path, generator: str, reader: str, *, scoped: bool) -> str:
    """Measure how the answers of a generator fare; raises as ``Answerer.open`` and ``evaluate_answers`` do."""
    answerer = Answerer.open(index, generator=generator, reader=reader)
    scores = evaluate_answers(answerer, questions, scoped=scoped)
    store = answerer.retriever.store
    how = f"generator {generator}, reader {reader}, snapshot {store.id}, model {store.model.name}"
    return f"{_table(scores, ANSWER_MEASURES)}\n\n{how}"


def _table(scores: Sequence[Score], measures: Mapping[str, str]) -> str:
    """Write the means of those measures that apply to any question, and what they mean."""
    shown = [name for name in measures if mean(scores, name) is not None]
    types = sorted({one.type for one in scores})
    width = max(len(name) for name in ("type", *types))
    lines = [f"{'type':{width}}  asked" + "".join(f"  {name}" for name in shown)]
    for name, group in [*((name, [one for one in scores if one.type == name]) for name in types), ("all", scores)]:
        means = {measure: mean(group, measure) for measure in shown}
        cells = "".join(f"  {'-' if v is None else f'{v:.3f}':>{len(measure)}}" for measure, v in means.items())
        lines.append(f"{name:{width}}  {len(group):>5,}{cells}")
    return "\n".join([*lines, "", *(f"{name}: {measures[name]}" for name in shown)])
