"""What the benchmarks compute, by hand: intervals, comparisons, and runs for trec_eval."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from benchmarks.compare import Interval, compare, interval
from benchmarks.runs import run_lines
from rag.evaluation.measures import Score
from rag.search.retriever import Retriever
from tests.toy import HARBOUR, ORCHESTRA, PROTEST, ToyEmbedder, build_index


def scored(name: str, value: float, measure: str = "fact recall") -> Score:
    return Score(name, "single", {measure: value})


def test_bootstrap_intervals() -> None:
    assert interval([1.0] * 5) == Interval(1, 1, 1)
    assert interval([0.0, 1.0]) == Interval(0.5, 0, 1)  # a quarter of the resamples is 0, a quarter is 1
    around = interval([0.0, 1.0] * 50)
    half = 1.96 * math.sqrt(0.25 / 100)
    assert [around.low, around.high] == pytest.approx([0.5 - half, 0.5 + half], abs=0.02)
    assert interval([0.0, 1.0] * 50) == around
    with pytest.raises(ValueError, match="no values"):
        interval([])


def test_differences_are_paired_and_only_of_what_both_have() -> None:
    first = [scored("1", 1), scored("2", 0), scored("3", 1)]
    second = [scored("1", 0), scored("2", 0), scored("3", 1)]
    [one] = compare(first, second)
    assert (one.measure, one.questions) == ("fact recall", 3)
    assert [one.first, one.second] == pytest.approx([2 / 3, 1 / 3])
    # Of 27 resamples 8 leave out the question that differs, and 1 is that question three times: 3.7 % > 2.5 %.
    assert one.difference == Interval(1 / 3, 0, 1)
    [back] = compare(second, first)
    assert back.difference == Interval(-1 / 3, -1, 0)
    assert compare([scored("1", 1)], [scored("1", 1, "article@1")]) == []
    for other in ([scored("2", 1)], []):
        with pytest.raises(ValueError, match="not of the same questions"):
            compare([scored("1", 1)], other)


def test_a_run_keeps_the_order_of_the_hits(tmp_path: Path) -> None:
    build_index(tmp_path / "index", [HARBOUR, PROTEST, ORCHESTRA])
    hits = Retriever.open(tmp_path / "index", embedder=ToyEmbedder()).retrieve("Who raised the tolls?")
    lines = [line.split() for line in run_lines("q1", [*hits, hits[0]])]
    assert [line[0] + line[1] + line[3] + line[5] for line in lines] == [f"q1Q0{n}news-rag" for n in (1, 2, 3, 4)]
    assert lines[0][2] == f"{HARBOUR.id}#1.0-3.57"
    scores = [float(line[4]) for line in lines]
    assert scores[0] == pytest.approx(hits[0].score, abs=1e-5)
    assert scores == sorted(set(scores), reverse=True)  # the last hit's own score is the highest
