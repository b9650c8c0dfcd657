"""Scores answers to questions as people type them: ``python -m benchmarks.answers INDEX FILE...``.

A file is a JSON list of questions as in ``tests/quality/wikinews_seen.json``: what is asked (``question``, after the
earlier questions ``after``, on the day ``as_of``), of which ``type``, and what an answer must say: one of ``accept`` in
its first line, or of every group of ``all_of`` one anywhere. Each earns two points: by an answer that says it in its
first line (a later one earns 1, and so does half of the groups), by declining where it is not ``answerable``, and by
a reply to a greeting (``meta``) that cites no news. The index is that of the articles that the questions are asked of.
``--show`` prints what did not get both; ``--reader`` and ``--generator`` name others than the default ones.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rag.answer.answerer import Answerer
from rag.answer.answers import Answer
from rag.evaluation.matching import says
from rag.models.reading import PACKAGED

OF_FACT = frozenset("who when where how_many what why how".split())


@dataclass(slots=True)
class Tally:
    """What the answers to a file of questions came to."""

    points: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By type of question, 0 to 2 each."""
    refused: dict[bool, list[bool]] = field(default_factory=lambda: {True: [], False: []})
    """By whether the question can be answered."""
    words: list[int] = field(default_factory=list)
    """Of the answers to questions of fact."""
    first: list[float] = field(default_factory=list)
    """Seconds to the first line."""

    @property
    def share(self) -> float:
        """Share of all points."""
        given = [one for points in self.points.values() for one in points]
        return sum(given) / (2 * len(given))


def ask(answerer: Answerer, item: Mapping[str, Any]) -> Answer:
    """Ask one question, after the earlier ones."""
    as_of = date.fromisoformat(item["as_of"]) if item.get("as_of") else None
    earlier = list[Answer]()
    for question in item.get("after") or []:
        earlier.append(answerer.answer(question, as_of=as_of, after=earlier))
    return answerer.answer(item["question"], as_of=as_of, after=earlier)


def points(item: Mapping[str, Any], answer: Answer) -> int:
    """What an answer earns, 0 to 2."""
    texts = [claim.text for claim in answer.claims]
    if item["type"] == "meta":
        return 0 if answer.refused or answer.citations else 2
    if not item["answerable"] or answer.refused:
        return 2 * (answer.refused and not item["answerable"])
    whole = " ".join(texts)
    if groups := item.get("all_of"):
        said = sum(any(says(whole, one) for one in group) for group in groups) / len(groups)
        return 2 if said == 1 else int(said >= 0.5)
    return (
        2
        if any(says(texts[0], one) for one in item["accept"])
        else int(any(says(whole, one) for one in item["accept"]))
    )


def score(answerer: Answerer, items: Sequence[Mapping[str, Any]], *, show: bool = False) -> Tally:
    """Ask every question; with ``show`` what did not get two points is printed."""
    tally = Tally()
    for item in items:
        answer = ask(answerer, item)
        earned = points(item, answer)
        tally.points[item["type"]].append(earned)
        if item["type"] != "meta":
            tally.refused[item["answerable"]].append(answer.refused)
        if item["type"] in OF_FACT and not answer.refused:
            tally.words.append(sum(len(claim.text.split()) for claim in answer.claims))
        if "first" in answer.timings:
            tally.first.append(answer.timings["first"])
        if show and earned < 2:
            wanted = item.get("accept") or item.get("all_of") or item.get("why")
            said = answer.reason if answer.refused else " | ".join(claim.text for claim in answer.claims)
            print(
                f"{item['id']} {item['type']} {earned} ({answer.kind}, {answer.probability:.2f}): {item['question']}\n"
                f"    wanted {wanted}\n    {'REFUSED ' * answer.refused}{said[:600]}"
            )
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--reader", default=PACKAGED)
    parser.add_argument("--generator", default="quotes")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    answerer = Answerer.open(options.index, generator=options.generator, reader=options.reader)
    for file in options.files:
        tally = score(answerer, json.loads(file.read_text(encoding="utf-8")), show=options.show)
        print(f"\n{file.name}, generator {options.generator}, reader {options.reader}")
        for kind, earned in sorted(tally.points.items()):
            print(f"{kind:15} {len(earned):4}   {sum(earned) / (2 * len(earned)):.2f}")
        declined, false = (statistics.fmean(tally.refused[one] or [0]) for one in (False, True))
        print(
            f"declined {declined:.2f} of {len(tally.refused[False])} unanswerable, false refusals {false:.2f} of "
            f"{len(tally.refused[True])}; {statistics.median(tally.words or [0]):.0f} words to a question of fact, "
            f"first line after {1000 * statistics.median(tally.first or [0]):.0f} ms; points {tally.share:.3f}"
        )


if __name__ == "__main__":
    main()
