"""How cost grows with the archive, for news-rag and for what people would use instead: no model, invented news.

``python -m benchmarks.scale SIZE… [--systems A,B] [--anew]``, in an environment with the extra ``peers`` (``make
peers``): for each number of passages all systems are built and asked, each with limits of time and memory; what does
not survive is said. Everybody embeds with ``benchmarks.invented``, which takes no time worth naming. Results go to
``data/bench/scale.jsonl``; ``python -m benchmarks.tables`` prints them and the exponents of growth.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from benchmarks import invented
from benchmarks.invented import InventedQuestion
from benchmarks.peers import SYSTEMS, Limits
from benchmarks.peers.material import Asked, read_texts, write_articles, write_questions
from benchmarks.peers.news_rag import day_number
from benchmarks.peers.running import Results, run
from benchmarks.peers.trial import WARMING
from benchmarks.side_by_side import FOLDER

SHARES = {"hybrid": None, "10 %": 0.1, "1 %": 0.01, ".1 %": 0.001}
QUESTIONS, NEAR, NEAREST = 183, 50, 10
"""Of each scenario; of them, those whose nearest vectors are looked up exactly; how many those are."""


def prepare(folder: Path, passages: int) -> None:
    """Write the articles and the questions, of each scenario others."""
    # Ten passages' words have to hold the gold one, so that who joins neighbours gains nothing.
    write_articles(folder, invented.articles(passages), None, words=10 * invented.WORDS)
    asked = iter(invented.questions(passages, len(SHARES) * QUESTIONS))
    scenarios = {name: [_limited(one, share) for one in islice(asked, QUESTIONS)] for name, share in SHARES.items()}
    looked_up = range(WARMING, WARMING + NEAR)
    nearest = iter(exact(folder, [some[at] for some in scenarios.values() for at in looked_up]))
    for some in scenarios.values():
        for at in looked_up:
            some[at] = replace(some[at], near=next(nearest))
    write_questions(folder, scenarios)


def _limited(question: InventedQuestion, share: float | None) -> Asked:
    within = None
    if share:
        scope = question.scope(share)
        within = Limits(day_number(scope.published_from), day_number(scope.published_to), None, share)
    return Asked(question.text, (question.passage,), within)


def exact(folder: Path, questions: Sequence[Asked]) -> list[tuple[str, ...]]:
    """The passages within each question's limits whose vectors are nearest to its own, by looking at all of them."""
    embedder = invented.InventedEmbedder()
    asked = embedder.embed_questions([one.text for one in questions])
    best = [list[tuple[float, str]]() for _ in questions]
    texts = read_texts(folder)
    while some := list(islice(texts, 10_000)):
        days = np.array([one.day for one in some])
        scores = asked @ embedder.embed_passages([one.text for one in some]).T
        for number, one in enumerate(questions):
            if one.within:
                scores[number, (days < one.within.first) | (days > one.within.last)] = -np.inf
            rows = np.argpartition(-scores[number], min(NEAREST, len(some) - 1))[:NEAREST]
            found = [(float(scores[number, row]), some[row].text) for row in rows if np.isfinite(scores[number, row])]
            best[number] = sorted([*best[number], *found], reverse=True)[:NEAREST]
    return [tuple(text for _, text in one) for one in best]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", type=int, nargs="+", metavar="SIZE", help="passages")
    parser.add_argument("--systems", default=",".join(SYSTEMS))
    parser.add_argument("--results", type=Path, default=FOLDER / "scale.jsonl")
    parser.add_argument("--minutes", type=float, default=30, help="that a stage may take")
    parser.add_argument("--memory", type=float, default=8, help="GB that a system may have for itself")
    parser.add_argument("--anew", action="store_true", help="forget earlier results")
    given = parser.parse_args()
    results = Results(given.results, anew=given.anew)
    for size in given.sizes:
        folder = given.results.with_suffix("") / str(size)
        if given.anew or not (folder / "questions.json").exists():
            prepare(folder, size)
        run(results, folder, given.systems.split(","), size, 60 * given.minutes, given.memory)


if __name__ == "__main__":
    main()
