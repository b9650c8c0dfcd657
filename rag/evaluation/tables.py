"""Draws the figures as tables that fit a page of 120 columns, those of answers one of 80."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table

from rag.cli.terminal import printable
from rag.evaluation.answers import Answered, figures
from rag.evaluation.intervals import Difference, interval
from rag.evaluation.measures import WORDS, Measure, Score, mean

_FACTS = (Measure.FACT_RECALL, Measure.ALL_FACTS)
_NOTHING = "-"


def fact_table(scores: Sequence[Score]) -> Table:
    """By type of question: how many, and the fact measures with their intervals (of more than one question)."""
    table = _table("type", "questions", *(f"{measure} in {WORDS:,} words" for measure in _FACTS))
    for name, group in _groups(scores):
        table.add_row(name, f"{len(group):,}", *(_with_interval(group, measure) for measure in _FACTS))
    return table


def standard_table(scores: Sequence[Score]) -> Table:
    """By type of question: every other measure that applies to any of them."""
    measures = [one for one in _applying(scores) if one not in _FACTS]
    table = _table("type", *measures)
    for name, group in _groups(scores):
        table.add_row(name, *(_figure(mean(group, measure)) for measure in measures))
    return table


def difference_table(differences: Iterable[Difference], first: str, second: str) -> Table:
    """By measure: both means and how much the first is better, with its interval."""
    table = _table("measure", "questions", printable(first), printable(second), "difference")
    for one in differences:
        between = one.difference
        table.add_row(
            str(one.measure),
            f"{one.questions:,}",
            _figure(one.first),
            _figure(one.second),
            f"{between.mean:+.3f} [{between.low:+.3f}, {between.high:+.3f}]",
        )
    return table


def answer_table(answers: Sequence[Answered]) -> Table:
    """By type of question: what was declined, what the sentences rest on, and whether the gold answer is said."""
    # short enough, with the type, for 80 columns
    headings = ("asked", "declined", "refused", "in place", "on gold", "gold", "passage", "cut")
    table = _table("type", *headings)
    by_type: dict[str, list[Answered]] = {}
    for one in answers:
        by_type.setdefault(one.type, []).append(one)
    for name, group in [*((printable(name), group) for name, group in sorted(by_type.items())), ("all", answers)]:
        found = figures(group)
        table.add_row(
            name,
            f"{found.questions:,}",
            _figure(found.declined),
            _figure(found.refused),
            _figure(found.in_place),
            _figure(found.on_gold),
            _figure(found.says_gold),
            _figure(found.passage_says_gold),
            f"{found.cut:,}",
        )
    return table


ANSWER_LEGEND = """declined: share of the unanswerable questions that were declined
refused: share of the answerable questions that were declined, wrongly
in place: share of the citations whose text stands at its span, read anew
on gold: share of the answers' sentences that cite a paragraph with a gold fact
gold: share of the answers that hold the gold answer, where there is one that is not just yes or no
passage: the same for the first passage that was found
cut: sentences that were drafted and left out, as the check did not bear them out"""


def legend(scores: Sequence[Score]) -> str:
    """Say what the headings stand for, one a line."""
    applying = _applying(scores)
    lines = [f"{measure}: {measure.meaning}" for measure in applying]
    if len(scores) > 1 and any(measure in applying for measure in _FACTS):
        lines.append("[from, to]: 95 % bootstrap interval over the questions")
    return "\n".join(lines)


def _table(first: str, *others: str) -> Table:
    table = Table(first, box=None, pad_edge=False)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _applying(scores: Sequence[Score]) -> list[Measure]:
    return [measure for measure in Measure if any(measure in one.values for one in scores)]


def _groups(scores: Sequence[Score]) -> list[tuple[str, Sequence[Score]]]:
    by_type: dict[str, list[Score]] = {}
    for one in scores:
        by_type.setdefault(one.type, []).append(one)
    return [*((printable(name), group) for name, group in sorted(by_type.items())), ("all", scores)]


def _with_interval(group: Sequence[Score], measure: Measure) -> str:
    values = [one.values[measure] for one in group if measure in one.values]
    if len(values) < 2:  # a single question resampled is always itself
        return _figure(mean(group, measure))
    around = interval(values)
    return f"{around.mean:.3f} [{around.low:.3f}, {around.high:.3f}]"


def _figure(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.3f}"
